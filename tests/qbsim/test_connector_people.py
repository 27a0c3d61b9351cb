"""The Web Connector with a person before it, and without: interactive mode, schedules, several services, the log."""

import re
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from qbsim.cli import main
from qbsim.company import Company
from qbsim.connector import Outcome, QwcRefused, WebConnector, WsgiTransport
from qbsim.connector.schedule import Scheduled, run_schedule
from qbsim.terminal import Terminal
from support.company_files import StandingClock
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService, qbxml, served

START = ["serverVersion", "clientVersion", "authenticate"]
ROUND = ["sendRequestXML", "receiveResponseXML"]
URL = "https://books.example.com/choose"


@pytest.fixture
def added(filled: Company) -> Company:
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    return filled


def connector(company: Company, service: Any, **options: Any) -> WebConnector:
    sleep: Callable[[float], None] = options.pop("sleep", float)
    qwc = options.pop("qwc", QWC)
    return WebConnector(
        qwc,
        company=company,
        password="x",
        transport=WsgiTransport(service),
        sleep=sleep,
        machine="OFFICE-PC",
        **options,
    )


# -- interactive mode ----------------------------------------------------------------------------------------


def asks_for_a_person(**answers: Any) -> FakeService:
    service = FakeService(
        COMPANY_QUERY,
        answers={
            "sendRequestXML": ["", COMPANY_QUERY],
            "getLastError": "Interactive mode",
            "getInteractiveURL": URL,
            **answers,
        },
    )
    service._handed_out = 1
    return service


@pytest.mark.parametrize("done", ["Done", "done", ""])
def test_a_person_is_brought_and_the_update_goes_on(added: Company, done: str) -> None:
    """The guide's chapters disagree on how interactiveDone ends the wait: both readings do."""
    service = asks_for_a_person(interactiveDone=["still there", "still there", done])
    shown: list[str] = []
    outcome = connector(added, service, person=shown.append).update()
    assert outcome.outcome == "done"
    assert shown == [URL]
    assert service.names == [
        *START,
        *["sendRequestXML", "getLastError", "getInteractiveURL"],
        *["interactiveDone"] * 3,
        *ROUND,
        "closeConnection",
    ]
    asked = service.arguments("getInteractiveURL")[0]
    assert asked["wcTicket"] == "ticket-1"
    assert asked["sessionID"]
    assert service.arguments("interactiveDone")[0] == {"wcTicket": "ticket-1"}


def test_a_person_who_refuses_ends_the_update(added: Company) -> None:
    service = asks_for_a_person(interactiveRejected="Then not.")
    outcome = connector(added, service, person=lambda _: "not now").update()
    assert (outcome.outcome, outcome.status) == ("rejected", "Then not.")
    assert service.arguments("interactiveRejected") == [{"wcTicket": "ticket-1", "reason": "not now"}]
    assert service.names[-2:] == ["interactiveRejected", "closeConnection"]
    assert added.data_ext(OWNER_ID)["AppLock"] == "UNLOCKED"


def test_a_closed_window_counts_as_a_refusal(added: Company) -> None:
    def closes(_: float) -> None:
        raise KeyboardInterrupt

    service = asks_for_a_person(interactiveDone="still there", interactiveRejected="")
    outcome = connector(added, service, person=lambda _: None, sleep=closes).update()
    assert (outcome.outcome, outcome.status) == ("rejected", "The user closed the window.")


def test_a_scheduled_update_shows_nobody_a_page(added: Company) -> None:
    service = asks_for_a_person()
    outcome = connector(added, service, person=lambda _: None).update(scheduled=True)
    assert outcome.outcome == "refused"
    assert "getInteractiveURL" not in service.names


def test_a_service_that_fails_in_interactive_mode(added: Company) -> None:
    service = asks_for_a_person(getInteractiveURL=("status", 500))
    outcome = connector(added, service, person=lambda _: None).update()
    assert (outcome.outcome, service.names[-1]) == ("failed", "closeConnection")
    assert "getInteractiveURL" in outcome.status
    assert (
        connector(added, asks_for_a_person(getInteractiveURL=""), person=lambda _: None).update().outcome == "failed"
    )


# -- warnings and pauses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("goes_on", "outcome"), [(True, "done"), (False, "cancelled")])
def test_the_person_decides_on_a_warning(added: Company, goes_on: bool, outcome: str) -> None:
    asked: list[str] = []

    def decides(text: str) -> bool:
        asked.append(text)
        return goes_on

    service = FakeService(COMPANY_QUERY, answers={"clientVersion": "W:upgrade soon"})
    assert connector(added, service, accept_warnings=decides).update().outcome == outcome
    assert asked == ["upgrade soon"]


