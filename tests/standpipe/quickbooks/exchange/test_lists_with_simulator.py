"""The short lists against the simulator: what is copied is what the company file holds. Requirements 53, 69, 72."""

from decimal import Decimal

import pytest

from qbsim.company import Company
from qbsim.list_kinds import KINDS
from qbsim.transactions.invoices import line
from standpipe.catalog.models import Item
from standpipe.quickbooks.connections.actions import confirm_company
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.exchange import refresh_lists
from standpipe.quickbooks.items.actions import import_entries
from standpipe.quickbooks.lists.actions import request_lists
from standpipe.quickbooks.lists.models import ListKind
from standpipe.quickbooks.lists.short_lists import (
    are_fresh,
    entries,
    entry,
    preferences,
    state_of_list,
    uses_sales_tax,
)
from support.company_files import switch_off_sales_tax
from support.quickbooks_worlds import connect, make_connection
from support.worlds import make_member, make_organization

pytestmark = pytest.mark.django_db(transaction=True)  # as in service, and quicker on PostgreSQL

THERE = {
    ListKind.TERMS: ("StandardTerms", "DateDrivenTerms"),
    ListKind.PAYMENT_METHODS: ("PaymentMethod",),
    ListKind.SALES_TAX_CODES: ("SalesTaxCode",),
    ListKind.ACCOUNTS: ("Account",),
}

ITEMS = tuple(kind for kind in KINDS if kind.startswith("Item"))
ONE = line("Repair", amount="50.00")
SOLD = {"sales_tax_code": "Non", "sales_or_purchase": {"Price": "80.00", "AccountRef": "Service Income"}}


@pytest.fixture
def company(tmp_path):
    with Company.create(tmp_path / "books.db", customers=3, seed=5) as made:
        yield made


@pytest.fixture
def world(company):
    organization = make_organization()
    connection = make_connection(organization, confirmed=False)
    connector = connect(connection, company)
    return connection, connector, make_member(organization)


def refresh(world, *, full=False):
    connection, connector, alice = world
    task = request_lists(connection, by=alice, full=full)
    outcome = connector.update()
    task.refresh_from_db()
    return task, outcome


def test_every_list_is_copied_in_one_visit(world, company):
    connection, _, _ = world

    task, outcome = refresh(world)

    assert (task.state, outcome.outcome) == (Task.State.DONE, "done")
    assert len(outcome.requests) == 1  # all of it fits one message set
    for kind, types in THERE.items():
        real = {one.list_id: (one.full_name, one.is_active) for one in company.lists.all(*types)}
        copied = {one.list_id: (one.full_name, one.is_active) for one in entries(connection, kind, active=None)}
        assert copied == real, kind
    items = {one.list_id: one.kind for one in company.lists.all(*ITEMS)}
    assert dict(entries(connection, ListKind.ITEMS, active=None).values_list("list_id", "type")) == items
    assert len(set(items.values())) == 12
    assert preferences(connection)["AccountingPreferences"]["IsUsingAccountNumbers"] in ("true", "false")
    assert uses_sales_tax(connection)
    assert are_fresh(connection)


def test_a_discount_that_was_imported_without_its_percentage_gets_it_with_the_next_refresh(world, company):
    """Items had no place for it once."""
    connection, _, alice = world
    company.lists.add("ItemDiscount", "Senior", discount_rate_percent="7.125", account="Discounts Given")
    refresh(world)
    connection.refresh_from_db()
    confirm_company(connection, by=alice)
    list_id = entries(connection, ListKind.ITEMS).get(full_name="Senior").list_id
    import_entries(connection, kind="items", list_ids=[list_id], by=alice)
    Item.objects.filter(name="Senior").update(percent=None)
    refresh(world)
    assert Item.objects.get(name="Senior").percent == Decimal("7.125")


