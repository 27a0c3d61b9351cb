"""Everything that writes to the copied list. Bulk SQL below the ORM, the same on SQLite and PostgreSQL.

A refresh stages what is new or different, page by page, and what it saw unchanged; the last page applies the stage
in a few statements. Until then nobody sees any of it. The writing functions run inside their caller's transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import connection as database
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from standpipe.quickbooks.connections.models import Connection, Task

from .columns import COLUMNS, search_text, sort_key
from .details import PATH_SEPARATOR, Details
from .models import Customer, CustomerList, MovedCustomer, SeenCustomer, StagedCustomer

CHUNK = 500  # keys in one statement
MANY = 20_000  # rows that make the database's own figures of a list wrong
DEEPEST = 10  # levels of Customer:Job; QuickBooks has five


def known_hashes(connection: Connection, list_ids: Iterable[str | None]) -> dict[str, str]:
    """ListID → content hash of those that the list has; gone ones are as unknown, so that they come back."""
    there = Customer.objects.filter(connection=connection, gone_at=None)
    if not there.exists():
        return {}  # the first refresh
    return dict(there.filter(list_id__in=[*filter(None, list_ids)]).values_list("list_id", "content_hash"))


# --- staging ------------------------------------------------------------------------------------------------------


def stage_rows(task: Task, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keeps new and different rows, as ``reading.with_derived`` makes them; one that came before is overwritten."""
    values = itemgetter(*_STAGED_COLUMNS[1:])
    key = task.pk.hex
    _write_many(_STAGED, _STAGED_COLUMNS, [(key, *values(row)) for row in rows])


def stage_sightings(task: Task, list_ids: Sequence[str]) -> None:
    """Keeps that these are in the list, unchanged or unreadable. Outweighs what was staged of them before."""
    _forget_rows(task, list_ids)
    _see(task, list_ids, is_deleted=False)


def stage_deletions(task: Task, list_ids: Sequence[str]) -> None:
    """Keeps what the deletion feed said. What the list brings after it outweighs it."""
    _forget_rows(task, list_ids)
    _see(task, list_ids, is_deleted=True)


def _forget_rows(task: Task, list_ids: Sequence[str]) -> None:
    for start in range(0, len(list_ids), CHUNK):
        StagedCustomer.objects.filter(task=task, list_id__in=list_ids[start : start + CHUNK]).delete()


def _see(task: Task, list_ids: Sequence[str], *, is_deleted: bool) -> None:
    key = task.pk.hex
    _write_many(_SEEN, _SEEN_COLUMNS, [(key, list_id, is_deleted) for list_id in list_ids])


def clear(task: Task) -> None:
    """Forgets what a refresh has staged so far; the list is not touched."""
    with database.cursor() as cursor:
        for table in (_STAGED, _SEEN):
            # SQLite empties a whole table at a fraction of what it asks for its rows one by one.
            is_alone = database.vendor == "sqlite" and _has_no_other(cursor, table)
            condition = "" if is_alone else " WHERE task_id = %s"
            cursor.execute(f"DELETE FROM {table}{condition}", [task.pk.hex] if condition else [])  # noqa: S608


def _has_no_other(cursor: Any, table: str) -> bool:
    """Whether the rows are of one task. PostgreSQL before 18 knows no least uuid, so it is not asked."""
    cursor.execute(f"SELECT min(task_id), max(task_id) FROM {table}")  # noqa: S608 - our own names
    return len(set(cursor.fetchone())) == 1


