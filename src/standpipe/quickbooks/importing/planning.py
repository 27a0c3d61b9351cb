"""What an import would make of each selected customer. Preview and import run the same plan; only one writes it.

The mapping is pure (``mapping.py``); here it meets what is there already: links, look-alikes, people of the tree.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from django.db.models import Exists, OuterRef, Q, QuerySet

from standpipe.accounts.actions import new_account
from standpipe.accounts.models import Account
from standpipe.buildings.actions import new_building
from standpipe.buildings.models import Building
from standpipe.contacts.actions import new_contact
from standpipe.contacts.models import Contact, Place
from standpipe.core.errors import UserError
from standpipe.core.phones import phone_key
from standpipe.core.text import name_key
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import links_of_customers, noun_of
from standpipe.quickbooks.lists.models import Customer

from .mapping import (
    VALUES,
    Mapped,
    MappedContact,
    Note,
    SourceCustomer,
    is_same_person,
    map_account,
    map_building,
    not_taken,
    person_json,
    person_keys,
)
from .models import ImportRecord
from .queries import NOUNS, source_of, tops_of

Outcome: TypeAlias = ImportRecord.Outcome
Reason: TypeAlias = dict[str, Any]
logger = logging.getLogger(__name__)


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


@dataclass(slots=True, kw_only=True)
class Planned:
    """What becomes of one selected customer. ``record`` and new contacts are not saved yet."""

    list_id: str
    full_name: str = ""
    outcome: Outcome = Outcome.CREATED
    reason: Reason | None = None
    customer: Customer | None = None
    mapped: Mapped | None = None
    record: Account | Building | None = None
    seats: list[Seat] = field(default_factory=list)

    def turn(self, outcome: Outcome, *, code: str, text: str, **more: Any) -> None:
        self.outcome, self.reason = outcome, {"code": code, "text": text, **more}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for, apart from whom."""

    connection: Connection
    target: str
    naming: str
    include_look_alikes: bool


def plan(wish: Wish, *, list_ids: Sequence[str], people: People, for_reading: bool = False) -> list[Planned]:
    """One entry for each of ``list_ids``, in their order. ``people`` collects whom later chunks meet again.

    ``for_reading``: also the doubts that need a look at the parent. Reads a fixed number of queries, writes nothing.
    """
    customers = {
        customer.list_id: customer
        for customer in Customer.objects.filter(connection=wish.connection, list_id__in=list_ids)
    }
    entries = [Planned(list_id=list_id, customer=customers.get(list_id)) for list_id in list_ids]
    _leave_out_what_is_here(wish, entries)
    parents = _parents_of(wish, entries) if for_reading else {}
    for entry in _wanted(entries):
        _map(wish, entry, parents=parents)
    if not wish.include_look_alikes:
        _hold_back_look_alikes(wish, entries)
    if wish.target == "buildings":
        _seat_people(wish, entries, people=people)
    return entries


def _wanted(entries: Iterable[Planned]) -> Iterable[Planned]:
    return (entry for entry in entries if entry.outcome == Outcome.CREATED)


def _leave_out_what_is_here(wish: Wish, entries: list[Planned]) -> None:
    noun = NOUNS[wish.target]
    links = links_of_customers(wish.connection, [entry.list_id for entry in entries])
    for entry in entries:
        if entry.customer is None:
            entry.turn(Outcome.SKIPPED, code="unknown", text="It is not in the list from QuickBooks.")
            continue
        entry.full_name = entry.customer.full_name
        if entry.customer.gone_at is not None:
            entry.turn(Outcome.SKIPPED, code="gone", text="It is not in QuickBooks any more.")
            continue
        for link in links.get(entry.list_id, []):
            if record := getattr(link, noun):
                is_import = link.origin == Link.Origin.IMPORTED
                text = f"It is {'imported' if is_import else 'linked'} already: {noun} “{record.name}”."
                code = "already_imported" if is_import else "already_linked"
                entry.turn(Outcome.SKIPPED, code=code, text=text, type=noun, id=str(record.id))
                break


