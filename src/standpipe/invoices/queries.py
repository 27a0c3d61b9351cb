"""Reads of invoices. All begin with the organization: nobody sees another's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Role
from standpipe.contacts.queries import contacts_at
from standpipe.core.money import ZERO, fine_text
from standpipe.core.search import holds_all_words
from standpipe.organizations.models import Organization

from .models import Invoice, Line

_LOADED = ("account", "building", "building__account", "terms", "contact", "sales_tax")


def invoices_of(
    organization: Organization,
    *,
    search: str = "",
    archived: bool = False,
    account: Account | None = None,
    building: Building | None = None,
) -> QuerySet[Invoice]:
    """The organization's invoices, the latest first; those in use, or those that are archived.

    Found by number, memo, or whom they are for; ``account``: for it or one of its buildings.
    """
    columns = ["search_text", "account__name_key", "building__name_key"]
    invoices = Invoice.objects.filter(holds_all_words(search, columns=columns), organization=organization)
    if account is not None:
        invoices = invoices.filter(account=account) | invoices.filter(building__account=account)
    if building is not None:
        invoices = invoices.filter(building=building)
    invoices = invoices.filter(archived_at__isnull=not archived)
    return invoices.select_related(*_LOADED).order_by("-date", "-id")


def find_invoice(organization: Organization, invoice_id: str | UUID) -> Invoice:
    """Archived ones too. Raises ``Invoice.DoesNotExist`` for unknown, foreign and malformed ids alike."""
    [invoice] = find_invoices(organization, [invoice_id])
    return invoice


def find_invoices(organization: Organization, invoice_ids: Iterable[str | UUID]) -> list[Invoice]:
    """Each once, in this order; raises as ``find_invoice`` where one of them is not there."""
    rows = Invoice.objects.filter(organization=organization).select_related("organization", *_LOADED)
    try:
        keys = dict.fromkeys(Invoice._meta.pk.to_python(one) for one in invoice_ids)
    except ValidationError as malformed:
        raise Invoice.DoesNotExist from malformed
    found = rows.in_bulk(keys)
    if len(found) < len(keys):
        raise Invoice.DoesNotExist
    return [found[key] for key in keys]


def latest_for(place: Account | Building) -> Invoice | None:
    """The last invoice for exactly this account or building."""
    kind = "account" if isinstance(place, Account) else "building"
    found = Invoice.objects.filter(**{kind: place}, archived_at__isnull=True).select_related("terms", "sales_tax")
    return found.order_by("-date", "-id").first()


def lines_of(invoice: Invoice) -> list[Line]:
    """In their order, items loaded."""
    return list(invoice.lines.select_related("item").order_by("position"))


def sums_of(invoices: QuerySet[Invoice]) -> tuple[Decimal, Decimal]:
    """What they come to together, and what of it is not paid."""
    sums = invoices.order_by().aggregate(totals=Sum("total"), paid=Sum("paid"))
    total = sums["totals"] or ZERO
    return total, total - (sums["paid"] or ZERO)


def billing_contact(billed: Account | Building) -> Contact | None:
    """Who gets the bill (requirement 65): the first with the role billing here, an own one before the account's."""
    billing = [here for here in contacts_at(billed) if Role.BILLING in here.roles]
    own = [here for here in billing if Role.BILLING in here.own_roles]
    return next((here.contact for here in (*own, *billing)), None)


def local_today(organization: Organization) -> date:
    """The date where the organization is: its invoices bear its dates (design 10)."""
    return timezone.localdate(timezone=ZoneInfo(organization.time_zone))


def invoice_json(
    invoice: Invoice, *, quickbooks: Mapping[str, Any] | None = None, lines: Sequence[Line] | None = None
) -> dict[str, Any]:
    """The invoice as programs see it. ``quickbooks``: where it is there. ``lines``: read where they are not given."""
    return {
        "id": str(invoice.id),
        "number": invoice.number,
        "date": invoice.date.isoformat(),
        "due_date": invoice.due_date.isoformat() if invoice.due_date else None,
        "terms": invoice.terms.name if invoice.terms else None,
        "terms_id": str(invoice.terms_id) if invoice.terms_id else None,
        "account_id": str(invoice.account_id) if invoice.account_id else None,
        "building_id": str(invoice.building_id) if invoice.building_id else None,
        "contact_id": str(invoice.contact_id) if invoice.contact_id else None,
        "memo": invoice.memo,
        "sales_tax": invoice.sales_tax.name if invoice.sales_tax else None,
        "sales_tax_id": str(invoice.sales_tax_id) if invoice.sales_tax_id else None,
        "lines": [line_json(line) for line in (lines_of(invoice) if lines is None else lines)],
        "subtotal": _cents(invoice.subtotal),
        "sales_tax_total": _cents(invoice.tax_total),
        "total": _cents(invoice.total),
        "paid": _cents(invoice.paid),
        "balance_due": _cents(invoice.balance_due),
        "quickbooks": quickbooks,
        "archived": invoice.archived_at is not None,
        "created_at": invoice.created_at.isoformat(),
        "updated_at": invoice.updated_at.isoformat(),
    }


def line_json(line: Line) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "item_id": str(line.item_id) if line.item_id else None,
        "description": line.description,
        "quantity": None if line.quantity is None else fine_text(line.quantity),
        "rate": None if line.rate is None else fine_text(line.rate, places=2),
        "amount": None if line.amount is None else _cents(line.amount),
        "taxable": line.is_taxable,
    }


def _cents(value: Decimal) -> str:
    return f"{value:.2f}"
