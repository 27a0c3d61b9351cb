"""Reads of items, terms and sales taxes. All begin with the organization: nobody sees another's."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from standpipe.core.money import fine_text
from standpipe.core.search import holds_all_words
from standpipe.core.text import SEARCH_LENGTH
from standpipe.organizations.models import Organization

from .models import Item, SalesTax, Terms


def items_of(organization: Organization, *, search: str = "", archived: bool = False) -> QuerySet[Item]:
    """The organization's items by name; those in use, or those that are archived. Found by name and description."""
    items = Item.objects.filter(holds_all_words(search), organization=organization)
    return items.filter(archived_at__isnull=not archived).order_by("name_key", "name", "id")


def terms_of(organization: Organization, *, search: str = "", archived: bool = False) -> QuerySet[Terms]:
    """As :func:`items_of`. ``search`` is one piece of the name: there are never many."""
    terms = Terms.objects.filter(organization=organization, name__icontains=search.strip()[:SEARCH_LENGTH])
    return terms.filter(archived_at__isnull=not archived).order_by("name", "id")


def sales_taxes_of(organization: Organization, *, search: str = "", archived: bool = False) -> QuerySet[SalesTax]:
    """As :func:`terms_of`."""
    taxes = SalesTax.objects.filter(organization=organization, name__icontains=search.strip()[:SEARCH_LENGTH])
    return taxes.filter(archived_at__isnull=not archived).order_by("name", "id")


def find_item(organization: Organization, item_id: str | UUID) -> Item:
    """Archived ones too. Raises ``Item.DoesNotExist`` for unknown, foreign and malformed ids alike."""
    try:
        return Item.objects.select_related("organization").get(organization=organization, pk=item_id)
    except ValidationError as malformed:
        raise Item.DoesNotExist from malformed


def find_terms(organization: Organization, terms_id: str | UUID) -> Terms:
    """As :func:`find_item`."""
    try:
        return Terms.objects.select_related("organization").get(organization=organization, pk=terms_id)
    except ValidationError as malformed:
        raise Terms.DoesNotExist from malformed


def find_sales_tax(organization: Organization, sales_tax_id: str | UUID) -> SalesTax:
    """As :func:`find_item`."""
    try:
        return SalesTax.objects.select_related("organization").get(organization=organization, pk=sales_tax_id)
    except ValidationError as malformed:
        raise SalesTax.DoesNotExist from malformed


def rates_of(sales_tax: SalesTax | None) -> list[Decimal]:
    """Percentages, one for each agency; none without a tax."""
    return sales_tax.rates if sales_tax else []


def item_json(item: Item, *, quickbooks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The item as programs see it. ``quickbooks``: its link."""
    return {
        "id": str(item.id),
        "name": item.name,
        "description": item.description,
        "rate": None if item.rate is None else fine_text(item.rate, places=2),
        "percent": None if item.percent is None else fine_text(item.percent),
        "taxable": item.is_taxable,
        "quickbooks": quickbooks,
        **_kept(item),
    }


def terms_json(terms: Terms, *, quickbooks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": str(terms.id),
        "name": terms.name,
        "due_days": terms.due_days,
        "due_day_of_month": terms.due_day_of_month,
        "next_month_days": terms.next_month_days,
        "quickbooks": quickbooks,
        **_kept(terms),
    }


def sales_tax_json(sales_tax: SalesTax, *, quickbooks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": str(sales_tax.id),
        "name": sales_tax.name,
        "rate": fine_text(sum(sales_tax.rates, Decimal(0))),
        "parts": sales_tax.parts,
        "quickbooks": quickbooks,
        **_kept(sales_tax),
    }


def _kept(record: Item | Terms | SalesTax) -> dict[str, Any]:
    return {
        "archived": record.archived_at is not None,
        "created_at": record.created_at.isoformat(),
        "updated_at": record.updated_at.isoformat(),
    }
