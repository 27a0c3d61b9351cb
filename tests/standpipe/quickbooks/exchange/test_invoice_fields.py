"""What of an invoice arrives in a simulated company file, field by field and to the cent; both sides in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from qbsim import features
from qbsim.company import Company
from standpipe.core.errors import UserError
from standpipe.invoices.actions import create_invoice
from standpipe.invoices.lines import NewLine
from standpipe.quickbooks.lists.actions import request_lists
from standpipe.quickbooks.posting.actions import queue_invoice
from standpipe.quickbooks.posting.models import Document
from support.company_files import switch_off_sales_tax
from support.invoices import some_lines
from support.posting_office import Office, make_books, make_office
from support.quickbooks_worlds import connect

pytestmark = pytest.mark.django_db(transaction=True)  # as in service, and quicker on PostgreSQL

RANDOM_INVOICES = 25


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with make_books(tmp_path / "company.qbsim") as company:
        yield company


@pytest.fixture
def office(company: Company) -> Office:
    return make_office(company, lambda connection: visit(connection, company))


def visit(connection: Any, company: Company) -> Any:
    return connect(connection, company).update()


def test_every_field_arrives(office: Office, company: Company) -> None:
    """Requirements 58, 59 and 69: also the tax, and a due date that differs from what the terms say."""
    gym = office.clients[1].target
    lines = [
        NewLine(
            item=office.items[1],
            description="Valve",
            quantity=Decimal("2.5"),
            rate=Decimal("19.99999"),
            is_taxable=True,
        ),
        NewLine(description="Thank you"),
        NewLine(item=office.items[0], amount=Decimal(-10), is_taxable=False),
    ]
    invoice = create_invoice(
        office.organization,
        by=office.alice,
        date=date(2024, 3, 1),
        due_date=date(2024, 3, 20),
        terms=office.terms,
        sales_tax=office.tax,
        memo="Spring round",
        lines=lines,
        **gym,
    )
    queue_invoice(invoice, by=office.alice)
    visit(office.connection, company)
    (there,) = company.invoices.all()
    assert (there.ref_number, there.txn_date, there.due_date) == (invoice.number, invoice.date, date(2024, 3, 20))
    assert company.lists.get(there["TermsRef"]).name == "Net 30"
    assert company.lists.get(there["ItemSalesTaxRef"]).name == "State Tax"
    assert there["Memo"].startswith("Spring round")
    valve, thanks, discount = there.lines
    assert (valve.description, valve.quantity, valve.rate) == ("Valve", Decimal("2.5"), Decimal("19.99999"))
    assert (thanks.description, thanks.amount_cents) == ("Thank you", None)
    assert [line.amount_cents for line in there.lines] == [5000, None, -1000]
    assert company.lists.get(discount.tax_code_id).name == "Non"
    assert there.tax_cents == int(invoice.tax_total * 100) == 363  # 7.25 % of 50.00 is 3.625
    assert there.total_cents == there.open_cents == int(invoice.balance_due * 100)


def test_random_invoices_come_to_the_same_there(office: Office, company: Company) -> None:
    """Requirement 71: as they leave, and as QuickBooks says that it counted them."""
    random = Random(71)
    while Document.objects.count() < RANDOM_INVOICES:
        client = random.choice(office.clients)
        tax = random.choice([None, office.tax])
        try:
            invoice = create_invoice(
                office.organization,
                by=office.alice,
                date=date(2024, 3, 1),
                lines=some_lines(random),
                sales_tax=tax,
                **client.target,
            )
            queue_invoice(invoice, by=office.alice)
        except UserError:  # below zero, or nothing but words
            continue
    visit(office.connection, company)
    there = {invoice.ref_number: invoice.total_cents for invoice in company.invoices.all()}
    sent = Document.objects.select_related("invoice")
    assert [document.state for document in sent] == [Document.State.POSTED] * RANDOM_INVOICES
    assert there == {document.invoice.number: int(document.invoice.total * 100) for document in sent}
    assert {document.problem for document in sent} == {None}


@pytest.mark.parametrize("is_told", [True, False], ids=["codes are told", "codes are refused"])
def test_books_without_sales_tax_take_an_invoice_without_a_word_of_it(
    office: Office, company: Company, monkeypatch: pytest.MonkeyPatch, *, is_told: bool
) -> None:
    """Switched off after the lists were copied; whether QuickBooks still tells its tax codes then is not settled."""
    if is_told:
        monkeypatch.setattr(features, "_FEATURE_OF_QUERY", {})
    switch_off_sales_tax(company)
    request_lists(office.connection, by=office.alice)
    visit(office.connection, company)
    plain = office.write_plain(item="Repair", rate=Decimal(80)).invoice
    taxed = create_invoice(
        office.organization,
        by=office.alice,
        date=date(2024, 3, 1),
        sales_tax=office.tax,
        lines=[NewLine(item=office.items[1], quantity=Decimal(1), rate=Decimal(10), is_taxable=True)],
        **office.clients[0].target,
    )
    with pytest.raises(UserError, match="Sales tax is switched off in QuickBooks"):
        queue_invoice(taxed, by=office.alice)
    visit(office.connection, company)
    (there,) = company.invoices.all()
    assert (there.ref_number, there.total_cents) == (plain.number, 8000)
    assert Document.objects.get().problem is None
