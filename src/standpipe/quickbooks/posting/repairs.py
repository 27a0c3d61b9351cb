"""Buttons that repair what QuickBooks refused: a key of ``failures.REPAIRS`` and a document give a page or a press.

What the buttons do where they do it at once is in ``repairing``; the others open the page, at the field, where the
person changes something and presses "Send to QBD" again.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.explain import REPAIRS, Explained, explain, read_message
from standpipe.quickbooks.lists.models import Customer, ListEntry

from .check_lines import Repair
from .models import UNPROVEN, Document
from .payments import JUDGED_AGAIN

State = Document.State

QUESTIONS_OF_PAYMENTS = frozenset({"paid_there"})  # answered with buttons of the payment's own page
# A payment goes to the customer that its invoice stands with in QuickBooks, whatever is linked here.
OF_PAYMENTS_INSTEAD = {"link_again": "read_again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is shown of a document that needs somebody, or that repeats by itself."""

    explained: Explained
    repairs: tuple[Repair, ...]
    candidates: tuple[Mapping[str, Any], ...]
    report_url: str
    attempts: int


def explained_of(document: Document) -> Explained | None:
    """What happened to it, or ``None`` where nothing did."""
    kind = "payment" if document.payment_id else "invoice"
    problem = document.problem or {}
    code = str(problem.get("code", ""))
    if document.gone_at is not None and code != "lost_after_restore":
        return explain(document.gone_because or "missing", kind=kind)
    if not code:
        return None
    if problem.get("is_long"):
        code = "locked_long"
    text = "" if code.startswith("0x") else str(problem.get("text", ""))  # an HRESULT's is ours: nobody said it there
    return explain(code, text, kind=kind, names=_names_in(text, document))


_LIST_ID = re.compile(r"\b[0-9A-F]{1,8}-[0-9]{1,10}\b")


def _names_in(text: str, document: Document) -> dict[str, str]:
    """What is called by its ListID in QuickBooks' words, as the copied lists name it: we refer to all by ListID."""
    list_ids = _LIST_ID.findall(text)
    if not list_ids:
        return {}
    found = {"connection": document.connection_id, "list_id__in": list_ids}
    entries = ListEntry.objects.filter(**found).values_list("list_id", "full_name")
    return {**dict(entries), **dict(Customer.objects.filter(**found).values_list("list_id", "full_name"))}


def asks_which(document: Document) -> bool:
    """Whether the refusal shows what was found in QuickBooks, to be chosen from."""
    explained = explained_of(document)
    return bool(document.candidates) and explained is not None and "already_there" in explained.repairs


def repairs_of(document: Document, slug: str) -> tuple[Repair, ...]:
    """The buttons for it, the one that helps most first."""
    explained = explained_of(document)
    if explained is None:
        return ()
    keys = [key for key in _keys(document, explained) if _is_offered(key, document, explained)]
    return tuple(repair for key in keys if (repair := BUTTONS[key](document, slug)) is not None)


def _keys(document: Document, explained: Explained) -> Iterable[str]:
    """An invoice has "Send to QBD" at its top; a payment that was refused always gets "Try again now" here."""
    if not document.payment_id:
        return explained.repairs
    keys = [OF_PAYMENTS_INSTEAD.get(key, key) for key in explained.repairs]
    is_refused = document.state == State.NEEDS_YOU and explained.code not in {*UNPROVEN, *JUDGED_AGAIN}
    return dict.fromkeys([*keys, "retry"] if is_refused else keys)


def refusal_of(document: Document, slug: str) -> Refusal | None:
    """Everything that its page says of the failure; ``None`` where there is none."""
    explained = explained_of(document)
    if explained is None:
        return None
    return Refusal(
        explained=explained,
        repairs=repairs_of(document, slug),
        candidates=tuple(document.candidates),
        report_url=_url("quickbooks:report", slug, document.pk),
        attempts=document.attempts,
    )


def _is_offered(key: str, document: Document, explained: Explained) -> bool:
    """What may help in general, and does here: nothing is sent again of which nobody knows whether it is there."""
    if explained.code in QUESTIONS_OF_PAYMENTS and key in {"already_there", "not_there"}:
        return False
    if document.state in (State.POSTED, State.ALREADY):
        return key not in {"edit", "retry"} and (key != "not_there" or document.gone_at is not None)
    return True


# --- one function per key


def _url(name: str, slug: str, *arguments: object) -> str:
    return reverse(name, args=[slug, *arguments])


