"""What a person says about one payment and QuickBooks: entered there already, send what is open, keep waiting."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.core.money import money_text
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.models import Person
from standpipe.organizations.permissions import Permission
from standpipe.payments.models import Payment
from standpipe.payments.queries import find_payment
from standpipe.ui.links import org_url
from standpipe.ui.telling import told

from .payment_actions import (
    entered_already,
    keep_waiting,
    not_there_after_all,
    send_again,
    send_what_is_open,
)
from .payment_sections import STATUS, status
from .payment_standing import candidates_of

NOTHING_NEW = 204


def _page(request: MemberRequest, payment: Payment) -> str:
    return f"{org_url(request, 'payments:detail', payment.pk)}#{STATUS}"


@in_organization()
@require_safe
def payment_status(request: MemberRequest, payment_id: UUID) -> HttpResponseBase:
    """The section alone, for the page that follows along; nothing (204) while it would say what is there already."""
    payment = find_payment(request.organization, payment_id)
    context = status(request, payment)
    if not request.htmx or context is None:
        return redirect(_page(request, payment))
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "quickbooks/posting/_payment_update.html", context)


@in_organization(Permission.SEND_AND_RECORD)
def mark_payment(request: MemberRequest, payment_id: UUID) -> HttpResponseBase:
    """Asks which payment in QuickBooks it is, where some came from there on this invoice; marks it on POST."""
    payment = find_payment(request.organization, payment_id)
    candidates = candidates_of(payment)
    if request.method == "POST":
        chosen = request.POST.get("txn_id", "")
        txn_id = chosen if chosen in {one.txn_id for one in candidates} else ""
        with told(request, done="The payment is marked as already in QuickBooks. It is never sent from here."):
            entered_already(payment, by=request.person, txn_id=txn_id, number=payment.reference_number)
        return redirect(_page(request, payment))
    context = {"payment": payment, "candidates": candidates, "page_url": _page(request, payment)}
    return render(request, "quickbooks/posting/mark_payment.html", context)


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def unmark_payment(request: MemberRequest, payment_id: UUID) -> HttpResponseBase:
    return _decided(
        request, payment_id, not_there_after_all, "The mark is taken back. The payment follows its invoice."
    )


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def send_open(request: MemberRequest, payment_id: UUID) -> HttpResponseBase:
    payment = find_payment(request.organization, payment_id)
    before = payment.amount
    try:
        send_what_is_open(payment, by=request.person)
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        changed = f"is {money_text(payment.amount)} now, it was {money_text(before)}. It goes"
        text = f"The payment {changed if payment.amount != before else 'goes'} at the next visit."
        messages.success(request, text)
    return redirect(_page(request, payment))


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def go_on_waiting(request: MemberRequest, payment_id: UUID) -> HttpResponseBase:
    text = "The payment keeps waiting. It goes by itself once QuickBooks shows enough open."
    return _decided(request, payment_id, keep_waiting, text)


@in_organization(Permission.SEND_AND_RECORD)
@require_POST
def send_once_more(request: MemberRequest, payment_id: UUID) -> HttpResponseBase:
    return _decided(request, payment_id, send_again, "The payment goes to QuickBooks again at the next visit.")


def _decided(request: MemberRequest, payment_id: UUID, action: Callable[..., Any], text: str) -> HttpResponseBase:
    payment = find_payment(request.organization, payment_id)
    person: Person = request.person
    with told(request, done=text):
        action(payment, by=person)
    return redirect(_page(request, payment))
