"""Which part of a payment pays which invoice: applying it, taking it back, and using what is left as a credit.

The functions write inside the caller's transaction and keep both sides true; balances are posted by the caller.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qbsim.refusals import refused
from qbsim.transactions import ledger, records
from qbsim.transactions.records import Application
from qbsim.tree import BELOW, below
from qbsim.wiretext import amount_text, cents

if TYPE_CHECKING:
    from qbsim.company import Company

OPEN = "(open_cents > 0 AND NOT is_pending)"


def family(company: "Company", list_id: str) -> list[str]:
    """Return the ListIDs of a customer and of all jobs below: a payment of a customer may pay for its jobs."""
    (key,) = company.db.execute("SELECT path_key FROM customers WHERE list_id = ?", (list_id,)).fetchone()
    jobs = company.db.execute(f"SELECT list_id FROM customers WHERE {BELOW}", below(key))  # noqa: S608 -- a constant
    return [list_id, *(row["list_id"] for row in jobs)]


def of_payment(company: "Company", payment_id: str) -> tuple[Application, ...]:
    rows = company.db.execute("SELECT * FROM applications WHERE payment_id = ? ORDER BY rowid", (payment_id,))
    return tuple(map(records.application, rows))


def of_invoice(company: "Company", invoice_id: str) -> tuple[Application, ...]:
    rows = company.db.execute("SELECT * FROM applications WHERE invoice_id = ? ORDER BY rowid", (invoice_id,))
    return tuple(map(records.application, rows))


def apply(company: "Company", applied: Application) -> None:
    """Let a payment pay a part of an invoice. CompanyError 3120 without such an invoice, 3210 when it is too much."""
    invoice = ledger.row_of(company, "invoices", applied.invoice_id)
    payment = ledger.row_of(company, "payments", applied.payment_id)
    _check(company, applied, invoice=invoice, payment=payment)
    if not applied.total_cents:
        return  # an invoice that is named for the sake of a credit alone
    company.db.execute(
        "INSERT INTO applications VALUES (?, ?, ?, ?, ?) ON CONFLICT (payment_id, invoice_id) DO UPDATE SET"
        " paid_cents = paid_cents + excluded.paid_cents, discount_cents = discount_cents + excluded.discount_cents,"
        " details = excluded.details",
        (
            applied.payment_id,
            applied.invoice_id,
            applied.paid_cents,
            applied.discount_cents,
            ledger.stored(applied.details),
        ),
    )
    _move(company, applied, by=1)


def _check(company: "Company", applied: Application, *, invoice: sqlite3.Row, payment: sqlite3.Row) -> None:
    if invoice["customer_id"] not in family(company, payment["customer_id"]):
        raise refused(3210, field="TxnID", value=applied.invoice_id, reason="It belongs to another customer.")
    if invoice["is_pending"]:
        raise refused(3210, field="TxnID", value=applied.invoice_id, reason="The invoice is pending.")
    if applied.paid_cents < 0 or applied.discount_cents < 0:
        amount = amount_text(min(applied.paid_cents, applied.discount_cents))
        raise refused(3210, field="PaymentAmount", value=amount, reason="It must not be negative.")
    if applied.total_cents > invoice["open_cents"]:
        reason = "You cannot pay more than the amount due."
        raise refused(3210, field="PaymentAmount", value=amount_text(applied.total_cents), reason=reason)
    if applied.paid_cents > payment["unused_cents"]:
        reason = f"Only {amount_text(payment['unused_cents'])} of the payment is left."
        raise refused(3210, field="PaymentAmount", value=amount_text(applied.paid_cents), reason=reason)


def release(company: "Company", payment_id: str) -> None:
    """Take back all that a payment pays."""
    for applied in of_payment(company, payment_id):
        company.db.execute(
            "DELETE FROM applications WHERE payment_id = ? AND invoice_id = ?", (payment_id, applied.invoice_id)
        )
        _move(company, applied, by=-1)


def _move(company: "Company", applied: Application, *, by: int) -> None:
    """Count an application in (1) or out (-1) on both sides, and post the balance of who was invoiced."""
    company.db.execute(
        "UPDATE invoices SET applied_cents = applied_cents + ? WHERE txn_id = ?",
        (by * applied.total_cents, applied.invoice_id),
    )
    company.db.execute(
        "UPDATE payments SET applied_cents = applied_cents + ? WHERE txn_id = ?",
        (by * applied.paid_cents, applied.payment_id),
    )
    ledger.touch(company, "invoices", applied.invoice_id)
    ledger.post_balance(company, ledger.row_of(company, "invoices", applied.invoice_id)["customer_id"])


def take(company: "Company", invoice_id: str, set_credits: Sequence[Mapping[str, Any]]) -> None:
    """Pay an invoice with what is left of earlier payments (SetCredit)."""
    for each in set_credits:
        applied = Application(each["CreditTxnID"], invoice_id, cents(each["AppliedAmount"]))
        apply(company, applied)
        ledger.touch(company, "payments", applied.payment_id)
        ledger.post_balance(company, ledger.row_of(company, "payments", applied.payment_id)["customer_id"])


def by_itself(company: "Company", payer_id: str, amount: int) -> list[tuple[str, int]]:
    """Return (invoice, cents) as QuickBooks applies a payment by itself: an invoice of just that amount, else the
    oldest first (QuickBooks Desktop help, "Automatically apply payments")."""
    ids = family(company, payer_id)
    places = ", ".join("?" * len(ids))
    sql = f"SELECT txn_id, open_cents FROM invoices WHERE {OPEN} AND customer_id IN ({places})"  # noqa: S608 -- question marks
    rows = company.db.execute(f"{sql} ORDER BY txn_date, txn_number", ids).fetchall()
    exact = next((row["txn_id"] for row in rows if row["open_cents"] == amount), None)
    if exact is not None:
        return [(exact, amount)]
    shares = []
    for row in rows:
        share = min(row["open_cents"], amount)
        amount -= share
        if share:
            shares.append((row["txn_id"], share))
    return shares
