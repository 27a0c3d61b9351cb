"""From a document to the message that carries it, and to what stood here at that moment.

Asked when its turn has come: whatever the gate says then holds, and one document that may not leave never holds the
others. What is frozen is never made again; a set that goes out once more goes out as it was.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from qbwire.errors import InvalidMessage
from qbwire.messages import (
    Address,
    InvoiceAdd,
    NewInvoice,
    NewInvoiceLine,
    ReceivePaymentAdd,
    Ref,
    encode_request_set,
    tags_of,
)
from qbwire.messages import Invoice as InvoiceThere
from qbwire.messages import ReceivePayment as PaymentThere
from standpipe.core import addresses
from standpipe.core.errors import UserError
from standpipe.core.money import fine_text
from standpipe.invoices.arithmetic import line_amount
from standpipe.invoices.models import Line
from standpipe.invoices.queries import invoice_json
from standpipe.payments.models import Payment

from . import payments
from .checklist import hindrance_in
from .facts import Books, Facts, facts_of
from .models import Document
from .sets import Add

log = logging.getLogger(__name__)

# What comes back of each: enough to recognise it, and what QuickBooks computed.
INVOICE_TAGS = tags_of(
    InvoiceThere, "txn_id", "time_created", "time_modified", "edit_sequence", "txn_number", "customer",
    "receivable_account", "dated_on", "ref_number", "terms", "due_on", "subtotal", "item_sales_tax",
    "sales_tax_percentage", "sales_tax_total", "applied_amount", "balance_remaining", "memo", "is_paid",
    "external_guid",
)  # fmt: skip
PAYMENT_TAGS = tags_of(
    PaymentThere, "txn_id", "time_created", "time_modified", "edit_sequence", "txn_number", "customer", "dated_on",
    "ref_number", "total_amount", "payment_method", "memo", "deposit_account", "unused_payment", "external_guid",
    "applied_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frozen:
    """What leaves, and what stood here then, in the shape of the API."""

    document: Document
    add: Add
    stood: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a document cannot leave; a person has to act."""

    document: Document
    code: str
    text: str


def freeze(documents: Sequence[Document], *, version: str = "13.0") -> list[Frozen | Unfit]:
    """Each document's message, in their order. All of one connection; ``version``: of qbXML, as spoken."""
    try:
        with transaction.atomic():
            return _freeze(documents, marks=_knows_markers(version))
    except Exception as error:  # a bug of ours in one document must not hold the others
        if len(documents) == 1:
            log.exception("document cannot be frozen", extra={"document": str(documents[0].pk)})
            return [Unfit(documents[0], "our_fault", f"{type(error).__name__}: {error}")]
        return [one for document in documents for one in freeze([document], version=version)]


def _freeze(documents: Sequence[Document], *, marks: bool) -> list[Frozen | Unfit]:
    facts = facts_of(document.invoice for document in documents if document.invoice is not None)
    paying = [document for document in documents if document.payment is not None]
    known = payments.surroundings_of(paying[0].connection, paying) if paying else None
    return [
        _of_invoice(document, facts[document.invoice.pk], marks=marks)
        if document.invoice is not None
        else _payment(document, known=known, marks=marks)
        for document in documents
    ]


def _of_invoice(document: Document, facts: Facts, *, marks: bool) -> Frozen | Unfit:
    if (line := hindrance_in(facts)) is not None:
        return Unfit(document, "not_ready", line.text)
    if _lacks_tax_code(facts):
        return Unfit(document, "tax_missing", NO_TAX_CODE)
    return _checked(_invoice(document, facts, marks=marks))


NO_TAX_CODE = "QuickBooks Desktop settings do not say which sales tax code is taxable, and which is not."


def _lacks_tax_code(facts: Facts) -> bool:
    """Without a code QuickBooks takes the item's own, and taxes what is not taxed here."""
    books = _books(facts)
    lines = [line for line in facts.lines if line.amount is not None or line.item_id is not None]
    return books.uses_sales_tax and any(_tax_code(line, facts) is None for line in lines)


def _knows_markers(version: str) -> bool:
    """ExternalGUID on transactions came with qbXML 9.0; below it an Add that bears one could not be read."""
    return int(version.partition(".")[0]) >= 9


def _marker(document: Document, *, marks: bool) -> str | None:
    return f"{{{document.marker}}}" if marks else None


def _checked(frozen: Frozen) -> Frozen | Unfit:
    """One message that breaks its declaration would cost the whole set: QuickBooks would not say which one."""
    try:
        encode_request_set([("1", frozen.add)])
    except InvalidMessage as invalid:
        return Unfit(frozen.document, "out_of_range", f"{invalid.path}: {invalid.reason}")
    return frozen


# --- invoices


