"""Payments through the API."""

from decimal import Decimal

import pytest

from standpipe.invoices.models import Invoice
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.payments_there import take_over
from support.invoices import make_invoice
from support.payments import map_methods, post, received
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_building

from .conftest import Api


@pytest.fixture
def invoice(world: World) -> Invoice:
    return make_invoice(make_building(world.organization), number="1042")


def test_a_payment_is_recorded_in_part_and_then_in_full(alice: Api, invoice: Invoice) -> None:
    """Requirement 62."""
    path = f"/invoices/{invoice.pk}/payments"
    made = alice.post(path, {"amount": "30.00", "method": "check", "reference_number": "5501", "date": "2026-03-12"})
    assert alice.status == 201
    assert {key: made[key] for key in ("amount", "method", "reference_number", "date", "notes", "source")} == {
        "amount": "30.00",
        "method": "check",
        "reference_number": "5501",
        "date": "2026-03-12",
        "notes": "",
        "source": "here",
    }
    assert alice.get(f"/payments/{made['id']}") == made
    rest = alice.post(path, {"method": "cash"})
    assert rest["amount"] == "70.00"
    page = alice.get(path)
    assert page["total"] == 2
    assert {row["id"] for row in page["items"]} == {made["id"], rest["id"]}
    assert [row["id"] for row in alice.get("/payments?search=5501&method=check")["items"]] == [made["id"]]


def test_the_same_key_records_once(alice: Api, invoice: Invoice) -> None:
    key = {"Idempotency-Key": "7"}
    first, second = (
        alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash", "amount": "1"}, **key) for _ in range(2)
    )
    assert first == second
    invoice.refresh_from_db()
    assert invoice.paid == Decimal("1.00")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"method": "cash", "amount": "112.50"}, 422, "overpaid"),
        ({"method": "cash", "amount": "0"}, 422, "invalid_amount"),
        ({"method": "cash", "amount": "1.001"}, 422, "invalid_number"),
        ({"method": "cash", "amount": "1e99"}, 422, "invalid_number"),
        ({"method": "wampum"}, 422, "invalid"),
        ({"amount": "1"}, 422, "invalid"),
        ({"method": "cash", "reference_number": "x" * 21}, 422, "invalid"),
        ({"method": "cash", "date": "1950-01-01"}, 422, "invalid_date"),
    ],
)
def test_wrong_input_is_refused_by_name(alice: Api, invoice: Invoice, body: dict, status: int, code: str) -> None:
    problem = alice.post(f"/invoices/{invoice.pk}/payments", body)
    assert (alice.status, problem["code"]) == (status, code)


def test_a_payment_is_changed_taken_back_and_brought_back(alice: Api, invoice: Invoice) -> None:
    made = alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash"})
    path = f"/payments/{made['id']}"
    assert alice.patch(path, {"amount": "40.00"})["amount"] == "40.00"
    alice.delete(path)
    assert alice.status == 204
    assert alice.get("/payments")["total"] == 0
    assert alice.patch(path, {"archived": False, "notes": "found"})["archived"] is False
    invoice.refresh_from_db()
    assert invoice.balance_due == Decimal("60.00")


def test_the_question_is_answered_by_a_program(alice: Api, world: World, invoice: Invoice) -> None:
    """Issue, point 8: it asks and never posts."""
    connection = make_connection(world.organization)
    map_methods(connection)
    document = post(invoice, connection, open_there="0.00")
    made = alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash"})
    assert (made["quickbooks"]["state"], made["quickbooks"]["problem"]["code"]) == ("needs_you", "paid_there")
    take_over(connection, [received((document, "100"))])
    alice.post(f"/payments/{made['id']}/quickbooks", {"answer": "send_open"})
    assert alice.status == 409
    kept = alice.post(f"/payments/{made['id']}/quickbooks", {"answer": "keep_waiting"})
    assert kept["state"] == "needs_you"
    there = alice.post(f"/payments/{made['id']}/quickbooks", {"answer": "already", "txn_id": "P-1"})
    assert (there["state"], there["txn_id"]) == ("already", "P-1")
    invoice.refresh_from_db()
    assert invoice.balance_due == 0
    assert alice.post(f"/payments/{made['id']}/quickbooks", {"answer": "not_there"})["state"] == "needs_you"


def test_others_see_nothing_and_viewers_record_nothing(alice: Api, vera: Api, charlie: Api, invoice: Invoice) -> None:
    made = alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash", "amount": "1"})
    for path in (f"/payments/{made['id']}", f"/payments/{made['id']}/quickbooks", f"/invoices/{invoice.pk}/payments"):
        charlie.get(path)
        assert charlie.status == 404
    for who, status in ((charlie, 404), (vera, 403)):
        who.post(f"/invoices/{invoice.pk}/payments", {"method": "cash"})
        assert who.status == status
        who.delete(f"/payments/{made['id']}")
        assert who.status == status
    assert vera.get(f"/payments/{made['id']}") == made


