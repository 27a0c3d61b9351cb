"""A QuickBooks company file: one SQLite file, and the rooms that hang on it.

Company is the front door: the file itself, its transactions, numbering, facts and feed of deletions live here;
customers, lists, invoices, payments and private data have rooms of their own, reached as `company.customer_list`,
`company.lists`, `company.invoices`, `company.payments`, `company.private_data`. Each change is one transaction and
moves the record's EditSequence, which is Unix seconds as in QuickBooks (recorded responses in quickbooks-php).
"""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from qbsim import copies, filling, storage, upgrading
from qbsim.customer_list import CustomerList
from qbsim.customers import Customer, address, contact, labelled, ship_to
from qbsim.fault_switches import FaultSwitches
from qbsim.lists import Lists
from qbsim.message_sets import MessageSets
from qbsim.private_data import PrivateData
from qbsim.refusals import CompanyError, refused
from qbsim.transactions.invoices import Invoices
from qbsim.transactions.payments import Payments
from qbsim.tree import path_key
from qbsim.wire_log import WireLog
from qbsim.wiretext import datetime_text

__all__ = ["Company", "CompanyError", "Customer", "Deleted", "address", "contact", "labelled", "ship_to"]

Clock = Callable[[], float]

# Where recorded responses of QuickBooks part from the published schema or from plain time; each can be left out.
DEVIATIONS: Final = {
    "dst-offset": "in summer, times carry the offset of winter",
    "mail-delivery": "PreferredDeliveryMethod may be Mail, which the schema does not list",
}

FEED_DAYS = 90  # how long QuickBooks remembers deletions (docs.conductor.is)

_UNCHANGED: Final = object()
# How a transaction begins, commits, and is undone; a name of savepoints may repeat, the youngest counts.
_OUTERMOST: Final = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
_NESTED: Final = ("SAVEPOINT nested", "RELEASE nested", ("ROLLBACK TO nested", "RELEASE nested"))
_STRETCH = 500  # rows read at a time, so that no reader keeps the file locked and memory stays flat


@dataclass(frozen=True, slots=True)
class Deleted:
    """One entry of the deletion feed."""

    kind: str
    list_id: str
    full_name: str
    time_created: int  # Unix seconds
    time_deleted: int


