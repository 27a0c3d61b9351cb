import pytest
from hypothesis import given
from hypothesis import strategies as st

from standpipe.core.phones import phone_key, phone_keys


@pytest.mark.parametrize(
    "raw",
    [
        "(860) 634-1602",
        "860-634-1602",
        "860.634.1602",
        "8606341602",
        "+1 860 634 1602",
        "1-860-634-1602",
        "860-634-1602 ext. 4",
        "860-634-1602 x12",
        "860 634 1602 #7",
        "８６０-634-1602",
        "Office: 860-634-1602",
    ],
)
def test_one_number_however_it_is_written(raw):
    assert phone_key(raw) == "8606341602"


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        ("860-634-1602 / 860-634-1603", ("8606341602", "8606341603")),
        ("860-634-1602 or 634-1603", ("8606341602", "6341603")),
        ("860-634-1602, 860-634-1602", ("8606341602",)),
        ("860-634-1602 ext 4; 203 555 0101", ("8606341602", "2035550101")),
        ("+44 20 7946 0958", ("442079460958",)),
        ("none", ()),
        ("ext. 4", ()),
        ("911", ()),
        ("", ()),
    ],
)
def test_two_numbers_and_none(raw, keys):
    assert phone_keys(raw) == keys


@given(st.text(max_size=60))
def test_any_text_can_be_read(raw):
    assert all(key.isascii() and key.isdigit() for key in phone_keys(raw))


@given(st.integers(min_value=2_000_000_000, max_value=9_999_999_999), st.sampled_from(["", "1", "+1 ", "1-"]))
def test_the_north_american_one_does_not_count(number, prefix):
    assert phone_key(f"{prefix}{number}") == str(number)
