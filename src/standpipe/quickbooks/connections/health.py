"""What stands between a connection and its work, from one row and a clock: state, set-up progress, problems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from standpipe.quickbooks.explain import explain
from standpipe.quickbooks.failures import HRESULT

from .contact import Contact
from .models import Connection
from .steps import Evidence, failure_of


class ConnectionState(StrEnum):
    """How far the set-up has come. Each state includes the ones before it."""

    NOT_DOWNLOADED = "qwc_not_downloaded"
    NEVER_SEEN = "never_seen"
    SEEN = "seen"
    FILE_READ = "file_read"

    @property
    def words(self) -> str:
        return _STATE_WORDS[self]


_STATE_WORDS = {
    ConnectionState.NOT_DOWNLOADED: "QWC file not downloaded yet",
    ConnectionState.NEVER_SEEN: "QWC file downloaded, Web Connector not seen yet",
    ConnectionState.SEEN: "Web Connector seen, company file not read yet",
    ConnectionState.FILE_READ: "Company file read",
}


def state_of(connection: Connection) -> ConnectionState:
    """The furthest that was ever reached: a later silence or refusal is a problem, not an earlier state."""
    if connection.file_read_at is not None:
        return ConnectionState.FILE_READ
    if connection.first_seen_at is not None:
        return ConnectionState.SEEN
    if connection.qwc_downloaded_at is not None:
        return ConnectionState.NEVER_SEEN
    return ConnectionState.NOT_DOWNLOADED


def evidence_of(connection: Connection) -> frozenset[Evidence]:
    """What is there of the set-up that runs now. A contact counts only with the password that holds now, so that a
    second set-up, at a new computer, begins without ticks."""
    found = set()
    if connection.qwc_downloaded_at is not None:
        found.add(Evidence.DOWNLOADED)
    if _has_called_with_this_password(connection):
        found.add(Evidence.CONTACT)
        if connection.file_read_at is not None:
            found.add(Evidence.FILE_READ)
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that waits for a person. ``text`` says what is the case, ``repair`` what to do."""

    code: str
    title: str
    text: str
    repair: str
    at: datetime | None = None


def problems_of(connection: Connection, *, contact: Contact) -> tuple[Problem, ...]:
    """All that waits for a person, the most pressing first; nothing for an archived connection."""
    if connection.archived_at is not None:
        return ()
    found = (look(connection, contact) for look in _LOOKS)
    return tuple(problem for problem in found if problem is not None)


_REFUSALS = {
    "other_file": (
        "Another company file was open",
        "Nothing was read from it and nothing was written to it.",
        "Open the right company file in QuickBooks, then press Update Selected in the Web Connector.",
    ),
    "moved": (
        "The company file is in another place",
        "It carries the mark of this connection, so it was moved or copied. Nothing has been read or written since.",
        "Say whether it is the same file. If it is a copy, for example a backup, open the original in QuickBooks.",
    ),
    "unstamped": (
        "The company file cannot be recognised",
        (
            "It does not carry the mark of this connection, and its name or place is another one. "
            "Nothing was read or written."
        ),
        "Say whether it is the same file. If not, open the right one in QuickBooks.",
    ),
}


def refusal_title(refused_file: Mapping[str, Any]) -> str:
    """What is the matter with a company file that was refused, as a heading."""
    return _REFUSALS[refused_file["reason"]][0]


def _refused_file(connection: Connection, _contact: Contact) -> Problem | None:
    if not connection.refused_file:
        return None
    title, text, repair = _REFUSALS[connection.refused_file["reason"]]
    return Problem(code="refused_file", title=title, text=text, repair=repair, at=connection.refused_at)


def _wrong_password(connection: Connection, contact: Contact) -> Problem | None:
    """Only where the right one does not get through: a forgotten second computer is a note, not a problem."""
    if connection.wrong_password_at is None:
        return None
    if _has_called_with_this_password(connection) and not contact.overdue:
        return None
    return Problem(
        code="wrong_password",
        title="The Web Connector uses a wrong password",
        text="It called, and was turned away.",
        repair="Make a new password and paste it into the Web Connector, then press Update Selected there.",
        at=connection.wrong_password_at,
    )


def _overdue(connection: Connection, contact: Contact) -> Problem | None:
    if not contact.overdue or _wrong_password(connection, contact):
        return None  # a wrong password is why
    return Problem(
        code="overdue",
        title="The Web Connector has gone quiet",
        text=contact.words,
        repair="At the QuickBooks computer: sign in to Windows, start the Web Connector if it does not run, tick "
        "Auto-Run in the row of Standpipe, and press Update Selected. If something is wrong, it says so there.",
        at=connection.last_contact_at,
    )


def _unconfirmed(connection: Connection, _contact: Contact) -> Problem | None:
    if connection.file_read_at is None or connection.confirmed_at is not None:
        return None
    return Problem(
        code="company_not_confirmed",
        title="Is this your company file?",
        text="Import and sending wait for your answer.",
        repair="Look at the name and the place of the file, then press “Yes, this is our company file”.",
        at=connection.file_read_at,
    )


def _trouble(connection: Connection, _contact: Contact) -> Problem | None:
    if not connection.trouble:
        return None
    code = connection.trouble.get("code", "")
    known, at = failure_of(code), connection.trouble.get("at")
    explained = explain(code) if code in HRESULT else None  # each has its own sentence
    return Problem(
        code="trouble",
        title=explained.title if explained else "The last visit of the Web Connector ended early",
        text=explained.cause if explained else connection.trouble["text"],
        repair=known.repair if known else "It tries again by itself at its next visit.",
        at=datetime.fromisoformat(at) if at else None,
    )


_LOOKS: tuple[Callable[[Connection, Contact], Problem | None], ...] = (
    _refused_file,
    _wrong_password,
    _overdue,
    _unconfirmed,
    _trouble,
)


def _has_called_with_this_password(connection: Connection) -> bool:
    if connection.last_contact_at is None:
        return False
    return connection.password_set_at is None or connection.last_contact_at >= connection.password_set_at
