"""The command `qbsim`: make and show company files, connect to a service, serve the screens."""

import argparse
import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from qbsim import connecting, switching
from qbsim.company import DEVIATIONS, Company, CompanyError
from qbsim.exits import DONE, REFUSED, UNUSABLE
from qbsim.faults import UnknownFault
from qbsim.qwc import QwcRefused, make_qwc, read_qwc


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
    except sqlite3.Error as error:
        _complain(f"The company file cannot be used: {error}. Close what else works on it, and try again.")
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
    create.add_argument("--without-transactions", action="store_true", help="no invoices and payments: nobody owes")
    _add_deviations(create, "--without-deviation", help="what this file does not do; by itself, it does all of them")
    create.set_defaults(command=_create)
    show = actions.add_parser("show", help="say what a company file holds")
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument("--json", action="store_true", help="everything, as JSON")
    show.set_defaults(command=_show)

    deviations = actions.add_parser(
        "deviations", help="say or switch where answers part from the published schema or from plain time"
    )
    deviations.add_argument("file", type=Path, metavar="FILE")
    _add_deviations(deviations, "--on", help="let it hold from now on, also for whoever serves the file already")
    _add_deviations(deviations, "--off", help="let it hold no longer")
    deviations.set_defaults(command=_deviate)

    back_up = actions.add_parser("back-up", help="write a copy of a company file as it is now")
    back_up.add_argument("file", type=Path, metavar="FILE")
    back_up.add_argument("copy", type=Path, metavar="COPY")
    back_up.set_defaults(command=_back_up)
    restore = actions.add_parser("restore", help="put a copy in the place of what is in a company file")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("copy", type=Path, metavar="COPY")
    restore.set_defaults(command=_restore)

    connecting.add_parser(commands)
    switching.add_parser(commands)

    qwc = commands.add_parser("qwc", help="make or check the .qwc file of a service")
    actions = qwc.add_subparsers(required=True, metavar="ACTION")
    make = actions.add_parser("make", help="write a .qwc file with new OwnerID and FileID")
    make.add_argument("file", type=Path, metavar="FILE")
    make.add_argument("--name", required=True, help="the application's name")
    make.add_argument("--url", required=True, help="where the service answers; https, or http on localhost")
    make.add_argument("--support", metavar="URL", help="a page for people, on the same host (the address itself)")
    make.add_argument("--user", required=True, metavar="NAME", help="the user name that authenticate gets")
    make.add_argument("--minutes", type=_count, metavar="N", help="how often it runs by itself (not at all)")
    make.set_defaults(command=_make_qwc)
    check = actions.add_parser("check", help="say what the Web Connector would say to a .qwc file")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(command=_check_qwc)

    screens = commands.add_parser("serve", help="show and edit a company file in the browser")
    screens.add_argument("file", type=Path, metavar="FILE")
    screens.add_argument("--host", default="127.0.0.1")
    screens.add_argument("--port", type=int, default=8001)
    screens.set_defaults(command=_serve)
    return parser


def _add_deviations(parser: argparse.ArgumentParser, option: str, *, help: str) -> None:  # noqa: A002 -- argparse's word
    parser.add_argument(option, action="append", default=[], choices=DEVIATIONS, metavar="NAME", help=help)


def _create(options: argparse.Namespace) -> int:
    with Company.create(
        options.file,
        customers=options.customers,
        jobs=options.jobs,
        seed=options.seed,
        name=options.name,
        deviations=DEVIATIONS.keys() - options.without_deviation,
        transactions=not options.without_transactions,
    ) as company:
        invoices, payments = company.invoices.count(), company.payments.count()
        _say(
            f"{options.file}: {company.name}, {company.count()} customers and jobs, {invoices} invoices,"
            f" {payments} payments."
        )
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
        _say(f"  invoices   {company.invoices.count()}, {company.invoices.count('open_cents > 0')} of them open")
        _say(f"  payments   {company.payments.count()}")
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


def _deviate(options: argparse.Namespace) -> int:
    with Company.open(options.file) as company:
        if options.on or options.off:
            company.set_deviations(company.deviations.union(options.on).difference(options.off))
        hold = company.deviations
    for name, says in DEVIATIONS.items():
        _say(f"{name:<15} {'on ' if name in hold else 'off'}  {says}")
    return DONE


def _back_up(options: argparse.Namespace) -> int:
    with Company.open(options.file) as company:
        company.back_up(options.copy)
    _say(f"{options.copy} is {options.file} as it is now.")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    with Company.open(options.file) as company:
        company.restore(options.copy)
        _say(f"{options.file} is what {options.copy} was: {company.name}, {company.count()} customers and jobs.")
    return DONE


def _make_qwc(options: argparse.Namespace) -> int:
    text = make_qwc(
        options.name,
        app_url=options.url,
        app_support=options.support,
        user_name=options.user,
        minutes=options.minutes,
    )
    with options.file.open("x", encoding="utf-8") as file:
        file.write(text)
    _say(f"{options.file}: {options.name}, for the user {options.user}.")
    return DONE


def _check_qwc(options: argparse.Namespace) -> int:
    qwc = read_qwc(options.file)
    often = f"every {qwc.run_every_seconds} seconds" if qwc.run_every_seconds else "when somebody asks"
    _say(f"{qwc.app_name}: nothing to object to. It calls {qwc.app_url} as {qwc.user_name}, {often}.")
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from qbsim.screens.server import serve

    serve(options.file, host=options.host, port=options.port, say=_say)
    return DONE


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
