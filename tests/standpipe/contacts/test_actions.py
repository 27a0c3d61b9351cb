import pytest

from standpipe.activity.models import Activity
from standpipe.contacts.actions import (
    PlaceAt,
    archive_contact,
    edit_contact,
    new_contact,
    place_contact,
    remove_from_place,
    restore_contact,
)
from standpipe.contacts.models import Contact, Place, Role
from standpipe.contacts.queries import contact_json, contacts_at, contacts_of, find_contact
from standpipe.core.errors import UserError
from support.worlds import ELM_STREET, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db


def trail(contact: Contact) -> list[tuple[str, object, object]]:
    rows = Activity.objects.filter(subject_id=str(contact.id)).order_by("id")
    return [(row.verb, row.before, row.after) for row in rows]


def test_a_contact_stands_at_several_places_with_roles_at_each():
    """Requirement 65."""
    world = make_world()
    account, building = make_account(world.organization), make_building(world.organization)
    contact = make_contact(
        world.organization,
        email="jane@example.com",
        places=[
            PlaceAt(account=account, roles=["owner", "billing"]),
            PlaceAt(building=building, roles=["report"]),
            PlaceAt(building=building, roles=["report", "scheduling"]),
        ],
    )
    assert contact_json(find_contact(world.organization, contact.id))["places"] == [
        {"account_id": str(account.id), "roles": ["billing", "owner"]},
        {"building_id": str(building.id), "roles": ["report", "scheduling"]},
    ]
    assert [verb for verb, *_ in trail(contact)] == ["contact.created"]


def test_roles_at_an_account_hold_at_its_buildings_and_stay_there():
    """Requirement 66."""
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    jane = make_contact(world.organization, name="Jane", at=account, roles=("billing",))
    joe = make_contact(world.organization, name="Joe", at=building, roles=("report",))
    place_contact(jane, at=building, roles=["scheduling"], by=world.otto)

    assert [(here.contact, here.roles, here.inherited) for here in contacts_at(account)] == [
        (jane, (Role.BILLING,), False)
    ]
    here_jane, here_joe = contacts_at(building)
    assert (here_jane.contact, here_jane.own_roles, here_jane.inherited_roles) == (
        jane,
        (Role.SCHEDULING,),
        (Role.BILLING,),
    )
    assert here_jane.roles == (Role.BILLING, Role.SCHEDULING)
    assert (here_joe.contact, here_joe.inherited_roles, here_joe.inherited) == (joe, (), False)

    remove_from_place(jane, at=building, by=world.otto)
    assert [here.inherited for here in contacts_at(building)] == [True, False]
    with pytest.raises(UserError, match="through the account “Alder Group”") as refusal:
        remove_from_place(jane, at=building, by=world.otto)
    assert refusal.value.code == "inherited"
    assert len(contacts_at(building)) == 2


def test_contacts_of_a_building_stay_at_that_building():
    """Requirement 66, the other half."""
    world = make_world()
    account = make_account(world.organization)
    building, sister = (make_building(world.organization, account=account) for _ in range(2))
    make_contact(world.organization, at=building, roles=("billing",))
    assert contacts_at(account) == contacts_at(sister) == []


def test_places_keep_their_rows_while_roles_change():
    world = make_world()
    account, building = make_account(world.organization), make_building(world.organization)
    contact = make_contact(world.organization, at=account, roles=("billing",))
    row = Place.objects.get()
    place_contact(contact, at=building, roles=[], by=world.otto)
    place_contact(contact, at=account, roles=["owner"], by=world.otto)
    assert Place.objects.get(account=account) == row
    told = {"account": {"id": str(account.id), "name": "Alder Group"}, "roles": ["owner"]}
    assert trail(contact)[-1][2]["places"][-1] == told
    place_contact(contact, at=account, roles=["owner"], by=world.otto)
    assert len(trail(contact)) == 3


