"""The SQLite file underneath a company: its tables, how one is made and how one is recognised.

A file that is not ours, newer than we are, or damaged is told apart by its first bytes and a read-only
check, before anything could write to it.
"""

import sqlite3
from pathlib import Path

APPLICATION_ID = 0x51425346  # "QBSF"; SQLite keeps it at byte 68 of the file
FORMAT = 1  # user_version; at byte 60

_HEADER_SIZE = 100
_MAGIC = b"SQLite format 3\x00"

_TABLES = """
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL                 -- JSON
);
CREATE TABLE list_elements (            -- terms, tax codes, customer types: what customers refer to
    list_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    full_name TEXT NOT NULL COLLATE NOCASE,
    UNIQUE (kind, full_name)
);
CREATE TABLE customers (
    list_id TEXT PRIMARY KEY,
    parent_id TEXT REFERENCES customers (list_id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 41 AND instr(name, ':') = 0),
    full_name TEXT NOT NULL,
    path_key TEXT NOT NULL UNIQUE,      -- lower case; sorts a customer right before its jobs
    sublevel INTEGER NOT NULL CHECK (sublevel BETWEEN 0 AND 4),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    edit_sequence INTEGER NOT NULL,
    balance_cents INTEGER NOT NULL DEFAULT 0,
    total_cents INTEGER NOT NULL DEFAULT 0,
    details TEXT NOT NULL               -- JSON by QuickBooks' element names
);
CREATE INDEX customers_by_parent ON customers (parent_id);
CREATE INDEX customers_by_change ON customers (modified_at);
CREATE TABLE deleted (
    kind TEXT NOT NULL,
    list_id TEXT NOT NULL,
    full_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (kind, list_id)
);
CREATE TABLE data_ext (                 -- private data and custom fields; object_id "" is the company itself
    owner_id TEXT NOT NULL COLLATE NOCASE,
    object_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner_id, object_id, name)
);
"""


class NotACompanyFile(Exception):
    """The text says what the file is instead, and what to do."""


def create_file(path: Path) -> sqlite3.Connection:
    """Make an empty company file. FileExistsError rather than touching what is there."""
    path.touch(exist_ok=False)
    connection = _connect(path, mode="rw")
    connection.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};\n{_TABLES}")
    return connection


def open_file(path: Path) -> sqlite3.Connection:
    """Open a company file for reading and writing. NotACompanyFile leaves the file as it was."""
    _check_header(path)
    _check_health(path)
    return _connect(path, mode="rw")


def _check_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except OSError as error:
        raise NotACompanyFile(f"{path} cannot be read: {error.strerror}.") from error
    if header[:16] != _MAGIC or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise NotACompanyFile(f"{path} is no qbsim company file. Make one with: qbsim company create {path.name}")
    found = int.from_bytes(header[60:64], "big")
    if found > FORMAT:
        raise NotACompanyFile(
            f"{path} was written by a newer qbsim (format {found}, this one reads up to {FORMAT}). Update qbsim."
        )


def _check_health(path: Path) -> None:
    try:
        connection = _connect(path, mode="ro")
        try:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute("SELECT value FROM facts WHERE name = 'company'").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise NotACompanyFile(f"{path} is damaged: {error}. Restore it from a copy.") from error
    if verdict != "ok":
        raise NotACompanyFile(f"{path} is damaged: {verdict}. Restore it from a copy.")


def _connect(path: Path, *, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,  # transactions begin and end where Company says so
        check_same_thread=False,  # the screens answer from several threads, one at a time
        timeout=20,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(
        "PRAGMA synchronous = OFF"
    )  # a killed process loses nothing; a power cut may, which is play here
    connection.create_function("fold", 1, str.lower, deterministic=True)  # SQLite's own lower() knows only ASCII
    return connection
