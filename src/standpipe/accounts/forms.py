"""What people type about an account."""

from typing import Any

from django import forms

from standpipe.core.limits import LIMITS
from standpipe.ui.editing import EditForm, seen
from standpipe.ui.forms import AddressFormField

from .models import Account


class AccountForm(EditForm):
    name = forms.CharField(
        label="Name",
        max_length=LIMITS["name"].length,
        error_messages={"required": "Enter a name: an account is found by its name."},
    )
    billing_address = AddressFormField(label="Billing address")

    @staticmethod
    def initial_of(account: Account) -> dict[str, Any]:
        return {"name": account.name, "billing_address": account.billing_address, "seen": seen(account)}
