"""Everything that changes a session's state lives here.

Whoever changes it does so by a conditional update and looks at the count: of two calls that try at once, one finds
that it was late (``Overtaken``) and looks again. Row locks would do nothing on SQLite.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from qbwire.session import Answer, Event, Outcome, State, transition
from standpipe.core.ids import new_secret
from standpipe.core.prepared import Prepared, PreparedUpdate, Slot, save
from standpipe.quickbooks.connections.hooks import Because
from standpipe.quickbooks.connections.models import Connection

from .models import Exchange, Session

KEPT = timedelta(days=30)  # transcripts of what only read (design 10)
VERDICTS = ("none", "nvu", "busy")  # whose tickets need no row: "none-…"
_LIVE = "session-"

GOODBYES = {
    "none": "Nothing to do.",
    "nvu": "Not signed in: the user name or the password is wrong.",
    "busy": "Busy with another session of this company file.",
}
NOT_KNOWN = "This session has ended. The next visit of the Web Connector begins a new one."
ENDED: dict[Because, str] = {
    "rejected": "Somebody said in Standpipe that this is not the right company file. Open the right one.",
    "password": "This connection has a new password in Standpipe. Paste it into the Web Connector.",
    "archived": "This connection is archived in Standpipe.",
}
REPLACED = "Another visit of the Web Connector took over, so this one has ended."


_BY_TICKET = Prepared(
    lambda: Session.objects.select_related("connection__organization").filter(ticket=Slot("ticket"))
)
_LIVE_ONE = Prepared(lambda: Session.objects.filter(connection=Slot("connection"), closed_at=None))
_SAME = PreparedUpdate(
    lambda: (
        Session.objects.filter(pk=Slot("pk"), state=Slot("state"), requests=Slot("requests")),
        {"last_call_at": Slot("now")},
    )
)


class Overtaken(Exception):
    """Another call changed the session meanwhile: look at it again."""


def find_session(ticket: str) -> Session | None:
    """The session with this ticket, live or over, with its connection."""
    return _BY_TICKET.first(ticket=ticket) if ticket.startswith(_LIVE) else None


def state_of(session: Session | None, *, ticket: str) -> State:
    """Where a session stands; a ticket without a row is of a login that began none, or of nobody."""
    if session is not None:
        return State(session.state)
    return State.IDLE if verdict_of(ticket) else State.UNKNOWN


def verdict_of(ticket: str) -> str:
    """The verdict that this ticket was given with, ``""`` for any other."""
    verdict = ticket.partition("-")[0]
    return verdict if verdict in VERDICTS else ""


def idle_ticket(verdict: str) -> str:
    return f"{verdict}-{new_secret()}"


def seconds_left(session: Session) -> int:
    """How long a silent session may still go on; 0 or less: another may take over.

    A last call in the future tells of a clock that was ahead. It counts by how far off it is, either way: nobody is
    kept out for longer than two sessions.
    """
    silent = abs(timezone.now() - session.last_call_at)
    return settings.SESSION_SECONDS - int(silent.total_seconds())


def open_session(connection: Connection) -> Session | int:
    """A new session, or the seconds that a live one has left. A silent one is closed and replaced."""
    live = _LIVE_ONE.first(connection=connection.pk)
    if live is not None:
        if (left := seconds_left(live)) > 0:
            return left
        if not _replace(live, because="replaced"):
            return settings.SESSION_SECONDS
    _forget_old(connection)
    try:
        with transaction.atomic():
            return Session.objects.create(
                connection=connection, ticket=_LIVE + new_secret(), state=State.WAIT_SEND.value
            )
    except IntegrityError:  # one_live_session_per_connection: another login was faster
        return settings.SESSION_SECONDS


def release(session: Session) -> bool:
    """Ends a live session by a person's wish, so that another may begin at once."""
    return _replace(session, because="released")


def end_visit(connection: Connection, *, because: Because) -> None:
    """The visit that is under way gets no further, wherever it is."""
    live = Session.objects.filter(connection=connection, closed_at=None)
    ended = {"closed_because": because, "state": State.REPLACED.value, "last_error": ENDED[because]}
    live.update(closed_at=timezone.now(), **ended)


def _replace(session: Session, *, because: str) -> bool:
    same = Session.objects.filter(pk=session.pk, closed_at=None, last_call_at=session.last_call_at)
    return bool(
        same.update(closed_at=timezone.now(), closed_because=because, state=State.REPLACED.value, last_error=REPLACED)
    )


def claim(session: Session) -> None:
    """First write of a call that moves the session: holds its row until the transaction ends. May raise."""
    if not _SAME(pk=session.pk, state=session.state, requests=session.requests, now=timezone.now()):
        raise Overtaken


def move(session: Session, event: Event, outcome: Outcome = Outcome.AS_PLANNED, **changes: Any) -> None:
    """Goes to the state that follows and stores ``changes`` with it. A state that ends the session closes it."""
    state = transition(State(session.state), event).next[outcome]
    session.state = state.value
    if session.closed_at is None and state not in (State.WAIT_SEND, State.WAIT_RECEIVE, State.PAUSED):
        session.closed_at = timezone.now()
        session.closed_because = changes.pop("because", "ended")
    changes.pop("because", None)
    for name, value in changes.items():
        setattr(session, name, value)
    save(session, ["state", "closed_at", "closed_because", *changes])


def answer_to(session: Session | None, event: Event, *, ticket: str) -> Answer:
    return transition(state_of(session, ticket=ticket), event).answer


def _old() -> QuerySet[Any, UUID]:
    wrote = Exchange.objects.filter(session=OuterRef("pk")).exclude(set_id="")
    old = Session.objects.filter(~Exists(wrote), connection=Slot("connection"), closed_at__lt=Slot("since"))
    return old.values_list("pk", flat=True)


_OLD = Prepared(_old)


def _forget_old(connection: Connection) -> None:
    """Old visits that only read lists. What changed the company file is kept for ever."""
    if old := _OLD.all(connection=connection.pk, since=timezone.now() - KEPT):
        Session.objects.filter(pk__in=old).delete()
