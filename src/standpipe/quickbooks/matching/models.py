"""What was found alike, and what a person said of it. Links are the memory of what was accepted; see linking.

Records are named by ``record_id`` alone: of an account or a building, as ``target`` says. One that was removed since
(undo of an import) is left out when suggestions are read.
"""

from django.db import models
from django.utils import timezone

from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection


class Comparison(models.Model):
    """Accounts or buildings compared with the customers of one company file, as both stood at one moment.

    Its suggestions are those of the last one that came to its end. One under way has candidates, which take their
    place at its end: until then people go on with what is there.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="comparisons", db_index=False)
    target = models.CharField(max_length=10)  # "accounts" or "buildings"
    basis = models.CharField(max_length=255)  # what both sides were, in short: another one makes it out of date
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)  # records to compare
    compared = models.PositiveIntegerField(default=0)
    after = models.UUIDField(null=True)  # the last record compared, in the order of their keys
    as_of = models.DateTimeField(null=True)  # when the comparison began that the suggestions are of; None: none yet

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "target"], name="one_comparison_per_target")]


class Candidate(models.Model):
    """A pair that a comparison under way has found alike, and that its end makes a suggestion or drops."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="candidates", db_index=False)
    record_id = models.UUIDField()
    list_id = models.CharField(max_length=36)
    odds = models.FloatField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "record_id", "list_id"], name="one_candidate_per_pair"),
        ]


class Suggestion(models.Model):
    """A record and the customer that it most likely is. The id follows from both, so it outlives a new comparison."""

    id = models.UUIDField(primary_key=True, editable=False)
    comparison = models.ForeignKey(
        Comparison, on_delete=models.CASCADE, related_name="suggestions", db_index=False
    )  # two indexes begin with it
    record_id = models.UUIDField()
    list_id = models.CharField(max_length=36)
    odds = models.FloatField()  # log odds, to tell which of two is likelier
    score = models.PositiveSmallIntegerField()  # per cent
    reasons = models.JSONField(default=list)  # in words, what speaks for it first
    # In the list, the likeliest first, one record and one customer each; None: linked before the last comparison, and
    # kept so that it can be undone where it was done.
    place = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["comparison", "place"], name="suggestion_place"),
            models.Index(fields=["comparison", "record_id"], name="suggestion_of_record"),
        ]


class Rejection(models.Model):
    """A person said that these two are not the same. It is remembered until somebody takes it back."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    suggestion_id = models.UUIDField()
    target = models.CharField(max_length=10)
    record_id = models.UUIDField()
    list_id = models.CharField(max_length=36)
    rejected_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    rejected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "suggestion_id"], name="one_rejection_per_pair"),
        ]


class Acceptance(models.Model):
    """One press of "Link all above the line", so that it can be undone as one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=10)
    line = models.PositiveSmallIntegerField()
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now)
    link_ids = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
