"""Where a payment is, what it waits for, and what a person has to do, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from standpipe.core.money import ZERO, money_text
from standpipe.invoices.models import Invoice
from standpipe.payments.models import Method, Payment
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.ui.times import day_words

from .models import UNPROVEN, Document
from .payments import JUDGED_AGAIN, free_there, invoice_documents
from .queries import Badge, badge_of, document_of, short_json
from .repairs import explained_of

State = Document.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that stands otherwise here than in QuickBooks. Texts for people; ``""``: nothing."""

    field: str
    here: str
    there: str

    def to_json(self) -> dict[str, str]:
        return {"field": self.field, "here": self.here, "in_quickbooks": self.there}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A payment in QuickBooks that this one may be."""

    txn_id: str
    words: str
    is_equal: bool  # the amounts are


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything about one payment and QuickBooks. ``open_amount`` and ``candidates`` belong to the question."""

    document: Document | None
    badge: Badge
    sentence: str
    is_asking: bool = False  # "Was it entered there already?"
    kept_waiting: bool = False
    open_amount: Decimal | None = None
    candidates: tuple[Candidate, ...] = ()
    differences: tuple[Difference, ...] = ()
    to_delete: bool = False  # taken back here, still there

    @property
    def is_moving(self) -> bool:
        return self.document is not None and self.document.state in (State.WAITING, State.SENDING)


def standing_of(payment: Payment) -> Standing | None:
    """``None`` where no company file was ever connected: there is nothing to say."""
    document = document_of(payment)
    if document is None and not connections_of(payment.organization).exists():
        return None
    invoice = invoice_documents([payment.invoice_id]).get(payment.invoice_id)
    badge = badge_of(document)
    if document is None:
        return Standing(document=None, badge=badge, sentence=_not_sent(payment, invoice))
    code = (document.problem or {}).get("code")
    is_asking = document.state == State.NEEDS_YOU and code == "paid_there" and payment.archived_at is None
    free = free_there(document, invoice) if invoice else None
    is_there = document.state == State.POSTED and document.gone_at is None
    return Standing(
        document=document,
        badge=badge,
        sentence=_sentence(payment, document),
        is_asking=is_asking,
        kept_waiting=bool((document.problem or {}).get("kept_at")),
        open_amount=max(free, ZERO) if free is not None else None,
        candidates=candidates_of(payment) if is_asking else (),
        differences=tuple(differences_of(payment, document))
        if _is_there(document) and not payment.archived_at
        else (),
        to_delete=is_there and payment.archived_at is not None and payment.source == Payment.Source.HERE,
    )


def promise(invoice: Invoice) -> str:
    """What becomes of a payment that is recorded on this invoice; ``""`` where no company file was ever connected."""
    if not connections_of(invoice.organization).exists():
        return ""
    document = invoice_documents([invoice.pk]).get(invoice.pk)
    if document is None:
        return (
            f"Once {_in_words(invoice)} is sent, this payment goes along and appears in QuickBooks as a Customer "
            "Payment. Do not enter it there as well."
        )
    return _will_appear(invoice) if _is_there(document) else _waits_for(invoice, document)


def locked_while_it_goes(payment: Payment) -> str | None:
    """A payment that is on the wire stays as it is, and so does one of which nobody knows whether it arrived."""
    document = document_of(payment)
    if document is None:
        return None
    if document.state == State.SENDING:
        return "It is being sent to QuickBooks now. It can be changed once its outcome is known."
    if document.state == State.NEEDS_YOU and (document.problem or {}).get("code") in UNPROVEN:
        return "It may be in QuickBooks already. Answer that first; then it can be changed."
    return None


def _not_sent(payment: Payment, invoice_document: Document | None) -> str:
    if payment.archived_at is not None:
        return "It was taken back before it was sent."
    invoice = payment.invoice
    if invoice_document is None:
        return f"It follows {_in_words(invoice)}: once that is sent, this payment goes along."
    return _will_appear(invoice) if _is_there(invoice_document) else _waits_for(invoice, invoice_document)


_GONE = {
    "void": "Somebody voided it in QuickBooks.",
    "deleted": "Somebody deleted it in QuickBooks.",
    "missing": "It is not in QuickBooks any more, although it was posted.",
}


def _trouble(document: Document) -> str:
    """What we found stands in our words; what QuickBooks said is explained, as on an invoice."""
    explained, problem = explained_of(document), document.problem or {}
    if explained is None or (problem.get("code") in JUDGED_AGAIN and problem.get("text")):
        return str(problem.get("text", ""))
    return f"{explained.title}. {explained.cause}"


def _sentence(payment: Payment, document: Document) -> str:
    number = _in_words(payment.invoice)
    if document.gone_at is not None:
        is_ours = payment.source == Payment.Source.HERE and payment.archived_at is None
        rest = " It still counts here: take it back too, or send it again." if is_ours else ""
        return f"{_GONE.get(document.gone_because, _GONE['missing'])}{rest}"
    if document.state == State.NEEDS_YOU:
        return _trouble(document)
    who = document.asked_by.display_name if document.asked_by else "Somebody"
    is_from_there = payment.source == Payment.Source.QUICKBOOKS
    return {
        State.WAITING: _will_appear(payment.invoice),
        State.SENDING: f"It is being sent to QuickBooks as a Customer Payment on {number}.",
        State.ALREADY: f"{who} marked it as already in QuickBooks. It is never sent from here.",
        State.POSTED: f"It was entered in QuickBooks on {number} and lowers the balance here too."
        if is_from_there
        else f"It is in QuickBooks as a Customer Payment on {number}. Do not enter it there as well.",
    }[State(document.state)]


