"""One update: the conversation with the service, from serverVersion to closeConnection."""

import re
import secrets
import sqlite3
from typing import TYPE_CHECKING

from qbsim.connector.calls import Calls
from qbsim.connector.damage import as_windows_1252, damaged
from qbsim.connector.interactive import NOBODY, bring_a_person
from qbsim.connector.outcome import Died, Ended, Outcome
from qbsim.connector.transcript import Transcript
from qbsim.processor import QuickBooks, RequestRefused, Session
from qbsim.soap import Service

if TYPE_CHECKING:
    from qbsim.connector.application import WebConnector

VERSION = "2.3.0.215"  # the last one that the guide describes
_PAUSE_SECONDS = 5  # NoOp: "come back in five seconds" (guide, chapter 6)
_MOST_RETRIES = 20  # of connectionError: a service that never says done is at fault
_EXCERPT = 300  # bytes of an answer that means nothing
_EXCLUDED_EDITION = "0x8004041F"
_STATUS = re.compile(r'<(\w+)Rs\b[^>]*?\bstatusCode="(\d+)"')

# The three questions whose answers go along with the first sendRequestXML (strHCPResponse).
_HCP = (
    '<?xml version="1.0"?><?qbxml version="{version}"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
    '<HostQueryRq requestID="0"/><CompanyQueryRq requestID="1"><OwnerID>{owner_id}</OwnerID></CompanyQueryRq>'
    '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
)


