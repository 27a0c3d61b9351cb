"""The textual forms of qbXML."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsim.wiretext import amount_text, cents, datetime_text, parse_date, parse_datetime, unstorable, version

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-03-09T11:00:00-05:00", 1_710_000_000),
        ("2024-03-09T11:00:00", 1_710_000_000),  # no offset: the QuickBooks computer's wall time
        ("2024-03-09T16:00:00+00:00", 1_710_000_000),
        ("2024-03-09T11", 1_710_000_000),
        ("2024-03-09T11:00", 1_710_000_000),
        ("2024-03-09", 1_709_960_400),
        ("2024-3-9", 1_709_960_400),
    ],
)
def test_times_are_read_in_every_form(text: str, at: int) -> None:
    assert parse_datetime(text, zone=NEW_YORK) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2024-13-01",
        "2024-02-30",
        "2024-03-09T25:00:00",
        "2024-03-09T11:00:00Z",
        "1969-12-31",
        "2039-01-01",
    ],
)
def test_what_is_no_time_is_told_apart(text: str) -> None:
    assert parse_datetime(text, zone=NEW_YORK) is None


def test_a_day_as_end_means_its_last_second() -> None:
    assert parse_datetime("2024-03-09", zone=NEW_YORK, end=True) == 1_709_960_400 + 86399


def test_an_hour_that_comes_twice_is_taken_widely() -> None:
    """In autumn 01:30 happens twice: a range from it takes both, a range to it as well."""
    early = parse_datetime("2024-11-03T01:30:00", zone=NEW_YORK)
    late = parse_datetime("2024-11-03T01:30:00", zone=NEW_YORK, end=True)
    assert late - early == 3600


seconds = st.integers(min_value=100_000, max_value=2**31 - 100_000)  # where QuickBooks' dates lie


@given(seconds)
def test_a_time_without_the_quirk_reads_back(at: int) -> None:
    assert parse_datetime(datetime_text(at, zone=NEW_YORK), zone=NEW_YORK) == at


@given(seconds)
def test_the_quirk_is_an_hour_or_nothing(at: int) -> None:
    text = datetime_text(at, zone=NEW_YORK, dst_offset_quirk=True)
    assert text[:19] == datetime_text(at, zone=NEW_YORK)[:19]
    assert parse_datetime(text, zone=NEW_YORK) - at in {0, 3600}


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_amounts_read_back(amount: int) -> None:
    text = amount_text(amount)
    assert cents(text) == amount
    assert text[-3] == "."


def test_half_cents_are_refused() -> None:
    with pytest.raises(ValueError, match="more than two decimals"):
        cents("1.005")
    with pytest.raises(ValueError, match="is no amount"):
        cents("ten")


def test_versions_compare_as_numbers() -> None:
    assert version("13.0") > version("4.1") > version("4.0")


def test_dates_lie_where_quickbooks_can_hold_them() -> None:
    assert parse_date("2024-02-29")
    assert parse_date("2023-02-29") is None
    assert parse_date("2024-2-9") is None


@pytest.mark.parametrize(("text", "first"), [("Café “x” — €", None), ("a北b", "北"), ("a\x07", "\x07"), ("😀", "😀")])
def test_only_windows_1252_can_be_stored(text: str, first: str | None) -> None:
    assert unstorable(text) == first
