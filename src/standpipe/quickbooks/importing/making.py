"""Making one chunk of an import whole: records, contacts, links and the trail, in one transaction.

Where the database refuses a chunk, halves find the one that it refuses. What a person saw in a preview is made as it
was seen; what would be different by now is held back with the difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from standpipe.accounts.models import Account
from standpipe.activity.actions import entry as activity
from standpipe.activity.actions import record_many
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.changes import present
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.linking.actions import link_customer, locked, new_link
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import noun_of, told_of_link
from standpipe.quickbooks.lists.models import Customer

from .fingerprints import fingerprint_of_contact, fingerprint_of_record
from .models import ImportBatch, ImportRecord
from .persons import BILLING
from .planning import Decision, Outcome, Planned, Trees, Wish, fail, plan
from .previews import FIELDS, changes_since, told_of

TOLD = {  # fields that the trail keeps of what is created
    "account": ("name", "billing_address"),
    "building": ("name", "billing_address", "physical_address"),
    "contact": ("name", "email", "phone", "cell_phone", "address"),
}
UNDONE = {"code": "undone", "text": "The import was undone before this one’s turn."}


def make_chunk(
    batch: ImportBatch,
    list_ids: Sequence[str],
    *,
    include_look_alikes: bool | None = None,
    only: Outcome = Outcome.WAITING,
    by: Person | None = None,
) -> None:
    """Makes those of ``list_ids`` that are still ``only``; whatever their outcome, each one has one afterwards."""
    anyway = batch.include_look_alikes if include_look_alikes is None else include_look_alikes
    pending: list[Sequence[str]] = [list_ids]
    while pending:
        part = pending.pop()
        try:
            _make(batch, part, include_look_alikes=anyway, only=only, by=by or batch.made_by)
        except (DataError, IntegrityError, ValueError) as error:
            if len(part) > 1:
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]
            else:
                _mark_failed(batch, part[0], error)


@transaction.atomic
def _make(
    batch: ImportBatch, list_ids: Sequence[str], *, include_look_alikes: bool, only: Outcome, by: Person | None
) -> None:
    locked(batch.connection)
    if ImportBatch.objects.filter(pk=batch.pk, undone_at__isnull=False).exists():
        batch.records.filter(outcome=Outcome.WAITING).update(outcome=Outcome.SKIPPED, reason=UNDONE)
        return
    # What another worker has done in the meantime is not done again.
    rows = {row.list_id: row for row in batch.records.filter(list_id__in=list_ids, outcome=only)}
    wish = Wish(
        connection=batch.connection,
        target=batch.target,
        naming=batch.naming,
        include_look_alikes=include_look_alikes,
        decisions=decisions_of(batch),
    )
    entries = plan(wish, list_ids=[list_id for list_id in list_ids if list_id in rows], trees=Trees())
    _hold_back_what_changed(entries, seen=rows, is_first_try=only == Outcome.WAITING)
    _link(batch, entries, by=by)
    made = write_rows(batch, entries, by=by)
    for entry, row in zip(entries, made, strict=True):
        row.decision, row.use_id = rows[entry.list_id].decision, rows[entry.list_id].use_id
        if entry.outcome == Outcome.HELD and rows[entry.list_id].previewed:
            row.previewed = told_of(entry)  # what the person is shown now is what may be made
    ImportRecord.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["batch", "list_id"],
        update_fields=[
            "full_name", "outcome", "reason", "top", "previewed", "created_type", "created_id", "contacts",
            "fingerprint",
        ],
    )  # fmt: skip


def decisions_of(batch: ImportBatch) -> dict[str, Decision]:
    rows = batch.records.exclude(decision="").only("list_id", "decision", "use_id")
    return {row.list_id: Decision(act=row.decision, use_id=row.use_id) for row in rows}


def _hold_back_what_changed(entries: list[Planned], *, seen: Mapping[str, ImportRecord], is_first_try: bool) -> None:
    """What was previewed is what is created; the rest waits for the person, with the difference."""
    held: set[Any] = set()
    for entry in entries:
        row = seen[entry.list_id]
        previewed = row.previewed
        if entry.outcome != Outcome.CREATED or not previewed or entry.record is None:
            continue
        if changes := changes_since(previewed, entry, is_decided=bool(row.decision) or not is_first_try):
            words = ", ".join(FIELDS.get(change["field"], "what becomes of it").lower() for change in changes)
            text = f"Changed since the preview: {words}."
            entry.turn(Outcome.HELD, code="changed_since_preview", text=text, changes=changes)
            held.add(entry.record.pk)
    for entry in entries:
        if entry.outcome == Outcome.CREATED and entry.account is not None and entry.account.pk in held:
            text = "It waits for the decision about the account of its customer."
            entry.turn(Outcome.HELD, code="account_undecided", text=text)


def _link(batch: ImportBatch, entries: list[Planned], *, by: Person | None) -> None:
    """Ties customers to the records that a person chose for them."""
    for entry in entries:
        if entry.outcome != Outcome.LINKED or entry.like is None:
            continue
        try:
            tie(batch, entry.like, list_id=entry.list_id, by=by)
        except UserError as error:
            entry.turn(Outcome.FAILED, code=error.code, text=str(error))


def tie(batch: ImportBatch, record: Account | Building, *, list_id: str, by: Person | None) -> Link:
    """A link that belongs to the batch: its undo takes it back."""
    link = link_customer(record, connection=batch.connection, list_id=list_id, by=by, how=Link.How.IMPORT)
    Link.objects.filter(pk=link.pk).update(import_batch_id=batch.pk)
    return link


# Writing


def write_rows(batch: ImportBatch, entries: list[Planned], *, by: Person | None) -> list[ImportRecord]:
    """Everything of a chunk in bulk; answers one unsaved row for each entry."""
    records: dict[str, list[Any]] = {"account": [], "building": []}
    contacts: dict[UUID, Contact] = {}
    places: list[Place] = []
    links: list[Link] = []
    trail: list[Activity] = []
    rows = []
    for entry in entries:
        row = _row(batch, entry)
        rows.append(row)
        if entry.outcome != Outcome.CREATED or entry.record is None or entry.customer is None:
            continue
        new = [seat.contact for seat in entry.seats if seat.is_new]
        own = {contact.pk: contact for contact in new if contact.pk not in contacts}
        stands = [Place(contact=seat.contact, building=entry.record, roles=[BILLING]) for seat in entry.seats]  # type: ignore[misc]  # only buildings have seats
        link = _link_of(batch, entry.record, customer=entry.customer, by=by)
        row.created_id = entry.record.pk
        row.contacts = {str(contact.pk): fingerprint_of_contact(contact) for contact in own.values()}
        row.fingerprint = fingerprint_of_record(entry.record, places=stands)
        records[entry.noun].append(entry.record)
        contacts |= own
        places += stands
        links.append(link)
        trail += _told(batch, entry.record, own.values(), link=link, by=by)
    if links:
        Account.objects.bulk_create(records["account"])  # before the buildings that stand at them
        Building.objects.bulk_create(records["building"])
        Contact.objects.bulk_create(contacts.values())
        Place.objects.bulk_create(places)
        Link.objects.bulk_create(links)
        record_many(trail)
    return rows


def _row(batch: ImportBatch, entry: Planned) -> ImportRecord:
    return ImportRecord(
        batch=batch,
        list_id=entry.list_id,
        full_name=entry.full_name,
        outcome=entry.outcome,
        reason=entry.reason,
        top=entry.top,
        created_type=entry.noun,
    )


def _link_of(batch: ImportBatch, record: Account | Building, *, customer: Customer, by: Person | None) -> Link:
    return new_link(
        record,
        customer=customer,
        origin=Link.Origin.IMPORTED,
        how=Link.How.IMPORT,
        by=by,
        batch_id=batch.pk,
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
