"""Times as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from standpipe.ui.times import ago_text, day_text, time_text

NOW = datetime(2026, 3, 12, 19, 2, tzinfo=UTC)


def test_a_time_is_the_active_time_zones() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert time_text(NOW, now=NOW) == "12 March, 15:02"
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert time_text(NOW, now=NOW) == "13 March, 04:02"


def test_another_year_is_named() -> None:
    assert day_text(datetime(2025, 12, 1, tzinfo=UTC), now=NOW) == "1 December 2025"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=0), "just now"),
        (timedelta(seconds=44), "just now"),
        (timedelta(seconds=50), "1 minute ago"),
        (timedelta(minutes=1, seconds=59), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(hours=-2), "in 2 hours"),
    ],
)
def test_how_long_ago(span: timedelta, words: str) -> None:
    assert ago_text(NOW - span, now=NOW) == words
