"""What a customer or job is: its fields, the rules of its name, and how QuickBooks prints its address.

Pure: no file, no clock. `company.py` applies this to rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qbsim.declarations import Element, Kind
from qbsim.messages.customer import CUSTOMER_RET
from qbsim.texts import status_text
from qbsim.wiretext import parse_date, unstorable

MAX_LEVELS = 5  # customer and four levels of jobs below (QuickBooks Desktop help, "Add customers and jobs")
MAX_NAME = 41
MAX_FULL_NAME = 209

# Which list each reference of a customer points into.
REFERENCES = {
    "ClassRef": "Class",
    "CustomerTypeRef": "CustomerType",
    "TermsRef": "StandardTerms",
    "SalesRepRef": "SalesRep",
    "SalesTaxCodeRef": "SalesTaxCode",
    "ItemSalesTaxRef": "ItemSalesTax",
    "PreferredPaymentMethodRef": "PaymentMethod",
    "JobTypeRef": "JobType",
    "PriceLevelRef": "PriceLevel",
    "CurrencyRef": "Currency",
}

# What QuickBooks fills in when a person adds a job: that of its customer.
COPIED_TO_JOBS = (
    "CompanyName",
    "Salutation",
    "FirstName",
    "MiddleName",
    "LastName",
    "JobTitle",
    "BillAddress",
    "BillAddressBlock",
    "ShipAddress",
    "ShipAddressBlock",
    "ShipToAddress",
    "Phone",
    "AltPhone",
    "Fax",
    "Email",
    "Cc",
    "Contact",
    "AltContact",
    "AdditionalContactRef",
    "CustomerTypeRef",
    "TermsRef",
    "SalesRepRef",
    "SalesTaxCodeRef",
    "ItemSalesTaxRef",
    "PreferredDeliveryMethod",
)

# Kept in columns of their own, so not among the fields that are set by name.
_KEPT_APART = {
    "ListID",
    "TimeCreated",
    "TimeModified",
    "EditSequence",
    "Name",
    "FullName",
    "IsActive",
    "ParentRef",
    "Sublevel",
    "Balance",
    "TotalBalance",
    "DataExtRet",
}

_ELEMENTS = {element.tag: element for element in CUSTOMER_RET if isinstance(element, Element)}


class CompanyError(Exception):
    """QuickBooks would not do that. `code` is the status code of its refusal, 0 where it has none."""

    def __init__(self, text: str, *, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


def refused(code: int, **places: object) -> CompanyError:
    return CompanyError(status_text(code, **places), code=code)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer or job as the company file holds it. `details` is keyed by QuickBooks' element names."""

    list_id: str
    name: str
    full_name: str
    parent_id: str | None
    sublevel: int
    is_active: bool
    edit_sequence: str
    time_created: str  # QuickBooks' text
    time_modified: str
    balance_cents: int  # its own
    total_cents: int  # with its jobs
    details: dict[str, Any]

    def __getitem__(self, tag: str) -> Any:
        """Return the value of an element like `customer["FirstName"]`, None when it has none."""
        return self.details.get(tag)

    @property
    def is_job(self) -> bool:
        return self.parent_id is not None

    @property
    def company_name(self) -> str | None:
        return self.details.get("CompanyName")

    @property
    def phone(self) -> str | None:
        return self.details.get("Phone")

    @property
    def alt_phone(self) -> str | None:
        return self.details.get("AltPhone")

    @property
    def email(self) -> str | None:
        return self.details.get("Email")

    @property
    def contact(self) -> str | None:
        return self.details.get("Contact")

    @property
    def bill_address(self) -> dict[str, str] | None:
        return self.details.get("BillAddress")

    @property
    def ship_address(self) -> dict[str, str] | None:
        return self.details.get("ShipAddress")

    @property
    def job_status(self) -> str | None:
        return self.details.get("JobStatus")


def address(
    *lines: str,
    city: str | None = None,
    state: str | None = None,
    postal_code: str | None = None,
    country: str | None = None,
    note: str | None = None,
) -> dict[str, str]:
    """Write an address as QuickBooks' fields have it. Up to five lines; the first often repeats the name."""
    fields = {f"Addr{number}": line for number, line in enumerate(lines, start=1)}
    named = {"City": city, "State": state, "PostalCode": postal_code, "Country": country, "Note": note}
    return fields | {tag: value for tag, value in named.items() if value is not None}


def ship_to(name: str, *lines: str, default: bool = False, **places: str | None) -> dict[str, Any]:
    """Write one named ship-to address; `places` as for `address`."""
    return {"Name": name, **address(*lines, **places), "DefaultShipTo": default}


