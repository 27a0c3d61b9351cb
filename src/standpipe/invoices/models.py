"""Invoices: money asked for, of an account or for a building."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.contacts.models import Contact
from standpipe.core.fields import FineField, MoneyField
from standpipe.core.ids import new_id
from standpipe.core.money import ZERO
from standpipe.organizations.models import Organization


class Invoice(models.Model):
    """``subtotal``, ``tax_total``, ``total`` and ``paid`` follow from lines and payments: the actions set them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invoices")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices", null=True)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="invoices", null=True)
    number = models.CharField(max_length=11, blank=True, default="")  # QuickBooks holds no more (RefNumber)
    date = models.DateField()
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+", null=True)
    due_date = models.DateField(null=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+", null=True)  # who gets the bill
    memo = models.TextField(blank=True, default="")
    sales_tax = models.ForeignKey(SalesTax, on_delete=models.PROTECT, related_name="+", null=True)
    subtotal = MoneyField(default=ZERO)
    tax_total = MoneyField(default=ZERO)
    total = MoneyField(default=ZERO)
    paid = MoneyField(default=ZERO)  # sum of its payments, wherever they were entered
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invoice_is_for_one_thing",
                condition=Q(account__isnull=True, building__isnull=False)
                | Q(account__isnull=False, building__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["organization", "number"],
                name="invoice_number_once",
                condition=Q(archived_at__isnull=True) & ~Q(number=""),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-date", "-id"], name="invoice_latest"),
            models.Index(fields=["organization", "number"], name="invoice_number"),
        ]

    @property
    def billed(self) -> Account | Building:
        """Whom or what it is for."""
        billed = self.account or self.building
        assert billed is not None, "the constraint invoice_is_for_one_thing"  # noqa: S101
        return billed

    @property
    def balance_due(self) -> Decimal:
        balance: Decimal = self.total - self.paid
        return balance

    @property
    def label(self) -> str:
        """As it is called where a sentence begins: ``Invoice INV-1042``."""
        return f"I{self.label_inside[1:]}"

    @property
    def label_inside(self) -> str:
        """As it is called inside a sentence: ``invoice INV-1042``."""
        return f"invoice {self.number}" if self.number else "invoice without a number"


class Line(models.Model):
    """One line. Only a description: ``amount`` is ``None``. A discount: its amount is below zero."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", null=True)
    description = models.TextField(blank=True, default="")
    quantity = FineField(null=True)
    rate = FineField(null=True)
    amount = MoneyField(null=True)
    is_taxable = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="one_line_at_a_place")]


class Numbering(models.Model):
    """Which number the next invoice of an organization bears."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="invoice_numbering")
    prefix = models.CharField(max_length=8, blank=True, default="")
    next_number = models.PositiveBigIntegerField(default=1)  # eleven digits do not fit into four bytes
