"""What became of documents, written down. Everything that ends the state Sending lives here.

Each function belongs into the transaction that stores QuickBooks' answer, and changes nothing when it is repeated: a
set is settled only while it is out, a document only while it is Sending.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from qbwire.messages import ReceivePayment
from standpipe.activity import actions as activity
from standpipe.activity.models import Activity
from standpipe.activity.words import add_verbs
from standpipe.core.prepared import Prepared, Slot, save
from standpipe.quickbooks.connections.models import Connection

from . import outbox, payments
from .models import Document, MessageSet
from .outcomes import COMPUTED, UNKNOWN, Outcome, Posted, decimal_of
from .tied import Bearers, words_of

# After so many refusals in a row because somebody has the record open; the last one holds for all that follow.
BACK_OFF_MINUTES = (1, 2, 5, 10, 20, 40, 60)
# What may come to need a person: not one that does already, nor one that is there.
ON_ITS_WAY = Q(state__in=(Document.State.WAITING, Document.State.SENDING)) | Q(
    state=Document.State.POSTED, gone_because="missing"
)
# Follows who did it: here always Standpipe itself.
VERBS = {
    f"{noun}.{what}": words.format(noun=noun)
    for noun in ("invoice", "payment")
    for what, words in {
        "posted": "posted this {noun} to QuickBooks",
        "refused_by_quickbooks": "sent this {noun}, and QuickBooks refused it",
        "needs_you": "held this {noun} back, because somebody has to look",
        "sent_again": "put this {noun} into the outbox again, because QuickBooks went back to before it was posted",
    }.items()
}
SAVED = "saved_not_returned"  # of one that is looked for: QuickBooks said that it is there, so it never goes again
TIED_MEANWHILE = "Another invoice here was said to be that one in QuickBooks."
LOCKED_LONG = 5  # from then on it is said who has to close what; it is tried all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many documents went which way."""

    posted: int = 0
    refused: int = 0
    again: int = 0


def register() -> None:
    add_verbs(VERBS)


# --- a whole set


def settle(
    message_set: MessageSet, outcomes: Mapping[int, Outcome], *, code: int | None, now: datetime
) -> Settled | None:
    """The answer to a set, in time or late. ``None``: it was settled before.

    Documents of which the answer does not tell stay Sending and the set stays out: they are looked for.
    """
    pairs = [(one, outcomes.get(place_of(one), UNKNOWN)) for one in _sending(message_set)]
    told = [(one, outcome) for one, outcome in pairs if outcome.how not in ("unknown", "saved")]
    state = MessageSet.State.ANSWERED if len(told) == len(pairs) else MessageSet.State.OUT
    out = MessageSet.objects.filter(pk=message_set.pk, state=MessageSet.State.OUT)
    if not out.update(state=state, answered_at=now, status_code=code):
        return None
    for document, outcome in pairs:
        if outcome.how == "saved":
            document.problem = _problem(SAVED, outcome.text, now=now)
            save(document, ["problem"])
    return write(message_set.connection, told, now=now)


def close_lost(message_set: MessageSet, *, now: datetime) -> bool:
    """The answer is lost for good. What was found was written before; what was not found waits again."""
    out = MessageSet.objects.filter(pk=message_set.pk, state=MessageSet.State.OUT)
    if not out.update(state=MessageSet.State.LOST, answered_at=now, is_forgotten=True):
        return False
    _let_wait(message_set)
    return True


def close_rejected(message_set: MessageSet, problem: Mapping[str, str], *, now: datetime) -> bool:
    """QuickBooks could not read the set and did nothing of it. A single document of it is the culprit."""
    out = MessageSet.objects.filter(pk=message_set.pk, state=MessageSet.State.OUT)
    if not out.update(state=MessageSet.State.REJECTED, answered_at=now, is_forgotten=True):
        return False
    documents = _sending(message_set)
    if len(documents) == 1:
        _refuse(documents[0], code=problem["code"], text=problem["text"], now=now)
    else:
        _let_wait(message_set)
    return True


