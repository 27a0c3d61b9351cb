"""The refresh of customers against rows: what an answer is compared with, and what its effects do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qbwire.messages import Record, Response, ResponseSet
from standpipe.activity import actions as activity
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.lists import stage
from standpipe.quickbooks.lists.models import CustomerList
from standpipe.quickbooks.lists.reading import UnkeepableRecord, kept, with_derived

from . import refresh_customers
from .numbers import request_id
from .refresh_customers import Answer, Feed, Page, State
from .tasks import ApplyList, ClearStage, KnownList, LookForGaps, StagePage, Step, Visit


def known_list(connection: Connection) -> KnownList:
    """What a refresh begins with."""
    known = CustomerList.objects.filter(connection=connection).first()
    if known is None or known.refreshed_at is None:
        return KnownList()
    return KnownList(
        full_at=known.full_at,
        mark=known.mark,
        mark_pass_seconds=known.mark_pass_seconds,
        mark_origin=known.mark_origin,
    )


def begin(task: Task, *, visit: Visit, now: datetime, before: State | None) -> State:
    """The state before the first request of a visit: the list is read from its beginning."""
    if task.memory:
        stage.clear(task)
    return refresh_customers.begin(
        known_list(task.connection),
        visit=visit,
        asked_full=task.full,
        now=now,
        failures=before.failures if before else 0,
    )


# --- reading, outside any transaction


def read_answer(answer: ResponseSet, *, number: int, connection: Connection, state: State) -> Answer | None:
    """The answer to a request of the refresh, compared with the list; ``None`` where it answers something else."""
    customers = answer.by_request_id(request_id(number, 1)) or answer.of_kind("CustomerQuery")
    if customers is None or customers.kind != "CustomerQuery":
        return None
    feed = answer.of_kind("ListDeletedQuery")
    page = _read_page(customers, connection=connection, seed=bytes.fromhex(state.origin["elements"]))
    return Answer(page=page, feed=None if feed is None else Feed(status=feed.status, list_ids=_deleted(feed)))


def _deleted(feed: Response) -> list[str]:
    return [one.list_id for one in feed.items if one.list_kind in (None, "Customer")]


def _read_page(response: Response, *, connection: Connection, seed: bytes) -> Page:
    """What differs from the list becomes a row, of the rest only the ListID is kept."""
    read = [(record, record.texts()) for record in response.records]
    hashes = stage.known_hashes(connection, (texts.get("ListID") for _, texts in read))
    rows, unchanged, broken = {}, [], []
    latest = latest_list_id = ""
    for record, texts in read:
        try:
            said = kept(texts, seed=seed)
        except UnkeepableRecord as error:
            broken.append(_broken(record, reason=str(error)))
            continue
        list_id, modified = said.row["list_id"], said.row["time_modified"]
        if modified[:19] > latest[:19]:
            latest, latest_list_id = modified, list_id
        if hashes.get(list_id) == said.row["content_hash"]:
            unchanged.append(list_id)
        else:
            rows[list_id] = with_derived(said)
    return Page(
        status=response.status,
        count=len(response.records),
        remaining=response.iterator_remaining_count,
        iterator_id=response.iterator_id,
        rows=list(rows.values()),
        unchanged=unchanged,
        broken=broken,
        latest=latest,
        latest_list_id=latest_list_id,
    )


def _broken(record: Record, *, reason: str) -> dict[str, str]:
    found = record.broken(reason)
    name = (found.full_name or "")[:255]
    return {"list_id": (found.list_id or "")[:36], "name": name, "reason": found.reason[:500]}


# --- applying, inside the transaction that stores the answer


def apply(step: Step, *, task: Task, now: datetime) -> Step:
    """Does what a step asks for, and returns the step that stands afterwards: a search for gaps leads to another."""
    for effect in step.effects:
        if isinstance(effect, LookForGaps):
            found = stage.unexplained(task)
            return apply(refresh_customers.gaps_looked_for(step.state, found=found, now=now), task=task, now=now)
        _apply_one(effect, task=task)
    return step


def _apply_one(effect: object, *, task: Task) -> None:
    match effect:
        case ClearStage():
            stage.clear(task)
        case StagePage():
            _stage(effect, task=task)
        case ApplyList():
            applied = stage.apply(
                task,
                is_full=effect.is_full,
                keep_unseen=effect.keep_unseen,
                mark=effect.mark,
                broken=effect.broken,
            )
            task.counts |= {
                "new": applied.new,
                "changed": applied.changed,
                "gone": applied.gone,
                "broken": len(effect.broken),
                "list": applied.count,
            }


def _stage(page: StagePage, *, task: Task) -> None:
    """The deletion feed first: within one answer the list outweighs it."""
    stage.stage_deletions(task, page.deletions)
    stage.stage_rows(task, page.rows)
    stage.stage_sightings(task, page.sightings)


def counts(state: State) -> Mapping[str, int]:
    return {"seen": state.seen, "expected": state.expected, "broken": len(state.broken)}


# --- the end


def ended(task: Task) -> None:
    connection = task.connection
    activity.record(
        "customer_list.refreshed",
        organization=connection.organization,
        by=None,
        subject_type="connection",
        subject_id=connection.pk,
        subject_name=connection.name,
        after=_told_counts(task.counts),
    )


def _told_counts(counts: Mapping[str, Any]) -> dict[str, int]:
    """What people read in the history: what there was of, and how long the list is now."""
    told = {"new": "new", "changed": "changed", "gone": "gone", "broken": "broken", "list": "customers_and_jobs"}
    return {word: counts[kind] for kind, word in told.items() if counts.get(kind)}


def farewell(task: Task) -> str:
    counts = task.counts
    broken = f"; {counts['broken']} could not be read" if counts["broken"] else ""
    if counts["new"] == counts["list"]:
        return f"OK: {_people(counts['list'])} read{broken}"
    changes = ", ".join(f"{counts[kind]} {kind}" for kind in ("new", "changed", "gone") if counts[kind])
    return f"OK: {changes or 'nothing has changed'}; {_people(counts['list'])} in the list{broken}"


def _people(count: int) -> str:
    return "1 customer or job" if count == 1 else f"{count} customers and jobs"
