"""How an update went, and the two ways in which one ends before its time."""

from dataclasses import dataclass, field
from typing import Any

from qbsim.texts import CONNECTOR


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


class Ended(Exception):
    """The session is over before its time."""

    def __init__(self, outcome: str, *, code: str | None = None, close: bool = True, **places: object) -> None:
        self.outcome = outcome
        self.code = code
        self.close = close
        self.text = CONNECTOR[code].text.format(**places) if code else str(places.get("text", ""))
        self.repair = CONNECTOR[code].repair.format(**places) if code else ""
        super().__init__(self.text)


class Died(Exception):
    """A fault ended the Web Connector itself: no further call, nothing released."""
