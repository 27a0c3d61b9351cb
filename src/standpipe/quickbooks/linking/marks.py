"""What rooms above say of links in the lists of accounts and buildings: a mark in a cell, a choice of the filter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from .models import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    word: str  # "Changed in QuickBooks"
    tone: str  # of ui/badge.html


Marks = Callable[[Sequence[Link]], Mapping[UUID, Mark]]  # link to mark; asked once a page
Narrow = Callable[["QuerySet[Link]"], "QuerySet[Link]"]

_marks: list[Marks] = []
_filters: dict[str, tuple[str, Narrow]] = {}


def add_marks(marks: Marks) -> None:
    _marks.append(marks)


def add_link_filter(value: str, *, label: str, narrow: Narrow) -> None:
    """A choice of the filter "QuickBooks": ``?quickbooks=<value>`` lists the records of those links."""
    if value in _filters:
        raise ValueError(f"{value} is registered twice")
    _filters[value] = (label, narrow)


def marks_of(links: Sequence[Link]) -> dict[UUID, Mark]:
    """The first mark that anybody gives a link stands."""
    found: dict[UUID, Mark] = {}
    for marks in _marks:
        found = {**marks(links), **found}
    return found


def choices() -> list[tuple[str, str]]:
    return [(value, label) for value, (label, _) in _filters.items()]


def narrowed(links: "QuerySet[Link]", value: str) -> "QuerySet[Link]":
    _, narrow = _filters[value]
    return narrow(links)


def is_choice(value: str) -> bool:
    return value in _filters
