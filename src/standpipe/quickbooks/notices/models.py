"""E-mails that were sent because something needs a person. One row per connection, cause and day at most."""

from django.db import models
from django.utils import timezone

from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection


class Notice(models.Model):
    """Committed before its e-mail leaves: of several processes one sends it, and a crash sends none, never two."""

    class Cause(models.TextChoices):
        SILENT = "silent", "The Web Connector is silent"
        REFUSED = "refused", "An invoice or payment needs somebody"
        OTHER_FILE = "other_file", "Another company file was open"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="notices")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    day = models.DateField()  # of the organization
    claimed_at = models.DateTimeField(default=timezone.now)
    recipients = models.JSONField(default=list)  # addresses
    subject = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True)  # None: the mail server did not take it; ``error`` says why
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "cause", "day"], name="one_notice_a_day_per_cause"),
        ]
        indexes = [models.Index(fields=["connection", "cause", "-claimed_at"], name="notice_latest")]
