"""What the first call of a session says of the open company file. Pure.

The Web Connector asks QuickBooks for Host, Company and Preferences and passes the answer on as ``strHCPResponse``
(QBWC Programmer's Guide, ch. 6); CompanyRet carries FileID and AppLock under the application's OwnerID (ch. 7).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from qbwire.errors import DamagedDocument
from qbwire.messages import Company, Host, decode_response_set
from qbwire.soap import SendRequestXML
from standpipe.quickbooks.connections.guard import SeenFile
from standpipe.quickbooks.connections.qwc import OWNER_ID

SPOKEN = (13, 0)  # QuickBooks 2014; 14.0 brings nothing that is used here
LOWEST = (5, 0)  # iterators (qbXML reference, since 5.0)


class UnreadableFile(Exception):
    """The first call does not say which company file is open; the text is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFile:
    """The open company file and the QuickBooks around it; texts are empty where nothing was said."""

    seen: SeenFile
    country: str
    product_name: str
    computer: str
    highest: tuple[int, int]  # qbXML version that this QuickBooks knows


def read_company_file(call: SendRequestXML) -> CompanyFile:
    """The facts of a first call. Raises ``UnreadableFile``."""
    if not call.hcp_response.strip():
        raise UnreadableFile("The Web Connector did not say which company file is open.")
    try:
        answer = decode_response_set(call.hcp_response)
    except DamagedDocument as damage:
        raise UnreadableFile("What the Web Connector said of the company file cannot be read.") from damage
    companies = answer.of_kind("CompanyQuery")
    hosts = answer.of_kind("HostQuery")
    company: Company | None = next(iter(companies.items), None) if companies else None
    host: Host | None = next(iter(hosts.items), None) if hosts else None
    if company is None:
        raise UnreadableFile("QuickBooks did not say which company is open.")
    owner = f"{{{OWNER_ID}}}"
    return CompanyFile(
        seen=SeenFile(
            file_id=company.data_ext("FileID", owner_id=owner) or "",
            company_name=(company.name or company.legal_name or "").strip(),
            path=call.company_file_name.strip(),
        ),
        country=call.country or (host.country if host else None) or "",
        product_name=(host.product_name if host else None) or "",
        computer=_computer(company.data_ext("AppLock", owner_id=owner) or ""),
        highest=_highest(host.supported_versions if host else (), call=call),
    )


def spoken_version(highest: tuple[int, int]) -> str | None:
    """The qbXML version of this session, ``None`` where QuickBooks is too old."""
    version = min(SPOKEN, highest)
    return None if version < LOWEST else version_text(version)


def version_text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def read_version(text: str) -> tuple[int, int]:
    """``(13, 0)`` of ``13.0``; ``(0, 0)`` of anything else."""
    major, _, minor = text.strip().partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else (0, 0)


def _highest(supported: Iterable[str], *, call: SendRequestXML) -> tuple[int, int]:
    """The lower of what the call and what HostRet says, where both say something."""
    said = [(call.major_version or 0, call.minor_version or 0), max(map(read_version, supported), default=(0, 0))]
    return min((version for version in said if version > (0, 0)), default=(0, 0))


def _computer(lock: str) -> str:
    """The computer's name in ``LOCKED:NAME:number`` (recorded in qbwc, test_helper)."""
    parts = lock.split(":")
    return parts[1] if len(parts) >= 3 and parts[0] == "LOCKED" else ""
