"""``standpipe demo``: everything on one machine, with a simulated QuickBooks, in a folder of its own.

A second run continues where the first stopped. The simulator is met as a stranger meets it: by its commands,
the downloaded QWC file and HTTP.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from standpipe.core.errors import UserError

OWNER = "dana@meadowridge.example"
CUSTOMERS, JOBS = 160, 90
POLL_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo lives: a folder, an address, and the files in it."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def quickbooks_address(self) -> str:
        return f"http://localhost:{self.port + 1}"

    @property
    def company(self) -> Path:
        return self.folder / "meadow-ridge.qbsim"

    @property
    def qwc(self) -> Path:
        return self.folder / "standpipe.qwc"

    @property
    def connector_password(self) -> Path:
        return self.folder / "connector-password"

    @property
    def sign_in(self) -> Path:
        return self.folder / "sign-in.json"


def run(*, port: int, folder: Path) -> int:
    """Runs the demo until Ctrl-C (or SIGTERM), then ends every program that it started."""
    place = Place(folder=folder, port=port)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "STANDPIPE_DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'standpipe.db'}",
        "STANDPIPE_BASE_URL": place.address,
    }
    signal.signal(signal.SIGTERM, _stop)
    try:
        with ExitStack() as programs:
            _require_free_ports(place)
            print("Getting the demo ready…", flush=True)
            _prepare(place)
            server = programs.enter_context(
                _Program("standpipe", ["serve", "--port", str(port)], log=folder / "server.log")
            )
            _wait_for(server, place.address + "/help/quickbooks/")
            company = [str(place.company), "--port", str(port + 1)]
            quickbooks = programs.enter_context(_Program("qbsim", ["serve", *company], log=folder / "quickbooks.log"))
            _wait_for(quickbooks, place.quickbooks_address)
            connector = programs.enter_context(_connector(place))
            _confirm_company_when_read()
            _welcome(place, is_filled=_fill_books())
            while connector.is_running():
                time.sleep(0.5)
        print(f"The simulated Web Connector ended by itself; see {folder / 'connector.log'}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. The next `demo` continues from here.")
        return 0
    return 1


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _prepare(place: Place) -> None:
    """Database, sample organization, connection, QWC file and company file; whatever is there already stays."""
    import django

    django.setup()
    from standpipe.organizations.models import Organization

    from .cli import migrate

    migrate(verbosity=0)
    if not place.sign_in.exists():
        if Organization.objects.exists():
            raise UserError(
                f"{place.folder} holds a database that is not the demo's. Name another folder with --data.",
                code="demo_folder_taken",
            )
        _make_sample(place)
    if not place.company.exists():
        size = ["--customers", str(CUSTOMERS), "--jobs", str(JOBS), "--seed", "7"]
        create = [_command("qbsim"), "company", "create", str(place.company), *size]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program
    _write_qwc(place)


def _make_sample(place: Place) -> None:
    """The sample organization with a few accounts and buildings already there, and a connection to set up."""
    from django.db import transaction

    from standpipe.accounts.actions import create_account
    from standpipe.buildings.actions import create_building
    from standpipe.core.addresses import Address
    from standpipe.organizations.actions import create_organization
    from standpipe.quickbooks.connections.actions import change_settings, create_connection, new_password
    from standpipe.quickbooks.lists.actions import request_lists, request_refresh

    password = "-".join(secrets.token_hex(2) for _ in range(3))
    with transaction.atomic():
        organization, dana = create_organization(
            name="Meadow Ridge Fire Protection", owner_email=OWNER, owner_password=password, owner_name="Dana Reyes"
        )
        sample = json.loads((Path(__file__).parent / "demo_sample.json").read_text(encoding="utf-8"))
        accounts = {
            name: create_account(organization, by=dana, name=name, billing_address=Address.from_json(address))
            for name, address in sample["accounts"].items()
        }
        for entry in sample["buildings"]:
            address = Address.from_json(entry["address"])
            create_building(
                organization,
                by=dana,
                name=entry["name"],
                billing_address=address,
                physical_address=address,
                account=accounts.get(entry["account"]),
            )
        connection = create_connection(organization, by=dana, name="Meadow Ridge books")
        change_settings(connection, by=dana, poll_minutes=1)  # as near as whole minutes come to the demo's seconds
        secret = new_password(connection, by=dana)
        request_refresh(connection, by=dana)  # so that the first visit brings what the invoices below are made of
        request_lists(connection, by=dana)
    _write_private(place.connector_password, secret)
    _write_private(place.sign_in, json.dumps({"email": OWNER, "password": password}))


def _write_qwc(place: Place) -> None:
    """The QWC as a person would download it; written anew, because another --port is another address."""
    from standpipe.quickbooks.connections.actions import qwc_of
    from standpipe.quickbooks.connections.models import Connection

    place.qwc.write_bytes(qwc_of(Connection.objects.get(), base_url=place.address))


def _connector(place: Place) -> "_Program":
    files = [str(place.qwc), "--password-file", str(place.connector_password), "--company", str(place.company)]
    arguments = ["connect", *files, "--every", str(POLL_SECONDS), "--reread-password"]
    return _Program("qbsim", arguments, log=place.folder / "connector.log")


def _confirm_company_when_read() -> None:
    """Says "Yes, this is our company file" in the name of the owner: in the demo there is no other."""
    from standpipe.organizations.models import Person
    from standpipe.quickbooks.connections.actions import confirm_company
    from standpipe.quickbooks.connections.models import Connection

    for _ in range(60):
        connection = Connection.objects.get()
        if connection.confirmed_at:
            return
        if connection.file_read_at:
            confirm_company(connection, by=Person.objects.get(email=OWNER))
            return
        time.sleep(0.5)


def _fill_books() -> bool:
    """Settings, items and invoices of the sample company; False where QuickBooks' lists did not come in time."""
    from standpipe.organizations.models import Person
    from standpipe.quickbooks.connections.models import Connection

    from .demo_books import fill

    return fill(Connection.objects.get(), by=Person.objects.get(email=OWNER))


