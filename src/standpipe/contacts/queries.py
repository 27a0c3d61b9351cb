"""Reads of contacts and of who stands where. All begin with the organization: nobody sees another's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.search import holds_all_words
from standpipe.core.text import search_words
from standpipe.organizations.models import Organization

from .models import Contact, Place, Role


def contacts_of(organization: Organization, *, search: str = "", archived: bool = False) -> QuerySet[Contact]:
    """The organization's contacts by name, places loaded; those in use, or those that are archived.

    Found by name, e-mail, phone, address, or the name of an account or building where they stand.
    """
    contacts = Contact.objects.filter(organization=organization, archived_at__isnull=not archived)
    if search_words(search):
        names = ["contact__search_text", "account__name_key", "building__name_key"]
        standing = Place.objects.filter(holds_all_words(search, columns=names), contact__in=contacts)
        contacts = contacts.filter(holds_all_words(search) | Q(pk__in=standing.values("contact_id")))
    return contacts.prefetch_related(_PLACES).order_by("name_key", "name", "id")


_PLACES = Prefetch("places", queryset=Place.objects.select_related("account", "building").order_by("id"))


def find_contact(organization: Organization, contact_id: str | UUID) -> Contact:
    """With its places; archived ones too. Raises ``Contact.DoesNotExist`` for unknown, foreign and malformed ids."""
    try:
        return (
            Contact.objects.select_related("organization")
            .prefetch_related(_PLACES)
            .get(organization=organization, pk=contact_id)
        )
    except ValidationError as malformed:
        raise Contact.DoesNotExist from malformed


def find_place(contact: Contact, place_id: int) -> Place:
    """Raises ``Place.DoesNotExist``, also for places of others."""
    return contact.places.select_related("account", "building").get(pk=place_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHere:
    """A contact at one account or building. ``inherited_roles`` hold through the account and are removed there."""

    contact: Contact
    own_roles: tuple[Role, ...] = ()
    inherited_roles: tuple[Role, ...] = ()
    place_id: int | None = None  # of their own place here, perhaps without a role; None: only through the account

    @property
    def roles(self) -> tuple[Role, ...]:
        """All that hold here, in the order of ``Role``."""
        return tuple(role for role in Role if role in self.own_roles or role in self.inherited_roles)

    @property
    def inherited(self) -> bool:
        """Stands here only through the account."""
        return self.place_id is None


def contacts_at(place: Account | Building) -> list[ContactHere]:
    """Who stands here, by name, archived contacts left out; at a building also those of its account (req. 66)."""
    here = Q(account=place) if isinstance(place, Account) else Q(building=place)
    above = Q(account=place.account_id) if isinstance(place, Building) and place.account_id else Q(pk__in=[])
    rows = Place.objects.filter(here | above, contact__archived_at__isnull=True).select_related("contact")
    gathered: dict[UUID, dict[str, Any]] = {}
    for row in rows.order_by("contact__name_key", "contact__name", "contact_id"):
        is_own = place.id in (row.account_id, row.building_id)
        found = gathered.setdefault(row.contact_id, {"contact": row.contact})
        found["own_roles" if is_own else "inherited_roles"] = _roles(row.roles)
        if is_own:
            found["place_id"] = row.id
    return [ContactHere(**found) for found in gathered.values()]


def _roles(values: Iterable[str]) -> tuple[Role, ...]:
    return tuple(Role(value) for value in values)


def contact_json(contact: Contact) -> dict[str, Any]:
    """The contact as programs see it; reads ``contact.places``."""
    return {
        "id": str(contact.id),
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "cell_phone": contact.cell_phone,
        "address": contact.address.to_json(),
        "places": [place_json(place) for place in contact.places.all()],
        "archived": contact.archived_at is not None,
        "created_at": contact.created_at.isoformat(),
        "updated_at": contact.updated_at.isoformat(),
    }


def place_json(place: Place) -> dict[str, Any]:
    if place.account_id:
        return {"account_id": str(place.account_id), "roles": place.roles}
    return {"building_id": str(place.building_id), "roles": place.roles}
