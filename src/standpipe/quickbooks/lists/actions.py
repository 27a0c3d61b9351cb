"""Asking for the list, and taking that back. The list itself is changed only by ``lists.stage``."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from standpipe.activity.actions import record
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection, Task

from . import stage

REFRESH_CUSTOMERS = "refresh_customers"
OPEN = (Task.State.WAITING, Task.State.RUNNING)


@transaction.atomic
def request_refresh(connection: Connection, *, by: Person | None, full: bool = False) -> Task:
    """The refresh that waits or runs, else a new one for the connector's next visit. Safe to repeat (requirement 15).

    ``full`` asks for every customer, not only for what changed; one that still waits becomes full.
    """
    if connection.archived_at is not None:
        raise UserError("This connection is archived. Restore it to refresh its list.", code="connection_archived")
    try:
        with transaction.atomic():
            task = Task.objects.create(connection=connection, kind=REFRESH_CUSTOMERS, full=full, asked_by=by)
    except IntegrityError:  # one_open_task_of_a_kind
        task = Task.objects.get(connection=connection, kind=REFRESH_CUSTOMERS, state__in=OPEN)
        if full and Task.objects.filter(pk=task.pk, state=Task.State.WAITING).update(full=True):
            task.full = True
        return task
    _record("customer_list.refresh_requested", task, by=by)
    return task


@transaction.atomic
def cancel_refresh(task: Task, *, by: Person | None) -> None:
    """Ends a refresh that waits or runs; the old list stays as it is. Safe to repeat."""
    open_task = Task.objects.filter(pk=task.pk, state__in=OPEN)
    if open_task.update(state=Task.State.CANCELLED, finished_at=timezone.now()):
        stage.clear(task)
        task.refresh_from_db()
        _record("customer_list.refresh_cancelled", task, by=by)


def _record(verb: str, task: Task, *, by: Person | None) -> None:
    record(
        verb,
        organization=task.connection.organization,
        by=by,
        subject_type="connection",
        subject_id=task.connection_id,
        subject_name=task.connection.name,
    )
