"""What came over the wire, the switches for faults, and which company file is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from qbsim.company import Company
from qbsim.connector import WebConnector, WsgiTransport
from qbsim.faults import FAULTS
from qbsim.processor import QuickBooks, RequestRefused
from support.company_files import make_company
from support.fake_service import COMPANY_QUERY, QWC, FakeService, qbxml
from support.screens import PlainBrowser


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Company]:
    company, _ = make_company(tmp_path)
    with company:
        yield company


@pytest.fixture
def browser(books: Company) -> PlainBrowser:
    return PlainBrowser(books)


@pytest.fixture
def asked(books: Company) -> None:
    """A good request, one with a warning, and one that QuickBooks refuses whole."""
    session = QuickBooks(books).begin_session()
    session.process(qbxml("<HostQueryRq/>"))
    session.process(
        qbxml("<CustomerQueryRq><FullName>Caf&#233; &lt;b&gt;</FullName></CustomerQueryRq>", "<HostQueryRq/>")
    )
    with pytest.raises(RequestRefused):
        session.process(qbxml("<CustomerQueryRq><Nonsense/></CustomerQueryRq>"))


def numbers(browser: PlainBrowser, query: str = "") -> list[str]:
    return browser.get(f"/wire{query}").xpath("//tbody//th/a/text()")


# -- the wire log ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_the_log_is_searched_by_message_status_and_text(browser: PlainBrowser) -> None:
    assert numbers(browser) == ["3", "2", "1"]
    for query, found in (
        ("?q=hostquery", ["2", "1"]),
        ("?q=500", ["2"]),
        ("?q=0x80040400", ["3"]),
        ("?q=nonsense", ["3"]),
        ("?errors=1", ["3", "2"]),
        ("?errors=1&q=hostquery", ["2"]),
        ("?q=InvoiceAdd", []),
        ("?session=other", []),
    ):
        assert numbers(browser, query) == found, query


@pytest.mark.usefixtures("asked")
def test_request_and_response_stand_side_by_side(browser: PlainBrowser) -> None:
    page = browser.get("/wire/2")
    request, response = (pre.text_content() for pre in page.xpath("//pre"))
    assert "    <CustomerQueryRq>\n      <FullName>Café &lt;b&gt;</FullName>\n" in request
    assert 'statusCode="500"' in response
    assert ['statusCode="500"' in each.text for each in page.xpath("//mark")] == [True]
    assert browser.session.get("http://localhost:8001/wire/2/request.xml").text == qbxml(
        "<CustomerQueryRq><FullName>Caf&#233; &lt;b&gt;</FullName></CustomerQueryRq>", "<HostQueryRq/>"
    )


@pytest.mark.usefixtures("asked")
def test_a_refused_document_says_what_quickbooks_does_not(browser: PlainBrowser) -> None:
    text = browser.get("/wire/3").text_content()
    assert "QuickBooks found an error when parsing the provided XML text stream." in text
    assert "Nonsense" in text
    assert "0x80040400" in text


@pytest.mark.usefixtures("asked")
def test_a_long_log_comes_in_parts_and_can_be_emptied(books: Company, browser: PlainBrowser) -> None:
    session = QuickBooks(books).begin_session()
    for _ in range(60):
        session.process(qbxml("<HostQueryRq/>"))
    first = browser.get("/wire")
    second = browser.get(first.xpath("//a[text()='Next']/@href")[0])
    assert len(first.xpath("//tbody/tr")) == 50
    assert second.xpath("//tbody//th/a/text()")[-1] == "1"
    browser.get("/wire/clear")
    assert books.wire_log.count() == 63
    browser.fill_in("/wire/clear")
    assert books.wire_log.count() == 0
    assert "Nothing has come over the wire yet" in browser.get("/wire").text_content()


def test_requests_that_are_gone_are_not_found(browser: PlainBrowser) -> None:
    for path in ("/wire/1", "/wire/x", "/wire/99999999999999999999", "/wire/1/request.xml", "/wire/1/other"):
        browser.get(path, status=404)


# -- faults ----------------------------------------------------------------------------------------------------


def test_each_fault_has_its_words_and_a_page(browser: PlainBrowser) -> None:
    page = browser.get("/faults")
    assert page.xpath("//tbody//th/code/text()") == list(FAULTS)
    for name, kind in FAULTS.items():
        assert kind.says[1:] in page.text_content()
        assert kind.says[1:] in browser.get(f"/faults/{name}").text_content()
    browser.get("/faults/nothing", status=404)


def test_a_fault_is_switched_on_and_off(books: Company, browser: PlainBrowser) -> None:
    browser.post("/faults/answer-lost", {})
    browser.fill_in("/faults/slow-answer", parameter="2.5", how_long="times", times="3")
    browser.fill_in("/faults/answer-twice", parameter="", how_long="share", percent="30", seed="7")
    on = [str(switch.fault) for switch in books.faults.list()]
    assert on == ["answer-lost", "answer-twice@30%:7", "slow-answer:2.5@3"]
    page = browser.get("/faults")
    assert page.xpath("//table")[0].xpath(".//th/code/text()") == on
    browser.post("/faults/off", {"fault": "answer-lost"})
    assert len(books.faults.list()) == 2
    browser.post("/faults/off", {})
    assert books.faults.list() == []
    assert "None is switched on" in browser.get("/faults").text_content()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("restored-copy", {"parameter": ""}),
        ("answer-lost", {"parameter": "many"}),
        ("answer-lost", {"how_long": "times", "times": "0"}),
        ("answer-lost", {"how_long": "share", "percent": "200"}),
        ("slow-answer", {"parameter": "long"}),
    ],
)
def test_a_fault_that_cannot_be_says_what_can(
    books: Company, browser: PlainBrowser, name: str, values: dict[str, str]
) -> None:
    browser.fill_in(f"/faults/{name}", status=409, **values)
    assert browser.refusal()
    assert books.faults.list() == []


def test_a_running_connector_obeys_at_its_next_call(books: Company, browser: PlainBrowser) -> None:
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    connector = WebConnector(QWC, company=books.path, password="secret", transport=WsgiTransport(service))
    with connector:
        connector.add()
        browser.post("/faults/dialog-open", {})
        assert connector.update().outcome == "connection-error"
        browser.post("/faults/off", {"fault": "dialog-open"})
        assert connector.update().outcome == "done"
        assert "CompanyQuery" in browser.get("/wire").text_content()
        browser.post("/file/new", {"new_name": "Oak, Inc.", "customers": "0"})
        connector.update()
    assert "Oak, Inc." in service.arguments("sendRequestXML")[-1]["strHCPResponse"]
    with Company.open(books.path.with_name("oak-inc.qbsim")) as oak:
        assert oak.stamps() == []  # meeting another file is not being added to it


# -- company files ---------------------------------------------------------------------------------------------


def test_the_page_tells_which_file_is_open(books: Company, browser: PlainBrowser) -> None:
    text = browser.get("/file").text_content()
    assert str(books.path.absolute()) in text
    assert "America/New_York" in text


def test_a_new_file_is_made_and_open_and_the_switch_stands_in_the_first(
    books: Company, browser: PlainBrowser
) -> None:
    books.add_customer("Elm School")
    page = browser.post("/file/new", {"new_name": "Oak & Ash, Inc.", "customers": "3"})
    other = books.path.absolute().with_name("oak-ash-inc.qbsim")
    assert "Oak & Ash, Inc." in page.xpath("string(//header)")
    assert [str(each.fault) for each in books.faults.list()] == [f"other-company-file:{other}"]
    browser.post("/customers/new", {"name": "Pine Bank"})
    assert books.find("Pine Bank") is None
    again = PlainBrowser(books)  # another run of `qbsim serve` shows the same
    assert "Oak & Ash, Inc." in again.get("/file").xpath("string(//header)")
    again.screens.close()
    page = browser.post("/file/open", {"file": books.path.name})
    assert "Not the file" not in page.xpath("string(//header)")
    assert books.faults.list() == []
    assert books.find("Elm School")
    with Company.open(other) as oak:
        assert oak.find("Pine Bank")


def test_only_company_files_of_this_folder_are_opened(books: Company, browser: PlainBrowser, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("no company file")
    (tmp_path / "further").mkdir()
    Company.create(tmp_path / "further" / "other.qbsim", customers=0).close()
    for name in ("letter.txt", "further/other.qbsim", "../other.qbsim", "", "/etc/passwd"):
        browser.post("/file/open", {"file": name}, status=409)
        assert "no company file" in browser.refusal()
    assert books.faults.list() == []
    assert browser.screens.company is books


def test_a_damaged_file_is_said_plainly_and_ours_stays_open(
    books: Company, browser: PlainBrowser, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.qbsim"
    broken.write_bytes(books.path.read_bytes()[:100] + b"\x00" * 5000)
    browser.post("/file/open", {"file": "broken.qbsim"}, status=409)
    assert "damaged" in browser.refusal()
    assert browser.screens.company is books
    assert books.faults.list() == []


@pytest.mark.parametrize(
    "form", [{"new_name": ""}, {"new_name": "Oak", "customers": "x"}, {"new_name": "Alder Fire"}]
)
def test_a_new_file_that_cannot_be(books: Company, browser: PlainBrowser, form: dict[str, str]) -> None:
    books.path.with_name("alder-fire.qbsim").touch()
    before = sorted(books.path.parent.iterdir())
    browser.post("/file/new", form, status=409)
    assert browser.refusal()
    assert sorted(books.path.parent.iterdir()) == before


def test_a_backup_is_written_and_restored(books: Company, browser: PlainBrowser) -> None:
    books.add_customer("Elm School")
    browser.post("/file/back-up", {})
    (backup,) = [path for path in books.path.parent.iterdir() if "backup" in path.name]
    books.add_customer("Pine Bank")
    QuickBooks(books).begin_session().process(qbxml("<HostQueryRq/>"))
    browser.get(f"/file/restore?file={quote(backup.name)}")
    assert books.find("Pine Bank")
    browser.fill_in(f"/file/restore?file={quote(backup.name)}")
    assert books.find("Elm School")
    assert books.find("Pine Bank") is None
    assert books.wire_log.count() == 1
    browser.post("/file/back-up", {}, status=409)  # the clock stands: such a copy is there already
    assert "cannot be made" in browser.refusal()
    browser.get("/file/restore?file=../elsewhere", status=409)


def test_settings_are_those_that_services_meet(books: Company, browser: PlainBrowser) -> None:
    values = {"name": "Alder & Sons", "closing_date": "2023-12-31", "classes": "1", "mode": "SingleUser"}
    browser.fill_in("/file", **values)
    assert (books.name, books.host()["QBFileMode"]) == ("Alder & Sons", "SingleUser")
    assert books.preferences()["AccountingPreferences"]["ClosingDate"] == "2023-12-31"
    assert books.is_on("AccountingPreferences.IsUsingClassTracking")
    assert "Nothing was changed." in browser.fill_in("/file").text_content()
    browser.fill_in("/file", closing_date="")
    assert "ClosingDate" not in books.preferences()["AccountingPreferences"]
    browser.fill_in("/file", **{"dst-offset": ""})
    assert books.deviations == {"mail-delivery"}
    for wrong in ({"name": " "}, {"name": "漢字"}, {"closing_date": "soon"}, {"mode": "Both"}):
        browser.fill_in("/file", status=409, **wrong)
    assert (books.name, books.host()["QBFileMode"]) == ("Alder & Sons", "SingleUser")
