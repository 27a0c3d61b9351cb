"""Looking for documents in the company file: what is asked, and what of the answer is which document.

Read back by number, and by customer and dates; the marker decides (``comparing``). Beside what is sought, one
document that is known to be there is asked for: it shows whether this QuickBooks returns markers at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import F, Q, QuerySet, UUIDField
from django.utils import timezone

from qbwire.messages import (
    EntityFilter,
    InvoiceQuery,
    ReceivePaymentQuery,
    ResponseSet,
    TxnDateRange,
    TxnDeleted,
    TxnDeletedQuery,
    tags_of,
)
from standpipe.core.prepared import Prepared, Slot, Slots
from standpipe.payments.models import Payment
from standpipe.quickbooks.connections.models import Connection

from . import outbox
from .comparing import ABSENT, Sought, Verdict, compare, looks_like
from .freezing import INVOICE_TAGS, PAYMENT_TAGS
from .markers import markers_of
from .message import number_as_sent
from .models import Document, MessageSet
from .outcomes import ADDS, Posted, found_in
from .results import total_of

State = Document.State
NOT_KNOWN_THERE = Q(state__in=(State.WAITING, State.NEEDS_YOU)) | Q(state=State.POSTED, gone_because="missing")
SENT_AGAIN_WITHIN = timedelta(days=30)  # after posting; who restores an older backup decides for each document
NOT_THERE = 3120  # what was asked for by its ID is gone; mostly 500, a warning (qbwc, test_helper)


def sent_in(connection: Connection, message_set: MessageSet) -> list[Document]:
    """The documents of a set whose outcome is not known."""
    return outbox.of(connection, _SENT.all(message_set=message_set.pk))


_SENT = Prepared(
    lambda: outbox.loaded(
        Document.objects.filter(message_set=Slot("message_set"), state=State.SENDING).order_by("request_number")
    )
)


def witnesses(connection: Connection) -> dict[str, Document]:
    """The invoice and the payment posted last that are still there, by kind."""
    lasts = ((kind, query.first(connection=connection.pk)) for kind, query in _LAST_POSTED.items())
    return {kind: last for kind, last in lasts if last is not None}


def _last_posted(noun: str) -> QuerySet[Document]:
    posted = Document.objects.filter(
        connection=Slot("connection"), state=State.POSTED, ended_at=None, gone_at=None, **{f"{noun}__isnull": False}
    ).exclude(txn_id="")
    return posted.order_by("-posted_at")[:1]


_LAST_POSTED = {
    "Invoice": Prepared(partial(_last_posted, "invoice")),
    "ReceivePayment": Prepared(partial(_last_posted, "payment")),
}


# --- what is asked


DELETED = TxnDeletedQuery(kinds=("Invoice", "ReceivePayment"), include_ret_element=tags_of(TxnDeleted, "txn_id"))


def questions(
    documents: Sequence[Document],
    known: Mapping[str, Document],
    *,
    is_wide: bool = False,
    is_numberless: bool = False,
) -> tuple[object, ...]:
    """``is_wide``: without customers, because one of them may be gone from QuickBooks; ``is_numberless``: without
    numbers, because one of them cannot be read.
    """
    asked: list[object] = []
    if invoices := [one for one in documents if one.invoice_id]:
        numbers = sorted({number for one in invoices if (number := sent_number(one))})
        if numbers and not is_numberless:
            asked.append(InvoiceQuery(ref_numbers=tuple(numbers), include_ret_element=INVOICE_TAGS))
        asked.append(
            InvoiceQuery(
                dated=_dates(invoices),
                entity_filter=None if is_wide else _customers(invoices),
                include_ret_element=INVOICE_TAGS,
            )
        )
    if payments := [one for one in documents if one.payment_id]:
        asked.append(
            ReceivePaymentQuery(
                dated=_dates(payments),
                entity_filter=None if is_wide else _customers(payments),
                include_lines=True,
                include_ret_element=PAYMENT_TAGS,
            )
        )
    return (*asked, *witness_questions(known))


def witness_questions(known: Mapping[str, Document]) -> list[object]:
    asked: list[object] = []
    if "Invoice" in known:
        asked.append(InvoiceQuery(txn_ids=(known["Invoice"].txn_id,), include_ret_element=INVOICE_TAGS))
    if "ReceivePayment" in known:
        txn_ids = (known["ReceivePayment"].txn_id,)
        asked.append(ReceivePaymentQuery(txn_ids=txn_ids, include_lines=True, include_ret_element=PAYMENT_TAGS))
    return asked


def _customers(documents: Iterable[Document]) -> EntityFilter:
    return EntityFilter(list_ids=tuple(sorted({one.customer_list_id for one in documents})))


def _dates(documents: Iterable[Document]) -> TxnDateRange:
    days = [dated_on(one) for one in documents]
    return TxnDateRange(from_date=min(days), to_date=max(days))


def dated_on(document: Document) -> date:
    """As it was sent, or would be."""
    if frozen := document.frozen:
        return date.fromisoformat(frozen["date"])
    subject = document.invoice or document.payment
    assert subject is not None  # noqa: S101 - document_is_of_one_thing
    return subject.date


def sent_number(document: Document) -> str:
    """The number of an invoice, the reference of a payment, in QuickBooks' letters."""
    frozen = document.frozen or {}
    if document.invoice is not None:
        return number_as_sent(frozen.get("number", document.invoice.number))
    assert document.payment is not None  # noqa: S101 - document_is_of_one_thing
    return number_as_sent(frozen.get("reference_number", document.payment.reference_number))


