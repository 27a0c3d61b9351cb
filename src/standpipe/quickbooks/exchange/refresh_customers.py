"""The task that reads the customer list: all of it, or what changed. Pure.

A refresh of changes asks from the mark on: the greatest TimeModified seen, in QuickBooks' own text. QuickBooks writes
the right wall time but in summer the wrong offset (jsgoupil/quickbooks-sync, README), so marks are compared and sent
as wall time, less an overlap of 65 minutes and of the duration of the pass that set the mark: what changed while that
pass was reading may have been missed by it. The customer that holds the mark always comes again. Where it does not,
the clock's zone or the file has gone back in time, and the whole list is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import chain
from math import ceil
from typing import Any, Self

from qbwire.messages import CustomerQuery, DeletedDateRange, ListDeletedQuery, Status, tags_of
from qbwire.messages import ListDeleted as Deleted
from qbwire.status import Action, explain_status
from standpipe.quickbooks.lists.reading import elements, seed_of
from standpipe.quickbooks.lists.stage import Mark

from .tasks import ApplyList, ClearStage, Ending, KnownList, LookForGaps, Problem, StagePage, Step, Visit

VERSION = 1  # of the state; another one starts over
PAGE_SIZE = 1000
SMALLEST_PAGE = 50
SLOW_PAGE_SECONDS = 60  # from then on pages get smaller: a visit that says nothing for long looks like a dead one
OVERLAP = timedelta(minutes=65)  # an hour of summer time (answers recorded in qbwc, quickbooks-php), and a bit
FULL_AFTER = timedelta(days=30)  # the deletion feed reaches back 90 days (Conductor, deleted objects)
MAX_RESTARTS = 4  # within one session
MAX_CATCH_UPS = 3  # a list that never holds still for one page is left as it is known
MAX_FAILURES = 3  # sessions that ended with an error
MAX_BROKEN = 500  # broken records that are named; more of them are a sign of something else


# --- what comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was read and compared with the list."""

    status: Status
    count: int = 0
    remaining: int | None = None
    iterator_id: str | None = None
    rows: Sequence[Mapping[str, Any]] = ()
    unchanged: Sequence[str] = ()
    broken: Sequence[Mapping[str, str]] = ()  # {"list_id", "name", "reason"}, texts empty where unknown
    latest: str = ""  # the greatest TimeModified, and whose it is
    latest_list_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The deletion feed as it was read."""

    status: Status
    list_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    page: Page
    feed: Feed | None = None  # comes with the first page only


# --- state


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a refresh stands between two calls."""

    session: str
    origin: Mapping[str, str]
    started_at: str
    version: str
    is_full: bool
    since: str = ""  # wall time of the QuickBooks computer; "": everything
    catch_ups: int = 0  # how often a full pass has looked for what moved while it was reading
    page_size: int
    iterator_id: str = ""  # "": the next page is the first
    pages: int = 0
    seen: int = 0
    expected: int = 0
    mark: str = ""
    mark_list_id: str = ""
    old_mark: str = ""
    old_mark_list_id: str = ""
    mark_was_deleted: bool = False
    keep_unseen: bool = False
    broken: Sequence[Mapping[str, str]] = field(default=())
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
        return cls(**{name: memory[name] for name in names}) if all(name in memory for name in names) else None


# --- beginning


def begin(known: KnownList, *, visit: Visit, asked_full: bool, now: datetime, failures: int = 0) -> State:
    """The state before the first request of a session."""
    origin = {
        "path": visit.path,
        "computer": visit.computer,
        "elements": seed_of(elements(version=visit.version)).hex(),
    }
    state = State(
        session=visit.session,
        origin=origin,
        started_at=now.isoformat(),
        version=visit.version,
        is_full=True,
        page_size=PAGE_SIZE,
        failures=failures,
    )
    before = dict(known.mark_origin or {})
    holder = before.pop("list_id", "")
    wall = wall_time(known.mark)
    is_recent = known.full_at is not None and now - known.full_at < FULL_AFTER
    if asked_full or not is_recent or wall is None or not holder or before != origin:
        return state
    return replace(
        state,
        is_full=False,
        since=_before(wall, seconds=known.mark_pass_seconds),
        old_mark=known.mark,
        old_mark_list_id=holder,
    )


