"""How names and addresses are read before they are compared. Pure: the same text always reads the same.

Nothing read here is shown or stored; people see what stands in the books.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from standpipe.core.addresses import Address
from standpipe.core.text import fold, name_key

from .words import (
    ABBREVIATIONS,
    BETWEEN_NAMES,
    COMMON_WORDS,
    DIRECTIONS,
    FIRST_NAMES,
    LEGAL_FORMS,
    NUMBER_WORDS,
    ROMAN_NUMERALS,
    SITE_WORDS,
    STATE_CODES,
    STATES,
    STOP_WORDS,
    STREET_SUFFIXES,
    STREET_WORDS,
    TENS,
    TITLES,
    UNIT_WORDS,
)

REMEMBERED = 65_536  # names and addresses: a job repeats its customer's, and a list is read once a chunk
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_LETTER_AND_NUMBER = re.compile(r"([a-z]?)0*(\d+)([a-z]?)")


# Names


@dataclass(frozen=True, slots=True)
class Name:
    """One name as comparable words, in the order written."""

    words: tuple[str, ...]
    compact: str  # all of it but the legal form, written together
    is_person: bool

    @property
    def key(self) -> str:
        """Equal for names that differ only in abbreviations, legal form and the order of words."""
        return " ".join(sorted(self.words))


@lru_cache(maxsize=REMEMBERED)
def read_names(raw: str) -> tuple[Name, ...]:
    """The whole name; and both halves where it tells two ("Kowalski LLC dba Corner Grill"). Blank: none."""
    words = name_key(raw).split()
    if not words:
        return ()
    words = _join_letters(words)
    halves = list(_halves(words))
    found = [_read(half, raw=raw) for half in ([words] if len(halves) < 2 else [words, *halves])]
    return tuple(dict.fromkeys(found))


def _halves(words: list[str]) -> Iterator[list[str]]:
    half: list[str] = []
    for word in words:
        if word in BETWEEN_NAMES and half:
            yield half
            half = []
        else:
            half.append(word)
    if half:
        yield half


def _read(words: list[str], *, raw: str) -> Name:
    numbered = _with_numbers(words)
    kept = [
        word for word in numbered if word not in STOP_WORDS and word not in LEGAL_FORMS and word not in BETWEEN_NAMES
    ]
    if len(kept) > 2 and kept[0] in TITLES:
        kept = kept[1:]
    read = tuple(map(_canonical, kept or numbered))
    compact = "".join(word for word in numbered if word not in LEGAL_FORMS and word not in ("and", "the"))
    return Name(read, compact, is_person=_is_person(read, raw=raw))


def _canonical(word: str) -> str:
    if found := ABBREVIATIONS.get(word):
        return found
    if len(word) > 4 and word.endswith("s"):
        single = word[:-3] + "y" if word.endswith("ies") else word[:-1]
        if single in ABBREVIATIONS or single in COMMON_WORDS:
            return ABBREVIATIONS.get(single, single)
    return word


def _join_letters(words: list[str]) -> list[str]:
    """``a b c`` is "ABC"; ``s and s`` is "S&S"."""
    joined: list[str] = []
    letters = ""
    for position, word in enumerate(words):
        if len(word) == 1 and word.isalpha():
            letters += word
            continue
        if word == "and" and letters and position + 1 < len(words) and len(words[position + 1]) == 1:
            continue
        if letters:
            joined.append(letters)
            letters = ""
        joined.append(word)
    return [*joined, letters] if letters else joined


def _with_numbers(words: list[str]) -> list[str]:
    """Numbers in words and ordinals as digits; "twenty one" is one number."""
    found: list[str] = []
    tens = 0
    for position, word in enumerate(words):
        number = NUMBER_WORDS.get(word)
        if tens:
            if number and len(number) == 1 and number != "0":
                found.append(str(tens + int(number)))
                tens = 0
                continue
            found.append(str(tens))
            tens = 0
        if word in TENS:
            tens = TENS[word]
        elif number:
            found.append(number)
        elif match := _ORDINAL.fullmatch(word):
            found.append(match[1])
        elif word in ROMAN_NUMERALS and position:
            found.append(ROMAN_NUMERALS[word])
        elif word.isdigit():
            found.append(word.lstrip("0") or "0")
        else:
            found.append(word)
    return [*found, str(tens)] if tens else found


def _is_person(words: tuple[str, ...], *, raw: str) -> bool:
    """Two to five words, one of them a first name, and none that only a company has."""
    if not 2 <= len(words) <= 5 or any(word in COMMON_WORDS or word.isdigit() for word in words[1:]):
        return False
    if not LEGAL_FORMS.isdisjoint(name_key(raw).split()):
        return False
    return any(word in FIRST_NAMES for word in words)


@lru_cache(maxsize=REMEMBERED)
def is_number(word: str) -> bool:
    """``12``, ``12a``, ``b4``: what tells one of several apart."""
    return any(character.isdigit() for character in word)


def tells_apart(word: str) -> bool:
    """A number, a side, a generation or a letter: two names that differ in it are two things."""
    return is_number(word) or word in DIRECTIONS or word in ("jr", "sr") or (len(word) == 1 and word.isalpha())


def is_part_of_place(word: str) -> bool:
    return word in SITE_WORDS


# Addresses


@dataclass(frozen=True, slots=True)
class Street:
    """One address as comparable parts; ``""`` and ``()`` where nothing says."""

    box: str = ""
    number: str = ""
    words: tuple[str, ...] = ()  # the street's own name
    suffix: str = ""
    side: str = ""  # n, s, e, w, ...: "North Main Street" is not "South Main Street"
    units: tuple[tuple[str, str], ...] = ()
    city: str = ""
    state: str = ""
    postal: str = ""

    @property
    def is_street(self) -> bool:
        return bool(self.number and self.words)

    @property
    def is_nothing(self) -> bool:
        return not (self.box or self.words or self.city or self.postal)


NOWHERE = Street()
_POSTAL = re.compile(r"(\d{5})(?:[- ]?\d{4})?|([a-z]\d[a-z]) ?(\d[a-z]\d)")
_TAIL = re.compile(r"^(?P<before>.*?)[\s,]*\b(?P<postal>\d{5}(?:-\d{4})?|[a-z]\d[a-z] ?\d[a-z]\d)$")
_BOX = re.compile(r"\b(?:p ?o ?box|post office box|box|postfach|apartado)\s+(\w+)")
_BEGINS_WITH_NUMBER = re.compile(r"^(\d+)\s?(?:-\s?\d+|[a-z](?=\s))?\s*(?:1 2\s)?")
_NTH_FLOOR = re.compile(r"\b(\d+)(?:st|nd|rd|th)? (?:floor|fl|flr)\b")
_SIDES = frozenset(("n", "s", "e", "w", "ne", "nw", "se", "sw"))


@lru_cache(maxsize=REMEMBERED)
def read_address(address: Address) -> Street:
    """Fields first, then what the lines say; a street begins or ends with a number, or has a suffix in it."""
    lines = [fold(line).replace("#", " unit ") for line in address.lines]
    city, state, postal = name_key(address.city), _state(address.state), _postal(address.postal_code)
    if not (city and postal):
        lines, found = _city_line(lines)
        city, state, postal = city or found[0], state or found[1], postal or found[2]
    box = ""
    streets: list[Street] = []
    units: dict[str, str] = {}
    for line in lines:
        key = name_key(line)
        if match := _BOX.search(key):
            box = box or match[1]
            continue
        units |= _units(key)
        if street := _street(key):
            streets.append(street)
    street = next((one for one in streets if one.number and one.suffix), None) or next(iter(streets), NOWHERE)
    units |= dict(street.units)
    return Street(
        box=box,
        number=street.number,
        words=street.words,
        suffix=street.suffix,
        side=street.side,
        units=tuple(sorted(units.items())),
        city=_city(city),
        state=state,
        postal=postal,
    )


def _postal(raw: str) -> str:
    match = _POSTAL.search(fold(raw))
    if match:
        return match[1] or f"{match[2]}{match[3]}"
    return name_key(raw).replace(" ", "")


def _state(raw: str) -> str:
    key = name_key(raw)
    return STATES.get(key, key)


def _city(key: str) -> str:
    return " ".join(STREET_WORDS.get(word, word) for word in key.split())


def _city_line(lines: list[str]) -> tuple[list[str], tuple[str, str, str]]:
    """Finds "Springfield, IL 62701" among the lines, the last such one, and takes it away."""
    for position in range(len(lines) - 1, -1, -1):
        line = lines[position].strip(" ,.")
        match = _TAIL.match(line)
        if match and not (position == 0 and len(lines) > 1):
            return _without(lines, position, match["before"], postal=_postal(match["postal"]))
        before, _, last = line.rpartition(" ")
        if not match and before and _state(last) in STATE_CODES and ("," in line or position):
            return _without(lines, position, line, postal="")
        if match:
            return _without(lines, position, match["before"], postal=_postal(match["postal"]))
    return lines, ("", "", "")


def _without(lines: list[str], position: int, rest: str, *, postal: str) -> tuple[list[str], tuple[str, str, str]]:
    """``rest``: "100 main st, springfield, il". What stands before the city stays a line."""
    parts = [part.strip() for part in rest.strip(" ,").split(",") if part.strip()]
    state = ""
    if parts:
        words = parts[-1].split()
        for count in (3, 2, 1):
            ending = " ".join(words[-count:])
            if len(words) >= count and (ending in STATES or ending.replace(".", "") in STATE_CODES):
                state = _state(ending.replace(".", ""))
                parts[-1] = " ".join(words[:-count])
                break
    parts = [part for part in parts if part]
    city = name_key(parts.pop()) if parts and not any(c.isdigit() for c in parts[-1]) else ""
    return [*lines[:position], *parts, *lines[position + 1 :]], (city, state, postal)


def _units(key: str) -> dict[str, str]:
    found = {}
    if match := _NTH_FLOOR.search(key):
        found["floor"] = match[1]
    words = _with_numbers(key.split())
    for word, following in pairwise(words):
        kind = UNIT_WORDS.get(word)
        if kind and (is_number(following) or len(following) == 1):
            found.setdefault(kind, following.lstrip("0") or "0")
    return found


def _street(key: str) -> Street | None:
    """``1200 n main st ste 4``: number, side, words, suffix; also "hauptstrasse 12". ``None``: no street."""
    words = _with_numbers(_without_units(_german(key)).split())
    if not words:
        return None
    number = ""
    if match := _LETTER_AND_NUMBER.fullmatch(words[0]):
        number, words = match[2] + match[3], words[1:]
        if len(words) > 1 and words[0].isdigit() and words[1] not in STREET_SUFFIXES and len(words[0]) > 1:
            words = words[1:]  # "1200 1204 main st": a range
    elif (
        len(words) > 1
        and words[-1].isdigit()
        and not {"hwy", "highway", "route", "rte", "rt", "road"} & set(words[:-1])
    ):
        number, words = words[-1], words[:-1]
    return _street_of(number, words)


def _street_of(number: str, words: list[str]) -> Street | None:
    read = [STREET_WORDS.get(word, word) for word in words]
    sides = [word for word in (read[:1] + read[-1:] if len(read) > 1 else []) if word in _SIDES]
    own = [word for word in read if word not in _SIDES] or read
    suffix = next((word for word in reversed(own[1:]) if word in STREET_SUFFIXES.values()), "")
    leading = own[0] if own and own[0] in ("rue", "calle", "hwy", "rte") else ""
    kept = [word for word in own if word not in (suffix, "rue", "calle")] or own
    if not (number or suffix or leading) or not kept:
        return None
    units: tuple[tuple[str, str], ...] = ()
    if (
        len(kept) > 1
        and is_number(kept[-1])
        and suffix
        and own.index(suffix) < len(own) - 1
        and suffix not in ("hwy", "rte")
    ):
        units, kept = (("unit", kept[-1]),), kept[:-1]  # "12 main st 2b"
    return Street(number=number, words=tuple(kept), suffix=suffix, side=sides[0] if sides else "", units=units)


def _without_units(key: str) -> str:
    words = key.split()
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else ""
        if position and word in UNIT_WORDS and (is_number(following) or len(following) == 1):
            return " ".join([*words[:position], *words[position + 2 :]])
    return _NTH_FLOOR.sub(" ", key)


def _german(key: str) -> str:
    return re.sub(r"\b(\w{3,}?)(strasse|str)\b", r"\1 strasse", key)
