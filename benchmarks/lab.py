"""What is measured: server processes, what they cost in CPU and memory, and the organizations in them."""

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from support.postgres import free_port, temporary_server
from support.server import Organization, Standpipe, answers

from . import ROOT
from .connector import Connector
from .quickbooks import QuickBooks

_START_SECONDS = 60


def cpu_seconds(*roots: int) -> float:
    """User and system time of these processes, of all below them, and of those among them that have ended."""
    total = 0.0
    for root in roots:
        process = psutil.Process(root)
        for each in [process, *process.children(recursive=True)]:
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


@dataclass(kw_only=True)
class Program:
    """A running server of ours, found by its process."""

    url: str
    pids: tuple[int, ...]

    def cpu_seconds(self) -> float:
        return cpu_seconds(*self.pids)


@contextmanager
def program(module: str, *arguments: str) -> Iterator[Program]:
    """`python -m module PORT …` once it answers, ended afterwards."""
    port = free_port()
    url = f"http://localhost:{port}/"
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(port), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not answers(url):
            assert process.poll() is None, f"{module} ended"
            assert time.monotonic() < deadline, f"{module} does not answer"
            time.sleep(0.05)
        yield Program(url=url, pids=(process.pid,))
    finally:
        process.terminate()
        process.wait()


@dataclass(kw_only=True)
class Lab:
    """One `standpipe serve` as it is shipped, with a worker for each core, and its database."""

    server: Standpipe
    postgres: int | None = None  # the database server's process
    organizations: list[Organization] = field(default_factory=list)

    def cpu_seconds(self) -> float:
        """Of the server and its database together."""
        assert self.server.process
        return cpu_seconds(self.server.process.pid, *([self.postgres] if self.postgres else []))

    def organization(self, number: int) -> Organization:
        """The organization of that number; made once."""
        while len(self.organizations) <= number:
            self.organizations.append(self.server.create_organization(f"Benchmark {len(self.organizations)}"))
        return self.organizations[number]

    def peak_memory(self) -> int:
        """The most bytes that the worker ever held (VmHWM of Linux)."""
        assert self.server.process
        workers = psutil.Process(self.server.process.pid).children(recursive=True)
        texts = [Path(f"/proc/{worker.pid}/status").read_text() for worker in workers]
        return max(int(found[1]) * 1024 for text in texts if (found := re.search(r"VmHWM:\s*(\d+) kB", text)))

    def api(self, organization: Organization, method: str, path: str, body: object = None) -> Any:
        """What the REST API answers."""
        request = urllib.request.Request(
            f"{self.server.base_url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {organization.api_token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            content: bytes = answer.read()
            return json.loads(content) if "json" in answer.headers["Content-Type"] else content.decode()

    def connection(self, organization: Organization, quickbooks: QuickBooks) -> "Connection":
        """A connection whose company file is known and confirmed, its list never read."""
        made = self.api(organization, "POST", "/connections", {"name": "Books"})
        qwc = self.api(organization, "GET", f"/connections/{made['id']}/qwc")
        connector = Connector(
            url=made["soap_url"],
            username=made["username"],
            password=made["password"],
            owner_id=_element(qwc, "OwnerID"),
            file_id=_element(qwc, "FileID"),
            quickbooks=quickbooks,
        )
        connection = Connection(lab=self, organization=organization, id=made["id"], connector=connector)
        first = connector.update()
        assert not first.error, first
        self.api(organization, "POST", f"/connections/{made['id']}/confirm-company", {})
        return connection

    def fill(self, organization: Organization, *, customers: int) -> dict[str, str]:
        """Puts a copied list, buildings and links straight into the database; answers ids of some of them."""
        environment = self.server.environment | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"}
        command = [sys.executable, "-m", "benchmarks.filling", organization.slug, str(customers)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        filled: dict[str, str] = json.loads(done.stdout)
        return filled

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Straight from the SQLite database, past the server."""
        database = sqlite3.connect(self.database, timeout=20)
        try:
            with database:
                return database.execute(query, parameters).fetchall()
        finally:
            database.close()

    @property
    def database(self) -> Path:
        return self.server.folder / "standpipe.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    lab: Lab
    organization: Organization
    id: str
    connector: Connector

    def refresh(self, *, full: bool = False) -> "Refresh":
        """Asks for a refresh and has the Web Connector come by; what that visit cost."""
        task = self.lab.api(self.organization, "POST", f"/connections/{self.id}/refresh", {"full": full})
        before = self.lab.cpu_seconds()
        session = self.connector.update()
        cpu = self.lab.cpu_seconds() - before
        done = self.lab.api(self.organization, "GET", f"/tasks/{task['id']}")
        assert not session.error, session.error
        assert done["state"] == "done", done
        return Refresh(cpu_seconds=cpu, seconds=session.seconds, requests=session.requests, task=done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    cpu_seconds: float
    seconds: float
    requests: list[str]
    task: dict[str, Any]

    @property
    def round_trips(self) -> int:
        return len(self.requests)


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", xml)
    assert found, f"no {name} in {xml}"
    return found[1]


@contextmanager
def lab(*, postgres: bool = False) -> Iterator[Lab]:
    """A fresh server with an empty database, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="standpipe-bench-") as folder:
        if postgres:
            with temporary_server() as url:
                yield from _running(Path(folder), database_url=url, postgres=_postmaster())
        else:
            yield from _running(Path(folder), database_url=f"sqlite:///{folder}/standpipe.db")


def _running(folder: Path, *, database_url: str, postgres: int | None = None) -> Iterator[Lab]:
    server = Standpipe(
        folder=folder,
        port=free_port(),
        database_url=database_url,
        extra_environment={
            "DJANGO_SETTINGS_MODULE": "standpipe.site.settings",  # as shipped, nothing recorded
            "PYTHONPATH": str(ROOT / "src"),  # the code beside these benchmarks, wherever a copy stands
        },
    )
    server.command("migrate")
    server.start()
    try:
        yield Lab(server=server, postgres=postgres)
    finally:
        server.stop()


def _postmaster() -> int:
    return next(child.pid for child in psutil.Process().children() if child.name() == "postgres")
