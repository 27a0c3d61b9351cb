"""The last steps of the set-up on the home page. Requirement 51."""

import pytest
from django.test import Client

from standpipe.quickbooks.lists.models import ListEntry
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.setting_actions import change_settings
from support.catalogue_worlds import make_usual_lists
from support.invoices import make_invoice
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_building, make_world

pytestmark = pytest.mark.django_db

CHOOSE, SEND = "Choose how invoices are posted", "Send your first invoice"


@pytest.fixture
def world() -> World:
    return make_world()


def steps(world, person):
    client = Client()
    client.force_login(person)
    return {step.title: step for step in client.get(f"/o/{world.organization.slug}/").context["steps"]}


def test_the_steps_of_the_series_stand_in_its_order(world):
    assert list(steps(world, world.alice)) == [
        "Connect QuickBooks Desktop",
        "Say that it is your company file",
        "Import or link customers",
        CHOOSE,
        SEND,
    ]


def test_settings_are_done_when_saved_and_undone_when_they_go_bad(world):
    assert steps(world, world.alice)[CHOOSE].url == ""  # nothing is connected yet
    connection = make_connection(world.organization)
    lists = make_usual_lists(connection)
    step = steps(world, world.alice)[CHOOSE]
    assert step.url.endswith(f"/quickbooks/{connection.pk}/posting/")
    assert step.more_url.endswith("/items/import/")

    change_settings(connection, by=world.alice, default_item=lists["Repair"].list_id)
    assert steps(world, world.alice)[CHOOSE].done
    ListEntry.objects.filter(pk=lists["Repair"].pk).update(is_active=False)
    assert not steps(world, world.alice)[CHOOSE].done


def test_the_first_invoice_is_sent_or_marked(world):
    connection = make_connection(world.organization)
    assert steps(world, world.otto)[SEND].url.endswith("/invoices/add/")
    invoice = make_invoice(make_building(world.organization))
    assert steps(world, world.otto)[SEND].url.endswith("/invoices/")
    Document.objects.create(
        organization=world.organization, connection=connection, invoice=invoice, state=Document.State.ALREADY
    )
    assert steps(world, world.otto)[SEND].done


def test_who_may_not_is_not_asked_to(world):
    make_connection(world.organization)
    shown = steps(world, world.vera)
    assert (shown[CHOOSE].url, shown[SEND].url) == ("", "")
    assert "An owner or a bookkeeper" in shown[CHOOSE].text
