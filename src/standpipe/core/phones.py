"""Phone numbers: kept as people wrote them, compared by their digits.

Books hold ``(860) 634-1602``, ``860-634-1602``, ``+1 860 634 1602 ext. 4`` and two numbers in one field.
"""

import re
import unicodedata

_EXTENSION = re.compile(r"(?:\bext(?:ension|n)?\b|\bx|#)[\s.:]*(\d{1,6})\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/|&\n]+|\bor\b|\band\b", re.IGNORECASE)
_NO_DIGITS = bytes(code for code in range(128) if not chr(code).isdigit())
_ONE_NUMBER = re.compile(r"[0-9 ().+-]*")  # nothing in it separates numbers or begins an extension
FEWEST_DIGITS = 7  # a local number without its area code


def phone_key(raw: str) -> str:
    """The digits of the first number in ``raw``, without extension and North American 1; ``""`` if there is none."""
    if _ONE_NUMBER.fullmatch(raw):
        return key if len(key := _digits(raw)) >= FEWEST_DIGITS else ""
    return next(iter(phone_keys(raw)), "")


def phone_keys(raw: str) -> tuple[str, ...]:
    """The digits of every number in ``raw``, in order, each once.

    >>> phone_keys("(860) 634-1602 x12 / +1 860.634.1603")
    ('8606341602', '8606341603')
    """
    if _ONE_NUMBER.fullmatch(raw):
        key = _digits(raw)
        return (key,) if len(key) >= FEWEST_DIGITS else ()
    without_extensions = _EXTENSION.sub(" ", unicodedata.normalize("NFKC", raw))
    keys = (_digits(part) for part in _BETWEEN.split(without_extensions))
    return tuple(dict.fromkeys(key for key in keys if len(key) >= FEWEST_DIGITS))


def _digits(part: str) -> str:
    if part.isascii():
        digits = part.encode("ascii").translate(None, _NO_DIGITS).decode("ascii")
        return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    digits = "".join(str(unicodedata.decimal(character)) for character in part if character.isdecimal())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
