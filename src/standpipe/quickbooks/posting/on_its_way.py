"""What stands between an invoice that somebody sent and QuickBooks, and what became of it there."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from standpipe.core.money import money_text
from standpipe.quickbooks.explain import explain
from standpipe.ui.times import day_text, time_text

from .check_lines import ASKED, CheckLine, Repair
from .differences import changes_since, changes_there
from .facts import Books, Facts
from .gate import connection_page, edit, url
from .models import Document, MessageSet
from .outcomes import COMPUTED
from .repairs import repairs_of

State = Document.State
SEND = "Send to QBD"


def not_asked(facts: Facts) -> CheckLine:
    """The last thing that is missing: nothing is sent by itself (requirement 55)."""
    repair = Repair(label=SEND, url=url(facts, "quickbooks:send-invoice", facts.invoice.pk), method="post")
    return CheckLine(key=ASKED, ok=False, text="Nobody has sent it yet: press “Send to QBD”.", repairs=(repair,))


def way(facts: Facts, document: Document) -> list[CheckLine]:
    """The lines of a document that lives, by its state; the gate's stand before them where it may still stop."""
    return WAYS[State(document.state)](facts, document)


# On its way


def waiting(facts: Facts, document: Document) -> list[CheckLine]:
    """Asked, the connection works, nothing else has to be cleared up first, its turn."""
    books = _books(facts)
    found = [_asked(facts, document), *_moved(facts, document), *visits(facts, books)]
    if books.is_set_out:
        text = (
            "QuickBooks has not answered for what was sent before it. Standpipe asks first what became of that, so "
            "that nothing is there twice."
        )
        found.append(CheckLine(key="before", ok=None, text=text))
    if document.not_before is not None and document.not_before > facts.now:
        text = f"Somebody had a record open in QuickBooks. It is tried again {_at(document.not_before, facts)}."
        repairs = tuple(repairs_of(document, facts.slug))
        found.append(CheckLine(key="pause", ok=None, text=text, repairs=repairs))
    else:
        found.append(CheckLine(key="turn", ok=None, text=_turn(facts, books, document)))
    return found


def _asked(facts: Facts, document: Document) -> CheckLine:
    who = document.asked_by.display_name if document.asked_by else "Somebody"
    return CheckLine(key=ASKED, ok=True, text=f"{who} sent it on {_at(document.asked_at, facts)}.")


def _moved(facts: Facts, document: Document) -> list[CheckLine]:
    """The links, the settings or a person say otherwise now than when it was sent."""
    plan = facts.plan
    if (plan.customer_list_id, _connection_of(facts)) == (document.customer_list_id, document.connection_id):
        return []
    now = f"“{plan.customer_name}”" if plan.customer_list_id else "nobody"
    text = (
        f"It was sent to “{document.customer_name}”, and would go to {now} now. Take it back and look where it goes."
    )
    repair = Repair(
        label="Take back", url=url(facts, "quickbooks:take-back-invoice", facts.invoice.pk), method="post"
    )
    return [CheckLine(key="moved", ok=False, text=text, repairs=(repair,))]


def _connection_of(facts: Facts) -> Any:
    return facts.plan.connection.pk if facts.plan.connection else None


def visits(facts: Facts, books: Books) -> list[CheckLine]:
    """Whether the Web Connector comes, and with the right company file."""
    repair = connection_page(facts, "Go to the connection")
    wrong = [problem for problem in books.problems if problem.code not in {"company_not_confirmed", "trouble"}]
    found = [
        CheckLine(key=problem.code, ok=False, text=f"{problem.title}. {problem.text}", repairs=(repair,))
        for problem in wrong
    ]
    if not wrong:
        found.append(CheckLine(key="visits", ok=True, text=books.contact.words))
    found += [
        CheckLine(key="trouble", ok=None, text=f"{problem.title}: {problem.text} {problem.repair}", repairs=(repair,))
        for problem in books.problems
        if problem.code == "trouble"
    ]
    return found


