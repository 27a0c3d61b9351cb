"""Payments, at ``/payments`` and at their invoices."""

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812  # "date" is the payment's
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import StringConstraints

from standpipe.core.errors import UserError
from standpipe.invoices.models import Invoice
from standpipe.invoices.queries import find_invoice
from standpipe.organizations.models import Person
from standpipe.organizations.permissions import Permission
from standpipe.payments.actions import edit_payment, record_payment, restore_payment, take_back_payment
from standpipe.payments.models import Payment
from standpipe.payments.queries import find_payment, payment_json, payments_of
from standpipe.quickbooks.posting.checking import request_check
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.payment_actions import (
    entered_already,
    keep_waiting,
    not_there_after_all,
    send_again,
    send_what_is_open,
)
from standpipe.quickbooks.posting.payment_standing import payment_quickbooks
from standpipe.quickbooks.posting.queries import document_of, documents_of, short_json
from standpipe.quickbooks.posting.repairing import recognise, send_anew, try_again

from .auth import caller
from .changing import change
from .pages import Limit, PageOf, page_of
from .schemas import Input

router = Router(tags=["Payments"])

PaymentMethod = Literal["credit_card", "ach_echeck", "check", "cash"]
Reference = Annotated[str, StringConstraints(max_length=20)]
Notes = Annotated[str, StringConstraints(max_length=4095)]


class PaymentIn(Input):
    """Without ``amount`` all that is due is paid; without ``date`` it was today."""

    amount: Decimal | None = None
    method: PaymentMethod
    reference_number: Reference = ""
    date: Date | None = None
    notes: Notes = ""


class PaymentPatch(Input):
    amount: Decimal = Decimal(0)
    method: PaymentMethod = "check"
    reference_number: Reference = ""
    date: Date = Date.min
    notes: Notes = ""
    archived: bool = False


class AnswerIn(Input):
    """What a person knows of a payment and QuickBooks.

    ``already``: it was entered there, as ``txn_id``; left out: the one of ``candidates`` that it plainly is, 409
    where several may be it; empty: none of them; ``not_there``: it was not, after all, or somebody looked for a lost
    one, it is not there, and goes; ``send_open``: it is another one, and goes; where QuickBooks shows less open, it
    becomes that much; ``keep_waiting``; ``send_again``: it was deleted there; ``retry``: send a refused one again, or
    end its pause; ``this_one``: it is the one of ``candidates`` with ``txn_id``; ``read_again``: read from QuickBooks
    at the next visit.
    """

    answer: Literal[
        "already", "not_there", "send_open", "keep_waiting", "send_again", "retry", "this_one", "read_again"
    ]
    txn_id: Annotated[str, StringConstraints(max_length=36)] | None = None


@router.post("/invoices/{invoice_id}/payments", response={201: dict[str, Any]}, summary="Record a payment")
def add_payment(request: HttpRequest, invoice_id: str, payload: PaymentIn) -> Status[dict[str, Any]]:
    """More than is due is refused with ``overpaid``. Payments of an invoice that is in QuickBooks follow it there."""
    membership = caller(request, Permission.SEND_AND_RECORD)
    payment = record_payment(
        find_invoice(membership.organization, invoice_id),
        by=membership.person,
        amount=payload.amount,
        method=payload.method,
        reference_number=payload.reference_number,
        date=payload.date,
        notes=payload.notes,
    )
    return Status(201, _one(payment))


