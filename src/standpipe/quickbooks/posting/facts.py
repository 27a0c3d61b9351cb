"""What the checklist looks at, gathered for many invoices at once in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, UUIDField
from django.utils import timezone

from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.core.prepared import Prepared, Slot, Slots
from standpipe.invoices.models import Invoice, Line
from standpipe.quickbooks.connections.contact import Contact
from standpipe.quickbooks.connections.health import Problem, problems_of
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import contact_of, import_hindrance
from standpipe.quickbooks.items.models import CatalogLink
from standpipe.quickbooks.lists.models import ListEntry, ListKind, ShortList
from standpipe.quickbooks.lists.short_lists import entries_by_id, entries_by_kind, preferences

from .message import Draft, Texts, texts_of
from .models import Document
from .plan import Plan, plans_of
from .sets import open_set
from .setting_checks import SettingProblem, problems_of_settings
from .settings import PostingSettings, settings_of

NEEDED_LISTS = (ListKind.ITEMS, ListKind.TERMS, ListKind.SALES_TAX_CODES, ListKind.PREFERENCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """One company file as far as it is known here: what holds for every invoice that goes there."""

    connection: Connection
    hindrance: UserError | None  # not connected, not confirmed, customers never arrived
    settings: PostingSettings
    setting_problems: Mapping[str, SettingProblem]
    preferences: Mapping[str, Any]
    missing_lists: tuple[str, ...]
    preferences_refusal: str | None  # what QuickBooks said where it never gave its preferences
    contact: Contact
    problems: tuple[Problem, ...]
    waiting: tuple[UUID, ...]  # ids of the documents that wait, in the order in which they go
    is_set_out: bool  # a set whose answer has not come

    @property
    def name(self) -> str:
        return self.connection.file_company_name or self.connection.name

    @property
    def closed_to(self) -> date | None:
        said = self.preferences.get("AccountingPreferences", {}).get("ClosingDate")
        return date.fromisoformat(said) if said else None

    @property
    def uses_sales_tax(self) -> bool:
        return "SalesTaxPreferences" in self.preferences

    @property
    def home_currency(self) -> str:
        """Its name in QuickBooks; a file without several currencies does not say it."""
        home = self.preferences.get("MultiCurrencyPreferences", {}).get("HomeCurrencyRef") or {}
        return str(home.get("FullName") or "US Dollar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """An item, terms or a sales tax and the entry of QuickBooks' list that it is linked to, as last read."""

    link: CatalogLink
    entry: ListEntry | None  # ``None``: the list does not have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another invoice with the same number, or this one as it was sent before and voided."""

    invoice: Invoice
    where: str  # "here", or "quickbooks": it bears the number there
    is_over: bool = False  # voided in QuickBooks, and taken off here


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything about one invoice. ``books`` are the plan's, on its way the document's; ``None``: nowhere yet."""

    invoice: Invoice
    lines: tuple[Line, ...]
    plan: Plan
    document: Document | None
    books: Books | None
    is_connected: bool  # the organization has a connection at all
    items: Mapping[UUID, Tied]
    terms: Tied | None
    sales_tax: Tied | None
    tax_rates: tuple[str, ...] | None  # QuickBooks' own of the linked sales tax; ``None``: not known
    twin: Twin | None
    texts: Texts
    now: datetime

    @property
    def slug(self) -> str:
        return self.invoice.organization.slug


_INVOICES = Prepared(
    lambda: Invoice.objects.filter(pk__in=Slots("ids", UUIDField())).select_related(
        "organization", "account", "building", "building__account", "terms", "sales_tax"
    )
)
_LINES = Prepared(
    lambda: (
        Line.objects.filter(invoice__in=Slots("ids", UUIDField()))
        .select_related("item")
        .order_by("invoice", "position")
    )
)
_DOCUMENTS = Prepared(
    lambda: (
        Document.objects.filter(invoice__in=Slots("ids", UUIDField()), ended_at=None)
        .select_related("connection", "asked_by", "message_set")
        .defer("message_set__document", "message_set__answer")
    )
)
_CONNECTIONS = Prepared(
    lambda: Connection.objects.filter(pk__in=Slots("ids", UUIDField())).select_related(
        "organization", "customer_list"
    )
)
_LISTS = Prepared(
    lambda: ShortList.objects.filter(connection=Slot("connection"), kind__in=NEEDED_LISTS).values_list(
        "kind", "refreshed_at", "refusal"
    )
)
_WAITING = Prepared(
    lambda: (
        Document.objects.filter(connection=Slot("connection"), ended_at=None, state=Document.State.WAITING)
        .order_by("asked_at", "id")
        .values_list("pk", flat=True)
    )
)
_LINKS = Prepared(
    lambda: CatalogLink.objects.filter(
        Q(item__in=Slots("items", UUIDField()))
        | Q(terms__in=Slots("terms", UUIDField()))
        | Q(sales_tax__in=Slots("taxes", UUIDField())),
        connection=Slot("connection"),
        ended_at=None,
    )
)


def facts_of(invoices: Iterable[Invoice]) -> dict[UUID, Facts]:
    """By invoice. All of one organization."""
    rows = _INVOICES.all(ids={invoice.pk for invoice in invoices})
    if not rows:
        return {}
    lines = _lines_of(rows)
    plans = plans_of(rows)
    documents = _documents_of(rows)
    books = _books_of(rows, plans=plans, documents=documents)
    ties = {key: _ties_of(one.connection, rows, lines) for key, one in books.items()}
    twins = _twins_of(rows)
    is_connected = bool(books) or Connection.objects.filter(organization=rows[0].organization).exists()
    now = timezone.now()
    found = {}
    for invoice in rows:
        plan, document = plans[invoice.pk], documents.get(invoice.pk)
        key = _books_key(plan, document)
        tied = ties[key] if key else _Ties()
        found[invoice.pk] = Facts(
            invoice=invoice,
            lines=tuple(lines[invoice.pk]),
            plan=plan,
            document=document,
            books=books[key] if key else None,
            is_connected=is_connected,
            items=tied.items,
            terms=tied.terms.get(invoice.terms_id) if invoice.terms_id else None,
            sales_tax=tied.taxes.get(invoice.sales_tax_id) if invoice.sales_tax_id else None,
            tax_rates=tied.rates.get(invoice.sales_tax_id) if invoice.sales_tax_id else None,
            twin=twins.get(invoice.pk),
            texts=texts_of(draft_of(invoice, lines=lines[invoice.pk], send_bill_to=plan.send_bill_to)),
            now=now,
        )
    return found


def draft_of(invoice: Invoice, *, lines: Sequence[Line], send_bill_to: bool) -> Draft:
    """The texts of the invoice as they stand here, with account and building loaded."""
    building = invoice.building
    payer = invoice.account or (building.account if building and building.account else building)
    assert payer is not None  # invoice_is_for_one_thing  # noqa: S101
    return Draft(
        number=invoice.number,
        memo=invoice.memo,
        building_name=building.name if building else "",
        physical_address=building.physical_address if building else Address(),
        bill_to_name=payer.name,
        bill_to=payer.billing_address if send_bill_to else None,
        descriptions=tuple(line.description for line in lines),
    )


def _lines_of(invoices: Sequence[Invoice]) -> Mapping[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in _LINES.all(ids=[invoice.pk for invoice in invoices]):
        found[line.invoice_id].append(line)
    return found


def _documents_of(invoices: Sequence[Invoice]) -> dict[UUID, Document]:
    found = _DOCUMENTS.all(ids=[invoice.pk for invoice in invoices])
    return {document.invoice_id: document for document in found if document.invoice_id}


def _books_key(plan: Plan, document: Document | None) -> UUID | None:
    if document is not None:
        return document.connection_id
    return plan.connection.pk if plan.connection else None


def _books_of(
    invoices: Sequence[Invoice], *, plans: Mapping[UUID, Plan], documents: Mapping[UUID, Document]
) -> dict[UUID, Books]:
    keys = (_books_key(plans[invoice.pk], documents.get(invoice.pk)) for invoice in invoices)
    wanted = {key for key in keys if key is not None}
    connections = _CONNECTIONS.all(ids=wanted) if wanted else []
    return {connection.pk: books_of(connection) for connection in connections}


def books_of(connection: Connection) -> Books:
    contact = contact_of(connection)
    lists = _LISTS.all(connection=connection.pk)
    arrived = {kind for kind, refreshed_at, refusal in lists if refreshed_at or refusal}
    refused = {kind: str(refusal["text"]) for kind, refreshed_at, refusal in lists if refusal and not refreshed_at}
    return Books(
        connection=connection,
        hindrance=import_hindrance(connection),
        settings=settings_of(connection),
        setting_problems={problem.field: problem for problem in problems_of_settings(connection)},
        preferences=preferences(connection),
        missing_lists=tuple(kind.label for kind in NEEDED_LISTS if kind.value not in arrived),
        preferences_refusal=refused.get(ListKind.PREFERENCES),
        contact=contact,
        problems=problems_of(connection, contact=contact),
        waiting=tuple(_WAITING.all(connection=connection.pk)),
        is_set_out=open_set(connection) is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ties:
    """The links of everything that these invoices name, in one company file; ``rates`` by sales tax."""

    items: Mapping[UUID, Tied] = field(default_factory=dict)
    terms: Mapping[UUID, Tied] = field(default_factory=dict)
    taxes: Mapping[UUID, Tied] = field(default_factory=dict)
    rates: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)


def _ties_of(connection: Connection, invoices: Sequence[Invoice], lines: Mapping[UUID, Sequence[Line]]) -> _Ties:
    items = {line.item_id for some in lines.values() for line in some if line.item_id}
    terms = {invoice.terms_id for invoice in invoices} - {None}
    taxes_named = {invoice.sales_tax_id for invoice in invoices} - {None}
    found = _LINKS.all(connection=connection.pk, items=items, terms=terms, taxes=taxes_named)
    entries = entries_by_kind(
        connection,
        {
            ListKind.ITEMS: [link.list_id for link in found if not link.terms_id],
            ListKind.TERMS: [link.list_id for link in found if link.terms_id],
        },
    )
    tied = {
        link.item_id or link.terms_id or link.sales_tax_id: Tied(
            link=link, entry=entries[ListKind.TERMS if link.terms_id else ListKind.ITEMS].get(link.list_id)
        )
        for link in found
    }
    taxes = {key: one for key, one in tied.items() if key and one.link.sales_tax_id}
    return _Ties(
        items={key: one for key, one in tied.items() if key and one.link.item_id},
        terms={key: one for key, one in tied.items() if key and one.link.terms_id},
        taxes=taxes,
        rates=_rates_of(connection, taxes),
    )


def _rates_of(connection: Connection, taxes: Mapping[UUID, Tied]) -> dict[UUID, tuple[str, ...]]:
    """The percentages that QuickBooks will apply: of the tax item, or of each item of the group."""
    members = {
        key: _members(one.entry) for key, one in taxes.items() if one.entry and one.entry.type == "ItemSalesTaxGroup"
    }
    parts = entries_by_id(connection, ListKind.ITEMS, {part for some in members.values() for part in some})
    rates = {}
    for key, one in taxes.items():
        entries = [parts.get(part) for part in members[key]] if key in members else [one.entry]
        said = [entry.said.get("TaxRate") for entry in entries if entry is not None]
        if len(said) == len(entries):
            rates[key] = tuple(str(rate or "0") for rate in said)
    return rates


def _members(group: ListEntry) -> list[str]:
    said = group.said.get("ItemSalesTaxRef") or []
    return [one["ListID"] for one in (said if isinstance(said, list) else [said]) if one.get("ListID")]


_BEARERS_HERE = Prepared(
    lambda: Invoice.objects.filter(
        organization=Slot("organization"), number__in=Slots("numbers", CharField(max_length=20)), archived_at=None
    ).order_by("created_at", "id")
)
_BEARERS_THERE = Prepared(
    lambda: Document.objects.filter(
        Q(ended_at=None, gone_at=None) | Q(gone_because="void"),
        organization=Slot("organization"),
        number__in=Slots("numbers", CharField(max_length=20)),
        invoice__isnull=False,
    ).select_related("invoice")
)


def _twins_of(invoices: Sequence[Invoice]) -> dict[UUID, Twin]:
    """The first other invoice that bears the same number, here or in QuickBooks.

    An archived one counts where it is in QuickBooks. A void one keeps its number there, its own one, too.
    """
    numbers = {invoice.number for invoice in invoices if invoice.number}
    if not numbers:
        return {}
    organization = invoices[0].organization
    bearers: dict[str, list[Twin]] = defaultdict(list)
    for other in _BEARERS_HERE.all(organization=organization.pk, numbers=numbers):
        bearers[other.number].append(Twin(invoice=other, where="here"))
    for document in _BEARERS_THERE.all(organization=organization.pk, numbers=numbers):
        is_over = document.ended_at is not None  # voided there, and taken off here
        if document.invoice and (
            is_over or document.invoice.archived_at or document.invoice.number != document.number
        ):
            bearers[document.number].append(Twin(invoice=document.invoice, where="quickbooks", is_over=is_over))
    return {
        invoice.pk: twin
        for invoice in invoices
        if (twin := next((one for one in bearers[invoice.number] if one.is_over or one.invoice != invoice), None))
    }
