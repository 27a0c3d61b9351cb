"""The link for the person at the QuickBooks computer: 24 hours, one use, one browser, no sign-in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.actions import archive_connection, make_setup_link, open_setup_link
from standpipe.quickbooks.connections.models import Connection, SetupLink
from standpipe.quickbooks.connections.password import matches
from standpipe.quickbooks.connections.queries import find_setup_link
from support.pages import text_of
from support.quickbooks_worlds import make_connection
from support.worlds import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def connection(world):
    return make_connection(world.organization, confirmed=False, password="the old one")


@pytest.fixture
def path(world, connection):
    return make_setup_link(connection, by=world.alice)


def token_in(path):
    return path.strip("/").split("/")[-1]


def everything_below(path):
    return [path, f"{path}qwc/", f"{path}password/", f"{path}progress/"]


def test_link_is_made_on_the_page_and_shown_once(client, world, connection):
    client.force_login(world.alice)
    url = reverse("quickbooks:link", args=[world.organization.slug, connection.id])
    assert "24 hours" in text_of(client.get(url))
    made = client.post(url)
    address = made.context["message"]["address"]
    assert address.startswith("http://localhost:8000/setup/")
    assert address in made.content.decode()
    assert address not in client.get(url).content.decode()


def test_only_the_hash_of_a_link_is_kept(path):
    token = token_in(path)
    assert len(token) >= 22  # 128 bits in base 64
    assert token not in str(list(SetupLink.objects.values()))
    assert token not in str(list(Activity.objects.values()))


def test_previews_and_looking_do_not_use_it_up(client, connection, path):
    for _ in range(3):
        looked = client.get(path)
        assert looked.status_code == 200
        assert client.head(path).status_code == 200
        for below in everything_below(path)[1:]:
            client.head(below)
            client.get(below)
    assert "Start set-up on this computer" in text_of(looked)
    link = SetupLink.objects.get()
    connection.refresh_from_db()
    assert (link.opened_at, link.browser_hash) == (None, "")
    assert matches(connection, "the old one")
    assert connection.qwc_downloaded_at is None


def test_start_names_who_asks(client, path):
    said = text_of(client.get(path))
    assert "Alice of Alder Fire asks you to connect QuickBooks Desktop" in said


def test_opening_shows_the_steps_and_a_new_password_this_once(client, connection, path):
    opened = client.post(path)
    raw = opened.context["password"]
    connection.refresh_from_db()
    assert matches(connection, raw)
    assert not matches(connection, "the old one")
    assert f'value="{raw}"' in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    again = client.get(path)
    assert "Paste the password" in text_of(again)
    assert raw not in again.content.decode()


def test_pressing_start_again_in_the_same_browser_changes_nothing(client, connection, path):
    raw = client.post(path).context["password"]
    again = client.post(path)
    connection.refresh_from_db()
    assert again.status_code == 200
    assert matches(connection, raw)


def test_browser_that_opened_it_gets_file_password_and_ticks(client, connection, path):
    client.post(path)
    version = client.get(path).context["progress"].version
    assert client.get(f"{path}progress/", {"version": version}).status_code == 204
    file = client.get(f"{path}qwc/")
    assert b"<QBWCXML>" in file.content
    assert "QWC file was downloaded" in text_of(client.get(f"{path}progress/", {"version": version}))
    first = connection.password_hash
    raw = client.post(f"{path}password/").context["password"]
    connection.refresh_from_db()
    assert connection.password_hash != first
    assert matches(connection, raw)
    trail = Activity.objects.filter(verb="connection.password_changed")
    assert [row.after["through"] for row in trail] == ["the set-up link that Alice made"] * 2


def test_cookie_is_for_this_link_alone_and_out_of_reach_of_scripts(client, path):
    cookie = client.post(path).cookies["standpipe-setup"]
    assert cookie["path"] == path
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in str(list(SetupLink.objects.values()))


def test_a_second_browser_hears_that_it_was_opened_and_what_to_do(client, connection, path):
    client.post(path)
    connection.refresh_from_db()
    other = Client()
    for url in everything_below(path):
        for answer in (other.get(url), other.post(url)):
            assert answer.status_code in {403, 405}, url
    said = text_of(other.get(path))
    assert "This link was opened already" in said
    assert "ask Alice of Alder Fire for a new link" in said
    before = connection.password_hash
    connection.refresh_from_db()
    assert connection.password_hash == before


def test_a_made_up_cookie_does_not_help(client, path):
    client.post(path)
    other = Client()
    other.cookies["standpipe-setup"] = "made up"
    assert other.get(path).status_code == 403


def test_of_two_that_press_at_once_one_gets_it(path):
    """Both have read the link before either presses."""
    one, two = find_setup_link(token_in(path)), find_setup_link(token_in(path))
    opened = open_setup_link(one)
    with pytest.raises(UserError):
        open_setup_link(two)
    assert matches(Connection.objects.get(), opened.password)


@pytest.mark.parametrize("opened", [True, False])
def test_it_ends_after_24_hours(client, path, opened):
    link = SetupLink.objects.get()
    assert link.expires_at - link.created_at == pytest.approx(timedelta(hours=24), abs=timedelta(seconds=5))
    if opened:
        client.post(path)
    SetupLink.objects.update(expires_at=timezone.now())
    before = Connection.objects.get().password_hash
    for url in everything_below(path):
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code in {410, 405}, url
    assert "This link has ended" in text_of(client.get(path))
    assert Connection.objects.get().password_hash == before


def test_it_ends_when_a_person_ends_it(client, world, connection, path):
    client.force_login(world.bob)
    link = SetupLink.objects.get()
    client.post(reverse("quickbooks:end-link", args=[world.organization.slug, connection.id, link.id]))
    assert Client().get(path).status_code == 410


def test_another_organization_cannot_end_it(client, world, connection):
    make_setup_link(connection, by=world.alice)
    link = SetupLink.objects.get()
    client.force_login(world.charlie)
    own = make_connection(world.elsewhere)
    for slug, owner in ((world.organization.slug, connection), (world.elsewhere.slug, own)):
        answer = client.post(reverse("quickbooks:end-link", args=[slug, owner.id, link.id]))
        assert answer.status_code == 404
    assert Client().get(reverse("quickbooks-help")).status_code == 200
    link.refresh_from_db()
    assert link.expires_at > timezone.now()


def test_it_ends_with_an_archived_connection(client, connection, path):
    archive_connection(connection, by=None)
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410


def test_an_unknown_link_says_so(client):
    for url in everything_below("/setup/nothing-of-the-kind/"):
        answer = client.post(url) if url.endswith("password/") else client.get(url)
        assert answer.status_code == 404
        assert "This link is not known" in text_of(answer)


def test_opening_needs_the_pages_own_form(path):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path).status_code == 403
    assert SetupLink.objects.get().opened_at is None


def test_it_hands_out_no_file_for_an_address_that_the_web_connector_refuses(client, path, settings):
    client.post(path)
    settings.BASE_URL = "http://10.0.0.5"
    said = text_of(client.get(path))
    assert "STANDPIPE_BASE_URL" in said
    assert client.get(f"{path}qwc/").status_code == 409


def test_it_shows_nothing_else_of_the_organization(client, world, path):
    client.post(path)
    for url in (f"/o/{world.organization.slug}/", reverse("quickbooks:connections", args=[world.organization.slug])):
        assert client.get(url).status_code == 302
