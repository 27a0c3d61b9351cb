"""Server, connector and QuickBooks ended by SIGKILL, over HTTP, while invoices and payments go: each is there once.

Real processes and a real database. Most servers are forked from a process that has loaded the product already; every
so often it is `standpipe serve` itself.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection as database

from qbsim.company import Company
from standpipe.quickbooks.connections import qwc
from standpipe.quickbooks.connections.models import Connection
from support.nursery import Child, Nursery, nursery
from support.postgres import free_port
from support.posting_lives import MOST_VISITS, Broken, pass_time
from support.posting_office import Office, differences, make_books, make_office, press
from support.quickbooks_worlds import PASSWORD
from support.server import Standpipe, answers

ROUNDS = int(os.environ.get("STANDPIPE_CRASH_ROUNDS", "1"))
RUNS = 50  # of one test
TESTS = 2 if ROUNDS == 1 else 4 * ROUNDS
if os.environ.get("DATABASE_URL", "").startswith("postgres"):
    TESTS = ROUNDS
WHOLE_SERVER = 12  # every so manieth run is against `standpipe serve`
VISIT_SECONDS = 60


def database_url() -> str:
    """Of the test database, for processes of their own."""
    known = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    host = f"host={quote(known['HOST'], safe='')}&" if known["HOST"].startswith("/") else ""
    place = "" if host else f"{known['HOST']}:{known['PORT']}"
    return f"postgresql://{known['USER']}:{quote(known['PASSWORD'])}@{place}/{known['NAME']}?{host}"


@dataclass
class Forked:
    """A server that is there in a moment."""

    nursery: Nursery
    port: int
    child: Child | None = None

    @property
    def pid(self) -> int:
        return self.child.pid if self.child else 0

    def start(self) -> None:
        """Again, where a worker of the server before still held the port when this one wanted it."""
        deadline = time.monotonic() + VISIT_SECONDS
        while self.is_gone() or not answers(f"http://localhost:{self.port}/qbwc/"):
            assert time.monotonic() < deadline, "the server does not answer"
            if self.is_gone():
                self.child = self.nursery.start("support.killable:serve", port=self.port)
            time.sleep(0.002)

    def kill(self) -> None:
        if self.child:
            self.child.kill()
        self.child = None

    def is_gone(self) -> bool:
        return self.child is None or self.child.has_ended()


@dataclass
class Whole:
    """`standpipe serve`, with its workers."""

    server: Standpipe

    @property
    def pid(self) -> int:
        return -self.server.process.pid if self.server.process else 0  # its whole group

    def start(self) -> None:
        self.server.start()

    def kill(self) -> None:
        self.server.kill()

    def is_gone(self) -> bool:
        return self.server.process is None or self.server.process.poll() is not None


@dataclass
class Site:
    """All processes around one office."""

    folder: Path
    nursery: Nursery
    forked: Forked
    whole: Whole
    server: Forked | Whole = field(init=False)
    office: Office = field(init=False)
    visits: int = 0

    def __post_init__(self) -> None:
        self.server = self.forked

    @property
    def books(self) -> Path:
        return self.folder / "books.qbw"

    def visit(self, connection: Connection, *, blow: dict[str, Any], faults: list[str], again_at_once: bool) -> str:
        """One update in a process of its own: how it ended, "killed" where it did not end by itself."""
        told = self.folder / "told"
        told.unlink(missing_ok=True)
        child = self.nursery.start(
            "support.killable:visit",
            qwc=qwc.encode(connection, base_url=f"http://localhost:{self.forked.port}").decode(),
            password=PASSWORD,
            company=str(self.books),
            told=str(told),
            server=self.server.pid,
            blow=blow,
            faults=faults,
        )
        self.visits += 1
        deadline = time.monotonic() + VISIT_SECONDS
        while not child.has_ended(within=0.01):
            assert time.monotonic() < deadline, "a visit without an end"
            if again_at_once and self.server.is_gone():
                begun = time.monotonic()
                self._start_again()
                deadline += time.monotonic() - begun
        if self.server.is_gone():
            self._start_again()
        return str(json.loads(told.read_text())["outcome"]) if told.exists() else "killed"

    def _start_again(self) -> None:
        self.server.kill()
        self.server.start()

    def switch_to(self, server: Forked | Whole) -> None:
        if server is not self.server:
            self.server.kill()
            self.server = server
            server.start()


@pytest.fixture(scope="module")
def shared_nursery(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nursery, int]]:
    port = free_port()
    folder = tmp_path_factory.mktemp("nursery")
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "support.served_settings",
        "STANDPIPE_BASE_URL": f"http://localhost:{port}",
        "STANDPIPE_DATA_DIR": str(folder),
    }
    with nursery("support.killable", environment=environment, log=folder / "log") as made:
        yield made, port


@pytest.fixture
def site(transactional_db: None, shared_nursery: tuple[Nursery, int], tmp_path: Path) -> Iterator[Site]:
    made, port = shared_nursery
    whole = Standpipe(folder=tmp_path, port=port, database_url=database_url())
    site = Site(tmp_path, made, Forked(made, port), Whole(whole))
    site.server.start()
    try:
        with make_books(site.books) as company:
            site.office = make_office(company, lambda connection: _good_visit(site, connection))
            site.office.is_sparing = True
        yield site
    finally:
        site.server.kill()


def _good_visit(site: Site, connection: Connection) -> None:
    assert site.visit(connection, blow={}, faults=[], again_at_once=False) == "done"


# --- runs


def a_blow(random: Random) -> dict[str, Any]:
    """Who is ended, and at which boundary of a visit."""
    who = random.choice(("server", "server", "computer", "quickbooks"))
    when = random.choice(("before", "during", "after"))
    at = random.randint(1, 4 if who == "quickbooks" and when != "during" else 12)
    return {"who": who, "at": at, "when": when, "seconds": random.uniform(0, 0.03)}


@pytest.mark.parametrize("chunk", range(TESTS))
def test_everything_is_there_once_whoever_is_killed(site: Site, chunk: int) -> None:
    """Requirement 56: counted in the company file."""
    random = Random(chunk)
    log: list[str] = []
    for run in range(RUNS):
        site.switch_to(site.whole if run % WHOLE_SERVER == WHOLE_SERVER - 1 else site.forked)
        log += ["--", *press(site.office, random)]
        for _ in range(random.choice((1, 1, 2))):
            blow = a_blow(random)
            ended = site.visit(site.office.connection, blow=blow, faults=[], again_at_once=random.random() < 0.5)
            log.append(f"visit {blow}: {ended}")
            if random.random() < 0.1:
                with Company.open(site.books) as company:
                    company.message_sets.lose()
                log.append("message sets lost")
        heal(site, log)
        with Company.open(site.books) as company:
            if wrong := differences(site.office, company):
                raise Broken("\n".join([*wrong, "", f"chunk {chunk}, run {run}", *log]))


def heal(site: Site, log: list[str]) -> None:
    """Visits that nobody cuts, until nothing is due."""
    for _ in range(MOST_VISITS):
        pass_time(site.office.connection)
        ended = site.visit(site.office.connection, blow={}, faults=[], again_at_once=False)
        log.append(f"visit: {ended}")
        if ended == "none":
            return
    raise Broken("\n".join(["something is due for ever", "", *log]))
