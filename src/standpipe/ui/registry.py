"""What higher rooms hang into pages they must not import: sections, columns, filters, actions, navigation, home.

Filled once, in ``AppConfig.ready()``; read by the pages and tags of ``ui``. A noun's page names the place
(``{% sections "account" account %}``); the integration names what stands there. Nouns never learn who filled it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

Choices = Sequence[tuple[str, str]]
Cell = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A card on a page. ``context`` answers ``None`` where the card has nothing to say and is left out."""

    key: str
    title: str
    order: int
    template: str
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list. ``values`` is asked once a page for all its rows; a row it leaves out has an empty cell."""

    key: str
    title: str
    order: int
    template: str
    values: Callable[[HttpRequest, Sequence[Any]], Mapping[Any, Cell]]
    is_number: bool = False  # right-aligned


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter of a list, in the address as ``?key=value``. An empty value filters nothing; no choices, no filter."""

    key: str
    label: str
    choices: Choices | Callable[[HttpRequest], Choices]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]

    def choices_for(self, request: HttpRequest) -> Choices:
        return self.choices(request) if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAction:
    """A button at the head of a list. ``permission``: shown only to those whose role has it; ``None``: to all.

    ``url`` may answer ``""``: there is nothing to open now, and no button.
    """

    key: str
    label: str
    order: int
    url: Callable[[HttpRequest], str]
    permission: str | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """A button below a list, for the rows that are ticked. ``url`` takes the form as POST: ``ids``, once a row.

    With ``everything`` it means all that match the search and the filters, which stand in the address.
    """

    key: str
    label: str
    order: int
    url: Callable[[HttpRequest], str]
    permission: str | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadAction:
    """What stands among the buttons at the head of a record's page. ``context`` answers ``None``: nothing now."""

    key: str
    order: int
    template: str
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """An entry of the main navigation. ``url`` is the name of a page; ``active_prefix`` follows ``/o/<slug>/``."""

    key: str
    title: str
    order: int
    url: str
    icon: str
    active_prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeStep:
    """One step of the set-up on the home page, with the button that does it. ``url`` ``""``: no button.

    ``more`` is a link after the text, to what helps to do it. ``is_later``: the counts do not wait for it.
    """

    title: str
    text: str
    done: bool
    url: str = ""
    button: str = ""
    more: str = ""
    more_url: str = ""
    is_later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCount:
    """A number on the home page that opens its list."""

    label: str
    number: int
    url: str


@dataclass(slots=True)
class _Entries:
    sections: dict[tuple[str, str], Section] = field(default_factory=dict)
    columns: dict[tuple[str, str], Column] = field(default_factory=dict)
    filters: dict[tuple[str, str], Filter] = field(default_factory=dict)
    actions: dict[tuple[str, str], PageAction] = field(default_factory=dict)
    bulk_actions: dict[tuple[str, str], BulkAction] = field(default_factory=dict)
    head_actions: dict[tuple[str, str], HeadAction] = field(default_factory=dict)
    nav: dict[str, NavEntry] = field(default_factory=dict)
    steps: dict[str, tuple[int, Callable[[HttpRequest], HomeStep | None]]] = field(default_factory=dict)
    counts: dict[str, tuple[int, Callable[[HttpRequest], HomeCount | None]]] = field(default_factory=dict)


_entries = _Entries()
_Key = TypeVar("_Key")
_Entry = TypeVar("_Entry")


def _put(table: dict[_Key, _Entry], key: _Key, *, entry: _Entry) -> None:
    if key in table:
        raise ValueError(f"{key} is registered twice")
    table[key] = entry


def add_section(
    page: str,
    *,
    key: str,
    title: str,
    order: int,
    template: str,
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None],
) -> None:
    """A card on the page ``account``, ``building``, ``contact`` or ``home``; its element's id is ``key``."""
    section = Section(key=key, title=title, order=order, template=template, context=context)
    _put(_entries.sections, (page, key), entry=section)


def add_column(
    list_name: str,
    *,
    key: str,
    title: str,
    order: int,
    template: str,
    values: Callable[[HttpRequest, Sequence[Any]], Mapping[Any, Cell]],
    is_number: bool = False,
) -> None:
    """A column of the list ``accounts`` or ``buildings``; ``template`` sees the row's mapping as ``cell``."""
    column = Column(key=key, title=title, order=order, template=template, values=values, is_number=is_number)
    _put(_entries.columns, (list_name, key), entry=column)


