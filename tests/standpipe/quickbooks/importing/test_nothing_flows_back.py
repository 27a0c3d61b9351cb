"""After an import each side keeps what its people wrote; only the copied list follows QuickBooks."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qbsim.company import Company, address
from standpipe.accounts.actions import archive_account, edit_account
from standpipe.accounts.models import Account
from standpipe.buildings.actions import edit_building
from standpipe.buildings.models import Building
from standpipe.contacts.actions import edit_contact
from standpipe.contacts.models import Contact
from standpipe.core.addresses import Address
from standpipe.quickbooks.connections.actions import confirm_company
from standpipe.quickbooks.drift.actions import catch_up
from standpipe.quickbooks.drift.models import Standing
from standpipe.quickbooks.exchange.models import Exchange
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import connect, differences, make_connection
from support.records import NOUNS, everything
from support.worlds import make_account, make_building, make_member, make_organization

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """The QuickBooks computer's. Every reading is a second later."""

    def __init__(self) -> None:
        self.seconds = 1_772_000_000.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    clock = Clock()
    with Company.create(tmp_path / "company.qbsim", customers=25, jobs=10, clock=clock) as company:
        clock.seconds += 86_400
        yield company


@pytest.fixture
def books(company):
    connection = make_connection(make_organization(), confirmed=False)
    alice = make_member(connection.organization)
    refresh(connection, company)
    connection.refresh_from_db()
    confirm_company(connection, by=alice)
    connection.refresh_from_db()
    return connection


def refresh(connection: Any, company: Company, *, full: bool = False) -> None:
    request_refresh(connection, by=None, full=full)
    assert connect(connection, company).update().outcome == "done"
    assert differences(connection, company) == []


def asked() -> str:
    """All that was ever asked of QuickBooks."""
    return "".join(
        zlib.decompress(request).decode() for request in Exchange.objects.values_list("request", flat=True)
    )


@pytest.mark.parametrize("seed", range(3))
def test_edits_on_both_sides_and_a_refresh_change_only_the_copied_list(books, company, seed: int) -> None:
    """Requirements 38, 39 and 41: what people left here is byte-identical, and no request could change QuickBooks."""
    chance = random.Random(seed)
    import_customers(books, target="buildings", filters={}, by=None)
    import_customers(books, target="accounts", filters={"kind": "customer"}, by=None)
    _edit_here(chance)
    left = everything(*NOUNS, Link)
    list_before = everything(Customer)
    for full in (False, True):
        _edit_in_quickbooks(company, chance)
        refresh(books, company, full=full)
        assert everything(*NOUNS, Link) == left
    assert everything(Customer) != list_before
    catch_up(books)
    assert Standing.objects.filter(is_open=True).exists()
    assert everything(*NOUNS, Link) == left
    assert not any(word in asked() for word in ("AddRq", "ModRq", "DelRq", "VoidRq", "MergeRq"))


def test_edits_here_after_linking_ask_nothing_of_quickbooks(books, company) -> None:
    """Requirement 38."""
    customer = Customer.objects.filter(is_active=True).earliest("sort_key")
    account = make_account(books.organization, name="Alder")
    building = make_building(books.organization, name="Gym", account=account)
    for record in (account, building):
        link_customer(record, connection=books, list_id=customer.list_id, by=None)
    edit_account(account, by=None, name="Alder Group", billing_address=Address(lines=("1 New Street",)))
    edit_building(building, by=None, name="Gymnasium", physical_address=Address(lines=("2 New Street",)))
    sent = Exchange.objects.count()
    there = company.customer(customer.list_id)
    refresh(books, company)
    assert company.customer(customer.list_id) == there
    assert Exchange.objects.count() > sent
    assert "New Street" not in asked()


def test_a_customer_added_in_quickbooks_appears_after_a_refresh_and_not_before(books, company) -> None:
    """Requirement 14."""
    company.add_customer("Brand New", company_name="Brand New Inc.")
    assert not Customer.objects.filter(name="Brand New").exists()
    refresh(books, company)
    assert Customer.objects.filter(name="Brand New").exists()


def _edit_here(chance: random.Random) -> None:
    for account in Account.objects.select_related("organization"):
        if chance.random() < 0.5:
            edit_account(account, by=None, name=f"{account.name} (ours)")
        elif chance.random() < 0.2:
            archive_account(account, by=None)
    for building in Building.objects.select_related("organization"):
        if chance.random() < 0.5:
            edit_building(building, by=None, physical_address=Address(lines=(f"{chance.randint(1, 99)} Our Street",)))
    for contact in Contact.objects.select_related("organization"):
        if chance.random() < 0.3:
            edit_contact(contact, by=None, phone="860-555-0199")


def _edit_in_quickbooks(company: Company, chance: random.Random) -> None:
    """Edits, renames, hides, deletes and merges whatever lets itself be."""
    from qbsim.company import CompanyError

    for customer in list(company.customers()):
        what = chance.randrange(8)
        try:
            if what == 0:
                company.edit_customer(customer.list_id, company_name=f"New {chance.randint(1, 9999)}")
            elif what == 1:
                company.edit_customer(customer.list_id, bill_address=address(f"{chance.randint(1, 99)} Their Street"))
            elif what == 2:
                company.edit_customer(customer.list_id, name=f"Renamed {chance.randint(1, 9999)}")
            elif what == 3:
                company.set_active(customer.list_id, active=not customer.is_active)
            elif what == 4:
                company.delete_customer(customer.list_id)
        except (CompanyError, KeyError):
            continue  # it has jobs or transactions, or went with another one
