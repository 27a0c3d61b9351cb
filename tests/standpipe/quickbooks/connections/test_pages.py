"""The pages of a connection: what each state says, to whom, and what its buttons do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.password import matches
from support.pages import query_count, text_of
from support.quickbooks_worlds import COMPANY, PATH, make_connection
from support.worlds import make_world

pytestmark = pytest.mark.django_db

NEVER = {"confirmed": False}
MOVED = {"reason": "moved", "company_name": COMPANY, "path": r"D:\Shared\Meadow Ridge.qbw", "file_id": ""}
OTHER = {"reason": "other_file", "company_name": "Sample Plumbing", "path": r"C:\Other.qbw", "file_id": "{0}"}


@pytest.fixture
def world():
    return make_world()


def page(world, name, *args):
    return reverse(f"quickbooks:{name}", args=[world.organization.slug, *args])


@pytest.fixture
def as_alice(client, world):
    client.force_login(world.alice)
    return client


# The list


def test_without_a_connection_the_page_starts_the_set_up(as_alice, world):
    shown = as_alice.get(page(world, "connections"))
    assert "QuickBooks Desktop is not connected yet" in text_of(shown)
    assert page(world, "add-connection") in shown.content.decode()


def test_a_viewer_is_told_who_can_connect(client, world):
    client.force_login(world.vera)
    shown = client.get(page(world, "connections"))
    assert "An owner or a bookkeeper" in text_of(shown)
    assert page(world, "add-connection") not in shown.content.decode()


def test_connecting_begins_with_a_name_and_a_second_press_finds_the_first(as_alice, world):
    assert as_alice.get(page(world, "add-connection")).context["form"]["name"].value() == "Alder Fire"
    first = as_alice.post(page(world, "add-connection"), {"name": "Alder Fire"})
    second = as_alice.post(page(world, "add-connection"), {"name": "Alder Fire"})
    connection = Connection.objects.get()
    assert first.url == second.url == page(world, "connection", connection.id)


def test_list_says_of_each_connection_how_it_stands(as_alice, world):
    make_connection(world.organization, name="Books A")
    make_connection(world.organization, name="Books B", refused_file=OTHER, refused_at=timezone.now())
    make_connection(world.organization, name="Books C", **NEVER)
    make_connection(world.organization, name="Books D", archived_at=timezone.now())
    said = text_of(as_alice.get(page(world, "connections")))
    for words in ("Books A", "Connected", "Books B", "Needs you", "Books C", "Being set up", "Archived Books D"):
        assert words in said


def test_list_asks_no_more_for_more_connections(as_alice, world):
    url = page(world, "connections")
    make_connection(world.organization)
    with_one = query_count(as_alice, url)
    for _ in range(5):
        make_connection(world.organization, wrong_password_at=timezone.now())
    assert query_count(as_alice, url) == with_one


# How it stands


@pytest.mark.parametrize(
    ("columns", "words", "ticks"),
    [
        (NEVER, "QWC file not downloaded yet", 0),
        (NEVER | {"qwc_downloaded_at": timezone.now()}, "QWC file downloaded, Web Connector not seen yet", 1),
        (
            NEVER | dict.fromkeys(("qwc_downloaded_at", "first_seen_at", "last_contact_at"), timezone.now()),
            "Web Connector seen, company file not read yet",
            2,
        ),
        ({"confirmed": False, "read": True}, "Company file read", 3),
    ],
)
def test_page_tells_the_four_states_apart(as_alice, world, columns, words, ticks):
    """Requirement 2."""
    connection = make_connection(world.organization, **columns)
    shown = as_alice.get(page(world, "connection", connection.id))
    assert words in text_of(shown)
    assert shown.content.decode().count('aria-label="Done"') == ticks


def test_confirmed_connection_says_company_contact_and_next(as_alice, world):
    at = timezone.now() - timedelta(minutes=1)
    connection = make_connection(world.organization, last_contact_at=at, connector_version="34.0.10.9")
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    for words in (COMPANY, PATH, "Last contact", "Usually within 5 minutes", "34.0.10.9", "Connected"):
        assert words in said
    assert "Set-up" not in said


def test_overdue_is_said_in_words(as_alice, world):
    connection = make_connection(world.organization, last_contact_at=timezone.now() - timedelta(days=3))
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "The Web Connector has gone quiet" in said
    assert "2 days ago" in said
    assert "Auto-Run" in said


def test_wrong_password_is_said_with_time_and_address(as_alice, world):
    connection = make_connection(
        world.organization, **NEVER, wrong_password_at=timezone.now(), wrong_password_from="203.0.113.9"
    )
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "The Web Connector uses a wrong password" in said
    assert "from 203.0.113.9" in said


def test_a_second_computer_with_an_old_password_is_a_note(as_alice, world):
    connection = make_connection(
        world.organization, wrong_password_at=timezone.now(), wrong_password_from="203.0.113.9"
    )
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "Needs you" not in said
    assert "a second computer still has the old row" in said


def test_an_old_wrong_password_is_forgotten(as_alice, world):
    connection = make_connection(world.organization, wrong_password_at=timezone.now() - timedelta(days=8))
    assert "Wrong password" not in text_of(as_alice.get(page(world, "connection", connection.id)))


def test_trouble_is_said_with_what_to_do(as_alice, world):
    trouble = {"code": "0x80040418", "text": "Not authorised yet.", "at": timezone.now().isoformat()}
    connection = make_connection(world.organization, trouble=trouble)
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "QuickBooks' Admin has not admitted Standpipe yet" in said
    assert "as Admin, in single-user mode" in said


def test_page_asks_for_news_and_gets_none_while_there_is_none(as_alice, world):
    connection = make_connection(world.organization, **NEVER)
    url = page(world, "connection", connection.id)
    version = as_alice.get(url).context["version"]
    again = {"headers": {"HX-Request": "true"}}
    assert as_alice.get(url, {"version": version}, **again).status_code == 204
    Connection.objects.filter(pk=connection.pk).update(qwc_downloaded_at=timezone.now())
    news = as_alice.get(url, {"version": version}, **again)
    assert "Web Connector not seen yet" in text_of(news)
    assert "<html" not in news.content.decode()


# Which company file


def test_yes_this_is_our_company_file(as_alice, world):
    connection = make_connection(world.organization, confirmed=False, read=True)
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "Yes, this is our company file" in said
    assert COMPANY in said
    as_alice.post(page(world, "confirm", connection.id))
    connection.refresh_from_db()
    assert connection.confirmed_by == world.alice


def test_no_this_is_another_file(as_alice, world):
    connection = make_connection(world.organization, confirmed=False, read=True)
    as_alice.post(page(world, "reject", connection.id))
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "Yes, this is our company file”" in said
    assert "Not read yet" in said
    assert "company file not read yet" in said


def test_moved_file_names_both_and_is_accepted_by_a_press(as_alice, world):
    """Idea 11 of the requirements: moved, renamed or wrong."""
    connection = make_connection(world.organization, refused_file=MOVED, refused_at=timezone.now())
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    for words in (PATH, MOVED["path"], "It was moved or renamed.", "It is a copy, or the wrong file."):
        assert words in said
    as_alice.post(page(world, "accept-file", connection.id))
    connection.refresh_from_db()
    assert (connection.file_path, connection.refused_file) == (MOVED["path"], None)


def test_another_companys_file_names_both_and_cannot_be_accepted(as_alice, world):
    connection = make_connection(world.organization, refused_file=OTHER, refused_at=timezone.now())
    shown = as_alice.get(page(world, "connection", connection.id))
    for words in (COMPANY, "Sample Plumbing", "The wrong file was open.", "nothing was written"):
        assert words in text_of(shown)
    assert page(world, "accept-file", connection.id) not in shown.content.decode()
    refused = as_alice.post(page(world, "accept-file", connection.id), follow=True)
    assert "belongs to another connection" in text_of(refused)
    connection.refresh_from_db()
    assert connection.file_path == PATH


# File, password, settings, archive


def test_file_is_downloaded_and_ticks_the_step(as_alice, world):
    connection = make_connection(world.organization, **NEVER)
    file = as_alice.get(page(world, "qwc", connection.id))
    assert file["Content-Type"] == "application/x-qwc"
    assert file["Content-Disposition"] == f'attachment; filename="standpipe-{connection.username}.qwc"'
    assert b"<QBWCXML>" in file.content
    assert as_alice.get(page(world, "qwc", connection.id)).content == file.content
    connection.refresh_from_db()
    assert connection.qwc_downloaded_at is not None


def test_looking_at_the_file_with_head_ticks_nothing(as_alice, world):
    connection = make_connection(world.organization, **NEVER)
    assert as_alice.head(page(world, "qwc", connection.id)).status_code == 405
    connection.refresh_from_db()
    assert connection.qwc_downloaded_at is None


def test_no_file_for_an_address_that_the_web_connector_refuses(as_alice, world, settings):
    settings.BASE_URL = "http://10.0.0.5:8000"
    connection = make_connection(world.organization, **NEVER)
    for name in ("connection", "setup", "link"):
        shown = as_alice.get(page(world, name, connection.id))
        assert "STANDPIPE_BASE_URL" in text_of(shown)
        assert page(world, "qwc", connection.id) not in shown.content.decode()
    refused = as_alice.get(page(world, "qwc", connection.id), follow=True)
    assert "STANDPIPE_BASE_URL" in text_of(refused)
    connection.refresh_from_db()
    assert connection.qwc_downloaded_at is None


def test_new_password_is_asked_first_then_shown_once(as_alice, world):
    connection = make_connection(world.organization)
    asked = text_of(as_alice.get(page(world, "password", connection.id)))
    assert "The old password stops at once" in asked
    shown = as_alice.post(page(world, "password", connection.id))
    raw = shown.context["password"]
    connection.refresh_from_db()
    assert matches(connection, raw)
    assert f'value="{raw}"' in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    for name in ("password", "setup", "connection"):
        assert raw not in as_alice.get(page(world, name, connection.id)).content.decode()


def test_password_is_made_among_the_steps_too(as_alice, world):
    connection = make_connection(world.organization, confirmed=False, password_hash="")
    assert "Make the password" in text_of(as_alice.get(page(world, "setup", connection.id)))
    shown = as_alice.post(page(world, "setup-password", connection.id))
    connection.refresh_from_db()
    assert matches(connection, shown.context["password"])
    assert "Authorize New Web Service" in text_of(shown)


def test_set_up_on_this_computer_shows_all_steps_with_their_failures(as_alice, world):
    connection = make_connection(world.organization, **NEVER)
    shown = as_alice.get(page(world, "setup", connection.id))
    said = text_of(shown)
    order = [
        "Open the company file as Admin, in single-user mode",
        "Download the QWC file",
        "Authorize New Web Service",
        "QBWC1048",
        "QBWC1039",
        "Yes, always; allow access even if QuickBooks is not running",
        "0x80040418",
        "Paste the password",
        "QBWC1040",
        "Auto-Run",
        "Back to multi-user mode",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_steps_tick_themselves(as_alice, world):
    connection = make_connection(world.organization, **NEVER)
    url = page(world, "setup-progress", connection.id)
    version = as_alice.get(page(world, "setup", connection.id)).context["progress"].version
    assert as_alice.get(url, {"version": version}).status_code == 204
    as_alice.get(page(world, "qwc", connection.id))
    ticked = as_alice.get(url, {"version": version}).content.decode()
    assert ticked.count("is-done") == 1
    now = timezone.now()
    Connection.objects.update(first_seen_at=now, last_contact_at=now, file_read_at=now, file_company_name=COMPANY)
    done = as_alice.get(url, {"version": version})
    assert f"“{COMPANY}” was read" in text_of(done)
    assert "hx-trigger" not in done.content.decode()


def test_settings_are_changed(as_alice, world):
    connection = make_connection(world.organization)
    as_alice.post(page(world, "settings", connection.id), {"name": "Main books", "poll_minutes": 15})
    connection.refresh_from_db()
    assert (connection.name, connection.poll_minutes) == ("Main books", 15)
    refused = as_alice.post(page(world, "settings", connection.id), {"name": " ", "poll_minutes": 0})
    assert refused.context["form"].errors.keys() == {"name", "poll_minutes"}


def test_archive_says_what_stops_and_can_be_taken_back(as_alice, world):
    connection = make_connection(world.organization, name="Old books")
    asked = text_of(as_alice.get(page(world, "archive", connection.id)))
    assert "Nothing is read from QuickBooks and nothing is sent to it" in asked
    as_alice.post(page(world, "archive", connection.id))
    said = text_of(as_alice.get(page(world, "connection", connection.id)))
    assert "Archived since" in said
    as_alice.post(page(world, "restore", connection.id))
    connection.refresh_from_db()
    assert connection.archived_at is None


# Who may

VIEWED = ("connections", "connection")
GUARDED_GETS = (
    "add-connection", "setup", "setup-progress", "qwc", "password", "link", "settings", "archive",
)  # fmt: skip
GUARDED_POSTS = (
    "add-connection", "setup-password", "password", "link", "confirm", "reject", "accept-file", "settings", "archive",
    "restore",
)  # fmt: skip
WITHOUT_ID = {"connections", "add-connection"}


def address(world, name, connection):
    return page(world, name) if name in WITHOUT_ID else page(world, name, connection.id)


@pytest.mark.parametrize("who", ["otto", "vera"])
def test_only_who_may_connect_gets_file_password_and_link(client, world, who):
    connection = make_connection(world.organization, confirmed=False, read=True)
    before = Connection.objects.values().get()
    client.force_login(getattr(world, who))
    for name in GUARDED_GETS:
        assert client.get(address(world, name, connection)).status_code == 403, name
    for name in GUARDED_POSTS:
        assert client.post(address(world, name, connection)).status_code == 403, name
    assert Connection.objects.values().get() == before


def test_a_viewer_sees_the_state_and_no_button(client, world):
    connection = make_connection(world.organization, confirmed=False, read=True)
    client.force_login(world.vera)
    shown = client.get(page(world, "connection", connection.id))
    assert COMPANY in text_of(shown)
    for name in (*GUARDED_GETS, *GUARDED_POSTS):
        if name not in WITHOUT_ID:
            assert f'"{page(world, name, connection.id)}"' not in shown.content.decode(), name


def test_a_bookkeeper_may_connect(client, world):
    connection = make_connection(world.organization)
    client.force_login(world.bob)
    for name in ("setup", "link", "password", "settings"):
        assert client.get(page(world, name, connection.id)).status_code == 200


def test_another_organization_finds_nothing(client, world):
    """Pain 23: with the other's address, and with the other's connection under the own address."""
    connection = make_connection(world.organization)
    client.force_login(world.charlie)
    for name in {*VIEWED, *GUARDED_GETS, *GUARDED_POSTS}:
        here = address(world, name, connection)
        own = here.replace(f"/o/{world.organization.slug}/", f"/o/{world.elsewhere.slug}/")
        tried = [here] if name in WITHOUT_ID else [here, own]
        for url in tried:
            answers = {client.get(url).status_code, client.post(url).status_code}
            assert answers <= {404, 405}, url


def test_nobody_signed_in_is_sent_to_sign_in(client, world):
    connection = make_connection(world.organization)
    for name in VIEWED:
        answer = client.get(address(world, name, connection))
        assert answer.status_code == 302
        assert answer.url.startswith("/sign-in/")
