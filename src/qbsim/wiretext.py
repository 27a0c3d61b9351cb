"""The textual forms of qbXML: versions, times, amounts, and which characters QuickBooks can hold.

Pure: the time zone comes in as an argument, nothing reads a clock.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

Version = tuple[int, int]

FIRST_DATE = date(1970, 1, 1)  # range of DATETYPE in the public reader jsgoupil/quickbooks-sync
LAST_DATE = date(2038, 1, 19)

MAX_CENTS = 10**15 - 1  # AMTTYPE holds thirteen digits before the point
TOO_LARGE = 10**10  # PRICETYPE, QUANTYPE and PERCENTTYPE hold ten

_DATETIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:([+-])(\d{1,2}):(\d{1,2}))?)?)?)?"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORBIDDEN_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def version(text: str) -> Version:
    """Read `"13.0"` as (13, 0), so that versions compare as numbers do."""
    major, minor = text.split(".")
    return int(major), int(minor)


def parse_date(text: str) -> date | None:
    """Return the day, or None when QuickBooks could not hold it."""
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DATE <= day <= LAST_DATE else None


def parse_datetime(text: str, *, zone: tzinfo, end: bool = False) -> int | None:
    """Return Unix seconds, or None for what is no date or time.

    Without an offset the text is the wall time of the QuickBooks computer (`zone`). With `end`, a day alone
    means its last second, and an hour that the clocks repeat in autumn means its second pass.
    """
    found = _DATETIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, sign, off_hours, off_minutes = found.groups()
    try:
        on = date(int(year), int(month), int(day))
        if hour is None:
            at = time(23, 59, 59) if end else time(0, 0, 0)
        else:
            at = time(int(hour), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    if not FIRST_DATE <= on <= LAST_DATE:
        return None
    moment = datetime.combine(on, at, tzinfo=zone).replace(fold=int(end))
    if sign is not None:
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
        if offset > timedelta(hours=14):
            return None
        ahead = offset if sign == "+" else -offset
        return int((moment.replace(tzinfo=UTC) - ahead).timestamp())
    return int(moment.timestamp())


def datetime_text(at: int, *, zone: tzinfo, dst_offset_quirk: bool = False) -> str:
    """Write Unix seconds as QuickBooks does: wall time with offset.

    With the quirk, summer times carry the right wall time but the offset of winter, as recorded responses do
    (jsgoupil/quickbooks-sync, README and DATETIMETYPE; quickbooks-php, docs/qbxml examples).
    """
    wall = datetime.fromtimestamp(at, zone)
    offset = wall.utcoffset() or timedelta()
    if dst_offset_quirk:
        offset -= wall.dst() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"{wall:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}"


def amount_text(cents: int) -> str:
    """Write cents as AMTTYPE: always two decimals, no thousands separator."""
    return str(Decimal(cents).scaleb(-2).quantize(Decimal("0.01")))


def cents(amount: str | Decimal | int) -> int:
    """Read an amount of dollars as cents. ValueError when it has more than two decimals or is no number."""
    try:
        exact = Decimal(amount) * 100
        whole = int(exact)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{amount!r} is no amount") from error
    if whole != exact:
        raise ValueError(f"{amount!r} has more than two decimals")
    return whole


def unstorable(text: str) -> str | None:
    """Return the first character that QuickBooks cannot keep, None when all is well.

    Its data is Windows-1252 underneath (quickbooks-php wiki, qbwc/qbxml issue 8); control characters are
    illegal in XML 1.0.
    """
    control = _FORBIDDEN_CONTROLS.search(text)
    if control:
        return control.group()
    try:
        text.encode("cp1252")
    except UnicodeEncodeError as error:
        return text[error.start]
    return None


def without_controls(text: str) -> str:
    """Return the text without characters that XML forbids."""
    return _FORBIDDEN_CONTROLS.sub("", text)
