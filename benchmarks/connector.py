"""A Web Connector that costs next to nothing: plain bytes over one kept connection, answers from a tape."""

import secrets
import socket
import time
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from . import wire
from .quickbooks import QuickBooks, Visit

VERSION = "2.3.0.215"
# .NET's own (its SOAP client calls itself MSIE 6.0); it waits for "100 Continue" before every body.
_HEAD = (
    "POST {path} HTTP/1.1\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol"
    ' 4.0.30319.42000)\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: "{action}"\r\nHost: {host}\r\n'
    "Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
)
_HCP = (
    '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
    '<HostQueryRq requestID="0"/><CompanyQueryRq requestID="1"><OwnerID>{owner_id}</OwnerID></CompanyQueryRq>'
    '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
)
_TIMEOUT_SECONDS = 100  # .NET's


class Http:
    """One connection to a SOAP service, kept alive."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path, self._host = parts.path, parts.netloc
        address = (parts.hostname or "", parts.port or 80)
        self._socket = socket.create_connection(address, timeout=_TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def post(self, method: str, body: wire.Pieces) -> bytes:
        """The body of the answer. Anything but 200 is a failed measurement."""
        length = sum(map(len, body))
        action = wire.NAMESPACE + method
        head = _HEAD.format(path=self._path, host=self._host, action=action, length=length)
        self._socket.sendall(head.encode())
        status, answer = self._read()
        if status == 100:
            self._socket.sendall(b"".join(body))
            status, answer = self._read()
        assert status == 200, f"{method}: HTTP {status} {answer[:500]!r}"
        return answer

    def _read(self) -> tuple[int, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._received()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.lower().split(b":", 1) for line in lines[1:])
        while len(body) < int(headers.get(b"content-length", b"0")):
            body += self._received()
        return status, body

    def _received(self) -> bytes:
        more = self._socket.recv(65536)
        assert more, "the server closed the connection"
        return more


@dataclass(slots=True)
class Session:
    """What one session came to."""

    verdict: str = ""
    round_trips: int = 0
    requests: list[str] = field(default_factory=list)
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One row of a Web Connector, with the company file that is open beside it."""

    url: str
    username: str
    password: str
    owner_id: str = ""
    file_id: str = ""
    quickbooks: QuickBooks

    def update(self) -> Session:
        """One session, from serverVersion to closeConnection, over a connection of its own as the real one does."""
        session = Session()
        start = time.perf_counter()
        with Http(self.url) as http:
            http.post("serverVersion", wire.call("serverVersion"))
            http.post("clientVersion", wire.call("clientVersion", [("strVersion", VERSION)]))
            signing_in = [("strUserName", self.username), ("strPassword", self.password)]
            ticket, session.verdict, *_ = wire.results(
                http.post("authenticate", wire.call("authenticate", signing_in))
            )
            if session.verdict == "":
                self._work(http, session, ticket=ticket)
            http.post("closeConnection", wire.call("closeConnection", [("ticket", ticket)]))
        session.seconds = time.perf_counter() - start
        return session

    def _work(self, http: Http, session: Session, *, ticket: str) -> None:
        visit = Visit(self.quickbooks, name=secrets.token_hex(4), owner_id=self.owner_id, file_id=self.file_id)
        hcp = visit.answer(_HCP.format(owner_id=self.owner_id)) if self.owner_id else []
        percent = 0
        while percent < 100:
            request = wire.result(http.post("sendRequestXML", self._ready(ticket, hcp=hcp)))
            hcp = []
            if request == "":
                session.error = wire.result(
                    http.post("getLastError", wire.call("getLastError", [("ticket", ticket)]))
                )
                break
            session.requests.append(request)
            session.round_trips += 1
            answer = wire.received(ticket, visit.answer(request))
            percent = int(wire.result(http.post("receiveResponseXML", answer)))
            if percent < 0:
                session.error = wire.result(
                    http.post("getLastError", wire.call("getLastError", [("ticket", ticket)]))
                )
                break
        visit.end()

    def _ready(self, ticket: str, *, hcp: wire.Pieces) -> wire.Pieces:
        return wire.call(
            "sendRequestXML",
            [
                ("ticket", ticket),
                ("strHCPResponse", hcp),
                ("strCompanyFileName", self.quickbooks.shown_path),
                ("qbXMLCountry", "US"),
                ("qbXMLMajorVers", "13"),
                ("qbXMLMinorVers", "0"),
            ],
        )
