"""A Web Connector by hand: one call at a time, through Django's test client, so that any order can be tried."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from django.test import Client
from lxml import etree

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.qwc import OWNER_ID

from .quickbooks_worlds import COMPANY, PASSWORD, PATH

NAMESPACE = "http://developer.intuit.com/"
ADDRESS = "/qbwc/"

PARAMETERS = {
    "serverVersion": (),
    "clientVersion": ("strVersion",),
    "authenticate": ("strUserName", "strPassword"),
    "sendRequestXML": (
        "ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers",
    ),
    "receiveResponseXML": ("ticket", "response", "hresult", "message"),
    "connectionError": ("ticket", "hresult", "message"),
    "getLastError": ("ticket",),
    "closeConnection": ("ticket",),
}  # fmt: skip


def envelope(method: str, *values: Any) -> bytes:
    """As .NET writes it; Style Document."""
    parameters = "".join(
        f"<{name}>{escape(str(value))}</{name}>" for name, value in zip(PARAMETERS[method], values, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<soap:Body><{method} xmlns="{NAMESPACE}">{parameters}</{method}></soap:Body></soap:Envelope>'
    ).encode()


def post(body: bytes, *, method: str = "", client: Client | None = None, **extra: Any) -> Any:
    """The HTTP response to a body."""
    headers = {"SOAPAction": f'"{NAMESPACE}{method}"'} if method else {}
    return (client or Client()).post(
        ADDRESS, data=body, content_type="text/xml; charset=utf-8", headers=headers, **extra
    )


def result_of(response: Any) -> Any:
    """What a reply says: a text, a number, or a list of texts. Anything but a reply fails."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    (result,) = etree.fromstring(response.content).xpath(
        "//*[substring(local-name(), string-length(local-name()) - 5) = 'Result']"
    )
    if len(result):
        return [one.text or "" for one in result]
    is_number = result.tag.endswith("receiveResponseXMLResult")
    return int(result.text) if is_number else result.text or ""


def call(method: str, *values: Any, **extra: Any) -> Any:
    return result_of(post(envelope(method, *values), method=method, **extra))


def hcp(
    connection: Connection | None = None,
    *,
    file_id: str | None = None,
    company: str = COMPANY,
    versions: tuple[str, ...] = ("1.0", "12.0", "13.0"),
    computer: str = "FRONTDESK",
) -> str:
    """What the first call of a session says of the open company file. ``file_id=""``: no stamp."""
    if file_id is None and connection is not None:
        file_id = f"{{{str(connection.file_id).upper()}}}"
    owner = f"{{{str(OWNER_ID).upper()}}}"
    extensions = "".join(
        f"<DataExtRet><OwnerID>{owner}</OwnerID><DataExtName>{name}</DataExtName>"
        f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{value}</DataExtValue></DataExtRet>"
        for name, value in (("FileID", file_id), ("AppLock", f"LOCKED:{computer}:634555555555555555"))
        if value
    )
    supported = "".join(f"<SupportedQBXMLVersion>{version}</SupportedQBXMLVersion>" for version in versions)
    return (
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>'
        '<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><HostRet>'
        "<ProductName>QuickBooks Premier 2014</ProductName><MajorVersion>24</MajorVersion>"
        f"<MinorVersion>0</MinorVersion><Country>US</Country>{supported}</HostRet></HostQueryRs>"
        '<CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CompanyRet>'
        f"<CompanyName>{escape(company)}</CompanyName>{extensions}</CompanyRet></CompanyQueryRs>"
        '<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info"><PreferencesRet/>'
        "</PreferencesQueryRs></QBXMLMsgsRs></QBXML>"
    )


class Visit:
    """One session by hand. Every method is one call; nothing is hidden between them."""

    def __init__(self, connection: Connection, *, password: str = PASSWORD, address: str = "192.0.2.1") -> None:
        self.connection = connection
        self.extra = {"REMOTE_ADDR": address}
        self.login = call("authenticate", connection.username, password, **self.extra)
        self.ticket, self.verdict = self.login[:2]
        self.told = False

    def ask(self, *, said: str | None = None, path: str = PATH, country: str = "US", version: str = "13.0") -> str:
        """``sendRequestXML``; the first one says which file is open, unless ``said`` says something else."""
        first = hcp(self.connection) if not self.told else ""
        self.told = True
        major, minor = version.split(".")
        return call(
            "sendRequestXML", self.ticket, first if said is None else said, path, country, major, minor, **self.extra
        )

    def give(self, response: str, *, hresult: str = "", message: str = "") -> int:
        return call("receiveResponseXML", self.ticket, response, hresult, message, **self.extra)

    def fail_to_connect(self, hresult: str, message: str = "") -> str:
        return call("connectionError", self.ticket, hresult, message, **self.extra)

    def last_error(self) -> str:
        return call("getLastError", self.ticket, **self.extra)

    def close(self) -> str:
        return call("closeConnection", self.ticket, **self.extra)


def customer_ret(list_id: str, name: str, *, modified: str = "2026-03-01T10:00:00-05:00", **elements: str) -> str:
    """One CustomerRet; ``elements`` as QuickBooks names them, raw XML."""
    rest = "".join(f"<{tag}>{text}</{tag}>" for tag, text in elements.items())
    full_name = "" if "FullName" in elements else f"<FullName>{escape(name)}</FullName>"
    return (
        f"<CustomerRet><ListID>{list_id}</ListID><TimeModified>{modified}</TimeModified>"
        f"<EditSequence>1700000000</EditSequence><Name>{escape(name)}</Name>{full_name}"
        f"<IsActive>true</IsActive><Sublevel>0</Sublevel>{rest}</CustomerRet>"
    )


def answer(
    number: int,
    *customers: str,
    remaining: int = 0,
    iterator: str = "{11111111-2222-3333-4444-555555555555}",
    deleted: tuple[str, ...] | None = (),
    status: tuple[int, str, str] | None = None,
) -> str:
    """The answer to request ``number`` of a refresh. ``deleted=None``: without the deletion feed."""
    code, severity, message = status or ((0, "Info", "Status OK") if customers else (1, "Info", "Nothing matched."))
    paging = f' iteratorRemainingCount="{remaining}" iteratorID="{iterator}"' if customers else ""
    rows = "".join(customers)
    said = f'statusCode="{code}" statusSeverity="{severity}" statusMessage="{escape(message)}"'
    feed = ""
    if deleted is not None:
        gone = "".join(
            f"<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>{list_id}</ListID></ListDeletedRet>"
            for list_id in deleted
        )
        feed = (
            f'<ListDeletedQueryRs requestID="{number}.2" statusCode="{0 if gone else 1}" statusSeverity="Info">'
            f"{gone}</ListDeletedQueryRs>"
        )
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><CustomerQueryRs requestID="{number}.1" {said}{paging}>{rows}'
        f"</CustomerQueryRs>{feed}</QBXMLMsgsRs></QBXML>"
    )
