"""Accounts: the optional parent of buildings, the party that is billed centrally."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.core.fields import AddressField
from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization


class Account(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="accounts")
    name = models.CharField(max_length=255)
    billing_address = AddressField()
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # For finding and for look-alikes; set by the actions from core.text, never shown.
    search_text = models.TextField(editable=False, default="")
    name_key = models.CharField(max_length=255, editable=False, default="")
    address_key = models.CharField(max_length=255, editable=False, default="")

    class Meta:
        indexes = [
            models.Index(fields=["organization", "name"], name="account_name"),
            models.Index(fields=["organization", "name_key"], name="account_name_key"),
            models.Index(  # the list, in its order; SQLite reads the column of a condition too
                fields=["organization", "name_key", "name", "id", "archived_at"],
                condition=Q(archived_at__isnull=True),
                name="account_in_use",
            ),
            models.Index(fields=["organization", "address_key"], name="account_address_key"),
        ]
