"""Sending invoices, taking them back, and saying that one is in QuickBooks already. Nothing here reaches QuickBooks.

A document is the promise that an invoice goes once: the database allows one live document an invoice, so that two
presses, two people and a program at the same moment make one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from standpipe.activity.actions import record as tell
from standpipe.core.errors import UserError
from standpipe.core.limits import one_line
from standpipe.core.money import money_text
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Person
from standpipe.payments.models import Payment
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.linking.actions import locked
from standpipe.quickbooks.linking.models import Link

from .check_lines import IS_THERE
from .checking import request_check
from .checklist import Checklist, checklist_from
from .facts import Facts, facts_of
from .markers import marker_of
from .models import UNPROVEN, Document
from .outbox import end_pauses
from .payments import queue_follow_ups
from .plan import UNDECIDED, plans_of
from .queries import document_of, noun_of
from .setting_actions import change_settings
from .settings import settings_of
from .tied import TIED, refuse_tied, untie_paid_there

State = Document.State
_TXN_ID = re.compile(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*", re.ASCII)  # qbXML 13 reference, IDTYPE
RACED = "Somebody else has just sent or marked it. Look again."


class NotReady(UserError):
    """Something stands in the way; ``checklist`` says what, and what repairs it."""

    def __init__(self, checklist: Checklist, *, code: str) -> None:
        super().__init__(self._why(checklist, code=code), code=code)
        self.checklist = checklist

    @staticmethod
    def _why(checklist: Checklist, *, code: str) -> str:
        """Of what is there already, that it is; whatever else may be said of it."""
        is_there = code == "already_sent" and checklist.lines[0].key in IS_THERE
        return checklist.lines[0].text if is_there else checklist.sentence


# Sending


def queue_invoice(invoice: Invoice, *, by: Person | None) -> Document:
    """Puts the invoice in the outbox. Safe to repeat while it waits.

    Raises :class:`NotReady`: "bill_to_undecided" where a person has to pick the customer, "already_sent" for what is
    in QuickBooks or on its way there, else "not_ready".
    """
    queued = _queue([invoice], by=by)
    if refusal := queued.refused.get(invoice.pk):
        raise refusal
    return queued.documents[invoice.pk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What became of many: by invoice, the documents that wait now, and why the others do not go."""

    documents: Mapping[UUID, Document]
    refused: Mapping[UUID, NotReady]


def queue_invoices(invoices: Sequence[Invoice], *, by: Person | None) -> Queued:
    """Each that is ready; one that is not holds none of the others."""
    return _queue(list(invoices), by=by)


def _queue(invoices: list[Invoice], *, by: Person | None) -> Queued:
    documents: dict[UUID, Document] = {}
    refused: dict[UUID, NotReady] = {}
    with transaction.atomic():
        _hold_connections(invoices)
        for key, facts in facts_of(invoices).items():
            checklist = checklist_from(facts)
            if facts.document is not None and facts.document.state == State.WAITING and checklist.is_ready:
                documents[key] = facts.document
            elif code := _refusal(facts, checklist):
                refused[key] = NotReady(checklist, code=code)
            else:
                documents[key] = _queue_one(facts, by=by)
        if by is not None and documents:
            end_pauses(one.connection_id for one in documents.values())
    return Queued(documents=documents, refused=refused)


def _hold_connections(invoices: Sequence[Invoice]) -> None:
    """What was checked stays true until the documents are stored: no link ends meanwhile, and nobody else queues."""
    plans = plans_of(list(Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices])))
    connections = {plan.connection.pk: plan.connection for plan in plans.values() if plan.connection}
    for key in sorted(connections):
        locked(connections[key])


def _refusal(facts: Facts, checklist: Checklist) -> str:
    """The code of why it does not go; ``""``: it goes."""
    document = facts.document
    if document is not None:
        if document.state != State.NEEDS_YOU:
            return "already_sent"
        if _is_unproven(document):
            return "not_ready"
        return "" if all(line.ok is not False or line.key == "refused" for line in checklist.lines) else "not_ready"
    if facts.plan.why in UNDECIDED:
        return "bill_to_undecided"
    return "" if checklist.is_ready else "not_ready"


def _is_unproven(document: Document) -> bool:
    return (document.problem or {}).get("code") in UNPROVEN


def _queue_one(facts: Facts, *, by: Person | None) -> Document:
    plan, invoice = facts.plan, facts.invoice
    assert plan.connection is not None  # the gate is open  # noqa: S101
    if facts.document is not None:
        _end(facts.document, by=by)
    earlier = Document.objects.filter(invoice=invoice).count()
    document = Document.objects.create(
        organization=invoice.organization,
        connection=plan.connection,
        invoice=invoice,
        asked_by=by,
        customer_list_id=plan.customer_list_id,
        customer_name=plan.customer_name,
        why=plan.why,
        # A restored database makes the same marker again, and finds in QuickBooks what it has forgotten.
        marker=marker_of(invoice.pk, earlier=earlier),
    )
    _tell("invoice.sent_to_quickbooks", invoice, by=by, after={"posts_to": plan.customer_name})
    return document


# Taking back


