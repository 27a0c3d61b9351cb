"""What the home page says of refreshes that have not come back yet."""

import pytest
from django.test import Client

from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.lists.actions import cancel_refresh, request_refresh
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import World, make_account, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """All set up: one account is linked."""
    world = make_world()
    connection = make_connection(world.organization)
    customer, account = make_customer(connection, name="Elm School"), make_account(world.organization)
    mark_list_whole(connection)
    link_customer(account, connection=connection, list_id=customer.list_id, by=world.alice)
    return world


def waiting(client: Client, world: World) -> list[tuple[int, str]]:
    shown = client.get(f"/o/{world.organization.slug}/").context["counts"]
    return [(count.number, count.url) for count in shown if count.label == "Waiting for QuickBooks"]


def test_a_refresh_that_waits_is_counted_and_opens_where_it_can_be_cancelled(client: Client, world: World) -> None:
    client.force_login(world.otto)
    page = f"/o/{world.organization.slug}/accounts/import/"
    assert waiting(client, world) == [(0, page)]
    [connection] = world.organization.connections.all()
    task = request_refresh(connection, by=world.otto)
    [(number, url)] = waiting(client, world)
    assert number == 1
    assert url == f"{page}?connection={connection.id}"
    assert "Cancel" in client.get(url).content.decode()
    cancel_refresh(task, by=world.otto)
    assert waiting(client, world) == [(0, page)]


def test_another_organizations_refresh_does_not_count(client: Client, world: World) -> None:
    request_refresh(make_connection(world.elsewhere), by=world.charlie)
    client.force_login(world.alice)
    assert [number for number, _ in waiting(client, world)] == [0]


def test_who_may_not_import_is_not_shown_it(client: Client, world: World) -> None:
    client.force_login(world.vera)
    assert waiting(client, world) == []
