"""Small worlds from plain builders. Alice owns, Bob keeps the books, Otto is in the office, Vera only looks;
Charlie belongs to another organization and must see nothing.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

from standpipe.accounts.actions import create_account
from standpipe.accounts.models import Account
from standpipe.buildings.actions import create_building
from standpipe.buildings.models import Building
from standpipe.contacts.actions import PlaceAt, create_contact
from standpipe.contacts.models import Contact
from standpipe.core.addresses import Address
from standpipe.organizations.models import Membership, Organization, Person
from standpipe.organizations.permissions import Role

PASSWORD = "a long enough password"
ELM_STREET = Address(lines=("Elm School", "12 Elm St"), city="Hartford", state="CT", postal_code="06103")
OAK_STREET = Address(lines=("80 Oak Street",), city="Springfield", state="IL", postal_code="62701")

_numbers = count(1)


def make_organization(name: str = "Alder Fire", **columns: Any) -> Organization:
    slug = columns.pop("slug", None) or f"{name.lower().replace(' ', '-')}-{next(_numbers)}"
    return Organization.objects.create(name=name, slug=slug, **columns)


def make_person(name: str = "Alice", *, email: str = "") -> Person:
    person = Person(name=name, email=email or f"{name.lower()}-{next(_numbers)}@example.com")
    person.set_password(PASSWORD)
    person.save()
    return person


def make_member(organization: Organization, *, role: Role = Role.OWNER, name: str = "") -> Person:
    """A person with ``role`` there, named as such people are named in our tests."""
    names = {Role.OWNER: "Alice", Role.BOOKKEEPER: "Bob", Role.OFFICE: "Otto", Role.VIEWER: "Vera"}
    person = make_person(name or names[role])
    Membership.objects.create(organization=organization, person=person, role=role)
    return person


@dataclass(frozen=True, kw_only=True)
class World:
    """Alder Fire with one member of each role, and Birch Alarm, where Charlie is."""

    organization: Organization
    elsewhere: Organization
    alice: Person
    bob: Person
    otto: Person
    vera: Person
    charlie: Person


def make_world() -> World:
    here, elsewhere = make_organization(), make_organization("Birch Alarm")
    return World(
        organization=here,
        elsewhere=elsewhere,
        alice=make_member(here, role=Role.OWNER),
        bob=make_member(here, role=Role.BOOKKEEPER),
        otto=make_member(here, role=Role.OFFICE),
        vera=make_member(here, role=Role.VIEWER),
        charlie=make_member(elsewhere, role=Role.OWNER, name="Charlie"),
    )


def make_account(
    organization: Organization, *, name: str = "Alder Group", by: Person | None = None, **fields: Any
) -> Account:
    return create_account(organization, by=by, name=name, **fields)


def make_building(
    organization: Organization, *, name: str = "Elm School", by: Person | None = None, **fields: Any
) -> Building:
    return create_building(organization, by=by, name=name, **fields)


def make_contact(
    organization: Organization,
    *,
    name: str = "Jane Doe",
    at: Account | Building | None = None,
    roles: tuple[str, ...] = (),
    by: Person | None = None,
    **fields: Any,
) -> Contact:
    """``at`` with ``roles`` gives one place; ``places=[PlaceAt(...)]`` gives several."""
    if isinstance(at, Account):
        fields["places"] = [PlaceAt(account=at, roles=roles)]
    elif at is not None:
        fields["places"] = [PlaceAt(building=at, roles=roles)]
    return create_contact(organization, by=by, name=name, **fields)
