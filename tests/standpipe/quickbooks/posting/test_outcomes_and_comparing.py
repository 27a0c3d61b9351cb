"""What an answer says became of each document, and which transaction in the file a document is. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwire.messages import decode_response_set
from standpipe.quickbooks.posting.comparing import Sought, compare
from standpipe.quickbooks.posting.outcomes import Posted, found_in, outcomes_of

MARKER = "0f9d6f9a-9d5b-4b0e-8f6b-6a7c1b2d3e4f"
RET = (
    "<InvoiceRet><TxnID>T1</TxnID><EditSequence>17</EditSequence><CustomerRef><ListID>C1</ListID>"
    "<FullName>Elm School</FullName></CustomerRef><TxnDate>2026-03-12</TxnDate><RefNumber>1042</RefNumber>"
    "<Subtotal>100.00</Subtotal><SalesTaxTotal>6.35</SalesTaxTotal><BalanceRemaining>106.35</BalanceRemaining>"
    f"<IsPaid>false</IsPaid><ExternalGUID>{{{MARKER.upper()}}}</ExternalGUID></InvoiceRet>"
)


def answer(*responses: str) -> Any:
    return decode_response_set(f"<QBXML><QBXMLMsgsRs>{''.join(responses)}</QBXMLMsgsRs></QBXML>")


def added(body: str = RET, *, code: int = 0, severity: str = "Info", message: str = "", request: str = "p1") -> str:
    status = f'requestID="{request}" statusCode="{code}" statusSeverity="{severity}" statusMessage="{message}"'
    return f"<InvoiceAddRs {status}>{body}</InvoiceAddRs>"


RECOVERED = "<ErrorRecovery><TxnID>T1</TxnID><EditSequence>17</EditSequence></ErrorRecovery>"


@pytest.mark.parametrize(
    ("response", "how"),
    [
        (added(), "posted"),
        (added(code=530, severity="Warn"), "posted"),
        (added(RECOVERED, code=510, severity="Warn"), "posted"),
        (added(RECOVERED, code=1000, severity="Error"), "posted"),
        (added("", code=510, severity="Warn"), "saved"),
        (added("", code=3140, severity="Error"), "refused"),
        (added("", code=3175, severity="Error", message="could not be locked"), "again"),
        (added("", code=3176, severity="Error"), "again"),
        (added("", code=3170, severity="Error"), "again"),
        (added("", code=3180, severity="Error", message="The list is in use."), "again"),
        (added("", code=3180, severity="Error", message="Over the credit limit."), "refused"),
        (added("", code=9999, severity="Error"), "refused"),
        (added("", code=42, severity="Error"), "refused"),
        (added(request="p2"), "unknown"),
        ("", "unknown"),
    ],
)
def test_severity_decides_first_and_then_the_code(response, how):
    """Requirement 56."""
    assert outcomes_of(answer(response), count=1)[1].how == how


def test_what_quickbooks_computed_is_kept():
    """Requirement 71."""
    (posted,) = (one.posted for one in outcomes_of(answer(added()), count=1).values())
    assert (posted.txn_id, posted.edit_sequence, posted.number, posted.marker) == ("T1", "17", "1042", MARKER)
    assert posted.total == Decimal("106.35")
    assert posted.said | {"balance_remaining": "106.35", "customer_list_id": "C1", "is_paid": False} == posted.said


def test_answers_without_ids_come_in_the_order_of_the_requests():
    bare = added().replace('requestID="p1" ', "")
    assert [one.how for one in outcomes_of(answer(bare, bare), count=2).values()] == ["posted", "posted"]
    assert outcomes_of(answer(bare), count=2)[1].how == "unknown"


def test_a_value_that_cannot_be_read_does_not_hide_the_document():
    broken = RET.replace("100.00", "lots")
    response = answer(f'<InvoiceQueryRs statusCode="0" statusSeverity="Info">{broken}</InvoiceQueryRs>').responses[0]
    (found,) = found_in(response)
    assert (found.txn_id, found.total, found.marker) == ("T1", None, MARKER)


SOUGHT = Sought(
    key="1",
    kind="Invoice",
    marker=MARKER,
    number="W-1",
    customer_list_id="C1",
    dated_on=date(2026, 3, 12),
    total=Decimal("106.35"),
)


def posted(txn_id: str = "T1", **fields: Any) -> Posted:
    said = {"total": "106.35", "customer_list_id": "C1", "date": "2026-03-12"} | fields.pop("said", {})
    return Posted(**{"kind": "Invoice", "txn_id": txn_id, "number": "W-1", "said": said} | fields)


OURS, UNMARKED = posted(marker=MARKER), posted()
OTHERS = posted(marker="99999999-9d5b-4b0e-8f6b-6a7c1b2d3e4f")


@pytest.mark.parametrize(
    ("found", "come_back", "how"),
    [
        ([OURS], True, "there"),
        ([posted("T2"), OURS], True, "there"),
        ([posted(marker=MARKER, number="changed", said={"total": "1.00"})], True, "there"),
        ([OURS, posted("T2", marker=MARKER)], True, "several"),
        ([UNMARKED], True, "absent"),
        ([OTHERS], False, "absent"),
        ([UNMARKED], False, "there"),
        ([posted(number="w-1")], False, "there"),
        ([UNMARKED, posted("T2")], False, "several"),
        ([posted(number="W-2")], False, "absent"),
        ([posted(said={"total": "106.36"})], False, "absent"),
        ([posted(kind="ReceivePayment")], False, "absent"),
        ([], False, "absent"),
    ],
)
def test_the_marker_decides_and_number_and_total_where_there_is_none(found, come_back, how):
    """Requirement 56."""
    assert compare(SOUGHT, found, markers_come_back=come_back).how == how


def test_what_is_another_document_is_not_this_one():
    assert compare(SOUGHT, [UNMARKED], markers_come_back=False, taken={"T1"}).how == "absent"
    assert compare(SOUGHT, [OURS], markers_come_back=True, taken={"T1"}).how == "there"


def test_a_document_may_bear_the_marker_of_one_before_it():
    """Requirement 56: after a restore nobody knows that the one before had left."""
    before = replace(SOUGHT, marker="new", earlier_markers=frozenset({MARKER}))
    assert compare(before, [OURS], markers_come_back=True).how == "there"
    assert compare(before, [OURS], markers_come_back=True, taken={"T1"}).how == "absent"
    assert compare(before, [OTHERS], markers_come_back=True).how == "absent"


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({}, "there"),
        ({"applied": [{"txn_id": "I1", "amount": "106.35"}]}, "there"),
        ({"applied": [{"txn_id": "I2", "amount": "106.35"}]}, "absent"),
        ({"customer_list_id": "C2"}, "absent"),
        ({"date": "2026-03-11"}, "absent"),
    ],
)
def test_a_payment_without_a_marker_is_known_by_all_it_says(said, how):
    """Requirement 56."""
    sought = Sought(
        key="1",
        kind="ReceivePayment",
        marker=MARKER,
        number="",
        customer_list_id="C1",
        dated_on=date(2026, 3, 12),
        total=Decimal("106.35"),
        pays="I1",
    )
    found = posted(kind="ReceivePayment", number="", said={"total": None, "total_amount": "106.35"} | said)
    assert compare(sought, [found], markers_come_back=False).how == how
