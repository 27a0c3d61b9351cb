"""The calls over SOAP 1.1, through zeep and the description in `connector/calls.wsdl`.

Strict as the .NET client is: an answer that is no SOAP, no text/xml or not well-formed is a failed call.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
import urllib3
import zeep
import zeep.exceptions
from lxml import etree
from requests.adapters import BaseAdapter
from zeep.plugins import Plugin

from qbsim.transports import Half, ServiceRaised

_WSDL = Path(__file__).with_name("connector") / "calls.wsdl"
_BINDING = "{http://developer.intuit.com/}WebConnectorSoap"
_NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_USER_AGENT = (
    "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"  # as .NET calls itself
)
_LXML_BEGINS, _DOT_NET_BEGINS = b"<?xml version='1.0' encoding='utf-8'?>\n", b'<?xml version="1.0" encoding="utf-8"?>'
_CHUNK = 65536
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
        plugins = [_RpcStyle() if rpc else _DocumentStyle()]
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

    def call(self, name: str, *arguments: Any, rewrite: Callable[[bytes], bytes] | None = None, cut: str = "") -> Any:
        """Make one call and return its result. Raises CallFailed.

        `rewrite` changes the bytes that go out; `cut` breaks the connection before, during or after the call.
        """
        self._http.rewrite = rewrite
        self._http.cut = cut
        self._http.body = b""
        try:
            return self._proxy[name](*arguments)
        except zeep.exceptions.Fault as fault:
            raise CallFailed(f"it answered with a SOAP fault: {fault.message}", body=self._http.body) from fault
        except zeep.exceptions.Error as error:
            reason = str(error).splitlines()[0]  # zeep appends the whole body
            raise CallFailed(f"its answer is no proper SOAP ({reason})", body=self._http.body) from error
        except requests.RequestException as error:
            raise CallFailed(f"no connection ({_short(error)})", body=self._http.body) from error
        except ServiceRaised as raised:
            raise (raised.__cause__ or raised) from None
        except _NONSENSE as error:
            raise CallFailed(f"its answer makes no sense ({error})", body=self._http.body) from error

    def page(self, url: str) -> int:
        """Return the HTTP status of a page, such as that for support. CallFailed when there is no connection."""
        try:
            return int(self.session.get(url, timeout=TIMEOUT_SECONDS).status_code)
        except ServiceRaised as raised:
            raise (raised.__cause__ or raised) from None
        except requests.RequestException as error:
            raise CallFailed(_short(error)) from error


def _short(error: Exception) -> str:
    """Return the innermost reason of what requests wraps several times."""
    text = str(error)
    return text.rsplit(": ", 1)[-1].rstrip(")'\"") or type(error).__name__


class _Http(zeep.Transport):
    """Posts as .NET does and keeps the answer's bytes."""

    rewrite: Callable[[bytes], bytes] | None = None
    cut: str = ""
    body: bytes = b""

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> requests.Response:
        message = message.replace(_LXML_BEGINS, _DOT_NET_BEGINS, 1)
        if self.rewrite is not None:
            message = self.rewrite(message)
        if self.cut == "before":
            raise requests.ConnectionError("the connection was cut")
        response = self.session.post(
            address,
            data=Half(message) if self.cut == "during" else message,
            headers=dict(headers),
            timeout=self.operation_timeout,
            allow_redirects=False,
            stream=True,
        )
        if self.cut:
            raise requests.ConnectionError("the connection was cut")
        self._read(response)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.status_code not in {200, 500}:
            raise CallFailed(f"it answered HTTP {response.status_code}", body=self.body)
        if media_type not in {"text/xml", "application/soap+xml"}:
            raise CallFailed(f"it answered {media_type or 'nothing'} instead of text/xml", body=self.body)
        checked: requests.Response = response
        return checked

    def _read(self, response: requests.Response) -> None:
        """Read the whole answer, and keep what had come when the connection breaks in its middle."""
        received = bytearray()
        try:
            for chunk in _chunks(response):
                received += chunk
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError(error) from error
        finally:
            self.body = bytes(received)
        response._content = self.body  # noqa: SLF001 -- what `content` would have read


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield the answer as it comes: requests' own reading would lose the last piece when the connection breaks."""
    if not isinstance(response.raw, urllib3.HTTPResponse) or response.raw.closed:  # closed: an adapter has read it
        yield from response.iter_content(_CHUNK)
        return
    response.raw.decode_content = True
    while chunk := response.raw.read1(_CHUNK):
        yield chunk


# zeep's own constructors have no types.
_new_http: Callable[..., _Http] = _Http
_new_client: Callable[..., Any] = zeep.Client


class _DocumentStyle(Plugin):
    """Sends calls as .NET writes them: soap, xsi and xsd declared, the call in the default namespace.

    (Seen in public logs; services that look for `<ticket>` as a text rely on it.)
    """

    def egress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: Any, binding_options: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        del operation, binding_options
        asked = next(envelope.iter(f"{{{_NAMESPACE}}}*"))
        rewritten, body = _new_envelope()
        call = etree.SubElement(body, asked.tag, nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
        for parameter in asked:
            etree.SubElement(call, parameter.tag).text = parameter.text
        return rewritten, http_headers

    def ingress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        _answer_in(envelope, operation.name)
        return envelope, http_headers


class _RpcStyle(Plugin):
    """Sends calls in RPC style: a prefix on the call, typed parameters without namespace. Takes answers in either."""

    def egress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: Any, binding_options: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        del operation, binding_options
        asked = next(envelope.iter(f"{{{_NAMESPACE}}}*"))
        rewritten, body = _new_envelope()
        body.set(f"{{{_ENVELOPE}}}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/")
        call = etree.SubElement(body, asked.tag, nsmap={"q1": _NAMESPACE})
        for parameter in asked:
            name = etree.QName(parameter).localname
            typed = etree.SubElement(call, name)
            typed.set(f"{{{_XSI}}}type", "xsd:int" if name.endswith("Vers") else "xsd:string")
            typed.text = parameter.text
        return rewritten, http_headers

    def ingress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        """Read an RPC answer, whose result has no namespace and whose texts carry types, as a Document one."""
        answer = _answer_in(envelope, operation.name)
        for result in () if answer is None else answer.iterchildren(tag=etree.Element):
            result.tag = f"{{{_NAMESPACE}}}{operation.name}Result"
            result.attrib.pop(f"{{{_XSI}}}type", "")
            for item in result.iterchildren(tag=etree.Element):
                item.tag = f"{{{_NAMESPACE}}}string"
                item.attrib.pop(f"{{{_XSI}}}type", "")
        return envelope, http_headers


def _new_envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"soap": _ENVELOPE, "xsi": _XSI, "xsd": _XSD})
    return envelope, etree.SubElement(envelope, f"{{{_ENVELOPE}}}Body")


def _answer_in(envelope: etree._Element, call: str) -> etree._Element | None:
    """Return the answer to that call, None for a fault. ValueError when it is another's, which .NET does not take."""
    body = envelope.find(f"{{{_ENVELOPE}}}Body")
    first = None if body is None else next(body.iterchildren(tag=etree.Element), None)
    if first is not None and first.tag == f"{{{_ENVELOPE}}}Fault":
        return None
    if first is None or first.tag != f"{{{_NAMESPACE}}}{call}Response":
        raise ValueError(f"it holds {'nothing' if first is None else first.tag} instead of {call}Response")
    return first
