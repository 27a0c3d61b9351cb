"""Text rules for comparing and finding. What people wrote is stored as they wrote it; only keys are normalised."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import filterfalse

from .addresses import Address
from .phones import phone_key

SEARCH_LENGTH = 200  # more is no search, and SQLite refuses a pattern of 50,000
KEY_LENGTH = 64  # of a name; longer names are compared by their beginning, so that keys of both sides are cut alike

_NOT_WORD = re.compile(r"[\W_]+")
_STREET_START = re.compile(r"^(?:\d+[a-z]?\b|p\s*o\s*box\b)")
_POSTAL = re.compile(r"\b(\d{5}(?:-\d{4})?|[a-z]\d[a-z]\s?\d[a-z]\d)\b")
_PHONE_LIKE = re.compile(r"[\d\s()+./-]*")
_SILENT = ("'", ".", "\N{RIGHT SINGLE QUOTATION MARK}", "\N{LEFT SINGLE QUOTATION MARK}")
_JOINING = re.compile(f"[&{''.join(_SILENT)}]")  # other signs separate: what stands between them is found as it is
# Printed as nothing, though Unicode calls them letters or symbols.
_UNSEEN = frozenset("\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}\N{HANGUL CHOSEONG FILLER}\N{BRAILLE PATTERN BLANK}")
_UNSEEN_KINDS = ("Cc", "Cf", "Cs")


def is_blank(text: str) -> bool:
    """No ink: empty, spaces of any kind, zero-width and direction marks, control characters."""
    if is_plain(text):
        return not text.strip()
    return all(
        character.isspace() or character in _UNSEEN or unicodedata.category(character) in ("Cc", "Cf")
        for character in text
    )


def is_plain(text: str) -> bool:
    """Nothing but printable ASCII, as almost all text of QuickBooks is: then no rule about characters applies."""
    return text.isascii() and text.isprintable()


def is_storable(text: str) -> bool:
    """Whether a database takes it: PostgreSQL takes no NUL, and halves of surrogate pairs are in no UTF-8."""
    return is_plain(text) or ("\0" not in text and _HALF.search(text) is None)


_HALF = re.compile(r"[\ud800-\udfff]")


def fold(text: str) -> str:
    """Without case, accents, width variants and characters that no eye sees; spaces are single.

    Marks that carry meaning (vowel signs, viramas, kana voicing) stay; accents, Hebrew points and Arabic harakat go.
    """
    return " ".join(_folded(text).split())


def _folded(text: str) -> str:
    """``fold``, with the spaces that are there."""
    return _ODD.sub(_folded_run, text).lower()


_ODD = re.compile(r"[^ -~]+")  # all but printable ASCII, which needs no more than lower case


def _folded_run(found: re.Match[str]) -> str:
    return _fold_odd(found[0])


@lru_cache(maxsize=4096)
def _fold_odd(run: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", run).casefold()).casefold()
    plain = plain.replace("\N{LATIN SMALL LETTER DOTLESS I}", "i")  # the one letter whose capital is another's
    return "".join(filter(_is_kept, plain))


@lru_cache(maxsize=4096)
def _is_kept(character: str) -> bool:
    if unicodedata.combining(character) > 9:  # 0 vowel signs, 7 nuktas, 8 kana voicing, 9 viramas
        return False
    return character.isspace() or (character not in _UNSEEN and unicodedata.category(character) not in _UNSEEN_KINDS)


@lru_cache(maxsize=8192)  # a job repeats its customer's name and address, line for line
def name_key(name: str) -> str:
    """Equal for names that people take for one: case, accents, punctuation, spaces, "&" and "and" do not count.

    A name of signs only ("***") is its own key; ``""`` comes of blank names alone, and looks like nothing.

    >>> name_key("ACME  Fire & Safety, Inc.") == name_key("Acme Fire and Safety Inc")
    True
    """
    told = name if is_plain(name) else fold(name)
    return (_words(told) or " ".join(told.split()))[:KEY_LENGTH].rstrip()


def _words(folded: str) -> str:
    """Letters, digits and the marks that belong to them; silent signs join, all else separates.

    Plain ASCII need not be folded before.
    """
    if "&" in folded:
        folded = folded.replace("&", " and ")
    if folded.isascii():
        return b" ".join(folded.encode("ascii").translate(_ASCII_WORDS, _ASCII_SILENT).split()).decode("ascii")
    for sign in _SILENT:
        folded = folded.replace(sign, "")
    spaced = _ODD.sub(_spaced_run, _SIGNS.sub(" ", folded))
    return " ".join(word for word in spaced.split() if word.isascii() or not _NOT_WORD.fullmatch(word))


_ASCII_WORDS = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)
_ASCII_SILENT = "".join(filter(str.isascii, _SILENT)).encode("ascii")
_SIGNS = re.compile(r"[!-/:-@\[-`{-~]+")  # printable ASCII that is neither letter nor digit


def _spaced_run(found: re.Match[str]) -> str:
    return "".join(map(_spaced, found[0]))


@lru_cache(maxsize=4096)
def _spaced(character: str) -> str:
    is_part = unicodedata.category(character)[0] == "M" or not _NOT_WORD.match(character)
    return character if is_part else " "


def address_key(address: Address) -> str:
    """Street line and postal code (else city) as one comparable text; ``""`` where no line reads like a street.

    A line counts as a street only if it begins with a number or a P.O. box: what stands above it is a name.
    """
    return address_key_of(address.lines, address.postal_code, address.city)


@lru_cache(maxsize=8192)  # as above
def address_key_of(lines: tuple[str, ...], postal_code: str, city: str) -> str:
    """``address_key`` of the parts that it looks at."""
    for line in lines:
        if _may_be_street(line) and _STREET_START.match(street := name_key(line)):
            break
    else:
        return ""
    postal = postal_code[:5]
    if not (len(postal) == 5 and postal.isascii() and postal.isdecimal()):
        postal = name_key(postal_code).replace(" ", "")[:5]
    if not postal:
        keys = [name_key(line) for line in lines]
        found = [match.group(1) for key in keys if key != street for match in _POSTAL.finditer(key)]
        postal = found[-1].replace(" ", "")[:5] if found else ""
    return f"{street}|{postal or name_key(city)}"


def _may_be_street(line: str) -> bool:
    """Most lines are names, and one look at the first letter tells: a street begins with a number or a P.O. box."""
    first = line[:1]
    return not (first.isascii() and first.isalpha()) or first in "pP"


def search_text(parts: Iterable[str]) -> str:
    """What a search looks through: every word as written, and without its silent signs ("john's", "johns")."""
    together = " ".join(parts)
    return plain_search_text(together) if is_plain(together) else _searched(_folded(together))


def plain_search_text(together: str) -> str:
    """``search_text`` of parts that are ``is_plain``, with blanks between them."""
    return _searched(together.lower())


def _searched(folded: str) -> str:
    words = dict.fromkeys(folded.split())
    joined = " ".join(filter(_JOINING.search, filterfalse(str.isalnum, words)))
    return " ".join([*words, _words(joined)])


def search_words(search: str) -> tuple[str, ...]:
    """The words that must all be found in a ``search_text``."""
    return tuple(dict.fromkeys(fold(search[:SEARCH_LENGTH]).split()))


def searched_phone(search: str) -> str:
    """The digits that may be found instead, where a phone number is looked for; else ``""``."""
    folded = fold(search[:SEARCH_LENGTH])
    digits = phone_key(folded) if _PHONE_LIKE.fullmatch(folded) else ""
    return digits if len(digits) == 7 or len(digits) >= 10 else ""  # nine are a ZIP code with its four
