"""From rows to what is compared: links with their customers, records, people and answers, many at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.importing.mapping import SourceCustomer, map_account, map_building
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.importing.queries import source_of
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import noun_of
from standpipe.quickbooks.lists.details import PATH_SEPARATOR, Details
from standpipe.quickbooks.lists.models import Customer, MovedCustomer
from standpipe.quickbooks.lists.queries import customers_of

from .comparing import Decided, Difference, Here, Said, compare, from_json
from .health import (
    GONE,
    Finding,
    Listed,
    Survivor,
    emails_of,
    finding_of_gone,
    finding_of_inactive,
    finding_of_moved,
    phones_of,
    survivors_of,
)
from .models import Answer

ARTICLE = ImportBatch.Naming.ARTICLE
MOST_CANDIDATES = 20  # that share one value: more are no evidence
MOST_SEARCHES = 20  # through the whole list, for customers that are gone without another trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One live link, as it stands."""

    link: Link
    record: Account | Building
    customer: Customer | None  # as the copied list has it, gone ones too; ``None``: it never was in it
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()  # the gravest first
    survivors: tuple[Survivor, ...] = ()

    @property
    def noun(self) -> str:
        return noun_of(self.record)

    def difference(self, name: str) -> Difference | None:
        return next((one for one in self.differences if one.field == name), None)

    @property
    def telling(self) -> list[Difference]:
        """What differs between any two of the three."""
        return [one for one in self.differences if one.kind not in ("", "agreed")]

    @property
    def fingerprint(self) -> str:
        """Of what a person keeps as it is: another one asks again. ``""`` where all is well."""
        if not self.findings or self.customer is None:
            return ",".join(finding.state for finding in self.findings)
        above = self.customer.parent_list_id
        return ",".join(f"{one.state}:{above}" if one.state == "moved" else str(one.state) for one in self.findings)


def look(connection: Connection, links: Sequence[Link], *, with_health: bool = True) -> list[Looked]:
    """The links of one connection; a fixed number of queries but for customers that are gone, a few each.

    ``links`` come with account and building loaded.
    """
    customers = {
        row.list_id: row
        for row in Customer.objects.filter(connection=connection, list_id__in={link.list_id for link in links})
    }
    namings = dict(
        ImportBatch.objects.filter(pk__in={link.import_batch_id for link in links}).values_list("pk", "naming")
    )
    people, answers = _people_at(links), _answers_of(links)
    found = []
    for link in links:
        record = link.account or link.building
        assert record is not None  # link_is_to_one_thing  # noqa: S101
        customer = customers.get(link.list_id)
        looked = Looked(link=link, record=record, customer=customer)
        if customer is not None and customer.gone_at is None:
            naming = namings.get(link.import_batch_id, ARTICLE) if link.import_batch_id else ARTICLE
            source, source_then = source_of(customer), then_of(link)
            now = said_by(source, noun=looked.noun, naming=naming)
            then = now if source_then == source else said_by(source_then, noun=looked.noun, naming=naming)
            differences = compare(
                then=then,
                now=now,
                here=_here(record, people[link.building_id] if link.building_id else ()),
                answers=answers[link.pk],
                was_copied=link.origin == Link.Origin.IMPORTED,
            )
            looked = replace(looked, differences=tuple(differences))
        found.append(looked)
    return _with_health(connection, found) if with_health else found


# --- the three sides


def then_of(link: Link) -> SourceCustomer:
    """The customer as it was when the link was made."""
    kept = link.quickbooks_values
    return SourceCustomer(
        list_id=link.list_id,
        name=kept.get("name", ""),
        full_name=kept.get("full_name", link.full_name),
        company_name=kept.get("company_name", ""),
        parent_list_id=kept.get("parent_list_id", ""),
        is_active=kept.get("is_active", True),
        job_status=kept.get("job_status", ""),
        details=Details.from_json(kept.get("details", {})),
    )


def said_by(source: SourceCustomer, *, noun: str, naming: str) -> Said:
    """What an import would make of it."""
    try:
        make = map_account if noun == "account" else map_building
        return Said.of(make(source, naming=naming))
    except UserError:  # no name at all: the rest is compared all the same
        return replace(said_by(replace(source, name="?"), noun=noun, naming=naming), name="")


def _here(record: Account | Building, people: Sequence[Contact]) -> Here:
    if isinstance(record, Account):
        return Here(name=record.name, billing_address=record.billing_address)
    return Here(
        name=record.name,
        billing_address=record.billing_address,
        physical_address=record.physical_address,
        people=people,
    )


def _people_at(links: Iterable[Link]) -> dict[UUID, list[Contact]]:
    """Who stands at each building itself, not only through its account; archived contacts left out."""
    found: dict[UUID, list[Contact]] = defaultdict(list)
    places = Place.objects.filter(
        building__in=[link.building_id for link in links if link.building_id], contact__archived_at=None
    ).select_related("contact")
    for place in places.order_by("contact__name_key", "contact_id"):
        if place.building_id:
            found[place.building_id].append(place.contact)
    return found


def _answers_of(links: Sequence[Link]) -> dict[UUID, dict[str, Decided]]:
    found: dict[UUID, dict[str, Decided]] = defaultdict(dict)
    for row in Answer.objects.filter(link__in=[link.pk for link in links]):
        found[row.link_id][row.field] = Decided(
            is_left=row.choice == Answer.Choice.LEFT, value=from_json(row.value), here=from_json(row.here)
        )
    return found


# --- health


def _with_health(connection: Connection, found: list[Looked]) -> list[Looked]:
    family = _Family(connection, found)
    return [_judged(looked, family=family) for looked in found]


