"""The check of what was sent against rows: how answers are read, and what is written of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from qbwire.messages import ReceivePayment, Response, ResponseSet
from standpipe.activity.actions import record as tell
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.posting import checking
from standpipe.quickbooks.posting.models import Document, LastLook
from standpipe.quickbooks.posting.outcomes import Posted, found_in
from standpipe.quickbooks.posting.payments_there import payments_gone, take_over
from standpipe.quickbooks.posting.recovery import note_missing
from standpipe.quickbooks.posting.results import difference_of

from . import check_sent
from .check_sent import (
    FEED,
    Answer,
    Deleted,
    FollowInvoices,
    FollowPayments,
    Last,
    NotThere,
    Numbered,
    Page,
    State,
    kind_of_question,
)
from .check_sent_numbers import numbers_to_find, recognised
from .numbers import request_id
from .tasks import Request, Step, Visit

FEED_REACHES = timedelta(days=90)  # back (Conductor, deleted objects)
VOIDED = "void"
VOID_MEMO = "void:"  # begins the memo of what was voided (QuickBooks Desktop help, "Void a transaction")


def begin(task: Task, *, visit: Visit, now: datetime, before: State | None) -> State:
    state = check_sent.begin(
        visit=visit,
        last=_last(task.connection),
        asked_full=task.full,
        now=now,
        failures=before.failures if before is not None else 0,
    )
    return _with_documents(state, task)


def _last(connection: Connection) -> Last | None:
    row = LastLook.objects.filter(connection=connection).first()
    if row is None:
        return None
    return Last(mark=row.mark, holder=row.holder, path=row.path, computer=row.computer, full_at=row.full_at)


def _there(connection: Connection) -> QuerySet[Document]:
    return Document.objects.filter(connection=connection, ended_at=None).exclude(txn_id="")


def _with_documents(state: State, task: Task) -> State:
    """What is read by its TxnID: in full all that is there; else what was never read, and what a person waits for."""
    wanted = _there(task.connection)
    if not state.is_full:
        is_asked = Q(problem__isnull=False) | Q(gone_at__isnull=False)
        wanted = wanted.filter(Q(read_at=None) | is_asked if task.asked_by_id else Q(read_at=None))
    wanted = wanted.exclude(gone_because="deleted")
    pairs = list(wanted.order_by("-asked_at").values_list("txn_id", "invoice_id"))
    return check_sent.followed(
        replace(state, numbers=numbers_to_find(task.connection)),
        invoices=[txn_id for txn_id, invoice in pairs if invoice],
        payments=[txn_id for txn_id, invoice in pairs if not invoice],
    )


def ask(_task: Task, state: State, *, now: datetime) -> tuple[State, Request]:  # noqa: ARG001
    state = check_sent.next_questions(state)
    return state, Request(messages=check_sent.messages(state))


# --- reading, outside any transaction


def read_answer(
    answer: ResponseSet,
    *,
    number: int,
    connection: Connection,  # noqa: ARG001 - nothing is compared while reading
    state: State,
) -> Answer | None:
    """The answers to one set, by question; ``None`` where it answers something else."""
    pages = {}
    for index, question in enumerate(state.asked, start=1):
        response = answer.by_request_id(request_id(number, index))
        if response is not None and response.kind == kind_of_question(question):
            pages[question] = _page(question, response)
    return pages or None


def _page(question: str, response: Response) -> Page:
    invoices: Sequence[Posted] = ()
    payments: Sequence[ReceivePayment] = ()
    deleted: Sequence[str] = ()
    linked: list[str] = []
    if question == FEED:
        deleted = [record.key for record in response.records if record.key]
    elif response.kind == "InvoiceQuery":
        invoices = found_in(response)
        linked = [txn_id for record in response.records for txn_id in _payments_of(record.texts())]
    else:
        payments = [one for one in response.items if isinstance(one, ReceivePayment)]
    latest, latest_txn_id = _latest(response) if question != FEED else ("", "")
    return Page(
        status=response.status,
        invoices=invoices,
        payments=payments,
        linked=linked,
        deleted=deleted,
        iterator_id=response.iterator_id or "",
        remaining=response.iterator_remaining_count or 0,
        latest=latest,
        latest_txn_id=latest_txn_id,
    )


def _payments_of(texts: Mapping[str, object]) -> Iterable[str]:
    linked = texts.get("LinkedTxn", ())
    for one in linked if isinstance(linked, list) else ():
        if one.get("TxnType") == "ReceivePayment" and one.get("TxnID"):
            yield one["TxnID"]


def _latest(response: Response) -> tuple[str, str]:
    found = ((record.text_of("TimeModified") or "", record.key or "") for record in response.records)
    return max(found, key=lambda pair: check_sent.place_of(*pair), default=("", ""))


# --- writing, inside the transaction that stores the answer


def apply(step: Step, *, task: Task, now: datetime) -> Step:
    """Writes what was read. With nothing left to ask the check is done, or begins again in full."""
    state: State = step.state
    for effect in step.effects:
        state = _apply_one(state, effect, connection=task.connection, now=now)
    if step.ending is not None or check_sent.next_questions(state).asked:
        return Step(state=state, ending=step.ending)
    if check_sent.has_gone_back(state):
        return Step(state=_with_documents(check_sent.again_in_full(state), task))
    step = check_sent.finished(state)
    _keep_mark(step.state, connection=task.connection, now=now)
    return step


def _keep_mark(state: State, *, connection: Connection, now: datetime) -> None:
    known = {name: getattr(state, name) for name in ("mark", "holder", "path", "computer")}
    full_at = datetime.fromisoformat(state.full_at)
    LastLook.objects.update_or_create(connection=connection, defaults={**known, "full_at": full_at, "looked_at": now})
    checking.looked(connection, now=now)


def _apply_one(state: State, effect: object, *, connection: Connection, now: datetime) -> State:
    match effect:
        case FollowInvoices():
            changed = sum(_follow(document, one, now=now) for document, one in _ours(connection, effect.invoices))
            known = _there(connection).filter(txn_id__in=effect.linked).values_list("txn_id", flat=True)
            strangers = set(effect.linked) - set(known)
            return check_sent.followed(state, payments=sorted(strangers), changed=changed)
        case FollowPayments():
            return _follow_payments(state, effect.payments, connection=connection)
        case Numbered():
            return check_sent.followed(state, invoices=recognised(connection, effect, now=now))
        case Deleted():
            return _gone(state, effect.txn_ids, because="deleted", connection=connection, now=now)
        case NotThere():
            return _gone(state, effect.txn_ids, because="missing", connection=connection, now=now)
    return state


def _ours(connection: Connection, invoices: Sequence[Posted]) -> Iterable[tuple[Document, Posted]]:
    read = {one.txn_id: one for one in invoices}
    documents = _there(connection).filter(invoice__isnull=False, txn_id__in=read)
    for document in documents.select_related("invoice", "organization"):
        yield document, read[document.txn_id]


def _follow(document: Document, read: Posted, *, now: datetime) -> bool:
    """Keeps what QuickBooks has; whether that differs from what was known."""
    was = (document.said, document.number, document.gone_because)
    document.said = {**(document.said or {}), **read.said}
    document.edit_sequence, document.number, document.read_at = read.edit_sequence, read.number, now
    is_void = read.total == 0 and str(read.said.get("memo", "")).casefold().startswith(VOID_MEMO)
    document.gone_because = VOIDED if is_void else ""
    document.gone_at = (document.gone_at or now) if is_void else None
    _judge_total(document, now=now)
    document.save(update_fields=["said", "edit_sequence", "number", "read_at", "gone_because", "gone_at", "problem"])
    if is_void and was[2] != VOIDED:
        _tell("voided_there", document)
    return was != (document.said, document.number, document.gone_because)


def _judge_total(document: Document, *, now: datetime) -> None:
    """What was sent from here against what QuickBooks has now. Somebody else's total is not ours to judge."""
    if document.state != Document.State.POSTED:
        return
    text = None if document.gone_because else difference_of(document)
    document.problem = None if text is None else {"code": "total_differs", "text": text, "at": now.isoformat()}


