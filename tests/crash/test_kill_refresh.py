"""The server is killed at every call of a refresh of 2,000 customers: no half list is seen, and it ends whole."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from qbsim.company import Company
from qbsim.connector import WebConnector
from support.server import Standpipe, running_server

CUSTOMERS = 2000
CALLS = 8  # serverVersion, clientVersion, authenticate, two pages of a thousand, closeConnection
WRITING = {3: 0.01, 4: 0.02, 5: 0.15, 6: 0.02, 7: 0.3, 8: 0.01}  # seconds into the call at which the server dies
EDITED = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standpipe]:
    """A session that has been silent for a second may be taken over, so that nobody waits five minutes here."""
    with running_server(tmp_path_factory.mktemp("killed"), STANDPIPE_SESSION_SECONDS="1") as server:
        yield server


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    file = tmp_path_factory.mktemp("company") / "company.qbsim"
    jobs = CUSTOMERS // 5
    with Company.create(file, customers=CUSTOMERS - jobs, jobs=jobs) as company:
        yield company


@dataclass(kw_only=True)
class Here:
    """One connection at the server, as a program sees it."""

    server: Standpipe
    token: str
    connection_id: str = ""
    password: str = ""

    def ask(self, path: str, payload: dict[str, Any] | None = None, *, post: bool = False) -> Any:
        request = urllib.request.Request(
            f"{self.server.base_url}/api/v1{path}",
            data=json.dumps(payload or {}).encode() if post else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=180) as answer:
            body = answer.read()
        return body if path.endswith("/qwc") else json.loads(body)

    def refresh(self) -> str:
        path = f"/connections/{self.connection_id}/refresh"
        return self.ask(path, {"full": True}, post=True)["id"]

    def task(self, task_id: str) -> dict[str, Any]:
        return self.ask(f"/tasks/{task_id}")

    def count(self, search: str = "") -> int:
        path = f"/connections/{self.connection_id}/customers?active=all&limit=1&search={search}"
        return self.ask(path)["total"]

    def everything(self) -> dict[str, str]:
        """Every customer of the copied list: ListID → path."""
        found, cursor = {}, ""
        while True:
            path = f"/connections/{self.connection_id}/customers?active=all&limit=500{cursor}"
            page = self.ask(path)
            found |= {one["list_id"]: one["full_name"] for one in page["items"]}
            if not page["next_cursor"]:
                return found
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture(scope="module")
def here(server: Standpipe, company: Company) -> Here:
    """A connection whose list is whole, in its first version."""
    here = Here(server=server, token=server.create_organization("Alder Fire").api_token)
    made = here.ask("/connections", {"name": "Books"}, post=True)
    here.connection_id, here.password = made["id"], made["password"]
    connect(here, company, HTTPAdapter()).update()
    here.ask(f"/connections/{here.connection_id}/confirm-company", post=True)
    here.refresh()
    assert connect(here, company, HTTPAdapter()).update().outcome == "done"
    assert here.count() == CUSTOMERS
    return here


def connect(here: Here, company: Company, adapter: HTTPAdapter) -> WebConnector:
    qwc = here.ask(f"/connections/{here.connection_id}/qwc")
    return WebConnector(qwc, company=company, password=here.password, transport=adapter)  # type: ignore[arg-type]


def edit(company: Company, word: str) -> None:
    """A new version of the company: the same forty customers, spread over all pages, bear another company name."""
    with company.transaction():
        for number, customer in enumerate(list(company.customers())):
            if number % (CUSTOMERS // EDITED) == 0:
                company.edit_customer(customer.list_id, company_name=f"{word} {number}")


@dataclass
class Killing(HTTPAdapter):
    """Ends the server around the calls that a Web Connector makes, and starts it again."""

    server: Standpipe
    after_every_call: bool = False
    during: int = 0  # the call in which it dies
    seconds: float = 0.0
    calls: int = 0
    watch: Any = None  # called whenever the server is up again
    seen: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if request.method != "POST":
            return super().send(request, *args, **kwargs)
        self.calls += 1
        if self.calls == self.during:
            timer = threading.Timer(self.seconds, self.server.kill)
            timer.start()
            try:
                return super().send(request, *args, **kwargs)
            finally:
                timer.join()
                self._start()
        answer = super().send(request, *args, **kwargs)
        if self.after_every_call:
            assert answer.content
            self.server.kill()
            self._start()
        return answer

    def _start(self) -> None:
        self.close()  # the kept connections died with the server
        self.server.start()
        self.seen.append(self.watch())


def test_killed_after_every_call_the_same_session_goes_on(server, here, company):
    """Any process can answer any call: nothing of a session lives in memory."""
    edit(company, "Afterwards")
    task_id = here.refresh()
    killing = Killing(server, after_every_call=True, watch=lambda: here.count("Afterwards"))
    outcome = connect(here, company, killing).update()
    assert (outcome.outcome, killing.calls) == ("done", CALLS)
    assert killing.seen == [0] * (CALLS - 2) + [EDITED] * 2  # the old list until the last page, then the new one
    assert here.task(task_id)["state"] == "done"
    assert here.everything() == {one.list_id: one.full_name for one in company.customers()}


@pytest.mark.parametrize("call", WRITING)
def test_killed_during_a_call_the_next_session_finishes(server, here, company, call):
    """Requirement 16: a refresh that dies half-way never leaves a half list as if whole."""
    word = f"During{call}"
    edit(company, word)
    task_id = here.refresh()
    killing = Killing(server, during=call, seconds=WRITING[call], watch=lambda: here.count(word))
    connect(here, company, killing).update()
    assert set(killing.seen) <= {0, EDITED}
    assert here.count() == CUSTOMERS
    if here.task(task_id)["state"] != "done":
        assert killing.seen == [0]
        assert connect(here, company, HTTPAdapter()).update().outcome == "done"
    assert here.task(task_id)["state"] == "done"
    assert here.count(word) == EDITED
    assert here.everything() == {one.list_id: one.full_name for one in company.customers()}
