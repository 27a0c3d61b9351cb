"""What runs in processes that are killed: the product's server, and the computer with QuickBooks and a Web Connector.

Loaded by the nursery. The computer ends itself, or the server, at the boundary that it is told: it knows best when
that is. Nothing is tidied up by SIGKILL, whoever sends it.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import requests
from django.urls import reverse
from requests.adapters import HTTPAdapter

from qbsim.company import Company
from qbsim.connector import WebConnector
from qbsim.processor import Session
from support.responses_log import record_responses

django.setup()
record_responses()

from standpipe.site.wsgi import application  # noqa: E402 - after the set-up

reverse("quickbooks:connections", args=["any"])  # loads every page: a child that had to would need a second for it

# --- the server


class _Server(WSGIServer):
    """Answers several at once, by threads that stay: each has its connection to the database."""

    threads = ThreadPoolExecutor(max_workers=4)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.threads.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Thousands of calls: nobody reads them."""


def serve(*, port: int) -> None:
    """The product over HTTP until it is killed. `standpipe serve` starts the same application."""
    with make_server("127.0.0.1", port, application, server_class=_Server, handler_class=_Quiet) as server:
        server.serve_forever()


# --- the computer


class Boundaries(HTTPAdapter):
    """Counts the calls and strikes beside, or in the middle of, the one that it is told."""

    def __init__(self, strike: Callable[[], None], *, at: int, when: str, seconds: float) -> None:
        super().__init__()
        self.strike, self.at, self.when, self.seconds = strike, at, when, seconds
        self.calls = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if request.method != "POST":
            return super().send(request, *args, **kwargs)
        self.calls += 1
        is_it = self.calls == self.at
        if is_it and self.when == "before":
            self.strike()
        timer = threading.Timer(self.seconds, self.strike)
        if is_it and self.when == "during":
            timer.start()
        try:
            answer = super().send(request, *args, **kwargs)
        finally:
            timer.cancel()
        if is_it and self.when == "after":
            assert answer.content is not None
            self.strike()
        return answer


def visit(
    *, qwc: str, password: str, company: str, told: str, server: int, blow: dict[str, Any], faults: list[str]
) -> None:
    """One update of a Web Connector beside that company file. How it ended is written to ``told``."""
    books = Company.open(Path(company))
    who, at, when = blow.get("who", ""), blow.get("at", 0), blow.get("when", "")
    strike = {"server": lambda: _kill(server), "computer": lambda: _kill(os.getpid())}.get(who, lambda: None)
    calls = Boundaries(strike, at=at, when=when, seconds=blow.get("seconds", 0.0))
    if who == "quickbooks":
        _strike_quickbooks(books, at=at, when=when)
    connector = WebConnector(
        qwc, company=books, password=password, transport=calls, faults=faults, sleep=lambda _: None, machine="OFFICE"
    )
    outcome = connector.update()
    Path(told).write_text(json.dumps({"outcome": outcome.outcome, "status": outcome.status, "calls": outcome.calls}))


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it was faster


def _strike_quickbooks(books: Company, *, at: int, when: str) -> None:
    """QuickBooks ends at its request ``at``, before, after, or beside the commit of that number in its file."""
    if when == "during":
        books.db.set_trace_callback(_Commits(at))
        return
    process, seen = Session.process, 0

    def struck(session: Session, qbxml: str | bytes) -> str:
        nonlocal seen
        seen += 1
        if (seen, when) == (at, "before"):
            _kill(os.getpid())
        response = process(session, qbxml)
        if (seen, when) == (at, "after"):
            _kill(os.getpid())
        return response

    Session.process = struck  # type: ignore[method-assign]


class _Commits:
    """Counts commits of the company file; at the one that it is told, nobody gets to make it."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, statement: str) -> None:
        self.left -= statement.startswith("COMMIT")
        if self.left == 0:
            _kill(os.getpid())
