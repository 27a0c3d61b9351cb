"""The section "QuickBooks Status", the dropdown in it, the icon in both lists, and what changed in QuickBooks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.addresses import Address
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.linking.actions import link_customer, unlink
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from support.pages import client_of, elements, query_count, text_of
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import World, make_account, make_building, make_world

pytestmark = pytest.mark.django_db

BUTTON = "Link QuickBooks Customer"
NOUNS = [("accounts", make_account), ("buildings", make_building)]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def books(world):
    connection = make_connection(world.organization)
    mark_list_whole(connection)
    return connection


@pytest.fixture
def alice(world) -> Client:
    return client_of(world.alice)


def page_of(world: World, target: str, record) -> str:
    return reverse(f"{target}:detail", args=[world.organization.slug, record.id])


def link_url(world: World, target: str, record, name: str = "link-customer") -> str:
    return reverse(f"quickbooks:{name}", args=[world.organization.slug, target, record.id])


@pytest.mark.parametrize(("target", "make"), NOUNS)
def test_the_section_and_the_button_are_on_both_pages(alice, world, books, target, make) -> None:
    """Requirements 32 and 33."""
    record = make(world.organization)
    page = alice.get(page_of(world, target, record))
    (section,) = elements(page, '//section[@id="quickbooks-status"]')
    words = " ".join(section.text_content().split())
    assert words.startswith("QuickBooks Status")
    assert "Not linked" in words
    assert BUTTON in words
    assert elements(page, f'//a[@href="{link_url(world, target, record)}"]')


@pytest.mark.parametrize(("target", "make"), NOUNS)
def test_choosing_an_entry_links_and_offers_to_undo(alice, world, books, target, make) -> None:
    """Requirement 34."""
    record, customer = make(world.organization, name="Elm School"), make_customer(books, name="Elm")
    options = alice.get(link_url(world, target, record))
    (button,) = elements(options, '//button[@name="list_id"]')
    done = alice.post(
        link_url(world, target, record), {"list_id": button.get("value"), "connection": str(books.id)}, follow=True
    )
    link = live_link(record)
    assert link is not None
    assert link.list_id == customer.list_id
    assert "Linked to Elm. Undo" in text_of(done)
    assert "Undo" not in text_of(alice.get(page_of(world, target, record)))
    undone = alice.post(reverse("quickbooks:undo-link", args=[world.organization.slug, link.id]), follow=True)
    assert live_link(record) is None
    assert "It is not linked, as before." in text_of(undone)


def test_the_status_says_to_whom_since_when_and_by_whom(alice, world, books) -> None:
    """Requirement 37."""
    building, customer = make_building(world.organization), make_customer(books, name="Elm")
    link = link_customer(building, connection=books, list_id=customer.list_id, by=world.bob)
    Link.objects.filter(pk=link.pk).update(linked_at="2026-03-12T18:02:00Z")
    words = text_of(alice.get(page_of(world, "buildings", building)))
    assert "Linked to Elm" in words
    assert "12 March" in words
    assert "14:02 by Bob" in words
    assert "Changes here do not change QuickBooks; changes in QuickBooks do not change this page." in words


def test_an_imported_record_says_when_it_was_copied(alice, world, books) -> None:
    """Requirements 38 to 40, in the words of the design."""
    make_customer(books, name="Elm")
    import_customers(books, target="accounts", by=world.alice)
    Link.objects.update(linked_at="2026-03-12T18:02:00Z")
    words = text_of(alice.get(page_of(world, "accounts", Account.objects.get())))
    assert "Copied from QuickBooks on 12 March" in words
    assert "Changes here do not change QuickBooks; changes in QuickBooks do not change this page." in words


def test_a_building_under_a_linked_account_says_where_its_invoices_go(alice, world, books) -> None:
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    link_customer(account, connection=books, list_id=make_customer(books, name="Elm").list_id, by=world.alice)
    words = text_of(alice.get(page_of(world, "buildings", building)))
    assert "Not linked itself. Invoices go to Elm through its account." in words


def test_unlinking_asks_once_with_what_it_stops(alice, world, books) -> None:
    """Requirement 37."""
    building = make_building(world.organization)
    link_customer(building, connection=books, list_id=make_customer(books, name="Elm").list_id, by=world.alice)
    url = link_url(world, "buildings", building, "unlink-customer")
    assert "From now on no invoice of this building goes there." in text_of(alice.get(url))
    assert live_link(building)
    assert "no longer linked to Elm" in text_of(alice.post(url, follow=True))
    assert live_link(building) is None


def test_a_link_can_be_changed_from_the_page(alice, world, books) -> None:
    """Requirement 37."""
    building, elm, oak = (
        make_building(world.organization),
        make_customer(books, name="Elm"),
        make_customer(books, name="Oak"),
    )
    link_customer(building, connection=books, list_id=elm.list_id, by=world.alice)
    assert elements(alice.get(page_of(world, "buildings", building)), '//a[text()="Change"]')
    options = alice.get(link_url(world, "buildings", building))
    assert "Now linked to Elm" in text_of(options)
    assert [b.get("value") for b in elements(options, '//button[@name="list_id"][@disabled]')] == [elm.list_id]
    alice.post(link_url(world, "buildings", building), {"list_id": oak.list_id, "connection": str(books.id)})
    link = live_link(building)
    assert link is not None
    assert link.full_name == "Oak"


def test_nobody_ends_a_link_that_was_not_there_when_the_page_was_opened(alice, world, books) -> None:
    """The colleague's link stays, and the page says whose it is."""
    building = make_building(world.organization, name="Hall")
    elm, oak = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    url, unlink_url = (link_url(world, "buildings", building, name) for name in ("link-customer", "unlink-customer"))
    press = {"list_id": elm.list_id, "connection": str(books.id)}
    opened = seen_on(alice.get(url))
    assert opened == {"seen_link": ""}
    theirs = link_customer(building, connection=books, list_id=oak.list_id, by=world.bob)
    refused = alice.post(url, press | opened)
    assert "Bob has linked “Hall” to Oak in the meantime." in text_of(refused)
    assert live_link(building) == theirs
    asked = seen_on(alice.get(unlink_url))
    assert asked == seen_on(refused) == {"seen_link": str(theirs.pk)}
    mine = link_customer(building, connection=books, list_id=elm.list_id, by=world.alice)
    assert "Alice has linked “Hall” to Elm in the meantime." in text_of(alice.post(unlink_url, asked, follow=True))
    assert live_link(building) == mine
    unlink(building, by=world.bob)
    seen = {"seen_link": str(mine.pk)}
    for answer in (alice.post(unlink_url, seen, follow=True), alice.post(url, press | seen)):
        assert "Bob has ended the link of “Hall” in the meantime." in text_of(answer)
    assert live_link(building) is None
    alice.post(url, press | opened)
    again = alice.post(url, press | opened, follow=True)  # the second of two quick presses finds what it wants
    assert "Linked to Elm" in text_of(again)