def _turn(facts: Facts, books: Books, document: Document) -> str:
    place, all_of_them = books.waiting.index(document.pk) + 1, len(books.waiting)
    where = f", at place {place:,} of {all_of_them:,}" if all_of_them > 1 else ""
    expected = books.contact.next_at
    when = f" It is expected {_at(expected, facts)}." if expected and expected > facts.now else ""
    return f"It waits for the next visit of the Web Connector{where}.{when}"


def sending(facts: Facts, document: Document) -> list[CheckLine]:
    books = _books(facts)
    found = [_asked(facts, document), *visits(facts, books)]
    said_lost = document.message_set is not None and document.message_set.state != MessageSet.State.OUT
    if said_lost or _is_silent(facts, document):
        text = (
            "QuickBooks has not answered. At the next visit Standpipe asks first what became of the invoice, and "
            "sends nothing else before it knows."
        )
        return [*found, CheckLine(key="outcome", ok=None, text=text)]
    return [*found, CheckLine(key="sending", ok=None, text="It is being sent to QuickBooks now.")]


def _is_silent(facts: Facts, document: Document) -> bool:
    """The visit that took it is over: since then the Web Connector was here again, or is overdue."""
    out = document.message_set
    if out is None:
        return False
    last = _books(facts).connection.last_contact_at
    return _books(facts).contact.overdue or (last is not None and (last - out.created_at).total_seconds() > _SILENT)


_SILENT = 300  # seconds; a visit that has said nothing for so long is taken over (design 3.10)


# What became of it


def needs_you(facts: Facts, document: Document) -> list[CheckLine]:
    problem: Mapping[str, Any] = document.problem or {}
    explained = explain(str(problem.get("code", "")), str(problem.get("text", "")), kind="invoice")
    text = str(problem["text"]) if explained.code == NOT_READY and problem.get("text") else _refusal(explained)
    return [
        _asked(facts, document),
        CheckLine(key="refused", ok=False, text=text, repairs=tuple(repairs_of(document, facts.slug))),
    ]


NOT_READY = "not_ready"  # what a document bears that the gate stopped when its turn had come


def _refusal(explained: Any) -> str:
    return f"{explained.title}. {explained.cause}"


def posted(facts: Facts, document: Document) -> list[CheckLine]:
    """In QuickBooks: whether it still is, whether its total is ours, and what was changed here since."""
    when = f" on {_at(document.posted_at, facts)}" if document.posted_at else ""
    number = f" as number {document.number}" if document.number else ""
    text = f"It is in QuickBooks{number}, under “{document.customer_name}”{when}."
    found = [CheckLine(key="posted", ok=True, text=text)]
    if document.gone_at is not None:
        repair = Repair(
            label="Take it off, so that it can be sent again",
            url=url(facts, "quickbooks:release-invoice", facts.invoice.pk),
        )
        return [CheckLine(key="gone", ok=False, text=_gone(facts, document), repairs=(repair,))]
    found += filter(None, (_total(document), _changed_there(document), _changed_here(facts, document)))
    return found


_GONE = {
    "void": "Somebody voided it in QuickBooks: it is there with all amounts at zero, and keeps its number.",
    "deleted": "Somebody deleted it in QuickBooks.",
    "missing": "It is not in QuickBooks any more, although it was posted.",
}


def _gone(facts: Facts, document: Document) -> str:
    assert document.gone_at is not None  # asked before  # noqa: S101
    noticed = day_text(document.gone_at, now=facts.now)
    return f"{_GONE.get(document.gone_because, _GONE['missing'])} Standpipe saw it on {noticed}."


def _total(document: Document) -> CheckLine | None:
    ours, theirs = sent_total(document), said_total(document)
    if ours is None or theirs is None:
        return None
    if ours == theirs:
        return CheckLine(key="total", ok=True, text=f"QuickBooks computed the same total: {money_text(theirs)}.")
    if _amount(document.said, COMPUTED) == ours:
        text = (
            f"Somebody changed the amounts in QuickBooks: {money_text(ours)} was sent, "
            f"and it is {money_text(theirs)} there now."
        )
        return CheckLine(key="total", ok=False, text=text)
    text = (
        f"QuickBooks computed {money_text(theirs)}, and {money_text(ours)} was sent: a difference of "
        f"{money_text(abs(theirs - ours))}. Compare tax and lines with QuickBooks."
    )
    return CheckLine(key="total", ok=False, text=text)


