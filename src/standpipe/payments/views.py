"""The pages of payments: the list, one payment, and "Record payment" on an invoice."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.core.money import money_text, read_number
from standpipe.invoices.models import Invoice
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.editing import show_refusal
from standpipe.ui.links import org_url
from standpipe.ui.lists import Sort, list_page
from standpipe.ui.registry import Filter
from standpipe.ui.telling import told

from .actions import edit_payment, record_payment, restore_payment, take_back_payment, today_of
from .forms import PaymentForm
from .guards import why_locked
from .models import Method, Payment
from .queries import find_payment, others_due, payments_of

_SORTS = (
    Sort(key="date", fields=("-date", "-id")),
    Sort(key="amount", fields=("amount", "id")),
    Sort(key="invoice", fields=("invoice__number", "date", "id")),
)
OTHERS_SHOWN = 3  # other invoices that the rest of an overpayment may belong to


def _by_method(payments: QuerySet[Payment], value: str) -> QuerySet[Payment]:
    return payments.filter(method=value)


def _by_source(payments: QuerySet[Payment], value: str) -> QuerySet[Payment]:
    return payments.filter(source=value)


_FILTERS = (
    Filter(key="method", label="Method", choices=[("", "Any method"), *Method.choices], apply=_by_method),
    Filter(
        key="source", label="Entered", choices=[("", "Entered anywhere"), *Payment.Source.choices], apply=_by_source
    ),
    Filter(
        key="archived",
        label="Show",
        choices=[("", "Those that count"), ("yes", "Taken back")],
        apply=lambda rows, _: rows,
    ),
)


@in_organization()
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    taken_back = request.GET.get("archived") == "yes"
    payments = payments_of(request.organization, search=request.GET.get("search", ""), archived=taken_back)
    listing = list_page(
        request,
        payments,
        list_name="payments",
        nouns=("payment", "payments"),
        sorts=_SORTS,
        filters=_FILTERS,
    )
    return render(request, "payments/list.html", {"listing": listing})


@in_organization()
@require_safe
def detail(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    payment = find_payment(request.organization, payment_id)
    is_ours = payment.source == Payment.Source.HERE
    return render(
        request, "payments/detail.html", {"payment": payment, "is_ours": is_ours, "locked": why_locked(payment)}
    )


@in_organization(Permission.SEND_AND_RECORD)
def add(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """The amount stands at all that is due; ``show`` says what remains of another, ``instead`` takes a proposal."""
    invoice = _invoice(request, invoice_id)
    data = _data(request)
    initial = PaymentForm.initial_for(due=invoice.balance_due, today=today_of(request.organization))
    form = PaymentForm(data, initial=initial) if data else PaymentForm(initial=initial | request.POST.dict())
    error: UserError | None = None
    if data and form.is_valid():
        try:
            payment = record_payment(
                invoice, by=request.person, seen_due=form.cleaned_data["seen_due"], **form.values
            )
        except UserError as refusal:
            error = refusal
            _show(form, error=refusal, due=_invoice(request, invoice_id).balance_due)
        else:
            messages.success(request, _recorded(payment))
            return redirect(org_url(request, "invoices:detail", invoice.id))
    invoice = _invoice(request, invoice_id)
    return _form(request, form, invoice=invoice, due=invoice.balance_due, error=error)


@in_organization(Permission.SEND_AND_RECORD)
def edit(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    payment = find_payment(request.organization, payment_id)
    here = org_url(request, "payments:detail", payment.id)
    if text := _why_not_editable(payment):
        messages.error(request, text)
        return redirect(here)
    data = _data(request)
    initial = PaymentForm.initial_of(payment)
    form = PaymentForm(data, initial=initial) if data else PaymentForm(initial=initial | request.POST.dict())
    due = payment.invoice.balance_due + payment.amount
    error: UserError | None = None
    if data and form.is_valid():
        try:
            edit_payment(payment, by=request.person, seen_at=form.seen_at, **form.values)
        except UserError as refusal:
            error = refusal
            show_refusal(form, error=refusal, record=payment)
        else:
            messages.success(request, "The payment is saved.")
            return redirect(here)
    return _form(request, form, invoice=payment.invoice, due=due, error=error, payment=payment)


@in_organization(Permission.SEND_AND_RECORD)
def take_back(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    payment = find_payment(request.organization, payment_id)
    here = org_url(request, "payments:detail", payment.id)
    if request.method == "POST":
        with told(request, done=f"The payment of {money_text(payment.amount)} is taken back."):
            take_back_payment(payment, by=request.person)
        return redirect(here)
    balance = money_text(payment.invoice.balance_due + payment.amount)
    context = {
        "payment": payment,
        "cancel_url": here,
        "title": f"Take back the payment of {money_text(payment.amount)}?",
        "lines": [
            f"It does not count any more: {balance} will be due on the invoice.",
            "If it is in QuickBooks already, it stays there; its page then says what to change.",
            "It stays in the list under “Taken back”, and you can bring it back.",
        ],
        "submit": "Take back payment",
    }
    return render(request, "payments/confirm.html", context)


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def restore(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    payment = find_payment(request.organization, payment_id)
    with told(request, done=f"The payment of {money_text(payment.amount)} counts again."):
        restore_payment(payment, by=request.person)
    return redirect(org_url(request, "payments:detail", payment.id))


@dataclass(frozen=True, slots=True)
class Remaining:
    """What stays due after the amount in the form, in words; the same ones that the page says while typing."""

    words: str
    is_too_much: bool = False


def remaining_of(due: Decimal, *, typed: Any) -> Remaining:
    """``typed`` is what stands in the form: text, a number, or nothing."""
    try:
        amount = typed if isinstance(typed, Decimal) else read_number(str(typed or ""))
    except ValueError:
        return Remaining(money_text(due))
    rest = due - max(amount, Decimal(0))
    if rest < 0:
        return Remaining(f"{money_text(-rest)} more than is due", is_too_much=True)
    return Remaining(money_text(rest))


def _invoice(request: MemberRequest, invoice_id: UUID) -> Invoice:
    whole = Invoice.objects.select_related("organization", "account", "building")
    return whole.get(organization=request.organization, pk=invoice_id)


def _data(request: MemberRequest) -> QueryDict | None:
    """What was sent to be saved; ``None`` where the page is only looked at."""
    if request.method != "POST" or "show" in request.POST:
        return None
    data = request.POST.copy()
    if instead := data.get("instead"):
        data["amount"] = instead
    return data


def _show(form: PaymentForm, *, error: UserError, due: Decimal) -> None:
    """After "changed_meanwhile" recording again is a decision, and goes through."""
    if error.code == "changed_meanwhile" and isinstance(form.data, QueryDict):
        form.data = form.data.copy()
        form.data["seen_due"] = f"{due:.2f}"
    show_refusal(form, error=error)


def _recorded(payment: Payment) -> str:
    rest = payment.invoice.balance_due
    words = f"{money_text(rest)} remains due." if rest else "The invoice is paid in full."
    return f"The payment of {money_text(payment.amount)} is recorded. {words}"


def _why_not_editable(payment: Payment) -> str | None:
    if payment.source == Payment.Source.QUICKBOOKS:
        return "This payment was entered in QuickBooks. Change it there; it follows here by itself."
    if payment.archived_at is not None:
        return "This payment was taken back. Bring it back before changing it."
    return why_locked(payment)


def _form(
    request: MemberRequest,
    form: PaymentForm,
    *,
    invoice: Invoice,
    due: Decimal,
    error: UserError | None,
    payment: Payment | None = None,
) -> HttpResponse:
    is_overpaid = error is not None and error.code == "overpaid"
    page = "payments:detail" if payment else "invoices:detail"
    context = {
        "form": form,
        "invoice": invoice,
        "payment": payment,
        "due": due,
        "remaining": remaining_of(due, typed=form["amount"].value()),
        "instead": due if is_overpaid and due > 0 else None,
        "others": others_due(invoice, limit=OTHERS_SHOWN) if is_overpaid else [],
        "cancel_url": org_url(request, page, (payment or invoice).id),
        "nothing_due": payment is None and due <= 0,
    }
    return render(request, "payments/form.html", context)
