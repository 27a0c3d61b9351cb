"""Imports and undos that were interrupted in the middle: found when the server starts, and finished.

Every chunk is whole in the database, so nothing has to be put right first; what waits is simply done.
"""

import logging

from django.db.models import Exists, OuterRef, Q, QuerySet

from .actions import continue_import
from .models import ImportBatch, ImportRecord
from .undo import continue_undo

logger = logging.getLogger(__name__)


def unfinished() -> QuerySet[ImportBatch]:
    """The oldest first. Previews are not among them: nobody has pressed the button."""
    waiting = ImportRecord.objects.filter(batch=OuterRef("pk"), outcome=ImportRecord.Outcome.WAITING)
    is_open = Q(Exists(waiting), undone_at=None) | Q(undone_at__isnull=False, undo_finished_at=None)
    return ImportBatch.objects.filter(is_open, is_draft=False).order_by("created_at", "id")


def finish_all() -> int:
    """Finishes whatever is unfinished, and says how many. Safe beside a running server, and to repeat."""
    number = 0
    for batch in unfinished().select_related("organization", "connection", "made_by", "undone_by"):
        try:
            continue_undo(batch) if batch.undone_at else continue_import(batch)
        except Exception:  # another batch must not wait for this one; its page goes on with it and shows the cause
            logger.exception("import.not_finished", extra={"batch": str(batch.pk)})
        else:
            number += 1
    return number
