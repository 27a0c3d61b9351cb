"""The eight calls over SOAP 1.1, through zeep and the description in `connector/calls.wsdl`.

Strict as the .NET client is: an answer that is no SOAP, no text/xml or not well-formed is a failed call.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes, urlsplit

import requests
import zeep
import zeep.exceptions
from lxml import etree
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from zeep.plugins import Plugin

_WSDL = Path(__file__).with_name("connector") / "calls.wsdl"
_BINDING = "{http://developer.intuit.com/}WebConnectorSoap"
_NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_USER_AGENT = (
    "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"  # as .NET calls itself
)
TIMEOUT_SECONDS = 100  # what .NET waits when nobody tells it otherwise

# What zeep raises for an answer that it cannot make sense of, besides its own errors.
_NONSENSE = (etree.LxmlError, ValueError, TypeError, AttributeError, LookupError)


class CallFailed(Exception):
    """A call did not come back as SOAP. `body` holds the bytes that did, for the transcript."""

    def __init__(self, reason: str, *, body: bytes = b"") -> None:
        super().__init__(reason)
        self.body = body


class Service:
    """A Web Connector service at an address."""

    def __init__(
        self, url: str, *, adapter: BaseAdapter | None = None, rpc: bool = False, expect_continue: bool = False
    ) -> None:
        self.session = requests.Session()
        self.session.trust_env = False  # the Web Connector asks nobody's proxy settings
        if adapter is not None:
            self.session.mount("http://", adapter)
            self.session.mount("https://", adapter)
        self._http = _new_http(session=self.session, operation_timeout=TIMEOUT_SECONDS)
        settings = zeep.Settings(forbid_dtd=True, forbid_external=True, force_https=False, xml_huge_tree=True)
        plugins = [_RpcStyle()] if rpc else []
        self._http.session.headers["User-Agent"] = _USER_AGENT  # zeep had put in its own
        if expect_continue:
            self._http.session.headers["Expect"] = "100-continue"
        client = _new_client(str(_WSDL), transport=self._http, settings=settings, plugins=plugins)
        self._proxy = client.create_service(_BINDING, url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def call(self, name: str, *arguments: Any, rewrite: Callable[[bytes], bytes] | None = None) -> Any:
        """Make one call and return its result. `rewrite` changes the bytes that go out. Raises CallFailed."""
        self._http.rewrite = rewrite
        self._http.body = b""
        try:
            return self._proxy[name](*arguments)
        except zeep.exceptions.Fault as fault:
            raise CallFailed(f"it answered with a SOAP fault: {fault.message}", body=self._http.body) from fault
        except zeep.exceptions.Error as error:
            reason = str(error).splitlines()[0]  # zeep appends the whole body
            raise CallFailed(f"its answer is no proper SOAP ({reason})", body=self._http.body) from error
        except requests.RequestException as error:
            raise CallFailed(f"no connection ({_short(error)})") from error
        except _NONSENSE as error:
            raise CallFailed(f"its answer makes no sense ({error})", body=self._http.body) from error

    def support_page(self, url: str) -> int:
        """Return the HTTP status of the support page. Raises CallFailed when there is no connection."""
        try:
            return int(self.session.get(url, timeout=TIMEOUT_SECONDS).status_code)
        except requests.RequestException as error:
            raise CallFailed(_short(error)) from error


def _short(error: Exception) -> str:
    """Return the innermost reason of what requests wraps several times."""
    text = str(error)
    return text.rsplit(": ", 1)[-1].rstrip(")'\"") or type(error).__name__


class _Http(zeep.Transport):
    """Posts as .NET does and keeps the answer's bytes."""

    rewrite: Callable[[bytes], bytes] | None = None
    body: bytes = b""

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> requests.Response:
        if self.rewrite is not None:
            message = self.rewrite(message)
        response = self.session.post(
            address, data=message, headers=dict(headers), timeout=self.operation_timeout, allow_redirects=False
        )
        self.body = response.content
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.status_code not in {200, 500}:
            raise CallFailed(f"it answered HTTP {response.status_code}", body=self.body)
        if media_type not in {"text/xml", "application/soap+xml"}:
            raise CallFailed(f"it answered {media_type or 'nothing'} instead of text/xml", body=self.body)
        checked: requests.Response = response
        return checked


# zeep's own constructors have no types.
_new_http: Callable[..., _Http] = _Http
_new_client: Callable[..., Any] = zeep.Client


class _RpcStyle(Plugin):
    """Sends calls in RPC style: a prefix on the call, typed parameters without namespace."""

    def egress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: Any, binding_options: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        del operation, binding_options
        rewritten = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"soap": _ENVELOPE, "xsi": _XSI, "xsd": _XSD})
        body = etree.SubElement(rewritten, f"{{{_ENVELOPE}}}Body")
        body.set(f"{{{_ENVELOPE}}}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/")
        call = next(envelope.iter(f"{{{_NAMESPACE}}}*"))
        rpc = etree.SubElement(body, call.tag, nsmap={"q1": _NAMESPACE})
        for parameter in call:
            name = etree.QName(parameter).localname
            typed = etree.SubElement(rpc, name)
            typed.set(f"{{{_XSI}}}type", "xsd:int" if name.endswith("Vers") else "xsd:string")
            typed.text = parameter.text
        return rewritten, http_headers


class WsgiTransport(BaseAdapter):
    """Carries calls to a WSGI application in memory, for http and https addresses alike: no socket."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        super().__init__()
        self.application = application
        self.calls = 0

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.calls += 1
        started: dict[str, Any] = {}
        written: list[bytes] = []  # by the old write callable, which comes before what is returned (PEP 3333)

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
            if exc_info is not None:
                raise exc_info[1].with_traceback(exc_info[2])
            started.update(status=status, headers=headers)
            return written.append

        chunks = self.application(_environ(request), start_response)
        try:
            returned = b"".join(chunks)
            body = b"".join(written) + returned
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        response = requests.Response()
        response.request = request
        response.url = request.url or ""
        response.status_code = int(started["status"].split(" ", 1)[0])
        response.reason = started["status"].partition(" ")[2]
        response.headers = CaseInsensitiveDict(started["headers"])
        response.raw = io.BytesIO(body)
        return response

    def close(self) -> None:
        """Nothing is open."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    data = body.encode() if isinstance(body, str) else bytes(body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(data)),
        "HTTP_HOST": parts.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ
