"""What a customer or job is: its fields, and how QuickBooks prints its address.

Pure: no file, no clock. `customer_list.py` applies this to rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qbsim.fields import KEPT_APART, Fields
from qbsim.messages.customer import CUSTOMER_RET
from qbsim.refusals import CompanyError, refused
from qbsim.tree import MAX_LEVELS, path_key

__all__ = [
    "COPIED_TO_JOBS",
    "FIELDS",
    "MAX_FULL_NAME",
    "MAX_LEVELS",
    "MAX_NAME",
    "MAX_PRINTED_LINES",
    "CompanyError",
    "Customer",
    "address",
    "contact",
    "labelled",
    "path_key",
    "printed_block",
    "printed_line_count",
    "refused",
    "ship_to",
]

MAX_NAME = 41
MAX_FULL_NAME = 209
MAX_PRINTED_LINES = 5  # of an address; longer ones are refused (zed-systems help)

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

FIELDS = Fields(CUSTOMER_RET, kept_apart=KEPT_APART | {"Balance", "TotalBalance"})


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


def printed_line_count(fields: Mapping[str, str]) -> int:
    """Return on how many lines an address prints within its country: its own, and one for the town."""
    own = sum(bool(fields.get(f"Addr{number}", "").strip()) for number in range(1, 6))
    return own + any(fields.get(tag, "").strip() for tag in ("City", "State", "PostalCode"))


def printed_block(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the address as QuickBooks prints it: its lines, then city, state and code in one, then the country."""
    lines = [line for number in range(1, 6) if (line := fields.get(f"Addr{number}", "")).strip()]
    region = " ".join(part for part in (fields.get("State", ""), fields.get("PostalCode", "")) if part.strip())
    place = ", ".join(part for part in (fields.get("City", ""), region) if part.strip())
    lines += [line for line in (place, fields.get("Country", "")) if line.strip()]
    return {f"Addr{number}": line[:41] for number, line in enumerate(lines[:5], start=1)}
