"""What is measured, one function a scenario. Each yields samples: what it cost, and beside it the floor."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urlencode

from support.server import Organization

from . import ROOT, pages, peer, simulator
from .connector import Connector, Http
from .floors import BETWEEN_PAGES
from .lab import Connection, Lab, Program, lab, program
from .quickbooks import QuickBooks
from .wire import call

CUSTOMERS = 10_000
MANY = 100_000
POLLS = 250
CALLS_OF_A_POLL = 4  # serverVersion, clientVersion, authenticate, closeConnection
AT_ONCE = 4
FLOOR_PAGE = 500
MATCHED = 20_000
POSTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One round's figure and the one that it is divided by; without one it stands for itself."""

    measure: str
    value: float
    floor: float | None = None


@dataclass(kw_only=True)
class Bench:
    """What the scenarios share: sizes, servers, company files."""

    folder: Path
    customers: int = CUSTOMERS
    polls: int = POLLS
    postgres: bool = False
    stack: ExitStack = field(default_factory=ExitStack)
    round: int = 0
    _companies: dict[int, QuickBooks] = field(default_factory=dict)

    def company(self, customers: int) -> QuickBooks:
        if customers not in self._companies:
            made = QuickBooks(self.folder / f"company-{customers}.qbw", customers=customers)
            self._companies[customers] = self.stack.enter_context(made)
        return self._companies[customers]

    @cached_property
    def lab(self) -> Lab:
        return self.stack.enter_context(lab(postgres=self.postgres))

    @cached_property
    def bare(self) -> Program:
        return self.stack.enter_context(program("benchmarks.bare"))

    def connection(self, number: int, customers: int) -> Connection:
        """A fresh connection of the organization of that number."""
        return self.lab.connection(self.lab.organization(number), self.company(customers))

    def pages(self, customers: int) -> Path:
        """The floor's input: every customer with all its elements."""
        file = self.folder / f"pages-{customers}"
        if not file.exists():
            file.write_bytes(BETWEEN_PAGES.join(self.company(customers).pages(FLOOR_PAGE)))
        return file

    @cached_property
    def peer(self) -> tuple[Program, Connector]:
        """qbwc-kit, asking for the page and the elements that Standpipe was seen to ask for."""
        company = self.company(self.customers)
        request = self.folder / "request"
        request.write_text(self.connection(self.round, self.customers).refresh().requests[0])
        running = self.stack.enter_context(program("benchmarks.peer", str(self.folder / "peer.db"), str(request)))
        connector = Connector(url=running.url, username=peer.USERNAME, password=peer.PASSWORD, quickbooks=company)
        return running, connector