def test_edit_tells_only_what_changed():
    world = make_world()
    contact = make_contact(world.organization, phone="(860) 634-1602")
    edit_contact(contact, by=world.otto, name="Jane Doe", phone="(860) 634-1603", address=ELM_STREET)
    edit_contact(contact, by=world.otto, name="Jane Doe", phone="(860) 634-1603")
    assert trail(contact)[1:] == [
        (
            "contact.edited",
            {"phone": "(860) 634-1602", "address": contact_json(make_contact(world.organization))["address"]},
            {"phone": "(860) 634-1603", "address": ELM_STREET.to_json()},
        )
    ]


def test_a_borrowed_name_is_its_own_once_a_person_writes_it():
    world = make_world()
    contact = new_contact(world.organization, name="Elm School", name_is_borrowed=True, email="office@elm.example")
    contact.save(force_insert=True)
    edit_contact(contact, by=world.otto, phone="860 634 1602")
    assert contact.name_is_borrowed
    edit_contact(contact, by=world.otto, name="Jane Doe")
    assert not contact.name_is_borrowed


def test_an_email_that_is_none_is_refused_from_people_and_kept_from_books():
    world = make_world()
    with pytest.raises(UserError, match="“jane at example” is not an e-mail address") as refusal:
        make_contact(world.organization, email="jane at example")
    assert refusal.value.field == "email"
    imported = new_contact(world.organization, name="Jane", email="jane at example")
    imported.save(force_insert=True)
    edit_contact(imported, by=world.otto, phone="1", email="jane at example")
    assert imported.email == "jane at example"
    make_contact(world.organization, email="a@example.com; Bo <b@example.com>")


def test_unknown_roles_and_foreign_places_are_refused():
    world = make_world()
    account, theirs = make_account(world.organization), make_account(world.elsewhere)
    with pytest.raises(UserError, match="“king” is not a role"):
        make_contact(world.organization, at=account, roles=("king",))
    with pytest.raises(UserError) as refusal:
        make_contact(world.organization, at=theirs, roles=("billing",))
    assert refusal.value.code == "not_found"
    with pytest.raises(UserError, match="Name exactly one"):
        make_contact(world.organization, places=[PlaceAt(roles=["billing"])])
    assert not Contact.objects.exists()


def test_archive_then_bring_back():
    world = make_world()
    account = make_account(world.organization)
    contact = make_contact(world.organization, at=account, roles=("billing",))
    archive_contact(contact, by=world.alice)
    archive_contact(contact, by=world.alice)
    assert contacts_at(account) == list(contacts_of(world.organization)) == []
    with pytest.raises(UserError, match="Bring it back"):
        edit_contact(contact, by=world.alice, name="Other")
    restore_contact(contact, by=world.alice)
    assert [here.roles for here in contacts_at(account)] == [(Role.BILLING,)]
    assert [verb for verb, *_ in trail(contact)] == ["contact.created", "contact.archived", "contact.restored"]


def test_search_finds_by_name_email_and_phone_however_it_is_written():
    organization = make_world().organization
    jane = make_contact(organization, name="Jané Doe", email="Jane@Example.com", cell_phone="(860) 634-1602 x4")
    make_contact(organization, name="Joe", phone="203 555 0101")
    for search in ("jane", "example.com", "jane@", "860-634-1602", "+1 860 634 1602", "8606341602", "634-1602"):
        assert list(contacts_of(organization, search=search)) == [jane], search


def test_search_finds_a_contact_by_where_they_stand():
    world = make_world()
    account = make_account(world.organization, name="O'Brien & Sons")
    jane = make_contact(world.organization, at=account)
    make_contact(world.organization, name="Joe", at=make_building(world.organization))
    for search in ("o'brien", "jane sons"):
        assert list(contacts_of(world.organization, search=search)) == [jane], search
    assert not contacts_of(world.organization, search="joe sons").exists()


def test_contacts_of_others_are_not_found():
    world = make_world()
    theirs = make_contact(world.elsewhere)
    assert list(contacts_of(world.organization)) == []
    for contact_id in (theirs.id, "no such id"):
        with pytest.raises(Contact.DoesNotExist):
            find_contact(world.organization, contact_id)
