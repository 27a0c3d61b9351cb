"""Brings the company file of an older simulator up to date when it is opened. Nothing in it is lost."""

import json
import sqlite3
from collections.abc import Callable
from zoneinfo import ZoneInfo

from qbsim import filling_lists, filling_transactions, storage
from qbsim.list_kinds import KINDS
from qbsim.tree import path_key
from qbsim.wiretext import datetime_text


def upgrade(connection: sqlite3.Connection) -> None:
    """Take every step from the file's format to ours, all or none. Safe when two programs open it at once."""
    if _format(connection) == storage.FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        while (found := _format(connection)) < storage.FORMAT:
            _STEPS[found](connection)
            connection.execute(f"PRAGMA user_version = {found + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _lists_of_their_own(connection: sqlite3.Connection) -> None:
    """Format 1 knew of other lists only the names that customers refer to."""
    storage.make_tables(connection)
    former = connection.execute("SELECT list_id, kind, full_name FROM list_elements ORDER BY full_name").fetchall()
    list_ids = {(row["kind"], path_key(row["full_name"])): row["list_id"] for row in former}
    for row in former:
        above, _, name = row["full_name"].rpartition(":")
        made_at = int(row["list_id"].partition("-")[2])
        connection.execute(
            "INSERT INTO elements VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, '{}')",
            (
                row["list_id"],
                row["kind"],
                KINDS[row["kind"]].space,
                list_ids.get((row["kind"], path_key(above))) if above else None,
                name,
                row["full_name"],
                path_key(row["full_name"]),
                row["full_name"].count(":"),
                made_at,
                made_at,
                made_at,
            ),
        )
    connection.execute("DROP TABLE list_elements")
    next_number = json.loads(connection.execute("SELECT value FROM facts WHERE name = 'next_number'").fetchone()[0])
    next_number = filling_lists.fill(connection, next_number=next_number)
    connection.execute("UPDATE facts SET value = ? WHERE name = 'next_number'", (json.dumps(next_number),))
    zone = ZoneInfo(json.loads(connection.execute("SELECT value FROM facts WHERE name = 'time_zone'").fetchone()[0]))
    filling_transactions.open_balances(connection, time_text=lambda at: datetime_text(at, zone=zone))


_STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _lists_of_their_own}
