"""What qbwire writes, the simulator reads, and the other way round: two readings of one protocol, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from qbsim.company import Company
from qbsim.faults import Faults
from qbsim.processor import QuickBooks, Session
from qbwire.codec import encode
from qbwire.messages import (
    NEW_LINE,
    AccountQuery,
    ChangedInvoice,
    ChangedInvoiceLine,
    Customer,
    CustomerQuery,
    DataExtAdd,
    DateDrivenTermsQuery,
    DeletedDateRange,
    EntityFilter,
    Invoice,
    InvoiceAdd,
    InvoiceMod,
    InvoiceQuery,
    ItemGroup,
    ItemQuery,
    ItemSalesTaxGroupQuery,
    ItemSalesTaxQuery,
    ItemService,
    NewAppliedTxn,
    NewDataExt,
    NewInvoice,
    NewInvoiceLine,
    NewInvoiceLineGroup,
    NewReceivePayment,
    PaymentMethodQuery,
    ReceivePayment,
    ReceivePaymentAdd,
    ReceivePaymentQuery,
    Ref,
    Response,
    ResponseSet,
    SalesTaxCodeQuery,
    StandardTermsQuery,
    TemplateQuery,
    TermsQuery,
    TxnDateRange,
    TxnDel,
    TxnDelDone,
    TxnDeletedQuery,
    TxnVoid,
    TxnVoidDone,
    decode_response_set,
    encode_forget,
    encode_request_set,
    encode_status_query,
)
from support.company_files import make_company

GUID = "{11111111-2222-4333-8444-555555555555}"


@dataclass
class Wire:
    """A session with the simulator in which both sides speak through documents only."""

    session: Session

    def send(self, document: str) -> ResponseSet:
        return decode_response_set(self.session.process(document))

    def ask(self, request: object) -> Response:
        (response,) = self.send(encode_request_set([("1", request)])).responses
        assert not response.status.is_error, response.status
        assert response.broken == ()
        return response

    def one(self, request: object) -> Any:
        (item,) = self.ask(request).items
        return item


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company, _ = make_company(tmp_path, customers=12)
    with company:
        yield company


@pytest.fixture
def wire(company: Company) -> Wire:
    return Wire(QuickBooks(company, faults=Faults()).begin_session())


def service(wire: Wire) -> ItemService:
    items = wire.ask(ItemQuery()).items
    return next(item for item in items if isinstance(item, ItemService) and item.sales_or_purchase)


def customer(wire: Wire) -> Customer:
    customers: tuple[Customer, ...] = wire.ask(CustomerQuery()).items
    return next(found for found in customers if found.sublevel == 0)


def new_invoice(wire: Wire, **changes: Any) -> NewInvoice:
    values: dict[str, Any] = {
        "customer": Ref(list_id=customer(wire).list_id),
        "dated_on": date(2024, 3, 9),
        "ref_number": "W-1001",
        "memo": "Café – gymnasium",
        "external_guid": GUID,
        "lines": (
            NewInvoiceLine(
                item=Ref(list_id=service(wire).list_id), quantity=Decimal("2.5"), rate=Decimal("80.12345")
            ),
            NewInvoiceLine(description="Thank you"),
        ),
    }
    return NewInvoice(**(values | changes))


@pytest.mark.parametrize(
    "query",
    [
        ItemQuery(active_status="All", owner_ids=("0",)),
        ItemSalesTaxQuery(),
        ItemSalesTaxGroupQuery(),
        TermsQuery(active_status="All"),
        StandardTermsQuery(),
        DateDrivenTermsQuery(),
        PaymentMethodQuery(),
        SalesTaxCodeQuery(),
        AccountQuery(),
        TemplateQuery(),
        InvoiceQuery(include_lines=True, include_linked_txns=True, owner_ids=("0",)),
        ReceivePaymentQuery(include_lines=True, owner_ids=("0",)),
    ],
    ids=lambda query: type(query).__name__,
)
def test_nothing_that_is_answered_is_lost_in_reading(wire: Wire, query: object) -> None:
    """Every element and every text of every record comes out again as it went in."""
    response = wire.ask(query)
    assert response.items
    for record, item in zip(response.records, response.items, strict=True):
        sent = etree.fromstring(record.xml())
        kept = encode(item)
        assert [child.tag for child in kept.iter()] == [child.tag for child in sent.iter()]
        for ours, theirs in zip(kept.iter(), sent.iter(), strict=True):
            assert _same_text(ours.text, theirs.text), f"{theirs.tag}: {theirs.text} became {ours.text}"


def _same_text(ours: str | None, theirs: str | None) -> bool:
    """Whether two texts are equal, or are one number written with more or fewer zeros."""
    try:
        return (ours or "").strip() == (theirs or "").strip() or Decimal(ours or "") == Decimal(theirs or "")
    except ArithmeticError:
        return False


def test_an_invoice_is_posted_read_back_changed_and_voided(wire: Wire) -> None:
    posted: Invoice = wire.one(InvoiceAdd(invoice=new_invoice(wire)))
    assert (posted.ref_number, posted.memo, (posted.external_guid or "").lower()) == (
        "W-1001",
        "Café – gymnasium",
        GUID,
    )
    assert [getattr(line, "amount", None) for line in posted.lines] == [Decimal("200.31"), None]
    assert posted.total == posted.balance_remaining
    by_filter = InvoiceQuery(
        dated=TxnDateRange(from_date=date(2024, 3, 9), to_date=date(2024, 3, 9)),
        entity_filter=EntityFilter(list_ids=(posted.customer.list_id or "",)) if posted.customer else None,
        include_lines=True,
    )
    assert posted.txn_id in {found.txn_id for found in wire.ask(by_filter).items}
    by_number: Invoice = wire.one(InvoiceQuery(ref_numbers=("w-1001",), include_lines=True))
    assert by_number == posted
    kept, _ = posted.lines
    changed: Invoice = wire.one(
        InvoiceMod(
            invoice=ChangedInvoice(
                txn_id=posted.txn_id,
                edit_sequence=posted.edit_sequence or "",
                memo="",
                lines=(
                    ChangedInvoiceLine(txn_line_id=kept.txn_line_id or ""),
                    ChangedInvoiceLine(txn_line_id=NEW_LINE, description="Paid in cash"),
                ),
            )
        )
    )
    assert changed.memo is None
    assert [line.description for line in changed.lines] == [kept.description, "Paid in cash"]
    assert changed.lines[0].txn_line_id == kept.txn_line_id
    assert isinstance(wire.one(TxnVoid(kind="Invoice", txn_id=posted.txn_id)), TxnVoidDone)
    assert wire.one(InvoiceQuery(txn_ids=(posted.txn_id,))).total == 0


def test_a_group_becomes_its_lines(wire: Wire) -> None:
    group = next(item for item in wire.ask(ItemQuery()).items if isinstance(item, ItemGroup) and item.parts)
    posted: Invoice = wire.one(
        InvoiceAdd(
            invoice=new_invoice(
                wire,
                lines=(NewInvoiceLineGroup(item_group=Ref(list_id=group.list_id)), NewInvoiceLine(description="x")),
            )
        )
    )
    became, text = posted.lines
    assert became.total_amount == sum(line.amount for line in became.lines)  # type: ignore[union-attr,misc]
    assert len(became.lines) == len(group.parts)  # type: ignore[union-attr]
    assert text.description == "x"


def test_a_payment_is_posted_onto_its_invoice_and_deleted(wire: Wire) -> None:
    invoice: Invoice = wire.one(InvoiceAdd(invoice=new_invoice(wire)))
    assert invoice.customer is not None
    payment: ReceivePayment = wire.one(
        ReceivePaymentAdd(
            payment=NewReceivePayment(
                customer=Ref(list_id=invoice.customer.list_id),
                total_amount=Decimal(50),
                external_guid=GUID,
                applied_to=(NewAppliedTxn(txn_id=invoice.txn_id, payment_amount=Decimal(50)),),
            )
        )
    )
    assert [(applied.txn_id, applied.amount) for applied in payment.applied_to] == [(invoice.txn_id, Decimal(50))]
    paid: Invoice = wire.one(InvoiceQuery(txn_ids=(invoice.txn_id,), include_linked_txns=True))
    assert invoice.balance_remaining is not None
    assert paid.balance_remaining == invoice.balance_remaining - 50
    assert [(linked.txn_id, linked.kind, linked.amount) for linked in paid.linked_txns] == [
        (payment.txn_id, "ReceivePayment", Decimal(-50))
    ]
    assert isinstance(wire.one(TxnDel(kind="ReceivePayment", txn_id=payment.txn_id)), TxnDelDone)
    gone = wire.one(TxnDeletedQuery(kinds=("ReceivePayment",), deleted=DeletedDateRange(from_deleted="2024-03-01")))
    assert gone.txn_id == payment.txn_id


def test_a_stored_answer_is_asked_for_until_it_is_forgotten(wire: Wire) -> None:
    """Intuit, error recovery: nothing is executed twice, and the stored answer is the first one."""
    document = encode_request_set([("7", InvoiceAdd(invoice=new_invoice(wire)))], new_message_set_id="A1")
    first = wire.send(document)
    assert first.message_set_status_code in (None, 0)
    for again in (wire.send(document), wire.send(encode_status_query("A1"))):
        assert again.message_set_status_code == 0
        assert again.responses[0].items == first.responses[0].items
        assert again.responses[0].request_id == "7"
    assert len(wire.ask(InvoiceQuery(ref_numbers=("W-1001",))).items) == 1
    wire.send(encode_forget("A1"))
    assert wire.send(encode_status_query("A1")).message_set_status_code == 600


def test_a_private_value_is_put_on_a_customer(wire: Wire) -> None:
    found = customer(wire)
    wire.ask(
        DataExtAdd(
            data_ext=NewDataExt(
                owner_id="0",
                name="Route",
                list_kind="Customer",
                list_object=Ref(list_id=found.list_id),
                value="North",
            )
        )
    )
    (again,) = wire.ask(CustomerQuery(list_ids=(found.list_id,), owner_ids=("0",))).items
    assert ("Route", "North") in {(value.name, value.value) for value in again.data_exts}
