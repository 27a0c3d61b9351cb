"""What waits to go into a company file. Found by a query, never announced: a query cannot be lost in a crash.

Invoices go before payments, and a payment only once its invoice is there. One that QuickBooks could not take because
somebody had it open waits until its time has come; a press of a person clears that.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, UUIDField, Window

from standpipe.core.prepared import Prepared, PreparedUpdate, Slot, Slots
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


MOST = 200  # documents that are looked at together: two sets (exchange.post)


def _is_due() -> Q:
    """Its time has come, and the invoice of a payment is there. With slots ``connection`` and ``now``."""
    its_invoice = Document.objects.filter(
        invoice=OuterRef("payment__invoice"), connection=Slot("connection"), ended_at=None, gone_at=None
    ).exclude(txn_id="")
    is_time = Q(not_before=None) | Q(not_before__lte=Slot("now"))
    return Q(Q(payment=None) | Exists(its_invoice), is_time, state=State.WAITING)


def _due() -> QuerySet[Document]:
    """In the order in which they go."""
    return Document.objects.filter(_is_due(), connection=Slot("connection"), ended_at=None).order_by(
        ExpressionWrapper(Q(payment__isnull=False), output_field=BooleanField()), "asked_at", "id"
    )


def loaded(documents: QuerySet[Document]) -> QuerySet[Document]:
    """With what they are of. Their connection is at hand where they are asked for: see ``of``."""
    return documents.select_related("invoice", "payment__invoice")


def of(connection: Connection, documents: Iterable[Document]) -> list[Document]:
    """These documents, with the connection that they were asked for by."""
    found = list(documents)
    for document in found:
        document.connection, document.organization = connection, connection.organization
    return found


_NEXT = Prepared(lambda: loaded(_due())[:MOST])
_COUNT = Prepared(
    lambda: _due().order_by().annotate(all_of_them=Window(Count("pk"))).values_list("all_of_them", flat=True)[:1]
)
_WAITING = Prepared(
    lambda: loaded(
        Document.objects.filter(
            connection=Slot("connection"), pk__in=Slots("ids", UUIDField()), state=State.WAITING, ended_at=None
        )
    )
)
_WORK = Prepared(
    lambda: Document.objects.filter(
        _is_due() | Q(state=State.SENDING), connection=Slot("connection"), ended_at=None
    ).values_list("pk", flat=True)[:1]
)


def due(connection: Connection, *, now: datetime, most: int = MOST) -> list[Document]:
    """What may go now, in the order in which it goes, ``most`` at once."""
    return of(connection, _NEXT.all(connection=connection.pk, now=now)[:most])


def count_due(connection: Connection, *, now: datetime) -> int:
    return _COUNT.first(connection=connection.pk, now=now) or 0


def open_documents(connection: Connection, ids: Sequence[str | UUID]) -> list[Document]:
    """Those of ``ids`` that still wait, in the order of ``ids``."""
    found = {str(one.pk): one for one in _WAITING.all(connection=connection.pk, ids=ids)}
    return of(connection, (found[str(one)] for one in ids if str(one) in found))


def has_work(connection: Connection, *, now: datetime) -> bool:
    """Something may go, or the outcome of what went is not known. Nothing does before the company is confirmed."""
    return connection.confirmed_at is not None and bool(_WORK.all(connection=connection.pk, now=now))


# Somebody pressed "Refresh from QuickBooks Desktop", and is at it: what was locked there is tried again at once.
_END_PAUSES_OF_ASKED = PreparedUpdate(
    lambda: (
        Document.objects.filter(
            Exists(Task.objects.filter(connection=OuterRef("connection"), asked_by__isnull=False, state__in=_OPEN)),
            connection=Slot("connection"),
            state=State.WAITING,
            ended_at=None,
            not_before__gt=Slot("now"),
        ),
        {"not_before": None},
    )
)


def end_pauses(connections: Iterable[UUID]) -> None:
    """A person sends something: what waits for its time goes with it."""
    paused = Document.objects.filter(connection__in=set(connections), state=State.WAITING, ended_at=None)
    paused.filter(not_before__isnull=False).update(not_before=None)


def ensure_task(connection: Connection, *, now: datetime) -> Task | None:
    """When a session opens: the task that posts, made where there is something to post and none is open yet."""
    if connection.confirmed_at is None:
        return None
    payments.queue_follow_ups(connection)
    _END_PAUSES_OF_ASKED(connection=connection.pk, now=now)
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
