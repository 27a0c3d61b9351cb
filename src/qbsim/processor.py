"""QuickBooks' request processor: one qbXML document in, one out.

It refuses a whole document that it cannot parse (HRESULT 0x80040400, without saying where, as QuickBooks does)
and gives each request of a sound one its status. Iterators live as long as their session.
"""

import re
import sqlite3
from pathlib import Path, PureWindowsPath

from lxml import etree

from qbsim.answering import Asked, Iterators, Status
from qbsim.checking import MAX_REQUEST_ID, StructureFault, check_structure, first_value_fault
from qbsim.company import Company
from qbsim.declarations import Request
from qbsim.faults import Faults
from qbsim.handlers import HANDLERS
from qbsim.messages import REQUESTS
from qbsim.texts import HRESULTS, severity, status_text
from qbsim.wiretext import Version, version
from qbsim.writing import document_text

PARSE_ERROR = "0x80040400"
_ON_ERROR = {"stopOnError", "continueOnError"}  # rollbackOnError is in the schema, not in QuickBooks Desktop
_SET_ATTRIBUTES = {"onError", "newMessageSetID", "oldMessageSetID", "responseData"}
_PREMIER = 0x4  # the edition that is simulated, as a bit of AuthFlags (QBWC Programmer's Guide, chapter 4)
_VERSION = re.compile(r"""\s*version\s*=\s*(["'])(\d{1,2}\.\d)\1\s*""")


class RequestRefused(Exception):
    """The request processor threw: no response. `reason` says what QuickBooks itself does not tell."""

    def __init__(self, hresult: str, *, reason: str = "") -> None:
        self.hresult = hresult
        self.message = HRESULTS.get(hresult, "QuickBooks reported an error.")
        self.reason = reason
        super().__init__(f"{hresult} {self.message} {reason}".strip())


class QuickBooks:
    """QuickBooks with one company file open in it."""

    def __init__(self, company: Company, *, faults: Faults | None = None, shown_path: str | None = None) -> None:
        self.company = company
        self.faults = faults or Faults()
        self.shown_path = shown_path or str(company.path.absolute())

    def begin_session(self, file_name: str = "", *, auth_flags: int = 0) -> "Session":
        """Begin a session with the open file, or with the one named. RequestRefused when that cannot be."""
        hresult = self.faults.connection_hresult()
        if auth_flags and not auth_flags & _PREMIER:
            hresult = "0x8004041F"
        if hresult is None and file_name and not _same_path(file_name, self.shown_path):
            hresult = "0x8004040A" if Path(file_name).exists() else "0x80040406"
        if hresult is not None:
            raise RequestRefused(hresult)
        return Session(self)


class Session:
    """What lies between BeginSession and EndSession; iterators die with it."""

    def __init__(self, quickbooks: QuickBooks) -> None:
        self.company = quickbooks.company
        self.faults = quickbooks.faults
        self._iterators = Iterators()
        self._open = True

    def end(self) -> None:
        self._open = False
        self._iterators.clear()

    def process(self, qbxml: str | bytes) -> str:
        """Return the response document. RequestRefused when QuickBooks would not even read the request."""
        if not self._open:
            raise RequestRefused("0x8004040D", reason="The session has ended.")
        try:
            message_set, asked_version = self._read(qbxml)
        except StructureFault as fault:
            raise RequestRefused(PARSE_ERROR, reason=str(fault)) from fault
        root = etree.Element("QBXML")
        answers = etree.SubElement(root, "QBXMLMsgsRs")
        for name, value in _message_set_status(message_set).items():
            answers.set(name, value)
        stopped = False
        for element in message_set.iterchildren(tag=etree.Element):
            code = 3231 if stopped else self._answer(answers, element, asked_version=asked_version)
            if stopped:
                _write_status(_begin(answers, element), Status(code))
            stopped = stopped or (severity(code) == "Error" and message_set.get("onError") == "stopOnError")
        return document_text(root)

    def process_own(self, qbxml: str) -> str:
        """Process what the Web Connector itself asks before the service's first request."""
        if "hcp-failed" in self.faults:
            raise RequestRefused("0x80040402", reason="Switched on by name.")
        return self.process(qbxml)

    def _read(self, qbxml: str | bytes) -> tuple[etree._Element, Version]:
        root = _parse(qbxml)
        asked_version = _asked_version(root, supported=self.company.host()["SupportedQBXMLVersion"])
        children = list(root.iterchildren(tag=etree.Element))
        if root.tag != "QBXML" or root.attrib or len(children) != 1 or children[0].tag != "QBXMLMsgsRq":
            raise StructureFault("The document must be one QBXML with one QBXMLMsgsRq")
        message_set = children[0]
        if message_set.get("onError") not in _ON_ERROR:
            raise StructureFault("QBXMLMsgsRq needs onError: stopOnError or continueOnError")
        unknown = set(message_set.attrib) - _SET_ATTRIBUTES
        if unknown or message_set.get("responseData", "includeAll") not in {"includeAll", "includeNone"}:
            raise StructureFault("QBXMLMsgsRq has an attribute that does not exist, or one with a wrong value")
        for element in message_set.iterchildren(tag=etree.Element):
            check_structure(element, _declared(element), version=asked_version)
        return message_set, asked_version

    def _answer(self, answers: etree._Element, element: etree._Element, *, asked_version: Version) -> int:
        """Append the answer to one request and return its status code."""
        answer = _begin(answers, element)
        request_id = element.get("requestID") or ""
        fault = first_value_fault(element, _declared(element).body)
        if len(request_id) > MAX_REQUEST_ID:
            status = Status(1060, {"value": request_id})
        elif fault is not None:
            status = Status(fault.code, {"value": fault.value, "field": fault.field})
        else:
            asked = Asked(element, asked_version, self.company, self.faults, self._iterators)
            status = _handle(asked, answer)
        if severity(status.code) == "Error":
            answer[:] = []
        _write_status(answer, status)
        return status.code