def seen_on(page) -> dict[str, str]:
    """What the form on a page says of the link that was there."""
    (field,) = elements(page, '//main//input[@name="seen_link"]')
    return {"seen_link": field.get("value")}


def test_entries_show_the_articles_lines_then_the_path_and_whom_they_are_linked_to(alice, world, books) -> None:
    """Requirements 35 and 36."""
    elm = make_customer(
        books,
        name="Elm",
        company_name="Elm Estates",
        bill=Address(lines=("Elm Estates", "12 Elm St", "Suite 4")),
        ship=Address(lines=("90 School Rd", "Gate B")),
    )
    make_customer(books, name="Gym", parent=elm, company_name="Elm Estates")
    link_customer(make_account(world.organization, name="Alder"), connection=books, list_id=elm.list_id, by=None)
    options = alice.get(link_url(world, "buildings", make_building(world.organization)))
    shown = [" ".join(b.text_content().split()) for b in elements(options, '//button[@name="list_id"]')]
    assert shown == [
        "Elm Estates Elm Estates · 12 Elm St · 90 School Rd Customer · Elm · linked to the account Alder",
        "Elm Estates Job · Elm:Gym",
    ]


def test_the_dropdown_is_searched_on_the_server_and_goes_on_in_pages(alice, world, books) -> None:
    """Requirement 36: usable at 10,000 entries, with and without JavaScript."""
    make_customers(books, count=60)
    building = make_building(world.organization, name="Nothing alike")
    url = link_url(world, "buildings", building)
    first = alice.get(url)
    assert len(elements(first, '//button[@name="list_id"]')) == 20
    (more,) = elements(first, '//li[@id="more-options"]/a')
    second = alice.get(more.get("href"))
    values = [[b.get("value") for b in elements(page, '//button[@name="list_id"]')] for page in (first, second)]
    assert not set(values[0]) & set(values[1])
    found = alice.get(url, {"search": "office42@"})
    assert [b.text_content().split()[:2] for b in elements(found, '//button[@name="list_id"]')] == [["Company", "42"]]
    assert "No customer or job matches “zebra”" in text_of(alice.get(url, {"search": "zebra"}))
    assert query_count(alice, url) < 22


