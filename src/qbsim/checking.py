"""Whether a request is one that QuickBooks would read, by its declaration.

Two families, as QuickBooks has them: a fault of structure (order, name, case, number, choice, listed value,
attribute, version) makes it refuse the whole document; a fault of value (a date that is none, a text too
long) is the status of that one request. (Intuit, QBD-errorcodes page; consolibyte/quickbooks-php wiki.)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from lxml import etree

from qbsim.declarations import Choice, Element, Kind, Particle, Request, elements, required_tags
from qbsim.wiretext import Version, parse_date, parse_datetime

MAX_REQUEST_ID = 50  # else status 1060


class StructureFault(Exception):
    """QuickBooks could not parse this; the text says where, for the log (QuickBooks itself does not tell)."""


@dataclass(frozen=True, slots=True)
class ValueFault:
    """The status code that a bad value earns, with what its text needs."""

    code: int
    value: str
    field: str


_MAY_BE_EMPTY = {"EditSequence", "DataExtValue"}  # out of date when it is empty; a value that says nothing

_BOOLEANS = {"true", "false", "1", "0", ""}
_AMOUNT = re.compile(r"([+-]?[0-9]{1,13}(\.[0-9]{2})?)?")
_DECIMAL = re.compile(r"([+-]?[0-9]{1,10}(\.[0-9]{1,5})?)?")
_FLOAT = re.compile(r"([+-]?[0-9]{1,10}(\.[0-9]{1,15})?)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_GUID = re.compile(r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")


def _fits_integer(text: str, element: Element) -> bool:
    if not _INTEGER.fullmatch(text):
        return False
    number = int(text)
    return (element.lowest is None or number >= element.lowest) and (
        element.highest is None or number <= element.highest
    )


# What each type accepts and which status a bad value earns (qbXML reference, data types; QBD-errorcodes page).
_VALUE_RULES: dict[Kind, tuple[int, Callable[[str, Element], bool]]] = {
    Kind.ID: (3000, lambda text, _: text.isprintable() and text.strip() == text),
    Kind.BOOL: (3010, lambda text, _: text in _BOOLEANS),
    Kind.DATE: (3020, lambda text, _: text == "" or parse_date(text) is not None),
    Kind.DATETIME: (3020, lambda text, _: text == "" or parse_datetime(text, zone=UTC) is not None),
    Kind.AMOUNT: (3040, lambda text, _: bool(_AMOUNT.fullmatch(text))),
    Kind.PRICE: (3045, lambda text, _: bool(_DECIMAL.fullmatch(text))),
    Kind.PERCENT: (3050, lambda text, _: bool(_DECIMAL.fullmatch(text))),
    Kind.QUANTITY: (3060, lambda text, _: bool(_DECIMAL.fullmatch(text))),
    Kind.INT: (3085, _fits_integer),
    Kind.FLOAT: (3085, lambda text, _: bool(_FLOAT.fullmatch(text))),
}


def check_structure(request: etree._Element, declared: Request, *, version: Version) -> None:
    """Raise StructureFault unless the request's attributes and elements are as declared for that version."""
    if declared.since > version:
        raise StructureFault(f"{request.tag} does not exist in qbXML {_text(version)}")
    _check_attributes(request, declared, version=version)
    _check_content(request, declared.body, version=version)


def _check_attributes(request: etree._Element, declared: Request, *, version: Version) -> None:
    known = {attribute.name: attribute for attribute in declared.attributes if attribute.since <= version}
    for name, value in request.attrib.items():
        if name == "requestID":
            continue
        attribute = known.get(str(name))
        if attribute is None:
            raise StructureFault(f"{request.tag!s} has no attribute {str(name)!r} in qbXML {_text(version)}")
        if attribute.values and value not in attribute.values:
            raise StructureFault(f"{request.tag!s}@{name!s} may not be {str(value)!r}")


def _check_content(parent: etree._Element, declared: tuple[Particle, ...], *, version: Version) -> None:
    if parent.text and parent.text.strip():
        raise StructureFault(f"{parent.tag} may not hold text")
    children = list(parent.iterchildren(tag=etree.Element))
    for child in children:
        if child.tail and child.tail.strip():
            raise StructureFault(f"{parent.tag} may not hold text")
    taken = _take_all(children, 0, declared, parent=str(parent.tag), version=version)
    if taken < len(children):
        raise StructureFault(f"{children[taken].tag} is not expected here in {parent.tag}")


