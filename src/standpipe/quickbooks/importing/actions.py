"""One press of "Import from QuickBooks Desktop": records, contacts and links, in chunks, inside one batch.

The batch is stored first, with every selected customer waiting; then chunk after chunk is made, each whole in a
transaction of its own. A batch that was interrupted goes on where it stopped. Nobody is e-mailed or invited from
here, and nothing reaches QuickBooks.
"""

import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import entry as activity
from standpipe.activity.actions import record as tell
from standpipe.activity.actions import record_many
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.changes import present
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import import_hindrance
from standpipe.quickbooks.linking.actions import link_customer, locked, snapshot
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link, noun_of, told_of_link
from standpipe.quickbooks.lists.models import Customer

from .fingerprints import fingerprint_of_contact, fingerprint_of_record
from .mapping import BILLING
from .models import ImportBatch, ImportRecord
from .planning import Outcome, People, Planned, Wish, fail, plan, preview_json
from .queries import Filters, matching_all
from .undo import UndoResult, undo_import

__all__ = [
    "UndoResult",
    "continue_import",
    "import_anyway",
    "import_customers",
    "link_instead",
    "preview_import",
    "undo_import",
]

CHUNK = 500  # customers in one transaction: short enough that a session or another person hardly waits for it
TOLD = {  # fields that the trail keeps of what is created
    "account": ("name", "billing_address"),
    "building": ("name", "billing_address", "physical_address"),
    "contact": ("name", "email", "phone", "cell_phone", "address"),
}


def import_customers(
    connection: Connection,
    *,
    target: str,
    list_ids: Iterable[str] | None = None,
    filters: Filters | None = None,
    naming: str | None = None,
    by: Person | None,
    request_key: str = "",
    include_look_alikes: bool = False,
    seconds: float | None = None,
) -> ImportBatch:
    """Imports the named customers, or all that the filters match, as ``accounts`` or ``buildings``.

    The same ``request_key`` again finds the batch of the first press. After ``seconds`` the rest stays waiting for
    ``continue_import``. Raises :class:`UserError` where nothing can be imported yet.
    """
    if hindrance := import_hindrance(connection):
        raise hindrance
    batch, is_new = _batch(
        connection,
        target=target,
        naming=naming or ImportBatch.Naming.ARTICLE,
        by=by,
        request_key=request_key,
        include_look_alikes=include_look_alikes,
        list_ids=_selection(connection, target=target, list_ids=list_ids, filters=filters),
    )
    if is_new:
        continue_import(batch, seconds=seconds)
    return batch