class Update:
    """One update: the conversation from serverVersion to closeConnection."""

    def __init__(
        self, connector: "WebConnector", service: Service, quickbooks: QuickBooks, *, scheduled: bool
    ) -> None:
        self.connector = connector
        self.quickbooks = quickbooks
        self.scheduled = scheduled  # Auto-Run: nobody is there
        self.faults = connector.faults
        self.log = connector.log
        self.qwclog = connector.qwclog
        self.outcome = Outcome()
        self.ticket = ""
        self.session: Session | None = None
        transcript = Transcript(connector.transcript, clock=connector.clock)
        self.calls = Calls(
            service, outcome=self.outcome, transcript=transcript, qwclog=self.qwclog, faults=self.faults
        )

    def run(self) -> Outcome:
        qwc = self.connector.qwc
        self.qwclog.note(
            "WebServiceManager.DoUpdateSelected", f"updateWS() for application = '{qwc.app_name}' has STARTED"
        )
        self.qwclog.note("SOAPWebService.instantiateWebService", f"AppName: {qwc.app_name}")
        self.qwclog.note("SOAPWebService.instantiateWebService", f"AppURL: {qwc.app_url}")
        try:
            self._talk()
        except Died:
            self.outcome.outcome, self.outcome.status = "died", "The Web Connector is gone."
            self.log("The Web Connector is gone, without a word to the service.")
        except Ended as ended:
            self._end(ended)
        except sqlite3.Error as error:  # another program holds the company file, or has damaged it
            self._end(Ended("failed", code="QBWC1022", reason=error))
        how = "successfully" if self.outcome.code is None else "with errors"
        self.qwclog.note("WebServiceManager.DoUpdateSelected", f"Update completed {how}: {self.outcome.status}")
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
        self.outcome.status, self.outcome.body = ended.text, ended.body
        said = f"{ended.code}: {ended.text} {ended.repair}" if ended.code else ended.text
        self.log(said)
        self.qwclog.note("SOAPWebService.updateWS", said)
        if ended.body:
            self.log(f"It answered: {ended.body[:_EXCERPT].decode('utf-8', 'backslashreplace')}")
        if ended.close and self.ticket:
            try:
                answered = self._close()
            except (Ended, Died) as error:
                self.log(str(error))
            else:
                self.outcome.status = ended.text or answered

    def _close(self) -> str:
        return self.calls.text("closeConnection", self.ticket)

    # -- before QuickBooks -----------------------------------------------------------------------------------

    def _exchange_versions(self) -> None:
        """Exchange versions. Failing calls are noted and passed over, as public logs show."""
        try:
            self.log(f"The service is version {self.calls.text('serverVersion') or '(none)'}.")
        except Ended as ended:
            self.log(ended.text)
        try:
            verdict = self.calls.text("clientVersion", VERSION)
        except Ended as ended:
            self.log(f"{ended.code}: {ended.text}")
            return
        kind, text = verdict[:2].upper(), verdict[2:]
        if not verdict:
            return
        if kind == "W:":
            self.log(f"The service warns: {text}")
            if not self.connector.accepts_warning(text):
                raise Ended("cancelled", code="QBWC1037", text=text)
        elif kind == "E:":
            raise Ended("cancelled", code="QBWC1037", text=text)
        elif kind == "O:":
            self.log(f"The service is made for Web Connector {text}; this is {VERSION}.")
        else:
            raise Ended("failed", code="QBWC1046", text=verdict)

    def _authenticate(self) -> str:
        """Return the company file to use ("" means the open one)."""
        texts: list[str] = self.calls.ask("authenticate", self.connector.qwc.user_name, self.connector.password)
        self.ticket, verdict = [*texts, "", ""][:2]
        verdict = verdict.strip()
        refuses = verdict.lower() in {"none", "nvu", "busy"}
        if len(texts) < 2 or not (self.ticket or refuses):
            reason = "authenticate must answer with a ticket and a verdict"
            raise Ended("failed", code="QBWC1012", close=False, reason=reason)
        postponed = self.outcome.postpone_seconds = _seconds(texts[2:3])
        self.outcome.minimum_seconds = _seconds(texts[3:4])
        if postponed:
            self.log(f"Postponed by the application: {postponed} seconds.")
        match verdict.lower():
            case "none":
                raise Ended("none", text="No data exchange required.")
            case "nvu":
                raise Ended("nvu", code="QBWC1040")
            case "busy":
                closes = "close-after-busy" in self.faults
                raise Ended("busy", close=closes, text="The service is busy. Trying again later.")
        if postponed and self.scheduled:  # the guide's example 1 to authRet, quoted in johnballantyne/qbws issue 2
            raise Ended("postponed", text="Update postponed by application.")
        return verdict

    # -- QuickBooks ------------------------------------------------------------------------------------------

    def _open_quickbooks(self, file_name: str) -> Session:
        """Open QuickBooks, asking the service what to try next until it says done."""
        flags, application = self.connector.qwc.auth_flags, self.connector.qwc.app_name
        for _ in range(_MOST_RETRIES):
            try:
                self.session = self.quickbooks.begin_session(file_name, auth_flags=flags, application=application)
            except RequestRefused as refused:
                code = "QBWC1034" if flags and refused.hresult == _EXCLUDED_EDITION else "QBWC1013"
                file_name = self._report_connection_error(refused.hresult, refused.message, code=code)
            else:
                return self.session
        raise Ended("connection-error", code="QBWC1013", hresult="", message="The service never says done.")

    def _report_connection_error(self, hresult: str, message: str, *, code: str) -> str:
        """Return the path to try next. Ends the session when the service gives up."""
        self.log(f"{code}: {hresult} {message}")
        answer = self.calls.text("connectionError", self.ticket, hresult, message)
        if answer.strip().lower() == "done":
            closes = "close-after-connection-error" in self.faults
            reason = f"{hresult} {message}"
            raise Ended("connection-error", code=code, close=closes, hresult=hresult, message=message, reason=reason)
        self.log(f"The service wants another try with {answer or 'the open file'}.")
        return answer

    def _take_lock(self) -> None:
        """Mark the company file as in use by this application, so that no second computer works on it."""
        qwc, company, machine = self.connector.qwc, self.quickbooks.company, self.connector.machine
        lock = company.data_ext(qwc.owner_id).get("AppLock", "")
        if lock.startswith("LOCKED:") and lock.split(":")[1] != machine:
            raise Ended("locked", text=f"{lock.split(':')[1]} is updating this company file. Trying again later.")
        company.set_data_ext(qwc.owner_id, "AppLock", f"LOCKED:{machine}:{secrets.randbelow(10**15)}")

    def _release(self) -> None:
        """Take the mark away and end the session with QuickBooks, whatever went before."""
        company, owner_id = self.quickbooks.company, self.connector.qwc.owner_id
        try:
            if company.data_ext(owner_id).get("AppLock", "").startswith(f"LOCKED:{self.connector.machine}:"):
                company.set_data_ext(owner_id, "AppLock", "UNLOCKED")
        except sqlite3.Error as error:
            ended = Ended("failed", code="QBWC1015", reason=error)
            self.log(f"{ended.code}: {ended.text} {ended.repair}")
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
        number = pauses = 0
        while True:
            request = self._next_request(hcp)
            hcp = ""
            if request is None:
                pauses += 1
                if pauses == self.connector.most_pauses:
                    raise Ended("failed", text=f"The service asked for a pause {pauses} times.")
                continue
            number += 1
            percent = self._carry(session, request, number=number)
            self.outcome.percent = percent
            if percent < 0:
                raise Ended("refused", text=self.calls.last_error(self.ticket))
            if percent > 100:
                raise Ended("failed", code="QBWC1042", reason=f"it answered {percent}, more than 100 per cent")
            self.connector.progress(percent, f"Request {number} is done: {percent} %")
            if percent == 100:
                return

    def _next_request(self, hcp: str) -> str | None:
        """Return the service's next request; None when there is none yet and the wait for it is over."""
        host = self.quickbooks.company.host()
        major, minor = map(int, host["SupportedQBXMLVersion"][-1].split("."))
        arguments = (self.ticket, hcp, self.quickbooks.shown_path, host["Country"], major, minor)
        request = self.calls.text("sendRequestXML", *arguments)
        if self.faults.strikes("repeat-send-request"):
            request = self.calls.text("sendRequestXML", *arguments)
        if request not in {"", "NoOp"}:
            return request
        said = self.calls.last_error(self.ticket) if request == "" else "NoOp"
        if said == "NoOp":
            self.connector.sleep(_PAUSE_SECONDS)
            return None
        if said != "Interactive mode":
            raise Ended("refused", text=said)
        person = None if self.scheduled else self.connector.person
        if person is None:
            raise Ended("refused", text=NOBODY)
        bring_a_person(self.calls, ticket=self.ticket, person=person, sleep=self.connector.sleep, log=self.log)
        return None

    def _carry(self, session: Session, request: str, *, number: int) -> int:
        """Have QuickBooks process one request and hand its answer over; return the percentage."""
        self.outcome.requests.append(request)
        dies = self.faults.strikes("die-after-request")
        if dies and self.faults.word("die-after-request") == "before":
            raise Died
        response, hresult, message = self._process(session, request, number=number)
        if dies:
            raise Died
        response = damaged(response, faults=self.faults)
        rewrite = as_windows_1252 if self.faults.strikes("wrong-encoding") else None
        if self.faults.strikes("answer-lost"):
            raise Ended("failed", code="QBWC1042", reason="the connection was cut before the answer arrived")
        arguments = (self.ticket, response, hresult, message)
        percent = self.calls.ask("receiveResponseXML", *arguments, rewrite=rewrite)
        if self.faults.strikes("answer-twice"):
            percent = self.calls.ask("receiveResponseXML", *arguments, rewrite=rewrite)
        if not isinstance(percent, int):
            raise Ended("failed", code="QBWC1042", reason="it answered with no number")
        return percent

    def _process(self, session: Session, request: str, *, number: int) -> tuple[str, str, str]:
        """Return (response, hresult, message): the first, or the other two."""
        where = "SOAPWebService.ProcessRequestXML"
        self.qwclog.note(where, f"Processing request #{number}")
        self.qwclog.note(where, f"REQUEST: received from application: size (bytes) = {len(request)}")
        self.qwclog.note(where, "Sending request to QuickBooks.")
        if self.faults.strikes("slow-answer"):
            self.connector.sleep(float(self.faults.parameter("slow-answer")))
        try:
            response = session.process(request)
        except RequestRefused as refused:
            self.log(f"Request {number}: {refused.hresult} {refused.message} ({refused.reason})")
            message = f"HRESULT = {refused.hresult}\nMessage: {refused.message}"
            self.qwclog.note(where, f"Sending error message back to application:\n{message}")
            return "", refused.hresult, refused.message
        self.outcome.statuses += [(name, int(code)) for name, code in _STATUS.findall(response)]
        return response, "", ""


def _seconds(texts: list[str]) -> int | None:
    return int(texts[0]) if texts and texts[0].strip().isdecimal() else None