class Company:
    """An open company file. Close it, or use it as a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, clock: Clock) -> None:
        """Use `Company.create` or `Company.open`."""
        self.path = path
        self.clock = clock
        self.lock = RLock()
        self.db = connection
        self._depth = 0
        self.zone = ZoneInfo(self.fact("time_zone"))
        self.lists = Lists(self)
        self.customer_list = CustomerList(self)
        self.invoices = Invoices(self)
        self.payments = Payments(self)
        self.private_data = PrivateData(self)
        self.message_sets = MessageSets(self)
        self.wire_log = WireLog(self)
        self.faults = FaultSwitches(self)

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        customers: int = 250,
        jobs: int | None = None,
        seed: int = 1,
        name: str = "Meadow Ridge Fire Protection, Inc.",
        clock: Clock = time.time,
        time_zone: str = "America/New_York",
        deviations: Collection[str] = tuple(DEVIATIONS),
        transactions: bool = True,
    ) -> Self:
        """Make a company file with customers of every kind; the same seed makes the same ones.

        `jobs` come in addition (None: a quarter as many). With `transactions` they have been invoiced and have
        paid over the years; without, nobody owes anything. An existing file is never overwritten.
        """
        path = Path(path)
        _check_deviations(deviations)
        try:
            connection = storage.create_file(path)
        except FileExistsError:
            raise CompanyError(f"{path} exists already. Choose another name, or delete it first.") from None
        except OSError as error:
            raise CompanyError(f"{path} cannot be made: {error.strerror}.") from error
        try:
            connection.execute("BEGIN")
            filling.fill(
                connection,
                name=name,
                customers=customers,
                jobs=customers // 4 if jobs is None else jobs,
                seed=seed,
                now=int(clock()),
                facts={"time_zone": time_zone, "deviations": sorted(deviations)},
                transactions=transactions,
            )
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            path.unlink()
            raise
        return cls(path, connection, clock=clock)

    @classmethod
    def open(cls, path: str | Path, *, clock: Clock = time.time) -> Self:
        """Open a company file. CompanyError, and nothing touched, when it is none, newer or damaged."""
        path = Path(path)
        try:
            connection = storage.open_file(path)
        except storage.NotACompanyFile as error:
            raise CompanyError(str(error)) from error
        try:
            upgrading.upgrade(connection)
        except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
            connection.close()
            raise CompanyError(
                f"{path} is of an older qbsim and damaged: it cannot be brought up to date ({error}). "
                "Restore it from a copy."
            ) from error
        return cls(path, connection, clock=clock)

    def close(self) -> None:
        self.db.close()

    def back_up(self, to: str | Path) -> None:
        """Write a copy of the file as it is now. CompanyError rather than touching what is there."""
        copies.back_up(self.db, Path(to))

    def restore(self, copy: str | Path) -> None:
        """Put a copy in the place of everything but switched-on faults and the log. CompanyError if it is none."""
        with self.lock:
            copies.restore(self.db, Path(copy))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. A nested one commits with the outermost, and undoes only itself when it fails."""
        with self.lock:
            begin, commit, undo = _OUTERMOST if self._depth == 0 else _NESTED
            self.db.execute(begin)
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                for statement in undo:
                    self.db.execute(statement)
                raise
            self._depth -= 1
            self.db.execute(commit)

    # -- the file itself ------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return str(self.fact("company")["CompanyName"])

    def rename(self, name: str) -> None:
        """Change the CompanyName of the books, not the name of the file."""
        self.set_fact("company", self.fact("company") | {"CompanyName": name})

    @property
    def deviations(self) -> frozenset[str]:
        """Those of DEVIATIONS that hold now: somebody else may have switched one a moment ago."""
        return frozenset(self.fact("deviations"))

    def set_deviations(self, deviations: Collection[str]) -> None:
        """Let these hold, and no others. Without delivery by Mail, whoever has it gets none."""
        _check_deviations(deviations)
        with self.transaction():
            if "mail-delivery" in self.deviations.difference(deviations):
                for customer in list(self.customers()):
                    if customer["PreferredDeliveryMethod"] == "Mail":
                        self.edit_customer(customer.list_id, preferred_delivery_method="None")
            self.set_fact("deviations", sorted(deviations))

    def facts(self) -> dict[str, Any]:
        """What CompanyQuery tells, without private data."""
        return dict(self.fact("company"))

    def host(self) -> dict[str, Any]:
        """What HostQuery tells."""
        return dict(self.fact("host"))

    def set_host(self, element: str, value: Any) -> None:
        """Change one of HostQuery's answers, such as QBFileMode."""
        self.set_fact("host", self.host() | {element: value})

    def preferences(self) -> dict[str, Any]:
        """What PreferencesQuery tells, nested by element name."""
        return dict(self.fact("preferences"))

    def set_preference(self, path: str, value: Any) -> None:
        """Change one preference, such as "MultiCurrencyPreferences.IsMultiCurrencyOn".

        None removes it; a group without any vanishes, as that of a feature that is off.
        """
        group, _, element = path.partition(".")
        preferences = self.preferences()
        settings = preferences.get(group) or {}
        preferences[group] = {tag: each for tag, each in (settings | {element: value}).items() if each is not None}
        self.set_fact("preferences", {tag: each for tag, each in preferences.items() if each})

    def is_on(self, path: str) -> bool:
        """Whether a preference is on; one that is not there is off."""
        group, _, element = path.partition(".")
        return self.preferences().get(group, {}).get(element) is True

    # -- private data and custom fields ----------------------------------------------------------------------

    def data_ext(self, owner_id: str, *, list_id: str | None = None) -> dict[str, str]:
        """Return what that owner stored with the company, or with one record (a ListID or TxnID)."""
        return self.private_data.of(owner_id, object_id=list_id)

    def set_data_ext(self, owner_id: str, name: str, value: str | None, *, list_id: str | None = None) -> None:
        """Store private data, or a custom field when the owner is "0"; None removes it."""
        self.private_data.set(owner_id, name, value, object_id=list_id)

    def data_ext_rets(self, owner_ids: Collection[str], *, list_id: str | None = None) -> list[dict[str, str]]:
        """Return DataExtRet values for those owners, OwnerID in upper case as QuickBooks does."""
        return self.private_data.rets(owner_ids, object_id=list_id)

    def file_id(self, owner_id: str) -> str | None:
        """Return the FileID that a Web Connector application stamped into the file."""
        return self.data_ext(owner_id).get("FileID")

    def stamps(self) -> list[tuple[str, str]]:
        """Return (OwnerID, FileID) of every Web Connector application that was added to the file."""
        return self.private_data.stamps()

    # -- customers: the rules are in customer_list ------------------------------------------------------------

    def customers(self, *, active_only: bool = False) -> Iterator[Customer]:
        """Walk the list in its order: a customer, then its jobs. The list may change meanwhile."""
        yield from self.customer_list.select("is_active" if active_only else "1", ())

    def select_customers(
        self, where: str, values: tuple[object, ...], *, limit: int | None = None
    ) -> Iterator[Customer]:
        """Walk those for which an SQL condition over the customers table holds, in list order."""
        return self.customer_list.select(where, values, limit=limit)

    def count_customers(self, where: str, values: tuple[object, ...]) -> int:
        return self.customer_list.count(where, values)

    def count(self, *, active_only: bool = False) -> int:
        return self.customer_list.count("is_active" if active_only else "1", ())

    def customer(self, list_id: str) -> Customer:
        """Return one customer. CompanyError 3120 when no such record exists any more."""
        return self.customer_list.get(list_id)

    def find(self, full_name: str) -> Customer | None:
        """Return the customer with that path, whatever the case, or None."""
        return self.customer_list.find(full_name)

    def jobs_of(self, list_id: str) -> list[Customer]:
        """Return the jobs right below a customer."""
        return self.customer_list.jobs_of(list_id)

    def add_customer(self, name: str, **fields: Any) -> Customer:
        """Add a customer; see CustomerList.add for `parent`, `fill_from_parent`, `is_active` and the fields."""
        return self.customer_list.add(name, **fields)

    def edit_customer(self, list_id: str, **fields: Any) -> Customer:
        """Change what is named and nothing else; see CustomerList.edit."""
        return self.customer_list.edit(list_id, **fields)

    def set_active(self, list_id: str, *, active: bool) -> Customer:
        """Hide a customer with all its jobs, or show it again with all that it stands under."""
        return self.customer_list.set_active(list_id, active=active)

    def delete_customer(self, list_id: str) -> None:
        """Remove a customer that nothing hangs on; it enters the deletion feed. CompanyError 3160 otherwise."""
        self.customer_list.delete(list_id)

    def merge_customers(self, from_: str, *, to: str) -> Customer:
        """Merge one customer into another; `from_` is gone and in the deletion feed."""
        return self.customer_list.merge(from_, to=to)

    # -- what all rooms need -----------------------------------------------------------------------------------

    def name_taken(self, space: str, full_name: str, *, except_for: str | None) -> str | None:
        """Return the name that stands in the way of a path in a name space, or None.

        Customers, vendors, employees and other names share one space at the top level; inactive ones keep theirs.
        """
        key = path_key(full_name)
        found = self.db.execute(
            "SELECT name FROM elements WHERE space = ?1 AND path_key = ?2 AND list_id IS NOT ?3"
            " UNION ALL SELECT name FROM customers WHERE ?1 = 'Entity' AND path_key = ?2 AND list_id IS NOT ?3",
            (space, key, except_for),
        ).fetchone()
        return None if found is None else str(found["name"])

    def name_of(self, list_id: str) -> str:
        """Return the full name of a customer or list element. CompanyError 3120 when there is none."""
        found = self.db.execute(
            "SELECT full_name FROM elements WHERE list_id = ?1"
            " UNION ALL SELECT full_name FROM customers WHERE list_id = ?1",
            (list_id,),
        ).fetchone()
        if found is None:
            raise refused(3120, value=list_id)
        return str(found["full_name"])

    def now(self) -> int:
        return int(self.clock())

    def time_text(self, at: int) -> str:
        """Write Unix seconds as this company file does."""
        return datetime_text(at, zone=self.zone, dst_offset_quirk="dst-offset" in self.deviations)

    def new_list_id(self, now: int) -> str:
        """Return the next ListID: a running hexadecimal number with a leading 8, and the second it was made."""
        number = self.fact("next_number")
        self.set_fact("next_number", number + 1)
        return f"{0x80000000 + number:X}-{now}"

    def fact(self, name: str, default: Any = None) -> Any:
        """Return one fact about the file, `default` when it holds none of that name."""
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row["value"])

    def set_fact(self, name: str, value: Any) -> None:
        with self.transaction():
            self.db.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value, ensure_ascii=False)),
            )

    def note_deleted(self, kind: str, list_id: str, *, full_name: str, created_at: int) -> None:
        """Enter a list element into the deletion feed, under QuickBooks' own name of its kind."""
        self.db.execute(
            "INSERT INTO deleted VALUES (?, ?, ?, ?, ?)", (kind, list_id, full_name, created_at, self.now())
        )

    def deleted(self, kind: str = "Customer", *, since: int | None = None) -> list[Deleted]:
        """Return what vanished in the last 90 days, oldest first; `since` is Unix seconds."""
        oldest = self.now() - FEED_DAYS * 86400
        rows = self.db.execute(
            "SELECT * FROM deleted WHERE kind = ? AND deleted_at >= ? ORDER BY deleted_at, list_id",
            (kind, max(oldest, since or 0)),
        )
        return [
            Deleted(row["kind"], row["list_id"], row["full_name"], row["created_at"], row["deleted_at"])
            for row in rows
        ]


def _check_deviations(deviations: Collection[str]) -> None:
    if unknown := set(deviations) - set(DEVIATIONS):
        raise CompanyError(f"There is no deviation {', '.join(sorted(unknown))}. Known: {', '.join(DEVIATIONS)}.")
