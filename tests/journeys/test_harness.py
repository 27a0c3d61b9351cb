"""The harness hears what it must: a silent page passes, a page with faults does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from support.browser import Complaints, check_axe, check_reflow

pytestmark = pytest.mark.one_database

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
HEAD = "<!doctype html><html lang=en><head><title>Page</title><link rel=icon href='data:,'></head><body><main>"
PAGES = {
    "/good": f"{HEAD}<h1>Good</h1>",
    "/barrier": f"{HEAD}<h1>Barrier</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
    "/inline": f"{HEAD}<h1>Inline</h1><script>1</script>",
    "/wide": f"{HEAD}<h1>{'Wide' * 100}</h1>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(PAGES[self.path].encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_good_page_is_silent(page: Page, address: str) -> None:
    page.goto(f"{address}/good")
    check_axe(page)
    check_reflow(page)


def test_a_barrier_is_found(page: Page, address: str) -> None:
    page.goto(f"{address}/barrier")
    with pytest.raises(AssertionError, match="image-alt"):
        check_axe(page)


def test_a_page_that_is_too_wide_is_found(page: Page, address: str) -> None:
    page.goto(f"{address}/wide")
    with pytest.raises(AssertionError, match="too wide"):
        check_reflow(page)


def test_a_violated_policy_is_a_complaint(page: Page, address: str, complaints: Complaints) -> None:
    page.goto(f"{address}/inline")
    complaints.expect("Content Security Policy")


def test_every_computer_is_heard(open_browser, address: str, complaints: Complaints) -> None:
    for _ in range(2):
        open_browser().goto(f"{address}/inline")
    assert len(complaints.texts) == 2
    complaints.texts.clear()
