"""Real processes: the product's server as `standpipe serve` starts it, and the simulated QuickBooks computer.

They are reached over HTTP and the command line only, and can be killed at any moment.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from support.databases import fill_migrated, own_database
from support.postgres import free_port

COMMANDS = Path(sys.executable).parent  # the virtual environment's
TESTS = Path(__file__).parents[1]
QBSIM = (sys.executable, str(TESTS / "support" / "recorded_qbsim.py"))  # the command, with its responses recorded
START_SECONDS = 180
STOP_SECONDS = 60
CONNECTOR_SECONDS = 300
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    slug: str
    email: str  # the owner's; signs in with `password`
    password: str
    api_token: str


@dataclass(kw_only=True)
class Standpipe:
    """One server and its data. `start` after `stop` or `kill` goes on with the same data at the same address."""

    folder: Path
    port: int
    database_url: str
    extra_environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        """Ours, less what belongs to the suite's own process, plus the five variables of the product."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STANDPIPE_")}
        recorder = {name: os.environ[name] for name in ("STANDPIPE_REQUEST_LOG",) if name in os.environ}
        return {
            **inherited,
            **recorder,
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "support.served_settings",
            # This tree's product, also where the virtual environment was made for another one (tools/break-rules).
            "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent / "src"))),
            "STANDPIPE_BASE_URL": self.base_url,
            "STANDPIPE_DATA_DIR": str(self.folder),
            **self.extra_environment,
        }

    def command(self, *arguments: str) -> str:
        """What `standpipe …` prints; fails with its words when it fails."""
        done = subprocess.run(
            [COMMANDS / "standpipe", *arguments],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"standpipe {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def migrate(self) -> None:
        """Its database as `standpipe migrate` leaves it; the command runs for the first server of a suite only."""

        def run_command(database_url: str) -> None:
            replace(self, database_url=database_url).command("migrate")

        fill_migrated(self.database_url, migrate=run_command)

    def create_organization(self, name: str) -> Organization:
        secret = self.folder / f"{secrets.token_hex(4)}.password"
        secret.write_text(PASSWORD)
        email = f"alice-{secrets.token_hex(4)}@example.com"
        printed = self.command(
            "create-organization", "--name", name, "--email", email, "--password-file", str(secret)
        )
        return _organization(printed)

    def create_organizations(self, count: int) -> list[Organization]:
        """The same by the same command, in one process: nearly all of its time goes into loading the product."""
        secret = self.folder / f"{secrets.token_hex(4)}.password"
        secret.write_text(PASSWORD)
        owners = [f"alice-{secrets.token_hex(4)}@example.com" for _ in range(count)]
        options = ("--name", "Alder Fire", "--password-file", str(secret), "--email")
        commands = [("create-organization", *options, owner) for owner in owners]
        program = f"import sys; from standpipe.site.cli import main; sys.exit(any(map(main, {commands})))"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [_organization(line) for line in done.stdout.splitlines()]

    def start(self) -> None:
        assert self.process is None, "it runs already"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [COMMANDS / "standpipe", "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that killing it can mean its workers too
            )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.base_url):
            assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"the server did not answer:\n{self.log.read_text()}"
            time.sleep(0.05)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the server and its workers at once: nothing can be tidied up."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def _organization(printed: str) -> Organization:
    made = json.loads(printed)
    return Organization(
        slug=made["organization"], email=made["email"], password=PASSWORD, api_token=made["api_token"]
    )


@contextmanager
def running_server(folder: Path, **environment: str) -> Iterator[Standpipe]:
    """`standpipe serve` with an empty database of its own; `environment` is added to that of its processes."""
    with own_database(folder) as database_url:
        server = Standpipe(folder=folder, port=free_port(), database_url=database_url, extra_environment=environment)
        server.migrate()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5):
            return True
    except HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def create_company(file: Path, *, customers: int = 20, jobs: int = 10, seed: int = 1) -> Path:
    """A company file full of the variety that real ones have; the same for the same numbers."""
    sizes = ("--customers", str(customers), "--jobs", str(jobs), "--seed", str(seed))
    qbsim("company", "create", str(file), *sizes)
    return file


def company_contents(file: Path) -> dict[str, object]:
    shown: dict[str, object] = json.loads(qbsim("company", "show", str(file), "--json"))
    return shown


def run_connector(
    qwc: Path, *, password: str, company: Path, faults: Iterable[str] = (), transcript: Path | None = None
) -> str:
    """One "Update Selected" at the QuickBooks computer; what the Web Connector printed."""
    secret = qwc.with_suffix(".password")
    secret.write_text(password)
    options = [option for fault in faults for option in ("--fault", fault)]
    if transcript:
        options += ["--transcript", str(transcript)]
    given = ("--password-file", str(secret), "--company", str(company), "--once")
    return qbsim("connect", str(qwc), *given, *options)


def qbsim(*arguments: str) -> str:
    done = subprocess.run(
        [*QBSIM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=CONNECTOR_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"qbsim {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
    return done.stdout