def test_what_cannot_be_linked_is_said_on_the_page(alice, world, books) -> None:
    account, customer = make_account(world.organization), make_customer(books, name="Elm")
    link_customer(make_account(world.organization, name="Alder"), connection=books, list_id=customer.list_id, by=None)
    answer = alice.post(
        link_url(world, "accounts", account), {"list_id": customer.list_id, "connection": str(books.id)}
    )
    assert "“Elm” is linked to the account “Alder”. Unlink it there first." in text_of(answer)
    assert live_link(account) is None


def test_without_a_connection_the_section_leads_to_the_set_up(alice, world) -> None:
    """Requirement 1."""
    account = make_account(world.organization)
    words = text_of(alice.get(page_of(world, "accounts", account)))
    assert "QuickBooks Desktop is not connected yet. Connect it" in words
    assert BUTTON not in words


def test_who_only_looks_sees_the_status_and_cannot_link(world, books) -> None:
    account, customer = make_account(world.organization), make_customer(books, name="Elm")
    link = link_customer(account, connection=books, list_id=customer.list_id, by=world.alice)
    vera, charlie = client_of(world.vera), client_of(world.charlie)
    words = text_of(vera.get(page_of(world, "accounts", account)))
    assert "Linked to Elm" in words
    assert "Unlink" not in words
    urls = [link_url(world, "accounts", account, name) for name in ("link-customer", "unlink-customer")]
    for url in [*urls, reverse("quickbooks:undo-link", args=[world.organization.slug, link.id])]:
        assert vera.post(url, {"list_id": customer.list_id}).status_code == 403
        assert charlie.post(url, {"list_id": customer.list_id}).status_code == 404
    foreign = reverse("quickbooks:undo-link", args=[world.elsewhere.slug, link.id])
    assert charlie.post(foreign).status_code == 404
    assert live_link(account) == link


# The lists


@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_the_icon_tells_imported_from_linked(alice, world, books, target) -> None:
    """Requirements 42 and 43."""
    make = make_account if target == "accounts" else make_building
    imported, linked = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    import_customers(books, target=target, list_ids=[imported.list_id], by=world.alice)
    link_customer(make(world.organization, name="Ours"), connection=books, list_id=linked.list_id, by=world.alice)
    make(world.organization, name="Neither")
    page = alice.get(reverse(f"{target}:list", args=[world.organization.slug]))
    icons = {
        row.xpath("string(th)").strip(): [icon.get("aria-label") for icon in row.xpath('.//*[@role="img"]')]
        for row in elements(page, "//tbody/tr")
    }
    assert icons == {
        "Elm": ["Imported from QuickBooks Desktop"],
        "Ours": ["Linked to a QuickBooks customer"],
        "Neither": [],
    }


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("none", ["Neither"]),
        ("any", ["Elm", "Ours"]),
        ("imported", ["Elm"]),
    ],
)
@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_both_lists_can_be_narrowed_by_their_link(world, books, target, value, names) -> None:
    alice = client_of(world.alice)
    make = make_account if target == "accounts" else make_building
    imported, linked = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    import_customers(books, target=target, list_ids=[imported.list_id], by=world.alice)
    link_customer(make(world.organization, name="Ours"), connection=books, list_id=linked.list_id, by=world.alice)
    make(world.organization, name="Neither")
    page = alice.get(reverse(f"{target}:list", args=[world.organization.slug]), {"quickbooks": value})
    assert sorted(row.xpath("string(th)").strip() for row in elements(page, "//tbody/tr")) == names


def test_the_icons_cost_one_query_a_page(alice, world, books) -> None:
    url = reverse("buildings:list", args=[world.organization.slug])
    make_customers(books, count=2)
    import_customers(books, target="buildings", by=world.alice)
    few = query_count(alice, url)
    make_customers(books, count=30)
    import_customers(books, target="buildings", filters={}, include_look_alikes=True, by=world.alice)
    assert Building.objects.count() > 30
    assert query_count(alice, url) == few


@pytest.mark.parametrize("cursor", ["%00", "abc", "bnVsbA=="])
def test_an_address_that_was_cut_begins_at_the_start(alice, world, books, cursor) -> None:
    make_customer(books, name="Elm School")
    address = link_url(world, "buildings", make_building(world.organization))
    answer = alice.get(f"{address}?cursor={cursor}")
    assert answer.status_code == 200
    assert "Elm School" in answer.content.decode()
