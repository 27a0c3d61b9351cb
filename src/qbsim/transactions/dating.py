"""When an invoice is due, what an early payment saves, and which days a date macro means. Pure: today comes in."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from qbsim.wiretext import LAST_DATE

Details = Mapping[str, Any]  # of terms, by QuickBooks' element names


def _month_after(day: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _in_month(first: date, day: int) -> date:
    """Return that day of the month, or its last when the month is shorter."""
    return first.replace(day=min(day, monthrange(first.year, first.month)[1]))


# -- terms (qbXML reference 13.0, StandardTerms and DateDrivenTerms) ----------------------------------------------


def _standard_due(terms: Details, on: date) -> date:
    """So many days after the invoice."""
    return on + timedelta(days=int(terms.get("StdDueDays", 0)))


def _date_driven_due(terms: Details, on: date) -> date:
    """On a day of the month; the month after when the invoice comes too shortly before it."""
    day = int(terms.get("DayOfMonthDue", 1))
    due = _in_month(on.replace(day=1), day)
    if due < on:
        due = _in_month(_month_after(on, 1), day)
    within = int(terms.get("DueNextMonthDays") or 0)
    if within and (due - on).days <= within:
        due = _in_month(_month_after(due, 1), day)
    return due


def _standard_discount(terms: Details, on: date) -> date | None:
    days = terms.get("StdDiscountDays")
    return None if days is None else on + timedelta(days=int(days))


def _date_driven_discount(terms: Details, on: date) -> date | None:
    day = terms.get("DiscountDayOfMonth")
    if day is None:
        return None
    until = _in_month(on.replace(day=1), int(day))
    return until if until >= on else _in_month(_month_after(on, 1), int(day))


_DUE: dict[str, Callable[[Details, date], date]] = {
    "StandardTerms": _standard_due,
    "DateDrivenTerms": _date_driven_due,
}
_DISCOUNT: dict[str, Callable[[Details, date], date | None]] = {
    "StandardTerms": _standard_discount,
    "DateDrivenTerms": _date_driven_discount,
}


TERMS_KINDS = frozenset(_DUE)


def due_on(kind: str | None, terms: Details, *, on: date) -> date:
    """Return the day by which an invoice of that day is to be paid; without terms (kind None) the same day."""
    return on if kind is None else min(_DUE[kind](terms, on), LAST_DATE)


def discount_until(kind: str | None, terms: Details, *, on: date) -> tuple[date, Decimal] | None:
    """Return the last day of the discount for paying early, with its percentage; None when there is none."""
    percent = Decimal(str(terms.get("DiscountPct") or 0))
    until = _DISCOUNT[kind](terms, on) if kind is not None else None
    return (min(until, LAST_DATE), percent) if until is not None and percent else None


# -- date macros (qbXML reference 13.0, DateMacro) ----------------------------------------------------------------


def _week(today: date, ahead: int) -> tuple[date, date]:
    """Weeks begin on Sunday."""
    first = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=ahead)
    return first, first + timedelta(days=6)


def _months(first: date, count: int) -> tuple[date, date]:
    return first, _month_after(first, count) - timedelta(days=1)


def _month(today: date, ahead: int) -> tuple[date, date]:
    return _months(_month_after(today, ahead), 1)


def _period(today: date, ahead: int, *, months: int, begins: int) -> tuple[date, date]:
    """A quarter or year that begins with a month (1 to 12) of the calendar."""
    into = (today.month - begins) % months
    return _months(_month_after(today, months * ahead - into), months)


_AHEAD = {"This": 0, "Last": -1, "Next": 1}


def macro_range(macro: str, *, today: date, fiscal_month: int) -> tuple[date | None, date | None]:
    """Return the first and last day that a date macro means; None is open. The fiscal year begins with that month."""
    units: dict[str, Callable[[date, int], tuple[date, date]]] = {
        "Week": _week,
        "Month": _month,
        "CalendarQuarter": lambda day, ahead: _period(day, ahead, months=3, begins=1),
        "CalendarYear": lambda day, ahead: _period(day, ahead, months=12, begins=1),
        "FiscalQuarter": lambda day, ahead: _period(day, ahead, months=3, begins=fiscal_month),
        "FiscalYear": lambda day, ahead: _period(day, ahead, months=12, begins=fiscal_month),
    }
    single = {
        "All": (None, None),
        "Today": (today, today),
        "Yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "NextFourWeeks": (_week(today, 1)[0], _week(today, 4)[1]),
    }
    if macro in single:
        return single[macro]
    unit = macro[4:].removesuffix("ToDate")
    ahead = _AHEAD[macro[:4]]
    first, last = units[unit](today, ahead)
    if macro.endswith("ToDate"):
        last = first + (today - units[unit](today, 0)[0]) if ahead else today
        last = min(last, units[unit](today, ahead)[1])
    return first, last