@router.get("/invoices/{invoice_id}/payments", response=PageOf, summary="List the payments of an invoice")
def list_payments_of_invoice(
    request: HttpRequest,
    invoice_id: str,
    archived: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    organization = caller(request).organization
    rows = payments_of(organization, archived=archived, invoice=find_invoice(organization, invoice_id))
    return page_of(rows, order=("date", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.get("/payments", response=PageOf, summary="List payments")
def list_payments(
    request: HttpRequest,
    search: str = "",
    invoice_id: str | None = None,
    method: PaymentMethod | None = None,
    source: Literal["here", "quickbooks"] | None = None,
    archived: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The oldest first. ``source``: where they were entered."""
    organization = caller(request).organization
    invoice: Invoice | None = None if invoice_id is None else find_invoice(organization, invoice_id)
    rows = payments_of(organization, search=search, archived=archived, invoice=invoice)
    if method is not None:
        rows = rows.filter(method=method)
    if source is not None:
        rows = rows.filter(source=source)
    return page_of(rows, order=("date", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.get("/payments/{payment_id}", response=dict[str, Any], summary="One payment")
def get_payment(request: HttpRequest, payment_id: str) -> dict[str, Any]:
    return _one(find_payment(caller(request).organization, payment_id))


@router.patch("/payments/{payment_id}", response=dict[str, Any], summary="Change a payment, or bring it back")
def change_payment(request: HttpRequest, payment_id: str, payload: PaymentPatch) -> dict[str, Any]:
    """What was sent does not change in QuickBooks; ``quickbooks.differences`` says what stands otherwise there."""
    membership = caller(request, Permission.SEND_AND_RECORD)
    payment = find_payment(membership.organization, payment_id)
    change(
        payment,
        payload.changes(),
        by=membership.person,
        edit=edit_payment,
        archive=take_back_payment,
        restore=restore_payment,
    )
    return _one(find_payment(membership.organization, payment_id))


@router.delete("/payments/{payment_id}", response={204: None}, summary="Take a payment back")
def remove_payment(request: HttpRequest, payment_id: str) -> Status[None]:
    """It counts no more. One that is in QuickBooks stays there until somebody deletes it there."""
    membership = caller(request, Permission.SEND_AND_RECORD)
    take_back_payment(find_payment(membership.organization, payment_id), by=membership.person)
    return Status(204, None)


@router.get("/payments/{payment_id}/quickbooks", response=dict[str, Any], summary="A payment and QuickBooks")
def get_payment_quickbooks(request: HttpRequest, payment_id: str) -> dict[str, Any]:
    """Where it is, the one sentence, what hinders it, and what stands otherwise there."""
    return payment_quickbooks(find_payment(caller(request).organization, payment_id))


@router.post(
    "/payments/{payment_id}/quickbooks", response=dict[str, Any], summary="Answer what QuickBooks leaves open"
)
def answer_for_payment(request: HttpRequest, payment_id: str, payload: AnswerIn) -> dict[str, Any]:
    membership = caller(request, Permission.SEND_AND_RECORD)
    payment, by = find_payment(membership.organization, payment_id), membership.person
    match payload.answer:
        case "already":
            entered_already(payment, by=by, txn_id=payload.txn_id, number=payment.reference_number)
        case "not_there" if _is_marked(payment):
            not_there_after_all(payment, by=by)
        case "send_open":
            send_what_is_open(payment, by=by)
        case "keep_waiting":
            keep_waiting(payment, by=by)
        case "send_again":
            send_again(payment, by=by)
        case _:
            _answer_refusal(payment, payload, by=by)
    return payment_quickbooks(find_payment(membership.organization, payment_id))


def _is_marked(payment: Payment) -> bool:
    document = document_of(payment)
    return document is None or document.state == Document.State.ALREADY


def _answer_refusal(payment: Payment, payload: AnswerIn, *, by: Person) -> None:
    document = document_of(payment)
    if document is None:
        raise UserError("It was not sent, so there is nothing to answer.", code="not_sent")
    match payload.answer:
        case "retry":
            try_again(document, by=by)
        case "this_one":
            recognise(document, txn_id=payload.txn_id or "", by=by)
        case "not_there":
            send_anew(document, by=by)
        case "read_again":
            request_check(document.connection, by=by)


def _one(payment: Payment) -> dict[str, Any]:
    return payment_json(payment, quickbooks=payment_quickbooks(payment))


def _many(payments: Sequence[Payment]) -> list[dict[str, Any]]:
    documents = documents_of(payments)
    return [payment_json(row, quickbooks=short_json(documents.get(row.pk))) for row in payments]
