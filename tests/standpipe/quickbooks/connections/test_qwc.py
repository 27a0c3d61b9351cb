"""The QWC file: what the Web Connector wants to read, and always the same."""

import uuid

import pytest
from lxml import etree

from standpipe.core.errors import UserError
from standpipe.quickbooks.connections import qwc
from standpipe.quickbooks.connections.actions import (
    change_settings,
    create_connection,
    download_qwc,
    new_password,
    qwc_of,
)
from standpipe.quickbooks.connections.models import Connection
from support.worlds import make_organization

BASE_URL = "https://standpipe.example.com"

pytestmark = pytest.mark.django_db


def make_new(name="QuickBooks Desktop"):
    return create_connection(make_organization("Alder Fire", slug="alder-fire"), by=None, name=name)


def read(file):
    return {element.tag: element.text or "" for element in etree.fromstring(file)}


def test_ten_downloads_are_one_file():
    """Pain 10, idea 10 of the requirements: a file with other IDs would be another application."""
    connection = make_new()
    files = {download_qwc(connection, base_url=BASE_URL).content for _ in range(5)}
    change_settings(connection, by=None, name="The other name")
    connection.organization.name = "Alder Fire & Safety"
    connection.organization.slug = "alder-fire-safety"
    connection.organization.save()
    new_password(connection, by=None)
    fresh = Connection.objects.get(pk=connection.pk)
    files |= {download_qwc(fresh, base_url=BASE_URL).content for _ in range(5)}
    assert len(files) == 1


def test_file_says_what_the_web_connector_needs():
    connection = make_new()
    said = read(qwc_of(connection, base_url=BASE_URL))
    assert said["AppURL"] == "https://standpipe.example.com/qbwc/"
    assert said["AppSupport"] == "https://standpipe.example.com/help/quickbooks/"
    assert said["UserName"] == connection.username
    assert said["AppName"] == f"Standpipe {connection.username}"
    assert said["OwnerID"] == f"{{{qwc.OWNER_ID}}}"
    assert said["FileID"] == f"{{{connection.file_id}}}"
    assert said["QBType"] == "QBFS"
    assert said["AppID"] == ""
    assert "IsReadOnly" not in said
    assert "password" not in str(said).lower()


def test_file_asks_for_the_interval():
    root = etree.fromstring(qwc_of(make_new(), base_url=BASE_URL))
    assert root.findtext("Scheduler/RunEveryNMinutes") == "5"


def test_owner_id_is_for_ever():
    assert uuid.UUID("4254c422-2bbb-4d2e-8f2c-d5c23343f980") == qwc.OWNER_ID


def test_two_connections_are_two_applications_of_one_owner():
    organization = make_organization()
    one, other = (
        read(qwc_of(create_connection(organization, by=None, name="Books"), base_url=BASE_URL)) for _ in range(2)
    )
    assert one["OwnerID"] == other["OwnerID"]
    assert all(one[element] != other[element] for element in ("AppName", "UserName", "FileID"))


def test_application_is_readable_at_the_quickbooks_computer():
    assert read(qwc_of(make_new(), base_url=BASE_URL))["AppName"].startswith("Standpipe alder-fire-")


@pytest.mark.parametrize(
    "base_url",
    [
        "http://standpipe.example.com",
        "http://10.0.0.5:8000",
        "https://10.0.0.5",
        "https://[2001:db8::1]",
        "http://127.0.0.1:8000",
        "ftp://standpipe.example.com",
        "standpipe.example.com",
        "",
    ],
)
def test_no_file_for_an_address_that_the_web_connector_refuses(base_url):
    connection = make_new()
    with pytest.raises(UserError, match="STANDPIPE_BASE_URL") as refusal:
        download_qwc(connection, base_url=base_url)
    assert refusal.value.code == "address_refused"
    connection.refresh_from_db()
    assert connection.qwc_downloaded_at is None


@pytest.mark.parametrize("base_url", ["http://localhost:8000", "https://standpipe.example.com", "https://intranet"])
def test_a_file_for_every_address_that_it_takes(base_url):
    assert read(qwc_of(make_new(), base_url=base_url))["AppURL"] == f"{base_url}/qbwc/"
    assert qwc.address_refusal(base_url) is None
