"""The short lists are changed here and nowhere else: entries are staged page by page, and a whole list is applied.

Until a list is applied nobody sees any of it. Everything runs in its caller's transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standpipe.quickbooks.connections.models import Connection, Task

from .entry_reading import fact
from .models import EntryColumns, ListEntry, ListKind, ShortList, StagedEntry

CHUNK = 500  # rows or keys in one statement
COLUMNS = tuple(column.name for column in EntryColumns._meta.local_fields)
_VALUES = tuple(name for name in COLUMNS if name not in ("kind", "list_id"))


@dataclass(frozen=True, slots=True)
class Applied:
    new: int
    changed: int
    gone: int
    count: int  # entries that are there, inactive ones too


def stage(task: Task, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps what a page brought, as ``entry_reading.kept`` makes it; an entry that came before is overwritten."""
    last = {(row["kind"], row["list_id"]): row for row in rows}
    StagedEntry.objects.bulk_create(
        [StagedEntry(task=task, **row) for row in last.values()],
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=("task", "kind", "list_id"),
        update_fields=_VALUES,
    )


def clear(task: Task, *, kind: ListKind | None = None) -> None:
    """Forgets what was staged, of one list or of all."""
    staged = StagedEntry.objects.filter(task=task)
    (staged if kind is None else staged.filter(kind=kind)).delete()


def unseen(task: Task, *, kind: ListKind, but: Collection[str] = ()) -> list[str]:
    """ListIDs of entries that are here and did not come, less those in ``but``."""
    here = ListEntry.objects.filter(connection_id=task.connection_id, kind=kind, gone_at=None)
    came = StagedEntry.objects.filter(task=task, kind=kind).values("list_id")
    return [key for key in here.exclude(list_id__in=came).values_list("list_id", flat=True) if key not in but]


def apply(
    task: Task, *, kind: ListKind, broken: Sequence[Mapping[str, str]], keep_unseen: bool, now: datetime
) -> Applied:
    """Makes the stage the list: new and changed entries are written, those that did not come are marked gone.

    ``keep_unseen``: something came that could not be told apart, so nothing counts as gone.
    """
    connection = task.connection
    known = {
        list_id: (content_hash, gone_at)
        for list_id, content_hash, gone_at in ListEntry.objects.filter(connection=connection, kind=kind).values_list(
            "list_id", "content_hash", "gone_at"
        )
    }
    new = changed = 0
    rows = []
    for staged in StagedEntry.objects.filter(task=task, kind=kind).values(*COLUMNS):
        before = known.get(staged["list_id"])
        if before != (staged["content_hash"], None):
            rows.append(ListEntry(connection=connection, gone_at=None, **staged))
            new, changed = (new + 1, changed) if before is None or before[1] else (new, changed + 1)
    gone = [] if keep_unseen else unseen(task, kind=kind, but={one["list_id"] for one in broken})
    ListEntry.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=("connection", "kind", "list_id"),
        update_fields=(*_VALUES, "gone_at"),
    )
    for start in range(0, len(gone), CHUNK):
        ListEntry.objects.filter(connection=connection, kind=kind, list_id__in=gone[start : start + CHUNK]).update(
            gone_at=now
        )
    clear(task, kind=kind)
    count = ListEntry.objects.filter(connection=connection, kind=kind, gone_at=None).count()
    _remember(connection, kind, asked_at=now, refreshed_at=now, count=count, broken=list(broken), refusal=None)
    return Applied(new, changed, len(gone), count)


def refuse(task: Task, *, kind: ListKind, code: str, text: str, now: datetime) -> None:
    """QuickBooks does not give this list: what is here stays as it is, and the reason stands with it."""
    clear(task, kind=kind)
    _remember(task.connection, kind, asked_at=now, refusal={"code": code, "text": text})


def state_fact(task: Task, *, kind: ListKind, said: Mapping[str, Any], now: datetime) -> None:
    """Sets a list of one entry: preferences, invoice numbers."""
    row = fact(kind, said)
    values = {name: row[name] for name in _VALUES}
    ListEntry.objects.update_or_create(
        connection=task.connection, kind=kind, list_id="", defaults=values | {"gone_at": None}
    )
    _remember(task.connection, kind, asked_at=now, refreshed_at=now, count=1, broken=[], refusal=None)


def _remember(connection: Connection, kind: ListKind, **known: Any) -> None:
    ShortList.objects.update_or_create(connection=connection, kind=kind, defaults=known)
