"""The page "Import from QuickBooks Desktop", under Accounts and under Buildings.

One form carries search, filters, what is picked on this and on other pages, and the button. Whatever is pressed, the
answer is the page again, or the import: so it works without JavaScript, and with it only the list is exchanged.
"""

from dataclasses import replace
from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.core.text import name_key
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of, find_connection, import_hindrance, state_of
from standpipe.quickbooks.lists.actions import cancel_refresh, request_refresh
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import list_state
from standpipe.ui.links import org_url

from .actions import asks_a_question, import_customers
from .drafts import draft_import
from .models import ImportBatch
from .page import Asked, asked_of, listed, refresh_shown
from .queries import NOUNS, SharedName, importable, matching_all, shared_names
from .selecting import selection

PAGE = "quickbooks/importing/import.html"
LIST = "quickbooks/importing/_list.html"
QUESTION = "quickbooks/importing/names.html"
STATE = "quickbooks/importing/_state_update.html"
PRESSES = ("import", "preview")
MANY_NAMED = 5000  # ListIDs in one statement; above that the question is asked of all jobs
SECONDS = 8  # of work before the answer; the page of the import goes on with the rest


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def page(request: MemberRequest, target: str) -> HttpResponse:
    connections = list(connections_of(request.organization))
    connection = chosen_connection(request, connections)
    asked = asked_of(request.POST if request.method == "POST" else request.GET)
    hindrance = import_hindrance(connection) if connection else None
    error = ""
    if request.method == "POST" and request.POST.get("act") in PRESSES and connection:
        try:
            return _import(request, connection, target=target, asked=asked)
        except UserError as refusal:
            error = str(refusal)
    context = _context(target, connections=connections, connection=connection)
    context |= {"asked": asked, "hindrance": hindrance, "error": error}
    if connection and hindrance is None:
        if "page" not in request.POST:
            # Another search or filter: "all that match" would mean others than those that were seen.
            context["asked"] = asked = _without_everything(asked)
        # The advice stands above what htmx exchanges.
        context["list"] = listed(connection, target=target, asked=asked, with_advice=not request.htmx)
        if request.htmx:
            query = asked.query(page=asked.page, connection=request.POST.get("connection", ""))
            replace_url = {"HX-Replace-Url": f"{request.path}?{query}" if query else request.path}
            return HttpResponse(render_to_string(LIST, context, request), headers=replace_url)
    if connection:
        context["refresh"] = refresh_shown(connection)
    return render(request, PAGE, context)


def _without_everything(asked: Asked) -> Asked:
    return replace(asked, everything=False)


def _context(target: str, *, connections: list[Connection], connection: Connection | None) -> dict[str, Any]:
    return {
        "target": target,
        "noun": NOUNS[target],
        "other_target": "buildings" if target == "accounts" else "accounts",
        "connections": connections,
        "connection": connection,
        "connection_state": state_of(connection) if connection else None,
    }


def chosen_connection(request: MemberRequest, connections: list[Connection]) -> Connection | None:
    """The company file that was asked for, else the first whose list can be imported from, else the first."""
    if asked := request.POST.get("connection") or request.GET.get("connection"):
        return find_connection(request.organization, asked)
    usable = (connection for connection in connections if import_hindrance(connection) is None)
    return next(usable, connections[0] if connections else None)


def _import(request: MemberRequest, connection: Connection, *, target: str, asked: Asked) -> HttpResponse:
    """The import, or what comes before it: the question about names where it arises (design 3.1), the preview where
    somebody asked for it, where many would be created, or where something looks like a record here.

    Raises :class:`UserError`.
    """
    wish: dict[str, Any] = {
        "target": ImportBatch.Target.BOTH if asked.with_jobs else target,
        "list_ids": None if asked.everything else asked.picked,
        "filters": asked.filters if asked.everything else None,
    }
    naming = request.POST.get("naming", "")
    if naming not in ImportBatch.Naming.values:
        names, how_many = shared_names(_selected(connection, target=target, asked=asked, wish=wish))
        if names:
            context = _context(target, connections=[], connection=connection) | {
                "asked": asked,
                "with_jobs": asked.with_jobs,
                "act": request.POST["act"],
                "names": names,
                "example": _example(names),
                "how_many": how_many,
                "request_key": request.POST.get("request_key", ""),
                "is_unanswered": "naming_asked" in request.POST,
            }
            return render(request, QUESTION, context)
    if request.POST["act"] == "preview" or asks_a_question(connection, **wish, naming=naming):
        draft = draft_import(connection, **wish, naming=naming or None, by=request.person, seconds=SECONDS)
        return redirect(org_url(request, "quickbooks:preview", draft.id))
    batch = import_customers(
        connection,
        **wish,
        naming=naming or None,
        by=request.person,
        request_key=_press(request, connection, target=target, asked=asked, naming=naming),
        seconds=SECONDS,
    )
    return redirect(org_url(request, "quickbooks:batch", batch.id))


