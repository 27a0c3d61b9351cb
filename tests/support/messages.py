"""Examples and Hypothesis strategies for any declared message, made from its declaration alone."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

from hypothesis import strategies as st

import qbwire.messages
from qbwire.codec import Choice, Element, UseMacro, declared_messages, elements_of
from qbwire.scalars import DATETIME, GUID, MACRO

assert qbwire.messages  # importing it declares the messages

STORABLE = "Ab 1é’–€&<>\"'ß"  # fits Windows-1252, and has everything that XML escapes
SHORTEST = 3  # the shortest name that a reference may hold: that of a sales tax code
_SAMPLES = {
    GUID.name: "{11111111-2222-4333-8444-555555555555}",
    DATETIME.name: "2024-03-31T17:05:00-08:00",
    MACRO.name: "TxnID:first",
}
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - QuickBooks' own times have no zone of ours


def all_classes() -> list[type]:
    """Every declared message and every aggregate inside one."""
    found: dict[type, None] = {}
    waiting = list(declared_messages().values())
    while waiting:
        cls = waiting.pop()
        if cls not in found:
            found[cls] = None
            waiting.extend(option for element in elements_of(cls) for _, option in element.aggregates)
    return sorted(found, key=lambda cls: cls.__name__)


# --- examples -------------------------------------------------------------------------------------


def sample(element: Element) -> Any:
    """One legal value of a field, the same every time."""
    if element.aggregates:
        return full_example(element.aggregates[0][1])
    if element.words:
        return element.words[-1]
    scalar = element.scalar
    assert scalar is not None
    if scalar.name in _SAMPLES:
        return _SAMPLES[scalar.name]
    if scalar.python is str:
        return STORABLE[: SHORTEST if element.takes_outer_limit else element.limit or 12]
    return {bool: True, int: scalar.least or 7, Decimal: Decimal("-12.50"), date: date(2024, 2, 29)}[scalar.python]


def choices_of(cls: type) -> dict[Choice, int]:
    """The choices of a declaration with the number of their branches."""
    found: dict[Choice, int] = {}
    for element in elements_of(cls):
        for mark in element.branches:
            found[mark.choice] = max(found.get(mark.choice, 0), mark.number + 1)
    return found


def full_example(cls: type, *, picks: Mapping[Choice, int] | None = None) -> Any:
    """A message with every field filled that the picked branches allow (the first ones unless said)."""
    picked = picks or dict.fromkeys(choices_of(cls), 0)
    values = {
        element.field: (sample(element),) * min(2, element.most or 2) if element.repeats else sample(element)
        for element in elements_of(cls)
        if all(mark.number == picked[mark.choice] for mark in element.branches)
    }
    return cls(**values)


def examples(cls: type) -> Iterator[Any]:
    """A full message for every way to choose."""
    choices = choices_of(cls)
    for numbers in product(*(range(count) for count in choices.values())):
        yield full_example(cls, picks=dict(zip(choices, numbers, strict=True)))


# --- strategies -----------------------------------------------------------------------------------


@cache
def texts(limit: int | None) -> st.SearchStrategy[str]:
    """Text that QuickBooks can hold and that is not blank."""
    characters = st.characters(codec="cp1252", exclude_categories=["Cc"])
    return st.text(characters, min_size=1, max_size=min(limit or 20, 20)).filter(lambda value: not value.isspace())


@cache
def values_of(element: Element) -> st.SearchStrategy[Any]:
    """Every legal value of a field."""
    if element.aggregates:
        options = [messages(option) for _, option in element.aggregates]
        return st.one_of(options).filter(
            lambda value: any(inner.is_given(value) for inner in elements_of(type(value)))
        )
    if element.words:
        return st.sampled_from(element.words)
    scalar = element.scalar
    assert scalar is not None
    if scalar.name in _SPECIAL:
        return _SPECIAL[scalar.name]
    if element.takes_macro:
        return texts(element.limit) | _SPECIAL["MACROTYPE"].map(UseMacro)
    if scalar.python is str:
        return texts(SHORTEST if element.takes_outer_limit else element.limit)
    return st.integers(scalar.least or -(10**6), scalar.most or 10**6)


def _decimals(places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=-(10**9), max_value=10**9, places=places, allow_nan=False, allow_infinity=False)


_SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "GUIDTYPE": st.uuids().map(lambda value: f"{{{value}}}") | st.just("0"),
    "DATETIMETYPE": st.datetimes(min_value=_EPOCH).map(lambda moment: moment.isoformat(timespec="seconds")),
    "MACROTYPE": st.from_regex(r"(TxnID|ListID):[0-9A-Za-z]{1,9}", fullmatch=True),
    "BOOLTYPE": st.booleans(),
    "DATETYPE": st.dates(date(1970, 1, 1), date(2038, 1, 19)),
    "AMTTYPE": _decimals(2),
    "PRICETYPE": _decimals(5),
    "QUANTYPE": _decimals(5),
    "PERCENTTYPE": _decimals(5),
    "FLOATTYPE": _decimals(3),
}


@st.composite
def messages(draw: st.DrawFn, cls: type) -> Any:
    """Any legal message of a declaration."""
    elements = elements_of(cls)
    chosen = {choice: draw(st.integers(0, count - 1)) for choice, count in choices_of(cls).items()}
    values: dict[str, Any] = {}
    for element in elements:
        if any(chosen[mark.choice] != mark.number for mark in element.branches):
            continue
        must = element.least > 0 or any(mark.choice.required for mark in element.branches)
        if element.repeats:
            most = min(element.most or 2, 2)
            values[element.field] = tuple(
                draw(st.lists(values_of(element), min_size=max(element.least, int(must)), max_size=most))
            )
        elif must or draw(st.booleans()):
            values[element.field] = draw(values_of(element))
    return cls(**values)
