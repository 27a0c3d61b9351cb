"""A refresh that waits or runs, in words: what it waits for, until when about, and who can hurry it."""

from datetime import timedelta

from django.utils import timezone

from standpipe.quickbooks.connections.contact import Contact
from standpipe.quickbooks.connections.health import Problem, problems_of
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.connections.queries import contact_of

LONG_SILENCE = timedelta(minutes=1)  # in the middle of a visit
IN_THE_WAY = ("wrong_password", "refused_file")  # of a refresh; silence has its own words


def waiting_words(connection: Connection, task: Task, *, what: str) -> str:
    """``what`` is read: "customers and jobs"."""
    if task.state == Task.State.RUNNING:
        seen, expected = task.counts.get("seen", 0), task.counts.get("expected") or 0
        of = f" of about {expected:,}" if expected > seen else ""
        so_far = f"{seen:,}{of}" if seen else "the first page is on its way"
        return f"Reading {what} from QuickBooks: {so_far}.{_silence_words(connection)}"
    contact = contact_of(connection)
    if contact.overdue:
        return f"Waiting for the Web Connector. {contact.words}"
    minutes = "a minute" if connection.poll_minutes == 1 else f"{connection.poll_minutes} minutes"
    next_at = contact.next_at
    about = f", next about {timezone.localtime(next_at):%H:%M}" if next_at and next_at > timezone.now() else ""
    return (
        f"Waiting for the Web Connector, usually within {minutes}{about}. You can leave this page. "
        "In a hurry: press Update Selected at the QuickBooks computer."
    )


def in_the_way(connection: Connection, contact: Contact) -> Problem | None:
    """A wrong password, another company file: what a person has to see to before a list can come."""
    return next((one for one in problems_of(connection, contact=contact) if one.code in IN_THE_WAY), None)


def _silence_words(connection: Connection) -> str:
    """Whether a visit that has begun still goes on: a connector that is stopped in the middle says nothing."""
    heard = connection.sessions.filter(closed_at=None).values_list("last_call_at", flat=True).first()
    if heard is None or timezone.now() - heard < LONG_SILENCE:
        return ""
    return (
        f" Nothing has come since {timezone.localtime(heard):%H:%M}. If the Web Connector was stopped in the middle, "
        "the refresh begins again by itself at a later visit."
    )
