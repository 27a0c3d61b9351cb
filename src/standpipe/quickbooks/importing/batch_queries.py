"""Reading imports and what they did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, QuerySet, TextChoices, Value, When

from standpipe.organizations.models import Organization
from standpipe.quickbooks.linking.bill_to import Tree, bill_to, sentence
from standpipe.quickbooks.linking.models import Link

from .models import ImportBatch, ImportRecord
from .queries import chunks
from .trees import ties_of


def find_batch(organization: Organization, batch_id: UUID | str) -> ImportBatch:
    """Raises ``ImportBatch.DoesNotExist`` for foreign and malformed ids alike, and for previews."""
    return batches_of(organization).get(pk=_key(batch_id))


def find_draft(organization: Organization, batch_id: UUID | str) -> ImportBatch:
    """A kept preview. One that was imported by now is found too; see ``is_draft``."""
    return _all_of(organization).get(pk=_key(batch_id))


def batches_of(organization: Organization) -> QuerySet[ImportBatch]:
    """The latest first, with who made them; previews are none yet."""
    return _all_of(organization).filter(is_draft=False)


def _key(batch_id: UUID | str) -> UUID:
    try:
        return UUID(str(batch_id))
    except ValueError as malformed:
        raise ImportBatch.DoesNotExist from malformed


def _all_of(organization: Organization) -> QuerySet[ImportBatch]:
    batches = ImportBatch.objects.filter(organization=organization)
    return batches.select_related("organization", "connection", "made_by", "undone_by").order_by("-created_at", "-id")


class State(TextChoices):
    """How a record of an import stands now: its outcome, and after an undo what became of that."""

    WAITING = "waiting", "Waiting"
    HELD = "held", "Held back"
    FAILED = "failed", "Failed"
    CREATED = "created", "Created"
    LINKED = "linked", "Linked"
    REMOVED = "removed", "Removed"
    UNLINKED = "unlinked", "Unlinked"
    KEPT = "kept", "Stayed"
    SKIPPED = "skipped", "Skipped"


def with_states(records: QuerySet[ImportRecord]) -> QuerySet[Any]:
    """Annotates ``state``, a value of :class:`State`."""
    linked = ImportRecord.Outcome.LINKED
    return records.annotate(
        state=Case(
            When(undo_outcome="removed", outcome=linked, then=Value(State.UNLINKED.value)),
            When(undo_outcome="removed", then=Value(State.REMOVED.value)),
            When(undo_outcome="kept", then=Value(State.KEPT.value)),
            default=F("outcome"),
        )
    )


def state_counts(batches: Iterable[ImportBatch]) -> dict[UUID, Counter[str]]:
    """Batch to number of records by state; one query."""
    keys = [batch.pk for batch in batches]
    counts: dict[UUID, Counter[str]] = {key: Counter() for key in keys}
    rows = with_states(ImportRecord.objects.filter(batch__in=keys)).order_by().values_list("batch_id", "state")
    for batch_id, state, number in rows.annotate(number=Count("pk")):
        counts[batch_id][state] = number
    return counts


def batch_json(batch: ImportBatch) -> dict[str, Any]:
    """A batch as programs see it (design 7). ``outcome`` of what is skipped: skipped, held or failed; what has had
    no turn yet is ``waiting``.
    """
    records = list(batch.records.order_by("id"))
    outcomes = ImportRecord.Outcome
    return {
        "id": str(batch.id),
        "as": batch.target,
        "naming": batch.naming,
        "created": [
            {"list_id": record.list_id, "type": record.created_type, "id": str(record.created_id)}
            for record in records
            if record.outcome == outcomes.CREATED
        ],
        "linked": [
            {"list_id": record.list_id, "type": record.created_type, "id": (record.reason or {}).get("id")}
            for record in records
            if record.outcome == outcomes.LINKED
        ],
        "skipped": [
            _skipped_json(record)
            for record in records
            if record.outcome not in (outcomes.CREATED, outcomes.LINKED, outcomes.WAITING)
        ],
        "waiting": sum(record.outcome == outcomes.WAITING for record in records),
        "sentence": sentence_of_batch(batch) if batch.target == ImportBatch.Target.BOTH else None,
        "created_at": batch.created_at.isoformat(),
        "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
    }


def summaries_json(batches: Sequence[ImportBatch]) -> list[dict[str, Any]]:
    """A page of the list of imports, as programs see it; one query for all."""
    counts = state_counts(batches)
    return [
        {
            "id": str(batch.id),
            "as": batch.target,
            "connection_id": str(batch.connection_id),
            "counts": dict(counts[batch.pk]),
            "made_by": batch.made_by.display_name if batch.made_by else None,
            "created_at": batch.created_at.isoformat(),
            "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
        }
        for batch in batches
    ]


def _skipped_json(record: ImportRecord) -> dict[str, Any]:
    reason = record.reason or {}
    return {"list_id": record.list_id, "outcome": record.outcome, **reason, "reason": reason.get("text", "")}


def sentence_of_batch(batch: ImportBatch) -> str:
    """What an import in one go made, and where its invoices go by the links that there are now."""
    made = batch.records.filter(outcome=ImportRecord.Outcome.CREATED).values_list("created_id", flat=True)
    new = {account_id for account_id in made.filter(created_type="account") if account_id}
    buildings = [building_id for building_id in made.filter(created_type="building") if building_id]
    live = Link.objects.filter(connection=batch.connection_id, ended_at=None)
    under: dict[UUID, list[str]] = {account_id: [] for account_id in sorted(new)}
    for chunk in chunks(buildings):
        links = live.filter(building__in=chunk).exclude(building__account=None).select_related("building")
        for link in links:
            if link.building and link.building.account_id:
                under.setdefault(link.building.account_id, []).append(link.list_id)
    accounts: dict[UUID, str] = {}
    for keys in chunks(under):
        linked = live.filter(account__in=keys).values_list("account_id", "list_id")
        accounts |= {account_id: list_id for account_id, list_id in linked if account_id}
    ties = ties_of(batch.connection, [*accounts.values(), *(job for jobs in under.values() for job in jobs)])
    return sentence(
        [
            Tree(
                account=ties[top].full_name,
                is_new=account_id in new,
                buildings=[bill_to(building=ties[job], account=ties[top]) for job in under[account_id]],
            )
            for account_id, top in accounts.items()
        ]
    )
