"""Writing the trail. Call inside the transaction of the action that is told."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from standpipe.organizations.models import Organization, Person

from .models import Activity


def entry(
    verb: str,
    *,
    organization: Organization,
    by: Person | None,
    subject_type: str,
    subject_id: UUID | str,
    subject_name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    batch_id: UUID | None = None,
) -> Activity:
    """An unsaved row, for ``record_many``. ``before`` and ``after`` hold only what changed, JSON-ready."""
    return Activity(
        organization_id=organization.id,
        actor_id=by.id if by else None,
        actor_name=by.display_name if by else "",
        verb=verb,
        subject_type=subject_type,
        subject_id=str(subject_id),
        subject_name=subject_name[:255],
        before=before,
        after=after,
        batch_id=batch_id,
    )


def record(
    verb: str,
    *,
    organization: Organization,
    by: Person | None,
    subject_type: str,
    subject_id: UUID | str,
    subject_name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    batch_id: UUID | None = None,
) -> Activity:
    """Adds one row to the trail."""
    row = entry(
        verb,
        organization=organization,
        by=by,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_name=subject_name,
        before=before,
        after=after,
        batch_id=batch_id,
    )
    row.save(force_insert=True)
    return row


def record_many(rows: Iterable[Activity]) -> None:
    """Adds many rows in bulk, for imports of thousands."""
    Activity.objects.bulk_create(rows, batch_size=500)
