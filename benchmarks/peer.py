"""The best peer, qbwc-kit, doing the same work: `python -m benchmarks.peer PORT DATABASE REQUEST`.

It asks what REQUEST asks (page size and elements of a request of Standpipe's), as its own documentation has it:
a generator task, its builder and its parser, rows upserted into SQLite page by page. Its sessions live in memory, so
that it runs in one process; behind granian rather than its FastAPI adapter, which would cost it more.
"""

import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server import Server as Granian
from qbwc_kit import QBWCService, StaticAuthenticator, qbxml
from qbwc_kit.qbxml import QBXMLRequest

USERNAME, PASSWORD = "peer", "peer's password"
# What Standpipe keeps in columns; the rest it keeps as JSON, and so does this.
_COLUMNS = (
    "ListID",
    "EditSequence",
    "TimeModified",
    "Name",
    "FullName",
    "Sublevel",
    "IsActive",
    "CompanyName",
    "JobStatus",
)
_TABLE = (
    f"CREATE TABLE IF NOT EXISTS customer ({', '.join(_COLUMNS)}, Parent, Currency, details, PRIMARY KEY (ListID))"
)
_UPSERT = (
    f"INSERT INTO customer VALUES ({', '.join('?' * (len(_COLUMNS) + 3))}) ON CONFLICT (ListID) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS[1:], "Parent", "Currency", "details"))
)


class ReadCustomers:
    name = "customers"

    def __init__(self, database: str, request: str) -> None:
        self.database = database
        self.page = int(re.findall(r"<MaxReturned>(\d+)</MaxReturned>", request)[0])
        self.elements = re.findall(
            r"<IncludeRetElement>(\w+)</IncludeRetElement>", request.partition("</CustomerQueryRq>")[0]
        )

    def run(self, _context: object) -> Iterator[Any]:
        rows = sqlite3.connect(self.database, check_same_thread=False)
        rows.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_TABLE}")
        request = qbxml.query(
            "Customer",
            request_id="1",
            max_returned=self.page,
            iterator="Start",
            active_status="All",
            include_fields=self.elements,
        )
        while True:
            result = yield QBXMLRequest([request])
            page = result.first().raise_for_status()
            with rows:
                rows.executemany(_UPSERT, map(_row, page.records))
            if not page.has_more:
                rows.close()
                return
            request.iterator, request.iterator_id = "Continue", page.iterator_id


def _row(record: dict[str, Any]) -> tuple[str | None, ...]:
    kept = [record.pop(name, None) for name in _COLUMNS]
    parent, currency = record.pop("ParentRef", {}), record.pop("CurrencyRef", {})
    return (*kept, parent.get("ListID"), currency.get("FullName"), json.dumps(record))


def load() -> Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]:
    """The WSGI application; granian calls this in its worker."""
    _, _, database, request = sys.argv
    task = ReadCustomers(database, Path(request).read_text())
    service = QBWCService(authenticator=StaticAuthenticator(USERNAME, PASSWORD, [task]))

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        answer = service.dispatch(environ["wsgi.input"].read()).encode()
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(answer)))])
        return [answer]

    return application


if __name__ == "__main__":
    Granian(
        "benchmarks.peer:load",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=1,
    ).serve()
