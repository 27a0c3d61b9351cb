"""``/items``, ``/terms``, ``/sales-taxes``: what invoices are made of, and what ties it to QuickBooks' lists."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field, StringConstraints

from standpipe.catalog.actions import (
    archive_item,
    archive_sales_tax,
    archive_terms,
    create_item,
    create_sales_tax,
    create_terms,
    edit_item,
    edit_sales_tax,
    edit_terms,
    restore_item,
    restore_sales_tax,
    restore_terms,
)
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.catalog.queries import (
    find_item,
    find_sales_tax,
    find_terms,
    item_json,
    items_of,
    sales_tax_json,
    sales_taxes_of,
    terms_json,
    terms_of,
)
from standpipe.core.errors import UserError
from standpipe.organizations.models import Membership
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.items.actions import import_entries, link_entry, unlink_entry
from standpipe.quickbooks.items.queries import entry_json, link_json, links_of, links_of_many
from standpipe.quickbooks.items.targets import Record
from standpipe.quickbooks.lists.models import ListEntry
from standpipe.quickbooks.lists.short_lists import entries

from .auth import caller
from .changing import change
from .connections import ACTIVE
from .pages import Limit, PageOf, page_of
from .schemas import Input, LinkIn, Name

items = Router(tags=["Items"])
lists = Router(tags=["QuickBooks’ lists"])

Catalogue = Literal["items", "terms", "sales-taxes"]
ListName = Literal["items", "terms", "payment_methods", "sales_tax_codes", "accounts", "preferences"]


class ItemIn(Input):
    name: Name
    description: Annotated[str, StringConstraints(max_length=4095)] = ""
    rate: Decimal | None = None
    taxable: bool = True


class ItemPatch(Input):
    name: Name = ""
    description: Annotated[str, StringConstraints(max_length=4095)] = ""
    rate: Decimal | None = None
    taxable: bool = True
    archived: bool = False


Days = Annotated[int, Field(ge=0, le=9999)] | None


class TermsIn(Input):
    """Either ``due_days``, or ``due_day_of_month``, with ``next_month_days``, or neither."""

    name: Name
    due_days: Days = None
    due_day_of_month: Days = None
    next_month_days: Days = None


class TermsPatch(TermsIn):
    name: Name = ""
    archived: bool = False


class TaxPartIn(Input):
    """One agency's share, in percent."""

    name: Name = ""
    rate: Decimal


class SalesTaxIn(Input):
    name: Name
    parts: list[TaxPartIn]


class SalesTaxPatch(Input):
    name: Name = ""
    parts: list[TaxPartIn] = []
    archived: bool = False


class CatalogImportIn(Input):
    """``list_ids``: entries of QuickBooks' list; left out: all that are active and not linked yet."""

    as_: Annotated[Catalogue, Field(alias="as")]
    list_ids: Annotated[list[str], Field(max_length=20_000)] | None = None


# Items