def take_back(invoice: Invoice, *, by: Person | None) -> None:
    """While it waits, or where QuickBooks refused it: it is not sent, and can be edited. Safe to repeat.

    Raises :class:`UserError` "already_sent" once it is on the wire or in QuickBooks.
    """
    with transaction.atomic():
        document = document_of(invoice)
        if document is None:
            return
        if not may_take_back(document) or not _end(document, by=by):
            raise UserError(
                "It is being sent, or in QuickBooks already: too late to take it back.", code="already_sent"
            )
        _tell("invoice.taken_back", invoice, by=by, before={"posts_to": document.customer_name})


def may_take_back(document: Document) -> bool:
    if document.state == State.NEEDS_YOU:
        return not _is_unproven(document)
    return document.state == State.WAITING


def release(invoice: Invoice, *, by: Person | None) -> None:
    """After it was voided or deleted in QuickBooks: here it counts as not sent, and can be sent again.

    Raises :class:`UserError` where it is still there.
    """
    with transaction.atomic():
        document = document_of(invoice)
        if document is None:
            return
        if document.gone_at is None:
            raise UserError("It is in QuickBooks. Void or delete it there first.", code="already_sent")
        _end(document, by=by)
        untie_paid_there(invoice, by=by)
        _tell("invoice.released", invoice, by=by, before={"posts_to": document.customer_name})


def _end(document: Document, *, by: Person | None) -> bool:
    """Only from the state that was looked at: a session may have claimed it since."""
    live = Document.objects.filter(pk=document.pk, state=document.state, ended_at=None)
    return bool(live.update(ended_at=timezone.now(), ended_by=by))


def stopped_by_end_of(link: Link) -> list[Document]:
    """The waiting invoices that would go elsewhere, or nowhere, without this link."""
    return [document for document in _waiting_of(link) if _goes_elsewhere(document, without=link)]


def _waiting_of(link: Link) -> list[Document]:
    documents = Document.objects.filter(
        connection=link.connection_id, state=State.WAITING, ended_at=None, invoice__isnull=False
    )
    if link.building_id:
        documents = documents.filter(invoice__building=link.building_id)
    else:
        documents = documents.filter(invoice__account=link.account_id) | documents.filter(
            invoice__building__account=link.account_id
        )
    return list(documents.select_related("invoice", "invoice__organization", "invoice__building", "invoice__account"))


def _goes_elsewhere(document: Document, *, without: Link | None) -> bool:
    assert document.invoice is not None  # asked for  # noqa: S101
    plan = plans_of([document.invoice], without=without)[document.invoice.pk]
    connection = plan.connection.pk if plan.connection else None
    return (connection, plan.customer_list_id) != (document.connection_id, document.customer_list_id)


def with_waiting(links: Sequence[Link]) -> list[Link]:
    """Of many links those whose account or building has invoices that wait."""
    waiting = Document.objects.filter(state=State.WAITING, ended_at=None, invoice__isnull=False)
    waiting = waiting.filter(connection__in={link.connection_id for link in links})
    of_whom = waiting.values_list("invoice__building_id", "invoice__account_id", "invoice__building__account_id")
    whose = {key for keys in of_whom.distinct() for key in keys if key}
    return [link for link in links if (link.building_id or link.account_id) in whose]


def stop_waiting(link: Link, *, by: Person | None) -> int:
    """After ``link`` has ended, in its transaction: what waits and would go elsewhere now is taken back."""
    stopped = 0
    for document in _waiting_of(link):
        if _goes_elsewhere(document, without=None) and _end(document, by=by):
            assert document.invoice is not None  # asked for  # noqa: S101
            _tell("invoice.stopped", document.invoice, by=by, before={"posts_to": document.customer_name})
            stopped += 1
    return stopped


# Already in QuickBooks


def mark_already(record: Invoice | Payment, *, by: Person | None, number: str = "", txn_id: str = "") -> Document:
    """Somebody entered it in QuickBooks by hand: it is never sent. Safe to repeat.

    ``number`` and ``txn_id`` name the one in QuickBooks, as far as they are known. Raises :class:`UserError` for what
    is being sent or was sent, for what another invoice here is there ("tied_already"), and where no company file is
    connected.
    """
    number = one_line(number, field="number", limit="number" if isinstance(record, Invoice) else "reference_number")
    with transaction.atomic():
        document = document_of(record)
        if document is not None and document.state == State.ALREADY:
            _refuse_tied(record, document.connection, number=number, txn_id=txn_id)
            return _mark_again(document, by=by, number=number, txn_id=txn_id)
        if document is not None and not (_may_mark(document) and _end(document, by=by)):
            raise UserError("It is being sent, or was sent from here already.", code="already_sent")
        customer = _customer_of(record)
        _refuse_tied(record, customer.connection, number=number, txn_id=txn_id)
        try:
            with transaction.atomic():
                made = Document.objects.create(
                    organization=record.organization,
                    connection=customer.connection,
                    asked_by=by,
                    state=State.ALREADY,
                    customer_list_id=customer.list_id,
                    customer_name=customer.name,
                    number=number,
                    txn_id=txn_id,
                    **{noun_of(record): record},
                )
        except IntegrityError as raced:
            raise UserError(RACED, code="changed_meanwhile") from raced
        _tell(f"{noun_of(record)}.marked_already", record, by=by, after={"number": number})
        _look_for(made, by=by)
    return made


