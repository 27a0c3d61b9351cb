"""What was changed here after sending."""

from decimal import Decimal

import pytest

from standpipe.invoices.actions import edit_invoice, kept_lines
from standpipe.invoices.lines import NewLine
from standpipe.invoices.models import Invoice
from standpipe.invoices.queries import invoice_json, lines_of
from standpipe.quickbooks.posting.differences import Difference, changes_since
from standpipe.quickbooks.posting.models import Document
from support.invoices import line
from support.ready_books import Books, make_books

pytestmark = pytest.mark.django_db


def changes(books: Books, invoice: Invoice, **edits: object) -> list[Difference]:
    document = Document(frozen=invoice_json(invoice))
    edit_invoice(invoice, by=books.alice, **edits)  # type: ignore[arg-type]
    return changes_since(document, invoice, lines=lines_of(invoice))


def as_new(invoice: Invoice) -> list[NewLine]:
    return [
        NewLine(
            item=kept.item,
            description=kept.description,
            quantity=kept.quantity,
            rate=kept.rate,
            amount=kept.amount,
            is_taxable=kept.is_taxable,
            id=kept.id,
        )
        for kept in kept_lines(invoice)
    ]


def test_nothing_changed_and_nothing_frozen_are_nothing() -> None:
    books = make_books()
    invoice = books.invoice()
    assert changes(books, invoice) == []
    assert changes_since(Document(), invoice, lines=lines_of(invoice)) == []


def test_what_stands_at_the_head_is_named_in_words() -> None:
    books = make_books()
    invoice = books.invoice(number="1042")
    found = changes(books, invoice, number="1043", terms=None, memo="Call first")
    assert [change.words for change in found] == [
        "number “1042” is “1043” now",
        "due date “11 April 2026” is “nothing” now",
        "terms “Net 30” is “nothing” now",
        "memo “nothing” is “Call first” now",
    ]


def test_a_line_that_changed_is_one_difference_and_the_total_follows() -> None:
    books = make_books()
    invoice = books.invoice(sales_tax=None)
    first, second = as_new(invoice)
    dearer = NewLine(
        item=first.item,
        description=first.description,
        quantity=Decimal(3),
        rate=first.rate,
        is_taxable=True,
        id=first.id,
    )
    found = changes(books, invoice, lines=[dearer, second])
    assert [change.words for change in found] == [
        "total “175.50” is “255.50” now",
        "line 1 “Work, 2 × 80.00 = 160.00, taxable” is “Work, 3 × 80.00 = 240.00, taxable” now",
    ]


def test_lines_that_came_and_went_are_told_apart() -> None:
    books = make_books()
    invoice = books.invoice(sales_tax=None)
    first, second = as_new(invoice)
    gone = changes(books, invoice, lines=[first])
    assert [(change.field, change.now) for change in gone] == [("total", "160.00"), ("line 2", "")]
    more = changes(books, invoice, lines=[*as_new(invoice), line("1.00", description="Stamp")])
    assert [(change.field, change.sent, change.now) for change in more][1] == ("line 2", "", "Stamp, 1.00")
    assert second.description == "Travel"
