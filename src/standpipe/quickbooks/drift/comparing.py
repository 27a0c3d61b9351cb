"""What QuickBooks said when a link was made, what it says now, and what stands here. Pure.

The three are compared as records: what an import would have made then, what it would make now, what is here. Blanks,
marks that no eye sees, and the signs within a phone number are no difference.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Protocol

from standpipe.core.addresses import Address
from standpipe.core.phones import phone_keys
from standpipe.core.text import is_plain, name_key
from standpipe.quickbooks.importing.mapping import Mapped
from standpipe.quickbooks.importing.persons import MappedContact, PersonLike

Value = str | Address | dict[str, str] | None  # a person is a dict; ``None``: nobody


class Kind(StrEnum):
    """Who has changed a field since; the order is that of the most telling one of several."""

    BOTH = "both"  # differently
    QUICKBOOKS = "quickbooks"
    LEFT = "left"  # QuickBooks', and a person left what is here
    HERE = "here"
    AGREED = "agreed"  # both, and they say the same now
    SAME = ""


OPEN = (Kind.QUICKBOOKS, Kind.BOTH)
GROUPS = ("name", "billing_address", "physical_address", "contacts")
LABELS = {"name": "Name", "billing_address": "Billing address", "physical_address": "Physical address"}
PERSON_LABELS = {
    "name": "name",
    "email": "e-mail",
    "phone": "phone",
    "cell_phone": "cell phone",
    "address": "address",
}
PERSON_VALUE = ("name", "email", "phone", "cell_phone")


class PersonHere(PersonLike, Protocol):
    """A contact that stands at the building."""

    @property
    def id(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A record as QuickBooks' words make it."""

    name: str
    billing_address: Address
    physical_address: Address | None = None  # accounts have none
    people: tuple[MappedContact, ...] = ()

    @classmethod
    def of(cls, mapped: Mapped) -> "Said":
        return cls(
            name=mapped.name,
            billing_address=mapped.billing_address,
            physical_address=mapped.physical_address,
            people=mapped.contacts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    name: str
    billing_address: Address
    physical_address: Address | None = None
    people: Sequence[PersonHere] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A person's answer: about which value of QuickBooks', and what stood here after it."""

    is_left: bool
    value: Value
    here: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field in its three states, also where nothing differs."""

    field: str  # "name", "contacts.1f3a90bc.email", "contacts.1f3a90bc" for a whole person
    label: str
    then: Value
    now: Value
    here: Value
    kind: Kind
    contact_id: Any = None  # of the contact here, where the field is a person's

    @property
    def is_open(self) -> bool:
        return self.kind in OPEN

    @property
    def group(self) -> str:
        return self.field.partition(".")[0]

    @property
    def person(self) -> str:
        """The key of the person, ``""`` where the field is the record's own."""
        return self.field.split(".")[1] if "." in self.field else ""

    @property
    def part(self) -> str:
        """The person's field, ``""`` where it is about the whole person."""
        return self.field.split(".")[2] if self.field.count(".") == 2 else ""


Answers = Mapping[str, Decided]


def compare(*, then: Said, now: Said, here: Here, answers: Answers, was_copied: bool) -> list[Difference]:
    """Every field of the record. ``was_copied``: an import made it, so what is here began as QuickBooks had it."""
    rule = _Rule(answers=answers, was_copied=was_copied)
    own = []
    for name, label in LABELS.items():
        if getattr(here, name) is not None:
            states = {side: getattr(said, name) for side, said in (("then", then), ("now", now), ("here", here))}
            own.append(rule.judged(name, label=label, **states))
    return own + (list(_of_people(then, now, here, rule=rule)) if here.physical_address is not None else [])


def group_kinds(differences: Iterable[Difference]) -> dict[str, Kind]:
    """For each group the most telling kind; groups without a difference are left out."""
    found: dict[str, Kind] = {}
    order = list(Kind)
    for one in differences:
        if one.kind not in (Kind.SAME, Kind.AGREED):
            found[one.group] = min(found.get(one.group, one.kind), one.kind, key=order.index)
    return found


@dataclass(frozen=True, slots=True)
class _Rule:
    answers: Answers
    was_copied: bool

    def judged(
        self, name: str, *, label: str, then: Value, now: Value, here: Value, contact_id: Any = None
    ) -> Difference:
        kind = self._kind(then=then, now=now, here=here, answer=self.answers.get(name), key=_key_of(name))
        return Difference(field=name, label=label, then=then, now=now, here=here, kind=kind, contact_id=contact_id)

    def _kind(
        self, *, then: Value, now: Value, here: Value, answer: Decided | None, key: Callable[[Value], Any]
    ) -> Kind:
        """Counted from the last answer, if there is one: what was decided is asked again when QuickBooks moves."""
        known, stood = (answer.value, answer.here) if answer else (then, then)
        if known == now == here == stood:
            return Kind.SAME  # nearly always, and to the letter
        agree = key(now) == key(here)
        changed_here = self.was_copied and key(here) != key(stood)
        if key(now) != key(known):
            return Kind.AGREED if agree else Kind.BOTH if changed_here else Kind.QUICKBOOKS
        if answer and answer.is_left:
            return Kind.SAME if agree else Kind.LEFT
        return Kind.HERE if changed_here and not agree else Kind.SAME


# --- equal for people


def text_key(text: str) -> str:
    """Without blanks too many and without what no eye sees; case and signs count, they are seen."""
    if is_plain(text):
        return " ".join(text.split())
    plain = unicodedata.normalize("NFC", text)
    return " ".join("".join(sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Cc")).split())


def _address_key(value: Address) -> tuple[str, ...]:
    return tuple(key for line in (*value.printed_lines, value.note) if (key := text_key(line)))


def _phone_key(value: str) -> str:
    return "/".join(phone_keys(value)) or text_key(value)


def _person_key(value: dict[str, str]) -> tuple[str, ...]:
    return (
        text_key(value["name"]),
        text_key(value["email"]).casefold(),
        _phone_key(value["phone"]),
        _phone_key(value["cell_phone"]),
    )


def _key_of(name: str) -> Callable[[Value], Any]:
    part = name.rpartition(".")[2]

    def key(value: Value) -> Any:
        match value:
            case Address():
                return _address_key(value)
            case str() if part in ("phone", "cell_phone"):
                return _phone_key(value)
            case str() if part == "email":
                return text_key(value).casefold()
            case str():
                return text_key(value)
            case dict():
                return _person_key(value)
        return None

    return key


# --- people
# A customer's people have no identity of their own in QuickBooks, but for its contact list: they are known by name
# and e-mail, else by one of name, e-mail and phone.


@dataclass(slots=True)
class _Somebody:
    then: MappedContact | None = None
    now: MappedContact | None = None
    here: PersonHere | None = None
    key: str = ""


def _of_people(then: Said, now: Said, here: Here, *, rule: _Rule) -> Iterable[Difference]:
    for one in _gathered(_known(then.people, rule.answers), now.people, here.people):
        if one.here is None and not rule.was_copied and one.then is not None:
            continue  # linked, not imported: this person was never brought here
        if one.then is not None and one.now is not None and one.here is not None:
            yield from _of_person(one, rule=rule)
        elif one.then is not None or one.now is not None:
            yield rule.judged(
                f"contacts.{one.key}",
                label=_person_label(one),
                then=_as_value(one.then),
                now=_as_value(one.now),
                here=_as_value(one.here),
                contact_id=one.here.id if one.here else None,
            )


def _of_person(one: _Somebody, *, rule: _Rule) -> Iterable[Difference]:
    assert one.then is not None and one.now is not None and one.here is not None  # noqa: S101, PT018 - asked by who calls
    for part, words in PERSON_LABELS.items():
        if part == "name" and one.now.name_is_borrowed:
            continue  # nobody said what they are called
        yield rule.judged(
            f"contacts.{one.key}.{part}",
            label=f"{one.here.name}: {words}",
            then=getattr(one.then, part),
            now=getattr(one.now, part),
            here=getattr(one.here, part),
            contact_id=one.here.id,
        )


def _person_label(one: _Somebody) -> str:
    name = next(person.name for person in (one.here, one.now, one.then) if person is not None)
    return f"Contact {name}"


def _as_value(person: PersonLike | None) -> Value:
    return None if person is None else {part: getattr(person, part) for part in PERSON_VALUE}


def _known(people: Sequence[MappedContact], answers: Answers) -> list[_Somebody]:
    """Whom QuickBooks named when it was last decided about them: those of then, with what was answered since."""
    whole: dict[str, Decided] = {}
    parts: dict[str, dict[str, Any]] = {}
    for name, one in answers.items():
        group, _, rest = name.partition(".")
        key, _, part = rest.partition(".")
        if group == "contacts" and part:
            parts.setdefault(key, {})[part] = one.value
        elif group == "contacts" and not one.is_left:
            whole[key] = one
    known = {key_of(person): person for person in people}
    for key, one in whole.items():
        if isinstance(one.value, dict):
            known.setdefault(key, _person_of(one.value))
        else:
            known.pop(key, None)
    return [_Somebody(then=replace(person, **parts.get(key, {})), key=key) for key, person in known.items()]


def _person_of(value: dict[str, str]) -> MappedContact:
    name, email, phone, cell_phone = (value[part] for part in PERSON_VALUE)
    return MappedContact(name=name, email=email, phone=phone, cell_phone=cell_phone)


def key_of(person: PersonLike) -> str:
    """Short, and the same as long as QuickBooks calls the person so."""
    said = "" if person.name_is_borrowed else name_key(person.name)
    named = (
        f"{said}|{person.email.casefold()}" if said or person.email else _phone_key(person.phone or person.cell_phone)
    )
    return blake2b(named.encode(), digest_size=4).hexdigest()


def _gathered(found: list[_Somebody], now: Sequence[MappedContact], here: Sequence[PersonHere]) -> list[_Somebody]:
    """One for each person, with its three sides; ``found`` are those of then."""
    _add(found, now, side="now")
    taken = {id(one.now) for one in found if one.now is not None}
    found += [_Somebody(now=person, key=key_of(person)) for person in now if id(person) not in taken]
    _add(found, here, side="here")
    return found


def _add(found: list[_Somebody], people: Sequence[PersonLike], *, side: str) -> None:
    """Gives each of ``found`` its person of ``people``: the surest sign first, everybody once."""
    free = list(people)
    for sign in _SIGNS:
        for one in found:
            if getattr(one, side) is not None:
                continue
            known = [signs for person in (one.then, one.now) if person is not None and (signs := sign(person))]
            match = next((person for person in free if sign(person) and sign(person) in known), None)
            if match is not None:
                setattr(one, side, match)
                free.remove(match)


def _name_and_email(person: PersonLike) -> Any:
    return (_name(person), _email(person)) if _name(person) and person.email else None


def _name(person: PersonLike) -> Any:
    return None if person.name_is_borrowed else name_key(person.name) or None


def _email(person: PersonLike) -> Any:
    return text_key(person.email).casefold() or None


def _number(person: PersonLike) -> Any:
    return _phone_key(person.phone) or _phone_key(person.cell_phone) or None


_SIGNS: tuple[Callable[[PersonLike], Any], ...] = (_name_and_email, _name, _email, _number)


# --- as stored and as read


def to_json(value: Value) -> Any:
    return value.to_json() if isinstance(value, Address) else value


def from_json(value: Any) -> Value:
    return Address.from_json(value) if isinstance(value, Mapping) and "lines" in value else value


def lines_of(value: Value) -> tuple[str, ...]:
    """As a reader sees it; ``()`` for nothing."""
    match value:
        case Address():
            return (*value.printed_lines, *((f"({value.note})",) if value.note else ()))
        case dict():
            return tuple(text for text in value.values() if text)
        case str():
            return (value,) if value.strip() else ()
    return ()
