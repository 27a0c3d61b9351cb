"""What people type about a contact, and what for they stand somewhere."""

from typing import Any

from django import forms

from standpipe.core.limits import LIMITS
from standpipe.ui.editing import EditForm, seen
from standpipe.ui.forms import AddressFormField

from .models import Contact, Role


def _line(field: str, *, label: str, input_mode: str, help_text: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": input_mode, "autocomplete": "off"})
    return forms.CharField(
        label=label, required=False, max_length=LIMITS[field].length, widget=widget, help_text=help_text
    )


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label="Roles here",
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="What this contact is for. The billing contact is the one that invoices go to.",
    )


class ContactForm(EditForm):
    name = forms.CharField(
        label="Name",
        max_length=LIMITS["name"].length,
        error_messages={"required": "Enter a name: a contact is found by their name."},
    )
    email = _line("email", label="E-mail", input_mode="email", help_text="Put a semicolon between two addresses.")
    phone = _line("phone", label="Phone", input_mode="tel")
    cell_phone = _line("cell_phone", label="Cell phone", input_mode="tel")
    address = AddressFormField(label="Address")

    @staticmethod
    def initial_of(contact: Contact) -> dict[str, Any]:
        fields = {name: getattr(contact, name) for name in ("name", "email", "phone", "cell_phone", "address")}
        return fields | {"seen": seen(contact)}


class PlacedContactForm(ContactForm, RolesForm):
    """A new contact at a known place."""

    field_order = ("name", "roles")

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "roles"}
