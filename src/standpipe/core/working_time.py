"""Working time between two moments: Monday to Friday, eight to five, on the clock of the organization. Pure.

Holidays are not known here: on one of them a silent connector is told of, which is no harm.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(17)
WORKDAYS = range(5)  # Monday to Friday


def working_time(start: datetime, end: datetime, *, zone: ZoneInfo) -> timedelta:
    """How much of the time between two aware moments is working time; never below zero."""
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    found = timedelta()
    while day <= last:
        if day.weekday() in WORKDAYS:
            opens, closes = (datetime.combine(day, at, tzinfo=zone) for at in (OPENS, CLOSES))
            found += max(timedelta(), min(closes, end) - max(opens, start))  # clocks change at night
        day += timedelta(days=1)
    return found


def is_working(moment: datetime, *, zone: ZoneInfo) -> bool:
    there = moment.astimezone(zone)
    return there.weekday() in WORKDAYS and OPENS <= there.time() < CLOSES
