"""Import from QuickBooks Desktop for items, terms and sales taxes; linking one that is here, and unlinking it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from standpipe.catalog.queries import find_item, find_sales_tax, find_terms
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of, find_connection, state_of
from standpipe.quickbooks.lists.models import ListEntry
from standpipe.quickbooks.lists.refreshing import refresh_shown
from standpipe.ui.links import org_url

from .actions import Imported, import_entries, link_entry, unlink_entry
from .mapping import TYPE_WORDS, CannotBecome
from .queries import STATUSES, entry_links, importable, records_of_entries, surroundings_of
from .targets import TARGETS, Record, Surroundings, Target

PER_PAGE = 100
OPTIONS_SHOWN = 20  # more words narrow the list faster than more rows
NAMED = 3  # of those left out, in the message
STATUS_WORDS = {"available": "Available", "linked": "Here already", "gone": "Gone", "all": "Every status"}
FIND: Mapping[str, Callable[[Organization, UUID | str], Record]] = {
    "items": find_item,
    "terms": find_terms,
    "sales-taxes": find_sales_tax,
}
RECORD_PAGES = {"items": "catalog:item", "terms": "catalog:term", "sales-taxes": "catalog:sales-tax"}


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def import_page(request: MemberRequest, target: str) -> HttpResponse:
    """The entries that may come over; POST imports the ticked ones, or all that match."""
    kind, connection = TARGETS[target], _chosen(request)
    if request.method == "POST" and connection is not None:
        return _import(request, connection, target=kind)
    context: dict[str, Any] = {
        "target": kind,
        "connections": list(connections_of(request.organization)),
        "connection": connection,
        "connection_state": state_of(connection) if connection else None,
    }
    if connection is not None:
        context["refresh"] = refresh_shown(connection, kind=kind.kind)
        if context["refresh"].state.kind == "whole":
            context |= _listed(request, connection, target=kind)
    return render(request, "quickbooks/items/import.html", context)


def _chosen(request: MemberRequest) -> Connection | None:
    """The company file that was asked for, else the first."""
    if asked := request.POST.get("connection") or request.GET.get("connection"):
        return find_connection(request.organization, asked)
    return connections_of(request.organization).first()


# The list


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with what it would become, or why it cannot."""

    entry: ListEntry
    type: str
    fields: dict[str, Any] | None
    reason: str
    records: Sequence[Record]  # that are tied to it

    @property
    def is_available(self) -> bool:
        return self.fields is not None and not self.records and self.entry.gone_at is None


def _asked(request: MemberRequest) -> tuple[str, str]:
    status = request.GET.get("status", "")
    return request.GET.get("search", "").strip(), status if status in STATUSES else STATUSES[0]


