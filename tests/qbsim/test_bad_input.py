"""Bad input: files that are none, services that answer nonsense. Said plainly; nothing is touched."""

import hashlib
import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from qbsim.cli import main
from qbsim.company import Company
from qbsim.connector import QwcRefused, WebConnector, WsgiTransport
from qbsim.texts import CONNECTOR
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService, served

START = ["serverVersion", "clientVersion", "authenticate"]


# -- company files -------------------------------------------------------------------------------------------


def _sound(path: Path) -> None:
    Company.create(path, customers=20).close()


def _text(path: Path) -> None:
    path.write_text("Dear QuickBooks,")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _another_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE letters (text TEXT)")
    connection.close()


def _newer(path: Path) -> None:
    _sound(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def _torn(path: Path) -> None:
    _sound(path)
    data = bytearray(path.read_bytes())
    data[4096:20_000] = bytes(20_000 - 4096)
    path.write_bytes(data)


def _cut_off(path: Path) -> None:
    _sound(path)
    path.write_bytes(path.read_bytes()[:30_000])


BAD_FILES = {
    "a letter": (_text, "no qbsim company file", "qbsim company create"),
    "nothing in it": (_empty, "no qbsim company file", "qbsim company create"),
    "another database": (_another_database, "no qbsim company file", "qbsim company create"),
    "a newer version's": (_newer, "newer qbsim", "Update qbsim"),
    "torn pages": (_torn, "damaged", "Restore it from a copy"),
    "cut off": (_cut_off, "damaged", "Restore it from a copy"),
    "not there": (lambda _: None, "cannot be read", "No such file"),
    "a folder": (Path.mkdir, "cannot be read", "directory"),
}


def _state(folder: Path) -> dict[str, str]:
    """Every file of a folder with the hash of its bytes: also journals that somebody might leave behind."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("kind", BAD_FILES)
@pytest.mark.parametrize("command", ["show", "connect", "serve"])
def test_a_bad_company_file_is_said_plainly_and_stays_as_it_is(
    tmp_path: Path, kind: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, says, repair = BAD_FILES[kind]
    books = tmp_path / "books"
    books.mkdir()
    file = books / "Books.qbw"
    make(file)
    before = _state(books)
    (tmp_path / "a.qwc").write_text(QWC)
    (tmp_path / "password").write_text("x")
    connect = [
        "connect",
        str(tmp_path / "a.qwc"),
        "--password-file",
        str(tmp_path / "password"),
        "--company",
        str(file),
    ]
    arguments = {
        "show": ["company", "show", str(file)],
        "connect": connect,
        "serve": ["serve", str(file), "--port", "0"],
    }
    assert main(arguments[command]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert repair in said.err
    assert str(file) in said.err
    assert "Traceback" not in said.err + said.out
    assert _state(books) == before


def test_a_file_that_breaks_while_polling_is_said_and_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "Books.qbw"
    _sound(file)
    log: list[str] = []
    service = FakeService(COMPANY_QUERY)

    class UntilItIsSaid:
        def is_set(self) -> bool:
            return any("Trying again" in line for line in log)

        def wait(self, _: float) -> None:
            _text(file.with_name("new"))
            file.with_name("new").replace(file)

    with WebConnector(QWC, company=file, password="x", transport=WsgiTransport(service), log=log.append) as connector:
        connector.run(every=0.001, stop=UntilItIsSaid())
    assert "no qbsim company file" in log[-1]
    assert service.names[-1] == "closeConnection", "the first update had worked"
    assert file.read_text() == "Dear QuickBooks,"


def test_a_locked_company_file_cannot_be_stamped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """QBWC1022: another program holds the file when the application is added."""
    _sound(tmp_path / "Books.qbw")
    with Company.open(tmp_path / "Books.qbw") as company:
        company.db.execute("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(tmp_path / "Books.qbw", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        connector = WebConnector(QWC, company=company, password="x", transport=WsgiTransport(FakeService()))
        try:
            with pytest.raises(QwcRefused) as caught:
                connector.add()
            with pytest.raises(QwcRefused, match="QBWC1022"):
                connector.update()
        finally:
            other.close()
        assert caught.value.code == "QBWC1022"
        assert "locked" in str(caught.value)
        assert company.file_id(OWNER_ID) is None


def test_a_company_file_that_is_taken_away_in_the_middle(tmp_path: Path) -> None:
    """QBWC1015: another program holds the file when the session with QuickBooks should end."""
    _sound(tmp_path / "Books.qbw")
    other = sqlite3.connect(tmp_path / "Books.qbw", isolation_level=None)
    service = FakeService(COMPANY_QUERY)

    def holds_the_file() -> int:
        other.execute("BEGIN EXCLUSIVE")
        return 100

    service._receiveResponseXML = holds_the_file
    log: list[str] = []
    with Company.open(tmp_path / "Books.qbw") as company:
        company.db.execute("PRAGMA busy_timeout = 1")
        transport = WsgiTransport(service)
        connector = WebConnector(QWC, company=company, password="x", transport=transport, log=log.append)
        try:
            outcome = connector.update()
        finally:
            other.close()
    assert outcome.outcome == "done"
    assert [line for line in log if line.startswith("QBWC1015") and "locked" in line]
    assert service.names[-1] == "closeConnection", "the service is told all the same"


def test_a_company_file_that_is_taken_away_between_two_requests(tmp_path: Path) -> None:
    """The update ends with a number, the service hears the end, and nothing is raised."""
    _sound(tmp_path / "Books.qbw")
    other = sqlite3.connect(tmp_path / "Books.qbw", isolation_level=None)
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)

    def holds_the_file() -> int:
        if not other.in_transaction:
            other.execute("BEGIN EXCLUSIVE")
        return 50

    service._receiveResponseXML = holds_the_file
    with Company.open(tmp_path / "Books.qbw") as company:
        company.db.execute("PRAGMA busy_timeout = 1")
        try:
            outcome = WebConnector(QWC, company=company, password="x", transport=WsgiTransport(service)).update()
        finally:
            other.close()
    assert (outcome.outcome, outcome.code, service.names[-1]) == ("failed", "QBWC1022", "closeConnection")


def test_every_number_has_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in CONNECTOR if code not in tests] == []


# -- QWC files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "repair"),
    [
        ("<UserName>alice</UserName>", "", "QBWC1039", "Add the element UserName"),
        ("https://books.example.com/qbwc", "http://books.example.com/qbwc", "QBWC1010", "Use https"),
        ("https://books.example.com/help", "https://other.example.com/help", "QBWC1000", "same host"),
        (FILE_ID, "none", "QBWC1039", "GUID in braces"),
        ("</QBWCXML>", "", "QBWC1039", "well-formed"),
    ],
)
def test_a_bad_qwc_file_is_refused_with_its_number_and_what_to_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, old: str, new: str, code: str, repair: str
) -> None:
    _sound(tmp_path / "Books.qbw")
    before = _state(tmp_path)["Books.qbw"]
    (tmp_path / "a.qwc").write_text(QWC.replace(old, new))
    (tmp_path / "password").write_text("x")
    files = ["--password-file", str(tmp_path / "password"), "--company", str(tmp_path / "Books.qbw")]
    assert main(["connect", str(tmp_path / "a.qwc"), *files]) == 3
    said = capsys.readouterr().err
    assert said.startswith(code)
    assert repair in said
    assert main(["qwc", "check", str(tmp_path / "a.qwc")]) == 3
    assert capsys.readouterr().err == said
    assert _state(tmp_path)["Books.qbw"] == before


def test_a_sound_qwc_file_is_made_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.qwc"
    made = ["qwc", "make", str(file), "--name", "Mine & yours", "--user", "alice", "--minutes", "5"]
    assert main([*made, "--url", "http://localhost:8000/qbwc"]) == 0
    assert main(["qwc", "check", str(file)]) == 0
    assert "calls http://localhost:8000/qbwc as alice, every 300 seconds" in capsys.readouterr().out
    before = file.read_bytes()
    assert main([*made, "--url", "http://localhost:8000/qbwc"]) == 2, "never overwritten"
    assert file.read_bytes() == before
    assert main(["qwc", "make", str(tmp_path / "b.qwc"), *made[3:], "--url", "http://books.example.com/"]) == 3
    assert not (tmp_path / "b.qwc").exists()


def test_point_of_sale_is_not_installed_here(filled: Company) -> None:
    connector = WebConnector(
        QWC.replace("QBFS", "QBPOS"), company=filled, password="x", transport=WsgiTransport(FakeService())
    )
    with pytest.raises(QwcRefused, match="0x80040154") as caught:
        connector.add()
    assert caught.value.code == "QBWC1013"


def test_the_page_for_the_certificate_must_open(filled: Company) -> None:
    qwc = QWC.replace("<QBType>", "<CertURL>https://books.example.com/cert</CertURL><QBType>")
    service = FakeService()
    transport = WsgiTransport(service)
    WebConnector(qwc, company=filled, password="x", transport=transport).add()
    assert transport.calls == 2
    with served(service) as local:
        there = local.replace("<QBType>", "<CertURL>http://localhost:1/</CertURL><QBType>")
        with pytest.raises(QwcRefused) as caught:
            WebConnector(there, company=filled, password="x").add()
    assert caught.value.code == "QBWC1048"


# -- services ------------------------------------------------------------------------------------------------

NONSENSE: dict[str, Any] = {
    "a page": b"<!doctype html><p>Not found",
    "bytes that are no text": b"\xff\xfe\x00\x01<soap>",
    "half an answer": b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>',
    "nothing": b"",
    "another call's answer": b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<otherResponse xmlns="http://developer.intuit.com/"/></s:Body></s:Envelope>',
    "deep nesting": b"<a>" * 5000,
}
CALLS = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}


@pytest.mark.parametrize("kind", NONSENSE)
@pytest.mark.parametrize("call", CALLS)
def test_nonsense_earns_the_number_of_the_call_and_its_bytes_are_kept(
    filled: Company, tmp_path: Path, call: str, kind: str
) -> None:
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    answers = {call: NONSENSE[kind]}
    if call == "getLastError":
        answers["receiveResponseXML"] = -1
    faults = ["dialog-open"] if call == "connectionError" else []
    log: list[str] = []
    outcome = WebConnector(
        QWC,
        company=filled,
        password="x",
        transport=WsgiTransport(FakeService(COMPANY_QUERY, answers=answers)),
        transcript=tmp_path / "calls.jsonl",
        faults=faults,
        log=log.append,
    ).update()
    if call == "clientVersion":  # the one that is passed over
        assert outcome.outcome == "done"
        assert [line for line in log if "QBWC1036" in line]
    else:
        assert (outcome.outcome, outcome.code, outcome.body) == ("failed", CALLS[call], NONSENSE[kind])
    lines = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text(encoding="utf-8").splitlines()]
    failed = next(line for line in lines if line["call"] == call)
    assert bytes.fromhex(failed["bytes"]) == NONSENSE[kind]
    lock = filled.data_ext(OWNER_ID).get("AppLock", "UNLOCKED")
    assert lock == "UNLOCKED", "the session is released"


HALF = b'<?xml version="1.0"?><soap:Envelope'


class _BreaksOff(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(HALF)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        pass


def test_an_answer_that_breaks_off_keeps_what_had_come(filled: Company) -> None:
    """The service promises more bytes than it sends."""
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    with HTTPServer(("127.0.0.1", 0), _BreaksOff) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            qwc = QWC.replace("https://books.example.com", f"http://localhost:{server.server_port}")
            outcome = WebConnector(qwc, company=filled, password="x").update()
        finally:
            server.shutdown()
            thread.join()
    assert (outcome.code, outcome.body) == ("QBWC1012", HALF)


def test_what_a_service_said_instead_stands_in_the_log(filled: Company) -> None:
    log: list[str] = []
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": b"<h1>Fatal error in line 12</h1>"})
    WebConnector(QWC, company=filled, password="x", transport=WsgiTransport(service), log=log.append).update()
    assert [line for line in log if "Fatal error in line 12" in line]
