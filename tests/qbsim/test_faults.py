"""Each fault shows the service what the real one would see."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from qbsim.company import Company
from qbsim.connector import Outcome, WebConnector, WsgiTransport
from qbsim.faults import Faults, UnknownFault
from qbsim.soap import CallFailed
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService, qbxml, served

START = ["serverVersion", "clientVersion", "authenticate"]
ROUND = ["sendRequestXML", "receiveResponseXML"]
CUSTOMERS = qbxml('<CustomerQueryRq requestID="1"><ActiveStatus>All</ActiveStatus></CustomerQueryRq>')
FIRST_PAGE = qbxml('<CustomerQueryRq iterator="Start"><MaxReturned>5</MaxReturned></CustomerQueryRq>')


@pytest.fixture
def added(filled: Company) -> Company:
    """A company file to which the application was added already."""
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    return filled


def update(company: Company | Path, service: FakeService, *faults: str, **options: Any) -> Outcome:
    connector = WebConnector(
        QWC,
        company=company,
        password="x",
        transport=WsgiTransport(service),
        faults=faults,
        machine="OFFICE-PC",
        sleep=options.pop("sleep", float),
        **options,
    )
    return connector.update()


def seen_file(service: FakeService) -> tuple[str, str | None, str | None]:
    """Return path, company name and FileID as the service was told them."""
    arguments = service.arguments("sendRequestXML")[0]
    hcp = etree.fromstring(arguments["strHCPResponse"].encode())
    stamps = {each.findtext("DataExtName"): each.findtext("DataExtValue") for each in hcp.iter("DataExtRet")}
    return arguments["strCompanyFileName"], hcp.findtext(".//CompanyName"), stamps.get("FileID")


# -- which file is open --------------------------------------------------------------------------------------


def test_another_company_file_shows_itself(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    update(added, service, "other-company-file")
    path, name, file_id = seen_file(service)
    assert path != str(added.path)
    assert name != added.name
    assert file_id not in {None, FILE_ID}
    assert added.data_ext(OWNER_ID).keys() == {"FileID"}, "our own file was not touched"


def test_another_company_file_by_path(added: Company, tmp_path: Path) -> None:
    other = tmp_path / "Other.qbw"
    Company.create(other, customers=0, name="Other Books").close()
    service = FakeService(COMPANY_QUERY)
    update(added, service, f"other-company-file:{other}")
    assert seen_file(service) == (str(other), "Other Books", None), "nobody added the application to it"


def test_a_moved_file_keeps_its_stamp(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    update(added, service, r"moved-file:D:\Books\Alder.QBW")
    assert seen_file(service) == (r"D:\Books\Alder.QBW", added.name, FILE_ID)
    service = FakeService(COMPANY_QUERY)
    update(added, service, "moved-file")
    path, _, file_id = seen_file(service)
    assert path != str(added.path)
    assert file_id == FILE_ID


def test_a_restored_copy_has_the_path_and_stamp_of_the_original(added: Company, tmp_path: Path) -> None:
    backup = tmp_path / "Backup.qbw"
    shutil.copy(added.path, backup)
    added.add_customer("Came later")
    service = FakeService(CUSTOMERS)
    update(added, service, f"restored-copy:{backup}")
    assert seen_file(service) == (str(added.path), added.name, FILE_ID)
    assert "Came later" not in service.responses[0]


def test_a_missing_stamp(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    update(added, service, "file-id-missing")
    assert seen_file(service) == (str(added.path), added.name, None)


def test_a_file_that_is_not_open_must_be_named(added: Company) -> None:
    """Unattended: authenticate, or the answer to connectionError, names the company file."""
    service = FakeService(COMPANY_QUERY)
    assert update(added, service, "nothing-open").outcome == "connection-error"
    assert service.arguments("connectionError")[0]["hresult"] == "0x80040416"
    named = FakeService(COMPANY_QUERY, answers={"authenticate": ["t", str(added.path)]})
    assert update(added, named, "nothing-open").outcome == "done"
    later = FakeService(COMPANY_QUERY, answers={"connectionError": str(added.path)})
    assert update(added, later, "nothing-open").outcome == "done"
    assert later.names == [*START, "connectionError", *ROUND, "closeConnection"]


# -- sessions that end early ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "processed"), [("", False), (":before", False), (":after", True)])
def test_the_web_connector_dies_with_a_request_in_hand(added: Company, when: str, processed: bool) -> None:
    waits: list[float] = []  # slow-answer waits once for each request that QuickBooks processes
    service = FakeService(COMPANY_QUERY, CUSTOMERS)
    outcome = update(added, service, f"die-after-request:2{when}", "slow-answer:1", sleep=waits.append)
    assert outcome.outcome == "died"
    assert service.names == [*START, *ROUND, "sendRequestXML"], "no closeConnection, nothing"
    assert len(waits) == (2 if processed else 1)
    assert added.data_ext(OWNER_ID)["AppLock"].startswith("LOCKED:OFFICE-PC")
    assert update(added, FakeService(COMPANY_QUERY)).outcome == "done", "the same computer takes its lock over"


@pytest.mark.parametrize("number", range(1, 9))
def test_the_web_connector_dies_before_any_call(added: Company, number: int) -> None:
    everything = [*START, *ROUND, *ROUND, "closeConnection"]
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    assert update(added, service, f"die-at-call:{number}").outcome == "died"
    assert service.names == everything[: number - 1]


def test_a_lost_answer_never_arrives(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    outcome = update(added, service, "answer-lost:2")
    assert service.names == [*START, *ROUND, "sendRequestXML", "closeConnection"]
    assert (outcome.outcome, outcome.code) == ("failed", "QBWC1042")


# -- repeated calls ------------------------------------------------------------------------------------------


def test_an_answer_that_arrives_twice(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, answers={"receiveResponseXML": 100})
    update(added, service, "answer-twice")
    assert service.names == [*START, *ROUND, "receiveResponseXML", "closeConnection"]
    first, second = service.arguments("receiveResponseXML")
    assert first == second


def test_a_request_that_is_fetched_twice(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": COMPANY_QUERY, "receiveResponseXML": 100})
    update(added, service, "repeat-send-request")
    assert service.names == [*START, "sendRequestXML", *ROUND, "closeConnection"]
    first, second = service.arguments("sendRequestXML")
    assert first == second


# -- damaged answers -----------------------------------------------------------------------------------------


def test_an_answer_that_ends_in_its_middle(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    update(added, service, "truncated-answer:2")
    whole, half = service.responses
    assert whole.startswith(half)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(half.encode())


def test_an_answer_that_is_no_xml(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    update(added, service, "garbage-answer")
    assert not service.responses[0].startswith("<")


def test_a_character_that_xml_forbids(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    update(added, service, "control-character")
    assert f"<CompanyName>&#11;{added.name}" in service.responses[0]
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(service.responses[0].encode())


def test_bytes_of_another_encoding(added: Company) -> None:
    service = FakeService(CUSTOMERS)
    outcome = update(added, service, "wrong-encoding")
    body = next(body for body in service.bodies if b"receiveResponseXML" in body)
    assert b'encoding="utf-8"' in body[:60]
    assert "Café".encode("cp1252") in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert outcome.code == "QBWC1042", "the fake service cannot read it, and says nothing that makes sense"


def test_a_broken_record_among_good_ones(added: Company) -> None:
    service = FakeService(CUSTOMERS)
    update(added, service, "broken-record:no-name")
    names = [ret.find("Name") for ret in etree.fromstring(service.responses[0].encode()).iter("CustomerRet")]
    assert names[0] is None
    assert None not in names[1:]


def test_everything_on_one_page(added: Company) -> None:
    service = FakeService(FIRST_PAGE)
    update(added, service, "huge-page")
    answer = etree.fromstring(service.responses[0].encode()).find(".//CustomerQueryRs")
    assert len(answer) == added.count(active_only=True)
    assert answer.get("iteratorRemainingCount") == "0"


def test_an_answer_with_a_tag_that_nobody_closes(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    update(added, service, "broken-answer")
    assert service.responses[0].rstrip().endswith("</QBXML>"), "it is all there"
    with pytest.raises(etree.XMLSyntaxError, match="tag mismatch"):
        etree.fromstring(service.responses[0].encode())


def test_an_error_inside_quickbooks(added: Company) -> None:
    service = FakeService(CUSTOMERS, CUSTOMERS)
    assert update(added, service, "internal-error:2").outcome == "done"
    well, failed = (etree.fromstring(response.encode())[0][0] for response in service.responses)
    assert well.get("statusCode") == "0"
    assert (failed.get("statusCode"), failed.get("statusSeverity"), len(failed)) == ("1000", "Error", 0)


def test_one_request_that_cannot_be_read_costs_its_document(added: Company) -> None:
    """Without a word on which it was; what does not hold the text goes on."""
    add = "<CustomerAddRq><CustomerAdd><Name>{}</Name></CustomerAdd></CustomerAddRq>"
    elder, birch = add.format("E1"), add.format("B1")
    service = FakeService(qbxml(birch + elder), qbxml(birch))
    assert update(added, service, "cannot-read:<Name>E1").outcome == "done"
    told = [(each["hresult"], bool(each["response"])) for each in service.arguments("receiveResponseXML")]
    assert told == [("0x80040400", False), ("", True)]
    assert "E1" not in service.arguments("receiveResponseXML")[0]["message"]
    assert added.find("B1") is not None
    assert added.find("E1") is None


def test_quickbooks_crashes_and_its_session_with_it(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY, COMPANY_QUERY)
    update(added, service, "quickbooks-crashes:2")
    told = [(each["hresult"], bool(each["response"])) for each in service.arguments("receiveResponseXML")]
    assert told == [("", True), ("0x80010105", False), ("0x8004040D", False)]
    assert update(added, FakeService(COMPANY_QUERY)).outcome == "done", "started again, it works"


# -- connections ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "moment", "names", "code"),
    [
        (4, "before", [*START, "closeConnection"], "QBWC1041"),
        (4, "during", [*START, "unreadable", "closeConnection"], "QBWC1041"),
        (4, "after", [*START, "sendRequestXML", "closeConnection"], "QBWC1041"),
        (5, "before", [*START, "sendRequestXML", "closeConnection"], "QBWC1042"),
        (5, "during", [*START, "sendRequestXML", "unreadable", "closeConnection"], "QBWC1042"),
        (5, "after", [*START, *ROUND, "closeConnection"], "QBWC1042"),
        (3, "after", START, "QBWC1012"),
    ],
)
def test_a_connection_that_is_cut(added: Company, number: int, moment: str, names: list[str], code: str) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    outcome = update(added, service, f"connection-cut:{number}:{moment}")
    assert service.names == names
    assert (outcome.outcome, outcome.code) == ("failed", code)
    assert added.data_ext(OWNER_ID).get("AppLock", "UNLOCKED") == "UNLOCKED", "QuickBooks is let go of"


@pytest.mark.parametrize(("moment", "heard"), [("before", 3), ("during", 3), ("after", 4)])
def test_a_connection_that_is_cut_over_real_http(added: Company, moment: str, heard: int) -> None:
    service = FakeService(COMPANY_QUERY)
    with served(service) as qwc:
        outcome = WebConnector(qwc, company=added, password="x", faults=[f"connection-cut:4:{moment}"]).update()
    assert outcome.code == "QBWC1041"
    whole = [name for name in service.names if name != "unreadable"]
    assert whole[:heard] == [*START, "sendRequestXML"][:heard]
    assert whole[heard:] == ["closeConnection"]


def test_a_share_of_all_calls(added: Company) -> None:
    """With a seed, the same calls break off every time."""
    runs = []
    for _ in range(2):
        added.faults.on("connection-cut:before@20%:3")
        runs.append([update(added, FakeService(COMPANY_QUERY)).outcome for _ in range(10)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {"done", "failed"}


# -- slowness, style -----------------------------------------------------------------------------------------


def test_slow_answers_take_their_time(added: Company) -> None:
    slept: list[float] = []
    update(added, FakeService(COMPANY_QUERY, COMPANY_QUERY), "slow-answer:2.5", sleep=slept.append)
    assert slept == [2.5, 2.5]


@pytest.mark.parametrize("by", ["fault", "qwc"])
def test_rpc_style(added: Company, by: str) -> None:
    service = FakeService(COMPANY_QUERY)
    qwc = QWC.replace("<QBType>", "<Style>RPC</Style><QBType>") if by == "qwc" else QWC
    faults = ["rpc-style"] if by == "fault" else []
    WebConnector(qwc, company=added, password="x", transport=WsgiTransport(service), faults=faults).update()
    assert service.names == [*START, *ROUND, "closeConnection"]
    body = etree.fromstring(service.bodies[2]).find("{*}Body")
    call = body[0]
    assert call.prefix == "q1"
    assert [parameter.tag for parameter in call] == ["strUserName", "strPassword"]
    assert call[0].get("{http://www.w3.org/2001/XMLSchema-instance}type") == "xsd:string"


# -- switching on --------------------------------------------------------------------------------------------


def test_faults_can_be_changed_between_sessions(added: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    connector = WebConnector(
        QWC, company=added, password="x", transport=WsgiTransport(service), faults=["dialog-open"]
    )
    assert connector.update().outcome == "connection-error"
    connector.faults = []
    assert connector.update().outcome == "done"


def test_counts_begin_anew_with_every_session(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY, answers={"receiveResponseXML": [50, 50, 50, 100]})
    connector = WebConnector(
        QWC, company=added, password="x", transport=WsgiTransport(service), faults=["die-after-request:2"]
    )
    assert [connector.update().outcome for _ in range(2)] == ["died", "died"]


@pytest.mark.parametrize(
    "name", ["nonsense", "huge-page:3", "die-at-call", "restored-copy", "answer-lost:often", "dialog-open:x"]
)
def test_a_fault_that_cannot_be_is_said(name: str) -> None:
    with pytest.raises(UnknownFault):
        Faults([name])


def test_a_failed_call_keeps_its_bytes() -> None:
    assert CallFailed("no", body=b"bytes").body == b"bytes"
