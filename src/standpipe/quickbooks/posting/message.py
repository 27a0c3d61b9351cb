"""The texts of an invoice as QuickBooks can hold them: number, memo, Ship To, Bill To, descriptions. Pure.

One reading for two users: the checklist says beforehand what cannot be stored and what would be written instead, and
freezing sends exactly that.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qbwire.errors import UnstorableText
from qbwire.scalars import storable_text
from standpipe.core.addresses import Address
from standpipe.core.text import fold

# Lengths: qbXML 13 reference, InvoiceAdd and the address aggregate.
NUMBER, MEMO, DESCRIPTION = 11, 4095, 4095
ADDRESS_LINE = 41
_PLACE = {"city": 31, "state": 21, "postal_code": 13, "country": 31}
PRINTED_LINES = 5  # of an address with its town; longer ones are refused (zed-systems help)
_HOME = frozenset({"", "us", "usa", "u.s.", "u.s.a.", "united states", "united states of america"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The texts of one invoice as they stand here. ``building_name`` is ``""`` on an invoice for an account."""

    number: str = ""
    memo: str = ""
    building_name: str = ""
    physical_address: Address = Address()
    bill_to_name: str = ""
    bill_to: Address | None = None  # ``None``: left to QuickBooks
    descriptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A text that cannot be sent. ``where`` is what a person would have to edit: "invoice", "building", "bill_to"."""

    field: str
    where: str
    text: str
    repair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A text that is sent otherwise than it stands here."""

    field: str
    sent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is sent. With ``problems`` nothing may be; the texts at fault are ``""`` then."""

    number: str
    memo: str
    ship_to: Address | None
    bill_to: Address | None
    descriptions: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()


def texts_of(draft: Draft) -> Texts:
    """Every text of the invoice as QuickBooks will have it."""
    reader = _Reader()
    number = reader.read(draft.number.strip(), name="Number", limit=NUMBER, where="invoice")
    ship_to = bill_to = None
    building_name = draft.building_name
    if building_name:
        known = len(reader.problems)
        ship_to = reader.read_address(draft.physical_address, name=building_name, title="Ship To", where="building")
        if len(reader.problems) > known:
            building_name = ""  # said once
    memo = reader.read(
        memo_of(draft.memo, building_name=building_name), name="Memo", limit=MEMO, where="invoice", one_line=False
    )
    if draft.bill_to is not None:
        bill_to = reader.read_address(draft.bill_to, name=draft.bill_to_name, title="Bill To", where="bill_to")
    descriptions = tuple(
        reader.read(text, name=f"Description of line {n}", limit=DESCRIPTION, where="invoice", one_line=False)
        for n, text in enumerate(draft.descriptions, start=1)
    )
    return Texts(
        number=number,
        memo=memo,
        ship_to=ship_to,
        bill_to=bill_to,
        descriptions=descriptions,
        problems=tuple(reader.problems),
        changes=tuple(reader.changes),
    )


def number_as_sent(text: str | None) -> str:
    """The number of an invoice, or the reference of a payment, in QuickBooks' letters; ``""``: it cannot hold it."""
    try:
        return storable_text((text or "").strip(), field="Number").text
    except UnstorableText:
        return ""


def memo_of(memo: str, *, building_name: str) -> str:
    """The memo names the building: "Annual inspection – Elm School"; one that names it already stays as it is."""
    memo = memo.strip()
    if not building_name or fold(building_name) in fold(memo):
        return memo
    return f"{memo} – {building_name}" if memo else building_name


def fitted(address: Address, *, name: str) -> Address:
    """``address`` under ``name``, on as many lines of such a length as QuickBooks prints.

    What is too long for a line goes on to the next one; where the lines do not suffice, the last of them are joined,
    and what does not fit then is cut. The home country and the note are left out: nobody posts to either.
    """
    country = "" if address.country.casefold() in _HOME else address.country
    below = bool(address.city or address.state or address.postal_code) + bool(country)
    wrapped = [part for line in _named(address, name=name) for part in textwrap.wrap(line, ADDRESS_LINE)]
    room = PRINTED_LINES - below
    if len(wrapped) > room:
        wrapped = [*wrapped[: room - 1], ", ".join(wrapped[room - 1 :])]
    place = {part: getattr(address, part)[:length].strip() for part, length in _PLACE.items()}
    place["country"] = country[: _PLACE["country"]].strip()
    return replace(address, lines=tuple(line[:ADDRESS_LINE].strip() for line in wrapped), note="", **place)


def _named(address: Address, *, name: str) -> tuple[str, ...]:
    """The lines with the name above them, once."""
    is_there = bool(address.lines) and fold(address.lines[0]) == fold(name)
    return address.lines if is_there else (name, *address.lines)


@dataclass(slots=True)
class _Reader:
    """Reads one text after the other and remembers what is the matter with each."""

    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def read(self, text: str, *, name: str, limit: int | None, where: str, one_line: bool = True) -> str:
        try:
            stored = storable_text(text, field=name, limit=limit, one_line=one_line)
        except UnstorableText as refusal:
            self.problems.append(Problem(field=name, where=where, text=str(refusal), repair=refusal.repair))
            return ""
        if stored.changes:
            self.changes.append(Change(field=name, sent=stored.text))
        return stored.text

    def read_address(self, address: Address, *, name: str, title: str, where: str) -> Address:
        """Letters are replaced first and may become more (ß in capitals); then it is fitted."""
        parts = [name, *address.lines, *(getattr(address, part) for part in _PLACE)]
        known = len(self.changes)
        read = [self.read(" ".join(part.split()), name=title, limit=None, where=where) for part in parts]
        lines = tuple(read[1 : 1 + len(address.lines)])
        whole = replace(address, lines=lines, **dict(zip(_PLACE, read[1 + len(address.lines) :], strict=True)))
        sent = fitted(whole, name=read[0])
        if len(self.changes) > known or _ink(_named(whole, name=read[0]), whole) != _ink(sent.lines, sent):
            del self.changes[known:]
            self.changes.append(Change(field=title, sent=" · ".join(sent.printed_lines)))
        return sent


def _ink(lines: Sequence[str], address: Address) -> str:
    """The letters and digits alone, to see whether any was lost."""
    parts = (*lines, address.city, address.state, address.postal_code)
    return "".join(character for part in parts for character in part if character.isalnum())
