"""One invoice in QuickBooks is one invoice here: whose a TxnID or a number is already.

Two of ours tied to one there would let a payment of the one pay the other. The database forbids it
(``one_live_invoice_per_transaction``); this says it in words, before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from django.db.models import CharField
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.core.prepared import Prepared, Slot, Slots
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Person
from standpipe.payments.actions import drop_from_quickbooks
from standpipe.payments.models import Payment
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


_BEARERS = Prepared(
    lambda: Document.objects.filter(
        connection=Slot("connection"),
        invoice__isnull=False,
        ended_at=None,
        txn_id__in=Slots("txn_ids", CharField(max_length=36)),
    ).select_related("invoice")
)


@dataclass(frozen=True, slots=True)
class Bearers:
    """The same for many TxnIDs that are written one after the other: asked once, and told of each that is."""

    by_txn_id: dict[str, Document]

    @classmethod
    def of(cls, connection: Connection, txn_ids: Collection[str]) -> Self:
        found = _BEARERS.all(connection=connection.pk, txn_ids=txn_ids) if txn_ids else []
        return cls({document.txn_id: document for document in found})

    def another(self, txn_id: str, *, besides: Document) -> Document | None:
        """The live document of another invoice that is this one in QuickBooks; a payment has no others."""
        bearer = self.by_txn_id.get(txn_id) if besides.invoice_id else None
        return bearer if bearer is not None and bearer.invoice_id != besides.invoice_id else None

    def note(self, document: Document) -> None:
        """``document`` was written: whatever it was tied to is free, unless it is what it is tied to now."""
        for txn_id in [known for known, bearer in self.by_txn_id.items() if bearer.pk == document.pk]:
            del self.by_txn_id[txn_id]
        if document.txn_id and document.invoice_id:
            self.by_txn_id[document.txn_id] = document


def untie_paid_there(invoice: Invoice, *, by: Person | None) -> None:
    """It is not that one in QuickBooks: what was paid on it there counts here no more. A tie later brings it back."""
    came = Document.objects.filter(
        payment__invoice=invoice, payment__source=Payment.Source.QUICKBOOKS, ended_at=None
    ).select_related("payment")
    for document in came:
        assert document.payment is not None  # asked for  # noqa: S101
        drop_from_quickbooks(document.payment, by=by, verb="payment.untied")
        document.gone_at = document.ended_at = timezone.now()
        document.gone_because, document.ended_by = "untied", by
        document.save(update_fields=["gone_at", "gone_because", "ended_at", "ended_by"])


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
