"""Where an invoice will be posted, and why: the bill-to rule (design 3.6), asked of links, settings and a person.

Nothing is sent to a customer that nobody saw: what a person chose holds only as long as it is among the customers
that the links lead to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, UUIDField
from django.utils import timezone

from standpipe.activity.actions import record as tell
from standpipe.core.errors import UserError
from standpipe.core.prepared import Prepared, Slot, Slots
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.bill_to import BillTo, Tie, bill_to
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.models import Customer

from .models import Document, PostingPlan
from .settings import settings_of

LEVELS = 5  # a customer and four levels of jobs (QuickBooks Desktop help, "Jobs and sub-jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A customer or job that the invoice may be posted to, and what makes it one."""

    connection: Connection
    list_id: str
    full_name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where one invoice goes. ``customer_list_id`` is ``""`` where it goes nowhere; ``why`` is a key of ``WHY``."""

    connection: Connection | None
    customer_list_id: str = ""
    customer_name: str = ""
    why: str
    choices: tuple[Choice, ...] = ()
    send_bill_to: bool = False  # our billing address, because a person chose it
    chosen_by: Person | None = None
    customer: Customer | None = None  # as the copied list has it; ``None``: it was never in it

    @property
    def sentence(self) -> str:
        """The reason, for people."""
        return WHY[self.why]


# Completes "It will be posted to “Elm School”." or says why it will not.
WHY = {
    "own": "The building is linked to this customer.",
    "account": "The account is linked to this customer.",
    "same": "The building and its account are linked to this customer.",
    "job": "The building is linked to this job of its account’s customer; what the job owes counts there too.",
    "customer": "The building is linked to a job of this customer; the settings say to post to the customer.",
    "chosen": "A person chose it for this invoice.",
    "undecided": "The building and its account are linked to customers that have nothing to do with each other.",
    "two_files": "The building and its account are linked to customers in two company files.",
    "outdated": "The customer that was chosen for it is not one that the building or its account is linked to now.",
    "not_linked": "Neither the building nor its account is linked to a QuickBooks customer.",
    "account_not_linked": "The account is not linked to a QuickBooks customer.",
}
UNDECIDED = frozenset({"undecided", "two_files", "outdated"})


@dataclass(frozen=True, slots=True)
class Found:
    """One link as the rule sees it: the tie, and the company file it is in."""

    tie: Tie
    connection_id: UUID


def decide(
    *, building: Found | None, account: Found | None, chosen: tuple[UUID, str] | None, post_to: str
) -> tuple[Found | None, str]:
    """Which customer, and the key of ``WHY``. Pure.

    ``chosen``: what a person picked, as (connection, ListID); ``post_to``: "job" or "customer", of the settings.
    """
    known = [found for found in (building, account) if found is not None]
    if not known:
        return None, "not_linked"
    if chosen is not None:
        return _chosen(known, chosen)
    if building and account and building.connection_id != account.connection_id:
        return None, "two_files"
    bill = bill_to(building=building.tie if building else None, account=account.tie if account else None)
    if bill.why == "job" and post_to == "customer" and account is not None:
        bill = BillTo(account.tie, "customer")
    return (Found(bill.tie, known[0].connection_id) if bill.tie else None), bill.why


def _chosen(known: Sequence[Found], chosen: tuple[UUID, str]) -> tuple[Found | None, str]:
    for found in known:
        if found.connection_id == chosen[0] and chosen[1] in (found.tie.list_id, *found.tie.above):
            name = found.tie.full_name if chosen[1] == found.tie.list_id else ""
            return Found(Tie(chosen[1], name), chosen[0]), "chosen"
    return None, "outdated"


# Against the database


_DECISIONS = Prepared(
    lambda: PostingPlan.objects.filter(invoice__in=Slots("ids", UUIDField())).select_related(
        "decided_by", "connection"
    )
)
_OF_ACCOUNTS = Prepared(
    lambda: Link.objects.filter(account__in=Slots("ids", UUIDField()), ended_at=None).select_related("connection")
)
_OF_BUILDINGS = Prepared(
    lambda: Link.objects.filter(building__in=Slots("ids", UUIDField()), ended_at=None).select_related("connection")
)
_CUSTOMERS = Prepared(
    lambda: Customer.objects.filter(
        connection=Slot("connection"), list_id__in=Slots("list_ids", CharField(max_length=36))
    )
)


def plan_for(invoice: Invoice) -> Plan:
    """Where ``invoice`` goes now."""
    return plans_of([invoice])[invoice.pk]


def plans_of(invoices: Sequence[Invoice], *, without: Link | None = None) -> dict[UUID, Plan]:
    """Each invoice's plan, in a fixed number of queries. ``without``: as if this link had ended."""
    links = _links_of(invoices, without=without)
    rows = _rows_above(links.values())
    decisions = {row.invoice_id: row for row in _decisions(invoices)}
    return {
        invoice.pk: _plan(invoice, links=links, rows=rows, decision=decisions.get(invoice.pk)) for invoice in invoices
    }