@items.get("", response=PageOf, summary="List items")
def list_items(
    request: HttpRequest, search: str = "", archived: bool = False, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    rows = items_of(caller(request).organization, search=search, archived=archived)
    return page_of(rows, order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@items.post("", response={201: dict[str, Any]}, summary="Add an item")
def add_item(request: HttpRequest, payload: ItemIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.EDIT)
    item = create_item(membership.organization, by=membership.person, **_fields(payload.model_dump()))
    return Status(201, _one(item))


@items.get("/{item_id}", response=dict[str, Any], summary="One item")
def get_item(request: HttpRequest, item_id: str) -> dict[str, Any]:
    return _one(find_item(caller(request).organization, item_id))


@items.patch("/{item_id}", response=dict[str, Any], summary="Change an item, or bring it back")
def change_item(request: HttpRequest, item_id: str, payload: ItemPatch) -> dict[str, Any]:
    membership = caller(request, Permission.EDIT)
    item, changes = find_item(membership.organization, item_id), _fields(payload.changes())
    change(item, changes, by=membership.person, edit=edit_item, archive=archive_item, restore=restore_item)
    return _one(item)


@items.delete("/{item_id}", response={204: None}, summary="Archive an item")
def remove_item(request: HttpRequest, item_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_item(find_item(membership.organization, item_id), by=membership.person)
    return Status(204, None)


def _fields(said: dict[str, Any]) -> Any:
    """The item's own words for what programs send."""
    return {"is_taxable" if name == "taxable" else name: value for name, value in said.items()}


# Terms and sales taxes


@lists.get("/terms", response=PageOf, summary="List terms")
def list_terms(
    request: HttpRequest, archived: bool = False, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    rows = terms_of(caller(request).organization, archived=archived)
    return page_of(rows, order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@lists.post("/terms", response={201: dict[str, Any]}, summary="Add terms")
def add_terms(request: HttpRequest, payload: TermsIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.EDIT)
    fields: Any = payload.model_dump()
    return Status(201, _one(create_terms(membership.organization, by=membership.person, **fields)))


@lists.get("/terms/{terms_id}", response=dict[str, Any], summary="One of the terms")
def get_terms(request: HttpRequest, terms_id: str) -> dict[str, Any]:
    return _one(find_terms(caller(request).organization, terms_id))


@lists.patch("/terms/{terms_id}", response=dict[str, Any], summary="Change terms, or bring them back")
def change_terms(request: HttpRequest, terms_id: str, payload: TermsPatch) -> dict[str, Any]:
    membership = caller(request, Permission.EDIT)
    terms, changes = find_terms(membership.organization, terms_id), payload.changes()
    change(terms, changes, by=membership.person, edit=edit_terms, archive=archive_terms, restore=restore_terms)
    return _one(terms)


@lists.delete("/terms/{terms_id}", response={204: None}, summary="Archive terms")
def remove_terms(request: HttpRequest, terms_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_terms(find_terms(membership.organization, terms_id), by=membership.person)
    return Status(204, None)


@lists.get("/sales-taxes", response=PageOf, summary="List sales taxes")
def list_sales_taxes(
    request: HttpRequest, archived: bool = False, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    rows = sales_taxes_of(caller(request).organization, archived=archived)
    return page_of(rows, order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@lists.post("/sales-taxes", response={201: dict[str, Any]}, summary="Add a sales tax")
def add_sales_tax(request: HttpRequest, payload: SalesTaxIn) -> Status[dict[str, Any]]:
    """``parts``: one for each agency, with its rate in percent."""
    membership = caller(request, Permission.EDIT)
    fields: Any = payload.model_dump()
    return Status(201, _one(create_sales_tax(membership.organization, by=membership.person, **fields)))


@lists.get("/sales-taxes/{sales_tax_id}", response=dict[str, Any], summary="One sales tax")
def get_sales_tax(request: HttpRequest, sales_tax_id: str) -> dict[str, Any]:
    return _one(find_sales_tax(caller(request).organization, sales_tax_id))


@lists.patch("/sales-taxes/{sales_tax_id}", response=dict[str, Any], summary="Change a sales tax, or bring it back")
def change_sales_tax(request: HttpRequest, sales_tax_id: str, payload: SalesTaxPatch) -> dict[str, Any]:
    """Invoices that bear it are counted anew when they are changed next."""
    membership = caller(request, Permission.EDIT)
    sales_tax, changes = find_sales_tax(membership.organization, sales_tax_id), payload.changes()
    if "parts" in changes:
        changes["parts"] = [part.model_dump() for part in changes["parts"]]
    change(
        sales_tax,
        changes,
        by=membership.person,
        edit=edit_sales_tax,
        archive=archive_sales_tax,
        restore=restore_sales_tax,
    )
    return _one(sales_tax)


@lists.delete("/sales-taxes/{sales_tax_id}", response={204: None}, summary="Archive a sales tax")
def remove_sales_tax(request: HttpRequest, sales_tax_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_sales_tax(find_sales_tax(membership.organization, sales_tax_id), by=membership.person)
    return Status(204, None)


# QuickBooks' lists


@lists.get("/connections/{connection_id}/lists/{name}", response=PageOf, summary="One of QuickBooks’ lists")
def list_entries(
    request: HttpRequest,
    connection_id: str,
    name: ListName,
    search: str = "",
    active: Literal["true", "false", "all"] = "true",
    gone: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """As of the last refresh, by path. ``details``: as QuickBooks said it, by wire name."""
    connection = find_connection(caller(request).organization, connection_id)
    rows: QuerySet[ListEntry] = entries(connection, name, active=ACTIVE[active], gone=gone, search=search)
    return page_of(
        rows,
        order=("sort_key", "list_id"),
        limit=limit,
        cursor=cursor,
        as_json=lambda page: [entry_json(one) for one in page],
    )


@lists.post(
    "/connections/{connection_id}/catalog-imports",
    response=dict[str, Any],
    summary="Import items, terms or sales taxes from QuickBooks Desktop",
)
def import_catalog(request: HttpRequest, connection_id: str, payload: CatalogImportIn) -> dict[str, Any]:
    """Safe to repeat: what is linked already is skipped, what bears the same name here is linked."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    connection = find_connection(membership.organization, connection_id)
    done = import_entries(connection, kind=payload.as_, list_ids=payload.list_ids, by=membership.person)
    return {
        "created": _many(done.created),
        "linked": _many(done.linked),
        "skipped": [{"name": name, "reason": why} for name, why in done.skipped],
    }


# Links


@lists.put(
    "/{catalogue}/{record_id}/quickbooks-link",
    response=dict[str, Any],
    summary="Link or relink an item, terms or a sales tax",
)
def link_record(request: HttpRequest, catalogue: Catalogue, record_id: str, payload: LinkIn) -> dict[str, Any]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    record = _find(membership, catalogue, record_id)
    try:
        connection = find_connection(membership.organization, payload.connection_id)
    except Connection.DoesNotExist:
        raise UserError(
            "There is no connection with this id.", code="connection_unknown", field="connection_id"
        ) from None
    return link_json(link_entry(record, connection=connection, list_id=payload.list_id, by=membership.person))


@lists.delete(
    "/{catalogue}/{record_id}/quickbooks-link",
    response={204: None},
    summary="Unlink an item, terms or a sales tax, from every company file",
)
def unlink_record(request: HttpRequest, catalogue: Catalogue, record_id: str) -> Status[None]:
    membership = caller(request, Permission.IMPORT_AND_LINK)
    record = _find(membership, catalogue, record_id)
    for link in links_of(record):
        unlink_entry(record, connection=link.connection, by=membership.person)
    return Status(204, None)


def _find(membership: Membership, catalogue: Catalogue, record_id: str) -> Record:
    if catalogue == "items":
        return find_item(membership.organization, record_id)
    if catalogue == "terms":
        return find_terms(membership.organization, record_id)
    return find_sales_tax(membership.organization, record_id)


# Shapes


def _one(record: Record) -> dict[str, Any]:
    return _many([record])[0]


def _many(records: Sequence[Record]) -> list[dict[str, Any]]:
    links = links_of_many(records)
    return [_as_json(record, link_json(links[record.pk]) if record.pk in links else None) for record in records]


def _as_json(record: Record, quickbooks: dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(record, Item):
        return item_json(record, quickbooks=quickbooks)
    if isinstance(record, Terms):
        return terms_json(record, quickbooks=quickbooks)
    assert isinstance(record, SalesTax)  # noqa: S101 - there are three
    return sales_tax_json(record, quickbooks=quickbooks)
