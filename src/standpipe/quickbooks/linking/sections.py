"""What links show on other rooms' pages: the section "QuickBooks Status", the column with the icon, the filter."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from standpipe.accounts.models import Account
from standpipe.activity.words import add_verbs
from standpipe.buildings.models import Building
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.lists.models import Customer
from standpipe.ui import registry

from . import marks
from .models import Link
from .queries import live_link, live_links, noun_of, past_links

STATUS = "quickbooks-status"  # the id of the card, so that a page can be opened at it
JUST_LINKED = "just_linked"  # in the session: the link that the next page says and offers to undo
TARGETS = {"account": "accounts", "building": "buildings"}
LABELS = {"imported": "Imported from QuickBooks Desktop", "linked": "Linked to a QuickBooks customer"}


VERBS = {
    "customer.linked": "linked it to a QuickBooks customer",
    "customer.unlinked": "unlinked it from QuickBooks",
    "customer.link_undone": "took a link to QuickBooks back",
}


def register() -> None:
    add_verbs(VERBS)
    for page, list_name in TARGETS.items():
        registry.add_section(
            page,
            key=STATUS,
            title="QuickBooks Status",
            order=40,
            template="quickbooks/linking/_status.html",
            context=status,
        )
        registry.add_column(
            list_name,
            key="quickbooks",
            title="QuickBooks",
            order=10,
            template="quickbooks/linking/_cell.html",
            values=cells,
        )
        registry.add_filter(
            list_name,
            key="quickbooks",
            label="QuickBooks",
            choices=filter_choices,
            apply=by_account_link if page == "account" else by_building_link,
        )


def status(request: HttpRequest, record: Account | Building) -> dict[str, Any]:
    """Linked or not, to whom, since when and by whom; what was just linked, with its undo."""
    link = live_link(record)
    just_linked = request.session.pop(JUST_LINKED, None)
    noun = noun_of(record)
    return {
        "link": link,
        "noun": noun,
        "target": TARGETS[noun],
        "customer": customer_of(link),
        "is_connected": link is not None or connections_of(_organization(request)).exists(),
        "is_just_linked": link is not None and just_linked == str(link.pk),
        "past": past_links(record),
        "through": _link_of_its_account(record) if link is None else None,
    }


def customer_of(link: Link | None) -> Customer | None:
    """The customer as the copied list has it now; ``None`` where it was never in it."""
    if link is None:
        return None
    return Customer.objects.filter(connection=link.connection_id, list_id=link.list_id).first()


def _link_of_its_account(record: Account | Building) -> Link | None:
    if isinstance(record, Building) and record.account is not None:
        return live_link(record.account)
    return None


def cells(_request: HttpRequest, records: Sequence[Account | Building]) -> Mapping[UUID, dict[str, Any]]:
    links = live_links(records)
    marked = marks.marks_of(list(links.values()))
    return {
        key: {"origin": link.origin, "label": LABELS[link.origin], "mark": marked.get(link.pk)}
        for key, link in links.items()
    }


# The filter of both lists


def filter_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Nothing to choose from before a company file is connected."""
    if not Connection.objects.filter(organization=_organization(request)).exists():
        return []
    return [
        ("", "Linked or not"),
        ("none", "No QuickBooks link"),
        ("any", "Linked"),
        ("imported", "Imported"),
        *marks.choices(),
    ]


def by_account_link(records: QuerySet[Any], value: str) -> QuerySet[Any]:
    return _by_link(records, value, noun="account")


def by_building_link(records: QuerySet[Any], value: str) -> QuerySet[Any]:
    return _by_link(records, value, noun="building")


def _by_link(records: QuerySet[Any], value: str, *, noun: str) -> QuerySet[Any]:
    links = Link.objects.filter(ended_at=None, **{noun: OuterRef("pk")})
    if value == "none":
        return records.filter(~Exists(links))
    if value == "imported":
        links = links.filter(origin=Link.Origin.IMPORTED)
    elif marks.is_choice(value):
        links = marks.narrowed(links, value)
    return records.filter(Exists(links))


def _organization(request: HttpRequest) -> Organization:
    organization: Organization = request.organization  # type: ignore[attr-defined]  # set by in_organization
    return organization
