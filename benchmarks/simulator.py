"""What the simulator itself needs for a long list: each step in a fresh process, whose peak memory counts.

python -m benchmarks.simulator create FILE CUSTOMERS    # then `page FILE`, `changed FILE`
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape, unescape
from pathlib import Path

from . import ROOT

STEPS = ("create", "page", "changed")
PAGE = 500
EDITED = 20  # customers changed since, whatever the length of the list
_JOBS = 5  # every fifth is a job
_SINCE = "2031-05-01T00:00:00"
_EDITED_AT = 1_935_000_000  # 2031-04-26 and later

Figures = Mapping[str, float]


def measure(step: str, file: Path, customers: int) -> Figures:
    """Run one step in a process of its own: its peak in MB, its CPU seconds, and the records it saw."""
    command = [sys.executable, "-m", "benchmarks.simulator", step, str(file), str(customers)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def create(file: Path, customers: int) -> int:
    """What `qbsim company create` does."""
    from qbsim.company import Company

    jobs = customers // _JOBS
    with Company.create(file, customers=customers - jobs, jobs=jobs, seed=1) as company:
        return company.count()


def page(file: Path, customers: int) -> int:
    """What `qbsim connect` does for a service that reads the whole list, 500 a page."""
    del customers
    return _visit(file, "<ActiveStatus>All</ActiveStatus>")


def changed(file: Path, customers: int) -> int:
    """The same for a service that asks what changed since: a few at the end of the list."""
    del customers
    from qbsim.company import Company

    with Company.open(file, clock=lambda: _EDITED_AT + 10 * 86400) as company:
        rows = company.db.execute("SELECT list_id FROM customers ORDER BY path_key DESC LIMIT ?", (EDITED,))
        for row in rows.fetchall():
            company.edit_customer(row["list_id"], notes="Changed")
    return _visit(file, f"<ActiveStatus>All</ActiveStatus><FromModifiedDate>{_SINCE}</FromModifiedDate>")


def _visit(file: Path, filters: str) -> int:
    from qbsim.connector import WebConnector, WsgiTransport
    from qbsim.qwc import make_qwc

    service = _Reader(filters)
    qwc = make_qwc("Bench", app_url="http://localhost/qbwc", user_name="bench")
    with WebConnector(qwc, company=file, password="x", transport=WsgiTransport(service)) as connector:
        outcome = connector.update()
    assert outcome.outcome == "done", outcome.status
    return service.seen


class _Reader:
    """The least service that pages through customers: it counts them and keeps nothing."""

    def __init__(self, filters: str) -> None:
        self.filters = filters
        self.seen = 0
        self._iterator = 'iterator="Start"'

    def __call__(self, environ: Mapping[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        body: bytes = environ["wsgi.input"].read()  # type: ignore[attr-defined]
        call = re.search(rb"Body><(\w+)", body)
        if call is None:
            return [b"help"]
        name = call[1].decode()
        answer = getattr(self, f"_{name}", lambda _: "")(body)
        return [
            f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f'<{name}Response xmlns="http://developer.intuit.com/"><{name}Result>{answer}</{name}Result>'
            f"</{name}Response></s:Body></s:Envelope>".encode()
        ]

    def _authenticate(self, _: bytes) -> str:
        return "<string>ticket</string><string></string>"

    def _sendRequestXML(self, _: bytes) -> str:  # noqa: N802 -- the name on the wire
        query = f"<CustomerQueryRq {self._iterator}><MaxReturned>{PAGE}</MaxReturned>{self.filters}</CustomerQueryRq>"
        return escape(
            f'<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">{query}'
            "</QBXMLMsgsRq></QBXML>"
        )

    def _receiveResponseXML(self, body: bytes) -> str:  # noqa: N802 -- the name on the wire
        head = unescape(body[:4000].decode())
        self.seen += body.count(b"&lt;CustomerRet&gt;")
        remaining = re.search(r'iteratorRemainingCount="(\d+)" iteratorID="([^"]*)"', head)
        if remaining is None or remaining[1] == "0":
            return "100"
        self._iterator = f'iterator="Continue" iteratorID="{remaining[2]}"'
        return "50"


def _peak_megabytes() -> float:
    """Return VmHWM of this process; ru_maxrss would remember the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def main(step: str, file: str, customers: str) -> None:
    steps: Iterator[Callable[[Path, int], int]] = (each for each in (create, page, changed) if each.__name__ == step)
    seen = next(steps)(Path(file), int(customers))
    print(json.dumps({"megabytes": _peak_megabytes(), "cpu_seconds": time.process_time(), "seen": seen}))


if __name__ == "__main__":
    main(*sys.argv[1:])
