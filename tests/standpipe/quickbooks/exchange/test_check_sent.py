"""The pure part of looking at what was sent."""

from datetime import UTC, datetime

import pytest

from qbwire.messages import Status
from standpipe.quickbooks.exchange.check_sent import (
    FEED,
    INVOICES,
    PAYMENTS,
    SOME_INVOICES,
    SOME_PAYMENTS,
    Last,
    NotThere,
    Page,
    begin,
    followed,
    has_gone_back,
    next_questions,
    place_of,
    receive,
)
from standpipe.quickbooks.exchange.tasks import Visit
from standpipe.quickbooks.posting.outcomes import Posted

NOW = datetime(2024, 3, 9, 12, tzinfo=UTC)
ALL = tuple(f"{number}-1" for number in range(9))


@pytest.mark.parametrize("names_it", [True, False])
@pytest.mark.parametrize("gone", [ALL[:1], ALL[-1:], (ALL[2], ALL[3], ALL[7])])
def test_one_that_is_gone_is_found_among_all(gone: tuple[str, ...], *, names_it: bool) -> None:
    """Audit 6.16: some files refuse the whole question with 3120, and not all of them say for which one."""
    visit = Visit(session="1", version="13.0", path="", computer="")
    state = followed(begin(visit=visit, last=None, asked_full=True, now=NOW), invoices=ALL, payments=("P-1",))
    missing: list[str] = []
    for _ in range(40):
        state = next_questions(state)
        if not state.asked:
            break
        lacking = [one for one in state.piece if one in gone]
        message = f"The object {lacking[0]} is gone." if lacking and names_it else ""
        refusal, fine = Status(code=3120, severity="Error", message=message), Status(code=0, severity="Info")
        there = tuple(Posted(kind="Invoice", txn_id=one) for one in state.piece if not lacking)
        answer = {question: Page(status=fine) for question in state.asked if question in (FEED, SOME_PAYMENTS)}
        if SOME_INVOICES in state.asked:
            answer[SOME_INVOICES] = Page(status=refusal if lacking else fine, invoices=there)
        step = receive(state, answer, now=NOW)
        missing += [one for effect in step.effects if isinstance(effect, NotThere) for one in effect.txn_ids]
        state = step.state
    assert sorted(one for one in missing if one != "P-1") == sorted(gone)
    assert (state.seen, state.to_read) == (len(ALL) - len(gone), ())


@pytest.mark.parametrize(
    ("seen", "deleted", "is_back"),
    [(("1-1", "2-1"), (), False), (("1-1",), ("2-1",), False), (("1-1",), (), True), ((), (), True)],
)
def test_a_file_is_back_where_what_bore_the_mark_is_not_there(
    seen: tuple[str, ...], deleted: tuple[str, ...], *, is_back: bool
) -> None:
    """Within one second, too: the other one of that second bears the same mark."""
    mark = "2024-03-09T11:00:00-08:00"
    last = Last(mark=mark, holder="2-1", path="", computer="", full_at=NOW)
    visit = Visit(session="1", version="13.0", path="", computer="")
    state = next_questions(begin(visit=visit, last=last, asked_full=False, now=NOW))
    fine = Status(code=0, severity="Info")
    there = tuple(Posted(kind="Invoice", txn_id=one) for one in seen)
    latest = {"latest": mark, "latest_txn_id": seen[0]} if seen else {}
    answer = {
        INVOICES: Page(status=fine, invoices=there, **latest),
        PAYMENTS: Page(status=fine),
        FEED: Page(status=fine, deleted=deleted),
    }
    assert has_gone_back(receive(state, answer, now=NOW).state) is is_back


def test_within_one_second_the_newer_transaction_holds_the_mark() -> None:
    """An older copy of the file may lack just that one, and then its absence has to tell."""
    second, earlier = "2026-11-23T20:08:01-05:00", "2026-11-23T20:08:00-05:00"
    one, other, before = (second, "9F-1700000000"), (second, "A0-1700000000"), (earlier, "FFF-1700000000")
    assert max(before, other, one, key=lambda pair: place_of(*pair)) == other
