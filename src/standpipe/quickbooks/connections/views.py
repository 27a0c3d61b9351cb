"""The pages of a connection, for people who are signed in."""

import hashlib
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, can, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.links import org_url
from standpipe.ui.telling import told

from . import actions, qwc
from .forms import AddConnectionForm, SettingsForm
from .health import problems_of, state_of
from .models import Connection
from .progress import NOTHING_NEW, progress_of, shown_steps
from .queries import connections_of, contact_of, find_connection, live_setup_links


@require_safe
@in_organization()
def connections(request: MemberRequest) -> HttpResponseBase:
    rows = [_standing(connection) for connection in connections_of(request.organization)]
    archived = connections_of(request.organization, archived=True)
    return render(request, "quickbooks/connections/list.html", {"rows": rows, "archived": archived})


def _standing(connection: Connection) -> dict[str, Any]:
    contact = contact_of(connection)
    return {
        "connection": connection,
        "state": state_of(connection),
        "contact": contact,
        "problems": problems_of(connection, contact=contact),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.CONNECT)
def add(request: MemberRequest) -> HttpResponseBase:
    form = AddConnectionForm(request.POST or None, initial={"name": request.organization.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        found = _untouched(request, name=name)
        connection = found or actions.create_connection(request.organization, by=request.person, name=name)
        return redirect(_page(request, connection))
    return render(request, "quickbooks/connections/add.html", {"form": form})


def _untouched(request: MemberRequest, *, name: str) -> Connection | None:
    """The one that the first press of two made a moment ago."""
    same = connections_of(request.organization).filter(name=name)
    return same.filter(qwc_downloaded_at=None, first_seen_at=None, password_hash="").first()


@require_safe
@in_organization()
def connection(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    """The page. To htmx, its changing part; nothing (204) while it would say what is there already."""
    found = find_connection(request.organization, connection_id)
    version = _version(found)
    if request.htmx and request.GET.get("version") == version:
        return HttpResponse(status=NOTHING_NEW)
    context = _standing(found) | {
        "version": version,
        "marks": _marks(found),
        "wrong_password_lately": _is_lately(found.wrong_password_at),
        "links": live_setup_links(found) if can(request, Permission.CONNECT) else (),
        "address_refusal": qwc.address_refusal(settings.BASE_URL),
    }
    template = "_standing" if request.htmx else "connection"
    return render(request, f"quickbooks/connections/{template}.html", context)


def _is_lately(at: datetime | None) -> bool:
    """Within a week: what is older does not go on any more."""
    return at is not None and timezone.now() - at < timedelta(days=7)


def _version(found: Connection) -> str:
    """Another text whenever the page has something else to say than the time."""
    said = (
        found.qwc_downloaded_at,
        found.last_contact_at,
        found.file_read_at,
        found.confirmed_at,
        found.refused_at,
        found.wrong_password_at,
        found.trouble,
        contact_of(found).overdue,
        found.sessions.filter(closed_at=None).values_list("pk").first(),  # of a room above, by their foreign keys
        found.tasks.order_by("-created_at").values_list("pk", "state").first(),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _marks(found: Connection) -> list[dict[str, Any]]:
    """The four ticks of the set-up, each with the time at which it was made."""
    return [
        {"title": "QWC file downloaded", "at": found.qwc_downloaded_at},
        {"title": "Web Connector seen", "at": found.first_seen_at},
        {"title": "Company file read", "at": found.file_read_at},
        {"title": "“Yes, this is our company file”", "at": found.confirmed_at},
    ]


@require_safe
@in_organization(Permission.CONNECT)
def setup(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    """The steps, for somebody who is signed in at the QuickBooks computer."""
    found = find_connection(request.organization, connection_id)
    return _setup_page(request, found)


def _setup_page(request: MemberRequest, found: Connection, *, password: str = "") -> HttpResponseBase:
    context = {
        "connection": found,
        "steps": shown_steps(found, address_refusal=qwc.address_refusal(settings.BASE_URL)),
        "progress": progress_of(found),
        "progress_url": org_url(request, "quickbooks:setup-progress", found.id),
        "qwc_url": org_url(request, "quickbooks:qwc", found.id),
        "password_url": org_url(request, "quickbooks:setup-password", found.id),
        "password": password,
    }
    return render(request, "quickbooks/connections/setup.html", context)


@require_POST
@in_organization(Permission.CONNECT)
def setup_password(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    return _setup_page(request, found, password=actions.new_password(found, by=request.person))


@require_GET
@in_organization(Permission.CONNECT)
def setup_progress(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    """Which steps are ticked by now; nothing (204) while that is known already."""
    found = find_connection(request.organization, connection_id)
    progress = progress_of(found)
    if request.GET.get("version") == progress.version:
        return HttpResponse(status=NOTHING_NEW)
    context = {
        "steps": () if request.GET.get("steps") == "no" else shown_steps(found, address_refusal=None),
        "progress": progress,
        "progress_url": org_url(request, "quickbooks:setup-progress", found.id),
    }
    return render(request, "quickbooks/connections/_progress_update.html", context)


@require_GET  # a HEAD by whoever only looks must not tick the step
@in_organization(Permission.CONNECT)
def download(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    try:
        file = actions.download_qwc(found, base_url=settings.BASE_URL, by=request.person)
    except UserError as refused:
        messages.error(request, str(refused))
        return redirect(_page(request, found))
    return qwc_response(file)


def qwc_response(file: actions.QwcFile) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.CONNECT)
def password(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    """Asks, then makes a new password and shows it this once."""
    found = find_connection(request.organization, connection_id)
    if request.method == "POST":
        context = {
            "connection": found,
            "password": actions.new_password(found, by=request.person),
            "progress": progress_of(found),
            "progress_url": org_url(request, "quickbooks:setup-progress", found.id),
        }
        return render(request, "quickbooks/connections/password.html", context)
    return render(
        request,
        "ui/confirm.html",
        {
            "title": "New password",
            "text": "The old password stops at once: the Web Connector is turned away until the new one is pasted "
            "into it. The QWC file stays the same, and nothing has to be added again.",
            "submit": "Make a new password",
            "cancel_url": _page(request, found),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.CONNECT)
def link(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    """Makes a link for the person at the QuickBooks computer, and shows it this once."""
    found = find_connection(request.organization, connection_id)
    path = actions.make_setup_link(found, by=request.person) if request.method == "POST" else ""
    context = {
        "connection": found,
        "message": _message(request, address=settings.BASE_URL + path) if path else None,
        "links": live_setup_links(found),
        "address_refusal": qwc.address_refusal(settings.BASE_URL),
    }
    return render(request, "quickbooks/connections/link.html", context)


def _message(request: MemberRequest, *, address: str) -> dict[str, str]:
    """What is sent to the person there, ready for an e-mail."""
    return {
        "address": address,
        "subject": f"Connect QuickBooks Desktop for {request.organization.name}",
        "body": "Open this address at the computer where QuickBooks Desktop runs. It shows every step, takes about "
        f"ten minutes, and works for 24 hours, in the first browser that opens it:\n\n{address}\n\n"
        f"{request.person.display_name}\n",
    }


@require_POST
@in_organization(Permission.CONNECT)
def end_link(request: MemberRequest, connection_id: UUID, link_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    actions.end_setup_link(found.setup_links.get(pk=link_id), by=request.person)
    messages.success(request, "The link has ended.")
    return redirect(org_url(request, "quickbooks:link", found.id))


@require_POST
@in_organization(Permission.CONNECT)
def confirm(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    return _answered(request, found, actions.confirm_company, said=_CONFIRMED)


_CONFIRMED = "Confirmed. Next, on Accounts or on Buildings: “Import from QuickBooks Desktop”."


@require_POST
@in_organization(Permission.CONNECT)
def reject(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    return _answered(request, found, actions.reject_company, said="Forgotten. The next company file counts.")


@require_POST
@in_organization(Permission.CONNECT)
def accept_file(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    return _answered(request, found, actions.accept_moved_file, said="Taken as the same file. All links stay.")


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.SETTINGS)
def change(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    form = SettingsForm(request.POST or None, initial={"name": found.name, "poll_minutes": found.poll_minutes})
    if request.method == "POST" and form.is_valid():
        actions.change_settings(found, by=request.person, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect(_page(request, found))
    return render(request, "quickbooks/connections/settings.html", {"connection": found, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.CONNECT)
def archive(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    if request.method == "POST":
        actions.archive_connection(found, by=request.person)
        messages.success(request, f"Archived {found.name}.")
        return redirect(org_url(request, "quickbooks:connections"))
    linked = found.links.filter(ended_at=None).count()  # of the room above, through its foreign key
    return render(
        request,
        "ui/confirm.html",
        {
            "title": f"Archive {found.name}",
            "lines": [*_ARCHIVING, *([_linked_text(linked)] if linked else [])],
            "submit": "Archive",
            "danger": True,
            "cancel_url": _page(request, found),
        },
    )


_ARCHIVING = (
    "The Web Connector is turned away from now on. Nothing is read from QuickBooks and nothing is sent to it.",
    "Nothing changes in the company file. Remove the row in the Web Connector when it is no longer needed.",
    "The copied lists stay, and the connection can be brought back with the same file and password.",
)


def _linked_text(linked: int) -> str:
    those = "1 account or building stays" if linked == 1 else f"{linked:,} accounts and buildings stay"
    return f"{those} linked to this company file: invoices for them wait until it is back or they are linked anew."


@require_POST
@in_organization(Permission.CONNECT)
def restore(request: MemberRequest, connection_id: UUID) -> HttpResponseBase:
    found = find_connection(request.organization, connection_id)
    return _done(request, found, actions.restore_connection, said=f"{found.name} is back.")


def _answered(request: MemberRequest, found: Connection, action: Any, *, said: str) -> HttpResponseBase:
    """What a person says of the company file that the page showed."""
    return _done(request, found, partial(action, seen=request.POST.get("seen")), said=said)


def _done(request: MemberRequest, found: Connection, action: Any, *, said: str) -> HttpResponseBase:
    with told(request, done=said):
        action(found, by=request.person)
    return redirect(_page(request, found))


def _page(request: MemberRequest, found: Connection) -> str:
    return org_url(request, "quickbooks:connection", found.id)
