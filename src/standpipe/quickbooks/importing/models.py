"""The records made by one press of the import button, so that they can be told and taken back."""

from django.db import models
from django.utils import timezone

from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization, Person
from standpipe.quickbooks.connections.models import Connection


class ImportBatch(models.Model):
    class Target(models.TextChoices):
        ACCOUNTS = "accounts", "Accounts"
        BUILDINGS = "buildings", "Buildings"
        BOTH = "both", "Accounts and buildings"  # customers as accounts, their jobs as buildings of these

    class Naming(models.TextChoices):
        ARTICLE = "company_name", "Company name"
        JOB = "job_name", "Job name"
        BOTH = "company_and_job_name", "Company name – job name"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="import_batches")
    target = models.CharField(max_length=10, choices=Target.choices)
    naming = models.CharField(max_length=24, choices=Naming.choices, default=Naming.ARTICLE)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    request_key = models.CharField(
        max_length=64, blank=True, default=""
    )  # of the form: a double click finds its batch
    include_look_alikes = models.BooleanField(default=False)  # the person chose them by name, or said "import anyway"
    # A preview that is kept: its records say what would become of each; nothing is made before somebody imports it.
    is_draft = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    undo_finished_at = models.DateTimeField(null=True)  # thousands go in pieces

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "request_key"],
                condition=~models.Q(request_key=""),
                name="one_batch_per_press",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-created_at"], name="batch_latest")]


class ImportRecord(models.Model):
    """What became of one selected customer."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting"  # only while the import runs, or after it was interrupted
        CREATED = "created", "Created"
        LINKED = "linked", "Linked"  # to a record that was here, instead of making another
        SKIPPED = "skipped", "Skipped"
        HELD = "held", "Held back"
        FAILED = "failed", "Failed"

    class Act(models.TextChoices):
        CREATE = "create", "Create"
        LINK = "link", "Link instead"
        LEAVE = "leave", "Leave out"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="records")
    list_id = models.CharField(max_length=36)
    full_name = models.CharField(max_length=1024)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.JSONField(null=True)  # {"code", "text", ...} unless created
    top = models.CharField(max_length=36, blank=True, default="")  # ListID at the head of its tree, if that matters
    # What a person saw beforehand (``previews.told_of``), until it is made; ``None``: imported without a preview.
    previewed = models.JSONField(null=True)
    is_doubtful = models.BooleanField(default=False)  # the preview has something to look at twice
    decision = models.CharField(max_length=8, choices=Act.choices, blank=True, default="")
    use_id = models.UUIDField(null=True)  # of the record that it is linked to, where that was decided
    created_type = models.CharField(max_length=10, blank=True, default="")  # "account" or "building"
    created_id = models.UUIDField(null=True)
    contacts = models.JSONField(default=dict)  # contacts that came with it: id to fingerprint
    # Of what was made (the record, then who stands there), so that undo sees whether anybody touched it.
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    undo_outcome = models.CharField(max_length=8, blank=True, default="")  # "removed" or "kept"
    undo_reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "list_id"], name="one_record_per_customer_and_batch")]
        indexes = [
            models.Index(fields=["created_id"], name="import_record_created"),
            models.Index(fields=["batch", "outcome", "id"], name="import_record_outcome"),
        ]