def add_filter(
    list_name: str,
    *,
    key: str,
    label: str,
    choices: Choices | Callable[[HttpRequest], Choices],
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]],
) -> None:
    _put(_entries.filters, (list_name, key), entry=Filter(key=key, label=label, choices=choices, apply=apply))


def add_page_action(
    list_name: str,
    *,
    key: str,
    label: str,
    order: int,
    url: Callable[[HttpRequest], str],
    permission: str | None = None,
    icon: str = "",
) -> None:
    action = PageAction(key=key, label=label, order=order, url=url, permission=permission, icon=icon)
    _put(_entries.actions, (list_name, key), entry=action)


def add_bulk_action(
    list_name: str,
    *,
    key: str,
    label: str,
    order: int,
    url: Callable[[HttpRequest], str],
    permission: str | None = None,
    icon: str = "",
) -> None:
    """A button for ticked rows; a list shows boxes only where there is one that this person may use."""
    action = BulkAction(key=key, label=label, order=order, url=url, permission=permission, icon=icon)
    _put(_entries.bulk_actions, (list_name, key), entry=action)


def add_head_action(
    page: str,
    *,
    key: str,
    order: int,
    template: str,
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None],
) -> None:
    """At the head of the page ``invoice``, before the page's own buttons; ``template`` sees it as ``record``."""
    action = HeadAction(key=key, order=order, template=template, context=context)
    _put(_entries.head_actions, (page, key), entry=action)


def add_nav(key: str, *, title: str, order: int, url: str, icon: str, active_prefix: str) -> None:
    entry = NavEntry(key=key, title=title, order=order, url=url, icon=icon, active_prefix=active_prefix)
    _put(_entries.nav, key, entry=entry)


def add_home_step(order: int, *, key: str, step: Callable[[HttpRequest], HomeStep | None]) -> None:
    _put(_entries.steps, key, entry=(order, step))


def add_home_count(order: int, *, key: str, count: Callable[[HttpRequest], HomeCount | None]) -> None:
    _put(_entries.counts, key, entry=(order, count))


def sections_of(page: str) -> list[Section]:
    found = [section for (name, _), section in _entries.sections.items() if name == page]
    return sorted(found, key=lambda section: section.order)


def columns_of(list_name: str) -> list[Column]:
    found = [column for (name, _), column in _entries.columns.items() if name == list_name]
    return sorted(found, key=lambda column: column.order)


def filters_of(list_name: str) -> list[Filter]:
    """In the order they were added."""
    return [entry for (name, _), entry in _entries.filters.items() if name == list_name]


def actions_of(list_name: str) -> list[PageAction]:
    found = [action for (name, _), action in _entries.actions.items() if name == list_name]
    return sorted(found, key=lambda action: action.order)


def bulk_actions_of(list_name: str) -> list[BulkAction]:
    found = [action for (name, _), action in _entries.bulk_actions.items() if name == list_name]
    return sorted(found, key=lambda action: action.order)


def head_actions_of(page: str) -> list[HeadAction]:
    found = [action for (name, _), action in _entries.head_actions.items() if name == page]
    return sorted(found, key=lambda action: action.order)


def nav_entries() -> list[NavEntry]:
    return sorted(_entries.nav.values(), key=lambda entry: entry.order)


def home_steps(request: HttpRequest) -> list[HomeStep]:
    asked = [step(request) for _, step in sorted(_entries.steps.values(), key=lambda entry: entry[0])]
    return [step for step in asked if step is not None]


def home_counts(request: HttpRequest) -> list[HomeCount]:
    asked = [count(request) for _, count in sorted(_entries.counts.values(), key=lambda entry: entry[0])]
    return [count for count in asked if count is not None]


@dataclass(frozen=True, slots=True)
class FilledColumns:
    """The registered columns of one page of a list, already answered for its rows."""

    columns: list[Column]
    cells: dict[str, Mapping[Any, Cell]]

    def cells_of(self, record: Model) -> list[tuple[Column, Cell | None]]:
        return [(column, self.cells[column.key].get(record.pk)) for column in self.columns]


def filled_columns(list_name: str, *, request: HttpRequest, records: Sequence[Any]) -> FilledColumns:
    """Asks each column once for all ``records``."""
    columns = columns_of(list_name)
    return FilledColumns(columns, {column.key: column.values(request, records) for column in columns})


@contextmanager
def emptied() -> Iterator[None]:
    """Nothing registered inside the block; as before after it. For tests of the pages alone."""
    global _entries  # noqa: PLW0603  # one table for the process, swapped whole
    kept, _entries = _entries, _Entries()
    try:
        yield
    finally:
        _entries = kept
