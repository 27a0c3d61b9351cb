"""What is refused, in which words, and that nothing was changed."""

import pytest

from standpipe.accounts.models import Account
from support.invoices import make_invoice, make_item, make_sales_tax, make_terms
from support.payments import make_payment
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import World, make_account, make_building, make_contact

from .conftest import Api


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "Elm", "colour": "red"}, "colour"),
        ({"name": "Elm", "billing_address": {"lines": ["1", "2", "3", "4", "5", "6"]}}, "billing_address.lines"),
        ({"name": "Elm", "billing_address": "12 Elm St"}, "billing_address"),
    ],
)
def test_bad_input_names_the_field(alice: Api, body: dict[str, object], field: str) -> None:
    answer = alice.post("/accounts", body)
    assert alice.status == 422
    assert alice.headers["Content-Type"] == "application/problem+json"
    assert field in answer["detail"] or answer.get("field") == field
    assert not Account.objects.exists()


@pytest.mark.parametrize("text", ["Net\0", "Net\ud800"])
def test_what_no_database_takes_is_refused_wherever_it_is_only_looked_up(alice: Api, world: World, text: str) -> None:
    account = make_account(world.organization)
    answer = alice.post("/invoices", {"account_id": str(account.id), "terms": text})
    assert (alice.status, "terms" in answer["detail"]) == (422, True)
    answer = alice.call("PUT", f"/accounts/{account.id}/quickbooks-link", {"list_id": text})
    assert (alice.status, "list_id" in answer["detail"]) == (422, True)
    connection = make_connection(world.organization)
    answer = alice.post(f"/connections/{connection.id}/imports", {"target": "accounts", "list_ids": ["80-1", text]})
    assert (alice.status, "list_ids" in answer["detail"]) == (422, True)


def test_a_body_that_is_no_json_is_a_problem_too(alice: Api) -> None:
    from django.test import Client

    answer = Client(headers={"Authorization": f"Bearer {alice.token}"}).post(
        "/api/v1/accounts", b"{", content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_token_is_told_where_tokens_are_made(alice: Api) -> None:
    answer = Api("nonsense").get("/accounts")
    assert answer["status"] == 401
    assert "Settings" in answer["detail"]


def test_viewers_read_and_change_nothing(vera: Api, world: World) -> None:
    account = make_account(world.organization)
    assert vera.get(f"/accounts/{account.id}")["name"] == account.name
    for method, path in (
        ("POST", "/accounts"),
        ("PATCH", f"/accounts/{account.id}"),
        ("DELETE", f"/accounts/{account.id}"),
    ):
        answer = vera.call(method, path, {"name": "Mine"} if method != "DELETE" else None)
        assert vera.status == 403, answer
    assert Account.objects.get().name == account.name


def test_every_address_with_anothers_ids_is_404(charlie: Api, world: World) -> None:
    """Tenants never see each other: every GET, PATCH, PUT and DELETE, walked from the API's own description."""
    from standpipe.api.urls import api

    connection = make_connection(world.organization)
    building = make_building(world.organization)
    invoice, item = make_invoice(building), make_item(world.organization)
    ids = {
        "account_id": make_account(world.organization).id,
        "building_id": building.id,
        "contact_id": make_contact(world.organization, at=building).id,
        "connection_id": connection.id,
        "task_id": _task(world, connection).id,
        "batch_id": _batch(world, connection).id,
        "invoice_id": invoice.id,
        "payment_id": make_payment(invoice).id,
        "item_id": item.id,
        "terms_id": make_terms(world.organization).id,
        "sales_tax_id": make_sales_tax(world.organization, "6.35").id,
        "catalogue": "items",
        "record_id": item.id,
        "name": "items",
        **_suggestion(world, connection),
    }
    bodies = {
        "quickbooks-link": {"connection_id": str(connection.id), "list_id": "80000001-1"},
        "imports": {"as": "accounts", "list_ids": ["80000001-1"]},
        "accept-all": {"for": "buildings", "line": 80},
        "payments": {"method": "cash"},
        "catalog-imports": {"as": "items"},
        "first-send": {"leave_out_before": None},
    }
    posted = {"payments/quickbooks": {"answer": "already"}, "invoices/quickbooks": {"answer": "retry"}}
    tried = 0
    for path, operations in api.get_openapi_schema()["paths"].items():
        if "{" not in path:
            continue
        for method in operations:
            address = path.removeprefix("/api/v1").format(**ids)
            noun, last = address.split("/")[1], address.rsplit("/", 1)[-1]
            body = posted.get(f"{noun}/{last}") if method == "post" else None
            if body is None and method not in {"get", "delete"}:
                body = bodies.get(last, {})
            charlie.call(method.upper(), address, body)
            assert charlie.status == 404, (method, path, charlie.status)
            tried += 1
    assert tried >= 25


def test_malformed_ids_are_404_not_500(alice: Api) -> None:
    for path in (
        "/invoices/x",
        "/items/x",
        "/accounts/x",
        "/buildings/%00",
        "/contacts/1",
        "/connections/none",
        "/tasks/-",
        "/imports/x",
    ):
        alice.get(path)
        assert alice.status == 404, path


def test_a_strange_cursor_is_refused_in_words(alice: Api) -> None:
    answer = alice.get("/accounts?cursor=abc")
    assert alice.status == 422
    assert "cursor" in answer["detail"]


def _task(world: World, connection):  # type: ignore[no-untyped-def]
    from standpipe.quickbooks.lists.actions import request_refresh

    return request_refresh(connection, by=world.alice)


def _suggestion(world: World, connection):  # type: ignore[no-untyped-def]
    from standpipe.quickbooks.matching.actions import accept_all
    from standpipe.quickbooks.matching.queries import suggestions_of

    make_account(world.organization, name="Elm School")
    make_customer(connection, name="Elm School")
    mark_list_whole(connection)
    suggestion = suggestions_of(connection, target="accounts").get()
    acceptance = accept_all(connection, target="accounts", line=80, by=world.alice)
    return {"suggestion_id": suggestion.pk, "acceptance_id": acceptance.pk}


def _batch(world: World, connection):  # type: ignore[no-untyped-def]
    from standpipe.quickbooks.importing.models import ImportBatch

    return ImportBatch.objects.create(organization=world.organization, connection=connection, target="accounts")