# --- what the answer says


def found_of(answer: ResponseSet) -> list[Posted]:
    """Every invoice and payment in the answer, once."""
    found = {
        one.txn_id: one for response in answer.responses if _is_of_txns(response.kind) for one in found_in(response)
    }
    return list(found.values())


def trouble_of(answer: ResponseSet) -> str:
    """Why the answer does not tell what is there; ``""``: it does."""
    for response in answer.responses:
        if response.status.is_error and response.status.code != NOT_THERE:
            return response.status.message or f"QuickBooks answered with status {response.status.code}."
        if response.iterator_remaining_count:
            return "QuickBooks did not return everything that was asked for."
    return ""


def _is_of_txns(kind: str) -> bool:
    return kind.removesuffix("Query") in ADDS.values() or kind in ADDS


def verdicts(connection: Connection, documents: Sequence[Document], found: Sequence[Posted]) -> dict[str, Verdict]:
    """Each document against what was found; two documents never share a transaction."""
    known = set(
        Document.objects.filter(connection=connection, txn_id__in=[one.txn_id for one in found])
        .exclude(pk__in=[one.pk for one in documents])
        .values_list("txn_id", flat=True)
    )
    come_back = {one.kind for one in found if one.marker}
    judged = {}
    for document in documents:
        if document.state == State.POSTED:
            free = [one for one in found if one.txn_id not in known]
            judged[str(document.pk)] = lost_verdict(document, free)
            continue
        sought = sought_of(document, earlier=True)
        judged[str(document.pk)] = compare(sought, found, markers_come_back=sought.kind in come_back, taken=known)
    return _apart(judged)


