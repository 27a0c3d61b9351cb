"""The Web Connector: the order of its calls, the special values, and what it does after every failure."""

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from requests.adapters import HTTPAdapter

from qbsim.company import Company, CompanyError
from qbsim.connector import Outcome, QwcRefused, WebConnector, WsgiTransport
from support.company_files import assert_published
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService, qbxml, served

START = ["serverVersion", "clientVersion", "authenticate"]
ROUND = ["sendRequestXML", "receiveResponseXML"]


class World:
    """A Web Connector, a company file and a service, joined in memory; pauses are noted, not slept."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.slept: list[float] = []
        self.log: list[str] = []

    def connector(self, service: FakeService, **options: Any) -> WebConnector:
        return WebConnector(
            options.pop("qwc", QWC),
            company=options.pop("company", self.company),
            password="groups-of-five",
            transport=WsgiTransport(service),
            sleep=self.slept.append,
            log=self.log.append,
            machine=options.pop("machine", "OFFICE-PC"),
            clock=self.company.clock,
            **options,
        )

    def update(self, service: FakeService, **options: Any) -> Outcome:
        outcome = self.connector(service, **options).update()
        assert outcome.calls == service.names
        return outcome


@pytest.fixture
def world(filled: Company) -> World:
    return World(filled)


def lock_of(company: Company) -> str:
    return company.data_ext(OWNER_ID)["AppLock"]


# -- the normal case -----------------------------------------------------------------------------------------


def test_a_session_from_start_to_end(world: World) -> None:
    service = FakeService(COMPANY_QUERY, qbxml('<HostQueryRq requestID="2"/>'))
    outcome = world.update(service)
    assert service.names == [*START, *ROUND, *ROUND, "closeConnection"]
    assert (outcome.outcome, outcome.code, outcome.status, outcome.percent) == ("done", None, "OK", 100)
    assert outcome.requests == service.requests
    assert service.arguments("authenticate") == [{"strUserName": "alice", "strPassword": "groups-of-five"}]
    assert {arguments["ticket"] for _, arguments in service.calls[3:]} == {"ticket-1"}
    first, second = (etree.fromstring(response.encode()) for response in service.responses)
    assert first.findtext(".//CompanyName") == world.company.name
    assert second.find(".//HostQueryRs").get("requestID") == "2"


def test_only_the_first_request_carries_host_company_and_preferences(world: World) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    world.update(service)
    first, second = service.arguments("sendRequestXML")
    assert second["strHCPResponse"] == ""
    hcp = etree.fromstring(first["strHCPResponse"].encode())
    answers = list(hcp.find("QBXMLMsgsRs"))
    assert [(each.tag, each.get("requestID")) for each in answers] == [
        ("HostQueryRs", "0"),
        ("CompanyQueryRs", "1"),
        ("PreferencesQueryRs", "2"),
    ]
    stamps = {each.findtext("DataExtName"): each.findtext("DataExtValue") for each in hcp.iter("DataExtRet")}
    assert stamps["FileID"] == FILE_ID
    assert stamps["AppLock"].startswith("LOCKED:OFFICE-PC:")
    assert_published(first["strHCPResponse"])
    for arguments in (first, second):
        assert arguments["strCompanyFileName"] == str(world.company.path)
        assert (arguments["qbXMLCountry"], arguments["qbXMLMajorVers"], arguments["qbXMLMinorVers"]) == (
            "US",
            "13",
            "0",
        )


def test_the_lock_is_released_at_the_end(world: World) -> None:
    world.update(FakeService(COMPANY_QUERY))
    assert lock_of(world.company) == "UNLOCKED"


def test_soap_is_sent_as_dot_net_sends_it(world: World) -> None:
    service = FakeService(COMPANY_QUERY)
    world.update(service)
    headers = service.headers[0]
    assert headers["HTTP_SOAPACTION"] == '"http://developer.intuit.com/serverVersion"'
    assert headers["CONTENT_TYPE"] == "text/xml; charset=utf-8"
    assert headers["HTTP_CONNECTION"] == "keep-alive"
    assert "MS Web Services Client Protocol" in headers["HTTP_USER_AGENT"]
    assert service.bodies[0] == (  # as seen in johnballantyne/qbws issue 10
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        b'<soap:Body><serverVersion xmlns="http://developer.intuit.com/"/></soap:Body></soap:Envelope>'
    )
    assert b"<strUserName>alice</strUserName>" in service.bodies[2]
    response = etree.fromstring(service.bodies[4]).find(".//{*}response")
    assert len(response) == 0, "qbXML travels as text"


@pytest.mark.parametrize("faults", [[], ["expect-continue"]])
def test_a_session_over_real_http(world: World, faults: list[str]) -> None:
    page = qbxml('<CustomerQueryRq iterator="Start"><MaxReturned>5</MaxReturned></CustomerQueryRq>')
    service = FakeService(COMPANY_QUERY, page)
    with served(service) as qwc:
        outcome = WebConnector(qwc, company=world.company, password="x", faults=faults).update()
    assert outcome.outcome == "done"
    assert service.names == [*START, *ROUND, *ROUND, "closeConnection"]
    assert {headers.get("HTTP_EXPECT") for headers in service.headers} == {"100-continue" if faults else None}


def test_an_adapter_of_ones_own_may_read_the_answers(world: World) -> None:
    class Reading(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> Any:
            answer = super().send(*args, **kwargs)
            assert answer.content
            return answer

    with served(FakeService(COMPANY_QUERY)) as qwc:
        connector = WebConnector(qwc, company=world.company, password="x", transport=Reading())
        assert connector.update().outcome == "done"


def test_a_file_that_was_swapped_is_opened_anew(world: World, tmp_path: Path) -> None:
    """Between two updates somebody puts a copy in the place of the company file."""
    path = tmp_path / "Swapped.qbw"
    shutil.copy(world.company.path, path)
    service = FakeService(COMPANY_QUERY)
    with world.connector(service, company=path) as connector:
        connector.update()
        (tmp_path / "New.qbw").write_bytes(world.company.path.read_bytes())
        with Company.open(tmp_path / "New.qbw") as new:
            new.rename("New Books")
            new.set_data_ext(OWNER_ID, "FileID", FILE_ID)
        (tmp_path / "New.qbw").replace(path)
        connector.update()
    assert "New Books" not in service.responses[0]
    assert "New Books" in service.responses[1]


# -- adding the application ----------------------------------------------------------------------------------


def test_the_first_update_stamps_the_file_once(world: World) -> None:
    assert world.company.file_id(OWNER_ID) is None
    transport_calls = []
    for _ in range(2):
        service = FakeService(COMPANY_QUERY)
        connector = world.connector(service)
        connector.update()
        transport_calls.append(connector.transport.calls)
        assert world.company.file_id(OWNER_ID) == FILE_ID
    assert transport_calls == [7, 6], "the support page is fetched when the application is added, then no more"


def test_a_file_stamped_otherwise_refuses_the_application(world: World) -> None:
    """QBWC1039, as seen with a second QWC file for the same company."""
    world.connector(FakeService()).add()
    other = QWC.replace(FILE_ID, "{77777777-7777-4888-8999-AAAAAAAAAAAA}")
    with pytest.raises(QwcRefused) as caught:
        world.connector(FakeService(), qwc=other).add()
    assert caught.value.code == "QBWC1039"
    assert "carries another FileID" in caught.value.repair
    assert world.company.file_id(OWNER_ID) == FILE_ID


def test_another_application_has_its_own_stamp(world: World) -> None:
    world.connector(FakeService()).add()
    other_owner = "{99999999-2222-4333-8444-555555555555}"
    world.connector(FakeService(), qwc=QWC.replace(OWNER_ID, other_owner)).add()
    assert len(world.company.stamps()) == 2


@pytest.mark.parametrize(("answer", "code"), [("404 Not Found", "QBWC1003"), ("500 Oops", "QBWC1003")])
def test_the_support_page_must_answer(world: World, answer: str, code: str) -> None:
    service = FakeService(COMPANY_QUERY)
    service.support_status = answer
    with pytest.raises(QwcRefused) as caught:
        world.connector(service).add()
    assert caught.value.code == code
    assert world.company.file_id(OWNER_ID) is None


def test_accepted_is_good_enough_for_a_support_page(world: World) -> None:
    service = FakeService(COMPANY_QUERY)
    service.support_status = "202 Accepted"
    world.connector(service).add()


def test_a_support_page_out_of_reach(world: World) -> None:
    qwc = QWC.replace("https://books.example.com", "http://localhost:1")
    with pytest.raises(QwcRefused) as caught:
        WebConnector(qwc, company=world.company, password="x").add()
    assert caught.value.code == "QBWC1004"


def test_quickbooks_must_open_for_adding(world: World) -> None:
    with pytest.raises(QwcRefused, match="0x80040418") as caught:
        world.connector(FakeService(), faults=["not-authorised"]).add()
    assert caught.value.code == "QBWC1013"


# -- clientVersion -------------------------------------------------------------------------------------------


def test_a_warning_lets_the_user_go_on_or_cancel(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"clientVersion": "W:upgrade soon"})
    assert world.update(service).outcome == "done"
    assert "The service warns: upgrade soon" in world.log
    service = FakeService(COMPANY_QUERY, answers={"clientVersion": "W:upgrade soon"})
    outcome = world.update(service, accept_warnings=False)
    assert (outcome.outcome, outcome.code, service.names) == ("cancelled", "QBWC1037", START[:2])


def test_an_error_cancels(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"clientVersion": "E:too old"})
    outcome = world.update(service)
    assert (outcome.outcome, outcome.code, outcome.status) == ("cancelled", "QBWC1037", "The service said: too old")
    assert service.names == START[:2]


def test_a_wanted_version_is_only_told(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"clientVersion": "O:2.1.0.30"})
    assert world.update(service).outcome == "done"
    assert any("2.1.0.30" in line for line in world.log)


def test_rubbish_from_client_version(world: World) -> None:
    outcome = world.update(FakeService(COMPANY_QUERY, answers={"clientVersion": "hello"}))
    assert (outcome.outcome, outcome.code) == ("failed", "QBWC1046")


def test_failing_versions_are_passed_over(world: World) -> None:
    failing = {"serverVersion": ("status", 500), "clientVersion": ("status", 500)}
    assert world.update(FakeService(COMPANY_QUERY, answers=failing)).outcome == "done"


# -- authenticate --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("none", ["none", "NONE", "None"])
def test_nothing_to_do_leaves_quickbooks_alone(world: World, none: str) -> None:
    world.connector(FakeService()).add()
    before = world.company.data_ext(OWNER_ID)
    service = FakeService(answers={"authenticate": ["t", none]})
    assert world.update(service).outcome == "none"
    assert service.names == [*START, "closeConnection"]
    assert world.company.data_ext(OWNER_ID) == before


def test_a_refused_user(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"authenticate": ["t", "nvu"]})
    outcome = world.update(service)
    assert (outcome.outcome, outcome.code) == ("nvu", "QBWC1040")
    assert service.names == [*START, "closeConnection"]


def test_busy_in_both_readings(world: World) -> None:
    """Whether closeConnection follows is not settled by public sources."""
    answers = {"authenticate": ["t", "busy", "90"]}
    service = FakeService(COMPANY_QUERY, answers=answers)
    outcome = world.update(service)
    assert (outcome.outcome, outcome.postpone_seconds, service.names) == ("busy", 90, START)
    service = FakeService(COMPANY_QUERY, answers=answers)
    world.update(service, faults=["close-after-busy"])
    assert service.names == [*START, "closeConnection"]


def test_seconds_to_postpone_and_least_interval(world: World) -> None:
    service = FakeService(answers={"authenticate": ["t", "none", "60", "3600"]})
    outcome = world.update(service)
    assert (outcome.postpone_seconds, outcome.minimum_seconds) == (60, 3600)


def test_a_path_is_opened_when_it_is_the_open_file(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"authenticate": ["t", str(world.company.path)]})
    assert world.update(service).outcome == "done"


def test_another_path_is_a_connection_error(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"authenticate": ["t", r"C:\Books\Other.QBW"]})
    assert world.update(service).outcome == "connection-error"
    assert service.arguments("connectionError")[0]["hresult"] == "0x80040406"


def test_a_refusal_counts_even_without_a_ticket(world: World) -> None:
    """A ticket must be given even when refusing; a public service (qbwc-kit) leaves it empty."""
    service = FakeService(COMPANY_QUERY, answers={"authenticate": ["", "nvu"]})
    assert world.update(service).code == "QBWC1040"
    assert service.names == START


@pytest.mark.parametrize("answer", [[], ["t"], ["", ""]])
def test_an_authenticate_without_ticket_and_verdict(world: World, answer: list[str]) -> None:
    service = FakeService(COMPANY_QUERY, answers={"authenticate": answer})
    outcome = world.update(service)
    assert (outcome.outcome, outcome.code, service.names) == ("failed", "QBWC1012", START)


# -- connectionError -----------------------------------------------------------------------------------------


def test_connection_errors_repeat_until_done(world: World) -> None:
    world.connector(FakeService()).add()
    service = FakeService(COMPANY_QUERY, answers={"connectionError": ["", str(world.company.path), "Done"]})
    outcome = world.update(service, faults=["dialog-open"])
    assert service.names == [*START, *["connectionError"] * 3]
    assert (outcome.outcome, outcome.code) == ("connection-error", "QBWC1013")
    arguments = service.arguments("connectionError")[0]
    assert arguments["hresult"] == "0x80040414"
    assert "modal dialog" in arguments["message"]


def test_a_retry_that_succeeds_goes_on(world: World) -> None:
    world.connector(FakeService()).add()
    service = FakeService(COMPANY_QUERY, answers={"connectionError": ""})
    outcome = world.update(service, faults=["cannot-start:1"])
    assert service.names == [*START, "connectionError", *ROUND, "closeConnection"]
    assert outcome.outcome == "done"


def test_done_in_both_readings(world: World) -> None:
    """Most implementations see no closeConnection after done; some may."""
    world.connector(FakeService()).add()
    service = FakeService(COMPANY_QUERY)
    world.update(service, faults=["single-user", "close-after-connection-error"])
    assert service.names == [*START, "connectionError", "closeConnection"]


def test_a_service_that_never_says_done_is_left(world: World) -> None:
    world.connector(FakeService()).add()
    service = FakeService(COMPANY_QUERY, answers={"connectionError": ""})
    outcome = world.update(service, faults=["connection-error:0x80040401"])
    assert outcome.outcome == "connection-error"
    assert service.names.count("connectionError") == 20


def test_failing_first_questions(world: World) -> None:
    service = FakeService(COMPANY_QUERY)
    outcome = world.update(service, faults=["hcp-failed"])
    assert (outcome.outcome, outcome.code) == ("connection-error", "QBWC1014")
    assert service.names == [*START, "connectionError"]
    assert lock_of(world.company) == "UNLOCKED"


def test_an_excluded_edition(world: World) -> None:
    service = FakeService(COMPANY_QUERY)
    outcome = world.update(service, qwc=QWC.replace("<QBType>", "<AuthFlags>0x2</AuthFlags><QBType>"))
    assert service.arguments("connectionError")[0]["hresult"] == "0x8004041F"
    assert (outcome.outcome, outcome.code) == ("connection-error", "QBWC1034")


# -- sendRequestXML ------------------------------------------------------------------------------------------


def test_an_empty_request_asks_for_the_last_error(world: World) -> None:
    service = FakeService(
        COMPANY_QUERY, answers={"sendRequestXML": "", "getLastError": "Another company file is open."}
    )
    outcome = world.update(service)
    assert service.names == [*START, "sendRequestXML", "getLastError", "closeConnection"]
    assert (outcome.outcome, outcome.status) == ("refused", "Another company file is open.")
    assert outcome.last_error == "Another company file is open."
    assert lock_of(world.company) == "UNLOCKED"


def test_a_pause_through_the_last_error(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": ["", "", COMPANY_QUERY], "getLastError": "NoOp"})
    service._handed_out = 1  # the scripted answers come instead
    outcome = world.update(service)
    assert service.names == [*START, *["sendRequestXML", "getLastError"] * 2, *ROUND, "closeConnection"]
    assert (outcome.outcome, world.slept) == ("done", [5, 5])
    assert [bool(each["strHCPResponse"]) for each in service.arguments("sendRequestXML")] == [True, False, False]


def test_a_pause_as_the_request_itself(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": ["NoOp", COMPANY_QUERY]})
    service._handed_out = 1
    assert world.update(service).outcome == "done"
    assert service.names == [*START, "sendRequestXML", *ROUND, "closeConnection"]
    assert world.slept == [5]


def test_interactive_mode_needs_a_person(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": "", "getLastError": "Interactive mode"})
    outcome = world.update(service)
    assert (outcome.outcome, service.names[-1]) == ("refused", "closeConnection")
    assert "unattended" in outcome.status


def test_a_request_that_cannot_be_parsed_is_reported_and_the_service_decides(world: World) -> None:
    bad = qbxml("<CustomerQueryRq><Nonsense/></CustomerQueryRq>")
    service = FakeService(bad, COMPANY_QUERY)
    assert world.update(service).outcome == "done"
    first = service.arguments("receiveResponseXML")[0]
    assert (first["response"], first["hresult"]) == ("", "0x80040400")
    assert first["message"] == "QuickBooks found an error when parsing the provided XML text stream."
    assert any("Nonsense" in line for line in world.log), "the log helps where QuickBooks does not"
    service = FakeService(bad, answers={"receiveResponseXML": -1, "getLastError": "our mistake"})
    outcome = world.update(service)
    assert service.names == [*START, *ROUND, "getLastError", "closeConnection"]
    assert (outcome.outcome, outcome.status, outcome.percent) == ("refused", "our mistake", -1)


# -- receiveResponseXML --------------------------------------------------------------------------------------


def test_more_than_100_is_a_mistake_of_the_service(world: World) -> None:
    service = FakeService(COMPANY_QUERY, answers={"receiveResponseXML": 101})
    outcome = world.update(service)
    assert (outcome.outcome, outcome.code, service.names[-1]) == ("failed", "QBWC1042", "closeConnection")


def test_zero_goes_on(world: World) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY, answers={"receiveResponseXML": [0, 100]})
    assert world.update(service).outcome == "done"
    assert service.names.count("sendRequestXML") == 2


# -- failing calls -------------------------------------------------------------------------------------------

NONSENSE = {
    "an HTTP error": ("status", 503),
    "no XML": b"<html>",
    "another envelope": b"<a/>",
    "a fault": b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
    b"<faultcode>s:Server</faultcode><faultstring>Oops</faultstring></s:Fault></s:Body></s:Envelope>",
    "an empty body": b"",
    "a document type": b'<!DOCTYPE a [<!ENTITY b "c">]><s:Envelope '
    b'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>&b;</s:Body></s:Envelope>',
}


@pytest.mark.parametrize("kind", NONSENSE)
@pytest.mark.parametrize(
    ("call", "code", "after"),
    [
        ("authenticate", "QBWC1012", []),
        ("sendRequestXML", "QBWC1041", ["closeConnection"]),
        ("receiveResponseXML", "QBWC1042", ["closeConnection"]),
    ],
)
def test_a_failing_call_has_its_number_and_the_session_is_released(
    world: World, call: str, code: str, after: list[str], kind: str
) -> None:
    service = FakeService(COMPANY_QUERY, answers={call: NONSENSE[kind]})
    outcome = world.update(service)
    assert (outcome.outcome, outcome.code) == ("failed", code)
    assert service.names == [*START, *ROUND][: [*START, *ROUND].index(call) + 1] + after
    assert world.company.data_ext(OWNER_ID).get("AppLock", "UNLOCKED") == "UNLOCKED"


def test_a_receive_response_that_is_no_number(world: World) -> None:
    outcome = world.update(FakeService(COMPANY_QUERY, answers={"receiveResponseXML": "done"}))
    assert (outcome.outcome, outcome.code) == ("failed", "QBWC1042")


def test_failing_last_error_and_close(world: World) -> None:
    trouble = ("status", 500)
    service = FakeService(COMPANY_QUERY, answers={"receiveResponseXML": -1, "getLastError": trouble})
    assert world.update(service).code == "QBWC1043"
    service = FakeService(COMPANY_QUERY, answers={"closeConnection": trouble})
    assert world.update(service).code == "QBWC1044"
    service = FakeService(COMPANY_QUERY, answers={"connectionError": trouble})
    assert world.update(service, faults=["dialog-open"]).code == "QBWC1045"
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": trouble, "closeConnection": trouble})
    assert world.update(service).code == "QBWC1041", "the first failure is the one that counts"


def test_a_service_that_is_down(world: World) -> None:
    world.connector(FakeService()).add()
    qwc = QWC.replace("https://books.example.com", "http://localhost:1")
    outcome = WebConnector(qwc, company=world.company, password="x").update()
    assert (outcome.outcome, outcome.code) == ("failed", "QBWC1012")
    assert "no connection" in outcome.status


# -- two computers -------------------------------------------------------------------------------------------


def test_a_file_that_another_computer_updates_is_left_alone(world: World) -> None:
    world.connector(FakeService(COMPANY_QUERY), machine="OTHER-PC", faults=["die-after-request"]).update()
    assert lock_of(world.company).startswith("LOCKED:OTHER-PC:")
    service = FakeService(COMPANY_QUERY)
    outcome = world.update(service)
    assert (outcome.outcome, service.names) == ("locked", [*START, "closeConnection"])
    assert lock_of(world.company).startswith("LOCKED:OTHER-PC:")
    assert world.update(FakeService(COMPANY_QUERY), machine="OTHER-PC").outcome == "done"


# -- transcript and running on -------------------------------------------------------------------------------


def test_the_transcript_holds_every_call_and_no_password(world: World, tmp_path: Path) -> None:
    transcript = tmp_path / "calls.jsonl"
    service = FakeService(COMPANY_QUERY, answers={"receiveResponseXML": b"<html>nonsense"})
    world.update(service, transcript=transcript)
    text = transcript.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["call"] for line in lines] == service.names
    assert "groups-of-five" not in text
    assert lines[3]["answer"] == COMPANY_QUERY
    assert lines[4]["body"] == "<html>nonsense"
    assert len({line["session"] for line in lines}) == 1


def test_polling_survives_whatever_happens_and_ends_when_told(world: World) -> None:
    """A server that is down, a file that is gone, a password that changes: the next poll tries again."""
    service = FakeService(COMPANY_QUERY)
    connector = world.connector(service, company=world.company.path)
    passwords = iter(["one", "two", "three"])
    stop = threading.Event()
    outcomes: list[object] = []
    update = connector.update

    def observed(*, scheduled: bool) -> Outcome:
        outcomes.append(connector.password)
        if len(outcomes) == 1:
            raise CompanyError("The file is gone.")
        if len(outcomes) == 3:
            stop.set()
        return update(scheduled=scheduled)

    connector.update = observed
    connector.run(every=0.001, stop=stop, reread_password=lambda: next(passwords))
    assert outcomes == ["one", "two", "three"]
    assert any("The file is gone. Trying again" in line for line in world.log)


def test_postponement_stretches_the_pause(world: World) -> None:
    service = FakeService(answers={"authenticate": ["t", "none", "50", "70"]})
    waited: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            self.set()
            return True

    world.connector(service).run(every=10, stop=Stop())
    assert waited == [pytest.approx(70, abs=1)]
