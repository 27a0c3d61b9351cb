"""The eight calls in any order, repeated, late and lost."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import etree

from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.exchange.models import Exchange, Session
from standpipe.quickbooks.lists.actions import cancel_refresh, request_lists, request_refresh
from standpipe.quickbooks.lists.models import Customer, StagedCustomer
from standpipe.quickbooks.lists.queries import list_state
from support.quickbooks_worlds import PATH, make_connection
from support.soap import Visit, answer, call, customer_ret, hcp
from support.worlds import make_organization

ELM = customer_ret("80000001-1", "Elm School")
OAK = customer_ret("80000002-1", "Oak Hall")


@pytest.fixture
def visit(connection) -> Visit:
    request_refresh(connection, by=None)
    return Visit(connection)


def elements_of(request: str) -> list[str]:
    return [one.tag for one in etree.fromstring(request.encode())[0]]


def test_a_whole_session(visit, connection):
    first = visit.ask()
    assert elements_of(first) == ["CustomerQueryRq", "ListDeletedQueryRq"]
    assert visit.give(answer(1, ELM, remaining=1)) == 50
    second = visit.ask()
    assert elements_of(second) == ["CustomerQueryRq"]
    assert 'iterator="Continue" iteratorID="{11111111-2222-3333-4444-555555555555}"' in second
    assert visit.give(answer(2, OAK, deleted=None)) == 100
    assert visit.close() == "OK: 2 customers and jobs read"
    assert {row.full_name for row in connection.customers.all()} == {"Elm School", "Oak Hall"}
    session = Session.objects.get()
    assert (session.state, session.closed_because, session.requests) == ("closed", "finished", 2)
    page = Exchange.objects.get(number=1)
    assert (page.answer_records, page.percentage, page.answer) == (1, 50, None)
    assert zlib.decompress(page.request).decode() == first


def test_the_first_contact_reads_name_and_path_only(db):
    connection = make_connection(make_organization(), confirmed=False)
    visit = Visit(connection)
    request = visit.ask()
    assert elements_of(request) == ["HostQueryRq"]
    assert "<IncludeRetElement>ProductName</IncludeRetElement>" in request
    host = '<HostQueryRs requestID="1.1" statusCode="0" statusSeverity="Info"><HostRet/></HostQueryRs>'
    assert visit.give(f"<QBXML><QBXMLMsgsRs>{host}</QBXMLMsgsRs></QBXML>") == 100
    assert visit.close() == "OK: connected to Meadow Ridge Fire Protection, Inc."
    connection.refresh_from_db()
    assert connection.file_read_at
    assert (connection.file_company_name, connection.file_path) == ("Meadow Ridge Fire Protection, Inc.", PATH)
    assert (connection.file_stamped, connection.file_country, connection.qbxml_version) == (True, "US", "13.0")
    assert (connection.product_name, connection.computer) == ("QuickBooks Premier 2014", "FRONTDESK")
    assert connection.confirmed_at is None
    assert Visit(connection).verdict == "none"


def test_a_request_asked_again_is_the_same_byte_for_byte(visit):
    assert visit.ask() == visit.ask() == visit.ask(said="")
    assert Exchange.objects.count() == 1


def test_an_answer_given_again_gets_the_same_percentage_and_changes_nothing(visit, connection):
    visit.ask()
    page = answer(1, ELM, remaining=3)
    assert [visit.give(page), visit.give(page)] == [25, 25]
    before = Task.objects.get().memory
    visit.ask()
    assert visit.give(page) == 25  # a proxy repeats it although the next request is out
    assert Task.objects.get().memory == before
    assert visit.give(answer(2, OAK, deleted=None)) == 100
    assert visit.give(answer(2, OAK, deleted=None)) == 100
    assert connection.customers.count() == 2


def test_an_answer_to_a_request_that_was_never_made_is_refused(visit, connection):
    visit.ask()
    assert visit.give(answer(7, ELM)) == -1
    assert "damaged" in visit.last_error()
    assert not Customer.objects.exists()


def test_an_answer_before_any_request_is_refused(visit):
    assert visit.give(answer(1, ELM)) == -1
    assert not Exchange.objects.exists()


def test_a_late_answer_of_a_replaced_session_is_kept_and_ends_politely(visit, connection):
    """Design 3.10."""
    visit.ask()
    Session.objects.update(last_call_at=timezone.now() - timedelta(seconds=301))
    second = Visit(connection)
    second.ask()
    assert visit.give(answer(1, ELM)) == -1
    late = Exchange.objects.get(session__ticket=visit.ticket)
    assert late.answered_at
    assert (late.percentage, late.answer_records) == (-1, 1)
    assert "took over" in visit.last_error()
    assert not StagedCustomer.objects.exists()
    assert second.give(answer(1, OAK)) == 100
    assert [row.name for row in Customer.objects.all()] == ["Oak Hall"]


@pytest.mark.parametrize("ticket", ["", "session-unknown", "none-", "{1F1B7E1A}", "x" * 500, "ä"])
def test_unknown_tickets_end_politely(db, ticket):
    """A fault would make the Web Connector try for ever (requirements F)."""
    assert call("sendRequestXML", ticket, "", PATH, "US", 13, 0) == ""
    assert call("receiveResponseXML", ticket, answer(1, ELM), "", "") == -1
    assert call("connectionError", ticket, "0x80040408", "no") == "done"
    assert call("getLastError", ticket)
    assert call("closeConnection", ticket)
    assert not Customer.objects.exists()


def test_every_call_to_a_session_that_is_over_ends_politely(visit):
    visit.ask()
    visit.give(answer(1, ELM))
    visit.close()
    assert visit.ask() == ""
    assert visit.give(answer(1, ELM)) == -1
    assert visit.fail_to_connect("0x80040408") == "done"
    assert visit.last_error()
    assert visit.close() == "OK: 1 customer or job read"


def test_closing_in_the_middle_leaves_the_task_to_the_next_visit(visit, connection):
    visit.ask()
    visit.give(answer(1, ELM, remaining=1))
    assert visit.close() == "Stopped before the end. The rest follows at the next visit."
    assert list_state(connection).kind == "arriving"
    again = Visit(connection)
    assert again.verdict == ""
    assert 'iterator="Start"' in again.ask()
    assert again.give(answer(1, ELM, OAK)) == 100
    assert list_state(connection).count == 2


def test_a_cancelled_refresh_ends_the_session_well_and_changes_nothing(visit, connection):
    visit.ask()
    visit.give(answer(1, ELM, remaining=1))
    cancel_refresh(Task.objects.get(), by=None)
    assert elements_of(visit.ask()) == ["HostQueryRq"]
    assert visit.give('<QBXML><QBXMLMsgsRs><HostQueryRs statusCode="0"/></QBXMLMsgsRs></QBXML>') == 100
    assert not StagedCustomer.objects.exists()
    assert list_state(connection).kind == "never"


def test_a_refresh_cancelled_while_its_page_travels_keeps_nothing(visit, connection):
    visit.ask()
    cancel_refresh(Task.objects.get(), by=None)
    assert visit.give(answer(1, ELM)) == 100
    assert visit.close() == "OK: the refresh was cancelled"
    assert not Customer.objects.exists()
    assert not StagedCustomer.objects.exists()


# --- what goes wrong on the other side


@pytest.mark.parametrize("hresult", ["0x80040408", "0x80040414", "0X8004041a", "80040403", "0x8004FFFF", ""])
def test_quickbooks_that_cannot_be_opened_is_told_in_words(visit, connection, hresult):
    assert visit.fail_to_connect(hresult, "Could not start QuickBooks.") == "done"
    connection.refresh_from_db()
    assert connection.trouble["text"].endswith(".")
    assert visit.last_error() == connection.trouble["text"]
    assert visit.close() == connection.trouble["text"]
    assert Session.objects.get().closed_because == "no_quickbooks"
    assert Task.objects.get().state == "waiting"  # done by itself when QuickBooks opens
    again = Visit(connection)
    again.ask()
    assert again.give(answer(1, ELM)) == 100
    connection.refresh_from_db()
    assert connection.trouble is None


def test_a_request_that_quickbooks_cannot_parse_fails_the_task_at_once(visit, connection):
    """0x80040400: the same bytes would be refused for ever."""
    visit.ask()
    assert visit.give("", hresult="0x80040400", message="QuickBooks found an error when parsing the XML") == -1
    task = Task.objects.get()
    assert (task.state, task.error["code"]) == ("failed", "0x80040400")
    assert visit.last_error() == task.error["text"]
    assert "parsing the XML" in Exchange.objects.get().error
    assert list_state(connection).last_failed_task == task
    assert Visit(connection).verdict == "none"


def test_a_refusal_that_comes_twice_is_of_the_second_question_only_if_it_insists(connection):
    """It does not say what it refuses: a proxy may repeat it, and QuickBooks may refuse the next question too."""
    request_lists(connection, by=None)
    visit = Visit(connection)
    refusal = {"hresult": "0x80040400", "message": "QuickBooks found an error when parsing the XML"}
    visit.ask()
    percent = visit.give("", **refusal)
    assert visit.ask().count("QueryRq ") == 1  # one list alone
    assert visit.give("", **refusal) == percent  # of which question?
    assert Exchange.objects.filter(answered_at=None).count() == 1
    visit.ask()  # the same question: QuickBooks did refuse it
    assert visit.give("", **refusal) >= percent
    assert not Exchange.objects.filter(answered_at=None).exists()


def test_a_passing_failure_is_tried_again_at_the_next_visits_and_then_told(connection):
    task = request_refresh(connection, by=None)
    for state in ("running", "running", "failed"):
        visit = Visit(connection)
        visit.ask()
        assert visit.give("", hresult="0x80040402", message="Unexpected error") == -1
        assert "unexpected error" in visit.last_error()
        visit.close()
        task.refresh_from_db()
        assert task.state == state
    assert task.finished_at


@pytest.mark.parametrize(
    "garbage",
    [
        "", " ", "no XML", "<QBXML>", "<html><body>504 Gateway Time-out</body></html>",
        answer(1, ELM)[:-40], "<QBXML><QBXMLMsgsRs/></QBXML>",
        '<!DOCTYPE x [<!ENTITY a "b">]><QBXML><QBXMLMsgsRs>&a;</QBXMLMsgsRs></QBXML>',
        answer(1, ELM).replace('statusCode="0"', 'statusCode="zero"'),
    ],
    ids=["empty", "blank", "text", "cut", "page of a proxy", "truncated", "nothing in it", "entities", "no number"],
)  # fmt: skip
def test_an_answer_that_cannot_be_trusted_changes_nothing_and_is_kept(visit, connection, garbage):
    visit.ask()
    assert visit.give(garbage) == -1
    assert "Nothing was changed" in visit.last_error()
    kept = Exchange.objects.get()
    assert zlib.decompress(kept.answer).decode() == garbage
    assert kept.error
    assert not StagedCustomer.objects.exists()
    visit.close()
    again = Visit(connection)
    again.ask()
    assert again.give(answer(1, ELM)) == 100
    assert connection.customers.count() == 1


def test_the_first_call_repeated_after_an_answer_was_lost_goes_on(visit):
    """The HTTP answer to sendRequestXML may get lost as well: the same request, with the same facts, comes again."""
    first = visit.ask()
    assert call("sendRequestXML", visit.ticket, hcp(visit.connection), PATH, "US", 13, 0) == first
