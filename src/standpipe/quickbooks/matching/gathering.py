"""Both sides of a comparison, read from the database in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Place
from standpipe.core.addresses import NO_ADDRESS
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer

from .parties import Said, marked, party_of_customer, party_of_record
from .scoring import Party

NOUNS = {"accounts": "account", "buildings": "building"}  # also the column of a link
ASKED_AT_ONCE = 500  # keys in one query
_COLUMNS = ("list_id", "name", "full_name", "company_name", "parent_list_id", "details")


def records_of(organization: Organization | UUID, *, target: str) -> QuerySet[Any]:
    """Accounts or buildings, archived ones too."""
    if target == "accounts":
        return Account.objects.filter(organization=organization)
    return Building.objects.filter(organization=organization)


def live_links(target: str, **conditions: Any) -> QuerySet[Link]:
    return Link.objects.filter(ended_at=None, **{f"{NOUNS[target]}__isnull": False}, **conditions)


def unlinked_records(organization: Organization | UUID, *, target: str) -> QuerySet[Any]:
    """Accounts or buildings in use without a link to QuickBooks, in the order of their keys."""
    live = Link.objects.filter(ended_at=None, **{NOUNS[target]: OuterRef("pk")})
    records = records_of(organization, target=target).filter(~Exists(live), archived_at=None)
    if target == "buildings":
        records = records.select_related("account")
    return records.order_by("pk")


def free_customers(connection: Connection, *, target: str) -> QuerySet[Customer]:
    """Customers and jobs in use that no account (no building) is linked to."""
    taken = live_links(target, connection_id=OuterRef("connection_id"), list_id=OuterRef("list_id"))
    customers = Customer.objects.filter(connection=connection, gone_at=None, is_active=True)
    return customers.filter(~Exists(taken)).order_by("sort_key", "list_id")


# Records


@dataclass(slots=True)
class Reachable:
    """How the contacts of a record can be reached."""

    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


def reachable(records: Sequence[Account | Building], *, target: str) -> dict[UUID, Reachable]:
    found: dict[UUID, Reachable] = defaultdict(Reachable)
    column = f"{NOUNS[target]}_id"
    for keys in _chunks([record.pk for record in records]):
        places = Place.objects.filter(contact__archived_at=None, **{f"{column}__in": keys}).order_by("id")
        wanted = (
            "contact__phone",
            "contact__cell_phone",
            "contact__email",
            "contact__name",
            "contact__name_is_borrowed",
        )
        for key, phone, cell, email, name, is_borrowed in places.values_list(column, *wanted):
            one = found[key]
            one.phones += [said for said in (phone, cell) if said]
            one.emails += [email] if email else []
            one.people += [] if is_borrowed else [name]
    return dict(found)


def parties_of_records(records: Sequence[Account | Building], *, target: str) -> list[Party]:
    """In their order. Names that several of them have are marked."""
    known = reachable(records, target=target)
    nobody = Reachable()
    return marked([_party(record, known.get(record.pk, nobody)) for record in records])


def _party(record: Account | Building, contacts: Reachable) -> Party:
    building = record if isinstance(record, Building) else None
    return party_of_record(
        name=record.name,
        is_account=building is None,
        billing=record.billing_address,
        physical=building.physical_address if building else NO_ADDRESS,
        account_name=building.account.name if building and building.account else "",
        phones=contacts.phones,
        emails=contacts.emails,
        people=contacts.people,
    )


# Customers


def parties_of_customers(connection: Connection, customers: QuerySet[Customer]) -> tuple[list[str], list[Party]]:
    """ListIDs and their parties, in the order of the query; memory grows by about 3 KB a customer."""
    rows = list(customers.values_list(*_COLUMNS))
    said = {row[0]: _said(row) for row in rows}
    parents = said | _missing_parents(connection, {row[4] for row in rows if row[4]} - said.keys())
    with_jobs = _with_jobs(connection, [row[0] for row in rows])
    found = [
        party_of_customer(said[list_id], parent=parents.get(parent), has_jobs=list_id in with_jobs)
        for list_id, _, _, _, parent, _ in rows
    ]
    return list(said), marked(found)


def _said(row: tuple[Any, ...]) -> Said:
    _, name, full_name, company_name, _, details = row
    return Said(name=name, full_name=full_name, company_name=company_name, details=Details.from_json(details))


def _missing_parents(connection: Connection, list_ids: set[str]) -> dict[str, Said]:
    """Customers whose jobs are compared though they are not: linked already, or inactive."""
    found: dict[str, Said] = {}
    for keys in _chunks(sorted(list_ids)):
        rows = Customer.objects.filter(connection=connection, list_id__in=keys).values_list(*_COLUMNS)
        found |= {row[0]: _said(row) for row in rows}
    return found


def _with_jobs(connection: Connection, list_ids: Sequence[str]) -> set[str]:
    jobs = Customer.objects.filter(connection=connection, gone_at=None).filter(~Q(parent_list_id=""))
    if len(list_ids) <= ASKED_AT_ONCE:
        jobs = jobs.filter(parent_list_id__in=list_ids)
    return set(jobs.order_by().values_list("parent_list_id", flat=True).distinct())


def _chunks(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (keys[at : at + ASKED_AT_ONCE] for at in range(0, len(keys), ASKED_AT_ONCE))
