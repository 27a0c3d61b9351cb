"""Suggestions through the API: what looks alike, and deciding it, once and for all."""

import pytest

from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from support.pairs import measured, read_pairs
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import World, make_account

from .conftest import Api


@pytest.fixture
def books(world: World):
    connection = make_connection(world.organization)
    mark_list_whole(connection)
    return connection


def make_pairs(api: Api, books, *, count: int) -> None:
    for number in range(count):
        api.post("/accounts", {"name": f"Birch {number} Works"})
        make_customer(books, name=f"Birch {number} Works", company_name=f"Birch {number} Works LLC")


def test_suggestions_come_in_pages_with_score_and_reasons(alice: Api, books) -> None:
    """Idea 3; design 7."""
    make_pairs(alice, books, count=3)
    first = alice.get(f"/connections/{books.id}/suggestions?for=accounts&limit=2")
    rest = alice.get(f"/connections/{books.id}/suggestions?for=accounts&limit=2&cursor={first['next_cursor']}")
    items = [*first["items"], *rest["items"]]
    assert (first["total"], len(items), rest["next_cursor"]) == (3, 3, None)
    assert {item["record_name"] for item in items} == {item["full_name"] for item in items}
    assert {(item["type"], item["kind"], item["suggested"], item["status"]) for item in items} == {
        ("account", "customer", True, "open")
    }
    assert items[0]["reasons"][0] == "same name"
    assert alice.get(f"/connections/{books.id}/suggestions?for=accounts&line=99")["total"] == 0
    assert alice.get(f"/connections/{books.id}/suggestions?for=buildings")["total"] == 0
    alice.post("/buildings", {"name": "Birch 1 Works"})
    both = alice.get(f"/connections/{books.id}/suggestions")
    assert both["total"] == 4
    assert sorted(item["type"] for item in both["items"]) == ["account", "account", "account", "building"]


def test_a_long_comparison_is_answered_slice_by_slice(alice: Api, books, monkeypatch) -> None:
    monkeypatch.setattr("standpipe.quickbooks.matching.comparing.CHUNK", 1)
    monkeypatch.setattr("standpipe.api.suggestions.SECONDS", 0)
    make_pairs(alice, books, count=2)
    here = f"/connections/{books.id}/suggestions?for=accounts"
    first = alice.get(here)
    assert (first["complete"], first["items"]) == (False, [])
    assert first["progress"] == {"accounts": {"compared": 1, "total": 2, "as_of": None}}
    while not (page := alice.get(here))["complete"]:
        pass
    assert page["total"] == 2
    alice.patch(f"/accounts/{page['items'][0]['record_id']}", {"name": "Quite Another"})
    meanwhile = alice.get(here)
    assert (meanwhile["complete"], meanwhile["total"]) == (False, 2), "what was found stays"
    assert meanwhile["progress"]["accounts"]["as_of"] == page["progress"]["accounts"]["as_of"]


def test_accept_and_reject_are_safe_to_repeat(alice: Api, books) -> None:
    make_pairs(alice, books, count=2)
    one, two = alice.get(f"/connections/{books.id}/suggestions?for=accounts")["items"]
    here = f"/connections/{books.id}/suggestions"
    for _ in range(2):
        linked = alice.post(f"{here}/{one['id']}/accept")
        assert (alice.status, linked["status"]) == (200, "accepted")
        assert linked["quickbooks"]["list_id"] == one["list_id"]
        assert alice.post(f"{here}/{two['id']}/reject")["status"] == "rejected"
    assert Link.objects.count() == 1
    assert alice.get(f"{here}?for=accounts")["total"] == 0
    assert alice.get(f"{here}/{two['id']}")["status"] == "rejected"
    assert alice.post(f"{here}/{two['id']}/take-back")["status"] == "open"
    assert alice.get(f"{here}?for=accounts")["total"] == 1