def _listed(request: MemberRequest, connection: Connection, *, target: Target) -> dict[str, Any]:
    search, status = _asked(request)
    found = importable(
        connection, target=target, search=search, status=status, active=None if status != STATUSES[0] else True
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    tied = records_of_entries(connection, target=target, list_ids=[one.list_id for one in page.object_list])
    around = surroundings_of(connection)
    return {
        "page": page,
        "rows": [
            _row(one, target=target, around=around, records=tied.get(one.list_id, ())) for one in page.object_list
        ],
        "search": search,
        "status": status,
        "statuses": STATUS_WORDS.items(),
        "has_filter": bool(search) or status != STATUSES[0],
    }


def _row(one: ListEntry, *, target: Target, around: Surroundings, records: Sequence[Record]) -> Row:
    fields, reason = None, ""
    try:
        fields = target.fields(one, around=around)
    except CannotBecome as because:
        reason = str(because)
    return Row(one, TYPE_WORDS.get(one.type, one.type), fields, reason, records)


def _import(request: MemberRequest, connection: Connection, *, target: Target) -> HttpResponse:
    try:
        done = import_entries(
            connection, kind=target.key, list_ids=_wanted(request, connection, target=target), by=request.person
        )
    except UserError as error:
        messages.error(request, str(error))
    else:
        _say(request, done, target=target)
    return redirect(request.get_full_path())


def _wanted(request: MemberRequest, connection: Connection, *, target: Target) -> list[str]:
    """The ticked ListIDs, or those of all that match what was searched for."""
    if "everything" not in request.POST:
        return request.POST.getlist("ids")
    search, _ = _asked(request)
    return list(importable(connection, target=target, search=search).values_list("list_id", flat=True))


def _say(request: MemberRequest, done: Imported, *, target: Target) -> None:
    if not (done.created or done.linked or done.skipped):
        messages.info(request, f"Nothing was ticked. Tick the {target.words} that are to come over.")
        return
    left_out = "; ".join(f"{name}: {why}" for name, why in done.skipped[:NAMED])
    more = len(done.skipped) - NAMED
    tail = f" {left_out}{f'; and {more:,} more' if more > 0 else ''}" if left_out else ""
    tell = messages.success if done.created or done.linked else messages.warning
    tell(request, f"{target.words.capitalize()}: {done.words}.{tail}")


# One record


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def link(request: MemberRequest, target: str, record_id: UUID) -> HttpResponse:
    """The entries to choose from; POST links the one that was pressed."""
    kind, connection = TARGETS[target], _chosen(request)
    record = FIND[target](request.organization, record_id)
    error = ""
    if request.method == "POST" and connection is not None:
        try:
            made = link_entry(
                record, connection=connection, list_id=request.POST.get("list_id", ""), by=request.person
            )
        except UserError as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"“{record.name}” is linked to {made.full_name}.")
            return redirect(_page(request, target, record))
    search = request.GET.get("search", "").strip()
    context: dict[str, Any] = {
        "target": kind,
        "record": record,
        "page_url": _page(request, target, record),
        "connections": list(connections_of(request.organization)),
        "connection": connection,
        "search": search,
        "error": error,
    }
    if connection is not None:
        options = importable(connection, target=kind, search=search or "", status="all").filter(gone_at=None)
        context |= {
            "refresh": refresh_shown(connection, kind=kind.kind),
            "options": [(one, TYPE_WORDS.get(one.type, one.type)) for one in options[:OPTIONS_SHOWN]],
            "is_cut": options[OPTIONS_SHOWN : OPTIONS_SHOWN + 1].exists(),
            "live": entry_links(connection, [record]).get(record.pk),
        }
    return render(request, "quickbooks/items/link.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def unlink(request: MemberRequest, target: str, record_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    record = FIND[target](request.organization, record_id)
    connection = _chosen(request)
    live = entry_links(connection, [record]).get(record.pk) if connection else None
    if connection is None or live is None:
        return redirect(_page(request, target, record))
    if request.method == "POST":
        unlink_entry(record, connection=connection, by=request.person)
        messages.success(request, f"“{record.name}” is no longer linked to {live.full_name}.")
        return redirect(_page(request, target, record))
    return render(
        request,
        "ui/confirm.html",
        {
            "title": f"Unlink {record.name}?",
            "lines": [
                f"It is linked to {live.full_name} in QuickBooks.",
                _WITHOUT[target],
                "Nothing changes in QuickBooks, and what was sent stays as it is.",
            ],
            "submit": "Unlink",
            "danger": True,
            "kept": [("connection", connection.pk)],
            "cancel_url": _page(request, target, record),
        },
    )


_WITHOUT = {
    "items": "From now on lines made of it go under the default item code.",
    "terms": "Invoices with these terms cannot be sent until they are linked again.",
    "sales-taxes": "Invoices with this tax cannot be sent until it is linked again.",
}


def _page(request: MemberRequest, target: str, record: Record) -> str:
    return f"{org_url(request, RECORD_PAGES[target], record.pk)}#quickbooks-status"