def test_a_refused_or_lost_payment_is_answered_by_a_program(alice: Api, world: World, invoice: Invoice) -> None:
    """Issue 5.10: the repair buttons of its page."""
    connection = make_connection(world.organization)
    map_methods(connection)
    post(invoice, connection)
    made = alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash", "amount": "30"})
    path = f"/payments/{made['id']}/quickbooks"
    live = Document.objects.filter(payment=made["id"], ended_at=None)
    live.update(state="needs_you", problem={"code": "3260", "text": "", "at": "2024-03-09T12:00:00+00:00"})
    assert alice.post(path, {"answer": "retry"})["state"] == "waiting"
    found = [{"txn_id": "P-1", "total": "30.00"}, {"txn_id": "P-2", "total": "30.00"}]
    lost = {"code": "ambiguous", "text": "", "at": "2024-03-09T12:00:00+00:00"}
    live.update(state="needs_you", problem=lost, candidates=found)
    assert alice.get(path)["candidates"] == found
    assert alice.post(path, {"answer": "retry"})["code"] == "unproven"
    assert alice.post(path, {"answer": "not_there"})["state"] == "waiting"
    live.update(state="needs_you", problem=lost, candidates=found)
    assert alice.post(path, {"answer": "this_one", "txn_id": "P-3"})["code"] == "invalid_choice"
    there = alice.post(path, {"answer": "this_one", "txn_id": "P-2"})
    assert (there["state"], there["txn_id"]) == ("posted", "P-2")
    alice.post(path, {"answer": "read_again"})
    assert Task.objects.get(kind="check_sent").state == "waiting"


def test_already_without_saying_which_takes_the_plain_one_and_asks_among_several(
    alice: Api, world: World, invoice: Invoice
) -> None:
    """Audit 6.21: what came from QuickBooks before is the same money, and counts once."""
    connection = make_connection(world.organization)
    map_methods(connection)
    document = post(invoice, connection)
    made = alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash", "amount": "30"})
    path = f"/payments/{made['id']}/quickbooks"
    take_over(connection, [received((document, "30"), txn_id="P-1"), received((document, "30"), txn_id="P-2")])
    answer = alice.post(path, {"answer": "already"})
    assert (alice.status, answer["code"]) == (409, "several")
    assert [one["txn_id"] for one in alice.get(path)["candidates"]] == ["P-1", "P-2"]
    alice.patch(f"/payments/{made['id']}", {"reference_number": "7002"})
    take_over(connection, [received((document, "30"), txn_id="P-2", ref_number="7002")])
    for _ in range(2):
        answer = alice.post(path, {"answer": "already"})
        assert (alice.status, answer["state"], answer["txn_id"]) == (200, "already", "P-2")
    invoice.refresh_from_db()
    assert invoice.balance_due == Decimal("40.00")  # of 100: this one, and the other that came from there


def test_none_of_those_that_came_from_there_is_an_answer_too(alice: Api, world: World, invoice: Invoice) -> None:
    connection = make_connection(world.organization)
    map_methods(connection)
    document = post(invoice, connection)
    made = alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash", "amount": "30"})
    take_over(connection, [received((document, "30"))])
    answer = alice.post(f"/payments/{made['id']}/quickbooks", {"answer": "already", "txn_id": ""})
    assert (answer["state"], answer["txn_id"]) == ("already", None)
    invoice.refresh_from_db()
    assert invoice.balance_due == Decimal("40.00")


def test_a_payment_is_no_other_one_of_ours_and_nothing_that_is_no_txn_id(
    alice: Api, world: World, invoice: Invoice
) -> None:
    """Audit 6.22."""
    connection = make_connection(world.organization)
    map_methods(connection)
    post(invoice, connection)
    sent, other = (
        alice.post(f"/invoices/{invoice.pk}/payments", {"method": "cash", "amount": "30"})["id"] for _ in range(2)
    )
    Document.objects.filter(payment=sent, ended_at=None).update(state="posted", txn_id="P-1")
    for txn_id, code in (("P-1", "tied_already"), ("P 1", "invalid_choice"), ("№1", "invalid_choice")):
        answer = alice.post(f"/payments/{other}/quickbooks", {"answer": "already", "txn_id": txn_id})
        assert (alice.status, answer["code"]) == (422, code)
