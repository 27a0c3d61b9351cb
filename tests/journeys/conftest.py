"""Journeys: a real browser against a real server process, nothing in between and nothing shared but HTTP.

They do not use the ORM: the data belong to the server, and Django refuses it beside Playwright's event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.browser import MISSING, Complaints, find_browser, running_browser
from support.server import Organization, Standpipe, running_server

PICTURES = Path(".journeys")  # what the browser showed when a journey failed
WAIT_MS = 60_000  # for anything: only a journey that fails waits so long, however busy the machine is

expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a file, not one a session: while it runs, the tests after it could not use the database."""
    executable = find_browser()
    if executable is None:
        pytest.skip(MISSING)
    with running_browser(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def standpipe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standpipe]:
    """One for all journeys: each has an organization of its own in it."""
    with running_server(tmp_path_factory.mktemp("standpipe")) as server:
        yield server


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Of all pages of this test, which fails if there are any at its end."""
    heard = Complaints()
    yield heard
    assert not heard.texts, "the browser complained:\n" + "\n".join(heard.texts)


@pytest.fixture
def open_browser(
    browser: Browser, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Page]]:
    """Each call is another computer: its own cookies, signed in nowhere."""
    contexts: list[BrowserContext] = []

    def open_browser() -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en-US", reduced_motion="reduce"
        )
        context.set_default_timeout(WAIT_MS)
        context.on("page", complaints.listen)
        contexts.append(context)
        return context.new_page()

    failures = request.session.testsfailed
    yield open_browser
    failed = request.session.testsfailed > failures
    for number, context in enumerate(contexts):
        for page in context.pages if failed else []:
            page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png", full_page=True)
        context.close()


@pytest.fixture
def page(open_browser: Callable[[], Page]) -> Page:
    return open_browser()


@pytest.fixture(scope="session")
def organizations(standpipe_server: Standpipe) -> Iterator[Organization]:
    """As many fresh companies as are taken."""

    def supply() -> Iterator[Organization]:
        while True:
            yield from standpipe_server.create_organizations(10)

    return supply()


@pytest.fixture
def organization(organizations: Iterator[Organization]) -> Organization:
    """A fresh company with one person, Alice, who owns it."""
    return next(organizations)