def test_the_highest_invoice_numbers_are_known_and_later_read_from_what_changed(world, company):
    connection, _, _ = world
    customer = next(company.customers())
    company.invoices.add(customer.list_id, lines=[ONE], ref_number="W-207")

    refresh(world)
    assert series(connection)["W-"] == [207, 1]
    company.invoices.add(customer.list_id, lines=[ONE], ref_number="W-0208")
    _, outcome = refresh(world)

    assert series(connection)["W-"][0] == 208
    assert "FromModifiedDate" in outcome.requests[0]
    _, outcome = refresh(world, full=True)
    assert "FromModifiedDate" not in outcome.requests[0]
    assert series(connection)["W-"] == [208, 2]


def test_what_changed_and_what_is_gone_is_seen_and_the_rest_stays(world, company):
    connection, _, _ = world
    refresh(world)
    pump, hood = (company.lists.find("ItemService", f"Inspection:{name}") for name in ("Fire Pump", "Kitchen Hood"))
    company.lists.edit(pump.list_id, name="Pump Test")
    company.lists.set_active(hood.list_id, active=False)
    terms = company.lists.add("StandardTerms", "Net 52", std_due_days="52")
    refresh(world)
    company.lists.delete(terms.list_id)

    task, _ = refresh(world)

    assert task.counts["new"] == task.counts["changed"] == 0
    assert task.counts["gone"] == 1
    assert entry(connection, ListKind.ITEMS, pump.list_id).full_name == "Inspection:Pump Test"
    assert not entry(connection, ListKind.ITEMS, hood.list_id).is_active
    assert entry(connection, ListKind.TERMS, terms.list_id).gone_at is not None
    assert terms.list_id not in entries(connection, ListKind.TERMS).values_list("list_id", flat=True)


def test_a_company_without_sales_tax_is_known_as_one(world, company):
    """QuickBooks refuses to tell its tax codes (3250); the other lists come all the same."""
    connection, _, _ = world
    was = switch_off_sales_tax(company)

    task, _ = refresh(world)

    assert task.state == Task.State.DONE
    assert not uses_sales_tax(connection)
    assert state_of_list(connection, ListKind.SALES_TAX_CODES).refusal["code"] == "3250"
    assert state_of_list(connection, ListKind.ITEMS).kind == "whole"
    for name, value in was.items():
        company.set_preference(f"SalesTaxPreferences.{name}", value)
    refresh(world)
    assert uses_sales_tax(connection)
    assert state_of_list(connection, ListKind.SALES_TAX_CODES).refusal is None
    assert entries(connection, ListKind.SALES_TAX_CODES).count() == len(company.lists.all("SalesTaxCode"))


def test_long_lists_come_in_pages_and_nothing_slips_between_them(world, company, monkeypatch):
    connection, _, _ = world
    refresh(world)
    monkeypatch.setattr(refresh_lists, "PAGE_SIZE", 7)
    was_deleted = company.lists.add("ItemService", "Vanishes", **SOLD)
    refresh(world)
    company.lists.delete(was_deleted.list_id)

    task, outcome = refresh(world)

    assert task.state == Task.State.DONE
    assert len(outcome.requests) > 5
    assert was_deleted.list_id in outcome.requests[-1]  # asked for by name before it counts as gone
    assert entry(connection, ListKind.ITEMS, was_deleted.list_id).gone_at is not None
    assert entries(connection, ListKind.ITEMS, active=None).count() == items_of(company)


def test_a_visit_that_dies_leaves_the_old_lists_whole_and_the_next_one_reads_them(world, company):
    connection, connector, alice = world
    refresh(world)
    company.lists.add("ItemService", "Late", **SOLD)
    connector.faults = ["die-after-request:1"]
    request_lists(connection, by=alice)
    connector.update()
    assert entries(connection, ListKind.ITEMS, active=None).count() == items_of(company) - 1
    connector.faults = []
    connection.sessions.update(closed_at="2020-01-01T00:00Z")

    connector.update()

    assert entries(connection, ListKind.ITEMS, active=None).count() == items_of(company)


def series(connection):
    return entry(connection, ListKind.INVOICE_NUMBERS, "").said["series"]


def items_of(company):
    return company.lists.count(ITEMS)
