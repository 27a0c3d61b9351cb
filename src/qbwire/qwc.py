"""The QWC file, which introduces our service to a Web Connector.

What the Web Connector would refuse is refused here first, with what to change.
Source: QBWC Programmer's Guide, chapter 4 and appendix A (QBWC1000, 1001, 1010).
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from lxml import etree

from qbwire.errors import RefusedByConnector
from qbwire.scalars import ILLEGAL_IN_XML

MAX_DESCRIPTION = 80  # more does not fit its place in the Web Connector
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Qwc:
    """One application in the Web Connector. Which of these change makes it another application there: see each."""

    app_name: str  # unique among the applications of one Web Connector
    app_url: str  # our SOAP endpoint; a changed one needs the file imported again
    app_description: str
    app_support: str  # a page that anybody can read, on the same host
    user_name: str
    owner_id: str  # {GUID} of the application, the same for all customers
    file_id: str  # {GUID} of the company file, stamped into it
    app_display_name: str | None = None
    app_unique_name: str | None = None  # an application with this unique name is replaced without a question
    auth_flags: int | None = None  # bit mask of allowed editions; None: all
    cert_url: str | None = None
    notify: bool | None = None
    personal_data: Literal["pdpNotNeeded", "pdpOptional", "pdpRequired"] | None = None
    unattended_mode: Literal["umpRequired", "umpOptional"] | None = None
    style: Literal["Document", "DocWrapped", "RPC"] | None = None
    run_every_minutes: int | None = None  # None: only when somebody presses Update Selected


def encode_qwc(qwc: Qwc) -> bytes:
    """Return the file; raise RefusedByConnector, naming the element, where the Web Connector would refuse it.

    IsReadOnly is left out on purpose: `true` breaks registration with Web Connector 34 (KaydBooks).
    """
    check_addresses(qwc.app_url, qwc.app_support)
    _check_texts(qwc)
    root = etree.Element("QBWCXML")
    rows = (
        ("AppName", qwc.app_name),
        ("AppID", ""),
        ("AppURL", qwc.app_url),
        ("AppDescription", qwc.app_description),
        ("AppSupport", qwc.app_support),
        ("AppDisplayName", qwc.app_display_name),
        ("AppUniqueName", qwc.app_unique_name),
        ("CertURL", qwc.cert_url),
        ("UserName", qwc.user_name),
        ("OwnerID", qwc.owner_id),
        ("FileID", qwc.file_id),
        ("QBType", "QBFS"),
        ("AuthFlags", None if qwc.auth_flags is None else f"0x{qwc.auth_flags:X}"),
        ("Notify", None if qwc.notify is None else str(qwc.notify).lower()),
        ("PersonalDataPref", qwc.personal_data),
        ("UnattendedModePref", qwc.unattended_mode),
        ("Style", qwc.style),
    )
    for name, value in rows:
        if value is not None:
            etree.SubElement(root, name).text = value
    if qwc.run_every_minutes is not None:
        scheduler = etree.SubElement(root, "Scheduler")
        etree.SubElement(scheduler, "RunEveryNMinutes").text = str(qwc.run_every_minutes)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def check_addresses(app_url: str, app_support: str | None = None) -> None:
    """Raise RefusedByConnector where the Web Connector would not take the endpoint or its support page."""
    url = _checked_address(app_url, element="AppURL")
    if app_support is None:
        return
    support = _checked_address(app_support, element="AppSupport")
    if support.hostname != url.hostname:
        raise RefusedByConnector(
            f"The support page is on {support.hostname}, the service on {url.hostname}; "
            "the Web Connector wants both on one host (QBWC1000).",
            repair=f"Put the support page on {url.hostname}.",
            element="AppSupport",
        )


def _checked_address(address: str, *, element: str) -> SplitResult:
    url, host = _split(address, element=element)
    if _is_ip_address(host):
        raise RefusedByConnector(
            f"{address} names the computer by number; the Web Connector refuses that (QBWC1001).",
            repair="Use a host name, or localhost on the QuickBooks computer itself.",
            element=element,
        )
    if _HOST.fullmatch(host) is None:
        raise RefusedByConnector(
            f"{host} is no host name.", repair="Write it in plain letters, digits, dots and hyphens.", element=element
        )
    if url.scheme == "http" and host != "localhost":
        raise RefusedByConnector(
            f"{address} is not encrypted; the Web Connector wants https (QBWC1010).",
            repair="Serve it under https://, or use http://localhost on the QuickBooks computer itself.",
            element=element,
        )
    if url.username is not None or url.fragment:
        raise RefusedByConnector(
            f"{address} holds a login or a fragment.",
            repair="Leave out what stands before @ or after #.",
            element=element,
        )
    return url


def _split(address: str, *, element: str) -> tuple[SplitResult, str]:
    host: str | None
    try:
        url = urlsplit(address)
        host = url.hostname if url.port != 0 else None
    except ValueError:
        url, host = SplitResult("", "", "", "", ""), None
    if not host or url.scheme not in {"http", "https"} or re.search(r"\s", address) or not address.isprintable():
        raise RefusedByConnector(
            f"{address!r} is no web address.",
            repair="Write it whole, like https://books.example.com.",
            element=element,
        )
    return url, host


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return re.fullmatch(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){0,3}\.?", host) is not None  # 127.1, 2130706433
    return True


def _check_texts(qwc: Qwc) -> None:
    needed = (
        ("AppName", qwc.app_name),
        ("AppDescription", qwc.app_description),
        ("UserName", qwc.user_name),
    )
    for element, value in needed:
        if not value.strip():
            raise RefusedByConnector(f"{element} is empty.", repair="Fill it in.", element=element)
    if len(qwc.app_description) > MAX_DESCRIPTION:
        raise RefusedByConnector(
            f"The description has {len(qwc.app_description)} characters; {MAX_DESCRIPTION} fit.",
            repair=f"Shorten it by {len(qwc.app_description) - MAX_DESCRIPTION}.",
            element="AppDescription",
        )
    optional = (("AppDisplayName", qwc.app_display_name or ""), ("AppUniqueName", qwc.app_unique_name or ""))
    for element, value in needed + optional:
        if ILLEGAL_IN_XML.search(value) or re.search("[\t\r\n]", value):
            raise RefusedByConnector(
                f"{element} holds a control character or line break.", repair="Write it in one line.", element=element
            )
    for element, value in (("OwnerID", qwc.owner_id), ("FileID", qwc.file_id)):
        if _GUID.fullmatch(value) is None:
            raise RefusedByConnector(
                f"{element} {value!r} is no GUID in braces.",
                repair="Write it as {8-4-4-4-12} hexadecimal digits.",
                element=element,
            )
    if qwc.run_every_minutes is not None and qwc.run_every_minutes < 1:
        raise RefusedByConnector(
            f"It cannot run every {qwc.run_every_minutes} minutes.",
            repair="Choose one minute or more.",
            element="Scheduler",
        )
