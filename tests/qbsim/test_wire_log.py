"""What came over the wire is kept in the company file, request beside answer."""

from pathlib import Path

import pytest

from qbsim.company import Company
from qbsim.connector import WebConnector, WsgiTransport
from qbsim.processor import QuickBooks, RequestRefused
from qbsim.wire_log import MAX_CHARACTERS, MAX_ENTRIES
from support.company_files import NOON
from support.fake_service import COMPANY_QUERY, QWC, FakeService, qbxml

MISSING = qbxml("<HostQueryRq/>", "<CustomerQueryRq><FullName>Nobody</FullName></CustomerQueryRq>")


def test_a_request_stands_beside_its_answer(company: Company) -> None:
    response = QuickBooks(company).begin_session(application="Standpipe").process(MISSING)
    (kept,) = company.wire_log.entries()
    assert (kept.request, kept.response) == (MISSING, response)
    assert (kept.application, kept.hresult, kept.reason) == ("Standpipe", "", "")
    assert kept.statuses == ("HostQuery 0", "CustomerQuery 500")
    assert kept.at.timestamp() == NOON
    assert kept.milliseconds > 0


def test_a_refused_document_stands_there_with_its_reason(company: Company) -> None:
    document = qbxml("<HostQueryRq/>").replace("HostQueryRq", "Café")
    with pytest.raises(RequestRefused):
        QuickBooks(company).begin_session().process(document.encode("latin-1"))
    (kept,) = company.wire_log.entries()
    assert (kept.response, kept.statuses, kept.hresult) == ("", (), "0x80040400")
    assert "Caf\\xe9" in kept.request, "bytes that are no text are shown as they came"
    assert "raw characters" in kept.reason


def test_kept_answers_and_message_set_codes_are_named(company: Company) -> None:
    session = QuickBooks(company).begin_session()
    for document in (
        qbxml("<HostQueryRq/>", new_id="A"),
        qbxml(new_id="A", old_id="A"),
        qbxml(new_id="B", old_id="B"),
    ):
        session.process(document)
    newest_first = [kept.statuses for kept in company.wire_log.entries()]
    assert newest_first == [("message set 600",), ("kept answer",), ("HostQuery 0",)]


def test_sessions_are_told_apart(company: Company) -> None:
    quickbooks = QuickBooks(company)
    one, other = quickbooks.begin_session(), quickbooks.begin_session()
    for session in (one, other, one):
        session.process(qbxml("<HostQueryRq/>"))
    third, second, first = (kept.session for kept in company.wire_log.entries())
    assert first == third != second


def test_what_the_web_connector_asks_for_itself_is_left_out(filled: Company) -> None:
    service = FakeService(COMPANY_QUERY)
    WebConnector(QWC, company=filled, password="x", transport=WsgiTransport(service)).update()
    (kept,) = filled.wire_log.entries()
    assert kept.request == COMPANY_QUERY
    assert kept.response == service.responses[0]
    assert kept.application == "Test Service", "as the QWC calls it"


def test_the_newest_stay(company: Company) -> None:
    with company.transaction():
        for number in range(MAX_ENTRIES + 3):
            company.wire_log.note(session="s", application="", request=str(number), milliseconds=0)
    assert company.wire_log.count() == MAX_ENTRIES
    requests = [kept.request for kept in company.wire_log.entries()]
    assert (requests[0], requests[-1]) == (str(MAX_ENTRIES + 2), "3")
    newest = next(iter(company.wire_log.entries()))
    assert [kept.request for kept in company.wire_log.entries(limit=2, before=newest.number)] == requests[1:3]
    assert company.wire_log.get(newest.number) == newest
    company.wire_log.clear()
    assert company.wire_log.count() == 0
    assert company.wire_log.get(newest.number) is None


def test_of_an_enormous_text_the_beginning_is_kept_and_its_length(company: Company) -> None:
    company.wire_log.note(session="s", application="", request="x" * (MAX_CHARACTERS + 5), milliseconds=0)
    (kept,) = company.wire_log.entries()
    assert (len(kept.request), kept.request_length) == (MAX_CHARACTERS, MAX_CHARACTERS + 5)


def test_the_log_survives_closing_and_restoring(tmp_path: Path) -> None:
    path, copy = tmp_path / "Books.qbw", tmp_path / "Copy.qbw"
    with Company.create(path, customers=0) as company:
        company.back_up(copy)
        QuickBooks(company).begin_session().process(qbxml("<HostQueryRq/>"))
        company.restore(copy)
    with Company.open(path) as company:
        assert company.wire_log.count() == 1, "it is the simulator's, no part of anybody's books"


def test_a_log_that_cannot_be_written_takes_nothing_back(company: Company) -> None:
    company.db.execute("DROP TABLE wire_log")
    assert "HostRet" in QuickBooks(company).begin_session().process(qbxml("<HostQueryRq/>"))
