import pytest

from standpipe.accounts.actions import archive_account
from standpipe.activity.models import Activity
from standpipe.buildings.actions import archive_building, edit_building, restore_building, set_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import building_json, buildings_at, buildings_of, find_building
from standpipe.contacts.actions import archive_contact
from standpipe.core.errors import UserError
from support.worlds import ELM_STREET, OAK_STREET, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db


def trail(building: Building) -> list[tuple[str, str, object, object]]:
    rows = Activity.objects.filter(subject_id=str(building.id)).order_by("id")
    return [(row.verb, row.actor_name, row.before, row.after) for row in rows]


def test_create_writes_one_row_of_the_trail():
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, physical_address=ELM_STREET, account=account, by=world.otto)
    assert trail(building) == [
        (
            "building.created",
            "Otto",
            None,
            {
                "name": "Elm School",
                "billing_address": building.billing_address.to_json(),
                "physical_address": ELM_STREET.to_json(),
                "account": {"id": str(account.id), "name": "Alder Group"},
            },
        )
    ]


def test_a_name_needs_ink():
    with pytest.raises(UserError, match="Enter a name: a building is found by its name"):
        make_building(make_world().organization, name=" ")


def test_edit_tells_only_what_changed():
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, physical_address=ELM_STREET)
    edit_building(building, by=world.bob, name="Elm School", physical_address=OAK_STREET, account=account)
    building.refresh_from_db()
    assert building.account == account
    assert trail(building)[1:] == [
        (
            "building.edited",
            "Bob",
            {"physical_address": ELM_STREET.to_json(), "account": None},
            {
                "physical_address": OAK_STREET.to_json(),
                "account": {"id": str(account.id), "name": "Alder Group"},
            },
        )
    ]


def test_a_building_that_was_there_is_attached_to_an_account():
    """Requirement 12: pre-existing buildings can be associated with an account, many at once."""
    world = make_world()
    account = make_account(world.organization)
    buildings = [make_building(world.organization, name=f"Building {n}") for n in range(3)]
    assert set_account(buildings, account=account, by=world.otto) == 3
    assert set_account(buildings, account=account, by=world.otto) == 0
    assert list(buildings_at(account)) == buildings
    rows = Activity.objects.filter(verb="building.account_set")
    assert {row.subject_id for row in rows} == {str(building.id) for building in buildings}
    assert len({row.batch_id for row in rows}) == 1
    assert set_account(buildings[:1], account=None, by=world.otto) == 1
    assert list(buildings_at(account)) == buildings[1:]
    assert trail(buildings[0])[-1][2:] == (
        {"account": {"id": str(account.id), "name": "Alder Group"}},
        {"account": None},
    )


def test_attaching_many_is_all_or_nothing():
    world = make_world()
    account = make_account(world.organization)
    buildings = [make_building(world.organization, name=f"Building {n}") for n in range(2)]
    archive_building(buildings[1], by=world.alice)
    with pytest.raises(UserError, match="“Building 1” is archived"):
        set_account(buildings, account=account, by=world.otto)
    assert not buildings_at(account).exists()


def test_another_organizations_account_is_refused():
    world = make_world()
    theirs, building = make_account(world.elsewhere), make_building(world.organization)
    for attempt in (
        lambda: set_account([building], account=theirs, by=world.otto),
        lambda: edit_building(building, by=world.otto, account=theirs),
        lambda: make_building(world.organization, account=theirs),
    ):
        with pytest.raises(UserError) as refusal:
            attempt()
        assert (refusal.value.code, refusal.value.field) == ("not_found", "account")


def test_an_archived_account_takes_no_building_but_keeps_its_own():
    world = make_world()
    account = make_account(world.organization)
    inside, outside = make_building(world.organization, account=account), make_building(world.organization)
    archive_account(account, by=world.alice)
    with pytest.raises(UserError, match="“Alder Group” is archived"):
        set_account([outside], account=account, by=world.otto)
    edit_building(inside, by=world.otto, name="Elm School West", account=account)
    assert list(buildings_at(account)) == [inside]


def test_archive_then_bring_back():
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    archive_building(building, by=world.alice)
    assert list(buildings_of(world.organization)) == list(buildings_at(account)) == []
    with pytest.raises(UserError, match="Bring it back"):
        edit_building(building, by=world.alice, name="Other")
    restore_building(building, by=world.bob)
    assert list(buildings_at(account)) == [building]
    assert [verb for verb, *_ in trail(building)] == ["building.created", "building.archived", "building.restored"]


def test_search_finds_a_building_by_its_account_and_by_who_stands_there():
    world = make_world()
    account = make_account(world.organization, name="O'Brien & Sons")
    building = make_building(world.organization, account=account, physical_address=ELM_STREET)
    alone = make_building(world.organization, name="Oak Garage", physical_address=OAK_STREET)
    jane = make_contact(world.organization, at=building, phone="(860) 634-1602", email="jane@example.com")
    make_contact(world.organization, name="Joe", at=building, phone="203 555 0101")
    for search in ("o'brien", "elm o’brien sons", "hartford sons", "jane@example", "860 634 1602", "jane doe"):
        assert list(buildings_of(world.organization, search=search)) == [building], search
    assert list(buildings_of(world.organization, search="garage")) == [alone]
    assert not buildings_of(world.organization, search="jane 2035550101").exists()
    archive_contact(jane, by=world.alice)
    assert not buildings_of(world.organization, search="jane@example").exists()


def test_buildings_of_others_are_not_found():
    world = make_world()
    theirs = make_building(world.elsewhere)
    for building_id in (theirs.id, "no such id"):
        with pytest.raises(Building.DoesNotExist):
            find_building(world.organization, building_id)


def test_building_json_has_the_published_shape():
    world = make_world()
    account = make_account(world.organization)
    shape = building_json(make_building(world.organization, account=account, physical_address=ELM_STREET))
    assert shape["account_id"] == str(account.id)
    assert shape["physical_address"]["lines"] == ["Elm School", "12 Elm St"]
    assert shape["billing_address"]["lines"] == []
    assert shape["archived"] is False
