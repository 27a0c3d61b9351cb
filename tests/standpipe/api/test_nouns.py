"""Accounts, buildings and contacts through the API."""

from itertools import pairwise

from standpipe.accounts.models import Account
from support.worlds import World, make_account, make_building, make_contact

from .conftest import Api

ADDRESS = {
    "lines": ["Elm School", "12 Elm St"],
    "city": "Hartford",
    "state": "CT",
    "postal_code": "06103",
    "country": "",
    "note": "",
}


def test_an_account_needs_only_a_name(alice: Api) -> None:
    made = alice.post("/accounts", {"name": "Alder Group"})
    assert alice.status == 201
    assert alice.get(f"/accounts/{made['id']}") == made
    assert made["name"] == "Alder Group"
    assert made["quickbooks"] is None
    assert made["archived"] is False


def test_a_building_keeps_both_addresses_and_its_account(alice: Api) -> None:
    account = alice.post("/accounts", {"name": "Alder Group"})
    made = alice.post(
        "/buildings",
        {"name": "Elm School", "billing_address": ADDRESS, "physical_address": ADDRESS, "account_id": account["id"]},
    )
    assert made["billing_address"] == ADDRESS
    assert made["physical_address"] == ADDRESS
    assert made["account_id"] == account["id"]


def test_patch_changes_only_what_is_sent(alice: Api) -> None:
    made = alice.post("/buildings", {"name": "Elm School", "physical_address": ADDRESS})
    changed = alice.patch(f"/buildings/{made['id']}", {"name": "Elm Street School"})
    assert alice.status == 200
    assert changed == made | {"name": "Elm Street School", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]


def test_an_existing_building_is_attached_and_detached(alice: Api) -> None:
    """Requirement 12."""
    account = alice.post("/accounts", {"name": "Alder Group"})
    building = alice.post("/buildings", {"name": "Elm School"})
    attached = alice.patch(f"/buildings/{building['id']}", {"account_id": account["id"]})
    assert attached["account_id"] == account["id"]
    assert alice.get(f"/buildings?account_id={account['id']}")["items"] == [attached]
    assert alice.patch(f"/buildings/{building['id']}", {"account_id": None})["account_id"] is None


def test_delete_archives_and_patch_brings_back(alice: Api) -> None:
    made = alice.post("/accounts", {"name": "Alder Group"})
    assert alice.delete(f"/accounts/{made['id']}") == b""
    assert alice.status == 204
    assert alice.get("/accounts")["items"] == []
    assert [item["id"] for item in alice.get("/accounts?archived=true")["items"]] == [made["id"]]
    assert alice.patch(f"/accounts/{made['id']}", {"archived": False})["archived"] is False
    assert alice.get("/accounts")["total"] == 1


def test_a_contact_stands_at_several_places_with_roles_at_each(alice: Api) -> None:
    account = alice.post("/accounts", {"name": "Alder Group"})
    building = alice.post("/buildings", {"name": "Elm School"})
    places = [
        {"account_id": account["id"], "roles": ["billing"]},
        {"building_id": building["id"], "roles": ["report", "scheduling"]},
    ]
    made = alice.post("/contacts", {"name": "Jane Doe", "email": "jane@example.com", "places": places})
    assert alice.status == 201
    assert {key: made[key] for key in ("name", "email", "phone", "cell_phone")} == {
        "name": "Jane Doe",
        "email": "jane@example.com",
        "phone": "",
        "cell_phone": "",
    }
    roles = {place.get("account_id") or place.get("building_id"): place["roles"] for place in made["places"]}
    assert roles == {account["id"]: ["billing"], building["id"]: ["report", "scheduling"]}
    only = alice.patch(f"/contacts/{made['id']}", {"places": places[:1]})["places"]
    assert [place["account_id"] for place in only] == [account["id"]]


def test_pages_are_complete_and_without_repeats(alice: Api, world: World) -> None:
    for number in range(7):
        make_account(world.organization, name=f"Account {number % 3}")
    pages = [alice.get("/accounts?limit=3")]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(alice.get(f"/accounts?limit=3&cursor={cursor}"))
    ids = [item["id"] for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert len(set(ids)) == 7
    assert {page["total"] for page in pages} == {7}
    names = [item["name"] for page in pages for item in page["items"]]
    assert all(first <= second for first, second in pairwise(names))


def test_a_large_limit_is_cut_to_500(alice: Api, world: World) -> None:
    Account.objects.bulk_create(
        Account(organization=world.organization, name=f"Account {number:04}") for number in range(501)
    )
    page = alice.get("/accounts?limit=9000")
    assert alice.status == 200
    assert len(page["items"]) == 500


def test_search_finds_by_part_of_the_name(alice: Api, world: World) -> None:
    make_building(world.organization, name="Elm School")
    make_building(world.organization, name="Oak Hospital")
    assert [item["name"] for item in alice.get("/buildings?search=hosp")["items"]] == ["Oak Hospital"]


def test_contacts_are_found_at_their_place(alice: Api, world: World) -> None:
    building = make_building(world.organization)
    make_contact(world.organization, name="Jane Doe", at=building, roles=("billing",))
    make_contact(world.organization, name="Joe Bloggs")
    items = alice.get(f"/contacts?building_id={building.id}")["items"]
    assert [item["name"] for item in items] == ["Jane Doe"]
