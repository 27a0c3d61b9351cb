"""The task that asks what became of invoices and payments that are in QuickBooks. Pure, and it only reads.

Usually it asks what changed since the mark: the greatest TimeModified seen, in QuickBooks' own text, less an overlap
(see ``refresh_customers``), and for the deletion feed, which reaches back 90 days (Conductor, deleted objects). A
full pass asks for every document by its TxnID instead, in pieces: the first time, after 30 days, on another computer,
and when the transaction that holds the mark did not come again, because then the file has gone back in time.

Payments may be made in QuickBooks without the invoice's TimeModified moving (no source settles it): the invoices that
a new payment names are read by their TxnID, and payments that an invoice is linked to and nobody knows here likewise.
Invoices that a person marked as already in QuickBooks, by their number alone, are looked for by it. A person wrote
those numbers: where QuickBooks cannot read a question (0x80040400), they are asked for alone, and halved until the
one that it cannot read is alone and found nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Self

from qbwire.messages import (
    DeletedDateRange,
    InvoiceQuery,
    ModifiedDateRange,
    ReceivePayment,
    ReceivePaymentQuery,
    Status,
    TxnDeletedQuery,
)
from qbwire.status import Action, explain_status
from standpipe.quickbooks.posting.freezing import INVOICE_TAGS, PAYMENT_TAGS
from standpipe.quickbooks.posting.outcomes import Posted

from .refresh_customers import OVERLAP, wall_time
from .tasks import UNREADABLE, Ending, Problem, Step, Visit

VERSION = 2  # of the state; another one starts over
PIECE = 100  # TxnIDs in one question
PAGE_SIZE = 500
FULL_AFTER = timedelta(days=30)
MAX_FAILURES = 3  # visits that ended with an error
DONE = "-"  # of an iterator

INVOICES, PAYMENTS, FEED, SOME_INVOICES, SOME_PAYMENTS, NUMBERS = (
    "invoices", "payments", "feed", "some invoices", "some payments", "numbers",
)  # fmt: skip
_KINDS = {
    INVOICES: "InvoiceQuery", SOME_INVOICES: "InvoiceQuery", NUMBERS: "InvoiceQuery", FEED: "TxnDeletedQuery",
}  # fmt: skip
_TAGS = (*INVOICE_TAGS, "LinkedTxn")


# --- what comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The answer to one question as it was read."""

    status: Status
    invoices: Sequence[Posted] = ()
    payments: Sequence[ReceivePayment] = ()
    linked: Sequence[str] = ()  # TxnIDs of payments that these invoices are linked to
    deleted: Sequence[str] = ()
    iterator_id: str = ""
    remaining: int = 0
    latest: str = ""  # the greatest TimeModified, and whose it is
    latest_txn_id: str = ""


Answer = Mapping[str, Page]  # by question


