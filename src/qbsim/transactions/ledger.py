"""What every kind of transaction does with the company file: numbers, closed books, balances, the deletion feed.

The functions write inside the caller's transaction.
"""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from qbsim.references import KINDS_OF, list_word
from qbsim.refusals import refused
from qbsim.wiretext import MAX_CENTS, amount_text

if TYPE_CHECKING:
    from qbsim.company import Company

Ref = str | Mapping[str, str]  # a ListID or full name, or {"ListID": …, "FullName": …} of which the ListID decides

FEED_DAYS = 90  # how long QuickBooks remembers deletions (docs.conductor.is)
FIRST_NUMBER = "1001"  # of the first invoice

# What changing a transaction on or before the closing date earns (ayssoftware help for 3171; QBD-errorcodes).
CLOSED = {"add": 3171, "mod": 3171, "void": 3171, "delete": 3161}

# What a reference on a transaction may name of a list that holds several types: element and values of the list's
# own record. QuickBooks offers no others on its forms; the code of its refusal is not known (decisions/0018).
FITTING: dict[str, tuple[str, tuple[str, ...]]] = {
    "ARAccountRef": ("AccountType", ("AccountsReceivable",)),
    "DepositToAccountRef": ("AccountType", ("Bank", "OtherCurrentAsset")),
    "TemplateRef": ("TemplateType", ("Invoice",)),
}

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DIGITS_AT_END = re.compile(r"^(.*?)(\d+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DeletedTransaction:
    """One entry of the feed of deleted transactions."""

    kind: str
    txn_id: str
    ref_number: str
    time_created: int  # Unix seconds
    time_deleted: int


# -- references ---------------------------------------------------------------------------------------------------


def customer_id(company: "Company", ref: Ref, *, of: str) -> str:
    """Return the ListID of the customer or job that is meant. CompanyError 3140 when there is none."""
    list_id, full_name = _parts(ref)
    if list_id:
        found = next(company.select_customers("list_id = ?", (list_id,)), None)
        if found is not None:
            return found.list_id
    if full_name and (by_name := company.find(full_name)) is not None:
        return by_name.list_id
    raise refused(3140, kind="Customer", value=list_id or full_name, field=of)


def element_id(company: "Company", tag: str, ref: Ref, *, of: str) -> str:
    """Return the ListID of what a reference like TermsRef means. CompanyError 3140 when nothing fits."""
    if tag == "CustomerRef":
        return customer_id(company, ref, of=of)
    list_id = company.lists.list_id(tag, ref, field=of)
    if tag in FITTING:
        part, fitting = FITTING[tag]
        found = company.lists.get(list_id)
        if found[part] not in fitting:
            raise refused(3140, kind=list_word(tag), value=found.full_name, field=of)
    return list_id


def _parts(ref: Ref) -> tuple[str, str]:
    """Return ListID and full name; with both, the name does not count (Intuit, CustomerAdd page)."""
    if isinstance(ref, str):
        return ref, ref
    list_id = ref.get("ListID") or ""
    return list_id, "" if list_id else ref.get("FullName") or ""


def resolved(company: "Company", values: Mapping[str, Any], *, of: str) -> dict[str, Any]:
    """Return the values with ListIDs in place of references, inside lists and aggregates too."""
    return {tag: _resolved(company, tag, value, of) for tag, value in values.items()}


def _resolved(company: "Company", tag: str, value: Any, of: str) -> Any:
    if value is None or value == "":
        return value
    if tag in KINDS_OF:
        return element_id(company, tag, value, of=of)
    if isinstance(value, Mapping):
        return resolved(company, value, of=of)
    if isinstance(value, list):
        return [_resolved(company, tag, each, of) for each in value]
    return value


# -- numbers and time ---------------------------------------------------------------------------------------------


def today(company: "Company") -> date:
    """Return the day on the QuickBooks computer."""
    return datetime.fromtimestamp(company.now(), company.zone).date()


def fiscal_month(company: "Company") -> int:
    """Return the month, 1 to 12, with which the fiscal year begins."""
    name = str(company.facts().get("FirstMonthFiscalYear") or "January")
    return _MONTHS.index(name) + 1


def new_txn_id(company: "Company", at: int) -> str:
    """Return the next TxnID or TxnLineID: a running hexadecimal number and the second it was made."""
    number = int(company.fact("next_txn_id", 1))
    company.set_fact("next_txn_id", number + 1)
    return f"{number:X}-{at}"


def new_txn_number(company: "Company") -> int:
    """Return the next TxnNumber: QuickBooks counts transactions of all kinds together."""
    number = int(company.fact("next_txn_number", 1))
    company.set_fact("next_txn_number", number + 1)
    return number


def number_after(last: str) -> str:
    """Return the number that follows, "" when it would not fit: "A-0099" is followed by "A-0100"."""
    found = _DIGITS_AT_END.match(last)
    if found is None:
        return ""
    head, digits = found.groups()
    following = f"{head}{int(digits) + 1:0{len(digits)}}"
    return following if len(following) <= 11 else ""  # RefNumber of an invoice holds 11 characters


# -- rules --------------------------------------------------------------------------------------------------------


def check_open(company: "Company", on: date, *, doing: str) -> None:
    """Raise what QuickBooks answers when the books are closed to that day. `doing` is a key of CLOSED."""
    closed_to = company.preferences().get("AccountingPreferences", {}).get("ClosingDate")
    if closed_to is not None and on <= date.fromisoformat(closed_to):
        raise refused(
            CLOSED[doing], value=on.isoformat(), field="TxnDate", reason=f"The books are closed to {closed_to}."
        )


def check_amount(cents: int, *, field: str) -> None:
    """Raise 3040 when an amount that was counted has more digits than QuickBooks holds."""
    if abs(cents) > MAX_CENTS:
        raise refused(3040, value=amount_text(cents), field=field)


def check_edit_sequence(row: sqlite3.Row, asked: str | None) -> None:
    """Raise 3200 unless the caller saw the newest state; None asks for no check, as a person at the screen."""
    if asked is not None and asked != str(row["edit_sequence"]):
        raise refused(3200, value=asked)


# -- rows ---------------------------------------------------------------------------------------------------------


def row_of(company: "Company", table: str, txn_id: str) -> sqlite3.Row:
    """Return one row. CompanyError 3120 when no such transaction exists any more."""
    found = company.db.execute(f"SELECT * FROM {table} WHERE txn_id = ?", (txn_id,)).fetchone()  # noqa: S608 -- names come from code, here and below
    if found is None:
        raise refused(3120, value=txn_id)
    row: sqlite3.Row = found
    return row


def insert(company: "Company", table: str, columns: Mapping[str, Any]) -> None:
    names = ", ".join(columns)
    places = ", ".join(f":{name}" for name in columns)
    company.db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", columns)  # noqa: S608


def update(company: "Company", table: str, txn_id: str, columns: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    company.db.execute(f"UPDATE {table} SET {changes} WHERE txn_id = :txn_id", {**columns, "txn_id": txn_id})  # noqa: S608


def touch(company: "Company", table: str, txn_id: str) -> None:
    """Move EditSequence on, by a second at least, and note the time."""
    now = company.now()
    company.db.execute(
        f"UPDATE {table} SET modified_at = max(?, modified_at), edit_sequence = max(?, edit_sequence + 1)"  # noqa: S608
        " WHERE txn_id = ?",
        (now, now, txn_id),
    )


def remove(company: "Company", kind: str, table: str, row: sqlite3.Row) -> DeletedTransaction:
    """Take a transaction out of the books and put it into the feed of deleted ones."""
    txn_id, now = row["txn_id"], company.now()
    company.db.execute(f"DELETE FROM {table} WHERE txn_id = ?", (txn_id,))  # noqa: S608
    company.db.execute("DELETE FROM data_ext WHERE object_id = ?", (txn_id,))
    company.db.execute(
        "INSERT INTO deleted_transactions VALUES (?, ?, ?, ?, ?)",
        (txn_id, kind, row["ref_number"], row["created_at"], now),
    )
    return DeletedTransaction(kind, txn_id, row["ref_number"], row["created_at"], now)


def deleted(company: "Company", kind: str, *, since: int | None = None) -> list[DeletedTransaction]:
    """Return what was deleted in the last 90 days, oldest first; `since` is Unix seconds."""
    oldest = company.now() - FEED_DAYS * 86400
    rows = company.db.execute(
        "SELECT * FROM deleted_transactions WHERE kind = ? AND deleted_at >= ? ORDER BY deleted_at, txn_id",
        (kind, max(oldest, since or 0)),
    )
    return [
        DeletedTransaction(row["kind"], row["txn_id"], row["ref_number"], row["created_at"], row["deleted_at"])
        for row in rows
    ]


def post_balance(company: "Company", list_id: str) -> None:
    """Let a customer's balance be what is open: its invoices less what of its payments is unused."""
    owed, unused = company.db.execute(
        "SELECT coalesce((SELECT sum(open_cents) FROM invoices WHERE customer_id = ?1 AND NOT is_pending), 0),"
        " coalesce((SELECT sum(unused_cents) FROM payments WHERE customer_id = ?1), 0)",
        (list_id,),
    ).fetchone()
    check_amount(owed, field="Balance")
    check_amount(unused, field="UnusedCredits")
    company.db.execute("UPDATE customers SET balance_cents = ? WHERE list_id = ?", (owed - unused, list_id))
    company.customer_list.count_up(list_id)


def stored(values: Mapping[str, Any]) -> str:
    """Write details or lines as the company file keeps them; what has no value is left out."""
    return json.dumps({tag: value for tag, value in values.items() if value not in (None, "")}, ensure_ascii=False)


def stored_lines(lines: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(lines, ensure_ascii=False)
