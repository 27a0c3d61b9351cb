"""The task that reads QuickBooks' short lists, and the highest invoice numbers. Pure.

All lists are asked for in one message set, since each is an answer of its own: what QuickBooks refuses (sales tax is
off, 3250) or what cannot be read leaves the others as they are. Each list is applied as soon as it is whole. Items
and invoice numbers come in pages; the others have no iterator (qbXML 13 reference). A set that is refused as a whole
is asked again one request at a time, so that only the culprit fails.

Invoice numbers: the first time those of every invoice, later of what changed since, only the number of each. That
tells the highest of every series, from which the next number is proposed (requirement 58).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Self

from qbwire.messages import (
    AccountQuery,
    InvoiceQuery,
    ItemQuery,
    ModifiedDateRange,
    PaymentMethodQuery,
    PreferencesQuery,
    SalesTaxCodeQuery,
    Status,
    TermsQuery,
)
from qbwire.status import Action, explain_status
from standpipe.quickbooks.lists.entry_reading import elements
from standpipe.quickbooks.lists.models import ListKind
from standpipe.quickbooks.lists.numbers import with_numbers

from .tasks import UNREADABLE, Ending, Problem, Visit
from .tasks import Step as AnyStep

VERSION = 1  # of the state; another one starts over
PAGE_SIZE = 2000  # most files have fewer items: then the list is of one moment
SMALLEST_PAGE = 100
SLOW_PAGE_SECONDS = 60
CHECKED_AT_ONCE = 500  # entries asked for by ListID
MAX_RESTARTS = 4
MAX_FAILURES = 3  # visits that ended with an error
MAX_BROKEN = 200  # broken records of one list that are named
OVERLAP = timedelta(days=2)  # of the two computers' clocks and zones
ORDER = tuple(ListKind)  # of the requests in a set: what is small first
PAGED = (ListKind.ITEMS, ListKind.INVOICE_NUMBERS)
NO_ANSWER = "QuickBooks did not answer the question for this list."


# --- what comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The answer to one request as it was read."""

    status: Status
    count: int = 0
    remaining: int = 0
    iterator_id: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    broken: Sequence[Mapping[str, str]] = ()  # {"list_id", "name", "reason"}
    numbers: Sequence[str] = ()  # of invoices


Answer = Mapping[ListKind, Page]


# --- effects


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearList:
    """Forget what was staged of one list: it is read from its beginning again."""

    kind: ListKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntries:
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyEntries:
    """Make the stage the list: see ``lists.entry_stage.apply``."""

    kind: ListKind
    broken: Sequence[Mapping[str, str]]
    keep_unseen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFact:
    """Set the one entry of a list."""

    kind: ListKind
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseList:
    """QuickBooks does not give this list."""

    kind: ListKind
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForUnseen:
    """Find known entries that did not come in any page; they go to ``unseen_found``."""

    kind: ListKind


