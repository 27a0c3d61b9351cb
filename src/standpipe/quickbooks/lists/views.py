"""Pages of the copied lists: the readiness report, and the refresh of the short ones."""

import csv
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.ui.links import org_url

from .actions import cancel_refresh, request_lists
from .queries import customers_in_order, list_state, readiness_of
from .readiness import CHECKS, TITLES, csv_rows
from .refreshing import refresh_shown

PER_PAGE = 50


@in_organization()
@require_safe
def readiness(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Each kind of finding with its count, and the customers that have it."""
    connection = find_connection(request.organization, connection_id)
    known, code = list_state(connection), request.GET.get("check", "")
    code = code if code in TITLES else ""
    report = readiness_of(connection)
    page = Paginator(report.having(code), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "connection": connection,
        "list": known,
        "report": report,
        "checks": [(check, report.counts[check.code]) for check in CHECKS if report.counts.get(check.code)],
        "check": next((check for check in CHECKS if check.code == code), None),
        "page": page,
        "rows": [
            (customer, [TITLES[found] for found in report.found[customer.list_id]])
            for customer in customers_in_order(connection, page.object_list)
        ],
        "in_order": report.total - len(report.found),
    }
    return render(request, "quickbooks/lists/readiness.html", context)


@in_organization()
@require_safe
def readiness_csv(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """The same for a spreadsheet, all customers that have something to look at."""
    connection = find_connection(request.organization, connection_id)
    report = readiness_of(connection)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")  # the mark tells Excel that it is UTF-8
    answer["Content-Disposition"] = 'attachment; filename="quickbooks-readiness.csv"'
    csv.writer(answer).writerows(csv_rows(customers_in_order(connection, report.found), report))
    return answer


# The short lists: one refresh for all of them, asked for from every page that shows one


@require_safe
@in_organization(Permission.IMPORT_AND_LINK)
def lists_state(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """The fragment that is asked for every few seconds while a refresh waits or runs; then the page loads again."""
    shown = refresh_shown(find_connection(request.organization, connection_id))
    page = request.htmx.current_url_abs_path or org_url(request, "quickbooks:connection", connection_id)
    response = render(request, "quickbooks/lists/_state.html", {"refresh": shown, "page": page})
    if shown.open_task is None:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def refresh_lists(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Refresh from QuickBooks Desktop: asks for items, terms and the rest at the connector's next visit."""
    connection = find_connection(request.organization, connection_id)
    try:
        request_lists(connection, by=request.person)
    except UserError as error:
        messages.error(request, str(error))
    return _back(request, connection)


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def cancel_lists(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Ends a refresh that waits or runs; the lists stay as they are."""
    connection = find_connection(request.organization, connection_id)
    if task := refresh_shown(connection).open_task:
        cancel_refresh(task, by=request.person)
        messages.info(request, "The refresh is cancelled. The lists are as they were.")
    return _back(request, connection)


def _back(request: MemberRequest, connection: Connection) -> HttpResponse:
    """To the page that the button stood on."""
    page = request.POST.get("page", "")
    if page.startswith(f"/o/{request.organization.slug}/") and url_has_allowed_host_and_scheme(
        page, allowed_hosts=None
    ):
        return redirect(page)
    return redirect(org_url(request, "quickbooks:connection", connection.id))
