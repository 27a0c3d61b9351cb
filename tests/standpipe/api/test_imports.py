"""Previews, imports in one go, batches and undo, as programs use them."""

from __future__ import annotations

import pytest

from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import ELM_STREET, World, make_account, make_building

from .conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(world: World):
    connection = make_connection(world.organization)
    mark_list_whole(connection)
    return connection


@pytest.fixture
def school(books) -> list[str]:
    """ListIDs of a customer and two jobs."""
    elm = make_customer(books, name="Elm", bill=ELM_STREET)
    jobs = [make_customer(books, name=name, parent=elm, bill=ELM_STREET) for name in ("Gym", "Library")]
    return [one.list_id for one in (elm, *jobs)]


def test_a_preview_carries_sources_doubts_and_what_is_here(alice: Api, world: World, books, school) -> None:
    here = make_building(world.organization, name="GYM")
    imports = f"/connections/{books.id}/imports"
    wish = {"as": "buildings", "list_ids": [*school, "80000009-9"], "dry_run": True}
    answer = alice.post(imports, wish)
    assert alice.status == 200
    gym = next(one for one in answer["records"] if one["list_id"] == school[1])
    assert gym["sources"]["name"] == "customer name, because company name is empty"
    assert {"no_email", "same_as_parent"} <= {doubt["code"] for doubt in gym["doubts"]}
    assert gym["looks_like"] == {"type": "building", "id": str(here.id), "name": "GYM", "because": "same name"}
    (unknown,) = answer["skipped"]
    assert (unknown["code"], unknown["outcome"], bool(unknown["reason"])) == ("unknown", "skipped", True)
    assert answer["sentence"] is None
    # By a filter what looks like a record here is held back, with the record.
    held = alice.post(imports, {"as": "buildings", "filter": {"search": "gym"}, "dry_run": True})["skipped"]
    assert [(one["outcome"], one["id"]) for one in held] == [("held", str(here.id))]
    assert alice.get("/buildings")["total"] == 1


def test_an_import_in_one_go_makes_what_its_preview_said(alice: Api, books, school) -> None:
    imports = f"/connections/{books.id}/imports"
    wish = {"as": "both", "list_ids": school[:1]}
    preview = alice.post(imports, wish | {"dry_run": True})
    assert [one["type"] for one in preview["records"]] == ["account", "building", "building"]
    assert preview["records"][1]["account"] == {"id": None, "name": "Elm", "list_id": school[0]}
    batch = alice.post(imports, wish | {"fingerprint": preview["fingerprint"]})
    assert alice.status == 201
    assert batch["sentence"] == preview["sentence"]
    assert batch["sentence"].startswith("1 account, 2 buildings; invoices of these 2 will go to")
    assert [one["list_id"] for one in batch["created"]] == [one["list_id"] for one in preview["records"]]
    account = batch["created"][0]["id"]
    assert {one["account_id"] for one in alice.get("/buildings")["items"]} == {account}


def test_a_fingerprint_of_another_preview_creates_nothing(alice: Api, books, school) -> None:
    imports = f"/connections/{books.id}/imports"
    wish = {"as": "buildings", "list_ids": school}
    first = alice.post(imports, wish | {"dry_run": True})["fingerprint"]
    assert alice.post(imports, wish | {"dry_run": True})["fingerprint"] == first
    Customer.objects.filter(list_id=school[1]).update(company_name="Gymnasium")
    refused = alice.post(imports, wish | {"fingerprint": first})
    assert (alice.status, refused["code"]) == (409, "changed_since_preview")
    assert alice.get("/buildings")["total"] == 0
    now = alice.post(imports, wish | {"dry_run": True})["fingerprint"]
    assert len(alice.post(imports, wish | {"fingerprint": now})["created"]) == 3


def test_a_customer_is_linked_to_an_account_that_is_here(alice: Api, world: World, books, school) -> None:
    district = make_account(world.organization, name="School District")
    wish = {"as": "both", "list_ids": school, "link_to": {school[0]: str(district.id)}}
    batch = alice.post(f"/connections/{books.id}/imports", wish)
    assert batch["linked"] == [{"list_id": school[0], "type": "account", "id": str(district.id)}]
    assert {one["account_id"] for one in alice.get("/buildings")["items"]} == {str(district.id)}
    assert alice.post(f"/imports/{batch['id']}/undo") == {"removed": 2, "kept": []}
    assert alice.get(f"/accounts/{district.id}")["quickbooks"] is None
    alice.post(f"/connections/{books.id}/imports", wish | {"link_to": {school[0]: "elm"}})
    assert alice.status == 422


def test_another_organizations_account_is_no_choice(alice: Api, world: World, books, school) -> None:
    foreign = make_account(world.elsewhere, name="Elsewhere")
    wish = {"as": "accounts", "list_ids": school[:1], "link_to": {school[0]: str(foreign.id)}}
    batch = alice.post(f"/connections/{books.id}/imports", wish)
    assert [one["code"] for one in batch["skipped"]] == ["choice_gone"]
    assert not foreign.quickbooks_links.exists()


def test_imports_are_listed_with_how_they_stand(alice: Api, books, school) -> None:
    for target in ("accounts", "buildings"):
        last = alice.post(f"/connections/{books.id}/imports", {"as": target, "list_ids": school[:1]})
    alice.post(f"/imports/{last['id']}/undo")
    first = alice.get("/imports?limit=1")
    assert (first["total"], first["items"][0]["counts"]) == (2, {"created": 1})
    second = alice.get(f"/imports?limit=1&cursor={first['next_cursor']}")["items"]
    assert [(one["as"], one["counts"]) for one in second] == [("buildings", {"removed": 1})]
    assert second[0]["undone_at"]
