"""Error recovery: what QuickBooks keeps of a message set, and that none is done twice (qbXML, message set IDs)."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company, CompanyError
from qbsim.connector import WebConnector, WsgiTransport
from qbsim.faults import Faults
from qbsim.handlers import HANDLERS
from qbsim.message_sets import MAX_ID
from qbsim.processor import QuickBooks, RequestRefused, Session
from support.company_files import assert_published
from support.fake_service import FILE_ID, OWNER_ID, QWC, FakeService, qbxml
from support.responses_log import switched_on

A, B = "send-1", "send-2"


def add(name: str, *, request_id: str = "1") -> str:
    return f'<CustomerAddRq requestID="{request_id}"><CustomerAdd><Name>{name}</Name></CustomerAdd></CustomerAddRq>'


def session(company: Company, *faults: str, application: str = "Standpipe") -> Session:
    return QuickBooks(company, faults=Faults(faults)).begin_session(application=application)


def answer(session: Session, document: str) -> etree._Element:
    """Return the QBXMLMsgsRs of one document, held against the published schema."""
    text = session.process(document)
    assert_published(text, switched_on=switched_on(session))
    return etree.fromstring(text.encode())[0]


def code(answers: etree._Element) -> str | None:
    return answers.get("messageSetStatusCode")


def statuses(answers: etree._Element) -> list[str]:
    return [each.get("statusCode") for each in answers]


def names(company: Company) -> list[str]:
    return [customer.full_name for customer in company.customers()]


def state(company: Company) -> tuple[list[object], int]:
    """All that a set could have changed: the customers and what is kept of sets."""
    return list(company.customers()), company.message_sets.count()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """An empty company file to make copies of."""
    with Company.create(tmp_path_factory.mktemp("empty") / "Books.qbw", customers=0) as company:
        yield company


# -- doing once ------------------------------------------------------------------------------------------------


def test_a_set_without_an_id_is_not_kept_and_has_no_code(company: Company) -> None:
    answers = answer(session(company), qbxml(add("Alder")))
    assert answers.attrib == {}
    assert company.message_sets.count() == 0


def test_a_set_with_an_id_is_done_and_its_answer_kept(company: Company) -> None:
    answers = answer(session(company), qbxml(add("Alder"), new_id=A))
    assert answers.attrib == {"newMessageSetID": A, "messageSetStatusCode": "0"}
    assert names(company) == ["Alder"]
    assert company.message_sets.count() == 1


def test_the_same_set_again_is_answered_but_not_done(company: Company) -> None:
    document = qbxml(add("Alder"), new_id=A)
    first = session(company).process(document)
    before = state(company)
    assert session(company).process(document) == first, "in another session, too"
    assert state(company) == before


def test_an_answer_survives_the_file_being_closed(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    with Company.create(path, customers=0) as company:
        first = session(company).process(qbxml(add("Alder"), new_id=A))
    with Company.open(path) as company:
        assert session(company).process(qbxml(new_id=A, old_id=A)) == first


def test_a_status_check_gives_the_kept_answer_and_does_nothing(company: Company) -> None:
    first = session(company).process(qbxml(add("Alder"), new_id=A))
    before = state(company)
    assert session(company).process(qbxml(new_id=A, old_id=A)) == first
    assert session(company).process(qbxml(new_id=A, old_id=A)) == first, "as often as one asks"
    assert state(company) == before


def test_a_set_that_failed_is_kept_as_well(company: Company) -> None:
    company.add_customer("Alder")
    first = answer(session(company), qbxml(add("Alder"), new_id=A))
    assert statuses(first) == ["3100"]
    company.delete_customer(company.find("Alder").list_id)
    assert statuses(answer(session(company), qbxml(add("Alder"), new_id=A))) == ["3100"], "not tried again"
    assert names(company) == []


def test_each_application_has_ids_of_its_own(company: Company) -> None:
    session(company, application="Standpipe").process(qbxml(add("Alder"), new_id=A))
    assert code(answer(session(company, application="Payroll"), qbxml(new_id=A, old_id=A))) == "600"
    answer(session(company, application="Payroll"), qbxml(add("Birch"), new_id=A))
    assert names(company) == ["Alder", "Birch"]


# -- codes -----------------------------------------------------------------------------------------------------


def test_600_for_an_unknown_id(company: Company) -> None:
    before = state(company)
    answers = answer(session(company), qbxml(new_id=A, old_id=A))
    assert answers.attrib == {"newMessageSetID": A, "messageSetStatusCode": "600"}
    assert len(answers) == 0
    assert state(company) == before


@pytest.mark.parametrize(
    "other",
    [add("Birch"), add("Alder", request_id="2"), add("Alder") + add("Birch"), add(" Alder"), ""],
    ids=["content", "requestID", "more", "blank", "none"],
)
def test_9001_for_other_requests_under_the_same_id(company: Company, other: str) -> None:
    session(company).process(qbxml(add("Alder"), new_id=A))
    before = state(company)
    answers = answer(session(company), qbxml(other, new_id=A))
    assert (code(answers), len(answers)) == ("9001", 0)
    assert state(company) == before, "neither done nor kept instead"


def test_9001_forgets_nothing(company: Company) -> None:
    session(company).process(qbxml(add("Alder"), new_id=A))
    session(company).process(qbxml(add("Birch"), new_id=B))
    before = state(company)
    assert code(answer(session(company), qbxml(add("Cedar"), new_id=B, old_id=A))) == "9001"
    assert state(company) == before


@pytest.mark.parametrize("ids", [{"new_id": "x" * (MAX_ID + 1)}, {"new_id": A, "old_id": "x" * (MAX_ID + 1)}])
def test_9004_for_an_id_that_is_too_long(company: Company, ids: dict[str, str]) -> None:
    before = state(company)
    answers = answer(session(company), qbxml(add("Alder"), **ids))
    assert (code(answers), len(answers)) == ("9004", 0)
    assert state(company) == before


def test_an_id_of_23_characters_is_not_too_long(company: Company) -> None:
    assert code(answer(session(company), qbxml(add("Alder"), new_id="x" * 23))) == "0"


def test_9005_says_that_the_answer_could_not_be_kept_and_9002_that_there_is_none(company: Company) -> None:
    answers = answer(session(company, "answer-not-stored"), qbxml(add("Alder"), new_id=A))
    assert (code(answers), statuses(answers)) == ("9005", ["0"])
    assert names(company) == ["Alder"]
    before = state(company)
    for document in (qbxml(new_id=A, old_id=A), qbxml(add("Alder"), new_id=A)):
        answers = answer(session(company), document)
        assert (code(answers), len(answers)) == ("9002", 0)
    assert state(company) == before, "and it is not done again"


# -- forgetting ------------------------------------------------------------------------------------------------


def test_an_old_id_alone_is_forgotten(company: Company) -> None:
    session(company).process(qbxml(add("Alder"), new_id=A))
    assert answer(session(company), qbxml(old_id=A)).attrib == {"messageSetStatusCode": "0"}
    assert company.message_sets.count() == 0
    assert code(answer(session(company), qbxml(new_id=A, old_id=A))) == "600"
    assert answer(session(company), qbxml(old_id=A)).attrib == {"messageSetStatusCode": "600"}, "gone already"


def test_a_chain_forgets_the_one_before(company: Company) -> None:
    session(company).process(qbxml(add("Alder"), new_id=A))
    assert code(answer(session(company), qbxml(add("Birch"), new_id=B, old_id=A))) == "0"
    assert code(answer(session(company), qbxml(new_id=A, old_id=A))) == "600"
    assert code(answer(session(company), qbxml(new_id=B, old_id=B))) == "0"
    again = answer(session(company), qbxml(add("Birch"), new_id=B, old_id=A))
    assert statuses(again) == ["0"]
    assert names(company) == ["Alder", "Birch"], "a link of the chain that is sent twice is done once"


def test_a_forgotten_id_can_be_used_anew(company: Company) -> None:
    session(company).process(qbxml(add("Alder"), new_id=A))
    session(company).process(qbxml(old_id=A))
    assert code(answer(session(company), qbxml(add("Birch"), new_id=A))) == "0"
    assert names(company) == ["Alder", "Birch"]


def test_everything_is_forgotten_at_once_but_only_ones_own(company: Company) -> None:
    session(company, application="Payroll").process(qbxml(add("Ours"), new_id=A))
    for number in range(3):
        session(company).process(qbxml(add(f"Customer {number}"), new_id=f"send-{number}"))
    assert code(answer(session(company), qbxml(old_id="ClearAllMessageSets"))) == "0"
    assert company.message_sets.count() == 1


def test_a_file_that_lost_its_store_does_a_set_again(company: Company) -> None:
    """The switch for a file that was rebuilt: the service has nothing but what it can read back."""
    document = qbxml(add("Alder"), new_id=A)
    session(company).process(document)
    lost = session(company, "message-sets-lost")
    assert code(answer(lost, qbxml(new_id=A, old_id=A))) == "600"
    assert statuses(answer(lost, document)) == ["3100"], "done again: only its name kept it from being there twice"
    assert code(answer(lost, qbxml(new_id=A, old_id=A))) == "0", "what this session did is kept"


def test_a_status_check_may_delete_what_it_gives(company: Company) -> None:
    session(company).process(qbxml(add("Alder"), new_id=A))
    reading = session(company, "status-check-forgets")
    assert code(answer(reading, qbxml(new_id=A, old_id=A))) == "0"
    assert code(answer(reading, qbxml(new_id=A, old_id=A))) == "600", "so 600 proves nothing"


def test_a_restored_copy_has_the_answers_of_its_time(tmp_path: Path) -> None:
    with Company.create(tmp_path / "Books.qbw", customers=0) as company:
        session(company).process(qbxml(add("Alder"), new_id=A))
        company.back_up(tmp_path / "Copy.qbw")
        session(company).process(qbxml(add("Birch"), new_id=B))
        company.restore(tmp_path / "Copy.qbw")
        assert names(company) == ["Alder"]
        assert code(answer(session(company), qbxml(new_id=A, old_id=A))) == "0"
        assert code(answer(session(company), qbxml(new_id=B, old_id=B))) == "600"


# -- one after the other ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_error", "codes", "left"),
    [("stopOnError", ["0", "3100", "3231"], ["Alder"]), ("continueOnError", ["0", "3100", "0"], ["Alder", "Birch"])],
)
def test_what_follows_an_error(company: Company, on_error: str, codes: list[str], left: list[str]) -> None:
    """Earlier requests are never rolled back; later ones wait (3231) or are done."""
    document = qbxml(add("Alder"), add("ALDER"), add("Birch"), on_error=on_error, new_id=A)
    answers = answer(session(company), document)
    assert statuses(answers) == codes
    assert all(len(each) == 0 for each in answers if each.get("statusSeverity") == "Error")
    assert names(company) == left
    again = answer(session(company), document)
    assert statuses(again) == codes
    assert names(company) == left


@pytest.mark.parametrize("ends", [Status(3210, text="No."), CompanyError("No.", code=3210), CompanyError("No.")])
def test_what_a_handler_did_before_it_refused_is_undone(
    company: Company, monkeypatch: pytest.MonkeyPatch, ends: Status | CompanyError
) -> None:
    """Whatever a handler of these days or to come does first; no request of today fails with work half done."""

    def half_done(asked: Asked, rs: etree._Element) -> Status:
        asked.company.add_customer("Half done")
        etree.SubElement(rs, "CustomerRet")
        if isinstance(ends, CompanyError):
            raise ends
        return ends

    monkeypatch.setitem(HANDLERS, "CustomerAddRq", half_done)
    answers = answer(session(company), qbxml(add("Alder"), "<HostQueryRq/>", new_id=A))
    assert statuses(answers) == ["3180" if isinstance(ends, CompanyError) and not ends.code else "3210", "0"]
    assert "No." in answers[0].get("statusMessage")
    assert len(answers[0]) == 0
    assert names(company) == []


def test_a_document_that_cannot_be_parsed_leaves_nothing(company: Company) -> None:
    before = state(company)
    with pytest.raises(RequestRefused):
        session(company).process(qbxml(add("Alder"), "<CustomerAddRq/>", new_id=A))
    assert state(company) == before


def test_no_data_wanted_no_data_given(company: Company) -> None:
    answers = answer(session(company), qbxml(add("Alder"), new_id=A, response_data="includeNone"))
    assert (statuses(answers), len(answers[0])) == (["0"], 0)
    told = answer(session(company), qbxml(new_id=A, old_id=A))
    assert told.findtext("CustomerAddRs/CustomerRet/Name") == "Alder", "what is kept is whole"
    assert len(answer(session(company), qbxml(new_id=A, old_id=A, response_data="includeNone"))[0]) == 0


# -- broken off ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "left", "kept"), [("before", [], "600"), ("during", [], "600"), ("after", ["Alder"], "0")]
)
def test_of_one_request_both_or_neither(company: Company, moment: str, left: list[str], kept: str) -> None:
    crashing = session(company, f"quickbooks-crashes:1:{moment}")
    with pytest.raises(RequestRefused) as refused:
        crashing.process(qbxml(add("Alder"), new_id=A))
    assert refused.value.hresult == "0x80010105"
    assert names(company) == left
    assert code(answer(session(company), qbxml(new_id=A, old_id=A))) == kept
    with pytest.raises(RequestRefused) as ended:
        crashing.process(qbxml())
    assert ended.value.hresult == "0x8004040D", "its session went with it"


def test_of_several_requests_some_are_done_and_9002_says_that_nobody_knows(company: Company) -> None:
    document = qbxml(add("Alder"), add("Birch"), new_id=A)
    with pytest.raises(RequestRefused):
        session(company, "quickbooks-crashes:1:during").process(document)
    assert names(company) == ["Alder"]
    assert code(answer(session(company), qbxml(new_id=A, old_id=A))) == "9002"
    assert code(answer(session(company), document)) == "9002", "not done again"
    assert names(company) == ["Alder"]


def copies_at_each_statement(company: Company, document: str, folder: Path) -> list[Path]:
    """Process a set, and copy the file with its journal before every statement that is no mere reading: what a kill
    there would leave."""
    running = session(company)
    copies: list[Path] = []

    def copy(statement: str) -> None:
        if statement.startswith("SELECT"):
            return
        there = folder / str(len(copies))
        there.mkdir()
        for each in company.path.parent.glob(f"{company.path.name}*"):
            shutil.copy(each, there)
        copies.append(there / company.path.name)

    company.db.set_trace_callback(copy)
    running.process(document)
    company.db.set_trace_callback(None)
    return copies


def test_a_process_killed_at_any_statement_leaves_both_or_neither(tmp_path: Path) -> None:
    """Both: the customer and the kept answer."""
    document = qbxml(add("Alder"), new_id=A)
    assert outcomes_of_kills(document, tmp_path) == {((), "600"), (("Alder",), "0")}


def test_an_invoice_killed_at_any_statement_moves_no_balance_without_it(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    with Company.create(tmp_path / "books" / "Books.qbw", customers=0) as company:
        alder = company.add_customer("Alder").list_id
        item = company.lists.all("ItemService")[0].list_id
        document = qbxml(
            f"<InvoiceAddRq><InvoiceAdd><CustomerRef><ListID>{alder}</ListID></CustomerRef><InvoiceLineAdd><ItemRef>"
            f"<ListID>{item}</ListID></ItemRef><Amount>100.00</Amount></InvoiceLineAdd></InvoiceAdd></InvoiceAddRq>",
            new_id=A,
        )
        copies = copies_at_each_statement(company, document, tmp_path)
    outcomes = set()
    for path in copies:
        with Company.open(path) as company:
            told = code(answer(session(company), qbxml(new_id=A, old_id=A)))
            outcomes.add((company.invoices.count(), company.customer(alder).balance_cents, told))
            session(company).process(document)
            assert company.invoices.count() == 1, "sent again, it is there once"
    assert outcomes == {(0, 0, "600"), (1, 100_00, "0")}


def test_of_several_requests_those_that_are_done_stay_and_the_set_has_no_answer(tmp_path: Path) -> None:
    """Each request is a transaction of its own: killed in between, nobody knows how far the set came."""
    document = qbxml(add("Alder"), add("Birch"), add("Cedar"), new_id=A)
    assert outcomes_of_kills(document, tmp_path) == {
        ((), "600"),
        (("Alder",), "9002"),
        (("Alder", "Birch"), "9002"),
        (("Alder", "Birch", "Cedar"), "0"),
    }


def outcomes_of_kills(document: str, folder: Path) -> set[tuple[tuple[str, ...], str | None]]:
    """Return what is there after a kill at each statement, and what a status check says then."""
    (folder / "books").mkdir()
    with Company.create(folder / "books" / "Books.qbw", customers=0) as company:
        copies = copies_at_each_statement(company, document, folder)
    outcomes = set()
    for path in copies:
        with Company.open(path) as company:
            told = code(answer(session(company), qbxml(new_id=A, old_id=A)))
            there = names(company)
            outcomes.add((tuple(there), told))
            session(company).process(document)
            done = there if told == "9002" else list(re.findall("<Name>(.*?)</Name>", document))
            assert names(company) == done, "sent again, each is there once; what is unsettled stays so"
    return outcomes


# -- over the wire ---------------------------------------------------------------------------------------------


def test_an_add_whose_answer_was_lost_is_found_again(company: Company) -> None:
    company.set_data_ext(OWNER_ID, "FileID", FILE_ID)

    def update(service: FakeService, *faults: str) -> str:
        transport = WsgiTransport(service)
        return WebConnector(QWC, company=company, password="x", transport=transport, faults=faults).update().outcome

    first = FakeService(qbxml(add("Alder"), new_id=A))
    assert update(first, "answer-lost") == "failed"
    assert first.responses == [], "the service never heard of it"
    assert names(company) == ["Alder"], "though it was done"
    second = FakeService(qbxml(new_id=A, old_id=A))
    assert update(second) == "done"
    told = etree.fromstring(second.responses[0].encode())[0]
    assert code(told) == "0"
    assert told.findtext("CustomerAddRs/CustomerRet/ListID") == company.find("Alder").list_id


# -- random sequences ------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    sends=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["", "before", "during", "after"]), st.booleans()),
        max_size=12,
    )
)
def test_whatever_breaks_off_a_service_that_asks_first_does_each_set_once(
    empty: Company, tmp_path_factory: pytest.TempPathFactory, sends: list[tuple[int, str, bool]]
) -> None:
    """Send, crash, ask, send again, in any order: every customer is there once at the end."""
    path = shutil.copy(empty.path, tmp_path_factory.mktemp("sends"))
    with Company.open(path) as company:
        for number, crash, asks_first in sends:
            faults = (f"quickbooks-crashes:{2 if asks_first else 1}:{crash}",) if crash else ()
            sending = session(company, *faults)
            try:
                if asks_first:
                    sending.process(qbxml(new_id=f"set-{number}", old_id=f"set-{number}"))
                sending.process(qbxml(add(f"Customer {number}"), new_id=f"set-{number}"))
            except RequestRefused:
                continue
            assert company.find(f"Customer {number}") is not None
        assert len(names(company)) == len(set(names(company)))
        for number in range(4):
            told = code(answer(session(company), qbxml(new_id=f"set-{number}", old_id=f"set-{number}")))
            assert (told == "0") == (company.find(f"Customer {number}") is not None)
            if told == "0":
                kept = company.message_sets.find("Standpipe", f"set-{number}").response
                assert 'statusCode="0"' in kept, "a second time it would have been 3100"
