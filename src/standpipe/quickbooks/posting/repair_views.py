"""The repair buttons of a refused invoice or payment: pressed at once, or asked first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.invoices.queries import find_invoice
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.payments.queries import find_payment
from standpipe.quickbooks.connections.contact import next_contact
from standpipe.ui.links import org_url

from .checking import request_check
from .models import Document
from .repairing import recognise, send_anew, try_again
from .repairs import Refusal, refusal_of
from .sections import STATUS


def _document(request: MemberRequest, document_id: UUID) -> Document:
    """The live document of this organization. Raises ``Document.DoesNotExist``: a page that is not there."""
    found = Document.objects.select_related("organization", "connection", "invoice", "payment__invoice")
    return found.get(organization=request.organization, pk=document_id, ended_at=None)


def _page(request: MemberRequest, document: Document) -> str:
    if document.payment_id:
        return f"{org_url(request, 'payments:detail', document.payment_id)}#{STATUS}"
    return f"{org_url(request, 'invoices:detail', document.invoice_id)}#{STATUS}"


def _name(request: MemberRequest, document: Document) -> str:
    if document.payment_id:
        payment = find_payment(request.organization, document.payment_id)
        return f"The payment for invoice {payment.invoice.number}" if payment.invoice.number else "The payment"
    assert document.invoice_id is not None  # document_is_of_one_thing  # noqa: S101
    return find_invoice(request.organization, document.invoice_id).label


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def try_again_now(request: MemberRequest, document_id: UUID) -> HttpResponseBase:
    document = _document(request, document_id)
    try:
        try_again(document, by=request.person)
    except UserError as refusal:
        messages.error(request, f"Not sent. {refusal}")
    else:
        messages.success(request, f"{_name(request, document)} is sent again. {_when(document)}")
    return redirect(_page(request, document))


def _when(document: Document) -> str:
    connection = document.connection
    return next_contact(connection.last_contact_at, connection.poll_minutes, timezone.now()).words


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def read_again(request: MemberRequest, document_id: UUID) -> HttpResponseBase:
    document = _document(request, document_id)
    request_check(document.connection, by=request.person)
    messages.success(request, f"It is read again from QuickBooks. {_when(document)}")
    return redirect(_page(request, document))


@in_organization(Permission.SEND_AND_RECORD)
def already_there(request: MemberRequest, document_id: UUID) -> HttpResponseBase:
    """Which one of those that were found it is; where none was found, the page asks that marks it."""
    document = _document(request, document_id)
    if not document.candidates:
        page = "quickbooks:payment-already" if document.payment_id else "quickbooks:mark-already"
        return redirect(org_url(request, page, document.payment_id or document.invoice_id))
    error = ""
    if request.method == "POST":
        try:
            recognise(document, txn_id=request.POST.get("txn_id", ""), by=request.person)
        except UserError as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"{_name(request, document)} is in QuickBooks. It is not sent again.")
            return redirect(_page(request, document))
    context = _context(request, document) | {
        "error": error,
        "ours": document.invoice or document.payment,
        "total": _total(document),
        "candidates": [_found(one, document) for one in document.candidates],
    }
    return render(request, "quickbooks/posting/already_there.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One that QuickBooks has, and in what it is not like ours: whoever takes the wrong one loses an invoice."""

    txn_id: str
    number: str
    total: Decimal | None
    customer_name: str
    date: date | None
    differs: tuple[str, ...]


def _total(document: Document) -> Decimal:
    if document.payment is not None:
        return Decimal(document.payment.amount)
    assert document.invoice is not None  # document_is_of_one_thing  # noqa: S101
    return Decimal(document.invoice.total)


def _found(candidate: Mapping[str, Any], document: Document) -> Found:
    total, on = candidate.get("total"), candidate.get("date")
    return Found(
        txn_id=str(candidate.get("txn_id", "")),
        number=str(candidate.get("number") or ""),
        total=None if total is None else Decimal(str(total)),
        customer_name=str(candidate.get("customer_name") or ""),
        date=date.fromisoformat(str(on)) if on else None,
        differs=tuple(_differences(candidate, document)),
    )


def _differences(candidate: Mapping[str, Any], document: Document) -> Iterator[str]:
    name, total = candidate.get("customer_name"), candidate.get("total")
    if name and document.customer_name and name != document.customer_name:
        yield "another customer"
    if total is not None and Decimal(str(total)) != _total(document):
        yield "another amount"


@in_organization(Permission.SEND_AND_RECORD)
def send_once_more(request: MemberRequest, document_id: UUID) -> HttpResponseBase:
    """Asks first: if the answer is wrong, it is in QuickBooks twice."""
    document = _document(request, document_id)
    if request.method == "POST":
        try:
            send_anew(document, by=request.person)
        except UserError as refusal:
            messages.error(request, f"Not sent. {refusal}")
        else:
            messages.success(request, f"{_name(request, document)} is sent again. {_when(document)}")
        return redirect(_page(request, document))
    context = {
        "title": f"Is {_name(request, document)} really not in QuickBooks?",
        "lines": [
            f"Look in QuickBooks under “{document.customer_name}” first.",
            "If it is there after all, it will be there twice, and one of the two has to be voided by hand.",
            "Its number is looked for once more just before it is posted.",
        ],
        "submit": "It is not in QuickBooks: send it",
        "cancel_url": _page(request, document),
        "belongs_to": _page(request, document),
        "danger": True,
    }
    return render(request, "ui/confirm.html", context)


@in_organization()
@require_safe
def report(request: MemberRequest, document_id: UUID) -> HttpResponseBase:
    """What support has to know, to be copied. Names of customers and amounts are not in it."""
    document = _document(request, document_id)
    context = _context(request, document) | {"facts": facts_for_support(document)}
    return render(request, "quickbooks/posting/report.html", context)


def facts_for_support(document: Document) -> list[tuple[str, str]]:
    connection, problem = document.connection, document.problem or {}
    return [
        ("Answer", str(problem.get("code") or document.gone_because or "none")),
        ("QuickBooks’ words", str(problem.get("text", ""))),
        ("When", str(problem.get("at", ""))),
        ("What", f"{'payment' if document.payment_id else 'invoice'} {document.pk}"),
        ("Attempts", str(document.attempts)),
        ("Message set", document.message_set.set_id if document.message_set else ""),
        ("QuickBooks", connection.product_name),
        ("qbXML", connection.qbxml_version),
        ("Web Connector", connection.connector_version),
        ("Standpipe", version("standpipe")),
    ]


def _context(request: MemberRequest, document: Document) -> dict[str, Any]:
    refusal: Refusal | None = refusal_of(document, request.organization.slug)
    return {
        "document": document,
        "refusal": refusal,
        "name": _name(request, document),
        "page_url": _page(request, document),
        "belongs_to": _page(request, document),
        "list_url": org_url(request, "payments:list" if document.payment_id else "invoices:list"),
        "list_name": "Payments" if document.payment_id else "Invoices",
    }
