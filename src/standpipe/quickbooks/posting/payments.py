"""Payments on their way into the company file: what each needs, and the message that carries it.

A payment follows its invoice by itself (requirement 63): in the transaction that records it where the invoice is
there already, and in any case by a query when a session opens, which no crash can lose. It names the invoice by TxnID
and the customer that the invoice went to, whatever the link says now, and is never applied automatically (design 5;
pain 17). Where QuickBooks shows less open than it is, or than is known here, a person is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone

from qbwire.errors import UserError as WireRefusal
from qbwire.messages import Invoice as InvoiceThere
from qbwire.messages import NewAppliedTxn, NewReceivePayment, ReceivePayment, Ref, tags_of
from qbwire.scalars import storable_text
from standpipe.core.errors import UserError
from standpipe.core.money import ZERO, money_text
from standpipe.core.prepared import Prepared, Slot, Slots, save
from standpipe.payments.models import Method, Payment
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.short_lists import preferences

from .markers import marker_of
from .models import UNPROVEN, Document
from .setting_checks import problem_with
from .settings import settings_of

State = Document.State
# What QuickBooks is asked of an invoice just before payments of it go.
OPEN_TAGS = tags_of(
    InvoiceThere, "txn_id", "edit_sequence", "customer", "receivable_account", "subtotal", "sales_tax_total",
    "balance_remaining",
)  # fmt: skip
# In ``Document.said`` of one that waits: how much less QuickBooks showed when a person said that it is another's.
ANOTHERS = "anothers"
# The wrong of a setting (``setting_checks.Wrong``) as the problem of a payment.
_METHOD_PROBLEMS = {
    "missing": "no_method",
    "unknown": "method_gone",
    "gone": "method_gone",
    "inactive": "method_inactive",
}
_ACCOUNT_PROBLEMS = {"inactive": "deposit_account_inactive"}
# Problems that are judged again by themselves: once the cause is gone, the payment goes.
JUDGED_AGAIN = frozenset(
    {
        *_METHOD_PROBLEMS.values(),
        "deposit_account_gone",
        "deposit_account_inactive",
        "closed_period",
        "paid_there",
        "unstorable_text",
        "invoice_gone",
    }
)
MEMO_LENGTH, NUMBER_LENGTH = 4095, 20  # qbXML 13 reference, ReceivePaymentAdd


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a payment cannot go now. ``code``: a word of ``quickbooks.failures``."""

    code: str
    text: str

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text, "at": timezone.now().isoformat()}


# Finding what is to go


def queue_follow_ups(connection: Connection) -> int:
    """Puts every payment that may go into the outbox, and takes those out that may not; how many new ones.

    Called when a session opens and after an invoice was posted; safe to repeat. What waits for a person is judged
    again: a payment method that was chosen meanwhile lets it go.
    """
    with transaction.atomic():
        _end(_TAKEN_BACK.all(connection=connection.pk))
        new = _new_documents(connection)
        if new:
            Document.objects.bulk_create(new, ignore_conflicts=True)  # another process may be as quick
        _judge(connection)
    return len(new)


def follow(payment: Payment) -> None:
    """After a payment was recorded, changed or taken back: its document follows in the same transaction."""
    invoice_document = invoice_documents([payment.invoice_id]).get(payment.invoice_id)
    if invoice_document is not None and invoice_document.txn_id:
        queue_follow_ups(invoice_document.connection)


def _taken_back() -> QuerySet[Document]:
    """Payments that were taken back here before they left, after QuickBooks refused them or after they were deleted
    there, and those whose invoice does not go there any more.

    An invoice that was there and waits again, after an older copy of the company file was opened, keeps them waiting.
    """
    its_invoice = Document.objects.filter(invoice=OuterRef("payment__invoice"), ended_at=None).exclude(
        state=State.ALREADY, txn_id=""
    )
    is_idle = Q(payment__isnull=False) & (
        Q(state=State.WAITING) | Q(state=State.NEEDS_YOU, problem__code__in=JUDGED_AGAIN)
    )
    is_refused = Q(state=State.NEEDS_YOU, is_unsure=False) & ~Q(problem__code__in=UNPROVEN)
    is_archived = Q(payment__archived_at__isnull=False)
    return Document.objects.filter(
        is_archived & (is_idle | is_refused | Q(gone_at__isnull=False)) | is_idle & ~Exists(its_invoice),
        connection=Slot("connection"),
        ended_at=None,
    )


