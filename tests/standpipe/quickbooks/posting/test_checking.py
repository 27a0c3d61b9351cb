"""When it is looked by itself what became of what was sent (issue 5.7)."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from standpipe.quickbooks.posting.checking import EVERY, SPREAD, next_look

NEW_YORK = ZoneInfo("America/New_York")
FIRST, LAST = UUID(int=1000), UUID(int=1999)  # the ends of the half hour

CASES = [  # now, the next look; clocks change on Sunday 2024-03-10
    ("2024-03-04 05:00", "2024-03-04 08:00"),
    ("2024-03-04 07:30", "2024-03-04 12:00"),  # eight would be within the hour
    ("2024-03-04 12:00", "2024-03-05 08:00"),
    ("2024-03-08 12:05", "2024-03-11 08:00"),  # over a weekend and a change of clocks
    ("2024-03-09 09:00", "2024-03-11 08:00"),
]


@pytest.mark.parametrize(("now", "then"), CASES)
def test_a_quiet_file_is_looked_at_in_the_morning_and_at_noon(now: str, then: str) -> None:
    begin, expected = (datetime.fromisoformat(text).replace(tzinfo=NEW_YORK) for text in (now, then))
    assert next_look(begin.astimezone(ZoneInfo("UTC")), zone=NEW_YORK, key=FIRST) == expected


def test_company_files_are_not_all_looked_at_in_the_same_minute() -> None:
    begin = datetime(2024, 3, 4, 5, tzinfo=NEW_YORK)
    last = next_look(begin, zone=NEW_YORK, key=LAST)
    assert begin + EVERY < last - SPREAD + timedelta(minutes=1) < last < begin.replace(hour=8) + SPREAD
