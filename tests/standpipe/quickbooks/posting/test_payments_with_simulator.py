"""Payments on their way into a simulated company file and back, both sides joined in memory."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbsim.company import Company
from qbsim.transactions.invoices import line
from standpipe.invoices.actions import create_invoice
from standpipe.invoices.lines import NewLine
from standpipe.payments.actions import record_payment
from standpipe.payments.models import Method, Payment
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.posting.actions import mark_already, unmark_already
from standpipe.quickbooks.posting.checking import request_check
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.payment_actions import send_what_is_open
from standpipe.quickbooks.posting.queries import document_of
from support.posting_office import PAYMENT_METHODS, TODAY, Office, Wish, differences, make_books, make_office
from support.quickbooks_worlds import connect

pytestmark = pytest.mark.django_db(transaction=True)  # as in service, and quicker on PostgreSQL
State = Document.State


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with make_books(tmp_path / "company.qbsim") as company:
        yield company


@pytest.fixture
def office(company: Company) -> Office:
    return make_office(company, lambda connection: visit(connection, company))


def visit(connection: Any, company: Company) -> Any:
    return connect(connection, company).update()


def write(office: Office, *, send: bool = True) -> Wish:
    """An invoice of 90.00 for the school."""
    client = office.clients[0]
    lines = [NewLine(item=office.items[0], quantity=Decimal(2), rate=Decimal(45), is_taxable=False)]
    number = f"{next(office.numbers)}"
    invoice = create_invoice(
        office.organization, by=office.alice, lines=lines, date=TODAY, number=number, **client.target
    )
    wish = Wish(invoice, client)
    office.wishes.append(wish)
    if send:
        office.send(wish)
    return wish


def pay(office: Office, wish: Wish, amount: str, method: str = "check") -> Payment:
    wish.invoice.refresh_from_db()
    reference = f"P{next(office.numbers)}"
    payment = record_payment(
        wish.invoice, by=office.alice, amount=Decimal(amount), method=method, reference_number=reference
    )
    wish.payments[reference] = Decimal(amount)
    return payment


def test_payments_before_and_after_sending_arrive_applied_by_their_own_methods(office, company):
    """Requirements 60, 62, 63, 70: four methods, partial, before and after; both sides have the same balance."""
    wish = write(office, send=False)
    for method in Method.values[:2]:
        pay(office, wish, "1.25", method)
    office.send(wish)
    visit(office.connection, company)
    for method in Method.values[2:]:
        pay(office, wish, "2.50", method)
    visit(office.connection, company)
    assert differences(office, company) == []
    invoice = company.invoices.all()[0]
    wish.invoice.refresh_from_db()
    assert Decimal(invoice.open_cents) / 100 == wish.invoice.balance_due
    names = {PAYMENT_METHODS[method] for method in Method.values}
    assert {company.name_of(one.details["PaymentMethodRef"]) for one in company.payments.all()} == names
    assert all(one.unused_cents == 0 for one in company.payments.all())


def test_a_payment_goes_to_the_customer_of_its_invoice_whatever_the_link_says_now(office, company):
    """Design 5."""
    wish = write(office)
    visit(office.connection, company)
    other = next(client for client in office.clients if client.list_id != wish.client.list_id)
    link_customer(wish.client.record, connection=office.connection, list_id=other.list_id, by=office.alice)
    pay(office, wish, "1.00")
    visit(office.connection, company)
    assert differences(office, company) == []


def test_entered_there_meanwhile_it_asks_and_posts_nothing(office, company):
    """Pain 17: what is open is read just before; the answer "send what is open" then sends that much."""
    wish = write(office)
    visit(office.connection, company)
    invoice = company.invoices.all()[0]
    total = Decimal(invoice.total_cents) / 100
    payment = pay(office, wish, str(total))
    company.payments.add(wish.client.list_id, "5.00", pays={invoice.txn_id: "5.00"}, ref_number="by hand")
    visit(office.connection, company)
    document = document_of(payment)
    assert (document.state, document.problem["code"]) == (State.NEEDS_YOU, "paid_there")
    assert [one.ref_number for one in company.payments.all()] == ["by hand"]
    send_what_is_open(payment, by=office.alice)
    visit(office.connection, company)
    assert document_of(payment).state == State.POSTED
    assert company.invoices.get(invoice.txn_id).open_cents == 0


def test_entered_on_both_sides_as_a_partial_payment_it_asks_and_posts_nothing(office, company):
    """Pain 17; issue, point 8."""
    wish = write(office)
    visit(office.connection, company)
    invoice = company.invoices.all()[0]
    company.payments.add(wish.client.list_id, "30.00", pays={invoice.txn_id: "30.00"}, ref_number="by hand")
    payment = pay(office, wish, "30.00")
    for _ in range(2):
        check(office, company)
        assert document_of(payment).problem["code"] == "paid_there"
    assert [one.ref_number for one in company.payments.all()] == ["by hand"]
    send_what_is_open(payment, by=office.alice)
    visit(office.connection, company)
    assert document_of(payment).state == State.POSTED
    assert company.invoices.get(invoice.txn_id).open_cents == 3000


def test_entered_there_it_comes_back_and_follows_what_happens_to_it(office, company):
    """Issue, point 8: it lowers the balance here, marked as from there; changed or deleted there, it follows."""
    wish = write(office)
    visit(office.connection, company)
    invoice = company.invoices.all()[0]
    there = company.payments.add(
        wish.client.list_id, "30.00", pays={invoice.txn_id: "30.00"}, ref_number="7001", payment_method="Cash"
    )
    check(office, company)
    payment = Payment.objects.get()
    assert (payment.source, payment.amount, payment.method, payment.method_name) == (
        "quickbooks",
        Decimal("30.00"),
        "cash",
        "Cash",
    )
    assert due(wish) == Decimal("60.00")
    company.payments.edit(there.txn_id, amount="40.00", pays={invoice.txn_id: "40.00"})
    check(office, company)
    assert due(wish) == Decimal("50.00")
    ours = pay(office, wish, "50.00", "cash")
    visit(office.connection, company)
    assert document_of(ours).state == State.POSTED
    company.payments.delete(there.txn_id)
    check(office, company)
    assert due(wish) == Decimal("40.00")
    assert [row.source for row in Payment.objects.filter(archived_at=None)] == ["here"]
    assert Decimal(company.invoices.get(invoice.txn_id).open_cents) / 100 == due(wish)


def test_what_was_paid_on_an_invoice_that_is_not_ours_counts_as_long_as_it_is_tied(office, company):
    """A wrong mark brings another invoice's payments, and takes them along when it is taken back."""
    wish = write(office, send=False)
    item = company.lists.all("ItemService")[0].list_id
    theirs = company.invoices.add(wish.client.list_id, lines=[line(item, quantity=1, rate="90.00")])
    company.payments.add(wish.client.list_id, "30.00", pays={theirs.txn_id: "30.00"})
    for _ in range(2):
        mark_already(wish.invoice, by=office.alice, txn_id=theirs.txn_id)
        check(office, company)
        visit(office.connection, company)
        assert due(wish) == Decimal("60.00")
        unmark_already(wish.invoice, by=office.alice)
        assert due(wish) == Decimal("90.00")
    pay(office, wish, "90.00")


def check(office: Office, company: Company) -> None:
    request_check(office.connection, by=office.alice)
    visit(office.connection, company)


def due(wish: Wish) -> Decimal:
    wish.invoice.refresh_from_db()
    return wish.invoice.balance_due