def _parents_of(wish: Wish, entries: list[Planned]) -> dict[str, SourceCustomer]:
    wanted = {entry.customer.parent_list_id for entry in entries if entry.customer and entry.customer.is_job}
    parents = Customer.objects.filter(connection=wish.connection, list_id__in=wanted)
    return {parent.list_id: source_of(parent) for parent in parents}


def _map(wish: Wish, entry: Planned, *, parents: dict[str, SourceCustomer]) -> None:
    """One broken customer is named in the result and never stops the others (requirement 20)."""
    assert entry.customer is not None  # unknown ones are left out before  # noqa: S101
    try:
        source = source_of(entry.customer)
        if wish.target == "accounts":
            entry.mapped = map_account(source, naming=wish.naming)
        else:
            parent = parents.get(source.parent_list_id)
            entry.mapped = map_building(source, naming=wish.naming, parent=parent)
        entry.record = _unsaved(wish.connection.organization, entry.mapped)
    except UserError as error:
        entry.turn(Outcome.FAILED, code=error.code, text=str(error))
    except Exception as error:  # a record that no rule foresaw; its cause is kept on the row
        logger.exception("import.mapping_failed", extra={"list_id": entry.list_id})
        fail(entry, error)


def fail(entry: Planned, error: Exception) -> None:
    text = "What QuickBooks says of it could not be read."
    entry.turn(Outcome.FAILED, code="broken", text=text, cause=repr(error)[:500])


def _unsaved(organization: Organization, mapped: Mapped) -> Account | Building:
    if mapped.physical_address is None:
        return new_account(organization, name=mapped.name, billing_address=mapped.billing_address)
    return new_building(
        organization,
        name=mapped.name,
        billing_address=mapped.billing_address,
        physical_address=mapped.physical_address,
    )


# Look-alikes


def _hold_back_look_alikes(wish: Wish, entries: list[Planned]) -> None:
    """Equal normalised name, or equal address, of a record here that is not linked (design 2, Import)."""
    records = [entry.record for entry in _wanted(entries) if entry.record]
    by_name = _unlinked(wish, Q(name_key__in={record.name_key for record in records} - {""}))
    by_address = _unlinked(wish, Q(address_key__in={record.address_key for record in records} - {""}))
    names = {other.name_key: other for other in by_name}
    addresses = {other.address_key: other for other in by_address}
    for entry in _wanted(entries):
        assert entry.record is not None  # mapped  # noqa: S101
        if other := names.get(entry.record.name_key):
            _hold_back(entry, other, because="same name")
        elif other := addresses.get(entry.record.address_key):
            _hold_back(entry, other, because="same address")


def _hold_back(entry: Planned, other: Account | Building, *, because: str) -> None:
    text = f"Looks like {other.name} ({because})."
    entry.turn(
        Outcome.HELD,
        code="looks_like",
        text=text,
        type=noun_of(other),
        id=str(other.id),
        name=other.name,
        because=because,
    )


def _unlinked(wish: Wish, condition: Q) -> Iterable[Account | Building]:
    model: type[Account | Building] = Account if wish.target == "accounts" else Building
    live = Link.objects.filter(ended_at=None, **{NOUNS[wish.target]: OuterRef("pk")})
    records: QuerySet[Any] = model.objects.filter(condition, organization=wish.connection.organization_id)
    # The oldest last, so that it is the one that is named where several look alike.
    return records.filter(~Exists(live), archived_at=None).order_by("-created_at", "-id")


# People


def _seat_people(wish: Wish, entries: list[Planned], *, people: People) -> None:
    """Gives every new building its contacts; the same person of one customer's tree is one contact (design 3.3)."""
    persons = [person for entry in _wanted(entries) if entry.mapped for person in entry.mapped.contacts]
    if not persons:
        return
    tops = tops_of(wish.connection, [entry.list_id for entry in _wanted(entries)])
    _recall(wish, persons, people=people)
    for entry in _wanted(entries):
        for person in entry.mapped.contacts if entry.mapped else ():
            _seat(entry, person, top=tops[entry.list_id], people=people)
    for entry in _wanted(entries):
        try:
            for seat in entry.seats:
                if seat.somebody.contact is None:
                    seat.somebody.contact = _unsaved_contact(wish.connection.organization, seat.somebody.person)
        except UserError as error:
            entry.turn(Outcome.FAILED, code=error.code, text=str(error))


