"""Previews that are kept: an import that nobody has pressed yet.

A draft is a batch whose records say what would become of each; people decide on them one by one. Importing it makes
what was previewed, and holds back what would be different by then.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import import_hindrance

from .actions import continue_import, new_batch, tell_import
from .making import decisions_of
from .models import ImportBatch, ImportRecord
from .planning import Outcome, Planned, Trees, Wish, plan
from .previews import Told, add_shared_names, told_of
from .queries import CHUNK, Filters, chunks
from .selecting import selection
from .trees import tops_of

KEPT_FOR = timedelta(days=2)  # a preview that nobody imports is looked at once more at most
IMPORTED_MEANWHILE = "imported_meanwhile"
Act = ImportRecord.Act


def draft_import(
    connection: Connection,
    *,
    target: str,
    list_ids: Iterable[str] | None = None,
    filters: Filters | None = None,
    naming: str | None = None,
    by: Person | None,
    seconds: float | None = None,
) -> ImportBatch:
    """A kept preview of what ``import_customers`` would do. Makes no account, building, contact or link.

    After ``seconds`` the rest stays waiting for ``work_out``. Raises :class:`UserError` where nothing can be
    imported yet.
    """
    if hindrance := import_hindrance(connection):
        raise hindrance
    wanted = selection(connection, target=target, list_ids=list_ids, filters=filters)
    old = ImportBatch.objects.filter(organization=connection.organization_id, is_draft=True)
    old.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    draft, _ = new_batch(connection, target=target, naming=naming, by=by, list_ids=wanted, is_draft=True)
    work_out(draft, seconds=seconds)
    return draft


def work_out(draft: ImportBatch, *, seconds: float | None = None) -> bool:
    """Plans what waits; ``True`` when nothing is left. Safe to call twice at once and to repeat."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    while rows := _waiting(draft, after=0):
        _work_out_piece(draft, rows, ends_at=ends_at)
        if ends_at is not None and time.monotonic() >= ends_at:
            return not _waiting(draft, after=0)
    return True


def decide(
    draft: ImportBatch, *, list_id: str | None, act: str, use_id: UUID | None = None, seconds: float | None = None
) -> None:
    """Remembers what a person wants for one customer, or for all look-alikes, and plans their trees again, with those
    of all that are to be linked to the same record: it is linked to the first of them, as by the import.

    ``link``: to the record that it looks like, or to ``use_id``. An empty ``act`` takes the decision back. After
    ``seconds`` the rest stays waiting for ``work_out``. Safe to repeat.
    """
    if act not in ("", *Act.values):
        raise UserError("It can be created, linked or left out.", code="invalid_decision", field="act")
    if list_id is None:
        rows = list(draft.records.filter(outcome=Outcome.HELD, reason__code="looks_like"))
    else:
        rows = [draft.records.get(list_id=list_id)]
    used = {row.use_id for row in rows}
    for row in rows:
        row.decision = act
        row.use_id = (use_id or _looks_like(row)) if act == Act.LINK else None
    used |= {row.use_id for row in rows}
    with transaction.atomic():
        _require_draft(draft)
        ImportRecord.objects.bulk_update(rows, ["decision", "use_id"], batch_size=CHUNK)
        rivals = [row for some in chunks(key for key in used if key) for row in draft.records.filter(use_id__in=some)]
        for chunk in chunks([*rows, *rivals]):
            tree = Q(pk__in=[row.pk for row in chunk]) | Q(top__in={row.top for row in chunk} - {""})
            draft.records.filter(tree).update(outcome=Outcome.WAITING)
    work_out(draft, seconds=seconds)


def _looks_like(row: ImportRecord) -> UUID:
    like = (row.previewed or {}).get("looks_like")
    if not like:
        raise UserError("Choose what it is linked to.", code="nothing_chosen", field="use_id")
    return UUID(like["id"])


def import_draft(draft: ImportBatch, *, by: Person | None, seconds: float | None = None) -> ImportBatch:
    """Makes what was previewed. Two presses are one; after ``seconds`` the rest waits for ``continue_import``."""
    if hindrance := import_hindrance(draft.connection):
        raise hindrance
    try:
        work_out(draft)
    except UserError as error:
        if error.code != IMPORTED_MEANWHILE:  # the other press was faster, and imports
            raise
    with transaction.atomic():
        pressed = ImportBatch.objects.filter(pk=draft.pk, is_draft=True)
        is_first = bool(pressed.update(is_draft=False, created_at=timezone.now(), made_by=by))
        if is_first:
            tell_import(draft, by=by, selected=draft.records.update(outcome=Outcome.WAITING, reason=None))
    draft.refresh_from_db()
    if is_first:
        continue_import(draft, seconds=seconds)
    return draft


# Working it out


def _waiting(draft: ImportBatch, *, after: int) -> list[ImportRecord]:
    return list(draft.records.filter(outcome=Outcome.WAITING, pk__gt=after).order_by("pk")[:CHUNK])


def _work_out_piece(draft: ImportBatch, rows: list[ImportRecord], *, ends_at: float | None) -> None:
    """From ``rows`` on until the time is up, but never through the middle of a customer's tree."""
    wish = Wish(
        connection=draft.connection,
        target=draft.target,
        naming=draft.naming,
        include_look_alikes=False,
        decisions=decisions_of(draft),
    )
    linked = draft.records.filter(outcome=Outcome.LINKED)
    trees = Trees(used={key for key in linked.values_list("use_id", flat=True) if key})
    done: list[ImportRecord] = []
    entries: list[Planned] = []
    told: list[Told] = []
    while rows:
        planned = plan(wish, list_ids=[row.list_id for row in rows], trees=trees, for_reading=True)
        entries += planned
        told += [told_of(entry) for entry in planned]
        done += rows
        rows = _waiting(draft, after=rows[-1].pk)
        is_late = ends_at is not None and time.monotonic() >= ends_at
        if rows and is_late and not _are_of_one_tree(draft, done[-1], rows[0]):
            break
    add_shared_names(told, tops={entry.list_id: entry.top for entry in entries})
    for row, entry, one in zip(done, entries, told, strict=True):
        _write_down(row, entry, told=one)
    with transaction.atomic():
        _require_draft(draft)
        fields = ["outcome", "reason", "full_name", "top", "created_type", "previewed", "is_doubtful"]
        ImportRecord.objects.bulk_create(
            done, update_conflicts=True, unique_fields=["batch", "list_id"], update_fields=fields, batch_size=CHUNK
        )


def _are_of_one_tree(draft: ImportBatch, one: ImportRecord, other: ImportRecord) -> bool:
    if draft.target == ImportBatch.Target.ACCOUNTS:
        return False
    tops = tops_of(draft.connection, [one.list_id, other.list_id])
    return tops[one.list_id] == tops[other.list_id]


def _write_down(row: ImportRecord, entry: Planned, *, told: Told) -> None:
    row.outcome, row.reason = entry.outcome, entry.reason
    row.full_name, row.top, row.created_type = entry.full_name, entry.top, entry.noun
    row.previewed, row.is_doubtful = told, bool(told.get("doubts"))


def _require_draft(draft: ImportBatch) -> None:
    """Holds the draft until the transaction ends; what is pressed is not planned again."""
    if not ImportBatch.objects.select_for_update().filter(pk=draft.pk, is_draft=True).exists():
        raise UserError("This preview has been imported.", code=IMPORTED_MEANWHILE)
