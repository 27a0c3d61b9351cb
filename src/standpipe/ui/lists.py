"""A list page: search, filters, order and page, all in the address, so that it can be bookmarked and sent.

The noun's query answers the search; here the filters (its own and registered ones), the order and the page are
applied, and everything that the toolbar and the pager show is gathered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from .registry import Choices, FilledColumns, Filter, filled_columns, filters_of

PER_PAGE = 50  # a screen and a half of rows: few enough to render at once, enough to rarely need the pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """An order that a column heading offers. ``fields`` as for ``order_by``; end them with a unique one."""

    key: str
    fields: tuple[str, ...]

    def order(self, *, descending: bool) -> list[str]:
        return [_turned(name) for name in self.fields] if descending else list(self.fields)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFilter:
    key: str
    label: str
    choices: Choices
    value: str  # "" where the address names none, or one that is not offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What ``ui/list_toolbar.html``, ``ui/pagination.html`` and ``{% sort_head %}`` show."""

    list_name: str
    nouns: tuple[str, str]  # one, many: ("account", "accounts")
    search: str
    filters: list[ShownFilter]
    sort: str  # "name", or "-name" when turned
    page: Page[Any]
    columns: FilledColumns

    @property
    def records(self) -> list[Any]:
        """The rows of this page; loaded once."""
        return list(self.page.object_list)

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def count_text(self) -> str:
        """``312 accounts``, ``1 account``."""
        return f"{self.total:,} {self.nouns[self.total != 1]}"

    @property
    def range_text(self) -> str:
        """``51–100 of 312``."""
        return f"{self.page.start_index():,}–{self.page.end_index():,} of {self.total:,}"

    @property
    def is_narrowed(self) -> bool:
        """Search or a filter is on, so that an empty list does not mean that there is nothing."""
        return bool(self.search or any(shown.value for shown in self.filters))


def list_page(
    request: HttpRequest,
    records: QuerySet[Any],
    *,
    list_name: str,
    nouns: tuple[str, str],
    sorts: Sequence[Sort],
    filters: Sequence[Filter] = (),
    per_page: int = PER_PAGE,
) -> Listing:
    """Filters, orders and pages ``records`` as the address says; unknown values count as absent.

    The first of ``sorts`` is the order where the address names none. ``?search=`` is the caller's to apply; an
    address that names a page beyond the end gets the last one.
    """
    shown = []
    for entry in (*filters, *filters_of(list_name)):
        choices = entry.choices_for(request)
        if not choices:  # a filter that has nothing to offer is not shown
            continue
        value = request.GET.get(entry.key, "")
        value = value if value in {choice for choice, _ in choices} else ""
        if value:
            records = entry.apply(records, value)
        shown.append(ShownFilter(key=entry.key, label=entry.label, choices=choices, value=value))
    sort, order = _order(request.GET.get("sort", ""), sorts=sorts)
    page = Paginator(records.order_by(*order), per_page).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    return Listing(
        list_name=list_name,
        nouns=nouns,
        search=request.GET.get("search", "").strip(),
        filters=shown,
        sort=sort,
        page=page,
        columns=filled_columns(list_name, request=request, records=page.object_list),
    )


def _order(asked: str, *, sorts: Sequence[Sort]) -> tuple[str, list[str]]:
    by_key = {sort.key: sort for sort in sorts}
    descending = asked.startswith("-")
    sort = by_key.get(asked.removeprefix("-"))
    if sort is None:
        sort, descending = sorts[0], False
    return f"{'-' * descending}{sort.key}", sort.order(descending=descending)


# Every noun's list shows what is in use, or what was archived. The noun's query answers it.
ARCHIVED = Filter(
    key="archived", label="Show", choices=[("", "In use"), ("yes", "Archived")], apply=lambda records, _: records
)


def is_archived(request: HttpRequest) -> bool:
    """Whether the address asks for what was archived."""
    return request.GET.get(ARCHIVED.key) == "yes"
