"""The counting of invoice lines, by itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsim.transactions.arithmetic import Counting, Line, add_up, at_price_level, count_lines, to_cents

PRICED, DISCOUNT, SUBTOTAL, TEXT = Counting.PRICED, Counting.DISCOUNT, Counting.SUBTOTAL, Counting.TEXT


def priced(
    quantity: str | None = None, rate: str | None = None, *, cents: int | None = None, percent: str | None = None
) -> Line:
    numbers = (None if text is None else Decimal(text) for text in (quantity, rate, percent))
    return Line(PRICED, *numbers, cents)


# what is asked -> (quantity, rate, cents)
COUNTED = {
    "quantity and rate": (priced("2.5", "80.00"), ("2.5", "80.00", 20000)),
    "rounded half up": (priced("3", "0.335"), ("3", "0.335", 101)),
    "rounded away from zero": (priced("-1", "0.125"), ("-1", "0.125", -13)),
    "five decimals": (priced("0.33333", "99.99999"), ("0.33333", "99.99999", 3333)),
    "rate alone counts once": (priced(None, "80.00"), (None, "80.00", 8000)),
    "quantity and amount give the rate": (priced("3", cents=10000), ("3", "33.33333", 10000)),
    "amount alone is the rate": (priced(cents=5000), (None, "50.00", 5000)),
    "all three in agreement": (priced("2", "50.00", cents=10000), ("2", "50.00", 10000)),
    "all three in contradiction": (priced("2", "50.00", cents=9000), ("2", "45.00", 9000)),
    "nothing at all": (priced(), (None, "0", 0)),
    "no pieces for an amount": (priced("0", cents=100), ("0", None, 100)),
}


@pytest.mark.parametrize("kind", COUNTED)
def test_one_line(kind: str) -> None:
    asked, (quantity, rate, cents) = COUNTED[kind]
    (line,) = count_lines([asked])
    assert (line.quantity, line.rate, line.cents) == (
        None if quantity is None else Decimal(quantity),
        None if rate is None else Decimal(rate),
        cents,
    )


def test_a_percentage_is_of_the_line_above() -> None:
    lines = count_lines([priced("1", "200.00"), priced("1", "50.00"), priced(percent="3.5")])
    assert [line.cents for line in lines] == [20000, 5000, 175]


def test_a_percentage_below_a_subtotal_is_of_the_subtotal() -> None:
    lines = count_lines(
        [priced("1", "200.00"), priced("1", "50.00"), Line(SUBTOTAL), Line(DISCOUNT, percent=Decimal(10))]
    )
    assert [line.cents for line in lines] == [20000, 5000, 25000, -2500]


def test_a_subtotal_counts_from_the_last_one_and_adds_nothing() -> None:
    lines = count_lines([priced("1", "1.00"), Line(SUBTOTAL), priced("1", "2.00"), Line(SUBTOTAL)])
    assert [line.cents for line in lines] == [100, 100, 200, 200]
    assert add_up(lines, tax_rates=()).subtotal == 300


@pytest.mark.parametrize("rate", ["25.00", "-25.00"])
def test_a_discount_takes_away_whatever_its_sign(rate: str) -> None:
    lines = count_lines([priced("1", "100.00"), Line(DISCOUNT, rate=Decimal(rate))])
    assert lines[1].cents == -2500
    assert add_up(lines, tax_rates=()).total == 7500


def test_words_have_no_amount() -> None:
    (line,) = count_lines([Line(TEXT)])
    assert line.cents is None


def taxed(cents: int) -> Line:
    return Line(PRICED, cents=cents, is_taxable=True)


@pytest.mark.parametrize(
    ("amounts", "rates", "tax"),
    [
        ([10000], ["7.25"], 725),
        ([1000], ["7.25"], 73),  # 72.5 cents
        ([10, 10], ["7.25"], 1),  # of the sum, not of each line
        ([999], ["7.25", "1.125", "0.5"], 72 + 11 + 5),  # each part of a group by itself
        ([-1000], ["7.25"], -73),
        ([10000], [], 0),
    ],
)
def test_tax_is_rounded_to_cents(amounts: list[int], rates: list[str], tax: int) -> None:
    lines = count_lines([*map(taxed, amounts), priced("1", "5000.00")])
    totals = add_up(lines, tax_rates=[Decimal(rate) for rate in rates])
    assert (totals.taxable, totals.tax) == (sum(amounts), tax)
    assert totals.total == sum(amounts) + 500000 + tax


def test_a_price_level_raises_or_lowers_the_price_to_cents() -> None:
    assert at_price_level(Decimal("9.50"), Decimal(-5)) == Decimal("9.03")  # 9.025
    assert at_price_level(Decimal(10), Decimal("12.5")) == Decimal("11.25")


numbers = st.decimals(min_value=-9999, max_value=9999, places=5)


@given(quantity=numbers, rate=numbers)
def test_no_line_is_off_by_more_than_half_a_cent(quantity: Decimal, rate: Decimal) -> None:
    (line,) = count_lines([Line(PRICED, quantity, rate)])
    assert abs(Decimal(line.cents or 0) - quantity * rate * 100) <= Decimal("0.5")
    assert line.cents == to_cents(quantity * rate)


@given(quantity=numbers.filter(bool), cents=st.integers(min_value=-(10**9), max_value=10**9))
def test_counting_again_changes_nothing(quantity: Decimal, cents: int) -> None:
    once = count_lines([Line(PRICED, quantity, cents=cents)])
    assert count_lines(once) == once
