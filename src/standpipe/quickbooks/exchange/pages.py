"""The card of a visit that is in progress, on the page of its connection, with the way to end one that hangs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.ui.links import org_url

from .actions import release_session
from .models import Session


def visit_card(_request: HttpRequest, connection: Connection) -> dict[str, Any] | None:
    """Only while there is one. Silent for long enough it gives way by itself, to the next visit."""
    live = Session.objects.filter(connection=connection, closed_at=None).first()
    if live is None:
        return None
    return {"session": live, "gives_way_at": live.last_call_at + timedelta(seconds=settings.SESSION_SECONDS)}


@require_POST
@in_organization(Permission.CONNECT)
def release(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    connection = find_connection(request.organization, connection_id)
    if release_session(connection, by=request.person):
        messages.success(request, "Released. The next visit of the Web Connector begins at once.")
    else:
        messages.info(request, "No visit is in progress any more.")
    return redirect(org_url(request, "quickbooks:connection", connection.id))