def _seat(entry: Planned, person: MappedContact, *, top: str, people: People) -> None:
    somebody = people.find(top, person)
    is_first = somebody is None
    if somebody is None:
        somebody = Somebody(person)
    somebody.learn(person)
    people.add(top, somebody)
    if all(seat.somebody is not somebody for seat in entry.seats):
        entry.seats.append(Seat(somebody, person, is_first))


def _unsaved_contact(organization: Organization, person: MappedContact | Contact) -> Contact:
    return new_contact(
        organization,
        name=person.name,
        name_is_borrowed=person.name_is_borrowed,
        email=person.email,
        phone=person.phone,
        cell_phone=person.cell_phone,
        address=person.address,
    )


def _recall(wish: Wish, persons: list[MappedContact], *, people: People) -> None:
    """Adds the contacts here that may be the same people, under the trees of the records they stand at."""
    contacts = _namesakes(wish.connection.organization, persons)
    places = Place.objects.filter(contact__in=contacts).values_list("contact_id", "account_id", "building_id")
    at = [(contact_id, account_id or building_id) for contact_id, account_id, building_id in places]
    linked = Link.objects.filter(
        Q(account__in=[place for _, place in at]) | Q(building__in=[place for _, place in at]),
        connection=wish.connection,
        ended_at=None,
    )
    customers = {
        account_id or building_id: list_id
        for account_id, building_id, list_id in linked.values_list("account_id", "building_id", "list_id")
    }
    tops = tops_of(wish.connection, customers.values())
    trees = {(tops[customers[place]], contact_id) for contact_id, place in at if place in customers}
    for top, contact_id in sorted(trees):
        people.add(top, Somebody(contacts[contact_id], contacts[contact_id]))


def _namesakes(organization: Organization, persons: list[MappedContact]) -> dict[Any, Contact]:
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


# Reading a plan


def preview_json(entry: Planned) -> dict[str, Any]:
    """The record as it would be created, shaped as the noun, with the source of each value."""
    assert entry.record is not None and entry.mapped is not None  # created ones are mapped  # noqa: S101, PT018
    record: dict[str, Any] = {
        "id": None,
        "name": entry.record.name,
        "billing_address": entry.record.billing_address.to_json(),
    }
    if isinstance(entry.record, Building):
        record["physical_address"] = entry.record.physical_address.to_json()
        record["account_id"] = None
        record["contacts"] = [_contact_json(seat) for seat in entry.seats]
    return {
        "list_id": entry.list_id,
        "type": entry.mapped.type,
        "record": record,
        "sources": entry.mapped.sources | _contact_sources(entry.seats),
        "notes": [{"code": note.code, "text": note.text} for note in (*entry.mapped.notes, *_left_over(entry.seats))],
    }


def _contact_json(seat: Seat) -> dict[str, Any]:
    contact = seat.contact
    return person_json(contact, contact_id=None if seat.is_new else str(contact.id))


def _contact_sources(seats: list[Seat]) -> dict[str, str]:
    sources: dict[str, str] = {}
    for index, seat in enumerate(seats):
        if not seat.is_first:
            sources[f"contacts.{index}"] = "the same person as at another place of this customer"
            continue
        sources |= {f"contacts.{index}.{key}": words for key, words in seat.said.sources}
        sources[f"contacts.{index}.address"] = "billing address"
    return sources


def _left_over(seats: list[Seat]) -> Iterable[Note]:
    """Numbers that this customer has for somebody who has another one at the first place."""
    for seat in seats:
        for key in ("phone", "cell_phone"):
            theirs, ours = getattr(seat.said, key), getattr(seat.contact, key)
            if theirs and phone_key(theirs) != phone_key(ours):
                yield not_taken(key, f"{key.replace('_', ' ')} of {seat.contact.name}", theirs)