def _example(names: list[SharedName]) -> tuple[SharedName, Customer]:
    """A job whose three names differ, where there is one: with no company name of its own it has but one name."""
    jobs = [(shared, one) for shared in names for one in shared.examples if one.is_job]
    telling = (pair for pair in jobs if name_key(pair[0].name) != name_key(pair[1].name))
    return next(telling, (names[0], names[0].examples[-1]))


def _press(request: MemberRequest, connection: Connection, *, target: str, asked: Asked, naming: str) -> str:
    """Names this press of the button: the same form sent twice is one; with another selection it is another."""
    key = request.POST.get("request_key", "")
    chosen = asked.query() if asked.everything else ",".join(sorted(asked.picked))
    parts = (key, str(connection.id), target, naming, str(asked.everything), chosen)
    return blake2b("|".join(parts).encode(), digest_size=32).hexdigest() if key else ""


def _selected(connection: Connection, *, target: str, asked: Asked, wish: dict[str, Any]) -> Any:
    """The customers whose names may meet; in one go the jobs, since their customers become accounts."""
    if wish["target"] == ImportBatch.Target.BOTH:
        jobs = importable(connection, target="buildings", status="available", active=None, kind="job")
        wanted = selection(connection, **wish)
        return jobs.filter(list_id__in=wanted) if len(wanted) <= MANY_NAMED else jobs
    if asked.everything:
        return matching_all(connection, target=target, filters=asked.filters)
    rows = importable(connection, target=target, status="available", active=None)
    return rows.filter(pk__in=Customer.objects.filter(connection=connection, list_id__in=asked.picked))


# The refresh


@require_safe
@in_organization(Permission.IMPORT_AND_LINK)
def state(request: MemberRequest, target: str) -> HttpResponse:
    """The fragment that is asked for every few seconds while a refresh waits or runs."""
    connection = find_connection(request.organization, request.GET.get("connection", ""))
    shown = refresh_shown(connection)
    context = _context(target, connections=[], connection=connection) | {"refresh": shown}
    response = render(request, STATE, context)
    if shown.open_task is None:
        # A list that was there is exchanged in place, with what is picked; a page that had none is loaded again.
        if request.GET.get("list") == "whole":
            response["HX-Trigger"] = "customers-changed"
        else:
            response["HX-Refresh"] = "true"
    return response


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def refresh(request: MemberRequest, target: str) -> HttpResponse:
    """Refresh from QuickBooks Desktop: asks for the list at the connector's next visit."""
    connection = find_connection(request.organization, request.POST.get("connection", ""))
    try:
        request_refresh(connection, by=request.person)
    except UserError as error:
        messages.error(request, str(error))
    return _back(request, target, connection)


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def cancel(request: MemberRequest, target: str) -> HttpResponse:
    """Ends a refresh that waits or runs; the list stays as it is."""
    connection = find_connection(request.organization, request.POST.get("connection", ""))
    if task := list_state(connection).open_task:
        cancel_refresh(task, by=request.person)
        messages.info(request, "The refresh is cancelled. The list is as it was.")
    return _back(request, target, connection)


def _back(request: MemberRequest, target: str, connection: Connection) -> HttpResponse:
    url = org_url(request, "quickbooks:import", target)
    return redirect(f"{url}?connection={connection.id}" if len(connections_of(request.organization)) > 1 else url)
