"""Reads a QWC file and refuses it as the Web Connector does, with its number and what to change.

(QBWC Programmer's Guide, chapter 4 and Appendix A.)
"""

import ipaddress
import re
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from lxml import etree

from qbsim.texts import CONNECTOR, QWC_REPAIRS

_GUID = re.compile(r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")


class QwcRefused(Exception):
    """The application cannot be added. `code` is the QBWC number, `repair` what to change."""

    def __init__(self, code: str, *, repair: str | None = None, **places: object) -> None:
        text = CONNECTOR[code].text.format(**places)
        self.code = code
        self.repair = repair or CONNECTOR[code].repair.format(**places)
        super().__init__(f"{code}: {text} {self.repair}")


@dataclass(frozen=True, slots=True)
class Qwc:
    """What a QWC file says, checked."""

    app_name: str
    app_url: str
    app_description: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    run_every_seconds: int | None  # None: only when a person presses Update Selected
    style: str  # Document, DocWrapped or RPC
    auth_flags: int  # 0: every edition
    qb_type: str = "QBFS"  # or QBPOS, Point of Sale
    cert_url: str = ""
    unique_name: str = ""  # an application with this one is replaced without a question


@dataclass(frozen=True, slots=True)
class _Rule:
    required: bool = False
    may_be_empty: bool = False
    values: tuple[str, ...] = ()
    matches: Callable[[str], bool] | None = None
    repair: str = ""


def _is_number(text: str) -> bool:
    return text.isdecimal() and int(text) > 0


def _is_mask(text: str) -> bool:
    return re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", text) is not None


_TRUTHS = ("true", "false")

_RULES: dict[str, _Rule] = {
    "AppName": _Rule(required=True),
    "AppID": _Rule(required=True, may_be_empty=True),
    "AppURL": _Rule(required=True),
    "AppDescription": _Rule(required=True),
    "AppSupport": _Rule(required=True),
    "UserName": _Rule(required=True),
    "OwnerID": _Rule(required=True, matches=lambda text: bool(_GUID.fullmatch(text)), repair="guid"),
    "FileID": _Rule(required=True, matches=lambda text: bool(_GUID.fullmatch(text)), repair="guid"),
    "QBType": _Rule(required=True, values=("QBFS", "QBPOS")),
    "Scheduler": _Rule(may_be_empty=True),
    "IsReadOnly": _Rule(values=_TRUTHS),
    "AppDisplayName": _Rule(),
    "AppUniqueName": _Rule(),
    "AuthFlags": _Rule(matches=_is_mask, repair="number"),
    "CertURL": _Rule(),
    "Notify": _Rule(values=_TRUTHS),
    "PersonalDataPref": _Rule(values=("pdpNotNeeded", "pdpOptional", "pdpRequired")),
    "UnattendedModePref": _Rule(values=("umpRequired", "umpOptional")),
    "Style": _Rule(values=("Document", "DocWrapped", "RPC")),
}

_SCHEDULER = {"RunEveryNMinutes": 60, "RunEveryNSeconds": 1}


def read_qwc(source: Path | str | bytes) -> Qwc:
    """Read a QWC file from its path or its text, and check what needs no network. Raises QwcRefused."""
    root = _parse(source)
    texts = {str(child.tag): (child.text or "").strip() for child in root}
    counts = Counter(str(child.tag) for child in root)
    for tag, count in counts.items():
        if tag not in _RULES:
            raise _not_added("unknown", tag=tag)
        if count > 1:
            raise _not_added("repeated", tag=tag)
    for tag, rule in _RULES.items():
        _check_element(tag, rule, texts.get(tag))
    if texts.get("IsReadOnly") == "true":
        raise _not_added("read-only")
    _check_addresses(texts["AppURL"], texts["AppSupport"])
    return Qwc(
        app_name=texts["AppName"],
        app_url=texts["AppURL"],
        app_description=texts["AppDescription"],
        app_support=texts["AppSupport"],
        user_name=texts["UserName"],
        owner_id=texts["OwnerID"],
        file_id=texts["FileID"],
        run_every_seconds=_schedule(root),
        style=texts.get("Style", "Document"),
        auth_flags=int(texts.get("AuthFlags", "0"), 0),
        qb_type=texts["QBType"],
        cert_url=texts.get("CertURL", ""),
        unique_name=texts.get("AppUniqueName", ""),
    )


def one_application_each(files: Mapping[Path, Qwc]) -> list[Path]:
    """Return the files to use when several are added. QwcRefused where two share a name (QBWC guide, chapter 4).

    The real program asks then whether to replace or to clone, unless both carry the same AppUniqueName: the later one
    replaces the earlier.
    """
    used: dict[str, Path] = {}
    for path, qwc in files.items():
        earlier = used.get(qwc.app_name)
        if earlier is not None and not (qwc.unique_name and qwc.unique_name == files[earlier].unique_name):
            reason = f"{earlier} and {path} both name their application {qwc.app_name}."
            raise QwcRefused("QBWC1039", repair=QWC_REPAIRS["same-name"], reason=reason)
        used[qwc.app_name] = path
    return list(used.values())


def make_qwc(
    app_name: str,
    *,
    app_url: str,
    user_name: str,
    app_support: str | None = None,
    description: str | None = None,
    minutes: int | None = None,
    owner_id: str | None = None,
    file_id: str | None = None,
) -> str:
    """Write the text of a QWC file, with new GUIDs where none are given. QwcRefused when it would not be taken.

    `app_support` is the address itself unless told otherwise; `minutes` None: no schedule.
    """
    root = etree.Element("QBWCXML")
    texts = {
        "AppName": app_name,
        "AppID": "",
        "AppURL": app_url,
        "AppDescription": description or app_name,
        "AppSupport": app_support or app_url,
        "UserName": user_name,
        "OwnerID": owner_id or _new_guid(),
        "FileID": file_id or _new_guid(),
        "QBType": "QBFS",
    }
    for tag, text in texts.items():
        etree.SubElement(root, tag).text = text
    if minutes:
        etree.SubElement(etree.SubElement(root, "Scheduler"), "RunEveryNMinutes").text = str(minutes)
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    read_qwc(text)
    return f'<?xml version="1.0"?>\n{text}\n'


def _new_guid() -> str:
    return f"{{{str(uuid4()).upper()}}}"


def _parse(source: Path | str | bytes) -> etree._Element:
    if isinstance(source, Path) or (isinstance(source, str) and not source.lstrip().startswith("<")):
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise _not_added("not-xml", reason=f"{source} cannot be read: {error.strerror}.") from error
    else:
        data = source.encode() if isinstance(source, str) else source
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _not_added("not-xml", reason=f"the file is no XML ({error}).") from error
    if root.tag != "QBWCXML":
        raise _not_added("not-xml", reason=f"its root is {root.tag!r}.")
    return root


def _check_element(tag: str, rule: _Rule, text: str | None) -> None:
    if text is None or (text == "" and not rule.may_be_empty):
        if rule.required or text == "":
            raise _not_added("missing", tag=tag)
        return
    if rule.values and text not in rule.values:
        raise _not_added("value", tag=tag, allowed=" or ".join(rule.values))
    if rule.matches is not None and not rule.matches(text):
        raise _not_added(rule.repair, tag=tag)


def _schedule(root: etree._Element) -> int | None:
    """Return the seconds between runs; of several settings the first wins."""
    for child in root.iterfind("Scheduler/*"):
        tag, text = str(child.tag), (child.text or "").strip()
        if tag not in _SCHEDULER:
            raise _not_added("unknown", tag=tag)
        if not _is_number(text):
            raise _not_added("number", tag=tag)
        return int(text) * _SCHEDULER[tag]
    return None


def _check_addresses(app_url: str, app_support: str) -> None:
    app, support = urlsplit(app_url), urlsplit(app_support)
    app_host, support_host = app.hostname or "", support.hostname or ""
    if _is_ip(app_host):
        raise QwcRefused("QBWC1001", host=app_host)
    if _is_ip(support_host):
        raise QwcRefused("QBWC1002", host=support_host)
    here = {"localhost", socket.gethostname().lower()}  # the guide lets tests name the computer itself
    if app.scheme != "https" and not (app.scheme == "http" and app_host in here):
        raise QwcRefused("QBWC1010", url=app_url)
    if app_host != support_host:
        raise QwcRefused("QBWC1000", support_host=support_host or "no host", app_host=app_host)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _not_added(problem: str, *, reason: str | None = None, **places: object) -> QwcRefused:
    repair = QWC_REPAIRS[problem].format(**places)
    text = reason or f"the QWC file is not as it must be ({places.get('tag', problem)})."
    return QwcRefused("QBWC1039", repair=repair, reason=text)


def stamped_otherwise(found: str) -> QwcRefused:
    """Say that the company file belongs to another FileID of the same application."""
    return QwcRefused(
        "QBWC1039", repair=QWC_REPAIRS["stamped"], reason=f"the company file carries FileID {found} already."
    )
