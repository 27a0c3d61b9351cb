"""From a customer as QuickBooks says it to the columns that are kept of it. Pure: no database, no clock.

Read as plain texts, not through the declared message: of a million customers every microsecond is a second.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from django.db.models import CharField

from qbwire import messages as wire
from standpipe.core.text import is_plain

from .columns import derived_of
from .models import CustomerColumns

KEPT_TEXTS = (
    "list_id", "edit_sequence", "time_modified", "name", "full_name", "parent_list_id", "company_name", "job_status",
    "currency",
)  # fmt: skip
VERSION = "2"  # of what is made of a customer; another one makes every row differ

# What is kept of a customer, and the qbXML version that brought it (qbXML 13 reference, CustomerRet). Not the
# balances: they would make rows differ all day.
ELEMENTS: tuple[tuple[str, int], ...] = (
    ("list_id", 1), ("time_modified", 1), ("edit_sequence", 1), ("name", 1), ("full_name", 1), ("is_active", 1),
    ("parent", 1), ("sublevel", 1), ("company_name", 1), ("salutation", 1), ("first_name", 1), ("middle_name", 1),
    ("last_name", 1), ("bill_address", 1), ("bill_address_block", 6), ("ship_address", 1),
    ("ship_address_block", 6), ("ship_to_addresses", 12), ("phone", 1), ("mobile", 1), ("alt_phone", 1),
    ("email", 1), ("contact", 1), ("alt_contact", 1), ("labelled_values", 12), ("contacts", 12), ("terms", 1),
    ("sales_tax_code", 1), ("item_sales_tax", 1), ("currency", 8), ("account_number", 1), ("job_status", 1),
    ("job_ended_on", 1),
)  # fmt: skip


class UnkeepableRecord(Exception):
    """A record that was read but cannot stand in the list; the text says why."""


def elements(*, version: str) -> tuple[str, ...]:
    """The wire names to ask for, of those that this qbXML version knows."""
    major = int(version.partition(".")[0])
    return wire.tags_of(wire.Customer, *(name for name, since in ELEMENTS if since <= major))


def seed_of(asked: tuple[str, ...]) -> bytes:
    """What is mixed into every fingerprint, so that other elements or another reading make every row differ."""
    return blake2b(",".join((VERSION, *asked)).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Kept:
    """One customer as QuickBooks says it: the columns that it fills itself, and their hash."""

    row: dict[str, Any]  # "details" is JSON text here
    details: dict[str, Any]  # as ``Details.to_json`` has it


def kept(texts: Mapping[str, Any], *, seed: bytes) -> Kept:
    """A record as plain texts (``Record.texts``), with its hash.

    Raises ``UnkeepableRecord``: this record is broken, the others are not.
    """
    name = texts.get("Name", "").strip()
    parent, currency = texts.get("ParentRef"), texts.get("CurrencyRef")
    details = _details(texts)
    row: dict[str, Any] = {
        "list_id": texts.get("ListID", ""),
        "name": name,
        "full_name": texts.get("FullName", "").strip() or name,
        "parent_list_id": parent.get("ListID", "") if parent else "",
        "sublevel": _sublevel(texts.get("Sublevel", "0")),
        "is_active": _is_true(texts.get("IsActive", "true")),
        "company_name": texts.get("CompanyName", "").strip(),
        "job_status": texts.get("JobStatus", ""),
        "currency": currency.get("FullName", "") if currency else "",
        "details": orjson.dumps(details).decode(),
    }
    row["content_hash"] = blake2b("\0".join(map(str, row.values())).encode(), digest_size=16, key=seed).hexdigest()
    row["edit_sequence"] = texts.get("EditSequence", "")
    row["time_modified"] = texts.get("TimeModified", "")
    _check(row)
    return Kept(row, details)


def with_derived(said: Kept) -> dict[str, Any]:
    """The whole row."""
    row = said.row
    names = {name: row[name] for name in ("name", "full_name", "company_name")}
    return row | derived_of(said.details, **names)


_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}  # qbXML reference, BOOLTYPE
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)?")  # qbXML reference, DATETIMETYPE
_LIMITS = tuple(
    (column.name, column.max_length)
    for column in CustomerColumns._meta.local_fields
    if isinstance(column, CharField) and column.max_length and column.name in KEPT_TEXTS
)


def _is_true(said: str) -> bool:
    try:
        return _BOOLEANS[said]
    except KeyError:
        raise UnkeepableRecord(f"IsActive is neither true nor false: {said[:40]!r}.") from None


def _sublevel(said: str) -> int:
    if not (said.isdecimal() and len(said) < 3):  # QuickBooks has five levels
        raise UnkeepableRecord(f"Sublevel is no small number: {said[:40]!r}.")
    return int(said)


def _check(row: Mapping[str, Any]) -> None:
    if not row["list_id"]:
        raise UnkeepableRecord("It has no ListID.")
    if not row["name"]:
        raise UnkeepableRecord("It has no name.")
    if not _DATE_TIME.fullmatch(row["time_modified"]):
        raise UnkeepableRecord(f"TimeModified is no time: {row['time_modified'][:40]!r}.")
    for name, limit in _LIMITS:
        if len(row[name]) > limit:
            words = name.replace("_", " ")
            raise UnkeepableRecord(f"Its {words} has {len(row[name])} characters; {limit} have room.")


def _details(texts: Mapping[str, Any]) -> dict[str, Any]:
    """As ``Details.to_json`` has it: only what is there."""
    found: dict[str, Any] = {}
    for tag, said in texts.items():
        if (detail := _DETAIL_OF.get(tag)) is not None:
            name, read = detail
            if value := read(said):
                found[name] = value
    for fields, block in _PRINTED:
        if block in found and any(map(is_plain, found.get(fields, _NOTHING)["lines"])):
            del found[block]
    return found


_PRINTED = (("bill", "bill_block"), ("ship", "ship_block"))  # a block is kept where its fields may say nothing
_NOTHING: Mapping[str, Sequence[str]] = {"lines": ()}
_DETAIL_TEXTS = (
    ("salutation", "Salutation"), ("first_name", "FirstName"), ("middle_name", "MiddleName"),
    ("last_name", "LastName"), ("contact", "Contact"), ("alt_contact", "AltContact"), ("phone", "Phone"),
    ("alt_phone", "AltPhone"), ("mobile", "Mobile"), ("email", "Email"), ("account_number", "AccountNumber"),
    ("job_end_on", "JobEndDate"),
)  # fmt: skip
_ADDRESS_LINES = ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5")
_ADDRESS_PARTS = (
    ("city", "City"), ("state", "State"), ("postal_code", "PostalCode"), ("country", "Country"), ("note", "Note"),
)  # fmt: skip


def _many(said: Any) -> list[Any]:
    """What may come once or more often."""
    return said if isinstance(said, list) else [said]


def _address(said: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"lines": _lines(said)}
    for name, tag in _ADDRESS_PARTS:
        if tag in said:
            found[name] = said[tag].strip()
    return found


def _lines(said: Mapping[str, str]) -> list[str]:
    """By number; a gap is left out (an example of consolibyte/quickbooks-php)."""
    return [said[tag].strip() for tag in _ADDRESS_LINES if tag in said]


def _ship_to(said: Mapping[str, str]) -> dict[str, Any]:
    is_default = _BOOLEANS.get(said.get("DefaultShipTo", ""), False)
    return {"name": said.get("Name", "").strip(), "address": _address(said), "is_default": is_default}


def _labelled(said: Any) -> list[list[str]]:
    return [[one.get("ContactName", "").strip(), one.get("ContactValue", "").strip()] for one in _many(said)]


def _person(said: Mapping[str, Any]) -> dict[str, Any]:
    parts = (said.get(tag, "").strip() for tag in ("FirstName", "MiddleName", "LastName"))
    return {
        "list_id": said.get("ListID", ""),
        "name": said.get("Contact", "").strip() or " ".join(filter(None, parts)),
        "fields": _labelled(said.get("AdditionalContactRef", [])),
    }


def _name(said: Mapping[str, str]) -> str:
    return said.get("FullName", "").strip()


_DETAIL_PARTS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("bill", "BillAddress", _address),
    ("bill_block", "BillAddressBlock", _lines),
    ("ship", "ShipAddress", _address),
    ("ship_block", "ShipAddressBlock", _lines),
    ("ship_to", "ShipToAddress", lambda said: [_ship_to(one) for one in _many(said)]),
    ("fields", "AdditionalContactRef", _labelled),
    ("people", "ContactsRet", lambda said: [_person(one) for one in _many(said)]),
    ("terms", "TermsRef", _name),
    ("tax_code", "SalesTaxCodeRef", _name),
    ("tax_item", "ItemSalesTaxRef", _name),
)
_DETAIL_OF = {tag: (name, str.strip) for name, tag in _DETAIL_TEXTS} | {
    tag: (name, read) for name, tag, read in _DETAIL_PARTS
}
