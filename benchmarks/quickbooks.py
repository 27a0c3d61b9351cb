"""A simulated QuickBooks in a process of its own, and tapes of what it answered.

While the server is measured nothing else should want its two cores: what was answered once is played back, byte for
byte, to an equal request at the same place of a session. A request that is new is answered live and taped.
"""

import multiprocessing
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Self

from . import wire

if TYPE_CHECKING:
    from qbsim.company import Clock, Company

OWNER_ID = re.compile(r"<OwnerID>([^<]*)</OwnerID>")
_REQUEST_ID = re.compile(r'requestID="([^"]*)"')
_FILE_ID = "FileID"
_JOBS = 5  # every fifth is a job

Request = tuple[str, str, str, str]  # whose visit, owner, FileID, document; an empty document ends the visit


def _answer(pipe: Connection, path: Path, customers: int) -> None:
    """Runs in the other process until an empty visit is named."""
    from qbsim.company import Company
    from qbsim.processor import QuickBooks

    jobs = customers // _JOBS
    company = Company.create(path, customers=customers - jobs, jobs=jobs, seed=1)
    _write_full(company)
    quickbooks = QuickBooks(company)
    sessions = {}
    pipe.send("ready")
    while True:
        visit, owner_id, file_id, document = pipe.recv()
        if not visit:
            return
        if not document:
            sessions.pop(visit).end()
            continue
        if file_id and company.file_id(owner_id) != file_id:
            company.set_data_ext(owner_id, _FILE_ID, file_id)
        if visit not in sessions:
            sessions[visit] = quickbooks.begin_session()
        pipe.send(sessions[visit].process(document))


def _write_full(company: "Company") -> None:
    """Makes the customers those that the targets were set with: 2.4 KB each with all elements, 45 % of it asked for.

    Years of use fill what Standpipe does not ask for; people and named ship-to addresses stay with one in three.
    The times lie apart, in the past: a refresh of changes must find no more of them than in a real file.
    """
    list_ids = [customer.list_id for customer in company.customers()]
    with company.transaction():
        for number, list_id in enumerate(list_ids):
            company.clock = _at(_FIRST_EDIT + number * _BETWEEN_EDITS)
            company.edit_customer(
                list_id,
                fax=f"208-555-{number % 10_000:04}",
                cc=f"office{number}@customer.example",
                resale_number=f"R{number:08}",
                credit_limit=f"{number % 90 + 10}00.00",
                job_desc=f"Yearly inspection of sprinklers, alarms and backflow preventers, round {number % 12 + 1}",
                notes=_NOTES.format(number=number),
                customer_type=_CUSTOMER_TYPES[number % len(_CUSTOMER_TYPES)],
                sales_rep=_SALES_REPS[number % len(_SALES_REPS)],
                additional_notes_ret=_dated_notes(number),
                **(_THINNER if number % 3 else {}),
            )
    company.clock = time.time


_FIRST_EDIT, _BETWEEN_EDITS = 1_400_000_000, 1200  # seconds
_THINNER: dict[str, None] = {
    "contacts_ret": None,
    "ship_to_address": None,
    "additional_contact_ref": None,
    "ship_address": None,
    "ship_address_block": None,
}
_NOTES = (
    "Gate {number}: ring twice, ask for the superintendent. Riser room behind the loading dock, key in the lock box. "
    "Call a day ahead, the alarm company has to be told before any valve is touched. Parking on the north side only; "
    "trucks over 10 feet do not fit under the canopy. Quarterly in March, June, September and December, backflow in "
    "spring. Invoices by e-mail, reports to the fire marshal and to the insurer. Dog in the yard at times."
)


_CUSTOMER_TYPES = ("School", "Healthcare", "Restaurant", "Property Manager", "Property Manager:HOA")
_SALES_REPS = ("AA", "JB")


def _dated_notes(number: int) -> list[dict[str, str]]:
    month = number % 12 + 1
    return [
        {"NoteID": "1", "Date": f"2019-{month:02}-17", "Note": f"Moved the yearly round, see mail {number}."},
        {"NoteID": "2", "Date": f"2023-{month:02}-03", "Note": "New keys at the front desk, sign for them."},
    ]


