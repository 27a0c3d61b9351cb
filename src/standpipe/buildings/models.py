"""Buildings: the physical place that is served. May stand alone or belong to an account."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.core.fields import AddressField
from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization


class Building(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="buildings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="buildings", null=True, blank=True)
    name = models.CharField(max_length=255)
    billing_address = AddressField()
    physical_address = AddressField()
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # For finding and for look-alikes; set by the actions from core.text, never shown.
    search_text = models.TextField(editable=False, default="")
    name_key = models.CharField(max_length=255, editable=False, default="")
    address_key = models.CharField(max_length=255, editable=False, default="")  # of the physical address

    class Meta:
        indexes = [
            models.Index(fields=["organization", "name"], name="building_name"),
            models.Index(fields=["organization", "name_key"], name="building_name_key"),
            models.Index(  # the list, in its order; SQLite reads the column of a condition too
                fields=["organization", "name_key", "name", "id", "archived_at"],
                condition=Q(archived_at__isnull=True),
                name="building_in_use",
            ),
            models.Index(fields=["organization", "address_key"], name="building_address_key"),
        ]
