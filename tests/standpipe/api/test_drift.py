"""Drift, health, link history and readiness through the API."""

from __future__ import annotations

from standpipe.accounts.models import Account
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import World

from .conftest import Api


def imported(world: World, *names: str) -> tuple[str, dict[str, str]]:
    """A connection, and the account of each customer."""
    connection = make_connection(world.organization)
    customers = [make_customer(connection, name=name, company_name=name) for name in names]
    mark_list_whole(connection)
    import_customers(connection, target="accounts", list_ids=[c.list_id for c in customers], by=world.alice)
    return str(connection.id), {account.name: str(account.id) for account in Account.objects.all()}


def said_anew(name: str, **columns: object) -> None:
    customer = Customer.objects.get(name=name)
    Customer.objects.filter(pk=customer.pk).update(content_hash="other", **columns)
    mark_list_whole(customer.connection)


def test_drift_is_listed_in_three_states_and_decided_by_field(alice: Api, world: World) -> None:
    connection, accounts = imported(world, "Elm", "Oak")
    said_anew("Elm", company_name="Elm Academy")
    page = alice.get(f"/connections/{connection}/drift")
    assert (page["total"], page["counts"]["quickbooks"], page["next_cursor"]) == (1, 1, None)
    [item] = page["items"]
    assert (item["type"], item["id"], item["full_name"]) == ("account", accounts["Elm"], "Elm")
    [field] = item["fields"]
    assert field == {
        "field": "name",
        "label": "Name",
        "at_link": "Elm",
        "in_quickbooks": "Elm Academy",
        "here": "Elm",
        "changed": "quickbooks",
        "open": True,
    }
    after = alice.post(f"/accounts/{accounts['Elm']}/drift", {"accept": ["name"]})
    assert [(one["field"], one["open"]) for one in after["fields"]] == [("name", False), ("billing_address", False)]
    assert after["fields"][0]["here"] == "Elm Academy"
    assert alice.get(f"/connections/{connection}/drift")["total"] == 0
    alice.post(f"/accounts/{accounts['Elm']}/drift", {"accept": ["name"]})
    assert alice.status == 409


def test_leaving_moves_a_record_to_what_was_left(alice: Api, world: World) -> None:
    connection, accounts = imported(world, "Elm")
    said_anew("Elm", company_name="Elm Academy")
    alice.post(f"/accounts/{accounts['Elm']}/drift", {"leave": ["name"]})
    assert alice.get(f"/connections/{connection}/drift")["total"] == 0
    [item] = alice.get(f"/connections/{connection}/drift?changed=left")["items"]
    assert item["fields"][0]["changed"] == "left"
    assert alice.get(f"/accounts/{accounts['Elm']}")["name"] == "Elm"


def test_who_decides_about_what_quickbooks_no_longer_says_is_told(alice: Api, world: World) -> None:
    """Of two reviewers the second one is told, through programs too; of what was decided together nothing is done."""
    _, accounts = imported(world, "Elm")
    said_anew("Elm", company_name="Elm Academy")
    address = f"/accounts/{accounts['Elm']}/drift"
    saw = {one["field"]: one["in_quickbooks"] for one in alice.get(address)["fields"]}
    Customer.objects.filter(name="Elm").update(company_name="Elm College", content_hash="yet another")
    refusal = alice.post(address, {"accept": ["name"], "seen": saw})
    assert (alice.status, refusal["code"]) == (409, "changed_meanwhile")
    assert refusal["detail"] == "QuickBooks says something else by now: Name. Look again."
    refusal = alice.post(address, {"leave": ["name"], "seen": {"name": "Elm Academy"}})
    assert (alice.status, refusal["code"]) == (409, "changed_meanwhile")
    alice.post(address, {"accept": ["name"], "seen": {"name": "Elm College"}})
    assert alice.status == 200
    assert alice.get(f"/accounts/{accounts['Elm']}")["name"] == "Elm College"


def test_pages_of_drift_go_on_where_the_last_one_ended(alice: Api, world: World) -> None:
    connection, _ = imported(world, "Ash", "Elm", "Oak")
    for name in ("Ash", "Elm", "Oak"):
        said_anew(name, company_name=f"{name} anew")
    seen, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"/connections/{connection}/drift?limit=2{cursor and '&cursor=' + cursor}")
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["Ash", "Elm", "Oak"]


def test_health_tells_state_evidence_and_survivor_and_a_put_repairs_it(alice: Api, world: World) -> None:
    connection, accounts = imported(world, "Elm")
    anew = make_customer(world.organization.connections.get(), name="ELM")
    said_anew("Elm", gone_at=world.organization.connections.get().created_at, gone_because="deleted")
    page = alice.get(f"/connections/{connection}/health")
    assert (page["total"], page["counts"]["recreated"]) == (1, 1)
    [item] = page["items"]
    assert (item["state"], item["survivor"]["list_id"], item["kept"]) == ("recreated", anew.list_id, False)
    assert [proof["code"] for proof in item["survivor"]["evidence"]] == ["path", "name"]
    kept = alice.post(f"/accounts/{accounts['Elm']}/quickbooks-link/keep")
    assert kept["kept"] is True
    assert alice.get(f"/connections/{connection}/health")["total"] == 0
    assert alice.get(f"/connections/{connection}/health?kept=true")["total"] == 1
    alice.put(f"/accounts/{accounts['Elm']}/quickbooks-link", {"connection_id": connection, "list_id": anew.list_id})
    assert alice.status == 200
    history = alice.get(f"/accounts/{accounts['Elm']}/quickbooks-links")["items"]
    assert [(link["how"], link["ended_because"]) for link in history] == [("hand", None), ("import", "relinked")]
    assert history[1]["ended_by"] == history[1]["linked_by"]


def test_what_is_not_linked_has_no_drift(alice: Api, world: World) -> None:
    made = alice.post("/accounts", {"name": "Elm"})
    alice.get(f"/accounts/{made['id']}/drift")
    assert alice.status == 409
    assert alice.get(f"/accounts/{made['id']}/quickbooks-links") == {"items": []}


def test_readiness_is_listed_with_counts(alice: Api, world: World) -> None:
    connection = make_connection(world.organization)
    make_customer(connection, name="Elm")
    mark_list_whole(connection)
    page = alice.get(f"/connections/{connection.id}/readiness")
    assert page["counts"] == {"no_company_name": 1, "no_billing_address": 1, "no_email": 1, "no_phone": 1}
    assert page["items"][0]["findings"] == ["no_company_name", "no_billing_address", "no_email", "no_phone"]
    assert alice.get(f"/connections/{connection.id}/readiness?check=no_street")["total"] == 0