def sent_total(document: Document) -> Decimal | None:
    return _amount(document.frozen, "total")


def said_total(document: Document) -> Decimal | None:
    return _amount(document.said, "total")


def _amount(said: Mapping[str, Any] | None, key: str) -> Decimal | None:
    value = (said or {}).get(key)
    return None if value is None else Decimal(str(value))


def _changed_there(document: Document) -> CheckLine | None:
    changes = changes_there(document)
    if not changes:
        return None
    words = "; ".join(f"{change.field} “{change.sent}” is “{change.now}” there" for change in changes)
    return CheckLine(key="changed_there", ok=False, text=f"Somebody changed it in QuickBooks: {words}.")


def _changed_here(facts: Facts, document: Document) -> CheckLine | None:
    changes = changes_since(document, facts.invoice, lines=facts.lines)
    if not changes:
        return None
    words = "; ".join(change.words for change in changes)
    text = f"Changed here after sending. Change it in QuickBooks too: {words}."
    return CheckLine(key="changed_here", ok=False, text=text, repairs=(edit(facts),))


def already_there(facts: Facts, document: Document) -> list[CheckLine]:
    who = document.asked_by.display_name if document.asked_by else "Somebody"
    number = f" as number {document.number}" if document.number else ""
    text = (
        f"{who} marked it on {_at(document.asked_at, facts)} as already in QuickBooks{number}. It is never sent from "
        "here."
    )
    if document.gone_at is not None:
        repair = Repair(label="Say which one it is now", url=url(facts, "quickbooks:mark-already", facts.invoice.pk))
        return [CheckLine(key="gone", ok=False, text=_gone(facts, document), repairs=(repair,))]
    return [CheckLine(key="already", ok=True, text=text), *_found_there(facts, document)]


def _found_there(facts: Facts, document: Document) -> list[CheckLine]:
    """Which invoice in QuickBooks it is, as far as its number tells."""
    if document.txn_id:
        total = said_total(document)
        if total is None:
            return [CheckLine(key="found", ok=True, text="It is read at the next visit of the Web Connector.")]
        customer = (document.said or {}).get("customer_name") or document.customer_name
        text = f"QuickBooks has it under “{customer}”, with a total of {money_text(total)}."
        return [CheckLine(key="found", ok=True, text=text)]
    if not document.number:
        return []
    page = url(facts, "quickbooks:mark-already", facts.invoice.pk)
    if document.read_at is None:
        text = f"The next visit of the Web Connector looks for the number {document.number}."
        return [CheckLine(key="found", ok=True, text=text)]
    if document.candidates:
        text = _several(document) if len(document.candidates) > 1 else _one_found(document)
        return [CheckLine(key="found", ok=False, text=text, repairs=(Repair(label="Choose it", url=page),))]
    text = f"QuickBooks has no invoice with the number {document.number}."
    repair = Repair(label="Correct the number", url=page)
    return [CheckLine(key="found", ok=False, text=text, repairs=(repair,))]


def _several(document: Document) -> str:
    return f"QuickBooks has {len(document.candidates)} invoices with the number {document.number}. Say which one."


def _one_found(document: Document) -> str:
    """Of another customer, or over another total: the number alone does not make it this one."""
    (found,) = document.candidates
    total = _amount(found, "total")
    over = f", over {money_text(total)}" if total is not None else ""
    return (
        f"QuickBooks has one invoice with the number {document.number}, of “{found.get('customer_name', '')}”{over}. "
        "Say whether it is this one."
    )


def _at(moment: Any, facts: Facts) -> str:
    return time_text(moment, now=facts.now)


def _books(facts: Facts) -> Books:
    assert facts.books is not None  # a document has a connection  # noqa: S101
    return facts.books


Way = Callable[[Facts, Document], list[CheckLine]]
WAYS: Mapping[State, Way] = {
    State.WAITING: waiting,
    State.SENDING: sending,
    State.POSTED: posted,
    State.NEEDS_YOU: needs_you,
    State.ALREADY: already_there,
}
