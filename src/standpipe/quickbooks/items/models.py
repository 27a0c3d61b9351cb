"""The ties between the catalogue and QuickBooks' own lists. Ended links stay: they are the history."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection


class CatalogLink(models.Model):
    """(connection, ListID) to an item, terms or a sales tax. Live while ``ended_at`` is ``None``."""

    class Origin(models.TextChoices):
        IMPORTED = "imported", "Imported"
        LINKED = "linked", "Linked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="catalog_links")
    list_id = models.CharField(max_length=36)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="quickbooks_links", null=True)
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="quickbooks_links", null=True)
    sales_tax = models.ForeignKey(SalesTax, on_delete=models.PROTECT, related_name="quickbooks_links", null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    full_name = models.CharField(max_length=255)  # the name at that moment
    linked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="catalog_link_is_to_one_thing",
                condition=Q(item__isnull=False, terms__isnull=True, sales_tax__isnull=True)
                | Q(item__isnull=True, terms__isnull=False, sales_tax__isnull=True)
                | Q(item__isnull=True, terms__isnull=True, sales_tax__isnull=False),
            ),
            # One organization may keep several company files: an item has one place in each.
            *(
                models.UniqueConstraint(
                    fields=["connection", noun],
                    condition=Q(ended_at__isnull=True, **{f"{noun}__isnull": False}),
                    name=f"one_live_link_per_{noun}",
                )
                for noun in ("item", "terms", "sales_tax")
            ),
        ]
        indexes = [models.Index(fields=["connection", "list_id"], name="catalog_link_entry")]
