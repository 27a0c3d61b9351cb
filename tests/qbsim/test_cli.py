"""The command `qbsim`."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbsim.cli import main
from qbsim.company import Company
from qbsim.connecting import _end
from support.fake_service import COMPANY_QUERY, OWNER_ID, QWC, FakeService, served


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "Books.qbw"
    Company.create(path, customers=20, jobs=5).close()
    return path


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("groups-of-five\n")
    return path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[FakeService, Path]]:
    """A service on a real port, and its QWC file."""
    fake = FakeService(COMPANY_QUERY)
    with served(fake) as text:
        qwc = tmp_path / "service.qwc"
        qwc.write_text(text)
        yield fake, qwc


def test_create_and_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "New.qbw"
    assert main(["company", "create", str(path), "--customers", "30", "--jobs", "4", "--seed", "3"]) == 0
    assert "34 customers and jobs" in capsys.readouterr().out
    assert main(["company", "show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "customers  30" in shown
    assert "jobs       4" in shown


def test_deviations_are_left_out_and_switched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "Strict.qbw")
    without = ["--without-deviation", "dst-offset", "--without-deviation", "mail-delivery"]
    assert main(["company", "create", path, "--customers", "0", *without]) == 0
    with Company.open(path) as company:
        assert company.deviations == set()
        assert main(["company", "deviations", path, "--on", "dst-offset", "--on", "mail-delivery"]) == 0
        assert company.deviations == {"dst-offset", "mail-delivery"}, "whoever has the file open obeys"
        assert main(["company", "deviations", path, "--off", "dst-offset"]) == 0
        assert company.deviations == {"mail-delivery"}
    capsys.readouterr()
    assert main(["company", "deviations", path]) == 0
    shown = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert shown == [["dst-offset", "off"], ["mail-delivery", "on"]]


def test_show_everything_as_json(books: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["company", "show", str(books), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["count"] == len(shown["customers"]) == 25
    assert shown["customers"][0]["details"]


def test_create_does_not_overwrite(books: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["company", "create", str(books)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_show_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter").write_text("Dear")
    assert main(["company", "show", str(tmp_path / "letter")]) == 2
    assert "no qbsim company file" in capsys.readouterr().err


def test_connect_once(
    books: Path, password: Path, service: tuple[FakeService, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake, qwc = service
    command = ["connect", str(qwc), "--password-file", str(password), "--company", str(books), "--once"]
    assert main([*command, "--transcript", str(tmp_path / "calls")]) == 0
    assert fake.arguments("authenticate")[0]["strPassword"] == "groups-of-five"
    assert "done: OK" in capsys.readouterr().out
    assert len((tmp_path / "calls").read_text().splitlines()) == len(fake.names)
    fake.answers["authenticate"] = ["t", "none"]
    assert main(command) == 0
    fake.answers["authenticate"] = ["t", "nvu"]
    assert main(command) == 1
    assert "QBWC1040" in capsys.readouterr().out


def test_connect_with_a_fault(books: Path, password: Path, service: tuple[FakeService, Path]) -> None:
    fake, qwc = service
    command = ["connect", str(qwc), "--password-file", str(password), "--company", str(books)]
    assert main(command) == 0
    assert main([*command, "--fault", "cannot-start"]) == 1
    assert fake.arguments("connectionError")[0]["hresult"] == "0x80040408"
    assert main([*command, "--fault", "nonsense"]) == 2


def test_two_computers_do_not_work_on_one_file(
    books: Path, password: Path, service: tuple[FakeService, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["connect", str(service[1]), "--password-file", str(password), "--company", str(books)]
    assert main([*command, "--machine", "BACK-OFFICE", "--fault", "die-after-request"]) == 1
    assert main([*command, "--machine", "FRONT-DESK"]) == 1
    assert "locked: BACK-OFFICE is updating this company file" in capsys.readouterr().out
    assert main([*command, "--machine", "BACK-OFFICE"]) == 0, "it takes its own lock over"


def test_somebody_is_here_for_interactive_mode(
    books: Path, password: Path, service: tuple[FakeService, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, qwc = service
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    fake.answers |= {
        "sendRequestXML": ["", COMPANY_QUERY],
        "getLastError": "Interactive mode",
        "getInteractiveURL": "https://books.example.com/choose",
        "interactiveDone": "Done",
        "receiveResponseXML": 100,
    }
    command = ["connect", str(qwc), "--password-file", str(password), "--company", str(books)]
    assert main([*command, "--interactive"]) == 0
    assert shown == ["https://books.example.com/choose"]
    fake.answers["sendRequestXML"] = ""
    assert main(command) == 1, "nobody is here"


def test_an_update_that_is_stopped_has_not_gone_well(
    books: Path, password: Path, service: tuple[FakeService, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C in the middle of an update: the company file is released."""
    fake, qwc = service

    def interrupted() -> str:
        signal.raise_signal(signal.SIGINT)
        return ""

    fake._sendRequestXML = interrupted
    command = ["connect", str(qwc), "--password-file", str(password), "--company", str(books)]
    assert main(command) == 1
    assert "QuickBooks is released" in capsys.readouterr().err
    with Company.open(books) as company:
        assert company.data_ext(OWNER_ID)["AppLock"] == "UNLOCKED"


def test_connect_with_a_bad_qwc(
    books: Path, password: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qwc = tmp_path / "bad.qwc"
    qwc.write_text(QWC.replace("https://books", "http://books"))
    assert main(["connect", str(qwc), "--password-file", str(password), "--company", str(books)]) == 3
    assert "QBWC1010" in capsys.readouterr().err


def test_connect_without_a_company_file(
    service: tuple[FakeService, Path], password: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["connect", str(service[1]), "--password-file", str(password), "--company", str(tmp_path / "no")]
    assert main(command) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_polling_ends_cleanly_and_survives_a_server_that_is_down(
    books: Path, password: Path, tmp_path: Path, signal_: signal.Signals
) -> None:
    with Company.open(books) as company:
        company.set_data_ext(OWNER_ID, "FileID", "{66666666-7777-4888-8999-AAAAAAAAAAAA}")
    qwc = tmp_path / "down.qwc"
    qwc.write_text(QWC.replace("https://books.example.com", "http://localhost:1"))
    command = [sys.executable, "-m", "qbsim.cli", "connect", str(qwc), "--password-file", str(password)]
    with subprocess.Popen(
        [*command, "--company", str(books), "--every", "0.05"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        tries = 0
        for line in process.stdout:
            tries += "QBWC1012" in line
            if tries == 2:
                break
        process.send_signal(signal_)
        process.stdout.read()
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("arguments", [[], ["company"], ["connect"], ["connect", "x", "--every", "0"]])
def test_usage_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: qbsim" in capsys.readouterr().err


def test_help_lists_the_faults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["connect", "--help"])
    assert "die-after-request" in capsys.readouterr().out


def test_a_second_signal_does_not_wait_for_the_update() -> None:
    stop = threading.Event()
    _end(stop)
    assert stop.is_set(), "the update that runs comes to its end"
    with pytest.raises(KeyboardInterrupt):
        _end(stop)
