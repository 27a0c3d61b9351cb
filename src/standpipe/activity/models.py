"""The trail: who did what to what. Rows are only ever added, and hold no foreign key, so nothing can take them."""

from django.db import models
from django.utils import timezone


class Activity(models.Model):
    organization_id = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
    actor_id = models.UUIDField(null=True)  # None: Standpipe itself, for example at the end of a refresh
    actor_name = models.CharField(max_length=254, blank=True)
    verb = models.CharField(max_length=40)  # "account.created", "customer.linked", ...
    subject_type = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=36)
    subject_name = models.CharField(max_length=255, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    batch_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "subject_type", "subject_id", "-at"], name="activity_subject"),
            models.Index(fields=["organization_id", "-at"], name="activity_latest"),
            models.Index(fields=["organization_id", "batch_id"], name="activity_batch"),
        ]
