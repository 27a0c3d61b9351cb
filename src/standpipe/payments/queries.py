"""Reads of payments. All begin with the organization: nobody sees another's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet

from standpipe.core.search import holds_all_words
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization

from .models import Payment

_WITH = ("organization", "invoice__organization", "invoice__account", "invoice__building", "recorded_by")


def payments_of(
    organization: Organization, *, search: str = "", archived: bool = False, invoice: Invoice | None = None
) -> QuerySet[Payment]:
    """The organization's payments, the latest first; those that count, or those that were taken back.

    Found by amount, method, reference number and notes, and by what their invoice is found by.
    """
    payments = Payment.objects.filter(organization=organization, archived_at__isnull=not archived)
    if invoice is not None:
        payments = payments.filter(invoice=invoice)
    found = payments.filter(holds_all_words(search, columns=["search_text", "invoice__search_text"]))
    return found.select_related(*_WITH).order_by("-date", "-id")


def payments_on(invoice: Invoice) -> QuerySet[Payment]:
    """Those that count on ``invoice``, the first one first."""
    return payments_of(invoice.organization, invoice=invoice).order_by("date", "id")


def find_payment(organization: Organization, payment_id: str | UUID) -> Payment:
    """One that was taken back too. Raises ``Payment.DoesNotExist`` for unknown, foreign and malformed ids alike."""
    try:
        return Payment.objects.select_related(*_WITH).get(organization=organization, pk=payment_id)
    except ValidationError as malformed:
        raise Payment.DoesNotExist from malformed


def others_due(invoice: Invoice, *, limit: int) -> list[Invoice]:
    """Other invoices of the same account or building on which something is due, the oldest first."""
    same = {"account": invoice.account_id} if invoice.account_id else {"building": invoice.building_id}
    due = Invoice.objects.filter(
        organization=invoice.organization_id, archived_at=None, total__gt=F("paid"), **same
    ).exclude(pk=invoice.pk)
    return list(due.order_by("date", "id")[:limit])


def payment_json(payment: Payment, *, quickbooks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The payment as programs see it. ``quickbooks``: where it is there, from ``posting.queries``."""
    return {
        "id": str(payment.id),
        "invoice_id": str(payment.invoice_id),
        "amount": f"{payment.amount:.2f}",
        "method": payment.method or None,
        "method_name": payment.method_name or None,
        "reference_number": payment.reference_number,
        "date": payment.date.isoformat(),
        "notes": payment.notes,
        "source": payment.source,
        "quickbooks": quickbooks,
        "archived": payment.archived_at is not None,
        "created_at": payment.created_at.isoformat(),
        "updated_at": payment.updated_at.isoformat(),
    }
