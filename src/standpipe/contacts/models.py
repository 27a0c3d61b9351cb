"""Contacts: people, and the places (accounts, buildings) where they stand, with roles at each."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.fields import AddressField
from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization


class Role(models.TextChoices):
    """What a contact is for. A role set at an account holds at its buildings too."""

    REPORT = "report", "Report"
    PROPOSAL = "proposal", "Proposal"
    BACKFLOW = "backflow", "Backflow"
    BILLING = "billing", "Billing"
    SCHEDULING = "scheduling", "Scheduling"
    OWNER = "owner", "Owner"


class Contact(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=255)
    name_is_borrowed = models.BooleanField(default=False)  # had no name of its own; bears the building's
    email = models.CharField(max_length=1023, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    cell_phone = models.CharField(max_length=60, blank=True, default="")
    address = AddressField()
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # For finding and sorting; set by the actions from core.text, never shown.
    search_text = models.TextField(editable=False, default="")
    name_key = models.CharField(max_length=255, editable=False, default="")

    class Meta:
        indexes = [
            models.Index(fields=["organization", "name"], name="contact_name"),
            models.Index(fields=["organization", "name_key"], name="contact_name_key"),
        ]


class Place(models.Model):
    """A contact at one account or one building, with at least one role... or none yet."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="places")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="places", null=True, blank=True)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="places", null=True, blank=True)
    roles = models.JSONField(default=list)  # values of Role, in the order of Role

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="place_is_one_thing",
                condition=Q(account__isnull=True, building__isnull=False)
                | Q(account__isnull=False, building__isnull=True),
            ),
            models.UniqueConstraint(fields=["contact", "account"], name="contact_once_per_account"),
            models.UniqueConstraint(fields=["contact", "building"], name="contact_once_per_building"),
        ]

    @property
    def at(self) -> Account | Building:
        place = self.account or self.building
        assert place is not None, "the constraint place_is_one_thing"  # noqa: S101
        return place

    @property
    def role_labels(self) -> list[str]:
        return [Role(role).label for role in self.roles]