class _Family:
    """The customers around those of the links: parents, jobs that moved, and who may have taken a place."""

    def __init__(self, connection: Connection, found: Iterable[Looked]) -> None:
        self.connection = connection
        self.searches = 0
        self.gone = {one.link.list_id: _gone(one) for one in found if one.customer is None or one.customer.gone_at}
        wanted = {one.link.quickbooks_values.get("parent_list_id", "") for one in found}
        wanted |= {one.customer.parent_list_id for one in found if one.customer}
        self.above = {row.list_id: row for row in self._rows(list_id__in=wanted - {""})}
        self.moved = self._moved_jobs()
        self._survivors: dict[str, tuple[Survivor, ...]] = {}

    def survivors(self, list_id: str) -> tuple[Survivor, ...]:
        if list_id not in self._survivors:
            self._survivors[list_id] = tuple(self._look_for(self.gone[list_id]))
        return self._survivors[list_id]

    def _look_for(self, gone: Listed) -> list[Survivor]:
        above = self.above.get(gone.parent_list_id)
        jobs, parent = self.moved[gone.list_id], listed(above) if above else None
        candidates: dict[str, Customer] = {}
        for condition in _resemblances(gone, jobs=jobs):
            candidates |= {row.list_id: row for row in self._here().filter(condition)[:MOST_CANDIDATES]}
        found = survivors_of(gone, candidates=map(listed, candidates.values()), parent=parent, moved_jobs=jobs)
        if not any(one.has("path", "jobs") for one in found) and self.searches < MOST_SEARCHES:
            self.searches += 1
            for word in (*gone.phones, *gone.emails):
                rows = customers_of(self.connection, search=word, active=None)[:MOST_CANDIDATES]
                candidates |= {row.list_id: row for row in rows}
            found = survivors_of(gone, candidates=map(listed, candidates.values()), parent=parent, moved_jobs=jobs)
        return found

    def _moved_jobs(self) -> dict[str, list[Listed]]:
        """Who stood below each that is gone, and stands elsewhere now."""
        moves = MovedCustomer.objects.filter(connection=self.connection, from_list_id__in=list(self.gone))
        pairs = list(moves.values_list("from_list_id", "list_id").distinct())
        rows = {row.list_id: listed(row) for row in self._rows(list_id__in={job for _, job in pairs}, gone_at=None)}
        found: dict[str, list[Listed]] = defaultdict(list)
        for before, job in pairs:
            if job in rows and rows[job].parent_list_id != before:
                found[before].append(rows[job])
        return found

    def _rows(self, **conditions: Any) -> Iterable[Customer]:
        return Customer.objects.filter(connection=self.connection, **conditions)

    def _here(self) -> Any:
        return Customer.objects.filter(connection=self.connection, gone_at=None).order_by()


def _resemblances(gone: Listed, *, jobs: Sequence[Listed]) -> Iterable[Q]:
    """Each by its index."""
    if parents := {job.parent_list_id for job in jobs} - {""}:
        yield Q(list_id__in=parents)
    yield Q(sort_key=gone.full_name.casefold().replace(PATH_SEPARATOR, "\x1f")[:500])
    for key in ("name_key", "billing_key", "physical_key"):
        if value := getattr(gone, key):
            yield Q(**{key: value})


def listed(row: Customer) -> Listed:
    return Listed(
        list_id=row.list_id,
        full_name=row.full_name,
        parent_list_id=row.parent_list_id,
        is_active=row.is_active,
        name_key=row.name_key,
        billing_key=row.billing_key,
        physical_key=row.physical_key,
        phones=phones_of(row.details),
        emails=emails_of(row.details),
    )


def _gone(looked: Looked) -> Listed:
    """As the list had it last; one that never was in it, as the link kept it."""
    if looked.customer is not None:
        return listed(looked.customer)
    kept = looked.link.quickbooks_values
    details = kept.get("details", {})
    return Listed(
        list_id=looked.link.list_id,
        full_name=kept.get("full_name", looked.link.full_name),
        parent_list_id=kept.get("parent_list_id", ""),
        phones=phones_of(details),
        emails=emails_of(details),
    )


def _judged(looked: Looked, *, family: _Family) -> Looked:
    customer, link = looked.customer, looked.link
    if customer is None or customer.gone_at is not None:
        survivors = family.survivors(link.list_id)
        was_deleted = customer is not None and customer.gone_because == "deleted"
        finding = finding_of_gone(family.gone[link.list_id], was_deleted=was_deleted, survivors=survivors)
        return replace(looked, findings=(finding,), survivors=survivors)
    return replace(looked, findings=tuple(_of_what_is_there(looked, customer, family=family)))


def _of_what_is_there(looked: Looked, customer: Customer, *, family: _Family) -> Iterable[Finding]:
    kept = looked.link.quickbooks_values
    then_above = kept.get("parent_list_id", customer.parent_list_id)
    now, above = listed(customer), family.above.get(customer.parent_list_id)
    if then_above != customer.parent_list_id:
        before = family.above.get(then_above)
        yield finding_of_moved(
            now,
            before=kept.get("full_name", "").rpartition(PATH_SEPARATOR)[0],
            above=above.full_name if above else "",
            was_gone=before is not None and before.gone_at is not None,
        )
    if not customer.is_active and kept.get("is_active", True):
        yield finding_of_inactive(now, above=above.full_name if above and not above.is_active else "")


def is_gone(findings: Sequence[Finding]) -> bool:
    return bool(findings) and findings[0].state in GONE
