"""Imports: preview, import, look again, undo."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from standpipe.core.errors import UserError
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.importing.actions import import_customers, preview_import, undo_import
from standpipe.quickbooks.importing.batch_queries import batch_json, find_batch

from .auth import caller
from .connections import ACTIVE
from .schemas import ImportIn

router = Router(tags=["Imports"])


@router.post(
    "/connections/{connection_id}/imports",
    response={201: dict[str, Any], 200: dict[str, Any]},
    summary="Import from QuickBooks Desktop",
)
def make_import(request: HttpRequest, connection_id: str, payload: ImportIn) -> Status[dict[str, Any]]:
    """With ``dry_run`` nothing is created: 200 with the records that would be, and where each value came from.

    A filter takes what "Select all that match" takes: no inactive customer, no closed or not-awarded job, no account
    as a building. Whoever names ``list_ids`` gets just those.
    """
    membership = caller(request, Permission.IMPORT_AND_LINK)
    connection = find_connection(membership.organization, connection_id)
    if (payload.list_ids is None) == (payload.filter is None):
        raise UserError("Name either list_ids or a filter.", code="selection_invalid", field="list_ids")
    selection: dict[str, Any] = {"list_ids": payload.list_ids}
    if payload.filter is not None:
        selection = {"filters": payload.filter.model_dump() | {"active": ACTIVE[payload.filter.active]}}
    wish = {"target": payload.as_, "naming": payload.naming, **selection}
    look_alikes = payload.list_ids is not None  # design 7: named ones are taken, look-alikes included
    if payload.dry_run:
        return Status(200, preview_import(connection, include_look_alikes=look_alikes, **wish))
    batch = import_customers(connection, by=membership.person, include_look_alikes=look_alikes, **wish)
    return Status(201, batch_json(batch))


@router.get("/imports/{batch_id}", response=dict[str, Any], summary="One import")
def get_import(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    return batch_json(find_batch(caller(request).organization, batch_id))


@router.post("/imports/{batch_id}/undo", response=dict[str, Any], summary="Undo an import")
def undo(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """Removes what nobody touched; what was used stays and is listed with the reason."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    result = undo_import(find_batch(membership.organization, batch_id), by=membership.person)
    return {"removed": result.removed, "kept": result.kept}
