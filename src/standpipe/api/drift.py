"""What has changed since records were linked, and what became of the customers they are linked to."""

from collections.abc import Sequence
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from standpipe.accounts.models import Account
from standpipe.accounts.queries import find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import find_building
from standpipe.core.errors import UserError
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.drift.actions import accept, catch_up, compare_again, keep, leave
from standpipe.quickbooks.drift.looking import look
from standpipe.quickbooks.drift.models import Standing
from standpipe.quickbooks.drift.queries import (
    DriftFilter,
    ailing,
    drift_counts,
    drift_json,
    drifted,
    health_counts,
    health_json,
    looked_at,
    standings_of,
)
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import history_json, live_link, past_links
from standpipe.quickbooks.lists.queries import customers_in_order, readiness_of

from .auth import caller
from .pages import MAX_LIMIT, Limit, PageOf, page_of
from .schemas import DecideIn

router = Router(tags=["Changes"])


class CountedPage(PageOf):
    counts: dict[str, int]


@router.get("/connections/{connection_id}/drift", response=CountedPage, summary="Linked records that differ")
def list_drift(
    request: HttpRequest,
    connection_id: str,
    changed: Literal["quickbooks", "both", "left", "here", "all"] = "quickbooks",
    field: Literal["name", "billing_address", "physical_address", "contacts"] | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """``changed``: ``quickbooks`` are those that wait for a decision, also where both sides have changed."""
    connection = find_connection(caller(request).organization, connection_id)
    catch_up(connection)
    rows, asked = (
        standings_of(connection.organization, connection=connection),
        DriftFilter(changed=changed, field=field or ""),
    )

    def as_json(standings: Sequence[Standing]) -> list[dict[str, Any]]:
        return [
            drift_json(looked, fields=[one for one in looked.telling if asked.shows(one)])
            for looked in looked_at(standings)
        ]

    page = page_of(drifted(rows, asked), order=("sort_key", "link_id"), limit=limit, cursor=cursor, as_json=as_json)
    return page | {"counts": drift_counts(rows)}


@router.get("/connections/{connection_id}/health", response=CountedPage, summary="Links that need a look")
def list_health(
    request: HttpRequest,
    connection_id: str,
    state: Literal["deleted", "missing", "merged", "recreated", "moved", "inactive"] | None = None,
    kept: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """``kept``: those that a person keeps as they are, instead of the others."""
    connection = find_connection(caller(request).organization, connection_id)
    catch_up(connection)
    rows = standings_of(connection.organization, connection=connection)

    def as_json(standings: Sequence[Standing]) -> list[dict[str, Any]]:
        return [health_json(standing) for standing in standings]

    found = ailing(rows, state=state or "", kept=kept)
    page = page_of(found, order=("sort_key", "link_id"), limit=limit, cursor=cursor, as_json=as_json)
    return page | {"counts": health_counts(rows)}


@router.get("/connections/{connection_id}/readiness", response=CountedPage, summary="What to put in order first")
def list_readiness(
    request: HttpRequest, connection_id: str, check: str = "", cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """Active customers and jobs with what is missing or doubtful about them. ``check``: one code of ``counts``."""
    connection = find_connection(caller(request).organization, connection_id)
    report = readiness_of(connection)
    found, start = report.having(check), int(cursor) if cursor and cursor.isdecimal() else 0
    end = start + min(limit, MAX_LIMIT)
    return {
        "items": [
            {"list_id": one.list_id, "full_name": one.full_name, "findings": list(report.found[one.list_id])}
            for one in customers_in_order(connection, found[start:end])
        ],
        "next_cursor": str(end) if end < len(found) else None,
        "total": len(found),
        "counts": dict(report.counts),
    }


# --- one record


@router.get("/accounts/{account_id}/drift", response=dict[str, Any], summary="An account in its three states")
def account_drift(request: HttpRequest, account_id: str) -> dict[str, Any]:
    return _drift(find_account(caller(request).organization, account_id))


@router.post("/accounts/{account_id}/drift", response=dict[str, Any], summary="Accept or leave for an account")
def decide_account(request: HttpRequest, account_id: str, payload: DecideIn) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _decide(find_account(membership.organization, account_id), payload, by=membership.person)


@router.get("/buildings/{building_id}/drift", response=dict[str, Any], summary="A building in its three states")
def building_drift(request: HttpRequest, building_id: str) -> dict[str, Any]:
    return _drift(find_building(caller(request).organization, building_id))


@router.post("/buildings/{building_id}/drift", response=dict[str, Any], summary="Accept or leave for a building")
def decide_building(request: HttpRequest, building_id: str, payload: DecideIn) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _decide(find_building(membership.organization, building_id), payload, by=membership.person)


@router.post("/accounts/{account_id}/quickbooks-link/keep", response=dict[str, Any], summary="Keep an account's link")
def keep_account(request: HttpRequest, account_id: str) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _keep(find_account(membership.organization, account_id), by=membership.person)


@router.post(
    "/buildings/{building_id}/quickbooks-link/keep", response=dict[str, Any], summary="Keep a building's link"
)
def keep_building(request: HttpRequest, building_id: str) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    return _keep(find_building(membership.organization, building_id), by=membership.person)


@router.get("/accounts/{account_id}/quickbooks-links", response=dict[str, Any], summary="Links of an account")
def account_links(request: HttpRequest, account_id: str) -> dict[str, Any]:
    return _links(find_account(caller(request).organization, account_id))


@router.get("/buildings/{building_id}/quickbooks-links", response=dict[str, Any], summary="Links of a building")
def building_links(request: HttpRequest, building_id: str) -> dict[str, Any]:
    return _links(find_building(caller(request).organization, building_id))


def _linked(record: Account | Building) -> Link:
    link = live_link(record)
    if link is None:
        raise UserError(f"“{record.name}” is not linked to a QuickBooks customer.", code="not_linked")
    link.account, link.building = (record, None) if isinstance(record, Account) else (None, record)
    return link


def _drift(record: Account | Building) -> dict[str, Any]:
    """Every field, also those that do not differ."""
    link = _linked(record)
    [looked] = look(link.connection, [link], with_health=False)
    return drift_json(looked, fields=looked.differences)


def _decide(record: Account | Building, payload: DecideIn, *, by: Any) -> dict[str, Any]:
    link = _linked(record)
    with transaction.atomic():  # all that was decided, or nothing
        if payload.accept:
            accept(link, fields=payload.accept, seen=payload.seen, by=by)
        if payload.leave:
            leave(link, fields=payload.leave, seen=payload.seen, by=by)
    record.refresh_from_db()
    return _drift(record)


def _keep(record: Account | Building, *, by: Any) -> dict[str, Any]:
    link = _linked(record)
    keep(link, by=by)
    compare_again(link.connection, [link.pk])
    return health_json(Standing.objects.select_related("link__account", "link__building").get(link=link))


def _links(record: Account | Building) -> dict[str, Any]:
    live = live_link(record)
    return {"items": [history_json(link) for link in ([live] if live else []) + past_links(record)]}
