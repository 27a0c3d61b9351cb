"""The outbox: what goes into the company file, and what became of it (design 5)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from standpipe.core.ids import new_id
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization, Person
from standpipe.payments.models import Payment
from standpipe.quickbooks.connections.models import Connection

# Whether a document is in the company file is not known: it is never sent again unless a person says that it is not.
UNPROVEN = frozenset(
    {"ambiguous", "entered_again", "tied", "lost_after_restore", "damaged_answer", "not_found_twice"}
)


class MessageSet(models.Model):
    """One set of requests that changes the company file: its bytes and its ID, committed before they leave.

    The bytes never change; sent again they go out with the same ID, and QuickBooks answers from its store without
    executing them twice (Intuit, error recovery). ``closed_at``: we know what became of every request in it.
    """

    class State(models.TextChoices):
        OUT = "out", "Handed over; no answer yet"
        ANSWERED = "answered", "Answered"
        REJECTED = "rejected", "QuickBooks refused the set as a whole and executed nothing"
        LOST = "lost", "The answer is lost for good; every document was looked for in the file"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="message_sets")
    set_id = models.CharField(max_length=23, unique=True)  # newMessageSetID
    document = models.BinaryField()  # the qbXML as it left, compressed
    state = models.CharField(max_length=10, choices=State.choices, default=State.OUT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True)  # compressed, kept for ever (design 10)
    status_code = models.IntegerField(null=True)  # messageSetStatusCode
    is_forgotten = models.BooleanField(default=False)  # QuickBooks was told to forget it, after its answer was stored

    class Meta:
        constraints = [
            # Nothing else that changes the file is executed until we know what became of the last set.
            models.UniqueConstraint(fields=["connection"], condition=Q(state="out"), name="one_set_out_at_a_time"),
        ]


class Document(models.Model):
    """One invoice or payment on its way into the company file, or in it. Live while ``ended_at`` is ``None``.

    No live document: "Not sent". Taking back or unmarking ends it; a new one may follow.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"  # may be taken back
        SENDING = "sending", "Sending"  # frozen, in a message set; or its outcome is being looked for
        POSTED = "posted", "In QuickBooks"
        NEEDS_YOU = "needs_you", "Needs you"  # refused, or nobody but a person can tell
        ALREADY = "already", "Already in QuickBooks"  # marked by a person; never sent

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="documents")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="quickbooks_documents", null=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="quickbooks_documents", null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    # To whom. A payment goes to the customer that its invoice went to, whatever the link says now.
    customer_list_id = models.CharField(max_length=36)
    customer_name = models.CharField(max_length=1024)  # the path at that moment
    why = models.CharField(max_length=12, blank=True, default="")  # key of linking.bill_to.WHY, or "chosen"

    # What left. ``frozen``: what stood here then, in the shape of the API, for the difference with later edits.
    frozen = models.JSONField(null=True)
    marker = models.UUIDField(default=new_id, unique=True, editable=False)  # ExternalGUID of its Add
    message_set = models.ForeignKey(MessageSet, on_delete=models.PROTECT, related_name="documents", null=True)
    request_number = models.PositiveSmallIntegerField(null=True)  # its place in the set, from 1
    attempts = models.PositiveSmallIntegerField(default=0)  # refusals that repeat by themselves (locks)
    is_unsure = models.BooleanField(default=False)  # the database was restored: look in the file before it goes
    not_before = models.DateTimeField(null=True)  # back-off; a press of a person clears it
    problem = models.JSONField(null=True)  # {"code": status code or own word, "text": QuickBooks' own, "at"}
    candidates = models.JSONField(default=list)  # found by reading back; several: a person chooses

    # What is in QuickBooks, as last read.
    txn_id = models.CharField(max_length=36, blank=True, default="")
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    number = models.CharField(max_length=20, blank=True, default="")  # RefNumber as QuickBooks has it
    said = models.JSONField(null=True)  # what QuickBooks computed: totals, balance, customer, dates
    posted_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)  # void or deleted there
    gone_because = models.CharField(max_length=10, blank=True, default="")  # "void" | "deleted" | "missing"
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_is_of_one_thing",
                condition=Q(invoice__isnull=True, payment__isnull=False)
                | Q(invoice__isnull=False, payment__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(ended_at__isnull=True), name="one_live_document_per_invoice"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(ended_at__isnull=True), name="one_live_document_per_payment"
            ),
            # Tied to one in QuickBooks both, a payment of the one would pay the other.
            models.UniqueConstraint(
                fields=["connection", "txn_id"],
                condition=Q(ended_at__isnull=True, invoice__isnull=False) & ~Q(txn_id=""),
                name="one_live_invoice_per_transaction",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "state", "asked_at"],
                condition=Q(ended_at__isnull=True, state__in=["waiting", "sending", "needs_you"]),
                name="document_open",
            ),
            models.Index(fields=["connection", "txn_id"], name="document_txn"),
        ]


class PostingPlan(models.Model):
    """What a person decided for one invoice before sending it."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="quickbooks_plan")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", null=True)
    customer_list_id = models.CharField(max_length=36, blank=True, default="")  # "": by the bill-to rule
    send_bill_to = models.BooleanField(default=False)  # our billing address, not the one that QuickBooks has
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)


class LastLook(models.Model):
    """How far QuickBooks was asked what became of what it has: the mark that the next look begins from."""

    connection = models.OneToOneField(Connection, on_delete=models.PROTECT, primary_key=True, related_name="+")
    mark = models.CharField(max_length=40, blank=True, default="")  # the greatest TimeModified, QuickBooks' own text
    holder = models.CharField(max_length=36, blank=True, default="")  # TxnID of what bears it
    path = models.CharField(max_length=1024, blank=True, default="")  # of the company file then
    computer = models.CharField(max_length=255, blank=True, default="")
    full_at = models.DateTimeField()  # when everything was asked for by its TxnID
    looked_at = models.DateTimeField(default=timezone.now)
