"""Connections, refresh, customers, imports and links through the API."""

from typing import Any

from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import OAK_STREET, World, make_account, make_building

from .conftest import Api


def test_a_new_connection_shows_its_password_once(alice: Api) -> None:
    made = alice.post("/connections", {"name": "Main books"})
    assert alice.status == 201
    assert set(made) >= {"id", "name", "username", "password", "qwc_url", "soap_url", "state"}
    assert made["state"] == "qwc_not_downloaded"
    again = alice.get(f"/connections/{made['id']}")
    assert "password" not in again
    renewed = alice.post(f"/connections/{made['id']}/password")
    assert renewed["password"] != made["password"]


def test_the_qwc_file_is_the_same_every_time(alice: Api) -> None:
    """Idea 10: download ten times, identical bytes."""
    made = alice.post("/connections", {"name": "Main books"})
    files = {alice.get(f"/connections/{made['id']}/qwc") for _ in range(10)}
    assert len(files) == 1
    assert b"<UserName>" + made["username"].encode() in files.pop()
    assert alice.get(f"/connections/{made['id']}")["state"] == "never_seen"


def test_a_refresh_is_one_task_however_often_it_is_asked(alice: Api, world: World) -> None:
    """Requirement 15."""
    connection = make_connection(world.organization)
    first = alice.post(f"/connections/{connection.id}/refresh")
    assert alice.status == 202
    second = alice.post(f"/connections/{connection.id}/refresh", {"lists": ["customers"]})
    assert first["id"] == second["id"]
    assert first["state"] == "waiting"
    assert alice.get(f"/tasks/{first['id']}")["kind"] == first["kind"]
    assert alice.post(f"/tasks/{first['id']}/cancel")["state"] == "cancelled"


