"""A real browser for the journeys: found on the machine, watched for every complaint, asked by axe.

python tests/support/browser.py --find      # says which browser would be used
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

# The shell is Chromium without what nobody sees: half the price of every page and a fifth of every start.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these Chromium calls its makers at every start.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
FLAGS = (*QUIET, "--disable-gpu", "--disable-quic")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ALL_BUT_CONTRAST = """(tags) => axe.run({
    runOnly: {type: "tag", values: tags}, rules: {"color-contrast": {enabled: false}}, resultTypes: ["violations"],
}).then(({violations}) => violations)"""
# Contrast is two thirds of what axe costs, element by element, and most elements look like one that was judged.
CONTRAST = Path(__file__).with_name("contrast.js").read_text()
SETTLED: set[str] = set()  # looks that this process has seen pass, on whatever page
MISSING = "No browser here: run `make setup` as root, or put Chromium or Chrome in PATH."


def find_browser() -> str | None:
    """The system's Chromium or Chrome, else one that Playwright has downloaded."""
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    downloaded = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    return next((str(path) for path in downloaded if os.access(path, os.X_OK)), None)


@contextmanager
def running_browser(executable: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        is_root = os.geteuid() == 0  # Chromium's sandbox refuses root
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(FLAGS), chromium_sandbox=not is_root
        )
        try:
            yield browser
        finally:
            browser.close()


class Complaints:
    """All that browsers say against pages: console lines, errors, failed requests, policy violations.

    What a test provokes on purpose it takes out by `expect`, so that nothing else can hide behind it.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.texts.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._failed_request)

    def _console(self, message: ConsoleMessage) -> None:
        # A violated content security policy arrives here too, as an error.
        self.texts.append(f"{message.location['url']}: console.{message.type}: {message.text}")

    def _failed_request(self, request: Request) -> None:
        # ERR_ABORTED: the page was left while loading, or the answer became a download. Nobody is told.
        if request.failure != "net::ERR_ABORTED":
            self.texts.append(f"{request.method} {request.url}: {request.failure}")

    def expect(self, part: str) -> None:
        """Exactly one complaint has this text; it is forgiven."""
        matching = [text for text in self.texts if part in text]
        assert len(matching) == 1, f"expected one complaint with {part!r}, have {self.texts}"
        self.texts.remove(matching[0])


def come_to_rest(page: Page) -> None:
    """No part of the page is exchanged any more. What is typed between exchange and binding is not heard."""
    from playwright.sync_api import expect

    expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)


def check_axe(page: Page) -> None:
    """WCAG 2.2 AA, light and dark: fails with every violation, the element, and what would repair it.

    Of all rules only contrast can tell light from dark. A text that a test has seen proves the document only: what is
    judged is the page with its stylesheet, and not while a part of it is exchanged.
    """
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state("load")
    come_to_rest(page)
    # Scripts of the debugger are not the page's: its content security policy does not hold for them.
    if not page.evaluate("'axe' in window"):  # half a megabyte of script is read once a document
        page.evaluate(Axe().axe_script)
    violations = [f"[light] {violation}" for violation in _violations(page.evaluate(ALL_BUT_CONTRAST, list(WCAG)))]
    violations += [f"[light] {violation}" for violation in _contrast_violations(page)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    violations += [f"[dark] {violation}" for violation in _contrast_violations(page)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert not violations, f"axe on {page.url}:\n" + "\n".join(violations)


def _contrast_violations(page: Page) -> Iterator[str]:
    judged = page.evaluate(CONTRAST, sorted(SETTLED))
    SETTLED.update(judged["settled"])
    yield from _violations(judged["violations"])


def _violations(violations: list[dict[str, Any]]) -> Iterator[str]:
    for violation in violations:
        for node in violation["nodes"]:
            repair = node["failureSummary"].replace("\n", "\n    ")
            yield f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {node['html']}\n    {repair}"


def check_reflow(page: Page, *, width: int = 320) -> None:
    """Nothing but tables scrolls sideways on a narrow screen (WCAG 1.4.10)."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if before:
        page.set_viewport_size(before)
    assert overflow <= 0, f"{page.url} is {overflow} px too wide at {width} px"


def main() -> int:
    found = find_browser()
    print(found or MISSING, file=sys.stdout if found else sys.stderr)
    return found is None


if __name__ == "__main__":
    sys.exit(main())
