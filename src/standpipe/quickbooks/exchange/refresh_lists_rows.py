"""The refresh of the short lists against rows: how answers are read, and what their effects do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from qbwire.messages import Record, Response, ResponseSet
from standpipe.activity.actions import record
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.items.actions import learn_percentages
from standpipe.quickbooks.lists import entry_stage
from standpipe.quickbooks.lists.entry_reading import kept
from standpipe.quickbooks.lists.models import ListKind
from standpipe.quickbooks.lists.reading import UnkeepableRecord
from standpipe.quickbooks.lists.short_lists import entry

from . import refresh_lists
from .numbers import request_id
from .refresh_lists import (
    ApplyEntries,
    ClearList,
    LookForUnseen,
    Page,
    RefuseList,
    StageEntries,
    State,
    StateFact,
    Step,
)
from .tasks import Visit

QUERIES: Mapping[ListKind, str] = {
    ListKind.PREFERENCES: "PreferencesQuery",
    ListKind.TERMS: "TermsQuery",
    ListKind.PAYMENT_METHODS: "PaymentMethodQuery",
    ListKind.SALES_TAX_CODES: "SalesTaxCodeQuery",
    ListKind.ACCOUNTS: "AccountQuery",
    ListKind.ITEMS: "ItemQuery",
    ListKind.INVOICE_NUMBERS: "InvoiceQuery",
}


def begin(task: Task, *, visit: Visit, now: datetime, before: State | None) -> State:
    """The state before the first request of a visit: the lists are read from their beginning."""
    entry_stage.clear(task)
    numbers = entry(task.connection, ListKind.INVOICE_NUMBERS, "")
    return refresh_lists.begin(
        visit=visit,
        known_numbers=numbers.said if numbers is not None else {},
        asked_full=task.full,
        today=timezone.localdate(now),
        failures=before.failures if before else 0,
    )


# --- reading, outside any transaction


def read_answer(
    answer: ResponseSet,
    *,
    number: int,
    connection: Connection,  # noqa: ARG001 - nothing is compared while reading
    state: State,
) -> Mapping[ListKind, Page] | None:
    """The answers to one set, by list; ``None`` where it answers something else."""
    pages = {}
    for index, kind in enumerate(refresh_lists.asked(state), start=1):
        response = answer.by_request_id(request_id(number, index)) or answer.of_kind(QUERIES[kind])
        if response is not None and response.kind == QUERIES[kind]:
            pages[kind] = _page(kind, response)
    return pages or None


def _page(kind: ListKind, response: Response) -> Page:
    rows: list[Mapping[str, Any]] = []
    broken: list[Mapping[str, str]] = []
    numbers: list[str] = []
    for one in response.records:
        if kind is ListKind.INVOICE_NUMBERS:
            numbers.append(one.text_of("RefNumber") or "")
        elif kind is ListKind.PREFERENCES:
            rows.append(one.texts())
        else:
            _keep(kind, one, rows=rows, broken=broken)
    return Page(
        status=response.status,
        count=len(response.records),
        remaining=response.iterator_remaining_count or 0,
        iterator_id=response.iterator_id or "",
        rows=rows,
        broken=broken,
        numbers=numbers,
    )


def _keep(kind: ListKind, one: Record, *, rows: list[Mapping[str, Any]], broken: list[Mapping[str, str]]) -> None:
    try:
        rows.append(kept(kind, one.texts(), type_=one.cls.__name__))
    except UnkeepableRecord as error:
        found = one.broken(str(error))
        broken.append(
            {
                "list_id": (found.list_id or "")[:36],
                "name": (found.full_name or "")[:255],
                "reason": found.reason[:500],
            }
        )


# --- applying, inside the transaction that stores the answer


def apply(step: Step, *, task: Task, now: datetime) -> Step:
    """Does what a step asks for, and returns the step that stands afterwards: a search may lead to another."""
    for effect in step.effects:
        if isinstance(effect, LookForUnseen):
            step = _looked(step, effect, task=task, now=now)
        else:
            _apply_one(effect, task=task, now=now)
    return step


def _looked(step: Step, effect: LookForUnseen, *, task: Task, now: datetime) -> Step:
    known_broken = {one["list_id"] for one in step.state.left[effect.kind].broken}
    found = entry_stage.unseen(task, kind=effect.kind, but=known_broken)
    return apply(refresh_lists.unseen_found(step.state, kind=effect.kind, list_ids=found), task=task, now=now)


def _apply_one(effect: object, *, task: Task, now: datetime) -> None:
    match effect:
        case ClearList():
            entry_stage.clear(task, kind=effect.kind)
        case StageEntries():
            entry_stage.stage(task, effect.rows)
        case ApplyEntries():
            applied = entry_stage.apply(
                task, kind=effect.kind, broken=effect.broken, keep_unseen=effect.keep_unseen, now=now
            )
            _count(task, new=applied.new, changed=applied.changed, gone=applied.gone, list=applied.count)
            _count(task, broken=len(effect.broken))
            if effect.kind is ListKind.ITEMS:
                learn_percentages(task.connection)
        case StateFact():
            entry_stage.state_fact(task, kind=effect.kind, said=effect.said, now=now)
        case RefuseList():
            entry_stage.refuse(task, kind=effect.kind, code=effect.code, text=effect.text, now=now)
            _count(task, refused=1)


def _count(task: Task, **more: int) -> None:
    task.counts |= {name: task.counts.get(name, 0) + number for name, number in more.items()}


def counts(state: State) -> Mapping[str, int]:
    return {"seen": state.seen, "expected": state.expected}


# --- the end


def ended(task: Task) -> None:
    connection = task.connection
    record(
        "short_lists.refreshed",
        organization=connection.organization,
        by=None,
        subject_type="connection",
        subject_id=connection.pk,
        subject_name=connection.name,
        after={word: task.counts[word] for word in ("new", "changed", "gone", "broken") if task.counts.get(word)},
    )


def farewell(task: Task) -> str:
    told = [(task.counts.get(word, 0), word) for word in ("new", "changed", "gone")]
    changes = ", ".join(f"{number} {word}" for number, word in told if number)
    return f"OK: {changes or 'nothing has changed'}; items, terms and settings read{_left_out(task.counts)}"


def _left_out(counts: Mapping[str, int]) -> str:
    parts: Sequence[tuple[str, str]] = (("broken", "could not be read"), ("refused", "not given by QuickBooks"))
    return "".join(f"; {counts[key]} {words}" for key, words in parts if counts.get(key))
