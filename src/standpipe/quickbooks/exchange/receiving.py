"""``receiveResponseXML``: an answer is read, compared, and stored with all that follows from it, once.

What comes again gets the stored percentage again; what comes for a session that is over is kept and told so.
"""

import hashlib
import zlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from qbwire.errors import DamagedDocument
from qbwire.messages import ResponseSet, decode_response_set
from qbwire.session import FINISHED, Event, Outcome
from qbwire.soap import ReceiveResponseXML
from qbwire.status import Action, explain_hresult
from standpipe.core.prepared import Prepared, PreparedUpdate, Slot, save
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.lists.actions import OPEN
from standpipe.quickbooks.posting.models import MessageSet

from .kinds import KINDS, kind_of
from .models import Exchange, Session
from .numbers import number_of
from .sending import next_task
from .sessions import claim, move
from .tasks import Ending, Problem, Step

NEGATIVE = -1  # the Web Connector asks for the reason, shows it, and closes
LONGEST_KEPT = 2_000_000  # characters of an answer that could not be used
DAMAGED = "The answer of QuickBooks arrived damaged. Nothing was changed; the list is read again at the next visit."


_EXCHANGE = Prepared(
    lambda: (
        Exchange.objects.select_related("task")
        .defer("request", "answer")
        .filter(session=Slot("session"), number=Slot("number"))
    )
)
_RUNNING = PreparedUpdate(
    lambda: (Task.objects.filter(pk=Slot("task"), state=Task.State.RUNNING), {"progress": Slot("percent")})
)
_OPEN_TASK = Prepared(
    lambda: Task.objects.filter(connection=Slot("connection"), state__in=OPEN).values_list("pk", flat=True)[:1]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An answer as it came: what it is, or why it is none."""

    hash: str
    answer: ResponseSet | None = None
    problem: Problem | None = None
    detail: str = ""  # for support; may quote the other side

    @property
    def number(self) -> int | None:
        return None if self.answer is None else number_of(self.answer)


def read(call: ReceiveResponseXML) -> Arrived:
    """Decodes what came. Takes the time that it takes, and touches no database."""
    said = f"{call.response}\0{call.hresult}\0{call.message}"
    digest = hashlib.sha256(said.encode(errors="replace")).hexdigest()
    if call.hresult.strip():
        explained = explain_hresult(call.hresult)
        problem = Problem(code=explained.code, text=explained.meaning, is_final=explained.action is not Action.RETRY)
        return Arrived(hash=digest, problem=problem, detail=call.message)
    try:
        return Arrived(hash=digest, answer=decode_response_set(call.response))
    except DamagedDocument as damage:
        problem = Problem(code="damaged_answer", text=DAMAGED, is_final=False)
        return Arrived(hash=digest, problem=problem, detail=damage.reason)


def take_response(session: Session, call: ReceiveResponseXML) -> int:
    """Stores the answer to the request that is out, and what follows. May raise ``Overtaken``."""
    arrived = read(call)
    [exchange] = _EXCHANGE.all(session=session.pk, number=session.requests)
    if not _answers(arrived, exchange) and (stored := _stored(session, arrived)) is not None:
        if not _insists(arrived, exchange):
            return _percentage_of(stored)
    elif arrived.problem is not None and _stored(session, arrived) is not None:
        arrived = replace(arrived, problem=replace(arrived.problem, may_be_repeated=True))
    if arrived.number not in (None, exchange.number):
        arrived = replace(arrived, answer=None, problem=Problem(code="damaged_answer", text=DAMAGED, is_final=False))
    task = exchange.task
    if task is not None:
        task.connection = session.connection
    step = None if task is None or task.state != Task.State.RUNNING else _step(task, session, exchange, arrived)
    with transaction.atomic():
        claim(session)
        if task is not None and step is not None:
            step = _apply(step, task=task)
        elif task is not None and arrived.answer is not None:  # cancelled meanwhile: what was done is done
            kind_of(task).late(session.connection, arrived.answer)
        if task is None and arrived.problem is None and session.connection.trouble:
            session.connection.trouble = None  # a visit that only looked at the company file went well
            session.connection.save(update_fields=["trouble"])
        return _close_exchange(session, exchange, task=task, step=step, arrived=arrived, call=call)


def _answers(arrived: Arrived, exchange: Exchange) -> bool:
    """Whether this may be the answer to what is out. One to a set bears its ID; two refusals look the same."""
    if not exchange.set_id:
        return arrived.number == exchange.number
    said = arrived.answer.new_message_set_id if arrived.answer is not None else None
    return arrived.number is None and said in (None, exchange.set_id)


def _insists(arrived: Arrived, exchange: Exchange) -> bool:
    """Whether a refusal that was stored before is that of the question that is out, too. It does not say what it
    refuses: the first time a proxy may have repeated it. If it was real, the Web Connector asks for the question
    again, and it comes again.
    """
    if arrived.problem is None:
        return False
    unanswered = Exchange.objects.filter(pk=exchange.pk, answered_at=None)
    return exchange.answer_hash == arrived.hash or not unanswered.update(answer_hash=arrived.hash)


def same_percentage(session: Session, call: ReceiveResponseXML) -> int:
    """What was said to this answer before; nothing changes. An answer to nothing is refused."""
    stored = _stored(session, read(call))
    return NEGATIVE if stored is None else _percentage_of(stored)


def take_late_response(session: Session, call: ReceiveResponseXML) -> int:
    """Stores an answer against its request although the session is over, and gives it to the kind of its task: what
    became of something that changes the company file is worth knowing, however late.
    """
    arrived = read(call)
    number = arrived.number or session.requests
    unanswered = Exchange.objects.select_related("task").filter(session=session, answered_at=None)
    exchange = unanswered.filter(number=number).first()
    if exchange is None:
        return NEGATIVE
    kind = None if exchange.task is None else KINDS.get(exchange.task.kind)
    with transaction.atomic():
        if kind is not None and arrived.answer is not None:
            kind.late(session.connection, arrived.answer)
        keep = kind is None or kind.keeps_answers or arrived.answer is None
        _store(exchange, arrived=arrived, call=call, percentage=NEGATIVE, keep=keep, error="It came too late.")
    return NEGATIVE


def count_failure(session: Session, problem: Problem) -> None:
    """A visit failed without an answer that could be read. After a few of those the task fails and says so: else
    every visit from now on would read the list in vain.
    """
    task = next_task(session.connection)
    state = None if task is None else kind_of(task).load(task.memory)
    if task is not None and state is not None:
        with transaction.atomic():
            _apply(kind_of(task).fail(state, problem), task=task)


# --- what an answer means


def _step(task: Task, session: Session, exchange: Exchange, arrived: Arrived) -> Step | None:
    kind = kind_of(task)
    state = kind.load(task.memory)
    if state is None or state.session != str(session.pk):
        return None  # the task was begun anew meanwhile: this answers an older question
    if arrived.problem is not None:
        return kind.fail(state, arrived.problem)
    answer = kind.read(arrived.answer, number=exchange.number, connection=session.connection, state=state)
    if answer is None:
        return kind.fail(state, Problem(code="damaged_answer", text=DAMAGED, is_final=False))
    now = timezone.now()
    return kind.receive(state, answer, now=now, took_seconds=(now - exchange.sent_at).total_seconds())


def _apply(step: Step, *, task: Task) -> Step | None:
    """Effects and memory of a task that still runs; of a cancelled one nothing is kept."""
    now, kind = timezone.now(), kind_of(task)
    if not _RUNNING(task=task.pk, percent=step.state.percent):
        return None
    step = kind.apply(step, task=task, now=now)
    state = step.state
    task.progress, task.memory = state.percent, state.to_memory()
    task.counts |= kind.counts(state)
    if step.ending is not None:
        _end(task, step.ending, now=now)
    save(task, ["progress", "memory", "counts", "state", "error", "finished_at"])
    return step


def _end(task: Task, ending: Ending, *, now: datetime) -> None:
    connection = task.connection
    if ending.how == "done":
        task.state, task.progress, task.finished_at, task.memory, task.error = Task.State.DONE, 100, now, {}, None
        kind_of(task).ended(task)
        connection.trouble = None
    else:
        task.error = {"code": ending.code, "text": ending.text}
        connection.trouble = {**task.error, "at": now.isoformat()}
        if ending.how == "failed":
            task.state, task.finished_at = Task.State.FAILED, now
    save(connection, ["trouble"])


# --- storing


def _close_exchange(
    session: Session,
    exchange: Exchange,
    *,
    task: Task | None,
    step: Step | None,
    arrived: Arrived,
    call: ReceiveResponseXML,
) -> int:
    """Stores the answer with the percentage that it gets, and moves the session."""
    error, percentage, outcome, farewell = _verdict(session, task=task, step=step, arrived=arrived)
    _store(
        exchange,
        arrived=arrived,
        call=call,
        percentage=percentage,
        keep=bool(error) or _keeps_answers(task),
        error=error,
    )
    move(
        session,
        Event.RECEIVE_RESPONSE,
        outcome,
        because="finished" if outcome is Outcome.FINISHED else "failed",
        last_error=error,
        status_text=farewell or session.status_text,
    )
    return percentage


def _verdict(
    session: Session, *, task: Task | None, step: Step | None, arrived: Arrived
) -> tuple[str, int, Outcome, str]:
    """Reason, percentage, outcome for the session, and what closeConnection will say."""
    if step is not None and step.ending is None:
        return "", step.state.percent, Outcome.AS_PLANNED, ""
    ending = (step.ending if step is not None else None) or _ending_without_task(arrived)
    has_more = bool(_OPEN_TASK.all(connection=session.connection_id))
    if ending.how == "later" or (ending.how == "failed" and not has_more):
        return ending.text, NEGATIVE, Outcome.REFUSED, ending.text
    farewell = _farewell(session, task=task, is_done=step is not None and ending.how == "done")
    if has_more:
        return ending.text, FINISHED - 1, Outcome.AS_PLANNED, farewell
    return "", FINISHED, Outcome.FINISHED, farewell


def _ending_without_task(arrived: Arrived) -> Ending:
    """Of a request that had no task, or whose task was cancelled."""
    if arrived.problem is None:
        return Ending(how="done")
    return Ending(how="later", code=arrived.problem.code, text=arrived.problem.text)


def _farewell(session: Session, *, task: Task | None, is_done: bool) -> str:
    """What was done in this visit: one part for each task that ended in it."""
    if task is None:
        said = f"OK: connected to {session.connection.file_company_name}"
    else:
        said = kind_of(task).farewell(task) if is_done else kind_of(task).cancelled
    return f"{session.status_text}; {said.removeprefix('OK: ')}" if session.status_text else said


def _store(
    exchange: Exchange, *, arrived: Arrived, call: ReceiveResponseXML, percentage: int, keep: bool, error: str
) -> None:
    """List pages are kept as count, hash and time; what could not be used is kept as it came."""
    exchange.answered_at = timezone.now()
    exchange.answer_hash = arrived.hash
    exchange.answer_records = sum(len(one.records) for one in arrived.answer.responses) if arrived.answer else 0
    exchange.answer = zlib.compress(call.response[:LONGEST_KEPT].encode(errors="replace")) if keep else None
    exchange.percentage = percentage
    if exchange.set_id and arrived.answer is not None and arrived.answer.responses:
        MessageSet.objects.filter(set_id=exchange.set_id).update(answer=zlib.compress(call.response.encode()))
    exchange.error = " ".join(filter(None, (error, call.hresult, arrived.detail)))
    save(exchange, ["answered_at", "answer_hash", "answer_records", "answer", "percentage", "error"])


def _keeps_answers(task: Task | None) -> bool:
    return task is not None and kind_of(task).keeps_answers


def _percentage_of(exchange: Exchange) -> int:
    return NEGATIVE if exchange.percentage is None else exchange.percentage


def _stored(session: Session, arrived: Arrived) -> Exchange | None:
    """The exchange that this answered before: by its number, else by being the same."""
    answered = Exchange.objects.filter(session=session, answered_at__isnull=False)
    if arrived.number is not None:
        return answered.filter(number=arrived.number).first()
    return answered.filter(answer_hash=arrived.hash).order_by("-number").first()
