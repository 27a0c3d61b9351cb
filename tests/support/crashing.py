"""Our server, a Web Connector and QuickBooks in one process, each of which may be gone at any commit and any send.

A process that was killed does nothing more: what it had committed stays, what it had not is undone, and whoever
waited for it hears nothing. Here that is an exception that nobody catches on its way out, raised beside a commit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Self
from xml.sax.saxutils import escape

from django.core.handlers.wsgi import WSGIRequest
from django.db import connection as database
from lxml import etree

from qbsim.connector import Outcome, WebConnector
from qbsim.soap import CallFailed
from standpipe.quickbooks.connections.qwc import SOAP_PATH
from standpipe.quickbooks.exchange.views import soap
from support.requests_log import record_request

_NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soap:Body><{name} xmlns="http://developer.intuit.com/">{parameters}</{name}></soap:Body></soap:Envelope>'
)
_PARAMETERS = {  # QBWC Programmer's Guide, ch. 5
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
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


class Killed(BaseException):
    """The server's process is gone. No part of it may catch this."""


@dataclass(frozen=True, slots=True)
class Blow:
    """Something that happens once in a visit: what, at which one of its kind, counted from 1, and when.

    ``commit`` ``before|after``: the server is gone beside that commit of its database.
    ``call`` ``before|after|twice|late|meanwhile``: the call does not arrive, its answer does not, it arrives twice,
    or only when something else has happened: a later visit has come and gone (late), somebody pressed a button.
    ``fault``: one of qbsim's own, its text in ``when``.
    """

    what: str
    at: int
    when: str

    def __str__(self) -> str:
        return self.when if self.what == "fault" else f"{self.what} {self.at} {self.when}"


@dataclass
class Server:
    """The product behind its SOAP address. It counts its commits, and ends beside the one that it is told."""

    blows: list[Blow] = field(default_factory=list)
    commits: int = 0

    def answer(self, body: bytes, *, action: str) -> bytes:
        """What comes back to one POST. Raises ``Killed``."""
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": SOAP_PATH,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_SOAPACTION": f'"{_NAMESPACE}{action}"',
            "wsgi.input": BytesIO(body),
        }
        with self._counting_commits():
            content: bytes = soap(WSGIRequest(environ)).content
        return content

    @contextmanager
    def _counting_commits(self) -> Iterator[None]:
        """Outside a transaction every statement that writes is a commit of its own."""

        def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            if database.in_atomic_block or not _WRITES.match(sql):
                return execute(sql, params, many, context)
            self._commits("before")
            result = execute(sql, params, many, context)
            try:
                self._commits("after")
            except Killed:
                context["cursor"].close()  # rows that nobody will fetch would keep SQLite's lock
                raise
            return result

        def commit() -> None:
            try:
                self._commits("before")
            except Killed:
                database._rollback()
                raise
            really()
            self._commits("after")

        really, database._commit = database._commit, commit  # type: ignore[method-assign]
        try:
            with database.execute_wrapper(run):
                yield
        finally:
            database._commit = really  # type: ignore[method-assign]

    def _commits(self, moment: str) -> None:
        self.commits += moment == "before"
        if any(blow.what == "commit" and (blow.at, blow.when) == (self.commits, moment) for blow in self.blows):
            raise Killed


@dataclass
class Wire:
    """Stands where qbsim's SOAP client stands: the same calls as bytes, without a socket."""

    server: Server
    blows: list[Blow] = field(default_factory=list)
    calls: int = 0
    meanwhile: Callable[[], None] | None = None  # what happens before a call that comes late

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def page(self, url: str) -> int:
        del url
        return 200

    def call(self, name: str, *arguments: Any, rewrite: object = None, cut: str = "") -> Any:
        """One call, unless it is lost on the way. Raises ``CallFailed``, as when nobody listens."""
        del rewrite, cut
        self.calls += 1
        moments = {blow.when for blow in self.blows if blow.what == "call" and blow.at == self.calls}
        if "before" in moments:
            raise CallFailed("the call did not arrive")
        if moments & {"late", "meanwhile"} and self.meanwhile is not None:
            self.meanwhile()
        try:
            result = self._ask(name, arguments)
            if "twice" in moments:
                result = self._ask(name, arguments)
        except Killed:
            raise CallFailed("the server is gone") from None
        if "after" in moments:
            raise CallFailed("the answer did not arrive")
        return result

    def _ask(self, name: str, arguments: tuple[Any, ...]) -> Any:
        named = zip(_PARAMETERS[name], arguments, strict=True)
        parameters = "".join(f"<{tag}>{escape(str(value))}</{tag}>" for tag, value in named)
        body = _ENVELOPE.format(name=name, parameters=parameters).encode()
        result = etree.fromstring(self.server.answer(body, action=name)).find(f".//{{*}}{name}Result")
        assert result is not None, f"{name}: a fault came back"
        if name == "authenticate":
            return [each.text for each in result]
        if name == "receiveResponseXML":
            return int(result.text or "")
        if name == "sendRequestXML":
            record_request(result.text or "")
        return result.text


class Connector(WebConnector):
    """A Web Connector whose calls reach the server in this process."""

    wire: Wire

    def visit(self, *blows: Blow, meanwhile: Callable[[], None] | None = None) -> Outcome:
        """One update, in which these blows fall. A server that was killed is up again for the next call."""
        self.faults = [blow.when for blow in blows if blow.what == "fault"]
        server = Server([*blows])
        self.wire = Wire(server, [*blows], meanwhile=meanwhile)
        return self.update()

    def _service(self) -> Any:
        return self.wire


def faults(*texts: str) -> list[Blow]:
    return [Blow("fault", 0, text) for text in texts]
