"""A cursor that is none of this list is refused, wherever it comes from."""

import base64
import json
from urllib.parse import urlencode

import pytest

from standpipe.accounts.models import Account
from support.worlds import make_account

from .conftest import Api


def encoded(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()


ODD = [
    *map(
        encoded, (["Alder", "no id"], ["2026-01-01", "x"], [None, None], ["\0", "\0"], [["x"], {}], {"a": 1}, "ab", 5)
    ),
    encoded(["9" * 5000, "1"]),
    encoded(["x" * 60_000, "1"]),
    base64.urlsafe_b64encode(b"[" * 60_000).decode(),
    "A",
    "é",
]
LISTS = ("accounts", "invoices", "payments", "items", "connections", "imports")


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_of_another_list_is_refused(alice: Api, name) -> None:
    for cursor in ODD:
        answer = alice.get(f"/{name}?{urlencode({'cursor': cursor})}")
        assert (alice.status, answer["code"]) == (422, "cursor_invalid"), cursor[:40]


def test_pages_follow_each_other(alice: Api, world) -> None:
    for number in range(5):
        make_account(world.organization, name=f"Alder {number // 2}")
    first = alice.get("/accounts?limit=3")
    rest = alice.get(f"/accounts?limit=3&cursor={first['next_cursor']}")
    assert rest["next_cursor"] is None
    assert len({one["id"] for one in [*first["items"], *rest["items"]]}) == Account.objects.count()
