"""The harness hears what it must: a silent page passes, a page with faults does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from support.browser import Complaints, check_axe, check_reflow

pytestmark = pytest.mark.one_database  # here is none

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
HEAD = "<!doctype html><html lang=en><head><title>Page</title><link rel=icon href='data:,'></head><body><main>"
PAGES = {
    "/good": f"{HEAD}<h1>Good</h1>",
    "/barrier": f"{HEAD}<h1>Barrier</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
    "/inline": f"{HEAD}<h1>Inline</h1><script>1</script>",
    "/wide": f"{HEAD}<h1>{'Wide' * 100}</h1>",
}

# Rows that look alike, and far below some that do not: each by what it is told from the others.
STYLE = """
    body { background: #fff; color: #222; }
    .mark { padding: 2px 4px; background: #222; color: #eee; }
    .pale, #its-id, .faint td, [data-late] td, tr:nth-child(50) td, tr:has(i) td, .bare td { color: #bbb; }
    .see-through { opacity: .3; }
    .blotted { position: relative; }
    .blot { position: absolute; inset: 0; z-index: -1; background: #333; }
    @media (prefers-color-scheme: dark) {
        body { background: #111; color: #eee; }
        .night { color: #444; }
    }
"""
ALIKE = "<tr><td>Alike <span class=mark>Mark</span>"
ODD = {
    "its class": "<tr><td class=pale>{}",
    "its attribute": "<tr><td><font color='#bbbbbb'>{}</font>",
    "its id": "<tr><td id=its-id>{}",
    "the class of its row": "<tr class=faint><td>{}",
    "the attribute of its row": "<tr data-late><td>{}",
    "what is in its row": "<tr><td>{}<i></i>",
    "how clear its row is": "<tr class=see-through><td>{}",
    "what lies below it": "<tr><td class=blotted><span>{}</span><span class=blot></span>",
}
ODD_ROWS = [row.format(told_by) for told_by, row in ODD.items()]


def rows_page(*rows: str, kind: str = "") -> str:
    return f"{HEAD}<link rel=stylesheet href=/style.css><h1>Rows</h1><table class='{kind}'>{''.join(rows)}"


PAGES |= {
    "/style.css": STYLE,
    "/alike": rows_page(*[ALIKE] * 20),
    # The fiftieth row is told by its number.
    "/odd": rows_page(*[ALIKE] * 40, *ODD_ROWS, "<tr><td class=night>the dark scheme", "<tr><td>its number", ALIKE),
    "/bare": rows_page(*[ALIKE] * 40, kind="bare"),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/css" if self.path.endswith(".css") else "text/html")
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


def test_contrast_is_judged_wherever_an_element_stands(page: Page, address: str) -> None:
    """What looks like a judged one is not judged again; whatever differs is, and by anything that it differs by."""
    page.goto(f"{address}/alike")
    check_axe(page)
    page.goto(f"{address}/odd")
    with pytest.raises(AssertionError, match="color-contrast") as found:
        check_axe(page)
    light, dark = str(found.value).split("[dark]", 1)
    for odd in (*ODD, "its number"):
        assert f">{odd}<" in light
    assert "the dark scheme" not in light
    assert "the dark scheme" in dark
    assert "Alike" not in light + dark


def test_each_of_many_that_fail_alike_is_named(page: Page, address: str) -> None:
    page.goto(f"{address}/bare")
    with pytest.raises(AssertionError) as found:
        check_axe(page)
    assert str(found.value).count("[light] color-contrast") == 40


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
