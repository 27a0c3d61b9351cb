import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standpipe.core.addresses import NO_ADDRESS, Address
from standpipe.core.changes import differing, json_ready, present
from standpipe.core.errors import UserError
from standpipe.core.limits import checked_address, one_line, required_name

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)
addresses = st.builds(
    Address,
    lines=st.lists(texts.filter(bool), max_size=5).map(tuple),
    city=texts,
    state=texts,
    postal_code=texts,
    country=texts,
    note=texts,
)


@given(addresses)
def test_an_address_survives_json(address):
    assert Address.from_json(json.loads(json.dumps(address.to_json()))) == address


@pytest.mark.parametrize("value", [None, {}, {"lines": None}, {"lines": ["", " "]}, {"city": None}, {"city": "  "}])
def test_absent_empty_and_blank_are_the_same(value):
    assert Address.from_json(value) == NO_ADDRESS
    assert NO_ADDRESS.is_blank


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"city": "Hartford", "state": "CT", "postal_code": "06103"}, "Hartford, CT 06103"),
        ({"city": "Hartford"}, "Hartford"),
        ({"state": "CT", "postal_code": "06103"}, "CT 06103"),
        ({"city": "Hartford", "postal_code": "06103"}, "Hartford, 06103"),
        ({}, ""),
    ],
)
def test_the_city_line_has_no_stray_commas(parts, line):
    assert Address(**parts).city_line == line


@given(addresses)
def test_printed_lines_are_never_blank(address):
    assert all(address.printed_lines)
    assert bool(address.printed_lines) is not address.is_blank


def test_a_note_alone_is_no_address():
    assert Address(note="Ring twice").is_blank


@given(addresses)
def test_an_address_within_the_limits_is_kept_as_it_is(address):
    kept = checked_address(address, field="billing_address")
    assert [line for line in address.lines if line in kept.lines] == list(kept.lines)
    assert checked_address(kept, field="billing_address") == kept


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (Address(lines=tuple("abcdef")), "invalid_address"),
        (Address(lines=("x" * 256,)), "invalid_length"),
        (Address(city="\x00"), "invalid_text"),
        (Address(note="\ud800"), "invalid_text"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(address, code):
    with pytest.raises(UserError) as refusal:
        checked_address(address, field="physical_address")
    assert (refusal.value.code, refusal.value.field) == (code, "physical_address")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("  a b ", "a b"),
        ("a\r\nb", "a b"),
        ("a\tb", "a b"),
        ("\u200b", ""),
        ("a\u200bb", "a\u200bb"),
        ("é\u0096", "é\u0096"),
    ],
)
def test_one_line_keeps_what_was_written(value, kept):
    assert one_line(value, field="name") == kept


def test_a_refusal_says_what_to_do():
    with pytest.raises(UserError, match="The name is too long: 300 characters"):
        required_name("x" * 300, what="account")
    with pytest.raises(UserError, match="Enter a name: an account is found by its name"):
        required_name(" ", what="account")


def test_changes_tell_only_what_differs():
    was = Address(city="Hartford")
    assert differing(was, {"city": "Hartford", "state": "CT"}) == {"state": "CT"}
    assert present(was, {"state": "CT"}) == {"state": ""}
    assert json_ready({"address": was}) == {"address": was.to_json()}