def labelled(label: str, value: str) -> dict[str, str]:
    """Write one of the labelled contact fields, such as ("Mobile", "208-555-0100")."""
    return {"ContactName": label, "ContactValue": value}


def contact(
    first_name: str,
    *,
    last_name: str | None = None,
    job_title: str | None = None,
    phones: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Write one person of the contact list."""
    person: dict[str, Any] = {"FirstName": first_name}
    if last_name is not None:
        person["LastName"] = last_name
    if job_title is not None:
        person["JobTitle"] = job_title
    if phones:
        person["AdditionalContactRef"] = [dict(phone) for phone in phones]
    return person


def printed_block(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the address as QuickBooks prints it: its lines, then city, state and code in one, then the country."""
    lines = [line for number in range(1, 6) if (line := fields.get(f"Addr{number}", "")).strip()]
    region = " ".join(part for part in (fields.get("State", ""), fields.get("PostalCode", "")) if part.strip())
    place = ", ".join(part for part in (fields.get("City", ""), region) if part.strip())
    lines += [line for line in (place, fields.get("Country", "")) if line.strip()]
    return {f"Addr{number}": line[:41] for number, line in enumerate(lines[:5], start=1)}


def path_key(full_name: str) -> str:
    """Return the key that is unique whatever the case, and sorts jobs right after their customer."""
    return full_name.lower().replace(":", "\x01")


def check_name(name: str) -> str:
    """Return a name that QuickBooks would store, or raise what it would answer."""
    if not name.strip():
        raise refused(3150, field="Name")
    if len(name) > MAX_NAME:
        raise refused(3070, value=name, field="Name")
    if ":" in name or "\t" in name or "\n" in name or unstorable(name) is not None:
        raise refused(3090, value=name, field="Name", reason="The name holds a character that it may not.")
    return name


def details_from(fields: Mapping[str, Any], *, list_ids: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Turn snake_case fields into details by element name, each checked; None stands for "clear it".

    `list_ids` gives the ListID for (kind, lower-case full name) of what a customer can refer to.
    """
    details: dict[str, Any] = {}
    for field, value in fields.items():
        tag = _FIELDS.get(field)
        if tag is None:
            raise TypeError(f"a customer has no field {field!r}")
        if value is not None and tag in REFERENCES:
            details[tag] = _reference(tag, value, list_ids=list_ids)
        else:
            details[tag] = None if value is None else _checked(_ELEMENTS[tag], _shaped(tag, value))
    return details


def _reference(tag: str, value: str, *, list_ids: Mapping[tuple[str, str], str]) -> str:
    kind = REFERENCES[tag]
    if value in list_ids.values():
        return value
    found = list_ids.get((kind, value.lower()))
    if found is None:
        raise refused(3140, kind=kind, value=value, field="Customer")
    return found


def _shaped(tag: str, value: Any) -> Any:
    """Take the short forms of `address` and blocks as well: a list of lines is a block."""
    if tag.endswith("Block") and not isinstance(value, Mapping):
        return {f"Addr{number}": line for number, line in enumerate(value, start=1) if line}
    if tag.endswith("Address") and tag != "ShipToAddress" and not isinstance(value, Mapping):
        return address(*value)
    if _ELEMENTS[tag].most != 1 and isinstance(value, Mapping):
        return [dict(value)]
    return value


def _checked(element: Element, value: Any) -> Any:
    if isinstance(value, list | tuple):
        if element.most is not None and len(value) > element.most:
            raise refused(3090, value=len(value), field=element.tag, reason=f"At most {element.most} fit.")
        return [_checked_one(element, each) for each in value]
    return _checked_one(element, value)


def _checked_one(element: Element, value: Any) -> Any:
    if element.is_aggregate:
        inside = {child.tag: child for child in element.children if isinstance(child, Element)}
        unknown = next((tag for tag in value if tag not in inside), None)
        if unknown is not None:
            raise TypeError(f"{element.tag} has no {unknown!r}")
        return {tag: _checked(inside[tag], each) for tag, each in value.items() if each is not None}
    if isinstance(value, bool):
        return value
    text = str(value)
    if element.max_length is not None and len(text) > element.max_length:
        raise refused(3070, value=text, field=element.tag)
    if unstorable(text) is not None:
        raise refused(3080, value=text, field=element.tag)
    if element.kind is Kind.DATE and parse_date(text) is None:
        raise refused(3020, value=text, field=element.tag)
    return text


def _snake(tag: str) -> str:
    """Return `bill_address` for `BillAddress`; references drop their Ref: `terms` for `TermsRef`."""
    stem = tag.removesuffix("Ref") if tag in REFERENCES else tag
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", stem).lower()


_FIELDS = {_snake(tag): tag for tag in _ELEMENTS if tag not in _KEPT_APART}