def test_a_service_that_pauses_for_ever_can_be_left(added: Company) -> None:
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": "NoOp"})
    outcome = connector(added, service, most_pauses=4).update()
    assert (outcome.outcome, service.names.count("sendRequestXML"), service.names[-1]) == (
        "failed",
        4,
        "closeConnection",
    )


# -- schedules -----------------------------------------------------------------------------------------------


class Watch:
    """Time for a schedule: waiting moves it, and after so many seconds everything ends."""

    def __init__(self, *, ends_at: float) -> None:
        self.now = 0.0
        self.ends_at = ends_at

    def __call__(self) -> float:
        return self.now

    def is_set(self) -> bool:
        return self.now >= self.ends_at

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return self.is_set()


class Row:
    """An application that notes when it was updated, and takes its time for it."""

    def __init__(self, watch: Watch, *outcomes: Outcome, takes: float = 0) -> None:
        self.watch = watch
        self.outcomes = list(outcomes) or [Outcome()]
        self.takes = takes
        self.began: list[float] = []
        self.lines: list[str] = []
        self.log = self.lines.append

    def update(self, *, scheduled: bool) -> Outcome:
        assert scheduled
        self.began.append(self.watch.now)
        self.watch.now += self.takes
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def run(watch: Watch, *rows: tuple[Row, float]) -> None:
    run_schedule([Scheduled(row, every=every) for row, every in rows], stop=watch, clock=watch)


def test_each_application_has_its_own_interval() -> None:
    watch = Watch(ends_at=100)
    often, seldom = Row(watch), Row(watch)
    run(watch, (often, 20), (seldom, 45))
    assert often.began == [0, 20, 40, 60, 80]
    assert seldom.began == [0, 45, 90]


def test_an_interval_is_the_gap_after_the_end_and_never_do_two_run_at_once() -> None:
    """QBWC Programmer's Guide, chapter 3."""
    watch = Watch(ends_at=100)
    slow, other = Row(watch, takes=30), Row(watch)
    run(watch, (slow, 20), (other, 10))
    assert slow.began == [0, 50]
    assert other.began[:3] == [30, 40, 80], "what was due meanwhile comes right after"


def test_the_service_stretches_the_interval_and_never_shortens_it() -> None:
    watch = Watch(ends_at=500)
    row = Row(watch, Outcome(postpone_seconds=100), Outcome(minimum_seconds=200), Outcome(minimum_seconds=1))
    run(watch, (row, 20))
    assert row.began[:4] == [0, 100, 300, 320]


def test_a_failed_update_is_said_and_the_schedule_goes_on() -> None:
    watch = Watch(ends_at=50)
    row = Row(watch, Outcome("failed", code="QBWC1041"), Outcome("none"))
    run(watch, (row, 20))
    assert len(row.began) == 3
    assert [line for line in row.lines if "QBWC1031" in line] != []
    assert len(row.lines) == 1


def test_postponement_acts_only_by_schedule(added: Company) -> None:
    """The guide's first example to authenticate: work, and seconds to postpone, put a scheduled update off."""
    answers = {"authenticate": ["t", "", "60"]}
    service = FakeService(COMPANY_QUERY, answers=answers)
    outcome = connector(added, service).update(scheduled=True)
    assert (outcome.outcome, outcome.status) == ("postponed", "Update postponed by application.")
    assert "sendRequestXML" not in service.names
    assert connector(added, FakeService(COMPANY_QUERY, answers=answers)).update().outcome == "done"


# -- several applications ------------------------------------------------------------------------------------

OTHER_OWNER = "{99999999-2222-4333-8444-555555555555}"


@pytest.fixture
def two(tmp_path: Path, filled: Company) -> Callable[..., list[str]]:
    """Files of two applications on one service each, as arguments of the command."""

    def arguments(first: str, second: str) -> list[str]:
        second = second.replace("Test Service", "Other Service").replace(OWNER_ID, OTHER_OWNER)
        second = second.replace("<RunEveryNMinutes>5</RunEveryNMinutes>", "")
        for name, text in {"a.qwc": first, "b.qwc": second, "a.pw": "first", "b.pw": "second"}.items():
            (tmp_path / name).write_text(text)
        files = [str(tmp_path / "a.qwc"), str(tmp_path / "b.qwc")]
        passwords = ["--password-file", str(tmp_path / "a.pw"), "--password-file", str(tmp_path / "b.pw")]
        return ["connect", *files, *passwords, "--company", str(filled.path)]

    return arguments


