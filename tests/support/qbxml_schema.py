"""The published XSDs as plain facts: which elements, in what order, of which form, how often, in which choice.

Nothing of the schema is kept here; the folder is named by QBXML_SCHEMA_DIR.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
FILES = ("qbxmltypes130.xsd", "qbxml130.xsd", "qbxmlops130.xsd")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One element (or attribute) of a content model."""

    tag: str
    type: str  # STRTYPE, …; aggregate
    least: int
    most: int | None
    max_length: int | None = None
    bounds: tuple[int | None, int | None] = (None, None)
    words: frozenset[str] = frozenset()
    children: tuple["Fact", ...] = ()
    attributes: frozenset[str] = frozenset()
    branches: tuple[tuple[int, int, bool], ...] = ()  # (number of the choice, branch in it, is it required)


@dataclass
class _Walk:
    """Numbers the choices of one content model as they are met."""

    choices: int = 0
    facts: list[Fact] = field(default_factory=list)


class Schema:
    """The three files, indexed by the names of their global parts."""

    def __init__(self, folder: Path) -> None:
        self._global: dict[tuple[str, str], etree._Element] = {}
        for name in FILES:
            for part in etree.parse(folder / name).getroot():
                if isinstance(part.tag, str) and part.get("name"):
                    self._global[part.tag.removeprefix(XSD), part.get("name", "")] = part
        self.validator = etree.XMLSchema(etree.parse(folder / FILES[-1]))

    def facts_of(self, name: str) -> tuple[Fact, ...]:
        """The content of a global element like CustomerRet, or of a type like CustomerQueryRqType."""
        part = self._global.get(("element", name))
        holder = self._global["complexType", name] if part is None else part.find(f"{XSD}complexType")
        assert holder is not None
        return self._content(holder)

    def attributes_of(self, type_name: str) -> dict[str, frozenset[str]]:
        """The attributes of a type, with the words they may hold."""
        holder = self._global["complexType", type_name]
        return {
            attribute.get("name", ""): frozenset(
                word.get("value", "") for word in attribute.iter(f"{XSD}enumeration")
            )
            for attribute in holder.findall(f"{XSD}attribute")
        }

    def requests(self) -> set[str]:
        """Every request that a message set may hold."""
        return {part.get("name", "") for part in self._global["element", "QBXMLMsgsRq"].iter(f"{XSD}element")} - {
            "QBXMLMsgsRq"
        }

    def _content(self, complex_type: etree._Element) -> tuple[Fact, ...]:
        walk = _Walk()
        for part in complex_type:
            if part.tag in {f"{XSD}sequence", f"{XSD}choice", f"{XSD}group"}:
                self._particle(part, walk=walk, branches=())
        return tuple(walk.facts)

    def _particle(
        self,
        part: etree._Element,
        *,
        walk: _Walk,
        branches: tuple[tuple[int, int, bool], ...],
        optional: bool = False,
    ) -> None:
        optional = optional or part.get("minOccurs") == "0"
        if part.tag == f"{XSD}choice" and part.get("maxOccurs") == "unbounded":
            facts = [self._element(inner, branches=branches, optional=True) for inner in _particles(part)]
            walk.facts += [replace(fact, most=None) for fact in facts]  # any of them, any number of times
        elif part.tag == f"{XSD}element":
            walk.facts.append(self._element(part, branches=branches, optional=optional))
        elif part.tag == f"{XSD}choice":
            walk.choices += 1
            number = walk.choices
            for branch, inner in enumerate(_particles(part)):
                mark = (number, branch, not optional)
                self._particle(inner, walk=walk, branches=(*branches, mark))
        else:
            inner_part = part
            if part.tag == f"{XSD}group" and part.get("ref"):
                inner_part = self._global["group", part.get("ref", "")]
            for inner in _particles(inner_part):
                self._particle(inner, walk=walk, branches=branches, optional=optional)

    def _element(self, part: etree._Element, *, branches: tuple[tuple[int, int, bool], ...], optional: bool) -> Fact:
        most = part.get("maxOccurs", "1")
        declared = self._global["element", part.get("ref", "")] if part.get("ref") else part
        least = 0 if optional else int(part.get("minOccurs", "1"))
        complex_type = declared.find(f"{XSD}complexType")
        type_name = declared.get("type", "")
        if complex_type is None and ("complexType", type_name) in self._global:
            complex_type = self._global["complexType", type_name]
        common = {
            "tag": declared.get("name", ""),
            "least": least,
            "most": None if most == "unbounded" else int(most),
            "branches": branches,
            "attributes": frozenset(part.get("name", "") for part in _attributes(complex_type)),
        }
        if complex_type is not None and complex_type.find(f"{XSD}simpleContent") is None:
            return Fact(type="aggregate", children=self._content(complex_type), **common)  # type: ignore[arg-type]
        return Fact(**self._form(declared), **common)  # type: ignore[arg-type]

    def _form(self, declared: etree._Element) -> dict[str, object]:
        restriction = declared.find(f"{XSD}simpleType/{XSD}restriction")
        extension = declared.find(f"{XSD}complexType/{XSD}simpleContent/{XSD}extension")
        if restriction is None:
            name = declared.get("type") or (extension.get("base") if extension is not None else "") or ""
            return {"type": name, "max_length": 36 if name == "IDTYPE" else None}

        def facet(name: str) -> int | None:
            found = restriction.find(f"{XSD}{name}") if restriction is not None else None
            return int(found.get("value", "")) if found is not None else None

        return {
            "type": restriction.get("base", ""),
            "max_length": facet("maxLength"),
            "bounds": (facet("minInclusive"), facet("maxInclusive")),
            "words": frozenset(word.get("value", "") for word in restriction.iter(f"{XSD}enumeration")),
        }


def _particles(part: etree._Element) -> Iterator[etree._Element]:
    names = {f"{XSD}{name}" for name in ("element", "sequence", "choice", "group")}
    return (child for child in part if child.tag in names)


def _attributes(complex_type: etree._Element | None) -> Iterator[etree._Element]:
    """The attributes of the type itself, not those of the elements in it."""
    if complex_type is not None:
        yield from complex_type.findall(f"{XSD}attribute")
        yield from complex_type.findall(f"{XSD}simpleContent/{XSD}extension/{XSD}attribute")
        yield from complex_type.findall(f"{XSD}simpleContent/{XSD}restriction/{XSD}attribute")


@cache
def load(folder: Path) -> Schema:
    """The schema of that folder, read once."""
    return Schema(folder)
