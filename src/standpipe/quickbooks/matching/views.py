"""The review: accounts or buildings without a link beside the customers and jobs that they most likely are.

Every answer is the page, or the pair that was decided: so it works without JavaScript, and with it only that pair is
exchanged and the next one takes the focus. The page shows what the last comparison found; where something has changed
since, it asks for the next one slice by slice, and people go on meanwhile.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of, find_connection, import_hindrance
from standpipe.quickbooks.linking.actions import undo_link
from standpipe.ui.links import org_url

from .actions import (
    accept,
    accept_all,
    find_acceptance,
    forget_rejection,
    reject,
    take_back_rejection,
    undo_acceptance,
)
from .comparing import compare, is_up_to_date, stored
from .comparing import suggestion_id as suggestion_id_of
from .gathering import NOUNS, Reachable, reachable, records_of
from .models import Acceptance, Comparison, Rejection, Suggestion
from .queries import Pair, find_suggestion, pairs_of, rejections_of, still_open, suggestions_of
from .scoring import SUGGESTED_LINE
from .side_by_side import Row, rows_of

PAGE = "quickbooks/matching/review.html"
PAIR = "quickbooks/matching/_pair.html"
PER_PAGE = 25  # pairs: each is read field by field
COMPARING = "quickbooks/matching/_comparing.html"
SECONDS = 4  # of comparing in one answer
GONE = "This pair is not suggested any more: one of the two has changed since. Nothing was done. Look again."


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as the page has it."""

    pair: Pair
    rows: list[Row]
    trouble: str = ""  # why what was pressed was not done

    @property
    def tone(self) -> str:
        return "good" if self.pair.suggestion.score >= SUGGESTED_LINE else "warn"


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def review(request: MemberRequest, target: str) -> HttpResponse:
    """Suggestions from the likeliest down, and the line above which all can be linked at once. POST compares on."""
    connections = list(connections_of(request.organization))
    connection = _chosen(request, connections)
    context = _context(request, target, connections=connections, connection=connection)
    if connection is None or context["hindrance"]:
        return render(request, PAGE, context)
    if request.method == "POST":
        return _compare_on(request, connection, target=target)
    comparison = stored(connection, target=target)
    context |= {"comparison": comparison, "line": _line(request), "is_up_to_date": is_up_to_date(comparison)}
    if comparison.as_of is not None:
        context |= _listed(request, connection, target=target, comparison=comparison)
    return render(request, PAGE, context)


