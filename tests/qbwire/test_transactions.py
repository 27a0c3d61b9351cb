"""Invoices, payments, voids and deletions: what is written to the character, and what comes back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbwire.codec import decode, encode, tags_of
from qbwire.errors import DamagedDocument, InvalidMessage
from qbwire.messages import (
    NEW_LINE,
    AppliedTxn,
    ChangedDataExt,
    ChangedInvoice,
    ChangedInvoiceLine,
    ChangedInvoiceLineGroup,
    DataExt,
    DataExtAdd,
    DataExtDel,
    DataExtMod,
    DataExtPlace,
    DeletedDataExt,
    DeletedDateRange,
    EntityFilter,
    ErrorRecovery,
    Invoice,
    InvoiceAdd,
    InvoiceLine,
    InvoiceLineGroup,
    InvoiceMod,
    InvoiceQuery,
    LinkedTxn,
    ModifiedDateRange,
    NewAppliedTxn,
    NewDataExt,
    NewInvoice,
    NewInvoiceLine,
    NewInvoiceLineGroup,
    NewReceivePayment,
    ReceivePayment,
    ReceivePaymentAdd,
    ReceivePaymentQuery,
    Ref,
    RefNumberFilter,
    SetCredit,
    TxnDateRange,
    TxnDel,
    TxnDelDone,
    TxnDeleted,
    TxnDeletedQuery,
    TxnVoid,
    TxnVoidDone,
    UseMacro,
    decode_response_set,
)
from support.answers import answer, read, response_to

GUID = "{11111111-2222-4333-8444-555555555555}"
ELM = Ref(list_id="80000001-1422671000")


def xml(message: Any) -> str:
    return etree.tostring(encode(message)).decode()


# --- invoices that go out -------------------------------------------------------------------------

INVOICE = NewInvoice(
    customer=ELM,
    dated_on=date(2024, 3, 31),
    ref_number="W-1001",
    terms=Ref(list_id="3-1"),
    due_on=date(2024, 4, 30),
    memo="Gymnasium & hall",
    external_guid=GUID,
    lines=(
        NewInvoiceLine(
            item=Ref(list_id="1-1"),
            description="Oven repair",
            quantity=Decimal("2.5"),
            rate=Decimal("80.12345"),
            sales_tax_code=Ref(full_name="Tax"),
        ),
        NewInvoiceLineGroup(item_group=Ref(list_id="2-1"), quantity=Decimal(1)),
        NewInvoiceLine(item=Ref(list_id="1-2"), amount=Decimal("-12.5")),
        NewInvoiceLine(description="Thank you"),
    ),
)


def test_an_invoice_is_written_in_the_order_of_the_wire() -> None:
    assert xml(InvoiceAdd(invoice=INVOICE, include_ret_element=("TxnID", "EditSequence"))) == (
        "<InvoiceAddRq><InvoiceAdd><CustomerRef><ListID>80000001-1422671000</ListID></CustomerRef>"
        "<TxnDate>2024-03-31</TxnDate><RefNumber>W-1001</RefNumber><TermsRef><ListID>3-1</ListID></TermsRef>"
        "<DueDate>2024-04-30</DueDate><Memo>Gymnasium &amp; hall</Memo>"
        f"<ExternalGUID>{GUID}</ExternalGUID>"
        "<InvoiceLineAdd><ItemRef><ListID>1-1</ListID></ItemRef><Desc>Oven repair</Desc><Quantity>2.5</Quantity>"
        "<Rate>80.12345</Rate><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef></InvoiceLineAdd>"
        "<InvoiceLineGroupAdd><ItemGroupRef><ListID>2-1</ListID></ItemGroupRef><Quantity>1</Quantity>"
        "</InvoiceLineGroupAdd>"
        "<InvoiceLineAdd><ItemRef><ListID>1-2</ListID></ItemRef><Amount>-12.50</Amount></InvoiceLineAdd>"
        "<InvoiceLineAdd><Desc>Thank you</Desc></InvoiceLineAdd>"
        "</InvoiceAdd><IncludeRetElement>TxnID</IncludeRetElement>"
        "<IncludeRetElement>EditSequence</IncludeRetElement></InvoiceAddRq>"
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"ref_number": "W-1001-00012"}, "RefNumber: has 12 characters of at most 11"),
        ({"dated_on": date(2038, 1, 20)}, "TxnDate: 2038-01-20 is outside"),
        ({"memo": "漢字"}, "Memo: '漢字' holds what QuickBooks cannot store"),
        ({"customer": None}, "CustomerRef: is required"),
        ({"customer": Ref(full_name="x" * 210)}, "CustomerRef/FullName: has 210 characters of at most 209"),
        ({"terms": Ref(full_name="x" * 32)}, "TermsRef/FullName: has 32 characters of at most 31"),
        ({"external_guid": "11111111"}, "ExternalGUID: '11111111' is not of the form"),
        ({"def_macro": "first"}, "@defMacro: 'first' is not of the form TxnID:name"),
        ({"lines": (NewInvoiceLine(rate=Decimal("0.123456")),)}, "Rate: 0.123456 has more than 5 decimals"),
        ({"lines": (NewInvoiceLine(rate=Decimal(10) ** 10),)}, "Rate: 10000000000 has more than 10 digits"),
        ({"lines": (NewInvoiceLine(amount=Decimal("0.005")),)}, "Amount: 0.005 has more than 2 decimals"),
        ({"lines": (NewInvoiceLine(amount=Decimal("NaN")),)}, "Amount: NaN is no number"),
        ({"lines": (NewInvoiceLine(amount=12.5),)}, "Amount: does not take 12.5"),  # type: ignore[arg-type]
        (
            {"lines": (NewInvoiceLine(rate=Decimal(1), rate_percent=Decimal(1)),)},
            "InvoiceLineAdd: takes one of Rate, RatePercent, not several",
        ),
        ({"lines": (ChangedInvoiceLine(txn_line_id="1"),)}, "takes NewInvoiceLine or NewInvoiceLineGroup"),
    ],
)
def test_an_invoice_that_quickbooks_would_refuse_never_leaves(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        encode(InvoiceAdd(invoice=replace(INVOICE, **change)))
    assert place in str(caught.value)


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False).map(lambda d: round(d, 5)),
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
)
def test_rates_and_amounts_are_written_without_loss_or_exponent(rate: Decimal, amount: Decimal) -> None:
    line = NewInvoiceLine(rate=rate, amount=amount)
    element = encode(line, tag="InvoiceLineAdd")
    for tag, value in (("Rate", rate), ("Amount", amount)):
        text = element.findtext(tag) or ""
        assert set(text) <= set("-0123456789.")
        assert Decimal(text) == value
    assert decode(NewInvoiceLine, element) == line


def test_a_change_names_the_lines_that_are_kept() -> None:
    """Intuit, InvoiceMod: lines that are not named are deleted, and -1 is a new one."""
    change = ChangedInvoice(
        txn_id="C5-1",
        edit_sequence="77",
        memo="",
        lines=(
            ChangedInvoiceLine(txn_line_id="C7-1"),
            ChangedInvoiceLineGroup(txn_line_id="C8-1", lines=(ChangedInvoiceLine(txn_line_id="C9-1"),)),
            ChangedInvoiceLine(txn_line_id=NEW_LINE, description="More", amount=Decimal(5)),
        ),
    )
    assert xml(InvoiceMod(invoice=change)) == (
        "<InvoiceModRq><InvoiceMod><TxnID>C5-1</TxnID><EditSequence>77</EditSequence><Memo></Memo>"
        "<InvoiceLineMod><TxnLineID>C7-1</TxnLineID></InvoiceLineMod>"
        "<InvoiceLineGroupMod><TxnLineID>C8-1</TxnLineID>"
        "<InvoiceLineMod><TxnLineID>C9-1</TxnLineID></InvoiceLineMod></InvoiceLineGroupMod>"
        "<InvoiceLineMod><TxnLineID>-1</TxnLineID><Desc>More</Desc><Amount>5.00</Amount></InvoiceLineMod>"
        "</InvoiceMod></InvoiceModRq>"
    )
    with pytest.raises(InvalidMessage, match="EditSequence: is required"):
        encode(InvoiceMod(invoice=replace(change, edit_sequence="")))


def test_invoices_are_asked_for_by_customer_date_and_number() -> None:
    query = InvoiceQuery(
        iterator="Start",
        max_returned=100,
        dated=TxnDateRange(from_date=date(2024, 3, 1), to_date=date(2024, 3, 31)),
        entity_filter=EntityFilter(list_ids=("80000001-1",)),
        number_filter=RefNumberFilter(match="StartsWith", ref_number="W-"),
        paid_status="NotPaidOnly",
        include_lines=True,
        include_linked_txns=True,
        include_ret_element=tags_of(Invoice, "txn_id", "lines"),
    )
    assert xml(query) == (
        '<InvoiceQueryRq iterator="Start"><MaxReturned>100</MaxReturned><TxnDateRangeFilter>'
        "<FromTxnDate>2024-03-01</FromTxnDate><ToTxnDate>2024-03-31</ToTxnDate></TxnDateRangeFilter>"
        "<EntityFilter><ListID>80000001-1</ListID></EntityFilter><RefNumberFilter>"
        "<MatchCriterion>StartsWith</MatchCriterion><RefNumber>W-</RefNumber></RefNumberFilter>"
        "<PaidStatus>NotPaidOnly</PaidStatus><IncludeLineItems>true</IncludeLineItems>"
        "<IncludeLinkedTxns>true</IncludeLinkedTxns><IncludeRetElement>TxnID</IncludeRetElement>"
        "<IncludeRetElement>InvoiceLineRet</IncludeRetElement>"
        "<IncludeRetElement>InvoiceLineGroupRet</IncludeRetElement></InvoiceQueryRq>"
    )


@pytest.mark.parametrize(
    "query",
    [
        InvoiceQuery(txn_ids=("1",), ref_numbers=("2",)),
        InvoiceQuery(ref_numbers=("2",), paid_status="All"),
        InvoiceQuery(
            modified=ModifiedDateRange(from_modified="2024-03-01"), dated=TxnDateRange(from_date=date(2024, 3, 1))
        ),
        InvoiceQuery(dated=TxnDateRange(from_date=date(2024, 3, 1), macro="Today")),
        ReceivePaymentQuery(entity_filter=EntityFilter(list_ids=("1",), full_names=("Elm",))),
    ],
)
def test_filters_that_exclude_each_other_are_refused(query: object) -> None:
    with pytest.raises(InvalidMessage, match="takes one of"):
        encode(query)


# --- invoices that come back ----------------------------------------------------------------------

SAVED = f"""<InvoiceRet>
<TxnID>C5-1711900000</TxnID><TimeCreated>2024-03-31T10:00:00-08:00</TimeCreated>
<TimeModified>2024-03-31T10:00:00-08:00</TimeModified><EditSequence>1711900000</EditSequence>
<TxnNumber>412</TxnNumber>
<CustomerRef><ListID>80000001-1422671000</ListID><FullName>Elm School</FullName></CustomerRef>
<TxnDate>2024-03-31</TxnDate><RefNumber>W-1001</RefNumber><DueDate>2024-04-30</DueDate>
<Subtotal>212.81</Subtotal><ItemSalesTaxRef><FullName>San Tomas</FullName></ItemSalesTaxRef>
<SalesTaxPercentage>8.25</SalesTaxPercentage><SalesTaxTotal>16.53</SalesTaxTotal>
<AppliedAmount>-100.00</AppliedAmount><BalanceRemaining>129.34</BalanceRemaining><IsPaid>false</IsPaid>
<ExternalGUID>{GUID.upper()}</ExternalGUID><Aura>blue</Aura>
<LinkedTxn><TxnID>D1-1</TxnID><TxnType>ReceivePayment</TxnType><TxnDate>2024-04-02</TxnDate>
<RefNumber>4711</RefNumber><LinkType>AMTTYPE</LinkType><Amount>-100.00</Amount></LinkedTxn>
<InvoiceLineRet><TxnLineID>C7-1</TxnLineID><ItemRef><ListID>1-1</ListID><FullName>Repair</FullName></ItemRef>
<Desc>Oven repair</Desc><Quantity>2.5</Quantity><Rate>80.12345</Rate><Amount>200.31</Amount></InvoiceLineRet>
<InvoiceLineGroupRet><TxnLineID>C8-1</TxnLineID><ItemGroupRef><ListID>2-1</ListID></ItemGroupRef>
<TotalAmount>25.00</TotalAmount><InvoiceLineRet><TxnLineID>C9-1</TxnLineID><Amount>25</Amount></InvoiceLineRet>
</InvoiceLineGroupRet>
<InvoiceLineRet><TxnLineID>CA-1</TxnLineID><Amount>-12.50</Amount></InvoiceLineRet>
<InvoiceLineRet><TxnLineID>CB-1</TxnLineID><Desc>Thank you</Desc></InvoiceLineRet>
</InvoiceRet>"""


def test_an_invoice_is_read_with_its_lines_in_order() -> None:
    (invoice,) = read("InvoiceAdd", SAVED).items
    assert invoice == Invoice(
        txn_id="C5-1711900000",
        time_created="2024-03-31T10:00:00-08:00",
        time_modified="2024-03-31T10:00:00-08:00",
        edit_sequence="1711900000",
        txn_number=412,
        customer=Ref(list_id="80000001-1422671000", full_name="Elm School"),
        dated_on=date(2024, 3, 31),
        ref_number="W-1001",
        due_on=date(2024, 4, 30),
        subtotal=Decimal("212.81"),
        item_sales_tax=Ref(full_name="San Tomas"),
        sales_tax_percentage=Decimal("8.25"),
        sales_tax_total=Decimal("16.53"),
        applied_amount=Decimal(-100),
        balance_remaining=Decimal("129.34"),
        is_paid=False,
        external_guid=GUID.upper(),
        linked_txns=(
            LinkedTxn(
                txn_id="D1-1",
                kind="ReceivePayment",
                dated_on=date(2024, 4, 2),
                ref_number="4711",
                link_kind="AMTTYPE",
                amount=Decimal(-100),
            ),
        ),
        lines=(
            InvoiceLine(
                txn_line_id="C7-1",
                item=Ref(list_id="1-1", full_name="Repair"),
                description="Oven repair",
                quantity=Decimal("2.5"),
                rate=Decimal("80.12345"),
                amount=Decimal("200.31"),
            ),
            InvoiceLineGroup(
                txn_line_id="C8-1",
                item_group=Ref(list_id="2-1"),
                total_amount=Decimal(25),
                lines=(InvoiceLine(txn_line_id="C9-1", amount=Decimal(25)),),
            ),
            InvoiceLine(txn_line_id="CA-1", amount=Decimal("-12.50")),
            InvoiceLine(txn_line_id="CB-1", description="Thank you"),
        ),
    )
    assert invoice.total == Decimal("229.34")


def test_a_total_is_what_quickbooks_computed_or_nothing() -> None:
    assert Invoice(txn_id="1", subtotal=Decimal("10.00")).total == Decimal(10)  # sales tax is off
    assert Invoice(txn_id="1", subtotal=Decimal(0), sales_tax_total=Decimal(0)).total == 0
    assert Invoice(txn_id="1", sales_tax_total=Decimal(1)).total is None  # the subtotal was not asked for


def test_an_invoice_that_cannot_be_read_still_names_itself() -> None:
    """What was posted must not be lost for one strange value: its TxnID and number are told."""
    response = read("InvoiceAdd", SAVED.replace("<Quantity>2.5<", "<Quantity>2:30<"))
    assert response.items == ()
    (broken,) = response.broken
    assert (broken.list_id, broken.full_name) == ("C5-1711900000", "W-1001")
    assert broken.reason == "InvoiceLineRet/Quantity: '2:30' is no number"


@pytest.mark.parametrize(
    ("old", "reason"),
    [
        ("<TxnID>C5-1711900000</TxnID>", "InvoiceRet/TxnID: is missing"),
        ("<TxnID>D1-1</TxnID>", "LinkedTxn/TxnID: is missing"),
    ],
)
def test_a_transaction_without_its_id_is_never_taken_for_one(old: str, reason: str) -> None:
    response = read("InvoiceQuery", SAVED.replace(old, ""))
    assert (response.items, [record.reason for record in response.broken]) == ((), [reason])


@given(cut=st.integers(1, len(SAVED) - 1))
def test_no_truncated_invoice_is_ever_taken_for_whole(cut: int) -> None:
    with pytest.raises(DamagedDocument):
        decode_response_set(answer(response_to("InvoiceAdd", SAVED[:cut])))


@given(noise=st.text(max_size=20), place=st.integers(0, len(SAVED)))
def test_an_invoice_among_noise_is_read_told_as_broken_or_refused(noise: str, place: int) -> None:
    try:
        answers = decode_response_set(answer(response_to("InvoiceAdd", SAVED[:place] + noise + SAVED[place:])))
    except DamagedDocument:
        return
    (response,) = answers.responses
    assert len(response.items) + len(response.broken) == len(response.records)


# --- payments -------------------------------------------------------------------------------------


def test_a_payment_is_written_for_its_invoice() -> None:
    payment = NewReceivePayment(
        customer=ELM,
        dated_on=date(2024, 4, 2),
        ref_number="4711",
        total_amount=Decimal(100),
        payment_method=Ref(list_id="4-1"),
        deposit_account=Ref(full_name="Undeposited Funds"),
        external_guid=GUID,
        applied_to=(
            NewAppliedTxn(
                txn_id="C5-1",
                payment_amount=Decimal(90),
                credits=(SetCredit(credit_txn_id="E1-1", applied_amount=Decimal("9.99")),),
            ),
            NewAppliedTxn(txn_id=UseMacro("TxnID:second"), payment_amount=Decimal(10)),
        ),
    )
    assert xml(ReceivePaymentAdd(payment=payment)) == (
        "<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef><ListID>80000001-1422671000</ListID></CustomerRef>"
        "<TxnDate>2024-04-02</TxnDate><RefNumber>4711</RefNumber><TotalAmount>100.00</TotalAmount>"
        "<PaymentMethodRef><ListID>4-1</ListID></PaymentMethodRef>"
        "<DepositToAccountRef><FullName>Undeposited Funds</FullName></DepositToAccountRef>"
        f"<ExternalGUID>{GUID}</ExternalGUID>"
        "<AppliedToTxnAdd><TxnID>C5-1</TxnID><PaymentAmount>90.00</PaymentAmount><SetCredit>"
        "<CreditTxnID>E1-1</CreditTxnID><AppliedAmount>9.99</AppliedAmount></SetCredit></AppliedToTxnAdd>"
        '<AppliedToTxnAdd><TxnID useMacro="TxnID:second"/><PaymentAmount>10.00</PaymentAmount></AppliedToTxnAdd>'
        "</ReceivePaymentAdd></ReceivePaymentAddRq>"
    )
    assert xml(ReceivePaymentAdd(payment=replace(payment, applied_to=(), applies_automatically=False))).endswith(
        "<IsAutoApply>false</IsAutoApply></ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "needs one of IsAutoApply, AppliedToTxnAdd"),
        (
            {"applies_automatically": True, "applied_to": (NewAppliedTxn(txn_id="C5-1"),)},
            "takes one of IsAutoApply, AppliedToTxnAdd, not several",
        ),
        ({"applied_to": (NewAppliedTxn(txn_id=""),)}, "AppliedToTxnAdd/TxnID: is required"),
        ({"applied_to": (NewAppliedTxn(txn_id=UseMacro("")),)}, "TxnID/@useMacro: '' is not of the form"),
        ({"applied_to": (NewAppliedTxn(txn_id="x" * 37),)}, "TxnID: has 37 characters of at most 36"),
    ],
)
def test_a_payment_says_exactly_how_it_is_applied(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        encode(ReceivePaymentAdd(payment=replace(NewReceivePayment(customer=ELM), **change)))
    assert reason in str(caught.value)


PAYMENT = """<ReceivePaymentRet><TxnID>D1-1</TxnID><EditSequence>9</EditSequence><TotalAmount>100.00</TotalAmount>
<CreditCardTxnInfo><CreditCardTxnInputInfo><CreditCardNumber>xxxx</CreditCardNumber></CreditCardTxnInputInfo>
</CreditCardTxnInfo><UnusedPayment>0.00</UnusedPayment><ExternalGUID>{GUID}</ExternalGUID>
<AppliedToTxnRet><TxnID>C5-1</TxnID><TxnType>Invoice</TxnType><TxnDate>2024-03-31</TxnDate>
<RefNumber>W-1001</RefNumber><BalanceRemaining>129.34</BalanceRemaining><Amount>100.00</Amount></AppliedToTxnRet>
</ReceivePaymentRet>"""


def test_a_payment_is_read_with_what_it_is_applied_to() -> None:
    (payment,) = read("ReceivePaymentQuery", PAYMENT.replace("{GUID}", GUID)).items
    assert payment == ReceivePayment(
        txn_id="D1-1",
        edit_sequence="9",
        total_amount=Decimal(100),
        unused_payment=Decimal(0),
        external_guid=GUID,
        applied_to=(
            AppliedTxn(
                txn_id="C5-1",
                kind="Invoice",
                dated_on=date(2024, 3, 31),
                ref_number="W-1001",
                balance_remaining=Decimal("129.34"),
                amount=Decimal(100),
            ),
        ),
    )


def test_an_application_without_its_invoice_is_never_taken_for_one() -> None:
    (broken,) = read("ReceivePaymentQuery", PAYMENT.replace("<TxnID>C5-1</TxnID>", "")).broken
    assert (broken.list_id, broken.reason) == ("D1-1", "AppliedToTxnRet/TxnID: is missing")


# --- voids, deletions, data extensions ------------------------------------------------------------


def test_a_void_and_a_deletion_are_answered_by_the_response_itself() -> None:
    assert xml(TxnVoid(kind="Invoice", txn_id="C5-1")) == (
        "<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>C5-1</TxnID></TxnVoidRq>"
    )
    assert read(
        "TxnVoid",
        "<TxnVoidType>Invoice</TxnVoidType><TxnID>C5-1</TxnID><TimeModified>2024-04-01</TimeModified>"
        "<RefNumber>W-1001</RefNumber>",
    ).items == (TxnVoidDone(kind="Invoice", txn_id="C5-1", time_modified="2024-04-01", ref_number="W-1001"),)
    response = read("TxnDel", "<TxnDelType>ReceivePayment</TxnDelType><TxnID>D1-1</TxnID>")
    assert response.items == (TxnDelDone(kind="ReceivePayment", txn_id="D1-1"),)
    assert response.records[0].key == "D1-1"
    refused = read("TxnDel", code=3160, severity="Error", message="in use")
    assert (refused.status.is_error, refused.records, refused.items) == (True, (), ())


def test_a_payment_can_be_deleted_and_not_voided() -> None:
    encode(TxnDel(kind="ReceivePayment", txn_id="D1-1"))
    with pytest.raises(InvalidMessage, match="TxnVoidType: is one of"):
        encode(TxnVoid(kind="ReceivePayment", txn_id="D1-1"))  # type: ignore[arg-type]


def test_deleted_transactions_are_asked_for_and_read() -> None:
    query = TxnDeletedQuery(kinds=("Invoice", "ReceivePayment"), deleted=DeletedDateRange(from_deleted="2024-03-01"))
    assert xml(query) == (
        "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType><TxnDelType>ReceivePayment</TxnDelType>"
        "<DeletedDateRangeFilter><FromDeletedDate>2024-03-01</FromDeletedDate></DeletedDateRangeFilter>"
        "</TxnDeletedQueryRq>"
    )
    assert read(
        "TxnDeletedQuery",
        "<TxnDeletedRet><TxnDelType>Invoice</TxnDelType><TxnID>C5-1</TxnID><TimeDeleted>2024-04-01</TimeDeleted>"
        "<RefNumber>W-1001</RefNumber></TxnDeletedRet>",
    ).items == (TxnDeleted(kind="Invoice", txn_id="C5-1", time_deleted="2024-04-01", ref_number="W-1001"),)


def test_a_data_extension_is_put_on_a_transaction_changed_and_removed() -> None:
    place = {"owner_id": GUID, "name": "Marker", "txn_kind": "Invoice", "txn_id": "C5-1"}
    inner = (
        f"<OwnerID>{GUID}</OwnerID><DataExtName>Marker</DataExtName><TxnDataExtType>Invoice</TxnDataExtType>"
        "<TxnID>C5-1</TxnID>"
    )
    value = "<DataExtValue>A1</DataExtValue>"
    assert xml(DataExtAdd(data_ext=NewDataExt(**place, value="A1"))) == (  # type: ignore[arg-type]
        f"<DataExtAddRq><DataExtAdd>{inner}{value}</DataExtAdd></DataExtAddRq>"
    )
    assert xml(DataExtMod(data_ext=ChangedDataExt(**place, value="A1"))) == (  # type: ignore[arg-type]
        f"<DataExtModRq><DataExtMod>{inner}{value}</DataExtMod></DataExtModRq>"
    )
    assert xml(DataExtDel(data_ext=DataExtPlace(**place))) == (  # type: ignore[arg-type]
        f"<DataExtDelRq><DataExtDel>{inner}</DataExtDel></DataExtDelRq>"
    )
    assert read(
        "DataExtAdd",
        f"<DataExtRet><OwnerID>{GUID}</OwnerID><DataExtName>Marker</DataExtName>"
        f"<DataExtType>STR255TYPE</DataExtType>{value}</DataExtRet>",
    ).items == (DataExt(owner_id=GUID, name="Marker", type="STR255TYPE", value="A1"),)
    assert read("DataExtDel", f"<DataExtDelRet>{inner}</DataExtDelRet>").items == (
        DeletedDataExt(**place),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ({}, "needs one of ListDataExtType"),
        ({"txn_kind": "Invoice"}, "DataExtAdd/TxnID: is required here"),
        ({"list_kind": "Customer", "other_kind": "Company", "list_object": ELM}, "not several"),
    ],
)
def test_a_data_extension_has_one_place(place: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        encode(DataExtAdd(data_ext=NewDataExt(owner_id="0", name="Route", value="North", **place)))
    assert reason in str(caught.value)


# --- saved, and not returned ----------------------------------------------------------------------


def test_error_recovery_tells_what_was_saved() -> None:
    recovery = (
        "<ErrorRecovery><TxnID>C5-1</TxnID><TxnNumber>412</TxnNumber><EditSequence>77</EditSequence>"
        f"<ExternalGUID>{GUID}</ExternalGUID></ErrorRecovery>"
    )
    saved = ErrorRecovery(txn_id="C5-1", txn_number=412, edit_sequence="77", external_guid=GUID)
    for request in ("InvoiceAdd", "ReceivePaymentAdd", "TxnDel", "SpaceshipAdd"):
        response = read(request, recovery, code=510, severity="Warn")
        assert response.error_recovery == saved
    assert read("InvoiceAdd", SAVED + recovery).items[0].txn_id == "C5-1711900000"
    assert len(read("InvoiceAdd", SAVED + recovery).records) == 1
    assert read("InvoiceAdd", recovery).records == ()
    assert read("InvoiceAdd", SAVED).error_recovery is None


def test_a_bad_number_never_costs_the_id_that_proves_a_saved_object() -> None:
    response = read(
        "InvoiceAdd", "<ErrorRecovery><TxnID>C5-1</TxnID><TxnNumber>many</TxnNumber><Aura/></ErrorRecovery>"
    )
    assert response.error_recovery == ErrorRecovery(txn_id="C5-1")
