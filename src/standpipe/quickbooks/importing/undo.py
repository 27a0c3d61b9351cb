"""Taking an import back: what nobody touched goes, what was used stays and is named with the reason."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import record as tell
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.linking.actions import locked, undo_link
from standpipe.quickbooks.linking.models import Link

from .fingerprints import fingerprint_of_contact, fingerprint_of_record, halves
from .making import UNDONE
from .models import ImportBatch, ImportRecord

Outcome: TypeAlias = ImportRecord.Outcome

CHUNK = 500
REMOVED, KEPT = "removed", "kept"
# The import's own rows; every other relation to a record is somebody's use of it, whichever room brings it.
OWN = (Place, Link)


@dataclass(frozen=True, slots=True)
class UndoResult:
    removed: int  # accounts or buildings
    kept: list[dict[str, Any]]  # {"type", "id", "reason"}


def undo_import(batch: ImportBatch, *, by: Person | None, seconds: float | None = None) -> UndoResult:
    """Removes what nobody touched, with its link and contacts. Safe to repeat: the second time tells the same.

    After ``seconds`` the rest waits for ``continue_undo``; what is decided by then is whole.
    """
    with transaction.atomic():
        locked(batch.connection)
        ImportBatch.objects.filter(pk=batch.pk, undone_at=None, is_draft=False).update(
            undone_at=timezone.now(), undone_by=by
        )
        batch.refresh_from_db(fields=["undone_at", "undone_by", "undo_finished_at"])
        batch.records.filter(outcome=Outcome.WAITING).update(outcome=Outcome.SKIPPED, reason=UNDONE)
    continue_undo(batch, seconds=seconds)
    return undo_result(batch)


def continue_undo(batch: ImportBatch, *, seconds: float | None = None) -> bool:
    """Goes on with an undo; ``True`` when nothing is left. Safe to call twice at once and to repeat."""
    if batch.undone_at is None or batch.undo_finished_at is not None:
        return True
    ends_at = None if seconds is None else time.monotonic() + seconds
    made = _contacts_made(batch)
    while _undo_next(batch, made=made):
        if ends_at is not None and time.monotonic() >= ends_at:
            break
    if still_to_undo(batch).exists():
        return False
    _finish(batch)
    return True


def still_to_undo(batch: ImportBatch) -> QuerySet[ImportRecord]:
    """Buildings before the accounts that they stand at."""
    rows = batch.records.filter(outcome__in=(Outcome.CREATED, Outcome.LINKED), undo_outcome="")
    return rows.order_by("-created_type", "id")


def _finish(batch: ImportBatch) -> None:
    """Tells the trail once, whoever was the last."""
    batch.undo_finished_at = timezone.now()
    with transaction.atomic():
        mine = ImportBatch.objects.filter(pk=batch.pk, undo_finished_at=None)
        if not mine.update(undo_finished_at=batch.undo_finished_at):
            return
        result = undo_result(batch)
        tell(
            "import.undone",
            organization=batch.organization,
            by=batch.undone_by,
            subject_type="import",
            subject_id=batch.pk,
            after={"removed": result.removed, "kept": len(result.kept)},
            batch_id=batch.pk,
        )


def undo_result(batch: ImportBatch) -> UndoResult:
    """What the undo removed and kept so far. A record that was only linked is neither."""
    created = batch.records.filter(outcome=Outcome.CREATED)
    kept = created.filter(undo_outcome=KEPT).order_by("id")
    return UndoResult(
        removed=created.filter(undo_outcome=REMOVED).count(),
        kept=[{"type": row.created_type, "id": str(row.created_id), "reason": row.undo_reason} for row in kept],
    )


def _contacts_made(batch: ImportBatch) -> dict[str, str]:
    """Every contact that came with the batch, and its fingerprint."""
    made: dict[str, str] = {}
    for contacts in batch.records.exclude(contacts={}).values_list("contacts", flat=True):
        made |= contacts
    return made


@dataclass(slots=True)
class _Found:
    """What there is now of a chunk's records."""

    records: dict[UUID, Any]
    places: dict[UUID, list[Place]] = field(default_factory=lambda: defaultdict(list))
    links: dict[UUID, list[Link]] = field(default_factory=lambda: defaultdict(list))
    used_by: dict[UUID, str] = field(default_factory=dict)


@transaction.atomic
def _undo_next(batch: ImportBatch, *, made: dict[str, str]) -> bool:
    """One chunk of one noun, whole; ``False`` where nothing is left."""
    locked(batch.connection)
    rows = list(still_to_undo(batch)[:CHUNK])  # under the lock: another worker may have been quicker
    if not rows:
        return False
    noun = rows[0].created_type
    rows = [row for row in rows if row.created_type == noun]
    created = [row for row in rows if row.outcome == Outcome.CREATED]
    if created:
        _undo_created(batch, created, noun=noun, made=made)
    for row in rows:
        if row.outcome == Outcome.LINKED:
            _undo_linked(batch, row)
    return True


