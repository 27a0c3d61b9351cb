"""The Web Connector: takes what a service wants to QuickBooks and brings the answers back.

The order of calls, their special values and what follows a failure are those of the QBWC Programmer's Guide
(chapters 2, 5, 6 and 10) and of public logs. One update is one session; everything that it did is in its
Outcome, in the log, and in the transcript.
"""

import json
import re
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from qbsim.company import Clock, Company, CompanyError
from qbsim.faults import Faults
from qbsim.processor import QuickBooks, RequestRefused, Session
from qbsim.qwc import Qwc, QwcRefused, read_qwc, stamped_otherwise
from qbsim.soap import CallFailed, Service, WsgiTransport
from qbsim.texts import CONNECTOR

__all__ = ["Outcome", "Qwc", "QwcRefused", "WebConnector", "WsgiTransport", "read_qwc"]

VERSION = "2.3.0.215"  # the last one that the guide describes
_PAUSE_SECONDS = 5  # NoOp: "come back in five seconds" (guide, chapter 6)
_MOST_RETRIES = 20  # of connectionError: a service that never says done is at fault
_SUPPORT_ANSWERS = (200, 202)

_FAILURE_CODES = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}

# The three questions whose answers go along with the first sendRequestXML (strHCPResponse).
_HCP = (
    '<?xml version="1.0"?><?qbxml version="{version}"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
    '<HostQueryRq requestID="0"/><CompanyQueryRq requestID="1"><OwnerID>{owner_id}</OwnerID></CompanyQueryRq>'
    '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
)


@dataclass(slots=True)
class Outcome:
    """How one update went, in the words of the row that the Web Connector shows."""

    outcome: str = "done"
    code: str | None = None  # QBWC number of what went wrong
    status: str = ""  # what closeConnection or getLastError said, or the Web Connector itself
    calls: list[str] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)  # the qbXML that the service sent
    percent: int | None = None
    last_error: str | None = None
    postpone_seconds: int | None = None
    minimum_seconds: int | None = None


class _Ended(Exception):
    """The session is over before its time."""

    def __init__(self, outcome: str, *, code: str | None = None, close: bool = True, **places: object) -> None:
        self.outcome = outcome
        self.code = code
        self.close = close
        self.text = CONNECTOR[code].text.format(**places) if code else str(places.get("text", ""))
        self.repair = CONNECTOR[code].repair.format(**places) if code else ""
        super().__init__(self.text)


class _Died(Exception):
    """A fault ended the Web Connector itself: no further call, nothing released."""


