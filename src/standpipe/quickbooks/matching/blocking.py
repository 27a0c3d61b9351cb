"""Which customers are worth comparing with a record, out of many thousands. Pure.

Two sides are compared if they share something that few share: a name, a rare word, two frequent words, a street with
its number, a phone, an e-mail. A word that nobody on the other side has is taken for a slip of the pen.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import log

from standpipe.core.addresses import Address

from .reading import is_number, read_address, read_names
from .scoring import Party, Scored, score
from .words import COMMON_WORDS, FREE_MAIL, ROLE_MAILBOXES

COMPARED = 12  # candidates a record: the right one is nearly always among the first three
MOST_ALIKE = 150  # what more customers than this share tells nothing
LEAST = 30  # per cent: below it, nothing that a person would want to see
SHORTEST_SLIP = 5  # letters: in a shorter word every other word is one slip away
MOST_PAIRED = 5  # words of a name


class Index:
    """Customers by what they could be found by."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._found: dict[str, list[int]] = defaultdict(list)
        self._slips: dict[str, list[str]] = defaultdict(list)
        for number, party in enumerate(parties):
            for key in set(keys_of(party)):
                self._found[key].append(number)
        for key in list(self._found):
            if key.startswith("word ") and len(key) >= SHORTEST_SLIP + 5 and not is_number(key):
                for part in _less_one(key[5:]):
                    self._slips[part].append(key)

    def candidates(self, party: Party) -> list[int]:
        """Numbers of the customers to compare with, in the order given, the likeliest first."""
        weights: dict[int, float] = defaultdict(float)
        for key in set(self._keys(party)):
            found = self._found.get(key, ())
            if 0 < len(found) <= MOST_ALIKE:
                weight = 1 / (1 + log(len(found)))
                for number in found:
                    weights[number] += weight
        return sorted(weights, key=lambda number: (-weights[number], number))[:COMPARED]

    def _keys(self, party: Party) -> Iterator[str]:
        for key in keys_of(party):
            yield key
            if key.startswith("word ") and key not in self._found and len(key) >= SHORTEST_SLIP + 5:
                for part in _less_one(key[5:]):
                    yield from self._slips.get(part, ())


def best_of(party: Party, parties: Sequence[Party], index: Index) -> list[tuple[int, Scored]]:
    """The customers that it may be, the likeliest first."""
    scored = [(number, score(party, parties[number])) for number in index.candidates(party)]
    likely = [(number, one) for number, one in scored if one.score >= LEAST]
    return sorted(likely, key=lambda pair: (-pair[1].odds, pair[0]))


def keys_of(party: Party) -> Iterator[str]:
    for raw in (*party.names, *party.path_names):
        for name in read_names(raw):
            yield f"name {name.key}"
            yield f"name {name.compact}"
            yield from _word_keys(name.words)
    for address in (party.billing, party.physical):
        if not address.is_blank:
            yield from _address_keys(address)
    for phone in party.phones:
        yield f"phone {phone[-7:]}"
    for email in party.emails:
        yield f"email {email}"
        mailbox, _, domain = email.rpartition("@")
        if domain not in FREE_MAIL and mailbox not in ROLE_MAILBOXES:
            yield f"at {domain}"


def _word_keys(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word not in COMMON_WORDS and len(word) > 1:
            yield f"word {word}"
    for one, other in combinations(sorted(set(words))[:MOST_PAIRED], 2):
        yield f"words {one} {other}"


def _address_keys(address: Address) -> Iterator[str]:
    street = read_address(address)
    if street.is_street:
        yield f"street {street.number} {''.join(street.words)[:5]}"
        yield f"street {street.number} {street.postal or street.city}"
    if street.box:
        yield f"box {street.box} {street.postal or street.city}"


def _less_one(word: str) -> set[str]:
    """The word, and it without each of its letters: two words a slip apart have one of these in common."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