def _handle(asked: Asked, answer: etree._Element) -> Status:
    try:
        return HANDLERS[str(asked.element.tag)](asked, answer)
    except sqlite3.Error as error:  # the file is locked by another program, or has been damaged
        raise RequestRefused("0x80040402", reason=str(error)) from error


def _parse(qbxml: str | bytes) -> etree._Element:
    try:
        data = qbxml.encode("ascii") if isinstance(qbxml, str) else qbxml.decode("ascii").encode("ascii")
    except UnicodeError as error:
        raise StructureFault(
            "The document holds raw characters beyond ASCII; write them as entities like &#233;"
        ) from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise StructureFault(f"This is no well-formed XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise StructureFault("A document type is not allowed")
    return root


def _asked_version(root: etree._Element, *, supported: list[str]) -> Version:
    before = root.itersiblings(etree.PI, preceding=True)
    instructions = [str(node.text) for node in before if getattr(node, "target", "") == "qbxml"]
    if len(instructions) != 1:
        raise StructureFault('The instruction <?qbxml version="13.0"?> must stand once before the root')
    found = _VERSION.fullmatch(instructions[0])
    if found is None or found[2] not in supported:
        raise StructureFault(f"qbXML version {instructions[0]!r} is not one of {', '.join(supported)}")
    return version(found[2])


def _declared(element: etree._Element) -> Request:
    try:
        return REQUESTS[str(element.tag)]
    except KeyError:
        raise StructureFault(f"{element.tag} is no request that this simulator knows") from None


def _begin(answers: etree._Element, element: etree._Element) -> etree._Element:
    answer = etree.SubElement(answers, f"{str(element.tag).removesuffix('Rq')}Rs")
    if "requestID" in element.attrib:
        answer.set("requestID", element.get("requestID") or "")
    return answer


def _write_status(answer: etree._Element, status: Status) -> None:
    answer.set("statusCode", str(status.code))
    answer.set("statusSeverity", severity(status.code))
    answer.set("statusMessage", status_text(status.code, **status.places))
    for name, value in status.attributes.items():
        answer.set(name, value)


def _message_set_status(message_set: etree._Element) -> dict[str, str]:
    """Say that answers are not kept: 600 to the question for one, 9005 to a set that wants to be kept.

    (Intuit, error recovery page and samples ErrRecovery1 to 3.)
    """
    new, old = message_set.get("newMessageSetID"), message_set.get("oldMessageSetID")
    if new is None:
        return {}
    is_question = new == old and not len(message_set)
    return {"newMessageSetID": new, "messageSetStatusCode": "600" if is_question else "9005"}


def _same_path(one: str, other: str) -> bool:
    """Compare as Windows does: slashes and case do not count."""
    return PureWindowsPath(one) == PureWindowsPath(other)
