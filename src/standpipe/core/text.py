"""Text rules for comparing. What people wrote is stored as they wrote it; only keys are normalised."""

import re
import unicodedata

from .addresses import Address

_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)
_STREET_START = re.compile(r"^(?:\d+[a-z]?\b|p\s*o\s*box\b)")
_POSTAL = re.compile(r"\b(\d{5}(?:-\d{4})?|[a-z]\d[a-z]\s?\d[a-z]\d)\b")


def name_key(name: str) -> str:
    """Equal for names that people take for one: case, accents, punctuation, spaces, "&" and "and" do not count.

    >>> name_key("ACME  Fire & Safety, Inc.") == name_key("Acme Fire and Safety Inc")
    True
    """
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = plain.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "").replace(".", "")
    return _NOT_WORD.sub(" ", plain).strip()


def address_key(address: Address) -> str:
    """Street line and postal code (else city) as one comparable text; ``""`` where no line reads like a street.

    A line counts as a street only if it begins with a number or a P.O. box: what stands above it is a name.
    """
    keys = [name_key(line) for line in address.lines]
    street = next((key for key in keys if _STREET_START.match(key)), "")
    if not street:
        return ""
    postal = name_key(address.postal_code).replace(" ", "")[:5]
    if not postal:
        found = [match.group(1) for key in keys if key != street for match in _POSTAL.finditer(key)]
        postal = found[-1].replace(" ", "")[:5] if found else ""
    return f"{street}|{postal or name_key(address.city)}"
