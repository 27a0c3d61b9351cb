"""Payments entered in QuickBooks come here; ours are followed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.payments.actions import edit_payment, record_payment, take_back_payment
from standpipe.payments.models import Payment
from standpipe.quickbooks.exchange.post import Conclude
from standpipe.quickbooks.exchange.post_rows import _conclude
from standpipe.quickbooks.posting.comparing import Verdict
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.outcomes import Posted
from standpipe.quickbooks.posting.payment_actions import entered_already, keep_waiting, not_there_after_all
from standpipe.quickbooks.posting.payment_standing import payment_quickbooks, promise, standing_of
from standpipe.quickbooks.posting.payments import queue_follow_ups
from standpipe.quickbooks.posting.payments_there import payments_gone, take_over
from standpipe.quickbooks.posting.queries import count_of, document_of
from standpipe.quickbooks.posting.repairing import recognise
from support.invoices import make_invoice
from support.payments import make_till, post, received
from support.worlds import make_building

pytestmark = pytest.mark.django_db
State = Document.State


@pytest.fixture
def till():
    return make_till()


def due(till):
    till.invoice.refresh_from_db()
    return till.invoice.balance_due


def test_a_payment_entered_there_lowers_the_balance_marked_as_from_there(till):
    for new in (1, 0):
        assert take_over(till.connection, [received((till.document, "60"))]) == new
    payment = Payment.objects.get()
    assert (payment.source, payment.amount, payment.method, payment.method_name) == (
        "quickbooks",
        Decimal("60.00"),
        "check",
        "Check",
    )
    assert (payment.reference_number, payment.date) == ("7001", date(2026, 3, 20))
    assert due(till) == Decimal("40.00")
    assert (document_of(payment).state, document_of(payment).txn_id) == (State.POSTED, "P-1")
    assert queue_follow_ups(till.connection) == 0  # it never goes back


def test_what_is_here_of_payments_is_asked_for_once_for_all_of_them(till):
    one = received((till.document, "10"))
    many = [replace(one, txn_id=f"P-{number}", external_guid=str(uuid4())) for number in range(5)]
    assert take_over(till.connection, many) == 5
    asked = []
    for some in (many[:1], many):
        with CaptureQueriesContext(connection) as queries:
            assert take_over(till.connection, some) == 0
        asked.append(sum(one["sql"].startswith("SELECT") for one in queries))
    assert asked[0] == asked[1]


def test_one_payment_there_of_several_invoices_is_a_row_on_each(till):
    other = make_invoice(make_building(till.world.organization, name="Gym"), number="1043")
    second = post(other, till.connection)
    assert take_over(till.connection, [received((till.document, "60"), (second, "25"), total="100")]) == 2
    assert {(row.invoice.number, row.amount) for row in Payment.objects.all()} == {
        ("1042", Decimal("60.00")),
        ("1043", Decimal("25.00")),
    }
    take_over(till.connection, [received((second, "85"))])
    assert due(till) == Decimal("100.00")
    other.refresh_from_db()
    assert other.balance_due == Decimal("15.00")


def test_changes_and_deletion_there_are_followed(till):
    take_over(till.connection, [received((till.document, "60"))])
    take_over(till.connection, [received((till.document, "75"), ref_number="7002", discount="5")])
    payment = Payment.objects.get()
    assert (payment.amount, payment.reference_number, payment.notes) == (
        Decimal("80.00"),
        "7002",
        "5.00 of it is a discount.",
    )
    assert due(till) == Decimal("20.00")
    assert payments_gone(till.connection, ["P-1", ""]) == 1
    assert due(till) == Decimal("100.00")
    assert document_of(payment) is None  # nobody has to do anything about it
    take_over(till.connection, [received((till.document, "75"))])  # it was a restored file: there again
    assert due(till) == Decimal("25.00")


def mark(till, amount, **fields):
    """A payment of which a person says that it is in QuickBooks, not knowing which one it is there."""
    payment = record_payment(till.invoice, by=None, amount=Decimal(amount), method="check", **fields)
    entered_already(payment, by=None)
    return payment


def test_one_that_was_marked_without_saying_which_is_not_counted_again(till):
    """Pain 17: known by the amount on this invoice, or by the reference number; the others are another's."""
    first, second = mark(till, 30), mark(till, 30, date=date(2026, 3, 20))
    third = mark(till, 20, reference_number="5501")
    there = [
        received((till.document, "30"), txn_id="P-1"),  # dated as the second
        received((till.document, "19"), txn_id="P-2", ref_number="5501"),
        received((till.document, "7"), txn_id="P-3"),
    ]
    assert [take_over(till.connection, there) for _ in range(2)] == [1, 0]
    assert [document_of(one).txn_id for one in (first, second, third)] == ["", "P-1", "P-2"]
    assert due(till) == Decimal("13.00")  # of 100: 30, 30, 20 and the 7 that nobody had told of
    assert [row["field"] for row in payment_quickbooks(third)["differences"]][:1] == ["Amount"]
    not_there_after_all(second, by=None)  # then it is another one again
    assert due(till) == Decimal("-17.00")
    assert document_of(second).txn_id == ""


