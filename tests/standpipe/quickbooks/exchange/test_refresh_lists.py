"""The refresh of the short lists, without a database: what each answer leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from qbwire.messages import InvoiceQuery, ItemQuery, PreferencesQuery, Status, TermsQuery
from standpipe.quickbooks.exchange.refresh_lists import (
    ApplyEntries,
    ClearList,
    LookForUnseen,
    Page,
    RefuseList,
    State,
    StateFact,
    asked,
    begin,
    fail,
    next_request,
    receive,
    unseen_found,
)
from standpipe.quickbooks.exchange.tasks import Problem, Visit
from standpipe.quickbooks.lists.models import ListKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FINE = Status(code=0, severity="Info")
VISIT = Visit(session="one", version="13.0", path="", computer="")


def start(**options) -> State:
    known = {"visit": VISIT, "known_numbers": {}, "asked_full": False, "today": date(2026, 3, 2)}
    return begin(**known | options)


def whole(**pages: Page):
    """An answer to every question, all on one page unless said otherwise."""
    return {kind: pages.get(kind.value, Page(status=FINE)) for kind in ListKind}


def refused(code, message=""):
    return Page(status=Status(code=code, severity="Error", message=message))


def of(step, effect):
    return [one for one in step.effects if isinstance(one, effect)]


def test_everything_is_asked_for_at_once_and_inactive_entries_too():
    questions = next_request(start())

    assert [type(one) for one in questions][:2] == [PreferencesQuery, TermsQuery]
    assert len(questions) == len(ListKind)
    assert {one.active_status for one in questions if hasattr(one, "active_status")} == {"All"}


def test_elements_of_newer_versions_are_not_asked_for():
    old = next_request(start(visit=replace(VISIT, version="5.0")))
    new = next_request(start())

    asked_of = [{type(one).__name__: one.include_ret_element for one in some[1:]} for some in (old, new)]
    assert "PaymentMethodType" not in asked_of[0]["PaymentMethodQuery"]
    assert "PaymentMethodType" in asked_of[1]["PaymentMethodQuery"]


def test_one_refused_list_leaves_the_others():
    step = receive(start(), whole(sales_tax_codes=refused(3250, "off")), now=NOW)

    assert [one.kind for one in of(step, RefuseList)] == [ListKind.SALES_TAX_CODES]
    assert "off" in of(step, RefuseList)[0].text
    assert {one.kind for one in of(step, ApplyEntries)} == set(ListKind) - {
        ListKind.SALES_TAX_CODES,
        ListKind.PREFERENCES,
        ListKind.INVOICE_NUMBERS,
    }
    assert step.ending is not None
    assert step.ending.how == "done"


def test_a_missing_answer_is_that_list_s_alone():
    answers = whole()
    del answers[ListKind.TERMS]

    step = receive(start(), answers, now=NOW)

    assert [(one.kind, one.code) for one in of(step, RefuseList)] == [(ListKind.TERMS, "no_answer")]
    assert step.ending.how == "done"


def test_what_quickbooks_cannot_give_just_now_is_asked_for_at_the_next_visit():
    step = receive(start(), whole(terms=refused(3175, "in use")), now=NOW)

    assert (step.ending.how, step.state.failures) == ("later", 1)
    assert of(step, ApplyEntries)  # the others are applied
    assert receive(start(failures=2), whole(terms=refused(3175)), now=NOW).ending.how == "failed"


def test_pages_go_on_and_several_of_them_are_searched_for_gaps():
    page = Page(status=FINE, count=2, remaining=3, iterator_id="{1}")
    step = receive(start(), whole(items=page), now=NOW)
    assert step.ending is None
    assert asked(step.state) == (ListKind.ITEMS,)
    (question,) = next_request(step.state)
    assert (question.iterator, question.iterator_id) == ("Continue", "{1}")

    last = receive(step.state, {ListKind.ITEMS: Page(status=FINE, count=3)}, now=NOW)
    assert of(last, LookForUnseen)
    assert last.ending is None

    named = unseen_found(last.state, kind=ListKind.ITEMS, list_ids=["A", "B"])
    (question,) = next_request(named.state)
    assert (question.list_ids, question.iterator) == (("A", "B"), None)
    done = receive(named.state, {ListKind.ITEMS: refused(3120)}, now=NOW)  # none of them is there any more
    assert of(done, ApplyEntries)
    assert done.ending.how == "done"
    assert unseen_found(last.state, kind=ListKind.ITEMS, list_ids=[]).ending.how == "done"


def test_a_lost_iterator_begins_its_own_list_again_a_few_times():
    state, count = start(), 0
    answers = whole(items=refused(3391))
    while True:
        step = receive(state, answers, now=NOW)
        if step.ending is not None:
            break
        assert of(step, ClearList) == [ClearList(kind=ListKind.ITEMS)]
        state, answers, count = step.state, {ListKind.ITEMS: refused(3391)}, count + 1
    assert (count, step.ending.how) == (4, "later")


def test_a_query_too_large_is_asked_in_smaller_pages_and_a_slow_one_too():
    step = receive(start(), whole(items=refused(1000)), now=NOW)
    assert next_request(step.state)[0].max_returned == 500
    page = Page(status=FINE, count=2, remaining=3, iterator_id="{1}")
    slow = receive(start(), whole(items=page), now=NOW, took_seconds=61)
    assert next_request(slow.state)[0].max_returned == 1000


def test_a_set_refused_as_a_whole_is_asked_one_by_one_and_only_the_culprit_fails():
    problem = Problem(code="0x80040400", text="no", is_final=True)
    step = fail(start(), problem)
    assert step.ending is None
    assert asked(step.state) == (ListKind.PREFERENCES,)

    culprit = fail(step.state, problem)

    assert [one.kind for one in of(culprit, RefuseList)] == [ListKind.PREFERENCES]
    state = culprit.state
    for kind in list(ListKind)[1:]:
        assert asked(state) == (kind,)
        step = receive(state, {kind: Page(status=FINE)}, now=NOW)
        state = step.state
    assert step.ending.how == "done"


@pytest.mark.parametrize(("is_final", "how"), [(True, "failed"), (False, "later")])
def test_other_failures_end_the_visit(is_final, how):
    assert fail(start(), Problem(code="0x80040408", text="no", is_final=is_final)).ending.how == how


def test_broken_records_are_named_and_without_a_listid_nothing_counts_as_gone():
    broken = [{"list_id": "", "name": "?", "reason": "no"}]
    step = receive(start(), whole(items=Page(status=FINE, count=1, broken=broken)), now=NOW)

    (items,) = [one for one in of(step, ApplyEntries) if one.kind is ListKind.ITEMS]
    assert (items.broken, items.keep_unseen) == (broken, True)


def test_numbers_are_read_whole_once_and_then_from_what_changed():
    first = next_request(start())[-1]
    assert isinstance(first, InvoiceQuery)
    assert first.modified is None
    step = receive(start(), whole(invoice_numbers=Page(status=FINE, count=3, numbers=["41", "W-7", "42"])), now=NOW)
    (fact,) = [one for one in of(step, StateFact) if one.kind is ListKind.INVOICE_NUMBERS]
    assert fact.said == {"series": {"": (42, 2), "W-": (7, 1)}, "until": "2026-03-02"}

    later = start(known_numbers=fact.said)

    assert next_request(later)[-1].modified.from_modified == "2026-02-28T00:00:00"
    assert next_request(start(known_numbers=fact.said, asked_full=True))[-1].modified is None


def test_the_state_survives_between_calls_and_another_version_starts_over():
    page = Page(status=FINE, count=2, remaining=3, iterator_id="{1}")
    state = receive(start(), whole(items=page), now=NOW).state

    assert State.from_memory(state.to_memory()) == state
    assert State.from_memory(state.to_memory() | {"v": 0}) is None
    assert 0 < state.percent < 100
    assert isinstance(next_request(State.from_memory(state.to_memory()))[0], ItemQuery)
