"""How likely a record here and a customer in QuickBooks are the same, with the reasons in words. Pure.

Each field that both sides have is compared and told as one piece of evidence; its weight is in ``WEIGHTS``, in log
odds (as in Fellegi and Sunter, A Theory for Record Linkage, 1969). The score is the probability that follows, in per
cent. The weights were set by hand so that what people expect comes out, and measured on sets that they were not set
on (docs/matching.md).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from math import exp

from rapidfuzz.distance import OSA

from standpipe.core.addresses import NO_ADDRESS, Address

from .reading import Name, Street, is_number, is_part_of_place, read_address, read_names, tells_apart
from .words import (
    ABBREVIATIONS,
    CHAINS,
    COMMON_WORDS,
    DIRECTIONS,
    FIRST_NAMES,
    FREE_MAIL,
    GENERATIONS,
    ROLE_MAILBOXES,
)

SUGGESTED_LINE = 80  # at and above it a pair is suggested; people may draw their own line


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What is compared of one side. ``own`` values are this one's; ``shared`` ones it has from its parent as well."""

    names: tuple[str, ...]  # any of them may be the one that the other side has
    path_names: tuple[str, ...] = ()  # the job's name behind its customer's, the building's behind its account's
    billing: Address = NO_ADDRESS
    physical: Address = NO_ADDRESS  # blank: an account, or the same as billing
    phones: tuple[str, ...] = ()  # keys: core.phones.phone_keys
    emails: tuple[str, ...] = ()  # lower case
    people: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()  # the account of a building; the customer of a job
    shared: frozenset[str] = frozenset()  # of "phone", "email", "billing", "physical"
    is_job: bool = False
    is_account: bool = False
    has_jobs: bool = False
    is_one_of_many: bool = False  # others in its list bear the same name


class Evidence(Enum):
    """One finding about a pair: its log odds, and how it is said; ``""`` is not said."""

    def __init__(self, weight: float, words: str) -> None:
        self.weight = weight
        self.words = words

    NAME_SAME = 2.4, "same name"
    NAME_SAME_PLAIN = 1.7, "same name"
    NAME_SAME_COMMON = 1.0, "same name, but many have it"
    NAME_SPELT = 1.6, "names spelt nearly alike"
    NAME_NEARLY = 0.9, "names nearly equal"
    NAME_PART = 0.5, "one name is part of the other"
    NAME_SMALL_PART = -0.6, "names partly equal"
    NAME_OTHER_PART = -1.6, "one name tells a part of the other’s place"
    NAME_APART = -4.2, "names differ in a word"
    NAME_TOLD_APART = -5.5, "names differ in a number, side or person"
    NAME_DIFFERENT = -4.6, "names differ"
    NAME_NONE = -3.0, "no name to compare"

    ADDRESS_SAME = 3.1, "same address"
    ADDRESS_NO_UNIT = 2.2, "same address, one without suite"
    ADDRESS_NEARLY = 2.0, "addresses nearly equal"
    ADDRESS_SHARED = 0.8, "same address as the customer of the job"
    BILLING_SAME = 0.9, "same billing address"
    ADDRESS_TOWN = 0.3, ""
    ADDRESS_OTHER_UNIT = -2.6, "same building, another suite"
    ADDRESS_NEIGHBOUR = -1.7, "same street, another number"
    ADDRESS_OTHER = -1.9, "another street"
    ADDRESS_OTHER_TOWN = -3.0, "another town"

    PHONE_SAME = 2.5, "same phone"
    PHONE_SHARED = 0.4, "same phone as the customer of the job"
    PHONE_OTHER = -1.0, "another phone"
    EMAIL_SAME = 2.7, "same e-mail"
    EMAIL_ROLE = 1.6, "same e-mail"
    EMAIL_SHARED = 0.4, "same e-mail as the customer of the job"
    EMAIL_DOMAIN = 0.9, "e-mail at the same company"
    EMAIL_OTHER = -0.4, "another e-mail"
    PERSON_SAME = 1.0, "same person"

    PARENT_SAME = 1.6, "its account is the customer of the job"
    PARENT_OTHER = -1.4, "its account is not the customer of the job"
    JOB_FOR_ACCOUNT = -1.2, "a job, not a customer"
    CUSTOMER_FOR_BUILDING = -0.9, "a customer that has jobs"


