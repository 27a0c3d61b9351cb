"""The readiness report: what to put in order in QuickBooks before importing."""

import csv
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.quickbooks.connections.queries import find_connection

from .queries import customers_in_order, list_state, readiness_of
from .readiness import CHECKS, TITLES, csv_rows

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