def _undo_linked(batch: ImportBatch, row: ImportRecord) -> None:
    """A record that was here stays; the link that the import gave it ends, unless somebody has changed it since."""
    link = Link.objects.filter(
        connection=batch.connection_id, list_id=row.list_id, import_batch_id=batch.pk, ended_at=None
    ).first()
    row.undo_outcome, row.undo_reason = KEPT, "Its QuickBooks link has been changed since."
    if link:
        try:
            undo_link(link, by=batch.undone_by)
        except UserError as refusal:  # what was linked before is somebody else's by now, say
            row.undo_reason = str(refusal)[:255]
        else:
            row.undo_outcome, row.undo_reason = REMOVED, ""
    row.save(update_fields=["undo_outcome", "undo_reason"])


def _undo_created(batch: ImportBatch, rows: list[ImportRecord], *, noun: str, made: dict[str, str]) -> None:
    model: type[Account | Building] = Account if noun == "account" else Building
    found = _look(model, noun, [row.created_id for row in rows if row.created_id])
    reasons = {row.pk: _why_kept(batch, row, found=found, made=made) for row in rows}
    gone = [row for row in rows if not reasons[row.pk]]
    _remove(model, noun, [row.created_id for row in gone if row.created_id], made=made)
    ImportRecord.objects.filter(pk__in=[row.pk for row in gone]).update(undo_outcome=REMOVED)
    kept: dict[str, list[int]] = defaultdict(list)
    for key, reason in reasons.items():
        kept[reason].append(key)
    kept.pop("", None)
    for reason, keys in kept.items():
        ImportRecord.objects.filter(pk__in=keys).update(undo_outcome=KEPT, undo_reason=reason)


def _look(model: type[Account | Building], noun: str, ids: list[UUID]) -> _Found:
    found = _Found(records=model.objects.in_bulk(ids))
    for place in Place.objects.filter(**{f"{noun}__in": ids}).select_related("contact"):
        found.places[getattr(place, f"{noun}_id")].append(place)
    for link in Link.objects.filter(**{f"{noun}__in": ids}):
        found.links[getattr(link, f"{noun}_id")].append(link)
    for relation in model._meta.related_objects:
        if relation.related_model in OWN:
            continue
        key: str = relation.field.attname
        users: type[Any] = relation.field.model
        for record_id in users.objects.filter(**{f"{relation.field.name}__in": ids}).values_list(key, flat=True):
            found.used_by.setdefault(record_id, str(users._meta.verbose_name_plural))
    return found


def _why_kept(batch: ImportBatch, row: ImportRecord, *, found: _Found, made: dict[str, str]) -> str:
    """One sentence, or ``""`` where nobody touched it."""
    if row.created_id not in found.records:
        return "It is not here any more."
    return next(_uses(batch, row, record=found.records[row.created_id], found=found, made=made), "")[:255]


def _uses(
    batch: ImportBatch, row: ImportRecord, *, record: Account | Building, found: _Found, made: dict[str, str]
) -> Iterator[str]:
    """Every reason to keep it, the plainest first."""
    places, links = found.places[record.pk], found.links[record.pk]
    own, stood = halves(row.fingerprint)
    own_now, stand_now = halves(fingerprint_of_record(record, places=places))
    if record.archived_at is not None:
        yield "It has been archived since."
    if users := found.used_by.get(record.pk):
        yield f"It is used: it has {users}."
    if [(link.import_batch_id, link.ended_at) for link in links] != [(batch.pk, None)]:
        yield "Its QuickBooks link has been changed since."
    if own != own_now:
        yield "It has been edited since."
    if stood != stand_now:
        yield "Its contacts have been changed since."
    for place in places:
        known = made.get(str(place.contact_id))
        if known and known != fingerprint_of_contact(place.contact):
            yield f"Its contact {place.contact.name} has been edited since."


def _remove(model: type[Account | Building], noun: str, ids: list[UUID], *, made: dict[str, str]) -> None:
    """Records with their links and places; contacts of the batch that stand nowhere any more."""
    stood = Place.objects.filter(**{f"{noun}__in": ids})
    contacts = {contact_id for contact_id in stood.values_list("contact_id", flat=True) if str(contact_id) in made}
    stood.delete()
    Link.objects.filter(**{f"{noun}__in": ids}).delete()
    still = set(Place.objects.filter(contact__in=contacts).values_list("contact_id", flat=True))
    for chunk in _chunks(contacts - still):
        Contact.objects.filter(pk__in=chunk).delete()
    model.objects.filter(pk__in=ids).delete()


def _chunks(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    iterator = iter(sorted(ids))
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
