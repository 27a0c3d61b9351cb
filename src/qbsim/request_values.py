"""What a request says, as values by element name.

An element that is not there is not among them; one that was sent empty is "" (or {} for an aggregate), which in a
Mod means "clear it". Repeated elements come as lists, booleans as bool.
"""

from typing import Any

from lxml import etree

from qbsim.declarations import Kind, Particle, elements


def values_of(parent: etree._Element, declared: tuple[Particle, ...]) -> dict[str, Any]:
    """Return the values of an aggregate whose structure and values have been checked."""
    by_tag = {element.tag: element for element in elements(declared)}
    values: dict[str, Any] = {}
    for child in parent.iterchildren(tag=etree.Element):
        element = by_tag[str(child.tag)]
        value: Any = child.text or ""
        if element.is_aggregate:
            value = values_of(child, element.children)
        elif element.kind is Kind.BOOL and value:
            value = value in {"true", "1"}
        if element.most == 1:
            values[element.tag] = value
        else:
            values.setdefault(element.tag, []).append(value)
    return values


def without_empty(value: Any) -> Any:
    """Return a value without what was sent empty, at any depth; None when nothing remains, which clears."""
    if isinstance(value, dict):
        inside = {tag: kept for tag, each in value.items() if (kept := without_empty(each)) is not None}
        return inside or None
    if isinstance(value, list):
        return [kept for each in value if (kept := without_empty(each)) is not None] or None
    return None if value == "" else value
