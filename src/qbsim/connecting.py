"""The command `qbsim connect`: be the Web Connector for one service or for several."""

import argparse
import getpass
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qbsim.company import Company
from qbsim.connector import Qwc, QwcRefused, WebConnector, read_qwc
from qbsim.connector.outcome import PEACEFUL
from qbsim.connector.qwclog import LEVELS
from qbsim.connector.schedule import Scheduled, run_schedule
from qbsim.exits import DONE, FAILED, REFUSED, UNUSABLE
from qbsim.qwc import one_application_each
from qbsim.switching import fault_help
from qbsim.terminal import Terminal


def add_parser(commands: Any) -> None:
    connect = commands.add_parser("connect", help="be the Web Connector for a service", epilog=fault_help())
    connect.formatter_class = argparse.RawDescriptionHelpFormatter
    connect.add_argument("qwc", type=Path, nargs="+", metavar="QWC", help="the .qwc file of a service")
    connect.add_argument("--company", type=Path, required=True, metavar="FILE", help="the open company file")
    connect.add_argument(
        "--password-file",
        type=Path,
        action="append",
        default=[],
        metavar="F",
        help="file with the password; one for each QWC or one for all (none: it is asked for)",
    )
    how_often = connect.add_mutually_exclusive_group()
    how_often.add_argument("--once", action="store_true", help="one update of each, then end (what happens anyway)")
    how_often.add_argument("--every", type=_seconds, metavar="SECONDS", help="update again and again")
    how_often.add_argument("--scheduled", action="store_true", help="update by the Scheduler of each QWC file")
    connect.add_argument("--fault", action="append", default=[], metavar="NAME", help="switch a fault on")
    connect.add_argument("--transcript", type=Path, metavar="FILE", help="append every call as a line of JSON")
    connect.add_argument("--qwclog", type=Path, metavar="FILE", help="append a log in the form of QWCLog.txt")
    connect.add_argument("--log-level", choices=LEVELS, default="DEBUG", help="how much of it (DEBUG)")
    connect.add_argument("--machine", metavar="NAME", help="the name of this computer, as AppLock holds it")
    connect.add_argument("--interactive", action="store_true", help="somebody is here for interactive mode")
    connect.add_argument("--refuse-warnings", action="store_true", help="cancel where clientVersion warns")
    connect.add_argument(
        "--reread-password", action="store_true", help="with --every or --scheduled: read passwords each time"
    )
    connect.set_defaults(command=_connect)


@dataclass(frozen=True, slots=True)
class _Application:
    """One QWC file of the command line, and where its password comes from."""

    path: Path
    qwc: Qwc
    password: Callable[[], str]


def _connect(options: argparse.Namespace) -> int:
    Company.open(options.company).close()  # say at once when it is none
    terminal = Terminal()
    if len(options.password_file) not in {0, 1, len(options.qwc)}:
        terminal.complain("Name one password file for all, or one for each QWC file in their order.")
        return UNUSABLE
    with ExitStack() as stack:
        connectors = {
            each: stack.enter_context(_connector(each, options, terminal)) for each in _applications(options)
        }
        if options.every is None and not options.scheduled:
            named = len(options.qwc) > 1
            return max(_update_once(connector, terminal, named=named) for connector in connectors.values())
        return _run_on(connectors, options, terminal)


def _applications(options: argparse.Namespace) -> list[_Application]:
    files = {path: read_qwc(path) for path in options.qwc}
    return [
        _Application(path, files[path], _password_reader(path, files[path], options))
        for path in one_application_each(files)
    ]


def _connector(application: _Application, options: argparse.Namespace, terminal: Terminal) -> WebConnector:
    before = f"{application.qwc.app_name}: " if len(options.qwc) > 1 else ""
    asks = options.interactive and sys.stdin.isatty()
    return WebConnector(
        application.path,
        company=options.company,
        password=application.password(),
        faults=options.fault,
        machine=options.machine,
        transcript=options.transcript,
        log=lambda text: terminal.say(before + text),
        progress=lambda percent, text: terminal.progress(percent, before + text),
        qwclog=options.qwclog,
        log_level=options.log_level,
        person=_person(terminal) if options.interactive else None,
        accept_warnings=_asked_to_go_on if asks else not options.refuse_warnings,
    )


def _update_once(connector: WebConnector, terminal: Terminal, *, named: bool) -> int:
    try:
        outcome = connector.update()
    except QwcRefused as refused:
        terminal.complain(str(refused))
        return REFUSED
    except KeyboardInterrupt:
        terminal.complain("Stopped in the middle. QuickBooks is released; the service was not told.")
        return FAILED
    terminal.end_progress()
    said = f"{outcome.outcome}: {outcome.status}" if outcome.status else outcome.outcome
    terminal.say(f"{connector.qwc.app_name}: {said}" if named else said)
    return DONE if outcome.outcome in PEACEFUL else FAILED


def _run_on(connectors: Mapping[_Application, WebConnector], options: argparse.Namespace, terminal: Terminal) -> int:
    """Update each by its interval until a signal comes; the update that runs then comes to its end."""
    rows = []
    for application, connector in connectors.items():
        name, every = application.qwc.app_name, options.every or application.qwc.run_every_seconds
        if every is None:
            terminal.say(f"{name}: its QWC file has no Scheduler, so it runs only when somebody asks.")
            continue
        terminal.say(f"{name}: an update every {every:g} seconds. Ctrl-C ends it.")
        reread = application.password if options.reread_password else None
        rows.append(Scheduled(connector, every=every, reread_password=reread))
    if not rows:
        terminal.complain("There is nothing to run. Put a Scheduler into the QWC file, or use --every.")
        return UNUSABLE
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: _end(stop))
    run_schedule(rows, stop=stop)
    return DONE


def _end(stop: threading.Event) -> None:
    """End after the update that runs; when asked a second time, in the middle of it."""
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()


def _password_reader(path: Path, qwc: Qwc, options: argparse.Namespace) -> Callable[[], str]:
    """Return what reads the password: from its file, or once from the person at the terminal."""
    if options.password_file:
        number = options.qwc.index(path) if len(options.password_file) > 1 else 0
        file: Path = options.password_file[number]
        return lambda: file.read_text(encoding="utf-8").strip()
    return cache(lambda: _asked_password(qwc.app_name))


def _asked_password(name: str) -> str:
    if not sys.stdin.isatty():
        raise QwcRefused("QBWC1030", name=name)
    return getpass.getpass(f"Password for {name}: ")


def _person(terminal: Terminal) -> Callable[[str], None]:
    def follows(url: str) -> None:
        terminal.say(f"Open {url} if your browser does not. Ctrl-C refuses.")
        webbrowser.open(url)

    return follows


def _asked_to_go_on(text: str) -> bool:
    del text  # the log has said it
    return input("Go on? [Y/n] ").strip().lower() not in {"n", "no"}


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        raise argparse.ArgumentTypeError("must be above zero")
    return seconds