def _compare_on(request: MemberRequest, connection: Connection, *, target: str) -> HttpResponse:
    """One slice, then how far it is. A page that shows suggestions offers the new ones, no more."""
    comparison = compare(connection, target=target, seconds=SECONDS)
    if not request.htmx:
        return redirect(_page_url(request, target, connection))
    if comparison.finished_at is not None and not request.POST.get("has_list"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _context(request, target, connections=[], connection=connection)
    context |= {
        "comparison": comparison,
        "has_list": bool(request.POST.get("has_list")),
        "newer_url": _page_url(request, target, connection),
        "line": _line(request) if request.POST.get("line") else None,
    }
    return render(request, COMPARING, context)


def _listed(request: MemberRequest, connection: Connection, *, target: str, comparison: Comparison) -> dict[str, Any]:
    left = still_open(comparison)
    page = Paginator(left.suggestions, PER_PAGE).get_page(request.GET.get("page"))
    by_id = Suggestion.objects.in_bulk([key for key, _ in page.object_list])
    suggestions = [by_id[key] for key, _ in page.object_list if key in by_id]
    return {
        "page": page,
        "total": len(left.suggestions),
        "above": left.above(_line(request)),
        "shown": _shown(suggestions, connection=connection, target=target),
        "decided": _just_decided(request, connection, target=target),
        "rejected_count": rejections_of(connection, target=target).count(),
        "unlinked_count": left.unlinked,
    }


def _just_decided(request: MemberRequest, connection: Connection, *, target: str) -> list[Shown]:
    """Without JavaScript the page is loaded again: what was just decided stands on top, with its undo."""
    try:
        suggestion = find_suggestion(connection, request.GET.get("decided", ""))
    except Suggestion.DoesNotExist:
        return []
    return [one for one in _shown([suggestion], connection=connection, target=target) if one.pair.status != "open"]


def _shown(suggestions: list[Suggestion], *, connection: Connection, target: str, trouble: str = "") -> list[Shown]:
    pairs = pairs_of(suggestions, connection=connection, target=target)
    contacts = reachable([pair.record for pair in pairs], target=target)
    return [
        Shown(pair, rows_of(pair.record, pair.customer, contacts.get(pair.record.pk, Reachable())), trouble)
        for pair in pairs
    ]


# One pair


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def decide(request: MemberRequest, target: str, suggestion_id: UUID) -> HttpResponse:
    """Link, not the same, or undo; a person who comes second is told what the first one did."""
    try:
        suggestion = _find(request, target, suggestion_id)
    except Suggestion.DoesNotExist:
        return _told_gone(request, target, suggestion_id)
    connection = suggestion.comparison.connection
    if request.method != "POST":
        return redirect(_page_url(request, target, connection, decided=suggestion))
    trouble = ""
    try:
        _decide(request, suggestion)
    except UserError as refusal:
        trouble = str(refusal)
    if request.htmx:
        shown = _shown([suggestion], connection=connection, target=target, trouble=trouble)
        context = _context(request, target, connections=[], connection=connection)
        return render(request, PAIR, context | {"one": shown[0] if shown else None, "trouble": trouble})
    if trouble:
        messages.error(request, trouble)
    return redirect(_page_url(request, target, connection, decided=suggestion))


def _told_gone(request: MemberRequest, target: str, gone_id: UUID) -> HttpResponse:
    """A newer comparison does not suggest it. The form names both sides: an id that never was ours stays unknown."""
    try:
        connection = find_connection(request.organization, request.POST.get("connection", ""))
        record_id, list_id = UUID(request.POST.get("record", "")), request.POST.get("customer", "")
    except (Connection.DoesNotExist, ValueError):
        raise Suggestion.DoesNotExist from None
    if suggestion_id_of(connection, target=target, record_id=record_id, list_id=list_id) != gone_id:
        raise Suggestion.DoesNotExist
    if not request.htmx:
        messages.error(request, GONE)
        return redirect(_page_url(request, target, connection))
    context = _context(request, target, connections=[], connection=connection)
    return render(request, PAIR, context | {"one": None, "trouble": GONE})


def _decide(request: MemberRequest, suggestion: Suggestion) -> None:
    comparison = suggestion.comparison
    match request.POST.get("act"):
        case "link":
            accept(suggestion, by=request.person)
        case "reject":
            reject(suggestion, by=request.person)
        case "undo":
            (pair,) = pairs_of([suggestion], connection=comparison.connection, target=comparison.target)
            if pair.link:
                undo_link(pair.link, by=request.person)
            take_back_rejection(suggestion, by=request.person)


def _find(request: MemberRequest, target: str, suggestion_id: UUID) -> Suggestion:
    rows = Suggestion.objects.select_related("comparison__connection__organization")
    return rows.get(
        pk=suggestion_id, comparison__target=target, comparison__connection__organization=request.organization
    )


# All above the line


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def link_all(request: MemberRequest, target: str) -> HttpResponse:
    """Says how many and which, and links them on POST."""
    connection = _chosen(request, list(connections_of(request.organization)))
    if connection is None or import_hindrance(connection):
        return redirect(org_url(request, "quickbooks:suggestions", target))
    line = _line(request)
    if request.method == "POST":
        return _link_all(request, connection, target=target, line=line)
    comparison = stored(connection, target=target)
    found = suggestions_of(connection, target=target, line=line, comparison=comparison)
    number = found.count()
    if not number:
        return redirect(_page_url(request, target, connection))
    weakest = list(found.order_by("-place")[:3])
    context = _context(request, target, connections=[], connection=connection)
    context |= {"as_of": comparison.as_of.isoformat() if comparison.as_of else ""}
    context |= {"line": line, "number": number, "weakest": _shown(weakest, connection=connection, target=target)}
    return render(request, "quickbooks/matching/link_all.html", context)


def _link_all(request: MemberRequest, connection: Connection, *, target: str, line: int) -> HttpResponse:
    expected = request.POST.get("expected", "")
    try:
        acceptance = accept_all(
            connection,
            target=target,
            line=line,
            by=request.person,
            expected=int(expected) if expected.isdecimal() else None,
            as_of=request.POST.get("as_of"),
        )
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect(_page_url(request, target, connection))
    return redirect(_page_url(request, target, connection, linked=str(acceptance.pk)))


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def undo_all(request: MemberRequest, acceptance_id: UUID) -> HttpResponse:
    """Ends what one press of "Link all" linked, apart from what was changed since."""
    acceptance = find_acceptance(request.organization, acceptance_id)
    number = undo_acceptance(acceptance, by=request.person)
    kept = len(acceptance.link_ids) - number
    rest = f" {kept:,} had been changed since and stay as they are." if kept else ""
    messages.success(request, f"Undone: {number:,} {'link' if number == 1 else 'links'} ended.{rest}")
    return redirect(_page_url(request, acceptance.target, acceptance.connection))


# Not the same


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def rejected(request: MemberRequest, target: str) -> HttpResponse:
    """What people said is not the same, and a way back."""
    connections = list(connections_of(request.organization))
    connection = _chosen(request, connections)
    if connection is None:
        return redirect(org_url(request, "quickbooks:suggestions", target))
    rows = rejections_of(connection, target=target)
    if request.method == "POST":
        rejection = rows.filter(pk=request.POST.get("rejection", "0")).first()
        if rejection is not None:
            name = _names_of(connection, [rejection], target=target).get(rejection.record_id, "")
            forget_rejection(rejection, name=name, by=request.person)
            messages.success(request, f"“{name}” can be suggested again.")
        return redirect(request.get_full_path())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    names = _names_of(connection, found, target=target)
    paths = dict(
        connection.customers.filter(list_id__in=[one.list_id for one in found]).values_list("list_id", "full_name")
    )
    context = _context(request, target, connections=connections, connection=connection)
    context |= {
        "page": page,
        "rows": [
            {"rejection": one, "name": names.get(one.record_id, ""), "path": paths.get(one.list_id, "")}
            for one in found
        ],
    }
    return render(request, "quickbooks/matching/rejected.html", context)


def _names_of(connection: Connection, rejections: list[Rejection], *, target: str) -> dict[UUID, str]:
    keys = [one.record_id for one in rejections]
    records = records_of(connection.organization_id, target=target).filter(pk__in=keys)
    return dict(records.values_list("pk", "name"))


# What the pages share


def _context(
    request: MemberRequest, target: str, *, connections: list[Connection], connection: Connection | None
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "target": target,
        "noun": NOUNS[target],
        "other_target": "buildings" if target == "accounts" else "accounts",
        "connections": connections,
        "connection": connection,
        "hindrance": import_hindrance(connection) if connection else None,
        "suggested_line": SUGGESTED_LINE,
    }
    if linked := request.GET.get("linked"):
        with suppress(Acceptance.DoesNotExist):
            context["acceptance"] = find_acceptance(request.organization, linked)
    return context


def _chosen(request: MemberRequest, connections: list[Connection]) -> Connection | None:
    """The company file that was asked for, else the first whose list is there, else the first."""
    if asked := request.POST.get("connection") or request.GET.get("connection"):
        return find_connection(request.organization, asked)
    usable = (connection for connection in connections if import_hindrance(connection) is None)
    return next(usable, connections[0] if connections else None)


def _line(request: MemberRequest) -> int:
    """Whatever was typed becomes a line between 1 and 100."""
    asked = request.POST.get("line") or request.GET.get("line", "")
    return min(max(int(asked), 1), 100) if asked.isdecimal() and len(asked) < 4 else SUGGESTED_LINE


def _page_url(
    request: MemberRequest,
    target: str,
    connection: Connection,
    *,
    decided: Suggestion | None = None,
    linked: str = "",
) -> str:
    """Back to the page where it was, with what was just decided on top."""
    query = {
        "connection": str(connection.pk) if len(connections_of(request.organization)) > 1 else "",
        "line": request.POST.get("line") or request.GET.get("line", ""),
        "page": request.POST.get("page", ""),
        "decided": str(decided.pk) if decided else "",
        "linked": linked,
    }
    kept = urlencode({key: value for key, value in query.items() if value})
    url = org_url(request, "quickbooks:suggestions", target)
    return f"{url}?{kept}" if kept else url
