"""The card on a connection's page: who gets e-mails, whether the server can send any, and what was sent last."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from standpipe.quickbooks.connections.models import Connection
from standpipe.ui import registry

from .actions import recipients_of
from .models import Notice

SHOWN = 5


def emails_card(_request: HttpRequest, connection: Connection) -> dict[str, Any] | None:
    if connection.archived_at is not None or connection.file_read_at is None:
        return None
    latest = Notice.objects.filter(connection=connection).order_by("-claimed_at")
    return {
        "is_set_up": settings.EMAIL_IS_SET_UP,
        "recipients": recipients_of(connection),
        "notices": latest[:SHOWN],
        "connection": connection,
    }


def register() -> None:
    registry.add_section(
        "connection",
        key="emails",
        title="E-mails",
        order=60,
        template="quickbooks/notices/card.html",
        context=emails_card,
    )
