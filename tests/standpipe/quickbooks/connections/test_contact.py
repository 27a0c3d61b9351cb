"""When the Web Connector is expected next (design, "next expected contact")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from standpipe.quickbooks.connections.contact import next_contact

NOW = datetime(2026, 3, 12, 14, 2, tzinfo=UTC)


def test_before_the_first_visit_nothing_can_be_said():
    contact = next_contact(None, 5, NOW)
    assert (contact.next_at, contact.overdue) == (None, False)
    assert contact.words == "The Web Connector has not been here yet."


@pytest.mark.parametrize(
    ("ago", "poll", "overdue", "words"),
    [
        (1, 5, False, "Usually within 5 minutes."),
        (0, 1, False, "Usually within a minute."),
        (5, 5, False, "expected any moment"),
        (15, 5, False, "expected any moment"),
        (16, 5, True, "expected 11 minutes ago"),
        (60, 60, False, "expected any moment"),
        (126, 60, True, "expected 66 minutes ago"),
        (5 * 60, 5, True, "expected 4 hours ago"),
        (3 * 24 * 60, 5, True, "expected 2 days ago"),
    ],
)
def test_one_missed_visit_is_forgiven(ago, poll, overdue, words):
    contact = next_contact(NOW - timedelta(minutes=ago), poll, NOW)
    assert contact.overdue is overdue
    assert words in contact.words
    assert contact.next_at == NOW - timedelta(minutes=ago) + timedelta(minutes=poll)
