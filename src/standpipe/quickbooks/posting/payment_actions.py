"""What a person decides about one payment and QuickBooks. Nothing here reaches QuickBooks."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from standpipe.activity.actions import record as tell
from standpipe.core.errors import UserError
from standpipe.core.money import money_text
from standpipe.organizations.models import Person
from standpipe.payments.actions import change_as_in_quickbooks, drop_from_quickbooks, edit_payment
from standpipe.payments.models import Payment

from .actions import mark_already, unmark_already
from .models import Document
from .payments import (
    ANOTHERS,
    change_as_read,
    forget_open,
    free_there,
    invoice_documents,
    lower_there,
    queue_follow_ups,
)
from .queries import document_of

State = Document.State
PAID_THERE = "paid_there"


def entered_already(payment: Payment, *, by: Person | None, txn_id: str | None = None, number: str = "") -> Document:
    """Somebody entered this payment in QuickBooks by hand: it is never sent. Safe to repeat.

    ``txn_id`` names the one in QuickBooks; ``""``: none of those that came from there, ``None``: the one of them that
    it plainly is, if any. The row that came from there then is the same money: it counts no more, so that the balance
    is lowered once. Raises :class:`UserError` "several" where a person has to say which one it is.
    """
    with transaction.atomic():
        if txn_id is None:
            txn_id = _plainly(payment)
        document = mark_already(payment, by=by, txn_id=txn_id, number=number)
        count_once(document, by=by)
    return document


def _plainly(payment: Payment) -> str:
    """The TxnID of what came from there on this invoice with the same amount or reference; ``""``: nothing did."""
    known = document_of(payment)
    if known is not None and known.state == State.ALREADY and known.txn_id:
        return known.txn_id
    rows = Document.objects.filter(
        payment__invoice=payment.invoice_id, payment__source=Payment.Source.QUICKBOOKS, ended_at=None, gone_at=None
    ).select_related("payment")
    number = payment.reference_number.casefold()
    alike = [one.txn_id for one in rows if one.payment is not None and one.payment.amount == payment.amount]
    named = [one.txn_id for one in rows if number and one.number.casefold() == number]
    for found in (sorted({*named} & {*alike}), named, alike):
        if len(found) == 1:
            return found[0]
    if named or alike:
        raise UserError("Several payments in QuickBooks on this invoice may be this one. Say which.", code="several")
    return ""


def count_once(document: Document, *, by: Person | None) -> None:
    """What came from QuickBooks as this very payment, before that was known, counts no more. Safe to repeat."""
    assert document.payment is not None  # noqa: S101  # documents of payments alone come here
    for twin in _from_there(document.payment, txn_id=document.txn_id):
        Document.objects.filter(pk=twin.pk).update(ended_at=timezone.now(), ended_by=by)
        assert twin.payment is not None  # noqa: S101  # asked for
        drop_from_quickbooks(twin.payment, by=by, verb="payment.same_as_another")
        document.said, document.read_at = twin.said, twin.read_at
        document.save(update_fields=["said", "read_at"])


def not_there_after_all(payment: Payment, *, by: Person | None) -> None:
    """Takes the mark back: it counts as not sent, and goes at the next visit if its invoice is there.

    The one in QuickBooks that it was taken for is another payment again, and counts.
    """
    with transaction.atomic():
        document = document_of(payment)
        if document is None or document.state != State.ALREADY:
            return
        unmark_already(payment, by=by)
        for twin in _from_there(payment, txn_id=document.txn_id, ended=True)[:1]:
            Document.objects.filter(pk=twin.pk).update(ended_at=None, ended_by=None)
            assert twin.payment is not None  # noqa: S101  # asked for
            change_as_in_quickbooks(twin.payment)
        queue_follow_ups(document.connection)


def send_what_is_open(payment: Payment, *, by: Person | None) -> Payment:
    """It is another payment than what was entered there, and goes; where less is open, it becomes that much.

    What QuickBooks shows lower now is asked about no more; were it lower still, it would be asked again. Raises
    :class:`UserError` where nothing is open there, or the question does not stand any more.
    """
    with transaction.atomic():
        document = _asked(payment)
        invoice = invoice_documents([payment.invoice_id]).get(payment.invoice_id)
        free = free_there(document, invoice) if invoice else None
        if invoice is None or free is None or free <= 0:
            raise UserError("Nothing is open on this invoice in QuickBooks.", code="nothing_due")
        _change(document, said={ANOTHERS: str(lower_there(document, invoice))})
        edit_payment(payment, by=by, amount=min(free, payment.amount))
        queue_follow_ups(document.connection)
    return payment


def keep_waiting(payment: Payment, *, by: Person | None) -> None:
    """It stays out until QuickBooks shows enough open, and then goes by itself. Safe to repeat."""
    with transaction.atomic():
        document = _asked(payment)
        _change(document, problem={**(document.problem or {}), "kept_at": timezone.now().isoformat()})
        _tell("payment.kept_waiting", payment, by=by)


def send_again(payment: Payment, *, by: Person | None) -> None:
    """After it was deleted in QuickBooks: it counts as not sent, and goes again. Raises where it is still there."""
    with transaction.atomic():
        document = document_of(payment)
        if document is None:
            return
        if document.gone_at is None:
            raise UserError("It is in QuickBooks. Delete it there first.", code="already_sent")
        _change(document, ended_at=timezone.now(), ended_by=by)
        if invoice_document := invoice_documents([payment.invoice_id]).get(payment.invoice_id):
            forget_open(invoice_document)  # it was read while the payment still stood
        _tell("payment.sent_anew", payment, by=by)
        queue_follow_ups(document.connection)


def _asked(payment: Payment) -> Document:
    """The document about which the question stands."""
    document = document_of(payment)
    if document is None or document.state != State.NEEDS_YOU or (document.problem or {}).get("code") != PAID_THERE:
        raise _changed_meanwhile()
    return document


def _change(document: Document, **values: Any) -> None:
    if not change_as_read(document, **values):
        raise _changed_meanwhile()


def _changed_meanwhile() -> UserError:
    return UserError("This question does not stand any more. Look again.", code="changed_meanwhile")


def _from_there(payment: Payment, *, txn_id: str, ended: bool = False) -> list[Document]:
    """What came from QuickBooks on the same invoice under this TxnID, the latest first."""
    if not txn_id:
        return []
    rows = Document.objects.filter(
        payment__invoice=payment.invoice_id,
        payment__source=Payment.Source.QUICKBOOKS,
        txn_id=txn_id,
        ended_at__isnull=not ended,
    )
    return list(rows.select_related("payment__invoice").order_by("-asked_at", "-id"))


def _tell(verb: str, payment: Payment, *, by: Person | None) -> None:
    tell(
        verb,
        organization=payment.organization,
        by=by,
        subject_type="payment",
        subject_id=payment.pk,
        subject_name=f"{money_text(payment.amount)} on {payment.invoice.label.replace('I', 'i', 1)}",
    )
