"""What every message promises by being declared; a new declaration inherits all of it without a line here."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbwire.codec import Element, UnreadableRecord, decode, elements_of, encode
from qbwire.errors import InvalidMessage
from support.messages import all_classes, choices_of, examples, full_example, messages, sample

CLASSES = all_classes()


def each_field(condition: Any) -> list[Any]:
    """Every field that meets the condition, with the class and the branch of the choice that it stands in."""
    return [
        pytest.param(cls, element, id=f"{cls.__name__}-{element.field}")
        for cls in CLASSES
        for element in elements_of(cls)
        if condition(element)
    ]


def example_with(cls: type, element: Element) -> Any:
    """A full message that holds the field."""
    return next(example for example in examples(cls) if element.is_given(example))


def written(record: Any) -> etree._Element:
    """The record as it looks after a journey over the wire, and with the limit of names in references at hand."""
    return etree.fromstring(etree.tostring(encode(record, tag="X"), encoding="us-ascii"))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_full_message_survives_the_wire(cls: type) -> None:
    for example in examples(cls):
        assert decode(cls, written(example)) == example


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@settings(max_examples=30)  # each aggregate is drawn again in every message that holds it
@given(data=st.data())
def test_any_message_survives_the_wire(cls: type, data: st.DataObject) -> None:
    record = data.draw(messages(cls))
    assert decode(cls, written(record)) == record


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_elements_are_written_in_the_order_of_the_declaration(cls: type) -> None:
    tags = [tag for element in elements_of(cls) if not element.is_attribute for tag in [element.tag]]
    for example in examples(cls):
        order = [tags.index(str(child.tag)) for child in written(example)]
        assert order == sorted(order)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_elements_are_read_in_any_order(cls: type) -> None:
    for example in examples(cls):
        element = written(example)
        children = sorted(element, key=lambda child: str(child.tag), reverse=True)  # equal tags keep their order
        for child in children:
            element.append(child)
        assert decode(cls, element) == example


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_unknown_elements_are_passed_over(cls: type) -> None:
    example = full_example(cls)
    element = written(example)
    for place in (0, len(element)):
        unknown = etree.Element("AddedInLaterVersions")
        etree.SubElement(unknown, "ListID").text = "not ours"
        element.insert(place, unknown)
    assert decode(cls, element) == example


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: not e.may_be_blank and not e.is_attribute))
def test_a_missing_required_element_is_named_in_reading(cls: type, element: Element) -> None:
    for blank in (None, "", "  "):
        tree = written(example_with(cls, element))
        for child in tree.findall(element.tag):
            if blank is None:
                tree.remove(child)
            else:
                child[:] = []
                child.text = blank
        with pytest.raises(UnreadableRecord, match=element.tag):
            decode(cls, tree)


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: e.least and not e.branches))
def test_a_missing_required_element_is_refused_in_writing(cls: type, element: Element) -> None:
    broken = replace(example_with(cls, element), **{element.field: () if element.repeats else None})
    with pytest.raises(InvalidMessage, match=f"{element.tag}: is required"):
        encode(broken, tag="X")


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: e.may_be_blank and not e.is_attribute))
def test_absent_empty_and_blank_are_the_same(cls: type, element: Element) -> None:
    for blank in (None, "", " \n "):
        tree = written(example_with(cls, element))
        for child in tree.findall(element.tag):
            if blank is None:
                tree.remove(child)
            else:
                child[:] = []
                child.text = blank
        read = getattr(decode(cls, tree), element.field)
        assert read == element.default


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: e.limit is not None and e.scalar and not e.words))
def test_a_text_one_character_too_long_is_refused_in_writing_and_kept_in_reading(cls: type, element: Element) -> None:
    if element.scalar is None or element.limit is None or element.scalar.name == "GUIDTYPE":
        return
    for length, fits in ((element.limit, True), (element.limit + 1, False)):
        value = "é" * length
        record = replace(example_with(cls, element), **{element.field: (value,) if element.repeats else value})
        if fits:
            encode(record, tag="X")
        else:
            with pytest.raises(InvalidMessage, match=f"{element.tag}: has {length} characters"):
                encode(record, tag="X")
        tree = written(example_with(cls, element))
        tree.find(element.tag).text = value  # type: ignore[union-attr]
        read = getattr(decode(cls, tree), element.field)
        assert value in (read if element.repeats else (read,))


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: e.words and not e.is_attribute))
def test_an_unknown_word_is_refused_in_writing_and_kept_in_reading(cls: type, element: Element) -> None:
    record = replace(example_with(cls, element), **{element.field: ("Mail",) if element.repeats else "Mail"})
    with pytest.raises(InvalidMessage, match="is one of"):
        encode(record, tag="X")
    tree = written(example_with(cls, element))
    tree.find(element.tag).text = "Mail"  # type: ignore[union-attr]
    read = getattr(decode(cls, tree), element.field)
    assert "Mail" in (read if element.repeats else (read,))


@pytest.mark.parametrize(
    ("cls", "element"),
    each_field(lambda e: e.scalar is not None and e.scalar.python is not str and not e.is_attribute),
)
def test_a_value_without_the_form_of_its_type_breaks_the_record(cls: type, element: Element) -> None:
    tree = written(example_with(cls, element))
    tree.find(element.tag).text = "soon"  # type: ignore[union-attr]
    with pytest.raises(UnreadableRecord, match="soon"):
        decode(cls, tree)


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: e.repeats and e.most is not None))
def test_too_many_repetitions_are_refused_in_writing(cls: type, element: Element) -> None:
    assert element.most is not None
    record = replace(example_with(cls, element), **{element.field: (sample(element),) * (element.most + 1)})
    with pytest.raises(InvalidMessage, match="may at most"):
        encode(record, tag="X")


@pytest.mark.parametrize(("cls", "element"), each_field(lambda e: e.aggregates))
def test_an_aggregate_of_another_class_is_refused(cls: type, element: Element) -> None:
    class Stranger:
        pass

    record = replace(example_with(cls, element), **{element.field: (Stranger(),) if element.repeats else Stranger()})
    with pytest.raises(InvalidMessage, match="not Stranger"):
        encode(record, tag="X")


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if choices_of(cls)], ids=lambda cls: cls.__name__)
def test_two_branches_of_a_choice_are_refused(cls: type) -> None:
    first, *_, second = examples(cls)
    both = replace(
        first, **{e.field: getattr(second, e.field) for e in elements_of(cls) if e.branches and e.is_given(second)}
    )
    with pytest.raises(InvalidMessage, match="takes one of"):
        encode(both, tag="X")


@pytest.mark.parametrize(
    "cls",
    [cls for cls in CLASSES if any(mark.choice.required for e in elements_of(cls) for mark in e.branches)],
    ids=lambda cls: cls.__name__,
)
def test_a_required_choice_left_open_is_refused(cls: type) -> None:
    required = [e for e in elements_of(cls) if any(mark.choice.required for mark in e.branches)]
    with pytest.raises(InvalidMessage, match="needs one of"):
        encode(replace(full_example(cls), **{e.field: e.default for e in required}), tag="X")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_message_is_frozen_slotted_and_comparable(cls: type) -> None:
    example = decode(cls, written(full_example(cls)))
    assert not hasattr(example, "__dict__")
    assert hash(example) == hash(full_example(cls))
    with pytest.raises(AttributeError):
        setattr(example, elements_of(cls)[0].field, None)
