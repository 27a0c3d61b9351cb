"""Saying that two are the same, or not. Nothing here reaches QuickBooks; links are made as linking makes them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import entry as activity
from standpipe.activity.actions import record as tell
from standpipe.activity.actions import record_many
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import import_hindrance
from standpipe.quickbooks.linking import consequences
from standpipe.quickbooks.linking.actions import link_customer, locked, new_link
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link, told_of_link

from .comparing import stored
from .gathering import NOUNS, live_links
from .models import Acceptance, Rejection, Suggestion
from .queries import Pair, pairs_of, suggestions_of

CHUNK = 500  # links in one transaction


def accept(suggestion: Suggestion, *, by: Person | None) -> Link:
    """Links the two. Safe to repeat. Raises :class:`UserError` where somebody has decided otherwise meanwhile."""
    connection, target = suggestion.comparison.connection, suggestion.comparison.target
    with transaction.atomic():
        locked(connection)
        pair = _pair(suggestion)
        if pair.link:
            return pair.link
        if pair.rejection:
            who = _who(pair.rejection.rejected_by, by=by)
            raise UserError(
                f"{who} said that “{pair.record.name}” and {pair.customer.full_name} are not the same. "
                "Take that back first.",
                code="rejected_meanwhile",
            )
        _refuse_if_decided(pair, target=target, by=by)
        return link_customer(
            pair.record, connection=connection, list_id=suggestion.list_id, by=by, how=Link.How.MATCH
        )


def reject(suggestion: Suggestion, *, by: Person | None) -> Rejection:
    """Remembers that the two are not the same. Safe to repeat. Raises where they have been linked meanwhile."""
    comparison = suggestion.comparison
    with transaction.atomic():
        locked(comparison.connection)
        pair = _pair(suggestion)
        if pair.link:
            who = _who(pair.link.linked_by, by=by)
            raise UserError(
                f"{who} linked “{pair.record.name}” to {pair.customer.full_name} meanwhile. Undo that first.",
                code="changed_meanwhile",
            )
        rejection, is_new = Rejection.objects.get_or_create(
            connection=comparison.connection,
            suggestion_id=suggestion.pk,
            defaults={
                "organization": comparison.connection.organization,
                "target": comparison.target,
                "record_id": suggestion.record_id,
                "list_id": suggestion.list_id,
                "rejected_by": by,
            },
        )
        if is_new:
            _tell("match.rejected", pair, target=comparison.target, by=by)
    return rejection


def take_back_rejection(suggestion: Suggestion, *, by: Person | None) -> None:
    """The two are suggested again. Safe to repeat."""
    comparison = suggestion.comparison
    with transaction.atomic():
        locked(comparison.connection)
        pair = _pair(suggestion)
        gone, _ = Rejection.objects.filter(connection=comparison.connection, suggestion_id=suggestion.pk).delete()
        if gone:
            _tell("match.rejection_undone", pair, target=comparison.target, by=by)


def forget_rejection(rejection: Rejection, *, name: str, by: Person | None) -> None:
    """As ``take_back_rejection``, where the comparison does not find the two alike any more. Safe to repeat."""
    with transaction.atomic():
        locked(rejection.connection)
        gone, _ = Rejection.objects.filter(pk=rejection.pk).delete()
        if gone:
            tell(
                "match.rejection_undone",
                organization=rejection.organization,
                by=by,
                subject_type=NOUNS[rejection.target],
                subject_id=rejection.record_id,
                subject_name=name,
            )


def accept_all(
    connection: Connection,
    *,
    target: str,
    line: int,
    by: Person | None,
    expected: int | None = None,
    as_of: str | None = None,
) -> Acceptance:
    """Links every pair that is suggested at ``line`` or above, in one act that can be undone as one.

    Of those that are stored, as the person saw them; nothing is compared. Raises :class:`UserError` where there are
    not ``expected`` of them any more, or they are not of the comparison that began ``as_of``: the person saw others.
    A pair that somebody decides meanwhile stays as that person decided.
    """
    if hindrance := import_hindrance(connection):
        raise hindrance
    comparison = stored(connection, target=target)
    if comparison.as_of is None:
        raise UserError(f"The {target} have not been compared yet. Read the suggestions first.", code="not_compared")
    if as_of is not None and as_of != comparison.as_of.isoformat():
        raise UserError(
            f"The {target} have been compared anew since you were asked. Nothing was linked. Look again.",
            code="changed_meanwhile",
        )
    rows = list(suggestions_of(connection, target=target, line=line, comparison=comparison))
    if expected is not None and len(rows) != expected:
        raise UserError(
            f"There are {len(rows):,} at {line} and above now, not {expected:,}. Look again.",
            code="changed_meanwhile",
        )
    acceptance = Acceptance.objects.create(
        organization=connection.organization, connection=connection, target=target, line=line, accepted_by=by
    )
    for chunk in _chunks(rows):
        _accept_chunk(acceptance, chunk, by=by)
    return acceptance


@transaction.atomic
def _accept_chunk(acceptance: Acceptance, suggestions: Sequence[Suggestion], *, by: Person | None) -> None:
    connection, target = locked(acceptance.connection), acceptance.target
    taken = set(live_links(target, connection=connection).values_list("list_id", flat=True))
    keys = [one.record_id for one in suggestions]
    linked = Link.objects.filter(ended_at=None, **{f"{NOUNS[target]}__in": keys})
    decided = set(linked.values_list(f"{NOUNS[target]}_id", flat=True))
    pairs = [
        pair
        for pair in pairs_of(suggestions, connection=connection, target=target)
        if pair.status == "open"
        and pair.record.pk not in decided
        and pair.customer.list_id not in taken
        and pair.customer.gone_at is None
        and pair.record.archived_at is None
    ]
    links = [
        new_link(pair.record, customer=pair.customer, origin=Link.Origin.LINKED, how=Link.How.MATCH, by=by)
        for pair in pairs
    ]
    Link.objects.bulk_create(links)
    record_many(
        activity(
            "customer.linked",
            organization=acceptance.organization,
            by=by,
            subject_type=NOUNS[target],
            subject_id=pair.record.pk,
            subject_name=pair.record.name,
            before=told_of_link(None),
            after=told_of_link(link),
            batch_id=acceptance.pk,
        )
        for pair, link in zip(pairs, links, strict=True)
    )
    acceptance.link_ids = [*acceptance.link_ids, *(str(link.pk) for link in links)]
    acceptance.save(update_fields=["link_ids"])


def undo_acceptance(acceptance: Acceptance, *, by: Person | None) -> int:
    """Ends the links of one ``accept_all`` that are still as it made them; answers how many. Safe to repeat."""
    ended = 0
    for chunk in _chunks(acceptance.link_ids):
        ended += _undo_chunk(acceptance, chunk, by=by)
    Acceptance.objects.filter(pk=acceptance.pk, undone_at=None).update(undone_at=timezone.now())
    return ended


@transaction.atomic
def _undo_chunk(acceptance: Acceptance, link_ids: Sequence[str], *, by: Person | None) -> int:
    locked(acceptance.connection)
    live = Link.objects.filter(pk__in=link_ids, ended_at=None, organization=acceptance.organization)
    links = list(live.select_related("account", "building"))
    live.update(ended_at=timezone.now(), ended_by=by, ended_because=Link.Ending.UNDONE)
    record_many(
        activity(
            "customer.link_undone",
            organization=acceptance.organization,
            by=by,
            subject_type=NOUNS[acceptance.target],
            subject_id=link.account_id or link.building_id or "",
            subject_name=_record_of(link).name,
            before=told_of_link(link),
            after=told_of_link(None),
            batch_id=acceptance.pk,
        )
        for link in links
    )
    consequences.follow_ends(links, by=by)
    return len(links)


def find_acceptance(organization: Organization, acceptance_id: UUID | str) -> Acceptance:
    """Raises ``Acceptance.DoesNotExist`` for foreign and malformed ids alike."""
    try:
        key = UUID(str(acceptance_id))
    except ValueError as malformed:
        raise Acceptance.DoesNotExist from malformed
    return Acceptance.objects.select_related("connection", "organization").get(organization=organization, pk=key)


# Under the lock


def _pair(suggestion: Suggestion) -> Pair:
    comparison = suggestion.comparison
    pairs = pairs_of([suggestion], connection=comparison.connection, target=comparison.target)
    if not pairs:
        raise UserError("One of the two is not there any more. Look again.", code="changed_meanwhile")
    return pairs[0]


def _refuse_if_decided(pair: Pair, *, target: str, by: Person | None) -> None:
    """Two reviewers, two opinions: the second is told what the first did, and nothing is replaced unasked."""
    if live := live_link(pair.record):
        who = _who(live.linked_by, by=by)
        raise UserError(
            f"{who} linked “{pair.record.name}” to {live.full_name} meanwhile. Nothing was changed.",
            code="changed_meanwhile",
        )
    others = live_links(target, connection=pair.suggestion.comparison.connection, list_id=pair.customer.list_id)
    if other := others.select_related("account", "building", "linked_by").first():
        who = _who(other.linked_by, by=by)
        raise UserError(
            f"{who} linked {pair.customer.full_name} to “{_record_of(other).name}” meanwhile. Nothing was changed.",
            code="changed_meanwhile",
        )


def _who(person: Person | None, *, by: Person | None) -> str:
    if person is None:
        return "A program"
    return "You" if person == by else person.display_name


def _record_of(link: Link) -> Account | Building:
    record = link.account or link.building
    assert record is not None  # link_is_to_one_thing  # noqa: S101
    return record


def _tell(verb: str, pair: Pair, *, target: str, by: Person | None) -> None:
    tell(
        verb,
        organization=pair.record.organization,
        by=by,
        subject_type=NOUNS[target],
        subject_id=pair.record.pk,
        subject_name=pair.record.name,
        after={"customer": {"name": pair.customer.full_name, "list_id": pair.customer.list_id}},
    )


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
