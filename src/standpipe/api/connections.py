"""``/connections`` and ``/tasks``: the company file, its Web Connector, and the copied customer list."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from standpipe.invoices.numbering import numbering_of, set_numbering
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.actions import (
    change_settings,
    confirm_company,
    create_connection,
    download_qwc,
    new_password,
)
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import (
    connection_json,
    connections_of,
    find_connection,
    find_task,
    settings_json,
    task_json,
)
from standpipe.quickbooks.importing.queries import customers_json, importable
from standpipe.quickbooks.lists.actions import cancel_refresh, request_lists, request_refresh
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.posting.setting_actions import change_settings as change_posting
from standpipe.quickbooks.posting.setting_queries import numbering_json, posting_json

from .auth import caller
from .pages import Limit, PageOf, page_of
from .schemas import ConnectionIn, RefreshIn, SettingsPatch

router = Router(tags=["Connections"])
tasks = Router(tags=["Tasks"])


@router.get("", response=PageOf, summary="List connections")
def list_connections(request: HttpRequest, cursor: str | None = None, limit: Limit = 50) -> dict[str, Any]:
    rows = connections_of(caller(request).organization)
    return page_of(rows, order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.post("", response={201: dict[str, Any]}, summary="Add a connection; the password is shown only here")
def add_connection(request: HttpRequest, payload: ConnectionIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.CONNECT)
    connection = create_connection(membership.organization, by=membership.person, name=payload.name)
    password = new_password(connection, by=membership.person)
    return Status(201, connection_json(connection) | {"password": password})


@router.get("/{connection_id}", response=dict[str, Any], summary="State, file, last contact, health")
def get_connection(request: HttpRequest, connection_id: str) -> dict[str, Any]:
    return connection_json(find_connection(caller(request).organization, connection_id))


@router.post("/{connection_id}/password", response={201: dict[str, Any]}, summary="New password; the old one stops")
def make_password(request: HttpRequest, connection_id: str) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.CONNECT)
    connection = find_connection(membership.organization, connection_id)
    password = new_password(connection, by=membership.person)
    return Status(201, connection_json(connection) | {"password": password})


@router.get("/{connection_id}/qwc", summary="The QWC file, the same every time")
def get_qwc(request: HttpRequest, connection_id: str) -> HttpResponse:
    membership = caller(request, Permission.CONNECT)
    connection = find_connection(membership.organization, connection_id)
    file = download_qwc(connection, base_url=settings.BASE_URL)
    answer = HttpResponse(file.content, content_type="application/x-qwc")
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


@router.get("/{connection_id}/settings", response=dict[str, Any], summary="Settings")
def get_settings(request: HttpRequest, connection_id: str) -> dict[str, Any]:
    return _settings(find_connection(caller(request).organization, connection_id))


@router.patch("/{connection_id}/settings", response=dict[str, Any], summary="Change settings")
def patch_settings(request: HttpRequest, connection_id: str, payload: SettingsPatch) -> dict[str, Any]:
    membership = caller(request, Permission.SETTINGS)
    connection = find_connection(membership.organization, connection_id)
    changes = payload.changes()
    posting, numbering = changes.pop("posting", None), changes.pop("invoice_numbering", None)
    with transaction.atomic():
        change_settings(connection, by=membership.person, **changes)
        if posting is not None:
            change_posting(connection, by=membership.person, **posting.changes())
        if numbering is not None:
            known = numbering_of(membership.organization)
            now = {"prefix": known.prefix, "next_number": known.next_number}
            set_numbering(membership.organization, by=membership.person, **now | numbering.changes())
    return _settings(connection)


def _settings(connection: Connection) -> dict[str, Any]:
    return {
        **settings_json(connection),
        "posting": posting_json(connection),
        "invoice_numbering": numbering_json(connection),
    }


@router.post("/{connection_id}/confirm-company", response=dict[str, Any], summary="Yes, this is our company file")
def confirm(request: HttpRequest, connection_id: str) -> dict[str, Any]:
    membership = caller(request, Permission.CONNECT)
    connection = find_connection(membership.organization, connection_id)
    confirm_company(connection, by=membership.person)
    return connection_json(connection)


@router.post("/{connection_id}/refresh", response={202: dict[str, Any]}, summary="Refresh from QuickBooks Desktop")
def refresh(request: HttpRequest, connection_id: str, payload: RefreshIn | None = None) -> Status[dict[str, Any]]:
    """The short lists are read together: asking for one refreshes all of them. Asked for with customers, their task
    stands under ``also``.
    """
    membership = caller(request, Permission.IMPORT_AND_LINK)
    connection = find_connection(membership.organization, connection_id)
    wanted, full = (payload.lists, payload.full) if payload else (["customers"], False)
    ask = [request_refresh] if "customers" in wanted else []
    if set(wanted) - {"customers"}:
        ask.append(request_lists)
    with transaction.atomic():
        first, *others = [task_json(one(connection, by=membership.person, full=full)) for one in ask]
    return Status(202, first | ({"also": others} if others else {}))


@router.get("/{connection_id}/customers", response=PageOf, summary="Customers and jobs, as of the last refresh")
def list_customers(
    request: HttpRequest,
    connection_id: str,
    target: Annotated[Literal["accounts", "buildings"], Query(alias="for")] = "accounts",
    search: str = "",
    status: Literal["available", "imported", "linked", "deleted"] | None = None,
    kind: Literal["customer", "job"] | None = None,
    active: Literal["true", "false", "all"] = "true",
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """``active`` is ``true`` unless said otherwise; ``status`` is the status for the asked type."""
    connection = find_connection(caller(request).organization, connection_id)
    rows = importable(connection, target=target, search=search, status=status, kind=kind, active=ACTIVE[active])

    def as_json(customers: Sequence[Customer]) -> list[dict[str, Any]]:
        return customers_json(connection, customers)

    return page_of(rows, order=("sort_key", "id"), limit=limit, cursor=cursor, as_json=as_json)


ACTIVE: dict[str, bool | None] = {"true": True, "false": False, "all": None}


@tasks.get("/{task_id}", response=dict[str, Any], summary="One task")
def get_task(request: HttpRequest, task_id: str) -> dict[str, Any]:
    return task_json(find_task(caller(request).organization, task_id))


@tasks.post("/{task_id}/cancel", response=dict[str, Any], summary="Cancel a task that waits")
def cancel_task(request: HttpRequest, task_id: str) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    task = find_task(membership.organization, task_id)
    cancel_refresh(task, by=membership.person)
    return task_json(task)


def _many(connections: Sequence[Connection]) -> list[dict[str, Any]]:
    return [connection_json(connection) for connection in connections]
