"""The press of "Import from QuickBooks Desktop": records, contacts and links, in chunks, inside one batch.

The batch is stored first, with every selected customer waiting; then chunk after chunk is made, each whole in a
transaction of its own. A batch that was interrupted goes on where it stopped. Nobody is e-mailed or invited from
here, and nothing reaches QuickBooks.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from standpipe.accounts.models import Account
from standpipe.activity.actions import record as tell
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import import_hindrance
from standpipe.quickbooks.linking.bill_to import sentence
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link

from .making import make_chunk, tie
from .models import ImportBatch, ImportRecord
from .planning import Decision, Outcome, Trees, Wish, plan
from .previews import Told, add_shared_names, fingerprint_of, told_of, trees_of
from .queries import CHUNK, Filters, chunks
from .selecting import selection
from .trees import ties_of
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
    decisions: dict[str, Decision] | None = None,
    fingerprint: str | None = None,
    seconds: float | None = None,
) -> ImportBatch:
    """Imports the named customers, or all that the filters match, as ``accounts``, ``buildings`` or ``both``.

    The same ``request_key`` again finds the batch of the first press. ``fingerprint`` is that of the preview that
    somebody read: where the preview is another one by now nothing is made. After ``seconds`` the rest stays waiting
    for ``continue_import``. Raises :class:`UserError` where nothing can be imported yet.
    """
    if hindrance := import_hindrance(connection):
        raise hindrance
    wanted = selection(connection, target=target, list_ids=list_ids, filters=filters)
    wish = Wish(
        connection=connection,
        target=target,
        naming=naming or ImportBatch.Naming.ARTICLE,
        include_look_alikes=include_look_alikes,
        decisions=decisions or {},
    )
    batch, is_new = new_batch(
        connection,
        target=target,
        naming=wish.naming,
        by=by,
        request_key=request_key,
        include_look_alikes=include_look_alikes,
        list_ids=wanted,
        decisions=decisions,
        previewed=_as_seen(wish, wanted, fingerprint=fingerprint) if fingerprint else None,
    )
    if is_new:
        continue_import(batch, seconds=seconds)
    return batch


def continue_import(batch: ImportBatch, *, seconds: float | None = None) -> bool:
    """Works through what waits; ``True`` when nothing is left. Safe to call twice at once and to repeat."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    while waiting := _waiting(batch):
        make_chunk(batch, waiting)
        if ends_at is not None and time.monotonic() >= ends_at:
            return not _waiting(batch)
    return True


def import_anyway(
    batch: ImportBatch, *, list_ids: Sequence[str] | None = None, by: Person | None, seconds: float | None = None
) -> bool:
    """Imports what was held back: the named ones, or all of this batch. Safe to repeat.

    After ``seconds`` the others stay held back, and the answer is ``False``.
    """
    ends_at = None if seconds is None else time.monotonic() + seconds
    held = batch.records.filter(outcome=Outcome.HELD).order_by("pk")
    wanted = list((held if list_ids is None else held.filter(list_id__in=list_ids)).values_list("list_id", flat=True))
    tried = 0
    for chunk in chunks(wanted):
        make_chunk(batch, chunk, include_look_alikes=True, only=Outcome.HELD, by=by)
        tried += len(chunk)
        if ends_at is not None and time.monotonic() >= ends_at:
            break
    undecided = batch.records.filter(outcome=Outcome.HELD, reason__code="account_undecided").values("top")
    for row in batch.records.filter(list_id__in=undecided, outcome=Outcome.CREATED, created_type="account"):
        if row.created_id:
            _let_go_on(batch, row.list_id, account=Account.objects.get(pk=row.created_id))
    continue_import(batch, seconds=None if ends_at is None else max(0, ends_at - time.monotonic()))
    return tried == len(wanted)


def link_instead(batch: ImportBatch, *, list_id: str, by: Person | None, seconds: float | None = None) -> Link:
    """Links a held back customer to the record that it looks like, unless another has that. Safe to repeat.

    The buildings that waited for its account are made next; after ``seconds`` the rest waits for ``continue_import``.
    """
    row = batch.records.filter(list_id=list_id, outcome__in=(Outcome.HELD, Outcome.LINKED)).get()
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
        link = tie(batch, record, list_id=list_id, by=by)
        row.outcome = Outcome.LINKED
        row.reason = like | {"code": "linked_instead", "text": f"Linked to {record.name} instead."}
        row.save(update_fields=["outcome", "reason"])
    if isinstance(record, Account):
        _let_go_on(batch, list_id, account=record)
        continue_import(batch, seconds=seconds)
    return link


def _let_go_on(batch: ImportBatch, top: str, *, account: Account) -> None:
    """The buildings that waited for the decision about their account wait only for their turn."""
    held = batch.records.filter(top=top, outcome=Outcome.HELD, reason__code="account_undecided")
    rows = list(held)
    for row in rows:
        row.outcome = Outcome.WAITING
        if row.previewed:  # the account is what the person has just decided
            row.previewed["account"] = {"id": str(account.pk), "name": account.name, "list_id": top}
    ImportRecord.objects.bulk_update(rows, ["outcome", "previewed"], batch_size=CHUNK)


# The preview


