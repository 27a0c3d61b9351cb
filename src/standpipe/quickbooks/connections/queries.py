"""Reading connections: which there are, how they stand, and what hinders them."""

from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.organizations.models import Organization

from . import qwc
from .contact import Contact, next_contact
from .health import ConnectionState, Problem, problems_of, state_of
from .models import Connection, SetupLink, Task
from .password import hash_secret

__all__ = [
    "ConnectionState",
    "LinkState",
    "connection_json",
    "connections_of",
    "contact_of",
    "find_connection",
    "find_setup_link",
    "find_task",
    "import_hindrance",
    "live_setup_links",
    "settings_json",
    "setup_link_state",
    "state_of",
    "task_json",
    "waiting_problems",
]


def connections_of(organization: Organization, *, archived: bool = False) -> QuerySet[Connection]:
    """The connections in use, oldest first; with ``archived`` the archived ones instead."""
    found = Connection.objects.filter(organization=organization, archived_at__isnull=not archived)
    return found.select_related("organization", "confirmed_by").order_by("created_at", "pk")


def find_connection(organization: Organization, connection_id: UUID | str) -> Connection:
    """One connection of this organization, archived or not.

    Raises ``Connection.DoesNotExist`` for foreign and for malformed ids alike.
    """
    try:
        key = UUID(str(connection_id))
    except ValueError as malformed:
        raise Connection.DoesNotExist from malformed
    return Connection.objects.select_related("organization", "confirmed_by").get(organization=organization, pk=key)


def contact_of(connection: Connection, *, now: datetime | None = None) -> Contact:
    """When the Web Connector is expected next, and whether it is overdue."""
    return next_contact(connection.last_contact_at, poll_minutes=connection.poll_minutes, now=now or timezone.now())


def waiting_problems(organization: Organization) -> list[tuple[Connection, Problem]]:
    """Everything of all connections that waits for a person."""
    return [
        (connection, problem)
        for connection in connections_of(organization)
        for problem in problems_of(connection, contact=contact_of(connection))
    ]


def import_hindrance(connection: Connection) -> UserError | None:
    """The first thing that stands in the way of an import; ``None`` when it can start."""
    if connection.archived_at is not None:
        return UserError("This connection is archived. Bring it back first.", code="connection_archived")
    if state_of(connection) is not ConnectionState.FILE_READ:
        return UserError(
            "QuickBooks Desktop is not connected yet: no company file has been read. Finish the set-up first.",
            code="not_connected",
        )
    if connection.confirmed_at is None:
        return UserError(
            f"Nobody has said yet that “{connection.file_company_name}” is your company file. Confirm it first.",
            code="company_not_confirmed",
        )
    customer_list = getattr(connection, "customer_list", None)  # of the room above, through its one-to-one
    if customer_list is None or customer_list.refreshed_at is None:
        return UserError(
            "The list of customers has not arrived yet. Press Refresh from QuickBooks Desktop.",
            code="list_never_arrived",
        )
    return None


class LinkState(StrEnum):
    """What a set-up link is to the browser that shows it."""

    UNOPENED = "unopened"
    MINE = "mine"  # opened by this browser
    TAKEN = "taken"  # opened by another one
    ENDED = "ended"


def setup_link_state(link: SetupLink, *, browser: str, now: datetime) -> LinkState:
    """``browser``: the secret from its cookie, ``""`` where there is none."""
    if link.expires_at <= now or link.connection.archived_at is not None:
        return LinkState.ENDED
    if link.opened_at is None:
        return LinkState.UNOPENED
    return LinkState.MINE if compare_digest(hash_secret(browser), link.browser_hash) else LinkState.TAKEN


def find_setup_link(token: str) -> SetupLink | None:
    """The link of this token, in whatever state; ``None`` where there never was one."""
    found = SetupLink.objects.select_related("connection__organization", "made_by")
    return found.filter(token_hash=hash_secret(token)).first()


def live_setup_links(connection: Connection) -> QuerySet[SetupLink]:
    """Links that still show something to somebody, the latest first."""
    return (
        connection.setup_links.filter(expires_at__gt=timezone.now()).select_related("made_by").order_by("-created_at")
    )


def connection_json(connection: Connection) -> dict[str, Any]:
    """The shape of the API (design 7). Never the password."""
    contact = contact_of(connection)
    return {
        "id": str(connection.id),
        "name": connection.name,
        "username": connection.username,
        "qwc_url": f"{settings.BASE_URL}/api/v1/connections/{connection.id}/qwc",
        "soap_url": settings.BASE_URL + qwc.SOAP_PATH,
        "state": state_of(connection).value,
        "file": _file_json(connection),
        "confirmed": connection.confirmed_at is not None,
        "confirmed_at": _time(connection.confirmed_at),
        "last_contact_at": _time(connection.last_contact_at),
        "next_contact_at": _time(contact.next_at),
        "overdue": contact.overdue,
        "computer": connection.computer or None,
        "connector_version": connection.connector_version or None,
        "refused_file": _refused_json(connection),
        "trouble": connection.trouble,
        "health": _health_json(problems_of(connection, contact=contact)),
        "archived": connection.archived_at is not None,
        "created_at": _time(connection.created_at),
    }


def settings_json(connection: Connection) -> dict[str, Any]:
    """What a person may change of a connection."""
    return {"name": connection.name, "poll_minutes": connection.poll_minutes}


def find_task(organization: Organization, task_id: UUID | str) -> Task:
    """One task of this organization. Raises ``Task.DoesNotExist`` for foreign and for malformed ids alike."""
    try:
        key = UUID(str(task_id))
    except ValueError as malformed:
        raise Task.DoesNotExist from malformed
    return Task.objects.select_related("connection__organization").get(connection__organization=organization, pk=key)


def task_json(task: Task) -> dict[str, Any]:
    """The shape of the API (design 7)."""
    return {
        "id": str(task.id),
        "connection_id": str(task.connection_id),
        "kind": task.kind,
        "full": task.full,
        "state": task.state,
        "progress": task.progress,
        "counts": task.counts,
        "error": task.error,
        "created_at": _time(task.created_at),
        "started_at": _time(task.started_at),
        "finished_at": _time(task.finished_at),
    }


def _file_json(connection: Connection) -> dict[str, Any] | None:
    if connection.file_read_at is None:
        return None
    return {
        "company_name": connection.file_company_name,
        "path": connection.file_path,
        "country": connection.file_country or None,
        "product_name": connection.product_name or None,
        "qbxml_version": connection.qbxml_version or None,
        "stamped": connection.file_stamped,
        "read_at": _time(connection.file_read_at),
    }


def _refused_json(connection: Connection) -> dict[str, Any] | None:
    if not connection.refused_file:
        return None
    refused = {key: connection.refused_file.get(key, "") for key in ("reason", "company_name", "path")}
    return {**refused, "at": _time(connection.refused_at)}


def _health_json(problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "ok": not problems,
        "problems": [
            {"code": problem.code, "title": problem.title, "text": problem.text, "repair": problem.repair}
            for problem in problems
        ],
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
