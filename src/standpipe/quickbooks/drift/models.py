"""How live links stand: what has changed on either side since, what a person decided, what became of the customer.

Only links that have something to say have a row here, so that a count or a mark costs nothing in the long lists.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link

_ORDER = ["organization", "sort_key", "link"]
_LISTED = Q(is_listed=True)


class Standing(models.Model):
    """What the latest comparison of one link found. Derived: it can be made again at any time, but for ``kept``."""

    link = models.OneToOneField(Link, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    # For each group of fields the most telling ``comparing.Kind``; "": nothing differs.
    name = models.CharField(max_length=10, blank=True, default="")
    billing_address = models.CharField(max_length=10, blank=True, default="")
    physical_address = models.CharField(max_length=10, blank=True, default="")
    contacts = models.CharField(max_length=10, blank=True, default="")
    is_open = models.BooleanField(default=False)  # QuickBooks has changed, and nobody has decided about it
    health = models.CharField(max_length=10, blank=True, default="")  # the gravest ``health.State``; "": it is well
    findings = models.JSONField(default=list)  # of ``health.Finding``, the gravest first
    survivors = models.JSONField(default=list)  # of ``health.Survivor``, the likeliest first
    kept = models.CharField(max_length=255, blank=True, default="")  # the fingerprint of what a person keeps as it is
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField(null=True)
    is_listed = models.BooleanField(default=True)  # its record is in use; an archived one waits until it is back
    needs_care = models.BooleanField(default=False)  # it is not well, and nobody has said to keep it so
    sort_key = models.CharField(max_length=64)  # the record's ``name_key``
    compared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(name="standing_open", fields=_ORDER, condition=_LISTED & Q(is_open=True)),
            models.Index(name="standing_care", fields=_ORDER, condition=_LISTED & Q(needs_care=True)),
            models.Index(name="standing_all", fields=_ORDER, condition=_LISTED),
        ]


class Answer(models.Model):
    """What a person decided about one field. The latest one counts; the trail tells the earlier ones."""

    class Choice(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        LEFT = "left", "Left as it is"

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="answers", db_index=False)
    field = models.CharField(max_length=40)
    choice = models.CharField(max_length=10, choices=Choice.choices)
    value = models.JSONField(null=True)  # what QuickBooks said then; asked again when it says something else
    here = models.JSONField(null=True)  # what stood here after it
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "field"], name="one_answer_per_field")]


class Compared(models.Model):
    """Which words of QuickBooks' a link was last compared with, where they are not those it was made with."""

    link = models.OneToOneField(Link, on_delete=models.CASCADE, primary_key=True, related_name="compared")
    content_hash = models.CharField(max_length=32)


class Watch(models.Model):
    """How far a connection's links have been compared. A pass that ran out of time stands in ``pass_…``."""

    connection = models.OneToOneField(Connection, on_delete=models.PROTECT, primary_key=True, related_name="+")
    list_at = models.DateTimeField(null=True)  # ``CustomerList.refreshed_at`` of the list that was compared
    trail_at = models.DateTimeField(null=True)  # edits here up to then are in
    pass_at = models.DateTimeField(null=True)  # when it began; ``None``: none is under way
    pass_list_at = models.DateTimeField(null=True)  # ``CustomerList.refreshed_at`` of then
    pass_to = models.UUIDField(null=True)  # the last link that it has compared; they are taken in order
