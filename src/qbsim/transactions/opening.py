"""The opening balance of a customer: what was open already when the customer came into these books.

QuickBooks keeps it as an invoice without a number, with one line without an item (quickbooks-php, Callbacks/SQL);
a credit is kept as a payment that nothing has used.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from qbsim.refusals import refused
from qbsim.transactions import ledger
from qbsim.transactions.lines import Values
from qbsim.wiretext import TOO_LARGE, amount_text

if TYPE_CHECKING:
    from qbsim.company import Company

WORDS = "Opening balance"


def post(company: "Company", list_id: str, cents: int, *, on: date | None = None) -> None:
    """Let a customer owe so much more from that day (None: today), or less when below zero."""
    day = on or ledger.today(company)
    if cents:
        ledger.check_open(company, day, doing="add")
        now = company.now()
        common = {
            "txn_id": ledger.new_txn_id(company, now),
            "txn_number": ledger.new_txn_number(company),
            "customer_id": list_id,
            "account_id": receivables(company),
            "txn_date": day.isoformat(),
            "ref_number": "",
            "created_at": now,
            "modified_at": now,
            "edit_sequence": now,
            "details": ledger.stored({"Memo": WORDS}),
        }
        table, further = _as_invoice(company, cents, now) if cents > 0 else _as_payment(cents)
        ledger.insert(company, table, common | further | ({"due_date": day.isoformat()} if cents > 0 else {}))
    ledger.post_balance(company, list_id)


def receivables(company: "Company") -> str:
    """Return the account that invoices are owed on. CompanyError 3270 in books without one."""
    account = next(company.lists.select(("Account",), _RECEIVABLE, ()), None)
    if account is None:
        raise refused(3270, value="Accounts Receivable")
    return account.list_id


_RECEIVABLE = "is_active AND json_extract(details, '$.AccountType') = 'AccountsReceivable'"


def line(line_id: str, cents: int) -> Values:
    """Write the one line; whole dollars stand there without decimals, as in recorded answers."""
    amount = amount_text(cents)
    rate = {"Rate": amount.removesuffix(".00")} if cents < TOO_LARGE * 100 else {}
    return {"TxnLineID": line_id, "kind": None, "Desc": WORDS, **rate, "Amount": amount}


def _as_invoice(company: "Company", cents: int, now: int) -> tuple[str, dict[str, Any]]:
    lines = [line(ledger.new_txn_id(company, now), cents)]
    return "invoices", {
        "is_pending": False,
        "subtotal_cents": cents,
        "tax_cents": 0,
        "lines": ledger.stored_lines(lines),
    }


def _as_payment(cents: int) -> tuple[str, dict[str, Any]]:
    return "payments", {"total_cents": -cents}
