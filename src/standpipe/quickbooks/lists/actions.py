"""Asking for the lists, and taking that back.

The lists themselves are changed only by ``lists.stage`` (customers) and ``lists.entry_stage`` (the short ones).
"""

from collections.abc import Callable, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from standpipe.activity.actions import record
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection, Task

from . import entry_stage, stage
from .models import Customer, CustomerList, ListEntry, MovedCustomer, ShortList
from .short_lists import REFRESH_LISTS

REFRESH_CUSTOMERS = "refresh_customers"
OPEN = (Task.State.WAITING, Task.State.RUNNING)


@transaction.atomic
def request_refresh(connection: Connection, *, by: Person | None, full: bool = False) -> Task:
    """The refresh that waits or runs, else a new one for the connector's next visit. Safe to repeat (requirement 15).

    ``full`` asks for every customer, not only for what changed; one that still waits becomes full.
    """
    return _request(connection, kind=REFRESH_CUSTOMERS, verb="customer_list.refresh_requested", by=by, full=full)


@transaction.atomic
def request_lists(connection: Connection, *, by: Person | None, full: bool = False) -> Task:
    """The same for the short lists: items, terms, payment methods, sales tax codes, accounts, preferences, numbers.

    They are read together, whichever is wanted. ``full`` also reads the numbers of all invoices again.
    """
    return _request(connection, kind=REFRESH_LISTS, verb="short_lists.refresh_requested", by=by, full=full)


def _request(connection: Connection, *, kind: str, verb: str, by: Person | None, full: bool) -> Task:
    if connection.archived_at is not None:
        raise UserError("This connection is archived. Restore it to refresh its list.", code="connection_archived")
    try:
        with transaction.atomic():
            task = Task.objects.create(connection=connection, kind=kind, full=full, asked_by=by)
    except IntegrityError:  # one_open_task_of_a_kind
        task = Task.objects.get(connection=connection, kind=kind, state__in=OPEN)
        if full and Task.objects.filter(pk=task.pk, state=Task.State.WAITING).update(full=True):
            task.full = True
        return task
    _record(verb, task, by=by)
    return task


@transaction.atomic
def forget_lists(connection: Connection) -> None:
    """Nothing was read: neither lists nor a refresh under way. Nothing stands on them before a file is confirmed."""
    for task in Task.objects.filter(connection=connection, kind__in=_CLEARED_BY, state__in=OPEN):
        cancel_refresh(task, by=None)
    for rows in (Customer, MovedCustomer, CustomerList, ListEntry, ShortList):
        rows.objects.filter(connection=connection).delete()


@transaction.atomic
def cancel_refresh(task: Task, *, by: Person | None) -> None:
    """Ends a refresh that waits or runs; the old lists stay as they are. Safe to repeat.

    Of another kind of task nothing happens: it has its own way to be taken back.
    """
    open_task = Task.objects.filter(pk=task.pk, kind__in=_CLEARED_BY, state__in=OPEN)
    if open_task.update(state=Task.State.CANCELLED, finished_at=timezone.now()):
        clear, verb = _CLEARED_BY[task.kind]
        clear(task)
        task.refresh_from_db()
        _record(verb, task, by=by)


_CLEARED_BY: Mapping[str, tuple[Callable[[Task], None], str]] = {
    REFRESH_CUSTOMERS: (stage.clear, "customer_list.refresh_cancelled"),
    REFRESH_LISTS: (entry_stage.clear, "short_lists.refresh_cancelled"),
}


def _record(verb: str, task: Task, *, by: Person | None) -> None:
    record(
        verb,
        organization=task.connection.organization,
        by=by,
        subject_type="connection",
        subject_id=task.connection_id,
        subject_name=task.connection.name,
    )