def test_who_comes_second_is_told(alice: Api, world: World, books) -> None:
    make_pairs(alice, books, count=1)
    (one,) = alice.get(f"/connections/{books.id}/suggestions?for=accounts")["items"]
    link_customer(
        make_account(world.organization, name="Other"), connection=books, list_id=one["list_id"], by=world.bob
    )
    problem = alice.post(f"/connections/{books.id}/suggestions/{one['id']}/accept")
    assert (alice.status, problem["code"]) == (409, "changed_meanwhile")
    assert "Bob linked" in problem["detail"]


def test_all_at_the_line_are_linked_and_undone_as_one(alice: Api, books) -> None:
    make_pairs(alice, books, count=3)
    here = f"/connections/{books.id}/suggestions/accept-all"
    alice.post(here, {"for": "accounts", "line": 80})
    assert alice.status == 409, "nobody has seen any"
    assert alice.get(f"/connections/{books.id}/suggestions?for=accounts")["complete"] is True
    alice.post(here, {"for": "accounts", "line": 80, "expected": 2})
    assert alice.status == 409
    body = {"for": "accounts", "line": 80, "expected": 3}
    done = alice.post(here, body, **{"Idempotency-Key": "one-press"})
    assert done == alice.post(here, body, **{"Idempotency-Key": "one-press"})
    assert done["linked"] == 3
    assert alice.post(f"/acceptances/{done['id']}/undo") == {"id": done["id"], "ended": 3}
    assert alice.post(f"/acceptances/{done['id']}/undo")["ended"] == 0
    assert alice.get(f"/connections/{books.id}/suggestions?for=accounts")["total"] == 3


def test_nothing_of_another_organization_is_found(alice: Api, charlie: Api, books) -> None:
    make_pairs(alice, books, count=1)
    (one,) = alice.get(f"/connections/{books.id}/suggestions?for=accounts")["items"]
    for path in (f"/connections/{books.id}/suggestions", f"/connections/{books.id}/suggestions/{one['id']}"):
        charlie.get(path)
        assert charlie.status == 404
    charlie.post(f"/connections/{books.id}/suggestions/{one['id']}/accept")
    assert charlie.status == 404
    alice.get(f"/connections/{books.id}/suggestions/nonsense")
    assert alice.status == 404
    alice.post("/acceptances/nonsense/undo")
    assert alice.status == 404


def test_a_role_that_may_not_link_may_read_only(vera: Api, alice: Api, books) -> None:
    make_pairs(alice, books, count=1)
    (one,) = vera.get(f"/connections/{books.id}/suggestions?for=accounts")["items"]
    vera.post(f"/connections/{books.id}/suggestions/{one['id']}/accept")
    assert vera.status == 403
    vera.post(f"/connections/{books.id}/suggestions/accept-all", {"for": "accounts"})
    assert vera.status == 403


def test_a_list_that_never_came_is_said(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    problem = alice.get(f"/connections/{connection.id}/suggestions")
    assert (alice.status, problem["code"]) == (409, "list_never_arrived")


def test_pairs_that_are_stored_nowhere_are_scored_as_the_suggestions_are(alice: Api) -> None:
    """The set that no weight was set on, through the API alone."""
    pairs = [pair for pair in read_pairs("unseen") if not pair.there.above]
    body = [
        {
            "record": {
                "type": "building" if pair.is_building else "account",
                "name": pair.here.name,
                "account_name": pair.here.above,
                "physical_address" if pair.is_building else "billing_address": {
                    "lines": list(pair.here.address.lines)
                },
                "phone": pair.here.phone,
                "email": pair.here.email,
            },
            "customer": {
                "full_name": pair.there.name,
                "company_name": pair.there.company,
                "billing_address": {"lines": list(pair.there.address.lines)},
                "phone": pair.there.phone,
                "email": pair.there.email,
            },
        }
        for pair in pairs
    ]
    answer = alice.post("/match-scores", {"pairs": body})
    assert (alice.status, answer["line"]) == (200, 80)
    found = measured(pairs, [item["suggested"] for item in answer["items"]])
    assert found.precision >= 0.98
    assert found.recall >= 0.9