def _is_there(document: Document) -> bool:
    return bool(document.txn_id) and document.gone_at is None


def _will_appear(invoice: Invoice) -> str:
    """The sentence of the issue, word for word."""
    number = _in_words(invoice)
    return f"This will appear in QuickBooks as a Customer Payment on {number}. Do not enter it there as well."


def _waits_for(invoice: Invoice, document: Document) -> str:
    number = _in_words(invoice)
    if document.gone_at is not None:
        return f"It stays here: {number} is not in QuickBooks any more."
    match document.state:
        case State.ALREADY:
            return (
                f"It stays here: {number} is marked as already in QuickBooks, but not as which one. Mark the "
                "invoice again with the one that it is, and the payment goes to it; or mark the payment too."
            )
        case State.NEEDS_YOU:
            return f"It follows {number}, which needs you first."
        case _:
            return f"It follows {number}, which is on its way. Do not enter it in QuickBooks as well."


def _in_words(invoice: Invoice) -> str:
    return invoice.label.replace("Invoice without", "an invoice without").replace("Invoice", "invoice")


# What differs


def differences_of(payment: Payment, document: Document) -> list[Difference]:
    """From what is in QuickBooks, as last read or as it was sent, to what stands here now."""
    sent: Mapping[str, Any] = document.frozen or {}
    said: Mapping[str, Any] = document.said or {}
    if payment.source == Payment.Source.QUICKBOOKS or not (sent or said):
        return []
    there = {
        "amount": _amount_there(document) or Decimal(str(sent.get("amount", payment.amount))),
        "date": said.get("date") or sent.get("date"),
        "reference_number": said.get("ref_number", sent.get("reference_number", "")),
    }
    rows = [
        ("Amount", money_text(payment.amount), money_text(there["amount"])),
        ("Date", day_words(payment.date), day_words(there["date"])),
        ("Reference number", payment.reference_number, str(there["reference_number"] or "")),
        ("Method", _method(payment.method), _method(sent.get("method", payment.method))),
        ("Notes", payment.notes, str(sent.get("notes", payment.notes))),
    ]
    told = rows if sent else rows[:1]  # of what somebody entered there by hand only the money counts
    return [Difference(field=field, here=here, there=other) for field, here, other in told if here != other]


def _amount_there(document: Document) -> Decimal | None:
    """What it pays of this invoice, else its total."""
    said = document.said or {}
    assert document.payment_id is not None  # noqa: S101  # documents of payments alone come here
    payment = document.payment
    invoice = invoice_documents([payment.invoice_id]).get(payment.invoice_id) if payment else None
    if invoice is not None and said.get("applied"):
        applied = [
            one["amount"] for one in said["applied"] if one.get("txn_id") == invoice.txn_id and one.get("amount")
        ]
        return sum((Decimal(str(amount)) for amount in applied), ZERO)
    total = said.get("total_amount")
    return None if total is None else Decimal(str(total))


def _method(value: str) -> str:
    return Method(value).label if value in Method.values else ""


def candidates_of(payment: Payment) -> tuple[Candidate, ...]:
    """Payments that came from QuickBooks on the same invoice; those of the same amount first."""
    found = Document.objects.filter(
        payment__invoice=payment.invoice_id,
        payment__source=Payment.Source.QUICKBOOKS,
        payment__archived_at=None,
        ended_at=None,
        gone_at=None,
    ).select_related("payment")
    rows = [(one.txn_id, one.payment) for one in found if one.payment is not None]
    rows.sort(key=lambda row: (row[1].amount != payment.amount, row[1].date, row[0]))
    return tuple(
        Candidate(txn_id=txn_id, words=_payment_words(row), is_equal=row.amount == payment.amount)
        for txn_id, row in rows
    )


def _payment_words(payment: Payment) -> str:
    parts = [money_text(payment.amount), day_words(payment.date)]
    parts += [part for part in (payment.method_name, payment.reference_number) if part]
    return " · ".join(parts)


# For programs


def payment_quickbooks(payment: Payment) -> dict[str, Any]:
    """The value ``quickbooks`` of one payment, with everything that there is to say."""
    standing = standing_of(payment)
    document = standing.document if standing else None
    problem = (document.problem or {}) if document and document.state == State.NEEDS_YOU else {}
    return {
        **short_json(document),
        "sentence": standing.sentence if standing else "",
        "problem": {"code": problem["code"], "text": problem.get("text", "")} if problem else None,
        "candidates": _candidates_json(payment, document),
        "differences": [one.to_json() for one in standing.differences] if standing else [],
    }


def _candidates_json(payment: Payment, document: Document | None) -> list[dict[str, Any]]:
    """Which one there it may be: of those that a lost answer left, or of those that were entered on its invoice."""
    if payment.source == Payment.Source.QUICKBOOKS or (document is not None and document.txn_id):
        return []
    found = document.candidates if document else []
    return found or [{"txn_id": one.txn_id, "words": one.words} for one in candidates_of(payment)]
