"""Linking: to whom, since when, by whom; changed, taken back, ended; and what there is to choose from."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from standpipe.accounts.actions import archive_account, edit_account
from standpipe.activity.models import Activity
from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.quickbooks.linking import consequences
from standpipe.quickbooks.linking.actions import link_customer, undo_link, unlink
from standpipe.quickbooks.linking.consequences import Consequence
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import (
    link_options,
    links_of_customers,
    live_link,
    live_links,
    past_links,
    quickbooks_json,
)
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import make_account, make_building, make_member, make_organization

pytestmark = pytest.mark.django_db

ELM = Address(lines=("Elm School", "12 Elm St", "Rear entrance"), city="Hartford", state="CT", postal_code="06103")
OAK = Address(lines=("80 Oak Street",), city="Springfield", state="IL", postal_code="62701")


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def alice(organization):
    return make_member(organization)


@pytest.fixture
def books(organization):
    connection = make_connection(organization)
    mark_list_whole(connection)
    return connection


@pytest.mark.parametrize("make", [make_account, make_building])
def test_accounts_and_buildings_can_be_linked(organization, books, alice, make) -> None:
    """Requirements 32 and 4: the two ways end in the same kind of link."""
    record, customer = make(organization), make_customer(books, name="Elm", bill=ELM)
    link = link_customer(record, connection=books, list_id=customer.list_id, by=alice)
    assert live_link(record) == link
    assert (link.full_name, link.origin, link.linked_by) == ("Elm", "linked", alice)
    assert link.quickbooks_values["details"] == customer.details
    assert quickbooks_json(link) == {
        "connection_id": str(books.id),
        "list_id": customer.list_id,
        "full_name": "Elm",
        "origin": "linked",
        "linked_at": link.linked_at.isoformat(),
    }


def test_linking_twice_is_one_link(organization, books, alice) -> None:
    account, customer = make_account(organization), make_customer(books)
    first = link_customer(account, connection=books, list_id=customer.list_id, by=alice)
    assert link_customer(account, connection=books, list_id=customer.list_id, by=None) == first
    assert Link.objects.count() == 1
    assert Activity.objects.filter(verb="customer.linked").count() == 1


def test_changing_a_link_keeps_the_old_one_as_history(organization, books, alice) -> None:
    """Requirement 37."""
    building, elm, oak = (
        make_building(organization),
        make_customer(books, name="Elm"),
        make_customer(books, name="Oak"),
    )
    first = link_customer(building, connection=books, list_id=elm.list_id, by=alice)
    second = link_customer(building, connection=books, list_id=oak.list_id, by=alice)
    first.refresh_from_db()
    assert live_link(building) == second
    assert (first.ended_by, first.ended_at) == (alice, second.linked_at)


def test_unlinking_ends_the_link_and_touches_nothing_else(organization, books, alice) -> None:
    """Requirement 37."""
    account, customer = make_account(organization), make_customer(books)
    link = link_customer(account, connection=books, list_id=customer.list_id, by=alice)
    assert unlink(account, by=alice) == link
    assert unlink(account, by=alice) is None
    assert live_link(account) is None
    told = Activity.objects.get(verb="customer.unlinked")
    assert (told.subject_id, told.after) == (str(account.id), {"linked_to": None})
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_undo_of_a_first_link_leaves_none(organization, books, alice) -> None:
    account, customer = make_account(organization), make_customer(books)
    link = link_customer(account, connection=books, list_id=customer.list_id, by=alice)
    assert undo_link(link, by=alice) is None
    assert live_link(account) is None
    with pytest.raises(UserError, match="changed since"):
        undo_link(link, by=alice)


def test_undo_of_a_changed_link_brings_the_former_one_back(organization, books, alice) -> None:
    building, elm, oak = (
        make_building(organization),
        make_customer(books, name="Elm"),
        make_customer(books, name="Oak"),
    )
    first = link_customer(building, connection=books, list_id=elm.list_id, by=alice)
    second = link_customer(building, connection=books, list_id=oak.list_id, by=alice)
    assert undo_link(second, by=alice) == first
    assert live_link(building) == first


@pytest.mark.parametrize("origin", [Link.Origin.LINKED, Link.Origin.IMPORTED])
def test_undo_brings_nothing_back_that_somebody_else_has_by_now(organization, books, alice, origin) -> None:
    """A customer is one account, and is imported as one building; nothing is changed, and the way out is said."""
    make = make_account if origin == Link.Origin.LINKED else make_building
    record, elm, oak = make(organization), make_customer(books, name="Elm"), make_customer(books, name="Oak")
    Link.objects.filter(pk=link_customer(record, connection=books, list_id=elm.list_id, by=alice).pk).update(
        origin=origin
    )
    relinked = link_customer(record, connection=books, list_id=oak.list_id, by=alice)
    second = link_customer(make(organization, name="Second"), connection=books, list_id=elm.list_id, by=alice)
    Link.objects.filter(pk=second.pk).update(origin=origin)
    with pytest.raises(UserError, match=r"“Elm” is linked to the \w+ “Second”\. Unlink it there first\."):
        undo_link(relinked, by=alice)
    assert live_link(record) == relinked


def test_undo_brings_no_link_to_a_customer_back_that_is_gone(organization, books, alice) -> None:
    building, elm, oak = (
        make_building(organization),
        make_customer(books, name="Elm"),
        make_customer(books, name="Oak"),
    )
    link_customer(building, connection=books, list_id=elm.list_id, by=alice)
    relinked = link_customer(building, connection=books, list_id=oak.list_id, by=alice)
    Customer.objects.filter(pk=elm.pk).update(gone_at=relinked.linked_at)
    with pytest.raises(UserError, match="not in QuickBooks any more"):
        undo_link(relinked, by=alice)
    assert live_link(building) == relinked


def test_a_customer_is_one_account_and_many_buildings(organization, books, alice) -> None:
    customer = make_customer(books, name="Elm")
    account = make_account(organization)
    link_customer(account, connection=books, list_id=customer.list_id, by=alice)
    for name in ("Gym", "Hall"):
        building = make_building(organization, name=name)
        link_customer(building, connection=books, list_id=customer.list_id, by=alice)
    with pytest.raises(UserError) as refused:
        link_customer(make_account(organization), connection=books, list_id=customer.list_id, by=alice)
    assert refused.value.code == "already_linked"
    links = links_of_customers(books, [customer.list_id])[customer.list_id]
    assert [link.account or link.building.name for link in links] == [account, "Gym", "Hall"]


@pytest.mark.parametrize("wrong", ["unknown", "gone", "archived", "elsewhere", "unconfirmed"])
def test_what_cannot_be_linked_is_refused_with_the_reason(organization, books, alice, wrong: str) -> None:
    account, connection = make_account(organization), books
    customer = make_customer(books, gone=wrong == "gone")
    list_id = "FFFFFFFF-1" if wrong == "unknown" else customer.list_id
    if wrong == "archived":
        archive_account(account, by=alice)
    if wrong == "elsewhere":
        connection = make_connection(make_organization("Birch Alarm"))
        list_id = make_customer(connection).list_id
    if wrong == "unconfirmed":
        connection = make_connection(organization, confirmed=False, read=True)
        list_id = make_customer(connection).list_id
    codes = {
        "unknown": "not_found",
        "gone": "customer_gone",
        "archived": "archived",
        "elsewhere": "not_found",
        "unconfirmed": "company_not_confirmed",
    }
    with pytest.raises(UserError) as refused:
        link_customer(account, connection=connection, list_id=list_id, by=alice)
    assert refused.value.code == codes[wrong]
    assert not Link.objects.exists()


def test_a_link_survives_edits_and_renames(organization, books, alice) -> None:
    """Requirements 41 and 48: the record stays editable; identity is the ListID."""
    account, customer = make_account(organization), make_customer(books, name="Elm")
    link = link_customer(account, connection=books, list_id=customer.list_id, by=alice)
    edit_account(account, by=alice, name="Another name", billing_address=OAK)
    Customer.objects.filter(pk=customer.pk).update(name="Elm2", full_name="Elm2", content_hash="other")
    assert live_link(account) == link
    assert account.name == "Another name"


def test_live_links_of_a_page_are_one_query(organization, books, alice, django_assert_num_queries) -> None:
    accounts = [make_account(organization, name=f"Account {number}") for number in range(5)]
    for account in accounts[:3]:
        link_customer(account, connection=books, list_id=make_customer(books).list_id, by=alice)
    with django_assert_num_queries(1):
        assert set(live_links(accounts)) == {account.pk for account in accounts[:3]}


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_leave_one_live_link(organization, alice) -> None:
    books = make_connection(organization)
    customers = make_customers(books, count=2)
    building = make_building(organization)
    bob = make_member(organization, name="Bob")
    together = threading.Barrier(2)

    def press(person, customer) -> None:
        try:
            together.wait()
            link_customer(building, connection=books, list_id=customer.list_id, by=person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, (alice, bob), customers))
    assert Link.objects.count() == 2
    live = live_link(building)
    assert live is not None
    assert Link.objects.get(ended_at__isnull=False).ended_at == live.linked_at


# The dropdown


@pytest.mark.parametrize(
    ("bill", "ship", "lines"),
    [
        (ELM, OAK, ["Elm School", "12 Elm St", "80 Oak Street"]),
        (OAK, Address(), ["80 Oak Street"]),
        (Address(), OAK, ["80 Oak Street"]),
        (Address(lines=("", "12 Elm St"), city="Hartford"), Address(lines=(" ",)), ["12 Elm St"]),
        (Address(city="Hartford"), Address(), []),
    ],
)
def test_an_option_shows_the_articles_lines_and_no_blank_ones(books, bill, ship, lines) -> None:
    """Requirement 35."""
    make_customer(books, name="Elm", company_name="Elm School", bill=bill, ship=ship)
    (option,) = link_options(books, target="accounts").items
    assert (option.label, option.as_json()["lines"]) == ("Elm School", lines)


def test_an_option_without_a_company_name_bears_the_customers(books) -> None:
    """Requirement 35."""
    make_customer(books, name="Doe, Jane", company_name="  ")
    assert link_options(books, target="accounts").items[0].label == "Doe, Jane"


def test_look_alikes_are_told_apart_by_path_and_by_whom_they_are_linked_to(organization, books, alice) -> None:
    """Requirement 36."""
    elm = make_customer(books, name="Elm", company_name="Elm Estates")
    for job in ("Gym", "Hall"):
        make_customer(books, name=job, parent=elm, company_name="Elm Estates")
    link_customer(make_account(organization, name="Alder"), connection=books, list_id=elm.list_id, by=alice)
    options = link_options(books, target="buildings").items
    assert [option.path for option in options] == ["Elm", "Elm:Gym", "Elm:Hall"]
    assert [entry["name"] for entry in options[0].as_json()["linked_to"]] == ["Alder"]
    assert [option.is_taken for option in link_options(books, target="accounts").items] == [True, False, False]


def test_likely_customers_come_first(organization, books) -> None:
    for name in ("Aspen", "Birch", "Cedar"):
        make_customer(books, name=name)
    by_name = make_customer(books, name="X1", company_name="ELM  SCHOOL")
    by_address = make_customer(books, name="X2", ship=OAK)
    by_beginning = make_customer(books, name="Elm School District")
    building = make_building(organization, name="Elm School", physical_address=OAK)
    options = link_options(books, target="buildings", near=building).items
    assert [option.list_id for option in options[:3]] == [c.list_id for c in (by_name, by_address, by_beginning)]
    assert [option.is_likely for option in options] == [True] * 3 + [False] * 3
    assert len({option.list_id for option in options}) == 6


def test_options_come_in_pages_without_gaps_or_repeats(organization, books) -> None:
    """Requirement 36."""
    make_customers(books, count=23, jobs_each=1)
    near = make_building(organization, name="Company 7")
    seen: list[str] = []
    cursor = None
    while True:
        page = link_options(books, target="buildings", limit=10, cursor=cursor, near=near)
        seen += [option.list_id for option in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(Customer.objects.values_list("list_id", flat=True))


def test_search_finds_inactive_ones_too_and_gone_ones_never(books) -> None:
    """Requirement 49."""
    make_customer(books, name="Elm active", email="jane@elm.example")
    make_customer(books, name="Elm asleep", is_active=False)
    make_customer(books, name="Elm gone", gone=True)
    assert [option.path for option in link_options(books, target="accounts").items] == ["Elm active"]
    assert [option.path for option in link_options(books, target="accounts", search="elm").items] == [
        "Elm active",
        "Elm asleep",
    ]
    assert [option.path for option in link_options(books, target="accounts", search="JANE@ elm").items] == [
        "Elm active"
    ]


def test_a_broken_cursor_is_refused(books) -> None:
    with pytest.raises(UserError, match="cursor"):
        link_options(books, target="accounts", cursor="nonsense")


def test_options_take_a_fixed_number_of_queries(organization, books) -> None:
    from django.db import connection as database

    make_customers(books, count=200)
    building = make_building(organization, name="Company 7")
    with CaptureQueriesContext(database) as captured:
        link_options(books, target="buildings", near=building)
    assert len(captured) <= 6


def test_history_keeps_how_each_link_began_and_why_it_ended(organization, books, alice) -> None:
    """Who, when, by what, and why it ended: requirement 37, pain 20."""
    building = make_building(organization)
    elm, oak, ash = (make_customer(books, name=name) for name in ("Elm", "Oak", "Ash"))
    link_customer(building, connection=books, list_id=elm.list_id, by=alice)
    link_customer(building, connection=books, list_id=oak.list_id, by=alice, how=Link.How.MATCH)
    taken_back = link_customer(building, connection=books, list_id=ash.list_id, by=alice)
    undo_link(taken_back, by=alice)
    unlink(building, by=None)
    told = {link.full_name: (link.how, link.ended_because, link.ended_by) for link in past_links(building)}
    assert told == {
        "Elm": ("hand", "relinked", alice),
        "Oak": ("match", "unlinked", None),
        "Ash": ("hand", "undone", alice),
    }
    assert live_link(building) is None


def test_what_an_unlink_stops_is_said_by_the_rooms_above_in_one_sentence(organization, books, alice) -> None:
    link = link_customer(
        make_building(organization), connection=books, list_id=make_customer(books).list_id, by=alice
    )
    assert consequences.in_words(link) == "Nothing was sent through it, and nothing waits to be sent."
    consequences.add("waiting", lambda _: [Consequence(text="2 waiting will stop", stops=True)])
    consequences.add("sent", lambda _: [Consequence(text="12 invoices already sent stay in QuickBooks")])
    try:
        sentence = consequences.in_words(link)
        with pytest.raises(ValueError, match="twice"):
            consequences.add("sent", lambda _: [])
    finally:
        consequences.remove("waiting")
        consequences.remove("sent")
    assert sentence == "12 invoices already sent stay in QuickBooks; 2 waiting will stop."
