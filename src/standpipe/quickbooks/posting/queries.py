"""Reading what is on its way to QuickBooks, or there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization
from standpipe.payments.models import Payment

from .checklist import checklist_from
from .differences import changes_since
from .facts import Facts, facts_of
from .models import Document
from .plan import WHY, Plan
from .repairs import explained_of

State = Document.State


def document_of(record: Invoice | Payment) -> Document | None:
    """The live one; ``None``: not sent."""
    return _live([record]).first()


def documents_of(records: Sequence[Invoice | Payment]) -> dict[UUID, Document]:
    """Record to its live document, for records of one kind; one query."""
    if not records:
        return {}
    noun = noun_of(records[0])
    return {getattr(document, f"{noun}_id"): document for document in _live(records)}


def noun_of(record: Invoice | Payment) -> str:
    return "invoice" if isinstance(record, Invoice) else "payment"


def _live(records: Sequence[Invoice | Payment]) -> QuerySet[Document]:
    pks = [record.pk for record in records]
    of_them = Q(invoice__in=pks) if isinstance(records[0], Invoice) else Q(payment__in=pks)
    return Document.objects.filter(of_them, ended_at=None).select_related("connection", "asked_by")


# Badges


@dataclass(frozen=True, slots=True)
class Badge:
    """One word for where an invoice or a payment is. ``tone`` as ``ui/badge.html`` has them."""

    key: str
    words: str
    tone: str


NOT_SENT = Badge("not_sent", "Not sent", "plain")
BADGES: Mapping[str, Badge] = {
    badge.key: badge
    for badge in (
        NOT_SENT,
        Badge("waiting", "Waiting", "wait"),
        Badge("sending", "Sending", "wait"),
        Badge("posted", "In QuickBooks", "good"),
        Badge("needs_you", "Needs you", "bad"),
        Badge("already", "Already in QuickBooks", "info"),
    )
}


def badge_of(document: Document | None) -> Badge:
    """Green only while it is there with the total that was sent (idea 13); void and deleted ones need somebody."""
    if document is None:
        return NOT_SENT
    badge = BADGES[document.state]
    if document.state == State.POSTED and document.gone_at is not None:
        return BADGES["needs_you"]
    return replace(badge, tone="warn") if document.state == State.POSTED and has_other_total(document) else badge


def has_other_total(document: Document) -> bool:
    """QuickBooks computed another total than the one that was sent."""
    sent, said = (document.frozen or {}).get("total"), (document.said or {}).get("total")
    return sent is not None and said is not None and Decimal(str(sent)) != Decimal(str(said))


def with_badge(records: QuerySet[Any], key: str, *, noun: str) -> QuerySet[Any]:
    """The invoices or payments (``noun``) that bear this badge."""
    live = Document.objects.filter(ended_at=None, **{noun: OuterRef("pk")})
    if key == NOT_SENT.key:
        return records.filter(~Exists(live))
    return records.filter(Exists(live.filter(badge_filter(key))))


def badge_filter(key: str) -> Q:
    """The live documents that bear a badge."""
    is_gone = Q(state=State.POSTED, gone_at__isnull=False)
    match key:
        case "needs_you":
            return Q(state=State.NEEDS_YOU) | is_gone
        case "posted":
            return Q(state=State.POSTED) & ~is_gone
        case _:
            return Q(state=key)


def count_of(organization: Organization, key: str, *, noun: str = "invoice") -> int:
    """How many invoices or payments (``noun``) bear a badge; archived ones are not in the lists that show them."""
    live = Document.objects.filter(badge_filter(key), organization=organization, ended_at=None)
    return live.filter(**{f"{noun}__isnull": False, f"{noun}__archived_at": None}).count()


# For programs


def invoice_quickbooks(invoice: Invoice) -> dict[str, Any]:
    """Everything about one invoice and QuickBooks (design 7)."""
    return quickbooks_json(facts_of([invoice])[invoice.pk])


def quickbooks_json(facts: Facts) -> dict[str, Any]:
    checklist, document, plan = checklist_from(facts), facts.document, facts.plan
    is_there = document is not None and document.state in {State.POSTED, State.ALREADY}
    return {
        **short_json(document),
        "posts_to": _posts_to(plan, document),
        "choices": [
            {"list_id": one.list_id, "full_name": one.full_name, "connection_id": str(one.connection.pk)}
            for one in plan.choices
        ],
        "send_bill_to": plan.send_bill_to,
        "sentence": checklist.sentence,
        "checklist": checklist.to_json(),
        "problem": problem_json(document),
        "candidates": document.candidates if document else [],
        "computed": document.said if document else None,
        "changed_here": [change.to_json() for change in changes_since(document, facts.invoice, lines=facts.lines)]
        if document and is_there
        else [],
    }


def _posts_to(plan: Plan, document: Document | None) -> dict[str, Any]:
    """Where it is or is on its way to; before that, and after a refusal, where it would go now."""
    if document is None or document.state == State.NEEDS_YOU:
        return {
            "connection_id": str(plan.connection.pk) if plan.connection else None,
            "list_id": plan.customer_list_id or None,
            "full_name": plan.customer_name or None,
            "why": plan.why,
            "sentence": plan.sentence,
        }
    return {
        "connection_id": str(document.connection_id),
        "list_id": document.customer_list_id or None,
        "full_name": document.customer_name or None,
        "why": document.why,
        "sentence": WHY.get(document.why, ""),
    }


def problem_json(document: Document | None) -> dict[str, Any] | None:
    """What went wrong with it, in words, and QuickBooks' own; ``None``: nothing did."""
    explained = explained_of(document) if document else None
    if explained is None:
        return None
    return {
        "code": explained.code,
        "title": explained.title,
        "cause": explained.cause,
        "consequence": explained.consequence,
        "who": explained.who.value,
        "said": explained.said,
    }


def short_json(document: Document | None) -> dict[str, Any]:
    """The value ``quickbooks`` of an invoice or a payment."""
    badge = badge_of(document)
    if document is None:
        return {"state": NOT_SENT.key, "badge": badge.words, "txn_id": None}
    return {
        "state": document.state,
        "badge": badge.words,
        "txn_id": document.txn_id or None,
        "number": document.number or None,
        "connection_id": str(document.connection_id),
        "list_id": document.customer_list_id or None,
        "full_name": document.customer_name or None,
        "asked_at": document.asked_at.isoformat(),
        "posted_at": document.posted_at.isoformat() if document.posted_at else None,
        "gone": document.gone_because or None,
    }