def _let_wait(message_set: MessageSet) -> None:
    sending = Document.objects.filter(message_set=message_set, state=Document.State.SENDING)
    sending.update(state=Document.State.WAITING, message_set=None, request_number=None)


def place_of(document: Document) -> int:
    return document.request_number or 0


def _sending(message_set: MessageSet) -> list[Document]:
    """In their order."""
    return outbox.of(message_set.connection, _SENT.all(set=message_set.pk))


_SENT = Prepared(
    lambda: outbox.loaded(
        Document.objects.filter(message_set=Slot("set"), state=Document.State.SENDING).order_by("request_number")
    )
)


# --- single documents


def write(connection: Connection, pairs: Iterable[tuple[Document, Outcome]], *, now: datetime) -> Settled:
    """Each document's outcome; payments of invoices that are there now are queued with it."""
    pairs = list(pairs)
    counts = {"posted": 0, "refused": 0, "again": 0}
    bearers = Bearers.of(connection, [outcome.posted.txn_id for _, outcome in pairs if outcome.posted is not None])
    paid = payments.invoice_documents(one.payment.invoice_id for one, _ in pairs if one.payment is not None)
    paid |= {one.invoice_id: one for one, _ in pairs if one.invoice_id is not None}
    posted: list[Document] = []
    for document, outcome in pairs:
        if outcome.posted is not None:
            if not _post(document, outcome.posted, bearers, remark=outcome, now=now):
                counts["refused"] += 1
                continue
            if document.payment is not None:
                said = ReceivePayment(txn_id=outcome.posted.txn_id, applied_to=outcome.posted.applied)
                payments.note_applied(document, said, invoice_document=paid.get(document.payment.invoice_id))
            posted.append(document)
        elif outcome.how == "again":
            _try_again(document, outcome, now=now)
        else:
            _refuse(document, code=outcome.code, text=outcome.text, now=now)
        counts[outcome.how] += 1
    activity.record_many([_told("posted", one, after=_words_of_posted(one)) for one in posted])
    if any(one.invoice_id is not None for one in posted):
        payments.queue_follow_ups(connection)
    return Settled(**counts)


def _post(document: Document, posted: Posted, bearers: Bearers, *, remark: Outcome, now: datetime) -> bool:
    """``False``: another invoice here is tied to that one already, so a person says which of the two it is."""
    bearer = bearers.another(posted.txn_id, besides=document)
    if bearer is not None:
        hold(document, code="tied", text=words_of(bearer), now=now, candidates=[posted])
        bearers.note(document)
        return False
    document.state, document.problem, document.candidates = Document.State.POSTED, None, []
    document.txn_id, document.edit_sequence = posted.txn_id, posted.edit_sequence
    document.number = posted.number
    document.said = _said(posted)
    document.posted_at, document.read_at = now, now if posted.said else None
    document.not_before, document.gone_at, document.gone_because = None, None, ""
    if (text := difference_of(document)) is not None:
        document.problem = _problem("total_differs", text, now=now)
    elif remark.code:  # a warning: done, with something to note
        document.problem = _problem(remark.code, remark.text, now=now)
    try:
        with transaction.atomic():
            save(document, _WRITTEN)
    except IntegrityError:  # somebody tied another one to it in this moment
        document.refresh_from_db()
        hold(document, code="tied", text=TIED_MEANWHILE, now=now, candidates=[posted])
        return False
    bearers.note(document)
    return True


def _words_of_posted(document: Document) -> dict[str, str]:
    said = document.said or {}
    total = decimal_of(said.get("total") or said.get("total_amount"))
    shown = {} if total is None else {"total": str(total)}
    return {"txn_id": document.txn_id, "number": document.number, **shown}


def _said(posted: Posted) -> dict[str, Any] | None:
    """With the total as QuickBooks computed it: whoever changes the amounts there later is not QuickBooks."""
    said = dict(posted.said)
    return (said | {COMPUTED: said["total"]} if said.get("total") is not None else said) or None


