"""Sending one invoice or many, taking back, choosing the customer, and "Already in QuickBooks"."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from standpipe.core.errors import UserError
from standpipe.core.money import ZERO, money_text
from standpipe.invoices.listing import invoices_asked_for
from standpipe.invoices.models import Invoice
from standpipe.invoices.queries import find_invoice
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.ui.links import org_url
from standpipe.ui.telling import told

from .actions import (
    answer_first_send,
    has_first_send_question,
    mark_already,
    mark_many,
    queue_invoice,
    queue_invoices,
    release,
    take_back,
    unmark_already,
)
from .checklist import checklists_of
from .forms import AlreadyForm, FirstSendForm
from .models import Document
from .plan import choose_customer, plan_for, plans_of
from .queries import document_of, documents_of
from .sections import STATUS, status

NOTHING_NEW = 204
REASONS = 5  # why some of many stay as they are
NAMED = 12  # numbers in one line of a question
TOO_MANY_NAMES = 200  # rows on the page that says what became of many; more are counted


def _page(request: MemberRequest, invoice: Invoice) -> str:
    return f"{org_url(request, 'invoices:detail', invoice.pk)}#{STATUS}"


@in_organization()
@require_safe
def invoice_status(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """The section alone, for the page that follows along; nothing (204) while it would say what is there already."""
    invoice = find_invoice(request.organization, invoice_id)
    if not request.htmx:
        return redirect(_page(request, invoice))
    context = status(request, invoice)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=NOTHING_NEW)
    if not context["is_moving"]:
        return HttpResponseClientRefresh()  # it has arrived, or come back: buttons, payments and locks follow
    return render(request, "quickbooks/posting/_status_update.html", context)


# Sending


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def send(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """Does “Send to QBD”; the first time of a company file it asks which old invoices stay out."""
    invoice = find_invoice(request.organization, invoice_id)
    if question := _first_send(request, [invoice]):
        return question
    try:
        document = queue_invoice(invoice, by=request.person)
    except UserError as refusal:
        messages.error(request, f"Not sent. {refusal}")
    else:
        messages.success(
            request, f"{invoice.label} waits for QuickBooks. It goes to “{document.customer_name}” at the next visit."
        )
    return redirect(_page(request, invoice))


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def send_many(request: MemberRequest) -> HttpResponseBase:
    """The ticked invoices: those that are ready wait now, the others are named with what is missing."""
    invoices = _selected(request)
    if not invoices:
        messages.warning(request, "Select at least one invoice.")
        return redirect(_list(request))
    if question := _first_send(request, invoices):
        return question
    queued = queue_invoices(invoices, by=request.person)
    refused = [
        {"invoice": invoice, "refusal": refusal, "line": refusal.checklist.first}
        for invoice in invoices
        if (refusal := queued.refused.get(invoice.pk)) is not None
    ]
    context = {
        "sent": [invoice for invoice in invoices if invoice.pk in queued.documents][:TOO_MANY_NAMES],
        "sent_count": len(queued.documents),
        "refused": refused[:TOO_MANY_NAMES],
        "refused_count": len(refused),
        "list_url": _list(request),
    }
    return render(request, "quickbooks/posting/sent.html", context)


def _selected(request: MemberRequest) -> list[Invoice]:
    """The ticked rows, or everything that the list showed."""
    if request.POST.get("everything"):
        return list(invoices_asked_for(request).page.paginator.object_list)
    ids = [one for one in request.POST.getlist("ids") if _is_id(one)]
    found = Invoice.objects.filter(organization=request.organization, pk__in=ids)
    return list(found.select_related("organization", "account", "building").order_by("-date", "-id"))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _list(request: MemberRequest) -> str:
    page = org_url(request, "invoices:list")
    return f"{page}?{request.GET.urlencode()}" if request.GET else page


def _first_send(request: MemberRequest, invoices: Sequence[Invoice]) -> HttpResponse | None:
    """The question of a company file's first sending; ``None`` where it was answered, now or before."""
    connection = _connection_to_ask(invoices)
    if connection is None:
        return None
    form = FirstSendForm(request.POST if "leave_out_before" in request.POST else None)
    if form.is_valid():
        answer_first_send(connection, leave_out_before=form.cleaned_data["leave_out_before"], by=request.person)
        return None
    one = invoices[0] if len(invoices) == 1 else None
    context: dict[str, Any] = {
        "form": form,
        "connection": connection,
        "invoice": one,
        "count": len(invoices),
        "ids": [invoice.pk for invoice in invoices],
        "cancel_url": _page(request, one) if one else _list(request),
        "oldest": min(invoice.date for invoice in invoices),
    }
    return render(request, "quickbooks/posting/first_send.html", context)


