"""What a task can say and ask for, whatever its kind. The kinds themselves are in ``exchange.kinds``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, Self

from qbwire.messages import ResponseSet
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.lists.stage import Mark

# QuickBooks could not read the document and did nothing of it; which request was meant it does not say (HRESULTs)
UNREADABLE = "0x80040400"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The session in which a task runs."""

    session: str  # its id; an iterator does not outlive it (qbXML reference, status 3391)
    version: str  # qbXML, the lower of ours and the company file's
    path: str
    computer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """What is known of a list before a refresh: the columns of ``CustomerList``."""

    full_at: datetime | None = None  # None: it has never been whole
    mark: str = ""
    mark_pass_seconds: int = 0
    mark_origin: Mapping[str, str] | None = None


# --- effects of the refresh of customers


@dataclass(frozen=True, slots=True)
class ClearStage:
    """Forget what was staged: the list is read from its beginning again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePage:
    """Keep what a page brought."""

    rows: Sequence[Mapping[str, Any]] = ()  # new or different
    sightings: Sequence[str] = ()  # ListIDs that are there, unchanged or unreadable
    deletions: Sequence[str] = ()  # ListIDs of the deletion feed


@dataclass(frozen=True, slots=True)
class LookForGaps:
    """Find out whether known customers stayed unseen and unexplained; the answer goes to ``gaps_looked_for``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyList:
    """Make the stage the list: see ``lists.stage.apply``."""

    is_full: bool
    keep_unseen: bool
    mark: Mark
    broken: Sequence[Mapping[str, str]]


Effect = ClearStage | StagePage | LookForGaps | ApplyList


# --- what follows from an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a task ends, or ends for this session: "later" waits for the next one."""

    how: Literal["done", "later", "failed"]
    code: str = ""
    text: str = ""  # for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An answer that is none: QuickBooks refused the document, or what came cannot be trusted."""

    code: str
    text: str
    is_final: bool  # repeating would bring the same
    may_be_repeated: bool = False  # it says what was said before in this visit: of the message before, perhaps


class State(Protocol):
    """Where a task stands between two calls: plain data, kept as ``Task.memory`` with its version."""

    @property
    def session(self) -> str:
        """The visit that it was begun in; the next one begins it anew."""

    @property
    def failures(self) -> int:
        """Visits that ended with an error; survives from one visit to the next."""

    @property
    def percent(self) -> int:
        """Of the work that is known of, 99 at most: 100 ends a session (QBWC Programmer's Guide, ch. 2)."""

    def to_memory(self) -> dict[str, Any]: ...

    @classmethod
    def from_memory(cls, memory: Mapping[str, Any]) -> Self | None:
        """The state, or ``None`` where there is none or another version wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows from an answer. Effects are plain data; the kind's ``apply`` knows them."""

    state: Any  # of the kind
    effects: tuple[object, ...] = ()
    ending: Ending | None = None  # None: go on


# --- what is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One message set. No messages: a question that asks for nothing goes out, so that an answer comes."""

    messages: tuple[object, ...] = ()
    new_set_id: str | None = None  # of a set that changes the file, and of the status check after it
    old_set_id: str | None = None  # what QuickBooks may forget
    document: str | None = None  # a set that was stored before: these very bytes go out, with their own requestIDs

    @property
    def set_id(self) -> str:
        """Of what is sent, asked about or forgotten here: its answer bears no requestID of the session."""
        return self.new_set_id or (self.old_set_id if not self.messages else None) or ""


# --- a kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of task: its pure functions, and its database side. See ``exchange.kinds``."""

    place: int  # within a visit: the lower, the earlier
    is_urgent: Callable[[Connection], bool] = lambda _: False  # before all others, whatever their places
    load: Callable[[Mapping[str, Any]], Any]  # State.from_memory
    fail: Callable[[Any, Problem], Step]  # (state, problem); pure
    receive: Callable[..., Step]  # (state, answer, *, now, took_seconds); pure
    # In the transaction that stores the request. ``begin``: the state before the first request of a visit, the state
    # that the last visit left (if any) given; ``ask``: the next request, and the state with which to wait for it.
    begin: Callable[..., Any]  # (task, *, visit, now, before)
    ask: Callable[..., tuple[Any, Request]]  # (task, state, *, now)
    # Outside any transaction: the answer, read and compared with what is here. None: it answers something else.
    read: Callable[..., Any]  # (answer: ResponseSet, *, number, connection, state)
    # In the transaction that stores the answer: does the effects, returns the step that stands afterwards.
    apply: Callable[..., Step]  # (step, *, task, now)
    counts: Callable[[Any], Mapping[str, int]] = lambda _: {}  # of a state, merged into Task.counts
    ended: Callable[[Task], None] = lambda _: None  # after the last effect of a task that is done: activity
    farewell: Callable[[Task], str]  # what the Web Connector's status column says of a task that is done
    cancelled: str = "OK: cancelled"  # and of one that was cancelled meanwhile
    # An answer that came after its session was over, while nobody knows it otherwise. True: something was made of it.
    late: Callable[[Connection, ResponseSet], bool] = lambda *_: False
    keeps_answers: bool = False  # list pages are kept as count, hash and time (design 10)


def questions(next_request: Callable[[Any], tuple[object, ...]]) -> Callable[..., tuple[Any, Request]]:
    """``Kind.ask`` of a kind that only reads: its pure ``next_request(state)``, which leaves the state as it is."""

    def ask(_task: Task, state: Any, **_: datetime) -> tuple[Any, Request]:
        return state, Request(messages=next_request(state))

    return ask
