"""The refresh as two pure functions: no database, no clock, no XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwire.messages import CustomerQuery, ListDeletedQuery, Status
from standpipe.quickbooks.exchange import refresh_customers as refresh
from standpipe.quickbooks.exchange.refresh_customers import Answer, Feed, Page, State, Step
from standpipe.quickbooks.exchange.tasks import (
    ApplyList,
    ClearStage,
    KnownList,
    LookForGaps,
    Problem,
    StagePage,
    Visit,
)

NOW = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
VISIT = Visit(session="one", version="13.0", path="C:\\a.qbw", computer="FRONTDESK")
FINE = Status(code=0, severity="Info")
EMPTY = Status(code=1, severity="Info")
ITERATOR = "{11111111-2222-3333-4444-555555555555}"
MARK = "2026-03-01T10:00:00-05:00"


def known(**changes: Any) -> KnownList:
    """A list that was read whole two hours ago and holds its mark."""
    first = refresh.begin(KnownList(), visit=VISIT, asked_full=False, now=NOW)
    whole = KnownList(
        full_at=NOW - timedelta(hours=2),
        mark=MARK,
        mark_pass_seconds=90,
        mark_origin={**first.origin, "list_id": "holder"},
    )
    return replace(whole, **changes)


def begin(before: KnownList | None = None, *, full: bool = False, visit: Visit = VISIT) -> State:
    return refresh.begin(before or KnownList(), visit=visit, asked_full=full, now=NOW)


def page(*list_ids: str, remaining: int = 0, latest: str = MARK, **more: Any) -> Page:
    rows = [{"list_id": list_id} for list_id in list_ids]
    status = FINE if rows else EMPTY
    said = {"status": status, "count": len(rows), "remaining": remaining, "iterator_id": ITERATOR, "rows": rows}
    if rows:
        said |= {"latest": latest, "latest_list_id": list_ids[-1]}
    return Page(**(said | more))


def receive(state: State, answer: Page, *, deleted: tuple[str, ...] | None = ()) -> Step:
    feed = None if deleted is None else Feed(status=FINE if deleted else EMPTY, list_ids=deleted)
    return refresh.receive(state, Answer(page=answer, feed=feed), now=NOW + timedelta(seconds=30))


def applied(step: Step) -> ApplyList:
    assert step.ending
    assert step.ending.how == "done"
    found = step.effects[-1]
    assert isinstance(found, ApplyList)
    return found


# --- what is asked


def test_a_first_refresh_asks_for_all_of_it_and_for_what_was_deleted():
    query, feed = refresh.next_request(begin())
    assert isinstance(query, CustomerQuery)
    assert (query.iterator, query.active_status, query.from_modified) == ("Start", "All", None)
    assert query.max_returned == refresh.PAGE_SIZE
    assert isinstance(feed, ListDeletedQuery)
    assert feed.list_kinds == ("Customer",)
    assert "Balance" not in query.include_ret_element  # balances would make rows differ all day
    assert {"ListID", "EditSequence", "TimeModified", "ParentRef", "ShipToAddress"} <= set(query.include_ret_element)


def test_ten_thousand_customers_need_no_more_than_twenty_round_trips():
    assert 10_000 / refresh.PAGE_SIZE <= 20


def test_following_pages_continue_the_iterator_without_the_feed():
    step = receive(begin(), page("a", remaining=1))
    (query,) = refresh.next_request(step.state)
    assert (query.iterator, query.iterator_id) == ("Continue", ITERATOR)


def test_changes_are_asked_from_the_mark_less_overlap_and_duration_without_offset():
    """65 minutes and the 90 seconds of the pass that set the mark."""
    query, feed = refresh.next_request(begin(known()))
    assert query.from_modified == "2026-03-01T08:53:30"
    assert feed.deleted.from_deleted == "2026-03-01T08:53:30"


@pytest.mark.parametrize("offset", ["-04:00", "-05:00", "+00:00", ""])
def test_the_mark_is_wall_time_whatever_its_offset(offset):
    """In summer QuickBooks writes the right wall time with the wrong offset (jsgoupil/quickbooks-sync)."""
    assert begin(known(mark=f"2026-07-01T10:00:00{offset}")).since == "2026-07-01T08:53:30"


# --- when all of it is read


@pytest.mark.parametrize(
    "before",
    [
        KnownList(),
        known(full_at=NOW - timedelta(days=31)),
        known(full_at=None),
        known(mark=""),
        known(mark="yesterday"),
        known(mark_origin={**known().mark_origin, "list_id": ""}),
        known(mark_origin={**known().mark_origin, "path": "D:\\a.qbw"}),
        known(mark_origin={**known().mark_origin, "computer": "BACKOFFICE"}),
        known(mark_origin={**known().mark_origin, "elements": "other"}),
        known(mark_origin=None),
    ],
    ids=[
        "never read", "a month ago", "never whole", "no mark", "unreadable mark", "nobody holds the mark",
        "another path", "another computer", "other elements", "no origin",
    ],
)  # fmt: skip
def test_what_the_mark_does_not_cover_makes_it_full(before):
    assert begin(before).is_full
    assert begin(before).since == ""


def test_a_person_may_ask_for_all_of_it():
    assert begin(known(), full=True).is_full
    assert not begin(known()).is_full


def test_another_qbxml_version_asks_for_other_elements_and_so_for_all():
    assert begin(known(), visit=replace(VISIT, version="8.0")).is_full


@pytest.mark.parametrize(
    "latest", ["2026-03-01T09:59:59-05:00", "2026-03-01T10:30:00-06:00", "2026-02-20T10:00:00-05:00"]
)
def test_a_mark_that_went_back_or_changed_its_offset_reads_the_whole_list_at_once(latest):
    step = receive(begin(known()), page("holder", latest=latest))
    assert step.ending is None
    assert step.effects == (ClearStage(),)
    assert step.state.is_full
    assert refresh.next_request(step.state)[0].from_modified is None


def test_an_answer_without_the_marks_holder_reads_the_whole_list():
    """It always comes again, the filter is inclusive: where it does not, zone or file went back in time."""
    assert receive(begin(known()), page()).state.is_full


def test_a_deleted_holder_explains_itself_and_the_next_refresh_is_full():
    step = receive(begin(known()), page(), deleted=("holder",))
    mark = applied(step).mark
    assert (mark.time_modified, mark.origin["list_id"]) == (MARK, "")
    assert begin(known(mark_origin=mark.origin)).is_full


def test_nothing_new_is_one_round_trip():
    step = receive(begin(known()), page("holder"))
    assert applied(step).is_full is False
    assert applied(step).mark.time_modified == MARK


def test_the_new_mark_is_the_greatest_of_the_pass_with_its_holder_and_duration():
    state = receive(begin(), page("a", latest="2026-03-02T10:00:00-05:00", remaining=1)).state
    step = receive(state, page("b", latest="2026-02-02T10:00:00-05:00"), deleted=None)
    step = refresh.gaps_looked_for(step.state, found=False, now=NOW + timedelta(seconds=30))
    mark = applied(step).mark
    assert (mark.time_modified, mark.origin["list_id"]) == ("2026-03-02T10:00:00-05:00", "a")
    assert mark.pass_seconds == 30


# --- what comes


def test_pages_are_staged_and_progress_is_told():
    step = receive(begin(), page("a", remaining=3, unchanged=("u",)), deleted=("d",))
    (staged,) = step.effects
    assert isinstance(staged, StagePage)
    assert [row["list_id"] for row in staged.rows] == ["a"]
    assert (list(staged.sightings), list(staged.deletions)) == (["u"], ["d"])
    assert step.state.percent == 25


def test_progress_never_says_a_hundred():
    """100 ends the session (QBWC Programmer's Guide, ch. 2)."""
    assert begin().percent == 0
    assert replace(begin(), seen=1999, expected=2000).percent == 99
    assert replace(begin(), seen=2000, expected=2000).percent == 99


def test_a_full_list_of_several_pages_looks_for_gaps_before_it_calls_anything_gone():
    state = receive(begin(), page("a", remaining=1)).state
    step = receive(state, page("b"), deleted=None)
    assert isinstance(step.effects[-1], LookForGaps)
    found = refresh.gaps_looked_for(step.state, found=True, now=NOW)
    query, feed = refresh.next_request(found.state)
    assert query.iterator == "Start"
    assert query.from_modified
    assert isinstance(feed, ListDeletedQuery)
    assert applied(receive(found.state, page("c"))).is_full


def test_broken_records_are_named_once_and_seen():
    broken = {"list_id": "x", "name": "Elm", "reason": "It has no name."}
    state = receive(begin(), page("a", remaining=1, broken=(broken,))).state
    step = receive(state, page("b", broken=(broken,)), deleted=None)
    assert "x" in step.effects[0].sightings
    done = applied(refresh.gaps_looked_for(step.state, found=False, now=NOW))
    assert list(done.broken) == [broken]
    assert not done.keep_unseen


def test_a_record_without_list_id_keeps_all_that_is_not_seen():
    broken = {"list_id": "", "name": "Elm", "reason": "It has no ListID."}
    assert applied(receive(begin(), page("a", broken=(broken,)))).keep_unseen


# --- what goes wrong


def refused(code: int, message: str = "") -> Page:
    return Page(status=Status(code=code, severity="Error", message=message))


def test_a_lost_iterator_starts_again_in_the_same_session_but_not_for_ever():
    state = receive(begin(), page("a", remaining=1)).state
    for _ in range(refresh.MAX_RESTARTS):
        step = receive(state, refused(3391), deleted=None)
        assert step.ending is None
        assert ClearStage() in step.effects
        assert refresh.next_request(step.state)[0].iterator == "Start"
        state = receive(step.state, page("a", remaining=1)).state
    assert receive(state, refused(3391), deleted=None).ending.how == "later"


def test_an_internal_error_asks_for_smaller_pages():
    sizes = []
    state = begin()
    for _ in range(refresh.MAX_RESTARTS):
        state = receive(state, refused(1000)).state
        sizes.append(refresh.next_request(state)[0].max_returned)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == refresh.SMALLEST_PAGE


def test_a_slow_computer_is_asked_for_smaller_pages():
    """Big files time out elsewhere (requirements, pain 22)."""
    slow = Answer(page=page("a", remaining=5000))
    state = refresh.receive(begin(), slow, now=NOW, took_seconds=61).state
    (query,) = refresh.next_request(state)
    assert (query.iterator, query.max_returned) == ("Continue", refresh.PAGE_SIZE // 2)
    for _ in range(20):
        state = refresh.receive(state, slow, now=NOW, took_seconds=61).state
    assert state.page_size == refresh.SMALLEST_PAGE
    assert refresh.receive(begin(), slow, now=NOW, took_seconds=59).state.page_size == refresh.PAGE_SIZE


@pytest.mark.parametrize("code", [1010, 3175, 3231])
def test_what_passes_is_tried_again_at_the_next_visit(code):
    step = receive(begin(), refused(code))
    assert step.ending.how == "later"
    assert step.ending.text


@pytest.mark.parametrize("code", [1030, 3220, 3250, 3261, 9999])
def test_what_does_not_pass_fails_with_words_and_those_of_quickbooks(code):
    step = receive(begin(), refused(code, "The words of QuickBooks."))
    assert step.ending.how == "failed"
    assert step.ending.text.endswith("QuickBooks said: The words of QuickBooks.")


def test_warnings_are_answers():
    """Severity decides, not the number (Intuit's status codes)."""
    step = receive(begin(), page("a", status=Status(code=530, severity="Warn")))
    assert step.ending.how == "done"


def test_sessions_that_fail_are_counted_across_sessions():
    state = begin()
    for count in range(1, refresh.MAX_FAILURES + 1):
        step = refresh.fail(state, Problem(code="damaged_answer", text="Damaged.", is_final=False))
        assert step.ending.how == ("failed" if count == refresh.MAX_FAILURES else "later")
        state = refresh.begin(KnownList(), visit=VISIT, asked_full=False, now=NOW, failures=step.state.failures)


def test_without_the_deletion_feed_changes_do_not_tell_what_is_gone():
    broken_feed = Feed(status=Status(code=3250, severity="Error"))
    step = refresh.receive(begin(known()), Answer(page=page("holder"), feed=broken_feed), now=NOW)
    assert step.state.is_full
    whole = refresh.receive(step.state, Answer(page=page("holder"), feed=broken_feed), now=NOW)
    assert applied(whole).is_full


@pytest.mark.parametrize("halted", [page(remaining=5), page("a", remaining=5, iterator_id=None)])
def test_an_iterator_that_promises_more_and_gives_nothing_is_started_again(halted):
    step = receive(begin(), halted)
    assert ClearStage() in step.effects
    assert step.ending is None


@pytest.mark.parametrize(("count", "is_last"), [(1, True), (refresh.PAGE_SIZE, False)])
def test_an_iterator_that_does_not_count_ends_with_a_page_that_is_not_full(count, is_last):
    """Whether iteratorRemainingCount always comes is not settled: both readings are taken."""
    step = receive(begin(), page(*(str(n) for n in range(count)), remaining=None))
    assert (step.ending is not None) == is_last


# --- memory


def test_state_survives_as_plain_data_and_another_version_starts_over():
    import json

    state = receive(begin(known()), page("a", remaining=1)).state
    memory = json.loads(json.dumps(state.to_memory()))
    assert State.from_memory(memory) == replace(state, broken=[])
    assert State.from_memory({**memory, "v": 99}) is None
    assert State.from_memory({}) is None
    assert State.from_memory({key: value for key, value in memory.items() if key != "seen"}) is None


# --- any company, any pages, dying anywhere


@dataclass
class Company:
    """A company file with a clock of its own that ticks with every change, and a list that may change while read."""

    customers: dict[str, str] = field(default_factory=dict)  # ListID → TimeModified
    deleted: dict[str, str] = field(default_factory=dict)
    minute: int = 0

    def tick(self) -> str:
        self.minute += 7
        return f"{datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.minute):%Y-%m-%dT%H:%M:%S}-05:00"

    def save(self, list_id: str) -> None:
        self.customers[list_id] = self.tick()

    def delete(self, list_id: str) -> None:
        if self.customers.pop(list_id, None):
            self.deleted[list_id] = self.tick()


@dataclass
class Mirror:
    """The database, reduced to what a refresh does to it."""

    listed: dict[str, str] = field(default_factory=dict)
    staged: dict[str, str] = field(default_factory=dict)
    gone: dict[str, bool] = field(default_factory=dict)  # what was seen or deleted: ListID → deleted
    known: KnownList = KnownList()
    shown: list[Mapping[str, str]] = field(default_factory=list)  # every state of the list that people could see

    def do(self, step: Step, *, now: datetime) -> Step:
        for effect in step.effects:
            match effect:
                case LookForGaps():
                    unseen = self.listed.keys() - self.staged.keys() - self.gone.keys()
                    return self.do(refresh.gaps_looked_for(step.state, found=bool(unseen), now=now), now=now)
                case ClearStage():
                    self.staged, self.gone = {}, {}
                case StagePage():
                    self.gone |= dict.fromkeys(effect.deletions, True)
                    for list_id in effect.deletions:
                        self.staged.pop(list_id, None)
                    self.staged |= {row["list_id"]: row["modified"] for row in effect.rows}
                    self.gone |= dict.fromkeys(effect.sightings, False)
                    for list_id in effect.sightings:
                        self.staged.pop(list_id, None)
                case ApplyList():
                    self._apply(effect, now=now)
        return step

    def _apply(self, effect: ApplyList, *, now: datetime) -> None:
        seen = self.staged.keys() | {list_id for list_id, deleted in self.gone.items() if not deleted}
        missing = self.listed.keys() - seen
        deleted = {list_id for list_id, was in self.gone.items() if was}
        for list_id in missing if effect.is_full else missing & deleted:
            del self.listed[list_id]
        self.listed |= self.staged
        self.staged, self.gone = {}, {}
        self.known = KnownList(
            full_at=now if effect.is_full else self.known.full_at,
            mark=effect.mark.time_modified,
            mark_pass_seconds=effect.mark.pass_seconds,
            mark_origin=effect.mark.origin,
        )
        self.shown.append(dict(self.listed))


@dataclass
class Iterator:
    """What QuickBooks has left of a list. What is saved while it is read slips out, as a renamed customer may."""

    left: list[str] = field(default_factory=list)
    begun: str = ""


def read_page(company: Company, mirror: Mirror, query: CustomerQuery, iterator: Iterator) -> Page:
    """One page as QuickBooks gives it."""
    if query.iterator == "Start":
        since = query.from_modified or ""
        iterator.left = [key for key, modified in sorted(company.customers.items()) if modified[:19] >= since]
        iterator.begun = company.tick()
    left = [key for key in iterator.left if company.customers.get(key, "z") <= iterator.begun]
    now, iterator.left = left[: query.max_returned], left[query.max_returned :]
    found = {key: company.customers[key] for key in now}
    latest = max(found, key=lambda key: found[key], default="")
    return Page(
        status=FINE if found else EMPTY,
        count=len(found),
        remaining=len(iterator.left) if found else 0,
        iterator_id=ITERATOR,
        rows=[
            {"list_id": key, "modified": modified}
            for key, modified in found.items()
            if mirror.listed.get(key) != modified
        ],
        unchanged=[key for key, modified in found.items() if mirror.listed.get(key) == modified],
        latest=found.get(latest, ""),
        latest_list_id=latest,
    )


def run_session(
    company: Company, mirror: Mirror, *, full: bool, dies_after: int, between: list[tuple[str, str]], number: int
) -> bool:
    """One session that dies after so many pages; people change the company between its calls. True: it finished."""
    now = NOW + timedelta(hours=number)
    visit = replace(VISIT, session=str(number))
    state = refresh.begin(mirror.known, visit=visit, asked_full=full, now=now)
    mirror.staged, mirror.gone = {}, {}
    iterator = Iterator()
    for count in range(200):
        if count == dies_after:
            return False
        query, *rest = refresh.next_request(replace(state, page_size=3))
        assert isinstance(query, CustomerQuery)
        answer = read_page(company, mirror, query, iterator)
        feed = None
        if rest:
            since = rest[0].deleted.from_deleted if rest[0].deleted else ""
            gone = [key for key, when in company.deleted.items() if when[:19] >= since]
            feed = Feed(status=FINE if gone else EMPTY, list_ids=gone)
        now += timedelta(seconds=40)
        step = mirror.do(refresh.receive(state, Answer(page=answer, feed=feed), now=now), now=now)
        if step.ending:
            assert step.ending.how == "done"
            return True
        state = State.from_memory(step.state.to_memory()) or step.state
        if between:
            change(company, *between.pop())
    raise AssertionError("the refresh has no end")


def change(company: Company, kind: str, list_id: str) -> None:
    company.delete(list_id) if kind == "delete" else company.save(list_id)


keys = st.sampled_from([f"{number:02}" for number in range(14)])
changes = st.tuples(st.sampled_from(["save", "save", "delete"]), keys)
sessions = st.tuples(st.booleans(), st.integers(0, 8), st.lists(changes, max_size=6), st.lists(changes, max_size=4))


@given(start=st.sets(keys), visits=st.lists(sessions, max_size=6))
def test_dying_anywhere_the_list_is_the_companys_in_the_end_and_never_half(start, visits):
    """Requirement 16. People save and delete between sessions and while pages are read; sessions die anywhere."""
    company, mirror = Company(), Mirror()
    for list_id in sorted(start):
        company.save(list_id)
    for number, (full, dies_after, before, between) in enumerate(visits):
        for one in before:
            change(company, *one)
        was = dict(mirror.listed)
        if not run_session(company, mirror, full=full, dies_after=dies_after, between=list(between), number=number):
            assert mirror.listed == was  # what people see is the old list, whole
    assert run_session(company, mirror, full=False, dies_after=-1, between=[], number=len(visits))
    assert mirror.listed == company.customers


@given(start=st.sets(keys, min_size=8), between=st.lists(changes, max_size=5))
def test_nothing_that_is_there_is_ever_called_gone(start, between):
    """A customer renamed while its list is read may slip between two pages; it is looked for again."""
    company, mirror = Company(), Mirror()
    for list_id in sorted(start):
        company.save(list_id)
    assert run_session(company, mirror, full=True, dies_after=-1, between=[], number=0)
    staying = start - {list_id for kind, list_id in between if kind == "delete"}
    assert run_session(company, mirror, full=True, dies_after=-1, between=list(between), number=1)
    assert staying <= mirror.listed.keys()
