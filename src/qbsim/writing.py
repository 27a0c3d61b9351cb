"""Writes what QuickBooks says: values into declared elements, in wire order, only what the asked version knows."""

from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree

from qbsim.declarations import Element, Particle, elements
from qbsim.wiretext import Version

Values = Mapping[str, Any]  # by element name: str, bool, int, a nested mapping, or a list of these


def append_ret(
    parent: etree._Element,
    tag: str,
    declared: tuple[Particle, ...],
    values: Values,
    *,
    version: Version,
    only: Collection[str] = (),
) -> etree._Element:
    """Append one XRet. `only` are the names of IncludeRetElement: with any, nothing else comes back."""
    ret = etree.SubElement(parent, tag)
    for element in elements(declared):
        if not only or element.tag in only:
            _append(ret, element, values.get(element.tag), version=version)
    return ret


def _append(parent: etree._Element, element: Element, value: Any, *, version: Version) -> None:
    if value is None or element.since > version:
        return
    for each in value if isinstance(value, list) else (value,):
        child = etree.SubElement(parent, element.tag)
        if element.is_aggregate:
            for inner in elements(element.children):
                _append(child, inner, each.get(inner.tag), version=version)
        else:
            child.text = _text(each)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def document_text(root: etree._Element) -> str:
    """Return the document as QuickBooks sends it: ASCII with numeric entities, its own first line, no qbxml PI."""
    _break_lines(root)
    body = etree.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
    return f'<?xml version="1.0" ?>\n{body}'


def _break_lines(element: etree._Element) -> None:
    """Put every element on a line of its own, without indent, as recorded responses have them."""
    for each in element.iter():
        each.tail = "\n"
        if len(each) and each.text is None:
            each.text = "\n"
