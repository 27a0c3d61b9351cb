"""What people type about a building."""

from typing import Any

from django import forms

from standpipe.core.limits import LIMITS
from standpipe.ui.editing import EditForm, seen
from standpipe.ui.forms import AddressFormField

from .models import Building


class BuildingForm(EditForm):
    name = forms.CharField(
        label="Name",
        max_length=LIMITS["name"].length,
        error_messages={"required": "Enter a name: a building is found by its name."},
    )
    physical_address = AddressFormField(label="Physical address", help_text="Where the work is.")
    bills_go_there = forms.BooleanField(label="Bills go to the physical address", required=False)
    billing_address = AddressFormField(label="Billing address", help_text="Where the bills go.")

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        if values.pop("bills_go_there"):
            values["billing_address"] = values["physical_address"]
        return values

    @staticmethod
    def initial_of(building: Building) -> dict[str, Any]:
        bills_go_there = (
            building.billing_address == building.physical_address and not building.billing_address.is_blank
        )
        return {
            "name": building.name,
            "physical_address": building.physical_address,
            "bills_go_there": bills_go_there,
            "billing_address": building.billing_address,
            "seen": seen(building),
        }