def _apart(judged: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """One transaction that fits two documents without a marker: nobody knows whose it is."""
    claimed: dict[str, list[str]] = defaultdict(list)
    for key, verdict in judged.items():
        for one in verdict.found:
            claimed[one.txn_id].append(key)
    shared = {key for keys in claimed.values() if len(keys) > 1 for key in keys}
    return {
        key: Verdict(how="several", found=verdict.found) if key in shared else verdict
        for key, verdict in judged.items()
    }


def sought_of(document: Document, *, earlier: bool = False) -> Sought:
    """``earlier``: with the markers of documents of the same invoice or payment before it, which may have ended
    without anybody knowing that they had left.
    """
    pays = ""
    if document.payment is not None:
        its_invoice = Document.objects.filter(invoice=document.payment.invoice_id, ended_at=None).exclude(txn_id="")
        pays = its_invoice.values_list("txn_id", flat=True).first() or ""
    return Sought(
        key=str(document.pk),
        kind="Invoice" if document.invoice_id else "ReceivePayment",
        marker=str(document.marker),
        earlier_markers=_earlier(document) if earlier else frozenset(),
        number=sent_number(document),
        customer_list_id=document.customer_list_id,
        dated_on=dated_on(document),
        total=total_of(document),
        pays=pays,
    )


def number_verdict(document: Document, found: Sequence[Posted]) -> Verdict | None:
    """What QuickBooks has under the number of an invoice that is to go: "there", ours already; else taken."""
    if document.invoice is None or not (number := number_as_sent(document.invoice.number).casefold()):
        return None
    bearers = [one for one in found if one.kind == "Invoice" and one.number.casefold() == number]
    ours = [one for one in bearers if one.marker == str(document.marker)]
    if len(ours) == 1:
        return Verdict(how="there", found=tuple(ours))
    return Verdict(how="several", found=tuple(bearers)) if bearers else None


# --- what somebody deleted, and what a restored database may have forgotten


def deleted_in(answer: ResponseSet) -> tuple[str, ...]:
    """TxnIDs of what was deleted; none where QuickBooks does not tell."""
    feed = answer.of_kind("TxnDeletedQuery")
    return tuple(record.key for record in feed.records if record.key) if feed is not None else ()


def note_deleted(connection: Connection, txn_ids: Sequence[str], *, now: datetime) -> None:
    there = Document.objects.filter(connection=connection, txn_id__in=txn_ids, ended_at=None, gone_at=None)
    there.update(gone_at=now, gone_because="deleted")


def _unsure() -> QuerySet[Document]:
    """What is not known to be there or not: a restored database may have forgotten that it was sent, or the company
    file may have gone back to before it was posted.
    """
    older = Q(invoice__created_at__lt=F("connection__doubted_at")) | Q(
        payment__created_at__lt=F("connection__doubted_at")
    )
    made_since = older & Q(read_at=None) & ~Q(state=State.POSTED)  # one that the database knew no document of
    documents = Document.objects.filter(NOT_KNOWN_THERE, connection=Slot("connection"), ended_at=None)
    return documents.filter(Q(is_unsure=True) | made_since).order_by("asked_at", "id")


_IS_UNSURE = Prepared(lambda: _unsure().values_list("pk", flat=True)[:1])
_NEXT_UNSURE = Prepared(lambda: outbox.loaded(_unsure())[: outbox.MOST])
_OF_UNSURE = Prepared(lambda: outbox.loaded(_unsure()).filter(pk__in=Slots("ids", UUIDField())))


def is_unsure(connection: Connection) -> bool:
    """Something has to be looked for before anything goes."""
    return bool(_IS_UNSURE.all(connection=connection.pk))


def unsure(connection: Connection, *, most: int = outbox.MOST) -> list[Document]:
    """The next that have to be."""
    return outbox.of(connection, _NEXT_UNSURE.all(connection=connection.pk)[:most])


def unsure_of(connection: Connection, ids: Sequence[str]) -> list[Document]:
    """Those of ``ids`` that have to be."""
    return outbox.of(connection, _OF_UNSURE.all(connection=connection.pk, ids=ids))


def doubt_everything() -> None:
    """After the database was put back to an earlier state: nothing that is older goes before it was looked for."""
    Connection.objects.update(doubted_at=timezone.now())
    Document.objects.filter(ended_at=None, state__in=(State.WAITING, State.NEEDS_YOU)).update(is_unsure=True)


def note_missing(connection: Connection, documents: Sequence[Document], *, now: datetime) -> None:
    """Posted, not there any more, and not deleted: the file went back in time. The task that posts looks for them."""
    recent = [one.pk for one in documents if one.posted_at is not None and now - one.posted_at <= SENT_AGAIN_WITHIN]
    ours = Document.objects.filter(pk__in=recent).exclude(payment__source=Payment.Source.QUICKBOOKS)
    if ours.update(is_unsure=True):
        outbox.open_task(connection)


def lost_verdict(document: Document, found: Sequence[Posted]) -> Verdict:
    """Whether one that was posted and is gone stands there under another TxnID, or was entered again by somebody."""
    sought = sought_of(document)
    alike = [one for one in found if one.kind == sought.kind and not one.marker and looks_like(sought, one)]
    marked = [one for one in found if one.kind == sought.kind and one.marker == sought.marker]
    if marked:
        return Verdict(how="there" if len(marked) == 1 else "several", found=tuple(marked))
    return Verdict(how="several", found=tuple(alike)) if alike else ABSENT


def send_again(connection: Connection, ids: Sequence[str]) -> list[Document]:
    """Of those that are proven absent, what was posted after everything that is there still waits once more.

    What is older than that was not taken away by a restored backup: a company file may be condensed. It stays as it
    is, and a person says.
    """
    latest = max((one.posted_at for one in witnesses(connection).values() if one.posted_at), default=None)
    documents = [
        one
        for one in unsure_of(connection, ids)
        if one.state == State.POSTED and (latest is None or (one.posted_at is not None and one.posted_at > latest))
    ]
    Document.objects.filter(pk__in=[one.pk for one in documents]).update(
        state=State.WAITING, problem=None, txn_id="", edit_sequence="", number="", said=None, posted_at=None,
        read_at=None, gone_at=None, gone_because="", message_set=None, request_number=None, frozen=None,
    )  # fmt: skip
    return documents


def _earlier(document: Document) -> frozenset[str]:
    """What documents of the same thing bore before, and may have borne that a restored database has forgotten."""
    if (record_id := document.invoice_id or document.payment_id) is None:
        return frozenset()
    same = Document.objects.filter(Q(invoice=record_id) | Q(payment=record_id))
    known = list(same.values_list("marker", "txn_id", "connection_id"))
    left = [
        marker for marker, txn_id, connection_id in known if (txn_id, connection_id) == ("", document.connection_id)
    ]
    return frozenset(map(str, [*left, *markers_of(record_id, documents=len(known))]))
