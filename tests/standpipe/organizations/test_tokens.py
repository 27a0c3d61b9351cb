"""API tokens: shown once, kept as a hash, acting with the role that their person has at that moment."""

import pytest
from django.test import Client

from standpipe.core.errors import UserError
from standpipe.organizations import actions, queries
from standpipe.organizations.models import ApiToken, Person
from standpipe.organizations.permissions import Role
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def token(world: World) -> str:
    return actions.create_api_token(world.organization, person=world.otto, name="Export")


def test_a_token_opens_for_its_person_in_its_organization(world: World, token: str) -> None:
    membership = queries.person_for_token(token)
    assert membership is not None
    assert (membership.person, membership.organization) == (world.otto, world.organization)
    assert membership.role == Role.OFFICE


def test_a_token_acts_with_the_role_of_now(world: World, token: str) -> None:
    actions.set_role(world.organization.memberships.get(person=world.otto), role=Role.VIEWER, by=world.alice)
    membership = queries.person_for_token(token)
    assert membership is not None
    assert membership.role == Role.VIEWER


def test_only_its_hash_is_kept(token: str) -> None:
    stored = ApiToken.objects.get()
    assert stored.token_hash == queries.hash_of(token)
    assert token not in str(vars(stored))
    assert len(token.removeprefix("sp_")) >= 32  # 192 bits


def test_a_wrong_a_revoked_and_a_strangers_token_open_nothing(world: World, token: str) -> None:
    assert queries.person_for_token(token[:-1]) is None
    assert queries.person_for_token("") is None
    Person.objects.filter(pk=world.otto.pk).update(is_active=False)
    assert queries.person_for_token(token) is None
    Person.objects.filter(pk=world.otto.pk).update(is_active=True)
    actions.revoke_api_token(ApiToken.objects.get(), by=world.otto)
    assert queries.person_for_token(token) is None


def test_its_use_is_noted_but_not_at_every_call(
    world: World, token: str, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    queries.person_for_token(token)
    assert ApiToken.objects.get().last_used_at is not None
    with django_assert_num_queries(2):  # type: ignore[operator]
        queries.person_for_token(token)


def test_a_name_is_needed_and_used_once_a_person(world: World, token: str) -> None:
    with pytest.raises(UserError, match="already"):
        actions.create_api_token(world.organization, person=world.otto, name=" Export ")
    with pytest.raises(UserError, match="needs a name"):
        actions.create_api_token(world.organization, person=world.otto, name=" ")
    actions.create_api_token(world.organization, person=world.alice, name="Export")
    actions.revoke_api_token(ApiToken.objects.get(person=world.otto), by=world.otto)
    actions.create_api_token(world.organization, person=world.otto, name="Export")


def test_the_page_shows_a_new_token_once(client: Client, world: World) -> None:
    client.force_login(world.vera)
    page = f"/o/{world.organization.slug}/settings/tokens/"
    assert "No API tokens" in client.get(page).content.decode()
    shown = client.post(page, {"name": "Wall display"}).content.decode()
    assert 'value="sp_' in shown
    again = client.get(page).content.decode()
    assert "Wall display" in again
    assert "sp_" not in again


def test_one_sees_ones_own_tokens_and_owners_see_and_revoke_all(client: Client, world: World, token: str) -> None:
    page = f"/o/{world.organization.slug}/settings/tokens/"
    revoke = f"{page}{ApiToken.objects.get().id}/revoke/"
    client.force_login(world.vera)
    assert "Export" not in client.get(page).content.decode()
    assert client.post(revoke).status_code == 404
    assert queries.person_for_token(token)
    client.force_login(world.alice)
    assert "Export" in client.get(page).content.decode()
    client.post(revoke)
    assert queries.person_for_token(token) is None