def floor(*arguments: str) -> float:
    """CPU seconds of one floor, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.floors", *arguments]
    seconds: float = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return seconds


def customers_floor(bench: Bench, customers: int) -> float:
    pages = str(bench.pages(customers))
    if not bench.postgres:
        return floor("customers", pages)
    before = bench.lab.cpu_seconds()
    own = floor("customers-in-postgres", pages, bench.lab.server.database_url)
    return own + bench.lab.cpu_seconds() - before


# --- scenarios ----------------------------------------------------------------------------------------------------


def refreshes(bench: Bench) -> Iterator[Sample]:
    """The list arrives, is read again in full, and then nothing has changed."""
    least = customers_floor(bench, bench.customers)
    connection = bench.connection(bench.round, bench.customers)
    first = connection.refresh()
    assert first.task["counts"]["new"] == bench.customers, first.task
    yield Sample(measure="customers", value=first.cpu_seconds, floor=least)
    yield Sample(measure="trips", value=first.round_trips)
    written = writes(connection)
    again = connection.refresh(full=True)
    yield Sample(measure="again", value=again.cpu_seconds, floor=first.cpu_seconds)
    yield Sample(measure="rewritten", value=written())
    yield Sample(measure="changes", value=connection.refresh().round_trips)


def peer_reads(bench: Bench) -> Iterator[Sample]:
    """qbwc-kit reads the same list with the same page and elements."""
    running, connector = bench.peer
    (bench.folder / "peer.db").unlink(missing_ok=True)
    before = running.cpu_seconds()
    session = connector.update()
    theirs = running.cpu_seconds() - before
    assert not session.error, session.error
    ours = bench.connection(bench.round, bench.customers).refresh()
    yield Sample(measure="peer", value=ours.cpu_seconds, floor=theirs)


def polls(bench: Bench) -> Iterator[Sample]:
    """Visits with nothing to do, beside as many calls of a bare Django view."""
    connection = bench.connection(bench.round, min(bench.customers, 200))
    connection.refresh()
    body = call("clientVersion", [("strVersion", "2.3.0.215")])
    bench.bare.cpu_seconds()
    before = bench.lab.cpu_seconds()
    for _ in range(bench.polls):
        session = connection.connector.update()
        assert session.verdict == "none", session
    cost = bench.lab.cpu_seconds() - before
    before = bench.bare.cpu_seconds()
    for _ in range(bench.polls):
        with Http(bench.bare.url) as http:
            for _ in range(CALLS_OF_A_POLL):
                http.post("clientVersion", body)
    least = bench.bare.cpu_seconds() - before
    yield Sample(measure="poll", value=1000 * cost / bench.polls, floor=1000 * least / bench.polls)


def imports(bench: Bench) -> Iterator[Sample]:
    """The whole list becomes buildings, beside the same rows inserted in bulk."""
    connection = bench.connection(bench.round, bench.customers)
    connection.refresh()
    before = bench.lab.cpu_seconds()
    selection = {"as": "buildings", "filter": {"active": "all", "status": "available"}}
    batch = bench.lab.api(connection.organization, "POST", f"/connections/{connection.id}/imports", selection)
    cost = bench.lab.cpu_seconds() - before
    assert batch["created"], batch
    if bench.postgres:
        yield Sample(measure="import", value=cost)
        return
    slug = connection.organization.slug
    [(organization,)] = bench.lab.rows("SELECT id FROM organizations_organization WHERE slug = ?", slug)
    yield Sample(measure="import", value=cost, floor=floor("rows", str(bench.lab.database), organization))


def at_once(bench: Bench) -> Iterator[Sample]:
    """Four organizations, one after the other and then all at once: customers a second."""
    each = bench.customers // AT_ONCE
    speeds = []
    for together in (False, True):
        connections = [bench.connection(number, each) for number in range(AT_ONCE)]
        if not bench.company(each).tape or bench.round == 0:
            connections[0].refresh()  # so that every answer is on tape
            connections[0] = bench.connection(0, each)
        threads = [threading.Thread(target=connection.refresh) for connection in connections]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
            if not together:
                thread.join()
        for thread in threads:
            thread.join()
        speeds.append(AT_ONCE * each / (time.perf_counter() - start))
    one, four = speeds
    yield Sample(measure="four", value=four, floor=one)


def memory(bench: Bench, *, small: int, large: int) -> Iterator[Sample]:
    """The most memory that the worker of a fresh server needs for a long list, over that for a short one."""
    peaks = []
    for customers in (small, large):
        with lab() as fresh:
            company = bench.company(customers)
            refreshed = fresh.connection(fresh.organization(0), company).refresh()
            peaks.append(fresh.peak_memory() / 2**20)
            if customers == MANY:
                least = customers_floor(bench, customers)
                yield Sample(measure="many", value=refreshed.cpu_seconds, floor=least)
    yield Sample(measure="memory", value=peaks[1], floor=peaks[0])


def the_simulator(bench: Bench, *, small: int, large: int) -> Iterator[Sample]:
    """Peak memory of the simulator's own work on a long list, over that on a short one; and CPU a customer."""
    figures = {}
    for customers in (small, large):
        file = bench.folder / f"simulator-{customers}.qbw"
        for step in simulator.STEPS:
            figures[step, customers] = found = simulator.measure(step, file, customers)
            assert found["seen"] == (simulator.EDITED if step == "changed" else customers), (step, found)
    for step in simulator.STEPS:
        short, long = figures[step, small], figures[step, large]
        yield Sample(measure=f"simulator-{step}", value=long["megabytes"], floor=short["megabytes"])
        if step != "changed":
            each = [1000 * found["cpu_seconds"] / found["seen"] for found in (long, short)]
            yield Sample(measure=f"simulator-{step}-cpu", value=each[0], floor=each[1])


