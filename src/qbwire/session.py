"""The conversation with a Web Connector, as a table of states and events. No clock and no storage here.

A session begins with `authenticate` and is known by its ticket. For each call the caller looks up the transition,
makes the kind of answer that it names, says how that went (an Outcome), and moves to the state that follows. Anything
may be missing after a crash and anything may come twice, so every pair of state and event is in the table.
Source: QBWC Programmer's Guide, chapters 2, 5, 6 and 8; Intuit's sample service WCWebService.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from qbwire.soap import (
    Authenticate,
    Call,
    ClientVersion,
    CloseConnection,
    GetLastError,
    ReceiveResponseXML,
    ReportConnectionError,
    SendRequestXML,
    ServerVersion,
)

NO_OP = "NoOp"  # getLastError's word for: wait five seconds, then ask again
GIVE_UP = "done"  # connectionError's word for: try no other company file
FINISHED = 100  # receiveResponseXML's number for: nothing is left


class State(Enum):
    """Where a session stands."""

    NEW = "new"  # no ticket yet
    IDLE = "idle"  # a ticket was given with none, nvu or busy: only closeConnection should come
    WAIT_SEND = "wait send"  # the Web Connector will ask for a request
    WAIT_RECEIVE = "wait receive"  # a request is out; a new login now means that its answer was lost
    FINISHED = "finished"  # 100 was said
    PAUSED = "paused"  # an empty request was said, to be asked for again
    LAST_ERROR = "last error"  # an empty request or a negative number was said: the reason will be asked for
    CLOSED = "closed"  # ended, by the Web Connector or by silence
    REPLACED = "replaced"  # another session of the same connection took over
    UNKNOWN = "unknown"  # no session has this ticket


class Event(Enum):
    """The eight calls, by their wire names."""

    SERVER_VERSION = "serverVersion"
    CLIENT_VERSION = "clientVersion"
    AUTHENTICATE = "authenticate"
    SEND_REQUEST = "sendRequestXML"
    RECEIVE_RESPONSE = "receiveResponseXML"
    CONNECTION_ERROR = "connectionError"
    GET_LAST_ERROR = "getLastError"
    CLOSE_CONNECTION = "closeConnection"


class Answer(Enum):
    """What kind of answer to make."""

    VERSION = "our version"
    WELCOME = "the empty text"
    LOGIN = "a ticket, and whether there is work"
    NEXT_REQUEST = "the task's next request"
    SAME_REQUEST = "the stored request, byte for byte"
    NO_REQUEST = "the empty request"
    TAKE_RESPONSE = "the percentage, once the response is stored"
    SAME_PERCENTAGE = "the stored percentage; nothing changes"
    TAKE_LATE_RESPONSE = "a negative number, once the response is stored against its request"
    NO_PERCENTAGE = "a negative number"
    GIVE_UP = "done, once the cause is stored"
    NO_OP = "NoOp"
    REASON = "the stored reason, in words for a person"
    NOT_KNOWN = "that this session has ended"
    FAREWELL = "what was done, in words for the status column"


class Outcome(Enum):
    """How making the answer went."""

    AS_PLANNED = "as planned"
    FINISHED = "nothing is left"
    PAUSED = "not yet"
    REFUSED = "refused"  # the negative answer of the method was given


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What an event means in a state: the answer to make, and the state after each possible outcome."""

    answer: Answer
    next: Mapping[Outcome, State]


def _to(answer: Answer, state: State, **others: State) -> Transition:
    outcomes = {Outcome.AS_PLANNED: state, **{Outcome[name.upper()]: other for name, other in others.items()}}
    return Transition(answer=answer, next=outcomes)


S, E, A = State, Event, Answer

_OPENING = {
    E.SERVER_VERSION: _to(A.VERSION, S.NEW),
    E.CLIENT_VERSION: _to(A.WELCOME, S.NEW),
    E.AUTHENTICATE: _to(A.LOGIN, S.WAIT_SEND, finished=S.IDLE, refused=S.IDLE),
}

# These four carry no ticket or need no state; every other pair is written out below.
_ENDED = {
    E.SEND_REQUEST: A.NO_REQUEST,
    E.RECEIVE_RESPONSE: A.NO_PERCENTAGE,
    E.CONNECTION_ERROR: A.GIVE_UP,
    E.GET_LAST_ERROR: A.NOT_KNOWN,
    E.CLOSE_CONNECTION: A.FAREWELL,
}


def _ended(state: State, *, late: bool) -> dict[tuple[State, Event], Transition]:
    """Every call to a session that is over ends politely; a response may still belong to a request."""
    rows = {(state, event): _to(answer, state) for event, answer in _ENDED.items()}
    if late:
        rows[state, E.RECEIVE_RESPONSE] = _to(A.TAKE_LATE_RESPONSE, state)
    return rows


