"""SOAP 1.1 as the Web Connector speaks it: eight calls in, eight replies out.

A call is its declaration: field, wire name, in wire order. Style Document, DocWrapped and RPC are read alike, since
parameters are found by local name and a missing one is empty (QBWC Programmer's Guide, chapters 4 to 6).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar, Literal, get_args, get_type_hints

from lxml import etree

from qbwire.errors import BadCall, LocalError
from qbwire.parser import MAX_BYTES, Unreadable, local_name, parse_forgiving
from qbwire.scalars import legal_text

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "http://developer.intuit.com/"

ResultType = Literal["string", "int", "strings"]


# --- the eight calls ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Param:
    """The wire name of a parameter."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVersion:
    """Asks for our version, for display only; a failure is logged there and the session goes on."""

    method: ClassVar = "serverVersion"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientVersion:
    """Says the Web Connector's version, like 2.3.0.215; the empty reply lets it go on."""

    method: ClassVar = "clientVersion"
    version: Annotated[str, Param("strVersion")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    """Opens a session; the reply is two to four strings: ticket, verdict, seconds to wait, seconds between runs."""

    method: ClassVar = "authenticate"
    username: Annotated[str, Param("strUserName")] = ""
    password: Annotated[str, Param("strPassword")] = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequestXML:
    """Asks for the next request; the reply is a qbXML document, or empty with the reason in getLastError."""

    method: ClassVar = "sendRequestXML"
    ticket: Annotated[str, Param("ticket")] = field(default="", repr=False)
    hcp_response: Annotated[str, Param("strHCPResponse")] = field(default="", repr=False)  # first call only
    company_file_name: Annotated[str, Param("strCompanyFileName")] = ""
    country: Annotated[str, Param("qbXMLCountry")] = ""
    major_version: Annotated[int | None, Param("qbXMLMajorVers")] = None
    minor_version: Annotated[int | None, Param("qbXMLMinorVers")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveResponseXML:
    """Brings the answer; `hresult` is set and `response` empty where QuickBooks refused the whole document."""

    method: ClassVar = "receiveResponseXML"
    ticket: Annotated[str, Param("ticket")] = field(default="", repr=False)
    response: Annotated[str, Param("response")] = field(default="", repr=False)
    hresult: Annotated[str, Param("hresult")] = ""
    message: Annotated[str, Param("message")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportConnectionError:
    """Says that QuickBooks could not be opened; the reply `done` gives up, a path (or "") tries that file."""

    method: ClassVar = "connectionError"
    ticket: Annotated[str, Param("ticket")] = field(default="", repr=False)
    hresult: Annotated[str, Param("hresult")] = ""
    message: Annotated[str, Param("message")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLastError:
    """Asks for the text behind an empty request or a negative percentage; `NoOp` means: ask again in 5 seconds."""

    method: ClassVar = "getLastError"
    ticket: Annotated[str, Param("ticket")] = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConnection:
    """Ends the session; the reply is the text shown in the Web Connector's status column."""

    method: ClassVar = "closeConnection"
    ticket: Annotated[str, Param("ticket")] = field(default="", repr=False)


Call = (
    ServerVersion
    | ClientVersion
    | Authenticate
    | SendRequestXML
    | ReceiveResponseXML
    | ReportConnectionError
    | GetLastError
    | CloseConnection
)
Result = str | int | Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the service as the WSDL tells it, and its polite answer to a call that cannot be read."""

    name: str
    call: type[Call]
    params: Mapping[str, tuple[str, bool]]  # wire name → (field, is it a number), in wire order
    result: ResultType
    refusal: Result


def _method(call: type[Call], *, result: ResultType = "string", refusal: Result = "") -> Method:
    hints = get_type_hints(call, include_extras=True)
    params = {}
    for declared in fields(call):
        python, param = get_args(hints[declared.name])
        params[param.name] = (declared.name, python is not str)
    return Method(name=call.method, call=call, params=params, result=result, refusal=refusal)


UNREADABLE = "Standpipe could not read the last message from the Web Connector. It will be asked for again."

# An unreadable login says nothing about the password, so the refusal is "busy" (come back later), not "nvu".
METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        _method(ServerVersion),
        _method(ClientVersion),
        _method(Authenticate, result="strings", refusal=("unreadable", "busy")),
        _method(SendRequestXML),
        _method(ReceiveResponseXML, result="int", refusal=-1),
        _method(ReportConnectionError, refusal="done"),
        _method(GetLastError, refusal=UNREADABLE),
        _method(CloseConnection),
    )
}


# --- reading --------------------------------------------------------------------------------------


def decode_call(body: bytes, *, soap_action: str | None = None, max_bytes: int = MAX_BYTES) -> Call:
    """Return the call in an HTTP body; raise BadCall where there is none that can be read.

    What stands in the body decides; `soap_action`, the HTTP header, only tells which method a broken body meant.
    """
    try:
        envelope, _ = parse_forgiving(body, max_bytes=max_bytes)
    except Unreadable as error:
        raise BadCall(f"The SOAP request cannot be read: {error}", method=meant_method(soap_action, body)) from error
    try:
        return _call(envelope)
    except _NoCall as error:
        raise BadCall(str(error), method=error.method or meant_method(soap_action)) from error


class _NoCall(Exception):
    def __init__(self, reason: str, *, method: str | None = None) -> None:
        super().__init__(reason)
        self.method = method


def _call(envelope: etree._Element) -> Call:
    if envelope.tag != f"{{{ENVELOPE}}}Envelope":
        raise _NoCall(f"The request is no SOAP 1.1 envelope but {envelope.tag}.")
    body = envelope.find(f"{{{ENVELOPE}}}Body")
    element = next(iter(body), None) if body is not None else None
    if element is None:
        raise _NoCall("The SOAP body is empty.")
    method = METHODS.get(local_name(element))
    if method is None:
        raise _NoCall(f"There is no method {local_name(element)}.")
    values: dict[str, str | int] = {}
    for parameter in element:
        declared = method.params.get(local_name(parameter))
        if declared is None:
            continue
        if len(parameter):
            raise _NoCall(f"{local_name(parameter)} holds elements where text belongs.", method=method.name)
        name, is_number = declared
        value = parameter.text or ""
        if not is_number:
            values[name] = value
        elif value.strip():
            values[name] = _number(value, name=name, method=method.name)
    return method.call(**values)  # type: ignore[arg-type] # the table pairs fields with their types


def _number(value: str, *, name: str, method: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise _NoCall(f"{name} is no number: {value[:40]!r}", method=method) from None


_METHOD_IN_BODY = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(%s)[\s/>]" % b"|".join(name.encode() for name in METHODS)
)


def meant_method(soap_action: str | None, body: bytes = b"") -> str | None:
    """Return the method that a request means, from its SOAPAction, else from the first words of its body."""
    name = (soap_action or "").strip().strip('"').rpartition("/")[2]
    if name in METHODS:
        return name
    found = _METHOD_IN_BODY.search(body[:4096])
    return found[1].decode("ascii") if found else None


# --- answering ------------------------------------------------------------------------------------


_OWN_NAMESPACE: dict[Any, str] = {None: NAMESPACE}


def encode_reply(call: Call | str, result: Result) -> bytes:
    """Return the SOAP reply to a call (or to the method of that name).

    authenticate takes a sequence of two to four strings, receiveResponseXML an int, the others a string.
    Characters that XML cannot hold are left out.
    """
    method = METHODS[call if isinstance(call, str) else call.method]
    envelope, body = _envelope()
    response = etree.SubElement(body, f"{{{NAMESPACE}}}{method.name}Response", nsmap=_OWN_NAMESPACE)
    holder = etree.SubElement(response, f"{{{NAMESPACE}}}{method.name}Result")
    if method.result == "strings":
        if isinstance(result, str | int) or not 2 <= len(result) <= 4:
            raise LocalError(f"{method.name} answers with two to four strings, not {result!r}")
        for value in result:
            etree.SubElement(holder, f"{{{NAMESPACE}}}string").text = legal_text(value)
    elif method.result == "int":
        if not isinstance(result, int) or result > 100:  # above 100 is undocumented
            raise LocalError(f"{method.name} answers with a number up to 100, not {result!r}")
        holder.text = str(result)
    else:
        if not isinstance(result, str):
            raise LocalError(f"{method.name} answers with a string, not {result!r}")
        holder.text = legal_text(result)
    return _written(envelope)


def encode_refusal(method: str | None, *, reason: str) -> bytes:
    """Answer a call that cannot be served: the method's own negative result, or a fault where none is known."""
    if method is None:
        return encode_fault(reason)
    return encode_reply(method, METHODS[method].refusal)


def encode_fault(reason: str, *, code: Literal["Client", "Server", "VersionMismatch"] = "Client") -> bytes:
    """Return a SOAP 1.1 fault (section 4.4), to be sent with HTTP 500."""
    envelope, body = _envelope()
    fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"soap:{code}"
    etree.SubElement(fault, "faultstring").text = legal_text(reason)
    return _written(envelope)


def _envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    return envelope, etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")


def _written(envelope: etree._Element) -> bytes:
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