_TAKEN_BACK = Prepared(_taken_back)


def _end(documents: Iterable[Document]) -> None:
    """Each only as it was found: what was claimed meanwhile is on the wire, and its answer is waited for."""
    for document in documents:
        change_as_read(document, ended_at=timezone.now())


def change_as_read(document: Document, **values: Any) -> bool:
    """Writes ``values`` where the document still is in the state that was read; ``False`` where it is not.

    A request of a person and a session of QuickBooks may look at one payment at the same moment: what was claimed for
    sending is never put back by the one that read it earlier.
    """
    as_read = Document.objects.filter(pk=document.pk, state=document.state, ended_at=document.ended_at)
    if not as_read.filter(message_set=document.message_set_id, gone_at=document.gone_at).update(**values):
        return False
    for name, value in values.items():
        setattr(document, name, value)
    return True


def _without_document() -> QuerySet[Payment]:
    """Payments taken here whose invoice is there."""
    live = Document.objects.filter(payment=OuterRef("pk"), ended_at=None)
    there = Document.objects.filter(
        invoice=OuterRef("invoice"), connection=Slot("connection"), ended_at=None, gone_at=None
    ).exclude(txn_id="")
    payments = Payment.objects.filter(
        ~Exists(live),
        Exists(there),
        organization=Slot("organization"),
        source=Payment.Source.HERE,
        archived_at=None,
    )
    return payments.order_by("created_at", "id")


_WITHOUT_DOCUMENT = Prepared(_without_document)


def _new_documents(connection: Connection) -> list[Document]:
    rows = _WITHOUT_DOCUMENT.all(connection=connection.pk, organization=connection.organization_id)
    if not rows:
        return []
    invoices = invoice_documents(row.invoice_id for row in rows)
    before = Counter(Document.objects.filter(payment__in=rows).values_list("payment_id", flat=True))
    return [
        Document(
            organization_id=connection.organization_id,
            connection=connection,
            payment=row,
            asked_by_id=row.recorded_by_id,
            asked_at=row.created_at,
            customer_list_id=_customer_of(invoices[row.invoice_id])[0],
            customer_name=_customer_of(invoices[row.invoice_id])[1],
            marker=marker_of(row.pk, earlier=before[row.pk]),
            # Its invoice was found there and never sent from here: the database forgot that, and may have forgotten
            # that this payment went along.
            is_unsure=_was_found(invoices[row.invoice_id]),
        )
        for row in rows
    ]


def _was_found(invoice: Document) -> bool:
    return invoice.state == State.POSTED and invoice.message_set_id is None


def _judge(connection: Connection) -> None:
    """Every payment that waits, against what is known now: it goes, or it needs a person."""
    documents = waiting(connection)
    known = surroundings_of(connection, documents)
    for document in documents:
        its_invoice = known.invoice_of(document)
        if document.is_unsure or (its_invoice is not None and not its_invoice.txn_id):
            continue  # it is looked for in the file first, or waits behind its invoice
        hindrance = hindrance_of(document, known=known)
        before = document.problem or {}
        if hindrance is None and document.state == State.NEEDS_YOU:
            change_as_read(document, state=State.WAITING, problem=None)
        elif hindrance is not None and (hindrance.code, hindrance.text) != (before.get("code"), before.get("text")):
            kept = (
                {"kept_at": before["kept_at"]} if hindrance.code == before.get("code") and "kept_at" in before else {}
            )
            change_as_read(document, state=State.NEEDS_YOU, problem=hindrance.to_json() | kept)


