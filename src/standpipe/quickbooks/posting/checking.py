"""Asking QuickBooks what became of what is in it: by a person's press, or because the last look is a while ago."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection, Task

from .models import Document

CHECK_SENT = "check_sent"  # Task.kind
EVERY = timedelta(hours=1)  # while visits come anyway; nothing opens QuickBooks only for this
_OPEN = (Task.State.WAITING, Task.State.RUNNING)
State = Document.State


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


def ensure_check(connection: Connection, *, now: datetime) -> Task | None:
    """When a session opens: the task, where something of ours is in the company file and the last look is over."""
    if connection.confirmed_at is None or not _has_documents(connection):
        return None
    recent = Task.objects.filter(connection=connection, kind=CHECK_SENT, created_at__gt=now - EVERY)
    if recent.exists():
        return None
    return request_check(connection, by=None)


def _has_documents(connection: Connection) -> bool:
    there = Document.objects.filter(connection=connection, ended_at=None, state__in=[State.POSTED, State.ALREADY])
    return there.exclude(txn_id="").exists()