def continue_import(batch: ImportBatch, *, seconds: float | None = None) -> bool:
    """Works through what waits; ``True`` when nothing is left. Safe to call twice at once and to repeat."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    while waiting := _waiting(batch):
        _import_chunk(batch, waiting)
        if ends_at is not None and time.monotonic() >= ends_at:
            return not _waiting(batch)
    return True


def import_anyway(batch: ImportBatch, *, list_ids: Sequence[str] | None = None, by: Person | None) -> None:
    """Imports what was held back as a look-alike: the named ones, or all of this batch. Safe to repeat."""
    held = batch.records.filter(outcome=Outcome.HELD)
    wanted = list((held if list_ids is None else held.filter(list_id__in=list_ids)).values_list("list_id", flat=True))
    for chunk in _chunks(wanted):
        _import_chunk(batch, chunk, include_look_alikes=True, only=Outcome.HELD, by=by)


def link_instead(batch: ImportBatch, *, list_id: str, by: Person | None) -> Link:
    """Links a held back customer to the record that it looks like, unless another has that. Safe to repeat."""
    row = batch.records.filter(list_id=list_id, outcome__in=(Outcome.HELD, Outcome.SKIPPED)).get()
    like = row.reason or {}
    model: type[Account | Building] = Account if like.get("type") == "account" else Building
    record = model.objects.select_related("organization").get(
        organization=batch.organization_id, pk=like.get("id", "")
    )
    present = live_link(record)
    if present is not None and present.list_id != list_id:
        raise UserError(
            f"“{record.name}” is linked to {present.full_name} already. Change that on its own page.",
            code="linked_already",
        )
    with transaction.atomic():
        link = link_customer(record, connection=batch.connection, list_id=list_id, by=by)
        row.outcome = Outcome.SKIPPED
        row.reason = like | {"code": "linked_instead", "text": f"Linked to {record.name} instead."}
        row.save(update_fields=["outcome", "reason"])
    return link


def preview_import(
    connection: Connection,
    *,
    target: str,
    list_ids: Iterable[str] | None = None,
    filters: Filters | None = None,
    naming: str | None = None,
    include_look_alikes: bool = True,
) -> dict[str, Any]:
    """What ``import_customers`` would create and skip, each value with its source. Writes nothing."""
    wish = Wish(
        connection=connection,
        target=target,
        naming=naming or ImportBatch.Naming.ARTICLE,
        include_look_alikes=include_look_alikes,
    )
    records: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    people = People()
    for chunk in _chunks(_selection(connection, target=target, list_ids=list_ids, filters=filters)):
        for entry in plan(wish, list_ids=chunk, people=people, for_reading=True):
            if entry.outcome == Outcome.CREATED:
                records.append(preview_json(entry))
            else:
                reason = entry.reason or {}
                skipped.append({"list_id": entry.list_id, **reason, "reason": reason.get("text", "")})
    return {"records": records, "skipped": skipped}


# The batch


def _selection(
    connection: Connection, *, target: str, list_ids: Iterable[str] | None, filters: Filters | None
) -> list[str]:
    """Each once, by path, so that a customer stands beside its jobs; unknown ones last."""
    if list_ids is None:
        return list(matching_all(connection, target=target, filters=filters or {}).values_list("list_id", flat=True))
    wanted = list(dict.fromkeys(list_ids))
    known: dict[str, str] = {}
    for chunk in _chunks(wanted):
        rows = Customer.objects.filter(connection=connection, list_id__in=chunk)
        known |= dict(rows.values_list("list_id", "sort_key"))
    return sorted(wanted, key=lambda list_id: (list_id not in known, known.get(list_id, ""), list_id))


def _batch(
    connection: Connection,
    *,
    target: str,
    naming: str,
    by: Person | None,
    request_key: str,
    include_look_alikes: bool,
    list_ids: list[str],
) -> tuple[ImportBatch, bool]:
    if not list_ids:
        raise UserError("Select at least one customer or job.", code="nothing_selected", field="list_ids")
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                organization=connection.organization,
                connection=connection,
                target=target,
                naming=naming,
                made_by=by,
                request_key=request_key,
                include_look_alikes=include_look_alikes,
            )
            ImportRecord.objects.bulk_create(
                (ImportRecord(batch=batch, list_id=list_id, outcome=Outcome.WAITING) for list_id in list_ids),
                batch_size=CHUNK,
            )
            tell(
                "customers.imported",
                organization=batch.organization,
                by=by,
                subject_type="import",
                subject_id=batch.id,
                subject_name=f"{len(list_ids)} from {connection.name}",
                after={"as": target, "selected": len(list_ids)},
                batch_id=batch.id,
            )
    except IntegrityError:  # one_batch_per_press
        known = ImportBatch.objects.filter(organization=connection.organization_id, request_key=request_key)
        if request_key and (batch := known.first()):  # type: ignore[assignment]  # None is falsy
            return batch, False
        raise
    return batch, True


def _waiting(batch: ImportBatch) -> list[str]:
    rows = batch.records.filter(outcome=Outcome.WAITING).order_by("id")
    return list(rows.values_list("list_id", flat=True)[:CHUNK])


# A chunk


def _import_chunk(
    batch: ImportBatch,
    list_ids: Sequence[str],
    *,
    include_look_alikes: bool | None = None,
    only: Outcome = Outcome.WAITING,
    by: Person | None = None,
) -> None:
    """Makes one chunk whole. Where the database refuses it, halves find the one that it refuses."""
    wish = Wish(
        connection=batch.connection,
        target=batch.target,
        naming=batch.naming,
        include_look_alikes=batch.include_look_alikes if include_look_alikes is None else include_look_alikes,
    )
    pending: list[Sequence[str]] = [list_ids]
    while pending:
        part = pending.pop()
        try:
            _make(batch, wish, part, only=only, by=by or batch.made_by)
        except (DataError, IntegrityError, ValueError) as error:
            if len(part) > 1:
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]
            else:
                _mark_failed(batch, part[0], error)


@transaction.atomic
def _make(batch: ImportBatch, wish: Wish, list_ids: Sequence[str], *, only: Outcome, by: Person | None) -> None:
    locked(wish.connection)
    if ImportBatch.objects.filter(pk=batch.pk, undone_at__isnull=False).exists():
        batch.records.filter(outcome=Outcome.WAITING).update(outcome=Outcome.SKIPPED, reason=_UNDONE)
        return
    # What another worker has done in the meantime is not done again.
    still = set(batch.records.filter(list_id__in=list_ids, outcome=only).values_list("list_id", flat=True))
    wanted = [list_id for list_id in list_ids if list_id in still]
    entries = plan(wish, list_ids=wanted, people=People())
    rows = _store(batch, entries, by=by)
    ImportRecord.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["batch", "list_id"],
        update_fields=["full_name", "outcome", "reason", "created_type", "created_id", "contacts", "fingerprint"],
    )


_UNDONE = {"code": "undone", "text": "The import was undone before this one’s turn."}


def _store(batch: ImportBatch, entries: list[Planned], *, by: Person | None) -> list[ImportRecord]:
    """Everything of a chunk in bulk; answers one row for each entry."""
    records: list[Any] = []
    contacts: dict[UUID, Contact] = {}
    places: list[Place] = []
    links: list[Link] = []
    trail: list[Activity] = []
    rows = []
    for entry in entries:
        row = ImportRecord(
            batch=batch, list_id=entry.list_id, full_name=entry.full_name, outcome=entry.outcome, reason=entry.reason
        )
        rows.append(row)
        if entry.outcome != Outcome.CREATED or entry.record is None or entry.customer is None:
            continue
        new = [seat.contact for seat in entry.seats if seat.is_new]
        own = {contact.pk: contact for contact in new if contact.pk not in contacts}
        stands = [Place(contact=seat.contact, building=entry.record, roles=[BILLING]) for seat in entry.seats]  # type: ignore[misc]  # only buildings have seats
        link = _link_of(batch, entry.record, customer=entry.customer, by=by)
        row.created_type, row.created_id = noun_of(entry.record), entry.record.pk
        row.contacts = {str(contact.pk): fingerprint_of_contact(contact) for contact in own.values()}
        row.fingerprint = fingerprint_of_record(entry.record, places=stands)
        records.append(entry.record)
        contacts |= own
        places += stands
        links.append(link)
        trail += _told(batch, entry.record, own.values(), link=link, by=by)
    if records:
        type(records[0]).objects.bulk_create(records)
        Contact.objects.bulk_create(contacts.values())
        Place.objects.bulk_create(places)
        Link.objects.bulk_create(links)
        record_many(trail)
    return rows


def _link_of(batch: ImportBatch, record: Account | Building, *, customer: Customer, by: Person | None) -> Link:
    return Link(
        organization_id=batch.organization_id,
        connection_id=batch.connection_id,
        list_id=customer.list_id,
        origin=Link.Origin.IMPORTED,
        full_name=customer.full_name,
        quickbooks_values=snapshot(customer),
        import_batch_id=batch.pk,
        linked_by=by,
        linked_at=timezone.now(),
        **{noun_of(record): record},
    )


def _told(
    batch: ImportBatch, record: Account | Building, contacts: Iterable[Contact], *, link: Link, by: Person | None
) -> Iterable[Activity]:
    noun = noun_of(record)
    after = present(record, dict.fromkeys(TOLD[noun])) | told_of_link(link)
    yield _one_told(batch, noun, record, after=after, by=by)
    for contact in contacts:
        yield _one_told(batch, "contact", contact, after=present(contact, dict.fromkeys(TOLD["contact"])), by=by)


def _one_told(
    batch: ImportBatch, noun: str, record: Account | Building | Contact, *, after: dict[str, Any], by: Person | None
) -> Activity:
    return activity(
        f"{noun}.imported",
        organization=batch.organization,
        by=by,
        subject_type=noun,
        subject_id=record.pk,
        subject_name=record.name,
        after=after,
        batch_id=batch.pk,
    )


def _mark_failed(batch: ImportBatch, list_id: str, error: Exception) -> None:
    entry = Planned(list_id=list_id)
    fail(entry, error)
    row = batch.records.filter(list_id=list_id)
    customer = Customer.objects.filter(connection=batch.connection_id, list_id=list_id).first()
    row.update(outcome=entry.outcome, reason=entry.reason, full_name=customer.full_name if customer else "")


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