class WebConnector:
    """One application of a Web Connector: a QWC file, a password, and the company file open in QuickBooks."""

    def __init__(
        self,
        qwc: Path | str | bytes,
        *,
        company: Company | Path | str,
        password: str,
        transport: WsgiTransport | None = None,
        faults: Iterable[str] = (),
        transcript: Path | str | None = None,
        log: Callable[[str], None] | None = None,
        clock: Clock = time.time,
        sleep: Callable[[float], None] = time.sleep,
        accept_warnings: bool = True,
        machine: str | None = None,
    ) -> None:
        self.qwc = read_qwc(qwc)
        self.company = company
        self.password = password
        self.transport = transport
        self.transcript = None if transcript is None else Path(transcript)
        self.clock = clock
        self.sleep = sleep
        self.accept_warnings = accept_warnings
        self.machine = machine or socket.gethostname().upper()
        self.log: Callable[[str], None] = log or _say_nothing
        self.faults = faults
        self._opened: tuple[tuple[Path, int], Company] | None = None  # kept open from one update to the next

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the company file, unless it was given open."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    @property
    def faults(self) -> Faults:
        return self._faults

    @faults.setter
    def faults(self, names: Iterable[str]) -> None:
        self._faults = Faults(names)

    def add(self) -> None:
        """Add the application as "Authorize New Web Service" does, and stamp its FileID. Raises QwcRefused.

        Safe to repeat: a company file that carries this FileID already stays as it is.
        """
        with self._service() as service:
            self._check_support_page(service)
        quickbooks = self._quickbooks()
        try:
            quickbooks.begin_session().end()
        except RequestRefused as refused:
            raise QwcRefused("QBWC1013", hresult=refused.hresult, message=refused.message) from refused
        found = quickbooks.company.file_id(self.qwc.owner_id)
        if found and found.upper() != self.qwc.file_id.upper():
            raise stamped_otherwise(found)
        quickbooks.company.set_data_ext(self.qwc.owner_id, "FileID", self.qwc.file_id)
        self.log(f"{self.qwc.app_name} was added. Its FileID is stamped into the company file.")

    def is_added(self) -> bool:
        """Whether the open company file carries any FileID of this application."""
        return bool(self._quickbooks().company.file_id(self.qwc.owner_id))

    def update(self) -> Outcome:
        """Run one session, adding the application first where that was not done. Raises QwcRefused only then."""
        if not self.is_added():
            self.add()
        self.faults.begin_session()
        with self._service() as service:
            return _Update(self, service, self._quickbooks()).run()

    def run(self, *, every: float, stop: Event, reread_password: Callable[[], str] | None = None) -> None:
        """Update every so many seconds until `stop` is set, whatever the service or QuickBooks does meanwhile."""
        while not stop.is_set():
            pause = every
            try:
                if reread_password is not None:
                    self.password = reread_password()
                outcome = self.update()
                pause = max(every, outcome.minimum_seconds or 0, outcome.postpone_seconds or 0)
            except (QwcRefused, CompanyError, OSError, sqlite3.Error) as error:
                self.log(f"{error} Trying again in {every:g} seconds.")
            stop.wait(pause)

    # -- what an update needs --------------------------------------------------------------------------------

    def _service(self) -> Service:
        rpc = self.qwc.style == "RPC" or "rpc-style" in self.faults
        expect = "expect-continue" in self.faults
        return Service(self.qwc.app_url, adapter=self.transport, rpc=rpc, expect_continue=expect)

    def _check_support_page(self, service: Service) -> None:
        url = self.qwc.app_support
        try:
            status = service.support_page(url)
        except CallFailed as failed:
            raise QwcRefused("QBWC1004", url=url, reason=failed) from failed
        if status not in _SUPPORT_ANSWERS:
            raise QwcRefused("QBWC1003", url=url, status=status)

    def _quickbooks(self) -> QuickBooks:
        """Return QuickBooks with the company file that stands there, or with what a fault puts in its place."""
        company = self._open_company()
        shown_path = str(self._path().absolute())
        if "moved-file" in self.faults:
            moved = self._path().absolute()
            shown_path = self.faults.parameter("moved-file") or str(moved.parent / "Moved" / moved.name)
        elif "other-company-file" in self.faults:
            shown_path = str(company.path.absolute())
        return QuickBooks(company, faults=self.faults, shown_path=shown_path)

    def _path(self) -> Path:
        return self.company.path if isinstance(self.company, Company) else Path(self.company)

    def _open_company(self) -> Company:
        if "restored-copy" in self.faults:
            return self._opened_file(Path(self.faults.parameter("restored-copy")))
        if "other-company-file" in self.faults:
            path = self.faults.parameter("other-company-file")
            return self._opened_file(Path(path) if path else self._strangers_file())
        if isinstance(self.company, Company):
            return self.company
        return self._opened_file(Path(self.company))

    def _opened_file(self, path: Path) -> Company:
        """Return the file open, again the one of last time unless another has taken its place."""
        identity = (path, path.stat().st_ino if path.exists() else 0)
        if self._opened is None or self._opened[0] != identity:
            self.close()
            self._opened = (identity, Company.open(path, clock=self.clock))
        return self._opened[1]

    def _strangers_file(self) -> Path:
        """Return somebody else's company file, beside ours, to which the same application was once added."""
        path = self._path().with_name("Somebody Else.qbw")
        if not path.exists():
            name = "Somebody Else's Plumbing, Inc."
            with Company.create(path, customers=20, seed=4711, name=name, clock=self.clock) as stranger:
                stranger.set_data_ext(self.qwc.owner_id, "FileID", f"{{{str(uuid4()).upper()}}}")
        return path


