"""``authenticate``: who is it, is there work, and is nobody else at it.

Most logins find nothing to do. They cost one write in plain SQL, and leave no session behind.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from qbwire.soap import Authenticate
from standpipe.core.prepared import Prepared, PreparedUpdate, Slot
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.connections.password import hash_password, matches
from standpipe.quickbooks.lists.actions import OPEN
from standpipe.quickbooks.posting import checking, outbox

from .doorman import note_wrong_password
from .models import Session
from .sessions import idle_ticket, open_session

WRITTEN_APART = timedelta(seconds=5)  # wrong passwords that are written down, however many come

Login = tuple[str, ...]  # ticket, verdict, for "busy" the seconds to postpone (QBWC Programmer's Guide, ch. 2)


_KNOWN = Prepared(
    lambda: (
        Connection.objects.filter(username=Slot("username"), archived_at=None)
        .select_related("organization")
        .annotate(has_task=Exists(Task.objects.filter(connection=OuterRef("pk"), state__in=OPEN)))
    )
)
_CONTACT = PreparedUpdate(
    lambda: (
        Connection.objects.filter(pk=Slot("pk")),
        {"last_contact_at": Slot("now"), "first_seen_at": Coalesce(F("first_seen_at"), Slot("now"))},
    )
)


def authenticate(call: Authenticate, *, address: str) -> Login:
    """The ticket and the verdict: "" for work, "none", "busy", or "nvu" for a wrong user name or password.

    A company file that was never read is work, because it has to be looked at. One that was refused is looked at
    again when a task waits: only a session can tell that the right file is open now.
    """
    if _is_idle(call):
        return idle_ticket("none"), "none"
    connection: Any = _KNOWN.first(username=call.username)
    if connection is None or not matches(connection, call.password):
        _note_wrong(call.username, address=address)
        return idle_ticket("nvu"), "nvu"
    now = timezone.now()
    if not (connection.has_task or connection.file_read_at is None or _has_work(connection, now=now)):
        _note_contact(connection)
        checking.put_off(connection, now=now)
        return idle_ticket("none"), "none"
    with transaction.atomic():
        _note_contact(connection)
        session = open_session(connection)
        if isinstance(session, Session):
            outbox.ensure_task(connection, now=now)
            checking.ensure_check(connection, now=now)
    if isinstance(session, int):
        return idle_ticket("busy"), "busy", str(session)
    return session.ticket, ""


def _has_work(connection: Connection, *, now: datetime) -> bool:
    """Found by queries, without a task."""
    return outbox.has_work(connection, now=now) or checking.is_due(connection, now=now)


# Building this statement from models would cost ten times as much as running it (docs/performance.md). Only names of
# our own tables are put into it. A hash is compared, not the password: how long that takes tells nobody anything.
_CONNECTION, _TASK = Connection._meta.db_table, Task._meta.db_table
_NOTE_IDLE = (
    f"UPDATE {_CONNECTION} AS known SET last_contact_at = %s"  # noqa: S608
    " WHERE username = %s AND password_hash = %s AND archived_at IS NULL"
    " AND first_seen_at IS NOT NULL AND file_read_at IS NOT NULL AND (look_due_at IS NULL OR look_due_at > %s)"
    " AND NOT EXISTS"
    f" (SELECT 1 FROM {_TASK} WHERE connection_id = known.id AND state IN ({', '.join(['%s'] * len(OPEN))}))"
    f" AND (confirmed_at IS NULL OR NOT EXISTS ({outbox.DUE_SQL}))"
)


def _is_idle(call: Authenticate) -> bool:
    """Whether a known connection signs in rightly and there is nothing to do. If so, its visit is noted."""
    with database.cursor() as cursor:
        now = database.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(_NOTE_IDLE, [now, call.username, hash_password(call.password), now, *OPEN, now])
        return bool(cursor.rowcount)


def _note_contact(connection: Connection) -> None:
    _CONTACT(pk=connection.pk, now=timezone.now())


def _note_wrong(username: str, *, address: str) -> None:
    """Said on the connection's page, if there is such a user name; the address waits a moment if it does it often."""
    now = timezone.now()
    is_news = (
        Q(wrong_password_at=None)
        | Q(wrong_password_at__lt=now - WRITTEN_APART)
        | ~Q(wrong_password_from=address[:64])
    )
    known = Connection.objects.filter(username=username, archived_at=None)
    known.filter(is_news).update(wrong_password_at=now, wrong_password_from=address[:64])
    note_wrong_password(address)
