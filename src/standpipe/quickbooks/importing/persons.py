"""The people of a QuickBooks customer: who they are, each once, and what of them is not taken over. Pure.

Decided in ``docs/decisions/0010-what-an-import-makes.md``; contact fields as the qbXML 13 reference names them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from standpipe.core.addresses import Address
from standpipe.core.emails import Mailbox, split_emails
from standpipe.core.limits import LIMITS
from standpipe.core.phones import phone_key
from standpipe.core.text import is_blank, name_key
from standpipe.quickbooks.lists.addresses import ink
from standpipe.quickbooks.lists.details import Details, Person

BILLING = "billing"  # the role that the article gives; a value of contacts.Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something doubtful, or a value that was not taken over, for the preview."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedContact:
    name: str
    name_is_borrowed: bool = False  # nobody said what this person is called: bears the building's name
    email: str = ""
    phone: str = ""
    cell_phone: str = ""
    address: Address = Address()
    sources: tuple[tuple[str, str], ...] = ()  # field and words


class PersonLike(Protocol):
    """A contact to be, or one that is here."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def cell_phone(self) -> str: ...
    @property
    def name_is_borrowed(self) -> bool: ...
    @property
    def address(self) -> Address: ...


def contacts_of(details: Details, *, place_name: str) -> tuple[tuple[MappedContact, ...], tuple[Note, ...]]:
    """The people of a customer, each once, each with at least a name, an e-mail or a phone; and what was left."""
    notes: list[Note] = []
    people: list[MappedContact] = []
    for person in (
        *_main_contacts(details, notes),
        *_alternate_contact(details),
        *(contact for listed in details.people for contact in _listed_contacts(listed, notes)),
    ):
        if person.name or person.email or person.phone or person.cell_phone:
            _add(person, people=people, notes=notes)
    if not is_blank(details.alt_phone):
        notes.append(not_taken("alt_phone", "Alt. phone", details.alt_phone))
    borrowed = ("name", "the building’s name, because this person has none in QuickBooks")
    return tuple(
        person
        if person.name
        else replace(person, name=place_name, name_is_borrowed=True, sources=(borrowed, *person.sources))
        for person in people
    ), tuple(notes)


def _main_contacts(details: Details, notes: list[Note]) -> Iterable[MappedContact]:
    named = _first(
        (details.contact, "Contact"),
        (" ".join(part for part in (ink(details.first_name), ink(details.last_name)) if part), "first and last name"),
    )
    return _split_by_email(
        name=named,
        email=_first((details.email, "Email"), *_labelled(details.fields, _is_email_label)),
        phone=_first((details.phone, "main phone"), *_labelled(details.fields, _is_main_phone_label)),
        cell=_first(*_labelled(details.fields, _is_cell_label), (details.mobile, "Mobile")),
        notes=notes,
    )


def _alternate_contact(details: Details) -> Iterable[MappedContact]:
    if name := ink(details.alt_contact):
        yield MappedContact(name=name, sources=(("name", "alternate contact"),))


def _listed_contacts(person: Person, notes: list[Note]) -> Iterable[MappedContact]:
    return _split_by_email(
        name=_first((person.name, "contact list")),
        email=_first(*_labelled(person.fields, _is_email_label)),
        phone=_first(*_labelled(person.fields, _is_main_phone_label), *_labelled(person.fields, _is_phone_label)),
        cell=_first(*_labelled(person.fields, _is_cell_label)),
        notes=notes,
    )


def _split_by_email(
    *,
    name: tuple[str, str],
    email: tuple[str, str],
    phone: tuple[str, str],
    cell: tuple[str, str],
    notes: list[Note],
) -> Iterable[MappedContact]:
    """One contact for each address. Phones and name go with the first address that does not name somebody else."""
    phone, cell = _that_fits(phone, notes), _that_fits(cell, notes)
    emails = split_emails(email[0])
    if emails.rest:
        notes.append(not_taken("email", email[1], "; ".join(emails.rest)))
    own = next((box for box in emails.mailboxes if _is_of(box, name[0])), None)
    if own and not name[0]:
        name = (own.name, f"{email[1]}, where it stands with the address")
    values = {"name": name, "email": (own.address if own else "", email[1]), "phone": phone, "cell_phone": cell}
    yield _contact(values)
    for box in emails.mailboxes:
        if box is not own:
            words = f"{email[1]}, which holds several addresses"
            yield _contact({"name": (box.name, words), "email": (box.address, words)})


def _that_fits(phone: tuple[str, str], notes: list[Note]) -> tuple[str, str]:
    """A labelled field is free text: what is longer than a phone is told, and left."""
    if len(phone[0]) <= LIMITS["phone"].length:
        return phone
    notes.append(not_taken("phone", phone[1], phone[0]))
    return ("", "")


def _is_of(box: Mailbox, name: str) -> bool:
    return not (box.name and name) or name_key(box.name) == name_key(name)


def _contact(values: dict[str, tuple[str, str]]) -> MappedContact:
    """``values``: field to text and source; what holds no text has no source either."""
    texts = {key: text for key, (text, _) in values.items()}
    return MappedContact(
        name=texts.get("name", ""),
        email=texts.get("email", ""),
        phone=texts.get("phone", ""),
        cell_phone=texts.get("cell_phone", ""),
        sources=tuple((key, words) for key, (text, words) in values.items() if text),
    )


