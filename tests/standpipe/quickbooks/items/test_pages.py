"""Import from QuickBooks Desktop for items, terms and sales taxes, and the section on their pages. Requirement 53."""

import pytest
from django.test import Client

from standpipe.catalog.models import Item, Terms
from support.catalogue_worlds import make_entry, make_usual_lists
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def connection(world):
    return make_connection(world.organization)


@pytest.fixture
def browser(world):
    return at(world, world.alice)


def at(world, person):
    client = Client()
    client.force_login(person)
    return client


def url(world, path):
    return f"/o/{world.organization.slug}/{path}"


def test_every_state_before_the_lists_names_the_next_step(world):
    browser = at(world, world.alice)
    assert "QuickBooks Desktop is not connected yet" in browser.get(url(world, "items/import/")).text
    waiting = make_connection(world.organization, confirmed=False, read=True)
    assert "The company file is not ready yet" in browser.get(url(world, "items/import/")).text
    waiting.confirmed_at = waiting.file_read_at
    waiting.save()
    page = browser.get(url(world, "items/terms/import/")).text
    assert "The lists have not arrived yet" in page
    assert "Refresh from QuickBooks Desktop" in page

    there = url(world, "items/terms/import/")
    answer = browser.post(url(world, f"quickbooks/{waiting.pk}/lists/refresh/"), {"page": there})
    assert answer["Location"] == there
    assert "The lists are arriving" in browser.get(there).text
    browser.post(url(world, f"quickbooks/{waiting.pk}/lists/cancel/"), {"page": "https://elsewhere.example/"})
    assert "The lists have not arrived yet" in browser.get(there).text


def test_what_is_ticked_comes_over_and_shows_where_it_came_from(world, connection, browser):
    lists = make_usual_lists(connection)
    make_entry(connection, "ItemService", "Retired", is_active=False)
    page = browser.get(url(world, "items/import/")).text
    assert "Extinguisher Recharge" in page
    assert "Retired" not in page
    assert "Retired" in browser.get(url(world, "items/import/?status=all")).text
    assert "Repair" not in browser.get(url(world, "items/import/?search=recharge")).text

    answer = browser.post(url(world, "items/import/"), {"ids": [lists["Repair"].list_id]}, follow=True)

    assert "Items: 1 imported." in answer.text
    item = Item.objects.get()
    assert "Imported from QuickBooks Desktop" in browser.get(url(world, "items/")).text
    assert "Linked to" in browser.get(url(world, f"items/{item.pk}/")).text
    assert "Nothing was ticked" in browser.post(url(world, "items/import/"), follow=True).text


def test_everything_that_matches_comes_in_one_go(world, connection, browser):
    make_usual_lists(connection)
    browser.post(url(world, "items/terms/import/"), {"everything": "yes"})
    browser.post(url(world, "items/import/?search=recharge"), {"everything": "yes"})
    assert Terms.objects.get().name == "Net 30"
    assert Item.objects.get().name == "Extinguisher Recharge"
    assert "Everything is here already" in browser.get(url(world, "items/terms/import/")).text


def test_an_item_is_linked_and_unlinked_on_its_own_page(world, connection, browser):
    lists = make_usual_lists(connection)
    browser.post(url(world, "items/import/"), {"ids": [lists["Trip"].list_id]})
    item = Item.objects.get()
    page = browser.get(url(world, f"items/{item.pk}/link/?search=repair")).text
    assert "Link QuickBooks Item" in page
    browser.post(url(world, f"items/{item.pk}/link/"), {"list_id": lists["Repair"].list_id})
    assert item.quickbooks_links.get(ended_at=None).full_name == "Repair"
    assert "Unlink Trip?" in browser.get(url(world, f"items/{item.pk}/unlink/")).text
    browser.post(url(world, f"items/{item.pk}/unlink/"))
    assert "Link QuickBooks Item" in browser.get(url(world, f"items/{item.pk}/")).text


def test_only_who_may_import_gets_there(world, connection):
    make_usual_lists(connection)
    assert at(world, world.vera).get(url(world, "items/import/")).status_code == 403
    assert at(world, world.otto).get(url(world, "items/import/")).status_code == 200
    assert at(world, world.charlie).get(url(world, "items/import/")).status_code == 404
