"""Payments: money received for an invoice, entered here or in QuickBooks."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.core.fields import MoneyField
from standpipe.core.ids import new_id
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization, Person


class Method(models.TextChoices):
    CREDIT_CARD = "credit_card", "Credit Card"
    ACH_ECHECK = "ach_echeck", "ACH eCheck"
    CHECK = "check", "Check"
    CASH = "cash", "Cash"


class Payment(models.Model):
    """One amount on one invoice. ``source`` "quickbooks": entered there, shown here, never sent, not editable."""

    class Source(models.TextChoices):
        HERE = "here", "Entered here"
        QUICKBOOKS = "quickbooks", "Entered in QuickBooks"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = MoneyField()
    method = models.CharField(max_length=12, choices=Method.choices, blank=True, default="")  # "": QuickBooks' own
    method_name = models.CharField(max_length=31, blank=True, default="")  # as QuickBooks calls it
    reference_number = models.CharField(max_length=20, blank=True, default="")
    date = models.DateField()
    notes = models.TextField(blank=True, default="")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.HERE)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)  # taken back; does not count any more
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    search_text = models.TextField(editable=False, default="")  # set by the actions from core.text, never shown

    class Meta:
        constraints = [
            models.CheckConstraint(name="payment_is_above_zero", condition=Q(amount__gt=0)),
        ]
        indexes = [models.Index(fields=["organization", "-date", "-id"], name="payment_latest")]
