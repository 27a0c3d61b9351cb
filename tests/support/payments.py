"""Payments and the books they go to, as posting leaves them: no connector is needed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from qbwire.messages import AppliedTxn, ReceivePayment, Ref
from standpipe.invoices.models import Invoice
from standpipe.payments.actions import record_payment
from standpipe.payments.models import Method, Payment
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.posting.models import Document, MessageSet
from standpipe.quickbooks.posting.settings import KEY, MethodSetting, PostingSettings
from support.invoices import make_invoice
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_building, make_world

METHODS = {Method.CREDIT_CARD: "Visa", Method.ACH_ECHECK: "E-Check", Method.CHECK: "Check", Method.CASH: "Cash"}
UNDEPOSITED = "80000010-1"


@dataclass(frozen=True)
class Till:
    """Alder Fire with a company file whose methods are mapped, and invoice 1042 of 100.00, which is there."""

    world: World
    connection: Connection
    invoice: Invoice
    document: Document


def make_till() -> Till:
    world = make_world()
    connection = make_connection(world.organization)
    map_methods(connection)
    invoice = make_invoice(make_building(world.organization), number="1042")
    return Till(world, connection, invoice, post(invoice, connection))


def map_methods(connection: Connection) -> None:
    """Every method has its payment method there, and goes to Undeposited Funds."""
    settings = {}
    for number, (method, name) in enumerate(METHODS.items()):
        list_id = f"8000002{number}-1"
        make_entry(connection, ListKind.PAYMENT_METHODS, list_id, name, type="PaymentMethod")
        settings[method.value] = MethodSetting(list_id, UNDEPOSITED)
    said = {"AccountType": "OtherCurrentAsset"}
    make_entry(connection, ListKind.ACCOUNTS, UNDEPOSITED, "Undeposited Funds", type="Account", said=said)
    connection.settings = connection.settings | {KEY: PostingSettings(methods=settings).to_json()}
    connection.save(update_fields=["settings"])


def make_entry(connection: Connection, kind: ListKind, list_id: str, name: str, **fields: Any) -> ListEntry:
    return ListEntry.objects.create(
        connection=connection, kind=kind, list_id=list_id, name=name, full_name=name, **fields
    )


def post(invoice: Invoice, connection: Connection, *, open_there: str | None = None, **fields: Any) -> Document:
    """As if it had been sent and QuickBooks had answered."""
    known = {
        "txn_id": f"{uuid4().hex[:5].upper()}-1",
        "state": Document.State.POSTED,
        "customer_list_id": "80000001-1",
        "customer_name": "Elm School",
        "said": {"total": str(invoice.total), "balance_remaining": open_there or str(invoice.total)},
    }
    sent_in = MessageSet.objects.create(
        connection=connection, set_id=uuid4().hex[:22], document=b"", state=MessageSet.State.ANSWERED
    )
    return Document.objects.create(
        organization=invoice.organization,
        connection=connection,
        invoice=invoice,
        **{"message_set": sent_in} | known | fields,
    )


def make_payment(invoice: Invoice, *, method: str = "check", **fields: Any) -> Payment:
    """All that is due, unless an amount is named."""
    return record_payment(invoice, by=None, method=method, **fields)


def received(
    *applied: tuple[Document, str],
    txn_id: str = "P-1",
    total: str | None = None,
    marker: str = "",
    discount: str | None = None,
    **fields: Any,
) -> ReceivePayment:
    """A payment as QuickBooks returns it: ``applied`` are documents of invoices, and how much of each it pays."""
    known: dict[str, Any] = {
        "edit_sequence": "1",
        "dated_on": date(2026, 3, 20),
        "ref_number": "7001",
        "payment_method": Ref(list_id="80000022-1", full_name="Check"),
        "customer": Ref(list_id="80000001-1", full_name="Elm School"),
    }
    amounts = [Decimal(amount) for _, amount in applied]
    return ReceivePayment(
        txn_id=txn_id,
        total_amount=Decimal(total) if total else sum(amounts, Decimal(0)),
        external_guid=marker or None,
        applied_to=tuple(
            AppliedTxn(
                txn_id=document.txn_id,
                amount=amount,
                discount_amount=Decimal(discount) if discount else None,
            )
            for (document, _), amount in zip(applied, amounts, strict=True)
        ),
        **known | fields,
    )
