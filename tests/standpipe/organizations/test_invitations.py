"""Sign-up is closed: one gets in by a link that works once, for seven days."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.organizations import actions, queries
from standpipe.organizations.models import Invitation, Person
from standpipe.organizations.permissions import Role
from support.worlds import PASSWORD, World, make_world

pytestmark = pytest.mark.django_db
EMAIL = "newcomer@example.com"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def token(world: World) -> str:
    return actions.invite(world.organization, by=world.alice, email=EMAIL, role=Role.OFFICE)


def link(token: str) -> str:
    return f"/invitations/{token}/"


def expire(token: str) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Invitation.objects.filter(token_hash=queries.hash_of(token)).update(expires_at=past)


def test_somebody_new_names_a_password_and_is_in(client: Client, world: World, token: str) -> None:
    assert EMAIL in client.get(link(token)).content.decode()
    answer = client.post(link(token), {"name": "Nora", "password": PASSWORD})
    assert answer["Location"] == f"/o/{world.organization.slug}/"
    assert client.get(answer["Location"]).status_code == 200
    person = Person.objects.get(email=EMAIL)
    assert (person.name, person.memberships.get().role) == ("Nora", Role.OFFICE)


def test_looking_at_an_invitation_changes_nothing(client: Client, token: str) -> None:
    for _ in range(3):
        assert client.get(link(token)).status_code == 200
    assert not Person.objects.filter(email=EMAIL).exists()
    assert queries.find_open_invitation(token, now=timezone.now())


def test_a_link_works_once(client: Client, token: str) -> None:
    client.post(link(token), {"name": "Nora", "password": PASSWORD})
    again = Client().post(link(token), {"name": "Mallory", "password": PASSWORD})
    assert again.status_code == 404
    assert "no longer works" in again.content.decode()
    assert Person.objects.get(email=EMAIL).name == "Nora"


def test_a_link_ends_after_seven_days(client: Client, token: str) -> None:
    invitation = Invitation.objects.get(token_hash=queries.hash_of(token))
    assert invitation.expires_at - invitation.created_at == pytest.approx(timedelta(days=7), abs=timedelta(seconds=5))
    expire(token)
    assert client.post(link(token), {"name": "Nora", "password": PASSWORD}).status_code == 404
    with pytest.raises(UserError, match="no longer valid"):
        actions.join(token, name="Nora", password=PASSWORD)
    assert not Person.objects.filter(email=EMAIL).exists()


def test_a_withdrawn_link_and_a_replaced_one_stop(world: World, token: str) -> None:
    newer = actions.invite(world.organization, by=world.alice, email=EMAIL.upper(), role=Role.VIEWER)
    with pytest.raises(UserError):
        actions.join(token, name="Nora", password=PASSWORD)
    [invitation] = queries.open_invitations(world.organization, now=timezone.now())
    actions.withdraw_invitation(invitation, by=world.alice)
    with pytest.raises(UserError):
        actions.join(newer, name="Nora", password=PASSWORD)


def test_a_guess_learns_nothing(client: Client) -> None:
    assert client.get(link("guessed")).status_code == 404


def test_a_weak_password_is_refused_and_the_link_still_works(client: Client, token: str) -> None:
    refused = client.post(link(token), {"name": "Nora", "password": "short"})
    assert "too short" in refused.content.decode()
    assert client.post(link(token), {"name": "Nora", "password": PASSWORD}).status_code == 302


def test_somebody_who_has_a_sign_in_must_be_signed_in_as_that_person(client: Client, world: World) -> None:
    token = actions.invite(world.organization, by=world.alice, email=world.charlie.email, role=Role.VIEWER)
    assert "Sign in to join" in client.get(link(token)).content.decode()
    client.post(link(token), {"name": "Mallory", "password": "a new long password"})
    assert not world.organization.memberships.filter(person=world.charlie).exists()
    assert world.charlie.check_password(PASSWORD)

    client.force_login(world.vera)
    assert "You are signed in as" in client.get(link(token)).content.decode()
    client.post(link(token))
    assert not world.organization.memberships.filter(person=world.charlie).exists()
    with pytest.raises(UserError, match="is for"):
        actions.join_as(token, person=world.vera)

    client.force_login(world.charlie)
    assert client.post(link(token))["Location"] == f"/o/{world.organization.slug}/"
    assert world.organization.memberships.get(person=world.charlie).role == Role.VIEWER


def test_a_member_is_not_invited_again(world: World) -> None:
    with pytest.raises(UserError, match="a member already"):
        actions.invite(world.organization, by=world.alice, email=world.otto.email, role=Role.OWNER)


def test_only_a_hash_of_the_link_is_kept(token: str) -> None:
    invitation = Invitation.objects.get(token_hash=queries.hash_of(token))
    assert token not in str(vars(invitation))
    assert len(token) >= 32


def test_the_link_is_shown_to_the_owner_once(client: Client, world: World) -> None:
    client.force_login(world.alice)
    page = f"/o/{world.organization.slug}/settings/members/"
    shown = client.post(f"{page}invite/", {"email": EMAIL, "role": "office"}).content.decode()
    assert f"{settings.BASE_URL}/invitations/" in shown
    listed = client.get(page).content.decode()
    assert EMAIL in listed
    assert "/invitations/" not in listed.replace("/settings/invitations/", "")
    [invitation] = queries.open_invitations(world.organization, now=timezone.now())
    client.post(f"/o/{world.organization.slug}/settings/invitations/{invitation.id}/withdraw/")
    assert EMAIL not in client.get(page).content.decode().replace("The invitation of " + EMAIL, "")
