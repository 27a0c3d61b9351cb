"""What posting shows on other pages: the section "QuickBooks Status", the button at the top, badges, counts."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from standpipe.activity.words import add_verbs
from standpipe.invoices import guards
from standpipe.invoices.models import Invoice
from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.models import Person
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.linking import consequences
from standpipe.quickbooks.linking.consequences import Consequence
from standpipe.quickbooks.linking.models import Link
from standpipe.ui import registry
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeCount

from .actions import may_take_back, stop_waiting, stopped_by_end_of, with_waiting
from .check_lines import SAID_ABOVE, CheckLine, Checklist
from .checklist import checklist_from
from .differences import changes_since
from .facts import Facts, facts_of
from .models import Document
from .on_its_way import SEND
from .queries import BADGES, badge_of, count_of, document_of, documents_of, has_other_total, with_badge
from .repairs import asks_which, refusal_of

STATUS = "quickbooks-status"  # the id of the card, so that the page can be opened at it
State = Document.State
MOVING = frozenset({State.WAITING, State.SENDING})

# Follows who did it.
VERBS = {
    "invoice.sent_to_quickbooks": "sent this invoice to QuickBooks",
    "invoice.taken_back": "took this invoice back before it was sent",
    "invoice.stopped": "ended the link that this invoice waited for; it was taken back",
    "invoice.released": "took this invoice off, because it is void or gone in QuickBooks",
    "invoice.customer_chosen": "chose where this invoice is posted",
    "invoice.marked_already": "said that this invoice is already in QuickBooks",
    "invoice.unmarked_already": "said that this invoice is not in QuickBooks yet",
    "payment.marked_already": "said that this payment is already in QuickBooks",
    "payment.unmarked_already": "said that this payment is not in QuickBooks yet",
}


def register() -> None:
    add_verbs(VERBS)
    registry.add_section(
        "invoice",
        key=STATUS,
        title="QuickBooks Status",
        order=30,
        template="quickbooks/posting/_status.html",
        context=status,
    )
    registry.add_head_action(
        "invoice", key="quickbooks", order=90, template="quickbooks/posting/_head.html", context=head
    )
    registry.add_column(
        "invoices",
        key="quickbooks",
        title="QuickBooks",
        order=10,
        template="quickbooks/posting/_cell.html",
        values=cells,
    )
    registry.add_filter(
        "invoices",
        key="quickbooks",
        label="QuickBooks",
        choices=filter_choices,
        apply=partial(with_badge, noun="invoice"),
    )
    for key, label, order, icon in (
        ("mark-invoices", "Already in QuickBooks", 10, ""),
        ("send-invoices", SEND, 20, "arrow-up"),
    ):
        registry.add_bulk_action(
            "invoices",
            key=key,
            label=label,
            order=order,
            url=partial(_bulk_url, name=key),
            permission=Permission.SEND_AND_RECORD,
            icon=icon,
        )
    registry.add_home_count(30, key="invoices-need-you", count=need_you_count)
    registry.add_home_count(40, key="invoices-waiting", count=waiting_count)
    guards.add("quickbooks", locked_while_it_goes)
    consequences.add("invoices", consequences_of, follow=stop_what_waits, narrow=with_waiting)


def _bulk_url(request: HttpRequest, *, name: str) -> str:
    return org_url(request, f"quickbooks:{name}")


# The page of an invoice


def status(request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    """Where it is, where it goes and why, what is missing, and what became of it."""
    facts = facts_of([invoice])[invoice.pk]
    checklist = checklist_from(facts)
    document = facts.document
    badge = badge_of(document)
    is_moving = document is not None and document.state in MOVING
    return {
        "invoice": facts.invoice,
        "plan": facts.plan,
        "badge": badge,
        "checklist": checklist,
        "lines": shown_lines(request, checklist.lines),
        "refusal": refusal_of(document, facts.slug) if document and _says_more(document) else None,
        "computed": computed(facts),
        "changes": changes_since(document, facts.invoice, lines=facts.lines) if document else [],
        "is_moving": is_moving,
        "is_missing": checklist.first.ok is False and checklist.first.key not in SAID_ABOVE,
        "may_choose": document is None or document.state == State.NEEDS_YOU,
        "version": version_of(checklist, document),
        **head_values(request, facts, checklist),
    }


def _says_more(document: Document) -> bool:
    """Refused, or locked for now, or posted with a remark; another total and a void have lines of their own."""
    if document.gone_at is not None and document.state == State.POSTED:
        return (document.problem or {}).get("code") == "lost_after_restore"
    return bool(document.problem) and (document.problem or {}).get("code") != "total_differs"


def shown_lines(request: HttpRequest, lines: Sequence[CheckLine]) -> list[dict[str, Any]]:
    """Each with the buttons that this person may press."""
    member = cast("MemberRequest", request)
    return [
        {
            "line": line,
            "repairs": [one for one in line.repairs if can(member, Permission(one.permission))],
        }
        for line in lines
    ]


def computed(facts: Facts) -> list[dict[str, Any]]:
    """What was sent beside what QuickBooks computed; rows for people, ``[]`` before it is there."""
    document = facts.document
    if document is None or not document.said or not document.frozen or document.gone_at is not None:
        return []
    rows = (("Subtotal", "subtotal", "subtotal"), ("Sales tax", "sales_tax_total", "sales_tax_total"))
    pairs = [
        (label, document.frozen.get(ours), document.said.get(theirs))
        for label, ours, theirs in (*rows, ("Total", "total", "total"))
    ]
    found = [_row(label, sent=sent, there=there) for label, sent, there in pairs if there is not None]
    balance = document.said.get("balance_remaining")
    return [*found, _row("Open there", sent=None, there=balance)] if balance is not None else found


def _row(label: str, *, sent: Any, there: Any) -> dict[str, Any]:
    sent, there = _money(sent), _money(there)
    return {"label": label, "sent": sent, "there": there, "differs": sent is not None and sent != there}


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def version_of(checklist: Checklist, document: Document | None) -> str:
    """Another text whenever the section has something else to say."""
    said = [checklist.to_json(), str(document.pk) if document else "", document.said if document else None]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]


def head(request: HttpRequest, invoice: Invoice) -> dict[str, Any] | None:
    """The button at the top: "Send to QBD", "Take back" while it waits, nothing once it is there."""
    member = cast("MemberRequest", request)
    if not can(member, Permission.SEND_AND_RECORD) or invoice.archived_at is not None:
        return None
    facts = facts_of([invoice])[invoice.pk]
    return {"invoice": invoice, **head_values(request, facts, checklist_from(facts))}


def head_values(request: HttpRequest, facts: Facts, checklist: Checklist) -> dict[str, Any]:
    member = cast("MemberRequest", request)
    document = facts.document
    is_allowed = can(member, Permission.SEND_AND_RECORD) and facts.invoice.archived_at is None
    return {
        "document": document,
        "may_send": is_allowed
        and facts.is_connected
        and (document is None or (document.state == State.NEEDS_YOU and may_take_back(document))),
        "may_take_back": is_allowed and document is not None and may_take_back(document),
        "may_mark": is_allowed and facts.is_connected and (document is None or _may_mark(document)),
        "may_unmark": is_allowed and document is not None and document.state == State.ALREADY,
        "may_read_again": is_allowed and document is not None and document.txn_id != "",
        "is_ready": checklist.is_ready,
    }


def _may_mark(document: Document) -> bool:
    """Where the refusal asks which one it is, a second button of almost the same words would ask without showing."""
    return document.state == State.NEEDS_YOU and not asks_which(document)


# The list of invoices


def cells(_request: HttpRequest, invoices: Sequence[Invoice]) -> Mapping[UUID, dict[str, Any]]:
    documents = documents_of(invoices)
    found = {}
    for invoice in invoices:
        document = documents.get(invoice.pk)
        found[invoice.pk] = {
            "badge": badge_of(document),
            "has_other_total": document is not None and has_other_total(document),
        }
    return found


def filter_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Nothing to choose from before a company file is connected."""
    if not connections_of(cast("MemberRequest", request).organization).exists():
        return []
    return [("", "Sent or not"), *((badge.key, badge.words) for badge in BADGES.values())]


