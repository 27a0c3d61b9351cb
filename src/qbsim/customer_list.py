"""The customers and jobs of a company: reading them, and every way in which people change them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from qbsim.customers import COPIED_TO_JOBS, FIELDS, MAX_FULL_NAME, MAX_NAME, Customer
from qbsim.references import is_used, move_uses
from qbsim.refusals import CompanyError, refused
from qbsim.transactions import ledger, opening
from qbsim.tree import Tree, path_key
from qbsim.wiretext import MAX_CENTS, amount_text, cents

if TYPE_CHECKING:
    from qbsim.company import Company

_UNCHANGED: Any = object()
_STRETCH = 500  # rows read at a time, so that no reader keeps the file locked and memory stays flat
_NEW: dict[str, Any] = {"JobStatus": "None", "PreferredDeliveryMethod": "None"}  # recorded answers always have both


class CustomerList:
    """The list of one company. Each change is one transaction and moves the customer's EditSequence."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._db = company.db
        self._tree = Tree(
            self._db,
            "customers",
            "Customer",
            MAX_NAME,
            MAX_FULL_NAME,
            lambda full_name, except_for: company.name_taken("Entity", full_name, except_for=except_for),
        )

    # -- reading ---------------------------------------------------------------------------------------------

    def select(self, where: str, values: tuple[object, ...], *, limit: int | None = None) -> Iterator[Customer]:
        """Walk those for which an SQL condition over the customers table holds, in list order."""
        after = ""
        while limit is None or limit > 0:
            size = _STRETCH if limit is None else min(limit, _STRETCH)
            rows = self._db.execute(
                f"SELECT * FROM customers WHERE ({where}) AND path_key > ? ORDER BY path_key LIMIT ?",  # noqa: S608 -- conditions come from code
                (*values, after, size),
            ).fetchall()
            yield from map(self._customer, rows)
            if len(rows) < size:
                return
            after = rows[-1]["path_key"]
            limit = None if limit is None else limit - size

    def count(self, where: str, values: tuple[object, ...]) -> int:
        sql = f"SELECT count(*) FROM customers WHERE {where}"  # noqa: S608 -- conditions come from code
        return int(self._db.execute(sql, values).fetchone()[0])

    def get(self, list_id: str) -> Customer:
        """Return one customer. CompanyError 3120 when no such record exists any more."""
        return self._customer(self._tree.row(list_id))

    def find(self, full_name: str) -> Customer | None:
        """Return the customer with that path, whatever the case, or None."""
        return next(self.select("path_key = ?", (path_key(full_name),)), None)

    def jobs_of(self, list_id: str) -> list[Customer]:
        """Return the jobs right below a customer."""
        return list(self.select("parent_id = ?", (list_id,)))

    def parent_id(self, ref: Mapping[str, str]) -> str | None:
        """Return the ListID of what a ParentRef names; None for an empty one, 3130 when there is no such customer."""
        list_id, full_name = ref.get("ListID"), ref.get("FullName")
        if not list_id and not full_name:
            return None
        by_id = self.select("list_id = ?", (list_id,))
        found = next(by_id, None) if list_id else self.find(full_name or "")
        if found is None:
            raise refused(3130, value=list_id or full_name, field="Customer")
        return found.list_id

    # -- changing --------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        *,
        parent: str | None = None,
        fill_from_parent: bool = True,
        is_active: bool = True,
        **fields: Any,
    ) -> Customer:
        """Add a customer, or a job below `parent` (a ListID), which takes over what its customer says."""
        with self._company.transaction():
            balance = cents(fields.pop("balance", 0))
            given = FIELDS.details(fields, resolve=self._company.lists.resolver("Customer"))
            if parent is not None and fill_from_parent:
                theirs = self.get(parent).details
                given = {tag: theirs[tag] for tag in COPIED_TO_JOBS if tag in theirs} | given
            return self.add_record(name, parent=parent, is_active=is_active, details=given, balance=balance)

    def add_record(
        self,
        name: str,
        *,
        parent: str | None,
        is_active: bool,
        details: Mapping[str, Any],
        balance: int = 0,
        balance_on: date | None = None,
    ) -> Customer:
        """Add a customer with details that are checked already; nothing is taken over from above.

        `balance` is in cents, open since `balance_on` (None: today).
        """
        with self._company.transaction():
            full_name, sublevel = self._tree.place(name, parent=parent, active=is_active)
            now = self._company.now()
            merged = self._merged(_NEW, details, now=now)
            list_id = self._company.new_list_id(now)
            self._db.execute(
                "INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
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
                    json.dumps(merged, ensure_ascii=False),
                ),
            )
            opening.post(self._company, list_id, balance, on=balance_on)
            return self.get(list_id)

    def edit(
        self, list_id: str, *, name: str | None = None, parent: str | None = _UNCHANGED, **fields: Any
    ) -> Customer:
        """Change what is named and nothing else; None clears a field. `parent=None` moves a job to the top.

        The paths of jobs below follow; their EditSequence does not, since nobody touched them.
        """
        with self._company.transaction():
            if "balance" in fields:
                owed = self._tree.row(list_id)["balance_cents"]
                opening.post(self._company, list_id, cents(fields.pop("balance")) - owed)
            details = FIELDS.details(fields, resolve=self._company.lists.resolver("Customer"))
            return self.edit_record(list_id, name=name, parent=parent, details=details)

    def edit_record(
        self,
        list_id: str,
        *,
        name: str | None = None,
        parent: str | None = _UNCHANGED,
        is_active: bool | None = None,
        details: Mapping[str, Any],
    ) -> Customer:
        """Change a customer by details that are checked already; None clears."""
        with self._company.transaction():
            row = self._tree.row(list_id)
            if name is not None or parent is not _UNCHANGED:
                former = row["parent_id"]
                above = former if parent is _UNCHANGED else parent
                self._tree.move(row, name=name if name is not None else row["name"], parent=above)
                self.count_up(former)
                self.count_up(list_id)
            merged = self._merged(json.loads(row["details"]), details, now=self._company.now())
            self._db.execute(
                "UPDATE customers SET details = ? WHERE list_id = ?",
                (json.dumps(merged, ensure_ascii=False), list_id),
            )
            self._tree.touch(list_id, now=self._company.now())
            if is_active is not None and is_active != bool(row["is_active"]):
                self._tree.set_active(list_id, active=is_active, now=self._company.now())
            return self.get(list_id)

    def set_active(self, list_id: str, *, active: bool) -> Customer:
        """Hide a customer with all its jobs, or show it again with all that it stands under."""
        with self._company.transaction():
            self._tree.set_active(list_id, active=active, now=self._company.now())
            return self.get(list_id)

    def delete(self, list_id: str) -> Customer:
        """Remove a customer that nothing hangs on; it enters the deletion feed. CompanyError 3160 otherwise."""
        with self._company.transaction():
            row = self._tree.row(list_id)
            if self.count("parent_id = ?", (list_id,)):
                raise refused(3160, value=list_id, reason="It has jobs.")
            if row["balance_cents"] or is_used(self._db, list_id):
                raise refused(3160, value=list_id, reason="It has transactions.")
            customer = self._customer(row)
            self._remove(row)
            return customer

    def merge(self, from_: str, *, to: str) -> Customer:
        """Merge one customer into another: jobs and balance move, `from_` is gone and in the deletion feed.

        As in QuickBooks it cannot be undone, and neither may stand below the other.
        """
        with self._company.transaction():
            source, target = self._tree.row(from_), self._tree.row(to)
            if from_ == to or f"{target['path_key']}\x01".startswith(f"{source['path_key']}\x01"):
                raise CompanyError("A customer cannot be merged into itself or into one of its own jobs.", code=3177)
            for job in self.jobs_of(from_):
                self._tree.move(self._tree.row(job.list_id), name=job.name, parent=to)
                self._tree.touch(job.list_id, now=self._company.now())
            move_uses(self._db, from_, to=to)
            self._remove(source)
            self._tree.touch(to, now=self._company.now())
            ledger.post_balance(self._company, to)
            return self.get(to)

    def count_up(self, list_id: str | None) -> None:
        """Let TotalBalance hold from one customer up to the top; no EditSequence moves for that."""
        while list_id is not None:
            self._db.execute(
                "UPDATE customers SET total_cents = balance_cents + coalesce((SELECT sum(jobs.total_cents)"
                " FROM customers AS jobs WHERE jobs.parent_id = customers.list_id), 0) WHERE list_id = ?",
                (list_id,),
            )
            counted = self._tree.row(list_id)
            if abs(counted["total_cents"]) > MAX_CENTS:
                raise refused(3040, value=amount_text(counted["total_cents"]), field="TotalBalance")
            list_id = counted["parent_id"]

    # -- inside ----------------------------------------------------------------------------------------------

    def _merged(self, details: Mapping[str, Any], changes: Mapping[str, Any], *, now: int) -> dict[str, Any]:
        if changes.get("PreferredDeliveryMethod") == "Mail" and "mail-delivery" not in self._company.deviations:
            raise refused(3090, value="Mail", field="PreferredDeliveryMethod", reason="Not one of the list.")
        merged = {**details, **changes}
        for person in merged.get("ContactsRet") or ():
            self._complete_person(person, now=now)
        # A block that was printed from other fields is printed anew.
        for form in ("BillAddress", "ShipAddress"):
            if form in changes and f"{form}Block" not in changes:
                merged.pop(f"{form}Block", None)
        return {tag: value for tag, value in merged.items() if value is not None}

    def _complete_person(self, person: dict[str, Any], *, now: int) -> None:
        if "ListID" not in person:
            person["ListID"] = self._company.new_list_id(now)
            person["TimeCreated"] = person["TimeModified"] = self._company.time_text(now)
            person["EditSequence"] = str(now)

    def _remove(self, row: sqlite3.Row) -> None:
        self._db.execute("DELETE FROM customers WHERE list_id = ?", (row["list_id"],))
        self._db.execute("DELETE FROM data_ext WHERE object_id = ?", (row["list_id"],))
        self._company.note_deleted(
            "Customer", row["list_id"], full_name=row["full_name"], created_at=row["created_at"]
        )
        self.count_up(row["parent_id"])

    def _customer(self, row: sqlite3.Row) -> Customer:
        return Customer(
            list_id=row["list_id"],
            name=row["name"],
            full_name=row["full_name"],
            parent_id=row["parent_id"],
            sublevel=row["sublevel"],
            is_active=bool(row["is_active"]),
            edit_sequence=str(row["edit_sequence"]),
            time_created=self._company.time_text(row["created_at"]),
            time_modified=self._company.time_text(row["modified_at"]),
            balance_cents=row["balance_cents"],
            total_cents=row["total_cents"],
            details=json.loads(row["details"]),
        )
