"""The conversation with a Web Connector, so that any process can answer any call."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.core.ids import new_id
from standpipe.quickbooks.connections.models import Connection, Task


class Session(models.Model):
    """One visit of the Web Connector. Live while ``closed_at`` is ``None``: no other may begin then.

    A session that has said 100 or given a reason is closed already; its last calls are still answered from its row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="sessions")
    ticket = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20)  # of qbwire.session
    requests = models.PositiveIntegerField(default=0)  # how many were handed over
    opened_at = models.DateTimeField(default=timezone.now)
    last_call_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(
        max_length=20, blank=True, default=""
    )  # "finished", "replaced", "released", "refused", ...
    last_error = models.TextField(blank=True, default="")  # what getLastError says
    status_text = models.TextField(blank=True, default="")  # what closeConnection says
    file_checked = models.BooleanField(default=False)  # the guard has let this session through

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(closed_at__isnull=True),
                name="one_live_session_per_connection",
            ),
        ]
        indexes = [models.Index(fields=["connection", "-opened_at"], name="session_latest")]


class Exchange(models.Model):
    """One request handed over in a session, and what came back. ``number`` is its requestID's first part."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="exchanges")
    number = models.PositiveIntegerField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="exchanges")
    request = models.BinaryField()  # the exact bytes that left, compressed
    # Of a set that changes the company file, sent, asked about or forgotten: its answer bears no requestID of ours.
    set_id = models.CharField(max_length=23, blank=True, default="")
    sent_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answer_hash = models.CharField(max_length=64, blank=True, default="")
    answer_records = models.PositiveIntegerField(default=0)  # list pages are kept as count, hash and time (design 10)
    answer = models.BinaryField(null=True)  # compressed, for 30 days; None for list pages
    percentage = models.SmallIntegerField(null=True)  # what receiveResponseXML returned: a repeat gets it again
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="one_exchange_per_number")]
