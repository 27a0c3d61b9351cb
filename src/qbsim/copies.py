"""Backups: a copy of a company file, and putting one back in the place of what is there."""

import sqlite3
from pathlib import Path

from qbsim import storage
from qbsim.refusals import CompanyError

_OUR_OWN = ("faults", "wire_log")  # the simulator's tables, which are no part of anybody's books


def back_up(connection: sqlite3.Connection, to: Path) -> None:
    """Write a copy of the file as it is now. CompanyError rather than touching what is there."""
    try:
        to.touch(exist_ok=False)
    except OSError as error:
        raise CompanyError(f"{to} cannot be made: {error.strerror}. Choose another name.") from error
    copy = sqlite3.connect(to)
    try:
        connection.backup(copy)
    finally:
        copy.close()


def restore(connection: sqlite3.Connection, source: Path) -> None:
    """Put an earlier copy in the file's place, also for whoever else has the file open.

    Everything goes back to what it was then, kept answers of message sets too; switched-on faults and the log of
    the wire stay. CompanyError, and nothing touched, when the copy is no company file.
    """
    try:
        copy = storage.open_file(source)
    except storage.NotACompanyFile as error:
        raise CompanyError(str(error)) from error
    kept = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in _OUR_OWN}  # noqa: S608 -- of two
    try:
        copy.backup(connection)
    finally:
        copy.close()
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in kept.items():
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- of two
        for row in rows:
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({places})", tuple(row))  # noqa: S608 -- of two
    connection.execute("COMMIT")