def matches(bench: Bench, *, small: int, large: int) -> Iterator[Sample]:  # noqa: ARG001  # as long as the issue asks
    """Every record against every customer, on one core."""
    command = [sys.executable, "-m", "benchmarks.matching", str(MATCHED)]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    yield Sample(measure="matching", value=found["seconds"])
    yield Sample(measure="matching-memory", value=found["megabytes"])
    yield Sample(measure="matching-found", value=100 * found["found"])


def waits(bench: Bench, *, small: int, large: int) -> Iterator[Sample]:  # noqa: ARG001  # nobody waits in short lists
    """How long a person waits for each page of a large organization, beside a row looked up by its index."""
    with lab(postgres=bench.postgres) as fresh:
        organization = fresh.organization(0)
        filled = fresh.fill(organization, customers=large)
        compare_all(fresh, organization, connection_id=filled["connection"])
        browser = pages.Browser(fresh.server.base_url, organization)
        with program("benchmarks.bare", fresh.server.database_url) as bare:
            row = f"{bare.url}row?{urlencode({name: filled[name] for name in ('connection', 'list_id')})}"
            requests: dict[str, Callable[[int], object]] = {"row": lambda _: pages.fetch(row)}
            for page in pages.PAGES:
                requests[page.key] = partial(browser.ask, page, filled)
            taken = pages.timed(requests)
        least = pages.percentile(taken.pop("row"))
        for key, waited in taken.items():
            yield Sample(measure=f"page-{key}", value=pages.percentile(waited), floor=least)


def compare_all(fresh: Lab, organization: Organization, *, connection_id: str) -> None:
    """What pages ask for slice by slice: the suggestions, which they only show."""
    suggestions = f"/connections/{connection_id}/suggestions?limit=1&for="
    for target in ("accounts", "buildings"):
        while not fresh.api(organization, "GET", suggestions + target)["complete"]:
            pass


def posts(bench: Bench, *, small: int, large: int) -> Iterator[Sample]:  # noqa: ARG001  # as many as the issue asks
    """1,000 invoices into one company file, one of them refused: round trips, and what the refusal costs others."""
    server = bench.lab.server
    folder = bench.folder / "posting"
    folder.mkdir()
    own = {"DATABASE_URL": f"sqlite:///{folder}/standpipe.db", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"}
    command = [sys.executable, "-m", "benchmarks.posting", str(folder), str(POSTED)]
    done = subprocess.run(command, cwd=ROOT, env=server.environment | own, check=True, capture_output=True)
    found = json.loads(done.stdout)
    yield Sample(measure="posting-trips", value=found["round_trips"])
    yield Sample(measure="posting-lost", value=POSTED - 1 - found["there"])
    yield Sample(measure="posting", value=found["seconds"])


# --- what was written ---------------------------------------------------------------------------------------------


def writes(connection: Connection) -> Callable[[], float]:
    """Watches the copied list; what comes back tells how many of its rows were written since."""
    return _writes_in_postgres(connection) if connection.lab.postgres else _writes_in_sqlite(connection)


_LIST = "lists_customer"


def _writes_in_sqlite(connection: Connection) -> Callable[[], float]:
    run = connection.lab.rows
    run("CREATE TABLE bench_writes (list_id TEXT)")
    for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
        run(
            f"CREATE TRIGGER bench_{event} AFTER {event} ON {_LIST} "
            f"BEGIN INSERT INTO bench_writes VALUES ({row}.list_id); END"
        )

    def count() -> float:
        [(written,)] = run("SELECT count(*) FROM bench_writes")
        for event in ("INSERT", "UPDATE", "DELETE"):
            run(f"DROP TRIGGER bench_{event}")
        run("DROP TABLE bench_writes")
        return float(written)

    return count


def _writes_in_postgres(connection: Connection) -> Callable[[], float]:
    import psycopg

    def versions() -> set[tuple[object, ...]]:
        query = f"SELECT id, xmin::text FROM {_LIST} WHERE connection_id = %s"
        with psycopg.connect(connection.lab.server.database_url) as database:
            return set(database.execute(query, [connection.id]))

    before = versions()
    return lambda: float(len(versions() ^ before))
