"""A company file's lists as a finished refresh leaves them, and an invoice that could be sent at once; no wire."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.items.models import CatalogLink
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.lists.models import Customer, ListEntry, ListKind, ShortList
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.settings import KEY, settings_of
from support.invoices import line, make_invoice, make_item, make_sales_tax, make_terms
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import ELM_STREET, make_account, make_building, make_member, make_organization

PREFERENCES: dict[str, Any] = {
    "SalesTaxPreferences": {"DefaultItemSalesTaxRef": {"ListID": "TAX-1", "FullName": "Hartford"}},
    "AccountingPreferences": {},
}


def make_entry(connection: Connection, kind: str, *, list_id: str, name: str, type_: str, **said: Any) -> ListEntry:
    return ListEntry.objects.create(
        connection=connection,
        kind=kind,
        list_id=list_id,
        type=type_,
        name=name,
        full_name=name,
        said=said,
        sort_key=name.casefold(),
        search_text=name.casefold(),
        content_hash="",
    )


def tie(connection: Connection, entry: ListEntry, **record: Any) -> CatalogLink:
    return CatalogLink.objects.create(
        organization=connection.organization,
        connection=connection,
        list_id=entry.list_id,
        full_name=entry.full_name,
        origin=CatalogLink.Origin.LINKED,
        **record,
    )


def set_settings(connection: Connection, **changes: Any) -> None:
    settings = replace(settings_of(connection), **changes)
    connection.settings = {**connection.settings, KEY: settings.to_json()}
    connection.save(update_fields=["settings"])


def arrive(connection: Connection) -> None:
    """All short lists have come."""
    now = timezone.now()
    for kind in ListKind.values:
        ShortList.objects.update_or_create(
            connection=connection, kind=kind, defaults={"asked_at": now, "refreshed_at": now}
        )


@dataclass
class Books:
    """Alder Fire with Elm School, its gym, and everything that an invoice needs in one company file."""

    organization: Organization
    alice: Person
    connection: Connection
    account: Account
    building: Building
    customer: Customer  # the account's
    job: Customer  # the building's
    item: Item
    terms: Terms
    tax: SalesTax
    entries: dict[str, ListEntry]

    def invoice(self, **fields: Any) -> Invoice:
        lines = fields.pop(
            "lines",
            [line(quantity="2", rate="80", item=self.item, taxable=True), line("15.50", description="Travel")],
        )
        place = fields.pop("place", self.building)
        return make_invoice(
            place, lines=lines, **{"terms": self.terms, "sales_tax": self.tax, "by": self.alice} | fields
        )

    def link(self, record: Account | Building, customer: Customer) -> None:
        link_customer(record, connection=self.connection, list_id=customer.list_id, by=self.alice)

    def settings(self, **changes: Any) -> None:
        set_settings(self.connection, **changes)


def make_books(organization: Organization | None = None) -> Books:
    organization = organization or make_organization()
    alice = make_member(organization)
    connection = make_connection(organization)
    customer = make_customer(connection, name="Elm School", bill=ELM_STREET)
    job = make_customer(connection, name="Gym", parent=customer)
    mark_list_whole(connection)
    account = make_account(organization, name="Elm School", billing_address=ELM_STREET)
    building = make_building(organization, name="Gym", account=account, physical_address=ELM_STREET)
    item, terms, tax = make_item(organization), make_terms(organization), make_sales_tax(organization)
    entries = _entries(connection)
    arrive(connection)
    tie(connection, entries["item"], item=item)
    tie(connection, entries["terms"], terms=terms)
    tie(connection, entries["tax"], sales_tax=tax)
    set_settings(
        connection,
        default_item=entries["default"].list_id,
        taxable_code=entries["taxable"].list_id,
        nontaxable_code=entries["nontaxable"].list_id,
        first_send_asked=True,
    )
    books = Books(organization, alice, connection, account, building, customer, job, item, terms, tax, entries)
    books.link(account, customer)
    books.link(building, job)
    return books


def _entries(connection: Connection) -> dict[str, ListEntry]:
    make_entry(connection, ListKind.PREFERENCES, list_id="", name="", type_="Preferences", **PREFERENCES)
    rows = {
        "item": (ListKind.ITEMS, "ITEM-1", "Inspection", "ItemService", {}),
        "default": (ListKind.ITEMS, "ITEM-2", "Services", "ItemService", {}),
        "tax": (ListKind.ITEMS, "TAX-1", "Hartford", "ItemSalesTax", {"TaxRate": "6.35"}),
        "terms": (ListKind.TERMS, "TERMS-1", "Net 30", "StandardTerms", {"StdDueDays": "30"}),
        "taxable": (ListKind.SALES_TAX_CODES, "CODE-1", "Tax", "SalesTaxCode", {"IsTaxable": "true"}),
        "nontaxable": (ListKind.SALES_TAX_CODES, "CODE-2", "Non", "SalesTaxCode", {"IsTaxable": "false"}),
    }
    return {
        key: make_entry(connection, kind, list_id=list_id, name=name, type_=type_, **said)
        for key, (kind, list_id, name, type_, said) in rows.items()
    }


def move(document: Document, **columns: Any) -> Document:
    """The document as a visit would leave it."""
    for name, value in columns.items():
        setattr(document, name, value)
    document.save(update_fields=list(columns))
    return document
