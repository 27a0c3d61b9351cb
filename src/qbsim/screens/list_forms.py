"""The forms of the smaller lists: which elements of which kind a person can type, and what of them somebody changed.

A kind without a form here is shown, renamed and deactivated, but not added by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbsim.company import Company, CompanyError
from qbsim.fields import snake
from qbsim.lists import ListElement
from qbsim.screens.choosing import choices_of
from qbsim.screens.markup import Child
from qbsim.screens.numbers import number_typed
from qbsim.screens.parts import Field, field

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `path` leads to the element: ("SalesOrPurchase", "Price"); `kinds` are the lists it chooses from."""

    path: tuple[str, ...]
    label: str
    max_length: int | None = None
    kinds: tuple[str, ...] = ()
    yes_or_no: bool = False
    number: str = ""  # "whole" or "exact"; text without

    @property
    def name(self) -> str:
        return "-".join(self.path)


_SOLD = (
    Line(("SalesOrPurchase", "Desc"), "Description on invoices", 4095),
    Line(("SalesOrPurchase", "Price"), "Price", number="exact"),
    Line(("SalesOrPurchase", "AccountRef"), "Income account", kinds=("Account",)),
    Line(("SalesTaxCodeRef",), "Tax code", kinds=("SalesTaxCode",)),
)

FORMS: dict[str, tuple[Line, ...]] = {
    "ItemService": _SOLD,
    "ItemNonInventory": _SOLD,
    "ItemOtherCharge": _SOLD,
    "ItemDiscount": (
        Line(("ItemDesc",), "Description", 4095),
        Line(("DiscountRatePercent",), "Percent off", number="exact"),
        Line(("AccountRef",), "Account", kinds=("Account",)),
    ),
    "ItemSubtotal": (Line(("ItemDesc",), "Description", 4095),),
    "ItemSalesTax": (Line(("ItemDesc",), "Description", 4095), Line(("TaxRate",), "Rate in percent", number="exact")),
    "StandardTerms": (
        Line(("StdDueDays",), "Due in days", number="whole"),
        Line(("StdDiscountDays",), "Discount if paid within days", number="whole"),
        Line(("DiscountPct",), "Discount in percent", number="exact"),
    ),
    "DateDrivenTerms": (
        Line(("DayOfMonthDue",), "Due on the day of the month", number="whole"),
        Line(("DueNextMonthDays",), "Due the month after if invoiced within days", number="whole"),
    ),
    "SalesTaxCode": (Line(("Desc",), "Description", 31), Line(("IsTaxable",), "Taxable", yes_or_no=True)),
    "CustomerType": (),
    "JobType": (),
    "Class": (),
    "PaymentMethod": (),
    "Vendor": (Line(("CompanyName",), "Company name", 41), Line(("Phone",), "Phone", 21)),
}

_YES_OR_NO = (("", "–"), ("true", "Yes"), ("false", "No"))


def form_of(kind: str, element: ListElement | None) -> Form:
    """Return what the form shows of an element; of a new one, nothing yet."""
    details = element.details if element is not None else {}
    form = {line.name: _text(_at(details, line.path)) for line in FORMS.get(kind, ())}
    return form | {"name": element.name if element is not None else ""}


def inputs(company: Company, kind: str, form: Mapping[str, str]) -> list[Child]:
    return [field(_field(company, line, form), form) for line in FORMS.get(kind, ())]


def _field(company: Company, line: Line, form: Mapping[str, str]) -> Field:
    if line.yes_or_no:
        return Field(line.name, line.label, choices=_YES_OR_NO)
    if line.kinds:
        choices = choices_of(company, *line.kinds, chosen=form.get(line.name, ""))
        return Field(line.name, line.label, choices=choices)
    return Field(line.name, line.label, line.max_length)


def changes(
    kind: str, form: Mapping[str, str], *, before: Mapping[str, str], details: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what somebody changed, as `company.lists.add` and `edit` take it: whole aggregates, in snake_case."""
    changed: dict[str, Any] = {}
    for line in FORMS.get(kind, ()):
        typed = form.get(line.name, before[line.name]).strip()
        if typed == before[line.name]:
            continue
        value = _value(line, typed)
        top = line.path[0]
        if len(line.path) == 1:
            changed[snake(top)] = value
        else:
            changed.setdefault(snake(top), dict(details.get(top) or {}))[line.path[1]] = value
    return changed


def _at(details: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = details
    for tag in path:
        value = (value or {}).get(tag)
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(line: Line, typed: str) -> Any:
    if not typed:
        return None
    if line.number == "exact":
        return number_typed(line.label, typed)
    if line.number == "whole" and not (typed.isdecimal() and int(typed) < 1000):
        raise CompanyError(f"{line.label}: {typed} is no number of days.")
    return typed == "true" if line.yes_or_no else typed
