"""An office that writes invoices and takes payments, the books that they belong in, and a count of what is in them.

The count looks into the company file alone: what ought to be there is known from what was pressed, never from the
outbox.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from qbsim.company import Company, address
from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.catalog.actions import create_item, create_sales_tax, create_terms
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.core.errors import UserError
from standpipe.invoices.actions import create_invoice, edit_invoice
from standpipe.invoices.lines import NewLine
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization, Person
from standpipe.payments.actions import record_payment
from standpipe.payments.models import Method
from standpipe.quickbooks.connections.actions import confirm_company
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.items.models import CatalogLink
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.lists.actions import request_lists, request_refresh
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.posting.actions import queue_invoice, take_back
from standpipe.quickbooks.posting.markers import marker_of
from standpipe.quickbooks.posting.models import Document, MessageSet
from standpipe.quickbooks.posting.settings import KEY, MethodSetting, PostingSettings
from support.quickbooks_worlds import make_connection
from support.worlds import make_account, make_building, make_member, make_organization

TODAY = date(2024, 3, 9)
OURS = "n"  # ends our numbers, so that QuickBooks does not count on from them for an invoice without one
UNNUMBERED = Decimal(1000)  # and more is the total of one without a number: no two are alike
PAYMENT_METHODS = {"check": "Check", "cash": "Cash", "credit_card": "Visa", "ach_echeck": "E-Check"}
ITEMS = ("Inspection", "Repair", "Alarm Monitoring")


def make_books(file: Path) -> Company:
    """A small company file: a customer with a job, and two customers more. Nobody has ever bought anything."""
    company = Company.create(file, customers=0, transactions=False)
    with company.transaction():
        elm = company.add_customer("Elm School", bill_address=address("Elm School", "1 Elm St", city="Boise"))
        company.add_customer("Gym", parent=elm.list_id)
        company.add_customer("Oak Offices")
        company.add_customer("Ash Clinic")
    return company


# --- the office


@dataclass(frozen=True, slots=True)
class Client:
    """Who is billed, and the customer in QuickBooks that it is."""

    record: Account | Building
    list_id: str

    @property
    def target(self) -> dict[str, Any]:
        return {"account" if isinstance(self.record, Account) else "building": self.record}


@dataclass
class Wish:
    """What a person asked for, and so what has to be in the company file once."""

    invoice: Invoice
    client: Client
    is_sent: bool = False  # pressed, and not taken back
    total: Decimal = Decimal()  # as it stood when it was last pressed
    payments: dict[str, Decimal] = field(default_factory=dict)  # by reference number

    @property
    def name(self) -> str:
        return name_of(self.invoice.number, self.invoice.total)

    @property
    def remaining(self) -> Decimal:
        return self.invoice.total - sum(self.payments.values())


@dataclass
class Office:
    """People of one organization, whose company file this is."""

    organization: Organization
    alice: Person
    connection: Connection
    clients: Sequence[Client]
    items: Sequence[Item]
    terms: Terms
    tax: SalesTax
    wishes: list[Wish] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    prefix: str = ""  # of its invoices' and payments' numbers
    drawer: list[tuple[Invoice, Client]] = field(default_factory=list)  # written before, so that a life costs less
    is_sparing: bool = False  # leaves one invoice in five without a number: QuickBooks gives it one of its own
    is_quick: bool = False  # puts into the outbox what the button would, without reading the checklist each time

    # what people do

    def write(self, random: Random) -> Wish:
        """One more invoice, sent."""
        if self.drawer:
            invoice, client = self.drawer.pop(random.randrange(len(self.drawer)))
            wish = Wish(copy(invoice), client)
        else:
            wish = Wish(*self.compose(random))
        self.wishes.append(wish)
        self.send(wish)
        return wish

    def compose(self, random: Random) -> tuple[Invoice, Client]:
        client, number = random.choice(self.clients), next(self.numbers)
        is_numbered = not self.is_sparing or random.random() < 0.8
        invoice = create_invoice(
            self.organization,
            by=self.alice,
            date=TODAY,
            number=self._written(number) if is_numbered else "",
            lines=self._lines(random) if is_numbered else [self._line_over(UNNUMBERED + number)],
            terms=random.choice([None, self.terms]),
            sales_tax=random.choice([None, self.tax]) if is_numbered else None,
            memo=random.choice(["", "Yearly inspection"]),
            **client.target,
        )
        return invoice, client

    def _written(self, number: int) -> str:
        return f"{self.prefix}{number}{OURS if self.is_sparing else ''}"

    def _line_over(self, amount: Decimal) -> NewLine:
        return NewLine(item=self.items[0], quantity=Decimal(1), rate=amount)

    def write_plain(self, *, item: str, rate: Decimal) -> Wish:
        """One of many that are alike but for their amount, sent."""
        record = next(one for one in self.items if one.name == item)
        client = self.clients[0]
        invoice = create_invoice(
            self.organization,
            by=self.alice,
            date=TODAY,
            number=self._written(next(self.numbers)),
            lines=[NewLine(item=record, quantity=Decimal(1), rate=rate)],
            **client.target,
        )
        wish = Wish(invoice, client)
        self.wishes.append(wish)
        self.send(wish)
        return wish

    def send(self, wish: Wish) -> None:
        if self.is_quick:
            put_in_outbox(wish, connection=self.connection)
        else:
            queue_invoice(wish.invoice, by=self.alice)
        wish.is_sent, wish.total = True, wish.invoice.total

    def take_back(self, wish: Wish) -> bool:
        """Whether it could be: what is on its way cannot."""
        try:
            take_back(wish.invoice, by=self.alice)
        except UserError:
            return False
        wish.is_sent = False
        return True

    def edit(self, random: Random, wish: Wish) -> bool:
        """Whether it could be. What has left stays in QuickBooks as it left."""
        try:
            edit_invoice(wish.invoice, by=self.alice, memo=f"Edited {random.randrange(100)}")
        except UserError:
            return False
        return True

    def pay(self, random: Random, wish: Wish) -> None:
        """Part of what remains, or all of it."""
        wish.invoice.refresh_from_db()
        if wish.remaining <= 0:
            return
        part = (wish.remaining * random.choice([1, Decimal("0.5"), Decimal("0.1")])).quantize(Decimal("0.01"))
        reference = f"{self.prefix}P{next(self.numbers)}"
        record_payment(
            wish.invoice,
            by=self.alice,
            amount=max(part, Decimal("0.01")),
            method=random.choice(Method.values),
            reference_number=reference,
            date=TODAY,
        )
        wish.payments[reference] = max(part, Decimal("0.01"))

    def refresh(self) -> None:
        request_refresh(self.connection, by=self.alice)

    def _lines(self, random: Random) -> list[NewLine]:
        lines = [
            NewLine(
                item=random.choice(self.items),
                description=random.choice(["", "Riser room", "Caf\u00e9 \u2013 2nd floor"]),
                quantity=Decimal(random.choice(["1", "2", "2.5"])),
                rate=Decimal(random.choice(["45", "19.99", "0.33333"])),
                is_taxable=random.choice([True, False]),
            )
            for _ in range(random.randint(1, 2))
        ]
        return [*lines, *random.choice([[], [NewLine(description="Thank you")]])]


def put_in_outbox(wish: Wish, *, connection: Connection) -> None:
    """The row that ``queue_invoice`` leaves."""
    invoice = wish.invoice
    before = Document.objects.filter(invoice=invoice).count()
    Document.objects.create(
        organization=invoice.organization,
        connection=connection,
        invoice=invoice,
        customer_list_id=wish.client.list_id,
        customer_name=wish.client.record.name,
        marker=marker_of(invoice.pk, earlier=before),
    )


def press(office: Office, random: Random) -> Iterator[str]:
    """One to three things that people do, each told; at least one document waits afterwards."""
    yield f"send {office.write(random).name}"
    for _ in range(random.randint(0, 2)):
        yield press_once(office, random)


def press_once(office: Office, random: Random) -> str:
    wish = random.choice(office.wishes)
    what = random.choice(("pay", "pay", "write", "edit", "take back", "send again", "refresh"))
    match what:
        case "pay":
            office.pay(random, wish)
        case "write":
            wish = office.write(random)
        case "edit":
            office.edit(random, wish)
        case "take back":
            office.take_back(wish)
        case "send again" if not wish.is_sent:
            office.send(wish)
        case "refresh":
            office.refresh()
    return f"{what} {wish.name}"


def make_office(company: Company, visit: Any, *, base: Connection | None = None) -> Office:
    """Everything up to the first invoice, over the wire: connected, confirmed, lists copied, items linked.

    ``visit(connection)`` is one update of the Web Connector.
    """
    organization = make_organization()
    alice = make_member(organization)
    connection = base or make_connection(organization, confirmed=False, read=False)
    visit(connection)
    connection.refresh_from_db()
    confirm_company(connection, by=alice)
    request_refresh(connection, by=alice)
    request_lists(connection, by=alice)
    visit(connection)
    connection.settings[KEY] = _settings(connection).to_json()
    connection.save(update_fields=["settings"])
    account = make_account(organization, name="Elm School")
    records: dict[str, Account | Building] = {
        "Elm School": account,
        "Elm School:Gym": make_building(organization, name="Gym", account=account),
        "Oak Offices": make_building(organization, name="Oak Offices"),
        "Ash Clinic": make_account(organization, name="Ash Clinic"),
    }
    clients = []
    for path, record in records.items():
        customer = company.find(path)
        assert customer is not None
        link_customer(record, connection=connection, list_id=customer.list_id, by=alice)
        clients.append(Client(record, customer.list_id))
    items = [create_item(organization, by=alice, name=name) for name in ITEMS]
    terms = create_terms(organization, by=alice, name="Net 30", due_days=30)
    tax = create_sales_tax(
        organization, by=alice, name="State Tax", parts=[{"name": "State Tax", "rate": Decimal(_rate(connection))}]
    )
    for record in items:
        _tie(connection, alice, ListKind.ITEMS, record.name, item=record)
    _tie(connection, alice, ListKind.TERMS, "Net 30", terms=terms)
    _tie(connection, alice, ListKind.ITEMS, "State Tax", sales_tax=tax)
    return Office(organization, alice, connection, clients, items, terms, tax)


def _entry(connection: Connection, kind: str, name: str) -> ListEntry:
    return ListEntry.objects.get(connection=connection, kind=kind, full_name=name)


def _rate(connection: Connection) -> str:
    return str(_entry(connection, ListKind.ITEMS, "State Tax").said["TaxRate"])


def _tie(connection: Connection, alice: Person, kind: str, name: str, **what: Any) -> None:
    CatalogLink.objects.create(
        organization=connection.organization,
        connection=connection,
        list_id=_entry(connection, kind, name).list_id,
        origin=CatalogLink.Origin.LINKED,
        full_name=name,
        linked_by=alice,
        **what,
    )


def _settings(connection: Connection) -> PostingSettings:
    deposit = _entry(connection, ListKind.ACCOUNTS, "Undeposited Funds").list_id
    return PostingSettings(
        default_item=_entry(connection, ListKind.ITEMS, "Inspection").list_id,
        taxable_code=_entry(connection, ListKind.SALES_TAX_CODES, "Tax").list_id,
        nontaxable_code=_entry(connection, ListKind.SALES_TAX_CODES, "Non").list_id,
        methods={
            method: MethodSetting(_entry(connection, ListKind.PAYMENT_METHODS, name).list_id, deposit)
            for method, name in PAYMENT_METHODS.items()
        },
    )


# --- the count


def differences(office: Office, company: Company) -> list[str]:
    """What is wrong in the company file, and what is untrue here. [] is exactly once."""
    return [*_in_the_file(office, company), *_here(office, company)]


def name_of(number: str, total: Decimal) -> str:
    """What an invoice is known by: its number, else its total."""
    return number or f"over {total:.2f}"


def _invoices(office: Office, company: Company) -> list[tuple[str, Any]]:
    """Each in the file, by what it is known by here; a number of QuickBooks' own is not known."""
    ours = {wish.invoice.number for wish in office.wishes}
    return [
        (name_of(one.ref_number if one.ref_number in ours else "", Decimal(one.total_cents) / 100), one)
        for one in company.invoices.all()
    ]


