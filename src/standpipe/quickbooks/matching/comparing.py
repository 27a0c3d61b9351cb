"""Comparing all records with all customers, in slices, and settling who belongs to whom.

A comparison of 20,000 with 20,000 takes longer than a page may: it goes on where it stopped, whoever asks next. What
the last one found stays for people to work on until the next is at its end.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone

from standpipe.contacts.models import Contact, Place
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.models import CustomerList

from .blocking import Index, best_of
from .gathering import (
    NOUNS,
    free_customers,
    live_links,
    parties_of_customers,
    parties_of_records,
    records_of,
    unlinked_records,
)
from .models import Candidate, Comparison, Suggestion
from .scoring import SUGGESTED_LINE, Party, Scored

CHUNK = 500  # records in one transaction
KEPT = 3  # candidates a record until the end settles it
AS_LIKELY = 0.7  # log odds: two candidates nearer than this are told apart by a person


def suggestion_id(connection: Connection, *, target: str, record_id: UUID, list_id: str) -> UUID:
    """The same for the same pair, always."""
    return uuid5(NAMESPACE_URL, f"standpipe:suggestion:{connection.pk}:{target}:{record_id}:{list_id}")


def compare(connection: Connection, *, target: str, seconds: float | None = None) -> Comparison:
    """Brings the comparison up to date; after ``seconds`` the rest waits for the next call (``finished_at`` None).

    Nothing is done where nothing has changed. Safe to call twice at once: a chunk is stored by one of the two. What
    changes while it is under way is compared by the next one, so that it comes to an end however much is edited.
    """
    ends_at = None if seconds is None else time.monotonic() + seconds
    comparison = _current(connection, target=target)
    while comparison.finished_at is None and _go_on(comparison, ends_at=ends_at):
        comparison = _current(connection, target=target)
    return comparison


def _go_on(comparison: Comparison, *, ends_at: float | None) -> bool:
    """Whether it came to its end; else the time is up, or somebody else is at it."""
    connection, target = comparison.connection, comparison.target
    records = unlinked_records(connection.organization_id, target=target)
    while chunk := list((records.filter(pk__gt=comparison.after) if comparison.after else records)[:CHUNK]):
        # Not before: a long list is not read where there is nothing to compare with it.
        found = _compared(comparison, chunk, _there(connection, target, comparison.started_at.isoformat()))
        if not _store(comparison, chunk[-1].pk, len(chunk), found):
            comparison.refresh_from_db()
            return False
        if ends_at is not None and time.monotonic() >= ends_at:
            return False
    _there.cache_clear()
    _settle(comparison)
    return True


def stored(connection: Connection, *, target: str) -> Comparison:
    """As it stands, without comparing anything; one that is not saved where there has been none."""
    comparison = Comparison.objects.filter(connection=connection, target=target).first()
    if comparison is not None:
        return comparison
    total = unlinked_records(connection.organization_id, target=target).count()
    return Comparison(connection=connection, target=target, total=total)


def is_up_to_date(comparison: Comparison) -> bool:
    """At its end, and nothing has changed since it began."""
    if comparison.finished_at is None:
        return False
    basis = basis_of(comparison.connection, target=comparison.target)
    return comparison.basis == basis and not _was_freed(comparison)


@dataclass(frozen=True, slots=True)
class _There:
    list_ids: list[str]
    parties: list[Party]
    index: Index


@lru_cache(maxsize=1)
def _there(connection: Connection, target: str, started_at: str) -> _There:  # noqa: ARG001  # another comparison
    """Kept from slice to slice of one comparison and no longer: reading 20,000 customers costs as much as a slice."""
    list_ids, parties = parties_of_customers(connection, free_customers(connection, target=target))
    return _There(list_ids, parties, Index(parties))


# Is it up to date?


def basis_of(connection: Connection, *, target: str) -> str:
    """Changes whenever a refresh brings something, or a record, contact or place here is added, edited, archived."""
    organization = connection.organization_id
    listed = CustomerList.objects.filter(connection=connection).values_list("changed_at", flat=True).first()
    in_use = Count("pk", filter=Q(archived_at=None))
    records = records_of(organization, target=target).aggregate(number=in_use, at=Max("updated_at"))
    parts = [_text(listed), str(records["number"]), _text(records["at"])]
    parts.append(_text(Contact.objects.filter(organization=organization).aggregate(at=Max("updated_at"))["at"]))
    column = NOUNS[target]
    places = Place.objects.filter(**{f"{column}__organization": organization})
    parts.append(str(places.aggregate(number=Count("pk"))["number"]))
    return "|".join(parts)


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _current(connection: Connection, *, target: str) -> Comparison:
    """The comparison under way, or the last one where nothing has changed since, or one that begins."""
    with transaction.atomic():
        comparison, is_new = Comparison.objects.select_for_update().get_or_create(
            connection=connection, target=target, defaults={"basis": ""}
        )
        is_under_way = comparison.finished_at is None and comparison.basis
        if is_new or not (is_under_way or is_up_to_date(comparison)):
            comparison.candidates.all().delete()
            comparison.basis = basis_of(connection, target=target)
            comparison.started_at, comparison.finished_at = timezone.now(), None
            comparison.total = unlinked_records(connection.organization_id, target=target).count()
            comparison.compared, comparison.after = 0, None
            comparison.save()
    return comparison


def _was_freed(comparison: Comparison) -> bool:
    """A link that stood while it ran has ended: that record and that customer were left out."""
    ended = Link.objects.filter(
        connection=comparison.connection_id,
        linked_at__lt=comparison.finished_at or comparison.started_at,
        ended_at__gte=comparison.started_at,
        **{f"{NOUNS[comparison.target]}__isnull": False},
    )
    return ended.exists()


# A chunk


def _compared(comparison: Comparison, records: Sequence[object], there: _There) -> list[Candidate]:
    parties = parties_of_records(records, target=comparison.target)  # type: ignore[arg-type]  # of one model
    found = []
    for record, party in zip(records, parties, strict=True):
        for number, scored in best_of(party, there.parties, there.index)[:KEPT]:
            found.append(_candidate(comparison, record.pk, there.list_ids[number], scored))  # type: ignore[attr-defined]
    return found


def _candidate(comparison: Comparison, record_id: UUID, list_id: str, scored: Scored) -> Candidate:
    return Candidate(
        comparison=comparison,
        record_id=record_id,
        list_id=list_id,
        odds=scored.odds,
        score=scored.score,
        reasons=list(scored.reasons),
    )


def _store(comparison: Comparison, last: UUID, number: int, found: list[Candidate]) -> bool:
    """Whole or not at all; ``False`` where somebody else has stored this chunk, or begun anew."""
    with transaction.atomic():
        mine = Comparison.objects.filter(
            pk=comparison.pk, basis=comparison.basis, after=comparison.after, started_at=comparison.started_at
        )
        if not mine.update(after=last, compared=comparison.compared + number):
            return False
        Candidate.objects.bulk_create(found, batch_size=CHUNK, ignore_conflicts=True)
    comparison.after, comparison.compared = last, comparison.compared + number
    return True


# The end


def _settle(comparison: Comparison) -> None:
    """Each record and each customer once, the likeliest pair first; of two that are as likely a person decides."""
    found = sorted(map(_suggestion, comparison.candidates.all()), key=lambda row: (-row.odds, row.id))
    kept = settled(found)
    linked = live_links(
        comparison.target,
        connection=comparison.connection_id,
        list_id=OuterRef("list_id"),
        **{f"{NOUNS[comparison.target]}_id": OuterRef("record_id")},
    )
    with transaction.atomic():
        mine = Comparison.objects.filter(pk=comparison.pk, started_at=comparison.started_at, finished_at=None)
        comparison.finished_at = timezone.now()
        if not mine.update(finished_at=comparison.finished_at, after=None, as_of=comparison.started_at):
            comparison.refresh_from_db()
            return
        comparison.suggestions.filter(~Exists(linked)).delete()
        comparison.suggestions.update(place=None)
        Suggestion.objects.bulk_create(
            kept,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["odds", "score", "reasons", "place"],
        )
        comparison.candidates.all().delete()


def _suggestion(candidate: Candidate) -> Suggestion:
    comparison, record_id, list_id = candidate.comparison, candidate.record_id, candidate.list_id
    return Suggestion(
        id=suggestion_id(comparison.connection, target=comparison.target, record_id=record_id, list_id=list_id),
        comparison=comparison,
        record_id=record_id,
        list_id=list_id,
        odds=candidate.odds,
        score=candidate.score,
        reasons=candidate.reasons,
    )


def settled(rows: Sequence[Suggestion]) -> list[Suggestion]:
    """``rows`` by falling odds. Answers those that stay, with scores below the line where two are as likely."""
    records: set[UUID] = set()
    customers: set[str] = set()
    kept = []
    rivals = _rivals(rows)
    for row in rows:
        if row.record_id in records or row.list_id in customers:
            continue
        records.add(row.record_id)
        customers.add(row.list_id)
        if words := rivals.get(row.id):
            row.score = min(row.score, SUGGESTED_LINE - 1)
            row.reasons = [*row.reasons, words]
        kept.append(row)
    kept.sort(key=lambda row: (-row.score, -row.odds, row.id))
    for place, row in enumerate(kept):
        row.place = place
    return kept


def _rivals(rows: Sequence[Suggestion]) -> dict[UUID, str]:
    """Suggestion to why it is not sure: the next best of its record, or of its customer, is nearly as likely."""
    first: dict[str | UUID, Suggestion] = {}
    found: dict[UUID, str] = {}
    for row in rows:
        for key, words in (
            (row.record_id, "another customer is as likely"),
            (row.list_id, "another record is as likely"),
        ):
            best = first.setdefault(key, row)
            if best is not row and best.odds - row.odds < AS_LIKELY:
                found.setdefault(best.id, words)
                found.setdefault(row.id, words)
    return found
