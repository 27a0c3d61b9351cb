"""Imports: preview, import, look again, undo."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from standpipe.core.errors import UserError
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.importing.actions import import_customers, preview_import, undo_import
from standpipe.quickbooks.importing.batch_queries import batch_json, batches_of, find_batch, summaries_json
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.importing.planning import Decision

from .auth import caller
from .connections import ACTIVE
from .import_schemas import BatchOut, ImportIn, PreviewOut, UndoOut
from .pages import Limit, PageOf, page_of

router = Router(tags=["Imports"])


@router.post(
    "/connections/{connection_id}/imports",
    response={201: BatchOut, 200: PreviewOut},
    by_alias=True,
    summary="Import from QuickBooks Desktop",
)
def make_import(request: HttpRequest, connection_id: str, payload: ImportIn) -> Status[dict[str, Any]]:
    """With ``dry_run`` nothing is created: 200 with the records that would be, where each value came from
    (``sources``), what is missing or doubtful (``doubts``), what is not taken over (``left_over``) and the record
    here that it looks like (``looks_like``).

    ``as: both`` imports in one go: customers become accounts, their jobs buildings of these; customers of named jobs
    and jobs of named customers come along. ``sentence`` says what comes of it and where invoices will go.

    A filter takes what "Select all that match" takes: no inactive customer, no closed or not-awarded job, no account
    as a building. Whoever names ``list_ids`` gets just those. ``link_to`` links customers to records that are here
    instead of making others.

    ``fingerprint`` of a preview makes sure that what was read is what is created: where it would be something else
    by now, nothing is created, and the answer is 409 ``changed_since_preview``.
    """
    membership = caller(request, Permission.IMPORT_AND_LINK)
    connection = find_connection(membership.organization, connection_id)
    if (payload.list_ids is None) == (payload.filter is None):
        raise UserError("Name either list_ids or a filter.", code="selection_invalid", field="list_ids")
    selection: dict[str, Any] = {"list_ids": payload.list_ids}
    if payload.filter is not None:
        selection = {"filters": payload.filter.model_dump() | {"active": ACTIVE[payload.filter.active]}}
    wish = {
        "target": payload.as_,
        "naming": payload.naming,
        "include_look_alikes": payload.list_ids is not None,  # design 7: named ones are taken, look-alikes included
        "decisions": _decisions(payload.link_to),
        **selection,
    }
    if payload.dry_run:
        return Status(200, preview_import(connection, **wish))
    batch = import_customers(connection, by=membership.person, fingerprint=payload.fingerprint, **wish)
    return Status(201, batch_json(batch))


def _decisions(link_to: dict[str, str]) -> dict[str, Decision]:
    try:
        return {list_id: Decision(act="link", use_id=UUID(record)) for list_id, record in link_to.items()}
    except ValueError:
        raise UserError("link_to holds ids of accounts or buildings.", code="invalid_id", field="link_to") from None


@router.get("/imports", response=PageOf, summary="Imports, the oldest first")
def list_imports(request: HttpRequest, cursor: str | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Each with ``counts`` of its records by how they stand now: created, linked, held, removed and so on."""
    rows = batches_of(caller(request).organization)

    def as_json(batches: Sequence[ImportBatch]) -> list[dict[str, Any]]:
        return summaries_json(batches)

    return page_of(rows, order=("created_at", "id"), limit=limit, cursor=cursor, as_json=as_json)


@router.get("/imports/{batch_id}", response=BatchOut, by_alias=True, summary="One import")
def get_import(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """What was created, linked and left out, each with the reason; after an undo, what that removed and kept."""
    return batch_json(find_batch(caller(request).organization, batch_id))


@router.post("/imports/{batch_id}/undo", response=UndoOut, summary="Undo an import")
def undo(request: HttpRequest, batch_id: str) -> dict[str, Any]:
    """Removes what nobody touched; what was used stays and is listed with the reason."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    result = undo_import(find_batch(membership.organization, batch_id), by=membership.person)
    return {"removed": result.removed, "kept": result.kept}
