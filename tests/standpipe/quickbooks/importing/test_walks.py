"""The article walked from page to page, with a Web Connector by hand beside it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from standpipe.accounts.models import Account
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.core.addresses import Address
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link, quickbooks_json
from support.pages import client_of, elements, text_of
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.soap import Visit, answer, customer_ret
from support.worlds import World, make_account, make_building, make_world

pytestmark = pytest.mark.django_db

TARGETS = {"accounts": Account, "buildings": Building}
REFRESH = "//main//button[normalize-space()='Refresh from QuickBooks Desktop']"


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


def import_url(world: World, target: str = "accounts") -> str:
    return reverse("quickbooks:import", args=[world.organization.slug, target])


def page_of(world: World, record: Account | Building, page: str = "detail") -> str:
    room = "accounts" if isinstance(record, Account) else "buildings"
    return reverse(f"{room}:{page}", args=[world.organization.slug, record.id])


def names(page) -> list[str]:
    """What stands first in each row of a list."""
    return [row.xpath("string(.//bdi)") for row in elements(page, "//tbody/tr/th")]


@pytest.mark.parametrize("target", TARGETS)
def test_customers_and_jobs_of_every_depth_are_listed_with_their_path(alice, world, books, target) -> None:
    """Requirement 3."""
    above = None
    for depth in range(5):
        above = make_customer(books, name=f"Level {depth}", parent=above)
    page = alice.get(import_url(world, target))
    assert names(page) == [f"Level {depth}" for depth in range(5)]
    paths = [row.text_content() for row in elements(page, "//tbody/tr/th/span")]
    assert paths[0] == "Customer · Level 0"
    assert paths[1] == "Job · Level 0:Level 1"
    assert paths[4] == "Job · Level 0:Level 1:Level 2:Level 3:Level 4"


@pytest.mark.parametrize("target", TARGETS)
def test_import_and_link_end_in_the_same_kind_of_link(alice, world, books, target) -> None:
    """Requirement 4: only where it comes from differs; both are shown, changed and ended alike."""
    elm = make_customer(books, name="Elm", bill=Address(lines=("12 Elm St",)), email="jane@elm.example")
    make = make_account if target == "accounts" else make_building
    ours = make(world.organization, name="Ours")
    linked = link_customer(ours, connection=books, list_id=elm.list_id, by=world.alice)
    facts = _facts(linked)
    alice.post(reverse("quickbooks:unlink-customer", args=[world.organization.slug, target, ours.id]))
    assert live_link(ours) is None
    import_customers(books, target=target, list_ids=[elm.list_id], by=world.alice)
    theirs = TARGETS[target].objects.get(name="Elm")
    imported = live_link(theirs)
    assert _facts(imported) == facts
    assert (linked.origin, imported.origin) == ("linked", "imported")
    assert quickbooks_json(imported).keys() == quickbooks_json(linked).keys()
    oak = make_customer(books, name="Oak")
    url = reverse("quickbooks:link-customer", args=[world.organization.slug, target, theirs.id])
    alice.post(url, {"list_id": oak.list_id, "connection": str(books.id)})
    assert live_link(theirs).full_name == "Oak"
    alice.post(reverse("quickbooks:unlink-customer", args=[world.organization.slug, target, theirs.id]))
    assert live_link(theirs) is None


def _facts(link: Link) -> tuple[object, ...]:
    return (
        link.organization_id,
        link.connection_id,
        link.list_id,
        link.full_name,
        link.quickbooks_values,
        link.linked_by,
    )


@pytest.mark.parametrize("target", TARGETS)
def test_the_import_page_leads_all_the_way_to_a_link(alice, world, books, target) -> None:
    """Requirement 7: what is here already is linked, not imported again."""
    make = make_account if target == "accounts" else make_building
    tied, loose = (make(world.organization, name=name) for name in ("Tied", "Loose"))
    link_customer(tied, connection=books, list_id=make_customer(books, name="Oak").list_id, by=world.alice)
    elm = make_customer(books, name="Elm")
    (way,) = elements(alice.get(import_url(world, target)), "//a[text()='one by one']/@href")
    unlinked = alice.get(way)
    assert names(unlinked) == ["Loose"]
    (here,) = elements(unlinked, "//tbody//th//a/@href")
    (press,) = elements(alice.get(here), "//a[normalize-space()='Link QuickBooks Customer']/@href")
    (entry,) = elements(alice.get(press), "//button[@name='list_id'][contains(., 'Elm')]/@value")
    alice.post(press, {"list_id": entry, "connection": str(books.id)})
    assert live_link(loose).list_id == elm.list_id


LACKING = {
    "no_company_name": ("has no company name", {"company_name": ""}),
    "no_billing_address": ("has no billing address", {"bill": Address()}),
    "no_phone": ("has no phone", {"phone": ""}),
    "no_email": ("has no e-mail", {"email": ""}),
}


@pytest.mark.parametrize("lack", LACKING)
@pytest.mark.parametrize("target", TARGETS)
def test_the_advice_names_what_is_missing_and_leads_to_whom_it_is_missing(alice, world, books, target, lack) -> None:
    """Requirement 10."""
    words, missing = LACKING[lack]
    whole = {"company_name": "Inc.", "bill": Address(lines=("1 St",)), "phone": "1234567", "email": "a@b.example"}
    make_customer(books, name="Whole", **whole)
    make_customer(books, name="Wanting", **whole | missing)
    page = alice.get(import_url(world, target))
    assert f"Of those available, 1 {words}." in text_of(page)
    (way,) = elements(page, f"//*[@id='import-advice']//a[text()='1 {words}']/@href")
    (path,) = elements(alice.get(way), "//tbody/tr/th/span")
    assert path.text_content() == "Customer · Wanting"


@pytest.mark.parametrize(("target", "noun"), [("accounts", "account"), ("buildings", "building")])
def test_the_import_page_says_that_neither_side_follows_the_other(alice, world, books, target, noun) -> None:
    """Requirement 40."""
    make_customer(books, name="Elm")
    (advice,) = elements(alice.get(import_url(world, target)), "//*[@id='import-advice']")
    words = " ".join(advice.text_content().split())
    assert f"changes made in QuickBooks after the import do not change the {noun} here" in words
    assert "changes here do not change QuickBooks" in words


def test_old_and_new_buildings_can_belong_to_an_imported_account(alice, world, books) -> None:
    """Requirement 12."""
    make_building(world.organization, name="Here before")
    for name, target in (("Alder", "accounts"), ("Imported gym", "buildings")):
        customer = make_customer(books, name=name)
        import_customers(books, target=target, list_ids=[customer.list_id], by=world.alice)
    account = Account.objects.get()
    url = reverse("buildings:add-to-account", args=[world.organization.slug, account.id])
    choices = elements(alice.get(url), "//input[@name='building']/@value")
    alice.post(url, {"building": choices})
    assert set(Building.objects.values_list("name", "account")) == {
        ("Here before", account.id),
        ("Imported gym", account.id),
    }
    page = text_of(alice.get(page_of(world, account)))
    assert "Here before" in page
    assert "Imported gym" in page


def test_a_refresh_waits_runs_and_ends_and_brings_what_is_new(alice, world, books) -> None:
    """Requirements 14, 15 and 16: nothing blocks, each state is said, and the list changes only at the end."""
    make_customer(books, name="Elm", list_id="80000001-1")
    url = import_url(world)
    (action,) = elements(alice.get(url), f"{REFRESH}/ancestor::form/@action")
    for _ in range(2):
        alice.post(action, {"connection": str(books.id)})
    assert "Waiting for the Web Connector" in text_of(alice.get(url))
    visit = Visit(books)
    assert visit.verdict == ""
    visit.ask()
    assert "Reading customers and jobs from QuickBooks" in text_of(alice.get(url))
    visit.give(answer(1, customer_ret("80000002-1", "Brand new"), remaining=1))
    halfway = alice.get(url)
    assert "1 of about 2" in text_of(halfway)
    assert names(halfway) == ["Elm"]
    visit.ask()
    assert visit.give(answer(2, customer_ret("80000001-1", "Elm"), deleted=None)) == 100
    visit.close()
    after = alice.get(url)
    assert names(after) == ["Brand new", "Elm"]
    assert "Last refresh" in text_of(after)
    assert "1 new" in text_of(after)
    assert Visit(books).verdict == "none"


@pytest.mark.parametrize("target", TARGETS)
def test_an_imported_record_is_edited_like_any_other_and_stays_linked(alice, world, books, target) -> None:
    """Requirement 41."""
    make_customer(books, name="Elm", bill=Address(lines=("12 Elm St",)))
    import_customers(books, target=target, by=world.alice)
    record = TARGETS[target].objects.get()
    link = live_link(record)
    form = alice.get(page_of(world, record, "edit"))
    data = {field.get("name"): field.get("value") or "" for field in elements(form, "//main//input[@name]")}
    alice.post(page_of(world, record, "edit"), data | {"name": "Ours now", "billing_address_line1": "1 New Road"})
    record.refresh_from_db()
    assert (record.name, record.billing_address.lines) == ("Ours now", ("1 New Road",))
    assert live_link(record) == link
    assert "Linked to Elm" in text_of(alice.get(page_of(world, record)))
    assert Activity.objects.filter(subject_id=str(record.id), verb__endswith=".edited").count() == 1
