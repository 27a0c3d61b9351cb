"""The one hardened parser: what it forgives, what it never takes, and that hostile bodies stay cheap."""

import time

import pytest

from qbwire.parser import Unreadable, local_name, parse, parse_forgiving
from qbwire.scalars import ILLEGAL_IN_XML


def test_exactly_the_characters_that_xml_forbids_are_forgiven() -> None:
    """Every one of the first plane, as a decimal and as a hexadecimal reference; NUL is never forgiven."""
    for number in range(1, 0x10000):
        forbidden = ILLEGAL_IN_XML.match(chr(number)) is not None
        if number > 0x300 and not forbidden and number % 97:
            continue  # the others of the legal ones are like their neighbours
        for reference in (f"&#{number};", f"&#x{number:x};", f"&#x0{number:X};"):
            root, dropped = parse_forgiving(f"<a>{reference}&#1;</a>".encode())
            assert dropped == 1 + forbidden, reference
            assert (root.text or "") == ("" if forbidden else chr(number)), reference


@pytest.mark.parametrize("document", [b"<a>\0</a>", b"<a>&#0;&#1;</a>", b"<a>&#x110000;&#1;</a>", b"<a>\x01"])
def test_nothing_else_is_forgiven(document: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_forgiving(document)


def test_the_white_space_between_elements_is_gone_and_that_in_texts_stays() -> None:
    root = parse(b"<a>\n  <b> x </b>\n  <c>  </c>\n</a>")
    assert root.text is None
    assert [child.text for child in root] == [" x ", "  "]
    assert all(child.tail is None for child in root)


def test_a_local_name_has_no_namespace() -> None:
    assert [local_name(element) for element in parse(b'<a xmlns="x"><y:b xmlns:y="z"/></a>').iter()] == ["a", "b"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b'<?xml version="1.0"?><!-- x --><?pi?>\n<!DOCTYPE a [ never read', "a DTD"),
        (b"\xef\xbb\xbf <!DOCTYPE", "a DTD"),
        (b"<a>\0", "NUL"),
        (b'<?xml version="1.0" encoding="utf-7"?>', "encoding utf-7"),
        (b" \n<?xml version = '1.0'  encoding = 'EBCDIC-CP-US' ?>", "encoding ebcdic-cp-us"),
    ],
)
def test_what_is_never_taken_is_refused_before_it_is_parsed(document: bytes, reason: str) -> None:
    """Entities in attribute values grow while parsing, whatever the parser is told; so it never sees them."""
    with pytest.raises(Unreadable, match=reason):
        parse(document)


def test_an_oversized_document_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(Unreadable, match="more than the 3"):
        parse(b"\0\0\0\0", max_bytes=3)


MEGABYTE = 1_000_000
COSTLY = {
    "deep": b"<a>" * MEGABYTE,
    "deep and closed": b"<a>" * 100_000 + b"</a>" * 100_000,
    "open instructions": b"<?" * MEGABYTE,
    "open comments": b"<!--" * MEGABYTE,
    "comments": b"<!---->" * MEGABYTE,
    "blanks": b" " * 8 * MEGABYTE,
    "forbidden references": b"<a>" + b"&#11;" * MEGABYTE,
    "zeros": b"<a>&#" + b"0" * 4 * MEGABYTE,
    "attributes": b"<a " + b" ".join(b'a%d="x"' % number for number in range(100_000)),
    "namespaces": b"<a " + b" ".join(b'xmlns:a%d="x"' % number for number in range(50_000)),
    "half a declaration": b"<?xml " + b"encoding=" * 500_000,
}


@pytest.mark.parametrize("document", COSTLY.values(), ids=COSTLY.keys())
def test_a_hostile_body_costs_no_more_than_its_size(document: bytes) -> None:
    """Anybody can post one, before any password: seconds of a slow machine at most, never minutes."""
    started = time.process_time()
    with pytest.raises(Unreadable):
        parse_forgiving(document)
    assert time.process_time() - started < 10
