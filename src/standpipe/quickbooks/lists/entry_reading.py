"""From a record of a short list, as QuickBooks says it, to the row that is kept of it. Pure."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson

from standpipe.core.text import search_text

from .models import ListKind
from .reading import UnkeepableRecord

VERSION = "1"  # of what is made of an entry; another one makes every row differ

# What is kept, by wire name, and the qbXML version that brought it (qbXML 13 reference). Not quantities, costs and
# balances: they would make rows differ all day, and nobody here needs them.
_HEAD = (("ListID", 1), ("EditSequence", 1), ("Name", 1), ("IsActive", 1))
_LEVELS = (("FullName", 1), ("ParentRef", 1), ("Sublevel", 1))
KEPT: Mapping[ListKind, tuple[tuple[str, int], ...]] = {
    ListKind.TERMS: (
        *_HEAD,
        ("StdDueDays", 1), ("StdDiscountDays", 1), ("DayOfMonthDue", 1), ("DueNextMonthDays", 1),
        ("DiscountDayOfMonth", 1), ("DiscountPct", 1),
    ),
    ListKind.PAYMENT_METHODS: (*_HEAD, ("PaymentMethodType", 7)),
    ListKind.SALES_TAX_CODES: (*_HEAD, ("IsTaxable", 1), ("Desc", 1)),
    ListKind.ACCOUNTS: (
        *_HEAD, *_LEVELS,
        ("AccountType", 1), ("SpecialAccountType", 3), ("AccountNumber", 1), ("Desc", 1), ("CurrencyRef", 8),
    ),
    ListKind.ITEMS: (
        *_HEAD, *_LEVELS,
        ("SalesTaxCodeRef", 1), ("SalesOrPurchase", 1), ("SalesAndPurchase", 1), ("SalesDesc", 1), ("SalesPrice", 1),
        ("IncomeAccountRef", 1), ("ItemDesc", 1), ("DiscountRate", 1), ("DiscountRatePercent", 1), ("AccountRef", 1),
        ("TaxRate", 1), ("TaxVendorRef", 1), ("ItemSalesTaxRef", 1), ("ItemGroupLine", 1), ("IsPrintItemsInGroup", 1),
        ("SpecialItemType", 6),
    ),
}  # fmt: skip

_NOT_SAID = {"ListID", "EditSequence", "Name", "FullName", "IsActive"}  # columns of their own
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}  # qbXML reference, BOOLTYPE
_SALES = ("SalesDesc", "SalesPrice", "IncomeAccountRef")
_LIMITS = {"list_id": 36, "edit_sequence": 16, "name": 255, "full_name": 255}


def elements(kind: ListKind, *, version: str) -> tuple[str, ...]:
    """The elements to ask for, of those that this qbXML version knows; (): all."""
    major = int(version.partition(".")[0])
    return tuple(tag for tag, since in KEPT.get(kind, ()) if since <= major)


def kept(kind: ListKind, texts: Mapping[str, Any], *, type_: str) -> dict[str, Any]:
    """The whole row of one record (``Record.texts``); ``type_``: its wire name without Ret.

    Raises ``UnkeepableRecord``: this record is broken, the others are not.
    """
    tags = {tag for tag, _ in KEPT[kind]} - _NOT_SAID
    name = texts.get("Name", "")
    row: dict[str, Any] = {
        "kind": kind.value,
        "list_id": texts.get("ListID", ""),
        "type": type_,
        "name": name,
        "full_name": texts.get("FullName", name),
        "is_active": _is_true(texts.get("IsActive", "true")),
        "said": _sold({tag: value for tag, value in texts.items() if tag in tags}),
    }
    for column in ("list_id", "name"):
        if not row[column]:
            raise UnkeepableRecord(f"It has no {'ListID' if column == 'list_id' else 'name'}.")
    row["edit_sequence"] = texts.get("EditSequence", "")
    for column, limit in _LIMITS.items():
        if len(row[column]) > limit:
            raise UnkeepableRecord(f"A text is longer than QuickBooks allows: {row[column][:40]!r}.")
    return _with_derived(row)


def fact(kind: ListKind, said: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a list that has one entry without a ListID."""
    label = kind.label
    row = {"kind": kind.value, "list_id": "", "type": label, "name": label, "full_name": label, "is_active": True}
    return _with_derived(row | {"said": dict(said), "edit_sequence": ""})


def _with_derived(row: dict[str, Any]) -> dict[str, Any]:
    told = {column: row[column] for column in ("type", "name", "full_name", "is_active", "said")}
    return row | {
        "sort_key": row["full_name"].casefold().replace(":", "\x1f")[:255],
        "search_text": search_text((row["full_name"], *_descriptions(row["said"]))),
        "content_hash": blake2b(
            VERSION.encode() + orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=16
        ).hexdigest(),
    }


def _sold(said: dict[str, Any]) -> dict[str, Any]:
    """Of what is bought and sold, the side that is sold."""
    if both := said.get("SalesAndPurchase"):
        said["SalesAndPurchase"] = {tag: value for tag, value in both.items() if tag in _SALES}
    return said


def _descriptions(said: Mapping[str, Any]) -> list[str]:
    """What an entry is described by, wherever its kind keeps that."""
    offer = said.get("SalesOrPurchase", {}), said.get("SalesAndPurchase", {})
    places = (said.get("ItemDesc"), said.get("SalesDesc"), said.get("Desc"), said.get("AccountNumber"))
    return [text for text in (*places, offer[0].get("Desc"), offer[1].get("SalesDesc")) if text]


def _is_true(said: str) -> bool:
    try:
        return _BOOLEANS[said]
    except KeyError:
        raise UnkeepableRecord(f"IsActive is neither true nor false: {said[:40]!r}.") from None
