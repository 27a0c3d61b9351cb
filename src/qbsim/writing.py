"""Writes what QuickBooks says: values into declared elements, in wire order, only what the asked version knows."""

from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree

from qbsim.declarations import Particle, elements, required_tags
from qbsim.wiretext import Version

Values = Mapping[str, Any]  # by element name: str, bool, int, a nested mapping, or a list of these


class Mixed(list[tuple[str, Values]]):
    """Elements of several kinds that keep their order among each other; stands under the name of each kind."""


class RetWriter:
    """Appends records of one kind. What the version does not know is sorted out once, not for every record."""

    def __init__(
        self, tag: str, declared: tuple[Particle, ...], *, version: Version, only: Collection[str] = ()
    ) -> None:
        """`only` are the names of IncludeRetElement: with any, only those and what is required come back."""
        self._tag = tag
        kept = {*only, *required_tags(declared)}
        self._plan = [step for step in _plan(declared, version=version) if not only or step[0] in kept]

    def append(self, answer: etree._Element, values: Values) -> None:
        _fill(etree.SubElement(answer, self._tag), self._plan, values)


def write_values(answer: etree._Element, declared: tuple[Particle, ...], values: Values, *, version: Version) -> None:
    """Write values right into an answer, for those that hold no record of their own (ListDel, TxnVoid)."""
    _fill(answer, _plan(declared, version=version), values)


_Step = tuple[str, "list[_Step] | None"]  # element name, and the steps inside an aggregate


def _plan(declared: tuple[Particle, ...], *, version: Version) -> list[_Step]:
    return [
        (element.tag, _plan(element.children, version=version) if element.is_aggregate else None)
        for element in elements(declared)
        if element.since <= version
    ]


def _fill(parent: etree._Element, plan: list[_Step], values: Values) -> None:
    mixed: Mixed | None = None
    for tag, inside in plan:
        value = values.get(tag)
        if value is None or value is mixed:
            continue
        if isinstance(value, Mixed):
            mixed = value
            _fill_mixed(parent, dict(plan), mixed)
            continue
        for each in value if isinstance(value, list) else (value,):
            child = etree.SubElement(parent, tag)
            if inside is not None:
                _fill(child, inside, each)
            else:
                child.text = each if isinstance(each, str) else _text(each)


def _fill_mixed(parent: etree._Element, plans: "dict[str, list[_Step] | None]", mixed: Mixed) -> None:
    for tag, values in mixed:
        inside = plans.get(tag)
        if inside is not None:
            _fill(etree.SubElement(parent, tag), inside, values)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def document_text(root: etree._Element) -> str:
    """Return the document as QuickBooks sends it: ASCII with numeric entities, its own first line, no qbxml PI.

    Every element stands on a line of its own, without indent, as in recorded responses. In text and attributes
    ">" is always an entity, so "><" can only be where two tags meet.
    """
    body = etree.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii").replace("><", ">\n<")
    return f'<?xml version="1.0" ?>\n{body}\n'
