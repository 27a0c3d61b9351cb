"""Takes the pictures of the user guide again: a real server, a simulated QuickBooks, a real browser.

python tools/pictures.py        # writes docs/pictures/<page>-<light|dark|narrow>.png

Always the same company, so that a picture changes only when its page does. Look at each before committing it.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Page, expect  # noqa: E402

from support.browser import MISSING, find_browser, running_browser  # noqa: E402
from support.server import PASSWORD, Standpipe, create_company, run_connector  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
BOOKS = Path(tempfile.gettempdir()) / "standpipe-books"  # its path is in the pictures, so it has to be the same
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "narrow": (NARROW, "light")}
EMAIL = "alice@example.com"
HERE_ALREADY = (
    ("accounts", {"name": "Hartford Public Schools"}),
    ("accounts", {"name": "Oakwood Property Management"}),
    ("buildings", {"name": "Elm School", "physical_address": {"lines": ["12 Elm St"], "city": "Hartford"}}),
    ("buildings", {"name": "Oakwood Tower", "physical_address": {"lines": ["80 Oak St"], "city": "Hartford"}}),
)


@dataclass(kw_only=True)
class Studio:
    server: Standpipe
    token: str
    slug: str
    page: Page
    company: Path

    @property
    def home(self) -> str:
        return f"{self.server.base_url}/o/{self.slug}/"

    def api(self, method: str, path: str, body: object = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.server.base_url}/api/v1/{path}", data, headers, method=method)) as answer:
            return json.loads(answer.read() or "{}")

    def qwc(self, connection_id: str) -> Path:
        headers = {"Authorization": f"Bearer {self.token}"}
        file = self.server.folder / "standpipe.qwc"
        with urlopen(
            Request(f"{self.server.base_url}/api/v1/connections/{connection_id}/qwc", headers=headers)
        ) as answer:
            file.write_bytes(answer.read())
        return file

    def take(self, name: str, path: str | None = None) -> None:
        """The page as it stands, or the one at ``path`` below the organization, in every look."""
        for look, (size, scheme) in LOOKS.items():
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if path is not None:
                self.page.goto(self.home + path)
            self.page.evaluate("scrollTo(0, 0); document.activeElement?.blur()")
            self.page.screenshot(path=PICTURES / f"{name}-{look}.png")
        self.page.set_viewport_size(WIDE)
        self.page.emulate_media(color_scheme="light")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    BOOKS.mkdir()  # fails where somebody else is at it
    try:
        with tempfile.TemporaryDirectory() as folder, studio(Path(folder)) as it:
            take_all(it)
    finally:
        shutil.rmtree(BOOKS)


def take_all(it: Studio) -> None:
    it.page.goto(it.home)
    it.page.get_by_label("E-mail").fill(EMAIL)
    it.page.get_by_label("Password").fill(PASSWORD)
    it.page.get_by_role("button", name="Sign in").click()
    it.page.goto(f"{it.server.base_url}/profile/")
    it.page.get_by_label("Your name").fill("Alice Alder")
    it.page.get_by_role("button", name="Save").click()
    it.take("first-steps", "")
    connect_and_import(it)


def connect_and_import(it: Studio) -> None:
    made = it.api("POST", "connections", {"name": "QuickBooks Desktop"})
    connection = made["id"]
    it.take("set-up", f"quickbooks/{connection}/setup/")
    qwc = it.qwc(connection)
    run_connector(qwc, password=made["password"], company=it.company)
    it.take("confirm", f"quickbooks/{connection}/")
    it.api("POST", f"connections/{connection}/confirm-company")
    it.api("POST", f"connections/{connection}/refresh", {})
    run_connector(qwc, password=made["password"], company=it.company)
    import_some(it)
    it.take("buildings", "buildings/")
    it.page.goto(f"{it.home}buildings/?search=Oakwood")
    it.page.get_by_role("link", name="Oakwood Tower").click()
    it.take("building")
    it.page.get_by_text("Link QuickBooks Customer", exact=True).first.click()
    expect(it.page.locator(".option-list")).to_be_visible()
    it.take("link")
    it.take("connection", f"quickbooks/{connection}/")
    it.take("home", "")
    it.take("members", "settings/members/")


def import_some(it: Studio) -> None:
    it.page.goto(f"{it.home}buildings/import/")
    boxes = it.page.locator("input[data-select]")
    for number in range(2, 8):
        boxes.nth(number).check()
    it.take("import")
    it.page.locator(".action-bar").get_by_role("button", name="Import from QuickBooks Desktop").click()
    it.page.wait_for_load_state()
    if it.page.get_by_role("radio").count():
        it.take("names")
        it.page.get_by_role("radio").nth(1).check()
        it.page.get_by_role("button", name="Import from QuickBooks Desktop").last.click()
    it.page.wait_for_url(re.compile(r"/imports/"))
    it.take("imported")


@contextmanager
def studio(folder: Path) -> Iterator[Studio]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Standpipe(folder=folder, port=port, database_url=f"sqlite:///{folder / 'pictures.db'}")
    server.command("migrate")
    secret = folder / "password"
    secret.write_text(PASSWORD)
    given = ("--name", "Alder Fire Protection", "--email", EMAIL, "--password-file", str(secret))
    made = json.loads(server.command("create-organization", *given))
    company = create_company(BOOKS / "Meadow Ridge.qbw", customers=60, jobs=40, seed=7)
    server.start()
    browser = find_browser()
    if browser is None:
        sys.exit(MISSING)
    try:
        with running_browser(browser) as running:
            page = running.new_page(viewport=WIDE, locale="en-US")
            it = Studio(server=server, token=made["api_token"], slug=made["organization"], page=page, company=company)
            for noun, fields in HERE_ALREADY:
                it.api("POST", noun, fields)
            yield it
    except Exception:
        print(server.log.read_text())
        raise
    finally:
        server.stop()


if __name__ == "__main__":
    main()
