"""Reading suggestions, and what a customer that is about to be imported looks like."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Place
from standpipe.core.remembered import Remembered, digest
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import links_digest
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import changed_at

from .blocking import Index
from .comparing import compare
from .gathering import NOUNS, live_links, parties_of_customers, parties_of_records, records_of, unlinked_records
from .models import Comparison, Rejection, Suggestion
from .scoring import SAME_NAMES, SUGGESTED_LINE, Evidence, Party, Scored, score

LOOK_ALIKE_LINE = 60  # per cent: lower than what is suggested, because a look-alike is only asked about


# Suggestions


def suggestions_of(
    connection: Connection, *, target: str, line: int = 0, comparison: Comparison | None = None
) -> QuerySet[Suggestion]:
    """What is still to be decided, the likeliest first. ``comparison``: what it stored; else compares all first."""
    comparison = comparison or compare(connection, target=target)
    if comparison.as_of is None:
        return Suggestion.objects.none()
    rows = Suggestion.objects.filter(comparison=comparison, place__isnull=False, score__gte=line)
    rejected = Rejection.objects.filter(connection=connection, suggestion_id=OuterRef("pk"))
    linked = Link.objects.filter(ended_at=None, **{f"{NOUNS[target]}_id": OuterRef("record_id")})
    taken = live_links(target, connection=connection, list_id=OuterRef("list_id"))
    here = records_of(connection.organization_id, target=target).filter(pk=OuterRef("record_id"), archived_at=None)
    there = Customer.objects.filter(connection=connection, list_id=OuterRef("list_id"), gone_at=None)
    open_ones = rows.filter(~Exists(rejected), ~Exists(linked), ~Exists(taken), Exists(here), Exists(there))
    return open_ones.order_by("place")


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What is left to do of a comparison: asked by every page, and too dear to be found for each."""

    suggestions: tuple[tuple[UUID, int], ...]  # id and score of what is to be decided, the likeliest first
    unlinked: int  # records in use without a link

    def above(self, line: int) -> int:
        return bisect_right(self.suggestions, -line, key=lambda one: -one[1])


_still_open: Remembered[StillOpen] = Remembered(most=16)  # some 100 bytes a suggestion


def still_open(comparison: Comparison) -> StillOpen:
    """Remembered until a refresh brings something, or a record, a link or a rejection comes or goes."""
    connection, target = comparison.connection, comparison.target
    organization = connection.organization_id

    def basis() -> tuple[object, ...]:
        links = Link.objects.filter(
            connection__in=Connection.objects.filter(organization=organization), ended_at=None
        )
        return (
            comparison.as_of,
            changed_at(connection),
            links_digest(links),
            digest(Rejection.objects.filter(connection=connection), "suggestion_id"),
            digest(records_of(organization, target=target).filter(archived_at=None), "pk"),
        )

    def find() -> StillOpen:
        found = suggestions_of(connection, target=target, comparison=comparison).values_list("pk", "score")
        return StillOpen(tuple(found), unlinked_records(organization, target=target).count())

    return _still_open.get(comparison.pk, basis=basis, find=find)


def rejections_of(connection: Connection, *, target: str) -> QuerySet[Rejection]:
    """What was said not to be the same, the latest first."""
    rows = Rejection.objects.filter(connection=connection, target=target).select_related("rejected_by")
    return rows.order_by("-rejected_at", "-id")


def find_suggestion(connection: Connection, suggestion_id: UUID | str) -> Suggestion:
    """Decided ones too. Raises ``Suggestion.DoesNotExist`` for foreign, malformed and outdated ids alike."""
    try:
        key = UUID(str(suggestion_id))
    except ValueError as malformed:
        raise Suggestion.DoesNotExist from malformed
    rows = Suggestion.objects.select_related("comparison__connection__organization")
    return rows.get(pk=key, comparison__connection=connection)


@dataclass(frozen=True, slots=True)
class Pair:
    """A suggestion with both of its sides, and what became of it."""

    suggestion: Suggestion
    record: Account | Building
    customer: Customer
    link: Link | None = None  # live, between the two
    rejection: Rejection | None = None

    @property
    def status(self) -> str:
        return "accepted" if self.link else "rejected" if self.rejection else "open"


def pairs_of(suggestions: Sequence[Suggestion], *, connection: Connection, target: str) -> list[Pair]:
    """In their order; a pair of which one side is no longer there is left out. Four queries."""
    noun = NOUNS[target]
    keys = [one.record_id for one in suggestions]
    records = records_of(connection.organization_id, target=target).filter(pk__in=keys)
    if target == "buildings":
        records = records.select_related("account")
    by_key = {record.pk: record for record in records}
    rows = Customer.objects.filter(connection=connection, list_id__in=[one.list_id for one in suggestions])
    customers = {row.list_id: row for row in rows}
    links = live_links(target, connection=connection, **{f"{noun}__in": keys}).select_related("linked_by")
    linked = {(getattr(link, f"{noun}_id"), link.list_id): link for link in links}
    said = Rejection.objects.filter(connection=connection, suggestion_id__in=[one.pk for one in suggestions])
    rejected = {one.suggestion_id: one for one in said.select_related("rejected_by")}
    return [
        Pair(
            one,
            by_key[one.record_id],
            customers[one.list_id],
            linked.get((one.record_id, one.list_id)),
            rejected.get(one.pk),
        )
        for one in suggestions
        if one.record_id in by_key and one.list_id in customers
    ]


