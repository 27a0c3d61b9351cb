"""What a declaration may say, what it must not, and what the codec makes of a union and of clearing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import pytest
from lxml import etree

import qbwire.messages
from qbwire.codec import (
    Attr,
    OneOf,
    Tag,
    UnreadableRecord,
    UseMacro,
    branches,
    declared_messages,
    decode,
    elements_of,
    encode,
    message,
    tags_of,
    wire_name,
)
from qbwire.errors import DeclarationError, InvalidMessage, LocalError, RemoteError, UserError, WireError
from qbwire.scalars import PRICE

assert qbwire.messages  # importing it declares them
frozen = dataclass(frozen=True, slots=True, kw_only=True)


@frozen
class Line:
    text: Annotated[str | None, Tag("Desc", 10)] = None


@frozen
class Group:
    name: Annotated[str, Tag("Name", 10)]


@frozen
class Document:
    """As an invoice is one: lines and groups mixed, and a choice with a complete branch."""

    lines: Annotated[tuple[Line | Group, ...], OneOf("LineRet", "GroupRet")] = ()
    memo: Annotated[str | None, Tag("Memo", 5)] = None


def xml(record: Any) -> str:
    return etree.tostring(encode(record, tag="X")).decode()


def test_a_union_keeps_its_order() -> None:
    document = Document(lines=(Line(text="a"), Group(name="g"), Line(text="b")))
    assert xml(document) == (
        "<X><LineRet><Desc>a</Desc></LineRet><GroupRet><Name>g</Name></GroupRet><LineRet><Desc>b</Desc></LineRet></X>"
    )
    assert decode(Document, encode(document, tag="X")) == document


def test_a_union_is_asked_for_by_all_its_elements() -> None:
    assert tags_of(Document, "memo", "lines") == ("LineRet", "GroupRet", "Memo")


@frozen
class Applied:
    txn_id: Annotated[str | UseMacro, Tag("TxnID", 5)]


def test_a_macro_stands_in_place_of_an_id() -> None:
    for record, written in (
        (Applied(txn_id="C5-1"), "<X><TxnID>C5-1</TxnID></X>"),
        (Applied(txn_id=UseMacro("TxnID:first")), '<X><TxnID useMacro="TxnID:first"/></X>'),
    ):
        assert xml(record) == written
        assert decode(Applied, etree.fromstring(written)) == record
    for wrong in ("", "first", "TxnID:", "TxnID:é", "TxnID:a b"):
        with pytest.raises(InvalidMessage, match="X/TxnID/@useMacro"):
            xml(Applied(txn_id=UseMacro(wrong)))
    for blank in ("<X><TxnID/></X>", '<X><TxnID useMacro=""> </TxnID></X>', "<X/>"):
        with pytest.raises(UnreadableRecord, match="TxnID: is missing"):
            decode(Applied, etree.fromstring(blank))


@frozen
class Plain:
    memo: Annotated[str | None, Tag("Memo")] = None


def test_a_macro_is_taken_only_where_it_is_declared() -> None:
    with pytest.raises(InvalidMessage, match="X/Memo: does not take"):
        xml(Plain(memo=UseMacro("TxnID:first")))


def test_an_empty_text_clears_where_none_leaves_alone() -> None:
    """Modification: an absent element is unchanged, an empty one clears the field."""
    assert xml(Document(memo=None)) == "<X/>"
    assert xml(Document(memo="")) == "<X><Memo></Memo></X>"


TYPED_BY_HAND, TYPED_BY_TABLE = branches(2, required=True)


@frozen
class Choosing:
    kind: Annotated[str | None, Tag("Kind", 5, required=True), TYPED_BY_HAND] = None
    value: Annotated[str | None, Tag("Value", 5, required=True), TYPED_BY_HAND] = None
    table: Annotated[str | None, Tag("Table", 5), TYPED_BY_TABLE] = None


def test_a_taken_branch_is_complete() -> None:
    assert xml(Choosing(kind="a", value="b")) == "<X><Kind>a</Kind><Value>b</Value></X>"
    assert xml(Choosing(table="t")) == "<X><Table>t</Table></X>"
    with pytest.raises(InvalidMessage, match="X/Value: is required here"):
        xml(Choosing(kind="a"))
    with pytest.raises(InvalidMessage, match="X: takes one of Kind, Table, not several"):
        xml(Choosing(kind="a", table="t"))
    with pytest.raises(InvalidMessage, match="X: needs one of Kind, Value, Table"):
        xml(Choosing())


OUTER_A, OUTER_B = branches(2)
INNER_A, INNER_B = branches(2, required=True)


@frozen
class Nested:
    plain: Annotated[str | None, Tag("Plain"), OUTER_A] = None
    first: Annotated[str | None, Tag("First"), OUTER_B, INNER_A] = None
    second: Annotated[str | None, Tag("Second"), OUTER_B, INNER_B] = None
    extra: Annotated[str | None, Tag("Extra"), OUTER_B] = None


def test_an_inner_choice_is_required_only_where_the_outer_branch_is_taken() -> None:
    assert xml(Nested(plain="p")) == "<X><Plain>p</Plain></X>"
    assert xml(Nested(first="f", extra="e")) == "<X><First>f</First><Extra>e</Extra></X>"
    for wrong in (Nested(extra="e"), Nested(first="f", second="s"), Nested(plain="p", first="f")):
        with pytest.raises(InvalidMessage):
            xml(wrong)


@frozen
class Repeated:
    numbers: Annotated[tuple[Decimal, ...], Tag("Number", PRICE, least=2, most=3)] = ()


def test_repetition_has_bounds() -> None:
    one = Decimal(1)
    assert xml(Repeated(numbers=(one, one))) == "<X><Number>1</Number><Number>1</Number></X>"
    for count in (1, 4):
        with pytest.raises(InvalidMessage, match=f"occurs {count} times"):
            xml(Repeated(numbers=(one,) * count))


@pytest.mark.parametrize("value", [1, "1", 1.5, True, None])
def test_a_value_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(InvalidMessage, match="Number"):
        xml(Repeated(numbers=(value, value)))


# --- declarations ---------------------------------------------------------------------------------


@frozen
class NoTag:
    name: str = ""


@frozen
class TwoTags:
    name: Annotated[str, Tag("A"), Tag("B")] = ""


@frozen
class NoDefault:
    name: Annotated[str | None, Tag("A")]


@frozen
class WrongForm:
    name: Annotated[str, Tag("A", PRICE)] = ""


@frozen
class NoForm:
    name: Annotated[float, Attr("a")] = 0.0


class NoDataclass:
    pass


@pytest.mark.parametrize("cls", [NoTag, TwoTags, NoDefault, WrongForm, NoForm, NoDataclass])
def test_a_declaration_that_contradicts_itself_is_our_bug(cls: type) -> None:
    with pytest.raises(DeclarationError, match=cls.__name__):
        elements_of(cls)


def test_a_name_is_declared_once() -> None:
    name, *_ = declared_messages()
    with pytest.raises(DeclarationError, match=f"{name} is declared twice"):
        message(name)(Line)
    with pytest.raises(DeclarationError, match="Line is no declared message"):
        wire_name(Line)


def test_every_error_belongs_to_one_of_three_families() -> None:
    families = (LocalError, RemoteError, UserError)
    assert set(WireError.__subclasses__()) == set(families)
    for family in families:
        for error in family.__subclasses__():
            assert sum(issubclass(error, one) for one in families) == 1
