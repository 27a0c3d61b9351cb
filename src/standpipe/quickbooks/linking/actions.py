"""Tying an account or building to a QuickBooks customer, and untying it. Nothing here reaches QuickBooks.

Everything that makes or ends a link holds the connection's row while it does, so that what it checked stays true:
``SELECT ... FOR UPDATE`` on PostgreSQL; on SQLite every transaction begins IMMEDIATE and is alone in writing.
"""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import record as tell
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import import_hindrance
from standpipe.quickbooks.lists.models import Customer

from . import consequences
from .models import Link
from .queries import live_link, noun_of, past_links, told_of_link


def link_customer(
    record: Account | Building,
    *,
    connection: Connection,
    list_id: str,
    by: Person | None,
    how: str = Link.How.HAND,
    seen: str | None = None,
) -> Link:
    """Links ``record`` to a customer or job; one that is linked elsewhere is relinked. Safe to repeat.

    The old link ends and stays as history. ``seen``: the id of the link that the person saw, empty where there was
    none; another one is not ended. Raises :class:`UserError` for that, and where the customer is unknown or gone, or
    is another account already.
    """
    if record.organization_id != connection.organization_id:
        raise UserError("There is no such QuickBooks connection.", code="not_found", field="connection_id")
    try:
        with transaction.atomic():
            customer = _linkable(locked(connection), list_id, record=record)
            return _link(record, customer=customer, by=by, how=how, seen=seen)
    except IntegrityError as taken:  # somebody linked it through another connection in the same instant
        raise UserError(
            f"Somebody else has just linked “{record.name}”. Look again.", code="changed_meanwhile"
        ) from taken


def unlink(record: Account | Building, *, by: Person | None, seen: str | None = None) -> Link | None:
    """Ends the live link; the customer in QuickBooks and the record here stay as they are. Safe to repeat.

    ``seen``: the id of the link that the person saw. Raises :class:`UserError` where another is live by now, or none.
    """
    link = live_link(record)
    _refuse_unseen(record, live=link, seen=seen)
    if link is None:
        return None
    with transaction.atomic():
        locked(link.connection)
        if _end(link, by=by, because=Link.Ending.UNLINKED):
            _tell("customer.unlinked", record=record, by=by, before=link, after=None)
            consequences.follow_end(link, by=by)
        else:  # somebody was faster by an instant
            _refuse_unseen(record, live=live_link(record), seen=seen)
    return link


def undo_link(link: Link, *, by: Person | None) -> Link | None:
    """Takes one press of "Link QuickBooks Customer" back: what was linked before is linked again, if anything was.

    Answers the link that is live afterwards. Raises :class:`UserError`, and changes nothing, where somebody has
    changed it since, or what was linked before could not be linked by hand either: it is somebody else's by now, say.
    """
    record = link.account or link.building
    assert record is not None  # link_is_to_one_thing  # noqa: S101
    before = _replaced_by(link)
    with transaction.atomic():
        both = Connection.objects.filter(pk__in={one.connection_id for one in (link, before) if one})
        held = {connection.pk: connection for connection in both.select_for_update(no_key=True).order_by("pk")}
        if not _end(link, by=by, because=Link.Ending.UNDONE):
            raise UserError("This link has been changed since.", code="changed_meanwhile")
        if before is not None:
            _linkable(held[before.connection_id], before.list_id, record=record, origin=before.origin)
            before.ended_at, before.ended_by, before.ended_because = None, None, ""
            before.save(update_fields=["ended_at", "ended_by", "ended_because"])
        _tell("customer.link_undone", record=record, by=by, before=link, after=before)
        consequences.follow_end(link, by=by)
    return before


def locked(connection: Connection) -> Connection:
    """The connection, held until the transaction ends: what is linked or imported through it waits."""
    return Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)


def new_link(
    record: Account | Building,
    *,
    customer: Customer,
    origin: str,
    how: str,
    by: Person | None,
    batch_id: UUID | None = None,
) -> Link:
    """An unsaved link that keeps what QuickBooks says now, ready for ``bulk_create``."""
    return Link(
        organization_id=record.organization_id,
        connection_id=customer.connection_id,
        list_id=customer.list_id,
        origin=origin,
        how=how,
        full_name=customer.full_name,
        quickbooks_values=snapshot(customer),
        said_hash=customer.content_hash,
        import_batch_id=batch_id,
        linked_by=by,
        linked_at=timezone.now(),
        **{noun_of(record): record},
    )


