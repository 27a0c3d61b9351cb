"""The tie between one account or building and one QuickBooks customer. Ended links stay: they are the history."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection


class Link(models.Model):
    """(connection, ListID) to an account or a building. Live while ``ended_at`` is ``None``."""

    class Origin(models.TextChoices):
        IMPORTED = "imported", "Imported"
        LINKED = "linked", "Linked"

    class How(models.TextChoices):
        """What somebody did that made the link."""

        IMPORT = "import", "by an import"
        MATCH = "match", "from a suggestion"
        HAND = "hand", "by hand"
        REPAIR = "repair", "in place of a customer that is gone"

    class Ending(models.TextChoices):
        UNLINKED = "unlinked", "Unlinked"
        RELINKED = "relinked", "Linked to another customer"
        REPAIRED = "repaired", "The customer was gone from QuickBooks; linked to the one in its place"
        UNDONE = "undone", "Taken back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="links")
    list_id = models.CharField(max_length=36)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="quickbooks_links", null=True)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="quickbooks_links", null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    how = models.CharField(max_length=10, choices=How.choices, default=How.HAND)
    full_name = models.CharField(max_length=1024)  # the path at that moment
    quickbooks_values = models.JSONField(default=dict)  # what QuickBooks said at that moment; drift needs it
    import_batch_id = models.UUIDField(null=True)  # the batch that made it; importing stands above this room
    linked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=10, choices=Ending.choices, blank=True, default="")
    said_hash = models.CharField(max_length=32, blank=True, default="")  # of ``quickbooks_values``, for whole lists

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_is_to_one_thing",
                condition=Q(account__isnull=True, building__isnull=False)
                | Q(account__isnull=False, building__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="one_live_link_per_account"
            ),
            models.UniqueConstraint(
                fields=["building"], condition=Q(ended_at__isnull=True), name="one_live_link_per_building"
            ),
            # A customer is billed as one account; several buildings may bill to one customer (design 2, Link).
            models.UniqueConstraint(
                fields=["connection", "list_id"],
                condition=Q(ended_at__isnull=True, account__isnull=False),
                name="one_account_per_customer",
            ),
            # Two people importing at once make one building (requirement 19).
            models.UniqueConstraint(
                fields=["connection", "list_id"],
                condition=Q(ended_at__isnull=True, building__isnull=False, origin="imported"),
                name="one_imported_building_per_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "list_id"], name="link_customer"),
            # All that lists and counts ask of live links, without the rows and what QuickBooks said in them. SQLite
            # reads the column of a condition too.
            models.Index(
                fields=["connection", "list_id", "origin", "building", "account", "ended_at"],
                condition=Q(ended_at__isnull=True),
                name="live_link",
            ),
            models.Index(fields=["import_batch_id"], name="link_batch"),
        ]
