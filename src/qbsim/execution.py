"""Answers a message set: one request after the other, each a transaction of its own.

A request that fails leaves nothing behind, and the earlier ones stay (QuickBooks Desktop never rolls a set back).
What is kept of a set, so that it is not done twice, is committed together with what it did: see message_sets.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from qbsim import others
from qbsim.answering import Asked, Status
from qbsim.checking import MAX_REQUEST_ID, first_value_fault
from qbsim.handlers import HANDLERS
from qbsim.macros import Macros
from qbsim.message_sets import Next, checksum, decide
from qbsim.reading import MessageSet, declared
from qbsim.refusals import CompanyError
from qbsim.texts import severity, status_text
from qbsim.writing import document_text

if TYPE_CHECKING:
    from qbsim.processor import Session


@dataclass(frozen=True, slots=True)
class Answered:
    """What a set came to: the response document, and for the log how each request ended ("CustomerAdd 3100")."""

    response: str
    statuses: tuple[str, ...]
    reason: str = ""  # what QuickBooks does not tell of an internal error


class Crashed(Exception):
    """A fault ended QuickBooks itself; the text says when."""


class Execution:
    """One message set on its way through QuickBooks; `own`: the Web Connector's, spared by faults of a request."""

    def __init__(self, session: "Session", asked: MessageSet, *, own: bool = False) -> None:
        self._session = session
        self._asked = asked
        faults = session.faults
        self._crash = faults.word("quickbooks-crashes") if not own and faults.strikes("quickbooks-crashes") else ""
        self._fails = not own and faults.strikes("internal-error")
        self._company = session.company
        self._faults = session.faults
        self._sets = session.company.message_sets
        self._keeps = False  # whether the answer is stored under the new ID
        self._statuses: list[str] = []
        self._errors: list[str] = []
        self._macros = Macros()
        self._root = etree.Element("QBXML")

    def run(self) -> Answered:
        self._crash_here("before")
        code, then = self._recover()
        if then is Next.REPEAT:
            answered = self._repeat()
        else:
            answers = etree.SubElement(self._root, "QBXMLMsgsRs")
            self._write_code(answers, code)
            if then is Next.EXECUTE:
                self._execute(answers)
            answered = Answered(self._text(self._root), tuple(self._statuses), "; ".join(self._errors))
        self._crash_here("after")
        return answered

    def _crash_here(self, moment: str) -> None:
        if self._crash == moment:
            raise Crashed(f"QuickBooks crashed {moment} the request.")

    # -- error recovery --------------------------------------------------------------------------------------

    def _recover(self) -> tuple[int | None, Next]:
        """Return the set's own code, None when it has no ID at all, and what is to be done with it."""
        new_id, old_id, application = self._asked.new_id, self._asked.old_id, self._session.application
        if new_id is None and old_id is None:
            return None, Next.EXECUTE
        kept = self._sets.find(application, new_id) if new_id else None
        old_is_known = old_id is not None and self._sets.find(application, old_id) is not None
        code, then = decide(self._asked, kept=kept, old_is_known=old_is_known)
        if code:
            self._statuses.append(f"message set {code}")
        self._keeps = new_id is not None and then is Next.EXECUTE
        if self._keeps and self._faults.strikes("answer-not-stored"):
            return 9005, then
        return code, then

    def _repeat(self) -> Answered:
        """Give the kept answer again. A status check may delete it, as one public client says."""
        asked, application = self._asked, self._session.application
        kept = self._sets.find(application, str(asked.new_id))
        root = etree.fromstring((kept.response if kept and kept.response else "").encode("ascii"))
        if asked.old_id is not None:
            self._forget_old()
        if not asked.requests and self._faults.strikes("status-check-forgets"):
            self._sets.forget(application, str(asked.new_id))
        return Answered(self._text(root), ("kept answer",))

    def _forget_old(self) -> None:
        if self._asked.old_id is not None and self._asked.old_id != self._asked.new_id:
            self._sets.forget(self._session.application, self._asked.old_id)

    def _write_code(self, answers: etree._Element, code: int | None) -> None:
        if self._asked.new_id is not None:
            answers.set("newMessageSetID", self._asked.new_id)
        if code is not None:
            answers.set("messageSetStatusCode", str(code))

    def _text(self, root: etree._Element) -> str:
        """Write the document, without the records when the set asked for none."""
        if not self._asked.includes_data:
            for answer in root[0]:
                answer[:] = []
        return document_text(root)

    # -- requests --------------------------------------------------------------------------------------------

    def _execute(self, answers: etree._Element) -> None:
        """Answer the requests. After an error, a set that wants it so has the rest left undone (3231)."""
        stopped = False
        for element, is_first, is_last in _marked(self._asked.requests):
            with self._transaction(element):
                if is_first:
                    self._begin()
                status = Status(3231) if stopped else None
                code = self._answer(answers, element, instead=status)
                stopped = severity(code) == "Error" and self._asked.stops_on_error  # 3231 is an error, too
                if is_last:
                    self._crash_here("during")
                    self._keep(answers)
        if not self._asked.requests:
            with self._company.transaction():
                self._begin()
                self._keep(answers)

    def _transaction(self, element: etree._Element) -> AbstractContextManager[None]:
        """One that only reads, in a set that is not kept, keeps nobody waiting."""
        return self._company.transaction() if self._keeps or others.changes(element) else nullcontext()

    def _begin(self) -> None:
        self._forget_old()
        if self._keeps:
            self._sets.begin(self._session.application, str(self._asked.new_id), checksum=checksum(self._asked))

    def _keep(self, answers: etree._Element) -> None:
        if self._keeps and answers.get("messageSetStatusCode") != "9005":
            response = document_text(self._root)
            self._sets.keep(self._session.application, str(self._asked.new_id), response=response)

    def _answer(self, answers: etree._Element, element: etree._Element, *, instead: Status | None) -> int:
        """Append the answer to one request and return its status code."""
        answer = _begin(answers, element)
        status = instead or self._withstand(element, answer)
        if severity(status.code) == "Error":
            answer[:] = []
        _write_status(answer, status)
        self._statuses.append(f"{str(element.tag).removesuffix('Rq')} {status.code}")
        return status.code

    def _refusal(self, element: etree._Element) -> Status | None:
        """Return why no handler sees the request: a bad value in it, or something that is switched on."""
        request_id = element.get("requestID") or ""
        if len(request_id) > MAX_REQUEST_ID:
            return Status(1060, {"value": request_id})
        fault = first_value_fault(element, declared(element).body, stores=others.changes(element))
        if fault is not None:
            return Status(fault.code, {"value": fault.value, "field": fault.field})
        if self._fails and element is self._asked.requests[0]:
            return Status(1000)
        return others.hindrance(element, company=self._company, faults=self._faults)

    def _withstand(self, element: etree._Element, answer: etree._Element) -> Status:
        """Handle a request; what no rule foresaw undoes it and is an internal error, not the end of QuickBooks."""
        try:
            return self._refusal(element) or self._handle(element, answer)
        except sqlite3.Error:
            raise  # the company file, not the request
        except Exception as error:  # noqa: BLE001 -- the next request must be answered, whatever this one did
            self._errors.append(f"{element.tag!s}: {type(error).__name__}: {error}")
            return Status(1000)

    def _handle(self, element: etree._Element, answer: etree._Element) -> Status:
        """Let the handler do what is asked; what it refuses in the middle leaves nothing behind."""
        session = self._session
        asked = Asked(element, self._asked.version, self._company, self._faults, session.iterators)
        others.meddle(element, company=self._company, faults=self._faults)
        try:
            self._macros.expand(element)
            with self._company.transaction() if others.changes(element) else nullcontext():
                status = _accepted(HANDLERS[str(element.tag)](asked, answer))
        except _Refused as refused:
            return refused.status
        except CompanyError as error:
            return Status.of(error)
        self._macros.learn(element, answer)
        withheld = others.withheld(element, answer, asked=asked)
        return withheld or others.remark(element, faults=self._faults) or status


class _Refused(Exception):
    """A handler's own answer is an error: undo what it had done before it saw that."""

    def __init__(self, status: Status) -> None:
        self.status = status


def _accepted(status: Status) -> Status:
    if severity(status.code) == "Error":
        raise _Refused(status)
    return status


def _marked(requests: tuple[etree._Element, ...]) -> Iterator[tuple[etree._Element, bool, bool]]:
    """Walk the requests, each with whether it is the first and whether it is the last."""
    for number, request in enumerate(requests, start=1):
        yield request, number == 1, number == len(requests)


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
