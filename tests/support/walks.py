"""What journeys do again and again: sign in, look at a page, prepare by REST, sit at the QuickBooks computer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Locator, Page

from qbsim.company import Company
from support.browser import check_axe, check_reflow
from support.server import CONNECTOR_SECONDS, QBSIM, Organization, Standpipe

IMPORT = "Import from QuickBooks Desktop"
REFRESH = "Refresh from QuickBooks Desktop"
LINK = "Link QuickBooks Customer"
BOOKS = "Meadow Ridge Fire Protection, Inc."  # whose books the simulator keeps unless told otherwise


def sign_in(page: Page, server: Standpipe, organization: Organization, *, to: str = "") -> None:
    """Opens ``to`` (a path inside the organization; the home page without one) as its owner."""
    page.goto(f"{server.base_url}/o/{organization.slug}/{to}")
    page.get_by_label("E-mail").fill(organization.email)
    page.get_by_label("Password").fill(organization.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**/o/{organization.slug}/{to}")


def go(page: Page, where: str) -> None:
    """By the main navigation."""
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name=where, exact=True)
    to = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{to}")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def look(page: Page) -> None:
    """What no page may lack: axe silent, light and dark, and nothing cut off on a narrow screen."""
    check_axe(page)
    check_reflow(page)


def rest(server: Standpipe, organization: Organization, method: str, path: str, body: object = None) -> Any:
    """One call of the REST interface in the name of the owner; what it answers."""
    request = Request(
        f"{server.base_url}/api/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {organization.api_token}", "Content-Type": "application/json"},
        method=method,
    )
    with urlopen(request) as answer:
        content = answer.read()
    return json.loads(content) if content and "json" in (answer.headers["Content-Type"] or "") else content


@dataclass(frozen=True, slots=True)
class QuickBooksComputer:
    """The other computer: a company file, the QWC file in its Downloads, the password in its Web Connector."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "company.qbsim"

    @property
    def qwc(self) -> Path:
        return self.folder / "standpipe.qwc"

    @property
    def secret(self) -> Path:
        return self.folder / "password"

    @contextmanager
    def company(self) -> Iterator[Company]:
        """The open company file, as somebody at the keyboard of QuickBooks changes it."""
        company = Company.open(self.file) if self.file.exists() else Company.create(self.file, customers=0)
        with company, company.transaction():
            yield company

    def type_password(self, password: str) -> None:
        self.secret.write_text(password)

    def visit(self, *faults: str, ends: str = "done") -> str:
        """One "Update Selected", which has to end as told; what the Web Connector printed."""
        done = subprocess.run(
            self._command(*faults), capture_output=True, text=True, timeout=CONNECTOR_SECONDS, check=False
        )
        last = (done.stdout.splitlines() or [""])[-1]
        assert last.startswith(ends), f"the visit should end as {ends!r}:\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def visiting(self, *faults: str) -> Iterator[None]:
        """The same while something else happens; it has ended, and well, when the block has."""
        with subprocess.Popen(self._command(*faults), stdout=subprocess.PIPE, text=True) as process:
            yield
            printed, _ = process.communicate(timeout=CONNECTOR_SECONDS)
        assert process.returncode == 0, printed

    @contextmanager
    def screens(self) -> Iterator[str]:
        """QuickBooks itself on its screen, as `qbsim serve` shows it: the address."""
        command = [*QBSIM, "serve", str(self.file), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().split(": ", 1)[1].strip().rstrip("/")
            finally:
                process.terminate()
                process.wait(timeout=CONNECTOR_SECONDS)

    def _command(self, *faults: str) -> list[str]:
        given = [str(self.qwc), "--password-file", str(self.secret), "--company", str(self.file), "--once"]
        options = [option for fault in faults for option in ("--fault", fault)]
        return [*QBSIM, "connect", *given, *options]


def connect(server: Standpipe, organization: Organization, computer: QuickBooksComputer) -> str:
    """Everything before the first import, without a browser: connected, confirmed, and the list is there."""
    made = rest(server, organization, "POST", "connections", {"name": "Books"})
    computer.type_password(made["password"])
    computer.qwc.write_bytes(rest(server, organization, "GET", f"connections/{made['id']}/qwc"))
    computer.visit()
    rest(server, organization, "POST", f"connections/{made['id']}/confirm-company")
    refresh(server, organization, computer, made["id"])
    return str(made["id"])


def refresh(
    server: Standpipe, organization: Organization, computer: QuickBooksComputer, connection: str, *faults: str
) -> None:
    task = rest(server, organization, "POST", f"connections/{connection}/refresh")
    computer.visit(*faults)
    assert rest(server, organization, "GET", f"tasks/{task['id']}")["state"] == "done"