def test_customers_have_the_shape_and_the_status_for_the_asked_type(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    customer = make_customer(connection, name="Elm School", company_name="Elm School District", bill=OAK_STREET)
    mark_list_whole(connection)
    page = alice.get(f"/connections/{connection.id}/customers?for=buildings")
    assert page["total"] == 1
    (item,) = page["items"]
    assert item["list_id"] == customer.list_id
    assert item["display_name"] == "Elm School District"
    assert item["kind"] == "customer"
    assert item["status"] == "available"
    assert item["billing_address"]["lines"] == ["80 Oak Street"]
    assert item["physical_address"]["lines"] == ["80 Oak Street"]
    assert item["links"] == []


def test_import_preview_then_import_then_undo(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    customer = make_customer(connection, name="Elm School", bill=OAK_STREET, email="office@elm.example")
    mark_list_whole(connection)
    wish = {"as": "buildings", "list_ids": [customer.list_id]}
    preview = alice.post(f"/connections/{connection.id}/imports", wish | {"dry_run": True})
    assert alice.status == 200
    assert preview["records"][0]["record"]["name"] == "Elm School"
    assert alice.get("/buildings")["total"] == 0
    batch = alice.post(f"/connections/{connection.id}/imports", wish)
    assert alice.status == 201
    (created,) = batch["created"]
    building = alice.get(f"/buildings/{created['id']}")
    assert building["quickbooks"]["list_id"] == customer.list_id
    assert building["quickbooks"]["origin"] == "imported"
    assert building["physical_address"] == preview["records"][0]["record"]["physical_address"]
    again = alice.post(f"/connections/{connection.id}/imports", wish)
    assert again["created"] == []
    assert again["skipped"][0]["list_id"] == customer.list_id
    undone = alice.post(f"/imports/{batch['id']}/undo")
    assert undone == {"removed": 1, "kept": []} or undone["kept"] == []
    assert alice.get("/buildings")["total"] == 0
    assert alice.get(f"/imports/{batch['id']}")["undone_at"]


def test_import_by_filter_takes_what_matches(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    make_customer(connection, name="Elm School")
    make_customer(connection, name="Oak Hospital")
    mark_list_whole(connection)
    batch = alice.post(f"/connections/{connection.id}/imports", {"as": "accounts", "filter": {"search": "hosp"}})
    assert len(batch["created"]) == 1
    assert alice.get("/accounts")["items"][0]["name"] == "Oak Hospital"


def test_import_by_filter_leaves_out_what_select_all_leaves_out(alice: Api, world: World) -> None:
    """Design 3.8: closed and not-awarded jobs and inactive customers are taken by name only."""
    connection = make_connection(world.organization)
    elm = make_customer(connection, name="Elm School")
    closed = make_customer(connection, name="Gym 2019", parent=elm, job_status="Closed")
    make_customer(connection, name="Elm Diner", is_active=False)
    mark_list_whole(connection)
    books = f"/connections/{connection.id}/imports"
    wish = {"as": "buildings", "filter": {"search": "elm"}}
    previewed = alice.post(books, wish | {"dry_run": True})["records"]
    assert [record["list_id"] for record in previewed] == [elm.list_id]
    assert [made["list_id"] for made in alice.post(books, wish)["created"]] == [elm.list_id]
    named = alice.post(books, {"as": "buildings", "list_ids": [closed.list_id]})
    assert [made["list_id"] for made in named["created"]] == [closed.list_id]


def test_import_names_either_ids_or_a_filter(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    alice.post(f"/connections/{connection.id}/imports", {"as": "accounts"})
    assert alice.status == 422


def test_import_waits_for_the_confirmation_of_the_company_file(alice: Api, world: World) -> None:
    connection = make_connection(world.organization, confirmed=False, read=True)
    customer = make_customer(connection, name="Elm School")
    mark_list_whole(connection)
    answer = alice.post(f"/connections/{connection.id}/imports", {"as": "accounts", "list_ids": [customer.list_id]})
    assert alice.status == 409
    assert "company file" in answer["detail"]
    alice.post(f"/connections/{connection.id}/confirm-company")
    assert alice.status == 200
    alice.post(f"/connections/{connection.id}/imports", {"as": "accounts", "list_ids": [customer.list_id]})
    assert alice.status == 201


def test_link_relink_and_unlink(alice: Api, world: World) -> None:
    """Requirements 32, 37."""
    connection = make_connection(world.organization)
    first = make_customer(connection, name="Elm School", bill=OAK_STREET)
    second = make_customer(connection, name="Oak Hospital")
    mark_list_whole(connection)
    for noun, record in (
        ("buildings", make_building(world.organization)),
        ("accounts", make_account(world.organization)),
    ):
        address = f"/{noun}/{record.id}/quickbooks-link"
        for customer in (first, second):
            link = alice.put(address, {"connection_id": str(connection.id), "list_id": customer.list_id})
            assert alice.status == 200
            assert link["list_id"] == customer.list_id
        shown = alice.get(f"/{noun}/{record.id}")["quickbooks"]
        assert shown["full_name"] == "Oak Hospital"
        assert shown["origin"] == "linked"
        alice.delete(address)
        assert alice.status == 204
        assert alice.get(f"/{noun}/{record.id}")["quickbooks"] is None


def test_nobody_ends_a_link_that_they_did_not_see(alice: Api, world: World) -> None:
    """Of two reviewers the second one is told, by name, through programs too."""
    connection = make_connection(world.organization)
    elm, oak, ash = (make_customer(connection, name=name) for name in ("Elm", "Oak", "Ash"))
    mark_list_whole(connection)
    building = make_building(world.organization, name="Hall")
    address = f"/buildings/{building.id}/quickbooks-link"

    def put(customer: Customer, seen: str) -> Any:
        return alice.put(address, {"connection_id": str(connection.id), "list_id": customer.list_id, "seen": seen})

    put(elm, "")
    assert alice.status == 200
    refusal = put(oak, "")
    assert (alice.status, refusal["code"]) == (409, "changed_meanwhile")
    assert "has linked “Hall” to Elm in the meantime" in refusal["detail"]
    put(oak, elm.list_id)
    assert alice.status == 200
    put(ash, elm.list_id)
    assert alice.status == 409
    alice.delete(f"{address}?seen={elm.list_id}")
    assert alice.status == 409
    assert alice.get(f"/buildings/{building.id}")["quickbooks"]["full_name"] == "Oak"
    alice.delete(f"{address}?seen={oak.list_id}")
    assert alice.status == 204
    refusal = alice.delete(f"{address}?seen={oak.list_id}")
    assert alice.status == 409
    assert "has ended the link of “Hall” in the meantime" in refusal["detail"]


def test_linking_to_a_customer_that_is_not_there_is_refused(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    building = make_building(world.organization)
    alice.put(f"/buildings/{building.id}/quickbooks-link", {"connection_id": str(connection.id), "list_id": "9-9"})
    assert alice.status in {404, 409, 422}
    assert alice.get(f"/buildings/{building.id}")["quickbooks"] is None


def test_link_options_have_the_articles_lines(alice: Api, world: World) -> None:
    """Requirement 35."""
    connection = make_connection(world.organization)
    make_customer(connection, name="Elm School", bill=OAK_STREET)
    mark_list_whole(connection)
    page = alice.get(f"/connections/{connection.id}/link-options?search=elm&for=accounts&limit=5")
    (option,) = page["items"]
    assert set(option) >= {"list_id", "label", "lines", "path", "linked_to"}
    assert option["label"] == "Elm School"
    assert option["lines"][0] == "80 Oak Street"


def test_openapi_describes_every_call_of_the_stable_surface(alice: Api) -> None:
    described = alice.get("/openapi.json")
    calls = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    for noun in ("accounts", "buildings", "contacts", "items", "invoices"):
        one = f"/api/v1/{noun}/{{{noun[:-1]}_id}}"
        assert {("GET", f"/api/v1/{noun}"), ("POST", f"/api/v1/{noun}")} <= calls
        assert {("GET", one), ("PATCH", one), ("DELETE", one)} <= calls
    base = "/api/v1/connections/{connection_id}"
    assert {
        ("POST", "/api/v1/connections"),
        ("GET", base),
        ("GET", base + "/qwc"),
        ("GET", base + "/settings"),
        ("PATCH", base + "/settings"),
        ("POST", base + "/password"),
        ("POST", base + "/confirm-company"),
        ("POST", base + "/refresh"),
        ("GET", base + "/customers"),
        ("POST", base + "/imports"),
        ("GET", base + "/link-options"),
        ("GET", "/api/v1/tasks/{task_id}"),
        ("GET", "/api/v1/imports/{batch_id}"),
        ("POST", "/api/v1/imports/{batch_id}/undo"),
        ("PUT", "/api/v1/accounts/{account_id}/quickbooks-link"),
        ("DELETE", "/api/v1/buildings/{building_id}/quickbooks-link"),
        ("GET", "/api/v1/invoices/{invoice_id}/quickbooks"),
        ("POST", "/api/v1/invoices/{invoice_id}/send-to-quickbooks"),
        ("POST", "/api/v1/invoices/{invoice_id}/take-back"),
        ("POST", "/api/v1/invoices/{invoice_id}/payments"),
    } <= calls
