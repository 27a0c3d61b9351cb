"""Series of invoice numbers, and the highest of each."""

import pytest

from standpipe.quickbooks.lists.numbers import LARGEST, Series, highest_of, main_series, split, with_numbers


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("1042", ("", 1042)),
        (" W-0107 ", ("W-", 107)),
        ("2026/31", ("2026/", 31)),
        ("FC 7", ("FC ", 7)),
        ("1042A", None),
        ("", None),
        (f"{LARGEST + 1}", None),
    ],
)
def test_a_number_is_a_prefix_and_what_counts_up(number, parts):
    assert split(number) == parts


def test_the_highest_of_each_series_is_kept_and_the_main_one_is_the_longest():
    seen = with_numbers({}, ["1040", "1042", "W-9", "", "draft", "1041"])
    assert main_series(seen) == Series("", 1042)
    assert (highest_of(seen, prefix="W-"), highest_of(seen, prefix="X")) == (9, 0)
    assert with_numbers(seen, ["0999"])[""] == (1042, 4)
    assert main_series({}) is None


def test_files_where_every_number_has_its_own_prefix_do_not_grow_without_end():
    seen = with_numbers({"": (5, 9)}, [f"{chr(65 + n // 26)}{chr(65 + n % 26)}1" for n in range(300)])
    assert len(seen) == 50
    assert seen[""] == (5, 9)
