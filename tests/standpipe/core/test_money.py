from decimal import Decimal

import pytest

from standpipe.core.errors import UserError
from standpipe.core.limits import FINE_PLACES, MONEY_PLACES, checked_number, many_lines
from standpipe.core.money import fine_text, money_text, read_number, to_cents

READ = {
    "80": "80",
    " 1,234.50 ": "1234.50",
    "-$12": "-12",
    "$-3": "-3",
    "−3": "-3",
    "(12.00)": "-12",
    "(-12.00)": "-12",
    ".5": "0.5",
    "5.": "5",
    "-0": "0",
    "1 234": "1234",
}


@pytest.mark.parametrize("typed", READ)
def test_numbers_are_read_as_people_write_them(typed: str) -> None:
    assert read_number(typed) == Decimal(READ[typed])


@pytest.mark.parametrize(
    "typed", ["", ".", "1,23", "1e5", "nan", "inf", "eighty", "1.2.3", "--1", "$", "()", "½", "٣"]
)
def test_all_else_is_no_number(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_number(typed)


def test_money_in_words() -> None:
    assert money_text(Decimal("-1234.5"), "USD") == "−$1,234.50"
    assert money_text(Decimal(3), "CHF") == "CHF 3.00"
    assert [fine_text(Decimal(text)) for text in ("2.50000", "100", "0.33333")] == ["2.5", "100", "0.33333"]
    assert fine_text(Decimal("80.00000"), places=2) == "80.00"


def test_half_a_cent_goes_away_from_zero() -> None:
    assert [to_cents(Decimal(text)) for text in ("0.005", "-0.005", "0.00499")] == [
        Decimal("0.01"),
        Decimal("-0.01"),
        Decimal("0.00"),
    ]


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        ("NaN", FINE_PLACES, "not a number"),
        ("10000000000", FINE_PLACES, "too large"),
        ("1E+40", MONEY_PLACES, "too large"),
        ("0.123456", FINE_PLACES, "more than five decimals"),
        ("1.005", MONEY_PLACES, "more than two decimals"),
    ],
)
def test_what_quickbooks_cannot_hold_is_refused(value: str, places: int, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        checked_number(Decimal(value), field="rate", words="rate", places=places)
    assert refused.value.field == "rate"


def test_zeros_at_the_end_are_no_decimals() -> None:
    assert str(checked_number(Decimal("1.5000000"), field="rate", words="rate", places=FINE_PLACES)) == "1.50000"


def test_text_of_many_lines_keeps_its_lines() -> None:
    assert many_lines(" a \r\n\tb\rc\n\n", field="memo") == "a\n b\nc"
    assert many_lines("\u200b\n ", field="memo") == ""
    with pytest.raises(UserError, match="U\\+0001"):
        many_lines("a\x01", field="memo")
