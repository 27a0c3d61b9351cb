"""Keeping the standings true, and what a person decides about them. Nothing here reaches QuickBooks."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from standpipe.accounts.actions import edit_account
from standpipe.accounts.models import Account
from standpipe.activity.actions import record as tell
from standpipe.activity.models import Activity
from standpipe.buildings.actions import edit_building
from standpipe.buildings.models import Building
from standpipe.contacts.actions import PlaceAt, create_contact, edit_contact, remove_from_place
from standpipe.contacts.models import Contact, Place, Role
from standpipe.core.errors import UserError
from standpipe.core.prepared import Prepared, Slot
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.linking.actions import link_customer, locked
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.models import Customer, CustomerList

from .comparing import GROUPS, Difference, Kind, group_kinds, to_json
from .health import GONE, State
from .looking import Looked, look
from .models import Answer, Compared, Standing, Watch

CHUNK = 500  # links compared in one transaction
PAGE_SECONDS = 2.0  # that a page may take for what changed since; the rest is the next page's
VISIT_SECONDS = 20.0  # the same at the end of a Web Connector's visit, which waits longer
TRAIL_OVERLAP = timedelta(minutes=2)  # an edit tells its time when it begins, and is seen when it is committed
# Of the trail, what makes or ends links and their records: a new link differs in nothing.
BEGINNINGS = ("account.imported", "building.imported", "contact.imported", "account.created", "building.created")

_Value = TypeVar("_Value")


_LIST = Prepared(lambda: CustomerList.objects.filter(connection=Slot("connection")))
_WATCH = Prepared(lambda: Watch.objects.filter(connection=Slot("connection")))
_TRAIL = Prepared(
    lambda: (
        Activity.objects.filter(
            organization_id=Slot("organization"),
            at__gte=Slot("since"),
            subject_type__in=("account", "building", "contact"),
        )
        .exclude(verb__in=BEGINNINGS)
        .values_list("subject_type", "subject_id")
    )
)


def catch_up(connection: Connection, *, seconds: float = PAGE_SECONDS) -> bool:
    """Compares what has changed on either side since the last time. ``True``: nothing is left. Safe to repeat.

    After a refresh these are the links whose customer differs from when it was last compared; of what happens here,
    what the trail names since. A call that runs out of time leaves a mark, where the next one goes on.
    """
    known = _LIST.first(connection=connection.pk)
    if known is None or known.refreshed_at is None:
        return True
    watch = _WATCH.first(connection=connection.pk) or Watch.objects.get_or_create(connection=connection)[0]
    watch.connection = connection
    ends_at = time.monotonic() + seconds
    was_begun = watch.pass_at is not None
    if not _go_on(watch, list_at=known.refreshed_at, ends_at=ends_at):
        return False
    if not was_begun:
        return True
    # What came after that pass had begun, on links that it had behind it, is for another one.
    return time.monotonic() < ends_at and _go_on(watch, list_at=known.refreshed_at, ends_at=ends_at)


def _go_on(watch: Watch, *, list_at: datetime, ends_at: float) -> bool:
    """Takes up the pass that ran out of time, or begins one. ``True``: it got to its end.

    What is told at the end is as of its beginning, so that nothing that came in between is passed over.
    """
    connection, begun_at, begun_list_at = watch.connection, watch.pass_at, watch.pass_list_at
    if begun_at is None:
        begun_at, begun_list_at = timezone.now(), list_at
    links: set[UUID] = set()
    if watch.list_at != list_at:
        links |= set(_changed_there(connection).values_list("pk", flat=True))
    links |= _touched_here(connection, since=(watch.trail_at or connection.created_at) - TRAIL_OVERLAP)
    behind = watch.pass_to
    left = sorted(link for link in links if behind is None or link > behind)
    for chunk in _chunks(left):
        compare_again(connection, chunk)
        if chunk[-1] != left[-1] and time.monotonic() > ends_at:
            _remember(watch, pass_at=begun_at, pass_list_at=begun_list_at, pass_to=chunk[-1])
            return False
    if left or watch.pass_at is not None or watch.list_at != list_at:
        _remember(watch, list_at=begun_list_at, trail_at=begun_at, pass_at=None, pass_list_at=None, pass_to=None)
    return True


def _remember(watch: Watch, **columns: datetime | UUID | None) -> None:
    for name, value in columns.items():
        setattr(watch, name, value)
    watch.save(update_fields=list(columns))


def catch_up_all(organization: Organization) -> None:
    """The same for every company file of an organization."""
    for connection in connections_of(organization):
        catch_up(connection)


def compare_again(connection: Connection, links: Sequence[UUID]) -> None:
    """Makes the standings of these links anew."""
    with transaction.atomic():
        live = Link.objects.filter(pk__in=links, ended_at=None).select_related("account", "building")
        found = look(connection, list(live))
        kept = {row.pk: row for row in Standing.objects.filter(link__in=links)}
        rows = [row for looked in found if (row := _standing(looked, before=kept.get(looked.link.pk)))]
        Standing.objects.filter(link__in=set(links) - {row.pk for row in rows}).delete()
        Standing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["link"], update_fields=_COLUMNS)
        _note_compared(found)


_COLUMNS = [
    *GROUPS, "is_open", "is_listed", "health", "findings", "survivors", "kept", "kept_by", "kept_at", "needs_care",
    "sort_key", "compared_at",
]  # fmt: skip


def _standing(looked: Looked, *, before: Standing | None) -> Standing | None:
    """The row of a link, ``None`` where there is nothing to say."""
    kinds = group_kinds(looked.differences)
    if not kinds and not looked.findings:
        return None
    row = Standing(
        link=looked.link,
        organization_id=looked.link.organization_id,
        connection_id=looked.link.connection_id,
        is_open=any(one.is_open for one in looked.differences),
        health=looked.findings[0].state if looked.findings else "",
        findings=[one.to_json() for one in looked.findings],
        survivors=[one.to_json() for one in looked.survivors],
        is_listed=looked.record.archived_at is None,
        sort_key=looked.record.name_key,
        **kinds,
    )
    if before is not None and before.kept:
        row.kept, row.kept_by_id, row.kept_at = before.kept, before.kept_by_id, before.kept_at
    row.needs_care = bool(looked.findings) and row.kept != looked.fingerprint
    return row


def _note_compared(found: Iterable[Looked]) -> None:
    """A link that is compared with the words it was made with needs no note."""
    known = [(one.link, one.customer.content_hash) for one in found if one.customer is not None]
    Compared.objects.filter(link__in=[link.pk for link, said in known if said == link.said_hash]).delete()
    rows = [Compared(link=link, content_hash=said) for link, said in known if said != link.said_hash]
    Compared.objects.bulk_create(rows, update_conflicts=True, unique_fields=["link"], update_fields=["content_hash"])


def _changed_there(connection: Connection) -> QuerySet[Link]:
    """Live links whose customer is gone, has come back, or is not as it was when it was last compared."""
    same = Customer.objects.filter(
        connection_id=OuterRef("connection_id"),
        list_id=OuterRef("list_id"),
        gone_at=None,
        content_hash=OuterRef("last_said"),
    )
    links = Link.objects.filter(connection=connection, ended_at=None).annotate(
        last_said=Coalesce("compared__content_hash", "said_hash")
    )
    return links.filter(~Exists(same) | Q(standing__health__in=GONE))


def _touched_here(connection: Connection, *, since: object) -> set[UUID]:
    """Links of accounts and buildings that the trail names, themselves or by their contacts; ended ones to forget."""
    touched: dict[str, set[str]] = {"account": set(), "building": set(), "contact": set()}
    for kind, key in _TRAIL.all(organization=connection.organization_id, since=since):
        touched[kind].add(key)
    links = Link.objects.filter(Q(ended_at=None) | Q(standing__isnull=False), connection=connection)
    found: set[UUID] = set()
    for contacts in _chunks(sorted(touched["contact"])):
        places = Place.objects.filter(contact_id__in=contacts, building__isnull=False)
        touched["building"] |= {str(key) for key in places.values_list("building_id", flat=True)}
    for noun in ("account", "building"):
        for keys in _chunks(sorted(touched[noun])):
            found |= set(links.filter(**{f"{noun}__in": keys}).values_list("pk", flat=True))
    return found


def _chunks(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


# --- drift


def accept(
    link: Link, *, fields: Sequence[str] | None = None, seen: Mapping[str, object] | None = None, by: Person | None
) -> list[str]:
    """Takes QuickBooks' values over for these fields, ``None``: all that are open; answers which.

    ``seen``: what QuickBooks said when the person looked; a field that says something else by now is refused, and
    with ``None`` so is another set of open fields.
    """
    with transaction.atomic():
        looked = _held(link)
        chosen = _chosen(looked, fields, seen=seen)
        for one in chosen:
            _take_over(looked.record, one, by=by)
            _answer(link, one, choice=Answer.Choice.ACCEPTED, here=one.now, by=by)
        _tell("drift.accepted", looked, chosen, by=by)
        compare_again(link.connection, [link.pk])
    return [one.field for one in chosen]


def leave(
    link: Link, *, fields: Sequence[str] | None = None, seen: Mapping[str, object] | None = None, by: Person | None
) -> list[str]:
    """Keeps what is here, and is not asked again until QuickBooks says something else."""
    with transaction.atomic():
        looked = _held(link)
        chosen = _chosen(looked, fields, seen=seen)
        for one in chosen:
            _answer(link, one, choice=Answer.Choice.LEFT, here=one.here, by=by)
        _tell("drift.left", looked, chosen, by=by)
        compare_again(link.connection, [link.pk])
    return [one.field for one in chosen]


def _held(link: Link) -> Looked:
    """The link as it stands now; it cannot end, nor its customer change, before the transaction does."""
    locked(link.connection)
    live = Link.objects.filter(pk=link.pk, ended_at=None).select_related("account", "building", "organization")
    held = live.first()
    if held is None:
        raise UserError("This link has ended since. Look again.", code="changed_meanwhile")
    return look(link.connection, [held], with_health=False)[0]


def _chosen(looked: Looked, fields: Sequence[str] | None, *, seen: Mapping[str, object] | None) -> list[Difference]:
    if fields is None:
        fields = [one.field for one in looked.differences if one.is_open]
        if seen is not None and set(fields) != set(seen):
            raise UserError("Other fields wait for a decision by now. Look again.", code="changed_meanwhile")
    chosen = []
    for name in dict.fromkeys(fields):
        one = looked.difference(name)
        if one is None:
            raise UserError(f"There is no field “{name}” to decide about.", code="invalid_field", field=name)
        if seen is not None and name in seen and seen[name] != to_json(one.now):
            raise UserError(
                f"QuickBooks says something else by now: {one.label}. Look again.", code="changed_meanwhile"
            )
        if not one.is_open and one.kind != Kind.LEFT:
            raise UserError(
                f"There is nothing to decide any more: {one.label}. Look again.", code="changed_meanwhile"
            )
        chosen.append(one)
    return chosen


def _take_over(record: Account | Building, one: Difference, *, by: Person | None) -> None:
    """By the noun's own action, so that it is checked and told like any other edit."""
    if one.group != "contacts":
        edit = edit_account if isinstance(record, Account) else edit_building
        edit(record, by=by, **{one.field: one.now})  # type: ignore[arg-type]  # the group is the noun's field
        return
    contact = Contact.objects.select_related("organization").filter(pk=one.contact_id).first()
    if one.part and contact is not None:
        edit_contact(contact, by=by, **{one.part: one.now})  # type: ignore[arg-type]  # the contact's own field
    elif one.now is None and contact is not None:
        remove_from_place(contact, at=record, by=by)
    elif contact is not None:
        edit_contact(contact, by=by, **one.now)  # type: ignore[arg-type]  # a whole person
    elif isinstance(one.now, dict) and isinstance(record, Building):
        at = [PlaceAt(building=record, roles=[Role.BILLING])]
        create_contact(record.organization, by=by, address=record.billing_address, places=at, **one.now)