TRANSITIONS: Mapping[tuple[State, Event], Transition] = {
    **{(S.NEW, event): transition for event, transition in _OPENING.items()},
    (S.IDLE, E.SEND_REQUEST): _to(A.NO_REQUEST, S.LAST_ERROR),
    (S.IDLE, E.RECEIVE_RESPONSE): _to(A.NO_PERCENTAGE, S.LAST_ERROR),
    (S.IDLE, E.CONNECTION_ERROR): _to(A.GIVE_UP, S.CLOSED),
    (S.IDLE, E.GET_LAST_ERROR): _to(A.REASON, S.IDLE),
    (S.IDLE, E.CLOSE_CONNECTION): _to(A.FAREWELL, S.CLOSED),
    (S.WAIT_SEND, E.SEND_REQUEST): _to(A.NEXT_REQUEST, S.WAIT_RECEIVE, paused=S.PAUSED, refused=S.LAST_ERROR),
    (S.WAIT_SEND, E.RECEIVE_RESPONSE): _to(A.SAME_PERCENTAGE, S.WAIT_SEND, refused=S.LAST_ERROR),
    (S.WAIT_SEND, E.CONNECTION_ERROR): _to(A.GIVE_UP, S.CLOSED),
    (S.WAIT_SEND, E.GET_LAST_ERROR): _to(A.REASON, S.WAIT_SEND),
    (S.WAIT_SEND, E.CLOSE_CONNECTION): _to(A.FAREWELL, S.CLOSED),
    (S.WAIT_RECEIVE, E.SEND_REQUEST): _to(A.SAME_REQUEST, S.WAIT_RECEIVE),
    (S.WAIT_RECEIVE, E.RECEIVE_RESPONSE): _to(
        A.TAKE_RESPONSE, S.WAIT_SEND, finished=S.FINISHED, refused=S.LAST_ERROR
    ),
    (S.WAIT_RECEIVE, E.CONNECTION_ERROR): _to(A.GIVE_UP, S.CLOSED),
    (S.WAIT_RECEIVE, E.GET_LAST_ERROR): _to(A.REASON, S.WAIT_RECEIVE),
    (S.WAIT_RECEIVE, E.CLOSE_CONNECTION): _to(A.FAREWELL, S.CLOSED),
    (S.FINISHED, E.SEND_REQUEST): _to(A.NO_REQUEST, S.LAST_ERROR),
    (S.FINISHED, E.RECEIVE_RESPONSE): _to(A.SAME_PERCENTAGE, S.FINISHED),
    (S.FINISHED, E.CONNECTION_ERROR): _to(A.GIVE_UP, S.CLOSED),
    (S.FINISHED, E.GET_LAST_ERROR): _to(A.REASON, S.FINISHED),
    (S.FINISHED, E.CLOSE_CONNECTION): _to(A.FAREWELL, S.CLOSED),
    (S.PAUSED, E.SEND_REQUEST): _to(A.NEXT_REQUEST, S.WAIT_RECEIVE, paused=S.PAUSED, refused=S.LAST_ERROR),
    (S.PAUSED, E.RECEIVE_RESPONSE): _to(A.SAME_PERCENTAGE, S.PAUSED, refused=S.LAST_ERROR),
    (S.PAUSED, E.CONNECTION_ERROR): _to(A.GIVE_UP, S.CLOSED),
    (S.PAUSED, E.GET_LAST_ERROR): _to(A.NO_OP, S.PAUSED),
    (S.PAUSED, E.CLOSE_CONNECTION): _to(A.FAREWELL, S.CLOSED),
    (S.LAST_ERROR, E.SEND_REQUEST): _to(A.NO_REQUEST, S.LAST_ERROR),
    (S.LAST_ERROR, E.RECEIVE_RESPONSE): _to(A.NO_PERCENTAGE, S.LAST_ERROR),
    (S.LAST_ERROR, E.CONNECTION_ERROR): _to(A.GIVE_UP, S.CLOSED),
    (S.LAST_ERROR, E.GET_LAST_ERROR): _to(A.REASON, S.LAST_ERROR),
    (S.LAST_ERROR, E.CLOSE_CONNECTION): _to(A.FAREWELL, S.CLOSED),
    **_ended(S.CLOSED, late=True),
    **_ended(S.REPLACED, late=True),
    **_ended(S.UNKNOWN, late=False),
}


def event_of(call: Call) -> Event:
    """Return the event that a call is."""
    return Event(call.method)


def ticket_of(call: Call) -> str | None:
    """Return the ticket of a call, None for the three that come before there is one."""
    if isinstance(call, ServerVersion | ClientVersion | Authenticate):
        return None
    assert isinstance(  # noqa: S101 - the union is exhausted
        call, SendRequestXML | ReceiveResponseXML | ReportConnectionError | GetLastError | CloseConnection
    )
    return call.ticket


def transition(state: State, event: Event) -> Transition:
    """Return what an event means in a state. Calls without a ticket mean the same in any state."""
    return _OPENING.get(event) or TRANSITIONS[state, event]


def after(state: State, event: Event, outcome: Outcome = Outcome.AS_PLANNED) -> State:
    """Return the state that follows; KeyError where the event cannot have that outcome (our bug)."""
    return transition(state, event).next[outcome]


def describe() -> str:
    """Return the table as Markdown, for the developer guide."""
    rows = ["| State | Call | Answer | Then |", "|---|---|---|---|"]
    for (state, event), row in TRANSITIONS.items():
        then = "; ".join(
            following.value if outcome is Outcome.AS_PLANNED else f"{outcome.value}: {following.value}"
            for outcome, following in row.next.items()
        )
        rows.append(f"| {state.value} | {event.value} | {row.answer.value} | {then} |")
    return "\n".join(rows) + "\n"