def test_what_it_explains_of_the_lower_balance_it_explains_once(till):
    """A payment that was recorded before asks where QuickBooks shows more lower than is known."""
    later = record_payment(till.invoice, by=None, amount=Decimal(40), method="check")
    mark(till, 30)
    take_over(till.connection, [received((till.document, "30"))])
    Document.objects.filter(pk=till.document.pk).update(
        said={**(till.document.said or {}), "total": "100.00", "balance_remaining": "40.00"}
    )
    queue_follow_ups(till.connection)
    problem = document_of(later).problem
    assert (problem["code"], "30.00 less open than is known here" in problem["text"]) == ("paid_there", True)


def lost(till):
    """Sent, its answer lost, no markers: it came here as one that was entered there, and nobody knew better."""
    payment = record_payment(till.invoice, by=None, amount=Decimal(30), method="check")
    queue_follow_ups(till.connection)
    assert take_over(till.connection, [received((till.document, "30"))]) == 1
    assert due(till) == Decimal("40.00")
    return payment


def test_one_that_a_person_recognises_lowers_the_balance_once(till):
    """Audit 6.8."""
    payment = lost(till)
    Document.objects.filter(payment=payment, ended_at=None).update(
        state=State.NEEDS_YOU,
        problem={"code": "ambiguous", "text": ""},
        candidates=[{"txn_id": "P-1", "total": "30.00"}],
    )
    recognise(document_of(payment), txn_id="P-1", by=None)
    assert (document_of(payment).state, due(till)) == (State.POSTED, Decimal("70.00"))
    assert take_over(till.connection, [received((till.document, "30"))]) == 0
    assert due(till) == Decimal("70.00")


def test_one_that_is_found_by_reading_back_lowers_the_balance_once(till):
    payment = lost(till)
    document = document_of(payment)
    found = Posted(kind="ReceivePayment", txn_id="P-1", said={"total_amount": "30.00"})
    Document.objects.filter(pk=document.pk).update(state=State.SENDING)
    effect = Conclude(verdicts={str(document.pk): Verdict(how="there", found=(found,))})
    _conclude(till.connection, effect, timezone.now())
    assert (document_of(payment).state, document_of(payment).txn_id) == (State.POSTED, "P-1")
    assert due(till) == Decimal("70.00")


def test_ours_are_never_taken_for_others(till):
    """Known by TxnID, or by their marker where the answer was lost, or after our own restore."""
    payment = record_payment(till.invoice, by=None, amount=Decimal(60), method="check")
    queue_follow_ups(till.connection)
    document = document_of(payment)
    lost = received((till.document, "60"), marker=f"{{{str(document.marker).upper()}}}")
    assert take_over(till.connection, [lost]) == 0
    Document.objects.filter(pk=document.pk).delete()  # restored to before it was queued
    assert take_over(till.connection, [lost]) == 0
    post_it(payment, till)
    assert take_over(till.connection, [received((till.document, "60"))]) == 0
    assert Payment.objects.count() == 1


def post_it(payment, till, **said):
    """As if it had been sent as it stands now."""
    frozen = {
        "amount": str(payment.amount),
        "method": payment.method,
        "date": payment.date.isoformat(),
        "reference_number": payment.reference_number,
        "notes": payment.notes,
    }
    queue_follow_ups(till.connection)
    Document.objects.filter(payment=payment, ended_at=None).update(state=State.POSTED, txn_id="P-1", frozen=frozen)


