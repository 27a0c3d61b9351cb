"""One update: the conversation with the service, from serverVersion to closeConnection."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qbsim.connector.damage import as_windows_1252, damaged
from qbsim.connector.outcome import Died, Ended, Outcome
from qbsim.connector.transcript import Transcript
from qbsim.processor import QuickBooks, RequestRefused, Session
from qbsim.soap import CallFailed, Service

if TYPE_CHECKING:
    from qbsim.connector.application import WebConnector

VERSION = "2.3.0.215"  # the last one that the guide describes
_PAUSE_SECONDS = 5  # NoOp: "come back in five seconds" (guide, chapter 6)
_MOST_RETRIES = 20  # of connectionError: a service that never says done is at fault

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


class Update:
    """One update: the conversation from serverVersion to closeConnection."""

    def __init__(self, connector: "WebConnector", service: Service, quickbooks: QuickBooks) -> None:
        self.connector = connector
        self.service = service
        self.quickbooks = quickbooks
        self.faults = connector.faults
        self.log = connector.log
        self.outcome = Outcome()
        self.ticket = ""
        self.session: Session | None = None
        self.transcript = Transcript(connector.transcript, clock=connector.clock)

    def run(self) -> Outcome:
        try:
            self._talk()
        except Died:
            self.outcome.outcome, self.outcome.status = "died", "The Web Connector is gone."
            self.log("The Web Connector is gone, without a word to the service.")
        except Ended as ended:
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
        except Died:
            raise
        except BaseException:
            self._release()
            raise
        self._release()
        self.outcome.status = self._close()
        self.log(f"Finished. The service says: {self.outcome.status}")

    def _end(self, ended: Ended) -> None:
        self.outcome.outcome, self.outcome.code = ended.outcome, ended.code
        self.outcome.status = ended.text
        self.log(f"{ended.code}: {ended.text} {ended.repair}" if ended.code else ended.text)
        if ended.close and self.ticket:
            try:
                said = self._close()
            except (Ended, Died) as error:
                self.log(str(error))
            else:
                self.outcome.status = ended.text or said

    # -- calls -----------------------------------------------------------------------------------------------

    def _call(self, name: str, *arguments: Any, rewrite: Callable[[bytes], bytes] | None = None) -> Any:
        """Make one call and note it. A failure ends the session with the number of that call."""
        if self.faults.strikes("die-at-call"):
            raise Died
        self.outcome.calls.append(name)
        try:
            answer = self.service.call(name, *arguments, rewrite=rewrite)
        except CallFailed as failed:
            self.transcript.write(name, arguments, failed=failed)
            close = name not in {"authenticate", "closeConnection"}
            code = _FAILURE_CODES.get(name)
            raise Ended("failed", code=code, close=close, reason=failed, text=f"{name} failed: {failed}") from failed
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
        except Ended as ended:
            self.log(ended.text)
        try:
            verdict = self._text("clientVersion", VERSION)
        except Ended as ended:
            self.log(f"{ended.code}: {ended.text}")
            return
        kind, text = verdict[:2].upper(), verdict[2:]
        if not verdict:
            return
        if kind == "W:":
            self.log(f"The service warns: {text}")
            if not self.connector.accept_warnings:
                raise Ended("cancelled", code="QBWC1037", text=text)
        elif kind == "E:":
            raise Ended("cancelled", code="QBWC1037", text=text)
        elif kind == "O:":
            self.log(f"The service is made for Web Connector {text}; this is {VERSION}.")
        else:
            raise Ended("failed", code="QBWC1046", text=verdict)

    def _authenticate(self) -> str:
        """Return the company file to use ("" means the open one)."""
        user_name, password = self.connector.qwc.user_name, self.connector.password
        answer = self._call("authenticate", user_name, password)
        texts = ["" if each is None else str(each) for each in _as_list(answer)]
        self.ticket, verdict = [*texts, "", ""][:2]
        refuses = verdict.strip().lower() in {"none", "nvu", "busy"}
        if len(texts) < 2 or not (self.ticket or refuses):
            reason = "authenticate must answer with a ticket and a verdict"
            raise Ended("failed", code="QBWC1012", close=False, reason=reason)
        self.outcome.postpone_seconds = _seconds(texts[2:3])
        self.outcome.minimum_seconds = _seconds(texts[3:4])
        if self.outcome.postpone_seconds:
            self.log(f"Postponed by the application: {self.outcome.postpone_seconds} seconds.")
        match verdict.strip().lower():
            case "none":
                raise Ended("none", text="No data exchange required.")
            case "nvu":
                raise Ended("nvu", code="QBWC1040")
            case "busy":
                closes = "close-after-busy" in self.faults
                raise Ended("busy", close=closes, text="The service is busy. Trying again later.")
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
        raise Ended("connection-error", code="QBWC1013", hresult="", message="The service never says done.")

    def _report_connection_error(self, hresult: str, message: str, *, code: str) -> str:
        """Return the path to try next. Ends the session when the service gives up."""
        self.log(f"{code}: {hresult} {message}")
        answer = self._text("connectionError", self.ticket, hresult, message)
        if answer.strip().lower() == "done":
            closes = "close-after-connection-error" in self.faults
            places = {"hresult": hresult, "message": message, "reason": f"{hresult} {message}"}
            raise Ended("connection-error", code=code, close=closes, **places)
        self.log(f"The service wants another try with {answer or 'the open file'}.")
        return answer

    def _take_lock(self) -> None:
        """Mark the company file as in use by this application, so that no second computer works on it."""
        qwc, company = self.connector.qwc, self.quickbooks.company
        lock = company.data_ext(qwc.owner_id).get("AppLock", "")
        if lock.startswith("LOCKED:") and lock.split(":")[1] != self.connector.machine:
            raise Ended("locked", text=f"{lock.split(':')[1]} is updating this company file. Trying again later.")
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
            raise Ended("connection-error", code="QBWC1014", close=False, reason=reason) from refused

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
                raise Ended("refused", text=self._last_error())
            if percent > 100:
                raise Ended("failed", code="QBWC1042", reason=f"it answered {percent}, more than 100 per cent")
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
            raise Ended("refused", text=said)
        return None if request == "NoOp" else request

    def _carry(self, session: Session, request: str, *, number: int) -> int:
        """Have QuickBooks process one request and hand its answer over; return the percentage."""
        self.outcome.requests.append(request)
        dies = self.faults.strikes("die-after-request")
        if dies and not self.faults.parameter("die-after-request").endswith(":after"):
            raise Died
        response, hresult, message = self._process(session, request, number=number)
        if dies:
            raise Died
        response = damaged(response, faults=self.faults)
        rewrite = as_windows_1252 if self.faults.strikes("wrong-encoding") else None
        if self.faults.strikes("answer-lost"):
            raise Ended("failed", code="QBWC1042", reason="the connection was cut before the answer arrived")
        arguments = (self.ticket, response, hresult, message)
        percent = self._call("receiveResponseXML", *arguments, rewrite=rewrite)
        if self.faults.strikes("answer-twice"):
            percent = self._call("receiveResponseXML", *arguments, rewrite=rewrite)
        if not isinstance(percent, int):
            raise Ended("failed", code="QBWC1042", reason="it answered with no number")
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


def _as_list(answer: Any) -> list[Any]:
    """Return the texts of authenticate's answer, however zeep shapes it."""
    if answer is None or isinstance(answer, str):
        return []
    return list(answer if isinstance(answer, list) else answer.string or [])


def _seconds(texts: list[str]) -> int | None:
    return int(texts[0]) if texts and texts[0].strip().isdecimal() else None