def twice(office: Office, company: Company) -> list[str]:
    """What may never be, however much is still to come."""
    names = [*(name for name, _ in _invoices(office, company)), *(one.ref_number for one in company.payments.all())]
    return [f"{name} is there {count} times" for name, count in Counter(names).items() if count > 1]


def _in_the_file(office: Office, company: Company) -> Iterator[str]:
    invoices, payments = _invoices(office, company), list(company.payments.all())
    there = dict(invoices)
    wanted = {wish.name: wish for wish in office.wishes if wish.is_sent}
    for name, count in Counter(name for name, _ in invoices).items():
        if count > 1 or name not in wanted:
            rest = "" if name in wanted else ", and nobody sent it"
            yield f"invoice {name} is there {count} times{rest}"
    for name, wish in wanted.items():
        invoice = there.get(name)
        if invoice is None:
            yield f"invoice {name} is missing"
        elif (invoice.customer_id, invoice.total_cents) != (wish.client.list_id, int(wish.total * 100)):
            yield f"invoice {name}: {invoice.total_cents} cents for {invoice.customer_id}"
    paid = {reference: (wish, amount) for wish in wanted.values() for reference, amount in wish.payments.items()}
    for reference, count in Counter(payment.ref_number for payment in payments).items():
        if count > 1 or reference not in paid:
            yield f"payment {reference} is there {count} times" + (
                "" if reference in paid else ", and nobody took it"
            )
    found = {payment.ref_number: payment for payment in payments}
    for reference, (wish, amount) in paid.items():
        payment, invoice = found.get(reference), there.get(wish.name)
        if payment is None or invoice is None:
            yield f"payment {reference} is missing"
            continue
        pays = [(one.invoice_id, one.paid_cents) for one in payment.applications]
        if (pays, payment.customer_id) != ([(invoice.txn_id, int(amount * 100))], wish.client.list_id):
            yield f"payment {reference} pays {pays} of {payment.customer_id}, not {invoice.txn_id}"


def _here(office: Office, company: Company) -> Iterator[str]:
    """The outbox says what is so."""
    ids = {name: invoice.txn_id for name, invoice in _invoices(office, company)}
    ids |= {payment.ref_number: payment.txn_id for payment in company.payments.all()}
    live = Document.objects.filter(connection=office.connection, ended_at=None).select_related("invoice", "payment")
    for document in live:
        name = _name_here(document)
        if document.state != Document.State.POSTED:
            yield f"{name} is {document.state} here: {document.problem}"
        elif document.txn_id != ids.get(name):
            yield f"{name} is {document.txn_id} here, {ids.get(name)} there"
    here = {_name_here(one) for one in live}
    yield from (f"{name} is there, and nothing is said of it here" for name in ids.keys() - here)
    open_sets = MessageSet.objects.filter(connection=office.connection, state=MessageSet.State.OUT).count()
    if open_sets:
        yield f"{open_sets} message sets are still out"


def _name_here(document: Any) -> str:
    if document.invoice is None:
        return str(document.payment.reference_number)
    return name_of(document.invoice.number, document.invoice.total)
