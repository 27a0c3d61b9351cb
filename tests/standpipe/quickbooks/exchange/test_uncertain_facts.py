"""What no source settles, or sources tell differently: a visit ends well whichever is true.

Each fact with its source stands in docs/uncertain-facts.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from lxml import etree

from qbsim.company import DEVIATIONS, Company
from qbwire.status import STATUS_CODES
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.exchange import refresh_customers
from standpipe.quickbooks.exchange.calls import NO_ERROR
from standpipe.quickbooks.exchange.models import Session
from standpipe.quickbooks.lists.actions import cancel_refresh, request_refresh
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import PASSWORD, connect, differences, make_connection
from support.soap import NAMESPACE, Visit, answer, call, customer_ret, envelope, hcp, post, result_of
from support.worlds import make_organization

ELM = customer_ret("80000001-1", "Elm School")
NOVEMBER_BEGINS = 1_793_505_600.0  # 1 November 2026, two hours before New York leaves summer time


class Clock:
    """The QuickBooks computer's. Every reading is a second later."""

    def __init__(self, seconds: float = 1_772_000_000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company.create(tmp_path / "company.qbsim", customers=12, jobs=4, clock=Clock()) as company:
        yield company


@pytest.fixture
def unread(db: None) -> Connection:
    """A connection that will know the simulated company file as its own from the first visit on."""
    return make_connection(make_organization(), confirmed=False)


def read_the_list(connection: Connection, *customers: str) -> Task:
    """A whole refresh by hand that brings these customers."""
    task = request_refresh(connection, by=None, full=True)
    visit = Visit(connection)
    visit.ask()
    assert visit.give(answer(1, *customers)) == 100
    visit.close()
    task.refresh_from_db()
    return task


def forget_live_session() -> None:
    Session.objects.filter(closed_at=None).update(last_call_at=timezone.now() - timedelta(seconds=301))


# --- HTTP and SOAP


@pytest.mark.parametrize(
    "headers",
    [
        {"SOAPAction": f'"{NAMESPACE}authenticate"'},
        {"SOAPAction": f"{NAMESPACE}authenticate"},
        {"SOAPAction": '""'},
        {"SOAPAction": f'"{NAMESPACE}authenticate"', "Expect": "100-continue"},
        {},
    ],
    ids=["quoted", "bare", "empty", "expecting", "none"],
)
def test_headers_of_any_version_are_no_obstacle(connection, client, headers):
    body = envelope("authenticate", connection.username, PASSWORD)
    response = client.post("/qbwc/", data=body, content_type="text/xml; charset=utf-8", headers=headers)
    assert result_of(response)[1] == "none"


@pytest.mark.parametrize("parameters", ["", "<strVersion>34.0</strVersion>", "<strVersion/>"])
def test_server_version_is_answered_with_and_without_a_parameter(db, parameters):
    plain = envelope("serverVersion").decode()
    body = plain.replace("</serverVersion>", f"{parameters}</serverVersion>").encode()
    assert result_of(post(body)) == call("serverVersion") != ""


@pytest.mark.parametrize(
    "stray",
    [
        "<getServerVersion xmlns='{0}'><ticket>{1}</ticket></getServerVersion>",
        "<getInteractiveURL xmlns='{0}'><wcTicket>{1}</wcTicket><sessionID>1</sessionID></getInteractiveURL>",
        "<interactiveDone xmlns='{0}'><wcTicket>{1}</wcTicket></interactiveDone>",
        "<interactiveRejected xmlns='{0}'><wcTicket>{1}</wcTicket><reason>no</reason></interactiveRejected>",
    ],
    ids=["getServerVersion", "getInteractiveURL", "interactiveDone", "interactiveRejected"],
)
def test_calls_that_are_not_offered_are_refused_and_the_session_goes_on(connection, stray):
    """The guide names a getServerVersion that logs never show, and tells two ends of interactive mode."""
    request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    frame = envelope("serverVersion").decode()
    inner = frame[frame.index("<serverVersion") : frame.index("</soap:Body>")]
    refused = post(frame.replace(inner, stray.format(NAMESPACE, visit.ticket)).encode())
    assert refused.status_code == 500
    assert "Fault" in refused.content.decode()
    assert visit.give(answer(1, ELM)) == 100


# --- what is never said, so that nobody has to know what the Web Connector would make of it


@pytest.mark.parametrize(
    "faults",
    [
        (),
        ("other-company-file",),
        ("garbage-answer:1",),
        ("iterator-lost:1",),
        ("answer-twice:1", "repeat-send-request:1"),
        ("dialog-open",),
        ("hcp-failed",),
    ],
    ids=lambda faults: "+".join(faults) or "nothing",
)
def test_no_answer_has_an_unsettled_meaning(unread, company, monkeypatch, faults):
    """No O: for the version, no more than 100, no NoOp, no interactive mode, no reason without words."""
    monkeypatch.setattr(refresh_customers, "PAGE_SIZE", 5)
    connect(unread, company).add()
    request_refresh(unread, by=None)
    outcome = connect(unread, company, faults=faults).update()
    assert outcome.calls
    for name, said in outcome.answers:
        assert _is_settled(name, said), (name, said)


def _is_settled(name: str, said: Any) -> bool:
    match name:
        case "clientVersion":
            return not said
        case "receiveResponseXML":
            return said <= 100
        case "sendRequestXML":
            return not said or said.startswith("<?xml")
        case "getLastError":
            return bool(said) and said.lower() not in ("noop", "interactive mode")
        case "connectionError":
            return said == "done"
    return True


def test_an_empty_request_always_has_its_reason(connection):
    """What the Web Connector shows where getLastError is empty, nobody tells."""
    request_refresh(connection, by=None)
    for said in (hcp(file_id="{11111111-2222-4333-8444-555555555555}"), hcp(connection, versions=("4.0",)), "no XML"):
        visit = Visit(connection)
        assert visit.ask(said=said) == ""
        assert visit.last_error().endswith("."), said
        assert visit.last_error() != NO_ERROR
        visit.close()
    live = Visit(connection)
    for login, verdict in ((Visit(connection), "busy"), (Visit(connection, password="wrong"), "nvu")):
        assert login.verdict == verdict
        assert login.ask() == ""
        assert login.last_error().endswith(".")
        assert login.close() != ""
    live.close()
    assert live.ask() == ""
    assert live.last_error() != ""


# --- what follows a failure


@pytest.mark.parametrize(
    "faults", [("hcp-failed",), ("hcp-failed", "close-after-connection-error")], ids=["silence", "close"]
)
def test_first_questions_that_fail_are_reported_and_the_next_visit_works(unread, company, faults):
    """QBWC1014: told as a connection error, after which closeConnection may follow or not."""
    connect(unread, company).add()
    request_refresh(unread, by=None)
    outcome = connect(unread, company, faults=faults).update()
    assert (outcome.outcome, outcome.code) == ("connection-error", "QBWC1014")
    assert connect(unread, company).update().outcome == "done"
    assert differences(unread, company) == []


@pytest.mark.parametrize("how", ["empty first call", "close", "silence"])
def test_first_questions_that_fail_without_a_report_cost_one_visit(connection, how):
    """QBWC1014, otherwise told: no connectionError comes at all."""
    request_refresh(connection, by=None)
    visit = Visit(connection)
    if how == "empty first call":
        assert visit.ask(said="") == ""
        assert visit.last_error() != ""
    if how == "silence":
        assert Visit(connection).verdict == "busy"
        forget_live_session()
    else:
        visit.close()
    again = Visit(connection)
    again.ask()
    assert again.give(answer(1, ELM)) == 100


# --- time


@pytest.mark.parametrize("waited", [timedelta(seconds=1), timedelta(seconds=99), timedelta(hours=2)], ids=str)
def test_an_answer_is_taken_however_long_quickbooks_needed(connection, waited):
    """How long the Web Connector waits for anybody is told nowhere; the session is its own until another comes."""
    request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    Session.objects.update(last_call_at=timezone.now() - waited)
    assert visit.give(answer(1, ELM)) == 100
    assert connection.customers.count() == 1


def test_an_answer_of_ours_that_nobody_waited_for_can_be_asked_for_again(connection):
    """A Web Connector that gave up waiting asks again, in the same session or in the next."""
    request_refresh(connection, by=None)
    visit = Visit(connection)
    request, page = visit.ask(), answer(1, ELM, remaining=1)
    assert visit.ask() == request
    assert visit.give(page) == visit.give(page) == 50
    forget_live_session()
    again = Visit(connection)
    assert again.verdict == ""
    again.ask()
    assert again.give(answer(1, ELM)) == 100
    assert connection.customers.count() == 1


@pytest.mark.parametrize("deviations", [tuple(DEVIATIONS), ()], ids=["offset of winter", "offset of summer"])
def test_summer_times_with_either_offset_lose_nothing(unread, tmp_path, deviations):
    """Recorded summer times carry winter's offset in some company files and the right one in others."""
    clock = Clock(NOVEMBER_BEGINS)
    file = tmp_path / "summer.qbsim"
    with Company.create(
        file, customers=5, clock=clock, time_zone="America/New_York", deviations=deviations
    ) as company:
        for number in range(8):  # the wall clock goes back by half an hour between two of them
            company.add_customer(f"Half an hour, {number}")
            request_refresh(unread, by=None)
            assert connect(unread, company).update().outcome == "done"
            assert differences(unread, company) == []
            clock.seconds += 1800


@pytest.mark.parametrize("comes_again", [True, False])
def test_a_new_transaction_may_or_may_not_touch_its_customer(connection, comes_again):
    """Whether TimeModified moves with an invoice is unsettled; nothing that is kept depends on it."""
    read_the_list(connection, ELM)
    before = Customer.objects.values().get()
    task = request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    moved = customer_ret("80000001-1", "Elm School", modified="2026-03-02T10:00:00-05:00")
    assert visit.give(answer(1, moved if comes_again else ELM)) == 100
    task.refresh_from_db()
    assert (task.counts["new"], task.counts["changed"], task.counts["gone"]) == (0, 0, 0)
    assert Customer.objects.values().get() == before


# --- qbXML


def test_entities_and_raw_characters_are_the_same_text(connection):
    read_the_list(connection, customer_ret("80000001-1", "Zoë’s – Café"))
    row = Customer.objects.values().get()
    assert row["name"] == "Zoë’s – Café"
    entities = ELM.replace("Elm School", "Zo&#235;&#8217;s &#8211; Caf&#233;")
    task = read_the_list(connection, entities)
    assert task.counts["changed"] == 0
    assert Customer.objects.values().get() == row


UNSETTLED = [code for code, explained in STATUS_CODES.items() if not explained.confirmed]
UNSETTLED += [3070, 9100, 9199]  # its text is confirmed, its number is not; macros, as a range


def test_a_code_of_unsettled_meaning_is_an_error_where_quickbooks_calls_it_one(connection):
    """Severity decides. The list stays, and the person reads QuickBooks' own words."""
    read_the_list(connection, ELM)
    for code in UNSETTLED:
        task = request_refresh(connection, by=None)
        visit = Visit(connection)
        visit.ask()
        assert visit.give(answer(1, status=(code, "Error", f"Words of {code}."))) == -1
        assert f"Words of {code}." in visit.last_error()
        visit.close()
        task.refresh_from_db()
        assert task.state in ("running", "failed")
        cancel_refresh(task, by=None)
        assert connection.customers.get().gone_at is None


def test_a_code_of_unsettled_meaning_is_none_where_quickbooks_merely_warns(connection):
    request_refresh(connection, by=None)
    visit = Visit(connection)
    for number, code in enumerate(UNSETTLED, start=1):
        visit.ask()
        page = customer_ret(f"8000{number:04}-1", f"Customer {number}")
        warned = (code, "Warn", f"Words of {code}.")
        said = visit.give(answer(number, page, remaining=len(UNSETTLED) - number, deleted=None, status=warned))
        assert said >= 0
    assert said == 100
    assert connection.customers.count() == len(UNSETTLED)


def test_siblings_alike_but_for_case_and_levels_without_end_are_all_kept(connection):
    """That names differ by more than case, and that five levels are all, is general knowledge only."""
    path = "Elm"
    deep = []
    for level in range(9):
        customer = customer_ret(f"8000000{level}-1", "Elm", FullName=path)
        deep.append(customer.replace("<Sublevel>0<", f"<Sublevel>{level}<"))
        path += ":Elm"
    read_the_list(connection, *deep, customer_ret("80000011-1", "ELM"), customer_ret("80000012-1", "elm "))
    assert connection.customers.count() == 11
    assert max(connection.customers.values_list("sublevel", flat=True)) == 8


def test_no_request_leans_on_an_unsettled_filter(unread, company, monkeypatch):
    """No names, IDs or counts are asked for; a Continue repeats what its Start asked, so that either one counts."""
    monkeypatch.setattr(refresh_customers, "PAGE_SIZE", 5)
    requests = []
    for full in (True, False, True):
        request_refresh(unread, by=None, full=full)
        for number in range(6):  # more than a page of changes
            company.add_customer(f"Added after {len(requests)} requests, {number}")
        requests += connect(unread, company).update().requests
    queries = [one for text in requests for one in etree.fromstring(text.encode()).iter("CustomerQueryRq")]
    seen = {(query.get("iterator"), query.find("FromModifiedDate") is not None) for query in queries}
    assert seen == {(step, of_changes) for step in ("Start", "Continue") for of_changes in (True, False)}
    started: list[tuple[str, str | None]] = []
    for query in queries:
        asked = [(one.tag, one.text) for one in query]
        tags = {tag for tag, _ in asked}
        assert ("ActiveStatus", "All") in asked
        assert "MaxReturned" in tags
        assert not tags & {"NameFilter", "NameRangeFilter", "ListID", "FullName", "OwnerID"}
        assert query.get("metaData") is None
        if query.get("iterator") == "Start":
            started = asked
        assert asked == started