def _waiting() -> QuerySet[Document]:
    open_ones = Document.objects.filter(
        Q(state=State.WAITING) | Q(state=State.NEEDS_YOU, problem__code__in=JUDGED_AGAIN),
        connection=Slot("connection"),
        payment__isnull=False,
        ended_at=None,
    )
    return open_ones.select_related("payment__invoice").order_by("asked_at", "id")


_WAITING = Prepared(_waiting)


def waiting(connection: Connection) -> list[Document]:
    """Payments that wait to go, or for something that may have been put right; in the order in which they go."""
    documents = _WAITING.all(connection=connection.pk)
    for document in documents:
        document.connection = connection
    return documents


_OF_INVOICES = Prepared(
    lambda: Document.objects.filter(invoice__in=Slots("invoices", UUIDField()), ended_at=None).select_related(
        "connection"
    )
)


def invoice_documents(invoice_ids: Iterable[UUID]) -> dict[UUID, Document]:
    """The live document of each invoice that has one."""
    wanted = set(invoice_ids)
    found = _OF_INVOICES.all(invoices=wanted) if wanted else []
    return {document.invoice_id: document for document in found if document.invoice_id}


# What a payment needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What payments are judged by, asked for all of them at once."""

    invoices: Mapping[UUID, Document]  # the live document of each invoice
    others: Mapping[UUID, Sequence[Document]]  # the live documents of all payments of that invoice
    closed_to: date | None  # the books, in QuickBooks
    methods: dict[str, Hindrance | None] = field(default_factory=dict)  # as far as they were asked for

    def invoice_of(self, document: Document) -> Document | None:
        return self.invoices.get(document.payment.invoice_id) if document.payment else None


def surroundings_of(connection: Connection, documents: Sequence[Document]) -> Surroundings:
    """For documents of payments. Those among them stand in it themselves: what changes on the way is seen."""
    invoice_ids = {document.payment.invoice_id for document in documents if document.payment}
    if not invoice_ids:
        return Surroundings(invoices={}, others={}, closed_to=None)
    closed_to = preferences(connection).get("AccountingPreferences", {}).get("ClosingDate")
    return Surroundings(
        invoices=invoice_documents(invoice_ids),
        others=_others_of(invoice_ids, themselves=documents),
        closed_to=date.fromisoformat(closed_to) if closed_to else None,
    )


_OF_PAYMENTS = Prepared(
    lambda: Document.objects.filter(
        payment__invoice__in=Slots("invoices", UUIDField()),
        ended_at=None,
        state__in=[State.WAITING, State.SENDING, State.POSTED, State.ALREADY],
    ).select_related("payment")
)


def _others_of(invoice_ids: Iterable[UUID], *, themselves: Iterable[Document] = ()) -> dict[UUID, list[Document]]:
    """By invoice, the documents of its payments that take something of it, or will."""
    ours = {document.pk: document for document in themselves}
    read = {document.pk: document for document in _OF_PAYMENTS.all(invoices=set(invoice_ids))}
    found: dict[UUID, list[Document]] = defaultdict(list)
    for document in (read | ours).values():
        if document.payment is not None:
            found[document.payment.invoice_id].append(document)
    return found


def hindrance_of(document: Document, *, known: Surroundings | None = None) -> Hindrance | None:
    """Why this payment cannot go now, or ``None``. ``known``: of many that are judged at once."""
    payment = document.payment
    assert payment is not None  # noqa: S101  # only documents of payments come here
    known = known or surroundings_of(document.connection, [document])
    invoice_document = known.invoice_of(document)
    if invoice_document is None or not invoice_document.txn_id or invoice_document.gone_at is not None:
        number = payment.invoice.number
        return Hindrance(
            "invoice_gone", f"Invoice {number} is not in QuickBooks any more, so there is nothing to apply this to."
        )
    if payment.method not in known.methods:
        known.methods[payment.method] = _method_hindrance(document.connection, payment.method)
    return (
        known.methods[payment.method]
        or _date_hindrance(payment, closed_to=known.closed_to)
        or _text_hindrance(payment)
        or _balance_hindrance(document, invoice_document, others=known.others[payment.invoice_id])
    )


