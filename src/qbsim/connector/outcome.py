"""How an update went, and the two ways in which one ends before its time."""

from dataclasses import dataclass, field
from typing import Any, Final

from qbsim.texts import CONNECTOR

OUTCOMES: Final = {
    "done": "the service said 100",
    "none": "nothing to do",
    "busy": "the service is busy",
    "postponed": "the service put a scheduled update off",
    "locked": "another computer is updating this company file",
    "nvu": "the service refused user name or password",
    "refused": "the service ended it with an empty request or a negative number",
    "rejected": "the person at the screen refused interactive mode",
    "cancelled": "clientVersion ended it",
    "connection-error": "QuickBooks could not be opened",
    "failed": "a call failed, or its answer means nothing",
    "died": "a fault ended the Web Connector",
}
PEACEFUL: Final = frozenset({"done", "none", "busy", "postponed"})  # nobody has to do anything about these


@dataclass(slots=True)
class Outcome:
    """How one update went, in the words of the row that the Web Connector shows."""

    outcome: str = "done"  # one of OUTCOMES
    code: str | None = None  # QBWC number of what went wrong
    status: str = ""  # what closeConnection or getLastError said, or the Web Connector itself
    calls: list[str] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)  # the qbXML that the service sent
    statuses: list[tuple[str, int]] = field(default_factory=list)  # QuickBooks' own, such as ("CustomerMod", 3200)
    percent: int | None = None
    last_error: str | None = None
    postpone_seconds: int | None = None
    minimum_seconds: int | None = None
    body: bytes = b""  # what a call that failed was answered with


class Ended(Exception):
    """The session is over before its time."""

    def __init__(
        self, outcome: str, *, code: str | None = None, close: bool = True, body: bytes = b"", **places: object
    ) -> None:
        self.outcome = outcome
        self.body = body  # what the service answered instead
        self.code = code
        self.close = close
        self.text = CONNECTOR[code].text.format(**places) if code else str(places.get("text", ""))
        self.repair = CONNECTOR[code].repair.format(**places) if code else ""
        super().__init__(self.text)


class Died(Exception):
    """A fault ended the Web Connector itself: no further call, nothing released."""
