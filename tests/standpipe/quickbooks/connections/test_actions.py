"""What people do with a connection, and the trail that it leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.actions import (
    accept_moved_file,
    archive_connection,
    change_settings,
    confirm_company,
    create_connection,
    download_qwc,
    new_password,
    reject_company,
    restore_connection,
)
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.password import matches
from standpipe.quickbooks.connections.queries import connection_json, connections_of, import_hindrance, state_of
from support.quickbooks_worlds import COMPANY, PATH, make_connection, mark_list_whole
from support.worlds import make_member, make_organization

pytestmark = pytest.mark.django_db

MOVED = {"reason": "moved", "company_name": COMPANY, "path": r"D:\Books\Meadow Ridge.qbw", "file_id": ""}
OTHER = {"reason": "other_file", "company_name": "Sample Plumbing", "path": r"C:\Other.qbw", "file_id": "{0}"}


def verbs(connection):
    return list(Activity.objects.filter(subject_id=str(connection.id)).order_by("pk").values_list("verb", flat=True))


def reloaded(connection):
    return Connection.objects.get(pk=connection.pk)


def test_new_connection_has_its_own_names_and_no_password():
    organization = make_organization("Alder Fire", slug="alder-fire")
    alice = make_member(organization)
    connection = create_connection(organization, by=alice, name="  Main   books ")
    assert connection.name == "Main books"
    assert connection.username.startswith("alder-fire-")
    assert connection.password_hash == ""
    assert verbs(connection) == ["connection.created"]


@pytest.mark.parametrize(
    ("name", "code"), [("", "name_required"), (" \t", "name_required"), ("x" * 151, "invalid_name")]
)
def test_connection_needs_a_name_that_fits(name, code):
    with pytest.raises(UserError) as refusal:
        create_connection(make_organization(), by=None, name=name)
    assert (refusal.value.code, refusal.value.field) == (code, "name")


def test_new_password_stops_the_old_at_once():
    connection = make_connection(
        make_organization(), wrong_password_at=timezone.now(), wrong_password_from="10.0.0.9"
    )
    old = new_password(connection, by=None)
    new = new_password(connection, by=None)
    stored = reloaded(connection)
    assert not matches(stored, old)
    assert matches(stored, new)
    assert stored.wrong_password_at is None
    assert old not in str(list(Activity.objects.values()))


def test_first_download_is_noted_once():
    connection = create_connection(make_organization(), by=None, name="Main books")
    download_qwc(connection, base_url="https://standpipe.example.com")
    first = reloaded(connection).qwc_downloaded_at
    download_qwc(reloaded(connection), base_url="https://standpipe.example.com")
    assert reloaded(connection).qwc_downloaded_at == first
    assert verbs(connection).count("connection.qwc_downloaded") == 1


def test_settings_change_what_people_see_and_nothing_else():
    connection = make_connection(make_organization())
    username, file_id = connection.username, connection.file_id
    change_settings(connection, by=None, name="Main books", poll_minutes=15)
    change_settings(connection, by=None, name="Main books")
    stored = reloaded(connection)
    assert (stored.name, stored.poll_minutes, stored.username, stored.file_id) == (
        "Main books",
        15,
        username,
        file_id,
    )
    assert verbs(connection) == ["connection.settings_changed"]


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_interval_must_make_sense(minutes):
    connection = make_connection(make_organization())
    with pytest.raises(UserError, match="between 1 and 1440"):
        change_settings(connection, by=None, poll_minutes=minutes)


def test_company_is_confirmed_once_by_a_person():
    organization = make_organization()
    alice, bob = make_member(organization), make_member(organization, name="Bob")
    connection = make_connection(organization, read=True, confirmed=False)
    confirm_company(connection, by=alice)
    first = reloaded(connection).confirmed_at
    confirm_company(connection, by=bob)
    stored = reloaded(connection)
    assert (stored.confirmed_at, stored.confirmed_by) == (first, alice)
    assert verbs(connection) == ["connection.company_confirmed"]


def test_no_company_to_confirm_before_a_file_was_read():
    connection = make_connection(make_organization(), confirmed=False)
    with pytest.raises(UserError) as refusal:
        confirm_company(connection, by=None)
    assert refusal.value.code == "company_file_not_read"


def test_no_this_is_another_file_forgets_it_and_waits_for_the_next():
    connection = make_connection(make_organization(), read=True, confirmed=False)
    reject_company(connection, by=None)
    stored = reloaded(connection)
    assert (stored.file_read_at, stored.file_company_name, stored.file_path) == (None, "", "")
    assert state_of(stored) == "seen"


@pytest.mark.parametrize("answer", [confirm_company, reject_company, accept_moved_file])
def test_an_answer_about_a_file_that_nobody_saw_changes_nothing(answer):
    """The connector came with a training copy between the page and the press."""
    connection = make_connection(make_organization(), read=True, confirmed=False, refused_file=MOVED)
    seen = connection.file_in_question
    Connection.objects.update(refused_file=MOVED | {"path": r"C:\Test\Copy.qbw"})
    before = reloaded(connection).__dict__
    with pytest.raises(UserError) as refusal:
        answer(connection, by=None, seen=seen)
    assert refusal.value.code == "changed_meanwhile"
    assert {**reloaded(connection).__dict__, "_state": 0} == {**before, "_state": 0}


def test_a_confirmed_company_is_not_forgotten():
    connection = make_connection(make_organization())
    with pytest.raises(UserError):
        reject_company(connection, by=None)
    assert reloaded(connection).file_company_name == COMPANY


@pytest.mark.parametrize("reason", ["moved", "unstamped"])
def test_the_same_file_elsewhere_is_taken_when_a_person_says_so(reason):
    refused = MOVED | {"reason": reason, "company_name": "Meadow Ridge Fire"}
    connection = make_connection(make_organization(), refused_file=refused, refused_at=timezone.now())
    accept_moved_file(connection, by=None)
    stored = reloaded(connection)
    assert (stored.file_company_name, stored.file_path) == ("Meadow Ridge Fire", r"D:\Books\Meadow Ridge.qbw")
    assert (stored.refused_file, stored.refused_at) == (None, None)
    assert stored.confirmed_at is not None
    trail = Activity.objects.get(verb="connection.file_accepted")
    assert (trail.before["path"], trail.after["path"]) == (PATH, r"D:\Books\Meadow Ridge.qbw")


def test_another_companys_file_cannot_be_taken():
    connection = make_connection(make_organization(), refused_file=OTHER, refused_at=timezone.now())
    with pytest.raises(UserError) as refusal:
        accept_moved_file(connection, by=None)
    assert refusal.value.code == "other_company_file"
    stored = reloaded(connection)
    assert (stored.file_path, stored.refused_file) == (PATH, OTHER)


def test_nothing_is_accepted_where_nothing_waits():
    with pytest.raises(UserError):
        accept_moved_file(make_connection(make_organization()), by=None)


def test_archive_ends_links_and_can_be_taken_back():
    organization = make_organization()
    connection = make_connection(organization)
    connection.setup_links.create(
        token_hash="a", made_by=make_member(organization), expires_at=timezone.now() + timedelta(hours=1)
    )
    archive_connection(connection, by=None)
    archive_connection(connection, by=None)
    assert list(connections_of(organization)) == []
    assert list(connections_of(organization, archived=True)) == [connection]
    assert connection.setup_links.get().expires_at <= timezone.now()
    restore_connection(connection, by=None)
    assert list(connections_of(organization)) == [connection]
    assert verbs(connection) == ["connection.archived", "connection.restored"]


def test_import_waits_for_connection_then_confirmation_then_list():
    organization = make_organization()
    connection = make_connection(organization, confirmed=False)
    assert import_hindrance(connection).code == "not_connected"
    connection = make_connection(organization, read=True, confirmed=False)
    assert import_hindrance(connection).code == "company_not_confirmed"
    connection = make_connection(organization)
    assert import_hindrance(connection).code == "list_never_arrived"
    mark_list_whole(connection)
    assert import_hindrance(reloaded(connection)) is None
    archive_connection(connection, by=None)
    assert import_hindrance(reloaded(connection)).code == "connection_archived"


def test_json_before_and_after_the_company_file_was_read():
    organization = make_organization()
    new = connection_json(make_connection(organization, confirmed=False))
    assert (new["state"], new["file"], new["confirmed"], new["last_contact_at"]) == (
        "qwc_not_downloaded",
        None,
        False,
        None,
    )
    connection = make_connection(organization, refused_file=MOVED, refused_at=timezone.now())
    known = connection_json(connection)
    assert known["file"]["company_name"] == COMPANY
    assert known["refused_file"]["path"] == r"D:\Books\Meadow Ridge.qbw"
    assert known["health"]["ok"] is False
    assert [problem["code"] for problem in known["health"]["problems"]] == ["refused_file"]
    assert known["soap_url"] == "http://localhost:8000/qbwc/"
    assert known["qwc_url"].endswith(f"/api/v1/connections/{connection.id}/qwc")
    assert "password" not in str(known)