def _method_hindrance(connection: Connection, method: str) -> Hindrance | None:
    """The settings say what a method is called in QuickBooks and where its money goes; both against its lists."""
    label = Method(method).label
    if problem := problem_with(connection, f"methods.{method}.payment_method"):
        code = _METHOD_PROBLEMS.get(problem.wrong, "method_gone")
        if code == "no_method":
            return Hindrance(code, f"The settings do not say which payment method {label} is in QuickBooks.")
        return Hindrance(code, problem.text)
    if settings_of(connection).method(method).deposit_account and (
        problem := problem_with(connection, f"methods.{method}.deposit_account")
    ):
        return Hindrance(_ACCOUNT_PROBLEMS.get(problem.wrong, "deposit_account_gone"), problem.text)
    return None


def _date_hindrance(payment: Payment, *, closed_to: date | None) -> Hindrance | None:
    """QuickBooks takes nothing that is dated in a closed period."""
    if closed_to is None or payment.date > closed_to:
        return None
    closed, dated = (f"{day.day} {day:%B} {day.year}" for day in (closed_to, payment.date))
    return Hindrance(
        "closed_period", f"The books are closed to {closed} in QuickBooks, and the payment is dated {dated}."
    )


def _text_hindrance(payment: Payment) -> Hindrance | None:
    try:
        _texts(payment)
    except WireRefusal as refusal:
        return Hindrance("unstorable_text", f"{refusal} {refusal.repair}")
    return None


def _balance_hindrance(
    document: Document, invoice_document: Document, *, others: Sequence[Document]
) -> Hindrance | None:
    """Where QuickBooks shows less open than this payment is, or less than is known here, this one may have been
    entered there: only a person knows.
    """
    payment, free = document.payment, free_there(document, invoice_document, others=others)
    if payment is None or free is None:
        return None
    total = payment.invoice.total
    if payment.amount > max(free, total):
        return Hindrance(
            "paid_there",
            f"This payment of {money_text(payment.amount)} is more than the total of the invoice, "
            f"{money_text(total)}. QuickBooks shows {money_text(max(free, ZERO))} open. "
            "Change the payment or the invoice.",
        )
    if payment.amount > free:
        return Hindrance(
            "paid_there",
            f"QuickBooks shows {money_text(max(free, ZERO))} open, this payment is {money_text(payment.amount)}. "
            "Was it entered there already?",
        )
    less = lower_there(document, invoice_document, others=others)
    if less <= Decimal((document.said or {}).get(ANOTHERS, ZERO)):
        return None
    return Hindrance(
        "paid_there",
        f"QuickBooks shows {money_text(less)} less open than is known here. Was this payment of "
        f"{money_text(payment.amount)} entered there already?",
    )


def lower_there(
    document: Document, invoice_document: Document, *, others: Sequence[Document] | None = None
) -> Decimal:
    """By how much QuickBooks shows the invoice lower than what was paid there explains, as far as this payment knew.

    What came from QuickBooks after this payment was recorded explains nothing: it may be this very payment.
    """
    total, there = (invoice_document.said or {}).get("total"), open_there(invoice_document)
    if total is None or there is None:
        return ZERO
    payment = document.payment
    assert payment is not None  # noqa: S101  # as above
    explained = (
        _paid_there(other, txn_id=invoice_document.txn_id)
        for other in _besides(document, others)
        if other.state in (State.POSTED, State.ALREADY)
        and other.gone_at is None
        and not _came_later(other, than=payment)
    )
    return max(Decimal(total) - there - sum(explained, ZERO), ZERO)


def _besides(document: Document, others: Sequence[Document] | None) -> list[Document]:
    """The documents of all other payments of the same invoice."""
    payment = document.payment
    assert payment is not None  # noqa: S101  # as above
    if others is None:
        others = _others_of([payment.invoice_id])[payment.invoice_id]
    return [other for other in others if other.pk != document.pk]


