"""QWC files: what the Web Connector would refuse is refused with its number and what to change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsim.qwc import QwcRefused, read_qwc
from support.fake_service import FILE_ID, OWNER_ID, QWC


def refused(text: str | bytes) -> QwcRefused:
    with pytest.raises(QwcRefused) as caught:
        read_qwc(text)
    assert caught.value.code in str(caught.value)
    assert caught.value.repair in str(caught.value)
    return caught.value


def test_a_sound_file_is_read() -> None:
    qwc = read_qwc(QWC)
    assert (qwc.app_name, qwc.user_name, qwc.owner_id, qwc.file_id) == ("Test Service", "alice", OWNER_ID, FILE_ID)
    assert qwc.run_every_seconds == 300
    assert (qwc.style, qwc.auth_flags) == ("Document", 0)


def test_it_may_come_as_path_text_or_bytes(tmp_path: object) -> None:
    path = tmp_path / "standpipe.qwc"
    path.write_text(QWC)
    assert read_qwc(path) == read_qwc(str(path)) == read_qwc(QWC) == read_qwc(QWC.encode())


def without(tag: str) -> str:
    start, end = QWC.index(f"<{tag}>"), QWC.index(f"</{tag}>") + len(tag) + 3
    return QWC[:start] + QWC[end:]


REQUIRED = (
    "AppName",
    "AppID",
    "AppURL",
    "AppDescription",
    "AppSupport",
    "UserName",
    "OwnerID",
    "FileID",
    "QBType",
)


@pytest.mark.parametrize("tag", REQUIRED)
def test_a_missing_element_is_named(tag: str) -> None:
    error = refused(without(tag))
    assert error.code == "QBWC1039"
    assert tag in error.repair


@pytest.mark.parametrize("tag", [tag for tag in REQUIRED if tag != "AppID"])
def test_an_empty_element_counts_as_missing(tag: str) -> None:
    start, end = QWC.index(f"<{tag}>") + len(tag) + 2, QWC.index(f"</{tag}>")
    assert refused(QWC[:start] + QWC[end:]).code == "QBWC1039"


def test_the_order_of_elements_does_not_matter() -> None:
    moved = without("AppName").replace("<QBType>", "<AppName>Test Service</AppName><QBType>")
    assert read_qwc(moved) == read_qwc(QWC)


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("</QBWCXML>", "", "QBWC1039", "well-formed"),
        ("QBWCXML>", "QWC>", "QBWC1039", "QBWCXML"),
        ("<QBType>", "<Colour>red</Colour><QBType>", "QBWC1039", "Colour"),
        ("<QBType>QBFS</QBType>", "<QBType>QBFS</QBType><QBType>QBFS</QBType>", "QBWC1039", "QBType"),
        ("QBFS", "QBO", "QBWC1039", "QBFS or QBPOS"),
        (OWNER_ID, OWNER_ID[1:-1], "QBWC1039", "GUID"),
        (FILE_ID, "{1}", "QBWC1039", "GUID"),
        ("RunEveryNMinutes>", "RunEveryNHours>", "QBWC1039", "RunEveryNHours"),
        (">5<", ">often<", "QBWC1039", "whole number"),
        (">5<", ">0<", "QBWC1039", "whole number"),
        ("<QBType>", "<IsReadOnly>true</IsReadOnly><QBType>", "QBWC1039", "IsReadOnly"),
        ("<QBType>", "<IsReadOnly>no</IsReadOnly><QBType>", "QBWC1039", "true or false"),
        ("<QBType>", "<Style>Rpc</Style><QBType>", "QBWC1039", "Document"),
        ("<QBType>", "<AuthFlags>all</AuthFlags><QBType>", "QBWC1039", "number"),
        ("https://books.example.com/qbwc", "http://books.example.com/qbwc", "QBWC1010", "https"),
        ("https://books.example.com/qbwc", "ftp://books.example.com/qbwc", "QBWC1010", "https"),
        ("https://books.example.com/qbwc", "https://192.0.2.7/qbwc", "QBWC1001", "host name"),
        ("https://books.example.com/qbwc", "https://[::1]/qbwc", "QBWC1001", "host name"),
        ("https://books.example.com/help", "https://192.0.2.7/help", "QBWC1002", "host name"),
        ("https://books.example.com/help", "https://www.example.com/help", "QBWC1000", "same host"),
        ("https://books.example.com/help", "help", "QBWC1000", "same host"),
    ],
)
def test_what_the_web_connector_refuses_has_its_number(old: str, new: str, code: str, says: str) -> None:
    error = refused(QWC.replace(old, new))
    assert error.code == code
    assert says in str(error)


def test_http_is_possible_on_localhost_only() -> None:
    local = QWC.replace("https://books.example.com", "http://localhost:8000")
    assert read_qwc(local).app_url == "http://localhost:8000/qbwc"


def test_of_two_schedules_the_first_wins() -> None:
    both = QWC.replace("<Scheduler>", "<Scheduler><RunEveryNSeconds>30</RunEveryNSeconds>")
    assert read_qwc(both).run_every_seconds == 30
    assert read_qwc(without("Scheduler")).run_every_seconds is None


def test_hosts_compare_whatever_the_case() -> None:
    assert read_qwc(QWC.replace("https://books.example.com/help", "https://BOOKS.example.com:444/help"))


def test_entities_are_not_followed(tmp_path: object) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    text = QWC.replace("<QBWCXML>", f'<!DOCTYPE QBWCXML [<!ENTITY x SYSTEM "{secret.as_uri()}">]><QBWCXML>')
    with pytest.raises(QwcRefused):
        read_qwc(text.replace("Test Service", "&x;"))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_politely(data: bytes) -> None:
    assert refused(data).code == "QBWC1039"


def test_a_missing_file_is_said(tmp_path: object) -> None:
    assert "cannot be read" in str(refused(str(tmp_path / "nothing.qwc")))
