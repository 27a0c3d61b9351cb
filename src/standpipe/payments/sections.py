"""What payments show on the pages of invoices."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from standpipe.activity.sections import add_history
from standpipe.activity.words import add_verbs
from standpipe.invoices.models import Invoice
from standpipe.ui.registry import add_column, add_section, filled_columns

from .queries import payments_on


def register() -> None:
    add_section(
        "invoice",
        key="payments",
        title="Payments",
        order=20,
        template="payments/on_invoice.html",
        context=_on_invoice,
    )
    add_column(
        "invoices",
        key="payment",
        title="Payment",
        order=80,
        template="payments/record_cell.html",
        values=_record_cells,
    )
    add_history("payment")
    add_verbs(
        {
            "payment.recorded": "recorded this payment",
            "payment.edited": "changed this payment",
            "payment.taken_back": "took this payment back",
            "payment.restored": "brought this payment back",
            "payment.arrived": "found this payment in QuickBooks",
            "payment.changed_there": "found this payment changed in QuickBooks",
            "payment.untied": "left out this payment: its invoice is not the one in QuickBooks that it pays",
            "payment.gone_there": "found that this payment is no longer in QuickBooks",
        }
    )


def _on_invoice(request: HttpRequest, invoice: Invoice) -> Mapping[str, Any]:
    """With the columns that higher rooms gave the list of payments: the summary says the same of each."""
    payments = list(payments_on(invoice))
    columns = filled_columns("payments", request=request, records=payments)
    return {
        "payments": [(payment, columns.cells_of(payment)) for payment in payments],
        "payment_columns": columns.columns,
        "may_record": _may_record(invoice),
        "before_total": len(columns.columns) + 3,
    }


def _record_cells(_request: HttpRequest, invoices: Sequence[Invoice]) -> Mapping[Any, Mapping[str, Any]]:
    return {invoice.pk: {"invoice": invoice} for invoice in invoices if _may_record(invoice)}


def _may_record(invoice: Invoice) -> bool:
    return invoice.archived_at is None and invoice.balance_due > 0
