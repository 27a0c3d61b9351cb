"""The copy of QuickBooks' own lists. Only a finished refresh changes it; nothing edited in Standpipe does."""

from django.db import models
from django.db.models import Q

from standpipe.core.fields import UncheckedJSONField
from standpipe.quickbooks.connections.models import Connection, Task


class CustomerColumns(models.Model):
    """What is kept of a customer or job, as QuickBooks said it (qbXML 13 reference, CustomerRet).

    Text columns are ``""`` where QuickBooks said nothing. ``details`` holds what only the mapping and the preview
    read (addresses, ship-to list, people, phones), in the shape of ``lists.details.Details``.
    """

    list_id = models.CharField(max_length=36)
    edit_sequence = models.CharField(max_length=16)
    time_modified = models.CharField(max_length=25)  # QuickBooks' own text; compared only with its own kind
    name = models.CharField(max_length=41)
    full_name = models.CharField(max_length=1024)
    parent_list_id = models.CharField(max_length=36)
    sublevel = models.PositiveSmallIntegerField()
    is_active = models.BooleanField()
    company_name = models.CharField(max_length=41)
    job_status = models.CharField(max_length=20)
    currency = models.CharField(max_length=64)
    details = UncheckedJSONField()
    # Derived when staged, for lists and look-alikes.
    display_name = models.CharField(max_length=41)  # company name, else name (requirements 21, 22)
    name_key = models.CharField(max_length=64)
    billing_key = models.CharField(max_length=255)  # address_key of the billing address
    physical_key = models.CharField(max_length=255)
    sort_key = models.CharField(max_length=1024)  # casefolded path; jobs come right after their customer
    traits = models.PositiveSmallIntegerField()  # ``lists.traits.Trait``: what filters and counts ask for
    search_text = models.TextField()  # casefolded: path, company, addresses, e-mail, phone, account number
    content_hash = models.CharField(max_length=32)  # of all that was asked for, less EditSequence and TimeModified

    class Meta:
        abstract = True


class Customer(CustomerColumns):
    """A customer or job of one company file, as of the last finished refresh."""

    connection = models.ForeignKey(  # every index begins with it
        Connection, on_delete=models.PROTECT, related_name="customers", db_index=False
    )
    # Not in QuickBooks any more: kept and marked, because links may point to it (design 3.8).
    gone_at = models.DateTimeField(null=True)
    gone_because = models.CharField(
        max_length=10, blank=True, default=""
    )  # "deleted": the feed said so; "missing": not in the list

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "list_id"], name="one_row_per_customer"),
        ]
        indexes = [
            # Walked to a page without touching the rows that the filters leave out.
            models.Index(fields=["connection", "sort_key", "list_id", "traits", "gone_at"], name="customer_path"),
            models.Index(fields=["connection", "traits"], condition=Q(gone_at__isnull=True), name="customer_traits"),
            models.Index(
                fields=["connection", "sort_key", "list_id"], condition=Q(gone_at__isnull=False), name="customer_gone"
            ),
            models.Index(fields=["connection", "parent_list_id"], name="customer_parent"),
            models.Index(fields=["connection", "name_key"], name="customer_name_key"),
            models.Index(fields=["connection", "billing_key"], name="customer_billing_key"),
            models.Index(fields=["connection", "physical_key"], name="customer_physical_key"),
        ]

    @property
    def is_job(self) -> bool:
        return bool(self.parent_list_id)


class MovedCustomer(models.Model):
    """A customer or job that a refresh found below another customer than before.

    QuickBooks does not tell a merge: it takes the one out of the list and puts its jobs below the other (Intuit,
    "Merge list entries"). Where the jobs went is the best evidence of which one stayed.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    list_id = models.CharField(max_length=36)
    from_list_id = models.CharField(max_length=36)  # "": it was a customer of its own
    to_list_id = models.CharField(max_length=36)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["connection", "from_list_id"], name="moved_from"),
            models.Index(fields=["connection", "list_id"], name="moved_customer"),
        ]


class StagedCustomer(CustomerColumns):
    """A new or different row of a refresh under way. Nobody sees it before the last page."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="staged_customers", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "list_id"], name="one_staged_row_per_customer")]


