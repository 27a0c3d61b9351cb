"""Every fault as the service meets it: over SOAP, and in which test it is shown from near by."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from qbsim.company import Company, Customer
from qbsim.connector import Outcome, WebConnector, WsgiTransport
from qbsim.faults import FAULTS
from support.company_files import make_company
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService, qbxml

TESTS = Path(__file__).parent

NAMED = "test_faults_over_soap.py::test_what_quickbooks_refuses_reaches_the_service"
OPENING = "test_faults_over_soap.py::test_why_quickbooks_cannot_be_opened_is_told"

SHOWN_BY = {
    "other-company-file": "test_faults.py::test_another_company_file_shows_itself",
    "moved-file": "test_faults.py::test_a_moved_file_keeps_its_stamp",
    "restored-copy": "test_faults.py::test_a_restored_copy_has_the_path_and_stamp_of_the_original",
    "file-id-missing": "test_faults.py::test_a_missing_stamp",
    "connection-error": OPENING,
    "dialog-open": OPENING,
    "cannot-start": OPENING,
    "single-user": OPENING,
    "nothing-open": OPENING,
    "not-authorised": OPENING,
    "hcp-failed": OPENING,
    "die-after-request": "test_faults.py::test_the_web_connector_dies_with_a_request_in_hand",
    "die-at-call": "test_faults.py::test_the_web_connector_dies_before_any_call",
    "quickbooks-crashes": "test_faults.py::test_quickbooks_crashes_and_its_session_with_it",
    "connection-cut": "test_faults.py::test_a_connection_that_is_cut",
    "cannot-read": "test_faults.py::test_one_request_that_cannot_be_read_costs_its_document",
    "answer-lost": "test_faults.py::test_a_lost_answer_never_arrives",
    "answer-twice": "test_faults.py::test_an_answer_that_arrives_twice",
    "repeat-send-request": "test_faults.py::test_a_request_that_is_fetched_twice",
    "truncated-answer": "test_faults.py::test_an_answer_that_ends_in_its_middle",
    "garbage-answer": "test_faults.py::test_an_answer_that_is_no_xml",
    "broken-answer": "test_faults.py::test_an_answer_with_a_tag_that_nobody_closes",
    "control-character": "test_faults.py::test_a_character_that_xml_forbids",
    "wrong-encoding": "test_faults.py::test_bytes_of_another_encoding",
    "slow-answer": "test_faults.py::test_slow_answers_take_their_time",
    "rpc-style": "test_faults.py::test_rpc_style",
    "expect-continue": "test_connector.py::test_a_session_over_real_http",
    "close-after-busy": "test_connector.py::test_busy_in_both_readings",
    "close-after-connection-error": "test_connector.py::test_done_in_both_readings",
    "iterator-lost": NAMED,
    "huge-page": "test_faults.py::test_everything_on_one_page",
    "broken-record": "test_faults.py::test_a_broken_record_among_good_ones",
    "missing-id-3120": NAMED,
    "internal-error": NAMED,
    "record-locked": NAMED,
    "edited-meanwhile": NAMED,
    "list-busy": NAMED,
    "saving-fails": NAMED,
    "answers-with": NAMED,
    "no-permission": NAMED,
    "read-only-application": NAMED,
    "record-withheld": NAMED,
    "answer-not-stored": NAMED,
    "message-sets-lost": NAMED,
    "status-check-forgets": NAMED,
    "marker-withheld": "transactions/test_invoice_add.py::test_a_marker_may_be_kept_and_not_come_back",
}


def test_every_fault_says_what_it_does() -> None:
    assert all(kind.says for kind in FAULTS.values())


def test_every_fault_is_shown_by_a_test_that_switches_it_on() -> None:
    assert SHOWN_BY.keys() == FAULTS.keys()
    written = {file: texts_of_tests(TESTS / file) for file in {each.partition("::")[0] for each in SHOWN_BY.values()}}
    for fault, shown_by in SHOWN_BY.items():
        file, _, name = shown_by.partition("::")
        texts = written[file].get(name, [])
        assert any(text.partition("@")[0].partition(":")[0] == fault for text in texts), f"{shown_by}: no {fault}"


def texts_of_tests(path: Path) -> dict[str, list[str]]:
    """Every text that stands in a test or in what it is parametrized with, by the name of the test."""
    tests = (each for each in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(each, ast.FunctionDef))
    return {
        test.name: [
            each.value for each in ast.walk(test) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        for test in tests
    }


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Company]:
    """A company file with three customers, to which the application was added already."""
    company, _ = make_company(tmp_path)
    with company:
        company.set_data_ext(OWNER_ID, "FileID", FILE_ID)
        for name in ("Alder", "Birch", "Cedar"):
            company.add_customer(name)
        yield company


def update(company: Company, service: FakeService, *faults: str) -> Outcome:
    transport = WsgiTransport(service)
    with WebConnector(QWC, company=company, password="x", transport=transport, faults=faults) as connector:
        return connector.update()


# -- QuickBooks cannot be opened -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "hresult", "code"),
    [
        ("connection-error", "0x80040408", "QBWC1013"),
        ("connection-error:0x80040401", "0x80040401", "QBWC1013"),
        ("dialog-open", "0x80040414", "QBWC1013"),
        ("cannot-start", "0x80040408", "QBWC1013"),
        ("single-user", "0x80040410", "QBWC1013"),
        ("nothing-open", "0x80040416", "QBWC1013"),
        ("not-authorised", "0x80040418", "QBWC1013"),
        ("hcp-failed", "0x80040402", "QBWC1014"),
    ],
)
def test_why_quickbooks_cannot_be_opened_is_told(books: Company, fault: str, hresult: str, code: str) -> None:
    service = FakeService(COMPANY_QUERY)
    outcome = update(books, service, fault)
    (told,) = service.arguments("connectionError")
    assert told["hresult"] == hresult
    assert told["message"]
    assert (outcome.outcome, outcome.code) == ("connection-error", code)
    assert "sendRequestXML" not in service.names


# -- QuickBooks answers, but not as hoped --------------------------------------------------------------------

ADD = "<CustomerAddRq><CustomerAdd><Name>Dogwood</Name></CustomerAdd></CustomerAddRq>"
MOD = (
    "<CustomerModRq><CustomerMod><ListID>{birch.list_id}</ListID><EditSequence>{birch.edit_sequence}</EditSequence>"
    "<Phone>555-0100</Phone></CustomerMod></CustomerModRq>"
)
JOB = (
    "<CustomerAddRq><CustomerAdd><Name>Gym</Name><ParentRef><FullName>Birch</FullName></ParentRef></CustomerAdd>"
    "</CustomerAddRq>"
)
FIRST = '<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>'
NEXT = '<CustomerQueryRq iterator="Continue" iteratorID="{iterator}"><MaxReturned>1</MaxReturned></CustomerQueryRq>'
ONE = "<CustomerQueryRq><ListID>{id}</ListID></CustomerQueryRq>"
EARLIER = qbxml(ADD.replace("Dogwood", "Elder"), new_id="A")  # a session before the fault
CHECK_EARLIER = qbxml(new_id="A", old_id="A")


class ServiceWithPages(FakeService):
    """It continues the iterator that the answer before has named."""

    def _sendRequestXML(self) -> str:  # noqa: N802 -- the name on the wire
        request = super()._sendRequestXML()
        if "{iterator}" not in request:
            return request
        iterator = etree.fromstring(self.responses[-1].encode())[0][0].get("iteratorID")
        return request.replace("{iterator}", iterator)


def told(response: str) -> str:
    """The codes of an answer in one text: that of the message set where there is one, and of each request."""
    (answers,) = etree.fromstring(response.encode())
    of_set = answers.get("messageSetStatusCode")
    codes = " ".join(f"{each.get('statusCode')} {each.get('statusSeverity')}" for each in answers)
    return codes if of_set is None else f"set {of_set}: {codes}".rstrip()


@pytest.mark.parametrize(
    ("fault", "requests", "codes", "changed"),
    [
        ("iterator-lost", [qbxml(FIRST), qbxml(NEXT)], ["0 Info", "3391 Error"], False),
        ("iterator-lost:2", [qbxml(FIRST), qbxml(NEXT), qbxml(NEXT)], ["0 Info", "0 Info", "3391 Error"], False),
        ("missing-id-3120", [qbxml(ONE.format(id="1-1"))], ["3120 Error"], False),
        ("internal-error", [qbxml(ADD)], ["1000 Error"], False),
        ("record-locked:Birch", [qbxml(MOD), qbxml(JOB)], ["3175 Error", "3176 Error"], False),
        ("edited-meanwhile", [qbxml(MOD)], ["3200 Error"], True),
        ("list-busy", [qbxml(ADD), qbxml(MOD)], ["3170 Error", "3170 Error"], False),
        ("saving-fails", [qbxml(ADD), qbxml(MOD)], ["3180 Error", "3180 Error"], False),
        ("answers-with:3260", [qbxml(ADD), qbxml(MOD)], ["3260 Error", "3260 Error"], False),
        ("answers-with:530:A field was ignored.", [qbxml(ADD)], ["530 Warn"], True),
        (
            "answers-with:530|3260:No.|3070",
            [qbxml(ADD), qbxml(MOD + MOD)],
            ["530 Warn", "3260 Error 3070 Error"],
            True,
        ),
        ("no-permission", [qbxml(ADD), qbxml(MOD)], ["3260 Error", "3260 Error"], False),
        ("read-only-application", [qbxml(ADD), qbxml(MOD)], ["3263 Error", "3263 Error"], False),
        ("record-withheld", [qbxml(ADD)], ["510 Warn"], True),
        (
            "answer-not-stored",
            [qbxml(ADD, new_id="B"), qbxml(new_id="B", old_id="B")],
            ["set 9005: 0 Info", "set 9002:"],
            True,
        ),
        ("message-sets-lost", [CHECK_EARLIER], ["set 600:"], False),
        ("status-check-forgets", [CHECK_EARLIER] * 2, ["set 0: 0 Info", "set 600:"], False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_quickbooks_refuses_reaches_the_service(
    books: Company, fault: str, requests: list[str], codes: list[str], *, changed: bool
) -> None:
    assert update(books, FakeService(EARLIER)).outcome == "done"
    birch = books.find("Birch")
    service = ServiceWithPages(*(written(each, birch) for each in requests))
    before = records(books)
    assert update(books, service, fault).outcome == "done"
    assert [told(each) for each in service.responses] == codes
    assert (records(books) != before) == changed


def written(request: str, birch: Customer) -> str:
    return request.replace("{birch.list_id}", birch.list_id).replace("{birch.edit_sequence}", birch.edit_sequence)


def records(company: Company) -> list[Customer]:
    return list(company.customers())
