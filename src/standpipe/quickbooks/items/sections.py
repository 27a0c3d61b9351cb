"""Ties on the catalogue's own pages: the section "QuickBooks Status", the icon in lists, the import button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from standpipe.activity.words import add_verbs
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.lists.models import ListEntry
from standpipe.quickbooks.lists.short_lists import entry
from standpipe.ui import registry
from standpipe.ui.links import org_url

from .models import CatalogLink
from .queries import entries_of_links, links_of, links_of_many
from .targets import TARGETS, Record, Target, target_of

STATUS = "quickbooks-status"  # the id of the card, so that a page can be opened at it
LABELS = {"imported": "Imported from QuickBooks Desktop", "linked": "Linked to an entry of QuickBooks"}

# Follows who did it.
VERBS = {
    "catalog.imported": "imported from QuickBooks Desktop",
    "catalog.linked": "linked it to QuickBooks",
    "catalog.unlinked": "unlinked it from QuickBooks",
}


def register() -> None:
    add_verbs(VERBS)
    for target in TARGETS.values():
        registry.add_section(
            target.noun,
            key=STATUS,
            title="QuickBooks Status",
            order=40,
            template="quickbooks/items/_status.html",
            context=status,
        )
        registry.add_column(
            target.key,
            key="quickbooks",
            title="QuickBooks",
            order=10,
            template="quickbooks/items/_cell.html",
            values=cells,
        )
        registry.add_filter(
            target.key,
            key="quickbooks",
            label="QuickBooks",
            choices=filter_choices,
            apply=partial(_by_link, target=target),
        )
        registry.add_page_action(
            target.key,
            key="import",
            label="Import from QuickBooks Desktop",
            order=10,
            url=partial(_import_url, target=target),
            permission="import_and_link",
            icon="cloud-download",
        )


def _import_url(request: HttpRequest, *, target: Target) -> str:
    return org_url(request, "quickbooks:import-entries", target.key)


@dataclass(frozen=True, slots=True)
class Tie:
    """How a record stands in one company file."""

    connection: Connection
    link: CatalogLink | None
    entry: ListEntry | None  # as the copied list has it now


def status(request: HttpRequest, record: Record) -> dict[str, Any]:
    """One row for each company file."""
    target = target_of(record)
    links = {link.connection_id: link for link in links_of(record)}
    ties = []
    for connection in connections_of(_organization(request)):
        link = links.get(connection.pk)
        found = entry(connection, target.kind, link.list_id) if link else None
        ties.append(Tie(connection, link, found))
    return {"target": target, "ties": ties, "without": _WITHOUT[target.key]}


_WITHOUT = {
    "items": "Lines made of it go under the default item code of the QuickBooks Desktop settings.",
    "terms": "Invoices with these terms can be sent once they are linked to QuickBooks’ terms.",
    "sales-taxes": "Invoices with this tax can be sent once it is linked to QuickBooks’ sales tax item or group.",
}


def cells(_request: HttpRequest, records: Sequence[Record]) -> Mapping[UUID, dict[str, Any]]:
    links = links_of_many(records)
    known = entries_of_links(links.values())
    return {
        key: {"origin": link.origin, "label": LABELS[link.origin], "mark": _mark(known.get(link.pk))}
        for key, link in links.items()
    }


def _mark(found: ListEntry | None) -> dict[str, str] | None:
    if found is None or found.gone_at is not None:
        return {"word": "Gone in QuickBooks", "tone": "bad"}
    return None if found.is_active else {"word": "Inactive in QuickBooks", "tone": "warn"}


def filter_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Nothing to choose from before a company file is connected."""
    if not Connection.objects.filter(organization=_organization(request)).exists():
        return []
    return [("", "Linked or not"), ("none", "No QuickBooks link"), ("any", "Linked")]


def _by_link(records: QuerySet[Any], value: str, *, target: Target) -> QuerySet[Any]:
    links = Exists(CatalogLink.objects.filter(ended_at=None, **{target.noun: OuterRef("pk")}))
    return records.filter(~links if value == "none" else links)


def _organization(request: HttpRequest) -> Organization:
    organization: Organization = request.organization  # type: ignore[attr-defined]  # set by in_organization
    return organization
