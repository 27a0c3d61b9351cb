"""The form of a customer: what it shows of a record, and what of it somebody changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbsim.customers import COPIED_TO_JOBS, CompanyError, Customer


@dataclass(frozen=True, slots=True)
class Field:
    name: str  # as Company.edit_customer calls it
    label: str
    tag: str
    max_length: int
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class AddressField:
    name: str
    label: str
    tag: str


NAME = Field("name", "Name", "Name", 41)

FIELDS = (
    Field("company_name", "Company name", "CompanyName", 41),
    Field("salutation", "Mr./Ms.", "Salutation", 15),
    Field("first_name", "First name", "FirstName", 25),
    Field("last_name", "Last name", "LastName", 25),
    Field("contact", "Contact", "Contact", 41),
    Field("alt_contact", "Alt. contact", "AltContact", 41),
    Field("phone", "Phone", "Phone", 21, "tel"),
    Field("alt_phone", "Alt. phone", "AltPhone", 21, "tel"),
    Field("email", "E-mail", "Email", 1023),
    Field("account_number", "Account number", "AccountNumber", 99),
)

ADDRESSES = (
    AddressField("bill_address", "Bill to", "BillAddress"),
    AddressField("ship_address", "Ship to", "ShipAddress"),
)

PLACES = (
    ("City", "City", 31),
    ("State", "State", 21),
    ("PostalCode", "ZIP", 13),
    ("Country", "Country", 31),
)

JOB_STATUSES = ("None", "Pending", "Awarded", "InProgress", "Closed", "NotAwarded")

Form = dict[str, str]


def form_of(customer: Customer) -> Form:
    """Return what the form shows of a record."""
    return _form(customer.details) | {"name": customer.name}


def form_of_new(parent: Customer | None) -> Form:
    """Return what the form of a new customer or job shows: a job is filled in from its customer."""
    theirs = parent.details if parent is not None else {}
    return _form({tag: value for tag, value in theirs.items() if tag in COPIED_TO_JOBS}) | {"name": ""}


def _form(details: Mapping[str, Any]) -> Form:
    form = {"job_status": details.get("JobStatus", "None")}
    for field in FIELDS:
        form[field.name] = details.get(field.tag, "")
    for address in ADDRESSES:
        parts = details.get(address.tag, {})
        lines = [parts.get(f"Addr{number}", "") for number in range(1, 6)]
        form[f"{address.name}_lines"] = "\n".join(lines).rstrip("\n")
        form |= {f"{address.name}_{tag}": parts.get(tag, "") for tag, _, _ in PLACES}
    return form


def changes(form: Mapping[str, str], *, before: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that somebody changed, as `edit_customer` and `add_customer` take them.

    What was not touched is not among them, so that an address that only exists as printed stays as it is.
    """
    changed: dict[str, Any] = {}
    for field in (*FIELDS, Field("job_status", "", "", 0)):
        if form.get(field.name, before[field.name]) != before[field.name]:
            changed[field.name] = form[field.name] or None
    for address in ADDRESSES:
        names = [f"{address.name}_lines", *(f"{address.name}_{tag}" for tag, _, _ in PLACES)]
        if any(_plain(form.get(name, before[name])) != _plain(before[name]) for name in names):
            changed[address.name] = _address(address, form)
    return changed


def _plain(text: str) -> str:
    """Browsers send lines ended by CR and LF, whatever was in the form."""
    return text.replace("\r\n", "\n").rstrip("\n")


def _address(address: AddressField, form: Mapping[str, str]) -> dict[str, str] | None:
    lines = _plain(form.get(f"{address.name}_lines", "")).split("\n")
    if len(lines) > 5:
        raise CompanyError(f"{address.label}: an address has at most five lines.")
    parts = {f"Addr{number}": line for number, line in enumerate(lines, start=1)}
    parts |= {tag: form.get(f"{address.name}_{tag}", "") for tag, _, _ in PLACES}
    return {tag: value for tag, value in parts.items() if value} or None