# --- state


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where one list stands."""

    iterator_id: str = ""  # "": from the beginning
    pages: int = 0
    to_check: Sequence[str] = ()  # ListIDs that no page brought: asked for by name
    broken: Sequence[Mapping[str, str]] = ()
    keep_unseen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a refresh stands between two calls."""

    session: str
    version: str
    today: str  # when the pass began, as the marks of invoice numbers have it
    left: Mapping[str, Reading]  # lists that are not whole yet
    numbers_since: str = ""  # "": the numbers of every invoice
    series: Mapping[str, Sequence[int]] = field(default_factory=dict)
    one_by_one: bool = False
    page_size: int
    seen: int = 0
    expected: int = 0
    again: str = ""  # why another visit has to look at the rest again
    restarts: int = 0
    failures: int = 0

    @property
    def percent(self) -> int:
        """Of the work that is known of, 99 at most: 100 ends a session (QBWC Programmer's Guide, ch. 2)."""
        return min(99, 100 * self.seen // max(self.expected, 1))

    def to_memory(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_memory(cls, memory: Mapping[str, Any]) -> Self | None:
        """The state, or ``None`` where there is none or another version wrote it."""
        if memory.get("v") != VERSION:
            return None
        names = [one.name for one in fields(cls)]
        if not all(name in memory for name in names):
            return None
        known = {name: memory[name] for name in names}
        return cls(**known | {"left": {kind: Reading(**one) for kind, one in known["left"].items()}})


Step = AnyStep


# --- beginning


def begin(
    *, visit: Visit, known_numbers: Mapping[str, Any], asked_full: bool, today: date, failures: int = 0
) -> State:
    """The state before the first request of a visit. ``known_numbers``: what the last pass knew of them."""
    goes_on = bool(known_numbers) and not asked_full
    return State(
        session=visit.session,
        version=visit.version,
        today=today.isoformat(),
        left={kind.value: Reading() for kind in ORDER},
        numbers_since=_before(known_numbers["until"]) if goes_on else "",
        series=known_numbers["series"] if goes_on else {},
        page_size=PAGE_SIZE,
        failures=failures,
    )


def _before(day: str) -> str:
    return f"{date.fromisoformat(day) - OVERLAP}T00:00:00"


# --- the two functions


def asked(state: State) -> tuple[ListKind, ...]:
    """The lists that the next set asks for, in its order."""
    left = tuple(kind for kind in ORDER if kind in state.left)
    return left[:1] if state.one_by_one else left


def next_request(state: State) -> tuple[object, ...]:
    return tuple(_question(kind, state) for kind in asked(state))


def receive(state: State, answer: Answer, *, now: datetime, took_seconds: float = 0) -> Step:  # noqa: ARG001
    """What follows from the answers to one set, each for itself."""
    if took_seconds > SLOW_PAGE_SECONDS:
        state = replace(state, page_size=max(SMALLEST_PAGE, state.page_size // 2))
    effects: list[object] = []
    for kind in asked(state):
        state, more = _received(state, kind, answer.get(kind))
        effects += more
    return _going_on(Step(state=state, effects=tuple(effects)))


def unseen_found(state: State, *, kind: ListKind, list_ids: Sequence[str]) -> Step:
    """What follows from the search for entries that no page brought: an entry renamed while its list was read may
    have slipped between two pages, so they are asked for by ListID before they count as gone.
    """
    reading = state.left[kind]
    if not list_ids:
        return _going_on(Step(state=_without(state, kind), effects=(_apply(kind, reading),)))
    return Step(state=_with(state, kind, replace(reading, to_check=tuple(list_ids), iterator_id="")))


def fail(state: State, problem: Problem) -> Step:
    """What follows from an answer that is none."""
    if problem.code != UNREADABLE:
        if problem.is_final:
            return Step(state=state, ending=Ending(how="failed", code=problem.code, text=problem.text))
        return _later(state, code=problem.code, text=problem.text)
    if len(asked(state)) > 1:
        return Step(state=replace(state, one_by_one=True))
    kind = asked(state)[0]
    refusal = RefuseList(kind=kind, code=problem.code, text=problem.text)
    return _going_on(Step(state=_without(state, kind), effects=(refusal,)))


# --- inside: questions


_PLAIN: Mapping[ListKind, type] = {
    ListKind.TERMS: TermsQuery,
    ListKind.PAYMENT_METHODS: PaymentMethodQuery,
    ListKind.SALES_TAX_CODES: SalesTaxCodeQuery,
    ListKind.ACCOUNTS: AccountQuery,
}


def _question(kind: ListKind, state: State) -> object:
    if kind is ListKind.PREFERENCES:
        return PreferencesQuery()
    tags = elements(kind, version=state.version)
    everything: dict[str, Any] = {"active_status": "All", "include_ret_element": tags}  # else an inactive one is lost
    if kind in _PLAIN:
        return _PLAIN[kind](**everything)
    reading = state.left[kind]
    if reading.to_check:
        return ItemQuery(list_ids=tuple(reading.to_check[:CHECKED_AT_ONCE]), include_ret_element=tags)
    paging: dict[str, Any] = {
        "iterator": "Continue" if reading.iterator_id else "Start",
        "iterator_id": reading.iterator_id or None,
        "max_returned": state.page_size,
    }
    if kind is ListKind.ITEMS:
        return ItemQuery(**everything, **paging)
    since = ModifiedDateRange(from_modified=state.numbers_since) if state.numbers_since else None
    return InvoiceQuery(**paging, modified=since, include_ret_element=("RefNumber",))


# --- inside: answers


def _received(state: State, kind: ListKind, page: Page | None) -> tuple[State, list[object]]:
    reading = state.left[kind]
    if page is None:
        return _without(state, kind), [RefuseList(kind=kind, code="no_answer", text=NO_ANSWER)]
    if page.status.is_error and not reading.to_check:
        return _refused(state, kind, page.status)
    if kind is ListKind.PREFERENCES:
        said = page.rows[0] if page.rows else {}
        return _without(state, kind), [StateFact(kind=kind, said=said)]
    if page.remaining and not (page.count and page.iterator_id):
        return _again(state, kind, code="list_halted", text="QuickBooks stopped reading its list.")
    if kind is ListKind.INVOICE_NUMBERS:
        return _numbers(_counted(state, page), page)
    return _entries(_counted(state, page), kind, page)


def _counted(state: State, page: Page) -> State:
    seen = state.seen + page.count
    return replace(state, seen=seen, expected=max(state.expected, seen + page.remaining))


def _numbers(state: State, page: Page) -> tuple[State, list[object]]:
    kind = ListKind.INVOICE_NUMBERS
    known = {prefix: (highest, count) for prefix, (highest, count) in state.series.items()}
    state = replace(state, series=with_numbers(known, page.numbers))
    if page.remaining:
        return _with(state, kind, replace(state.left[kind], iterator_id=page.iterator_id)), []
    said = {"series": state.series, "until": state.today}
    return _without(state, kind), [StateFact(kind=kind, said=said)]


def _entries(state: State, kind: ListKind, page: Page) -> tuple[State, list[object]]:
    before = state.left[kind]
    reading = replace(
        before,
        iterator_id=page.iterator_id if page.remaining else "",
        pages=before.pages + 1,
        to_check=before.to_check[CHECKED_AT_ONCE:],
        broken=[*before.broken, *page.broken][:MAX_BROKEN],
        keep_unseen=before.keep_unseen or any(not one["list_id"] for one in page.broken),
    )
    state, staged = _with(state, kind, reading), StageEntries(rows=page.rows)
    if page.remaining or reading.to_check:
        return state, [staged]
    if before.pages and not before.to_check:  # several pages are several moments
        return state, [staged, LookForUnseen(kind=kind)]
    return _without(state, kind), [staged, _apply(kind, reading)]


def _apply(kind: ListKind, reading: Reading) -> ApplyEntries:
    return ApplyEntries(kind=kind, broken=reading.broken, keep_unseen=reading.keep_unseen)


def _refused(state: State, kind: ListKind, status: Status) -> tuple[State, list[object]]:
    explained = explain_status(status.code, message=status.message)
    said = f" QuickBooks said: {status.message}" if status.message else ""
    text = f"{explained.meaning}{said}"
    if explained.action is Action.RESTART_QUERY:
        return _again(state, kind, code=explained.code, text=text)
    if status.code == 1000 and kind in PAGED and state.page_size > SMALLEST_PAGE:  # too large for this computer
        smaller = max(SMALLEST_PAGE, state.page_size // 4)
        return _again(replace(state, page_size=smaller), kind, code=explained.code, text=text)
    if explained.action in (Action.RETRY, Action.RETRY_FRESH):
        state = replace(state, again=text)
    return _without(state, kind), [RefuseList(kind=kind, code=explained.code, text=text)]


def _again(state: State, kind: ListKind, *, code: str, text: str) -> tuple[State, list[object]]:
    """One list from its beginning, in this session."""
    if state.restarts >= MAX_RESTARTS:
        return _without(replace(state, again=text), kind), [RefuseList(kind=kind, code=code, text=text)]
    return _with(replace(state, restarts=state.restarts + 1), kind, Reading()), [ClearList(kind=kind)]


def _going_on(step: Step) -> Step:
    """Ends the task when no list is left: what QuickBooks could not give just now is asked for at the next visit."""
    if step.state.left:
        return step
    if not step.state.again:
        return replace(step, ending=Ending(how="done"))
    later = _later(step.state, code="lists_unfinished", text=step.state.again)
    return replace(later, effects=step.effects)


def _later(state: State, *, code: str, text: str) -> Step:
    """Everything again in the next session; after a few of those a person has to look."""
    state = replace(state, failures=state.failures + 1)
    ending = Ending(how="failed" if state.failures >= MAX_FAILURES else "later", code=code, text=text)
    return Step(state=state, ending=ending)


def _with(state: State, kind: ListKind, reading: Reading) -> State:
    return replace(state, left={**state.left, kind.value: reading})


def _without(state: State, kind: ListKind) -> State:
    return replace(state, left={one: reading for one, reading in state.left.items() if one != kind})
