"""The SQLite file underneath a company: its tables, how one is made and how one is recognised.

A file that is not ours, newer than we are, or damaged is told apart by its first bytes and a read-only
check, before anything could write to it.
"""

import sqlite3
from pathlib import Path

APPLICATION_ID = 0x51425346  # "QBSF"; SQLite keeps it at byte 68 of the file
FORMAT = 2  # user_version; at byte 60

_HEADER_SIZE = 100
_MAGIC = b"SQLite format 3\x00"

_FACTS = """
CREATE TABLE IF NOT EXISTS facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL                 -- JSON
);
CREATE TABLE IF NOT EXISTS data_ext (   -- private data and custom fields; object_id "" is the company itself
    owner_id TEXT NOT NULL COLLATE NOCASE,
    object_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner_id, object_id, name)
);
"""

_LISTS = """
CREATE TABLE IF NOT EXISTS elements (   -- every list but customers; details are keyed by QuickBooks' element names
    list_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- QuickBooks' own: StandardTerms, ItemService, Account
    space TEXT NOT NULL,                -- what shares one name space: all items, both kinds of terms
    parent_id TEXT REFERENCES elements (list_id),
    name TEXT NOT NULL,
    full_name TEXT NOT NULL,
    path_key TEXT NOT NULL,             -- lower case; sorts an element right before those below it
    sublevel INTEGER NOT NULL CHECK (sublevel BETWEEN 0 AND 4),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    edit_sequence INTEGER NOT NULL,
    details TEXT NOT NULL,
    UNIQUE (space, path_key)
);
CREATE INDEX IF NOT EXISTS elements_by_kind ON elements (kind, path_key);
CREATE INDEX IF NOT EXISTS elements_by_parent ON elements (parent_id);
CREATE TABLE IF NOT EXISTS deleted (
    kind TEXT NOT NULL,
    list_id TEXT NOT NULL,
    full_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (kind, list_id)
);
"""

_CUSTOMERS = """
CREATE TABLE IF NOT EXISTS customers (
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
CREATE INDEX IF NOT EXISTS customers_by_parent ON customers (parent_id);
CREATE INDEX IF NOT EXISTS customers_by_change ON customers (modified_at);
"""

_TRANSACTIONS = """
CREATE TABLE IF NOT EXISTS invoices (
    txn_id TEXT PRIMARY KEY,
    txn_number INTEGER NOT NULL UNIQUE,
    customer_id TEXT NOT NULL REFERENCES customers (list_id),
    account_id TEXT NOT NULL,           -- the receivables account
    txn_date TEXT NOT NULL,
    due_date TEXT NOT NULL,
    ref_number TEXT NOT NULL,           -- "" when there is none; need not be unique
    is_pending INTEGER NOT NULL CHECK (is_pending IN (0, 1)),
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    edit_sequence INTEGER NOT NULL,
    subtotal_cents INTEGER NOT NULL,
    tax_cents INTEGER NOT NULL,
    applied_cents INTEGER NOT NULL DEFAULT 0 CHECK (applied_cents >= 0),  -- payments, discounts, credits
    open_cents INTEGER GENERATED ALWAYS AS (subtotal_cents + tax_cents - applied_cents) STORED
        CHECK (open_cents >= 0),
    details TEXT NOT NULL,              -- JSON by QuickBooks' element names, as are the lines
    lines TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS invoices_by_customer ON invoices (customer_id);
CREATE INDEX IF NOT EXISTS invoices_by_change ON invoices (modified_at);
CREATE INDEX IF NOT EXISTS invoices_by_number ON invoices (ref_number COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS payments (
    txn_id TEXT PRIMARY KEY,
    txn_number INTEGER NOT NULL UNIQUE,
    customer_id TEXT NOT NULL REFERENCES customers (list_id),
    account_id TEXT NOT NULL,
    txn_date TEXT NOT NULL,
    ref_number TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    edit_sequence INTEGER NOT NULL,
    total_cents INTEGER NOT NULL,
    applied_cents INTEGER NOT NULL DEFAULT 0 CHECK (applied_cents >= 0),
    unused_cents INTEGER GENERATED ALWAYS AS (total_cents - applied_cents) STORED CHECK (unused_cents >= 0),
    details TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS payments_by_customer ON payments (customer_id);
CREATE INDEX IF NOT EXISTS payments_by_change ON payments (modified_at);
CREATE TABLE IF NOT EXISTS applications (   -- which part of a payment pays which invoice
    payment_id TEXT NOT NULL REFERENCES payments (txn_id),
    invoice_id TEXT NOT NULL REFERENCES invoices (txn_id),
    paid_cents INTEGER NOT NULL CHECK (paid_cents >= 0),
    discount_cents INTEGER NOT NULL DEFAULT 0 CHECK (discount_cents >= 0),
    details TEXT NOT NULL DEFAULT '{}', -- DiscountAccountRef, DiscountClassRef
    PRIMARY KEY (payment_id, invoice_id)
);
CREATE INDEX IF NOT EXISTS applications_by_invoice ON applications (invoice_id);
CREATE TABLE IF NOT EXISTS deleted_transactions (
    txn_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    ref_number TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL
);
"""

_MESSAGE_SETS = """
CREATE TABLE IF NOT EXISTS message_sets (
    application TEXT NOT NULL,
    message_set_id TEXT NOT NULL,
    checksum TEXT NOT NULL,             -- of the requests
    response TEXT,                      -- NULL: begun, and no answer was kept
    begun_at INTEGER NOT NULL,
    PRIMARY KEY (application, message_set_id)
);
"""

_WIRE_LOG = """
CREATE TABLE IF NOT EXISTS wire_log (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    session TEXT NOT NULL,
    application TEXT NOT NULL,
    request BLOB NOT NULL,              -- both texts compressed by zlib
    request_length INTEGER NOT NULL,
    response BLOB NOT NULL,
    response_length INTEGER NOT NULL,
    hresult TEXT NOT NULL,
    reason TEXT NOT NULL,
    milliseconds REAL NOT NULL,
    statuses TEXT NOT NULL              -- one to a line
);
"""

_FAULTS = """
CREATE TABLE IF NOT EXISTS faults (     -- switched on, see fault_switches
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    occasions INTEGER NOT NULL
);
"""

ROOMS = (_FACTS, _LISTS, _CUSTOMERS, _TRANSACTIONS, _MESSAGE_SETS, _WIRE_LOG, _FAULTS)


class NotACompanyFile(Exception):
    """The text says what the file is instead, and what to do."""


def create_file(path: Path) -> sqlite3.Connection:
    """Make an empty company file. FileExistsError rather than touching what is there."""
    path.touch(exist_ok=False)
    connection = _connect(path, mode="rw")
    connection.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};")
    connection.execute("BEGIN")
    make_tables(connection)
    connection.execute("COMMIT")
    return connection


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of all rooms that are not there yet, statement by statement: a transaction stays open."""
    for room in ROOMS:
        for statement in room.split(";\n"):
            if statement.strip():
                connection.execute(statement)


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
    # Whoever was killed in the middle of a change has left a journal, which only a writer can undo it from.
    mode = "rw" if path.with_name(f"{path.name}-journal").exists() else "ro"
    try:
        connection = _connect(path, mode=mode)
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