def _answer(link: Link, one: Difference, *, choice: str, here: object, by: Person | None) -> None:
    Answer.objects.update_or_create(
        link=link,
        field=one.field,
        defaults={
            "choice": choice,
            "value": to_json(one.now),
            "here": to_json(here),  # type: ignore[arg-type]  # a value of the comparison
            "by": by,
            "at": timezone.now(),
        },
    )


def _tell(verb: str, looked: Looked, chosen: Sequence[Difference], *, by: Person | None) -> None:
    if chosen:
        tell(
            verb,
            organization=looked.record.organization,
            by=by,
            subject_type=looked.noun,
            subject_id=looked.record.pk,
            subject_name=looked.record.name,
            after={"about": ", ".join(one.label for one in chosen)},
        )


# --- health


def relink(link: Link, *, list_id: str, by: Person | None) -> Link:
    """Links the record to the customer that stands in the place of the one that is gone. The old link is history."""
    record = _record_of(link)
    _refuse_ended(link)
    with transaction.atomic():
        made = link_customer(
            record, connection=link.connection, list_id=list_id, by=by, how=Link.How.REPAIR, seen=str(link.pk)
        )
        Standing.objects.filter(link=link).exclude(link=made).delete()
    return made


def keep(link: Link, *, by: Person | None) -> None:
    """Says that the link is meant to stay as it is. Asked again only when something else becomes of the customer."""
    with transaction.atomic():
        locked(link.connection)
        _refuse_ended(link)
        compare_again(link.connection, [link.pk])
        standing = Standing.objects.filter(link=link).first()
        if standing is None or not standing.health:
            raise UserError("There is nothing wrong with this link any more.", code="changed_meanwhile")
        live = Link.objects.select_related("account", "building", "organization").get(pk=link.pk)
        [looked] = look(link.connection, [live])
        standing.kept, standing.kept_by, standing.kept_at = looked.fingerprint, by, timezone.now()
        standing.needs_care = False
        standing.save(update_fields=["kept", "kept_by", "kept_at", "needs_care"])
        record = looked.record
        tell(
            "link.kept",
            organization=record.organization,
            by=by,
            subject_type=looked.noun,
            subject_id=record.pk,
            subject_name=record.name,
            after={"although": ", ".join(State(one.state).value for one in looked.findings)},
        )


def _record_of(link: Link) -> Account | Building:
    record = link.account or link.building
    assert record is not None  # link_is_to_one_thing  # noqa: S101
    return record


def _refuse_ended(link: Link) -> None:
    if not Link.objects.filter(pk=link.pk, ended_at=None).exists():
        raise UserError("This link has ended since. Look again.", code="changed_meanwhile")
