"""Contacts, at ``/contacts``."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Status

from standpipe.accounts.models import Account
from standpipe.accounts.queries import find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import find_building
from standpipe.contacts.actions import PlaceAt, archive_contact, create_contact, edit_contact, restore_contact
from standpipe.contacts.models import Contact
from standpipe.contacts.queries import contact_json, contacts_of, find_contact
from standpipe.core.errors import UserError
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission

from .auth import caller
from .changing import change
from .pages import Limit, PageOf, page_of
from .schemas import ContactIn, ContactPatch, PlaceIn

router = Router(tags=["Contacts"])


@router.get("", response=PageOf, summary="List contacts")
def list_contacts(
    request: HttpRequest,
    search: str = "",
    account_id: str | None = None,
    building_id: str | None = None,
    archived: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """``account_id`` and ``building_id`` name the place where a contact stands itself, not by inheritance."""
    organization = caller(request).organization
    rows = contacts_of(organization, search=search, archived=archived)
    if account_id is not None:
        rows = rows.filter(places__account=find_account(organization, account_id))
    if building_id is not None:
        rows = rows.filter(places__building=find_building(organization, building_id))
    return page_of(rows.prefetch_related("places"), order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.post("", response={201: dict[str, Any]}, summary="Add a contact")
def add_contact(request: HttpRequest, payload: ContactIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.EDIT)
    contact = create_contact(
        membership.organization,
        by=membership.person,
        name=payload.name,
        email=payload.email,
        phone=payload.phone,
        cell_phone=payload.cell_phone,
        address=payload.address.to_address(),
        places=_places(membership.organization, payload.places),
    )
    return Status(201, contact_json(contact))


@router.get("/{contact_id}", response=dict[str, Any], summary="One contact")
def get_contact(request: HttpRequest, contact_id: str) -> dict[str, Any]:
    return contact_json(find_contact(caller(request).organization, contact_id))


@router.patch("/{contact_id}", response=dict[str, Any], summary="Change a contact, or bring it back")
@transaction.atomic
def change_contact(request: HttpRequest, contact_id: str, payload: ContactPatch) -> dict[str, Any]:
    membership = caller(request, Permission.EDIT)
    contact = find_contact(membership.organization, contact_id)
    changes = payload.changes()
    if "places" in changes:
        changes["places"] = _places(membership.organization, payload.places)
    change(
        contact,
        changes,
        by=membership.person,
        edit=edit_contact,
        archive=archive_contact,
        restore=restore_contact,
    )
    return contact_json(find_contact(membership.organization, contact_id))


@router.delete("/{contact_id}", response={204: None}, summary="Archive a contact")
def remove_contact(request: HttpRequest, contact_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_contact(find_contact(membership.organization, contact_id), by=membership.person)
    return Status(204, None)


def _places(organization: Organization, places: Sequence[PlaceIn]) -> list[PlaceAt]:
    return [_place(organization, place) for place in places]


def _place(organization: Organization, place: PlaceIn) -> PlaceAt:
    if (place.account_id is None) == (place.building_id is None):
        raise UserError("A place names either account_id or building_id.", code="place_invalid", field="places")
    roles = list(place.roles)
    try:
        if place.account_id is not None:
            return PlaceAt(account=find_account(organization, place.account_id), roles=roles)
        return PlaceAt(building=find_building(organization, place.building_id or ""), roles=roles)
    except (Account.DoesNotExist, Building.DoesNotExist):
        raise UserError("A place names an id that is not here.", code="place_unknown", field="places") from None


def _many(contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    return [contact_json(contact) for contact in contacts]
