"""A small Web Connector service, written for tests of the simulator: it does what it is told and remembers it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACE = "http://developer.intuit.com/"
OWNER_ID = "{11111111-2222-4333-8444-555555555555}"
FILE_ID = "{66666666-7777-4888-8999-AAAAAAAAAAAA}"

QWC = f"""<?xml version="1.0"?>
<QBWCXML>
  <AppName>Test Service</AppName>
  <AppID></AppID>
  <AppURL>https://books.example.com/qbwc</AppURL>
  <AppDescription>Only for tests</AppDescription>
  <AppSupport>https://books.example.com/help</AppSupport>
  <UserName>alice</UserName>
  <OwnerID>{OWNER_ID}</OwnerID>
  <FileID>{FILE_ID}</FileID>
  <QBType>QBFS</QBType>
  <Scheduler><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>
</QBWCXML>"""


def qbxml(
    *requests: str,
    version: str = "13.0",
    on_error: str = "continueOnError",
    new_id: str | None = None,
    old_id: str | None = None,
    response_data: str | None = None,
) -> str:
    optional = {"newMessageSetID": new_id, "oldMessageSetID": old_id, "responseData": response_data}
    attributes = "".join(f' {name}="{value}"' for name, value in optional.items() if value is not None)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
        f'<QBXML><QBXMLMsgsRq onError="{on_error}"{attributes}>{"".join(requests)}</QBXMLMsgsRq></QBXML>'
    )


COMPANY_QUERY = qbxml('<CompanyQueryRq requestID="1"/>')

Answer = Any  # a text, a number, a list of texts, bytes for the whole HTTP body, or an HTTP status below 0


class FakeService:
    """A WSGI application. `requests` are handed out in order; the last answer to them gets 100.

    `answers` replaces the answer of a call: a value, or a list of values for one call after another (the last
    one stays). Bytes are sent as they are; `("status", 500)` as that HTTP status.
    """

    def __init__(self, *requests: str, answers: dict[str, Answer] | None = None) -> None:
        self.requests = list(requests)
        self.answers = answers or {}
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.support_status = "200 OK"
        self._handed_out = 0
        self._times: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def arguments(self, name: str) -> list[dict[str, str]]:
        return [arguments for each, arguments in self.calls if each == name]

    @property
    def responses(self) -> list[str]:
        return [arguments["response"] for arguments in self.arguments("receiveResponseXML")]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            start_response(self.support_status, [("Content-Type", "text/html")])
            return [b"<h1>Help</h1>"]
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.bodies.append(body)
        self.headers.append({name: value for name, value in environ.items() if isinstance(value, str)})
        name, arguments = self._read(body)
        self.calls.append((name, arguments))
        answer = self._answer(name)
        if isinstance(answer, tuple):
            start_response(f"{answer[1]} Said so", [("Content-Type", "text/html")])
            return [b"<h1>Trouble</h1>"]
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [answer if isinstance(answer, bytes) else envelope(name, answer)]

    def _read(self, body: bytes) -> tuple[str, dict[str, str]]:
        try:
            root = etree.fromstring(body)
        except etree.XMLSyntaxError:
            return "unreadable", {}
        call = next(iter(root.find("{*}Body")))
        return etree.QName(call).localname, {etree.QName(each).localname: each.text or "" for each in call}

    def _answer(self, name: str) -> Answer:
        if name in self.answers:
            answer = self.answers[name]
            if not isinstance(answer, list) or name == "authenticate":
                return answer
            time = self._times.get(name, 0)
            self._times[name] = time + 1
            return answer[min(time, len(answer) - 1)]
        return getattr(self, f"_{name}", lambda: "")()

    def _serverVersion(self) -> str:  # noqa: N802 -- the name on the wire
        return "1.0"

    def _authenticate(self) -> Sequence[str]:
        return ["ticket-1", "" if self.requests else "none"]

    def _sendRequestXML(self) -> str:  # noqa: N802 -- the name on the wire
        self._handed_out += 1
        return self.requests[min(self._handed_out, len(self.requests)) - 1]

    def _receiveResponseXML(self) -> int:  # noqa: N802 -- the name on the wire
        return 100 if self._handed_out >= len(self.requests) else 100 * self._handed_out // len(self.requests)

    def _connectionError(self) -> str:  # noqa: N802 -- the name on the wire
        return "done"

    def _closeConnection(self) -> str:  # noqa: N802 -- the name on the wire
        return "OK"


def envelope(name: str, answer: Answer) -> bytes:
    if isinstance(answer, list):
        inner = "".join(f"<string>{escape(each)}</string>" for each in answer)
    else:
        inner = escape(str(answer))
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{name}Response xmlns="{NAMESPACE}"><{name}Result>{inner}</{name}Result></{name}Response>'
        "</soap:Body></soap:Envelope>"
    ).encode()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # so that Expect: 100-continue is answered

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        pass


@contextmanager
def served(service: Callable[..., Iterable[bytes]]) -> Iterator[str]:
    """The service on a real port of this computer: the text of its QWC file."""
    with make_server("127.0.0.1", 0, service, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield QWC.replace("https://books.example.com", f"http://localhost:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
