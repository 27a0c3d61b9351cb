"""Importing entries and tying what is here to them. Requirements 53, 69."""

import pytest

from standpipe.catalog.actions import archive_item, create_item, create_terms
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.core.errors import UserError
from standpipe.quickbooks.items.actions import import_entries, link_entry, unlink_entry
from standpipe.quickbooks.items.models import CatalogLink
from standpipe.quickbooks.items.queries import entry_links, linked_entries, linked_entry, quickbooks_json
from standpipe.quickbooks.lists.models import ListEntry
from support.catalogue_worlds import make_entry, make_service, make_usual_lists
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_organization, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def connection(world):
    return make_connection(world.organization)


@pytest.fixture
def lists(connection) -> dict[str, ListEntry]:
    return make_usual_lists(connection)


def bring(connection, world, *entries, kind="items"):
    return import_entries(connection, kind=kind, list_ids=[one.list_id for one in entries], by=world.alice)


def test_entries_become_items_with_a_tie_and_a_second_press_makes_nothing(connection, world, lists):
    done = bring(connection, world, lists["Repair"], lists["Trip"])
    again = bring(connection, world, lists["Repair"], lists["Trip"])

    assert [item.name for item in done.created] == ["Repair", "Trip"]
    assert (again.created, [name for name, _ in again.skipped]) == ([], ["Repair", "Trip"])
    assert Item.objects.count() == CatalogLink.objects.count() == 2
    link = entry_links(connection, done.created)[done.created[0].pk]
    assert (link.list_id, link.origin, link.linked_by) == (lists["Repair"].list_id, "imported", world.alice)


def test_what_is_here_under_the_same_name_is_tied_not_made_again(connection, world, lists):
    mine = create_terms(world.organization, by=world.alice, name="net 30", due_days=30)

    done = import_entries(connection, kind="terms", list_ids=None, by=world.alice)

    assert (done.created, done.linked) == ([], [mine])
    assert Terms.objects.count() == 1
    assert linked_entry(connection, mine).full_name == "Net 30"
    assert done.words == "1 linked to what was here under the same name"


def test_what_cannot_come_is_left_out_by_name_and_the_rest_comes(connection, world, lists):
    group, gone = make_entry(connection, "ItemGroup", "Package"), make_service(connection, "Gone", gone=True)

    done = bring(connection, world, lists["Repair"], group, gone)

    assert [item.name for item in done.created] == ["Repair"]
    assert dict(done.skipped) == {
        "Package": "A group stands for several items: import those.",
        "Gone": "It is no longer in QuickBooks.",
    }


def test_all_means_what_is_active_and_fits(connection, world, lists):
    make_service(connection, "Halon Recharge", is_active=False)

    done = import_entries(connection, kind="sales-taxes", list_ids=None, by=world.alice)
    items = import_entries(connection, kind="items", list_ids=None, by=world.alice)

    assert [tax.name for tax in done.created] == ["County"]
    assert SalesTax.objects.get().parts == [{"name": "County", "rate": "7.25"}]
    assert {item.name for item in items.created} == {"Repair", "Extinguisher Recharge", "Trip"}
    assert items.skipped == []


def test_an_item_is_linked_relinked_and_unlinked_and_the_old_ties_stay(connection, world, lists):
    mine = create_item(world.organization, by=world.alice, name="Fitter")
    first = link_entry(mine, connection=connection, list_id=lists["Repair"].list_id, by=world.alice)
    assert link_entry(mine, connection=connection, list_id=lists["Repair"].list_id, by=world.bob) == first
    link_entry(mine, connection=connection, list_id=lists["Trip"].list_id, by=world.bob)

    assert linked_entries(connection, [mine])[mine.pk].full_name == "Trip"
    assert quickbooks_json(mine)["origin"] == "linked"
    assert unlink_entry(mine, connection=connection, by=world.alice)
    assert not unlink_entry(mine, connection=connection, by=world.alice)
    assert linked_entry(connection, mine) is None
    assert CatalogLink.objects.filter(item=mine, ended_at__isnull=False).count() == 2


def test_a_tie_needs_an_entry_that_is_there_and_fits(connection, world, lists):
    mine = create_item(world.organization, by=world.alice, name="Fitter")
    gone = make_service(connection, "Gone", gone=True)
    for list_id, code in (
        ("nothing", "not_found"),
        (gone.list_id, "entry_gone"),
        (lists["County"].list_id, "invalid_entry"),
    ):
        with pytest.raises(UserError) as refused:
            link_entry(mine, connection=connection, list_id=list_id, by=world.alice)
        assert (refused.value.code, refused.value.field) == (code, "list_id")
    archive_item(mine, by=world.alice)
    with pytest.raises(UserError, match="archived"):
        link_entry(mine, connection=connection, list_id=lists["Repair"].list_id, by=world.alice)


def test_another_organization_s_records_and_lists_that_never_came_are_refused(connection, world):
    with pytest.raises(UserError) as refused:
        import_entries(connection, kind="items", list_ids=None, by=world.alice)
    assert refused.value.code == "list_never_arrived"
    make_usual_lists(connection)
    stranger = create_item(make_organization("Elsewhere"), by=None, name="Fitter")
    with pytest.raises(UserError, match="no such"):
        link_entry(stranger, connection=connection, list_id="x", by=world.alice)