def test_several_applications_one_after_the_other(
    two: Callable[..., list[str]], filled: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = FakeService(COMPANY_QUERY), FakeService(COMPANY_QUERY)
    second.answers["authenticate"] = ["t", "nvu"]
    with served(first) as one, served(second) as other:
        assert main(two(one, other)) == 1, "the worse of the two"
    assert first.arguments("authenticate")[0]["strPassword"] == "first"
    assert second.arguments("authenticate")[0]["strPassword"] == "second"
    said = capsys.readouterr().out
    assert "Test Service: done: OK" in said
    assert "Other Service: nvu:" in said
    assert len(filled.stamps()) == 2


def test_an_application_that_is_refused_does_not_keep_the_others_back(
    two: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    broken, sound = FakeService(COMPANY_QUERY), FakeService(COMPANY_QUERY)
    broken.support_status = "404 Not Found"
    with served(broken) as one, served(sound) as other:
        assert main(two(one, other)) == 3
    assert "QBWC1003" in capsys.readouterr().err
    assert sound.names[-1] == "closeConnection"


def test_two_applications_of_one_name(tmp_path: Path) -> None:
    from qbsim.qwc import one_application_each, read_qwc

    one, other = tmp_path / "a.qwc", tmp_path / "b.qwc"
    plain, unique = read_qwc(QWC), read_qwc(QWC.replace("<QBType>", "<AppUniqueName>u</AppUniqueName><QBType>"))
    with pytest.raises(QwcRefused, match="AppUniqueName") as caught:
        one_application_each({one: plain, other: plain})
    assert caught.value.code == "QBWC1039"
    assert one_application_each({one: unique, other: unique}) == [other], "replaced without a question"


def test_a_schedule_without_any_application(
    two: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = two(QWC.replace("<RunEveryNMinutes>5</RunEveryNMinutes>", ""), QWC)
    assert main([*arguments, "--scheduled"]) == 2
    assert "no Scheduler" in capsys.readouterr().out


def test_passwords_for_some_only_are_refused(
    two: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*two(QWC, QWC), "--password-file", str(tmp_path / "a.pw")]
    assert main(arguments) == 2
    assert "one for each QWC file" in capsys.readouterr().err


def test_no_password_and_nobody_to_ask(
    tmp_path: Path, filled: Company, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.qwc").write_text(QWC)
    monkeypatch.setattr("sys.stdin", StringIO())
    assert main(["connect", str(tmp_path / "a.qwc"), "--company", str(filled.path)]) == 3
    assert "QBWC1030" in capsys.readouterr().err


# -- the log in the form of QWCLog.txt -----------------------------------------------------------------------

LINE = re.compile(r"\d{8}\.\d\d:\d\d:\d\d UTC\t: QBWebConnector\.\w+\.\w+\(\) : .*")


def logged(company: Company, path: Path, service: FakeService, *, level: str = "DEBUG", **options: Any) -> str:
    clock = StandingClock(1_384_128_000)
    connector(company, service, qwclog=path, log_level=level, clock=clock, **options).update()
    return path.read_bytes().decode()


def test_the_log_has_the_form_of_the_real_one(added: Company, tmp_path: Path) -> None:
    bad = qbxml("<Nonsense/>")
    text = logged(added, tmp_path / "QWCLog.txt", FakeService(COMPANY_QUERY, bad))
    lines = text.split("\r\n")
    begin = "20131111.00:00:00 UTC\t: QBWebConnector.SOAPWebService."
    assert f"{begin}do_serverVersion() : *** Calling serverVersion()." in lines
    assert f'{begin}do_clientVersion() : productVersion="2.3.0.215"' in lines
    returned = '<authRet[0]="ticket-1"><authRet[1]=""><authRet[2]=""><authRet[3]="">'
    assert f"{begin}do_authenticate() : Received from authenticate() following parameters:{returned}" in lines
    assert f'{begin}do_sendRequestXML() : qbNationality="US"' in lines
    assert f"{begin}ProcessRequestXML() : Processing request #2" in lines
    assert f"{begin}ProcessRequestXML() : Sending error message back to application:" in lines
    assert "HRESULT = 0x80040400" in lines
    assert all(LINE.match(line) for line in lines if "QBWebConnector" in line)


def test_the_log_never_holds_the_password(added: Company, tmp_path: Path) -> None:
    for level in ("DEBUG", "VERBOSE"):
        text = logged(added, tmp_path / level, FakeService(COMPANY_QUERY), level=level)
        assert 'password="<MaskedForSecurity>"' in text
        assert 'password="x"' not in text


def test_the_levels_of_the_log(added: Company, tmp_path: Path) -> None:
    begun = logged(added, tmp_path / "debug", FakeService(COMPANY_QUERY))
    whole = logged(added, tmp_path / "verbose", FakeService(COMPANY_QUERY), level="VERBOSE")
    assert COMPANY_QUERY[:50] in begun
    assert COMPANY_QUERY not in begun
    assert COMPANY_QUERY in whole
    connector(added, FakeService(COMPANY_QUERY), qwclog=tmp_path / "none", log_level="NONE").update()
    assert not (tmp_path / "none").exists()


def test_a_log_that_cannot_be_written_is_said_once(added: Company, tmp_path: Path) -> None:
    said: list[str] = []
    update = connector(added, FakeService(COMPANY_QUERY), qwclog=tmp_path, log=said.append).update()
    assert update.outcome == "done"
    assert [line for line in said if "QBWC1033" in line] == said[:1]


# -- progress ------------------------------------------------------------------------------------------------


class Screen:
    """A terminal as text: what stands there after everything was written."""

    def __init__(self, *, is_screen: bool) -> None:
        self.is_screen = is_screen
        self.text = ""

    def isatty(self) -> bool:
        return self.is_screen

    def write(self, text: str) -> int:
        for part in re.split(r"(\r\x1b\[K)", text):
            self.text = self.text[: self.text.rfind("\n") + 1] if part == "\r\x1b[K" else self.text + part
        return len(text)

    def flush(self) -> None:
        pass


def test_a_bar_stays_below_the_lines_and_vanishes_in_the_end() -> None:
    screen = Screen(is_screen=True)
    terminal = Terminal(screen)
    terminal.progress(25, "Request 1 is done: 25 %")
    assert screen.text == "[#####...............] Request 1 is done: 25 %"
    terminal.say("Something happens.")
    assert screen.text == "Something happens.\n[#####...............] Request 1 is done: 25 %"
    terminal.progress(100, "Request 2 is done: 100 %")
    terminal.say("done: OK")
    assert screen.text == "Something happens.\nRequest 2 is done: 100 %\ndone: OK\n"


def test_a_bar_that_never_fills_is_taken_away() -> None:
    screen = Screen(is_screen=True)
    terminal = Terminal(screen)
    terminal.progress(25, "Request 1 is done: 25 %")
    terminal.end_progress()
    terminal.say("failed")
    assert screen.text == "failed\n"


def test_without_a_screen_progress_is_lines() -> None:
    screen = Screen(is_screen=False)
    Terminal(screen).progress(25, "Request 1 is done: 25 %")
    assert screen.text == "Request 1 is done: 25 %\n"


# -- how it calls --------------------------------------------------------------------------------------------


def in_rpc_style(service: FakeService) -> Any:
    """The same service, answering as RPC services do: results without namespace, texts with types."""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer = b"".join(service(environ, start_response)).decode()
        answer = re.sub(
            r'<(\w+)Response xmlns="[^"]*">', r'<q1:\1Response xmlns:q1="http://developer.intuit.com/">', answer
        )
        answer = re.sub(r"</(\w+Response)>", r"</q1:\1>", answer)
        answer = answer.replace("<string>", '<item xsi:type="xsd:string">').replace("</string>", "</item>")
        names = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        return [answer.replace("<soap:Body>", f"<soap:Body {names}>").encode()]

    return application


def test_a_service_in_rpc_style(added: Company) -> None:
    qwc = QWC.replace("<QBType>", "<Style>RPC</Style><QBType>")
    service = FakeService(COMPANY_QUERY)
    outcome = connector(added, in_rpc_style(service), qwc=qwc).update()
    assert (outcome.outcome, outcome.status) == ("done", "OK")
    assert b"<q1:authenticate " in service.bodies[2]
    assert b'<strPassword xsi:type="xsd:string">x</strPassword>' in service.bodies[2]
    assert connector(added, FakeService(COMPANY_QUERY), qwc=qwc).update().outcome == "done", (
        "or answering in Document"
    )


def test_a_document_service_does_not_take_rpc_answers(added: Company) -> None:
    outcome = connector(added, in_rpc_style(FakeService(COMPANY_QUERY))).update()
    assert (outcome.outcome, outcome.code) == ("failed", "QBWC1012")


def test_stopping_updates_ends_cleanly(added: Company) -> None:
    stop = threading.Event()
    service = FakeService(answers={"authenticate": ["t", "none"]})

    def log(text: str) -> None:
        if "No data exchange" in text:
            stop.set()

    connector(added, service, log=log).run(every=3600, stop=stop)
    assert service.names.count("authenticate") == 1