def _take_all(
    children: list[etree._Element], at: int, declared: tuple[Particle, ...], *, parent: str, version: Version
) -> int:
    for particle in declared:
        take = _take_choice if isinstance(particle, Choice) else _take_element
        at = take(children, at, particle, parent=parent, version=version)  # type: ignore[arg-type]
    return at


def _take_element(children: list[etree._Element], at: int, element: Element, *, parent: str, version: Version) -> int:
    count = 0
    while at < len(children) and children[at].tag == element.tag and count != element.most:
        _check_one(children[at], element, version=version)
        at, count = at + 1, count + 1
    if count < element.least:
        found = children[at].tag if at < len(children) else "the end"
        raise StructureFault(f"{parent} needs {element.tag} where {found} stands")
    return at


def _take_choice(children: list[etree._Element], at: int, choice: Choice, *, parent: str, version: Version) -> int:
    count = 0
    while at < len(children) and count != choice.most:
        branch = next((each for each in choice.branches if _starts(each, str(children[at].tag))), None)
        if branch is None:
            break
        at = _take_all(children, at, branch, parent=parent, version=version)
        count += 1
    if count < choice.least and not any(map(_may_be_empty, choice.branches)):
        names = ", ".join(element.tag for element in elements((choice,)))
        raise StructureFault(f"{parent} needs one of {names}")
    return at


def _may_be_empty(branch: tuple[Particle, ...]) -> bool:
    return all(particle.least == 0 for particle in branch)


def _starts(branch: tuple[Particle, ...], tag: str) -> bool:
    """Whether a branch can begin with `tag`: any element up to the first one that must be there."""
    for particle in branch:
        if any(element.tag == tag for element in elements((particle,))):
            return True
        if particle.least:
            return False
    return False


def _check_one(child: etree._Element, element: Element, *, version: Version) -> None:
    if element.since > version:
        raise StructureFault(f"{element.tag} does not exist in qbXML {_text(version)}")
    unknown = next((str(name) for name in child.attrib if name != element.macro), None)
    if unknown is not None:
        raise StructureFault(f"{element.tag} has no attribute {unknown!r}")
    if element.is_aggregate:
        _check_content(child, element.children, version=version)
    elif len(child):
        raise StructureFault(f"{element.tag} holds a value, no elements")
    elif element.kind is Kind.ENUM and (child.text or "") not in element.values:
        raise StructureFault(f"{element.tag} may not be {child.text!r}")
    elif element.kind is Kind.GUID and not _GUID.fullmatch(child.text or ""):
        raise StructureFault(f"{element.tag} must be 0 or a GUID in braces")


def first_value_fault(
    parent: etree._Element, declared: tuple[Particle, ...], *, stores: bool = False
) -> ValueFault | None:
    """Return the first bad value of a request whose structure is sound, in document order.

    Where a request `stores` something, what must be there must also say something (3150).
    """
    by_tag = {element.tag: element for element in elements(declared)}
    required = required_tags(declared) if stores else frozenset()
    for child in parent.iterchildren(tag=etree.Element):
        element = by_tag[str(child.tag)]
        if element.tag in required and _says_nothing(child, element):
            return ValueFault(3150, "", element.tag)
        fault = (
            first_value_fault(child, element.children, stores=stores)
            if element.is_aggregate
            else value_fault(child.text or "", element)
        )
        if fault is not None:
            return fault
    return None


def _says_nothing(child: etree._Element, element: Element) -> bool:
    """Whether a value or reference is empty. An empty ID is one that no record has, which earns 3120."""
    if element.kind is Kind.ID or element.tag in _MAY_BE_EMPTY:
        return False
    if element.is_aggregate and not element.tag.endswith("Ref"):
        return False
    return not any((each.text or "").strip() for each in child.iter(etree.Element))


def value_fault(text: str, element: Element) -> ValueFault | None:
    """Return what is wrong with one value, None when QuickBooks can read it."""
    if element.max_length is not None and len(text) > element.max_length:
        return ValueFault(3000 if element.kind is Kind.ID else 3070, text, element.tag)
    rule = _VALUE_RULES.get(element.kind) if element.kind else None
    if rule is not None and not rule[1](text, element):
        return ValueFault(rule[0], text, element.tag)
    return None


def _text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
