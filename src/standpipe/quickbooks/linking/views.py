"""Linking from inside an account or building, and ending a link."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from standpipe.accounts.models import Account
from standpipe.accounts.queries import find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import find_building
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of, find_connection, import_hindrance
from standpipe.ui.links import org_url

from . import consequences
from .actions import link_customer, undo_link, unlink
from .queries import LinkOptions, find_link, link_options, live_link, noun_of
from .sections import JUST_LINKED, STATUS, TARGETS

OPTIONS_SHOWN = 20  # more words narrow the list faster than more rows


@in_organization(Permission.IMPORT_AND_LINK)
def link(request: MemberRequest, target: str, record_id: UUID) -> HttpResponse:
    """The dropdown of customers and jobs; POST links the one that was pressed."""
    record = _find(request, target, record_id)
    connections = list(connections_of(request.organization))
    connection = _chosen(request, connections)
    error = ""
    if request.method == "POST" and connection is not None:
        try:
            made = link_customer(
                record,
                connection=connection,
                list_id=request.POST.get("list_id", ""),
                by=request.person,
                seen=request.POST.get("seen_link"),
            )
        except UserError as refusal:
            error = str(refusal)
        else:
            request.session[JUST_LINKED] = str(made.pk)
            return redirect(_page(request, record))
    hindrance = import_hindrance(connection) if connection else None
    live = live_link(record)
    context: dict[str, Any] = {
        "record": record,
        "target": target,
        "noun": noun_of(record),
        "page_url": _page(request, record),
        "live": live,
        "stopped": consequences.in_words(live) if live and consequences.consequences_of(live) else "",
        "connections": connections,
        "connection": connection,
        "hindrance": hindrance,
        "search": request.GET.get("search", "").strip(),
        "is_more": bool(request.GET.get("cursor")),
        "error": error,
    }
    if connection and not hindrance:
        context["options"] = _options(request, connection, record=record, target=target)
    return render(request, "quickbooks/linking/link.html", context)


def _options(
    request: MemberRequest, connection: Connection, *, record: Account | Building, target: str
) -> LinkOptions:
    options = partial(
        link_options,
        connection,
        target=target,
        search=request.GET.get("search", ""),
        limit=OPTIONS_SHOWN,
        near=record,
    )
    try:
        return options(cursor=request.GET.get("cursor") or None)
    except UserError:  # an address that was cut or typed begins at the start
        return options()


def _chosen(request: MemberRequest, connections: list[Connection]) -> Connection | None:
    """The company file that was asked for, else the first one that can be used, else the first."""
    if asked := request.POST.get("connection") or request.GET.get("connection"):
        return find_connection(request.organization, asked)
    usable = (connection for connection in connections if import_hindrance(connection) is None)
    return next(usable, connections[0] if connections else None)


@in_organization(Permission.IMPORT_AND_LINK)
def remove(request: MemberRequest, target: str, record_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    record = _find(request, target, record_id)
    if request.method == "POST":
        try:
            ended = unlink(record, by=request.person, seen=request.POST.get("seen_link"))
        except UserError as refusal:
            messages.error(request, str(refusal))
        else:
            if ended:
                messages.success(request, f"“{record.name}” is no longer linked to {ended.full_name}.")
        return redirect(_page(request, record))
    live = live_link(record)
    if live is None:
        return redirect(_page(request, record))
    noun = noun_of(record)
    context = {
        "title": f"Unlink {record.name}?",
        "lines": [
            f"It is linked to {live.full_name}. From now on no invoice of this {noun} goes there.",
            consequences.in_words(live),
            f"The customer in QuickBooks and this {noun} stay as they are.",
            "You can link it again at any time.",
        ],
        "submit": "Unlink",
        "danger": True,
        "kept": [("seen_link", live.pk)],
        "cancel_url": _page(request, record),
    }
    return render(request, "ui/confirm.html", context)


@in_organization(Permission.IMPORT_AND_LINK)
@require_POST
def undo(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """Takes the last press back; the page of the record says what is live now."""
    made = find_link(request.organization, link_id)
    record = made.account or made.building
    assert record is not None  # link_is_to_one_thing  # noqa: S101
    try:
        before = undo_link(made, by=request.person)
    except UserError as error:
        messages.error(request, f"Nothing was undone. {error}")
    else:
        now = f"It is linked to {before.full_name} as before." if before else "It is not linked, as before."
        messages.success(request, f"Undone. {now}")
    return redirect(_page(request, record))


def _find(request: MemberRequest, target: str, record_id: UUID) -> Account | Building:
    if target == "accounts":
        return find_account(request.organization, record_id)
    return find_building(request.organization, record_id)


def _page(request: MemberRequest, record: Account | Building) -> str:
    return f"{org_url(request, f'{TARGETS[noun_of(record)]}:detail', record.id)}#{STATUS}"
