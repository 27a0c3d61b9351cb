"""The pure task that posts: what is asked next, and what follows from an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from standpipe.quickbooks.exchange.post import (
    MAX_DOUBTS,
    SLOW_SET_SECONDS,
    CheckAnswer,
    CloseLost,
    Conclude,
    Deleted,
    Deletions,
    Forgotten,
    Hold,
    LookAnswer,
    LookAtAll,
    Nothing,
    Reject,
    Reread,
    SetAnswer,
    Settle,
    State,
    Taken,
    begin,
    fail,
    receive,
)
from standpipe.quickbooks.exchange.tasks import Problem, Step, Visit
from standpipe.quickbooks.posting.comparing import ABSENT, Verdict
from standpipe.quickbooks.posting.outcomes import UNKNOWN, Outcome, Posted

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
VISIT = Visit(session="s2", version="13.0", path="", computer="")
POSTED = Outcome(how="posted", posted=Posted(kind="Invoice", txn_id="T1"))
REFUSED = Outcome(how="refused", code="3140", text="invalid reference")
SAVED = Outcome(how="saved", code="510")
THERE = Verdict(how="there", found=(Posted(kind="Invoice", txn_id="T1"),))
SEVERAL = Verdict(how="several", found=(Posted(kind="Invoice", txn_id="T1"), Posted(kind="Invoice", txn_id="T2")))
UNREADABLE = Problem(code="0x80040400", text="QuickBooks could not read it.", is_final=True)
DAMAGED = Problem(code="damaged_answer", text="Damaged.", is_final=False)


def state(phase: str, **fields: object) -> State:
    """With set A out, where a phase has one."""
    out = "A" if phase in ("status", "look", "resend", "send") else ""
    return State(session="s1", version="13.0", phase=phase, **{"out": out, **fields})


def after(state: State, answer: object, **more: float) -> Step:
    return receive(state, answer, now=NOW, **more)


def told(*outcomes: Outcome) -> SetAnswer:
    return SetAnswer(code=0, outcomes=dict(enumerate(outcomes, start=1)))


def kinds(step: Step) -> list[type]:
    return [type(effect) for effect in step.effects]


@pytest.mark.parametrize(
    ("out", "before", "phase", "was_resent"),
    [
        ("", None, "check", False),
        ("A", None, "status", False),
        ("A", state("look", was_resent=True), "status", True),
        ("B", state("look", was_resent=True), "status", False),
        ("", state("look", was_resent=True), "check", False),
    ],
)
def test_a_visit_begins_with_what_is_out(out, before, phase, was_resent):
    """Requirement 56: nothing else is asked before."""
    first = begin(visit=VISIT, out=out, before=before)
    assert (first.phase, first.out, first.was_resent, first.session) == (phase, out, was_resent, "s2")


@pytest.mark.parametrize("phase", ["send", "status", "resend"])
@pytest.mark.parametrize(
    ("outcomes", "following"),
    [([POSTED], "check"), ([POSTED, REFUSED], "check"), ([POSTED, UNKNOWN], "look"), ([POSTED, SAVED], "look")],
)
def test_an_answer_is_settled_whenever_it_comes(phase, outcomes, following):
    """Requirement 56: asked about or sent again, as if it had come in time."""
    step = after(state(phase), told(*outcomes))
    assert kinds(step) == [Settle]
    assert (step.state.phase, step.state.out) == (following, "" if following == "check" else "A")


@pytest.mark.parametrize(
    ("phase", "following", "how"), [("send", "look", None), ("status", "look", None), ("resend", "resend", "later")]
)
@pytest.mark.parametrize("code", [600, 9001, 9002, 9004, 9005, None])
def test_an_answer_that_does_not_tell_proves_nothing(phase, following, how, code):
    """Requirement 56: the company file is looked at before anything is sent again."""
    step = after(state(phase), SetAnswer(code=code, outcomes={1: UNKNOWN, 2: UNKNOWN}))
    assert step.effects == ()
    assert step.state.phase == following
    assert (step.ending and step.ending.how) == how


@pytest.mark.parametrize(
    ("verdicts", "was_resent", "phase", "effects"),
    [
        ([ABSENT, ABSENT], False, "resend", []),
        ([ABSENT, ABSENT], True, "check", [Conclude, CloseLost]),
        ([THERE, ABSENT], False, "check", [Conclude, CloseLost]),
        ([THERE, THERE], False, "check", [Conclude, CloseLost]),
        ([SEVERAL, ABSENT], False, "check", [Conclude, CloseLost]),
    ],
)
def test_only_a_set_of_which_nothing_is_there_goes_again(verdicts, was_resent, phase, effects):
    """Requirement 56: the same bytes with the same ID, once."""
    answer = LookAnswer(verdicts={str(number): one for number, one in enumerate(verdicts)})
    step = after(state("look", was_resent=was_resent), answer)
    assert (step.state.phase, kinds(step)) == (phase, effects)
    assert step.ending is None


def test_a_set_of_which_something_was_told_does_not_go_again():
    """Requirement 56: what was told of it is done, and QuickBooks may have forgotten that."""
    step = after(state("look"), LookAnswer(verdicts={"2": ABSENT}, is_untold=False))
    assert (step.state.phase, kinds(step)) == ("check", [Conclude, CloseLost])


def test_a_customer_who_is_gone_makes_the_look_wider_once():
    narrow = after(state("look"), LookAnswer(verdicts={}, trouble="Not found."))
    assert (narrow.state.phase, narrow.state.is_wide, narrow.ending) == ("look", True, None)
    wide = after(narrow.state, LookAnswer(verdicts={}, trouble="Internal error."))
    assert wide.ending.how == "later"


@pytest.mark.parametrize("phase", ["look", "check"])
def test_a_missing_witness_stops_everything(phase):
    """Requirement 56."""
    kind = LookAnswer(verdicts={"1": ABSENT}, missing=("T9",)) if phase == "look" else None
    step = after(state(phase), kind or CheckAnswer(free=("1",), there={}, taken={}, missing=("T9",)))
    assert (step.state.phase, step.state.missing, step.effects) == ("doubt", ("T9",), ())
    gone_back = after(step.state, Deletions(txn_ids=("T1",)))
    assert (gone_back.ending.how, gone_back.ending.code) == ("failed", "restored")
    assert kinds(gone_back) == [Deleted, LookAtAll]
    deleted = after(step.state, Deletions(txn_ids=("T9",)))
    assert (deleted.ending, deleted.state.phase) == (None, "status" if phase == "look" else "check")


def test_what_is_free_goes_in_sets_and_what_is_not_stays():
    """Requirement 58."""
    step = after(
        state("check", set_size=2), CheckAnswer(free=("1", "2", "3"), there={"4": THERE}, taken={"5": SEVERAL})
    )
    assert (step.state.phase, step.state.batch, step.state.ready) == ("send", ("1", "2"), ("3",))
    assert kinds(step) == [Conclude, Taken]
    following = after(replace(step.state, out="A"), told(POSTED, POSTED))
    assert (following.state.phase, following.state.batch, following.state.ready) == ("send", ("3",), ())


def test_slow_sets_get_smaller():
    slow = after(state("send", set_size=100), told(POSTED), took_seconds=SLOW_SET_SECONDS + 1)
    assert slow.state.set_size == 50
    assert after(state("send", set_size=100), told(POSTED), took_seconds=1).state.set_size == 100


@pytest.mark.parametrize(
    ("batch", "groups"), [(("1",), ()), (("1", "2"), (["1"], ["2"])), (("1", "2", "3"), (["1"], ["2", "3"]))]
)
def test_a_set_that_cannot_be_read_is_halved(batch, groups):
    """Requirement 56."""
    step = fail(state("send", batch=batch, ready=("7",)), UNREADABLE)
    assert kinds(step) == [Reject]
    assert step.ending is None
    assert (step.state.phase, step.state.out, tuple(map(list, step.state.groups))) == ("check", "", (*groups, ["7"]))


@pytest.mark.parametrize("phase", ["status", "doubt", "check", "forget", "finish"])
def test_a_question_that_cannot_be_read_ends_the_visit_where_no_document_can_be_at_fault(phase):
    """Of a check: one that asks for the witnesses alone."""
    assert fail(state(phase), UNREADABLE).ending.how == "later"


@pytest.mark.parametrize(("batch", "groups", "effects"), [(("1", "2"), (["1"], ["2"]), []), (("1",), (), [Hold])])
def test_a_check_that_cannot_be_read_is_halved(batch, groups, effects):
    """Requirement 56: it costs only the one whose number or invoice cannot be asked for."""
    step = fail(state("check", batch=batch), UNREADABLE)
    assert (step.ending, step.state.phase, kinds(step)) == (None, "check", effects)
    assert tuple(map(list, step.state.groups)) == groups


@pytest.mark.parametrize("phase", ["look", "reread"])
def test_a_look_that_cannot_be_read_does_without_numbers(phase):
    """Requirement 56: what it does not find is not sent again before its number has been asked for by itself."""
    step = fail(state(phase), UNREADABLE)
    assert (step.ending, step.state.phase, step.state.is_numberless) == (None, phase, True)
    assert fail(step.state, UNREADABLE).ending.how == "later"
    found = after(step.state, LookAnswer(verdicts={"1": ABSENT}))
    assert (found.state.phase, found.state.is_numberless) == ("check", False)


@pytest.mark.parametrize("phase", ["send", "resend"])
def test_a_refusal_that_was_heard_before_is_asked_about(phase):
    """Requirement 56: a proxy may have repeated it while QuickBooks does the set."""
    doubtful = fail(state(phase, batch=("1", "2")), replace(UNREADABLE, may_be_repeated=True))
    assert (doubtful.state.phase, doubtful.state.out, doubtful.effects) == ("status", "A", ())
    assert kinds(after(doubtful.state, told(POSTED, POSTED))) == [Settle]
    unknown = after(doubtful.state, SetAnswer(code=600, outcomes={1: UNKNOWN, 2: UNKNOWN}))
    assert unknown.state.phase == "look"
    done = after(unknown.state, LookAnswer(verdicts={"1": THERE, "2": ABSENT}))
    assert kinds(done) == [Conclude, CloseLost]
    refused = after(unknown.state, LookAnswer(verdicts={"1": ABSENT, "2": ABSENT}))
    assert (kinds(refused), tuple(map(list, refused.state.groups))) == ([Reject], (["1"], ["2"]))
    assert (refused.state.refusal, refused.state.out) == ("", "")


def test_a_damaged_answer_is_asked_for_at_once_but_not_for_ever():
    """Requirement 56."""
    step = fail(state("send"), DAMAGED)
    assert (step.state.phase, step.ending, step.effects) == ("status", None, ())
    assert fail(replace(step.state, doubts=MAX_DOUBTS), DAMAGED).ending.how == "later"
    assert fail(state("check"), DAMAGED).ending.how == "later"


def test_any_other_failure_leaves_the_set_out():
    """Requirement 56: the next visit asks what became of it."""
    step = fail(state("send"), Problem(code="0x80010105", text="QuickBooks failed.", is_final=False))
    assert (step.ending.how, step.state.out, step.effects) == ("later", "A", ())
    assert "next visit asks first what became of it" in step.ending.text


def test_quickbooks_forgets_only_what_is_stored_here():
    """Requirement 56."""
    step = after(state("send", old_set_id="before"), told(POSTED))
    assert step.effects[-1] == Forgotten(set_id="before")
    unknown = after(state("send", old_set_id="before"), SetAnswer(code=600, outcomes={1: UNKNOWN}))
    assert unknown.effects == ()
    last = after(state("forget", old_set_id="last"), Nothing())
    assert (last.effects, last.ending.how) == ((Forgotten(set_id="last"),), "done")
    assert (after(state("finish"), Nothing()).effects, last.ending.how) == ((), "done")


def test_what_a_restored_database_forgot_is_looked_for_and_never_resent():
    """Requirement 56."""
    step = after(state("reread"), LookAnswer(verdicts={"1": THERE, "2": ABSENT}))
    assert (step.state.phase, kinds(step)) == ("check", [Conclude, Reread])
    assert step.effects[-1] == Reread(documents=("1", "2"), absent=("2",))
    assert after(state("reread"), LookAnswer(verdicts={"2": ABSENT})).state.phase == "check"


def test_a_state_of_another_version_starts_over():
    memory = state("look", groups=(("1",),)).to_memory()
    assert State.from_memory(memory) == state("look", groups=(("1",),))
    assert State.from_memory({**memory, "v": 0}) is None
