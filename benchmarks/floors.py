"""The least that the work can cost here, each in a process of its own: `python -m benchmarks.floors WHAT …`.

Prints the CPU seconds of the work alone. No HTTP, no framework, no conversation.
"""

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from lxml import etree

# Thirty-two texts of a customer, in one pass over its elements.
_PLAIN = (
    "ListID", "TimeModified", "EditSequence", "Name", "FullName", "IsActive", "Sublevel", "CompanyName", "Salutation",
    "FirstName", "MiddleName", "LastName", "Phone", "AltPhone", "Email", "Contact", "AltContact", "AccountNumber",
    "JobStatus", "JobEndDate",
)  # fmt: skip
_NESTED = {
    "ParentRef": ("ListID",),
    "TermsRef": ("FullName",),
    "CurrencyRef": ("FullName",),
    "BillAddress": ("Addr1", "Addr2", "City", "State", "PostalCode"),
    "ShipAddress": ("Addr1", "Addr2", "City", "PostalCode"),
}
_NAMES = [*_PLAIN, *(f"{outer}{inner}" for outer, names in _NESTED.items() for inner in names)]
_KEYS = [*((None, name) for name in _PLAIN), *((outer, inner) for outer, names in _NESTED.items() for inner in names)]
assert len(_NAMES) == 32, _NAMES

BETWEEN_PAGES = b"\0"  # which no XML can hold

Row = tuple[str | None, ...]
_TABLE = f"CREATE TABLE customer ({', '.join(f'{name} TEXT' for name in _NAMES)}, PRIMARY KEY (ListID))"
_NEWER = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])
_SOAP = "{http://developer.intuit.com/}response"


def _rows(body: bytes) -> Iterator[Row]:
    """The customers of one page: the outer document, the inner one, thirty-two texts each."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    inner = etree.fromstring(body, parser).find(f".//{_SOAP}").text
    for record in etree.fromstring(inner, parser).iter("CustomerRet"):
        texts = {}
        for element in record:
            tag = element.tag
            if tag in _NESTED:
                for each in element:
                    texts[tag, each.tag] = each.text
            else:
                texts[None, tag] = element.text
        yield tuple(map(texts.get, _KEYS))


def customers(pages: str) -> float:
    """Every customer with all its elements, upserted into SQLite page by page."""
    bodies = Path(pages).read_bytes().split(BETWEEN_PAGES)
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.db")
        database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLE}")
        upsert = f"INSERT INTO customer VALUES ({', '.join('?' * 32)}) ON CONFLICT (ListID) DO UPDATE SET {_NEWER}"

        def work() -> None:
            for body in bodies:
                with database:
                    database.executemany(upsert, _rows(body))

        return _cpu_seconds(work)


def customers_in_postgres(pages: str, url: str) -> float:
    """The same into PostgreSQL: COPY a page, merge it. Only our own CPU; the server's is added by who asks."""
    bodies = Path(pages).read_bytes().split(BETWEEN_PAGES)
    with psycopg.connect(url) as database:
        database.execute("CREATE TEMPORARY TABLE customer_list " + _TABLE.partition("customer ")[2])
        database.execute("CREATE TEMPORARY TABLE page (LIKE customer_list)")
        database.commit()

        def work() -> None:
            for body in bodies:
                with database.transaction(), database.cursor() as cursor:
                    with cursor.copy("COPY page FROM STDIN") as copy:
                        for row in _rows(body):
                            copy.write_row(row)
                    cursor.execute(
                        f"INSERT INTO customer_list SELECT * FROM page ON CONFLICT (ListID) DO UPDATE SET {_NEWER}"
                    )
                    cursor.execute("TRUNCATE page")

        return _cpu_seconds(work)


def rows(database: str, organization: str) -> float:
    """The rows that an import made, inserted as they are into equal tables with equal indexes, in one transaction."""
    source = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    with tempfile.TemporaryDirectory() as folder:
        target = sqlite3.connect(Path(folder) / "floor.db")
        target.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        filled = {}
        for table, condition in IMPORTED.items():
            for (statement,) in source.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql != ''", (table,)
            ):
                target.execute(statement)
            filled[table] = source.execute(f"SELECT * FROM {table} WHERE {condition}", (organization,)).fetchall()
            assert filled[table], f"the import made nothing in {table}"

        def work() -> None:
            with target:
                for table, found in filled.items():
                    target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(found[0]))})", found)

        return _cpu_seconds(work)


# What an import makes, by table, and how its rows are found by their organization.
IMPORTED = {
    "buildings_building": "organization_id = ?",
    "contacts_contact": "organization_id = ?",
    "contacts_place": "contact_id IN (SELECT id FROM contacts_contact WHERE organization_id = ?)",
    "linking_link": "organization_id = ?",
    "importing_importrecord": "batch_id IN (SELECT id FROM importing_importbatch WHERE organization_id = ?)",
}


def _cpu_seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    floors: dict[str, Callable[..., float]] = {
        "customers": customers,
        "customers-in-postgres": customers_in_postgres,
        "rows": rows,
    }
    print(json.dumps(floors[name](*arguments)))
