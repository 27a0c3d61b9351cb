"""Auto-Run: one or several applications, each by its own interval, one after the other.

An interval is the least gap after the end of the previous update (QBWC Programmer's Guide, chapters 3 and 4). The
service may stretch it with the third and fourth text of authenticate.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from qbsim.company import CompanyError
from qbsim.connector.outcome import PEACEFUL
from qbsim.qwc import QwcRefused
from qbsim.texts import CONNECTOR

if TYPE_CHECKING:
    from qbsim.connector.application import WebConnector


@dataclass(slots=True)
class Scheduled:
    """One ticked row of the Web Connector's window."""

    connector: "WebConnector"
    every: float  # seconds
    reread_password: Callable[[], str] | None = None
    due_at: float = 0.0

    def run(self) -> float:
        """Update once, whatever happens, and return the seconds until the next time."""
        try:
            if self.reread_password is not None:
                self.connector.password = self.reread_password()
            outcome = self.connector.update(scheduled=True)
        except (QwcRefused, CompanyError, OSError, sqlite3.Error) as error:
            self.connector.log(f"{error} Trying again in {self.every:g} seconds.")
            return self.every
        if outcome.outcome not in PEACEFUL:
            said = CONNECTOR["QBWC1031"]
            self.connector.log(f"QBWC1031: {said.text} {said.repair}")
        least, postponed = outcome.minimum_seconds or 0, outcome.postpone_seconds or 0
        return max(self.every, least, postponed)


def run_schedule(rows: Sequence[Scheduled], *, stop: Event, clock: Callable[[], float] = time.monotonic) -> None:
    """Update each application when it is due, never two at once, until `stop` is set. All are due at the start."""
    for row in rows:
        row.due_at = clock()
    while not stop.is_set():
        row = min(rows, key=lambda each: each.due_at)
        pause = row.due_at - clock()
        if pause > 0:
            stop.wait(pause)
        else:
            wait = row.run()
            row.due_at = clock() + wait
