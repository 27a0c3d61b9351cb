"""Invoices on their way to QuickBooks: where each goes and why, what is missing, sending and taking back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from standpipe.core.errors import UserError
from standpipe.invoices.models import Invoice
from standpipe.invoices.queries import find_invoice, find_invoices
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.posting.actions import (
    NotReady,
    answer_first_send,
    mark_already,
    mark_many,
    queue_invoice,
    queue_invoices,
    release,
    take_back,
    unmark_already,
)
from standpipe.quickbooks.posting.checking import request_check
from standpipe.quickbooks.posting.plan import choose_customer
from standpipe.quickbooks.posting.queries import document_of, invoice_quickbooks
from standpipe.quickbooks.posting.repairing import recognise, send_anew, try_again
from standpipe.quickbooks.posting.settings import settings_of

from .auth import caller
from .problems import problem
from .schemas import AlreadyIn, FirstSendIn, InvoiceAnswerIn, InvoicesIn, PostToIn

router = Router(tags=["Sending"])

_SEND = Permission.SEND_AND_RECORD


@router.get("/invoices/{invoice_id}/quickbooks", response=dict[str, Any], summary="Where an invoice is, and why")
def quickbooks(request: HttpRequest, invoice_id: str) -> dict[str, Any]:
    """State, TxnID, where it posts and why, the checklist and its one sentence, what was changed here since."""
    return invoice_quickbooks(find_invoice(caller(request).organization, invoice_id))


@router.patch("/invoices/{invoice_id}/quickbooks", response=dict[str, Any], summary="Choose where it is posted")
def post_to(request: HttpRequest, invoice_id: str, payload: PostToIn) -> dict[str, Any]:
    """``list_id`` is one of the ``choices``; empty: as the links and the settings say."""
    membership = caller(request, _SEND)
    invoice = find_invoice(membership.organization, invoice_id)
    choose_customer(invoice, list_id=payload.list_id, by=membership.person, send_bill_to=payload.send_bill_to)
    return invoice_quickbooks(invoice)


@router.post(
    "/invoices/{invoice_id}/send-to-quickbooks",
    response={202: dict[str, Any]},
    summary="Send an invoice to QuickBooks",
)
def send(request: HttpRequest, invoice_id: str) -> Status[dict[str, Any]] | HttpResponse:
    """202: it waits for the next visit. 409 with the checklist: something is missing, or it was sent before."""
    membership = caller(request, _SEND)
    invoice = find_invoice(membership.organization, invoice_id)
    try:
        queue_invoice(invoice, by=membership.person)
    except NotReady as refusal:
        return _not_ready(refusal)
    return Status(202, invoice_quickbooks(invoice))


@router.post(
    "/invoices/send-to-quickbooks", response={202: dict[str, Any]}, summary="Send many invoices to QuickBooks"
)
def send_many(request: HttpRequest, payload: InvoicesIn) -> Status[dict[str, Any]]:
    """Each that is ready waits; the others come back with what is missing."""
    membership = caller(request, _SEND)
    queued = queue_invoices(find_invoices(membership.organization, payload.invoice_ids), by=membership.person)
    refused = [
        _told(key, refusal) | {"checklist": refusal.checklist.to_json()} for key, refusal in queued.refused.items()
    ]
    return Status(202, {"sent": [str(key) for key in queued.documents], "refused": refused})


@router.post(
    "/invoices/{invoice_id}/take-back", response={202: dict[str, Any]}, summary="Take a waiting invoice back"
)
def take_back_one(request: HttpRequest, invoice_id: str) -> Status[dict[str, Any]] | HttpResponse:
    """202: it is not sent. 409 with the checklist: it is on the wire, or in QuickBooks."""
    membership = caller(request, _SEND)
    invoice = find_invoice(membership.organization, invoice_id)
    try:
        take_back(invoice, by=membership.person)
    except UserError as refusal:
        return _refused(refusal, checklist=invoice_quickbooks(invoice)["checklist"])
    return Status(202, invoice_quickbooks(invoice))


@router.post("/invoices/take-back", response={202: dict[str, Any]}, summary="Take many waiting invoices back")
def take_back_many(request: HttpRequest, payload: InvoicesIn) -> Status[dict[str, Any]]:
    """Each that waits; those that are on the wire or in QuickBooks come back with the reason."""
    membership = caller(request, _SEND)
    taken: dict[UUID, UserError | None] = {}
    for invoice in find_invoices(membership.organization, payload.invoice_ids):
        try:
            take_back(invoice, by=membership.person)
            taken[invoice.pk] = None
        except UserError as refusal:
            taken[invoice.pk] = refusal
    return Status(202, _done(taken, word="taken_back"))


@router.post(
    "/invoices/already-in-quickbooks",
    response={201: dict[str, Any]},
    summary="Say that many are in QuickBooks already",
)
def mark_several(request: HttpRequest, payload: InvoicesIn) -> Status[dict[str, Any]]:
    """Each under its own number; what was marked before stays as it was. Those that were sent come back refused."""
    membership = caller(request, _SEND)
    marked = mark_many(find_invoices(membership.organization, payload.invoice_ids), by=membership.person)
    return Status(201, _done(marked, word="marked"))


@router.post(
    "/connections/{connection_id}/first-send",
    response=dict[str, Any],
    summary="Answer which invoices the first sending leaves out",
)
def first_send(request: HttpRequest, connection_id: str, payload: FirstSendIn) -> dict[str, Any]:
    """People are not asked any more. Invoices dated before stay out; later ``posting`` in the settings changes it."""
    membership = caller(request, _SEND)
    connection = find_connection(membership.organization, connection_id)
    answer_first_send(connection, leave_out_before=payload.leave_out_before, by=membership.person)
    settings = settings_of(connection)
    return {"leave_out_before": settings.leave_out_before, "first_send_asked": settings.first_send_asked}


@router.post(
    "/invoices/{invoice_id}/quickbooks", response={202: dict[str, Any]}, summary="Answer what QuickBooks leaves open"
)
def answer(request: HttpRequest, invoice_id: str, payload: InvoiceAnswerIn) -> Status[dict[str, Any]] | HttpResponse:
    membership = caller(request, _SEND)
    invoice, by = find_invoice(membership.organization, invoice_id), membership.person
    document = document_of(invoice)
    if document is None:
        raise UserError("It was not sent, so there is nothing to answer.", code="not_sent")
    try:
        match payload.answer:
            case "retry":
                try_again(document, by=by)
            case "this_one":
                recognise(document, txn_id=payload.txn_id, by=by)
            case "not_there":
                send_anew(document, by=by)
            case "release":
                release(invoice, by=by)
            case "read_again":
                request_check(document.connection, by=by)
    except NotReady as refusal:
        return _not_ready(refusal)
    return Status(202, invoice_quickbooks(invoice))


@router.post(
    "/invoices/{invoice_id}/already-in-quickbooks",
    response={201: dict[str, Any]},
    summary="Say that it is in QuickBooks already",
)
def mark(request: HttpRequest, invoice_id: str, payload: AlreadyIn) -> Status[dict[str, Any]]:
    """It is never sent. ``txn_id`` and ``number`` name the one there, as far as they are known."""
    membership = caller(request, _SEND)
    invoice: Invoice = find_invoice(membership.organization, invoice_id)
    mark_already(invoice, by=membership.person, txn_id=payload.txn_id, number=payload.number)
    return Status(201, invoice_quickbooks(invoice))


@router.delete("/invoices/{invoice_id}/already-in-quickbooks", response={204: None}, summary="Take that mark back")
def unmark(request: HttpRequest, invoice_id: str) -> Status[None]:
    membership = caller(request, _SEND)
    unmark_already(find_invoice(membership.organization, invoice_id), by=membership.person)
    return Status(204, None)


def _done(outcomes: Mapping[UUID, UserError | None], *, word: str) -> dict[str, Any]:
    """What was done under ``word``, and what was not, with the reason."""
    return {
        word: [str(key) for key, refusal in outcomes.items() if refusal is None],
        "refused": [_told(key, refusal) for key, refusal in outcomes.items() if refusal is not None],
    }


def _told(key: UUID, refusal: UserError) -> dict[str, Any]:
    return {"id": str(key), "code": refusal.code, "sentence": str(refusal)}


def _not_ready(refusal: NotReady) -> HttpResponse:
    return _refused(refusal, checklist=refusal.checklist.to_json())


def _refused(refusal: UserError, *, checklist: list[dict[str, Any]]) -> HttpResponse:
    return problem(409, code=refusal.code, title="Not possible now", detail=str(refusal), checklist=checklist)
