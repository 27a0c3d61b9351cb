"""The file that introduces us to a Web Connector, and what the Web Connector would not take."""

from dataclasses import replace

import pytest
from lxml import etree

from qbwire.errors import RefusedByConnector
from qbwire.qwc import Qwc, check_addresses, encode_qwc

ACME = Qwc(
    app_name="Standpipe – Acme & Söhne",
    app_url="https://books.example.com/qbwc",
    app_description="Customers and invoices of Acme",
    app_support="https://books.example.com/help/web-connector",
    user_name="acme-7f3a",
    owner_id="{11111111-2222-4333-8444-555555555555}",
    file_id="{66666666-7777-4888-8999-aaaaaaaaaaaa}",
    run_every_minutes=5,
)


def read(qwc: Qwc) -> dict[str, str]:
    root = etree.fromstring(encode_qwc(qwc))
    assert root.tag == "QBWCXML"
    return {element.tag: element.text or "" for element in root.iter() if len(element) == 0}


def test_the_file_holds_what_the_web_connector_needs() -> None:
    assert read(ACME) == {
        "AppName": "Standpipe – Acme & Söhne",
        "AppID": "",
        "AppURL": "https://books.example.com/qbwc",
        "AppDescription": "Customers and invoices of Acme",
        "AppSupport": "https://books.example.com/help/web-connector",
        "UserName": "acme-7f3a",
        "OwnerID": "{11111111-2222-4333-8444-555555555555}",
        "FileID": "{66666666-7777-4888-8999-aaaaaaaaaaaa}",
        "QBType": "QBFS",
        "RunEveryNMinutes": "5",
    }


def test_it_holds_no_password_and_never_read_only() -> None:
    assert not {"Password", "IsReadOnly"} & read(ACME).keys()


def test_what_is_optional_is_written_in_the_words_of_the_guide() -> None:
    full = replace(
        ACME,
        app_display_name="Standpipe",
        app_unique_name="standpipe-acme",
        auth_flags=0xE,
        cert_url="https://books.example.com/",
        notify=False,
        personal_data="pdpNotNeeded",
        unattended_mode="umpOptional",
        style="DocWrapped",
        run_every_minutes=None,
    )
    written = read(full)
    assert "RunEveryNMinutes" not in written
    assert {key: written[key] for key in written.keys() - read(ACME).keys()} == {
        "AppDisplayName": "Standpipe",
        "AppUniqueName": "standpipe-acme",
        "AuthFlags": "0xE",
        "CertURL": "https://books.example.com/",
        "Notify": "false",
        "PersonalDataPref": "pdpNotNeeded",
        "UnattendedModePref": "umpOptional",
        "Style": "DocWrapped",
    }


def test_the_same_file_is_written_for_ever() -> None:
    assert encode_qwc(ACME) == encode_qwc(replace(ACME))


@pytest.mark.parametrize(
    "url",
    [
        "https://books.example.com/qbwc",
        "https://books.example.com:8443/qbwc",
        "http://localhost:8000/qbwc",
        "http://LOCALHOST/qbwc",
        "https://localhost/qbwc",
        "https://server7/qbwc",
        "https://xn--bcher-kva.example/qbwc",
        "https://3com.example/qbwc",
    ],
)
def test_addresses_that_the_web_connector_takes(url: str) -> None:
    check_addresses(url)
    check_addresses(url, url.replace("qbwc", "help"))


REFUSED = {
    "http://books.example.com/qbwc": "QBWC1010",
    "http://server7:8000/qbwc": "QBWC1010",
    "https://192.0.2.7/qbwc": "QBWC1001",
    "http://127.0.0.1:8000/qbwc": "QBWC1001",
    "https://127.1/qbwc": "QBWC1001",
    "https://0x7f000001/qbwc": "QBWC1001",
    "https://2130706433/qbwc": "QBWC1001",
    "https://[::1]/qbwc": "QBWC1001",
    "": "no web address",
    "books.example.com/qbwc": "no web address",
    "ftp://books.example.com/qbwc": "no web address",
    "https:///qbwc": "no web address",
    "https://books.example.com:99999/qbwc": "no web address",
    "https://books.example.com:x/qbwc": "no web address",
    "https://books.example.com/a b": "no web address",
    "https://[::1/qbwc": "no web address",
    "https://bücher.example/qbwc": "no host name",
    "https://-a.example/qbwc": "no host name",
    "https://a..example/qbwc": "no host name",
    "https://me:secret@books.example.com/qbwc": "a login or a fragment",
    "https://books.example.com/qbwc#x": "a login or a fragment",
}


@pytest.mark.parametrize(("url", "reason"), REFUSED.items())
def test_addresses_that_it_refuses_are_refused_with_what_to_change(url: str, reason: str) -> None:
    with pytest.raises(RefusedByConnector, match=reason) as caught:
        check_addresses(url)
    assert caught.value.element == "AppURL"
    assert caught.value.repair.endswith(".")
    with pytest.raises(RefusedByConnector):
        encode_qwc(replace(ACME, app_url=url))


def test_the_support_page_stands_on_the_same_host() -> None:
    with pytest.raises(RefusedByConnector, match="QBWC1000") as caught:
        check_addresses("https://books.example.com/qbwc", "https://www.example.com/help")
    assert caught.value.element == "AppSupport"
    assert "books.example.com" in caught.value.repair
    check_addresses("https://books.example.com:8443/qbwc", "https://Books.example.com/help")


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"app_name": " "}, "AppName"),
        ({"app_name": "two\nlines"}, "AppName"),
        ({"app_name": "bell\x07"}, "AppName"),
        ({"app_description": ""}, "AppDescription"),
        ({"app_description": "x" * 81}, "AppDescription"),
        ({"user_name": ""}, "UserName"),
        ({"app_unique_name": "a\tb"}, "AppUniqueName"),
        ({"app_support": "http://books.example.com/help"}, "AppSupport"),
        ({"owner_id": "11111111-2222-4333-8444-555555555555"}, "OwnerID"),
        ({"file_id": "{66666666}"}, "FileID"),
        ({"run_every_minutes": 0}, "Scheduler"),
    ],
)
def test_what_else_it_refuses_names_the_element(change: dict[str, object], element: str) -> None:
    with pytest.raises(RefusedByConnector) as caught:
        encode_qwc(replace(ACME, **change))  # type: ignore[arg-type]
    assert caught.value.element == element
    assert caught.value.repair
