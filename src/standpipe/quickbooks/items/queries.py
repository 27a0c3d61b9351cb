"""Reading the ties between the catalogue and QuickBooks' lists."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.lists.short_lists import entries, entries_by_id, entry

from .models import CatalogLink
from .targets import Record, Surroundings, Target, target_of

STATUSES = ("available", "linked", "gone", "all")


def entry_links(connection: Connection, records: Iterable[Record]) -> dict[UUID, CatalogLink]:
    """The live links of these records into one company file, by the record's key. One query for each noun."""
    found: dict[UUID, CatalogLink] = {}
    by_noun: dict[str, list[UUID]] = {}
    for record in records:
        by_noun.setdefault(target_of(record).noun, []).append(record.pk)
    for noun, keys in by_noun.items():
        links = CatalogLink.objects.filter(connection=connection, ended_at=None, **{f"{noun}__in": keys})
        found |= {getattr(link, f"{noun}_id"): link for link in links}
    return found


def links_of(record: Record) -> list[CatalogLink]:
    """The live links of one record, of every company file."""
    noun = target_of(record).noun
    links = CatalogLink.objects.filter(ended_at=None, **{noun: record.pk})
    return list(links.select_related("connection", "linked_by").order_by("connection__created_at"))


def links_of_many(records: Sequence[Record]) -> dict[UUID, CatalogLink]:
    """One live link of each record, of whatever company file: for the icon in lists. One query."""
    if not records:
        return {}
    noun = target_of(records[0]).noun
    keys = [record.pk for record in records]
    links = CatalogLink.objects.filter(ended_at=None, **{f"{noun}__in": keys}).select_related("connection")
    return {getattr(link, f"{noun}_id"): link for link in links}


def linked_entry(connection: Connection, record: Record) -> ListEntry | None:
    """The entry that a record is tied to, as the copied list has it now; gone and inactive ones too."""
    link = entry_links(connection, [record]).get(record.pk)
    return None if link is None else entry(connection, target_of(record).kind, link.list_id)


def linked_entries(connection: Connection, records: Sequence[Record]) -> dict[UUID, ListEntry]:
    """The same for many, in three queries at most for each list."""
    links = entry_links(connection, records)
    found: dict[ListKind, Mapping[str, ListEntry]] = {}
    for kind in {target_of(record).kind for record in records}:
        found[kind] = entries_by_id(connection, kind, (link.list_id for link in links.values()))
    tied = {}
    for record in records:
        link = links.get(record.pk)
        if link is not None and (known := found[target_of(record).kind].get(link.list_id)) is not None:
            tied[record.pk] = known
    return tied


def importable(
    connection: Connection, *, target: Target, search: str = "", status: str = "available", active: bool | None = True
) -> QuerySet[ListEntry]:
    """Entries that may become records here, annotated ``is_linked``. ``status``: one of ``STATUSES``."""
    gone = {"gone": True, "all": None}.get(status, False)
    links = CatalogLink.objects.filter(
        connection=connection, list_id=OuterRef("list_id"), ended_at=None, **{f"{target.noun}__isnull": False}
    )
    found = entries(connection, target.kind, active=active, gone=gone, search=search, types=target.types)
    found = found.annotate(is_linked=Exists(links))
    if status == "available":
        return found.filter(is_linked=False)
    return found.filter(is_linked=True) if status == "linked" else found


def records_of_entries(connection: Connection, *, target: Target, list_ids: Iterable[str]) -> dict[str, list[Record]]:
    """Records here that are tied to these entries, by ListID."""
    links = CatalogLink.objects.filter(
        connection=connection, ended_at=None, list_id__in=list(list_ids), **{f"{target.noun}__isnull": False}
    ).select_related(target.noun)
    found: dict[str, list[Record]] = {}
    for link in links:
        found.setdefault(link.list_id, []).append(getattr(link, target.noun))
    return found


def surroundings_of(connection: Connection) -> Surroundings:
    """The lists that items and groups refer to: two queries."""
    codes = entries(connection, ListKind.SALES_TAX_CODES, active=None)
    taxes = entries(connection, ListKind.ITEMS, active=None, types=("ItemSalesTax",))
    return Surroundings(
        is_taxable={code.list_id: code.said.get("IsTaxable") in ("true", "1") for code in codes},
        tax_rates={tax.list_id: rate for tax in taxes if (rate := _rate(tax.said.get("TaxRate"))) is not None},
    )


def _rate(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else Decimal(0)
    except InvalidOperation:
        return None


def entries_of_links(links: Iterable[CatalogLink]) -> dict[UUID, ListEntry]:
    """What each link is tied to, by the link's key, as the copied lists have it now. One query."""
    links = list(links)
    kinds = (ListKind.ITEMS, ListKind.TERMS)
    found = ListEntry.objects.filter(kind__in=kinds, list_id__in={link.list_id for link in links})
    by_place = {(one.connection_id, one.list_id): one for one in found}
    return {
        link.pk: known for link in links if (known := by_place.get((link.connection_id, link.list_id))) is not None
    }


def quickbooks_json(record: Record) -> dict[str, Any] | None:
    """The first tie of a record, in the shape of the API."""
    links = links_of(record)
    return link_json(links[0]) if links else None


def link_json(link: CatalogLink) -> dict[str, Any]:
    return {
        "connection_id": str(link.connection_id),
        "list_id": link.list_id,
        "full_name": link.full_name,
        "origin": link.origin,
        "linked_at": link.linked_at.isoformat(),
    }


def entry_json(one: ListEntry) -> dict[str, Any]:
    """An entry of a copied list, for programs. ``details``: as QuickBooks said it, by wire name."""
    return {
        "list_id": one.list_id,
        "type": one.type,
        "name": one.name,
        "full_name": one.full_name,
        "is_active": one.is_active,
        "gone": one.gone_at is not None,
        "details": one.said,
    }
