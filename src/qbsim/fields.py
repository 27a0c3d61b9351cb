"""The fields of a record by their snake_case names, each checked against its declaration.

Pure: `lists.py` and `customer_list.py` apply this to rows.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from qbsim.declarations import Element, Kind, Particle, elements
from qbsim.references import KINDS_OF
from qbsim.refusals import refused
from qbsim.wiretext import parse_date, unstorable

# Kept in columns of their own, so not among the fields that are set by name.
KEPT_APART = frozenset(
    {
        "ListID",
        "TimeCreated",
        "TimeModified",
        "EditSequence",
        "Name",
        "FullName",
        "IsActive",
        "ParentRef",
        "Sublevel",
        "DataExtRet",
    }
)

Resolve = Callable[[str, Any], str]  # (reference tag, its ListID or full name or both by element name) -> ListID


def snake(tag: str) -> str:
    """Return `bill_address` for `BillAddress`; references drop their Ref: `terms` for `TermsRef`."""
    stem = tag.removesuffix("Ref") if tag in KINDS_OF else tag
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", stem).lower()


class Fields:
    """What one kind of record can hold besides what every list element has."""

    def __init__(self, declared: tuple[Particle, ...], *, kept_apart: frozenset[str] = KEPT_APART) -> None:
        self.elements = {each.tag: each for each in elements(declared) if each.tag not in kept_apart}
        self._tags = {snake(tag): tag for tag in self.elements}

    def details(self, fields: Mapping[str, Any], *, resolve: Resolve) -> dict[str, Any]:
        """Turn snake_case fields into details by element name; None stands for "clear it"."""
        return {self._tag(field): self._value(self._tag(field), value, resolve) for field, value in fields.items()}

    def checked(self, values: Mapping[str, Any], *, resolve: Resolve) -> dict[str, Any]:
        """Check values that are keyed by element name already, as a request's are."""
        return {tag: self._value(tag, value, resolve) for tag, value in values.items()}

    def _tag(self, field: str) -> str:
        if field not in self._tags:
            raise TypeError(f"this kind of record has no field {field!r}")
        return self._tags[field]

    def _value(self, tag: str, value: Any, resolve: Resolve) -> Any:
        return None if value is None else _checked(self.elements[tag], _shaped(self.elements[tag], value), resolve)


def _shaped(element: Element, value: Any) -> Any:
    """Take the short forms of `address` and blocks as well: a list of lines is a block."""
    if element.tag.endswith(("Block", "Address")) and element.most == 1 and not isinstance(value, Mapping):
        return {f"Addr{number}": line for number, line in enumerate(value, start=1) if line}
    if element.most != 1 and isinstance(value, Mapping | str):
        return [value]
    return value


def _checked(element: Element, value: Any, resolve: Resolve) -> Any:
    if isinstance(value, list | tuple):
        if element.most is not None and len(value) > element.most:
            raise refused(3090, value=len(value), field=element.tag, reason=f"At most {element.most} fit.")
        return [_checked_one(element, each, resolve) for each in value]
    return _checked_one(element, value, resolve)


def _checked_one(element: Element, value: Any, resolve: Resolve) -> Any:
    if element.tag in KINDS_OF:
        return resolve(element.tag, value)
    if element.is_aggregate:
        inside = {child.tag: child for child in elements(element.children)}
        unknown = next((tag for tag in value if tag not in inside), None)
        if unknown is not None:
            raise TypeError(f"{element.tag} has no {unknown!r}")
        return {tag: _checked(inside[tag], each, resolve) for tag, each in value.items() if each is not None}
    if isinstance(value, bool):
        return value
    text = str(value)
    if element.max_length is not None and len(text) > element.max_length:
        raise refused(3070, value=text, field=element.tag)
    if unstorable(text) is not None:
        raise refused(3080, value=text, field=element.tag)
    if element.kind is Kind.DATE and parse_date(text) is None:
        raise refused(3020, value=text, field=element.tag)
    if element.kind is Kind.ENUM and element.tag != "PreferredDeliveryMethod" and text not in element.values:
        raise refused(3110, value=text, field=element.tag)
    return text