def _refuse_tied(record: Invoice | Payment, connection: Connection, *, number: str, txn_id: str) -> None:
    """Several payments here may be one in QuickBooks, applied to several invoices; an invoice is one."""
    if txn_id and not _TXN_ID.fullmatch(txn_id):
        raise UserError("QuickBooks gives no such TxnID.", code="invalid_choice", field="txn_id")
    if isinstance(record, Invoice):
        refuse_tied(connection, invoice=record, txn_id=txn_id, number=number)
        return
    others = Document.objects.filter(payment__invoice=record.invoice_id, state=State.POSTED, ended_at=None)
    if txn_id and others.filter(txn_id=txn_id, payment__source=Payment.Source.HERE).exclude(payment=record).exists():
        raise UserError("That is another payment of this invoice, sent from here.", code=TIED, field="txn_id")


_NAMED_ANEW = [
    "number", "txn_id", "candidates", "read_at", "said", "edit_sequence", "problem", "gone_at", "gone_because",
]  # fmt: skip


def _mark_again(document: Document, *, by: Person | None, number: str, txn_id: str) -> Document:
    """Another number, or the one that was meant; what is known already stays, unless that one is gone there."""
    if txn_id or number != document.number or document.gone_at is not None:
        document.number, document.txn_id = number, txn_id
        document.candidates, document.read_at = [], None
        document.said, document.edit_sequence, document.problem = None, "", None
        document.gone_at, document.gone_because = None, ""
        try:
            with transaction.atomic():
                document.save(update_fields=_NAMED_ANEW)
        except IntegrityError as raced:
            raise UserError(RACED, code="changed_meanwhile") from raced
        _look_for(document, by=by)
    return document


def _look_for(document: Document, *, by: Person | None) -> None:
    """The next visit finds it by its number, or reads it; payments of an invoice that is known there follow."""
    queue_follow_ups(document.connection)
    if document.number or document.txn_id:
        request_check(document.connection, by=by)


def _may_mark(document: Document) -> bool:
    """Unlike taking back, the answer of a person settles what nobody else can tell."""
    return document.state in {State.WAITING, State.NEEDS_YOU} or document.gone_at is not None


@dataclass(frozen=True, slots=True)
class _Customer:
    connection: Connection
    list_id: str
    name: str


def _customer_of(record: Invoice | Payment) -> _Customer:
    """Where it would be posted; what is linked nowhere belongs to the only company file, or the oldest."""
    invoice = record if isinstance(record, Invoice) else record.invoice
    plan = plans_of([invoice])[invoice.pk]
    connection = plan.connection or connections_of(record.organization).first()
    if connection is None:
        raise UserError("QuickBooks Desktop is not connected yet.", code="not_connected")
    return _Customer(connection, plan.customer_list_id, plan.customer_name)


def mark_many(invoices: Sequence[Invoice], *, by: Person | None) -> dict[UUID, UserError | None]:
    """By invoice, why it could not be marked; ``None``: it is. What was marked before stays as somebody said then."""
    live = Document.objects.filter(invoice__in=invoices, state=State.ALREADY, ended_at=None, gone_at=None)
    found: dict[UUID, UserError | None] = dict.fromkeys(live.values_list("invoice_id", flat=True))
    for invoice in invoices:
        if invoice.pk in found:
            continue
        try:
            mark_already(invoice, by=by, number=invoice.number)
            found[invoice.pk] = None
        except UserError as refusal:
            found[invoice.pk] = refusal
    return found


def unmark_already(record: Invoice | Payment, *, by: Person | None) -> None:
    """Takes the mark back: it counts as not sent. Safe to repeat."""
    with transaction.atomic():
        document = document_of(record)
        if document is None or document.state != State.ALREADY:
            return
        _end(document, by=by)
        if isinstance(record, Invoice):
            untie_paid_there(record, by=by)
        _tell(f"{noun_of(record)}.unmarked_already", record, by=by, before={"number": document.number})


# The question of the first sending


def has_first_send_question(connection: Connection) -> bool:
    """Nobody has said yet which invoices are left out. What a program sent unasked answers nothing."""
    settings = settings_of(connection)
    return not settings.first_send_asked and settings.leave_out_before is None


def answer_first_send(connection: Connection, *, leave_out_before: date | None, by: Person | None) -> None:
    """Keeps the answer: invoices dated before stay out. ``None``: all may go."""
    change_settings(connection, by=by, leave_out_before=leave_out_before, first_send_asked=True)


# The trail


def _tell(verb: str, record: Invoice | Payment, *, by: Person | None, **what: Any) -> None:
    name = record.label if isinstance(record, Invoice) else f"Payment of {money_text(record.amount)}"
    tell(
        verb,
        organization=record.organization,
        by=by,
        subject_type=noun_of(record),
        subject_id=record.pk,
        subject_name=name,
        **what,
    )
