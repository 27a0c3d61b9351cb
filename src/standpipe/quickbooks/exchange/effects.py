"""Between the pure tasks and the database: what an answer is compared with, and what its effects do."""

from datetime import datetime

from qbwire.messages import Record, Response, ResponseSet
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.lists import stage
from standpipe.quickbooks.lists.models import CustomerList
from standpipe.quickbooks.lists.reading import UnkeepableRecord, kept, with_derived

from . import refresh_customers
from .refresh_customers import Answer, Feed, Page, Step
from .tasks import ApplyList, ClearStage, Effect, KnownList, LookForGaps, StagePage


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


# --- reading, outside any transaction


def read_answer(
    answer: ResponseSet, *, number: int, connection: Connection, state: refresh_customers.State
) -> Answer | None:
    """The answer to a request of the refresh, compared with the list; ``None`` where it answers something else."""
    customers = answer.by_request_id(request_id(number, 1)) or answer.of_kind("CustomerQuery")
    if customers is None or customers.kind != "CustomerQuery":
        return None
    feed = answer.of_kind("ListDeletedQuery")
    page = _read_page(customers, connection=connection, seed=bytes.fromhex(state.origin["elements"]))
    return Answer(page=page, feed=None if feed is None else Feed(status=feed.status, list_ids=_deleted(feed)))


def request_id(number: int, index: int) -> str:
    """The requestID of one message: the number of its set, and its place in it."""
    return f"{number}.{index}"


def number_of(answer: ResponseSet) -> int | None:
    """The number of the set that this answers, ``None`` where it does not say."""
    for response in answer.responses:
        number, _, _ = (response.request_id or "").partition(".")
        if number.isdecimal():
            return int(number)
    return None


def _deleted(feed: Response) -> list[str]:
    return [one.list_id for one in feed.items if one.list_kind in (None, "Customer")]


def _read_page(response: Response, *, connection: Connection, seed: bytes) -> Page:
    """What differs from the list becomes a row, of the rest only the ListID is kept."""
    hashes = stage.known_hashes(connection, (record.key for record in response.records))
    rows, unchanged, broken = {}, [], []
    latest = latest_list_id = ""
    for record in response.records:
        try:
            said = kept(record.texts(), seed=seed)
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


def _apply_one(effect: Effect, *, task: Task) -> None:
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
