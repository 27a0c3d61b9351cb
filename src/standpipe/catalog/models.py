"""What invoices are made of: items, terms, sales taxes. QuickBooks keeps its own; links tie them together."""

from decimal import Decimal

from django.db import models
from django.utils import timezone

from standpipe.core.fields import FineField
from standpipe.core.ids import new_id
from standpipe.core.money import fine_text
from standpipe.organizations.models import Organization


class Item(models.Model):
    """A service, a part or a discount that a line bills for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="items")
    name = models.CharField(max_length=159)  # an item's path in QuickBooks may be as long (qbXML 13, ItemServiceRet)
    description = models.TextField(blank=True, default="")
    rate = FineField(null=True)  # price of one, in the organization's currency
    percent = FineField(null=True)  # of a discount of QuickBooks that has no rate: taken off the line above
    is_taxable = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # For finding; set by the actions from core.text, never shown.
    search_text = models.TextField(editable=False, default="")
    name_key = models.CharField(max_length=255, editable=False, default="")

    class Meta:
        indexes = [models.Index(fields=["organization", "name_key", "name"], name="item_name")]


class Terms(models.Model):
    """When an invoice falls due: after so many days, or on a day of the month. With neither, nothing is computed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(max_length=31)
    due_days = models.PositiveSmallIntegerField(null=True)
    due_day_of_month = models.PositiveSmallIntegerField(null=True)
    next_month_days = models.PositiveSmallIntegerField(null=True)  # dated so close to that day: the month after
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["organization", "name"], name="terms_name")]

    @property
    def due_text(self) -> str:
        """What they say, in words: ``30 days after the invoice``."""
        if self.due_days == 0:
            return "On the day of the invoice"
        if self.due_days is not None:
            return f"{self.due_days} day{'' if self.due_days == 1 else 's'} after the invoice"
        if self.due_day_of_month is None:
            return "Not computed"
        near = self.next_month_days
        later = f"; a month later when {near} days or fewer are left" if near else ""
        return f"On day {self.due_day_of_month} of the month{later}"


class SalesTax(models.Model):
    """A tax that may stand on an invoice: one rate, or the rates of several agencies together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="sales_taxes")
    name = models.CharField(max_length=31)
    parts = models.JSONField(default=list)  # [{"name": "County", "rate": "1.25"}]; rates in percent
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["organization", "name"], name="sales_tax_name")]

    @property
    def rates(self) -> list[Decimal]:
        """Percentages, one for each agency."""
        return [Decimal(part["rate"]) for part in self.parts]

    @property
    def rate_text(self) -> str:
        """All rates together: ``7.25 %``."""
        return f"{fine_text(sum(self.rates, Decimal(0)))} %"
