"""What the repair buttons do at once: try again, say which one it is, say that it is not there. One transaction each.

A press decides from the state that was looked at: a visit that moved the document meanwhile wins, and is said.
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from standpipe.activity.actions import record as tell
from standpipe.activity.words import add_verbs
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person

from .actions import mark_already, queue_invoice, release
from .models import UNPROVEN, Document
from .payment_actions import count_once
from .payments import queue_follow_ups
from .queries import document_of
from .tied import refuse_tied

State = Document.State

# Follows who did it.
VERBS = {
    "invoice.tried_again": "had this invoice tried again",
    "payment.tried_again": "had this payment tried again",
    "invoice.recognised": "said which invoice in QuickBooks this is",
    "payment.recognised": "said which payment in QuickBooks this is",
    "invoice.said_not_there": "said that this invoice is not in QuickBooks",
    "payment.said_not_there": "said that this payment is not in QuickBooks",
    "invoice.voided_there": "found this invoice voided in QuickBooks",
    "invoice.gone_there": "found that this invoice is not in QuickBooks any more",
    "payment.gone_there": "found that this payment is not in QuickBooks any more",
}
MOVED = "Something has changed meanwhile. Look again."


def register() -> None:
    add_verbs(VERBS)


def try_again(document: Document, *, by: Person | None) -> None:
    """Clears the pause of one that repeats by itself; one that was refused goes into the outbox anew.

    Raises :class:`UserError` where something still stands in the way, and where nobody knows yet whether it is there.
    """
    with transaction.atomic():
        if document.state == State.WAITING:
            _move(document, not_before=None)
        elif document.state != State.NEEDS_YOU or _code(document) in UNPROVEN:
            raise UserError(
                "It cannot be sent again before it is known whether it is in QuickBooks.", code="unproven"
            )
        elif document.invoice is not None:
            queue_invoice(document.invoice, by=by)
        else:
            _end(document, by=by)
            queue_follow_ups(document.connection)
            _refuse_what_is_held_again(document)
        _tell("tried_again", document, by=by)


def _refuse_what_is_held_again(document: Document) -> None:
    """A payment whose cause is still there would say "sent again" and go nowhere."""
    assert document.payment is not None  # what is no invoice  # noqa: S101
    anew = document_of(document.payment)
    if anew is not None and anew.state == State.NEEDS_YOU:
        raise UserError(str((anew.problem or {}).get("text") or MOVED), code="not_ready")


def recognise(document: Document, *, txn_id: str, by: Person | None) -> None:
    """``txn_id`` is one of those that were found in QuickBooks: this document is that one.

    Where its own sending may have made it, it is posted; where somebody entered it there, it is marked as already in
    QuickBooks. Raises :class:`UserError`.
    """
    found = next((one for one in document.candidates if one.get("txn_id") == txn_id), None)
    if found is None:
        raise UserError("Choose one of those that were found in QuickBooks.", code="invalid_choice", field="txn_id")
    record = document.invoice or document.payment
    assert record is not None  # document_is_of_one_thing  # noqa: S101
    with transaction.atomic():
        if _code(document) in UNPROVEN:
            _become(document, found, by=by)
            _tell("recognised", document, by=by, after={"txn_id": txn_id, "number": found.get("number", "")})
        else:
            mark_already(record, by=by, number=str(found.get("number") or ""), txn_id=txn_id)


def _become(document: Document, found: Mapping[str, Any], *, by: Person | None) -> None:
    if document.invoice is not None:
        refuse_tied(document.connection, invoice=document.invoice, txn_id=str(found["txn_id"]))
    now = timezone.now()
    said = {"total": found.get("total"), "date": found.get("date"), "customer_name": found.get("customer_name", "")}
    _move(
        document,
        state=State.POSTED,
        problem=None,
        candidates=[],
        txn_id=str(found["txn_id"]),
        edit_sequence=str(found.get("edit_sequence") or ""),
        number=str(found.get("number") or ""),
        said=said,
        posted_at=now,
        read_at=None,  # the rest is read back at the next visit
        gone_at=None,
        gone_because="",
    )
    if document.payment is not None:
        document.refresh_from_db()
        count_once(document, by=by)
    queue_follow_ups(document.connection)


def send_anew(document: Document, *, by: Person | None) -> None:
    """A person has looked in QuickBooks, and it is not there: it is sent once more, as a new document.

    Raises :class:`UserError` where something stands in the way of sending it.
    """
    if document.gone_at is None and not (document.state == State.NEEDS_YOU and _code(document) in UNPROVEN):
        raise UserError("It is not waiting for this answer any more. Look again.", code="changed_meanwhile")
    with transaction.atomic():
        _tell("said_not_there", document, by=by)
        if document.gone_at is not None and document.invoice is not None:
            release(document.invoice, by=by)
        else:
            _end(document, by=by)
        if document.invoice is not None:
            queue_invoice(document.invoice, by=by)
        else:
            queue_follow_ups(document.connection)


def _code(document: Document) -> str:
    return str((document.problem or {}).get("code", ""))


def _end(document: Document, *, by: Person | None) -> None:
    _move(document, ended_at=timezone.now(), ended_by=by)


def _move(document: Document, **changes: Any) -> None:
    """Only from the state that was looked at. Raises :class:`UserError`."""
    same = Document.objects.filter(pk=document.pk, state=document.state, ended_at=None)
    try:
        with transaction.atomic():
            is_same = same.update(**changes)
    except IntegrityError as raced:  # another invoice became that one in this moment
        raise UserError(MOVED, code="changed_meanwhile") from raced
    if not is_same:
        raise UserError(MOVED, code="changed_meanwhile")


def _tell(what: str, document: Document, *, by: Person | None, **more: Any) -> None:
    record = document.invoice or document.payment
    assert record is not None  # document_is_of_one_thing  # noqa: S101
    noun = "invoice" if document.invoice is not None else "payment"
    name = document.invoice.label if document.invoice is not None else f"Payment of {document.payment.amount}"  # type: ignore[union-attr]  # one of the two
    tell(
        f"{noun}.{what}",
        organization=document.organization,
        by=by,
        subject_type=noun,
        subject_id=record.pk,
        subject_name=name,
        **more,
    )