class SeenCustomer(models.Model):
    """What a refresh under way knows of a ListID without a staged row: that it is there unchanged, or was deleted.

    At the end of a full refresh, what was neither staged nor seen is gone.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="seen_customers", db_index=False)
    list_id = models.CharField(max_length=36)
    is_deleted = models.BooleanField(default=False)  # the deletion feed said so; a sighting in the list outweighs it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "list_id"], name="one_sighting_per_customer")]


class CustomerList(models.Model):
    """What is known of the copied customer list as a whole: is it whole, how old, and the refresh's mark."""

    connection = models.OneToOneField(Connection, on_delete=models.PROTECT, related_name="customer_list")
    refreshed_at = models.DateTimeField(null=True)  # None: it has never been whole
    changed_at = models.DateTimeField(null=True)  # the last refresh that brought something new, changed or gone
    full_at = models.DateTimeField(null=True)  # last pass over every ListID
    count = models.PositiveIntegerField(default=0)  # customers and jobs that are there, inactive ones too
    mark = models.CharField(max_length=25, blank=True, default="")  # greatest TimeModified seen, QuickBooks' own text
    mark_pass_seconds = models.PositiveIntegerField(default=0)  # duration of the pass that set it
    # {"path", "computer", "elements": where the mark comes from, "list_id": whose TimeModified it is}. Another
    # origin makes the next refresh full.
    mark_origin = models.JSONField(default=dict)
    broken = models.JSONField(
        default=list
    )  # records of the last refresh that could not be read: [{"list_id", "name", "reason"}]


class ListKind(models.TextChoices):
    """The short lists: each is read whole. Items of every kind are one list, sales tax items and groups in it."""

    PREFERENCES = "preferences", "Preferences"  # one entry
    TERMS = "terms", "Terms"
    PAYMENT_METHODS = "payment_methods", "Payment methods"
    SALES_TAX_CODES = "sales_tax_codes", "Sales tax codes"
    ACCOUNTS = "accounts", "Accounts"  # QuickBooks' chart of accounts
    ITEMS = "items", "Items"
    INVOICE_NUMBERS = "invoice_numbers", "Invoice numbers"  # one entry: the highest seen, see lists.numbers


class EntryColumns(models.Model):
    """One entry of a short list. ``said`` holds its texts by wire name (qbXML 13 reference), aggregates: mappings."""

    kind = models.CharField(max_length=20, choices=ListKind.choices)
    list_id = models.CharField(max_length=36)  # "" where the list has one entry
    type = models.CharField(max_length=40)  # wire name without Ret: "ItemService", "StandardTerms", "Account"
    name = models.CharField(max_length=255)
    full_name = models.CharField(max_length=255)  # the name where the kind is flat
    is_active = models.BooleanField(default=True)
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    said = UncheckedJSONField(default=dict)
    # Derived when staged.
    sort_key = models.CharField(max_length=255)  # casefolded path; what stands under another comes right after it
    search_text = models.TextField()
    content_hash = models.CharField(max_length=32)

    class Meta:
        abstract = True


class ListEntry(EntryColumns):
    """One entry of a short list, as of its last finished refresh."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="list_entries", db_index=False)
    gone_at = models.DateTimeField(null=True)  # not in QuickBooks any more; links may point to it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "list_id"], name="one_row_per_entry")]
        indexes = [models.Index(fields=["connection", "kind", "sort_key"], name="list_entry_path")]


class StagedEntry(EntryColumns):
    """An entry that a refresh under way has read. Nobody sees it before its list is whole."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="staged_entries", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "kind", "list_id"], name="one_staged_row_per_entry")]


class ShortList(models.Model):
    """What is known of one short list as a whole."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="short_lists", db_index=False)
    kind = models.CharField(max_length=20, choices=ListKind.choices)
    asked_at = models.DateTimeField()  # when QuickBooks last answered, with the list or with a refusal
    refreshed_at = models.DateTimeField(null=True)  # None: it has never been whole
    count = models.PositiveIntegerField(default=0)
    broken = models.JSONField(default=list)  # records that could not be read: [{"list_id", "name", "reason"}]
    refusal = models.JSONField(null=True)  # {"code", "text"}: QuickBooks does not give it, a feature is off say

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="one_short_list_of_a_kind")]
