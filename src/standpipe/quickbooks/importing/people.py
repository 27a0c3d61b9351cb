"""Seating people at new buildings: the same person of one customer's tree is one contact (design 3.3)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from standpipe.contacts.actions import new_contact
from standpipe.contacts.models import Contact, Place
from standpipe.core.phones import phone_key
from standpipe.core.text import name_key
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link

from .persons import VALUES, MappedContact, Note, is_same_person, not_taken, person_keys
from .trees import tops_of


@dataclass(slots=True, eq=False)
class Somebody:
    """A person of a customer's tree: a contact that is here, or one that the chunk under way will make."""

    person: MappedContact | Contact
    contact: Contact | None = None

    def takes(self, other: MappedContact) -> bool:
        """The same person. A contact that is here is not edited, so an e-mail that it lacks makes another one."""
        would_lose_email = bool(self.contact and other.email and not self.person.email)
        return is_same_person(self.person, other) and not would_lose_email

    def learn(self, other: MappedContact) -> None:
        if isinstance(self.person, MappedContact) and self.contact is None:
            blanks = {key: getattr(other, key) for key in VALUES if not getattr(self.person, key)}
            self.person = replace(self.person, **blanks)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who will stand at the new building; ``said`` is what QuickBooks says at this one."""

    somebody: Somebody
    said: MappedContact
    is_first: bool  # this customer brings the contact; at the others it stands too

    @property
    def contact(self) -> Contact:
        assert self.somebody.contact is not None  # set when the chunk is planned  # noqa: S101
        return self.somebody.contact

    @property
    def is_new(self) -> bool:
        """Not in the database yet."""
        return self.contact._state.adding  # noqa: SLF001  # Django documents Model._state


class People:
    """The people of customers' trees, found by what makes them the same person."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[str, str]], list[Somebody]] = defaultdict(list)

    def add(self, top: str, somebody: Somebody) -> None:
        for key in person_keys(somebody.person):
            if somebody not in self._known[top, key]:
                self._known[top, key].append(somebody)

    def find(self, top: str, person: MappedContact) -> Somebody | None:
        candidates = (known for key in person_keys(person) for known in self._known.get((top, key), ()))
        return next((known for known in candidates if known.takes(person)), None)


def recall(connection: Connection, persons: list[MappedContact], *, people: People) -> None:
    """Adds the contacts here that may be the same people, under the trees of the records they stand at."""
    contacts = _namesakes(connection.organization, persons)
    places = Place.objects.filter(contact__in=contacts).values_list("contact_id", "account_id", "building_id")
    at = [(contact_id, account_id or building_id) for contact_id, account_id, building_id in places]
    linked = Link.objects.filter(
        Q(account__in=[place for _, place in at]) | Q(building__in=[place for _, place in at]),
        connection=connection,
        ended_at=None,
    )
    customers = {
        account_id or building_id: list_id
        for account_id, building_id, list_id in linked.values_list("account_id", "building_id", "list_id")
    }
    tops = tops_of(connection, customers.values())
    trees = {(tops[customers[place]], contact_id) for contact_id, place in at if place in customers}
    for top, contact_id in sorted(trees):
        people.add(top, Somebody(contacts[contact_id], contacts[contact_id]))


def seats_of(persons: Iterable[MappedContact], *, top: str, people: People) -> list[Seat]:
    """Who will stand at one new building; ``people`` learns whom the next one may meet again."""
    seats: list[Seat] = []
    for person in persons:
        somebody = people.find(top, person)
        is_first = somebody is None
        if somebody is None:
            somebody = Somebody(person)
        somebody.learn(person)
        people.add(top, somebody)
        if all(seat.somebody is not somebody for seat in seats):
            seats.append(Seat(somebody, person, is_first))
    return seats


def make_contacts(seats: Iterable[Seat], *, organization: Organization) -> None:
    """Gives everybody who is new an unsaved contact. Raises ``UserError`` where a value cannot be kept."""
    for seat in seats:
        if seat.somebody.contact is None:
            seat.somebody.contact = _unsaved(organization, seat.somebody.person)


def sources_of(seats: list[Seat]) -> dict[str, str]:
    """Where each value of each contact comes from."""
    sources: dict[str, str] = {}
    for index, seat in enumerate(seats):
        if not seat.is_first:
            sources[f"contacts.{index}"] = "the same person as at another place of this customer"
            continue
        sources |= {f"contacts.{index}.{key}": words for key, words in seat.said.sources}
        sources[f"contacts.{index}.address"] = "billing address"
    return sources


def left_over_of(seats: list[Seat]) -> Iterable[Note]:
    """Numbers that this customer has for somebody who has another one at the first place."""
    for seat in seats:
        for key in ("phone", "cell_phone"):
            theirs, ours = getattr(seat.said, key), getattr(seat.contact, key)
            if theirs and phone_key(theirs) != phone_key(ours):
                yield not_taken(key, f"{key.replace('_', ' ')} of {seat.contact.name}", theirs)


def _unsaved(organization: Organization, person: MappedContact | Contact) -> Contact:
    return new_contact(
        organization,
        name=person.name,
        name_is_borrowed=person.name_is_borrowed,
        email=person.email,
        phone=person.phone,
        cell_phone=person.cell_phone,
        address=person.address,
    )


def _namesakes(organization: Organization, persons: list[MappedContact]) -> Mapping[UUID, Contact]:
    """Contacts with the name and the e-mail or phone of one of ``persons``, the oldest first."""
    emails = {email for person in persons for email in (person.email, person.email.casefold()) if email}
    phones = {phone for person in persons for phone in (person.phone, person.cell_phone) if phone}
    found = Contact.objects.filter(
        Q(email__in=emails) | Q(phone__in=phones) | Q(cell_phone__in=phones),
        organization=organization,
        archived_at=None,
        name_key__in={name_key(person.name) for person in persons},
    )
    return {contact.pk: contact for contact in found.order_by("created_at", "id")}