# --- applying -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far the list is known: see ``CustomerList.mark``."""

    time_modified: str
    pass_seconds: int
    origin: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a refresh has done to the list."""

    new: int
    changed: int
    gone: int
    count: int  # customers and jobs that are there now


def unexplained(task: Task) -> bool:
    """Whether a customer of the list was neither seen nor reported as deleted so far."""
    _expect_whole_lists()
    return _unseen(task).exclude(_was_deleted(task)).exists()


def apply(
    task: Task,
    *,
    is_full: bool,
    keep_unseen: bool,
    mark: Mark,
    broken: Sequence[Mapping[str, str]],
) -> Applied:
    """Makes the stage the list, and empties it. ``is_full``: the whole list was read, so what was not seen is gone.

    ``keep_unseen``: a record without ListID was met, so nothing may be called missing. ``broken`` are the records of
    this refresh that could not be read. After a refresh of changes the earlier ones stay named, unless it met them.
    """
    if is_full:
        _expect_whole_lists()
    now = timezone.now()
    staged = StagedCustomer.objects.filter(task=task)
    whole, _ = CustomerList.objects.get_or_create(connection_id=task.connection_id)
    known = _there(task).filter(list_id=OuterRef("list_id"))
    staged_count = staged.count()
    changed = staged.filter(Exists(known)).count() if whole.refreshed_at else 0
    renamed = [] if is_full else _renamed(task)
    gone = 0
    if Customer.objects.filter(connection_id=task.connection_id).exists():  # not the first refresh
        gone = _mark_gone(task, among_unseen=is_full and not keep_unseen, now=now)
        _keep_moves(task, now=now)
    _apply_staged(task)
    _measure_again(staged_count)
    _rewrite_paths_below(task.connection, renamed)
    whole.broken = [*([] if is_full else _not_met(task, whole.broken)), *broken]
    whole.full_at = now if is_full else whole.full_at
    whole.count = _there(task).count() if whole.refreshed_at else staged_count
    whole.refreshed_at = now
    whole.changed_at = now if staged_count or gone else whole.changed_at
    whole.mark, whole.mark_pass_seconds, whole.mark_origin = mark.time_modified, mark.pass_seconds, dict(mark.origin)
    whole.save()
    clear(task)
    return Applied(new=staged_count - changed, changed=changed, gone=gone, count=whole.count)


def _expect_whole_lists() -> None:
    """Until the transaction ends, PostgreSQL compares lists as a whole.

    The stage was empty when it last counted; for a few rows it would look through the other list once for each of
    them, and a long list would never be done.
    """
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off")


def _measure_again(written: int) -> None:
    """PostgreSQL plans by what it last counted, and counts by itself only a minute later: too late for the first page
    that joins a list which has just come.
    """
    if written >= MANY and database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute(f"ANALYZE {_LIST}")


def _there(task: Task) -> QuerySet[Customer]:
    return Customer.objects.filter(connection_id=task.connection_id, gone_at=None)


def _unseen(task: Task) -> QuerySet[Customer]:
    staged = StagedCustomer.objects.filter(task=task, list_id=OuterRef("list_id"))
    seen = SeenCustomer.objects.filter(task=task, list_id=OuterRef("list_id"), is_deleted=False)
    return _there(task).exclude(Exists(staged)).exclude(Exists(seen))


def _was_deleted(task: Task) -> Exists:
    return Exists(SeenCustomer.objects.filter(task=task, list_id=OuterRef("list_id"), is_deleted=True))


def _mark_gone(task: Task, *, among_unseen: bool, now: datetime) -> int:
    """Marks what is deleted, and where the whole list was read also what is missing; links keep pointing to it."""
    deleted = _unseen(task).filter(_was_deleted(task)).update(gone_at=now, gone_because="deleted")
    missing = _unseen(task).update(gone_at=now, gone_because="missing") if among_unseen else 0
    return deleted + missing


def _not_met(task: Task, broken: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of earlier broken records those that this refresh of changes has neither read nor seen deleted."""
    list_ids = [one["list_id"] for one in broken if one["list_id"]]
    met = {
        list_id
        for table in (StagedCustomer, SeenCustomer)
        for list_id in table.objects.filter(task=task, list_id__in=list_ids).values_list("list_id", flat=True)
    }
    return [one for one in broken if one["list_id"] not in met]


def _keep_moves(task: Task, *, now: datetime) -> None:
    """Which staged rows stand below another customer than the list has them."""
    with database.cursor() as cursor:
        cursor.execute(_MOVES, [database.ops.adapt_datetimefield_value(now), task.pk.hex, task.connection_id.hex])


# --- renamed and moved customers ----------------------------------------------------------------------------------