def _at(seconds: float) -> "Clock":
    return lambda: seconds


class QuickBooks:
    """One company file of so many customers and jobs, with the tape of what was asked of it."""

    def __init__(self, path: Path, *, customers: int) -> None:
        self.customers = customers
        self.shown_path = rf"C:\Company Files\{path.stem}.qbw"
        self.tape: dict[tuple[str, int], Taped] = {}
        self._lock = threading.Lock()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, path, customers), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()  # a Web Connector whose QuickBooks is still being made would lose its connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.send(("", "", "", ""))
        self._process.join()

    def send(self, request: Request) -> None:
        with self._lock:
            self._pipe.send(request)

    def ask(self, request: Request) -> str:
        with self._lock:
            self._pipe.send(request)
            answer: str = self._pipe.recv()
        return answer

    def pages(self, size: int) -> Iterator[bytes]:
        """Every customer with all elements, as bodies of receiveResponseXML. The floor reads these."""
        visit, following, iterator = "floor", True, 'iterator="Start"'
        while following:
            document = (
                '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
                f'<CustomerQueryRq requestID="1" {iterator}><MaxReturned>{size}</MaxReturned>'
                "<ActiveStatus>All</ActiveStatus></CustomerQueryRq></QBXMLMsgsRq></QBXML>"
            )
            answer = self.ask((visit, "", "", document))
            yield b"".join(wire.received("a-ticket", [wire.escaped(answer)]))
            following = 'iteratorRemainingCount="0"' not in answer
            found = re.search(r'iteratorID="[^"]*"', answer)
            assert found
            iterator = f'iterator="Continue" {found[0]}'
        self.send((visit, "", "", ""))


class Taped:
    """One answer, escaped for SOAP, with gaps where a request ID or the connection's FileID stood."""

    def __init__(self, answer: str, *, request_ids: list[str], file_id: str) -> None:
        marks = {f'requestID="{each}"': number for number, each in enumerate(request_ids)}
        self._file_id_at = len(request_ids)
        pattern = "|".join(re.escape(mark) for mark in [*marks, *([file_id] if file_id else [])])
        self._pieces: list[bytes | int] = []
        end = 0
        for found in re.finditer(pattern, answer):
            self._pieces.append(wire.escaped(answer[end : found.start()]))
            self._pieces.append(marks.get(found[0], self._file_id_at))
            end = found.end()
        self._pieces.append(wire.escaped(answer[end:]))

    def played(self, *, request_ids: list[str], file_id: str) -> wire.Pieces:
        """The answer to an equal request of another session, in pieces."""
        gaps = [*(f'requestID="{each}"'.encode() for each in request_ids), file_id.encode()]
        return [gaps[piece] if isinstance(piece, int) else piece for piece in self._pieces]


class Visit:
    """QuickBooks as one session of the Web Connector finds it."""

    def __init__(self, quickbooks: QuickBooks, *, name: str, owner_id: str, file_id: str) -> None:
        self._quickbooks = quickbooks
        self._who = (name, owner_id, file_id)
        self._asked: Counter[str] = Counter()
        self._went_live = False

    def answer(self, document: str) -> wire.Pieces:
        """The answer from the tape, else from QuickBooks itself, escaped for SOAP."""
        request_ids = _REQUEST_ID.findall(document)
        request = _REQUEST_ID.sub("requestID", document)
        self._asked[request] += 1
        place = (request, self._asked[request])
        file_id = self._who[2]
        if place not in self._quickbooks.tape:
            self._went_live = True
            answer = self._quickbooks.ask((*self._who, document))
            assert 'statusSeverity="Error"' not in answer, f"{document}\n{answer[:2000]}"
            self._quickbooks.tape[place] = Taped(answer, request_ids=request_ids, file_id=file_id)
        return self._quickbooks.tape[place].played(request_ids=request_ids, file_id=file_id)

    def end(self) -> None:
        if self._went_live:
            self._quickbooks.send((*self._who, ""))
