"""Error recovery: the answers that QuickBooks keeps of message sets, so that none is done twice.

A service that gives a set an ID (newMessageSetID) can ask later what became of it, or send it again and hear the
first answer instead of having it done once more. Answers are kept in the company file for each application, until
they are forgotten (oldMessageSetID). What is done and what is kept of it are committed together: of a set with one
request always both or neither. A set of several requests that is cut short has done some of them and has no
answer, which a status check says with 9002.

(Intuit, error recovery page and samples ErrRecovery1 to 3, PurchaseOrderModify, InvoiceAdd; is2qb.com.)
"""

from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

from lxml import etree

from qbsim.reading import MessageSet

if TYPE_CHECKING:
    from qbsim.company import Company

MAX_ID = 23  # one source lets 24 characters pass, another 23: the stricter holds
EVERYTHING = "ClearAllMessageSets"


@dataclass(frozen=True, slots=True)
class Kept:
    """What QuickBooks knows of an earlier set."""

    checksum: str
    response: str | None  # None: it was begun, and there is no answer


class MessageSets:
    """The kept answers of one company file, by application and ID."""

    def __init__(self, company: "Company") -> None:
        self._company = company

    def find(self, application: str, message_set_id: str) -> Kept | None:
        row = self._company.db.execute(
            "SELECT checksum, response FROM message_sets WHERE application = ? AND message_set_id = ?",
            (application, message_set_id),
        ).fetchone()
        return None if row is None else Kept(row["checksum"], row["response"])

    def begin(self, application: str, message_set_id: str, *, checksum: str) -> None:
        """Note a set that is in work; there is no answer of it yet."""
        with self._company.transaction():
            self._company.db.execute(
                "INSERT OR REPLACE INTO message_sets VALUES (?, ?, ?, NULL, ?)",
                (application, message_set_id, checksum, int(self._company.clock())),
            )

    def keep(self, application: str, message_set_id: str, *, response: str) -> None:
        """Store the answer of a set that was begun."""
        with self._company.transaction():
            self._company.db.execute(
                "UPDATE message_sets SET response = ? WHERE application = ? AND message_set_id = ?",
                (response, application, message_set_id),
            )

    def forget(self, application: str, message_set_id: str) -> bool:
        """Forget one set, or all of them; return whether there was anything to forget."""
        with self._company.transaction():
            done = self._company.db.execute(
                "DELETE FROM message_sets WHERE application = ? AND ? IN (message_set_id, ?)",
                (application, message_set_id, EVERYTHING),
            )
            return done.rowcount > 0

    def lose(self) -> None:
        """Lose everything that was kept, of every application, as a rebuilt company file does."""
        with self._company.transaction():
            self._company.db.execute("DELETE FROM message_sets")

    def count(self) -> int:
        return int(self._company.db.execute("SELECT count(*) FROM message_sets").fetchone()[0])


class Next(Enum):
    """What happens to a set."""

    EXECUTE = "its requests are answered"
    REPEAT = "the kept answer is given again"
    NOTHING = "only its code comes back"


def decide(asked: MessageSet, *, kept: Kept | None, old_is_known: bool) -> tuple[int, Next]:
    """Return messageSetStatusCode and what happens, by what is kept under the new ID."""
    asks_only = not asked.requests and asked.new_id == asked.old_id
    if any(len(each) > MAX_ID for each in (asked.new_id, asked.old_id) if each):
        return 9004, Next.NOTHING
    if asked.new_id is None:
        return (0 if old_is_known or asked.old_id == EVERYTHING else 600), Next.EXECUTE
    if kept is None:
        return (600, Next.NOTHING) if asks_only else (0, Next.EXECUTE)
    if not asks_only and kept.checksum != checksum(asked):
        return 9001, Next.NOTHING
    return (9002, Next.NOTHING) if kept.response is None else (0, Next.REPEAT)


def checksum(asked: MessageSet) -> str:
    """Return what tells the requests of one set from another's: their text, blanks and requestIDs included."""
    total = sha256()
    for request in asked.requests:
        total.update(etree.tostring(request, encoding="us-ascii"))
    return total.hexdigest()
