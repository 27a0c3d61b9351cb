"""One application of a Web Connector: a QWC file, its password, and the company file open in QuickBooks."""

import socket
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from requests.adapters import BaseAdapter

from qbsim.company import Clock, Company
from qbsim.connector.books import Books
from qbsim.connector.interactive import Person
from qbsim.connector.outcome import Outcome
from qbsim.connector.qwclog import QwcLog
from qbsim.connector.schedule import Scheduled, run_schedule
from qbsim.connector.update import Update
from qbsim.faults import Faults
from qbsim.processor import QuickBooks, RequestRefused
from qbsim.qwc import QwcRefused, read_qwc, stamped_otherwise
from qbsim.soap import CallFailed, Service
from qbsim.texts import CONNECTOR, HRESULTS

_SUPPORT_ANSWERS = (200, 202)
_NOT_INSTALLED = "0x80040154"  # there is no Point of Sale on a simulated computer


class WebConnector:
    """One application of a Web Connector: a QWC file, a password, and the company file open in QuickBooks."""

    def __init__(
        self,
        qwc: Path | str | bytes,
        *,
        company: Company | Path | str,
        password: str,
        transport: BaseAdapter | None = None,
        faults: Iterable[str] = (),
        transcript: Path | str | None = None,
        log: Callable[[str], None] | None = None,
        clock: Clock = time.time,
        sleep: Callable[[float], None] = time.sleep,
        accept_warnings: bool | Callable[[str], bool] = True,
        machine: str | None = None,
        person: Person | None = None,
        progress: Callable[[int, str], None] | None = None,
        qwclog: Path | str | None = None,
        log_level: str = "DEBUG",
        most_pauses: int | None = None,
    ) -> None:
        """Read the QWC file. QwcRefused when it is not as it must be.

        `transport`: WsgiTransport or AsgiTransport around the service, instead of a socket. `person` is shown the
        address of interactive mode; without one there is none. `most_pauses`: how many a service may ask for in one
        update; the real program knows no limit.
        """
        self.qwc = read_qwc(qwc)
        self.books = Books(company, owner_id=self.qwc.owner_id, clock=clock)
        self.password = password
        self.transport = transport
        self.transcript = None if transcript is None else Path(transcript)
        self.clock = clock
        self.sleep = sleep
        self.accept_warnings = accept_warnings
        self.machine = machine or socket.gethostname().upper()
        self.person = person
        self.most_pauses = most_pauses
        self.log: Callable[[str], None] = log or _say_nothing
        self._progress = progress
        self.qwclog = QwcLog(
            None if qwclog is None else Path(qwclog), level=log_level, clock=clock, complain=self._log_unwritable
        )
        self.faults = faults

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the company file, unless it was given open."""
        self.books.close()

    @property
    def faults(self) -> Faults:
        return self._faults

    @faults.setter
    def faults(self, names: Iterable[str]) -> None:
        self._faults = Faults(names)

    def accepts_warning(self, text: str) -> bool:
        """Whether the person goes on although the service warns."""
        return self.accept_warnings if isinstance(self.accept_warnings, bool) else self.accept_warnings(text)

    def progress(self, percent: int, text: str) -> None:
        """Move the bar, or say it where there is none."""
        if self._progress is None:
            self.log(text)
        else:
            self._progress(percent, text)

    def add(self) -> None:
        """Add the application as "Authorize New Web Service" does, and stamp its FileID. Raises QwcRefused.

        Safe to repeat: a company file that carries this FileID already stays as it is.
        """
        with self._service() as service:
            self._check_pages(service)
        if self.qwc.qb_type != "QBFS":
            raise QwcRefused("QBWC1013", hresult=_NOT_INSTALLED, message=HRESULTS[_NOT_INSTALLED])
        try:
            quickbooks = self._quickbooks()
            quickbooks.begin_session().end()
            self._stamp(quickbooks.company)
        except RequestRefused as refused:
            raise QwcRefused("QBWC1013", hresult=refused.hresult, message=refused.message) from refused
        except sqlite3.Error as error:
            raise QwcRefused("QBWC1022", reason=error) from error
        self.log(f"{self.qwc.app_name} was added. Its FileID is stamped into the company file.")

    def is_added(self) -> bool:
        """Whether the open company file carries any FileID of this application. QwcRefused when nobody can tell."""
        try:
            return bool(self._quickbooks().company.file_id(self.qwc.owner_id))
        except sqlite3.Error as error:
            raise QwcRefused("QBWC1022", reason=error) from error

    def update(self, *, scheduled: bool = False) -> Outcome:
        """Run one session, adding the application first where that was not done. Raises QwcRefused only then.

        `scheduled`: by Auto-Run, with nobody there; then the service may postpone it, and nobody is shown a page.
        """
        self.faults.begin_update()
        # Nobody adds the application to another file that happens to stand open.
        if not self.is_added() and "other-company-file" not in self.faults:
            self.add()
        with self._service() as service:
            return Update(self, service, self._quickbooks(), scheduled=scheduled).run()

    def run(self, *, every: float, stop: Event, reread_password: Callable[[], str] | None = None) -> None:
        """Update every so many seconds until `stop` is set, whatever the service or QuickBooks does meanwhile."""
        run_schedule([Scheduled(self, every=every, reread_password=reread_password)], stop=stop)

    def _quickbooks(self) -> QuickBooks:
        return self.books.quickbooks(self.faults)

    def _service(self) -> Service:
        rpc = self.qwc.style == "RPC" or "rpc-style" in self.faults
        expect = "expect-continue" in self.faults
        return Service(self.qwc.app_url, adapter=self.transport, rpc=rpc, expect_continue=expect)

    def _check_pages(self, service: Service) -> None:
        """Fetch the support page, and the page that shows the certificate where the QWC names one."""
        url = self.qwc.app_support
        try:
            status = service.page(url)
        except CallFailed as failed:
            raise QwcRefused("QBWC1004", url=url, reason=failed) from failed
        if status not in _SUPPORT_ANSWERS:
            raise QwcRefused("QBWC1003", url=url, status=status)
        if self.qwc.cert_url:
            try:
                service.page(self.qwc.cert_url)
            except CallFailed as failed:
                raise QwcRefused("QBWC1048", url=self.qwc.cert_url, reason=failed) from failed

    def _stamp(self, company: Company) -> None:
        found = company.file_id(self.qwc.owner_id)
        if found and found.upper() != self.qwc.file_id.upper():
            raise stamped_otherwise(found)
        company.set_data_ext(self.qwc.owner_id, "FileID", self.qwc.file_id)

    def _log_unwritable(self, reason: str) -> None:
        self.log(f"QBWC1033: {CONNECTOR['QBWC1033'].text.format(reason=reason)} {CONNECTOR['QBWC1033'].repair}")


def _say_nothing(text: str) -> None:
    del text
