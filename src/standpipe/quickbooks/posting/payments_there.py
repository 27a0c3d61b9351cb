"""Payments as they are in QuickBooks: those entered there come here, and ours are followed (issue: pains 17, 18).

What is read is a fact: it is stored as it is, nothing of it is refused. A payment of ours is known by its TxnID or
its marker and never taken for another one; one QuickBooks payment of several invoices is a row here on each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from qbwire.messages import AppliedTxn, ReceivePayment
from standpipe.core.changes import differing
from standpipe.core.money import ZERO, money_text
from standpipe.payments.actions import (
    change_as_in_quickbooks,
    drop_from_quickbooks,
    keep_payment_from_quickbooks,
    today_of,
)
from standpipe.payments.models import Payment
from standpipe.quickbooks.connections.models import Connection

from .models import Document
from .payment_actions import entered_already
from .payments import queue_follow_ups, said_of
from .settings import settings_of

State = Document.State
FROM_THERE = Payment.Source.QUICKBOOKS


def take_over(connection: Connection, payments: Iterable[ReceivePayment]) -> int:
    """Stores payments that were read with what they are applied to; how many rows are new here. Safe to repeat."""
    read = {payment.txn_id: payment for payment in payments}
    with transaction.atomic():
        here = _here(connection, list(read.values()))
        new = sum(_take_over_one(connection, payment, here) for payment in read.values())
    queue_follow_ups(connection)
    return new


def payments_gone(connection: Connection, txn_ids: Sequence[str], *, because: str = "deleted") -> int:
    """They are not in QuickBooks any more. Rows that came from there count no more; ours are marked, and stay."""
    count = 0
    with transaction.atomic():
        live = _documents(connection).filter(txn_id__in=[txn_id for txn_id in txn_ids if txn_id], gone_at=None)
        for document in live.select_related("payment"):
            _note_gone(document, because=because)
            count += 1
    return count


def _note_gone(document: Document, *, because: str) -> None:
    """Where nobody has to do anything about it any more, its document ends too."""
    payment, now = document.payment, timezone.now()
    assert payment is not None  # noqa: S101  # documents of payments alone come here
    document.gone_at, document.gone_because = now, because
    if payment.source == FROM_THERE:
        drop_from_quickbooks(payment)
    if payment.archived_at is not None:
        document.ended_at = now
    document.save(update_fields=["gone_at", "gone_because", "ended_at"])


def _documents(connection: Connection) -> Any:
    return Document.objects.filter(connection=connection, payment__isnull=False, ended_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What stands here of payments that were read: asked for once, however many they are."""

    known: Mapping[str, Sequence[Document]]  # by TxnID
    gone: Mapping[str, Sequence[Document]]  # rows that came from there once, the latest last
    invoices: Mapping[str, Document]  # those that they pay, by TxnID
    markers: frozenset[str]  # of them, those that are ours


def _here(connection: Connection, payments: Sequence[ReceivePayment]) -> _Here:
    txn_ids = [one.txn_id for one in payments]
    came = Document.objects.filter(
        connection=connection,
        txn_id__in=txn_ids,
        payment__source=FROM_THERE,
        gone_at__isnull=False,
        ended_at__isnull=False,
    )
    paid = {one.txn_id for payment in payments for one in payment.applied_to}
    invoices = Document.objects.filter(
        connection=connection, invoice__isnull=False, ended_at=None, txn_id__in=paid
    ).select_related("invoice__organization")
    return _Here(
        known=_by_txn_id(_documents(connection).filter(txn_id__in=txn_ids)),
        gone=_by_txn_id(came.order_by("ended_at")),
        invoices={one.txn_id: one for one in invoices},
        markers=_our_markers(connection, payments),
    )


