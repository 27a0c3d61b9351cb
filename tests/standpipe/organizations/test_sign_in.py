"""Signing in and out, the lockout, and passwords."""

import pytest
from django.conf import settings
from django.test import Client

from standpipe.organizations.models import Membership
from standpipe.site import settings as shipped
from support.worlds import PASSWORD, World, make_world

pytestmark = pytest.mark.django_db
WRONG = "not the password"


@pytest.fixture
def world() -> World:
    return make_world()


def sign_in(client: Client, email: str, password: str, *, goal: str = "", address: str = "127.0.0.1") -> int:
    data = {"username": email, "password": password, "next": goal}
    return client.post("/sign-in/", data, REMOTE_ADDR=address).status_code


def test_e_mail_and_password_lead_to_the_only_organization(client: Client, world: World) -> None:
    answer = client.post("/sign-in/", {"username": world.alice.email, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/o/{world.organization.slug}/"
    assert "Other organizations" not in answer.content.decode()


def test_the_e_mail_address_may_be_typed_in_capitals(client: Client, world: World) -> None:
    assert sign_in(client, f" {world.alice.email.upper()} ", PASSWORD) == 302


def test_wrong_ones_are_refused_without_saying_which(client: Client, world: World) -> None:
    for email, password in ((world.alice.email, WRONG), ("nobody@example.com", PASSWORD)):
        answer = client.post("/sign-in/", {"username": email, "password": password})
        assert "E-mail and password do not match." in answer.content.decode()


def test_the_session_changes_at_sign_in(client: Client, world: World) -> None:
    client.get("/")
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = session.session_key
    sign_in(client, world.alice.email, PASSWORD)
    assert client.session.session_key != before


def test_one_is_led_on_only_within_standpipe(client: Client, world: World) -> None:
    data = {"username": world.alice.email, "password": PASSWORD}
    assert client.post("/sign-in/", data | {"next": "/password/"})["Location"] == "/password/"
    client.post("/sign-out/")
    assert client.post("/sign-in/", data | {"next": "https://evil.example/"})["Location"] == "/"


def test_eight_wrong_passwords_lock_that_address_out_and_the_page_says_so(client: Client, world: World) -> None:
    email = world.alice.email
    statuses = [sign_in(client, email, WRONG) for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert statuses[:-1] == [200] * 7
    assert statuses[-1] == 429
    locked = client.post("/sign-in/", {"username": email, "password": PASSWORD})
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert sign_in(Client(), world.bob.email, PASSWORD) == 302
    assert sign_in(Client(), email, PASSWORD, address="10.0.0.7") == 302


def test_capitals_and_blanks_buy_no_further_guesses(client: Client, world: World) -> None:
    spellings = [world.alice.email, world.alice.email.upper(), world.alice.email.title(), f" {world.alice.email}"]
    for number in range(settings.AXES_FAILURE_LIMIT):
        last = sign_in(client, spellings[number % 4], WRONG)
    assert last == 429


def test_signing_out_ends_the_session_and_is_a_post(client: Client, world: World) -> None:
    client.force_login(world.alice)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get(f"/o/{world.organization.slug}/").status_code == 302


def test_a_password_is_changed_and_other_computers_are_signed_out(client: Client, world: World) -> None:
    other = Client()
    for computer in (client, other):
        sign_in(computer, world.alice.email, PASSWORD)
    new = "a newer long password"
    assert (
        client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})["Location"]
        == "/"
    )
    home = f"/o/{world.organization.slug}/"
    assert client.get(home).status_code == 200
    assert other.get(home).status_code == 302
    assert sign_in(other, world.alice.email, new) == 302


def test_the_old_password_is_needed_to_change_it(client: Client, world: World) -> None:
    client.force_login(world.alice)
    new = "a newer long password"
    client.post("/password/", {"old_password": WRONG, "new_password1": new, "new_password2": new})
    world.alice.refresh_from_db()
    assert world.alice.check_password(PASSWORD)


def test_one_says_by_what_name_colleagues_know_one(client: Client, world: World) -> None:
    assert client.get("/profile/")["Location"] == "/sign-in/?next=/profile/"
    client.force_login(world.alice)
    assert world.alice.email in client.get("/profile/").content.decode()
    assert "This field is required." in client.post("/profile/", {"name": " "}).content.decode()
    client.post("/profile/", {"name": " Alice Alder "})
    assert "Alice Alder" in client.get(f"/o/{world.organization.slug}/").content.decode()


def test_there_is_no_way_to_sign_up(client: Client) -> None:
    for path in ("/sign-up/", "/register/", "/accounts/signup/"):
        assert client.get(path).status_code == 404


def test_with_several_organizations_one_chooses(client: Client, world: World) -> None:
    Membership.objects.create(organization=world.elsewhere, person=world.alice, role="viewer")
    client.force_login(world.alice)
    page = client.get("/", follow=True)
    assert page.redirect_chain == [("/organizations/", 302)]
    assert "Other organizations" in client.get(f"/o/{world.organization.slug}/").content.decode()
    assert f'href="/o/{world.elsewhere.slug}/"' in page.content.decode()


def test_with_no_organization_the_page_says_what_to_do(client: Client, world: World) -> None:
    world.organization.memberships.filter(person=world.vera).delete()
    client.force_login(world.vera)
    assert "not a member of any organization" in client.get("/", follow=True).content.decode()


def test_passwords_are_argon2_in_service() -> None:
    assert shipped.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
