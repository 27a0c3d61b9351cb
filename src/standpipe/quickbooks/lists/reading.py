"""From a customer as QuickBooks says it to the columns that are kept of it. Pure: no database, no clock.

Read as plain texts, not through the declared message: of a million customers every microsecond is a second.
"""

import re
from collections.abc import Callable, Mapping
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
    get = texts.get
    name = get("Name", "")
    details = _details(texts)
    row: dict[str, Any] = {
        "list_id": get("ListID", ""),
        "name": name,
        "full_name": get("FullName", name),
        "parent_list_id": get("ParentRef", _NONE).get("ListID", ""),
        "sublevel": _sublevel(get("Sublevel", "0")),
        "is_active": _is_true(get("IsActive", "true")),
        "company_name": get("CompanyName", ""),
        "job_status": get("JobStatus", ""),
        "currency": get("CurrencyRef", _NONE).get("FullName", ""),
        "details": orjson.dumps(details).decode(),
    }
    row["content_hash"] = blake2b("\0".join(map(str, row.values())).encode(), digest_size=16, key=seed).hexdigest()
    row["edit_sequence"] = get("EditSequence", "")
    row["time_modified"] = get("TimeModified", "")
    _check(row)
    return Kept(row, details)


def with_derived(said: Kept) -> dict[str, Any]:
    """The whole row."""
    return said.row | derived_of(said.details, said.row)


_NONE: Mapping[str, str] = {}
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
        if (detail := _DETAILS.get(tag)) is not None:
            name, read = detail
            if value := said if read is None else read(said):
                found[name] = value
    for fields, block in _PRINTED:
        if block in found and fields in found and any(map(is_plain, found[fields]["lines"])):
            del found[block]
    return found


_PRINTED = (("bill", "bill_block"), ("ship", "ship_block"))  # a block is kept where its fields may say nothing
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
            found[name] = said[tag]
    return found


def _lines(said: Mapping[str, str]) -> list[str]:
    """By number; a gap is left out (an example of consolibyte/quickbooks-php)."""
    return [said[tag] for tag in _ADDRESS_LINES if tag in said]


def _ship_to(said: Mapping[str, str]) -> dict[str, Any]:
    is_default = _BOOLEANS.get(said.get("DefaultShipTo", ""), False)
    return {"name": said.get("Name", ""), "address": _address(said), "is_default": is_default}


def _labelled(said: Any) -> list[list[str]]:
    return [[one.get("ContactName", ""), one.get("ContactValue", "")] for one in _many(said)]


def _person(said: Mapping[str, Any]) -> dict[str, Any]:
    parts = [said[tag] for tag in ("FirstName", "MiddleName", "LastName") if tag in said]
    return {
        "list_id": said.get("ListID", ""),
        "name": said.get("Contact") or " ".join(parts),
        "fields": _labelled(said.get("AdditionalContactRef", [])),
    }


def _full_name(said: Mapping[str, str]) -> str:
    return said.get("FullName", "")


# Wire name to the name in ``Details``, and what reads it where it is more than a text.
_DETAILS: Mapping[str, tuple[str, Callable[[Any], Any] | None]] = {
    "Salutation": ("salutation", None),
    "FirstName": ("first_name", None),
    "MiddleName": ("middle_name", None),
    "LastName": ("last_name", None),
    "BillAddress": ("bill", _address),
    "BillAddressBlock": ("bill_block", _lines),
    "ShipAddress": ("ship", _address),
    "ShipAddressBlock": ("ship_block", _lines),
    "ShipToAddress": ("ship_to", lambda said: [_ship_to(one) for one in _many(said)]),
    "Phone": ("phone", None),
    "Mobile": ("mobile", None),
    "AltPhone": ("alt_phone", None),
    "Email": ("email", None),
    "Contact": ("contact", None),
    "AltContact": ("alt_contact", None),
    "AdditionalContactRef": ("fields", _labelled),
    "ContactsRet": ("people", lambda said: [_person(one) for one in _many(said)]),
    "TermsRef": ("terms", _full_name),
    "SalesTaxCodeRef": ("tax_code", _full_name),
    "ItemSalesTaxRef": ("tax_item", _full_name),
    "AccountNumber": ("account_number", None),
    "JobEndDate": ("job_end_on", None),
}