# --- effects


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowInvoices:
    """Keep what QuickBooks has of ours among these, and find out which payments nobody knows: ``followed``."""

    invoices: Sequence[Posted]
    linked: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPayments:
    """Keep the payments of our invoices, and find out which invoices they name: ``followed``."""

    payments: Sequence[ReceivePayment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Which invoices bear these numbers, for those that a person marked as already there."""

    numbers: Sequence[str]
    invoices: Sequence[Posted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    txn_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThere:
    """QuickBooks does not find them, and its deletion feed does not name them."""

    txn_ids: Sequence[str]


# --- state


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a check stands between two calls."""

    session: str
    version: str
    path: str
    computer: str
    started_at: str
    is_full: bool
    full_at: str  # when the last full pass began
    since: str = ""  # wall time of the QuickBooks computer
    old_mark: str = ""
    old_holder: str = ""
    mark: str = ""
    holder: str = ""
    invoices: str = ""  # iterators: "" begins, DONE is done
    payments: str = ""
    is_feed_read: bool = False
    holder_was_deleted: bool = False
    holder_was_seen: bool = False
    asked: Sequence[str] = ()  # the questions of the set that is out
    piece: Sequence[str] = ()  # TxnIDs of invoices in it, and of payments
    payment_piece: Sequence[str] = ()
    numbers: Sequence[str] = ()  # of invoices that have to be found
    number_piece: Sequence[str] = ()
    number_size: int = 0  # of a piece of them, asked for alone; 0: with everything else
    size: int = 0  # of a piece: smaller than PIECE while one is sought that a whole question was refused for
    payment_size: int = 0
    to_read: Sequence[str] = ()  # TxnIDs of invoices that have to be read, and of payments
    payments_to_read: Sequence[str] = ()
    seen: int = 0
    changed: int = 0
    gone: int = 0
    new_payments: int = 0
    failures: int = 0

    @property
    def percent(self) -> int:
        left = len(self.to_read) + len(self.payments_to_read)
        return min(99, 100 * self.seen // max(self.seen + left, 1))

    def to_memory(self) -> dict[str, Any]:
        return {"v": VERSION, **asdict(self)}

    @classmethod
    def from_memory(cls, memory: Mapping[str, Any]) -> Self | None:
        """The state, or ``None`` where there is none or another version wrote it."""
        if memory.get("v") != VERSION:
            return None
        names = [one.name for one in fields(cls)]
        return cls(**{name: memory[name] for name in names}) if all(name in memory for name in names) else None


# --- beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How the last check ended."""

    mark: str
    holder: str
    path: str
    computer: str
    full_at: datetime


def begin(*, visit: Visit, last: Last | None, asked_full: bool, now: datetime, failures: int = 0) -> State:
    """The state before the first request of a visit."""
    state = State(
        session=visit.session,
        version=visit.version,
        path=visit.path,
        computer=visit.computer,
        started_at=now.isoformat(),
        is_full=True,
        full_at=now.isoformat(),
        failures=failures,
    )
    wall = wall_time(last.mark) if last is not None else None
    if last is None or asked_full or wall is None or (last.path, last.computer) != (visit.path, visit.computer):
        return state
    if now - last.full_at >= FULL_AFTER:
        return state
    since = (wall - OVERLAP).isoformat(timespec="seconds")
    return replace(
        state,
        is_full=False,
        full_at=last.full_at.isoformat(),
        since=since,
        old_mark=last.mark,
        old_holder=last.holder,
    )


# --- what is asked


def next_questions(state: State) -> State:
    """The same with ``asked`` set; no questions: everything was asked."""
    asked = []
    if not state.is_full:
        asked += [INVOICES] * (state.invoices != DONE) + [PAYMENTS] * (state.payments != DONE)
    asked += [FEED] * (not state.is_feed_read)
    piece = state.to_read[: state.size or PIECE]
    payment_piece = state.payments_to_read[: state.payment_size or PIECE]
    asked += [SOME_INVOICES] * bool(piece) + [SOME_PAYMENTS] * bool(payment_piece)
    number_piece = () if state.number_size and asked else state.numbers[: state.number_size or PIECE]
    asked += [NUMBERS] * bool(number_piece)
    return replace(
        state,
        asked=tuple(asked),
        piece=tuple(piece),
        payment_piece=tuple(payment_piece),
        number_piece=tuple(number_piece),
    )


def messages(state: State) -> tuple[object, ...]:
    return tuple(_message(question, state) for question in state.asked)


def _message(question: str, state: State) -> object:
    modified = ModifiedDateRange(from_modified=state.since)
    match question:
        case "invoices":
            return InvoiceQuery(
                iterator="Continue" if state.invoices else "Start",
                iterator_id=state.invoices or None,
                max_returned=PAGE_SIZE,
                modified=modified,
                include_linked_txns=True,
                include_ret_element=_TAGS,
            )
        case "payments":
            return ReceivePaymentQuery(
                iterator="Continue" if state.payments else "Start",
                iterator_id=state.payments or None,
                max_returned=PAGE_SIZE,
                modified=modified,
                include_lines=True,
                include_ret_element=PAYMENT_TAGS,
            )
        case "feed":
            since = DeletedDateRange(from_deleted=state.since) if state.since else None
            return TxnDeletedQuery(kinds=("Invoice", "ReceivePayment"), deleted=since)
        case "numbers":
            return InvoiceQuery(ref_numbers=tuple(state.number_piece), include_ret_element=INVOICE_TAGS)
        case "some invoices":
            return InvoiceQuery(txn_ids=tuple(state.piece), include_linked_txns=True, include_ret_element=_TAGS)
        case _:
            return ReceivePaymentQuery(
                txn_ids=tuple(state.payment_piece), include_lines=True, include_ret_element=PAYMENT_TAGS
            )


def kind_of_question(question: str) -> str:
    """Which kind of response answers it."""
    return _KINDS.get(question, "ReceivePaymentQuery")


# --- what follows


def receive(state: State, answer: Answer, *, now: datetime, took_seconds: float = 0) -> Step:  # noqa: ARG001
    """What follows from the answers to one set."""
    for question, page in answer.items():
        if page.status.is_error and not _names_one(question, page):
            return _refused(state, page.status)
    effects: list[object] = []
    if (feed := answer.get(FEED)) is not None:  # first: what it names is not missing
        effects.append(Deleted(txn_ids=tuple(feed.deleted)))
        state = replace(state, is_feed_read=True, holder_was_deleted=state.old_holder in feed.deleted)
    for question in state.asked:
        if question != FEED and question in answer:
            state, more = _page(state, question, answer[question])
            effects += more
    return Step(state=state, effects=tuple(effects))


def _page(state: State, question: str, page: Page) -> tuple[State, list[object]]:
    if question == NUMBERS:  # anybody's invoices, however old: they say nothing of the mark
        return _numbers_read(state, page.invoices)
    state = _with_mark(state, page)
    if state.old_holder in {*(one.txn_id for one in page.invoices), *(one.txn_id for one in page.payments)}:
        state = replace(state, holder_was_seen=True)
    state = replace(state, seen=state.seen + len(page.invoices) + len(page.payments))
    effects: list[object] = []
    if page.invoices:
        effects.append(FollowInvoices(invoices=page.invoices, linked=page.linked))
    if page.payments:
        effects.append(FollowPayments(payments=page.payments))
    iterator = page.iterator_id if page.remaining and page.iterator_id else DONE
    match question:
        case "invoices":
            return replace(state, invoices=iterator), effects
        case "payments":
            return replace(state, payments=iterator), effects
        case "some invoices":
            asked, found = state.piece, {one.txn_id for one in page.invoices}
            read, size = _unread(asked, page)
            missing = tuple(one for one in asked if one not in found and one not in read)
            state = replace(state, to_read=(*read, *state.to_read[len(asked) :]), size=size)
        case _:
            asked, found = state.payment_piece, {one.txn_id for one in page.payments}
            read, size = _unread(asked, page)
            missing = tuple(one for one in asked if one not in found and one not in read)
            rest = state.payments_to_read[len(asked) :]
            state = replace(state, payments_to_read=(*read, *rest), payment_size=size)
    return state, [*effects, NotThere(txn_ids=missing)] if missing else effects


def _numbers_read(state: State, invoices: Sequence[Posted]) -> tuple[State, list[object]]:
    numbers = tuple(state.number_piece)
    state = replace(state, numbers=tuple(state.numbers[len(numbers) :]), number_piece=())
    return state, [Numbered(numbers=numbers, invoices=invoices)]


def _names_one(question: str, page: Page) -> bool:
    """3120: some files refuse the whole question for one TxnID that is gone, and name it."""
    return question in (SOME_INVOICES, SOME_PAYMENTS) and page.status.code == 3120


def _unread(piece: Sequence[str], page: Page) -> tuple[tuple[str, ...], int]:
    """Of a piece that was refused as a whole, those to ask for again, and how many at once.

    All but the one that the message names; where it names none, the piece is halved until the culprit is alone.
    """
    if not page.status.is_error:
        return (), 0
    named = [one for one in piece if one in page.status.message]
    if named or len(piece) == 1:
        return tuple(one for one in piece if named and one not in named), 0
    return tuple(piece), len(piece) // 2


def _with_mark(state: State, page: Page) -> State:
    if place_of(page.latest, page.latest_txn_id) > place_of(state.mark, state.holder):
        return replace(state, mark=page.latest, holder=page.latest_txn_id)
    return state


def place_of(latest: str, txn_id: str) -> tuple[str, int, str]:
    """Later is greater. Within one second the newer TxnID: an older copy of the file lacks that one first."""
    return latest[:19], len(txn_id), txn_id


def followed(state: State, *, invoices: Sequence[str] = (), payments: Sequence[str] = (), **counts: int) -> State:
    """The same, with what has to be read besides, each once, and counts added."""
    return replace(
        state,
        to_read=tuple(dict.fromkeys((*state.to_read, *invoices))),
        payments_to_read=tuple(dict.fromkeys((*state.payments_to_read, *payments))),
        **{name: getattr(state, name) + number for name, number in counts.items()},
    )


def has_gone_back(state: State) -> bool:
    """The transaction that held the mark is not where it was, although nobody deleted it.

    What was changed since is asked for from before the mark, so it comes again. The mark alone does not tell: it is
    in whole seconds, and another transaction of the same second may bear it.
    """
    if state.is_full or not state.old_holder:
        return False
    return not (state.holder_was_seen or state.holder_was_deleted)


def finished(state: State) -> Step:
    """Nothing is left to ask."""
    if not state.mark:
        state = replace(state, mark=state.old_mark, holder=state.old_holder)
    return Step(state=state, ending=Ending(how="done"))


def again_in_full(state: State) -> State:
    """The same visit, from the beginning, by TxnIDs."""
    state = replace(state, is_full=True, full_at=state.started_at, since="", is_feed_read=False)
    return replace(state, invoices="", payments="", mark="", holder="")


def fail(state: State, problem: Problem) -> Step:
    """What follows from an answer that is none."""
    if problem.code == UNREADABLE and state.number_piece:
        return _numbers_unread(state)
    if problem.is_final:
        return Step(state=state, ending=Ending(how="failed", code=problem.code, text=problem.text))
    return _later(state, code=problem.code, text=problem.text)


def _numbers_unread(state: State) -> Step:
    size, is_alone = len(state.number_piece), len(state.asked) == 1
    if is_alone and size == 1:  # QuickBooks has none that bears it
        state, effects = _numbers_read(state, ())
        return Step(state=state, effects=tuple(effects))
    return Step(state=replace(state, number_size=size // 2 if is_alone else size))


def _refused(state: State, status: Status) -> Step:
    explained = explain_status(status.code, message=status.message)
    said = f" QuickBooks said: {status.message}" if status.message else ""
    text = f"{explained.meaning}{said}"
    retries = (Action.RETRY, Action.RETRY_FRESH, Action.RESTART_QUERY)
    if explained.action in retries:
        return _later(state, code=explained.code, text=text)
    return fail(state, Problem(code=explained.code, text=text, is_final=True))


def _later(state: State, *, code: str, text: str) -> Step:
    state = replace(state, failures=state.failures + 1)
    ending = Ending(how="failed" if state.failures >= MAX_FAILURES else "later", code=code, text=text)
    return Step(state=state, ending=ending)
