"""Markers that a restored database makes again (design 5)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbsim.company import Company
from standpipe.core.ids import new_id
from standpipe.invoices.actions import create_invoice
from standpipe.invoices.lines import NewLine
from standpipe.payments.actions import record_payment
from standpipe.quickbooks.posting import recovery
from standpipe.quickbooks.posting.actions import queue_invoice, take_back
from standpipe.quickbooks.posting.markers import REACH, marker_of, markers_of
from standpipe.quickbooks.posting.models import Document, MessageSet
from standpipe.quickbooks.posting.queries import document_of
from support.posting_office import TODAY, make_books, make_office
from support.quickbooks_worlds import connect


def test_every_document_of_one_thing_bears_another_marker_and_all_can_be_named_again() -> None:
    one, other = new_id(), new_id()
    assert marker_of(one, earlier=0) == one
    borne = {marker_of(one, earlier=earlier) for earlier in range(5)}
    assert len(borne | {marker_of(other, earlier=1)}) == 6
    assert borne <= markers_of(one, documents=1)
    assert len(markers_of(one, documents=1)) == 1 + REACH


@pytest.mark.django_db
@pytest.mark.one_database
def test_a_second_document_that_the_database_forgot_is_known_again(tmp_path: Path) -> None:
    """Audit 6.3: without a number nothing but the marker tells that it is there; the same of its payment."""
    with make_books(tmp_path / "company.qbsim") as company:
        office = make_office(company, lambda connection: visit(connection, company))
        invoice = create_invoice(
            office.organization,
            by=office.alice,
            date=TODAY,
            number="",
            lines=[NewLine(item=office.items[0], quantity=Decimal(1), rate=Decimal(100))],
            **office.clients[0].target,
        )
        queue_invoice(invoice, by=office.alice)
        take_back(invoice, by=office.alice)
        backup = list(Document.objects.values_list("pk", flat=True))
        queue_invoice(invoice, by=office.alice)
        payment = record_payment(invoice, by=office.alice, amount=Decimal(30), method="check", date=TODAY)
        visit(office.connection, company)

        Document.objects.exclude(pk__in=backup).delete()
        MessageSet.objects.all().delete()
        recovery.doubt_everything()
        office.connection.refresh_from_db()
        queue_invoice(invoice, by=office.alice)
        for _ in range(2):
            visit(office.connection, company)
        assert (len(company.invoices.all()), len(company.payments.all())) == (1, 1)
        assert {document_of(one).state for one in (invoice, payment)} == {Document.State.POSTED}


def visit(connection: Any, company: Company) -> None:
    connect(connection, company).update()
