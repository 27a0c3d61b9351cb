"""Answers kept so that a repeated POST does nothing twice."""

from django.db import models
from django.utils import timezone

from standpipe.organizations.models import Organization


class StoredAnswer(models.Model):
    """What a POST with this ``Idempotency-Key`` was answered. A refusal may be tried again: it is not kept."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    path = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="one_answer_per_idempotency_key"),
        ]