def snapshot(customer: Customer) -> dict[str, Any]:
    """What QuickBooks says now, as a link keeps it."""
    return {
        "name": customer.name,
        "full_name": customer.full_name,
        "company_name": customer.company_name,
        "parent_list_id": customer.parent_list_id,
        "is_active": customer.is_active,
        "job_status": customer.job_status,
        "details": customer.details,
        "content_hash": customer.content_hash,
    }


def _linkable(
    connection: Connection, list_id: str, *, record: Account | Building, origin: str = Link.Origin.LINKED
) -> Customer:
    """The customer that ``record`` may be linked to now, in words why not. The connection's row is held."""
    if record.archived_at is not None:
        raise UserError(f"“{record.name}” is archived. Bring it back before linking it.", code="archived")
    if hindrance := import_hindrance(connection):
        raise hindrance
    customer = Customer.objects.filter(connection=connection, list_id=list_id).first()
    if customer is None:
        raise UserError(
            "There is no such customer in the list. Press Refresh from QuickBooks Desktop.",
            code="not_found",
            field="list_id",
        )
    if customer.gone_at is not None:
        raise UserError(
            f"“{customer.full_name}” is not in QuickBooks any more.", code="customer_gone", field="list_id"
        )
    noun = noun_of(record)
    if noun == "account" or origin == Link.Origin.IMPORTED:  # of these there is one, as Link's constraints say
        alike = Q(account__isnull=False) if noun == "account" else Q(building__isnull=False, origin=origin)
        live = Link.objects.filter(alike, connection=connection, list_id=list_id, ended_at=None)
        if other := live.exclude(**{noun: record}).select_related(noun).first():
            name = getattr(other, noun).name
            raise UserError(
                f"“{customer.full_name}” is linked to the {noun} “{name}”. Unlink it there first.",
                code="already_linked",
                field="list_id",
            )
    return customer


def _link(record: Account | Building, *, customer: Customer, by: Person | None, how: str, seen: str | None) -> Link:
    before = live_link(record)
    if before and (before.connection_id, before.list_id) == (customer.connection_id, customer.list_id):
        return before
    _refuse_unseen(record, live=before, seen=seen)
    link = new_link(record, customer=customer, origin=Link.Origin.LINKED, how=how, by=by)
    if before:
        before.ended_at, before.ended_by = link.linked_at, by
        before.ended_because = Link.Ending.REPAIRED if how == Link.How.REPAIR else Link.Ending.RELINKED
        before.save(update_fields=["ended_at", "ended_by", "ended_because"])
    link.save(force_insert=True)
    _tell("customer.linked", record=record, by=by, before=before, after=link)
    if before:
        consequences.follow_end(before, by=by)
    return link


def _refuse_unseen(record: Account | Building, *, live: Link | None, seen: str | None) -> None:
    """What a person is about to end must be what that person saw."""
    if seen is None or seen == (str(live.pk) if live else ""):
        return
    if live is not None:
        who = live.linked_by.display_name if live.linked_by else "Somebody"
        text = f"{who} has linked “{record.name}” to {live.full_name} in the meantime. Look again."
    else:
        ended = next(iter(past_links(record)), None)
        who = ended.ended_by.display_name if ended and ended.ended_by else "Somebody"
        text = f"{who} has ended the link of “{record.name}” in the meantime. Look again."
    raise UserError(text, code="changed_meanwhile")


def _end(link: Link, *, by: Person | None, because: str) -> bool:
    live = Link.objects.filter(pk=link.pk, ended_at=None)
    return bool(live.update(ended_at=timezone.now(), ended_by=by, ended_because=because))


def _replaced_by(link: Link) -> Link | None:
    """The link that ended in the very moment when ``link`` began."""
    same = Link.objects.filter(account=link.account, building=link.building, ended_at=link.linked_at)
    return same.exclude(pk=link.pk).first()


def _tell(
    verb: str, *, record: Account | Building, by: Person | None, before: Link | None, after: Link | None
) -> None:
    tell(
        verb,
        organization=record.organization,
        by=by,
        subject_type=noun_of(record),
        subject_id=record.id,
        subject_name=record.name,
        before=told_of_link(before),
        after=told_of_link(after),
    )
