"""One decoder and one encoder for every message, driven by its declaration.

A message is a frozen, slotted, keyword-only dataclass whose fields stand in wire order, each with its wire name:

    list_id: Annotated[str, Tag("ListID", ID)]
    name: Annotated[str | None, Tag("Name", 41)] = None

A field without default is required; a tuple repeats; another declared dataclass nests; `| None` may be absent.
`str | UseMacro` takes an ID, or the name that an earlier request of the same set gave to what it adds.
A field with a default and `required=True` is required in writing only: QuickBooks is known to leave it blank.
Writing is strict: order, required, length, form, repetition and choice are checked, and what is wrong raises
InvalidMessage. Reading is by name, in any order: unknown elements are passed over, unknown words of an enumeration
and over-long texts are kept, and absent, empty and blank are the same. Only a missing required element and a value
without the form of its type make a record unreadable.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, MISSING, Field, dataclass, fields, is_dataclass, make_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from lxml import etree

from qbwire.errors import DeclarationError, InvalidMessage
from qbwire.scalars import AMOUNT, BOOL, DATE, INT, MACRO, Scalar, fits_quickbooks, text

T = TypeVar("T")
Texts = dict[str, Any]  # by wire name: text, Texts, or a list of either
Decoder = Callable[[etree._Element], Any]  # noqa: SLF001 - lxml has no public name for its elements

# --- declarations ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The words that a field may hold. Others are kept in reading and refused in writing."""

    words: tuple[str, ...]


def words(*allowed: str) -> Enumeration:
    """Return the enumeration of these words."""
    return Enumeration(allowed)


class _Outer:
    """The length of this text is stated where its aggregate is used, as in `Tag("TermsRef", 31)`."""


OUTER = _Outer()


@dataclass(frozen=True, slots=True)
class Tag:
    """The element of a field: its wire name and its form.

    `form` is a length for text, a Scalar, an Enumeration, or for an aggregate the length of its OUTER text.
    Without it the Python type decides: str, bool, int, Decimal (an amount), date, Literal.
    `least` and `most` bound a repeated element. `required` demands a field that has a default: in writing, and in a
    choice only where its branch is taken.
    """

    name: str
    form: int | Scalar | Enumeration | _Outer | None = None
    _: KW_ONLY
    least: int = 0
    most: int | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Attr:
    """The XML attribute of a field."""

    name: str
    form: int | Scalar | Enumeration | None = None


class OneOf:
    """The elements of a field that holds a union of aggregates, named in the order of the union."""

    def __init__(self, *names: str) -> None:
        self.names = names


@dataclass(frozen=True, slots=True)
class UseMacro:
    """In place of an ID: what an earlier request of the same set adds under this `defMacro`, like TxnID:first."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several: at most one of its branches may be used, exactly one if `required`."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """Marks a field as belonging to one branch of a choice; inner choices are marked after outer ones."""

    choice: Choice
    number: int


def branches(count: int, *, required: bool = False) -> tuple[Branch, ...]:
    """Return the marks of one choice, one for each of its branches, in order, to unpack into names."""
    choice = Choice(required=required)
    return tuple(Branch(choice, number) for number in range(count))


_CLASSES: dict[str, type] = {}
_NAMES: dict[type, str] = {}


def message(name: str) -> Callable[[type[T]], type[T]]:
    """Declare the class as the wire's element of that name, like CustomerQueryRq or CustomerRet."""

    def register(cls: type[T]) -> type[T]:
        if name in _CLASSES:
            raise DeclarationError(f"{name} is declared twice")
        _CLASSES[name] = cls
        _NAMES[cls] = name
        return cls

    return register


def declared_messages() -> Mapping[str, type]:
    """Return every declared message by its wire name."""
    return types.MappingProxyType(_CLASSES)