def _came_later(document: Document, *, than: Payment) -> bool:
    other = document.payment
    assert other is not None  # noqa: S101  # as above
    return other.source == Payment.Source.QUICKBOOKS and other.created_at > than.created_at


def _paid_there(document: Document, *, txn_id: str) -> Decimal:
    """What a payment that is there takes of the invoice ``txn_id``: as last read, else as it was sent."""
    payment = document.payment
    assert payment is not None  # noqa: S101  # as above
    if payment.source == Payment.Source.QUICKBOOKS:
        return Decimal(payment.amount)  # with the discount that was given
    if applied := (document.said or {}).get("applied"):
        return sum((Decimal(str(one.get("amount") or ZERO)) for one in applied if one["txn_id"] == txn_id), ZERO)
    return Decimal(str((document.frozen or {}).get("amount", payment.amount)))


def free_there(
    document: Document, invoice_document: Document, *, others: Sequence[Document] | None = None
) -> Decimal | None:
    """What is open for this payment: less what others take that go before it. ``None``: never read."""
    there = open_there(invoice_document)
    return None if there is None else there - _ahead_of(document, others)


def open_there(invoice_document: Document) -> Decimal | None:
    """What is open of the invoice in QuickBooks, as last read; ``None``: never read."""
    said = (invoice_document.said or {}).get("balance_remaining")
    return None if said is None else Decimal(said)


def _ahead_of(document: Document, others: Sequence[Document] | None) -> Decimal:
    """What payments of the same invoice take that go before this one and whose answer has not come."""
    earlier = (
        other.payment.amount
        for other in _besides(document, others)
        if other.payment is not None
        and other.ended_at is None
        and (
            other.state == State.SENDING or (other.state == State.WAITING and _place_of(other) < _place_of(document))
        )
    )
    return sum(earlier, ZERO)


def _place_of(document: Document) -> tuple[datetime, str]:
    return document.asked_at, str(document.pk)


# The message


def payment_message(document: Document, *, known: Surroundings | None = None) -> NewReceivePayment:
    """What goes over the wire, without its marker. Raises :class:`UserError` where it cannot go now."""
    known = known or surroundings_of(document.connection, [document])
    if hindrance := hindrance_of(document, known=known):
        raise UserError(hindrance.text, code=hindrance.code)
    payment = document.payment
    assert payment is not None  # noqa: S101  # as above
    if payment.archived_at is not None:
        raise UserError("This payment was taken back.", code="archived")
    invoice_document = known.invoices[payment.invoice_id]
    setting = settings_of(document.connection).method(payment.method)
    number, memo = _texts(payment)
    receivable = (invoice_document.said or {}).get("receivable_account")
    return NewReceivePayment(
        customer=Ref(list_id=_customer_of(invoice_document)[0]),
        receivable_account=Ref(list_id=receivable) if receivable else None,
        dated_on=payment.date,
        ref_number=number or None,
        total_amount=payment.amount,
        payment_method=Ref(list_id=setting.payment_method),
        memo=memo or None,
        deposit_account=Ref(list_id=setting.deposit_account) if setting.deposit_account else None,
        applied_to=(NewAppliedTxn(txn_id=invoice_document.txn_id, payment_amount=payment.amount),),
    )


def _customer_of(invoice_document: Document) -> tuple[str, str]:
    """ListID and path of the customer that the invoice stands with now: a merge there takes its invoices along."""
    said = invoice_document.said or {}
    return (
        said.get("customer_list_id") or invoice_document.customer_list_id,
        said.get("customer_name") or invoice_document.customer_name,
    )


def _texts(payment: Payment) -> tuple[str, str]:
    """Reference number and memo as QuickBooks can store them. Raises the wire's refusal, which names the repair."""
    number = storable_text(payment.reference_number, field="The reference number", limit=NUMBER_LENGTH)
    notes = " ".join(payment.notes.split())
    return number.text, storable_text(notes, field="The notes", limit=MEMO_LENGTH).text


