"""When an invoice falls due by its terms, as QuickBooks counts it. Pure."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Protocol


class DueRule(Protocol):
    """The part of terms that counts. ``due_days``: net days; else the day of the month, with its nearness."""

    due_days: int | None
    due_day_of_month: int | None
    next_month_days: int | None


def due_date_of(terms: DueRule | None, dated: date) -> date | None:
    """``None`` where nothing can be computed: no terms, or terms that only bear a name."""
    if terms is None:
        return None
    if terms.due_days is not None:
        return dated + timedelta(days=terms.due_days)
    if terms.due_day_of_month is None:
        return None
    return _on_day_of_month(terms.due_day_of_month, dated=dated, too_near=terms.next_month_days or 0)


def _on_day_of_month(day: int, *, dated: date, too_near: int) -> date:
    """The next such day; one month on if fewer days than ``too_near``, or as many, are left until then.

    (qbXML 13 reference, DateDrivenTerms: DayOfMonthDue, DueNextMonthDays.) A month too short for the day ends it.
    """
    due = _in_month(dated.year, dated.month, day)
    if due < dated:
        due = _a_month_after(due, day)
    if too_near and (due - dated).days <= too_near:
        due = _a_month_after(due, day)
    return due


def _a_month_after(due: date, day: int) -> date:
    year, month = divmod(due.year * 12 + due.month, 12)
    return _in_month(year, month + 1, day)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
