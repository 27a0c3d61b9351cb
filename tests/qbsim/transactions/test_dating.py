"""Due dates, discounts for paying early and date macros, by themselves."""

from datetime import date
from decimal import Decimal

import pytest

from qbsim.transactions.dating import discount_until, due_on, macro_range

STANDARD, DRIVEN = "StandardTerms", "DateDrivenTerms"

DUE = [
    (None, {}, "2024-03-09", "2024-03-09"),
    (STANDARD, {"StdDueDays": "0"}, "2024-03-09", "2024-03-09"),
    (STANDARD, {"StdDueDays": "30"}, "2024-01-31", "2024-03-01"),
    (STANDARD, {}, "2024-03-09", "2024-03-09"),
    (STANDARD, {"StdDueDays": "30"}, "2038-01-01", "2038-01-19"),  # the last day that DATETYPE knows
    (DRIVEN, {"DayOfMonthDue": "25"}, "2038-01-02", "2038-01-19"),
    (DRIVEN, {"DayOfMonthDue": "25"}, "2024-03-09", "2024-03-25"),
    (DRIVEN, {"DayOfMonthDue": "25"}, "2024-03-25", "2024-03-25"),
    (DRIVEN, {"DayOfMonthDue": "25"}, "2024-03-26", "2024-04-25"),
    (DRIVEN, {"DayOfMonthDue": "31"}, "2024-02-01", "2024-02-29"),
    (DRIVEN, {"DayOfMonthDue": "31"}, "2024-04-30", "2024-04-30"),
    (DRIVEN, {"DayOfMonthDue": "10", "DueNextMonthDays": "5"}, "2024-03-04", "2024-03-10"),
    (DRIVEN, {"DayOfMonthDue": "10", "DueNextMonthDays": "5"}, "2024-03-05", "2024-04-10"),
    (DRIVEN, {"DayOfMonthDue": "10", "DueNextMonthDays": "5"}, "2024-12-08", "2025-01-10"),
    (DRIVEN, {"DayOfMonthDue": "5", "DueNextMonthDays": "10"}, "2024-12-28", "2025-02-05"),
]


@pytest.mark.parametrize(("kind", "terms", "on", "due"), DUE)
def test_due_dates(kind: str | None, terms: dict[str, str], on: str, due: str) -> None:
    assert due_on(kind, terms, on=date.fromisoformat(on)).isoformat() == due


def test_a_discount_has_a_last_day_and_a_percentage() -> None:
    on = date(2024, 3, 9)
    standard = {"StdDueDays": "30", "StdDiscountDays": "10", "DiscountPct": "1.00"}
    assert discount_until(STANDARD, standard, on=on) == (date(2024, 3, 19), Decimal(1))
    driven = {"DayOfMonthDue": "25", "DiscountDayOfMonth": "5", "DiscountPct": "2"}
    assert discount_until(DRIVEN, driven, on=on) == (date(2024, 4, 5), Decimal(2))
    assert discount_until(STANDARD, standard, on=date(2038, 1, 12)) == (date(2038, 1, 19), Decimal(1))
    assert discount_until(STANDARD, {"StdDueDays": "30"}, on=on) is None
    assert discount_until(None, {}, on=on) is None


# 2024-03-09 is a Saturday; the fiscal year begins in July.
MACROS = {
    "All": (None, None),
    "Today": ("2024-03-09", "2024-03-09"),
    "Yesterday": ("2024-03-08", "2024-03-08"),
    "ThisWeek": ("2024-03-03", "2024-03-09"),
    "ThisWeekToDate": ("2024-03-03", "2024-03-09"),
    "LastWeek": ("2024-02-25", "2024-03-02"),
    "NextWeek": ("2024-03-10", "2024-03-16"),
    "NextFourWeeks": ("2024-03-10", "2024-04-06"),
    "ThisMonth": ("2024-03-01", "2024-03-31"),
    "ThisMonthToDate": ("2024-03-01", "2024-03-09"),
    "LastMonth": ("2024-02-01", "2024-02-29"),
    "LastMonthToDate": ("2024-02-01", "2024-02-09"),
    "NextMonth": ("2024-04-01", "2024-04-30"),
    "ThisCalendarQuarter": ("2024-01-01", "2024-03-31"),
    "LastCalendarQuarter": ("2023-10-01", "2023-12-31"),
    "LastCalendarQuarterToDate": ("2023-10-01", "2023-12-08"),
    "NextCalendarYear": ("2025-01-01", "2025-12-31"),
    "LastCalendarYear": ("2023-01-01", "2023-12-31"),
    "ThisFiscalYear": ("2023-07-01", "2024-06-30"),
    "ThisFiscalYearToDate": ("2023-07-01", "2024-03-09"),
    "LastFiscalQuarter": ("2023-10-01", "2023-12-31"),
    "NextFiscalQuarter": ("2024-04-01", "2024-06-30"),
    "NextFiscalYear": ("2024-07-01", "2025-06-30"),
}


@pytest.mark.parametrize("macro", MACROS)
def test_date_macros(macro: str) -> None:
    found = macro_range(macro, today=date(2024, 3, 9), fiscal_month=7)
    assert tuple(day and day.isoformat() for day in found) == MACROS[macro]
