"""A pair side by side, field by field, with what differs marked. Pure, but for reading the two rows."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.addresses import Address
from standpipe.core.phones import phone_keys
from standpipe.core.text import name_key
from standpipe.quickbooks.lists.addresses import billing_address, ink, physical_address
from standpipe.quickbooks.lists.details import PATH_SEPARATOR, Details
from standpipe.quickbooks.lists.models import Customer

from .gathering import Reachable
from .words import ABBREVIATIONS, NUMBER_WORDS, STOP_WORDS, STREET_WORDS, UNIT_WORDS

_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
SAME, NEARLY, DIFFERENT, ONE_SIDED = "same", "nearly", "different", "one-sided"
WORDS = {SAME: "same", NEARLY: "written differently", DIFFERENT: "different", ONE_SIDED: "only on one side"}
SIGNS = {SAME: "=", NEARLY: "≈", DIFFERENT: "≠", ONE_SIDED: "–"}

Keys = Callable[[str], set[str]]  # what a text is compared by


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    is_other: bool  # the other side has no such word


@dataclass(frozen=True, slots=True)
class Row:
    """``here`` and ``there``: lines of words; ``state`` says how the two compare."""

    label: str
    here: tuple[tuple[Word, ...], ...]
    there: tuple[tuple[Word, ...], ...]
    state: str

    @property
    def sign(self) -> str:
        return SIGNS[self.state]

    @property
    def words(self) -> str:
        return WORDS[self.state]


def rows_of(record: Account | Building, customer: Customer, contacts: Reachable) -> list[Row]:
    """Only what one of them has; the names always."""
    details = Details.from_json(customer.details)
    names = {key for name in (record.name, customer.name, customer.company_name) for key in word_keys(name)}
    own = [customer.name] if customer.name != ink(customer.company_name) else []
    label = ink(customer.company_name)
    *above, _ = customer.full_name.split(PATH_SEPARATOR)
    rows = [row("Name", [record.name], [*([label] if label else []), *own])]
    if isinstance(record, Building):
        account = record.account.name if record.account else ""
        rows.append(row("Account, customer", [account], [PATH_SEPARATOR.join(above)]))
        there = physical_address(details)[0]
        rows.append(row("Physical address", lines(record.physical_address), lines(there), names=names))
    elif above:
        rows.append(row("Job of", [], [PATH_SEPARATOR.join(above)]))
    there = billing_address(details)[0]
    rows.append(row("Billing address", lines(record.billing_address), lines(there), names=names))
    phones = [details.phone, details.alt_phone, details.mobile]
    rows.append(row("Phone", contacts.phones, phones, value_keys=_phone_keys))
    rows.append(row("E-mail", contacts.emails, [details.email], value_keys=lambda text: {text.casefold()}))
    rows.append(row("Contact", contacts.people, [details.contact, details.alt_contact]))
    return [one for at, one in enumerate(rows) if at == 0 or one.here or one.there]


def lines(address: Address) -> tuple[str, ...]:
    return address.printed_lines


def row(
    label: str,
    here: Iterable[str],
    there: Iterable[str],
    *,
    value_keys: Keys | None = None,
    names: Collection[str] = (),
) -> Row:
    """Compared word for word; with ``value_keys`` value for value (phones, e-mails).

    ``names``: the words of both names. A line of an address that says no more than a name is no difference:
    QuickBooks very often prints the company above the street.
    """
    ours, theirs = _present(here), _present(there)
    keys = value_keys or word_keys
    whole = value_keys is not None
    told_here, told_there = (_without_names(texts, names) for texts in (ours, theirs))
    known_here, known_there = _known(told_here, keys, whole=whole), _known(told_there, keys, whole=whole)
    state = _state(ours, theirs, known_here, known_there)
    is_plain = state != DIFFERENT

    def marked(texts: Sequence[str], told: Sequence[str], known: set[str]) -> tuple[tuple[Word, ...], ...]:
        return tuple(_marked(text, keys, known, plain=is_plain or text not in told, whole=whole) for text in texts)

    return Row(label, marked(ours, told_here, known_there), marked(theirs, told_there, known_here), state)


def _without_names(texts: Sequence[str], names: Collection[str]) -> list[str]:
    return [text for text in texts if not word_keys(text) <= set(names)] if names else list(texts)


def _parts(text: str, *, whole: bool) -> list[str]:
    return [text] if whole else text.split()


def _known(texts: Sequence[str], keys: Keys, *, whole: bool) -> set[str]:
    return {key for text in texts for part in _parts(text, whole=whole) for key in keys(part)}


def _marked(text: str, keys: Keys, known: set[str], *, plain: bool, whole: bool) -> tuple[Word, ...]:
    return tuple(Word(part, is_other=not plain and not keys(part) <= known) for part in _parts(text, whole=whole))


def _state(ours: Sequence[str], theirs: Sequence[str], known_here: set[str], known_there: set[str]) -> str:
    if not ours or not theirs:
        return ONE_SIDED
    if [name_key(text) for text in ours] == [name_key(text) for text in theirs]:
        return SAME
    return NEARLY if known_here == known_there else DIFFERENT


def word_keys(word: str) -> set[str]:
    """What a word is compared by: "Street" and "St." are one, "4th" is "Fourth", a comma or an "of" is none."""
    if not any(map(str.isalnum, word)):
        return set()
    return {_word_key(part) for part in name_key(word).split() if part not in STOP_WORDS}


def _word_key(part: str) -> str:
    if number := NUMBER_WORDS.get(part):
        return number
    if ordinal := _ORDINAL.fullmatch(part):
        return ordinal[1]
    whole = ABBREVIATIONS.get(part, part)
    return UNIT_WORDS.get(part) or STREET_WORDS.get(whole, whole)


def _phone_keys(text: str) -> set[str]:
    return set(phone_keys(text)) or {text}


def _present(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(shown for text in texts if (shown := ink(text))))
