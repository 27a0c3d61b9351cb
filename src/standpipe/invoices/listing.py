"""The list of invoices as an address asks for it: search, filters, order. The page shows it, and so does what is done
with everything that matches.
"""

from collections.abc import Callable
from datetime import date
from typing import cast
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.accounts.queries import find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import find_building
from standpipe.organizations.access import MemberRequest
from standpipe.ui.lists import ARCHIVED, Listing, Sort, is_archived, list_page
from standpipe.ui.registry import Choices, Filter

from .models import Invoice
from .queries import invoices_of

_SORTS = (
    Sort(key="latest", fields=("-date", "-id")),
    Sort(key="date", fields=("date", "id")),
    Sort(key="number", fields=("number", "id")),
    Sort(key="total", fields=("total", "id")),
)


def _unpaid(_today: date) -> Q:
    return Q(paid__lt=F("total"))


_PAID: dict[str, Callable[[date], Q]] = {
    "unpaid": _unpaid,
    "overdue": lambda today: _unpaid(today) & Q(due_date__lt=today),
    "paid": lambda today: ~_unpaid(today),
}


def _by_paid(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    return invoices.filter(_PAID[value](timezone.localdate()))


_BY_PAID = Filter(
    key="paid",
    label="Payment",
    choices=[("", "Paid or not"), ("unpaid", "Unpaid"), ("overdue", "Overdue"), ("paid", "Paid")],
    apply=_by_paid,
)


def _place_choices(request: HttpRequest) -> Choices:
    """Shown only where the address names an account or a building: its page links here."""
    place = asked_place(request)  # type: ignore[arg-type]  # set by in_organization
    return [("", "For everybody"), (_place_value(place), place.name)] if place else []


def asked_place(request: MemberRequest) -> Account | Building | None:
    """``?for=account:…`` or ``?for=building:…``; nothing for what is not there."""
    kind, _, place_id = request.GET.get("for", "").partition(":")
    try:
        if kind == "account":
            return find_account(request.organization, place_id)
        if kind == "building":
            return find_building(request.organization, place_id)
    except (Account.DoesNotExist, Building.DoesNotExist):
        return None
    return None


def _place_value(place: Account | Building) -> str:
    return f"{'account' if isinstance(place, Account) else 'building'}:{place.id}"


def _by_place(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    kind, _, place_id = value.partition(":")
    if kind == "building":
        return invoices.filter(building_id=UUID(place_id))
    return invoices.filter(Q(account_id=place_id) | Q(building__account_id=place_id))


_BY_PLACE = Filter(key="for", label="For", choices=_place_choices, apply=_by_place)


def all_that_match(listing: Listing) -> QuerySet[Invoice]:
    """On every page."""
    return cast("QuerySet[Invoice]", listing.page.paginator.object_list)


def invoices_asked_for(request: MemberRequest) -> Listing:
    """The page of the list that the address asks for."""
    invoices = invoices_of(request.organization, search=request.GET.get("search", ""), archived=is_archived(request))
    return list_page(
        request,
        invoices,
        list_name="invoices",
        nouns=("invoice", "invoices"),
        sorts=_SORTS,
        filters=[_BY_PLACE, _BY_PAID, ARCHIVED],
    )
