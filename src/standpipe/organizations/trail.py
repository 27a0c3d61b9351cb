"""What happens to the organization itself is told to the activity trail, which stands above this room.

``activity`` hands its recorder over when Django starts; nobody here knows how a row is kept.
"""

from typing import Any, Protocol
from uuid import UUID

from .models import Organization, Person


class Recorder(Protocol):
    """``activity.actions.record``."""

    def __call__(
        self,
        verb: str,
        *,
        organization: Organization,
        by: Person | None,
        subject_type: str,
        subject_id: UUID | str,
        subject_name: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> object: ...


_recorders: list[Recorder] = []


def tell_through(recorder: Recorder) -> None:
    """Called once, at start, by the room that keeps the trail."""
    _recorders[:] = [recorder]


def tell(
    verb: str,
    *,
    organization: Organization,
    by: Person | None,
    subject: Person | Organization,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """One row about a person in the organization, or about the organization itself, in the action's transaction."""
    is_person = isinstance(subject, Person)
    for record in _recorders:
        record(
            verb,
            organization=organization,
            by=by,
            subject_type="person" if is_person else "organization",
            subject_id=subject.id,
            subject_name=subject.display_name if isinstance(subject, Person) else subject.name,
            before=before,
            after=after,
        )