# What QuickBooks shows open


def invoices_to_read(documents: Sequence[Document]) -> tuple[str, ...]:
    """TxnIDs of the invoices to ask for (``OPEN_TAGS``) before these payments go."""
    invoices = invoice_documents(document.payment.invoice_id for document in documents if document.payment)
    return tuple(sorted({document.txn_id for document in invoices.values() if document.txn_id}))


_OF_TRANSACTIONS = Prepared(
    lambda: Document.objects.filter(
        connection=Slot("connection"),
        invoice__isnull=False,
        ended_at=None,
        txn_id__in=Slots("txn_ids", CharField(max_length=36)),
    )
)


def note_open(connection: Connection, invoices: Iterable[InvoiceThere], *, asked: Sequence[str] = ()) -> None:
    """Keeps what QuickBooks shows open of each. Those of ``asked`` that it did not return are not there any more.

    What waits is judged by it at once: a payment that is larger than what is open asks a person.
    """
    read = {invoice.txn_id: invoice for invoice in invoices}
    wanted = {*read, *asked}
    now = timezone.now()
    for document in _OF_TRANSACTIONS.all(connection=connection.pk, txn_ids=wanted) if wanted else []:
        invoice = read.get(document.txn_id)
        if invoice is None:
            document.gone_at = document.gone_at or now
            document.gone_because = document.gone_because or "missing"
        else:
            document.said = {**(document.said or {}), **_open_of(invoice)}
        document.read_at = now
        save(document, ["said", "read_at", "gone_at", "gone_because"])
    _judge(connection)


def forget_open(invoice_document: Document) -> None:
    """What was read as open holds no more: the visit that sends a payment asks for it first."""
    invoice_document.said = {
        key: said for key, said in (invoice_document.said or {}).items() if key != "balance_remaining"
    }
    save(invoice_document, ["said"])


def _open_of(invoice: InvoiceThere) -> dict[str, str]:
    said: dict[str, str] = {}
    if invoice.balance_remaining is not None:
        said["balance_remaining"] = str(invoice.balance_remaining)
    if invoice.subtotal is not None:
        said["total"] = str(invoice.subtotal + (invoice.sales_tax_total or ZERO))
    if invoice.customer is not None and invoice.customer.list_id:
        said |= {"customer_list_id": invoice.customer.list_id, "customer_name": invoice.customer.full_name or ""}
    if invoice.receivable_account is not None and invoice.receivable_account.list_id:
        said["receivable_account"] = invoice.receivable_account.list_id
    return said


def note_applied(document: Document, payment: ReceivePayment, *, invoice_document: Document | None) -> None:
    """Keeps what is open of the invoice true once ``document``'s payment was posted."""
    if document.payment is None or invoice_document is None:
        return
    applied = next((one for one in payment.applied_to if one.txn_id == invoice_document.txn_id), None)
    known = open_there(invoice_document)
    if applied is not None and applied.balance_remaining is not None:
        left: Decimal | None = applied.balance_remaining
    else:
        left = None if known is None else known - document.payment.amount
    if left is not None:
        invoice_document.said = {**(invoice_document.said or {}), "balance_remaining": str(left)}
        save(invoice_document, ["said"])


def said_of(payment: ReceivePayment) -> dict[str, Any]:
    """A payment as QuickBooks has it, for ``Document.said``."""
    customer = payment.customer
    return {
        "total_amount": str(payment.total_amount or ZERO),
        "date": payment.dated_on.isoformat() if payment.dated_on else None,
        "ref_number": payment.ref_number or "",
        "payment_method": (payment.payment_method.full_name if payment.payment_method else None) or "",
        "payment_method_list_id": (payment.payment_method.list_id if payment.payment_method else None) or "",
        "memo": payment.memo or "",
        "customer_list_id": (customer.list_id if customer else None) or "",
        "customer_name": (customer.full_name if customer else None) or "",
        "applied": [{"txn_id": one.txn_id, "amount": str(one.amount or ZERO)} for one in payment.applied_to],
    }
