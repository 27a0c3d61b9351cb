"""Faults that are switched on in a company file, so that whoever serves the file obeys them at the next call."""

import re
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qbsim.faults import Fault, read_fault

if TYPE_CHECKING:
    from qbsim.company import Company


@dataclass(frozen=True, slots=True)
class Switch:
    """A fault that is on, with the number of occasions that it had."""

    fault: Fault
    occasions: int

    @property
    def left(self) -> int | None:
        """How often it will strike yet; None for one that does not end by itself."""
        when = self.fault.when
        return None if when is None or when.times is None else max(0, when.times - self.occasions)


class FaultSwitches:
    """The switches of one company file. They are the simulator's: restoring an older copy leaves them alone."""

    def __init__(self, company: "Company") -> None:
        self._company = company

    def on(self, text: str) -> Fault:
        """Switch a fault on, or on anew, with its occasions counted from none. UnknownFault when it cannot be."""
        fault = read_fault(text)
        with self._company.transaction():
            self._company.db.execute("INSERT OR REPLACE INTO faults VALUES (?, ?, 0)", (fault.name, str(fault)))
        return fault

    def off(self, name: str) -> bool:
        """Switch a fault off; return whether it was on. The parameter may stand behind the name or not."""
        bare = re.split("[:@]", name, maxsplit=1)[0]
        with self._company.transaction():
            return self._company.db.execute("DELETE FROM faults WHERE name = ?", (bare,)).rowcount > 0

    def clear(self) -> None:
        """Switch every fault off."""
        with self._company.transaction():
            self._company.db.execute("DELETE FROM faults")

    def list(self) -> list[Switch]:
        """Return what is on, by name; what has struck as often as it was to is not."""
        rows = self._company.db.execute("SELECT text, occasions FROM faults ORDER BY name")
        switches = (Switch(read_fault(row["text"]), row["occasions"]) for row in rows)
        return [switch for switch in switches if switch.left != 0]

    # -- what a running simulator asks (see faults.SwitchedOn) ----------------------------------------------------

    def get(self, name: str) -> Fault | None:
        """Return a fault that was switched on, also when it has had its occasions."""
        try:
            row = self._company.db.execute("SELECT text FROM faults WHERE name = ?", (name,)).fetchone()
        except sqlite3.OperationalError:  # another program holds the file: trouble enough, and of its own kind
            return None
        return None if row is None else read_fault(row["text"])

    def count(self, name: str) -> int:
        """Note one more occasion of a fault and return how many there were in all."""
        with self._company.transaction():
            self._company.db.execute("UPDATE faults SET occasions = occasions + 1 WHERE name = ?", (name,))
            row = self._company.db.execute("SELECT occasions FROM faults WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row["occasions"])
