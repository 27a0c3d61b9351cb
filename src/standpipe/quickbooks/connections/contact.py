"""When the Web Connector is expected next, in words. Pure: the time now comes in as an argument.

The interval is the least gap between two visits, and a visit takes time itself (QBWC Programmer's Guide, ch. 3 and
4): one visit may be missed before anybody is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(minutes=5)  # the computer starts, QuickBooks opens, another application is served first


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    next_at: datetime | None  # None: it has never been here, so nothing can be said
    overdue: bool
    words: str


def next_contact(last_contact_at: datetime | None, poll_minutes: int, now: datetime) -> Contact:
    """When the next visit is due, and whether it is so late that somebody should look."""
    usual = _minutes(poll_minutes)
    if last_contact_at is None:
        return Contact(next_at=None, overdue=False, words="The Web Connector has not been here yet.")
    interval = timedelta(minutes=poll_minutes)
    next_at = last_contact_at + interval
    if now > last_contact_at + 2 * interval + GRACE:
        words = (
            f"The Web Connector was expected {_how_long(now - next_at)} ago. Is the QuickBooks computer on, the "
            "Web Connector open, and Auto-Run ticked?"
        )
        return Contact(next_at=next_at, overdue=True, words=words)
    if now >= next_at:
        return Contact(next_at=next_at, overdue=False, words="The Web Connector is expected any moment.")
    return Contact(next_at=next_at, overdue=False, words=f"Usually within {usual}.")


def _how_long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return _minutes(minutes)
    if minutes < 2 * 24 * 60:
        return f"{minutes // 60} hours"
    return f"{minutes // (24 * 60)} days"


def _minutes(count: int) -> str:
    return "a minute" if count <= 1 else f"{count} minutes"
