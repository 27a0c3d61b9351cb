"""What every ``PATCH`` of a record that can be archived does."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from standpipe.organizations.models import Person


@transaction.atomic
def change(
    record: object,
    changes: dict[str, Any],
    *,
    by: Person,
    edit: Callable[..., object],
    archive: Callable[..., object],
    restore: Callable[..., object],
) -> None:
    """All of ``changes`` or none; ``archived`` among them brings it back before the others, or puts it away after."""
    archived = changes.pop("archived", None)
    if archived is False:
        restore(record, by=by)
    if changes:
        edit(record, by=by, **changes)
    if archived:
        archive(record, by=by)
