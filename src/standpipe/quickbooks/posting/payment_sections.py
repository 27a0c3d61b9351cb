"""What posting shows on the pages of payments: the section "QuickBooks Status", and the badge in the list."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest

from standpipe.activity.words import add_verbs
from standpipe.invoices.models import Invoice
from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.permissions import Permission
from standpipe.payments import followers, guards
from standpipe.payments.models import Payment
from standpipe.ui import registry
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeCount

from .models import Document
from .payment_standing import Standing, locked_while_it_goes, promise, standing_of
from .payments import follow
from .queries import badge_of, count_of, documents_of, with_badge
from .repairs import asks_which, refusal_of
from .sections import filter_choices

STATUS = "quickbooks-status"  # the id of the card, as on an invoice
State = Document.State
VERBS = {
    "payment.kept_waiting": "chose to keep this payment waiting",
    "payment.sent_anew": "sent this payment to QuickBooks again",
    "payment.same_as_another": "said that this payment is one that stands here already",
}


def register() -> None:
    add_verbs(VERBS)
    registry.add_section(
        "payment",
        key=STATUS,
        title="QuickBooks Status",
        order=30,
        template="quickbooks/posting/_payment.html",
        context=status,
    )
    registry.add_section(
        "record-payment",
        key="quickbooks-promise",
        title="QuickBooks",
        order=30,
        template="quickbooks/posting/_promise.html",
        context=before_it_is_recorded,
    )
    registry.add_column(
        "payments",
        key="quickbooks",
        title="QuickBooks",
        order=10,
        template="quickbooks/posting/_payment_cell.html",
        values=cells,
    )
    registry.add_filter(
        "payments",
        key="quickbooks",
        label="QuickBooks",
        choices=filter_choices,
        apply=partial(with_badge, noun="payment"),
    )
    registry.add_home_count(35, key="payments-need-you", count=need_you_count)
    guards.add("quickbooks", locked_while_it_goes)
    followers.add("quickbooks", follow)


def status(request: HttpRequest, payment: Payment) -> dict[str, Any] | None:
    standing = standing_of(payment)
    if standing is None:
        return None
    document = standing.document
    may = can(cast("MemberRequest", request), Permission.SEND_AND_RECORD)
    is_ours = payment.source == Payment.Source.HERE
    return {
        "payment": payment,
        "standing": standing,
        "document": document,
        "refusal": _refusal(standing, payment),
        "may": may,
        "may_mark": may and is_ours and payment.archived_at is None and _may_mark(document),
        "may_unmark": may and document is not None and document.state == State.ALREADY,
        "may_send_again": may and is_ours and payment.archived_at is None and _is_gone(document),
        "version": _version(standing),
    }


def _refusal(standing: Standing, payment: Payment) -> Any:
    """The question has its own buttons; everything else is explained as on an invoice."""
    document = standing.document
    if document is None or standing.is_asking or document.state not in (State.NEEDS_YOU, State.WAITING):
        return None
    return refusal_of(document, payment.organization.slug)


def _may_mark(document: Document | None) -> bool:
    """Where the refusal asks which one it is, a second button of almost the same words would ask without showing."""
    if document is None:
        return True
    return document.state in (State.WAITING, State.NEEDS_YOU) and not asks_which(document)


def _is_gone(document: Document | None) -> bool:
    return document is not None and document.gone_at is not None


def _version(standing: Standing) -> str:
    """Another text whenever the section has something else to say."""
    said = [standing.badge.key, standing.sentence, [one.to_json() for one in standing.differences]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def before_it_is_recorded(_request: HttpRequest, invoice: Invoice) -> Mapping[str, Any] | None:
    """The sentence that keeps somebody from entering it twice."""
    words = promise(invoice)
    return {"words": words} if words else None


def need_you_count(request: HttpRequest) -> HomeCount | None:
    """Only where there are some: most payments go by themselves."""
    member = cast("MemberRequest", request)
    number = count_of(member.organization, "needs_you", noun="payment")
    if not number or not can(member, Permission.SEND_AND_RECORD):
        return None
    url = f"{org_url(request, 'payments:list')}?quickbooks=needs_you"
    return HomeCount(label="Payments that need you", number=number, url=url)


def cells(_request: HttpRequest, payments: Sequence[Payment]) -> Mapping[UUID, Mapping[str, Any]]:
    """What was taken back and never left has nothing to say."""
    documents = documents_of(payments)
    return {
        payment.pk: {"badge": badge_of(documents.get(payment.pk))}
        for payment in payments
        if payment.archived_at is None or payment.pk in documents
    }
