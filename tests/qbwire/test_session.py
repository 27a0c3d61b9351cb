"""The table of the conversation: complete, polite, and free of dead ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwire.session import (
    TRANSITIONS,
    Answer,
    Event,
    Outcome,
    State,
    after,
    describe,
    event_of,
    ticket_of,
    transition,
)
from qbwire.soap import METHODS, CloseConnection, SendRequestXML

WITHOUT_TICKET = {Event.SERVER_VERSION, Event.CLIENT_VERSION, Event.AUTHENTICATE}
LIVE = set(State) - {State.NEW}
OVER = {State.CLOSED, State.REPLACED, State.UNKNOWN}


def test_every_call_has_a_meaning_in_every_state() -> None:
    for state in State:
        for event in Event:
            if state is State.NEW and event not in WITHOUT_TICKET:
                continue  # such a call has a ticket, so that its session is one of the others or unknown
            assert Outcome.AS_PLANNED in transition(state, event).next


def test_events_are_the_methods_of_the_service() -> None:
    assert {event.value for event in Event} == set(METHODS)
    for method in METHODS.values():
        assert event_of(method.call()).value == method.name


def test_three_calls_come_without_a_ticket() -> None:
    for method in METHODS.values():
        call = method.call()
        assert (ticket_of(call) is None) is (event_of(call) in WITHOUT_TICKET)
    assert ticket_of(CloseConnection(ticket="t")) == ticket_of(SendRequestXML(ticket="t")) == "t"


def test_a_normal_session_goes_to_its_end() -> None:
    state = State.NEW
    for event, outcome, expected in (
        (Event.SERVER_VERSION, Outcome.AS_PLANNED, State.NEW),
        (Event.CLIENT_VERSION, Outcome.AS_PLANNED, State.NEW),
        (Event.AUTHENTICATE, Outcome.AS_PLANNED, State.WAIT_SEND),
        (Event.SEND_REQUEST, Outcome.AS_PLANNED, State.WAIT_RECEIVE),
        (Event.RECEIVE_RESPONSE, Outcome.AS_PLANNED, State.WAIT_SEND),
        (Event.SEND_REQUEST, Outcome.PAUSED, State.PAUSED),
        (Event.GET_LAST_ERROR, Outcome.AS_PLANNED, State.PAUSED),
        (Event.SEND_REQUEST, Outcome.AS_PLANNED, State.WAIT_RECEIVE),
        (Event.RECEIVE_RESPONSE, Outcome.FINISHED, State.FINISHED),
        (Event.CLOSE_CONNECTION, Outcome.AS_PLANNED, State.CLOSED),
    ):
        state = after(state, event, outcome)
        assert state is expected


def test_a_request_asked_for_again_is_the_same_request() -> None:
    again = transition(State.WAIT_RECEIVE, Event.SEND_REQUEST)
    assert again.answer is Answer.SAME_REQUEST
    assert set(again.next.values()) == {State.WAIT_RECEIVE}


@pytest.mark.parametrize("state", [State.WAIT_SEND, State.PAUSED, State.FINISHED])
def test_a_response_brought_again_changes_nothing(state: State) -> None:
    again = transition(state, Event.RECEIVE_RESPONSE)
    assert again.answer is Answer.SAME_PERCENTAGE
    assert again.next[Outcome.AS_PLANNED] is state


def test_a_refused_request_ends_with_its_reason() -> None:
    """The wrong company file: an empty request, then getLastError with the reason."""
    state = after(State.WAIT_SEND, Event.SEND_REQUEST, Outcome.REFUSED)
    assert transition(state, Event.GET_LAST_ERROR).answer is Answer.REASON
    assert transition(state, Event.SEND_REQUEST).answer is Answer.NO_REQUEST
    assert after(state, Event.CLOSE_CONNECTION) is State.CLOSED


@pytest.mark.parametrize("state", sorted(OVER, key=lambda state: state.value))
def test_what_is_over_stays_over_and_ends_politely(state: State) -> None:
    for event in set(Event) - WITHOUT_TICKET:
        row = transition(state, event)
        assert set(row.next.values()) == {state}
        assert row.answer not in {Answer.NEXT_REQUEST, Answer.TAKE_RESPONSE, Answer.SAME_REQUEST}


def test_a_late_response_is_stored_where_a_session_was() -> None:
    for state, answer in (
        (State.REPLACED, Answer.TAKE_LATE_RESPONSE),
        (State.CLOSED, Answer.TAKE_LATE_RESPONSE),
        (State.UNKNOWN, Answer.NO_PERCENTAGE),
    ):
        assert transition(state, Event.RECEIVE_RESPONSE).answer is answer


def test_quickbooks_that_does_not_open_ends_the_session_at_once() -> None:
    for state in LIVE - OVER:
        row = transition(state, Event.CONNECTION_ERROR)
        assert (row.answer, row.next) == (Answer.GIVE_UP, {Outcome.AS_PLANNED: State.CLOSED})


@given(data=st.data())
def test_whatever_comes_the_session_can_be_closed(data: st.DataObject) -> None:
    state = after(State.NEW, Event.AUTHENTICATE, data.draw(st.sampled_from([Outcome.AS_PLANNED, Outcome.REFUSED])))
    for event in data.draw(st.lists(st.sampled_from(sorted(set(Event) - WITHOUT_TICKET, key=lambda e: e.value)))):
        state = data.draw(st.sampled_from(sorted(transition(state, event).next.values(), key=lambda s: s.value)))
    assert after(state, Event.CLOSE_CONNECTION) is State.CLOSED


def test_a_new_login_never_depends_on_the_old_session() -> None:
    for state in State:
        assert transition(state, Event.AUTHENTICATE) == transition(State.NEW, Event.AUTHENTICATE)


def test_the_description_has_a_line_for_every_row() -> None:
    lines = describe().splitlines()
    assert len(lines) == len(TRANSITIONS) + 2
    assert all(line.count("|") == 5 for line in lines)
    assert "| wait receive | sendRequestXML | the stored request, byte for byte | wait receive |" in lines