def _invoice(document: Document, facts: Facts, *, marks: bool) -> Frozen:
    invoice, texts, books = facts.invoice, facts.texts, _books(facts)
    message = NewInvoice(
        customer=Ref(list_id=document.customer_list_id),
        dated_on=invoice.date,
        ref_number=texts.number or None,
        bill_address=_address(texts.bill_to),
        ship_address=_address(texts.ship_to),
        terms=Ref(list_id=facts.terms.link.list_id) if facts.terms else None,
        due_on=invoice.due_date,
        item_sales_tax=_sales_tax(facts),
        memo=texts.memo or None,
        customer_sales_tax_code=_customer_code(facts),
        external_guid=_marker(document, marks=marks),
        lines=(*_lines(facts), *_tax_line(facts, books)),
    )
    return Frozen(
        document,
        InvoiceAdd(invoice=message, include_ret_element=INVOICE_TAGS),
        invoice_json(invoice, lines=facts.lines),
    )


def _books(facts: Facts) -> Books:
    assert facts.books is not None  # a document has a connection  # noqa: S101
    return facts.books


def _taxes_by_line(books: Books) -> bool:
    return books.settings.tax_as == "line"


def _sales_tax(facts: Facts) -> Ref | None:
    books = _books(facts)
    if _taxes_by_line(books) or not books.uses_sales_tax or facts.sales_tax is None:
        return None
    return Ref(list_id=facts.sales_tax.link.list_id)


def _customer_code(facts: Facts) -> Ref | None:
    """Always said as well: a customer whose own code in QuickBooks is "Non" would take the tax off every line."""
    books = _books(facts)
    if not books.uses_sales_tax:
        return None
    is_taxed = not _taxes_by_line(books) and facts.invoice.sales_tax_id is not None
    code = books.settings.taxable_code if is_taxed else books.settings.nontaxable_code
    return Ref(list_id=code) if code else None


def _lines(facts: Facts) -> Iterable[NewInvoiceLine]:
    for line, description in zip(facts.lines, facts.texts.descriptions, strict=True):
        if line.amount is None and line.item_id is None:
            yield NewInvoiceLine(description=description or " ")
        else:
            yield _line(line, description, facts)


def _line(line: Line, description: str, facts: Facts) -> NewInvoiceLine:
    """Quantity and rate, quantity and amount, or the amount alone: never three that might contradict each other."""
    books = _books(facts)
    tied = facts.items.get(line.item_id) if line.item_id else None
    item = tied.link.list_id if tied else books.settings.default_item
    sent = NewInvoiceLine(
        item=Ref(list_id=item),
        description=description or None,
        quantity=line.quantity,
        sales_tax_code=_tax_code(line, facts),
    )
    if tied and tied.entry and tied.entry.type == "ItemDiscount":
        return replace(sent, quantity=None, amount=line.amount)  # no quantity: the amount is what it takes away
    if line.rate is not None and (line.amount is None or line_amount(line.quantity, line.rate) == line.amount):
        return replace(sent, rate=line.rate)
    return replace(sent, amount=line.amount)


def _tax_code(line: Line, facts: Facts) -> Ref | None:
    """Always said: left out, QuickBooks would take the item's or the customer's own."""
    books = _books(facts)
    if not books.uses_sales_tax:
        return None
    is_taxed = line.is_taxable and facts.invoice.sales_tax_id is not None and not _taxes_by_line(books)
    code = books.settings.taxable_code if is_taxed else books.settings.nontaxable_code
    return Ref(list_id=code) if code else None


def _tax_line(facts: Facts, books: Books) -> Iterable[NewInvoiceLine]:
    if not _taxes_by_line(books) or not facts.invoice.tax_total:
        return
    code = books.settings.nontaxable_code if books.uses_sales_tax else ""
    yield NewInvoiceLine(
        item=Ref(list_id=books.settings.tax_line_item),
        amount=facts.invoice.tax_total,
        sales_tax_code=Ref(list_id=code) if code else None,
    )


def _address(address: addresses.Address | None) -> Address | None:
    if address is None:
        return None
    lines = {f"addr{number}": text for number, text in enumerate(address.lines, start=1)}
    place = {part: getattr(address, part) or None for part in ("city", "state", "postal_code", "country")}
    return Address(**lines, **place)


# --- payments


def _payment(document: Document, *, known: payments.Surroundings | None, marks: bool) -> Frozen | Unfit:
    payment = document.payment
    assert payment is not None  # noqa: S101 - document_is_of_one_thing
    try:
        message = payments.payment_message(document, known=known)
    except UserError as refusal:
        return Unfit(document, refusal.code, str(refusal))
    marked = replace(message, external_guid=_marker(document, marks=marks))
    add = ReceivePaymentAdd(payment=marked, include_ret_element=PAYMENT_TAGS)
    return _checked(Frozen(document, add, payment_stood(payment)))


def payment_stood(payment: Payment) -> dict[str, Any]:
    return {
        "id": str(payment.pk),
        "invoice_id": str(payment.invoice_id),
        "invoice": payment.invoice.number,
        "amount": _money(payment.amount),
        "method": payment.method,
        "reference_number": payment.reference_number,
        "date": payment.date.isoformat(),
        "notes": payment.notes,
    }


def _money(amount: Decimal) -> str:
    return fine_text(amount, places=2)
