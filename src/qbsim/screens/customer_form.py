"""The form of a customer: what it shows of a record, and what of it somebody changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbsim.company import Company, CompanyError, Customer
from qbsim.customers import COPIED_TO_JOBS
from qbsim.screens.choosing import choices_of
from qbsim.screens.markup import Child
from qbsim.screens.numbers import amount_typed
from qbsim.screens.parts import Field, field, group

JOB_STATUSES = {
    "None": "None",
    "Pending": "Pending",
    "Awarded": "Awarded",
    "InProgress": "In progress",
    "Closed": "Closed",
    "NotAwarded": "Not awarded",
}
_DELIVERY = ("None", "Email", "Fax", "Mail")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the form. `kinds` are the lists that it chooses from."""

    name: str  # as Company.edit_customer calls it
    label: str
    tag: str
    max_length: int | None = None
    kind: str = "text"
    kinds: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    lines: int = 1


@dataclass(frozen=True, slots=True)
class AddressLine:
    name: str
    label: str
    tag: str


NAME = Field("name", "Name", 41, required=True)

GROUPS: dict[str, tuple[Line, ...]] = {
    "Contact": (
        Line("company_name", "Company name", "CompanyName", 41),
        Line("salutation", "Mr./Ms.", "Salutation", 15),
        Line("first_name", "First name", "FirstName", 25),
        Line("middle_name", "M.I.", "MiddleName", 5),
        Line("last_name", "Last name", "LastName", 25),
        Line("job_title", "Job title", "JobTitle", 41),
        Line("contact", "Contact", "Contact", 41),
        Line("alt_contact", "Alt. contact", "AltContact", 41),
        Line("phone", "Phone", "Phone", 21, "tel"),
        Line("alt_phone", "Alt. phone", "AltPhone", 21, "tel"),
        Line("fax", "Fax", "Fax", 21, "tel"),
        Line("email", "E-mail", "Email", 1023),
        Line("cc", "CC e-mail", "Cc", 1023),
    ),
    "Payment and tax": (
        Line("account_number", "Account number", "AccountNumber", 99),
        Line("terms", "Terms", "TermsRef", kinds=("StandardTerms", "DateDrivenTerms")),
        Line("preferred_payment_method", "Payment method", "PreferredPaymentMethodRef", kinds=("PaymentMethod",)),
        Line(
            "preferred_delivery_method",
            "Delivery",
            "PreferredDeliveryMethod",
            choices=tuple((each, each) for each in _DELIVERY),
        ),
        Line("credit_limit", "Credit limit", "CreditLimit"),
        Line("sales_tax_code", "Tax code", "SalesTaxCodeRef", kinds=("SalesTaxCode",)),
        Line("item_sales_tax", "Tax item", "ItemSalesTaxRef", kinds=("ItemSalesTax", "ItemSalesTaxGroup")),
        Line("customer_type", "Customer type", "CustomerTypeRef", kinds=("CustomerType",)),
    ),
    "Job": (
        Line("job_status", "Job status", "JobStatus", choices=tuple(JOB_STATUSES.items())),
        Line("job_type", "Job type", "JobTypeRef", kinds=("JobType",)),
        Line("job_start_date", "Start date", "JobStartDate", kind="date"),
        Line("job_projected_end_date", "Projected end", "JobProjectedEndDate", kind="date"),
        Line("job_end_date", "End date", "JobEndDate", kind="date"),
        Line("job_desc", "Description", "JobDesc", 99),
        Line("notes", "Notes", "Notes", 4095, lines=4),
    ),
}

LINES = tuple(line for lines in GROUPS.values() for line in lines)

ADDRESSES = (
    AddressLine("bill_address", "Bill to", "BillAddress"),
    AddressLine("ship_address", "Ship to", "ShipAddress"),
)

PLACES = (
    ("City", "City", 31),
    ("State", "State", 21),
    ("PostalCode", "ZIP", 13),
    ("Country", "Country", 31),
    ("Note", "Note", 41),
)

Form = dict[str, str]


# -- what it shows ---------------------------------------------------------------------------------------------


def form_of(customer: Customer) -> Form:
    """Return what the form shows of a record."""
    return _form(customer.details) | {"name": customer.name}


def form_of_new(parent: Customer | None) -> Form:
    """Return what the form of a new customer or job shows: a job is filled in from its customer."""
    theirs = parent.details if parent is not None else {}
    return _form({tag: value for tag, value in theirs.items() if tag in COPIED_TO_JOBS}) | {"name": ""}


def _form(details: Mapping[str, Any]) -> Form:
    empty = {"JobStatus": "None", "PreferredDeliveryMethod": "None"}
    form = {line.name: str(details.get(line.tag, empty.get(line.tag, ""))) for line in LINES}
    for address in ADDRESSES:
        parts = details.get(address.tag, {})
        lines = [parts.get(f"Addr{number}", "") for number in range(1, 6)]
        form[f"{address.name}_lines"] = "\n".join(lines).rstrip("\n")
        form |= {f"{address.name}_{tag}": parts.get(tag, "") for tag, _, _ in PLACES}
    return form


def fieldsets(company: Company, form: Form) -> list[Child]:
    """Return the form's fields in their groups."""
    groups = {title: [_control(company, line, form) for line in lines] for title, lines in GROUPS.items()}
    return [
        group("Contact", *groups.pop("Contact")),
        *(_address_group(address, form) for address in ADDRESSES),
        *(group(title, *fields) for title, fields in groups.items()),
    ]


def _control(company: Company, line: Line, form: Form) -> Child:
    choices = line.choices or None
    if line.kinds:
        choices = tuple(choices_of(company, *line.kinds, chosen=form[line.name]))
    return field(Field(line.name, line.label, line.max_length, line.kind, choices, line.lines), form)


def _address_group(address: AddressLine, form: Form) -> Child:
    lines = Field(f"{address.name}_lines", "Lines, up to five", lines=5)
    places = [Field(f"{address.name}_{tag}", label, longest) for tag, label, longest in PLACES]
    return group(address.label, *(field(each, form) for each in (lines, *places)))


# -- what somebody changed -------------------------------------------------------------------------------------


def changes(form: Mapping[str, str], *, before: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that somebody changed, as `edit_customer` and `add_customer` take them.

    What was not touched is not among them, so that an address that only exists as printed stays as it is.
    """
    changed: dict[str, Any] = {}
    for line in LINES:
        value = plain(form.get(line.name, before[line.name]))
        if value != plain(before[line.name]):
            is_amount = line.tag == "CreditLimit" and value
            changed[line.name] = amount_typed(line.label, value) if is_amount else value or None
    for address in ADDRESSES:
        names = [f"{address.name}_lines", *(f"{address.name}_{tag}" for tag, _, _ in PLACES)]
        if any(plain(form.get(name, before[name])) != plain(before[name]) for name in names):
            changed[address.name] = _address(address, form)
    return changed


def plain(text: str) -> str:
    """Browsers send lines ended by CR and LF, whatever was in the form."""
    return text.replace("\r\n", "\n").rstrip("\n")


def _address(address: AddressLine, form: Mapping[str, str]) -> dict[str, str] | None:
    lines = plain(form.get(f"{address.name}_lines", "")).split("\n")
    if len(lines) > 5:
        raise CompanyError(f"{address.label}: an address has at most five lines.")
    parts = {f"Addr{number}": line for number, line in enumerate(lines, start=1)}
    parts |= {tag: form.get(f"{address.name}_{tag}", "") for tag, _, _ in PLACES}
    return {tag: value for tag, value in parts.items() if value} or None
