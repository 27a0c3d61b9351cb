"""The history of a new company file: invoices and payments that add up to the balances."""

import json
import sqlite3
from pathlib import Path

import pytest

from qbsim import filling_transactions, references
from qbsim.company import Company
from qbsim.transactions.lines import count, flat
from support.company_files import Asking

OWED = """SELECT count(*) FROM customers AS c WHERE balance_cents !=
    (SELECT coalesce(sum(open_cents), 0) FROM invoices WHERE customer_id = c.list_id AND NOT is_pending)
    - (SELECT coalesce(sum(unused_cents), 0) FROM payments WHERE customer_id = c.list_id)"""


def test_balances_are_what_is_open_and_nothing_dangles(filled: Company) -> None:
    assert filled.db.execute(OWED).fetchone()[0] == 0
    assert references.dangling(filled.db) == []
    applied = "SELECT count(*) FROM {0} AS t WHERE applied_cents != (SELECT coalesce(sum(paid_cents), 0)"
    for table, key in (("invoices", "invoice_id"), ("payments", "payment_id")):
        sql = f"{applied.format(table)} FROM applications WHERE {key} = t.txn_id)"
        assert filled.db.execute(sql).fetchone()[0] == 0


def test_invoices_of_every_kind_come_up(filled: Company) -> None:
    invoices = filled.invoices.all()
    assert any(each.is_paid for each in invoices)
    assert any(each.open_cents and each.applied_cents for each in invoices)
    assert any(each.open_cents and not each.applied_cents for each in invoices)
    assert any(each.tax_cents for each in invoices)
    assert any(each.due_date > each.txn_date for each in invoices)
    assert any(each.unused_cents for each in filled.payments.all())


def test_what_is_written_counts_as_the_rules_say(filled: Company) -> None:
    """Opening an invoice and saving it unchanged changes no amount."""
    codes = {code.list_id: code["IsTaxable"] is True for code in filled.lists.all("SalesTaxCode")}
    for row in filled.db.execute("SELECT lines, subtotal_cents FROM invoices").fetchall():
        lines = json.loads(row["lines"])
        before = [dict(line) for line in flat(lines)]
        counted = count(lines, is_taxable=codes)
        assert list(flat(lines)) == before
        assert sum(line.cents or 0 for line in counted) == row["subtotal_cents"]
    for invoice in filled.invoices.all()[:20]:
        again = filled.invoices.edit(invoice.txn_id, memo="looked at")
        assert (again.subtotal_cents, again.tax_cents, again.open_cents) == (
            invoice.subtotal_cents,
            invoice.tax_cents,
            invoice.open_cents,
        )


def test_nothing_is_younger_than_2022_and_numbers_go_on(filled: Company) -> None:
    for table in ("invoices", "payments"):
        (youngest,) = filled.db.execute(f"SELECT max(modified_at) FROM {table}").fetchone()
        assert youngest <= filling_transactions.LAST_DAY
    last = filled.invoices.all()
    made = filled.invoices.add(last[0].customer_id)
    assert int(made.ref_number) == max(int(each.ref_number) for each in last) + 1
    assert made.txn_number > max(each.txn_number for each in (*last, *filled.payments.all()))


def test_all_of_it_is_as_published(filled: Company) -> None:
    asking = Asking(filled)
    lines = "<IncludeLineItems>1</IncludeLineItems>"
    assert (
        len(asking.ask(f"<InvoiceQueryRq>{lines}<IncludeLinkedTxns>1</IncludeLinkedTxns></InvoiceQueryRq>")[0]) > 30
    )
    assert len(asking.ask(f"<ReceivePaymentQueryRq>{lines}</ReceivePaymentQueryRq>")[0]) > 20


def test_the_same_seed_makes_the_same_history(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> list[object]:
        with Company.create(tmp_path / name, customers=30, seed=seed) as company:
            return [*company.invoices.all(), *company.payments.all()]

    assert made("a", 7) == made("b", 7)
    assert made("c", 7) != made("d", 8)


def test_without_transactions_nobody_owes_anything(tmp_path: Path) -> None:
    with Company.create(tmp_path / "a", customers=30, transactions=False) as company:
        assert (company.invoices.count(), company.payments.count()) == (0, 0)
        assert not any(customer.total_cents for customer in company.customers())


@pytest.fixture
def older(filled: Company) -> sqlite3.Connection:
    """A file whose customers have balances and nothing behind them, as format 1 knew it."""
    for table in ("applications", "invoices", "payments"):
        filled.db.execute(f"DELETE FROM {table}")
    filled.db.execute("DELETE FROM facts WHERE name IN ('next_txn_id', 'next_txn_number')")
    return filled.db


def test_balances_of_an_older_file_become_opening_invoices_and_credits(
    older: sqlite3.Connection, filled: Company
) -> None:
    assert older.execute(OWED).fetchone()[0] > 0
    filling_transactions.open_balances(older, time_text=filled.time_text)
    assert older.execute(OWED).fetchone()[0] == 0
    opening = filled.invoices.all()[0]
    assert (opening.memo, opening.ref_number, opening.lines[0].item_id) == ("Opening balance", "", None)
    assert filled.invoices.add(opening.customer_id).txn_number > opening.txn_number
