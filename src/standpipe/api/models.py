"""Answers kept so that a repeated POST does nothing twice."""

from django.db import models
from django.utils import timezone

from standpipe.organizations.models import Organization, Person


class StoredAnswer(models.Model):
    """What a POST with this ``Idempotency-Key`` was answered. A refusal may be tried again: it is not kept.

    Whoever asked gets it again, nobody else: another may not be allowed to see it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
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
        indexes = [models.Index(fields=["organization", "created_at"], name="answer_age")]
