"""QuickBooks' request processor: one qbXML document in, one out.

It refuses a whole document that it cannot parse (HRESULT 0x80040400, without saying where, as QuickBooks does)
and gives each request of a sound one its status. Iterators live as long as their session.
"""

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PureWindowsPath

from lxml import etree

from qbsim.answering import Asked, Iterators, Status
from qbsim.checking import MAX_REQUEST_ID, StructureFault, first_value_fault
from qbsim.company import Company, CompanyError
from qbsim.faults import Faults
from qbsim.handlers import HANDLERS
from qbsim.reading import MessageSet, declared, read_message_set
from qbsim.texts import HRESULTS, severity, status_text
from qbsim.wiretext import Version
from qbsim.writing import document_text

PARSE_ERROR = "0x80040400"
_PREMIER = 0x4  # the edition that is simulated, as a bit of AuthFlags (QBWC Programmer's Guide, chapter 4)


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
            message_set = read_message_set(qbxml, supported=self.company.host()["SupportedQBXMLVersion"])
        except StructureFault as fault:
            raise RequestRefused(PARSE_ERROR, reason=str(fault)) from fault
        root = etree.Element("QBXML")
        answers = etree.SubElement(root, "QBXMLMsgsRs")
        for name, value in _message_set_status(message_set).items():
            answers.set(name, value)
        stopped = False
        for element in message_set.requests:
            code = 3231 if stopped else self._answer(answers, element, asked_version=message_set.version)
            if stopped:
                _write_status(_begin(answers, element), Status(code))
            stopped = stopped or (severity(code) == "Error" and message_set.stops_on_error)
        return document_text(root)

    def process_own(self, qbxml: str) -> str:
        """Process what the Web Connector itself asks before the service's first request."""
        if "hcp-failed" in self.faults:
            raise RequestRefused("0x80040402", reason="Switched on by name.")
        return self.process(qbxml)

    def _answer(self, answers: etree._Element, element: etree._Element, *, asked_version: Version) -> int:
        """Append the answer to one request and return its status code."""
        answer = _begin(answers, element)
        request_id = element.get("requestID") or ""
        fault = first_value_fault(element, declared(element).body)
        if len(request_id) > MAX_REQUEST_ID:
            status = Status(1060, {"value": request_id})
        elif fault is not None:
            status = Status(fault.code, {"value": fault.value, "field": fault.field})
        else:
            asked = Asked(element, asked_version, self.company, self.faults, self._iterators)
            status = self._handle(asked, answer)
        if severity(status.code) == "Error":
            answer[:] = []
        _write_status(answer, status)
        return status.code

    def _handle(self, asked: Asked, answer: etree._Element) -> Status:
        """Let the handler do what is asked; what it refuses in the middle leaves nothing behind."""
        try:
            with self._transaction(asked.element):
                return _accepted(HANDLERS[str(asked.element.tag)](asked, answer))
        except _Refused as refused:
            return refused.status
        except CompanyError as error:
            return Status.of(error)
        except sqlite3.Error as error:  # the file is locked by another program, or has been damaged
            raise RequestRefused("0x80040402", reason=str(error)) from error

    def _transaction(self, element: etree._Element) -> AbstractContextManager[None]:
        """A request that changes something is one transaction; one that only reads keeps nobody waiting."""
        return nullcontext() if str(element.tag).endswith("QueryRq") else self.company.transaction()


class _Refused(Exception):
    """A handler's own answer is an error: undo what it had done before it saw that."""

    def __init__(self, status: Status) -> None:
        self.status = status


def _accepted(status: Status) -> Status:
    if severity(status.code) == "Error":
        raise _Refused(status)
    return status


def _begin(answers: etree._Element, element: etree._Element) -> etree._Element:
    answer = etree.SubElement(answers, f"{str(element.tag).removesuffix('Rq')}Rs")
    if "requestID" in element.attrib:
        answer.set("requestID", element.get("requestID") or "")
    return answer


def _write_status(answer: etree._Element, status: Status) -> None:
    answer.set("statusCode", str(status.code))
    answer.set("statusSeverity", severity(status.code))
    answer.set("statusMessage", status.text or status_text(status.code, **status.places))
    for name, value in status.attributes.items():
        answer.set(name, value)


def _message_set_status(message_set: MessageSet) -> dict[str, str]:
    """Say that answers are not kept: 600 to the question for one, 9005 to a set that wants to be kept.

    (Intuit, error recovery page and samples ErrRecovery1 to 3.)
    """
    new, old = message_set.new_id, message_set.old_id
    if new is None:
        return {}
    is_question = new == old and not message_set.requests
    return {"newMessageSetID": new, "messageSetStatusCode": "600" if is_question else "9005"}


def _same_path(one: str, other: str) -> bool:
    """Compare as Windows does: slashes and case do not count."""
    return PureWindowsPath(one) == PureWindowsPath(other)
