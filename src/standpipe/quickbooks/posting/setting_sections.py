"""The QuickBooks Desktop settings on other pages: a card on the connection's page, and a step of the set-up."""

from typing import Any

from django.http import HttpRequest

from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.refreshing import refresh_shown
from standpipe.ui import registry

from .setting_checks import problems_of_settings
from .settings import KEY


def register() -> None:
    registry.add_section(
        "connection",
        key="posting-settings",
        title="Invoices and payments",
        order=30,
        template="quickbooks/posting/_settings_card.html",
        context=card,
    )


def card(request: HttpRequest, connection: Connection) -> dict[str, Any] | None:
    """What is to do before anything can be sent; ``None`` before a company file was confirmed."""
    if connection.confirmed_at is None or connection.archived_at is not None:
        return None
    refresh = refresh_shown(connection)
    member: MemberRequest = request  # type: ignore[assignment]  # set by in_organization
    return {
        "connection": connection,
        "refresh": refresh,
        "is_set": KEY in connection.settings,
        "problems": problems_of_settings(connection) if refresh.state.kind == "whole" else [],
        "may_change": can(member, Permission.SETTINGS),
    }
