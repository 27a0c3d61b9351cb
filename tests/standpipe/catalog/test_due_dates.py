"""Requirement 69: when an invoice falls due, as QuickBooks counts it."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest

from qbsim.transactions.dating import due_on
from standpipe.catalog.due_dates import due_date_of


@dataclass
class Rule:
    due_days: int | None = None
    due_day_of_month: int | None = None
    next_month_days: int | None = None


DUE = {
    "so many days": (Rule(due_days=30), date(2026, 3, 12), date(2026, 4, 11)),
    "on receipt": (Rule(due_days=0), date(2026, 3, 12), date(2026, 3, 12)),
    "later this month": (Rule(due_day_of_month=25), date(2026, 3, 12), date(2026, 3, 25)),
    "that very day": (Rule(due_day_of_month=12), date(2026, 3, 12), date(2026, 3, 12)),
    "next month": (Rule(due_day_of_month=10), date(2026, 3, 12), date(2026, 4, 10)),
    "next year": (Rule(due_day_of_month=10), date(2026, 12, 12), date(2027, 1, 10)),
    "a month too short": (Rule(due_day_of_month=31), date(2026, 2, 12), date(2026, 2, 28)),
    "a day too near": (Rule(due_day_of_month=15, next_month_days=3), date(2026, 3, 12), date(2026, 4, 15)),
    "just not too near": (Rule(due_day_of_month=16, next_month_days=3), date(2026, 3, 12), date(2026, 3, 16)),
    "too near the year's end": (Rule(due_day_of_month=31, next_month_days=5), date(2026, 12, 30), date(2027, 1, 31)),
    "only a name": (Rule(), date(2026, 3, 12), None),
    "none": (None, date(2026, 3, 12), None),
}


@pytest.mark.parametrize("case", DUE)
def test_due_date(case: str) -> None:
    rule, dated, due = DUE[case]
    assert due_date_of(rule, dated) == due


def test_the_simulator_reads_terms_alike() -> None:
    random = Random(69)
    for _ in range(2000):
        dated = date(2024, 1, 1) + timedelta(days=random.randrange(1500))
        days, day, near = random.randrange(120), random.randint(1, 31), random.randrange(32)
        assert due_date_of(Rule(due_days=days), dated) == due_on("StandardTerms", {"StdDueDays": days}, on=dated)
        said = {"DayOfMonthDue": day, "DueNextMonthDays": near}
        ours = due_date_of(Rule(due_day_of_month=day, next_month_days=near), dated)
        assert ours == due_on("DateDrivenTerms", said, on=dated), (day, near, dated)