def _by_txn_id(documents: QuerySet[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for one in documents.select_related("payment__invoice"):
        found[one.txn_id].append(one)
    return found


def _our_markers(connection: Connection, payments: Sequence[ReceivePayment]) -> frozenset[str]:
    """Of what we sent and whose answer has not come: recovery settles it."""
    by_marker = {marker: one.external_guid for one in payments if (marker := _uuid_of(one.external_guid))}
    if not by_marker:
        return frozenset()
    sent = Document.objects.filter(connection=connection, marker__in=by_marker, payment__isnull=False)
    taken = Payment.objects.filter(organization=connection.organization_id, pk__in=by_marker)
    ours = {*sent.values_list("marker", flat=True), *taken.values_list("pk", flat=True)}
    return frozenset(by_marker[marker] or "" for marker in ours)


def _uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _take_over_one(connection: Connection, read: ReceivePayment, here: _Here) -> int:
    known = {one.payment.invoice_id: one for one in here.known.get(read.txn_id, ()) if one.payment is not None}
    if not known and read.external_guid in here.markers:
        return 0
    applied = _applied_here(read, here)
    for invoice_id, document in known.items():
        assert document.payment is not None  # noqa: S101  # asked for
        if document.payment.source != FROM_THERE:
            _follow(document, read)
            applied.pop(invoice_id, None)
        elif invoice_id not in applied:
            _note_gone(document, because="deleted")
    known |= _there_again(here.gone.get(read.txn_id, ()), invoice_ids=applied.keys() - known.keys())
    return sum(
        _keep(connection, read, applied=one, invoice=invoice, known=known.get(invoice_id))
        for invoice_id, (one, invoice) in applied.items()
    )


def _there_again(gone: Sequence[Document], *, invoice_ids: Collection[UUID]) -> dict[UUID, Document]:
    """Rows that came from there once and were gone, after another copy of the company file was opened, say."""
    found = {one.payment.invoice_id: one for one in gone if one.payment and one.payment.invoice_id in invoice_ids}
    if found:
        Document.objects.filter(pk__in=[one.pk for one in found.values()]).update(ended_at=None, ended_by=None)
    return found


def _applied_here(read: ReceivePayment, here: _Here) -> dict[UUID, tuple[AppliedTxn, Document]]:
    """Of what the payment is applied to, the invoices that are here, by their id."""
    pairs = [(one, here.invoices.get(one.txn_id)) for one in read.applied_to if _worth(one) > 0]
    return {found.invoice_id: (one, found) for one, found in pairs if found is not None and found.invoice_id}


def _follow(document: Document, read: ReceivePayment) -> None:
    """One of ours, or one that a person said is the same: what QuickBooks has of it, for the difference."""
    document.said = said_of(read)
    document.edit_sequence, document.number = read.edit_sequence or "", read.ref_number or ""
    document.read_at, document.gone_at, document.gone_because = timezone.now(), None, ""
    document.save(
        update_fields=["said", "edit_sequence", "number", "read_at", "gone_at", "gone_because"],
    )


def _worth(applied: AppliedTxn) -> Decimal:
    """What it lowers the balance by: money, and the discount that was given with it."""
    return (applied.amount or ZERO) + (applied.discount_amount or ZERO)


def _keep(
    connection: Connection, read: ReceivePayment, *, applied: AppliedTxn, invoice: Document, known: Document | None
) -> int:
    assert invoice.invoice is not None  # noqa: S101  # documents of invoices alone come here
    said: dict[str, Any] = {
        "amount": _worth(applied),
        "date": read.dated_on or today_of(invoice.invoice.organization),
        "method": _method_of(connection, read),
        "method_name": (read.payment_method.full_name if read.payment_method else None) or "",
        "reference_number": read.ref_number or "",
        "notes": _notes(read, applied),
    }
    if known is not None and known.payment is not None:
        if known.payment.archived_at is not None or differing(known.payment, said):  # as it was read just now
            change_as_in_quickbooks(known.payment, **said)
        _follow(known, read)
        return 0
    payment = keep_payment_from_quickbooks(invoice.invoice, **said)
    now = timezone.now()
    Document.objects.create(
        organization_id=connection.organization_id,
        connection=connection,
        payment=payment,
        state=State.POSTED,
        customer_list_id=(read.customer.list_id if read.customer else None) or invoice.customer_list_id,
        customer_name=(read.customer.full_name if read.customer else None) or invoice.customer_name,
        txn_id=read.txn_id,
        edit_sequence=read.edit_sequence or "",
        number=read.ref_number or "",
        said=said_of(read),
        read_at=now,
    )
    if (marked := _marked(connection, read, applied=applied, invoice=invoice)) is None:
        return 1
    entered_already(marked, by=None, txn_id=read.txn_id, number=read.ref_number or "")
    return 0


def _marked(
    connection: Connection, read: ReceivePayment, *, applied: AppliedTxn, invoice: Document
) -> Payment | None:
    """The payment here that a person said to be in QuickBooks, without knowing which one: of the same amount on the
    same invoice, or with the same reference number. Taken for two, the balance would be lowered twice.
    """
    unnamed = _documents(connection).filter(
        payment__invoice=invoice.invoice_id, payment__archived_at=None, state=State.ALREADY, txn_id=""
    )
    number = (read.ref_number or "").casefold()
    fitting = [
        (bool(number) and number in (one.number.casefold(), one.payment.reference_number.casefold()), one.payment)
        for one in unnamed.select_related("payment__invoice").order_by("payment__date", "payment_id")
    ]
    fitting = [(is_named, one) for is_named, one in fitting if is_named or one.amount == _worth(applied)]
    return max(fitting, key=lambda pair: (pair[0], pair[1].date == read.dated_on))[1] if fitting else None


def _notes(read: ReceivePayment, applied: AppliedTxn) -> str:
    parts = [read.memo or ""]
    if applied.discount_amount:
        parts.append(f"{money_text(applied.discount_amount)} of it is a discount.")
    return "\n".join(part for part in parts if part)


def _method_of(connection: Connection, read: ReceivePayment) -> str:
    """Our method whose payment method in QuickBooks this is; ``""`` where it is none or several of ours."""
    list_id = read.payment_method.list_id if read.payment_method else None
    methods = settings_of(connection).methods
    ours = [method for method, setting in methods.items() if list_id and setting.payment_method == list_id]
    return ours[0] if len(ours) == 1 else ""
