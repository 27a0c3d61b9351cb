"""From a customer as QuickBooks says it to the row that is kept. Pure: no database, no clock."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.db.models import CharField

from qbwire import messages as wire
from standpipe.core import text
from standpipe.core.addresses import MAX_LINES
from standpipe.core.phones import phone_key
from standpipe.core.text import address_key, name_key

from .addresses import billing_address, ink, physical_address
from .details import PATH_SEPARATOR, Details
from .models import CustomerColumns

JOBS_FIRST = "\x1f"  # sorts below every letter and blank, so that "Elm:Gym" comes before "Elm School"
LONGEST_KEY = 255
LONGEST_SORT_KEY = 500  # an index row of PostgreSQL holds 2,700 bytes

KEPT_TEXTS = (
    "list_id", "edit_sequence", "time_modified", "name", "full_name", "parent_list_id", "company_name", "job_status",
    "currency",
)  # fmt: skip
COLUMNS = tuple(column.name for column in CustomerColumns._meta.local_fields)
VERSION = "1"  # of what is made of a customer; another one makes every row differ

# What is kept of a customer, and the qbXML version that brought it (qbXML 13 reference, CustomerRet). Not the
# balances: they would make rows differ all day.
ELEMENTS: tuple[tuple[str, int], ...] = (
    ("list_id", 1), ("time_modified", 1), ("edit_sequence", 1), ("name", 1), ("full_name", 1), ("is_active", 1),
    ("parent", 1), ("sublevel", 1), ("company_name", 1), ("salutation", 1), ("first_name", 1), ("middle_name", 1),
    ("last_name", 1), ("bill_address", 1), ("bill_address_block", 6), ("ship_address", 1),
    ("ship_address_block", 6), ("ship_to_addresses", 12), ("phone", 1), ("alt_phone", 1), ("email", 1),
    ("contact", 1), ("alt_contact", 1), ("labelled_values", 12), ("contacts", 12), ("terms", 1),
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


def display_name(*, name: str, company_name: str) -> str:
    """The company name, else the customer's own; blank counts as missing (requirements 21, 22)."""
    return ink(company_name) or name


def path_keys(full_name: str) -> dict[str, str]:
    """The columns that follow from the path alone."""
    return {"sort_key": full_name.casefold().replace(PATH_SEPARATOR, JOBS_FIRST)[:LONGEST_SORT_KEY]}


def search_text(*, full_name: str, company_name: str, details: Details) -> str:
    """What a search looks through: path, company, addresses, e-mail, phones, contact, account number."""
    return text.search_text(_searched(details.to_json(), full_name=full_name, company_name=company_name))


def _searched(details: Mapping[str, Any], *, full_name: str, company_name: str) -> tuple[str, ...]:
    parts = [full_name, company_name]
    addresses = [details.get("bill"), details.get("ship"), *(one["address"] for one in details.get("ship_to", ()))]
    for address in filter(None, addresses):
        parts += address["lines"]
        parts += [address.get(name, "") for name in ("city", "state", "postal_code", "country")]
    parts += details.get("bill_block", ())
    parts += details.get("ship_block", ())
    parts += [details.get(name, "") for name in ("email", "contact", "phone", "alt_phone", "account_number")]
    parts += [phone_key(details.get(name, "")) for name in ("phone", "alt_phone")]
    return tuple(dict.fromkeys(filter(None, parts)))


def derived(*, name: str, full_name: str, company_name: str, details: Details) -> dict[str, str]:
    """The columns that follow from the others."""
    shown = display_name(name=name, company_name=company_name)
    (billing, _), (physical, _) = billing_address(details), physical_address(details)
    billing_key = address_key(billing)[:LONGEST_KEY]
    return {
        "display_name": shown,
        "name_key": name_key(shown),
        "billing_key": billing_key,
        "physical_key": billing_key if physical == billing else address_key(physical)[:LONGEST_KEY],
        "search_text": search_text(full_name=full_name, company_name=company_name, details=details),
        **path_keys(full_name),
    }


# --- from the wire
# Read as plain texts, not through the declared message: of a million customers every microsecond is a second.


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
        "details": _to_json(details),
    }
    row["content_hash"] = blake2b("\0".join(map(str, row.values())).encode(), digest_size=16, key=seed).hexdigest()
    row["edit_sequence"] = texts.get("EditSequence", "")
    row["time_modified"] = texts.get("TimeModified", "")
    _check(row)
    return Kept(row, details)


def with_derived(said: Kept) -> dict[str, Any]:
    """The whole row."""
    row, details = said.row, said.details
    names = {name: row[name] for name in ("name", "full_name", "company_name")}
    parts = _searched(details, full_name=row["full_name"], company_name=row["company_name"])
    if not text.is_plain("".join(parts)) and any(map(text.is_blank, parts)):
        return row | derived(**names, details=Details.from_json(details))
    return row | _derived_of_inked(details, parts=parts, **names)


def _derived_of_inked(
    details: Mapping[str, Any], *, parts: Iterable[str], name: str, full_name: str, company_name: str
) -> dict[str, str]:
    """``derived`` where no part is blank in disguise (zero-width marks): nearly always, in a third of the time."""
    shown = company_name or name
    defaults = (_place(one["address"], ()) for one in details.get("ship_to", ()) if one["is_default"])
    billing = _place(details.get("bill"), details.get("bill_block", ()))
    physical = _place(details.get("ship"), details.get("ship_block", ())) or next(filter(None, defaults), billing)
    billing_key = text.address_key_of(*billing)[:LONGEST_KEY] if billing else ""
    return {
        "display_name": shown,
        "name_key": name_key(shown),
        "billing_key": billing_key,
        "physical_key": text.address_key_of(*physical)[:LONGEST_KEY] if physical else "",
        "search_text": text.search_text(parts),
        **path_keys(full_name),
    }


def _place(said: Mapping[str, Any] | None, block: Sequence[str]) -> tuple[tuple[str, ...], str, str] | None:
    """Lines, postal code and city of an address, else the lines of its block; ``None`` where there is nothing."""
    if said and (said["lines"] or any(said.get(name) for name in ("city", "state", "postal_code", "country"))):
        return tuple(said["lines"]), said.get("postal_code", ""), said.get("city", "")
    return (tuple(block[:MAX_LINES]), "", "") if block else None


_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}  # qbXML reference, BOOLTYPE
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)?")  # qbXML reference, DATETIMETYPE
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
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
    found: dict[str, Any] = {name: said.strip() for name, tag in _DETAIL_TEXTS if (said := texts.get(tag))}
    for name, tag, read in _DETAIL_PARTS:
        if (said := texts.get(tag)) and (value := read(said)):
            found[name] = value
    return found


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
        if text := said.get(tag):
            found[name] = text.strip()
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
