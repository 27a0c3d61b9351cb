"""Which list each reference points into, and where records hold references.

Two tables that every room shares. In JSON a reference is the bare ListID below a key that ends in "Ref", so
whether a list element is in use, what a merge must rewrite and what dangles can be asked without knowing the
record.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ITEM_KINDS = (
    "ItemService",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemInventory",
    "ItemInventoryAssembly",
    "ItemFixedAsset",
    "ItemSubtotal",
    "ItemDiscount",
    "ItemPayment",
    "ItemSalesTax",
    "ItemSalesTaxGroup",
    "ItemGroup",
)

_ACCOUNT = ("Account",)

# The kinds that a reference may name (qbXML reference 13.0; a customer's tax may be an item or a group of them).
KINDS_OF: dict[str, tuple[str, ...]] = {
    "ARAccountRef": _ACCOUNT,
    "AccountRef": _ACCOUNT,
    "AssetAccountRef": _ACCOUNT,
    "COGSAccountRef": _ACCOUNT,
    "ClassRef": ("Class",),
    "CurrencyRef": ("Currency",),
    "CustomerMsgRef": ("CustomerMsg",),
    "CustomerRef": ("Customer",),
    "CustomerSalesTaxCodeRef": ("SalesTaxCode",),
    "CustomerTypeRef": ("CustomerType",),
    "DefaultDiscountAccountRef": _ACCOUNT,
    "DefaultItemSalesTaxRef": ("ItemSalesTax", "ItemSalesTaxGroup"),
    "DefaultNonTaxableSalesTaxCodeRef": ("SalesTaxCode",),
    "DefaultShipMethodRef": ("ShipMethod",),
    "DefaultTaxableSalesTaxCodeRef": ("SalesTaxCode",),
    "DepositToAccountRef": _ACCOUNT,
    "DiscountAccountRef": _ACCOUNT,
    "DiscountClassRef": ("Class",),
    "ExpenseAccountRef": _ACCOUNT,
    "FinanceChargeAccountRef": _ACCOUNT,
    "HomeCurrencyRef": ("Currency",),
    "IncomeAccountRef": _ACCOUNT,
    "ItemGroupRef": ("ItemGroup",),
    "ItemInventoryRef": ("ItemInventory", "ItemInventoryAssembly"),
    "ItemRef": ITEM_KINDS,
    "ItemSalesTaxRef": ("ItemSalesTax", "ItemSalesTaxGroup"),
    "JobTypeRef": ("JobType",),
    "OverrideItemAccountRef": _ACCOUNT,
    "PaymentMethodRef": ("PaymentMethod",),
    "PrefVendorRef": ("Vendor",),
    "PreferredPaymentMethodRef": ("PaymentMethod",),
    "PriceLevelRef": ("PriceLevel",),
    "SalesRepRef": ("SalesRep",),
    "SalesTaxCodeRef": ("SalesTaxCode",),
    "ShipMethodRef": ("ShipMethod",),
    "TaxVendorRef": ("Vendor",),
    "TemplateRef": ("Template",),
    "TermsRef": ("StandardTerms", "DateDrivenTerms"),
}

# What QuickBooks calls the list in its refusal 3140, where the kind is no word of its own.
_WORDS = {"StandardTerms": "Terms", "ItemService": "Item", "ItemInventory": "Item", "Class": "Class"}


def list_word(tag: str) -> str:
    """Return how 3140 calls what a reference names: "Terms" for TermsRef, "Item" for ItemRef."""
    kind = KINDS_OF[tag][0]
    return _WORDS.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Held:
    """One column that holds references: JSON, or a bare ListID."""

    table: str
    column: str
    is_json: bool = True


# S2's tables, and any other room's, each have their line here.
REFERENCES: tuple[Held, ...] = (
    Held("facts", "value"),  # preferences name the default tax and its codes
    Held("customers", "details"),
    Held("elements", "details"),
    Held("elements", "parent_id", is_json=False),
    Held("invoices", "customer_id", is_json=False),
    Held("invoices", "account_id", is_json=False),
    Held("invoices", "details"),
    Held("invoices", "lines"),
    Held("payments", "customer_id", is_json=False),
    Held("payments", "account_id", is_json=False),
    Held("payments", "details"),
    Held("applications", "details"),
)


def is_used(db: sqlite3.Connection, list_id: str) -> bool:
    """Whether any record refers to a list element."""
    return any(next(_holding(db, held, list_id), None) is not None for held in REFERENCES)


def move_uses(db: sqlite3.Connection, list_id: str, *, to: str) -> None:
    """Let everything that refers to one list element refer to another. The caller holds the transaction."""
    for held in REFERENCES:
        for rowid, value in list(_holding(db, held, list_id)):
            moved = json.dumps(_replaced(json.loads(value), list_id, to), ensure_ascii=False) if held.is_json else to
            db.execute(f"UPDATE {held.table} SET {held.column} = ? WHERE rowid = ?", (moved, rowid))  # noqa: S608 -- names come from the table above


def dangling(db: sqlite3.Connection) -> list[str]:
    """Return ListIDs that some record refers to and nothing bears."""
    known = {row[0] for table in ("customers", "elements") for row in db.execute(f"SELECT list_id FROM {table}")}  # noqa: S608
    named = {
        found
        for held in REFERENCES
        for (value,) in db.execute(f"SELECT {held.column} FROM {held.table} WHERE {held.column} IS NOT NULL")  # noqa: S608
        for found in (references_in(json.loads(value)) if held.is_json else (value,))
    }
    return sorted(named - known)


def references_in(values: Any, *, tag: str = "") -> Iterator[str]:
    """Walk the ListIDs that a record's values refer to, at any depth."""
    if isinstance(values, Mapping):
        if tag.endswith("Ref") and "ListID" in values:
            yield values["ListID"]
        else:
            for each, value in values.items():
                yield from references_in(value, tag=each)
    elif isinstance(values, list):
        for value in values:
            yield from references_in(value, tag=tag)
    elif isinstance(values, str) and tag in KINDS_OF:
        yield values


def _holding(db: sqlite3.Connection, held: Held, list_id: str) -> Iterator[tuple[int, str]]:
    condition = "instr({0}, ?)" if held.is_json else "{0} = ?"
    rows = db.execute(
        f"SELECT rowid, {held.column} FROM {held.table} WHERE {condition.format(held.column)}",  # noqa: S608
        (list_id,),
    )
    for rowid, value in rows:
        if not held.is_json or list_id in references_in(json.loads(value)):
            yield rowid, value


def _replaced(values: Any, list_id: str, to: str, *, tag: str = "") -> Any:
    if isinstance(values, dict):
        inside = tag if tag.endswith("Ref") else ""
        return {
            each: _replaced(value, list_id, to, tag=inside if each == "ListID" else each)
            for each, value in values.items()
        }
    if isinstance(values, list):
        return [_replaced(value, list_id, to, tag=tag) for value in values]
    return to if tag in KINDS_OF and values == list_id else values
