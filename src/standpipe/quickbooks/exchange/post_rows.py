"""Posting against rows: what is asked is made of the outbox, what is answered is written into it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, UUIDField
from django.utils import timezone

from qbwire.messages import InvoiceQuery, ResponseSet
from standpipe.core.prepared import Prepared, Slot, Slots
from standpipe.invoices.queries import lines_of
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.posting import freezing, outbox, payments, recovery, results, sets
from standpipe.quickbooks.posting.checking import request_check
from standpipe.quickbooks.posting.comparing import Verdict
from standpipe.quickbooks.posting.differences import changes_since
from standpipe.quickbooks.posting.message import number_as_sent
from standpipe.quickbooks.posting.models import Document, MessageSet
from standpipe.quickbooks.posting.outcomes import Outcome, Posted, outcomes_of
from standpipe.quickbooks.posting.payment_actions import count_once
from standpipe.quickbooks.posting.payment_standing import differences_of

from . import post
from .numbers import request_id
from .post import (
    CheckAnswer,
    CloseLost,
    Conclude,
    Deleted,
    Deletions,
    Forgotten,
    Hold,
    LookAnswer,
    LookAtAll,
    NoteOpen,
    Nothing,
    Reject,
    Reread,
    SetAnswer,
    Settle,
    State,
    Taken,
)
from .tasks import Request, Step, Visit

SEVERAL = "More than one in QuickBooks could be this one. Choose which it is, or say that none is."
ONE_ALIKE = "One in QuickBooks could be this one. Say whether it is."
SAVED_UNFOUND = "QuickBooks said that it saved this, and it cannot be found there. Look for it in QuickBooks."
TAKEN = "QuickBooks has another invoice with the number {number}: {what}."


def begin(task: Task, *, visit: Visit, now: datetime, before: State | None) -> State:  # noqa: ARG001
    out = sets.open_set(task.connection)
    return post.begin(visit=visit, out=str(out.pk) if out else "", before=before)


# --- asking


def ask(task: Task, state: State, *, now: datetime) -> tuple[State, Request]:
    """The next request. A phase that finds nothing to ask hands on to the one after it."""
    while True:
        state, request = _ASKS[state.phase](task.connection, state, now)
        if request is not None:
            return state, request


def _out(connection: Connection, state: State) -> MessageSet | None:
    """The set that is out, unless its answer came late meanwhile."""
    out = sets.open_set(connection)
    return out if out is not None and str(out.pk) == state.out else None


Asked = tuple[State, Request | None]


def _go_on(state: State) -> Asked:
    return post.without_set(state), None


def _ask_status(connection: Connection, state: State, _now: datetime) -> Asked:
    out = _out(connection, state)
    return _go_on(state) if out is None else (state, Request(new_set_id=out.set_id, old_set_id=out.set_id))


def _ask_look(connection: Connection, state: State, _now: datetime) -> Asked:
    out = _out(connection, state)
    if out is None:
        return _go_on(state)
    return _ask_for(connection, state, recovery.sent_in(connection, out))


def _ask_for(connection: Connection, state: State, documents: Sequence[Document]) -> Asked:
    known = recovery.witnesses(connection)
    messages = recovery.questions(documents, known, is_wide=state.is_wide, is_numberless=state.is_numberless)
    return replace(state, witnesses=_txn_ids(known)), Request(messages=messages)


def _txn_ids(known: Mapping[str, Document]) -> tuple[str, ...]:
    return tuple(document.txn_id for document in known.values())


def _ask_reread(connection: Connection, state: State, _now: datetime) -> Asked:
    documents = recovery.unsure(connection, most=post.SET_SIZE)
    if not documents:
        return replace(state, phase="check"), None
    return _ask_for(connection, replace(state, batch=tuple(str(one.pk) for one in documents)), documents)


def _ask_doubt(_connection: Connection, state: State, _now: datetime) -> Asked:
    return state, Request(messages=(recovery.DELETED,))


def _ask_resend(connection: Connection, state: State, _now: datetime) -> Asked:
    out = _out(connection, state)
    return _go_on(state) if out is None else (state, Request(document=sets.text_of(out), new_set_id=out.set_id))


def _ask_check(connection: Connection, state: State, now: datetime) -> Asked:
    if recovery.is_unsure(connection):
        return replace(state, phase="reread"), None
    known = {} if state.is_same_file else recovery.witnesses(connection)
    state = replace(state, witnesses=_txn_ids(known))
    if known and state.groups:  # alone: else they might be what cannot be read
        return replace(state, batch=()), Request(messages=tuple(recovery.witness_questions(known)))
    batch, groups = _next_batch(connection, state, now)
    if not batch:
        return replace(state, phase="forget", batch=(), groups=(), left=0), None
    state = replace(state, batch=tuple(str(one.pk) for one in batch), groups=groups)
    messages = check_questions(batch, known)
    return (state, Request(messages=messages)) if messages else (post.next_set(state), None)


def _next_batch(
    connection: Connection, state: State, now: datetime
) -> tuple[Sequence[Document], Sequence[Sequence[str]]]:
    """The next half of a set that could not be read, else whatever is due."""
    groups = list(state.groups)
    while groups:
        if batch := outbox.open_documents(connection, groups.pop(0)):
            return batch, tuple(groups)
    return outbox.due(connection, now=now, most=post.CHECKED_SETS * state.set_size), ()


def check_questions(batch: Sequence[Document], known: Mapping[str, Document]) -> tuple[object, ...]:
    """One query for all numbers, one for all invoices that payments of the batch pay, and the witnesses."""
    numbers = sorted({number for one in batch if one.invoice and (number := number_as_sent(one.invoice.number))})
    asked: list[object] = []
    if numbers:
        asked.append(InvoiceQuery(ref_numbers=tuple(numbers), include_ret_element=freezing.INVOICE_TAGS))
    if paid := payments.invoices_to_read(batch):
        asked.append(InvoiceQuery(txn_ids=paid, include_ret_element=freezing.INVOICE_TAGS))
    return (*asked, *recovery.witness_questions(known))


def _ask_send(connection: Connection, state: State, now: datetime) -> Asked:
    adds = []
    for one in freezing.freeze(outbox.open_documents(connection, state.batch), version=state.version):
        if isinstance(one, freezing.Unfit):
            results.hold(one.document, code=one.code, text=one.text, now=now)
        else:
            one.document.frozen = one.stood
            adds.append((one.document, one.add))
    old = sets.forgettable(connection)
    stored = sets.store(connection, adds, version=state.version, old_set_id=old.set_id if old else None, now=now)
    if stored is None:
        return (post.next_set(replace(state, batch=state.ready)) if state.ready else _nothing(state)), None
    message_set, text = stored
    left = outbox.count_due(connection, now=now)
    batch = tuple(str(document.pk) for document, _ in adds)
    state = replace(
        state, out=str(message_set.pk), batch=batch, left=left + len(batch), old_set_id=old.set_id if old else ""
    )
    return state, Request(document=text, new_set_id=message_set.set_id)


def _nothing(state: State) -> State:
    return replace(state, phase="check", batch=(), ready=())


def _ask_forget(connection: Connection, state: State, _now: datetime) -> Asked:
    old = sets.forgettable(connection)
    if old is None:
        return replace(state, phase="finish"), None
    return replace(state, old_set_id=old.set_id), Request(old_set_id=old.set_id)


def _ask_finish(_connection: Connection, state: State, _now: datetime) -> Asked:
    return state, Request()


_ASKS: Mapping[str, Callable[[Connection, State, datetime], Asked]] = {
    "status": _ask_status,
    "look": _ask_look,
    "resend": _ask_resend,
    "reread": _ask_reread,
    "doubt": _ask_doubt,
    "check": _ask_check,
    "send": _ask_send,
    "forget": _ask_forget,
    "finish": _ask_finish,
}


# --- reading, outside any transaction


def read(answer: ResponseSet, *, number: int, connection: Connection, state: State) -> post.Answer | None:
    """The answer to what this phase asked; ``None`` where it answers something else."""
    if state.phase in ("status", "send", "resend"):
        return _read_set(answer, connection=connection, state=state)
    if state.phase in ("forget", "finish"):
        return Nothing()
    if answer.by_request_id(request_id(number, 1)) is None:
        return None
    if state.phase == "doubt":
        return Deletions(txn_ids=recovery.deleted_in(answer))
    return _read_check(answer, connection, state) if state.phase == "check" else _read_look(answer, connection, state)


def _read_set(answer: ResponseSet, *, connection: Connection, state: State) -> SetAnswer | None:
    out = sets.find(connection, state.out)
    if out is None or answer.new_message_set_id not in (None, out.set_id):
        return None
    return SetAnswer(code=answer.message_set_status_code, outcomes=_outcomes(answer, out))


def _outcomes(answer: ResponseSet, message_set: MessageSet) -> dict[int, Outcome]:
    return outcomes_of(answer, count=sets.size_of(message_set))


def _read_look(answer: ResponseSet, connection: Connection, state: State) -> LookAnswer:
    out = None if state.phase == "reread" else _out(connection, state)
    if state.phase == "reread":
        documents = recovery.unsure_of(connection, state.batch)
    else:
        documents = recovery.sent_in(connection, out) if out is not None else []
    found = recovery.found_of(answer)
    return LookAnswer(
        verdicts=recovery.verdicts(connection, documents, found),
        is_untold=out is None or _is_untold(out, documents),
        missing=_missing(state, found),
        trouble=recovery.trouble_of(answer),
    )


def _is_untold(out: MessageSet, sending: Sequence[Document]) -> bool:
    """Every document of the set still waits for its answer, and QuickBooks said of none that it saved it."""
    saved = any((document.problem or {}).get("code") == results.SAVED for document in sending)
    return len(sending) == sets.size_of(out) and not saved


def _missing(state: State, found: Sequence[Posted]) -> tuple[str, ...]:
    there = {one.txn_id for one in found}
    return tuple(txn_id for txn_id in state.witnesses if txn_id not in there)


def _read_check(answer: ResponseSet, connection: Connection, state: State) -> CheckAnswer:
    batch = outbox.open_documents(connection, state.batch)
    if trouble := recovery.trouble_of(answer):
        return CheckAnswer(free=(), there={}, taken={}, trouble=trouble)
    found = recovery.found_of(answer)
    there: dict[str, Verdict] = {}
    taken: dict[str, Verdict] = {}
    for document in batch:
        if (verdict := recovery.number_verdict(document, found)) is not None:
            (there if verdict.how == "there" else taken)[str(document.pk)] = verdict
    free = [str(one.pk) for one in batch if str(one.pk) not in there and str(one.pk) not in taken]
    effects = (_open_of(answer, batch),)
    return CheckAnswer(free=free, there=there, taken=taken, effects=effects, missing=_missing(state, found))


def _open_of(answer: ResponseSet, batch: Sequence[Document]) -> NoteOpen:
    invoices = [one for response in answer.responses if response.kind == "InvoiceQuery" for one in response.items]
    return NoteOpen(invoices=invoices, asked=payments.invoices_to_read(batch))


# --- applying, inside the transaction that stores the answer


def apply(step: Step, *, task: Task, now: datetime) -> Step:
    for effect in step.effects:
        _EFFECTS[type(effect)](task.connection, effect, now)
    return step


def _settle(connection: Connection, effect: Settle, now: datetime) -> None:
    results.settle(_set(connection, effect.out), effect.outcomes, code=effect.code, now=now)


def _reject(connection: Connection, effect: Reject, now: datetime) -> None:
    results.close_rejected(_set(connection, effect.out), effect.problem, now=now)


def _hold(connection: Connection, effect: Hold, now: datetime) -> None:
    for document in outbox.open_documents(connection, [effect.document]):
        results.hold(document, code=effect.problem["code"], text=effect.problem["text"], now=now)


def _close_lost(connection: Connection, effect: CloseLost, now: datetime) -> None:
    results.close_lost(_set(connection, effect.out), now=now)


def _hold_taken(connection: Connection, effect: Taken, now: datetime) -> None:
    for document, verdict in _documents(connection, effect.verdicts):
        text = TAKEN.format(number=verdict.found[0].number, what=_what(verdict.found[0]))
        results.hold(document, code="number_taken", text=text, now=now, candidates=verdict.found)


def _note_open(connection: Connection, effect: NoteOpen, _now: datetime) -> None:
    payments.note_open(connection, effect.invoices, asked=effect.asked)


def _note_deleted(connection: Connection, effect: Deleted, now: datetime) -> None:
    recovery.note_deleted(connection, effect.txn_ids, now=now)


def _look_at_all(connection: Connection, _effect: LookAtAll, _now: datetime) -> None:
    request_check(connection, by=None, full=True)


def _reread(connection: Connection, effect: Reread, now: datetime) -> None:
    for document in recovery.send_again(connection, effect.absent):
        before, after = _changed_since(document)
        results.tell("sent_again", document, before=before, after={"because": "restored"} | after)
    Document.objects.filter(connection=connection, pk__in=effect.documents).update(is_unsure=False, read_at=now)


def _changed_since(document: Document) -> tuple[dict[str, str], dict[str, str]]:
    """It goes as it stands here now (decision 24): what was changed after it had left, from what to what."""
    if document.invoice is not None:
        found = changes_since(document, document.invoice, lines=list(lines_of(document.invoice)))
        return {one.field: one.sent for one in found}, {one.field: one.now for one in found}
    assert document.payment is not None  # document_is_of_one_thing  # noqa: S101
    rows = differences_of(document.payment, document)
    return {one.field: one.there for one in rows}, {one.field: one.here for one in rows}


def _forgotten(connection: Connection, effect: Forgotten, _now: datetime) -> None:
    sets.note_forgotten(connection, effect.set_id)


def _set(connection: Connection, pk: str) -> MessageSet:
    found = sets.find(connection, pk)
    assert found is not None  # it is out, and sets stay  # noqa: S101
    return found


_OPEN = Prepared(
    lambda: outbox.loaded(
        Document.objects.filter(
            recovery.NOT_KNOWN_THERE | Q(state=Document.State.SENDING),
            connection=Slot("connection"),
            pk__in=Slots("ids", UUIDField()),
            ended_at=None,
        )
    )
)


def _documents(connection: Connection, by_id: Mapping[str, Verdict]) -> list[tuple[Document, Verdict]]:
    """Those that are not known to be there meanwhile."""
    documents = outbox.of(connection, _OPEN.all(connection=connection.pk, ids=by_id) if by_id else ())
    return [(document, by_id[str(document.pk)]) for document in documents]


def _conclude(connection: Connection, effect: Conclude, now: datetime) -> None:
    there = []
    for document, verdict in _documents(connection, effect.verdicts):
        if verdict.how == "there":
            there.append((document, Outcome(how="posted", posted=verdict.found[0])))
        elif verdict.how == "several":
            code, text = ("ambiguous", SEVERAL) if len(verdict.found) > 1 else ("entered_again", ONE_ALIKE)
            results.hold(document, code=code, text=text, now=now, candidates=verdict.found)
        elif (document.problem or {}).get("code") == results.SAVED:
            results.hold(document, code="not_found_twice", text=SAVED_UNFOUND, now=now)
    results.write(connection, there, now=now)
    for document, _ in there:
        if document.payment is not None:
            count_once(document, by=None)  # it may have come as one that was entered there, meanwhile


_EFFECTS: Mapping[type, Callable[[Connection, Any, datetime], None]] = {
    Settle: _settle,
    Reject: _reject,
    Hold: _hold,
    CloseLost: _close_lost,
    Conclude: _conclude,
    Taken: _hold_taken,
    NoteOpen: _note_open,
    Deleted: _note_deleted,
    LookAtAll: _look_at_all,
    Reread: _reread,
    Forgotten: _forgotten,
}


def _what(posted: Posted) -> str:
    """Another invoice, as a person recognises it."""
    said = posted.said
    parts = (said.get("customer_name"), said.get("date"), said.get("total"))
    return ", ".join(str(part) for part in parts if part) or posted.txn_id


# --- the end of a visit, and answers that come after it


def counts(state: State) -> Mapping[str, int]:
    return {"posted": state.posted, "refused": state.refused, "again": state.again, "left": state.left}


def farewell(task: Task) -> str:
    counts = task.counts
    parts = [f"{counts['posted']} sent"]
    if counts.get("again"):
        parts.append(f"{counts['again']} to be tried again")
    if counts.get("refused"):
        parts.append(f"{counts['refused']} need somebody in Standpipe")
    return f"OK: {', '.join(parts)}"


def late(connection: Connection, answer: ResponseSet) -> bool:
    """An answer after its session was over, to a set whose outcome nobody knows: as if it had come in time."""
    out = MessageSet.objects.filter(
        connection=connection, set_id=answer.new_message_set_id or "", state=MessageSet.State.OUT
    ).first()
    if out is None:
        return False
    outcomes = _outcomes(answer, out)
    if all(outcome.how == "unknown" for outcome in outcomes.values()):
        return False
    results.settle(out, outcomes, code=answer.message_set_status_code, now=timezone.now())
    return True
