"""The page "QuickBooks Desktop settings". Requirements 52, 72."""

import re

import pytest
from django.test import Client

from standpipe.invoices.numbering import numbering_of
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry
from standpipe.quickbooks.posting.settings import settings_of
from support.catalogue_worlds import make_usual_lists
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db

PLAIN = {"post_to": "job", "bill_to": "quickbooks", "tax_as": "quickbooks", "number_prefix": "", "next_number": "7"}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def connection(world) -> Connection:
    return make_connection(world.organization)


def at(world, person):
    client = Client()
    client.force_login(person)
    return client


def page_of(world, connection):
    return f"/o/{world.organization.slug}/quickbooks/{connection.pk}/posting/"


def selected(page: str, name: str) -> str:
    """What a <select> has chosen."""
    inside = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert inside, name
    found = re.search(r'<option value="([^"]*)" selected', inside[0])
    return found[1] if found else ""


def test_before_the_lists_come_what_needs_none_can_be_saved(world, connection):
    browser, url = at(world, world.bob), page_of(world, connection)
    page = browser.get(url).text
    assert "The lists have not arrived yet: press Refresh from QuickBooks Desktop." in page
    assert "Default item code" not in page

    browser.post(url, PLAIN | {"post_to": "customer", "leave_out_before": "2026-01-01"})

    kept = settings_of(Connection.objects.get())
    assert (kept.post_to, kept.leave_out_before.isoformat()) == ("customer", "2026-01-01")
    assert numbering_of(world.organization).next_number == 7


def test_proposals_are_shown_as_such_and_stored_when_somebody_saves(world, connection):
    lists = make_usual_lists(connection)
    browser, url = at(world, world.alice), page_of(world, connection)
    page = browser.get(url).text
    assert selected(page, "methods-check-payment_method") == lists["Check"].list_id
    assert page.count("Proposed. It holds when you save.") == 10
    assert 'value="1042"' in page
    assert settings_of(connection).method("check").payment_method == ""

    form = {name: selected(page, name) for name in re.findall(r'<select name="([^"]+)"', page)}
    answer = browser.post(url, PLAIN | form | {"default_item": lists["Repair"].list_id}, follow=True)

    assert "Saved." in answer.text
    kept = settings_of(Connection.objects.get())
    assert kept.default_item == lists["Repair"].list_id
    assert kept.method("check").payment_method == lists["Check"].list_id
    assert "Proposed." not in answer.text


def test_what_went_bad_stands_at_its_field_and_can_be_replaced(world, connection):
    lists = make_usual_lists(connection)
    browser, url = at(world, world.alice), page_of(world, connection)
    browser.post(url, PLAIN | {"default_item": lists["Repair"].list_id})
    ListEntry.objects.filter(pk=lists["Repair"].pk).update(is_active=False)

    page = browser.get(url).text

    assert "“Repair” is inactive in QuickBooks." in page
    assert "Repair – cannot be used any more" in page
    assert selected(page, "default_item") == lists["Repair"].list_id
    browser.post(url, PLAIN | {"default_item": lists["Trip"].list_id})
    assert settings_of(Connection.objects.get()).default_item == lists["Trip"].list_id


def test_numbers_that_do_not_fit_are_refused_at_their_field_and_nothing_is_saved(world, connection):
    make_usual_lists(connection)
    browser, url = at(world, world.alice), page_of(world, connection)
    answer = browser.post(url, PLAIN | {"post_to": "customer", "number_prefix": "INSPECT-", "next_number": "1000"})
    assert "eleven" in answer.text.lower() or "11 characters" in answer.text
    assert settings_of(Connection.objects.get()).post_to == "job"


def test_only_who_may_change_settings_gets_there(world, connection):
    url = page_of(world, connection)
    assert [at(world, one).get(url).status_code for one in (world.bob, world.otto, world.charlie)] == [200, 403, 404]


def test_the_connection_s_page_says_what_is_still_to_choose(world, connection):
    browser, there = at(world, world.alice), f"/o/{world.organization.slug}/quickbooks/{connection.pk}/"
    assert "have not arrived yet" in browser.get(there).text
    make_usual_lists(connection)
    assert "Nobody has said yet how invoices and payments are posted." in browser.get(there).text
    browser.post(page_of(world, connection), PLAIN)
    assert "No default item is chosen yet." in browser.get(there).text
