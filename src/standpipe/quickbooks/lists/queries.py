"""Reading the copied list. Nothing here knows of links."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import BigIntegerField, Q, QuerySet, Value

from standpipe.core.remembered import Remembered
from standpipe.core.search import holds_all_words
from standpipe.quickbooks.connections.models import Connection, Task

from .actions import OPEN, REFRESH_CUSTOMERS
from .models import Customer, CustomerList
from .readiness import Report, Row, report_on

Kind = Literal["customer", "job"]
Sort = Literal["path", "-path", "name", "-name", "company", "-company"]

_ORDER: dict[str, tuple[str, ...]] = {
    "path": ("sort_key", "list_id"),
    "-path": ("-sort_key", "-list_id"),
    "name": ("display_name", "sort_key", "list_id"),
    "-name": ("-display_name", "-sort_key", "-list_id"),
    "company": ("company_name", "sort_key", "list_id"),
    "-company": ("-company_name", "-sort_key", "-list_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """What a page says above the list.

    "never": nothing came yet; "arriving": the very first refresh is under way, nothing can be imported; "whole".
    """

    kind: Literal["never", "arriving", "whole"]
    refreshed_at: datetime | None = None
    count: int = 0
    open_task: Task | None = None  # waits or runs
    last_failed_task: Task | None = None  # the latest refresh, if it failed and none has finished since
    broken: list[dict[str, Any]] = field(default_factory=list)  # {"list_id", "name", "reason"}


def list_state(connection: Connection) -> ListState:
    """Three queries at most, whatever the size of the list."""
    known = CustomerList.objects.filter(connection=connection).first()
    tasks = Task.objects.filter(connection=connection, kind=REFRESH_CUSTOMERS).defer("memory")
    open_task = tasks.filter(state__in=OPEN).first()
    ended = tasks.filter(state__in=(Task.State.DONE, Task.State.FAILED)).order_by("-finished_at").first()
    failed = ended if ended is not None and ended.state == Task.State.FAILED else None
    if known is None or known.refreshed_at is None:
        arriving = open_task is not None and open_task.state == Task.State.RUNNING
        return ListState(kind="arriving" if arriving else "never", open_task=open_task, last_failed_task=failed)
    return ListState(
        kind="whole",
        refreshed_at=known.refreshed_at,
        count=known.count,
        open_task=open_task,
        last_failed_task=failed,
        broken=known.broken,
    )


def customers_of(
    connection: Connection,
    *,
    search: str = "",
    kind: Kind | None = None,
    active: bool | None = True,
    gone: bool | None = False,
    sort: Sort | str = "path",
    found: Q | None = None,
) -> QuerySet[Customer]:
    """Customers and jobs of one company file.

    Every word of ``search`` must stand somewhere in path, company, addresses, e-mail, phone or account number.
    ``active`` and ``gone`` (deleted or merged in QuickBooks): ``None`` does not filter. An unknown sort is by path.
    A search is looked for at once, the rest when the rows are read; ``found`` stands for it where that was done
    already (``searched``).
    """
    customers = of_found(connection, searched(connection, search) if found is None else found)
    if gone is not None:
        customers = customers.filter(gone_at__isnull=not gone)
    if active is not None:
        customers = customers.filter(is_active=active)
    if kind is not None:
        is_customer = kind == "customer"
        customers = customers.filter(parent_list_id="") if is_customer else customers.exclude(parent_list_id="")
    return customers.order_by(*_ORDER.get(sort, _ORDER["path"]))


FEW = 5_000  # found by a search: named one by one, since to count them would be to look at every row again
searches: Remembered[tuple[int, ...] | None] = Remembered(most=50)  # for their next page, another filter or order


def searched(connection: Connection, search: str, *, few: int = FEW) -> Q:
    """The condition that finds what ``search`` finds, in a query of its own: where that is little, its rows.

    Where it is much, the words: then a page in order is soon full. Remembered until a refresh brings something.
    """
    words = holds_all_words(search)
    if not words:
        return words

    def find() -> tuple[int, ...] | None:
        with _on_all_cores():
            found = tuple(all_of(connection).filter(words).values_list("pk", flat=True)[: few + 1])
        return None if len(found) > few else found

    found = searches.get((connection.pk, words, few), basis=lambda: changed_at(connection), find=find)
    return words if found is None else Q(pk__in=Named(found))


@contextmanager
def _on_all_cores() -> Iterator[None]:
    """PostgreSQL expects to meet enough rows early, and would look through a long list on one core alone."""
    if database.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute("SET LOCAL parallel_setup_cost = 0")
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
        yield


class Named(Value):
    """Keys in one parameter: thousands of them in as many would cost more than to look them up."""

    def __init__(self, keys: tuple[int, ...]) -> None:
        super().__init__(keys, output_field=BigIntegerField())

    def as_sql(self, _compiler: Any, connection: Any) -> tuple[str, Any]:
        if connection.vendor == "sqlite":
            return "(SELECT value FROM json_each(%s))", [json.dumps(self.value)]
        return "(SELECT unnest(%s::bigint[]))", [list(self.value)]


def are_named(found: Q) -> bool:
    """Whether ``searched`` found so few that it names them."""
    return "pk__in" in dict(child for child in found.children if isinstance(child, tuple))


def of_found(connection: Connection, found: Q) -> QuerySet[Customer]:
    """What ``searched`` found, all rows where that is empty. Named ones are asked for by nothing else: SQLite would
    rather walk the whole connection.
    """
    return (
        Customer.objects.filter(found) if are_named(found) else Customer.objects.filter(found, connection=connection)
    )


# All rows in the order in which they were written: the fastest way to look at each. It is the ListIDs' own (see
# ``stage.apply``); SQLite takes their index only where it is asked for more than the connection.
IN_LIST_ORDER = Q(list_id__gt="")


def all_of(connection: Connection) -> QuerySet[Customer]:
    """All rows, gone ones too, as fast as they can be looked at."""
    return Customer.objects.filter(IN_LIST_ORDER, connection=connection)


def customer(connection: Connection, list_id: str) -> Customer:
    """One customer or job, gone ones too. Raises ``Customer.DoesNotExist``, also for another connection's ListID."""
    return Customer.objects.get(connection=connection, list_id=list_id)