def _connection_to_ask(invoices: Sequence[Invoice]) -> Connection | None:
    """Only where something would really go: nobody is asked about what cannot be sent anyway."""
    plans = plans_of(invoices)
    asked = {plan.connection.pk: plan.connection for plan in plans.values() if plan.connection}
    for connection in asked.values():
        if not has_first_send_question(connection):
            continue
        there = [
            invoice for invoice in invoices if (found := plans[invoice.pk].connection) and found.pk == connection.pk
        ]
        if any(checklist.is_ready for checklist in checklists_of(there).values()):
            return connection
    return None


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def take_back_one(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    invoice = find_invoice(request.organization, invoice_id)
    with told(request, done=f"{invoice.label} is taken back. Nothing was sent; it can be edited again."):
        take_back(invoice, by=request.person)
    return redirect(_page(request, invoice))


_NOT_THERE = ("It is not in QuickBooks any more.",)
_VOID = (
    "It is void in QuickBooks: it stays there with all amounts at zero, and keeps its number.",
    "To send it again, give it another number here first.",
)


@in_organization(Permission.SEND_AND_RECORD)
def release_one(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """Says what happens, and does it on POST."""
    invoice = find_invoice(request.organization, invoice_id)
    here = _page(request, invoice)
    document = document_of(invoice)
    is_void = document is not None and document.gone_because == "void"
    if request.method == "POST":
        with told(request, done=f"{invoice.label} counts as not sent. It can be edited and sent again."):
            release(invoice, by=request.person)
        return redirect(here)
    context = {
        "title": f"Take {invoice.label} off?",
        "lines": [
            *(_VOID if is_void else _NOT_THERE),
            "Here it then counts as not sent.",
            "It is not sent by itself: somebody has to press “Send to QBD” again.",
            "Its payments here stay as they are.",
        ],
        "submit": "Take it off",
        "cancel_url": here,
    }
    return render(request, "ui/confirm.html", context)


# Where it goes


@in_organization(Permission.SEND_AND_RECORD)
def choose(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """A person picks the customer of one invoice, and whose billing address it bears."""
    invoice = find_invoice(request.organization, invoice_id)
    error = ""
    if request.method == "POST":
        try:
            choose_customer(
                invoice,
                list_id=request.POST.get("list_id", ""),
                by=request.person,
                send_bill_to=request.POST.get("bill_to") == "ours",
            )
        except UserError as refusal:
            error = str(refusal)
        else:
            plan = plan_for(invoice)
            if plan.customer_name:
                messages.success(request, f"{invoice.label} will be posted to “{plan.customer_name}”.")
            return redirect(_page(request, invoice))
    plan = plan_for(invoice)
    context = {
        "invoice": invoice,
        "plan": plan,
        "by_rule": "" if plan.why == "chosen" else plan.customer_list_id,
        "error": error,
        "page_url": _page(request, invoice),
    }
    return render(request, "quickbooks/posting/choose_customer.html", context)


# Already in QuickBooks


@in_organization(Permission.SEND_AND_RECORD)
def mark_one(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """Somebody entered it in QuickBooks by hand; POST marks it."""
    invoice = find_invoice(request.organization, invoice_id)
    here = _page(request, invoice)
    document = document_of(invoice)
    known = document.number if document else ""
    form = AlreadyForm(request.POST or None, initial={"number": known or invoice.number})
    if request.method == "POST" and form.is_valid():
        number, txn_id = form.cleaned_data["number"], _txn_id(request, document)
        try:
            _refuse_no_answer(document, number=number, txn_id=txn_id)
            mark_already(invoice, by=request.person, number=number, txn_id=txn_id)
        except UserError as refusal:
            form.add_error("number" if refusal.field else None, str(refusal))
        else:
            messages.success(request, f"{invoice.label} is marked as already in QuickBooks. It is never sent.")
            return redirect(here)
    context = {
        "form": form,
        "invoice": invoice,
        "candidates": document.candidates if document else [],
        "page_url": here,
    }
    return render(request, "quickbooks/posting/mark.html", context)


def _refuse_no_answer(document: Document | None, *, number: str, txn_id: str) -> None:
    """It is marked, and the question is which one of its number it is: none of them bears another number."""
    is_asked = document is not None and document.state == Document.State.ALREADY and not document.txn_id
    if is_asked and document is not None and document.candidates and not txn_id and number == document.number:
        raise UserError("Choose the one that it is, or give another number.", code="invalid_choice", field="number")


def _txn_id(request: MemberRequest, document: Any) -> str:
    """One of those that were found in QuickBooks, if the person pressed it."""
    asked = request.POST.get("txn_id", "")
    known = {str(one.get("txn_id", "")) for one in (document.candidates if document else [])}
    return asked if asked in known else ""


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def unmark_one(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    invoice = find_invoice(request.organization, invoice_id)
    unmark_already(invoice, by=request.person)
    messages.success(request, f"{invoice.label} is not marked any more. It counts as not sent.")
    return redirect(_page(request, invoice))


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def mark_several(request: MemberRequest) -> HttpResponseBase:
    """Asks first; marks on the second POST."""
    invoices = _selected(request)
    if not invoices:
        messages.warning(request, "Select at least one invoice.")
        return redirect(_list(request))
    if request.POST.get("confirmed"):
        marked = mark_many(invoices, by=request.person)
        reasons = Counter(str(refusal) for refusal in marked.values() if refusal is not None)
        if good := len(marked) - reasons.total():
            messages.success(request, f"{_count(good)} marked as already in QuickBooks.")
        for reason, number in reasons.most_common(REASONS):
            messages.warning(request, f"{_count(number)} {'stays' if number == 1 else 'stay'} not marked: {reason}")
        return redirect(_list(request))
    context = {
        "title": f"Mark {_count(len(invoices))} as already in QuickBooks?",
        "lines": [
            f"{_named(invoices)}: {money_text(_together(invoices), request.organization.currency)} in all.",
            "Do this for what somebody entered in QuickBooks by hand.",
            "They are never sent from here. Each can be unmarked on its page.",
            *_staying(invoices),
            "Nothing changes in QuickBooks.",
        ],
        "submit": "Already in QuickBooks",
        "kept": [("confirmed", "yes"), *(("ids", invoice.pk) for invoice in invoices)],
        "cancel_url": _list(request),
    }
    return render(request, "ui/confirm.html", context)


def _named(invoices: Sequence[Invoice]) -> str:
    """Which ones, as far as a line holds them."""
    names = [invoice.number or "one without a number" for invoice in invoices[:NAMED]]
    more = len(invoices) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _staying(invoices: Sequence[Invoice]) -> list[str]:
    left = (Document.State.SENDING, Document.State.POSTED)
    count = sum(one.state in left for one in documents_of(invoices).values())
    if not count:
        return []
    words = "was sent from here and stays as it is" if count == 1 else "were sent from here and stay as they are"
    return [f"{_count(count)} {words}."]


def _together(invoices: Sequence[Invoice]) -> Decimal:
    return sum((one.total for one in invoices), ZERO)


def _count(number: int) -> str:
    return f"{number:,} invoice{'' if number == 1 else 's'}"