# Home


def need_you_count(request: HttpRequest) -> HomeCount | None:
    return _count(request, "needs_you", label="Invoices that need you")


def waiting_count(request: HttpRequest) -> HomeCount | None:
    return _count(request, "waiting", label="Invoices waiting for QuickBooks")


def _count(request: HttpRequest, key: str, *, label: str) -> HomeCount | None:
    member = cast("MemberRequest", request)
    if not can(member, Permission.SEND_AND_RECORD) or not connections_of(member.organization).exists():
        return None
    number = count_of(member.organization, key)
    if not number:
        return None  # nothing to look at
    return HomeCount(label=label, number=number, url=f"{org_url(request, 'invoices:list')}?quickbooks={key}")


# What others ask


def locked_while_it_goes(invoice: Invoice) -> str | None:
    """An invoice that waits or is on the wire stays as it is (design 2)."""
    document = document_of(invoice)
    if document is None or document.state not in MOVING:
        return None
    if document.state == State.WAITING:
        return "It is locked while it waits for QuickBooks. Take it back first."
    return "It is being sent to QuickBooks now. It can be edited once its outcome is known."


def consequences_of(link: Link) -> list[Consequence]:
    """``12 invoices already sent stay in QuickBooks``, ``2 waiting will stop``."""
    sent = Document.objects.filter(
        connection=link.connection_id, customer_list_id=link.list_id, state=State.POSTED, ended_at=None
    ).filter(_of_record(link))
    found = []
    if number := sent.count():
        verb = "invoice already sent stays" if number == 1 else "invoices already sent stay"
        found.append(Consequence(text=f"{number:,} {verb} in QuickBooks"))
    if number := len(stopped_by_end_of(link)):
        found.append(Consequence(text=f"{number:,} waiting will stop", stops=True))
    return found


def _of_record(link: Link) -> Q:
    if link.building_id:
        return Q(invoice__building=link.building_id)
    return Q(invoice__account=link.account_id) | Q(invoice__building__account=link.account_id)


def stop_what_waits(link: Link, by: Person | None) -> None:
    stop_waiting(link, by=by)
