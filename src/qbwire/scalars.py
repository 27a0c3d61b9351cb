"""Wire text and Python values: the basic types of qbXML, and the text that QuickBooks can hold.

Source of the forms: qbXML 13.0 data types (STRTYPE, IDTYPE, AMTTYPE, ...). Money is Decimal. QuickBooks' points in
time stay QuickBooks' own text, because in summer it writes the right wall time with the winter offset (SDK forum;
jsgoupil/quickbooks-sync, DATETIMETYPE), so that a converted value would be an hour late.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qbwire.errors import UnstorableText

# --- the basic types ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scalar:
    """One basic type of qbXML: how its text is read, written and limited.

    `read` takes text that is neither empty nor blank and raises ValueError for text that has not this form.
    `write` raises ValueError for a value that this form cannot hold.
    """

    name: str
    python: type
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    max_length: int | None = None
    least: int | None = None
    most: int | None = None


def text(max_length: int | None = None) -> Scalar:
    """STRTYPE, or STRTYPE of at most that many characters."""
    return Scalar(name="STRTYPE", python=str, read=_same, write=_same, max_length=max_length)


def _same(value: str) -> str:
    return value


def _matching(pattern: str, *, example: str) -> Callable[[str], str]:
    whole = re.compile(pattern)

    def checked(value: str) -> str:
        if whole.fullmatch(value) is None:
            raise ValueError(f"{value!r} is not of the form {example}")
        return value

    return checked


def _read_bool(value: str) -> bool:
    try:
        return _BOOLS[value.strip().lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither true nor false") from None


_BOOLS = {"true": True, "false": False, "1": True, "0": False}


def _write_bool(value: bool) -> str:  # noqa: FBT001 - every writer takes the value alone
    return "true" if value else "false"


def _read_decimal(value: str) -> Decimal:
    if _DECIMAL.fullmatch(value) is None:
        raise ValueError(f"{value!r} is no number")
    return Decimal(value.strip())


_DECIMAL = re.compile(r"\s*[+-]?[0-9]{1,30}(\.[0-9]{0,30})?\s*")


def _decimal_writer(*, digits: int, places: int, fixed: bool) -> Callable[[Decimal], str]:
    """Write a number with up to `places` decimals; `fixed` demands exactly as many. Never rounds."""

    def write(value: Decimal) -> str:
        if not value.is_finite():
            raise ValueError(f"{value} is no number")
        exponent = int(value.normalize().as_tuple().exponent)
        if -exponent > places:
            raise ValueError(f"{value} has more than {places} decimals")
        if value.adjusted() >= digits:
            raise ValueError(f"{value} has more than {digits} digits before the point")
        shown = value.quantize(Decimal(1).scaleb(-places if fixed else min(exponent, 0)))
        return f"{shown:f}" if shown else f"{abs(shown):f}"  # no minus zero

    return write


def _write_float(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is no number")
    return f"{value:f}"


def _read_date(value: str) -> date:
    if _DATE.fullmatch(value) is None:
        raise ValueError(f"{value!r} is no date")
    return date.fromisoformat(value.strip())


_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*")


def _write_date(value: date) -> str:
    if not _FIRST_DATE <= value <= _LAST_DATE:
        raise ValueError(f"{value} is outside {_FIRST_DATE} to {_LAST_DATE}")
    return value.isoformat()


_FIRST_DATE, _LAST_DATE = date(1970, 1, 1), date(2038, 1, 19)  # jsgoupil/quickbooks-sync, DATETYPE.cs


def _read_int(value: str) -> int:
    if _INT.fullmatch(value) is None:
        raise ValueError(f"{value!r} is no whole number")
    return int(value)


_INT = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


ID = Scalar(name="IDTYPE", python=str, read=_same, write=_same, max_length=36)
GUID = Scalar(
    name="GUIDTYPE",
    python=str,
    read=_same,
    write=_matching(r"0|\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}", example="0 or {8-4-4-4-12}"),
)
DATETIME = Scalar(
    name="DATETIMETYPE",
    python=str,
    read=_same,
    write=_matching(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2})?)?", example="2024-03-31T17:05:00-08:00"),
)
MACRO = Scalar(
    name="MACROTYPE",
    python=str,
    read=_same,
    write=_matching(r"(TxnID|ListID):[0-9A-Za-z]+", example="TxnID:name"),
)
BOOL = Scalar(name="BOOLTYPE", python=bool, read=_read_bool, write=_write_bool)
INT = Scalar(name="INTTYPE", python=int, read=_read_int, write=str)


def integer(*, least: int, most: int | None = None) -> Scalar:
    """INTTYPE within bounds, which are checked in writing only."""

    def write(value: int) -> str:
        if value < least or (most is not None and value > most):
            raise ValueError(f"{value} is not {least} to {most}" if most is not None else f"{value} is below {least}")
        return str(value)

    return Scalar(name="INTTYPE", python=int, read=_read_int, write=write, least=least, most=most)


DATE = Scalar(name="DATETYPE", python=date, read=_read_date, write=_write_date)
AMOUNT = Scalar(
    name="AMTTYPE", python=Decimal, read=_read_decimal, write=_decimal_writer(digits=13, places=2, fixed=True)
)
PRICE = Scalar(
    name="PRICETYPE", python=Decimal, read=_read_decimal, write=_decimal_writer(digits=10, places=5, fixed=False)
)
QUANTITY = Scalar(name="QUANTYPE", python=Decimal, read=_read_decimal, write=PRICE.write)
PERCENT = Scalar(name="PERCENTTYPE", python=Decimal, read=_read_decimal, write=PRICE.write)
FLOAT = Scalar(name="FLOATTYPE", python=Decimal, read=_read_decimal, write=_write_float)

# --- what XML and QuickBooks can hold -------------------------------------------------------------

ILLEGAL_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production Char


def legal_text(value: str) -> str:
    """Drop the characters that no XML document can hold, not even as numeric entities."""
    return ILLEGAL_IN_XML.sub("", value)


@dataclass(frozen=True, slots=True)
class Storable:
    """Text that QuickBooks can hold, and in words what had to be changed for it (empty: nothing)."""

    text: str
    changes: tuple[str, ...] = ()


_LOOK_ALIKES = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2015": "-",
    "\u2212": "-",
    "\ufe58": "-",
    "\uff0d": "-",
    "\u2032": "'",
    "\u2033": '"',
    "\u02bc": "'",
    "\u201b": "'",
    "\u201f": '"',
    "\u2035": "'",
    "\u2044": "/",
    "\u2215": "/",
    "\u2024": ".",
    "\u2027": ".",
    "\u22c5": "\u00b7",
    "\u0131": "i",
    "\u0142": "l",
    "\u0141": "L",
    "\u0111": "d",
    "\u0110": "D",
    "\u0127": "h",
    "\u0126": "H",
    "\u0167": "t",
    "\u0166": "T",
    "\u014b": "n",
    "\u014a": "N",
    "\u0138": "k",
    "\u1e9e": "SS",
}  # fmt: skip - pairs; letters with a stroke do not decompose in Unicode, so they are named here
_SPACES = re.compile("[\u1680\u2000-\u200a\u202f\u205f\u3000\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def storable_text(value: str, *, field: str, limit: int | None = None, one_line: bool = True) -> Storable:
    """Return the text as QuickBooks can store it, with the changes that a person should be told of.

    QuickBooks' data is Windows-1252 underneath: dashes, typographic quotes and the euro sign fit, most other scripts
    and emoji do not. What has a look-alike is replaced; the rest raises UnstorableText that names `field`, and so
    does text longer than `limit` characters. `one_line` refuses tabs and line breaks, which names may not hold.
    """
    changes: list[str] = []
    kept = _CONTROLS.sub("", value)
    if kept != value:
        changes.append("control characters were removed")
    if one_line and any(character in kept for character in "\t\n\r"):
        raise UnstorableText(f"{field} holds a tab or a line break.", repair="Write it in one line.", field=field)
    unseen = _INVISIBLE.sub("", kept)
    if unseen != kept:
        changes.append("invisible characters were removed")
    composed = unicodedata.normalize("NFC", unseen)
    written = "".join(_storable_character(character, field=field, changes=changes) for character in composed)
    if limit is not None and len(written) > limit:
        raise UnstorableText(
            f"{field} has {len(written)} characters; QuickBooks holds {limit}.",
            repair=f"Shorten it by {len(written) - limit}.",
            field=field,
        )
    return Storable(text=written, changes=tuple(dict.fromkeys(changes)))


def _storable_character(character: str, *, field: str, changes: list[str]) -> str:
    if fits_quickbooks(character):
        return character
    replacement = _look_alike(character)
    if replacement is None:
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        raise UnstorableText(
            f"{field} holds “{character}” ({name}), which QuickBooks cannot store.",
            repair="Write it in Latin letters or leave it out.",
            field=field,
        )
    changes.append(f"“{character}” became “{replacement}”")
    return replacement


def fits_quickbooks(value: str) -> bool:
    """Whether QuickBooks can hold the text: Windows-1252 without control characters."""
    try:
        value.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return _CONTROLS.search(value) is None


def _look_alike(character: str) -> str | None:
    """Return what stands for the character in Windows-1252: ő becomes o, № becomes No; None for 漢 and emoji."""
    if character in _LOOK_ALIKES:
        return _LOOK_ALIKES[character]
    if _SPACES.match(character):
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    bare = "".join(_LOOK_ALIKES.get(part, part) for part in bare)
    return bare if bare and fits_quickbooks(bare) else None