# Readiness

CHUNK = 500  # customers read at once
_LATEST_REPORTS = 16  # of company files, in each process; a report of 20,000 customers is some megabytes


def changed_at(connection: Connection) -> datetime | None:
    """When a refresh last wrote a row of the list; ``None``: it never came."""
    known = CustomerList.objects.filter(connection=connection).values_list("changed_at", "refreshed_at").first()
    return (known[0] or known[1]) if known else None


def readiness_of(connection: Connection) -> Report:
    """What to put in order in QuickBooks; by path. One pass over the list, remembered until it changes."""
    return _report(connection.pk, changed_at(connection))


@lru_cache(maxsize=_LATEST_REPORTS)
def _report(connection_id: UUID, _changed_at: datetime | None) -> Report:
    rows = Customer.objects.filter(connection=connection_id, gone_at=None).order_by("sort_key", "list_id")
    columns = [one.name for one in fields(Row)]
    return report_on(Row(*values) for values in rows.values_list(*columns).iterator(chunk_size=2000))


def customers_in_order(connection: Connection, list_ids: Iterable[str]) -> Iterator[Customer]:
    """The rows of ``list_ids``, in that order; unknown ones are left out."""
    wanted = iter(list_ids)
    while chunk := list(islice(wanted, CHUNK)):
        rows = {row.list_id: row for row in Customer.objects.filter(connection=connection, list_id__in=chunk)}
        yield from (rows[list_id] for list_id in chunk if list_id in rows)
