"""What an entry of QuickBooks' lists becomes here: an item, terms, or a sales tax. Pure; import and preview call it.

An entry that cannot become one says why: some kinds of item only make sense inside QuickBooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

# Items that may stand on an ordinary line of an invoice and mean something here (qbXML 13 reference, InvoiceAdd).
LINE_TYPES = (
    "ItemService",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemInventory",
    "ItemInventoryAssembly",
    "ItemDiscount",
)
TERMS_TYPES = ("StandardTerms", "DateDrivenTerms")
TAX_TYPES = ("ItemSalesTax", "ItemSalesTaxGroup")

TYPE_WORDS: Mapping[str, str] = {
    "ItemService": "Service",
    "ItemNonInventory": "Non-inventory part",
    "ItemOtherCharge": "Other charge",
    "ItemInventory": "Inventory part",
    "ItemInventoryAssembly": "Inventory assembly",
    "ItemDiscount": "Discount",
    "ItemFixedAsset": "Fixed asset",
    "ItemSubtotal": "Subtotal",
    "ItemPayment": "Payment",
    "ItemGroup": "Group",
    "ItemSalesTax": "Sales tax item",
    "ItemSalesTaxGroup": "Sales tax group",
    "StandardTerms": "Standard terms",
    "DateDrivenTerms": "Date driven terms",
}

_NAMELESS_REASONS = {
    "ItemFixedAsset": "Fixed assets are bought and sold in QuickBooks only.",
    "ItemSubtotal": "Subtotals are computed here by themselves.",
    "ItemPayment": "Payments are recorded on the invoice, not as a line.",
    "ItemGroup": "A group stands for several items: import those.",
    "ItemSalesTax": "It is a tax: import it under Sales taxes.",
    "ItemSalesTaxGroup": "It is a tax: import it under Sales taxes.",
}


class Entry(Protocol):
    """What is read of a ``ListEntry``."""

    list_id: str
    type: str
    full_name: str
    said: Mapping[str, Any]


class CannotBecome(Exception):
    """This entry is not imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Other lists that entries refer to."""

    is_taxable: Mapping[str, bool]  # sales tax codes by ListID
    tax_rates: Mapping[str, Decimal]  # sales tax items by ListID, in percent


def item(entry: Entry, *, around: Surroundings) -> dict[str, Any]:
    """Fields of ``catalog`` items. The name is the path, as QuickBooks shows it; no price there: no rate here."""
    if entry.type not in LINE_TYPES:
        reason = _NAMELESS_REASONS.get(entry.type, "Items of this kind do not stand on invoices.")
        raise CannotBecome(reason)
    said = entry.said
    offer = {**said.get("SalesOrPurchase", {}), **said.get("SalesAndPurchase", {})}
    description = said.get("SalesDesc") or said.get("ItemDesc") or offer.get("Desc") or offer.get("SalesDesc") or ""
    price = said.get("SalesPrice") or offer.get("Price") or offer.get("SalesPrice")
    rate, percent = _number(price), None
    if entry.type == "ItemDiscount":  # bears the one or the other (qbXML 13 reference, ItemDiscountRet)
        off, percent = _number(said.get("DiscountRate")), percent_of(entry)
        rate = None if off is None else -abs(off)
    return {
        "name": entry.full_name,
        "description": description,
        "rate": rate,
        "percent": percent,
        "is_taxable": _is_taxable(said.get("SalesTaxCodeRef", {}), around=around),
    }


def percent_of(entry: Entry) -> Decimal | None:
    """What a discount takes off the line above; ``None`` where it is an amount."""
    percent = _number(entry.said.get("DiscountRatePercent"))
    return None if percent is None else abs(percent)


def terms(entry: Entry, *, around: Surroundings) -> dict[str, Any]:  # noqa: ARG001 - the three are called alike
    said = entry.said
    if entry.type == "DateDrivenTerms":
        day = _whole(said.get("DayOfMonthDue"))
        near = _whole(said.get("DueNextMonthDays")) or None
        return {
            "name": entry.full_name,
            "due_days": None,
            "due_day_of_month": day,
            "next_month_days": near if day is not None else None,
        }
    return {
        "name": entry.full_name,
        "due_days": _whole(said.get("StdDueDays")) or 0,  # without a number QuickBooks takes the day itself
        "due_day_of_month": None,
        "next_month_days": None,
    }


def sales_tax(entry: Entry, *, around: Surroundings) -> dict[str, Any]:
    """One rate, or one for each member of a group: QuickBooks rounds each on its own."""
    if entry.type not in TAX_TYPES:
        raise CannotBecome("It is not a sales tax.")
    if entry.type == "ItemSalesTax":
        parts = [{"name": entry.full_name, "rate": str(_number(entry.said.get("TaxRate")) or Decimal(0))}]
    else:
        parts = [_part(reference, around=around) for reference in _references(entry.said.get("ItemSalesTaxRef"))]
    if not parts:
        raise CannotBecome("The group has no taxes in it.")
    return {"name": entry.full_name, "parts": parts}


def _part(reference: Mapping[str, str], *, around: Surroundings) -> dict[str, str]:
    name, rate = reference.get("FullName", ""), around.tax_rates.get(reference.get("ListID", ""))
    if rate is None:
        raise CannotBecome(f"The rate of “{name}”, which is part of it, is not in the list. Refresh the list.")
    return {"name": name, "rate": str(rate)}


def _references(said: Any) -> Sequence[Mapping[str, str]]:
    return said if isinstance(said, list) else []


def _is_taxable(code: Mapping[str, str], *, around: Surroundings) -> bool:
    """By the code's own word; where its list did not come, by the name that US files begin with."""
    known = around.is_taxable.get(code.get("ListID", ""))
    return known if known is not None else code.get("FullName", "").casefold() == "tax"


def _number(text: str | None) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _whole(text: str | None) -> int | None:
    value = _number(text)
    return None if value is None else int(value)
