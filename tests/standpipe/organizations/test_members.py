"""Members, their roles, and the owner that an organization never loses."""

import pytest
from django.test import Client

from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.organizations import actions, queries
from standpipe.organizations.models import Membership, Organization, Person
from standpipe.organizations.permissions import Role
from support.worlds import PASSWORD, World, make_member, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def membership_of(world: World, person: Person) -> Membership:
    return world.organization.memberships.get(person=person)


def verbs(organization: Organization) -> list[str]:
    rows = Activity.objects.filter(organization_id=organization.id).order_by("at")
    return list(rows.values_list("verb", flat=True))


def test_an_organization_is_made_with_its_owner() -> None:
    made, owner = actions.create_organization(
        name=" Alder & Sons ", owner_email=" Alice@Example.com ", owner_password=PASSWORD, owner_name="Alice"
    )
    assert (made.name, made.slug) == ("Alder & Sons", "alder-sons")
    assert owner.email == "alice@example.com"
    assert owner.check_password(PASSWORD)
    assert made.memberships.get().role == Role.OWNER
    assert verbs(made) == ["organization.created"]


def test_equal_names_get_different_addresses() -> None:
    slugs = [
        actions.create_organization(name=name, owner_email="a@example.com", owner_password=PASSWORD)[0].slug
        for name in ("Alder", "alder", "ALDER!", "消防")
    ]
    assert slugs == ["alder", "alder-2", "alder-3", "organization"]


def test_an_owner_who_is_known_keeps_the_password() -> None:
    world = make_world()
    _, owner = actions.create_organization(
        name="Second", owner_email=world.alice.email.upper(), owner_password="another long password"
    )
    assert owner == world.alice
    assert owner.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "name_required"),
        ({"owner_email": "nobody"}, "invalid_email"),
        ({"owner_password": "short"}, "invalid_password"),
        ({"owner_password": "password123"}, "invalid_password"),
    ],
)
def test_what_an_organization_cannot_begin_with(changes: dict[str, str], code: str) -> None:
    given = {"name": "Alder", "owner_email": "alice@example.com", "owner_password": PASSWORD} | changes
    with pytest.raises(UserError) as refusal:
        actions.create_organization(**given)
    assert refusal.value.code == code
    assert not Organization.objects.exists()
    assert not Person.objects.exists()


def test_a_role_is_changed_and_told(world: World) -> None:
    actions.set_role(membership_of(world, world.vera), role=Role.OFFICE, by=world.alice)
    assert membership_of(world, world.vera).role == Role.OFFICE
    row = Activity.objects.get(verb="member.role_changed")
    assert (row.before, row.after, row.actor_name) == ({"role": "viewer"}, {"role": "office"}, "Alice")
    assert row.subject_name == "Vera"


def test_the_same_role_again_is_no_news(world: World) -> None:
    actions.set_role(membership_of(world, world.vera), role=Role.VIEWER, by=world.alice)
    assert verbs(world.organization) == []


def test_the_last_owner_stays_owner_and_member(world: World) -> None:
    alice = membership_of(world, world.alice)
    with pytest.raises(UserError, match="needs an owner"):
        actions.set_role(alice, role=Role.BOOKKEEPER, by=world.alice)
    with pytest.raises(UserError, match="needs an owner"):
        actions.remove_member(alice, by=world.alice)
    assert membership_of(world, world.alice).role == Role.OWNER


def test_with_two_owners_one_may_go(world: World) -> None:
    second = make_member(world.organization, role=Role.OWNER, name="Ann")
    actions.remove_member(membership_of(world, world.alice), by=second)
    with pytest.raises(UserError):
        actions.remove_member(membership_of(world, second), by=second)


def test_a_removed_members_tokens_stop_and_do_not_come_back(world: World) -> None:
    token = actions.create_api_token(world.organization, person=world.otto, name="Export")
    actions.remove_member(membership_of(world, world.otto), by=world.alice)
    assert queries.person_for_token(token) is None
    Membership.objects.create(organization=world.organization, person=world.otto, role=Role.OFFICE)
    assert queries.person_for_token(token) is None


def test_members_are_listed_owners_first(world: World) -> None:
    listed = [member.person.name for member in queries.members_of(world.organization)]
    assert listed == ["Alice", "Bob", "Otto", "Vera"]


def test_the_page_shows_all_members_and_lets_owners_change_them(client: Client, world: World) -> None:
    page = f"/o/{world.organization.slug}/settings/members/"
    client.force_login(world.vera)
    seen = client.get(page).content.decode()
    assert world.otto.email in seen
    assert "Remove" not in seen
    assert "Invite" not in seen
    client.force_login(world.alice)
    vera = membership_of(world, world.vera)
    assert client.post(f"{page}{vera.pk}/", {"role": "office"}).status_code == 302
    assert membership_of(world, world.vera).role == Role.OFFICE
    assert "Remove Vera?" in client.get(f"{page}{vera.pk}/remove/").content.decode()
    client.post(f"{page}{vera.pk}/remove/")
    assert not world.organization.memberships.filter(person=world.vera).exists()


def test_the_page_says_why_the_last_owner_stays(client: Client, world: World) -> None:
    client.force_login(world.alice)
    page = f"/o/{world.organization.slug}/settings/members/{membership_of(world, world.alice).pk}/"
    assert "needs an owner" in client.post(page, {"role": "viewer"}).content.decode()
    assert "needs an owner" in client.post(f"{page}remove/", follow=True).content.decode()


@pytest.mark.parametrize("path", ["settings/organization/", "settings/members/invite/"])
def test_only_owners_manage(client: Client, world: World, path: str) -> None:
    for person, status in ((world.alice, 200), (world.bob, 403), (world.otto, 403), (world.vera, 403)):
        client.force_login(person)
        assert client.get(f"/o/{world.organization.slug}/{path}").status_code == status


def test_the_name_and_time_zone_are_changed_and_told(client: Client, world: World) -> None:
    client.force_login(world.alice)
    page = f"/o/{world.organization.slug}/settings/organization/"
    client.post(page, {"name": "Alder Fire & Water", "time_zone": "America/Denver"})
    changed = Organization.objects.get(pk=world.organization.pk)
    assert (changed.name, changed.time_zone) == ("Alder Fire & Water", "America/Denver")
    assert changed.slug == world.organization.slug  # addresses that people keep go on working
    assert verbs(world.organization) == ["organization.edited"]
    refused = client.post(page, {"name": "Alder", "time_zone": "Mars/Olympus"})
    assert "Time zone" in refused.content.decode()
    assert Organization.objects.get(pk=world.organization.pk).time_zone == "America/Denver"
