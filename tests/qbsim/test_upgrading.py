"""Files of an older simulator open as if they were new; nothing in them is lost."""

import json
import sqlite3
from pathlib import Path

import pytest

from qbsim import storage
from qbsim.company import Company, CompanyError
from qbsim.references import dangling
from support.company_files import Asking, status

# The lists of format 1, as the first simulator made them.
FORMAT_1 = """
PRAGMA foreign_keys = OFF;
CREATE TABLE list_elements (
    list_id TEXT PRIMARY KEY, kind TEXT NOT NULL, full_name TEXT NOT NULL COLLATE NOCASE, UNIQUE (kind, full_name)
);
INSERT INTO list_elements SELECT list_id, kind, full_name FROM elements
    WHERE kind IN ('StandardTerms', 'CustomerType', 'ItemSalesTax', 'SalesTaxCode', 'Class');
DROP TABLE elements;
DELETE FROM facts WHERE name LIKE 'next_txn%';
PRAGMA user_version = 1;
"""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A company of format 1: a customer with terms and a customer type below another."""
    path = tmp_path / "Old.qbw"
    with Company.create(path, customers=0) as company:
        company.add_customer("Elm", terms="Net 30", customer_type="Property Manager:HOA")
    with sqlite3.connect(path) as connection:
        connection.executescript(FORMAT_1)
        for room in ("invoices", "payments", "applications", "deleted_transactions", "wire_log", "message_sets"):
            connection.execute(f"DROP TABLE IF EXISTS {room}")
    connection.close()
    return path


def test_a_file_of_format_1_gets_the_lists_of_a_new_one(old_file: Path) -> None:
    with Company.open(old_file) as company:
        elm = company.find("Elm")
        terms = company.lists.get(elm["TermsRef"])
        assert (terms.full_name, terms["StdDueDays"]) == ("Net 30", "30")
        hoa = company.lists.get(elm["CustomerTypeRef"])
        assert company.lists.get(hoa.parent_id).full_name == "Property Manager"
        assert company.lists.find("Account", "Service Income:Inspections") is not None
        assert dangling(company.db) == []
        assert status(Asking(company).ask("<ItemQueryRq/>")[0]) == ("0", "Info")
        ids = [row[0] for row in company.db.execute("SELECT list_id FROM elements")]
        new = company.add_customer("Oak")
        assert new.list_id not in ids


def test_a_file_is_brought_up_to_date_once(old_file: Path) -> None:
    with Company.open(old_file) as company:
        company.lists.edit(company.lists.find("Class", "Repairs").list_id, name="Repair work")
    with Company.open(old_file) as company:
        assert company.lists.find("Class", "Repairs") is None


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(old_file: Path) -> None:
    with sqlite3.connect(old_file) as connection:
        connection.execute("UPDATE facts SET value = ? WHERE name = 'next_number'", (json.dumps("no number"),))
    connection.close()
    with pytest.raises(CompanyError, match="Restore it from a copy"):
        Company.open(old_file)
    with sqlite3.connect(old_file) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM list_elements").fetchone()[0] > 0
    connection.close()


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "New.qbw"
    Company.create(path, customers=0).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {storage.FORMAT + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(CompanyError, match="newer"):
        Company.open(path)
    assert path.read_bytes() == before
