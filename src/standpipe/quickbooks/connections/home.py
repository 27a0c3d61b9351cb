"""What the home page says of the connection: the steps until it works, then one line, and what needs a person."""

from typing import Any, cast

from django.http import HttpRequest

from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeCount, HomeStep

from .health import ConnectionState, problems_of, state_of
from .models import Connection
from .queries import connections_of, contact_of, waiting_problems

# What comes next, for the furthest connection: (text, the page that does it, its button).
_NEXT = {
    ConnectionState.NOT_DOWNLOADED: (
        "Add Standpipe to the Web Connector, at the computer where QuickBooks Desktop runs.",
        "Go on with the set-up",
    ),
    ConnectionState.NEVER_SEEN: (
        "The QWC file was downloaded. Now the Web Connector has to call: paste the password, then Update Selected.",
        "Go on with the set-up",
    ),
    ConnectionState.SEEN: (
        "The Web Connector has called, but no company file was read yet. Press Update Selected once more.",
        "Look at the connection",
    ),
}


def connect_step(request: HttpRequest) -> HomeStep:
    """Done once any company file has been read."""
    member, title = _member(request), "Connect QuickBooks Desktop"
    furthest = _furthest(member.organization)
    if furthest is None:
        text = "About ten minutes, at the computer where QuickBooks Desktop runs. Somebody else can do it there."
        return _step(member, title=title, text=text, url=org_url(request, "quickbooks:add-connection"), button=title)
    state = state_of(furthest)
    if state is ConnectionState.FILE_READ:
        return HomeStep(title=title, text=f"“{furthest.file_company_name}” was read.", done=True)
    text, button = _NEXT[state]
    return _step(member, title=title, text=text, url=_page(request, furthest), button=button)


def confirm_step(request: HttpRequest) -> HomeStep:
    """Done once somebody has said that it is the company file."""
    member, title = _member(request), "Say that it is your company file"
    furthest = _furthest(member.organization)
    if furthest is None or furthest.file_read_at is None:
        text = "Standpipe shows which file was open, before anything is imported."
        return HomeStep(title=title, text=text, done=False)
    if furthest.confirmed_at is not None:
        return HomeStep(title=title, text=f"“{furthest.file_company_name}” is your company file.", done=True)
    text = f"Is “{furthest.file_company_name}” your company file? Import and sending wait for your answer."
    url = _page(request, furthest)
    return _step(member, title=title, text=text, url=url, button="Look at the company file")


def _step(member: MemberRequest, *, title: str, text: str, url: str, button: str) -> HomeStep:
    """A step that is not done, with its button for those who may do it."""
    if can(member, Permission.CONNECT):
        return HomeStep(title=title, text=text, done=False, url=url, button=button)
    return HomeStep(title=title, text="An owner or a bookkeeper of your organization can do this.", done=False)


def _furthest(organization: Organization) -> Connection | None:
    """The connection that has come furthest; of equals the oldest."""
    order = list(ConnectionState)
    found = list(connections_of(organization))
    return max(found, key=lambda it: (order.index(state_of(it)), it.confirmed_at is not None), default=None)


def connection_line(request: HttpRequest, _record: Any) -> dict[str, Any] | None:
    """One row per connection whose company file is confirmed; nothing before that."""
    rows = []
    for connection in connections_of(_member(request).organization).filter(confirmed_at__isnull=False):
        contact = contact_of(connection)
        problems = problems_of(connection, contact=contact)
        rows.append({"connection": connection, "contact": contact, "problems": problems})
    return {"rows": rows} if rows else None


def needs_you(request: HttpRequest) -> HomeCount | None:
    """How many things wait for somebody who may do them; it opens the connection where they are, else the list."""
    member = _member(request)
    if not can(member, Permission.CONNECT) or not connections_of(member.organization).exists():
        return None
    waiting = waiting_problems(member.organization)
    where = {connection.id: connection for connection, _ in waiting}
    url = (
        _page(request, next(iter(where.values()))) if len(where) == 1 else org_url(request, "quickbooks:connections")
    )
    return HomeCount(label="Connection problems", number=len(waiting), url=url)


def _page(request: HttpRequest, connection: Connection) -> str:
    return org_url(request, "quickbooks:connection", connection.id)


def _member(request: HttpRequest) -> MemberRequest:
    """The home page is a page of an organization: ``in_organization`` has admitted the person."""
    return cast("MemberRequest", request)