INVOICES = """
  Try: Invoices, open one, "Send to QBD". A few seconds later it stands in the simulated QuickBooks."""


def _welcome(place: Place, *, is_filled: bool) -> None:
    sign_in = json.loads(place.sign_in.read_text(encoding="utf-8"))
    print(
        f"""
  Standpipe demo

  Open      {place.address}
  Sign in   {sign_in["email"]}
  Password  {sign_in["password"]}

  The simulated QuickBooks Desktop is at {place.quickbooks_address}
  Its Web Connector visits every {POLL_SECONDS} seconds. After "New password", put the new one into
  {place.connector_password}
{INVOICES if is_filled else ""}
  Try: Accounts, "Import from QuickBooks Desktop", "Refresh from QuickBooks Desktop". Then change a customer in the
  simulated QuickBooks, refresh again, and see it arrive.
  Ctrl-C ends all of it.
""",
        flush=True,
    )


class _Program:
    """A program beside this one, for as long as the ``with`` block lasts; its output goes to a log file."""

    def __init__(self, name: str, arguments: Sequence[str], *, log: Path) -> None:
        self.command = [_command(name), *arguments]
        self.log = log

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the demo, which then ends its programs in order.
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603  # our own programs
        return self

    def __exit__(self, *_exception: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def is_running(self) -> bool:
        return self.process.poll() is None


def _command(name: str) -> str:
    """A program of this installation: beside the Python that runs us."""
    return str(Path(sys.executable).parent / name)


def _require_free_ports(place: Place) -> None:
    from .serve import require_free_port

    for port in (place.port, place.port + 1):
        require_free_port("127.0.0.1", port)


def _wait_for(program: _Program, address: str) -> None:
    for _ in range(240):
        if not program.is_running():
            break
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  # our own http address
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise UserError(f"A part of the demo did not start; see {program.log}.", code="no_start")


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