def wire_name(cls: type) -> str:
    """Return the wire's name of a declared message."""
    try:
        return _NAMES[cls]
    except KeyError:
        raise DeclarationError(f"{cls.__name__} is no declared message") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One field of a declaration, as codec and tests read it."""

    field: str
    tag: str
    is_attribute: bool
    scalar: Scalar | None  # None: an aggregate
    aggregates: tuple[tuple[str, type], ...]  # its tag and class; several where the field holds a union
    limit: int | None  # characters; of an aggregate: of its OUTER text
    takes_outer_limit: bool
    takes_macro: bool
    words: tuple[str, ...]
    repeats: bool
    least: int  # 1: required
    may_be_blank: bool  # required in writing only
    most: int | None  # None: any number
    default: Any
    branches: tuple[Branch, ...]  # from the outermost choice inwards

    def is_given(self, record: object) -> bool:
        """A field at its default is absent; so is a required one that holds nothing."""
        value = getattr(record, self.field)
        return value != self.default and (value not in (None, "", ()) or not self.least)


@cache
def elements_of(cls: type) -> tuple[Element, ...]:
    """Return the fields of a declaration in wire order, attributes among them where they are declared."""
    if not is_dataclass(cls):
        raise DeclarationError(f"{cls.__name__} is no dataclass")
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_element(declared, hint=hints[declared.name], owner=cls) for declared in fields(cls))


_BY_PYTHON_TYPE: Mapping[type, Scalar] = {str: text(), bool: BOOL, int: INT, Decimal: AMOUNT, date: DATE}


def _element(declared: Field[Any], *, hint: Any, owner: type) -> Element:
    where = f"{owner.__name__}.{declared.name}"
    python, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    tags = [mark for mark in marks if isinstance(mark, Tag | Attr | OneOf)]
    if len(tags) != 1:
        raise DeclarationError(f"{where} needs one Tag, Attr or OneOf")
    (tag,) = tags
    options, repeats, may_be_none = _unwrapped(python)
    is_required = declared.default is MISSING
    if is_required and may_be_none:
        raise DeclarationError(f"{where} may be None and needs that default")
    names = tag.names if isinstance(tag, OneOf) else (tag.name,)
    form = None if isinstance(tag, OneOf) else tag.form
    is_aggregate = all(is_dataclass(option) for option in options)
    literals = get_args(options[0]) if get_origin(options[0]) is Literal else ()
    least, most = (max(tag.least, int(tag.required)), tag.most) if isinstance(tag, Tag) else (0, None)
    return Element(
        field=declared.name,
        tag=names[0],
        is_attribute=isinstance(tag, Attr),
        scalar=None if is_aggregate else _scalar(form, python=str if literals else options[0], where=where),
        aggregates=tuple(zip(names, options, strict=True)) if is_aggregate else (),
        limit=form if isinstance(form, int) else form.max_length if isinstance(form, Scalar) else None,
        takes_outer_limit=form is OUTER,
        takes_macro=UseMacro in options,
        words=form.words if isinstance(form, Enumeration) else literals,
        repeats=repeats,
        least=max(least, int(is_required)),
        may_be_blank=not is_required,
        most=most if repeats else 1,
        default=() if repeats else None if is_required else declared.default,
        branches=tuple(mark for mark in marks if isinstance(mark, Branch)),
    )


def _unwrapped(python: Any) -> tuple[tuple[Any, ...], bool, bool]:
    """Take `X | None` and `tuple[X | Y, ...]` apart: (the types, is it a tuple, may it be None)."""
    repeats = get_origin(python) is tuple
    inner = get_args(python)[0] if repeats else python
    if get_origin(inner) not in {Union, types.UnionType}:
        return (inner,), repeats, False
    options = tuple(option for option in get_args(inner) if option is not types.NoneType)
    return options, repeats, len(options) < len(get_args(inner))


def _scalar(form: object, *, python: Any, where: str) -> Scalar:
    scalar = form if isinstance(form, Scalar) else _BY_PYTHON_TYPE.get(python)
    if scalar is None or scalar.python is not python:
        raise DeclarationError(f"{where}: no form for {python}")
    return scalar


def tags_of(cls: type, *field_names: str) -> tuple[str, ...]:
    """Return the wire names of fields, in wire order, for IncludeRetElement."""
    known = {element.field: [tag for tag, _ in element.aggregates] or [element.tag] for element in elements_of(cls)}
    if unknown := set(field_names) - known.keys():
        raise DeclarationError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
    return tuple(tag for field, tags in known.items() if field in field_names for tag in tags)


# --- reading --------------------------------------------------------------------------------------


class UnreadableRecord(Exception):
    """One record cannot be read; `path` and `reason` say where and why. The others are not touched by it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def decode(cls: type[T], element: etree._Element) -> T:
    """Read an element as a message; raise UnreadableRecord for a missing required field or a malformed value."""
    declared: type = cls
    record: T = decoder_of(declared)(element)
    return record


