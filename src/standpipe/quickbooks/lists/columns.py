"""From a customer as QuickBooks says it to the row that is kept. Pure: no database, no clock."""

import hashlib
from typing import Any

from django.db.models import CharField

from qbwire import messages as wire
from standpipe.core import text
from standpipe.core.addresses import Address
from standpipe.core.phones import phone_key
from standpipe.core.text import address_key, name_key

from .addresses import billing_address, physical_address
from .details import Details, Person, ShipTo
from .models import CustomerColumns

PATH_SEPARATOR = ":"  # of FullName (qbXML 13 reference, CustomerRet)
JOBS_FIRST = "\x1f"  # sorts below every letter and blank, so that "Elm:Gym" comes before "Elm School"
LONGEST_KEY = 255
LONGEST_SORT_KEY = 500  # an index row of PostgreSQL holds 2,700 bytes

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
    return hashlib.blake2b(",".join((VERSION, *asked)).encode(), digest_size=16).digest()


def display_name(*, name: str, company_name: str) -> str:
    """The company name, else the customer's own; blank counts as missing (requirements 21, 22)."""
    return company_name.strip() or name


def path_keys(full_name: str) -> dict[str, str]:
    """The columns that follow from the path alone."""
    return {"sort_key": full_name.casefold().replace(PATH_SEPARATOR, JOBS_FIRST)[:LONGEST_SORT_KEY]}


def search_text(*, full_name: str, company_name: str, details: Details) -> str:
    """What a search looks through: path, company, addresses, e-mail, phones, contact, account number."""
    addresses = (details.bill, details.ship, *(named.address for named in details.ship_to))
    parts = (
        full_name,
        company_name,
        *(line for address in addresses for line in address.printed_lines),
        *details.bill_block,
        *details.ship_block,
        details.email,
        details.contact,
        details.phone,
        details.alt_phone,
        phone_key(details.phone),
        phone_key(details.alt_phone),
        details.account_number,
    )
    return text.search_text(dict.fromkeys(part for part in parts if part))


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


def row_of(record: wire.Record, *, content_hash: str) -> dict[str, Any]:
    """The columns of one record, ``details`` as plain data.

    Raises ``qbwire``'s ``UnreadableRecord`` or ``UnkeepableRecord``: the record is broken, the others are not.
    """
    said = record.decode()
    details = _details(said, mobile=record.text_of("Mobile") or "")
    name, full_name = said.name.strip(), said.full_name.strip()
    company_name = (said.company_name or "").strip()
    row: dict[str, Any] = {
        "list_id": said.list_id,
        "edit_sequence": said.edit_sequence or "",
        "time_modified": said.time_modified or "",
        "name": name,
        "full_name": full_name or name,
        "parent_list_id": (said.parent.list_id or "") if said.parent else "",
        "sublevel": said.sublevel or 0,
        "is_active": said.is_active is not False,
        "company_name": company_name,
        "job_status": said.job_status or "",
        "currency": (said.currency.full_name or "") if said.currency else "",
        "details": details.to_json(),
        "content_hash": content_hash,
    }
    _check(row)
    return row | derived(name=name, full_name=row["full_name"], company_name=company_name, details=details)


_LIMITS: dict[str, int] = {
    column.name: column.max_length
    for column in CustomerColumns._meta.local_fields
    if isinstance(column, CharField) and column.max_length and column.name not in ("content_hash", "sort_key")
}


def _check(row: dict[str, Any]) -> None:
    if not row["list_id"]:
        raise UnkeepableRecord("It has no ListID.")
    if not row["name"]:
        raise UnkeepableRecord("It has no name.")
    for name, limit in _LIMITS.items():
        if len(row.get(name, "")) > limit:
            label = name.replace("_", " ")
            raise UnkeepableRecord(f"Its {label} has {len(row[name])} characters; QuickBooks allows {limit}.")
    if not 0 <= row["sublevel"] <= 32_767:  # the column's own range; QuickBooks has five levels
        raise UnkeepableRecord(f"Its sublevel is {row['sublevel']}.")


def _details(said: wire.Customer, *, mobile: str) -> Details:
    return Details(
        bill=_address(said.bill_address),
        bill_block=_lines(said.bill_address_block),
        ship=_address(said.ship_address),
        ship_block=_lines(said.ship_address_block),
        ship_to=tuple(
            ShipTo(name=named.name, address=_address(named), is_default=bool(named.is_default))
            for named in said.ship_to_addresses
        ),
        salutation=said.salutation or "",
        first_name=said.first_name or "",
        middle_name=said.middle_name or "",
        last_name=said.last_name or "",
        contact=said.contact or "",
        alt_contact=said.alt_contact or "",
        phone=said.phone or "",
        alt_phone=said.alt_phone or "",
        mobile=mobile,
        email=said.email or "",
        fields=_labelled(said.labelled_values),
        people=tuple(
            Person(
                list_id=person.list_id or "",
                name=person.contact
                or " ".join(filter(None, (person.first_name, person.middle_name, person.last_name))),
                fields=_labelled(person.labelled_values),
            )
            for person in said.contacts
        ),
        terms=_name(said.terms),
        tax_code=_name(said.sales_tax_code),
        tax_item=_name(said.item_sales_tax),
        account_number=said.account_number or "",
        job_end_on=said.job_ended_on.isoformat() if said.job_ended_on else "",
    )


_NOWHERE = Address()


def _address(said: wire.Address | wire.ShipToAddress | None) -> Address:
    if said is None:
        return _NOWHERE
    return Address(
        lines=tuple(line for line in said.lines if not line.isspace()),
        city=said.city or "",
        state=said.state or "",
        postal_code=said.postal_code or "",
        country=said.country or "",
        note=said.note or "",
    )


def _lines(block: wire.AddressBlock | None) -> tuple[str, ...]:
    return () if block is None else tuple(line for line in block.lines if not line.isspace())


def _labelled(values: tuple[wire.LabelledValue, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((value.label, value.value) for value in values)


def _name(ref: wire.Ref | None) -> str:
    return (ref.full_name or "") if ref else ""
