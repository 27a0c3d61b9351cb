"""Setting up and living with a connection, seen from both sides: a Web Connector by hand, and the page beside it."""

import pytest
from django.urls import reverse

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import state_of
from standpipe.quickbooks.lists.actions import request_refresh
from support.pages import text_of
from support.quickbooks_worlds import COMPANY, PASSWORD, PATH, make_connection
from support.soap import Visit, hcp
from support.worlds import make_world

pytestmark = pytest.mark.django_db

HOST_ANSWER = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><HostQueryRs requestID="{number}.1" statusCode="0" '
    'statusSeverity="Info" statusMessage="Status OK"><HostRet><ProductName>QuickBooks Premier 2014</ProductName>'
    "</HostRet></HostQueryRs></QBXMLMsgsRs></QBXML>"
)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def open_page(client, world):
    client.force_login(world.alice)

    def read(name, connection, *, press=False):
        url = reverse(f"quickbooks:{name}", args=[world.organization.slug, connection.id])
        return client.post(url, follow=True) if press else client.get(url)

    return read


def look_only(connection, **said):
    """A whole visit in which nothing is asked for."""
    visit = Visit(connection, **said)
    assert visit.ask()
    assert visit.give(HOST_ANSWER.format(number=1)) == 100
    visit.close()


def test_four_states_follow_the_web_connector(client, world, open_page):
    """Requirement 2: each state is driven by what the other side does, and read from the page."""
    client.force_login(world.alice)
    client.post(reverse("quickbooks:add-connection", args=[world.organization.slug]), {"name": "Books"})
    connection = Connection.objects.get()

    def now():
        connection.refresh_from_db()
        return state_of(connection).value, text_of(open_page("connection", connection))

    state, said = now()
    assert state == "qwc_not_downloaded"
    assert "QWC file not downloaded yet" in said

    open_page("qwc", connection)
    password = open_page("password", connection, press=True).context["password"]
    state, said = now()
    assert state == "never_seen"
    assert "Web Connector not seen yet" in said

    assert Visit(connection, password="wrong", address="203.0.113.9").verdict == "nvu"
    state, said = now()
    assert state == "never_seen"
    assert "uses a wrong password" in said
    assert "203.0.113.9" in said

    visit = Visit(connection, password=password)
    state, said = now()
    assert (visit.verdict, state) == ("", "seen")
    assert "company file not read yet" in said

    visit.ask()
    state, said = now()
    assert state == "file_read"
    assert COMPANY in said
    assert PATH in said
    assert "Yes, this is our company file" in said

    said = text_of(open_page("confirm", connection, press=True))
    assert "Confirmed" in said
    assert "FRONTDESK" in said


def test_what_quickbooks_refused_is_said_and_is_over_with_a_good_visit(world, open_page):
    connection = make_connection(world.organization, confirmed=False)
    Visit(connection).fail_to_connect("0x80040418", "QBWC could not open")
    said = text_of(open_page("connection", connection))
    assert "Admin has not admitted Standpipe yet" in said
    assert "sign in to the company file as Admin, in single-user mode" in said.replace("Sign", "sign")
    assert "Admin has not admitted" in text_of(open_page("setup", connection))
    look_only(connection)
    assert "Admin has not admitted Standpipe yet" not in text_of(open_page("connection", connection))


def test_another_company_file_is_shut_out_and_both_are_named(world, open_page):
    connection = make_connection(world.organization)
    request_refresh(connection, by=None)
    other = hcp(file_id="{99999999-8888-4777-8666-555555555555}", company="Sample Plumbing")
    visit = Visit(connection)
    assert visit.ask(said=other, path=r"C:\Sample.qbw") == ""
    said = text_of(open_page("connection", connection))
    for words in ("Another company file was open", "Sample Plumbing", r"C:\Sample.qbw", COMPANY, PATH):
        assert words in said
    assert Visit(connection).ask() != ""
    assert "Another company file was open" not in text_of(open_page("connection", connection))


def test_a_moved_file_goes_on_when_a_person_says_that_it_is_the_same(world, open_page):
    connection = make_connection(world.organization)
    request_refresh(connection, by=None)
    assert Visit(connection).ask(path=r"D:\New\Meadow Ridge.qbw") == ""
    assert "It was moved or renamed" in text_of(open_page("connection", connection))
    said = text_of(open_page("accept-file", connection, press=True))
    assert r"D:\New\Meadow Ridge.qbw" in said
    assert Visit(connection).ask(path=r"D:\New\Meadow Ridge.qbw") != ""


def test_no_this_is_another_file_lets_the_next_one_be_the_first(world, open_page):
    connection = make_connection(world.organization, confirmed=False)
    wrong = Visit(connection)
    wrong.ask(said=hcp(connection, company="Sample Plumbing"), path=r"C:\Sample.qbw")
    wrong.close()
    assert "Sample Plumbing" in text_of(open_page("connection", connection))
    open_page("reject", connection, press=True)
    Visit(connection).ask(said=hcp(connection, file_id=""))
    connection.refresh_from_db()
    assert (connection.file_company_name, connection.file_path) == (COMPANY, PATH)


def test_new_password_stops_the_old_one_at_once(world, open_page):
    connection = make_connection(world.organization)
    assert Visit(connection, password=PASSWORD).verdict == "none"
    new = open_page("password", connection, press=True).context["password"]
    assert Visit(connection, password=PASSWORD).verdict == "nvu"
    assert Visit(connection, password=new).verdict == "none"
    assert Visit(connection, password=new.replace("-", "").upper()).verdict == "none"


def test_an_archived_connection_is_turned_away(world, open_page):
    connection = make_connection(world.organization)
    open_page("archive", connection, press=True)
    assert Visit(connection).verdict == "nvu"
    open_page("restore", connection, press=True)
    assert Visit(connection).verdict == "none"


def test_a_visit_that_hangs_is_released_from_the_page(world, open_page):
    connection = make_connection(world.organization)
    request_refresh(connection, by=None)
    Visit(connection).ask()
    assert Visit(connection).verdict == "busy"
    assert "Visit in progress" in text_of(open_page("connection", connection))
    said = text_of(open_page("release-session", connection, press=True))
    assert "Released" in said
    assert "Visit in progress" not in said
    assert Visit(connection).verdict == ""
    assert "released the visit" in text_of(open_page("connection", connection))


def test_only_who_may_connect_releases_a_visit(client, world):
    connection = make_connection(world.organization)
    request_refresh(connection, by=None)
    Visit(connection).ask()
    url = reverse("quickbooks:release-session", args=[world.organization.slug, connection.id])
    for person, status in ((world.otto, 403), (world.charlie, 404)):
        client.force_login(person)
        assert client.post(url).status_code == status
    assert Visit(connection).verdict == "busy"


def test_what_was_done_stands_in_the_history(world, open_page):
    connection = make_connection(world.organization, confirmed=False, read=True)
    open_page("confirm", connection, press=True)
    said = text_of(open_page("connection", connection))
    assert "Alice said that this is the company file" in said
