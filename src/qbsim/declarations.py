"""How a message is declared: its elements in wire order, one line each, with type, length and cardinality.

The declarations in `messages/` are data; `checking` runs them over requests and `writing` over responses.
Cardinality is written as in the qbXML reference: "" exactly one, "?" at most one, "*" any number,
"+" at least one, "0..8" a range.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from qbsim.wiretext import Version, version

EVER: Version = (1, 0)

_CARDINALITIES: dict[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


class Kind(Enum):
    """The data types of qbXML; the value is the reference's name for it."""

    STRING = "STRTYPE"
    ID = "IDTYPE"
    GUID = "GUIDTYPE"
    BOOL = "BOOLTYPE"
    DATE = "DATETYPE"
    DATETIME = "DATETIMETYPE"
    AMOUNT = "AMTTYPE"
    PRICE = "PRICETYPE"
    QUANTITY = "QUANTYPE"
    PERCENT = "PERCENTTYPE"
    INT = "INTTYPE"
    FLOAT = "FLOATTYPE"
    ENUM = "ENUMTYPE"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: with `children` an aggregate, else a value of `kind`."""

    tag: str
    kind: Kind | None = None
    least: int = 1
    most: int | None = 1  # None: any number
    since: Version = EVER
    max_length: int | None = None
    values: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    children: "tuple[Particle, ...]" = ()
    macro: str = ""  # the attribute it may bear: defMacro or useMacro

    @property
    def is_aggregate(self) -> bool:
        return self.kind is None


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one branch ("one of"), or none when `least` is 0; any mixture when `most` is None."""

    branches: "tuple[tuple[Particle, ...], ...]"
    least: int = 1
    most: int | None = 1


Particle = Element | Choice


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    values: tuple[str, ...] = ()
    required: bool = False
    since: Version = EVER


@dataclass(frozen=True, slots=True)
class Request:
    """One kind of request: `tag` without Rq, its attributes besides requestID, and its body."""

    tag: str
    body: tuple[Particle, ...]
    attributes: tuple[Attribute, ...] = ()
    since: Version = EVER


def _cardinality(many: str) -> tuple[int, int | None]:
    if many in _CARDINALITIES:
        return _CARDINALITIES[many]
    least, most = many.split("..")
    return int(least), int(most)


def _value(kind: Kind, tag: str, many: str, since: str, max_length: int | None = None) -> Element:
    least, most = _cardinality(many)
    return Element(tag, kind, least, most, version(since), max_length)


def string(tag: str, max_length: int | None = None, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.STRING, tag, many, since, max_length)


def identifier(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.ID, tag, many, since, 36)  # IDTYPE, qbXML 13


def guid(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.GUID, tag, many, since)


def boolean(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.BOOL, tag, many, since)


def day(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.DATE, tag, many, since)


def moment(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.DATETIME, tag, many, since)


def amount(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.AMOUNT, tag, many, since)


def floating(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.FLOAT, tag, many, since)


def price(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.PRICE, tag, many, since)


def quantity(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.QUANTITY, tag, many, since)


def percent(tag: str, many: str = "", *, since: str = "1.0") -> Element:
    return _value(Kind.PERCENT, tag, many, since)


def integer(
    tag: str, many: str = "", *, since: str = "1.0", lowest: int | None = None, highest: int | None = None
) -> Element:
    least, most = _cardinality(many)
    return Element(tag, Kind.INT, least, most, version(since), lowest=lowest, highest=highest)


def enum(tag: str, values: str, many: str = "", *, since: str = "1.0") -> Element:
    """`values` are the names separated by blanks; case matters on the wire."""
    least, most = _cardinality(many)
    return Element(tag, Kind.ENUM, least, most, version(since), values=tuple(values.split()))


def aggregate(tag: str, *children: Particle, many: str = "", since: str = "1.0", macro: str = "") -> Element:
    least, most = _cardinality(many)
    return Element(tag, None, least, most, version(since), children=children, macro=macro)


def ref(tag: str, max_length: int | None = None, many: str = "?", *, since: str = "1.0") -> Element:
    """Declare a reference to a list element: ListID, FullName or both (ListID decides)."""
    return aggregate(tag, identifier("ListID", "?"), string("FullName", max_length, "?"), many=many, since=since)


def one_of(*branches: Particle | tuple[Particle, ...], many: str = "") -> Choice:
    least, most = _cardinality(many)
    return Choice(tuple(branch if isinstance(branch, tuple) else (branch,) for branch in branches), least, most)


def elements(particles: tuple[Particle, ...]) -> Iterator[Element]:
    """Walk the elements of one level, those inside choices included, in wire order."""
    for particle in particles:
        if isinstance(particle, Element):
            yield particle
        else:
            for branch in particle.branches:
                yield from elements(branch)


def required_tags(particles: tuple[Particle, ...]) -> frozenset[str]:
    """Return the names of what must stand at one level whatever else does; a choice leaves open which of its own."""
    return frozenset(particle.tag for particle in particles if isinstance(particle, Element) and particle.least)
