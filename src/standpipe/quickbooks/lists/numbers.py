"""Invoice numbers as people write them: a prefix and a number that counts up. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST = 11  # RefNumber of an invoice (qbXML 13 reference, InvoiceAdd)
LARGEST = 2_147_483_646  # a date or a telephone number in the field is no series: nothing counts up from there
MOST_SERIES = 50  # prefixes that are remembered, the most used ones

_NUMBER = re.compile(r"(?P<prefix>.*?)(?P<digits>\d+)")

Seen = Mapping[str, tuple[int, int]]  # prefix -> the highest number, and how many bear the prefix


@dataclass(frozen=True, slots=True)
class Series:
    prefix: str
    highest: int


def split(number: str) -> tuple[str, int] | None:
    """Prefix and number of ``"W-1042"``; ``None`` where it does not end in digits, or they count nothing."""
    found = _NUMBER.fullmatch(number.strip())
    if found is None or (value := int(found["digits"])) > LARGEST:
        return None
    return found["prefix"], value


def with_numbers(seen: Seen, numbers: Iterable[str]) -> Seen:
    """What is known of the series after these numbers too."""
    known = dict(seen)
    for number in numbers:
        if (parts := split(number)) is not None:
            highest, count = known.get(parts[0], (0, 0))
            known[parts[0]] = (max(highest, parts[1]), count + 1)
    if len(known) <= MOST_SERIES:
        return known
    kept = sorted(known.items(), key=lambda one: (-one[1][1], one[0]))[:MOST_SERIES]
    return dict(kept)


def main_series(seen: Seen) -> Series | None:
    """The series that most invoices belong to."""
    if not seen:
        return None
    prefix = max(seen, key=lambda one: (seen[one][1], seen[one][0]))
    return Series(prefix, seen[prefix][0])


def highest_of(seen: Seen, *, prefix: str) -> int:
    """The highest number with this prefix, 0 where there is none."""
    return seen.get(prefix, (0, 0))[0]