def _first(*choices: tuple[str, str]) -> tuple[str, str]:
    return next(((text, words) for raw, words in choices if (text := ink(raw))), ("", ""))


# Labels of QuickBooks' contact fields are free text in practice (docs.conductor.is, "Main Phone"; the flowlink
# sample): they are read by their words, whatever the case.
_WORDS = re.compile(r"[a-z]+")
_CELL = {"mobile", "cell", "cellular", "cellphone"}
_PHONE = {"phone", "telephone", "tel", "work", "office", "direct", "home"}
_EMAIL = {"email", "mail"}
_NOT_A_PHONE = _CELL | _EMAIL | {"fax", "alt", "url", "website", "web", "linkedin", "facebook", "twitter", "skype"}


def _labelled(fields: Sequence[tuple[str, str]], matches: Callable[[set[str]], bool]) -> list[tuple[str, str]]:
    """Values whose label matches, an unadorned label ("Mobile") before one with more words ("Alt. Mobile")."""
    found = [(label, text) for label, text in fields if matches(set(_WORDS.findall(label.casefold())))]
    found.sort(key=lambda pair: len(_WORDS.findall(pair[0].casefold())))
    return [(text, f"the field labelled “{label.strip()}”") for label, text in found]


def _is_cell_label(words: set[str]) -> bool:
    return bool(words & _CELL) and not words & _EMAIL


def _is_email_label(words: set[str]) -> bool:
    return bool(words & _EMAIL) and not words & {"cc", "bcc", "mailing"}


def _is_main_phone_label(words: set[str]) -> bool:
    return words in ({"main", "phone"}, {"phone"}, {"main"})


def _is_phone_label(words: set[str]) -> bool:
    return bool(words & _PHONE) and not words & _NOT_A_PHONE


# The same person


def _add(person: MappedContact, *, people: list[MappedContact], notes: list[Note]) -> None:
    """Adds ``person``, or completes the entry that is the same person within this customer."""
    for index, known in enumerate(people):
        if _is_one_person(known, person):
            people[index] = _completed(known, person, notes)
            return
    people.append(person)


def _is_one_person(known: MappedContact, other: MappedContact) -> bool:
    """Within one customer: equal name, and an equal value or none that contradicts. Without a name on either side an
    equal e-mail; without a name on both sides an equal phone too, since both would bear the building's.
    """
    if known.email and other.email and known.email.casefold() != other.email.casefold():
        return False
    shares_email = bool(known.email and other.email)
    numbers = [{phone_key(value) or value for value in (p.phone, p.cell_phone) if value} for p in (known, other)]
    shares_number = bool(numbers[0] & numbers[1])
    if not known.name and not other.name:
        return shares_email or shares_number
    if name_key(known.name) != name_key(other.name):
        return shares_email and not (known.name and other.name)
    return shares_email or shares_number or not all(numbers)


def _completed(known: MappedContact, other: MappedContact, notes: list[Note]) -> MappedContact:
    """``known`` with what only ``other`` says. A different phone is told, not lost silently."""
    sources = dict(other.sources)
    taken = {key: getattr(other, key) for key in VALUES if not getattr(known, key) and getattr(other, key)}
    for key in ("phone", "cell_phone"):
        mine, theirs = getattr(known, key), getattr(other, key)
        if mine and theirs and phone_key(mine) != phone_key(theirs):
            notes.append(not_taken(key, sources[key], theirs))
    return replace(known, **taken, sources=(*known.sources, *((key, sources[key]) for key in taken)))


VALUES = ("name", "email", "phone", "cell_phone")


def person_json(person: PersonLike, *, contact_id: str | None = None) -> dict[str, Any]:
    """Shaped as a contact of the API, at a building that has no id yet."""
    return {
        "id": contact_id,
        "name": person.name,
        "name_is_borrowed": person.name_is_borrowed,
        "email": person.email,
        "phone": person.phone,
        "cell_phone": person.cell_phone,
        "address": person.address.to_json(),
        "places": [{"building_id": None, "roles": [BILLING]}],
    }


def person_keys(person: PersonLike) -> tuple[tuple[str, str], ...]:
    """What somebody is found by within one customer's tree: name and e-mail, name and each phone.

    A name alone proves nothing: who has neither has no key.
    """
    values = [person.email.casefold(), phone_key(person.phone), phone_key(person.cell_phone)]
    return tuple((name_key(person.name), value) for value in values if value)


def is_same_person(one: PersonLike, other: PersonLike) -> bool:
    """Within one customer's tree: equal name, and equal e-mail, or phone where not both have an e-mail."""
    if one.email and other.email and one.email.casefold() != other.email.casefold():
        return False
    return bool({*person_keys(one)} & {*person_keys(other)})


def not_taken(code: str, label: str, text: str) -> Note:
    return Note(code=f"{code}_not_taken", text=f"{label[:1].upper()}{label[1:]} “{text.strip()}” is not taken over.")