@cache
def decoder_of(cls: type, *, is_nested: bool = False) -> Decoder:
    """Return the compiled decoder of a declaration: a dictionary from tag to slot, and one pass over the children.

    A nested one returns None for an aggregate with nothing in it.
    """
    elements = elements_of(cls)
    blank = [element.default for element in elements]
    slots = {
        tag: (index, read, element.repeats)
        for index, element in enumerate(elements)
        for tag, read in _readers(element)
    }
    slot_of = slots.get
    finish = _finisher(cls, is_nested=is_nested)

    def decode_element(element: etree._Element) -> Any:
        values = blank.copy()
        for child in element:
            slot = slot_of(child.tag)
            if slot is None:
                continue
            index, read, repeats = slot
            if read is None:  # plain text, by far the most frequent
                value: Any = child.text
                if not value or value.isspace():
                    continue
            else:
                value = read(child)
                if value is None:
                    continue
            if not repeats:
                values[index] = value
            elif values[index]:
                values[index].append(value)
            else:
                values[index] = [value]
        return finish(values, element)

    return decode_element


def _finisher(cls: type, *, is_nested: bool) -> Callable[[list[Any], etree._Element], Any]:
    """Return what makes a record of the values that were found: attributes, required elements, the instance."""
    elements = elements_of(cls)
    blank = [element.default for element in elements]
    attributes = [(index, element) for index, element in enumerate(elements) if element.is_attribute]
    required = [(index, element.tag) for index, element in enumerate(elements) if not element.may_be_blank]
    repeated = [index for index, element in enumerate(elements) if element.repeats]
    build = _builder(cls)

    def finish(values: list[Any], element: etree._Element) -> Any:
        for index, declared in attributes:
            values[index] = _read_attribute(declared, element=element)
        if is_nested and values == blank:
            return None
        for index, tag in required:
            if values[index] in (None, ()):
                raise UnreadableRecord(f"{element.tag}/{tag}", "is missing")
        for index in repeated:
            values[index] = tuple(values[index])
        return build(values)

    return finish


def _readers(element: Element) -> Iterable[tuple[Any, Decoder | None]]:
    """Pair each tag of a field with what reads it: an aggregate's decoder, a scalar's reader, None for plain text."""
    if element.aggregates:
        return [(tag, decoder_of(option, is_nested=True)) for tag, option in element.aggregates]
    if element.is_attribute or element.scalar is None:
        return []
    if element.takes_macro:
        return [(element.tag, _read_id_or_macro)]
    return [(element.tag, None if element.scalar.python is str else _text_reader(element.scalar.read))]


def _read_id_or_macro(child: etree._Element) -> str | UseMacro | None:
    name = child.get("useMacro")
    value = child.text
    return UseMacro(name) if name else value if value and not value.isspace() else None


def _text_reader(read: Callable[[str], Any]) -> Decoder:
    def read_child(child: etree._Element) -> Any:
        value = child.text
        if not value or value.isspace():
            return None
        try:
            return read(value)
        except ValueError as error:
            parent = child.getparent()
            raise UnreadableRecord(f"{'' if parent is None else parent.tag}/{child.tag}", str(error)) from error

    return read_child


def _read_attribute(declared: Element, *, element: etree._Element) -> Any:
    value = element.get(declared.tag)
    if declared.scalar is None or value is None or not value.strip():
        return declared.default
    try:
        return declared.scalar.read(value)
    except ValueError as error:
        raise UnreadableRecord(f"{element.tag}/@{declared.tag}", str(error)) from error


def _builder(cls: type) -> Callable[[list[Any]], Any]:
    """Return what makes an instance of the values in field order.

    A frozen __init__ sets every field through object.__setattr__, which would cost a third of all decoding. So the
    instance is born as a writable draft of the same layout, filled by an ordinary __init__, and then becomes frozen.
    """
    filled = make_dataclass(cls.__name__, [declared.name for declared in fields(cls)])
    draft = type(
        cls.__name__,
        cls.__bases__,
        {
            "__slots__": cls.__dict__["__slots__"],
            "__init__": vars(filled)["__init__"],
            "__setattr__": object.__setattr__,
            "__delattr__": object.__delattr__,
        },
    )

    def build(values: list[Any]) -> Any:
        record = draft(*values)
        record.__class__ = cls
        return record

    return build


@cache
def text_reader_of(cls: type) -> Callable[[etree._Element], Texts]:
    """Return what reads an element as plain texts by wire name, in the shape of its declaration."""
    readers = {
        tag: (text_reader_of(option) if element.aggregates else None, element.repeats)
        for element in elements_of(cls)
        if not element.is_attribute
        for tag, option in element.aggregates or ((element.tag, str),)
    }
    reader_of = readers.get

    def read(element: etree._Element) -> Texts:
        found: Texts = {}
        for child in element:
            tag = child.tag
            reader = reader_of(tag)
            if reader is None:
                continue
            inner, repeats = reader
            if inner is not None:
                value: Any = inner(child)
            elif value := child.text:
                value = value.strip()
            if not value:
                continue
            if repeats:
                found.setdefault(tag, []).append(value)
            else:
                found[tag] = value
        return found

    return read


