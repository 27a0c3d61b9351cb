"""What people type about items, terms and sales taxes."""

from decimal import Decimal
from typing import Any

from django import forms

from standpipe.core.limits import LIMITS
from standpipe.ui.editing import EditForm, seen
from standpipe.ui.forms import NumberField

from .models import Item, SalesTax, Terms

ROWS = 4  # of agencies on the page; a tax that has more of them shows more


class ItemForm(EditForm):
    name = forms.CharField(
        label="Name",
        max_length=LIMITS["item_name"].length,
        error_messages={"required": "Enter a name: an item is found by its name."},
    )
    description = forms.CharField(
        label="Description",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands on the lines that are made of it.",
    )
    rate = NumberField(
        label="Rate", required=False, places=2, help_text="The price of one. A discount is below zero."
    )
    is_taxable = forms.BooleanField(label="Taxable", required=False)

    @staticmethod
    def initial_of(item: Item) -> dict[str, Any]:
        fields = {name: getattr(item, name) for name in ("name", "description", "rate", "is_taxable")}
        return fields | {"seen": seen(item)}

    @staticmethod
    def initial_new() -> dict[str, Any]:
        return {"is_taxable": True}


class TermsForm(EditForm):
    name = forms.CharField(
        label="Name",
        max_length=LIMITS["list_name"].length,
        error_messages={"required": "Enter a name, like Net 30."},
    )
    due_days = forms.IntegerField(label="Days until due", required=False, min_value=0, help_text="0: on receipt.")
    due_day_of_month = forms.IntegerField(
        label="Or due on this day of the month", required=False, min_value=1, max_value=31
    )
    next_month_days = forms.IntegerField(
        label="Due the month after, if so many days or fewer are left",
        required=False,
        min_value=0,
        max_value=31,
        help_text="Goes with a day of the month.",
    )

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        names = ("name", "due_days", "due_day_of_month", "next_month_days")
        return {name: getattr(terms, name) for name in names} | {"seen": seen(terms)}

    @staticmethod
    def initial_new() -> dict[str, Any]:
        return {}


class SalesTaxForm(EditForm):
    """One rate, or one for each agency: ``part_0_name``, ``part_0_rate`` and so on."""

    name = forms.CharField(
        label="Name",
        max_length=LIMITS["list_name"].length,
        error_messages={"required": "Enter a name, like Hartford."},
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.part_rows = max(ROWS, sum(name.startswith("part_") for name in initial) // 2 + 1)
        for index in range(self.part_rows):
            self.fields[f"part_{index}_name"] = forms.CharField(
                label=f"Agency {index + 1}", required=False, max_length=LIMITS["list_name"].length
            )
            self.fields[f"part_{index}_rate"] = NumberField(label="Rate, %", required=False)

    @property
    def parts(self) -> list[tuple[Any, Any]]:
        return [(self[f"part_{index}_name"], self[f"part_{index}_rate"]) for index in range(self.part_rows)]

    @property
    def values(self) -> dict[str, Any]:
        rows = [
            (self.cleaned_data[f"part_{index}_name"], self.cleaned_data[f"part_{index}_rate"])
            for index in range(self.part_rows)
        ]
        parts = [{"name": name, "rate": rate} for name, rate in rows if rate is not None]
        return {"name": self.cleaned_data["name"], "parts": parts}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        for index in range(self.part_rows):
            if cleaned.get(f"part_{index}_name") and cleaned.get(f"part_{index}_rate", "") is None:
                self.add_error(f"part_{index}_rate", "Enter the rate of this agency, in percent.")
        if all(cleaned.get(f"part_{index}_rate", "") is None for index in range(self.part_rows)):
            self.add_error("part_0_rate", "Enter a rate, in percent.")
        return cleaned

    @staticmethod
    def initial_of(sales_tax: SalesTax) -> dict[str, Any]:
        initial: dict[str, Any] = {"name": sales_tax.name, "seen": seen(sales_tax)}
        for index, part in enumerate(sales_tax.parts):
            initial |= {f"part_{index}_name": part["name"], f"part_{index}_rate": Decimal(part["rate"])}
        return initial

    @staticmethod
    def initial_new() -> dict[str, Any]:
        return {}