def difference_of(document: Document) -> str | None:
    """The total that QuickBooks computed against ours, in words; ``None`` where they agree to the cent."""
    said = document.said or {}
    theirs, ours = decimal_of(said.get("total") or said.get("total_amount")), total_of(document)
    if theirs is None or theirs == ours:
        return None
    return f"QuickBooks has {theirs:,.2f}; here it is {ours:,.2f}."


def total_of(document: Document) -> Decimal:
    """What was sent, as it stood then."""
    frozen = document.frozen or {}
    if (sent := decimal_of(frozen.get("total") or frozen.get("amount"))) is not None:
        return sent
    if document.invoice is not None:
        return Decimal(document.invoice.total)
    assert document.payment is not None  # noqa: S101 - document_is_of_one_thing
    return Decimal(document.payment.amount)


def _try_again(document: Document, outcome: Outcome, *, now: datetime) -> None:
    document.attempts += 1
    minutes = BACK_OFF_MINUTES[min(document.attempts, len(BACK_OFF_MINUTES)) - 1]
    document.state, document.not_before = Document.State.WAITING, now + timedelta(minutes=minutes)
    document.problem = _problem(outcome.code, outcome.text, now=now)
    if document.attempts >= LOCKED_LONG:
        document.problem["is_long"] = True
    save(document, _WRITTEN)


def _refuse(document: Document, *, code: str, text: str, now: datetime) -> None:
    document.state, document.problem = Document.State.NEEDS_YOU, _problem(code, text, now=now)
    save(document, _WRITTEN)
    tell("refused_by_quickbooks", document, after={"code": code, "text": text})


def hold(document: Document, *, code: str, text: str, now: datetime, candidates: Sequence[Posted] = ()) -> bool:
    """Needs a person before it may go, or before anybody knows. ``False`` where it is not on its way any more."""
    on_its_way = Document.objects.filter(ON_ITS_WAY, pk=document.pk, ended_at=None)
    shown = [candidate_of(one) for one in candidates]
    problem = _problem(code, text, now=now)
    lost = {"txn_id": "", "gone_at": None, "gone_because": ""} if document.state == Document.State.POSTED else {}
    if not on_its_way.update(
        state=Document.State.NEEDS_YOU, problem=problem, candidates=shown, not_before=None, **lost
    ):
        return False
    document.state, document.problem, document.candidates = Document.State.NEEDS_YOU, problem, shown
    for name, value in lost.items():
        setattr(document, name, value)
    tell("needs_you", document, after={"code": code, "text": text})
    return True


def candidate_of(posted: Posted) -> dict[str, Any]:
    """One transaction that may be the document, as a person compares it."""
    said = posted.said
    return {
        "txn_id": posted.txn_id,
        "number": posted.number,
        "date": said.get("date"),
        "total": said.get("total") or said.get("total_amount"),
        "customer_name": said.get("customer_name", ""),
        "edit_sequence": posted.edit_sequence,
    }


_WRITTEN = [
    "state", "problem", "candidates", "txn_id", "edit_sequence", "number", "said", "posted_at", "read_at",
    "not_before", "attempts", "gone_at", "gone_because",
]  # fmt: skip


def _problem(code: str, text: str, *, now: datetime) -> dict[str, Any]:
    return {"code": code, "text": text, "at": now.isoformat()}


def tell(what: str, document: Document, *, after: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
    activity.record_many([_told(what, document, before=before, after=after)])


def _told(
    what: str, document: Document, *, after: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> Activity:
    subject = document.invoice or document.payment
    assert subject is not None  # noqa: S101 - document_is_of_one_thing
    noun = "invoice" if document.invoice is not None else "payment"
    name = document.invoice.number if document.invoice is not None else (document.frozen or {}).get("invoice", "")
    return activity.entry(
        f"{noun}.{what}",
        organization=document.organization,
        by=None,
        subject_type=noun,
        subject_id=subject.pk,
        subject_name=name,
        before=dict(before) if before else None,
        after=dict(after),
    )
