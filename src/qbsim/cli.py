"""The command `qbsim`: make and show company files, connect to a service, serve the screens."""

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from qbsim.company import Company, CompanyError
from qbsim.connector import Outcome, QwcRefused, WebConnector
from qbsim.faults import FAULTS, UnknownFault

DONE, FAILED, UNUSABLE, REFUSED = range(4)  # exit codes

_GOOD_OUTCOMES = {"done", "none", "busy"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    logging.getLogger("zeep").setLevel(logging.CRITICAL)  # what it cannot read is said in our own words
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except QwcRefused as refused:
        _complain(str(refused))
        return REFUSED
    except (CompanyError, UnknownFault, OSError) as error:
        _complain(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qbsim", description="A QuickBooks Desktop company file and a Web Connector that run anywhere."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    company = commands.add_parser("company", help="make or show a company file")
    actions = company.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a company file filled with customers of every kind")
    create.add_argument("file", type=Path, metavar="FILE")
    create.add_argument("--customers", type=_count, default=250, metavar="N", help="customers at the top (250)")
    create.add_argument("--jobs", type=_count, metavar="N", help="jobs in addition (a quarter as many)")
    create.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same file (1)")
    create.add_argument("--name", default="Meadow Ridge Fire Protection, Inc.", help="whose books these are")
    create.set_defaults(command=_create)
    show = actions.add_parser("show", help="say what a company file holds")
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument("--json", action="store_true", help="everything, as JSON")
    show.set_defaults(command=_show)

    connect = commands.add_parser("connect", help="be the Web Connector for a service", epilog=_fault_help())
    connect.formatter_class = argparse.RawDescriptionHelpFormatter
    connect.add_argument("qwc", type=Path, metavar="QWC", help="the service's .qwc file")
    connect.add_argument("--password-file", type=Path, required=True, metavar="F", help="file with the password")
    connect.add_argument("--company", type=Path, required=True, metavar="FILE", help="the open company file")
    how_often = connect.add_mutually_exclusive_group()
    how_often.add_argument("--once", action="store_true", help="one update, then end (what happens anyway)")
    how_often.add_argument("--every", type=_seconds, metavar="SECONDS", help="update again and again")
    connect.add_argument("--fault", action="append", default=[], metavar="NAME", help="switch a fault on")
    connect.add_argument("--transcript", type=Path, metavar="FILE", help="append every call as a line of JSON")
    connect.add_argument("--reread-password", action="store_true", help="with --every: read the password each time")
    connect.set_defaults(command=_connect)

    screens = commands.add_parser("serve", help="show and edit a company file in the browser")
    screens.add_argument("file", type=Path, metavar="FILE")
    screens.add_argument("--host", default="127.0.0.1")
    screens.add_argument("--port", type=int, default=8001)
    screens.set_defaults(command=_serve)
    return parser


def _create(options: argparse.Namespace) -> int:
    with Company.create(
        options.file, customers=options.customers, jobs=options.jobs, seed=options.seed, name=options.name
    ) as company:
        _say(f"{options.file}: {company.name}, {company.count()} customers and jobs.")
    return DONE


def _show(options: argparse.Namespace) -> int:
    with Company.open(options.file) as company:
        if options.json:
            _show_json(company)
            return DONE
        jobs = company.count_customers("parent_id IS NOT NULL", ())
        _say(f"{company.name}\n  file       {options.file.absolute()}")
        _say(f"  customers  {company.count() - jobs}\n  jobs       {jobs}")
        _say(f"  inactive   {company.count() - company.count(active_only=True)}")
        _say(f"  deleted    {len(company.deleted())} in the last 90 days")
        for owner_id, file_id in company.stamps():
            _say(f"  connected  application {owner_id}, FileID {file_id}")
    return DONE


def _show_json(company: Company) -> None:
    """Write one JSON object, customer by customer, so that size does not matter."""
    head = {"name": company.name, "path": str(company.path.absolute()), "count": company.count()}
    head["deleted"] = [asdict(deleted) for deleted in company.deleted()]
    sys.stdout.write(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "customers": [')
    for number, customer in enumerate(company.customers()):
        sys.stdout.write(",\n" if number else "\n")
        sys.stdout.write(json.dumps(asdict(customer), ensure_ascii=False))
    sys.stdout.write("\n]}\n")


def _connect(options: argparse.Namespace) -> int:
    Company.open(options.company).close()  # say at once when it is none
    with WebConnector(
        options.qwc,
        company=options.company,
        password=_password(options.password_file),
        faults=options.fault,
        transcript=options.transcript,
        log=_say,
    ) as connector:
        if options.every is None:
            return _result(connector.update())
        stop = threading.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: stop.set())
        _say(f"{connector.qwc.app_name}: an update every {options.every:g} seconds. Ctrl-C ends it.")
        reread = (lambda: _password(options.password_file)) if options.reread_password else None
        connector.run(every=options.every, stop=stop, reread_password=reread)
    return DONE


def _result(outcome: Outcome) -> int:
    _say(f"{outcome.outcome}: {outcome.status}" if outcome.status else outcome.outcome)
    return DONE if outcome.outcome in _GOOD_OUTCOMES else FAILED


def _serve(options: argparse.Namespace) -> int:
    from qbsim.screens.server import serve

    serve(options.file, host=options.host, port=options.port, say=_say)
    return DONE


def _password(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _fault_help() -> str:
    lines = []
    for name, kind in FAULTS.items():
        lines.append(f"  {name}{f':{kind.parameter}' if kind.parameter else ''}\n      {kind.says}")
    return "faults (N counts within one session, from 1):\n" + "\n".join(lines)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        raise argparse.ArgumentTypeError("must be above zero")
    return seconds


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
