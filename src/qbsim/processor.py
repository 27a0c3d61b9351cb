"""QuickBooks' request processor: one qbXML document in, one out.

It refuses a whole document that it cannot parse (HRESULT 0x80040400, without saying where, as QuickBooks does)
and gives each request of a sound one its status. Iterators live as long as their session; what is kept of a
message set lives in the company file.
"""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from uuid import uuid4

from qbsim.answering import Iterators
from qbsim.checking import StructureFault
from qbsim.company import Company
from qbsim.execution import Answered, Crashed, Execution
from qbsim.faults import Faults
from qbsim.reading import read_message_set
from qbsim.texts import HRESULTS

PARSE_ERROR = "0x80040400"
_CRASHED = "0x80010105"
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
        if not self.faults.obeys_a_file:
            self.faults.obey(company.faults)
        self.shown_path = shown_path or str(company.path.absolute())

    def begin_session(self, file_name: str = "", *, auth_flags: int = 0, application: str = "") -> "Session":
        """Begin a session with the open file, or with the one named. RequestRefused when that cannot be.

        `application` is the name that a program gives itself; QuickBooks keeps message sets apart by it.
        """
        hresult = self.faults.connection_hresult()
        if auth_flags and not auth_flags & _PREMIER:
            hresult = "0x8004041F"
        if hresult is None and not file_name and "nothing-open" in self.faults:
            hresult = "0x80040416"
        if hresult is None and file_name and not _same_path(file_name, self.shown_path):
            hresult = "0x8004040A" if Path(file_name).exists() else "0x80040406"
        if hresult is not None:
            raise RequestRefused(hresult)
        return Session(self, application=application)


class Session:
    """What lies between BeginSession and EndSession; iterators die with it."""

    def __init__(self, quickbooks: QuickBooks, *, application: str) -> None:
        self.company = quickbooks.company
        self.faults = quickbooks.faults
        self.application = application
        self.name = uuid4().hex[:8]
        self.iterators = Iterators()
        self._open = True
        self.faults.begin_session()
        if "message-sets-lost" in self.faults:
            self.company.message_sets.lose()

    def end(self) -> None:
        self._open = False
        self.iterators.clear()

    def process(self, qbxml: str | bytes) -> str:
        """Return the response document. RequestRefused when QuickBooks would not even read the request."""
        started = time.perf_counter()
        try:
            answered = self._process(qbxml)
        except RequestRefused as refused:
            self._note(qbxml, started=started, refused=refused)
            raise
        self._note(qbxml, started=started, answered=answered)
        return answered.response

    def process_own(self, qbxml: str) -> str:
        """Process what the Web Connector itself asks before the service's first request; the log leaves it out."""
        if "hcp-failed" in self.faults:
            raise RequestRefused("0x80040402", reason="Switched on by name.")
        return self._process(qbxml, own=True).response

    def _process(self, qbxml: str | bytes, *, own: bool = False) -> Answered:
        if not self._open:
            raise RequestRefused("0x8004040D", reason="The session has ended.")
        try:
            if not own:
                self._read_or_throw(qbxml)
            asked = read_message_set(qbxml, supported=self.company.host()["SupportedQBXMLVersion"])
            return Execution(self, asked, own=own).run()
        except StructureFault as fault:
            raise RequestRefused(PARSE_ERROR, reason=str(fault)) from fault
        except Crashed as crashed:
            self.end()
            raise RequestRefused(_CRASHED, reason=str(crashed)) from crashed
        except sqlite3.Error as error:  # the file is locked by another program, or has been damaged
            raise RequestRefused("0x80040402", reason=str(error)) from error

    def _read_or_throw(self, qbxml: str | bytes) -> None:
        if not self.faults.is_on("cannot-read"):
            return
        text = qbxml if isinstance(qbxml, str) else qbxml.decode("utf-8", "replace")
        if self.faults.parameter("cannot-read") in text and self.faults.strikes("cannot-read"):
            raise StructureFault("Switched on by name.")

    def _note(
        self,
        qbxml: str | bytes,
        *,
        started: float,
        answered: Answered | None = None,
        refused: RequestRefused | None = None,
    ) -> None:
        """Keep what came and what went. A log that cannot be written takes nothing back of what was done."""
        with suppress(sqlite3.Error):
            self.company.wire_log.note(
                session=self.name,
                application=self.application,
                request=qbxml if isinstance(qbxml, str) else qbxml.decode("utf-8", "backslashreplace"),
                response=answered.response if answered else "",
                statuses=answered.statuses if answered else (),
                hresult=refused.hresult if refused else "",
                reason=refused.reason if refused else answered.reason if answered else "",
                milliseconds=(time.perf_counter() - started) * 1000,
            )


def _same_path(one: str, other: str) -> bool:
    """Compare as Windows does: slashes and case do not count."""
    return PureWindowsPath(one) == PureWindowsPath(other)
