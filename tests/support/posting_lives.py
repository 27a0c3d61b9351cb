"""Random lives of an office, its server and its QuickBooks computer, in which everything ends at the worst moment.

A life is a few runs. In each, people press things, visits of the Web Connector are cut somewhere, then the world
heals, visits go on until nothing is due, and the company file is counted. One seed, one life, the same every time.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection as database
from django.utils import timezone

from qbsim.company import Company
from standpipe.activity.models import Activity
from standpipe.invoices.models import Invoice
from standpipe.quickbooks.connections import qwc
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.exchange.models import Session
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.recovery import doubt_everything
from support.crashing import Blow, Connector, faults
from support.posting_office import Client, Office, differences, make_books, make_office, press, press_once, twice
from support.quickbooks_worlds import PASSWORD

RUNS = 9  # of a life
WRITTEN = 24  # invoices that lie in the drawer when a life begins
MOST_VISITS = 12  # until nothing may be due any more

# What one blow may be, and how often among a hundred.
FAULTS = (
    "die-after-request:{n}:before",
    "die-after-request:{n}:after",
    "die-at-call:{m}",
    "quickbooks-crashes:{n}:before",
    "quickbooks-crashes:{n}:during",
    "quickbooks-crashes:{n}:after",
    "answer-lost:{n}",
    "answer-twice:{n}",
    "repeat-send-request:{n}",
    "truncated-answer:{n}",
    "garbage-answer:{n}",
    "answer-not-stored",
    "status-check-forgets",
    "record-withheld",
    "list-busy",
)
_ANSWER_IS_GONE = ("answer-not-stored", "status-check-forgets", "quickbooks-crashes")
_CALL_MOMENTS = ("before", "after", "twice", "late", "meanwhile")


@dataclass
class Tally:
    """What all lives came to, for the figures."""

    runs: int = 0
    visits: int = 0
    documents: int = 0
    blows: Counter[str] = field(default_factory=Counter)


class Broken(AssertionError):
    """A life that did not end as it must."""


@dataclass
class World:
    """One office with its books, and how to put both back to their beginning."""

    company: Company
    office: Office
    connector: Connector
    other: Connector  # the same row of the same Web Connector, started again
    folder: Path
    beginning: sqlite3.Connection | None = None  # where there is none, life after life goes on with the same books
    drawer: Sequence[tuple[Invoice, Client]] = ()

    def keep_beginning(self) -> None:
        """From now on each life begins as things are."""
        office = self.office
        office.is_quick = office.is_sparing = True
        if database.vendor != "sqlite":
            return
        Activity.objects.update(at=timezone.now() - timedelta(days=1))  # nothing is compared anew in every life
        office.drawer = [office.compose(Random(number)) for number in range(WRITTEN)]
        self.drawer = tuple(office.drawer)
        self.company.back_up(self.folder / "beginning.qbw")
        self.beginning = sqlite3.connect(":memory:")
        database.connection.backup(self.beginning)

    def begin_anew(self) -> None:
        if self.beginning is not None:
            self.company.restore(self.folder / "beginning.qbw")
            self.beginning.backup(database.connection)
            self.office.wishes.clear()
            self.office.drawer = [*self.drawer]


@contextmanager
def make_world(folder: Path, *, connector: type[Connector] = Connector) -> Iterator[World]:
    company = make_books(folder / "books.qbw")
    company.db.execute("PRAGMA journal_mode = MEMORY")
    connectors: dict[Any, Connector] = {}

    def row(connection: Connection) -> Connector:
        file = qwc.encode(connection, base_url="http://localhost:8000")
        return connector(file, company=company, password=PASSWORD, sleep=lambda _: None, machine="OFFICE")

    def visit(connection: Connection) -> None:
        made = connectors.setdefault(connection.pk, row(connection))
        assert made.visit().outcome == "done"

    with company:
        office = make_office(company, visit)
        ours = connectors[office.connection.pk]
        yield World(company, office, ours, row(office.connection), folder)


@dataclass
class Life:
    seed: int
    world: World
    tally: Tally
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.keeps_answers = True  # QuickBooks still has the answer to whatever was sent since the last count
        self.calls, self.commits = 10, 10  # of the visit before, so that blows fall inside the next one

    def live(self) -> None:
        """Raises ``Broken`` with all that happened."""
        self.world.begin_anew()
        for run in range(1, RUNS + 1):
            self._press_some()
            self.cut(self._blow())
            if self.random.random() < 0.1:
                self._say("message sets lost")
                self.world.company.message_sets.lose()
                self.keeps_answers = False
            if run == RUNS or self.random.random() < 0.4:
                self.heal_and_count()
            elif wrong := twice(self.world.office, self.world.company):
                raise Broken(self._told(wrong))
            self.tally.runs += 1
        self.random.choice((self._nothing_more, self._nothing_more, self._restore_books, self._restore_database))()
        self.tally.documents += self.world.company.invoices.count() + len(list(self.world.company.payments.all()))

    def cut(self, blow: Blow) -> None:
        """One visit in which this happens."""
        self.tally.blows[blow.what] += 1
        self.keeps_answers &= not blow.when.startswith(_ANSWER_IS_GONE)
        self._visit(blow)

    def heal_and_count(self, *, markers: bool | None = None) -> None:
        """Visits that nobody cuts, until nothing is due. Then everything is there once, and said so here.

        ``markers``: whether QuickBooks gives them back. It need not where it keeps the answers.
        """
        if markers is None:
            markers = not self.keeps_answers or self.random.random() < 0.8
        blows = [] if markers else faults("marker-withheld")
        for _ in range(MOST_VISITS):
            pass_time(self.world.office.connection)
            if self._visit(*blows) == "none":
                break
        else:
            raise Broken(self._told(["something is due for ever"]))
        if wrong := differences(self.world.office, self.world.company):
            raise Broken(self._told(wrong))
        self.keeps_answers = True

    # --- backups

    def _nothing_more(self) -> None:
        """Most lives just end."""

    def _restore_books(self) -> None:
        """The company file goes back to an earlier copy, and the next document meets it."""
        backup = self.world.folder / "backup.qbw"
        backup.unlink(missing_ok=True)
        self.world.company.back_up(backup)
        self._press_some()
        self.heal_and_count()
        self._say("the company file is restored from a backup")
        self.world.company.restore(backup)
        self.world.office.write(self.random)
        self.heal_and_count()

    def _restore_database(self) -> None:
        """Our database goes back to what it was before the last documents were sent."""
        if self.world.beginning is None:
            return
        self._press_some()
        self.cut(self._blow())
        backup = sqlite3.connect(":memory:")
        database.connection.backup(backup)
        known = [replace(wish, payments={**wish.payments}) for wish in self.world.office.wishes]
        self.heal_and_count()
        self._say("the database is restored from a backup")
        backup.backup(database.connection)
        doubt_everything()
        self.world.office.wishes[:] = known
        self.heal_and_count()

    def _press_some(self) -> None:
        self.log += ["--", *press(self.world.office, self.random)]

    def _say(self, what: str) -> None:
        self.tally.blows[what] += 1
        self.log.append(what)

    def measure(self) -> tuple[int, int]:
        """How many calls and commits the next visit has that nobody cuts."""
        self._visit()
        wire = self.world.connector.wire
        return wire.calls, wire.server.commits

    # --- visits

    def _visit(self, *blows: Blow) -> str:
        meanwhile = self._take_over if any(blow.when == "late" for blow in blows) else self._press
        connector = self.world.connector
        outcome = connector.visit(*blows, meanwhile=meanwhile)
        self.calls, self.commits = max(connector.wire.calls, 4), max(connector.wire.server.commits, 3)
        self.log.append(
            f"visit [{', '.join(map(str, blows))}]: {outcome.outcome} {outcome.status} {outcome.statuses}"
        )
        self.tally.visits += 1
        return outcome.outcome

    def _blow(self) -> Blow:
        random = self.random
        kind = random.choices(("commit", "call", "fault"), (40, 30, 30))[0]
        if kind == "commit":
            return Blow(kind, random.randint(1, self.commits + 1), random.choice(("before", "after")))
        if kind == "call":
            return Blow(kind, random.randint(1, self.calls + 1), random.choice(_CALL_MOMENTS))
        text = random.choice(FAULTS).format(n=random.randint(1, 4), m=random.randint(1, self.calls))
        return Blow(kind, 0, text)

    def _take_over(self) -> None:
        """The session has been silent for so long that another visit takes its place, and works to its end."""
        pass_time(self.world.office.connection)
        outcome = self.world.other.visit()
        self.log.append(f"  another visit takes over: {outcome.outcome} {outcome.statuses}")

    def _press(self) -> None:
        self.log.append(f"  meanwhile: {press_once(self.world.office, self.random)}")

    def _told(self, wrong: list[str]) -> str:
        again = f"STANDPIPE_CRASH_SEED={self.seed} .venv/bin/pytest -n0 tests/crash/test_cut_anywhere.py"
        return "\n".join([*wrong, "", f"again: {again}", *self.log])


def pass_time(connection: Connection) -> None:
    """Hours later: nobody waits for a silent session or a back-off any more."""
    earlier = timezone.now() - timedelta(hours=9)
    Session.objects.filter(connection=connection, closed_at=None).update(last_call_at=earlier)
    Document.objects.filter(connection=connection, ended_at=None).update(not_before=None)