class _Update:
    """One update: the conversation from serverVersion to closeConnection."""

    def __init__(self, connector: WebConnector, service: Service, quickbooks: QuickBooks) -> None:
        self.connector = connector
        self.service = service
        self.quickbooks = quickbooks
        self.faults = connector.faults
        self.log = connector.log
        self.outcome = Outcome()
        self.ticket = ""
        self.session: Session | None = None
        self.transcript = _Transcript(connector)

    def run(self) -> Outcome:
        try:
            self._talk()
        except _Died:
            self.outcome.outcome, self.outcome.status = "died", "The Web Connector is gone."
            self.log("The Web Connector is gone, without a word to the service.")
        except _Ended as ended:
            self._end(ended)
        return self.outcome

    def _talk(self) -> None:
        self._exchange_versions()
        file_name = self._authenticate()
        session = self._open_quickbooks(file_name)
        try:
            self._take_lock()
            hcp = self._ask_host_company_preferences(session)
            self._work(session, hcp)
        except _Died:
            raise
        except BaseException:
            self._release()
            raise
        self._release()
        self.outcome.status = self._close()
        self.log(f"Finished. The service says: {self.outcome.status}")

    def _end(self, ended: _Ended) -> None:
        self.outcome.outcome, self.outcome.code = ended.outcome, ended.code
        self.outcome.status = ended.text
        self.log(f"{ended.code}: {ended.text} {ended.repair}" if ended.code else ended.text)
        if ended.close and self.ticket:
            try:
                said = self._close()
            except (_Ended, _Died) as error:
                self.log(str(error))
            else:
                self.outcome.status = ended.text or said

    # -- calls -----------------------------------------------------------------------------------------------

    def _call(self, name: str, *arguments: Any, rewrite: Callable[[bytes], bytes] | None = None) -> Any:
        """Make one call and note it. A failure ends the session with the number of that call."""
        if self.faults.strikes("die-at-call"):
            raise _Died
        self.outcome.calls.append(name)
        try:
            answer = self.service.call(name, *arguments, rewrite=rewrite)
        except CallFailed as failed:
            self.transcript.write(name, arguments, failed=failed)
            close = name not in {"authenticate", "closeConnection"}
            code = _FAILURE_CODES.get(name)
            raise _Ended("failed", code=code, close=close, reason=failed, text=f"{name} failed: {failed}") from failed
        self.transcript.write(name, arguments, answer=answer)
        self.outcome.answers.append((name, answer))
        return answer

    def _text(self, name: str, *arguments: Any, rewrite: Callable[[bytes], bytes] | None = None) -> str:
        answer = self._call(name, *arguments, rewrite=rewrite)
        return "" if answer is None else str(answer)

    def _close(self) -> str:
        return self._text("closeConnection", self.ticket)

    def _last_error(self) -> str:
        self.outcome.last_error = self._text("getLastError", self.ticket)
        return self.outcome.last_error

    # -- before QuickBooks -----------------------------------------------------------------------------------

    def _exchange_versions(self) -> None:
        """Exchange versions. Failing calls are noted and passed over, as public logs show."""
        try:
            self.log(f"The service is version {self._text('serverVersion') or '(none)'}.")
        except _Ended as ended:
            self.log(ended.text)
        try:
            verdict = self._text("clientVersion", VERSION)
        except _Ended as ended:
            self.log(f"{ended.code}: {ended.text}")
            return
        kind, text = verdict[:2].upper(), verdict[2:]
        if not verdict:
            return
        if kind == "W:":
            self.log(f"The service warns: {text}")
            if not self.connector.accept_warnings:
                raise _Ended("cancelled", code="QBWC1037", text=text)
        elif kind == "E:":
            raise _Ended("cancelled", code="QBWC1037", text=text)
        elif kind == "O:":
            self.log(f"The service is made for Web Connector {text}; this is {VERSION}.")
        else:
            raise _Ended("failed", code="QBWC1046", text=verdict)

    def _authenticate(self) -> str:
        """Return the company file to use ("" means the open one)."""
        user_name, password = self.connector.qwc.user_name, self.connector.password
        answer = self._call("authenticate", user_name, password)
        texts = ["" if each is None else str(each) for each in _as_list(answer)]
        self.ticket, verdict = [*texts, "", ""][:2]
        refuses = verdict.strip().lower() in {"none", "nvu", "busy"}
        if len(texts) < 2 or not (self.ticket or refuses):
            reason = "authenticate must answer with a ticket and a verdict"
            raise _Ended("failed", code="QBWC1012", close=False, reason=reason)
        self.outcome.postpone_seconds = _seconds(texts[2:3])
        self.outcome.minimum_seconds = _seconds(texts[3:4])
        if self.outcome.postpone_seconds:
            self.log(f"Postponed by the application: {self.outcome.postpone_seconds} seconds.")
        match verdict.strip().lower():
            case "none":
                raise _Ended("none", text="No data exchange required.")
            case "nvu":
                raise _Ended("nvu", code="QBWC1040")
            case "busy":
                closes = "close-after-busy" in self.faults
                raise _Ended("busy", close=closes, text="The service is busy. Trying again later.")
        return verdict.strip()

    # -- QuickBooks ------------------------------------------------------------------------------------------

    def _open_quickbooks(self, file_name: str) -> Session:
        """Open QuickBooks, asking the service what to try next until it says done."""
        flags = self.connector.qwc.auth_flags
        for _ in range(_MOST_RETRIES):
            try:
                self.session = self.quickbooks.begin_session(file_name, auth_flags=flags)
            except RequestRefused as refused:
                file_name = self._report_connection_error(refused.hresult, refused.message, code="QBWC1013")
            else:
                return self.session
        raise _Ended("connection-error", code="QBWC1013", hresult="", message="The service never says done.")

    def _report_connection_error(self, hresult: str, message: str, *, code: str) -> str:
        """Return the path to try next. Ends the session when the service gives up."""
        self.log(f"{code}: {hresult} {message}")
        answer = self._text("connectionError", self.ticket, hresult, message)
        if answer.strip().lower() == "done":
            closes = "close-after-connection-error" in self.faults
            places = {"hresult": hresult, "message": message, "reason": f"{hresult} {message}"}
            raise _Ended("connection-error", code=code, close=closes, **places)
        self.log(f"The service wants another try with {answer or 'the open file'}.")
        return answer

    def _take_lock(self) -> None:
        """Mark the company file as in use by this application, so that no second computer works on it."""
        qwc, company = self.connector.qwc, self.quickbooks.company
        lock = company.data_ext(qwc.owner_id).get("AppLock", "")
        if lock.startswith("LOCKED:") and lock.split(":")[1] != self.connector.machine:
            raise _Ended("locked", text=f"{lock.split(':')[1]} is updating this company file. Trying again later.")
        company.set_data_ext(qwc.owner_id, "AppLock", f"LOCKED:{self.connector.machine}:{secrets.randbelow(10**15)}")

    def _release(self) -> None:
        company, owner_id = self.quickbooks.company, self.connector.qwc.owner_id
        if company.data_ext(owner_id).get("AppLock", "").startswith(f"LOCKED:{self.connector.machine}:"):
            company.set_data_ext(owner_id, "AppLock", "UNLOCKED")
        if self.session is not None:
            self.session.end()

    def _ask_host_company_preferences(self, session: Session) -> str:
        version = self.quickbooks.company.host()["SupportedQBXMLVersion"][-1]
        try:
            return session.process_own(_HCP.format(version=version, owner_id=self.connector.qwc.owner_id))
        except RequestRefused as refused:
            self._report_connection_error(refused.hresult, refused.message, code="QBWC1014")
            reason = f"{refused.hresult} {refused.message}"
            raise _Ended("connection-error", code="QBWC1014", close=False, reason=reason) from refused

    # -- requests and answers --------------------------------------------------------------------------------

    def _work(self, session: Session, hcp: str) -> None:
        """Carry requests and answers until the service says 100."""
        number = 0
        while True:
            request = self._next_request(hcp)
            hcp = ""
            if request is None:
                self.connector.sleep(_PAUSE_SECONDS)
                continue
            number += 1
            percent = self._carry(session, request, number=number)
            self.outcome.percent = percent
            if percent < 0:
                raise _Ended("refused", text=self._last_error())
            if percent > 100:
                raise _Ended("failed", code="QBWC1042", reason=f"it answered {percent}, more than 100 per cent")
            self.log(f"Request {number} is done: {percent} %")
            if percent == 100:
                return

    def _next_request(self, hcp: str) -> str | None:
        """Return the service's next request, None when it wants a pause."""
        host = self.quickbooks.company.host()
        major, minor = map(int, host["SupportedQBXMLVersion"][-1].split("."))
        arguments = (self.ticket, hcp, self.quickbooks.shown_path, host["Country"], major, minor)
        request = self._text("sendRequestXML", *arguments)
        if self.faults.strikes("repeat-send-request"):
            request = self._text("sendRequestXML", *arguments)
        if request == "":
            said = self._last_error()
            if said == "NoOp":
                return None
            if said == "Interactive mode":
                said = "The service asks for a person at the screen, which an unattended run does not have."
            raise _Ended("refused", text=said)
        return None if request == "NoOp" else request

    def _carry(self, session: Session, request: str, *, number: int) -> int:
        """Have QuickBooks process one request and hand its answer over; return the percentage."""
        self.outcome.requests.append(request)
        dies = self.faults.strikes("die-after-request")
        if dies and not self.faults.parameter("die-after-request").endswith(":after"):
            raise _Died
        response, hresult, message = self._process(session, request, number=number)
        if dies:
            raise _Died
        response = self._damaged(response)
        rewrite = _as_windows_1252 if self.faults.strikes("wrong-encoding") else None
        if self.faults.strikes("answer-lost"):
            raise _Ended("failed", code="QBWC1042", reason="the connection was cut before the answer arrived")
        arguments = (self.ticket, response, hresult, message)
        percent = self._call("receiveResponseXML", *arguments, rewrite=rewrite)
        if self.faults.strikes("answer-twice"):
            percent = self._call("receiveResponseXML", *arguments, rewrite=rewrite)
        if not isinstance(percent, int):
            raise _Ended("failed", code="QBWC1042", reason="it answered with no number")
        return percent

    def _process(self, session: Session, request: str, *, number: int) -> tuple[str, str, str]:
        """Return (response, hresult, message): the first, or the other two."""
        if "slow-answer" in self.faults:
            self.connector.sleep(float(self.faults.parameter("slow-answer")))
        try:
            return session.process(request), "", ""
        except RequestRefused as refused:
            self.log(f"Request {number}: {refused.hresult} {refused.message} ({refused.reason})")
            return "", refused.hresult, refused.message

    def _damaged(self, response: str) -> str:
        if self.faults.strikes("truncated-answer"):
            return response[: len(response) // 2]
        if self.faults.strikes("garbage-answer"):
            return "QuickBooks says hello."
        if self.faults.strikes("control-character"):
            return response.replace("Name>", "Name>&#11;", 1)
        return response


class _Transcript:
    """Appends one JSON line per call, passwords masked; of a failed call, the bytes that came back."""

    def __init__(self, connector: WebConnector) -> None:
        self._path = connector.transcript
        self._clock = connector.clock
        self._id = secrets.token_hex(4)

    def write(
        self, call: str, arguments: tuple[Any, ...], *, answer: Any = None, failed: CallFailed | None = None
    ) -> None:
        if self._path is None:
            return
        if call == "authenticate":
            arguments = (arguments[0], "•••")
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(self._clock(), UTC).isoformat(),
            "session": self._id,
            "call": call,
            "arguments": list(arguments),
        }
        if failed is None:
            line["answer"] = answer
        else:
            line |= {"error": str(failed), "body": failed.body.decode("utf-8", "backslashreplace")}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def _as_list(answer: Any) -> list[Any]:
    """Return the texts of authenticate's answer, however zeep shapes it."""
    if answer is None or isinstance(answer, str):
        return []
    return list(answer if isinstance(answer, list) else answer.string or [])


def _seconds(texts: list[str]) -> int | None:
    return int(texts[0]) if texts and texts[0].strip().isdecimal() else None


def _as_windows_1252(message: bytes) -> bytes:
    """Turn the entities inside the escaped answer into Windows-1252 bytes, at least one, still called UTF-8."""
    text = message.decode("utf-8")
    raw = re.sub(r"&amp;#(\d+);", lambda found: unescape(f"&#{found[1]};"), text)
    if raw.isascii():
        raw = raw.replace("&lt;QBXML", "&lt;!-- caf\xe9 --&gt;&lt;QBXML", 1)
    return raw.encode("cp1252", "replace")


def _say_nothing(text: str) -> None:
    del text