def _edit(key: str, *, invoice: str = "", payment: str = "") -> Callable[[Document, str], Repair | None]:
    """The form of the record, at a field; where a payment has no such field, there is no button for it."""

    def button(document: Document, slug: str) -> Repair | None:
        if document.payment_id:
            return None if payment == "-" else _to_form("payments:edit", document.payment_id, slug, payment)
        return _to_form("invoices:edit", document.invoice_id, slug, invoice)

    def _to_form(name: str, record: object, slug: str, field: str) -> Repair:
        return Repair(label=REPAIRS[key], url=_url(name, slug, record) + (f"#id_{field}" if field else ""))

    return button


def _setting(key: str, field: str) -> Callable[[Document, str], Repair | None]:
    """The QuickBooks Desktop settings, at a field; ``{method}`` is the payment's: an invoice has none."""

    def button(document: Document, slug: str) -> Repair | None:
        if field and bool(document.payment_id) != ("{method}" in field):
            return None
        method = document.payment.method if document.payment else ""
        anchor = f"#id_{field.format(method=method)}" if field else ""
        page = _url("quickbooks:posting-settings", slug, document.connection_id)
        return Repair(label=REPAIRS[key], url=f"{page}{anchor}", permission=Permission.SETTINGS.value)

    return button


def _page(key: str, name: str) -> Callable[[Document, str], Repair]:
    """A page of this document."""
    return lambda document, slug: Repair(label=REPAIRS[key], url=_url(name, slug, document.pk))


def _press(key: str, name: str) -> Callable[[Document, str], Repair]:
    """Done at once."""
    return lambda document, slug: Repair(label=REPAIRS[key], url=_url(name, slug, document.pk), method="post")


def _link_again(document: Document, slug: str) -> Repair | None:
    invoice = document.invoice
    if invoice is None:
        return None
    target, record = ("accounts", invoice.account_id) if invoice.account_id else ("buildings", invoice.building_id)
    page = _url("quickbooks:link-customer", slug, target, record)
    return Repair(label=REPAIRS["link_again"], url=page, permission=Permission.IMPORT_AND_LINK.value)


def _choose_item(document: Document, slug: str) -> Repair | None:
    if document.payment_id:
        return None
    return Repair(
        label=REPAIRS["choose_item"],
        url=_url("invoices:edit", slug, document.invoice_id) + "#lines-title",
        method="get",
    )


def _leave_bill_to(document: Document, slug: str) -> Repair | None:
    if document.payment_id:
        return None
    return Repair(label=REPAIRS["leave_bill_to"], url=_url("quickbooks:choose-customer", slug, document.invoice_id))


def _refresh_lists(document: Document, slug: str) -> Repair:
    """Customers have their own list; everything else comes in one go."""
    permission = Permission.IMPORT_AND_LINK.value
    named = read_message(str((document.problem or {}).get("text", "")))
    if named.kind.casefold() == "customer":
        page = _url("quickbooks:import", slug, "accounts")
        return Repair(label=REPAIRS["refresh_lists"], url=page, permission=permission)
    page = _url("quickbooks:refresh-lists", slug, document.connection_id)
    return Repair(label=REPAIRS["refresh_lists"], url=page, method="post", permission=permission)


def _open_connection(document: Document, slug: str) -> Repair:
    return Repair(label=REPAIRS["open_connection"], url=_url("quickbooks:connection", slug, document.connection_id))


_METHOD = "methods-{method}-payment_method"
_ACCOUNT = "methods-{method}-deposit_account"

BUTTONS: Mapping[str, Callable[[Document, str], Repair | None]] = {
    "choose_item": _choose_item,
    "choose_default_item": _setting("choose_default_item", "default_item"),
    "shorten_text": _edit("shorten_text", invoice="memo", payment="notes"),
    "choose_number": _edit("choose_number", invoice="number", payment="reference_number"),
    "link_again": _link_again,
    "choose_terms": _edit("choose_terms", invoice="terms", payment="-"),
    "choose_method": _setting("choose_method", _METHOD),
    "choose_account": _setting("choose_account", _ACCOUNT),
    "choose_tax": _edit("choose_tax", invoice="sales_tax", payment="-"),
    "change_date": _edit("change_date", invoice="date", payment="date"),
    "change_amount": _edit("change_amount", payment="amount"),
    "leave_bill_to": _leave_bill_to,
    "edit": _edit("edit"),
    "retry": _press("retry", "quickbooks:try-again"),
    "already_there": _page("already_there", "quickbooks:already-there"),
    "not_there": _page("not_there", "quickbooks:send-anew"),
    "read_again": _press("read_again", "quickbooks:read-again"),
    "refresh_lists": _refresh_lists,
    "open_settings": _setting("open_settings", ""),
    "open_connection": _open_connection,
    "report": _page("report", "quickbooks:report"),
}
