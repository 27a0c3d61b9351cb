"""What waits to go into a company file. Found by a query, never announced: a query cannot be lost in a crash.

Invoices go before payments, and a payment only once its invoice is there. One that QuickBooks could not take because
somebody had it open waits until its time has come; a press of a person clears that.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.lists.actions import request_lists
from standpipe.quickbooks.lists.short_lists import are_fresh

from . import payments
from .models import Document

POST = "post"  # Task.kind
_OPEN = (Task.State.WAITING, Task.State.RUNNING)
State = Document.State

# An open document whose time has come, in plain SQL: for the login that finds nothing to do, where building the
# query would cost more than running it. Its one parameter is the time; the connection is ``known``. The first list
# of states is that of the index ``document_open``: SQLite takes a partial index only for the very words of its
# condition.
_DOCUMENT = Document._meta.db_table
DUE_SQL = (
    f"SELECT 1 FROM {_DOCUMENT} WHERE connection_id = known.id AND ended_at IS NULL"  # noqa: S608
    f" AND state IN ('{State.WAITING.value}', '{State.SENDING.value}', '{State.NEEDS_YOU.value}')"
    f" AND state <> '{State.NEEDS_YOU.value}' AND (not_before IS NULL OR not_before <= %s)"
)


def due(connection: Connection, *, now: datetime) -> QuerySet[Document]:
    """What may go now, in the order in which it goes."""
    waiting = Document.objects.filter(connection=connection, ended_at=None, state=State.WAITING)
    its_invoice = Document.objects.filter(
        invoice=OuterRef("payment__invoice"), connection=connection, ended_at=None, gone_at=None
    ).exclude(txn_id="")
    waiting = waiting.filter(Q(not_before=None) | Q(not_before__lte=now))
    return (
        waiting.filter(Q(payment=None) | Exists(its_invoice))
        .select_related("connection", "organization", "invoice", "payment__invoice")
        .order_by(ExpressionWrapper(Q(payment__isnull=False), output_field=BooleanField()), "asked_at", "id")
    )


def open_documents(connection: Connection, ids: Sequence[str | UUID]) -> list[Document]:
    """Those of ``ids`` that still wait, in the order of ``ids``."""
    found = {str(one.pk): one for one in _loaded(connection).filter(pk__in=ids, state=State.WAITING, ended_at=None)}
    return [found[str(one)] for one in ids if str(one) in found]


def _loaded(connection: Connection) -> QuerySet[Document]:
    return Document.objects.filter(connection=connection).select_related(
        "connection", "organization", "invoice", "payment__invoice"
    )


def has_work(connection: Connection, *, now: datetime) -> bool:
    """Something may go, or the outcome of what went is not known. Nothing does before the company is confirmed."""
    if connection.confirmed_at is None:
        return False
    if Document.objects.filter(connection=connection, ended_at=None, state=State.SENDING).exists():
        return True
    return due(connection, now=now).exists()


def ensure_task(connection: Connection, *, now: datetime) -> Task | None:
    """When a session opens: the task that posts, made where there is something to post and none is open yet."""
    if connection.confirmed_at is None:
        return None
    payments.queue_follow_ups(connection)
    if not has_work(connection, now=now):
        return None
    if not are_fresh(connection, now=now):
        request_lists(connection, by=None)  # an item may have gone inactive, a preference may have changed
    return open_task(connection)


def open_task(connection: Connection) -> Task:
    """The task that posts: the one that waits or runs, else a new one."""
    try:
        with transaction.atomic():
            return Task.objects.create(connection=connection, kind=POST)
    except IntegrityError:  # one_open_task_of_a_kind
        return Task.objects.get(connection=connection, kind=POST, state__in=_OPEN)
