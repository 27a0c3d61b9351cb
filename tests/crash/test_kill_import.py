"""The server is killed in the middle of an import and of its undo: records stay whole, the next start finishes."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from support.server import Organization, Standpipe, qbsim
from support.walks import QuickBooksComputer, connect, rest

CUSTOMERS = 1100  # three chunks
DEADLINE_SECONDS = 180


@pytest.fixture
def organization(standpipe_server: Standpipe) -> Organization:
    return standpipe_server.create_organization("Killed in the middle")


def everything(server: Standpipe, organization: Organization, noun: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = rest(server, organization, "GET", f"{noun}?limit=500{cursor}")
        found += page["items"]
        if not page["next_cursor"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def killed_while(
    server: Standpipe, organization: Organization, path: str, body: object, *, is_under_way: Any
) -> None:
    """Posts, and ends the server as soon as the work shows in the database; starts it again."""

    def post() -> None:
        request = urllib.request.Request(
            f"{server.base_url}/api/v1/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {organization.api_token}", "Content-Type": "application/json"},
            method="POST",
        )
        with pytest.raises((urllib.error.URLError, OSError)):
            urllib.request.urlopen(request, timeout=DEADLINE_SECONDS)

    poster = threading.Thread(target=post)
    poster.start()
    until(is_under_way)
    server.kill()
    poster.join()
    server.start()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it does not come to pass"
        time.sleep(0.05)  # another process works


def test_what_was_cut_off_is_whole_and_is_finished_at_the_next_start(
    standpipe_server: Standpipe, organization: Organization, tmp_path: Any
) -> None:
    """Never half a building: each has its link, and its contact where QuickBooks has one."""
    server = standpipe_server
    computer = QuickBooksComputer(tmp_path)
    qbsim(
        "company",
        "create",
        str(computer.file),
        "--customers",
        str(CUSTOMERS),
        "--jobs",
        "0",
        "--without-transactions",
    )
    connection = connect(server, organization, computer)

    def count() -> int:
        return int(rest(server, organization, "GET", "buildings?limit=1")["total"])

    wish = {"as": "buildings", "filter": {}}
    imports = f"connections/{connection}/imports"
    killed_while(server, organization, imports, wish, is_under_way=lambda: count() > 0)
    until(lambda: is_done(server, organization))
    assert count() > CUSTOMERS // 2
    (batch,) = rest(server, organization, "GET", "imports")["items"]
    made = everything(server, organization, "buildings")
    assert batch["counts"]["created"] == len(made)
    assert all(building["quickbooks"]["origin"] == "imported" for building in made)
    assert len({building["quickbooks"]["list_id"] for building in made}) == len(made)

    undo = f"imports/{batch['id']}/undo"
    killed_while(server, organization, undo, {}, is_under_way=lambda: count() < len(made))
    until(lambda: count() == 0 and is_done(server, organization))
    (batch,) = rest(server, organization, "GET", "imports")["items"]
    assert batch["counts"] == {"removed": len(made)}
    assert everything(server, organization, "contacts") == []


def is_done(server: Standpipe, organization: Organization) -> bool:
    (batch,) = rest(server, organization, "GET", "imports")["items"]
    counts = batch["counts"]
    return "waiting" not in counts and (not batch["undone_at"] or "created" not in counts)