def _follow_payments(state: State, payments: Sequence[ReceivePayment], *, connection: Connection) -> State:
    new = take_over(connection, payments)
    named = {one.txn_id for payment in payments for one in payment.applied_to}
    stale = _there(connection).filter(invoice__isnull=False, txn_id__in=named)
    started = datetime.fromisoformat(state.started_at)
    unread = stale.filter(Q(read_at=None) | Q(read_at__lt=started)).values_list("txn_id", flat=True)
    return check_sent.followed(state, invoices=list(unread), new_payments=new)


def _gone(state: State, txn_ids: Sequence[str], *, because: str, connection: Connection, now: datetime) -> State:
    """They are not in QuickBooks any more; what they paid has to be read again."""
    if because == "deleted":  # of a void one that was taken off here, the number is free now
        over = Document.objects.filter(connection=connection, txn_id__in=txn_ids, ended_at__isnull=False)
        over.filter(gone_because=VOIDED).update(gone_because=because)
    documents = list(
        _there(connection)
        .filter(Q(gone_at=None) | Q(gone_because=VOIDED), txn_id__in=txn_ids)
        .select_related("invoice", "payment__invoice", "organization")
    )
    paid = [one.payment.invoice_id for one in documents if one.payment is not None]
    invoices = _there(connection).filter(invoice__in=paid, gone_at=None).values_list("txn_id", flat=True)
    payments_gone(connection, txn_ids, because=because)
    for document in documents:
        document.gone_at, document.gone_because = now, because
        document.problem = _lost(document, because=because, now=now)
        document.save(update_fields=["gone_at", "gone_because", "problem"])
        _tell("gone_there", document, because=because)
    note_missing(connection, [one for one in documents if one.problem is not None], now=now)
    return check_sent.followed(state, invoices=list(invoices), gone=len(documents))


def _lost(document: Document, *, because: str, now: datetime) -> dict[str, str] | None:
    """Gone, and the feed that reaches back so far does not say who deleted it: an older copy of the file is open."""
    posted_at = document.posted_at
    if because == "deleted" or posted_at is None or now - posted_at > FEED_REACHES:
        return None
    return {"code": "lost_after_restore", "text": "", "at": now.isoformat()}


def _tell(what: str, document: Document, *, because: str = "") -> None:
    record = document.invoice or document.payment
    assert record is not None  # document_is_of_one_thing  # noqa: S101
    noun = "invoice" if document.invoice is not None else "payment"
    tell(
        f"{noun}.{what}",
        organization=document.organization,
        by=None,
        subject_type=noun,
        subject_id=record.pk,
        subject_name=document.invoice.label if document.invoice is not None else f"Payment {document.number}",
        after={"because": because} if because else None,
    )


# --- what is told of it


def counts(state: State) -> Mapping[str, int]:
    return {"seen": state.seen, "changed": state.changed, "gone": state.gone, "new": state.new_payments}


_TOLD = (("changed", "changed in QuickBooks"), ("gone", "no longer there"), ("new", "payments entered there"))


def farewell(task: Task) -> str:
    told = [f"{number} {words}" for key, words in _TOLD if (number := task.counts.get(key, 0))]
    return f"OK: what was sent was looked at; {', '.join(told) or 'nothing has changed'}"
