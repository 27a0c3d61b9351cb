"""Times as people read them, in the time zone that is active (the organization's; see ``organizations.access``)."""

from datetime import date, datetime, timedelta

from django.utils import timezone

_STEPS = (  # a span from here up, its unit, the unit's word
    (timedelta(days=1), timedelta(days=1), "day"),
    (timedelta(hours=1), timedelta(hours=1), "hour"),
    (timedelta(minutes=1), timedelta(minutes=1), "minute"),
)
_JUST_NOW = timedelta(seconds=45)  # nobody asks to the second


def day_text(at: datetime, *, now: datetime) -> str:
    """``12 March``; with its year when that is not this year."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    return f"{local.day} {local:%B}" + ("" if local.year == today.year else f" {local.year}")


def day_words(day: date | str | None) -> str:
    """``12 March 2026``, of a date or of its ISO text; ``""`` of none."""
    if not day:
        return ""
    said = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{said.day} {said:%B} {said.year}"


def time_text(at: datetime, *, now: datetime) -> str:
    """``12 March, 14:02``."""
    return f"{day_text(at, now=now)}, {timezone.localtime(at):%H:%M}"


def ago_text(at: datetime, *, now: datetime) -> str:
    """``3 minutes ago``, ``in 2 hours``, ``just now``; rounded down."""
    span = abs(now - at)
    if span < _JUST_NOW:
        return "just now"
    for floor, unit, word in _STEPS:
        if span >= floor:
            number = span // unit
            return _around(f"{number} {word}{'' if number == 1 else 's'}", is_past=at <= now)
    return _around("1 minute", is_past=at <= now)


def _around(words: str, *, is_past: bool) -> str:
    return f"{words} ago" if is_past else f"in {words}"