# --- the two functions


def next_request(state: State) -> tuple[object, ...]:
    """The messages of the next set: a page of customers, with the first one the deletion feed too."""
    is_first = not state.iterator_id
    query = CustomerQuery(
        iterator="Start" if is_first else "Continue",
        iterator_id=state.iterator_id or None,
        max_returned=state.page_size,
        active_status="All",  # else a customer made inactive would look deleted
        from_modified=state.since or None,
        include_ret_element=elements(version=state.version),
    )
    if not is_first:
        return (query,)
    since = DeletedDateRange(from_deleted=state.since) if state.since else None
    return (
        query,
        ListDeletedQuery(list_kinds=("Customer",), deleted=since, include_ret_element=tags_of(Deleted, "list_id")),
    )


def receive(state: State, answer: Answer, *, now: datetime, took_seconds: float = 0) -> Step:
    """What follows from a page that QuickBooks took so long for."""
    page, feed = answer.page, answer.feed
    if page.status.is_error:
        return _refused(state, page.status)
    if feed is not None and feed.status.is_error and not state.is_full:
        return _again(replace(state, is_full=True, since=""))  # without the feed, changes do not tell what is gone
    remaining = _remaining(state, page)
    if remaining and not (page.count and page.iterator_id):
        return _again(state)  # it says that more is left, and gives nothing
    if took_seconds > SLOW_PAGE_SECONDS:
        state = replace(state, page_size=max(SMALLEST_PAGE, state.page_size // 2))
    deletions = feed.list_ids if feed is not None else ()
    state = _with_page(state, page, deletions=deletions, remaining=remaining)
    staged = StagePage(
        rows=page.rows,
        sightings=[*page.unchanged, *(one["list_id"] for one in page.broken if one["list_id"])],
        deletions=deletions,
    )
    if remaining:
        return Step(state=state, effects=(staged,))
    return _last_page(state, staged, now=now)


def gaps_looked_for(state: State, *, found: bool, now: datetime) -> Step:
    """What follows from the search for gaps: a customer renamed while its list was read may have slipped between two
    pages. It carries a new TimeModified then, so asking for changes once more finds it.
    """
    wall = wall_time(state.mark)
    if not found or wall is None:
        return _done(state, now=now)
    if state.catch_ups == MAX_CATCH_UPS:
        return _done(replace(state, keep_unseen=True), now=now)
    since = _before(wall, seconds=_seconds_since(state, now=now))
    return Step(state=replace(state, catch_ups=state.catch_ups + 1, since=since, iterator_id="", pages=0))


def fail(state: State, problem: Problem) -> Step:
    """What follows from an answer that is none."""
    if problem.is_final:
        ending = Ending(how="failed", code=problem.code, text=problem.text)
        return Step(state=state, effects=(ClearStage(),), ending=ending)
    return _later(state, code=problem.code, text=problem.text)


# --- inside


def wall_time(text: str) -> datetime | None:
    """The wall time in QuickBooks' own text, ``None`` where it cannot be read."""
    try:
        return datetime.fromisoformat(text[:19]) if len(text) >= 19 else None
    except ValueError:
        return None


def _offset(text: str) -> str:
    return text[19:]


def _before(wall: datetime, *, seconds: int) -> str:
    return (wall - OVERLAP - timedelta(seconds=seconds)).isoformat(timespec="seconds")


def _seconds_since(state: State, *, now: datetime) -> int:
    return max(0, ceil((now - datetime.fromisoformat(state.started_at)).total_seconds()))


def _remaining(state: State, page: Page) -> int:
    """How many are left. An iterator that does not say is taken to be at its end by a page that is not full."""
    if page.remaining is not None:
        return page.remaining
    return 1 if page.iterator_id and page.count >= state.page_size else 0


def _with_page(state: State, page: Page, *, deletions: Sequence[str], remaining: int) -> State:
    is_later = page.latest[:19] > state.mark[:19]
    broken = {(one["list_id"], one["name"]): one for one in chain(state.broken, page.broken)}
    return replace(
        state,
        iterator_id=page.iterator_id or "" if remaining else "",
        pages=state.pages + 1,
        seen=state.seen + page.count,
        expected=max(state.expected, state.seen + page.count + remaining),
        mark=page.latest if is_later else state.mark,
        mark_list_id=page.latest_list_id if is_later else state.mark_list_id,
        mark_was_deleted=state.mark_was_deleted or state.old_mark_list_id in deletions,
        keep_unseen=state.keep_unseen or any(not one["list_id"] for one in page.broken),
        broken=tuple(broken.values())[:MAX_BROKEN],
    )


def _last_page(state: State, staged: StagePage, *, now: datetime) -> Step:
    if not state.is_full and _went_back(state):
        return _again(replace(state, is_full=True, since=""))
    if state.is_full and state.pages > 1:  # a single page is one moment, and has no gaps
        return Step(state=state, effects=(staged, LookForGaps()))
    done = _done(state, now=now)
    return replace(done, effects=(staged, *done.effects))


def _went_back(state: State) -> bool:
    """Whether the mark is not where it was: another zone, another clock, or an older copy of the file."""
    if state.mark and _offset(state.mark) != _offset(state.old_mark):
        return True
    return state.mark[:19] < state.old_mark[:19] and not state.mark_was_deleted


def _done(state: State, *, now: datetime) -> Step:
    time_modified, holder = (state.mark, state.mark_list_id) if state.mark else (state.old_mark, "")
    apply = ApplyList(
        is_full=state.is_full,
        keep_unseen=state.keep_unseen,
        mark=Mark(
            time_modified=time_modified,
            pass_seconds=_seconds_since(state, now=now),
            origin={**state.origin, "list_id": holder},
        ),
        broken=state.broken,
    )
    return Step(state=state, effects=(apply,), ending=Ending(how="done"))


def _refused(state: State, status: Status) -> Step:
    explained = explain_status(status.code, message=status.message)
    said = f" QuickBooks said: {status.message}" if status.message else ""
    text = f"{explained.meaning}{said}"
    if explained.action is Action.RESTART_QUERY:
        return _again(state, code=explained.code, text=text)
    if status.code == 1000 and state.page_size > SMALLEST_PAGE:  # a query too large for this computer
        smaller = max(SMALLEST_PAGE, state.page_size // 4)
        return _again(replace(state, page_size=smaller), code=explained.code, text=text)
    if explained.action in (Action.RETRY, Action.RETRY_FRESH):
        return _later(state, code=explained.code, text=text)
    return fail(state, Problem(code=explained.code, text=text, is_final=True))


def _again(state: State, *, code: str = "list_halted", text: str = "QuickBooks stopped reading its list.") -> Step:
    """The list from its beginning, in this session."""
    if state.restarts >= MAX_RESTARTS:
        return _later(state, code=code, text=text)
    return Step(state=_from_the_beginning(state), effects=(ClearStage(),))


def _from_the_beginning(state: State) -> State:
    return replace(
        state,
        catch_ups=0,
        since="" if state.is_full else state.since,
        iterator_id="",
        pages=0,
        seen=0,
        expected=0,
        mark="",
        mark_list_id="",
        keep_unseen=False,
        broken=(),
        restarts=state.restarts + 1,
    )


def _later(state: State, *, code: str, text: str) -> Step:
    """The list from its beginning, in the next session; after a few of those a person has to look."""
    state = replace(_from_the_beginning(state), failures=state.failures + 1)
    ending = Ending(how="failed" if state.failures >= MAX_FAILURES else "later", code=code, text=text)
    return Step(state=state, effects=(ClearStage(),), ending=ending)