def _renamed(task: Task) -> list[str]:
    """ListIDs that stand in the list under another path than in the stage."""
    path = _there(task).filter(list_id=OuterRef("list_id")).values("full_name")[:1]
    staged = StagedCustomer.objects.filter(task=task).annotate(path=Subquery(path)).exclude(path=None)
    return list(staged.exclude(path=F("full_name")).values_list("list_id", flat=True))


def _rewrite_paths_below(connection: Connection, list_ids: Sequence[str]) -> None:
    """QuickBooks leaves the jobs of a renamed customer untouched (their EditSequence stays), so no refresh of changes
    brings their new path.
    """
    for _ in range(DEEPEST):
        rewritten: list[Customer] = []
        for start in range(0, len(list_ids), CHUNK):
            rewritten += _children_off_path(connection, list_ids[start : start + CHUNK])
        Customer.objects.bulk_update(
            rewritten, ["full_name", "sublevel", "sort_key", "search_text"], batch_size=CHUNK // 5
        )
        list_ids = [child.list_id for child in rewritten]


def _children_off_path(connection: Connection, list_ids: Sequence[str]) -> list[Customer]:
    customers = Customer.objects.filter(connection=connection, gone_at=None)
    parents = {parent.list_id: parent for parent in customers.filter(list_id__in=list_ids)}
    changed = []
    for child in customers.filter(parent_list_id__in=list_ids):
        parent = parents.get(child.parent_list_id)
        if parent is None:
            continue
        full_name = f"{parent.full_name}{PATH_SEPARATOR}{child.name}"
        if (child.full_name, child.sublevel) == (full_name, parent.sublevel + 1):
            continue
        child.full_name, child.sublevel = full_name, parent.sublevel + 1
        child.sort_key = sort_key(full_name)
        child.search_text = search_text(
            full_name=full_name, company_name=child.company_name, details=Details.from_json(child.details)
        )
        changed.append(child)
    return changed


# --- SQL ----------------------------------------------------------------------------------------------------------
# Only names of our own tables and columns are put into statements; every value is a parameter.


def _upsert(table: str, *, columns: Sequence[str], source: str, keys: Sequence[str]) -> str:
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {source} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {updates}"
    )


_STAGED, _SEEN, _LIST = (model._meta.db_table for model in (StagedCustomer, SeenCustomer, Customer))
_KEYS = ("task_id", "list_id")
_STAGED_COLUMNS = (*_KEYS, *(name for name in COLUMNS if name not in _KEYS))
_SEEN_COLUMNS = (*_KEYS, "is_deleted")
_APPLY = _upsert(
    _LIST,
    columns=("connection_id", "gone_at", "gone_because", *COLUMNS),
    source=f"SELECT %s, NULL, '', {', '.join(COLUMNS)} FROM {_STAGED} WHERE task_id = %s",  # noqa: S608 - see above
    keys=("connection_id", "list_id"),
)
_MOVES = f"""
INSERT INTO {MovedCustomer._meta.db_table} (connection_id, list_id, from_list_id, to_list_id, at)
SELECT known.connection_id, known.list_id, known.parent_list_id, staged.parent_list_id, %s
FROM {_STAGED} staged JOIN {_LIST} known ON known.list_id = staged.list_id
WHERE staged.task_id = %s AND known.connection_id = %s AND known.parent_list_id <> staged.parent_list_id
"""  # noqa: S608 - see above


def _write_many(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes rows that begin with ``_KEYS``, over those that are there with the same."""
    if not rows:
        return
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            _copy(cursor, table=table, columns=columns, rows=rows)
        else:
            places = f"VALUES ({', '.join(['%s'] * len(columns))})"
            cursor.executemany(_upsert(table, columns=columns, source=places, keys=_KEYS), rows)


def _copy(cursor: Any, *, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """PostgreSQL takes a page in a stream at a third of what it asks for single rows; a stream cannot overwrite."""
    last = {row[1]: row for row in rows}  # one list_id each
    cursor.execute(
        f"DELETE FROM {table} WHERE task_id = %s AND list_id = ANY(%s)",  # noqa: S608
        [rows[0][0], list(last)],
    )
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in last.values():
            copy.write_row(row)


def _apply_staged(task: Task) -> None:
    with database.cursor() as cursor:
        cursor.execute(_APPLY, [task.connection_id.hex, task.pk.hex])
