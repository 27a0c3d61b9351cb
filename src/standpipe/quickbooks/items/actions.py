"""Bringing entries of QuickBooks' lists into the catalogue, tying what is there to them, and untying it.

Nothing here reaches QuickBooks. Whatever makes or ends a tie holds the connection's row: a second press waits, and
finds that all is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from standpipe.activity.actions import record as tell
from standpipe.catalog.models import Item
from standpipe.core.errors import UserError
from standpipe.core.text import name_key
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.lists.short_lists import entries, entry, state_of_list

from .mapping import CannotBecome, percent_of
from .models import CatalogLink
from .queries import entry_links, records_of_entries, surroundings_of
from .targets import TARGETS, Record, Surroundings, Target, target_of

AT_ONCE = 500  # rows in one statement


@dataclass(kw_only=True)
class Imported:
    """What one press brought."""

    created: list[Record] = field(default_factory=list)
    linked: list[Record] = field(default_factory=list)  # were here under the same name
    skipped: list[tuple[str, str]] = field(default_factory=list)  # name, why

    @property
    def words(self) -> str:
        """``12 items imported, 1 linked to what was here already, 2 left out``."""
        parts = []
        if self.created or not (self.linked or self.skipped):
            parts.append(f"{len(self.created):,} imported")
        if self.linked:
            parts.append(f"{len(self.linked):,} linked to what was here under the same name")
        if self.skipped:
            parts.append(f"{len(self.skipped):,} left out")
        return ", ".join(parts)


def import_entries(
    connection: Connection, *, kind: str, list_ids: Sequence[str] | None, by: Person | None
) -> Imported:
    """Makes catalogue records of entries; ``None``: of all that are active and not tied yet.

    ``kind``: a key of ``TARGETS``. What bears the same name here and is not tied is tied instead of made twice.
    Safe to repeat: an entry with a live tie is skipped. Raises :class:`UserError` where the list never arrived.
    """
    target = TARGETS[kind]
    with transaction.atomic():
        connection = locked(connection)
        refuse_unready(connection, target)
        wanted = _wanted(connection, target, list_ids)
        tied = records_of_entries(connection, target=target, list_ids=[one.list_id for one in wanted])
        done, around = Imported(), surroundings_of(connection)
        unknown = set(list_ids or ()) - {one.list_id for one in wanted}
        done.skipped += [(list_id, "It is not in the list.") for list_id in sorted(unknown)]
        here = _untied_by_name(connection, target)
        links = [
            link
            for one in wanted
            if (link := _import_one(one, target, tied=tied, around=around, here=here, by=by, done=done)) is not None
        ]
        target.model._default_manager.bulk_create(done.created, batch_size=AT_ONCE)  # type: ignore[arg-type]  # noqa: SLF001
        CatalogLink.objects.bulk_create(links, batch_size=AT_ONCE)
        if links:
            _tell_import(connection, target, done, by=by)
    return done


def learn_percentages(connection: Connection) -> None:
    """Gives imported discounts without a rate the percentage that QuickBooks has, which items had no place for once.

    Safe to repeat; one that an item has stays.
    """
    links = CatalogLink.objects.filter(
        connection=connection, ended_at=None, origin=CatalogLink.Origin.IMPORTED, item__rate=None, item__percent=None
    )
    items = dict(links.filter(item__isnull=False).values_list("list_id", "item"))
    found = entries(connection, ListKind.ITEMS, active=None, types=("ItemDiscount",)).filter(list_id__in=items)
    for one in found if items else ():
        Item.objects.filter(pk=items[one.list_id]).update(percent=percent_of(one))


def _wanted(connection: Connection, target: Target, list_ids: Sequence[str] | None) -> list[ListEntry]:
    if list_ids is None:
        return list(entries(connection, target.kind, types=target.types))
    named = entries(connection, target.kind, active=None, gone=None).filter(list_id__in=list(list_ids))
    return list(named)


def _untied_by_name(connection: Connection, target: Target) -> dict[str, Record]:
    """What is here without a tie into this company file, by the name that people would call the same."""
    tied = CatalogLink.objects.filter(connection=connection, ended_at=None, **{f"{target.noun}__isnull": False})
    free = target.model._default_manager.filter(  # noqa: SLF001
        organization=connection.organization, archived_at=None
    ).exclude(pk__in=tied.values(target.noun))
    return {name_key(record.name): record for record in free.order_by("-created_at")}


def _import_one(
    one: ListEntry,
    target: Target,
    *,
    tied: dict[str, list[Record]],
    around: Surroundings,
    here: dict[str, Record],
    by: Person | None,
    done: Imported,
) -> CatalogLink | None:
    """The tie of one entry, with the record made or found; ``None`` where it is left out."""
    if one.gone_at is not None:
        done.skipped.append((one.full_name, "It is no longer in QuickBooks."))
        return None
    if one.list_id in tied:
        done.skipped.append((one.full_name, f"It is here already as “{tied[one.list_id][0].name}”."))
        return None
    try:
        fields = target.fields(one, around=around)
        known = here.pop(name_key(one.full_name), None)
        record = known or target.new(one.connection.organization, **fields)
    except CannotBecome as reason:
        done.skipped.append((one.full_name, str(reason)))
        return None
    except UserError as refusal:  # a value that does not fit here
        done.skipped.append((one.full_name, str(refusal)))
        return None
    (done.linked if known else done.created).append(record)
    origin = CatalogLink.Origin.LINKED if known else CatalogLink.Origin.IMPORTED
    return _new_link(record, one, origin=origin, by=by)


def link_entry(record: Record, *, connection: Connection, list_id: str, by: Person | None) -> CatalogLink:
    """Ties a record to an entry of one company file; an older tie into that file ends. Safe to repeat.

    Raises :class:`UserError` where the entry is unknown, gone, or of a kind that cannot stand for such a record.
    """
    target = target_of(record)
    if record.organization_id != connection.organization_id:
        raise UserError("There is no such QuickBooks connection.", code="not_found", field="connection_id")
    if record.archived_at is not None:
        raise UserError(f"“{record.name}” is archived. Bring it back before linking it.", code="archived")
    with transaction.atomic():
        connection = locked(connection)
        refuse_unready(connection, target)
        found = _linkable(connection, target, list_id)
        before = entry_links(connection, [record]).get(record.pk)
        if before is not None and before.list_id == list_id:
            return before
        if before is not None:
            _end(before, by=by)
        link = _new_link(record, found, origin=CatalogLink.Origin.LINKED, by=by)
        link.save(force_insert=True)
        _tell(record, target, "linked", by=by, before=before, after=link)
    return link


def unlink_entry(record: Record, *, connection: Connection, by: Person | None) -> bool:
    """Ends the tie into one company file; both sides stay as they are. Safe to repeat."""
    with transaction.atomic():
        link = entry_links(locked(connection), [record]).get(record.pk)
        if link is None:
            return False
        _end(link, by=by)
        _tell(record, target_of(record), "unlinked", by=by, before=link, after=None)
    return True


def refuse_unready(connection: Connection, target: Target) -> None:
    """Raises ``UserError`` where there is no list to take from."""
    if connection.archived_at is not None:
        raise UserError("This connection is archived. Bring it back first.", code="connection_archived")
    if connection.confirmed_at is None:
        raise UserError(
            f"Nobody has said yet that “{connection.file_company_name}” is your company file. Confirm it first.",
            code="company_not_confirmed",
        )
    if state_of_list(connection, target.kind).kind != "whole":
        raise UserError(
            "The lists have not arrived yet: press Refresh from QuickBooks Desktop.", code="list_never_arrived"
        )


def locked(connection: Connection) -> Connection:
    """The connection, held until the transaction ends."""
    return (
        Connection.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organization")
        .get(pk=connection.pk)
    )


def _linkable(connection: Connection, target: Target, list_id: str) -> ListEntry:
    found = entry(connection, target.kind, list_id)
    if found is None:
        raise UserError("There is no such entry in QuickBooks’ list.", code="not_found", field="list_id")
    if found.gone_at is not None:
        raise UserError(f"“{found.full_name}” is no longer in QuickBooks.", code="entry_gone", field="list_id")
    if found.type not in target.types:
        raise UserError(
            f"“{found.full_name}” cannot stand for {target.words} here.", code="invalid_entry", field="list_id"
        )
    return found


def _new_link(record: Record, one: ListEntry, *, origin: str, by: Person | None) -> CatalogLink:
    return CatalogLink(
        organization_id=record.organization_id,
        connection_id=one.connection_id,
        list_id=one.list_id,
        origin=origin,
        full_name=one.full_name,
        linked_by=by,
        **{f"{target_of(record).noun}_id": record.pk},
    )


def _end(link: CatalogLink, *, by: Person | None) -> None:
    link.ended_at, link.ended_by = timezone.now(), by
    link.save(update_fields=["ended_at", "ended_by"])


def _tell_import(connection: Connection, target: Target, done: Imported, *, by: Person | None) -> None:
    tell(
        "catalog.imported",
        organization=connection.organization,
        by=by,
        subject_type="connection",
        subject_id=connection.pk,
        subject_name=connection.name,
        after={
            "list": target.words,
            **{
                word: count
                for word, count in (("imported", len(done.created)), ("linked", len(done.linked)))
                if count
            },
        },
    )


def _tell(
    record: Record,
    target: Target,
    verb: str,
    *,
    by: Person | None,
    before: CatalogLink | None,
    after: CatalogLink | None,
) -> None:
    def told(link: CatalogLink | None) -> dict[str, Any] | None:
        return None if link is None else {"quickbooks": link.full_name}

    tell(
        f"catalog.{verb}",
        organization=record.organization,
        by=by,
        subject_type=target.noun,
        subject_id=record.pk,
        subject_name=record.name,
        before=told(before),
        after=told(after),
    )
