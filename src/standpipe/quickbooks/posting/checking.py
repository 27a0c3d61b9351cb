"""Asking QuickBooks what became of what is in it: by a person's press, or because the last look is a while ago."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from standpipe.core.working_time import OPENS, WORKDAYS
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection, Task

from .models import Document

CHECK_SENT = "check_sent"  # Task.kind
_OPEN = (Task.State.WAITING, Task.State.RUNNING)
State = Document.State

# When it is looked by itself (decision 0025). While visits come anyway, at most once in ``EVERY``; as soon, too, one
# that did not come to its end is tried again. A file that nobody sends to is looked at when the working day begins,
# so that what was entered the evening before is known in the morning, and once more at noon.
EVERY = timedelta(hours=1)
LOOKED_AT = (OPENS, time(12))  # on working days, on the clock of the organization
SPREAD = timedelta(minutes=30)  # over which the company files of a server are spread


def request_check(connection: Connection, *, by: Person | None, full: bool = False) -> Task:
    """The task that reads it back; a second press finds the one that waits or runs. ``full``: by every TxnID."""
    try:
        with transaction.atomic():
            return Task.objects.create(connection=connection, kind=CHECK_SENT, asked_by=by, full=full)
    except IntegrityError:  # one_open_task_of_a_kind
        task = Task.objects.get(connection=connection, kind=CHECK_SENT, state__in=_OPEN)
        if full and Task.objects.filter(pk=task.pk, state=Task.State.WAITING).update(full=True):
            task.full = True
        return task


# By itself


def is_due(connection: Connection, *, now: datetime) -> bool:
    """A look is worth a visit of its own."""
    return connection.look_due_at is not None and connection.look_due_at <= now and _is_wanted(connection, now=now)


def ensure_check(connection: Connection, *, now: datetime) -> Task | None:
    """When a session opens: the task, where something of ours is in the company file and the last look is over."""
    if not _is_wanted(connection, now=now):
        put_off(connection, now=now)
        return None
    task = request_check(connection, by=None)
    _plan(connection, due_at=task.created_at + EVERY)  # unless it comes to its end
    return task


def put_off(connection: Connection, *, now: datetime) -> None:
    """Nothing is to be looked at now: the next time that is due, where that has passed or was never said."""
    if connection.look_due_at is None or connection.look_due_at <= now:
        looked(connection, now=now)


def looked(connection: Connection, *, now: datetime) -> None:
    """A look came to its end."""
    zone = ZoneInfo(connection.organization.time_zone)
    _plan(connection, due_at=next_look(now, zone=zone, key=connection.pk))


def next_look(now: datetime, *, zone: ZoneInfo, key: UUID) -> datetime:
    """When a company file is looked at by itself after ``now``. ``key`` decides its place in ``SPREAD``."""
    later = SPREAD * (key.int % 1000 / 1000)
    day = now.astimezone(zone).date()
    while True:
        if day.weekday() in WORKDAYS:
            for at in LOOKED_AT:
                moment = datetime.combine(day, at, tzinfo=zone) + later
                if moment >= now + EVERY:
                    return moment
        day += timedelta(days=1)


def drop_unasked(connection: Connection) -> None:
    """QuickBooks or the right company file was not there. A look that nobody waits for does not ask at every visit.

    A full one, which other documents wait for, stays.
    """
    unasked = Task.objects.filter(connection=connection, kind=CHECK_SENT, asked_by=None, full=False, state__in=_OPEN)
    unasked.update(state=Task.State.CANCELLED, finished_at=timezone.now())


def _plan(connection: Connection, *, due_at: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(look_due_at=due_at)
    connection.look_due_at = due_at


def _is_wanted(connection: Connection, *, now: datetime) -> bool:
    if connection.confirmed_at is None or not _has_documents(connection):
        return False
    return not Task.objects.filter(connection=connection, kind=CHECK_SENT, created_at__gt=now - EVERY).exists()


def _has_documents(connection: Connection) -> bool:
    there = Document.objects.filter(connection=connection, ended_at=None, state__in=[State.POSTED, State.ALREADY])
    return there.exclude(txn_id="").exists()