def _decisions(invoices: Sequence[Invoice]) -> Iterable[PostingPlan]:
    return _DECISIONS.all(ids=[invoice.pk for invoice in invoices])


def _account_of(invoice: Invoice) -> UUID | None:
    return invoice.account_id or (invoice.building.account_id if invoice.building else None)


def _links_of(invoices: Sequence[Invoice], *, without: Link | None) -> dict[UUID, Link]:
    """Live links by the id of their account or building."""
    accounts = {account for invoice in invoices if (account := _account_of(invoice))}
    buildings = {invoice.building_id for invoice in invoices if invoice.building_id}
    found = [*_OF_ACCOUNTS.all(ids=accounts), *_OF_BUILDINGS.all(ids=buildings)]
    return {
        key: link
        for link in found
        if (key := link.account_id or link.building_id) and (without is None or link.pk != without.pk)
    }


Rows = Mapping[tuple[UUID, str], Customer]


def _rows_above(links: Iterable[Link]) -> Rows:
    """The copied customers of the links and all customers above them, by (connection, ListID); a query a level."""
    wanted: dict[UUID, set[str]] = defaultdict(set)
    for link in links:
        wanted[link.connection_id].add(link.list_id)
    rows: dict[tuple[UUID, str], Customer] = {}
    for connection_id, list_ids in wanted.items():
        missing = list_ids
        for _ in range(LEVELS):
            found = _CUSTOMERS.all(connection=connection_id, list_ids=missing)
            rows |= {(connection_id, row.list_id): row for row in found}
            parents = {row.parent_list_id for row in found if row.parent_list_id}
            missing = {parent for parent in parents if (connection_id, parent) not in rows}
            if not missing:
                break
    return rows


def _found(link: Link | None, *, rows: Rows) -> Found | None:
    if link is None:
        return None
    above = [row.list_id for row in _above(link, rows=rows)]
    row = rows.get((link.connection_id, link.list_id))
    tie = Tie(link.list_id, row.full_name if row else link.full_name, frozenset(above))
    return Found(tie, link.connection_id)


def _above(link: Link, *, rows: Rows) -> list[Customer]:
    """The customers that the linked one is a job of, the nearest first."""
    above: list[Customer] = []
    row = rows.get((link.connection_id, link.list_id))
    while row and row.parent_list_id and len(above) < LEVELS:
        row = rows.get((link.connection_id, row.parent_list_id))
        if row:
            above.append(row)
    return above


