"""What an account, a building and their contacts look like when they come from a QuickBooks customer or job.

Pure: the same function makes the preview and the record. Every value is told with its source in words. The rules
are those of the help article (company name, else customer name; account: name and billing address; building: also
physical address, else billing, and contacts with the role billing); what it leaves open is decided in
``docs/decisions/0010-what-an-import-makes.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from standpipe.core.addresses import Address
from standpipe.core.emails import split_emails
from standpipe.core.errors import UserError
from standpipe.core.text import name_key
from standpipe.quickbooks.lists.addresses import billing_address, ink, physical_address
from standpipe.quickbooks.lists.details import PATH_SEPARATOR, Details

from .persons import MappedContact, Note, contacts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCustomer:
    """A customer or job as the copied list has it. A job has a parent."""

    list_id: str
    name: str  # one level of the path
    full_name: str
    company_name: str = ""
    parent_list_id: str = ""
    is_active: bool = True
    job_status: str = ""
    details: Details = Details()

    @property
    def is_job(self) -> bool:
        return bool(self.parent_list_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What would be created, where each value comes from, and what to look at twice."""

    source: SourceCustomer
    type: str  # "account" or "building"
    name: str
    billing_address: Address
    physical_address: Address | None = None  # accounts have none
    contacts: tuple[MappedContact, ...] = ()  # accounts have none
    sources: dict[str, str] = field(default_factory=dict)
    left_over: tuple[Note, ...] = ()  # of contacts: what is not taken over
    parent: SourceCustomer | None = None

    @property
    def doubts(self) -> tuple[Note, ...]:
        """What is missing, and what to look at twice; worked out only for who reads it."""
        doubted = self.billing_address if self.physical_address is None else self.physical_address
        return (
            *lacks_of(self.source),
            *_lines_like_names(self.source, doubted),
            *_same_as_parent(self.physical_address, self.parent),
        )


def map_account(source: SourceCustomer, *, naming: str = "company_name") -> Mapped:
    """Name and billing address, nothing else. Raises :class:`UserError` where there is no name at all."""
    name, name_source = name_of(source, naming=naming)
    billing, billing_source = billing_address(source.details)
    return Mapped(
        source=source,
        type="account",
        name=name,
        billing_address=billing,
        sources={"name": name_source, "billing_address": billing_source},
    )


def map_building(
    source: SourceCustomer, *, naming: str = "company_name", parent: SourceCustomer | None = None
) -> Mapped:
    """Name, both addresses and contacts. ``parent``: to flag a physical address that is only its parent's.

    Raises :class:`UserError` where there is no name at all.
    """
    name, name_source = name_of(source, naming=naming)
    billing, billing_source = billing_address(source.details)
    physical, physical_source = physical_address(source.details)
    people, left_over = contacts_of(source.details, place_name=name)
    return Mapped(
        source=source,
        type="building",
        name=name,
        billing_address=billing,
        physical_address=physical,
        contacts=tuple(replace(person, address=billing) for person in people),
        sources={"name": name_source, "billing_address": billing_source, "physical_address": physical_source},
        left_over=left_over,
        parent=parent,
    )


# Names


def name_of(source: SourceCustomer, *, naming: str = "company_name") -> tuple[str, str]:
    """The name and its source. What ``naming`` says holds for jobs; a customer has no job name to choose."""
    company, own = ink(source.company_name), ink(source.name)
    if not (company or own):
        raise UserError("It has neither a company name nor a customer name in QuickBooks.", code="name_required")
    if not source.is_job:
        return _article_name(company, own)
    return NAMINGS[naming](company, own, ink(source.full_name.partition(PATH_SEPARATOR)[0]))


def _article_name(company: str, own: str, _customer: str = "") -> tuple[str, str]:
    return (company, "company name") if company else (own, "customer name, because company name is empty")


def _job_name(company: str, own: str, _customer: str) -> tuple[str, str]:
    return (own, "job name, as you chose") if own else _article_name(company, own)


def _both_names(company: str, own: str, customer: str) -> tuple[str, str]:
    """Where a job has no company name its customer's name stands in: seven "North Wing" would help nobody."""
    first, words = (
        (company, "company name") if company else (customer, "the customer's name, because it has no company name,")
    )
    if first and own and name_key(first) != name_key(own):
        return f"{first} – {own}", f"{words} and job name, as you chose"
    return _article_name(company, own)


# company name, own name, name of the customer at the head of the path -> name and source
NAMINGS: dict[str, Callable[[str, str, str], tuple[str, str]]] = {
    "company_name": _article_name,
    "job_name": _job_name,
    "company_and_job_name": _both_names,
}


# Doubts


def lacks_of(source: SourceCustomer) -> list[Note]:
    """What cannot be put right by a later refresh, because the copy is taken once (requirement 10)."""
    details = source.details
    found = {
        "no_company_name": not ink(source.company_name),
        "no_billing_address": billing_address(details)[0].is_blank,
        "no_phone": not ink(details.phone),
        "no_email": not split_emails(details.email).mailboxes,
    }
    return [Note(code=code, text=LACKS[code]) for code, is_lacking in found.items() if is_lacking]


LACKS = {
    "no_company_name": "No company name",
    "no_billing_address": "No billing address",
    "no_phone": "No phone",
    "no_email": "No e-mail",
}


def _lines_like_names(source: SourceCustomer, address: Address) -> list[Note]:
    """Line 1 is very often the company or a person (``qbwc/quickbooks_api`` issue 3): shown, never changed."""
    details = source.details
    names = (source.name, source.company_name, details.contact, f"{details.first_name} {details.last_name}")
    keys = {key for name in names if (key := name_key(name))}
    return [
        Note(code="line_like_name", text=f"The address line “{line}” reads like a name.")
        for line in address.lines
        if name_key(line) in keys
    ]


def _same_as_parent(physical: Address | None, parent: SourceCustomer | None) -> list[Note]:
    if parent is None or physical is None or physical.is_blank or physical_address(parent.details)[0] != physical:
        return []
    return [Note(code="same_as_parent", text=f"The physical address is the same as that of {parent.full_name}.")]
