"""A QuickBooks company file: one SQLite file with lists, preferences, deletions and private data.

Everything that changes a company file lives here. Each change is one transaction and moves the record's
EditSequence, which is Unix seconds as in QuickBooks (recorded responses in quickbooks-php).
"""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from qbsim import filling, storage
from qbsim.customers import (
    COPIED_TO_JOBS,
    MAX_FULL_NAME,
    MAX_LEVELS,
    CompanyError,
    Customer,
    address,
    check_name,
    contact,
    details_from,
    labelled,
    path_key,
    refused,
    ship_to,
)
from qbsim.texts import status_text
from qbsim.wiretext import cents, datetime_text

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
        self._connection = connection
        self._depth = 0
        self._reference_names: dict[str, str] = {}
        self.zone = ZoneInfo(self._fact("time_zone"))
        self.deviations = frozenset(self._fact("deviations"))

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
    ) -> Self:
        """Make a company file with customers of every kind; the same seed makes the same ones.

        `jobs` come in addition (None: a quarter as many). An existing file is never overwritten.
        """
        path = Path(path)
        unknown = set(deviations) - set(DEVIATIONS)
        if unknown:
            raise CompanyError(f"There is no deviation {', '.join(unknown)}. Known: {', '.join(DEVIATIONS)}.")
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
            return cls(path, storage.open_file(path), clock=clock)
        except storage.NotACompanyFile as error:
            raise CompanyError(str(error)) from error

    def close(self) -> None:
        self._connection.close()

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
            self._connection.execute(begin)
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                for statement in undo:
                    self._connection.execute(statement)
                raise
            self._depth -= 1
            self._connection.execute(commit)

    # -- the file itself ------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return str(self._fact("company")["CompanyName"])

    def rename(self, name: str) -> None:
        """Change the CompanyName of the books, not the name of the file."""
        self._set_fact("company", self._fact("company") | {"CompanyName": name})

    def facts(self) -> dict[str, Any]:
        """What CompanyQuery tells, without private data."""
        return dict(self._fact("company"))

    def host(self) -> dict[str, Any]:
        """What HostQuery tells."""
        return dict(self._fact("host"))

    def set_host(self, element: str, value: Any) -> None:
        """Change one of HostQuery's answers, such as QBFileMode."""
        self._set_fact("host", self.host() | {element: value})

    def preferences(self) -> dict[str, Any]:
        """What PreferencesQuery tells, nested by element name."""
        return dict(self._fact("preferences"))

    def set_preference(self, path: str, value: Any) -> None:
        """Change one preference, such as "MultiCurrencyPreferences.IsMultiCurrencyOn".

        None removes it; a group without any vanishes, as that of a feature that is off.
        """
        group, _, element = path.partition(".")
        preferences = self.preferences()
        settings = preferences.get(group) or {}
        preferences[group] = {tag: each for tag, each in (settings | {element: value}).items() if each is not None}
        self._set_fact("preferences", {tag: each for tag, each in preferences.items() if each})

    def is_on(self, path: str) -> bool:
        """Whether a preference is on; one that is not there is off."""
        group, _, element = path.partition(".")
        return self.preferences().get(group, {}).get(element) is True

    # -- private data and custom fields ----------------------------------------------------------------------

    def data_ext(self, owner_id: str, *, list_id: str | None = None) -> dict[str, str]:
        """Return what that owner stored with the company, or with one customer."""
        rows = self._connection.execute(
            "SELECT name, value FROM data_ext WHERE owner_id = ? AND object_id = ? ORDER BY name",
            (owner_id, list_id or ""),
        )
        return {row["name"]: row["value"] for row in rows}

    def set_data_ext(self, owner_id: str, name: str, value: str | None, *, list_id: str | None = None) -> None:
        """Store private data, or a custom field when the owner is "0"; None removes it."""
        key = (owner_id.upper(), list_id or "", name)
        with self.transaction():
            self._connection.execute("DELETE FROM data_ext WHERE owner_id = ? AND object_id = ? AND name = ?", key)
            if value is not None:
                self._connection.execute("INSERT INTO data_ext VALUES (?, ?, ?, 'STR255TYPE', ?)", (*key, value))

    def data_ext_rets(self, owner_ids: Collection[str], *, list_id: str | None = None) -> list[dict[str, str]]:
        """Return DataExtRet values for those owners, OwnerID in upper case as QuickBooks does."""
        if not owner_ids:
            return []
        places = ", ".join("?" * len(owner_ids))
        rows = self._connection.execute(
            f"SELECT owner_id, name, type, value FROM data_ext WHERE object_id = ? AND owner_id IN ({places})"  # noqa: S608 -- only question marks
            " ORDER BY owner_id, name",
            (list_id or "", *owner_ids),
        )
        return [
            {
                "OwnerID": row["owner_id"],
                "DataExtName": row["name"],
                "DataExtType": row["type"],
                "DataExtValue": row["value"],
            }
            for row in rows
        ]

    def file_id(self, owner_id: str) -> str | None:
        """Return the FileID that a Web Connector application stamped into the file."""
        return self.data_ext(owner_id).get("FileID")

    def stamps(self) -> list[tuple[str, str]]:
        """Return (OwnerID, FileID) of every Web Connector application that was added to the file."""
        rows = self._connection.execute(
            "SELECT owner_id, value FROM data_ext WHERE object_id = '' AND name = 'FileID' ORDER BY owner_id"
        )
        return [(row["owner_id"], row["value"]) for row in rows]

    # -- reading customers -----------------------------------------------------------------------------------

    def customers(self, *, active_only: bool = False) -> Iterator[Customer]:
        """Walk the list in its order: a customer, then its jobs. The list may change meanwhile."""
        yield from self.select_customers("is_active" if active_only else "1", ())

    def select_customers(
        self, where: str, values: tuple[object, ...], *, limit: int | None = None
    ) -> Iterator[Customer]:
        """Walk those for which an SQL condition over the customers table holds, in list order."""
        after = ""
        while limit is None or limit > 0:
            size = _STRETCH if limit is None else min(limit, _STRETCH)
            rows = self._connection.execute(
                f"SELECT * FROM customers WHERE ({where}) AND path_key > ? ORDER BY path_key LIMIT ?",  # noqa: S608 -- conditions come from code
                (*values, after, size),
            ).fetchall()
            yield from map(self._customer, rows)
            if len(rows) < size:
                return
            after = rows[-1]["path_key"]
            limit = None if limit is None else limit - size

    def count_customers(self, where: str, values: tuple[object, ...]) -> int:
        sql = f"SELECT count(*) FROM customers WHERE {where}"  # noqa: S608 -- conditions come from code
        return int(self._connection.execute(sql, values).fetchone()[0])

    def count(self, *, active_only: bool = False) -> int:
        return self.count_customers("is_active" if active_only else "1", ())

    def customer(self, list_id: str) -> Customer:
        """Return one customer. CompanyError 3120 when no such record exists any more."""
        return self._customer(self._row(list_id))

    def find(self, full_name: str) -> Customer | None:
        """Return the customer with that path, whatever the case, or None."""
        return next(self.select_customers("path_key = ?", (path_key(full_name),)), None)

    def jobs_of(self, list_id: str) -> list[Customer]:
        """Return the jobs right below a customer."""
        return list(self.select_customers("parent_id = ?", (list_id,)))

    def reference_name(self, list_id: str) -> str:
        """Return the full name of what a customer refers to, such as its terms."""
        if list_id not in self._reference_names:
            rows = self._connection.execute("SELECT list_id, full_name FROM list_elements")
            self._reference_names = {row["list_id"]: row["full_name"] for row in rows}
        return self._reference_names[list_id]

    def list_id_of(self, kind: str, full_name: str) -> str | None:
        """Return the ListID of a list element by its full name, None when there is none."""
        row = self._connection.execute(
            "SELECT list_id FROM list_elements WHERE kind = ? AND full_name = ?", (kind, full_name)
        ).fetchone()
        return None if row is None else str(row["list_id"])

    def with_children(self, kind: str, list_id: str) -> list[str]:
        """Return the ListIDs of a list element and of all below it."""
        top = self.reference_name(list_id)
        rows = self._connection.execute(
            "SELECT list_id FROM list_elements WHERE kind = ? AND (full_name = ? OR full_name LIKE ? || ':%')",
            (kind, top, top),
        )
        return [row["list_id"] for row in rows]

    def time_text(self, at: int) -> str:
        """Write Unix seconds as this company file does."""
        return datetime_text(at, zone=self.zone, dst_offset_quirk="dst-offset" in self.deviations)

    # -- changing customers ----------------------------------------------------------------------------------

    def add_customer(
        self,
        name: str,
        *,
        parent: str | None = None,
        fill_from_parent: bool = True,
        is_active: bool = True,
        **fields: Any,
    ) -> Customer:
        """Add a customer, or a job below `parent` (a ListID), which takes over what its customer says."""
        with self.transaction():
            above = self._row(parent) if parent is not None else None
            check_name(name)
            full_name, sublevel = self._place(name, above=above, active=is_active)
            self._check_free(full_name, except_for=None)
            balance = cents(fields.pop("balance", 0))
            details: dict[str, Any] = {"JobStatus": "None", "PreferredDeliveryMethod": "None"}
            if above is not None and fill_from_parent:
                theirs = json.loads(above["details"])
                details |= {tag: theirs[tag] for tag in COPIED_TO_JOBS if tag in theirs}
            now = int(self.clock())
            details = self._merged(details, fields, now=now)
            list_id = self._new_list_id(now)
            self._connection.execute(
                "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
                (
                    list_id,
                    parent,
                    name,
                    full_name,
                    path_key(full_name),
                    sublevel,
                    is_active,
                    now,
                    now,
                    now,
                    balance,
                    json.dumps(details, ensure_ascii=False),
                ),
            )
            self._count_up(list_id)
            return self.customer(list_id)

    def edit_customer(
        self, list_id: str, *, name: str | None = None, parent: object = _UNCHANGED, **fields: Any
    ) -> Customer:
        """Change what is named and nothing else; None clears a field. `parent=None` moves a job to the top.

        The paths of jobs below follow; their EditSequence does not, since nobody touched them.
        """
        with self.transaction():
            row = self._row(list_id)
            if name is not None or parent is not _UNCHANGED:
                parent_id = row["parent_id"] if parent is _UNCHANGED else parent
                self._move(row, name=name if name is not None else row["name"], parent_id=parent_id)
            if "balance" in fields:
                self._connection.execute(
                    "UPDATE customers SET balance_cents = ? WHERE list_id = ?",
                    (cents(fields.pop("balance")), list_id),
                )
                self._count_up(list_id)
            now = int(self.clock())
            details = self._merged(json.loads(row["details"]), fields, now=now)
            self._connection.execute(
                "UPDATE customers SET details = ? WHERE list_id = ?",
                (json.dumps(details, ensure_ascii=False), list_id),
            )
            self._touch(list_id)
            return self.customer(list_id)

    def set_active(self, list_id: str, *, active: bool) -> Customer:
        """Hide a customer with all its jobs, or show it again with all that it stands under."""
        with self.transaction():
            key = self._row(list_id)["path_key"]
            if active:
                parts = key.split("\x01")
                family = tuple("\x01".join(parts[:depth]) for depth in range(1, len(parts) + 1))
                places = ", ".join("?" * len(family))
                concerned = self.select_customers(f"path_key IN ({places}) AND NOT is_active", family)
            else:
                concerned = self.select_customers(f"({_BELOW} OR path_key = ?) AND is_active", (*_below(key), key))
            for each in list(concerned):
                self._connection.execute(
                    "UPDATE customers SET is_active = ? WHERE list_id = ?", (active, each.list_id)
                )
                self._touch(each.list_id)
            return self.customer(list_id)

    def delete_customer(self, list_id: str) -> None:
        """Remove a customer that nothing hangs on; it enters the deletion feed. CompanyError 3160 otherwise."""
        with self.transaction():
            row = self._row(list_id)
            if self.count_customers("parent_id = ?", (list_id,)):
                raise refused(3160, value=list_id, reason="It has jobs.")
            if row["balance_cents"]:
                raise refused(3160, value=list_id, reason="It has transactions.")
            self._remove(row)

    def merge_customers(self, from_: str, *, to: str) -> Customer:
        """Merge one customer into another: jobs and balance move, `from_` is gone and in the deletion feed.

        As in QuickBooks it cannot be undone, and neither may stand below the other.
        """
        with self.transaction():
            source, target = self._row(from_), self._row(to)
            if from_ == to or f"{target['path_key']}\x01".startswith(f"{source['path_key']}\x01"):
                raise CompanyError("A customer cannot be merged into itself or into one of its own jobs.")
            for job in self.jobs_of(from_):
                self._move(self._row(job.list_id), name=job.name, parent_id=to)
                self._touch(job.list_id)
            self._connection.execute(
                "UPDATE customers SET balance_cents = balance_cents + ? WHERE list_id = ?",
                (source["balance_cents"], to),
            )
            self._remove(source)
            self._touch(to)
            self._count_up(to)
            return self.customer(to)

    def deleted(self, kind: str = "Customer", *, since: int | None = None) -> list[Deleted]:
        """Return what vanished in the last 90 days, oldest first; `since` is Unix seconds."""
        oldest = int(self.clock()) - FEED_DAYS * 86400
        rows = self._connection.execute(
            "SELECT * FROM deleted WHERE kind = ? AND deleted_at >= ? ORDER BY deleted_at, list_id",
            (kind, max(oldest, since or 0)),
        )
        return [
            Deleted(row["kind"], row["list_id"], row["full_name"], row["created_at"], row["deleted_at"])
            for row in rows
        ]

    # -- inside ----------------------------------------------------------------------------------------------

    def _fact(self, name: str) -> Any:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return json.loads(row["value"])

    def _set_fact(self, name: str, value: Any) -> None:
        with self.transaction():
            self._connection.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value, ensure_ascii=False)),
            )

    def _row(self, list_id: str) -> sqlite3.Row:
        found = self._connection.execute("SELECT * FROM customers WHERE list_id = ?", (list_id,)).fetchone()
        if found is None:
            raise refused(3120, value=list_id)
        row: sqlite3.Row = found
        return row

    def _customer(self, row: sqlite3.Row) -> Customer:
        return Customer(
            list_id=row["list_id"],
            name=row["name"],
            full_name=row["full_name"],
            parent_id=row["parent_id"],
            sublevel=row["sublevel"],
            is_active=bool(row["is_active"]),
            edit_sequence=str(row["edit_sequence"]),
            time_created=self.time_text(row["created_at"]),
            time_modified=self.time_text(row["modified_at"]),
            balance_cents=row["balance_cents"],
            total_cents=row["total_cents"],
            details=json.loads(row["details"]),
        )

    def _new_list_id(self, now: int) -> str:
        """Return the next ListID: a running hexadecimal number with a leading 8, and the second it was made."""
        number = self._fact("next_number")
        self._set_fact("next_number", number + 1)
        return f"{0x80000000 + number:X}-{now}"

    def _merged(self, details: Mapping[str, Any], fields: Mapping[str, Any], *, now: int) -> dict[str, Any]:
        if fields.get("preferred_delivery_method") == "Mail" and "mail-delivery" not in self.deviations:
            raise refused(3090, value="Mail", field="PreferredDeliveryMethod", reason="Not one of the list.")
        rows = self._connection.execute("SELECT kind, full_name, list_id FROM list_elements")
        list_ids = {(row["kind"], row["full_name"].lower()): row["list_id"] for row in rows}
        merged = dict(details) | details_from(fields, list_ids=list_ids)
        for person in merged.get("ContactsRet") or ():
            self._complete_person(person, now=now)
        # A block that was printed from other fields is printed anew.
        for form in ("BillAddress", "ShipAddress"):
            if _snake_address(form) in fields and f"{_snake_address(form)}_block" not in fields:
                merged.pop(f"{form}Block", None)
        return {tag: value for tag, value in merged.items() if value is not None}

    def _complete_person(self, person: dict[str, Any], *, now: int) -> None:
        if "ListID" not in person:
            person["ListID"] = self._new_list_id(now)
            person["TimeCreated"] = person["TimeModified"] = self.time_text(now)
            person["EditSequence"] = str(now)

    def _place(self, name: str, *, above: sqlite3.Row | None, active: bool) -> tuple[str, int]:
        """Return full name and sublevel of a name below another customer."""
        if above is None:
            return name, 0
        full_name = f"{above['full_name']}:{name}"
        if active and not above["is_active"]:
            raise refused(3130, value=above["full_name"], field="Customer")
        if above["sublevel"] + 1 >= MAX_LEVELS:
            raise CompanyError(
                f"{status_text(3130, value=above['full_name'], field='Customer')} Only five levels are possible.",
                code=3130,
            )
        if len(full_name) > MAX_FULL_NAME:
            raise refused(3070, value=full_name, field="FullName")
        return full_name, above["sublevel"] + 1

    def _check_free(self, full_name: str, *, except_for: str | None) -> None:
        taken = self.find(full_name)
        if taken is not None and taken.list_id != except_for:
            raise refused(3100, value=taken.name)

    def _move(self, row: sqlite3.Row, *, name: str, parent_id: Any) -> None:
        """Give a customer another name or parent and rewrite the paths of all below it."""
        above = self._row(parent_id) if parent_id is not None else None
        old_key = row["path_key"]
        if above is not None and f"{above['path_key']}\x01".startswith(f"{old_key}\x01"):
            raise refused(3130, value=above["full_name"], field="Customer")
        full_name, sublevel = self._place(check_name(name), above=above, active=row["is_active"])
        self._check_free(full_name, except_for=row["list_id"])
        family = list(self.select_customers(_BELOW, _below(old_key)))
        deeper = sublevel - row["sublevel"]
        if any(each.sublevel + deeper >= MAX_LEVELS for each in family):
            raise refused(3130, value=full_name, field="Customer")
        former_parent = row["parent_id"]
        moved = [(row["list_id"], full_name, sublevel)] + [
            (each.list_id, full_name + each.full_name[len(row["full_name"]) :], each.sublevel + deeper)
            for each in family
        ]
        too_long = next((path for _, path, _ in moved if len(path) > MAX_FULL_NAME), None)
        if too_long is not None:
            raise refused(3070, value=too_long, field="FullName")
        self._connection.executemany(
            "UPDATE customers SET full_name = ?, path_key = ?, sublevel = ? WHERE list_id = ?",
            [(path, path_key(path), level, each) for each, path, level in moved],
        )
        self._connection.execute(
            "UPDATE customers SET name = ?, parent_id = ? WHERE list_id = ?", (name, parent_id, row["list_id"])
        )
        if former_parent is not None:
            self._count_up(former_parent)
        self._count_up(row["list_id"])

    def _remove(self, row: sqlite3.Row) -> None:
        self._connection.execute("DELETE FROM customers WHERE list_id = ?", (row["list_id"],))
        self._connection.execute("DELETE FROM data_ext WHERE object_id = ?", (row["list_id"],))
        self._connection.execute(
            "INSERT INTO deleted VALUES ('Customer', ?, ?, ?, ?)",
            (row["list_id"], row["full_name"], row["created_at"], int(self.clock())),
        )
        if row["parent_id"] is not None:
            self._count_up(row["parent_id"])

    def _touch(self, list_id: str) -> None:
        """Move EditSequence on, by a second at least, and note the time."""
        now = int(self.clock())
        self._connection.execute(
            "UPDATE customers SET modified_at = max(?, modified_at), edit_sequence = max(?, edit_sequence + 1)"
            " WHERE list_id = ?",
            (now, now, list_id),
        )

    def _count_up(self, list_id: str | None) -> None:
        """Let TotalBalance hold from one customer up to the top; no EditSequence moves for that."""
        while list_id is not None:
            self._connection.execute(
                "UPDATE customers SET total_cents = balance_cents + coalesce((SELECT sum(jobs.total_cents)"
                " FROM customers AS jobs WHERE jobs.parent_id = customers.list_id), 0) WHERE list_id = ?",
                (list_id,),
            )
            list_id = self._row(list_id)["parent_id"]


_BELOW = "(path_key > ? AND path_key < ?)"


def _below(key: str) -> tuple[str, str]:
    return f"{key}\x01", f"{key}\x02"


def _snake_address(form: str) -> str:
    return "bill_address" if form == "BillAddress" else "ship_address"
