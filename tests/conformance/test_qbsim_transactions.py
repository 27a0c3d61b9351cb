"""What the simulator refuses of invoices and payments for their structure is what the published schema refuses.

The schema may not be in this repository: QBXML_SCHEMA_DIR names its folder.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbsim.company import Company
from qbsim.processor import QuickBooks, RequestRefused
from support.fake_service import qbxml
from support.requests_log import published_schema

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not os.environ.get("QBXML_SCHEMA_DIR"), reason="QBXML_SCHEMA_DIR names no folder with the published schema"
    ),
]

# Parts of sound and unsound requests; their values are always sound, so that only structure decides.
QUERY = (
    "<TxnID>1-1</TxnID>",
    "<RefNumber>1</RefNumber>",
    "<RefNumberCaseSensitive>1</RefNumberCaseSensitive>",
    "<MaxReturned>5</MaxReturned>",
    "<ModifiedDateRangeFilter><ToModifiedDate>2024-03-09</ToModifiedDate></ModifiedDateRangeFilter>",
    "<TxnDateRangeFilter><DateMacro>Today</DateMacro></TxnDateRangeFilter>",
    "<TxnDateRangeFilter><DateMacro>Someday</DateMacro></TxnDateRangeFilter>",
    "<TxnDateRangeFilter/>",
    "<EntityFilter><ListID>1</ListID><ListID>2</ListID></EntityFilter>",
    "<EntityFilter><ListID>1</ListID><FullName>a</FullName></EntityFilter>",
    "<AccountFilter><ListIDWithChildren>1</ListIDWithChildren></AccountFilter>",
    "<RefNumberRangeFilter/>",
    "<RefNumberFilter><RefNumber>1</RefNumber></RefNumberFilter>",
    "<PaidStatus>All</PaidStatus>",
    "<IncludeLineItems>1</IncludeLineItems>",
    "<IncludeLinkedTxns>1</IncludeLinkedTxns>",
    "<OwnerID>0</OwnerID>",
)
ADD = (
    "<CustomerRef><FullName>a</FullName></CustomerRef>",
    "<CustomerRef/>",
    "<TxnDate>2024-03-09</TxnDate>",
    "<RefNumber>1</RefNumber>",
    "<BillAddress><City>a</City><Addr1>b</Addr1></BillAddress>",
    "<BillAddress><Addr1>b</Addr1><City>a</City></BillAddress>",
    "<Memo>a</Memo>",
    "<LinkToTxnID>1-1</LinkToTxnID>",
    "<SetCredit><CreditTxnID>1-1</CreditTxnID><AppliedAmount>1.00</AppliedAmount></SetCredit>",
    "<SetCredit><AppliedAmount>1.00</AppliedAmount></SetCredit>",
    "<InvoiceLineAdd/>",
    '<InvoiceLineAdd defMacro="a:b"/>',
    '<InvoiceLineAdd useMacro="a:b"/>',
    "<InvoiceLineAdd><Quantity>1</Quantity><Rate>1</Rate><Amount>1.00</Amount></InvoiceLineAdd>",
    "<InvoiceLineAdd><Rate>1</Rate><RatePercent>1</RatePercent></InvoiceLineAdd>",
    "<InvoiceLineAdd><SerialNumber>1</SerialNumber><LotNumber>1</LotNumber></InvoiceLineAdd>",
    "<InvoiceLineGroupAdd><ItemGroupRef><FullName>a</FullName></ItemGroupRef></InvoiceLineGroupAdd>",
    "<InvoiceLineGroupAdd><Quantity>1</Quantity></InvoiceLineGroupAdd>",
    "<IsAutoApply>1</IsAutoApply>",
    "<AppliedToTxnAdd><TxnID>1-1</TxnID></AppliedToTxnAdd>",
    '<AppliedToTxnAdd><TxnID useMacro="a:b"/></AppliedToTxnAdd>',
    "<AppliedToTxnAdd/>",
)
CUSTOMER = ADD[0]
EXT = "<OwnerID>0</OwnerID><DataExtName>a</DataExtName>"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with Company.create(tmp_path_factory.mktemp("empty") / "Empty.qbw", customers=0) as company:
        yield company


def agree(company: Company, body: str) -> None:
    document = qbxml(body)
    schema = published_schema(Path(os.environ["QBXML_SCHEMA_DIR"]))
    is_published = schema.validate(etree.fromstring(document.encode()))
    reason = ""
    try:
        QuickBooks(company).begin_session().process(document)
    except RequestRefused as refused:
        reason = refused.reason
    assert is_published == (not reason), f"{document}: {reason or schema.error_log}"


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(["Invoice", "ReceivePayment"]), pieces=st.lists(st.sampled_from(QUERY), max_size=4))
def test_queries(company: Company, kind: str, pieces: list[str]) -> None:
    agree(company, f"<{kind}QueryRq>{''.join(pieces)}</{kind}QueryRq>")


@settings(max_examples=250, deadline=None)
@given(kind=st.sampled_from(["Invoice", "ReceivePayment"]), pieces=st.lists(st.sampled_from(ADD), max_size=4))
def test_adds(company: Company, kind: str, pieces: list[str]) -> None:
    agree(company, f"<{kind}AddRq><{kind}Add>{CUSTOMER}{''.join(pieces)}</{kind}Add></{kind}AddRq>")


@pytest.mark.parametrize(
    "body",
    [
        "<TxnVoidRq><TxnVoidType>ReceivePayment</TxnVoidType><TxnID>1-1</TxnID></TxnVoidRq>",
        "<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType></TxnVoidRq>",
        "<TxnDelRq><TxnDelType>ReceivePayment</TxnDelType><TxnID>1-1</TxnID></TxnDelRq>",
        "<TxnDelRq><TxnID>1-1</TxnID><TxnDelType>Invoice</TxnDelType></TxnDelRq>",
        "<TxnDeletedQueryRq/>",
        "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType><TxnDelType>Bill</TxnDelType></TxnDeletedQueryRq>",
        f"<DataExtAddRq><DataExtAdd>{EXT}<DataExtValue>b</DataExtValue></DataExtAdd></DataExtAddRq>",
        f"<DataExtDelRq><DataExtDel>{EXT}<OtherDataExtType>Company</OtherDataExtType></DataExtDel></DataExtDelRq>",
    ],
)
def test_the_others(company: Company, body: str) -> None:
    agree(company, body)
