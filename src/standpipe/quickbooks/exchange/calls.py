"""The eight calls: ``qbwire.session``'s table, run against rows. Any process can answer any call."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.utils import timezone

from qbwire.session import GIVE_UP, NO_OP, Answer, Event, State, event_of, ticket_of
from qbwire.soap import Authenticate, Call, ReportConnectionError, Result
from qbwire.status import explain_hresult
from standpipe.quickbooks.drift.actions import VISIT_SECONDS, catch_up
from standpipe.quickbooks.posting.checking import drop_unasked

from . import receiving, sending
from .login import authenticate
from .models import Session
from .sessions import GOODBYES, NOT_KNOWN, Overtaken, answer_to, claim, find_session, move, verdict_of
from .tasks import Problem

OUR_VERSION = version("standpipe")
LOOKS = 5  # how often a call that was overtaken looks at its session again

NO_ERROR = "There is no error."
STOPPED = "Stopped before the end. The rest follows at the next visit."
OUR_FAULT = (
    "Something went wrong in Standpipe, and it was written down. Nothing in QuickBooks was changed; the next visit "
    "tries again."
)


def answer(call: Call, *, address: str) -> Result:
    """The result of a call from that network address, in the terms of ``qbwire.soap``."""
    if isinstance(call, Authenticate):
        return authenticate(call, address=address)
    ticket = ticket_of(call)
    if ticket is None:
        return OUR_VERSION if call.method == Event.SERVER_VERSION.value else ""
    for _ in range(LOOKS):
        session = find_session(ticket)
        kind = answer_to(session, event_of(call), ticket=ticket)
        try:
            return _ANSWERS[kind](session, call)
        except Overtaken:
            continue
    raise Overtaken


def store_failure(ticket: str, *, text: str, code: str) -> Session | None:
    """Writes down, for getLastError and for the connection's page, why a call could not be answered."""
    session = find_session(ticket)
    if session is None:
        return None
    connection = session.connection
    connection.trouble = {"code": code, "text": text, "at": timezone.now().isoformat()}
    connection.save(update_fields=["trouble"])
    Session.objects.filter(pk=session.pk).update(last_error=text)
    return session


def store_our_fault(ticket: str) -> None:
    """The same for a failure of our own, which counts as a failed visit of the task that runs."""
    if session := store_failure(ticket, text=OUR_FAULT, code="our_fault"):
        receiving.count_failure(session, Problem(code="our_fault", text=OUR_FAULT, is_final=False))


# --- the answers that need no room of their own


def _give_up(session: Session | None, call: Call) -> str:
    """QuickBooks could not be opened: the cause is stored, no other company file is tried."""
    assert isinstance(call, ReportConnectionError)  # noqa: S101 - the table says so
    if session is not None and session.closed_at is None:
        explained = explain_hresult(call.hresult)
        with transaction.atomic():
            claim(session)
            connection = session.connection
            connection.trouble = {
                "code": explained.code,
                "text": explained.meaning,
                "at": timezone.now().isoformat(),
            }
            connection.save(update_fields=["trouble"])
            drop_unasked(connection)
            move(
                session,
                Event.CONNECTION_ERROR,
                because="no_quickbooks",
                last_error=explained.meaning,
                status_text=explained.meaning,
            )
    return GIVE_UP


def _reason(session: Session | None, call: Call) -> str:
    if session is not None:
        return session.last_error or NO_ERROR
    return GOODBYES[verdict_of(ticket_of(call) or "")]


def _farewell(session: Session | None, call: Call) -> str:
    if session is None:
        return GOODBYES.get(verdict_of(ticket_of(call) or ""), NOT_KNOWN)
    if State(session.state) not in (State.CLOSED, State.REPLACED):
        said = session.status_text if session.closed_at else STOPPED
        with transaction.atomic():
            claim(session)
            move(session, Event.CLOSE_CONNECTION, because="stopped", status_text=said)
    if session.requests:
        catch_up(session.connection, seconds=VISIT_SECONDS)  # what it does not get done, the next page that asks does
    return session.status_text or session.last_error or NOT_KNOWN


_ANSWERS: Mapping[Answer, Callable[[Any, Any], Result]] = {
    Answer.NEXT_REQUEST: sending.next_request,
    Answer.SAME_REQUEST: lambda session, _: sending.same_request(session),
    Answer.NO_REQUEST: lambda *_: "",
    Answer.TAKE_RESPONSE: receiving.take_response,
    Answer.SAME_PERCENTAGE: receiving.same_percentage,
    Answer.TAKE_LATE_RESPONSE: receiving.take_late_response,
    Answer.NO_PERCENTAGE: lambda *_: receiving.NEGATIVE,
    Answer.GIVE_UP: _give_up,
    Answer.NO_OP: lambda *_: NO_OP,
    Answer.REASON: _reason,
    Answer.NOT_KNOWN: lambda session, _: (session and session.last_error) or NOT_KNOWN,
    Answer.FAREWELL: _farewell,
}
