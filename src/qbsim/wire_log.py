"""What came over the wire: each request of a service with QuickBooks' answer, kept in the company file.

The newest 500 stay. Their texts are compressed; of an enormous one the beginning is kept, and its length.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbsim.company import Company

MAX_ENTRIES = 500
MAX_CHARACTERS = 1_000_000  # of one text: a page of a thousand customers; all of them together stay below 100 MB


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer. Exactly one of `response` and `hresult` says something."""

    number: int
    at: datetime
    session: str
    application: str
    request: str
    request_length: int  # in characters, also when `request` is only its beginning
    response: str
    response_length: int
    hresult: str
    reason: str  # what QuickBooks does not tell: why it refused the document
    milliseconds: float
    statuses: tuple[str, ...]  # of the requests, in order: "CustomerAdd 3100"


class WireLog:
    """The log of one company file."""

    def __init__(self, company: "Company") -> None:
        self._company = company

    def note(
        self,
        *,
        session: str,
        application: str,
        request: str,
        response: str = "",
        hresult: str = "",
        reason: str = "",
        milliseconds: float,
        statuses: tuple[str, ...] = (),
    ) -> None:
        """Add one exchange and let go of the oldest."""
        with self._company.transaction():
            cursor = self._company.db.execute(
                "INSERT INTO wire_log (at, session, application, request, request_length, response, response_length,"
                " hresult, reason, milliseconds, statuses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._company.clock(),
                    session,
                    application,
                    _packed(request),
                    len(request),
                    _packed(response),
                    len(response),
                    hresult,
                    reason,
                    milliseconds,
                    "\n".join(statuses),
                ),
            )
            self._company.db.execute(
                "DELETE FROM wire_log WHERE number <= ?", ((cursor.lastrowid or 0) - MAX_ENTRIES,)
            )

    def entries(self, *, limit: int = MAX_ENTRIES, before: int | None = None) -> Iterator[Exchange]:
        """Walk the exchanges, newest first; `before` is the number of the last one that was seen."""
        rows = self._company.db.execute(
            "SELECT * FROM wire_log WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?",
            (before, before, limit),
        ).fetchall()
        return map(_exchange, rows)

    def get(self, number: int) -> Exchange | None:
        row = self._company.db.execute("SELECT * FROM wire_log WHERE number = ?", (number,)).fetchone()
        return None if row is None else _exchange(row)

    def count(self) -> int:
        return int(self._company.db.execute("SELECT count(*) FROM wire_log").fetchone()[0])

    def clear(self) -> None:
        with self._company.transaction():
            self._company.db.execute("DELETE FROM wire_log")


def _packed(text: str) -> bytes:
    return zlib.compress(text[:MAX_CHARACTERS].encode("utf-8", "surrogatepass"), 1)


def _unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def _exchange(row: sqlite3.Row) -> Exchange:
    return Exchange(
        number=row["number"],
        at=datetime.fromtimestamp(row["at"], UTC),
        session=row["session"],
        application=row["application"],
        request=_unpacked(row["request"]),
        request_length=row["request_length"],
        response=_unpacked(row["response"]),
        response_length=row["response_length"],
        hresult=row["hresult"],
        reason=row["reason"],
        milliseconds=row["milliseconds"],
        statuses=tuple(row["statuses"].splitlines()),
    )
