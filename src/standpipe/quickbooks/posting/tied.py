"""One invoice in QuickBooks is one invoice here: whose a TxnID or a number is already.

Two of ours tied to one there would let a payment of the one pay the other. The database forbids it
(``one_live_invoice_per_transaction``); this says it in words, before.
"""

from standpipe.core.errors import UserError
from standpipe.invoices.models import Invoice
from standpipe.quickbooks.connections.models import Connection

from .models import Document

TIED = "tied_already"


def bearer_of(
    connection: Connection, *, txn_id: str = "", number: str = "", besides: Invoice | None = None
) -> Document | None:
    """The live document of another invoice that is this one in QuickBooks, by its TxnID, else by its number there."""
    live = Document.objects.filter(connection=connection, invoice__isnull=False, ended_at=None)
    live = live.exclude(txn_id="").exclude(invoice=besides).select_related("invoice")
    if txn_id:
        return live.filter(txn_id=txn_id).first()
    return live.filter(number__iexact=number, gone_at=None).first() if number else None


def words_of(bearer: Document) -> str:
    assert bearer.invoice is not None  # asked for  # noqa: S101
    if bearer.state == Document.State.ALREADY:
        return f"This is {bearer.invoice.label_inside}, marked as already in QuickBooks."
    return f"This is {bearer.invoice.label_inside}, sent from here."


def refuse_tied(connection: Connection, *, invoice: Invoice, txn_id: str = "", number: str = "") -> None:
    """Raises :class:`UserError` where another invoice here is that one in QuickBooks."""
    bearer = bearer_of(connection, txn_id=txn_id, number=number, besides=invoice)
    if bearer is not None:
        raise UserError(words_of(bearer), code=TIED, field="txn_id" if txn_id else "number")
