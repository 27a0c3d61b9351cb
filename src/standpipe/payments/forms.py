"""What people type about a payment."""

from datetime import date as Date  # noqa: N812  # "date" is a field of the form
from decimal import Decimal
from typing import Any

from django import forms

from standpipe.core.limits import LIMITS
from standpipe.ui.editing import EditForm, seen
from standpipe.ui.forms import NumberField

from .models import Method, Payment


class PaymentForm(EditForm):
    amount = NumberField(label="Amount", places=2, error_messages={"required": "Enter the amount that was paid."})
    method = forms.ChoiceField(
        label="Method",
        choices=Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it was paid."},
    )
    reference_number = forms.CharField(
        label="Reference number",
        required=False,
        max_length=LIMITS["reference_number"].length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="The number of the check or of the transaction, up to 20 characters.",
    )
    date = forms.DateField(
        label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen_due = forms.DecimalField(required=False, widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the payment; a date that was left out is not among them."""
        values = super().values
        values.pop("seen_due")
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def initial_for(cls, *, due: Decimal, today: Date) -> dict[str, Any]:
        """A new payment: all that is due, today (requirement 62)."""
        return {"amount": due, "date": today, "seen_due": due}

    @classmethod
    def initial_of(cls, payment: Payment) -> dict[str, Any]:
        fields = ("amount", "method", "reference_number", "date", "notes")
        return {"seen": seen(payment), **{field: getattr(payment, field) for field in fields}}