def _plan(invoice: Invoice, *, links: Mapping[UUID, Link], rows: Rows, decision: PostingPlan | None) -> Plan:
    account_id = _account_of(invoice)
    building_link = links.get(invoice.building_id) if invoice.building_id else None
    account_link = links.get(account_id) if account_id else None
    first = building_link or account_link
    chosen = None
    if decision and decision.customer_list_id and decision.connection_id:
        chosen = (decision.connection_id, decision.customer_list_id)
    found, why = decide(
        building=_found(building_link, rows=rows),
        account=_found(account_link, rows=rows),
        chosen=chosen,
        post_to=settings_of(first.connection).post_to if first else "job",
    )
    if why == "not_linked" and invoice.account_id:
        why = "account_not_linked"
    connections = {link.connection_id: link.connection for link in (building_link, account_link) if link}
    key = (found.connection_id, found.tie.list_id) if found else None
    customer = rows.get(key) if key else None
    return Plan(
        connection=connections[found.connection_id] if found else first.connection if first else None,
        customer_list_id=found.tie.list_id if found else "",
        customer_name=customer.full_name if customer else found.tie.full_name if found else "",
        why=why,
        choices=_choices(building_link, account_link, rows=rows),
        send_bill_to=_sends_bill_to(decision, connection=first.connection if first else None),
        chosen_by=decision.decided_by if decision and why == "chosen" else None,
        customer=customer,
    )


def _sends_bill_to(decision: PostingPlan | None, *, connection: Connection | None) -> bool:
    """A person's word for this invoice, else the setting."""
    if decision is not None:
        return decision.send_bill_to
    return connection is not None and settings_of(connection).bill_to == "ours"


def _choices(building: Link | None, account: Link | None, *, rows: Rows) -> tuple[Choice, ...]:
    """The sensible customers: those that are linked, and those above the building's."""
    found: dict[tuple[UUID, str], Choice] = {}

    def add(link: Link, list_id: str, *, name: str, words: str) -> None:
        choice = Choice(connection=link.connection, list_id=list_id, full_name=name, words=words)
        found.setdefault((link.connection_id, list_id), choice)

    for link, words in ((building, "linked to the building"), (account, "linked to the account")):
        if link is not None:
            row = rows.get((link.connection_id, link.list_id))
            add(link, link.list_id, name=row.full_name if row else link.full_name, words=words)
    if building is not None:
        for row in _above(building, rows=rows):
            add(building, row.list_id, name=row.full_name, words="above the building’s job")
    return tuple(found.values())


# Deciding


def choose_customer(
    invoice: Invoice, *, list_id: str, by: Person | None, send_bill_to: bool | None = None
) -> PostingPlan:
    """What a person decides for one invoice; ``list_id`` ``""``: by the rule again. Safe to repeat.

    Raises :class:`UserError` for a customer that is not among ``plan_for(invoice).choices``, and once it is on its
    way: what was sent stays where it is.
    """
    if Document.objects.filter(invoice=invoice, ended_at=None).exclude(state=Document.State.NEEDS_YOU).exists():
        raise UserError("It is on its way to QuickBooks, or there already. Take it back first.", code="locked")
    before = plan_for(invoice)
    choice = next((choice for choice in before.choices if choice.list_id == list_id), None)
    if list_id and choice is None:
        raise UserError(
            "This invoice can only be posted to a customer that its building or account is linked to.",
            code="invalid_customer",
            field="list_id",
        )
    decision, _ = PostingPlan.objects.update_or_create(
        invoice=invoice,
        defaults={
            "connection": choice.connection if choice else None,
            "customer_list_id": list_id,
            "send_bill_to": before.send_bill_to if send_bill_to is None else send_bill_to,
            "decided_by": by,
            "decided_at": timezone.now(),
        },
    )
    after = plan_for(invoice)
    if (before.customer_list_id, before.send_bill_to) != (after.customer_list_id, after.send_bill_to):
        tell(
            "invoice.customer_chosen",
            organization=invoice.organization,
            by=by,
            subject_type="invoice",
            subject_id=invoice.pk,
            subject_name=invoice.number,
            before=_told(before),
            after=_told(after),
        )
    return decision


def _told(plan: Plan) -> dict[str, object]:
    return {"posts_to": plan.customer_name or None, "sends_bill_to": plan.send_bill_to}
