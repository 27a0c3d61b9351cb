"""Where an invoice stands, in a word: the same on every screen."""

from datetime import date

from qbsim.transactions.invoices import VOIDED
from qbsim.transactions.records import Invoice


def title_of(invoice: Invoice) -> str:
    return f"Invoice {invoice.ref_number}" if invoice.ref_number else "Invoice without number"


def state_of(invoice: Invoice, *, today: date) -> tuple[str, str]:
    """Return the word, and the tone of its badge."""
    if invoice.memo.startswith(VOIDED.strip()):
        return "Void", "plain"
    if invoice.is_pending:
        return "Pending", "unbilled"
    if invoice.open_cents == 0:
        return "Paid", "paid"
    return ("Overdue", "overdue") if invoice.due_date < today else ("Open", "open")
