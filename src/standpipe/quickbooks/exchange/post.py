"""The task that posts: what is asked next, and what follows from an answer. Pure.

The law (design 5): after a lost answer nothing else that changes the company file is executed until we know.

==========  ==================================================================  =====================================
phase       what is asked                                                       and then
==========  ==================================================================  =====================================
status      the stored answer of the set that is out                            its answer as if in time; else look
look        the company file, by number, customer and dates                     what is there is posted; if nothing
                                                                                is, resend; else what is not, waits
resend      the same bytes under the same ID, once                              its answer; none: the next visit looks
reread      the company file, for what a restored database may have forgotten   what is there is posted; check
check       are the numbers of the next set free, is what payments pay open     send
send        the next set, stored before it leaves                               its answer; check, until none is left
doubt       is what was posted last, and is not there, a deletion               no: nothing is sent before a full look
forget      nothing: QuickBooks may drop the last answer, ours is stored        done
finish      nothing, where there is nothing to drop                             done
==========  ==================================================================  =====================================

A set that QuickBooks could not even read (0x80040400) was not executed: it is halved until the culprit is alone. One
refusal looks like the other, and a proxy may repeat it: the second of a visit is believed only where the set is
neither stored nor in the company file. Questions that cannot be read are halved too, or asked without numbers.

What was posted last is a witness: where it is not in the company file, and nobody deleted it, the file has gone back
in time. Then the check of all that was sent comes first (``check_sent``); until it has marked what is gone, the
witness stays missing, and nothing goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal, Self

from standpipe.quickbooks.posting.comparing import Verdict
from standpipe.quickbooks.posting.outcomes import Outcome

from .tasks import UNREADABLE, Ending, Problem, Step, Visit

VERSION = 1  # of the state; another one starts over
SET_SIZE = 100  # documents: QuickBooks takes up to a second for each, and a visit silent for minutes looks dead
SMALLEST_SET = 10
SLOW_SET_SECONDS = 60  # from then on sets get smaller
CHECKED_SETS = 2  # whose numbers are asked for at once: 1,000 invoices and their payments go in 33 round trips
MAX_DOUBTS = 2  # damaged answers that are asked about within one visit

Phase = Literal["status", "look", "resend", "reread", "check", "send", "doubt", "forget", "finish"]
LOST = "QuickBooks’ answer to what was sent did not arrive. The next visit asks first what became of it."
RESTORED = (
    "The company file has gone back in time: what was posted last is not there any more. Nothing is sent before "
    "everything that was posted has been looked for."
)
UNKNOWN_YET = "What became of the last message could not be found out. Nothing else is sent before that is known."


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where posting stands between two calls. What matters for longer stands in the outbox, not here."""

    session: str
    version: str
    phase: Phase = "check"
    out: str = ""  # the set whose outcome is not known
    was_resent: bool = False  # that set went out a second time
    refusal: str = ""  # was said while it was out, and may be of the set before
    is_wide: bool = False  # look without naming customers: one of them is not in QuickBooks any more
    is_numberless: bool = False  # and without numbers: one of them cannot be read
    batch: Sequence[str] = ()  # documents that are checked, or sent, now
    ready: Sequence[str] = ()  # checked, and sent after these
    set_size: int = SET_SIZE
    old_set_id: str = ""  # that QuickBooks may forget with what is out now
    groups: Sequence[Sequence[str]] = ()  # the halves of a set that could not be read
    witnesses: Sequence[str] = ()  # TxnIDs of what was posted last, asked for with what is asked now
    missing: Sequence[str] = ()  # those of them that did not come back
    is_same_file: bool = False  # they were there in this visit
    doubts: int = 0
    posted: int = 0
    refused: int = 0
    again: int = 0
    left: int = 0  # that waited when the last set was made
    failures: int = 0

    @property
    def percent(self) -> int:
        done = self.posted + self.refused + self.again
        return min(99, 100 * done // max(done + self.left, 1))

    def to_memory(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_memory(cls, memory: Mapping[str, Any]) -> Self | None:
        """The state, or ``None`` where there is none or another version wrote it."""
        if memory.get("v") != VERSION:
            return None
        names = [one.name for one in fields(cls)]
        return cls(**{name: memory[name] for name in names}) if all(name in memory for name in names) else None


# --- what comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnswer:
    """What came back for a set: sent, sent again, or asked about."""

    code: int | None  # messageSetStatusCode
    outcomes: Mapping[int, Outcome]  # by place in the set

    @property
    def tells(self) -> bool:
        return any(outcome.how != "unknown" for outcome in self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAnswer:
    """The company file was asked for documents whose outcome is not known. ``trouble``: it did not tell."""

    verdicts: Mapping[str, Verdict]
    is_untold: bool = True  # nothing at all was ever said of the set: else it would do again what is done
    missing: Sequence[str] = ()  # witnesses
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """The company file was asked about the next batch; ``free``: documents that may go."""

    free: Sequence[str]
    there: Mapping[str, Verdict]  # ours, posted before, whatever we thought
    taken: Mapping[str, Verdict]  # another invoice bears the number
    effects: tuple[object, ...] = ()  # what was learned besides
    missing: Sequence[str] = ()  # witnesses
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletions:
    """What QuickBooks says was deleted: TxnIDs."""

    txn_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """An answer that says nothing."""


Answer = SetAnswer | LookAnswer | CheckAnswer | Deletions | Nothing


# --- effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    out: str
    code: int | None
    outcomes: Mapping[int, Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    out: str
    problem: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What is asked before this one is sent, QuickBooks cannot read."""

    document: str
    problem: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude:
    """What was looked for: what is there is posted, what may be several is asked about."""

    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLost:
    """No answer will come: what is not there waits again."""

    out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Another invoice bears the number."""

    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Somebody deleted these in QuickBooks."""

    txn_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class LookAtAll:
    """The check of everything that was sent, in full, before anything goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """These were looked for since the database or the company file was restored."""

    documents: Sequence[str]
    absent: Sequence[str]  # not in the company file: what was posted before the file went back goes again


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOpen:
    """What QuickBooks shows open of invoices that are to be paid; ``asked``: their TxnIDs."""

    invoices: Sequence[Any]
    asked: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """QuickBooks keeps no answer of this set any longer."""

    set_id: str


# --- the pure functions


def begin(*, visit: Visit, out: str, before: State | None) -> State:
    """The state before the first request of a visit; ``out``: the set whose outcome is not known, if there is one."""
    same = before is not None and bool(out) and before.out == out
    return State(
        session=visit.session,
        version=visit.version,
        phase="status" if out else "check",
        out=out,
        was_resent=before.was_resent if before is not None and same else False,
        groups=before.groups if before is not None else (),
        failures=before.failures if before is not None else 0,
    )


def receive(state: State, answer: Answer, *, now: datetime, took_seconds: float = 0) -> Step:  # noqa: ARG001
    """What follows from an answer that QuickBooks took so long for."""
    if took_seconds > SLOW_SET_SECONDS and state.phase == "send":
        state = replace(state, set_size=max(SMALLEST_SET, state.set_size // 2))
    match answer:
        case SetAnswer():
            return _set_answered(state, answer)
        case LookAnswer():
            return _looked(state, answer)
        case CheckAnswer():
            return _checked(state, answer)
        case Deletions():
            return _doubted(state, answer)
    return Step(state=state, effects=_forgotten(state), ending=Ending(how="done"))


def fail(state: State, problem: Problem) -> Step:
    """What follows from an answer that is none."""
    if problem.code == UNREADABLE and (step := _unread(state, problem)) is not None:
        return step
    if state.out and problem.code == "damaged_answer" and state.doubts < MAX_DOUBTS:
        return Step(state=replace(state, phase="status", doubts=state.doubts + 1))
    return _later(state, code=problem.code, text=f"{problem.text} {LOST}" if state.out else problem.text)


def _unread(state: State, problem: Problem) -> Step | None:
    """``None``: there is nothing to halve or to leave out."""
    match state.phase:
        case "send" | "resend" if problem.may_be_repeated:
            return Step(state=replace(state, phase="status", refusal=problem.text))
        case "send" | "resend":
            return _rejected(state, problem.text)
        case "look" | "reread" if not state.is_numberless:
            return Step(state=replace(state, is_numberless=True))
        case "check" if state.batch:
            said = {"code": problem.code, "text": problem.text}
            culprit = (Hold(document=state.batch[0], problem=said),) if len(state.batch) == 1 else ()
            return Step(state=_split(state), effects=culprit)
    return None


def _rejected(state: State, text: str) -> Step:
    effect = Reject(out=state.out, problem={"code": UNREADABLE, "text": text})
    return Step(state=_split(state), effects=(effect,))


def without_set(state: State) -> State:
    """What became of the set is known; the next one is checked."""
    return replace(
        state, phase="check", out="", was_resent=False, refusal="", is_wide=False, is_numberless=False, old_set_id=""
    )


def _set_answered(state: State, answer: SetAnswer) -> Step:
    if not answer.tells:
        if state.phase == "resend":
            return _later(state, code="outcome_unknown", text=UNKNOWN_YET)
        return Step(state=replace(state, phase="look"))
    settle = Settle(out=state.out, code=answer.code, outcomes=answer.outcomes)
    counts = _counted(state, [outcome.how for outcome in answer.outcomes.values()])
    is_known = all(outcome.how not in ("unknown", "saved") for outcome in answer.outcomes.values())
    if not is_known:
        return Step(state=replace(counts, phase="look"), effects=(settle,))
    following = without_set(counts)
    if state.phase == "send" and state.ready:
        following = next_set(replace(following, batch=state.ready))
    return Step(state=following, effects=(settle, *_forgotten(state)))


def next_set(state: State) -> State:
    """The next documents to send, out of ``batch``; the rest of it is ready."""
    size = state.set_size
    return replace(state, phase="send", batch=tuple(state.batch[:size]), ready=tuple(state.batch[size:]))


def _forgotten(state: State) -> tuple[Forgotten, ...]:
    return (Forgotten(set_id=state.old_set_id),) if state.old_set_id else ()


def _looked(state: State, answer: LookAnswer) -> Step:
    if answer.trouble and state.is_wide:
        return _later(state, code="outcome_unknown", text=f"{UNKNOWN_YET} {answer.trouble}")
    if answer.trouble:
        return Step(state=replace(state, is_wide=True))
    if answer.missing:
        return Step(state=replace(state, phase="doubt", missing=tuple(answer.missing)))
    hows = [verdict.how for verdict in answer.verdicts.values()]
    may_resend = not (state.was_resent or state.is_numberless)
    state = replace(state, is_same_file=True, is_wide=False, is_numberless=False)
    state = _counted(state, ["posted"] * hows.count("there"))
    conclude = Conclude(verdicts=answer.verdicts)
    if state.phase == "reread":
        absent = tuple(key for key, verdict in answer.verdicts.items() if verdict.how == "absent")
        reread = Reread(documents=tuple(answer.verdicts), absent=absent)
        return Step(state=replace(state, phase="check"), effects=(conclude, reread))
    if set(hows) == {"absent"} and answer.is_untold and (state.refusal or may_resend):
        resend = Step(state=replace(state, phase="resend", was_resent=True))
        return _rejected(state, state.refusal) if state.refusal else resend
    return Step(state=without_set(state), effects=(conclude, CloseLost(out=state.out)))


def _checked(state: State, answer: CheckAnswer) -> Step:
    if answer.trouble:
        return _later(state, code="check_failed", text=answer.trouble)
    if answer.missing:
        return Step(state=replace(state, phase="doubt", missing=tuple(answer.missing)))
    state = replace(state, is_same_file=True)
    effects = (*answer.effects, Conclude(verdicts=answer.there), Taken(verdicts=answer.taken))
    state = _counted(state, ["posted"] * len(answer.there) + ["refused"] * len(answer.taken))
    if not answer.free:
        return Step(state=replace(state, phase="check", batch=()), effects=effects)
    return Step(state=next_set(replace(state, batch=tuple(answer.free))), effects=effects)


def _doubted(state: State, answer: Deletions) -> Step:
    """What a person deleted is marked so, and what was posted before it is the witness now."""
    gone = tuple(txn_id for txn_id in state.missing if txn_id in answer.txn_ids)
    effects = (Deleted(txn_ids=gone),)
    if len(gone) == len(state.missing):
        return Step(state=replace(state, phase="status" if state.out else "check", missing=()), effects=effects)
    ending = Ending(how="failed", code="restored", text=RESTORED)
    return Step(state=state, effects=(*effects, LookAtAll()), ending=ending)


def _counted(state: State, hows: Sequence[str]) -> State:
    return replace(
        state,
        posted=state.posted + hows.count("posted"),
        refused=state.refused + hows.count("refused"),
        again=state.again + hows.count("again"),
    )


def _split(state: State) -> State:
    """The halves of what could not be read go apart, the first of them next; a single one is the culprit."""
    batch = list(state.batch)
    middle = len(batch) // 2
    halves = (batch[:middle], batch[middle:]) if len(batch) > 1 else ()
    groups = tuple(group for group in (*halves, state.ready, *state.groups) if group)
    state = replace(without_set(state), batch=(), ready=(), groups=groups)
    return state if halves else _counted(state, ["refused"])


def _later(state: State, *, code: str, text: str) -> Step:
    return Step(state=replace(state, failures=state.failures + 1), ending=Ending(how="later", code=code, text=text))