# --- writing --------------------------------------------------------------------------------------


def encode(record: Any, *, tag: str | None = None) -> etree._Element:
    """Write a message as an element; raise InvalidMessage where its declaration forbids it.

    A field at its default is left out; "" in a field whose default is None writes an empty element, which clears it.
    """
    element = etree.Element(tag or wire_name(type(record)))
    _fill(element, record, path=str(element.tag), outer_limit=None)
    return element


def _fill(element: etree._Element, record: Any, *, path: str, outer_limit: int | None) -> None:
    cls: type = type(record)
    declared = elements_of(cls)
    _check_choices(record, cls=cls, path=path)
    for field in declared:
        place = f"{path}/{'@' if field.is_attribute else ''}{field.tag}"
        if not field.is_given(record):
            if field.least and not field.branches:
                raise InvalidMessage(place, "is required")
            continue
        given = getattr(record, field.field)
        values = given if field.repeats else (given,)
        _check_count(len(values), field=field, place=place)
        limit = outer_limit if field.takes_outer_limit else field.limit
        for value in values:
            if field.is_attribute:
                element.set(field.tag, _written(value, field=field, limit=limit, place=place))
            elif field.aggregates:
                tag = _tag_for(value, field=field, place=place)
                _fill(etree.SubElement(element, tag), value, path=f"{path}/{tag}", outer_limit=limit)
            elif field.takes_macro and isinstance(value, UseMacro):
                etree.SubElement(element, field.tag).set("useMacro", _written_macro(value, place=place))
            else:
                etree.SubElement(element, field.tag).text = _written(value, field=field, limit=limit, place=place)


def _check_count(count: int, *, field: Element, place: str) -> None:
    if count < field.least:
        raise InvalidMessage(place, f"occurs {count} times, and must at least {field.least} times")
    if field.most is not None and count > field.most:
        raise InvalidMessage(place, f"occurs {count} times, and may at most {field.most} times")


def _tag_for(value: object, *, field: Element, place: str) -> str:
    for tag, option in field.aggregates:
        if type(value) is option:
            return tag
    allowed = " or ".join(option.__name__ for _, option in field.aggregates)
    raise InvalidMessage(place, f"takes {allowed}, not {type(value).__name__}")


def _written(value: object, *, field: Element, limit: int | None, place: str) -> str:
    scalar = field.scalar
    if scalar is None or type(value) is not scalar.python:
        raise InvalidMessage(place, f"does not take {value!r}")
    if value == "":
        return ""
    try:
        written = scalar.write(value)
    except ValueError as error:
        raise InvalidMessage(place, str(error)) from error
    if limit is not None and len(written) > limit:
        raise InvalidMessage(place, f"has {len(written)} characters of at most {limit}")
    if field.words and written not in field.words:
        raise InvalidMessage(place, f"is one of {', '.join(field.words)}, not {written!r}")
    if not fits_quickbooks(written):
        raise InvalidMessage(place, f"{written!r} holds what QuickBooks cannot store; storable_text tells a person")
    return written


def _written_macro(macro: UseMacro, *, place: str) -> str:
    try:
        return MACRO.write(macro.name)
    except ValueError as error:
        raise InvalidMessage(f"{place}/@useMacro", str(error)) from error


def _check_choices(record: Any, *, cls: type, path: str) -> None:
    """Hold ONE OF: no two branches of a choice, one where it is required, and a taken branch is complete."""
    declared = elements_of(cls)
    given = [field for field in declared if field.is_given(record)]
    taken = {branch for field in given for branch in field.branches}
    for choice, outer in _choices_of(cls):
        used = {branch for branch in taken if branch.choice is choice}
        if len(used) > 1:
            both = [field.tag for field in given if used.intersection(field.branches)]
            raise InvalidMessage(path, f"takes one of {', '.join(both)}, not several")
        if choice.required and not used and outer <= taken:
            allowed = [field.tag for field in declared if any(mark.choice is choice for mark in field.branches)]
            raise InvalidMessage(path, f"needs one of {', '.join(allowed)}")
    for field in declared:
        if field.least and field.branches and field not in given and taken.issuperset(field.branches):
            raise InvalidMessage(f"{path}/{field.tag}", "is required here")


@cache
def _choices_of(cls: type) -> tuple[tuple[Choice, frozenset[Branch]], ...]:
    """Return each choice of a declaration with the branches that it stands in."""
    found: dict[Choice, frozenset[Branch]] = {}
    for field in elements_of(cls):
        for depth, branch in enumerate(field.branches):
            found.setdefault(branch.choice, frozenset(field.branches[:depth]))
    return tuple(found.items())