def pair_json(pair: Pair, *, target: str) -> dict[str, Any]:
    """A suggestion as programs see it."""
    one, customer = pair.suggestion, pair.customer
    return {
        "id": str(one.pk),
        "type": NOUNS[target],
        "record_id": str(one.record_id),
        "record_name": pair.record.name,
        "list_id": one.list_id,
        "full_name": customer.full_name,
        "display_name": customer.display_name,
        "kind": "job" if customer.is_job else "customer",
        "score": one.score,
        "suggested": one.score >= SUGGESTED_LINE,
        "reasons": one.reasons,
        "status": pair.status,
    }


# Look-alikes, before an import creates anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A record here that a customer looks like."""

    record_id: UUID
    name: str
    type: str  # "account" or "building"
    score: int
    reasons: tuple[str, ...]  # what speaks for it, the strongest first


@dataclass(frozen=True, slots=True)
class _Here:
    records: list[Any]
    parties: list[Party]
    index: Index


def look_alikes_of(
    connection: Connection, *, target: str, list_ids: Sequence[str], line: int = LOOK_ALIKE_LINE
) -> dict[str, list[Match]]:
    """ListID to the unlinked records here that the customer looks like, the likeliest first; none: not in it.

    A record with an equal normalised name or address is always among them. Reads all unlinked records once, and
    again only when they have changed.
    """
    here = _here(connection.organization_id, target, _basis(connection.organization_id, target=target))
    if not here.records:
        return {}
    rows = Customer.objects.filter(connection=connection, list_id__in=list_ids)
    keys = {row[0]: row[1:] for row in rows.values_list("list_id", "name_key", "billing_key", "physical_key")}
    known, parties = parties_of_customers(connection, rows.order_by("sort_key", "list_id"))
    found = {}
    for list_id, party in zip(known, parties, strict=True):
        if alike := _alike(party, keys[list_id], here, target=target, line=line):
            found[list_id] = alike
    return found


def _alike(party: Party, keys: tuple[str, ...], here: _Here, *, target: str, line: int) -> list[Match]:
    matches = []
    for number in here.index.candidates(party):
        record, scored = here.records[number], score(here.parties[number], party)
        told = _equal(record, keys, scored)
        if told or scored.score >= line:
            reasons = tuple(dict.fromkeys((*told, *scored.speaks_for)))
            matches.append(
                Match(record_id=record.pk, name=record.name, type=NOUNS[target], score=scored.score, reasons=reasons)
            )
    return sorted(matches, key=lambda match: (-match.score, match.name, match.record_id))


def _equal(record: Account | Building, keys: tuple[str, ...], scored: Scored) -> list[str]:
    """What is equal once it is normalised: that is always worth a question."""
    name_key, *addresses = keys
    told = []
    if (name_key and record.name_key == name_key) or not SAME_NAMES.isdisjoint(scored.evidence):
        told.append(Evidence.NAME_SAME.words)
    if record.address_key and record.address_key in addresses:
        told.append(Evidence.ADDRESS_SAME.words)
    return told


def _basis(organization_id: UUID, *, target: str) -> str:
    """Changes whenever one of the unlinked records, or a contact there, does; not when an import adds linked ones."""
    records = unlinked_records(organization_id, target=target)
    said = records.order_by().aggregate(number=Count("pk"), at=Max("updated_at"))
    if not said["number"]:
        return ""
    places = Place.objects.filter(**{f"{NOUNS[target]}__in": records.order_by().values("pk")})
    contacts = places.aggregate(number=Count("pk"), at=Max("contact__updated_at"))
    return f"{said['number']}|{said['at']}|{contacts['number']}|{contacts['at']}"


@lru_cache(maxsize=2)  # of one organization at a time: some 3 KB a record
def _here(organization_id: UUID, target: str, basis: str) -> _Here:
    if not basis:
        return _Here([], [], Index([]))
    records = list(unlinked_records(organization_id, target=target))
    parties = parties_of_records(records, target=target)
    return _Here(records, parties, Index(parties))


def suggested_count(connection: Connection, *, target: str) -> int:
    """How many wait at the suggested line; does not compare anew, so that a page may ask."""
    likely = Suggestion.objects.filter(comparison=OuterRef("pk"), place=0, score__gte=SUGGESTED_LINE)
    known = Comparison.objects.filter(Exists(likely), connection=connection, target=target)
    comparison = known.select_related("connection").first()
    return still_open(comparison).above(SUGGESTED_LINE) if comparison else 0


def is_anything_to_match(connection: Connection, *, target: str) -> bool:
    """There is an unlinked record here and a customer there."""
    there = Customer.objects.filter(connection=connection, gone_at=None).exists()
    return there and unlinked_records(connection.organization_id, target=target).exists()
