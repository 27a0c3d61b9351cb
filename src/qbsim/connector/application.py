"""One application of a Web Connector: a QWC file, its password, and the company file open in QuickBooks."""

import socket
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from qbsim.company import Clock, Company, CompanyError
from qbsim.connector.books import Books
from qbsim.connector.outcome import Outcome
from qbsim.connector.update import Update
from qbsim.faults import Faults
from qbsim.processor import QuickBooks, RequestRefused
from qbsim.qwc import QwcRefused, read_qwc, stamped_otherwise
from qbsim.soap import CallFailed, Service, WsgiTransport

_SUPPORT_ANSWERS = (200, 202)


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
        self.books = Books(company, owner_id=self.qwc.owner_id, clock=clock)
        self.password = password
        self.transport = transport
        self.transcript = None if transcript is None else Path(transcript)
        self.clock = clock
        self.sleep = sleep
        self.accept_warnings = accept_warnings
        self.machine = machine or socket.gethostname().upper()
        self.log: Callable[[str], None] = log or _say_nothing
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
            return Update(self, service, self._quickbooks()).run()

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

    def _quickbooks(self) -> QuickBooks:
        return self.books.quickbooks(self.faults)

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


def _say_nothing(text: str) -> None:
    del text
