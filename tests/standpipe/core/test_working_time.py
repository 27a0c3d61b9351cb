"""Issue 5.9: four working hours of silence, on the organization's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from standpipe.core.working_time import is_working, working_time

NEW_YORK = ZoneInfo("America/New_York")

# Monday 2024-03-04. Clocks change on Sunday 2024-03-10.
CASES = [
    ("2024-03-04 09:00", "2024-03-04 13:00", 4),
    ("2024-03-04 05:00", "2024-03-04 09:00", 1),
    ("2024-03-04 16:00", "2024-03-05 09:30", 2.5),  # over a night
    ("2024-03-08 15:00", "2024-03-11 10:00", 4),  # over a weekend and a change of clocks
    ("2024-03-09 08:00", "2024-03-10 17:00", 0),  # a weekend
    ("2024-03-04 20:00", "2024-03-04 22:00", 0),
    ("2024-03-04 13:00", "2024-03-04 09:00", 0),  # backwards
]


@pytest.mark.parametrize(("start", "end", "hours"), CASES)
def test_working_time(start: str, end: str, hours: float) -> None:
    begin, finish = (datetime.fromisoformat(text).replace(tzinfo=NEW_YORK) for text in (start, end))
    assert working_time(begin, finish, zone=NEW_YORK) == timedelta(hours=hours)
    assert working_time(begin.astimezone(ZoneInfo("UTC")), finish, zone=NEW_YORK) == timedelta(hours=hours)


def test_the_clock_is_the_organizations() -> None:
    noon_in_london = datetime(2024, 3, 4, 12, tzinfo=ZoneInfo("UTC"))
    assert is_working(noon_in_london, zone=ZoneInfo("Europe/London"))
    assert not is_working(noon_in_london, zone=NEW_YORK)  # seven in the morning there
