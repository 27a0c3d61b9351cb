"""Invoices through the API: the way in for work orders, proposals and inspections of other programs."""

from typing import Any

import pytest

from standpipe.invoices import guards
from standpipe.invoices.models import Invoice
from support.invoices import make_item, make_sales_tax, make_terms
from support.worlds import World, make_account, make_building, make_contact

from .conftest import Api


def body(world: World, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    building = make_building(world.organization)
    return {"building_id": str(building.id), "lines": list(lines) or [{"amount": "80", "description": "x"}], **fields}


def test_an_invoice_comes_in_with_what_follows_filled_in(alice: Api, world: World) -> None:
    """Requirements 54, 58, 63 and 65."""
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    jane = make_contact(world.organization, at=account, roles=("billing",))
    item = make_item(world.organization, description="Annual inspection")
    net, tax = make_terms(world.organization), make_sales_tax(world.organization, "6.35")
    made = alice.post(
        "/invoices",
        {
            "building_id": str(building.id),
            "date": "2026-03-12",
            "terms": "net 30",
            "sales_tax": str(tax.id),
            "lines": [
                {"item_id": str(item.id), "quantity": "2"},
                {"description": "Convenience fee", "amount": 3.5},
                {"description": "Thank you"},
            ],
        },
    )
    assert alice.status == 201
    lines = [{**line, "id": None} for line in made["lines"]]
    assert lines == [
        {
            "id": None,
            "item_id": str(item.id),
            "description": "Annual inspection",
            "quantity": "2",
            "rate": "80.00",
            "amount": "160.00",
            "taxable": True,
        },
        _line("Convenience fee", amount="3.50"),
        _line("Thank you"),
    ]
    expected = {
        "number": "1",
        "date": "2026-03-12",
        "due_date": "2026-04-11",
        "terms": "Net 30",
        "terms_id": str(net.id),
        "account_id": None,
        "building_id": str(building.id),
        "contact_id": str(jane.id),
        "subtotal": "163.50",
        "sales_tax_total": "10.16",
        "total": "173.66",
        "paid": "0.00",
        "balance_due": "173.66",
        "archived": False,
    }
    assert {name: made[name] for name in expected} == expected
    assert made["quickbooks"] == {"state": "not_sent", "badge": "Not sent", "txn_id": None}
    assert alice.get(f"/invoices/{made['id']}") == made
    assert alice.get(f"/invoices?account_id={account.id}")["items"] == [made]


def _line(description: str, *, amount: str | None = None) -> dict[str, Any]:
    empty = {"id": None, "item_id": None, "quantity": None, "rate": None, "taxable": False}
    return {**empty, "description": description, "amount": amount}


def test_patch_changes_only_what_is_sent_and_lines_keep_their_ids(alice: Api, world: World) -> None:
    made = alice.post("/invoices", body(world, {"description": "a", "amount": "1"}, {"description": "b"}))
    first, second = made["lines"]
    changed = alice.patch(
        f"/invoices/{made['id']}", {"lines": [second, {**first, "amount": "2.00"}, {"description": "new"}]}
    )
    assert alice.status == 200
    assert [line["id"] for line in changed["lines"][:2]] == [second["id"], first["id"]]
    assert (changed["total"], changed["number"], changed["date"]) == ("2.00", made["number"], made["date"])
    account = make_account(world.organization)
    moved = alice.patch(f"/invoices/{made['id']}", {"account_id": str(account.id), "memo": "m"})
    assert (moved["account_id"], moved["building_id"], moved["memo"]) == (str(account.id), None, "m")
    assert moved["lines"] == changed["lines"]


def test_delete_archives_and_patch_brings_back(alice: Api, world: World) -> None:
    made = alice.post("/invoices", body(world, number="7"))
    alice.delete(f"/invoices/{made['id']}")
    assert alice.status == 204
    assert alice.get("/invoices")["total"] == 0
    assert alice.get("/invoices?archived=true")["items"][0]["archived"] is True
    assert alice.patch(f"/invoices/{made['id']}", {"archived": False, "memo": "back"})["memo"] == "back"
    assert alice.patch(f"/invoices/{made['id']}", {"archived": True})["archived"] is True


# what is sent beside a sound invoice -> the field that is named
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing to bill": ({"lines": []}, "lines"),
    "no rate": ({"lines": [{"amount": "1"}, {"description": "x", "quantity": "2"}]}, "lines.1.rate"),
    "fine quantity": ({"lines": [{"quantity": "0.123456", "rate": "1"}]}, "lines.0.quantity"),
    "contradiction": ({"lines": [{"quantity": "2", "rate": "5", "amount": "9"}]}, "lines.0.amount"),
    "unknown item": ({"lines": [{"item_id": "nonsense", "amount": "1"}]}, "lines.0.item_id"),
    "unknown line": ({"lines": [{"amount": "1", "taxabel": True}]}, "lines.0.taxabel"),
    "no quantity": ({"lines": [{"amount": "1"}, {"quantity": "two"}]}, "lines.1.quantity"),
    "long number": ({"number": "123456789012"}, "number"),
    "used number": ({"number": "777"}, "number"),
    "unknown terms": ({"terms": "Net 99"}, "terms"),
    "unknown tax": ({"sales_tax": "Nowhere"}, "sales_tax"),
    "unknown contact": ({"contact_id": "nonsense"}, "contact_id"),
    "late": ({"date": "2040-01-01"}, "date"),
    "below zero": ({"lines": [{"amount": "-1"}]}, "lines"),
    "for nobody": ({"building_id": None}, "building_id"),
    "for somebody unknown": ({"building_id": "nonsense"}, "building_id"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_field(alice: Api, world: World, case: str) -> None:
    alice.post("/invoices", body(world, number="777"))
    fields, field = REFUSED[case]
    refused = alice.post("/invoices", body(world, **fields) if "lines" not in fields else body(world) | fields)
    assert alice.status == 422, refused
    assert refused.get("field") == field or [fault["field"] for fault in refused["errors"]] == [field]
    assert Invoice.objects.count() == 1


def test_two_names_that_are_alike_need_the_id(alice: Api, world: World) -> None:
    make_terms(world.organization)
    make_terms(world.organization)
    assert "Send the id" in alice.post("/invoices", body(world, terms="Net 30"))["detail"]


def test_lines_of_another_invoice_are_not_taken(alice: Api, world: World) -> None:
    theirs = alice.post("/invoices", body(world))["lines"]
    mine = alice.post("/invoices", body(world))
    refused = alice.patch(f"/invoices/{mine['id']}", {"lines": theirs})
    assert (alice.status, refused["field"]) == (422, "lines.0.id")


def test_a_locked_invoice_says_so(alice: Api, world: World) -> None:
    made = alice.post("/invoices", body(world))
    guards.add("test", lambda _invoice: "Take it back first.")
    try:
        refused = alice.patch(f"/invoices/{made['id']}", {"memo": "x"})
        assert (alice.status, refused["code"]) == (409, "locked")
        alice.delete(f"/invoices/{made['id']}")
        assert alice.status == 409
    finally:
        guards.remove("test")


def test_the_same_key_makes_one_invoice(alice: Api, world: World) -> None:
    sent = body(world)
    first = alice.post("/invoices", sent, **{"Idempotency-Key": "a"})
    assert alice.post("/invoices", sent, **{"Idempotency-Key": "a"}) == first
    assert Invoice.objects.count() == 1


def test_nobody_elses_records_can_be_named(alice: Api, world: World) -> None:
    theirs = {
        "building_id": make_building(world.elsewhere).id,
        "terms": make_terms(world.elsewhere).id,
        "sales_tax": make_sales_tax(world.elsewhere).id,
        "contact_id": make_contact(world.elsewhere).id,
    }
    for field, foreign in theirs.items():
        refused = alice.post("/invoices", body(world) | {field: str(foreign)})
        assert (alice.status, refused["field"]) == (422, field)
    item = make_item(world.elsewhere)
    alice.post("/invoices", body(world, {"item_id": str(item.id), "amount": "1"}))
    assert alice.status == 422
    assert not Invoice.objects.exists()


def test_a_deposit_of_another_program_counts_once(alice: Api, world: World) -> None:
    """Requirement 64: a deposit taken on a proposal comes in as a payment, however often it is sent."""
    made = alice.post("/invoices", body(world, {"description": "Work", "amount": "500"}))
    deposit = {"amount": "120.00", "method": "check", "reference_number": "77"}
    for _ in range(3):
        alice.post(f"/invoices/{made['id']}/payments", deposit, **{"Idempotency-Key": "proposal 9"})
        assert alice.status == 201
    assert alice.get(f"/invoices/{made['id']}")["balance_due"] == "380.00"
