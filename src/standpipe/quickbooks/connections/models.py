"""One row per company file, the links for setting it up, and the work that waits for its Web Connector."""

import hashlib
import json

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.core.ids import new_id
from standpipe.organizations.models import Organization, Person


class Connection(models.Model):
    """One company file and the Web Connector beside it.

    ``username`` and ``file_id`` never change: a QWC downloaded twice is the same file. What the company file says
    of itself (``file_*``) is set on the first session that read it and guards every later one (design 3.9).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=150)
    username = models.CharField(max_length=60, unique=True)
    password_hash = models.CharField(
        max_length=64, blank=True, default=""
    )  # SHA-256 of a generated secret; "" : none yet
    password_set_at = models.DateTimeField(null=True)
    file_id = models.UUIDField(unique=True, default=new_id, editable=False)
    poll_minutes = models.PositiveSmallIntegerField(default=5)  # as the QWC asks; a person may change it there
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True)

    qwc_downloaded_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(null=True)  # first session that authenticated
    last_contact_at = models.DateTimeField(null=True)
    connector_version = models.CharField(max_length=40, blank=True, default="")
    wrong_password_at = models.DateTimeField(null=True)
    wrong_password_from = models.CharField(max_length=64, blank=True, default="")

    # What the company file said of itself.
    file_read_at = models.DateTimeField(null=True)  # first time a company file was read
    file_company_name = models.CharField(max_length=255, blank=True, default="")
    file_path = models.CharField(max_length=1024, blank=True, default="")
    file_stamped = models.BooleanField(default=False)  # its FileID was there, not only its name and path
    file_country = models.CharField(max_length=8, blank=True, default="")
    qbxml_version = models.CharField(max_length=8, blank=True, default="")  # highest that the file's QuickBooks knows
    product_name = models.CharField(max_length=255, blank=True, default="")
    computer = models.CharField(
        max_length=255, blank=True, default=""
    )  # where the Web Connector ran last, if it said
    confirmed_at = models.DateTimeField(null=True)  # "Yes, this is our company file"
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    # The last session that was refused by the guard, until a person decides or the right file is open again:
    # {"reason": "other_file"|"moved"|"unstamped", "company_name", "path", "file_id"}.
    refused_file = models.JSONField(null=True)
    refused_at = models.DateTimeField(null=True)

    # Our database was put back to an earlier state then: what is older may be in QuickBooks without our knowing.
    doubted_at = models.DateTimeField(null=True)

    # When a visit is worth it only to see what became of what was sent; None: before the first visit.
    look_due_at = models.DateTimeField(null=True)

    # The last thing that went wrong between the connector and us, in words for people.
    trouble = models.JSONField(null=True)  # {"code", "text", "at"}

    class Meta:
        indexes = [models.Index(fields=["organization", "archived_at"], name="connection_of_organization")]

    @property
    def file_in_question(self) -> str:
        """Changes with the company file that people are asked about, refused or first; short, for a form to keep."""
        refused = self.refused_file or {}
        shown = (refused.get("company_name", self.file_company_name), refused.get("path", self.file_path))
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


class SetupLink(models.Model):
    """A link for the person at the QuickBooks computer: 24 hours, one use, no sign-in. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="setup_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # from then on only the browser that opened it may see it
    browser_hash = models.CharField(max_length=64, blank=True, default="")


class Task(models.Model):
    """Something to ask of QuickBooks at the connector's next visit. What it does: ``exchange.tasks``."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=40)  # "refresh_customers"
    full = models.BooleanField(default=False)  # asked for everything, not only for what changed
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    counts = models.JSONField(default=dict)  # {"seen", "expected", "new", "changed", "gone", "broken"}
    error = models.JSONField(null=True)  # {"code", "text"}
    memory = models.JSONField(default=dict)  # the task's own state between requests, with its version
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # A second press of a button finds the task that waits or runs.
            models.UniqueConstraint(
                fields=["connection", "kind"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_open_task_of_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["connection", "state", "created_at"], name="task_open")]