SAME_NAMES = frozenset((Evidence.NAME_SAME, Evidence.NAME_SAME_PLAIN, Evidence.NAME_SAME_COMMON))
NAMES_ALIKE = SAME_NAMES | {Evidence.NAME_SPELT, Evidence.NAME_NEARLY, Evidence.NAME_PART}

# One manager's office has one address, phone and e-mail for all that it looks after: where the names differ, all of
# these together still do not say that two are the same.
NAMES_UNALIKE = frozenset((Evidence.NAME_APART, Evidence.NAME_TOLD_APART, Evidence.NAME_DIFFERENT))
NEVER_SURE = 1.3  # log odds: just below the suggested line, where a person looks twice


@dataclass(frozen=True, slots=True)
class Scored:
    odds: float  # log odds
    evidence: tuple[Evidence, ...] = field(compare=False)

    @property
    def score(self) -> int:
        """0 to 100."""
        return round(100 / (1 + exp(-self.odds)))

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words; what speaks for the pair first, the strongest first on each side."""
        said = sorted((one for one in self.evidence if one.words), key=lambda one: -one.weight)
        return tuple(dict.fromkeys(one.words for one in said))

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """Those of the reasons that make it likelier."""
        return tuple(
            one.words for one in sorted(self.evidence, key=lambda one: -one.weight) if one.weight > 0 and one.words
        )

    @property
    def is_suggested(self) -> bool:
        return self.score >= SUGGESTED_LINE


def score(here: Party, there: Party) -> Scored:
    """``here``: an account or building; ``there``: a customer or job of QuickBooks."""
    names, where = _name(here, there), _address(here, there)
    others = (where, _phone(here, there), _email(here, there), _person(here, there), *_kind(here, there))
    found = [names, *(one for one in others if one is not None)]
    odds = sum(one.weight for one in found) + _alone(found)
    return Scored(min(odds, NEVER_SURE) if names in NAMES_UNALIKE else odds, tuple(found))


_NEARLY_ALONE = {Evidence.NAME_SPELT: 0.0, Evidence.NAME_NEARLY: -0.6, Evidence.NAME_PART: -1.0}


def _alone(found: Sequence[Evidence]) -> float:
    """A name that is only nearly the same, and nothing else that speaks for the pair."""
    speaks = any(one.weight > 0.5 for one in found[1:])
    return 0.0 if speaks else _NEARLY_ALONE.get(found[0], 0.0)


# Names


@lru_cache(maxsize=262_144)
def word_likeness(one: str, other: str) -> float:
    """0 to 1; 0.7 and above is taken for the same word. Two words that are both well known are never a slip."""
    if one == other:
        return 1.0
    if len(one) > len(other):
        one, other = other, one
    if other in FIRST_NAMES.get(one, ()):
        return 0.85
    if _are_two_words(one, other):
        return 0.0
    if len(one) >= 3 and other.startswith(one) and len(other) - len(one) >= 2 and _is_known(other):
        return 0.85
    return 0.8 if _is_skeleton(one, other) else _slip(one, other)


def _are_two_words(one: str, other: str) -> bool:
    if is_number(one) or is_number(other):
        return True
    return (one in FIRST_NAMES and other in FIRST_NAMES) or (_is_known(one) and _is_known(other))


def _is_skeleton(short: str, long: str) -> bool:
    """``bldg``, ``pkwy``, ``hsptl``: no vowel, first and last letter as in the word, the others in its order."""
    if len(short) < 2 or len(long) - len(short) < 2 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return not set(short) & set("aeiou") and all(letter in letters for letter in short)


def _is_known(word: str) -> bool:
    return word in COMMON_WORDS or word in DIRECTIONS or word in ABBREVIATIONS


def _slip(shorter: str, longer: str) -> float:
    """How likely ``longer`` is a slip of the pen for ``shorter``, by letters left out, added, changed, exchanged."""
    if len(shorter) < 4 or len(longer) - len(shorter) > 3:
        return 0.0
    distance = OSA.distance(shorter, longer, score_cutoff=3)
    if distance == 1:
        if len(longer) >= 6:
            return 0.9
        return 0.8 if shorter[0] == longer[0] else 0.0
    if distance == 2:
        return 0.85 if len(longer) >= 9 else 0.72 if len(longer) >= 7 and shorter[0] == longer[0] else 0.0
    return 0.7 if distance == 3 and len(longer) >= 11 else 0.0


def _weight(word: str) -> float:
    return 0.45 if word in COMMON_WORDS else 1.0


@dataclass(frozen=True, slots=True)
class _Aligned:
    likeness: float  # share of both names' weight that is in both
    worst: float  # of the words that were paired
    here: tuple[str, ...]  # words that only this side has
    there: tuple[str, ...]


def _align(one: Name, other: Name) -> _Aligned:
    common = set(one.words) & set(other.words)
    left = [word for word in one.words if word not in common]
    right = [word for word in other.words if word not in common]
    both = 2 * sum(map(_weight, common))
    worst = 1.0
    if left and right and "".join(left) == "".join(right):
        return _Aligned(1.0, 0.95, (), ())
    for word in list(left):
        best, likeness = max(
            ((w, word_likeness(word, w)) for w in right), key=lambda pair: pair[1], default=("", 0.0)
        )
        if likeness >= 0.7:
            left.remove(word)
            right.remove(best)
            both += likeness * (_weight(word) + _weight(best))
            worst = min(worst, likeness)
    if left and right and (joined := _joined(left, right)):
        both += joined * (sum(map(_weight, left)) + sum(map(_weight, right)))
        left, right, worst = [], [], min(worst, joined)
    total = sum(map(_weight, one.words)) + sum(map(_weight, other.words))
    return _Aligned(both / total if total else 0.0, worst, tuple(left), tuple(right))


def _joined(left: list[str], right: list[str]) -> float:
    """Words written together or apart, an acronym, an initial."""
    one, other = "".join(left), "".join(right)
    is_long = min(len(one), len(other)) >= 6 and not is_number(one + other)
    if is_long and len(left) != len(right) and OSA.distance(one, other, score_cutoff=1) <= 1:
        return 0.9
    for short, long in ((left, right), (right, left)):
        if len(short) == 1 and len(long) == len(short[0]) >= 2 and all(map(str.startswith, long, short[0])):
            return 0.75
    if (
        len(left) == len(right) == 1
        and 1 in (len(one), len(other))
        and one[0] == other[0]
        and not is_number(one + other)
    ):
        return 0.7
    return 0.0


def _name(here: Party, there: Party) -> Evidence:
    """The best that any two of their names say."""
    places = cache(lambda: _places(here, there))  # asked for by one pair in five
    ours, theirs = here.names, there.names
    if not here.is_account:
        ours, theirs = ours + here.path_names, theirs + there.path_names
    pairs = ((one, other) for one in _read(ours) for other in _read(theirs))
    best = max((_compared(one, other, places) for one, other in pairs), key=lambda one: one.weight, default=None)
    if best is None:
        return Evidence.NAME_NONE
    if best in (Evidence.NAME_SAME, Evidence.NAME_SAME_PLAIN) and (here.is_one_of_many or there.is_one_of_many):
        return Evidence.NAME_SAME_COMMON
    return best


@lru_cache(maxsize=65_536)
def _read(names: tuple[str, ...]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(one for raw in names for one in read_names(raw)))


def _places(here: Party, there: Party) -> frozenset[str]:
    """Words of the town and the street: a name that adds only those adds nothing."""
    words: list[str] = []
    for address in (here.billing, here.physical, there.billing, there.physical):
        if address is not NO_ADDRESS:
            street = read_address(address)
            words += [*street.city.split(), street.state, *street.words, street.suffix]
    return frozenset(words)


def _compared(one: Name, other: Name, places: Callable[[], frozenset[str]]) -> Evidence:
    if one.key == other.key:
        return _same(one)
    if one.compact == other.compact:
        return Evidence.NAME_SPELT
    aligned = _align(one, other)
    here, there = aligned.here, aligned.there
    if here and there:
        return _both_left(one, other, aligned)
    if not here and not there:
        is_sure = aligned.worst >= 0.8 and not (_is_common(one) or _is_common(other))
        return Evidence.NAME_SPELT if is_sure else Evidence.NAME_NEARLY
    rest = [word for word in here or there if word not in places()]
    return _one_left(aligned, rest, is_person=one.is_person or other.is_person)


def _same(name: Name) -> Evidence:
    if _is_common(name):
        return Evidence.NAME_SAME_COMMON
    return Evidence.NAME_SAME_PLAIN if _is_plain(name) else Evidence.NAME_SAME


def _both_left(one: Name, other: Name, aligned: _Aligned) -> Evidence:
    here, there = aligned.here, aligned.there
    if aligned.likeness < 0.34:
        return Evidence.NAME_DIFFERENT
    if (any(map(tells_apart, here)) and any(map(tells_apart, there))) or (one.is_person and other.is_person):
        return Evidence.NAME_TOLD_APART
    if any(map(is_part_of_place, here)) and any(map(is_part_of_place, there)):
        return Evidence.NAME_TOLD_APART
    return Evidence.NAME_APART


def _one_left(aligned: _Aligned, rest: list[str], *, is_person: bool) -> Evidence:
    if any(word in GENERATIONS or (is_person and is_number(word)) for word in rest):
        return Evidence.NAME_TOLD_APART
    if any(map(is_part_of_place, rest)) or any(is_number(word) or word in DIRECTIONS for word in rest):
        return Evidence.NAME_OTHER_PART
    if not rest or all(len(word) == 1 for word in rest):
        return Evidence.NAME_NEARLY
    if aligned.likeness >= 0.55:
        return Evidence.NAME_PART
    return Evidence.NAME_SMALL_PART if aligned.likeness >= 0.4 else Evidence.NAME_APART


def _is_common(name: Name) -> bool:
    """Nothing in it tells whose it is: "Subway", "Church", "Lot 4"."""
    if name.key in _CHAIN_KEYS:
        return True
    if any(map(is_part_of_place, name.words)) or len(name.words) == 1:
        return all(_is_known(word) or tells_apart(word) for word in name.words)
    return False


def _is_plain(name: Name) -> bool:
    """Words that many names have, if not in this order: "First Baptist Church"."""
    return all(_is_known(word) or tells_apart(word) for word in name.words)


_CHAIN_KEYS = frozenset(name.key for chain in CHAINS for name in read_names(chain))


# Addresses


def _address(here: Party, there: Party) -> Evidence | None:
    """Where both serve a place, the places decide and billing adds a little; else the best of all that they have."""
    own, other = here.physical, there.physical
    if not own.is_blank and not other.is_blank:
        found = _where(own, other)
        if found in _WEAK and not here.billing.is_blank and _where(here.billing, there.billing) in _ALIKE:
            return Evidence.BILLING_SAME if found in (None, Evidence.ADDRESS_TOWN) else found
        return _if_shared(found, there, "physical")
    pairs = [(one, two) for one in _addresses(here) for two in _addresses(there)]
    found = max((_where(one, two) for one, two in pairs), key=_strength, default=None)
    return _if_shared(found, there, "billing" if there.physical.is_blank else "physical")


def _addresses(party: Party) -> list[Address]:
    return [address for address in (party.billing, party.physical) if not address.is_blank]


def _strength(evidence: Evidence | None) -> float:
    return evidence.weight if evidence else -0.1


_ALIKE = frozenset((Evidence.ADDRESS_SAME, Evidence.ADDRESS_NO_UNIT, Evidence.ADDRESS_NEARLY))
_WEAK = frozenset(
    (None, Evidence.ADDRESS_TOWN, Evidence.ADDRESS_NEIGHBOUR, Evidence.ADDRESS_OTHER, Evidence.ADDRESS_OTHER_TOWN)
)


def _if_shared(found: Evidence | None, there: Party, which: str) -> Evidence | None:
    return Evidence.ADDRESS_SHARED if found in _ALIKE and which in there.shared else found


@lru_cache(maxsize=131_072)
def _where(one: Address, other: Address) -> Evidence | None:
    here, there = read_address(one), read_address(other)
    if here.is_nothing or there.is_nothing:
        return None
    town = _same_town(here, there)
    if here.is_street and there.is_street:
        return _of_streets(here, there, town=town)
    if here.box and there.box:
        same = here.box == there.box and town is not False
        return (
            Evidence.ADDRESS_SAME
            if same
            else Evidence.ADDRESS_OTHER_TOWN
            if town is False
            else Evidence.ADDRESS_OTHER
        )
    if here.words and there.words and not here.number and not there.number and town is not False:
        return Evidence.ADDRESS_NEARLY if _words_alike(here.words, there.words) else Evidence.ADDRESS_OTHER
    if town is False:
        return Evidence.ADDRESS_OTHER_TOWN
    return Evidence.ADDRESS_TOWN if town else None


def _same_town(here: Street, there: Street) -> bool | None:
    """``None``: one of them does not say."""
    if here.postal and there.postal and here.postal == there.postal:
        return True
    if here.city and there.city:
        if here.state and there.state and here.state != there.state:
            return False
        return (
            here.city == there.city or word_likeness(here.city.replace(" ", ""), there.city.replace(" ", "")) >= 0.8
        )
    if here.postal and there.postal:
        return OSA.distance(here.postal, there.postal) <= 1
    return None


def _of_streets(here: Street, there: Street, *, town: bool | None) -> Evidence:
    if town is False:
        return Evidence.ADDRESS_OTHER_TOWN
    same_street = _words_alike(here.words, there.words) and not _differ(here.suffix, there.suffix)
    if not same_street or _differ(here.side, there.side):
        slipped = here.number == there.number and len(here.number) > 1 and _nearly_same_street(here, there)
        return Evidence.ADDRESS_NEARLY if slipped else Evidence.ADDRESS_OTHER
    if here.number != there.number:
        return Evidence.ADDRESS_NEIGHBOUR
    units, others = dict(here.units), dict(there.units)
    if any(units[kind] != others[kind] for kind in units.keys() & others.keys()):
        return Evidence.ADDRESS_OTHER_UNIT
    if units.keys() ^ others.keys():
        return Evidence.ADDRESS_NO_UNIT
    return Evidence.ADDRESS_SAME if town else Evidence.ADDRESS_NEARLY


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _nearly_same_street(here: Street, there: Street) -> bool:
    """One slip: another kind of street, or a side, but the same number and name."""
    return _words_alike(here.words, there.words) and not _differ(here.side, there.side)


def _words_alike(one: Iterable[str], other: Iterable[str]) -> bool:
    left, right = "".join(one), "".join(other)
    if left == right:
        return True
    if is_number(left) or is_number(right):
        return False
    return len(left) >= 4 and len(right) >= 4 and OSA.normalized_similarity(left, right) >= 0.8


# Phone, e-mail, people


def _phone(here: Party, there: Party) -> Evidence | None:
    if not here.phones or not there.phones:
        return None
    for one in here.phones:
        for other in there.phones:
            if one == other or (min(len(one), len(other)) == 7 and (one.endswith(other) or other.endswith(one))):
                return Evidence.PHONE_SHARED if "phone" in there.shared else Evidence.PHONE_SAME
    return Evidence.PHONE_OTHER


def _email(here: Party, there: Party) -> Evidence | None:
    if not here.emails or not there.emails:
        return None
    if common := set(here.emails) & set(there.emails):
        if "email" in there.shared:
            return Evidence.EMAIL_SHARED
        role = all(email.partition("@")[0] in ROLE_MAILBOXES for email in common)
        return Evidence.EMAIL_ROLE if role else Evidence.EMAIL_SAME
    domains = [{email.rpartition("@")[2] for email in party.emails} - FREE_MAIL for party in (here, there)]
    if domains[0] & domains[1]:
        return Evidence.EMAIL_SHARED if "email" in there.shared else Evidence.EMAIL_DOMAIN
    return Evidence.EMAIL_OTHER


def _person(here: Party, there: Party) -> Evidence | None:
    ours = {name.key for name in _read(here.people)}
    return Evidence.PERSON_SAME if any(name.key in ours for name in _read(there.people)) else None


# Customer and job, account and building


def _kind(here: Party, there: Party) -> Iterable[Evidence]:
    if here.is_account:
        if there.is_job:
            yield Evidence.JOB_FOR_ACCOUNT
        return
    if there.has_jobs and not there.is_job:
        yield Evidence.CUSTOMER_FOR_BUILDING
    if here.parents and there.parents:
        best = max(
            (_compared(a, b, frozenset) for a in _read(here.parents) for b in _read(there.parents)),
            key=lambda one: one.weight,
            default=None,
        )
        if best is not None:
            yield Evidence.PARENT_SAME if best in NAMES_ALIKE else Evidence.PARENT_OTHER
