"""Reading the copies of QuickBooks' short lists: items, terms, payment methods, sales tax codes, accounts and more.

Each list is copied whole. What is gone from QuickBooks stays as a row, marked, because links and settings name it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import CharField, QuerySet
from django.utils import timezone

from standpipe.core.prepared import Prepared, Slot, Slots
from standpipe.core.search import holds_all_words
from standpipe.quickbooks.connections.models import Connection, Task

from .models import ListEntry, ListKind, ShortList

REFRESH_LISTS = "refresh_lists"  # Task.kind
OLD_AFTER = timedelta(days=1)  # then they are read again by themselves while something waits to be sent
_OPEN = (Task.State.WAITING, Task.State.RUNNING)

# The kinds that people and programs read as lists; preferences and numbers are facts of one row.
SHOWN = (
    ListKind.ITEMS,
    ListKind.TERMS,
    ListKind.PAYMENT_METHODS,
    ListKind.SALES_TAX_CODES,
    ListKind.ACCOUNTS,
)


def entries(
    connection: Connection,
    kind: str,
    *,
    active: bool | None = True,
    gone: bool | None = False,
    search: str = "",
    types: Iterable[str] = (),
) -> QuerySet[ListEntry]:
    """Entries of one list, by path. ``active`` and ``gone``: ``None`` does not filter; ``types``: wire names."""
    found = ListEntry.objects.filter(connection=connection, kind=kind)
    if active is not None:
        found = found.filter(is_active=active)
    if gone is not None:
        found = found.filter(gone_at__isnull=not gone)
    if wanted := tuple(types):
        found = found.filter(type__in=wanted)
    return found.filter(holds_all_words(search)).order_by("sort_key", "list_id")


def entry(connection: Connection, kind: str, list_id: str) -> ListEntry | None:
    """One entry, inactive and gone ones too; ``None`` where the list never had it."""
    return ListEntry.objects.filter(connection=connection, kind=kind, list_id=list_id).first()


_BY_IDS = Prepared(
    lambda: ListEntry.objects.filter(
        connection=Slot("connection"),
        kind__in=Slots("kinds", CharField(max_length=20)),
        list_id__in=Slots("list_ids", CharField(max_length=36)),
    )
)
_PREFERENCES = Prepared(
    lambda: ListEntry.objects.filter(connection=Slot("connection"), kind=ListKind.PREFERENCES.value)[:1]
)


def entries_by_kind(
    connection: Connection, wanted: Mapping[ListKind, Iterable[str]]
) -> dict[ListKind, dict[str, ListEntry]]:
    """Of each list the entries of these ListIDs, inactive and gone ones too; unknown ones are left out. One query."""
    list_ids = {kind: {list_id for list_id in some if list_id} for kind, some in wanted.items()}
    every = set().union(*list_ids.values())
    found = _BY_IDS.all(connection=connection.pk, kinds=list_ids, list_ids=every) if every else []
    return {
        kind: {one.list_id: one for one in found if one.kind == kind and one.list_id in some}
        for kind, some in list_ids.items()
    }


def entries_by_id(connection: Connection, kind: ListKind, list_ids: Iterable[str]) -> dict[str, ListEntry]:
    """The same of one list."""
    return entries_by_kind(connection, {kind: list_ids})[kind]


def preferences(connection: Connection) -> Mapping[str, Any]:
    """What PreferencesRet said, texts by wire name; empty where it never came.

    ``"SalesTaxPreferences" not in preferences(connection)``: sales tax is off (qbXML 13 reference, Preferences).
    """
    found = _PREFERENCES.first(connection=connection.pk)
    return found.said if found is not None else {}


def uses_sales_tax(connection: Connection) -> bool:
    return "SalesTaxPreferences" in preferences(connection)


def has_arrived(connection: Connection, kind: str) -> bool:
    return ShortList.objects.filter(connection=connection, kind=kind, refreshed_at__isnull=False).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsState:
    """What a page says above a list. "never": nothing came yet; "arriving": the first refresh runs; "whole"."""

    kind: Literal["never", "arriving", "whole"]
    refreshed_at: datetime | None = None
    count: int = 0
    open_task: Task | None = None  # waits or runs
    last_failed_task: Task | None = None  # the latest refresh, if it failed and none has finished since
    broken: Sequence[Mapping[str, Any]] = ()
    refusal: Mapping[str, Any] | None = None  # {"code", "text"}: QuickBooks does not give this list


def state_of_list(connection: Connection, kind: str) -> ListsState:
    """Three queries at most."""
    known = ShortList.objects.filter(connection=connection, kind=kind).first()
    tasks = Task.objects.filter(connection=connection, kind=REFRESH_LISTS).defer("memory")
    open_task = tasks.filter(state__in=_OPEN).first()
    ended = tasks.filter(state__in=(Task.State.DONE, Task.State.FAILED)).order_by("-finished_at").first()
    failed = ended if ended is not None and ended.state == Task.State.FAILED else None
    if known is None or known.refreshed_at is None:
        arriving = open_task is not None and open_task.state == Task.State.RUNNING
        return ListsState(
            kind="arriving" if arriving else "never",
            open_task=open_task,
            last_failed_task=failed,
            refusal=known.refusal if known else None,
        )
    return ListsState(
        kind="whole",
        refreshed_at=known.refreshed_at,
        count=known.count,
        open_task=open_task,
        last_failed_task=failed,
        broken=known.broken,
        refusal=known.refusal,
    )


_ASKED_SINCE = Prepared(
    lambda: ShortList.objects.filter(connection=Slot("connection"), asked_at__gte=Slot("since")).values_list(
        "kind", flat=True
    )
)


def are_fresh(connection: Connection, *, now: datetime | None = None) -> bool:
    """Whether every short list was asked for within a day. A list that QuickBooks refuses counts as asked for."""
    since = (now or timezone.now()) - OLD_AFTER
    return set(ListKind.values) <= set(_ASKED_SINCE.all(connection=connection.pk, since=since))
