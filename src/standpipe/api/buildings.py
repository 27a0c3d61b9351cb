"""Buildings, at ``/buildings``."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Status

from standpipe.accounts.models import Account
from standpipe.accounts.queries import find_account
from standpipe.buildings.actions import (
    archive_building,
    create_building,
    edit_building,
    restore_building,
    set_account,
)
from standpipe.buildings.models import Building
from standpipe.buildings.queries import building_json, buildings_of, find_building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.linking.queries import live_link, live_links, quickbooks_json

from .auth import caller
from .changing import change
from .pages import Limit, PageOf, page_of
from .schemas import BuildingIn, BuildingPatch

router = Router(tags=["Buildings"])


@router.get("", response=PageOf, summary="List buildings")
def list_buildings(
    request: HttpRequest,
    search: str = "",
    account_id: str | None = None,
    archived: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    organization = caller(request).organization
    rows = buildings_of(organization, search=search, archived=archived)
    if account_id is not None:
        rows = rows.filter(account=find_account(organization, account_id))
    return page_of(rows, order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.post("", response={201: dict[str, Any]}, summary="Add a building")
def add_building(request: HttpRequest, payload: BuildingIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.EDIT)
    building = create_building(
        membership.organization,
        by=membership.person,
        name=payload.name,
        billing_address=payload.billing_address.to_address(),
        physical_address=payload.physical_address.to_address(),
        account=_account(membership.organization, payload.account_id),
    )
    return Status(201, _one(building))


@router.get("/{building_id}", response=dict[str, Any], summary="One building")
def get_building(request: HttpRequest, building_id: str) -> dict[str, Any]:
    return _one(find_building(caller(request).organization, building_id))


@router.patch("/{building_id}", response=dict[str, Any], summary="Change a building, move it, or bring it back")
@transaction.atomic
def change_building(request: HttpRequest, building_id: str, payload: BuildingPatch) -> dict[str, Any]:
    membership = caller(request, Permission.EDIT)
    building = find_building(membership.organization, building_id)
    changes = payload.changes()
    if "account_id" in changes:
        account = _account(membership.organization, changes.pop("account_id"))
        set_account([building], account=account, by=membership.person)
        building.refresh_from_db()
    change(
        building,
        changes,
        by=membership.person,
        edit=edit_building,
        archive=archive_building,
        restore=restore_building,
    )
    return _one(building)


@router.delete("/{building_id}", response={204: None}, summary="Archive a building")
def remove_building(request: HttpRequest, building_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_building(find_building(membership.organization, building_id), by=membership.person)
    return Status(204, None)


def _account(organization: Organization, account_id: str | None) -> Account | None:
    if account_id is None:
        return None
    try:
        return find_account(organization, account_id)
    except Account.DoesNotExist:
        raise UserError("There is no account with this id.", code="account_unknown", field="account_id") from None


def _one(building: Building) -> dict[str, Any]:
    return building_json(building, quickbooks=quickbooks_json(live_link(building)))


def _many(buildings: Sequence[Building]) -> list[dict[str, Any]]:
    links = live_links(buildings)
    return [building_json(building, quickbooks=quickbooks_json(links.get(building.pk))) for building in buildings]