def preview_import(
    connection: Connection,
    *,
    target: str,
    list_ids: Iterable[str] | None = None,
    filters: Filters | None = None,
    naming: str | None = None,
    include_look_alikes: bool = True,
    decisions: dict[str, Decision] | None = None,
) -> dict[str, Any]:
    """What ``import_customers`` would create and leave out, each value with its source. Writes nothing."""
    wish = Wish(
        connection=connection,
        target=target,
        naming=naming or ImportBatch.Naming.ARTICLE,
        include_look_alikes=include_look_alikes,
        decisions=decisions or {},
    )
    told = _told_of_all(wish, selection(connection, target=target, list_ids=list_ids, filters=filters))
    shown = ("list_id", "type", "record", "account", "sources", "doubts", "left_over", "looks_like")
    return {
        "records": [
            {key: one[key] for key in shown if key in one} for one in told if one["outcome"] == Outcome.CREATED
        ],
        "linked": [
            {"list_id": one["list_id"], "type": one["type"], "id": one["reason"]["id"]}
            for one in told
            if one["outcome"] == Outcome.LINKED
        ],
        "skipped": [
            {"list_id": one["list_id"], "outcome": one["outcome"], **one["reason"], "reason": one["reason"]["text"]}
            for one in told
            if one["outcome"] not in (Outcome.CREATED, Outcome.LINKED)
        ],
        "sentence": sentence_of(connection, told) if target == ImportBatch.Target.BOTH else None,
        "fingerprint": fingerprint_of(told),
    }


def sentence_of(connection: Connection, told: Sequence[Told]) -> str:
    """What an import in one go makes, and where its invoices will go."""
    return sentence(trees_of(told, ties=ties_of(connection, [one["list_id"] for one in told])))


def _told_of_all(wish: Wish, list_ids: list[str]) -> list[Told]:
    trees = Trees()
    entries = [
        entry for chunk in chunks(list_ids) for entry in plan(wish, list_ids=chunk, trees=trees, for_reading=True)
    ]
    told = [told_of(entry) for entry in entries]
    add_shared_names(told, tops={entry.list_id: entry.top for entry in entries})
    return told


def _as_seen(wish: Wish, list_ids: list[str], *, fingerprint: str) -> dict[str, Told]:
    """The preview again, by ListID. Raises :class:`UserError` where it is not the one that was read."""
    told = _told_of_all(wish, list_ids)
    if fingerprint_of(told) != fingerprint:
        raise UserError(
            "What would be created is not what the preview said any more. Ask for the preview again.",
            code="changed_since_preview",
        )
    return {one["list_id"]: one for one in told}


def asks_a_question(
    connection: Connection,
    *,
    target: str,
    list_ids: Sequence[str] | None,
    filters: Filters | None,
    naming: str | None,
) -> bool:
    """Whether an import should ask once before it creates: many at once, or something looks like a record here."""
    wanted = selection(connection, target=target, list_ids=list_ids, filters=filters)
    if len(wanted) > MANY or target == ImportBatch.Target.BOTH:
        return True
    return has_look_alikes(connection, target=target, list_ids=wanted, naming=naming)


MANY = 25  # records that a person can still look over in one page's length


def has_look_alikes(connection: Connection, *, target: str, list_ids: Sequence[str], naming: str | None) -> bool:
    wish = Wish(
        connection=connection,
        target=target,
        naming=naming or ImportBatch.Naming.ARTICLE,
        include_look_alikes=False,
    )
    return any(
        entry.outcome == Outcome.HELD
        for chunk in chunks(list_ids)
        for entry in plan(wish, list_ids=chunk, trees=Trees())
    )


# The batch


def new_batch(
    connection: Connection,
    *,
    target: str,
    naming: str | None,
    by: Person | None,
    list_ids: list[str],
    request_key: str = "",
    include_look_alikes: bool = False,
    decisions: dict[str, Decision] | None = None,
    previewed: dict[str, Told] | None = None,
    is_draft: bool = False,
) -> tuple[ImportBatch, bool]:
    """The batch with everybody waiting, and whether it is new: the same ``request_key`` finds the first one."""
    known, seen = decisions or {}, previewed or {}
    nothing = Decision(act="")
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                organization=connection.organization,
                connection=connection,
                target=target,
                naming=naming or ImportBatch.Naming.ARTICLE,
                made_by=by,
                request_key=request_key,
                include_look_alikes=include_look_alikes,
                is_draft=is_draft,
            )
            rows = (
                ImportRecord(
                    batch=batch,
                    list_id=list_id,
                    outcome=Outcome.WAITING,
                    decision=known.get(list_id, nothing).act,
                    use_id=known.get(list_id, nothing).use_id,
                    previewed=seen.get(list_id),
                )
                for list_id in list_ids
            )
            ImportRecord.objects.bulk_create(rows, batch_size=CHUNK)
            if not is_draft:
                tell_import(batch, by=by, selected=len(list_ids))
    except IntegrityError:  # one_batch_per_press
        earlier = ImportBatch.objects.filter(organization=connection.organization_id, request_key=request_key)
        if request_key and (batch := earlier.first()):  # type: ignore[assignment]  # None is falsy
            return batch, False
        raise
    return batch, True


def tell_import(batch: ImportBatch, *, by: Person | None, selected: int) -> None:
    tell(
        "customers.imported",
        organization=batch.organization,
        by=by,
        subject_type="import",
        subject_id=batch.id,
        subject_name=f"{selected} from {batch.connection.name}",
        after={"as": batch.target, "selected": selected},
        batch_id=batch.id,
    )


def _waiting(batch: ImportBatch) -> list[str]:
    rows: QuerySet[ImportRecord] = batch.records.filter(outcome=Outcome.WAITING).order_by("id")
    return list(rows.values_list("list_id", flat=True)[:CHUNK])