def test_what_was_changed_on_either_side_after_sending_is_shown_as_a_difference(till):
    payment = record_payment(till.invoice, by=None, amount=Decimal(60), method="check", reference_number="5501")
    post_it(payment, till)
    assert standing_of(payment).differences == ()
    edit_payment(payment, by=None, amount=Decimal(50), notes="Half")
    assert [row.to_json() for row in standing_of(payment).differences] == [
        {"field": "Amount", "here": "50.00", "in_quickbooks": "60.00"},
        {"field": "Notes", "here": "Half", "in_quickbooks": ""},
    ]
    take_over(till.connection, [received((till.document, "50"), ref_number="5502", dated_on=payment.date)])
    assert [row["field"] for row in payment_quickbooks(payment)["differences"]] == ["Reference number", "Notes"]
    take_back_payment(payment, by=None)
    assert standing_of(payment).to_delete
    payments_gone(till.connection, ["P-1"])
    assert document_of(payment) is None
    assert not standing_of(payment).to_delete


def test_deleted_there_and_then_taken_back_here_it_needs_nobody(till):
    payment = record_payment(till.invoice, by=None, amount=Decimal(60), method="check")
    post_it(payment, till)
    payments_gone(till.connection, ["P-1"])
    counts = [count_of(till.world.organization, "needs_you", noun=noun) for noun in ("payment", "invoice")]
    assert counts == [1, 0]
    assert standing_of(payment).sentence.endswith("take it back too, or send it again.")
    take_back_payment(payment, by=None)
    assert count_of(till.world.organization, "needs_you", noun="payment") == 0


def test_what_is_missing_was_not_said_to_be_deleted(till):
    """Nobody knows: an older copy of the company file may be open."""
    payment = record_payment(till.invoice, by=None, amount=Decimal(60), method="check")
    post_it(payment, till)
    payments_gone(till.connection, ["P-1"], because="missing")
    assert standing_of(payment).sentence.startswith("It is not in QuickBooks any more, although it was posted.")


def test_a_refusal_is_explained_in_words(till):
    payment = record_payment(till.invoice, by=None, amount=Decimal(60), method="check")
    refused = {"code": "3171", "text": "", "at": "2026-03-20T00:00:00+00:00"}
    Document.objects.filter(payment=payment).update(state=State.NEEDS_YOU, problem=refused)
    assert standing_of(payment).sentence.startswith("The books are closed up to this date. The date lies on or")


def test_entered_on_both_sides_it_counts_once_when_a_person_says_so(till):
    """Pain 17: nothing is sent, the question is asked, and the answer settles it."""
    payment = record_payment(till.invoice, by=till.world.otto, method="check")
    queue_follow_ups(till.connection)
    take_over(till.connection, [received((till.document, "100"))])
    till.document.said["balance_remaining"] = "0.00"
    till.document.save()
    queue_follow_ups(till.connection)
    assert due(till) == Decimal("-100.00")
    standing = standing_of(payment)
    assert (standing.is_asking, standing.open_amount) == (True, Decimal("0.00"))
    assert [(one.txn_id, one.is_equal) for one in standing.candidates] == [("P-1", True)]
    keep_waiting(payment, by=till.world.bob)
    queue_follow_ups(till.connection)
    assert standing_of(payment).kept_waiting
    entered_already(payment, by=till.world.bob, txn_id="P-1")
    assert due(till) == 0
    assert document_of(payment).state == State.ALREADY
    for _ in range(2):  # read again, it is this one
        assert take_over(till.connection, [received((till.document, "100"))]) == 0
    assert queue_follow_ups(till.connection) == 0
    for _ in range(2):
        not_there_after_all(payment, by=till.world.bob)
    assert standing_of(payment).is_asking
    assert take_over(till.connection, [received((till.document, "100"))]) == 0
    assert due(till) == Decimal("-100.00")


def test_the_question_is_answered_once(till):
    payment = record_payment(till.invoice, by=None, method="check")
    queue_follow_ups(till.connection)
    with pytest.raises(UserError) as refused:
        keep_waiting(payment, by=None)
    assert refused.value.code == "changed_meanwhile"


def test_every_state_has_its_sentence(till):
    will = "This will appear in QuickBooks as a Customer Payment on invoice 1042. Do not enter it there as well."
    assert promise(till.invoice) == will
    payment = record_payment(till.invoice, by=None, method="check")
    assert standing_of(payment).sentence == will
    queue_follow_ups(till.connection)
    assert standing_of(payment).sentence == will
    Document.objects.filter(pk=till.document.pk).update(txn_id="", state=State.ALREADY)
    assert "not as which one" in promise(till.invoice)
    queue_follow_ups(till.connection)
    assert "not as which one" in standing_of(payment).sentence
    other = make_invoice(make_building(till.world.organization, name="Gym"), number="1043")
    assert promise(other).startswith("Once invoice 1043 is sent, this payment goes along")
    assert promise(make_invoice(make_building(till.world.elsewhere))) == ""
