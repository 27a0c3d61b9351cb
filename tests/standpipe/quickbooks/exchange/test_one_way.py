"""What a link hangs on, and that nothing but questions ever goes to QuickBooks."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from qbsim.company import Company
from standpipe.accounts.actions import archive_account, edit_account, restore_account
from standpipe.buildings.actions import archive_building, edit_building, set_account
from standpipe.contacts.actions import archive_contact, edit_contact
from standpipe.core.addresses import Address
from standpipe.quickbooks.connections.actions import confirm_company
from standpipe.quickbooks.exchange.models import Exchange
from standpipe.quickbooks.importing.actions import import_customers, undo_import
from standpipe.quickbooks.importing.queries import importable
from standpipe.quickbooks.linking.actions import link_customer, unlink
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.lists.models import Customer
from support.pages import at, client_of, elements, text_of
from support.quickbooks_worlds import connect, make_connection
from support.soap import Visit, answer, customer_ret
from support.worlds import World, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db(transaction=True)

QUESTIONS = {"HostQueryRq", "CustomerQueryRq", "ListDeletedQueryRq"}


class Clock:
    """The QuickBooks computer's. Every reading is a second later."""

    def __init__(self) -> None:
        self.seconds = 1_772_000_000.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def company(tmp_path: Path, clock: Clock) -> Iterator[Company]:
    with Company.create(tmp_path / "company.qbsim", customers=0, jobs=0, clock=clock) as company:
        yield company


@pytest.fixture
def books(world, company):
    """Connected to the company file, which was read and confirmed."""
    connection = make_connection(world.organization, confirmed=False)
    connect(connection, company).update()
    connection.refresh_from_db()
    confirm_company(connection, by=world.alice)
    return connection


@pytest.fixture
def refresh(books, company, clock) -> Callable[[], None]:
    """A refresh some days after whatever was done before."""

    def refresh() -> None:
        clock.seconds += 3 * 86_400
        request_refresh(books, by=None)
        assert connect(books, company).update().outcome == "done"

    return refresh


def asked() -> set[str]:
    """Every kind of request that ever left."""
    sets = (etree.fromstring(zlib.decompress(one.request)) for one in Exchange.objects.all())
    return {request.tag for document in sets for request in document[0]}


def test_nothing_done_here_gives_the_web_connector_anything_to_do(world) -> None:
    """Requirement 38: edited, linked, moved, archived, imported, undone: the next visit has no work."""
    books = make_connection(world.organization)
    request_refresh(books, by=None)
    visit = Visit(books)
    visit.ask()
    visit.give(answer(1, customer_ret("80000001-1", "Elm"), customer_ret("80000002-1", "Oak")))
    visit.close()
    account, building = make_account(world.organization), make_building(world.organization, name="Ours")
    contact = make_contact(world.organization, at=building, roles=("billing",))
    for record, list_id in ((account, "80000001-1"), (building, "80000002-1")):
        link_customer(record, connection=books, list_id=list_id, by=world.alice)
    moved = Address(lines=("1 New Street",), city="Boise")
    edit_account(account, by=world.alice, name="Renamed", billing_address=moved)
    edit_building(building, by=world.alice, name="Renamed", billing_address=moved, physical_address=moved)
    edit_contact(contact, by=world.alice, email="new@elm.example", phone="860-555-0199")
    set_account([building], account=account, by=world.alice)
    archive_contact(contact, by=world.alice)
    archive_building(building, by=world.alice)
    archive_account(account, by=world.alice)
    restore_account(account, by=world.alice)
    unlink(account, by=world.alice)
    undo_import(import_customers(books, target="accounts", list_ids=["80000001-1"], by=world.alice), by=world.alice)
    idle = Visit(books)
    assert idle.verdict == "none"
    assert asked() <= QUESTIONS
    assert asked() >= {"CustomerQueryRq", "ListDeletedQueryRq"}


@pytest.mark.parametrize("how", ["renamed", "moved", "parent renamed"])
def test_a_customer_renamed_or_moved_in_quickbooks_keeps_its_links(world, books, company, refresh, how) -> None:
    """Requirement 48: known by its ListID, whatever it is called and wherever it hangs."""
    elm, oak = company.add_customer("Elm"), company.add_customer("Oak")
    gym = company.add_customer("Gym", parent=elm.list_id)
    refresh()
    building = make_building(world.organization, name="Our gym")
    link = link_customer(building, connection=books, list_id=gym.list_id, by=world.alice)
    if how == "renamed":
        company.edit_customer(gym.list_id, name="Hall")
    elif how == "moved":
        company.edit_customer(gym.list_id, parent=oak.list_id)
    else:
        company.edit_customer(elm.list_id, name="Ash")
    company.add_customer(
        "Gym", parent=company.add_customer("Elm").list_id if how == "parent renamed" else elm.list_id
    )
    refresh()
    path = {"renamed": "Elm:Hall", "moved": "Oak:Gym", "parent renamed": "Ash:Gym"}[how]
    assert live_link(building) == link
    status = {row.list_id: (row.full_name, row.status) for row in importable(books, target="buildings")}
    assert status.pop(gym.list_id) == (path, "linked")
    assert {status for _, status in status.values()} == {"available"}  # the new Elm:Gym is somebody else
    page = text_of(client_of(world.alice).get(at(world.organization, f"buildings/{building.id}/")))
    assert f"Linked to {path}" in page
    assert "Its name thenElm:Gym" in page


def test_an_inactive_customer_is_read_and_said_but_never_taken_for_deleted(world, books, company, refresh) -> None:
    """Requirement 49."""
    asleep, awake = company.add_customer("Asleep"), company.add_customer("Awake")
    company.set_active(asleep.list_id, active=False)
    refresh()
    account = make_account(world.organization)
    link_customer(account, connection=books, list_id=awake.list_id, by=world.alice)
    company.set_active(awake.list_id, active=False)
    for _ in range(2):
        refresh()
    assert {row.list_id: (row.is_active, row.gone_at) for row in Customer.objects.all()} == {
        asleep.list_id: (False, None),
        awake.list_id: (False, None),
    }
    alice = client_of(world.alice)
    page = text_of(alice.get(at(world.organization, f"accounts/{account.id}/")))
    assert "Linked to Awake" in page
    assert "Inactive in QuickBooks" in page
    assert "Not in QuickBooks any more" not in page
    listed = "//tbody/tr/th/bdi"
    assert elements(alice.get(at(world.organization, "buildings/import/")), listed) == []
    asked_for = alice.get(at(world.organization, "buildings/import/"), {"active": "inactive"})
    assert [one.text_content() for one in elements(asked_for, listed)] == ["Asleep", "Awake"]
