"""Links between what is here and what is in QuickBooks."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from standpipe.accounts.models import Account
from standpipe.accounts.queries import find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import find_building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Membership
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.linking.actions import link_customer, unlink
from standpipe.quickbooks.linking.queries import link_options, live_link, quickbooks_json

from .auth import caller
from .pages import MAX_LIMIT, Limit
from .schemas import LinkIn

router = Router(tags=["Links"])
Seen = Annotated[
    str | None,
    Query(
        description="The ListID that it was linked to when you looked: 409 where it is another one by now, or none."
    ),
]


@router.get("/connections/{connection_id}/link-options", response=dict[str, Any], summary="What can be linked")
def options(
    request: HttpRequest,
    connection_id: str,
    target: Annotated[Literal["accounts", "buildings"], Query(alias="for")] = "buildings",
    search: str = "",
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    connection = find_connection(caller(request).organization, connection_id)
    page = link_options(connection, target=target, search=search, limit=min(limit, MAX_LIMIT), cursor=cursor)
    return {"items": [option.as_json() for option in page.items], "next_cursor": page.next_cursor}


@router.put("/accounts/{account_id}/quickbooks-link", response=dict[str, Any], summary="Link or relink an account")
def link_account(request: HttpRequest, account_id: str, payload: LinkIn) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _link(membership, find_account(membership.organization, account_id), payload)


@router.delete("/accounts/{account_id}/quickbooks-link", response={204: None}, summary="Unlink an account")
def unlink_account(request: HttpRequest, account_id: str, seen: Seen = None) -> Status[None]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _unlink(membership, find_account(membership.organization, account_id), seen=seen)


@router.put("/buildings/{building_id}/quickbooks-link", response=dict[str, Any], summary="Link or relink a building")
def link_building(request: HttpRequest, building_id: str, payload: LinkIn) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _link(membership, find_building(membership.organization, building_id), payload)


@router.delete("/buildings/{building_id}/quickbooks-link", response={204: None}, summary="Unlink a building")
def unlink_building(request: HttpRequest, building_id: str, seen: Seen = None) -> Status[None]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _unlink(membership, find_building(membership.organization, building_id), seen=seen)


def _link(membership: Membership, record: Account | Building, payload: LinkIn) -> dict[str, Any]:
    try:
        connection = find_connection(membership.organization, payload.connection_id)
    except Connection.DoesNotExist:
        raise UserError(
            "There is no connection with this id.", code="connection_unknown", field="connection_id"
        ) from None
    link = link_customer(
        record,
        connection=connection,
        list_id=payload.list_id,
        by=membership.person,
        seen=_seen_link(record, payload.seen),
    )
    return quickbooks_json(link) or {}


def _unlink(membership: Membership, record: Account | Building, *, seen: str | None) -> Status[None]:
    unlink(record, by=membership.person, seen=_seen_link(record, seen))
    return Status(204, None)


def _seen_link(record: Account | Building, list_id: str | None) -> str | None:
    """As the actions take it, which name a link by its id: of no link where another customer is linked by now."""
    live = live_link(record) if list_id else None
    return str(live.pk) if live and live.list_id == list_id else list_id
