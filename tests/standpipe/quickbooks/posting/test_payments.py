"""Payments on their way into the company file."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from qbwire.messages import Invoice as InvoiceThere
from qbwire.messages import ReceivePaymentAdd, Ref, encode_request_set
from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.invoices.models import Invoice
from standpipe.payments.actions import edit_payment, record_payment, restore_payment, take_back_payment
from standpipe.payments.models import Method
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.posting import payments
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.payment_actions import entered_already, send_again, send_what_is_open
from standpipe.quickbooks.posting.payments import (
    change_as_read,
    invoices_to_read,
    note_applied,
    note_open,
    open_there,
    payment_message,
    queue_follow_ups,
    waiting,
)
from standpipe.quickbooks.posting.payments_there import take_over
from standpipe.quickbooks.posting.queries import count_of, document_of
from standpipe.quickbooks.posting.setting_actions import change_settings
from standpipe.quickbooks.posting.settings import KEY
from support.invoices import MARCH, make_invoice
from support.payments import METHODS, UNDEPOSITED, make_entry, make_till, post, received
from support.worlds import make_building

pytestmark = pytest.mark.django_db
State = Document.State


@pytest.fixture
def till():
    return make_till()


def pay(till, amount="100.00", method="check", **fields):
    return record_payment(till.invoice, by=till.world.otto, amount=Decimal(amount), method=method, **fields)


def queued(till, payment):
    queue_follow_ups(till.connection)
    return document_of(payment)


# What goes, and when


def test_a_payment_of_an_invoice_that_is_there_goes_by_itself(till):
    """Requirement 63: a payment after sending appears by itself."""
    payment = pay(till, reference_number="5501", date=MARCH, notes="Left at\nthe desk")
    document = queued(till, payment)
    assert (document.state, document.asked_by, document.marker) == (State.WAITING, till.world.otto, payment.pk)
    message = payment_message(document)
    assert message.applies_automatically is None
    assert [(one.txn_id, one.payment_amount) for one in message.applied_to] == [
        (till.document.txn_id, Decimal("100.00"))
    ]
    assert (message.customer.list_id, message.total_amount) == ("80000001-1", Decimal("100.00"))
    assert (message.ref_number, message.dated_on, message.memo) == ("5501", MARCH, "Left at the desk")
    assert message.deposit_account.list_id == UNDEPOSITED
    assert encode_request_set([("1", ReceivePaymentAdd(payment=message))])


@pytest.mark.parametrize("method", METHODS)
def test_each_method_has_its_own_name_there(till, method):
    """Requirement 60 and pain 18."""
    document = queued(till, pay(till, method=method))
    entry = ListEntry.objects.get(list_id=payment_message(document).payment_method.list_id)
    assert entry.full_name == METHODS[Method(method)]


def test_a_payment_made_before_sending_waits_for_its_invoice_and_goes_along(till):
    """Requirements 8, 63 and 70: it leaves neither before its invoice nor without it."""
    invoice = make_invoice(make_building(till.world.organization, name="Gym"), number="1043")
    payment = record_payment(invoice, by=till.world.otto, amount=Decimal(40), method="cash")
    assert queued(till, payment) is None
    sending = post(invoice, till.connection, txn_id="", state=State.SENDING)
    assert queued(till, payment) is None
    Document.objects.filter(pk=sending.pk).update(state=State.POSTED, txn_id="I-9")
    assert queued(till, payment).state == State.WAITING
    assert queue_follow_ups(till.connection) == 0  # safe to repeat


def test_a_payment_of_an_invoice_entered_by_hand_goes_where_its_txn_id_is_known(till):
    invoice = make_invoice(make_building(till.world.organization, name="Gym"), number="1043")
    payment = record_payment(invoice, by=None, method="cash")
    by_hand = post(invoice, till.connection, txn_id="", state=State.ALREADY)
    assert queued(till, payment) is None
    Document.objects.filter(pk=by_hand.pk).update(txn_id="I-9")
    assert payment_message(queued(till, payment)).applied_to[0].txn_id == "I-9"


def test_it_goes_to_the_customer_that_the_invoice_stands_with(till):
    """Design 5: whatever the link says now; a merge in QuickBooks took the invoice along."""
    document = queued(till, pay(till))
    seen = InvoiceThere(
        txn_id=till.document.txn_id,
        edit_sequence="2",
        balance_remaining=Decimal(100),
        customer=Ref(list_id="80000077-1", full_name="Elm Schools"),
        receivable_account=Ref(list_id="80000099-1", full_name="Accounts Receivable 2"),
    )
    note_open(till.connection, [seen])
    message = payment_message(document)
    assert (message.customer.list_id, message.receivable_account.list_id) == ("80000077-1", "80000099-1")


def test_taken_back_before_it_left_it_does_not_go(till):
    payment = pay(till)
    assert queued(till, payment).state == State.WAITING
    take_back_payment(payment, by=till.world.bob)
    assert queued(till, payment) is None
    restore_payment(payment, by=till.world.bob)
    assert queued(till, payment).marker != payment.pk  # each document has its own


def test_taken_back_after_quickbooks_refused_it_nobody_is_needed(till):
    payment = pay(till)
    refused = {"state": State.NEEDS_YOU, "problem": {"code": "3180", "text": "There was an error."}}
    Document.objects.filter(pk=queued(till, payment).pk).update(**refused)
    take_back_payment(payment, by=till.world.bob)
    assert document_of(payment) is None
    assert count_of(till.world.organization, "needs_you", noun="payment") == 0


def test_nothing_of_another_organization_goes(till):
    other = make_till()
    payment = pay(other)
    assert queue_follow_ups(till.connection) == 0
    assert queued(other, payment).connection == other.connection


# What it needs


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gone_at": timezone.now()}, "method_gone"),
        ({"is_active": False}, "method_inactive"),
    ],
)
def test_a_method_that_is_gone_does_not_lose_the_payment(till, change, code):
    """Requirement 72: it waits for a person, and goes once the method is there again."""
    row = ListEntry.objects.filter(full_name="Check")
    row.update(**change)
    payment = pay(till)
    document = queued(till, payment)
    assert (document.state, document.problem["code"]) == (State.NEEDS_YOU, code)
    with pytest.raises(UserError):
        payment_message(document)
    row.update(gone_at=None, is_active=True)
    assert queued(till, payment).state == State.WAITING


def test_a_method_that_nobody_chose_says_so(till):
    """Requirement 72."""
    settings = till.connection.settings[KEY]
    chosen = settings["methods"].pop("check")
    till.connection.save()
    payment = pay(till)
    assert queued(till, payment).problem["code"] == "no_method"
    settings["methods"]["check"] = chosen
    till.connection.save()
    assert queued(till, payment).problem is None


def test_without_a_deposit_account_quickbooks_decides_and_a_gone_one_is_told(till):
    """Pain 18."""
    document = queued(till, pay(till))
    ListEntry.objects.filter(list_id=UNDEPOSITED).update(is_active=False)
    with pytest.raises(UserError) as refused:
        payment_message(document)
    assert refused.value.code == "deposit_account_inactive"
    till.connection.settings[KEY]["methods"]["check"]["deposit_account"] = ""
    till.connection.save()
    document.refresh_from_db()
    document.connection.refresh_from_db()
    assert payment_message(document).deposit_account is None


def test_dated_in_a_closed_period_it_waits_until_the_date_is_another(till):
    said = {"AccountingPreferences": {"ClosingDate": "2026-03-31"}}
    make_entry(till.connection, ListKind.PREFERENCES, "", "Preferences", type="Preferences", said=said)
    payment = pay(till, date=date(2026, 3, 31))
    assert document_of(payment).problem["text"] == (
        "The books are closed to 31 March 2026 in QuickBooks, and the payment is dated 31 March 2026."
    )
    edit_payment(payment, by=None, date=date(2026, 4, 1))
    assert document_of(payment).state == State.WAITING


def test_more_than_the_invoice_asks_for_is_not_said_to_be_entered_there(till):
    """Issue, point 8: the invoice was made smaller after it was paid."""
    payment = pay(till, "90")
    Invoice.objects.filter(pk=till.invoice.pk).update(total=Decimal(50))
    Document.objects.filter(pk=till.document.pk).update(said={"total": "50.00", "balance_remaining": "50.00"})
    assert queued(till, payment).problem["text"] == (
        "This payment of 90.00 is more than the total of the invoice, 50.00. QuickBooks shows 50.00 open. "
        "Change the payment or the invoice."
    )
    send_what_is_open(payment, by=till.world.bob)
    assert (payment.amount, document_of(payment).state) == (Decimal("50.00"), State.WAITING)


def test_text_that_quickbooks_cannot_store_is_told_before_it_leaves(till):
    payment = pay(till, reference_number="支票")
    assert queued(till, payment).problem["code"] == "unstorable_text"
    edit_payment(payment, by=None, reference_number="5501")
    assert queued(till, payment).state == State.WAITING


# What QuickBooks shows open


def test_where_quickbooks_shows_less_open_it_asks_and_does_not_send(till):
    """Pain 17: the case "already paid in QuickBooks", in plain words."""
    document = queued(till, pay(till))
    assert invoices_to_read(waiting(till.connection)) == (till.document.txn_id,)
    seen = InvoiceThere(txn_id=till.document.txn_id, edit_sequence="2", balance_remaining=Decimal(40))
    note_open(till.connection, [seen])
    with pytest.raises(UserError) as refused:
        payment_message(document)
    assert (refused.value.code, str(refused.value)) == (
        "paid_there",
        "QuickBooks shows 40.00 open, this payment is 100.00. Was it entered there already?",
    )
    assert queued(till, document.payment).state == State.NEEDS_YOU
    note_open(
        till.connection,
        [InvoiceThere(txn_id=till.document.txn_id, edit_sequence="3", balance_remaining=Decimal(100))],
    )
    assert queued(till, document.payment).state == State.WAITING


def test_payments_of_one_invoice_are_counted_together(till):
    first, second = pay(till, "60"), pay(till, "40")
    till.document.said |= {"total": "70.00", "balance_remaining": "70.00"}  # changed there
    till.document.save()
    assert queued(till, first).state == State.WAITING
    assert document_of(second).problem["text"].startswith("QuickBooks shows 10.00 open, this payment is 40.00.")
    send_what_is_open(second, by=till.world.bob)
    assert (second.amount, document_of(second).state) == (Decimal("10.00"), State.WAITING)
    till.invoice.refresh_from_db()
    assert till.invoice.balance_due == Decimal("30.00")


def seen(till, left, **fields):
    invoice = InvoiceThere(
        txn_id=till.document.txn_id,
        edit_sequence="2",
        balance_remaining=Decimal(left),
        subtotal=Decimal(100),
        **fields,
    )
    note_open(till.connection, [invoice])


def test_lower_there_than_is_known_here_it_asks_though_enough_is_open(till):
    """Pain 17: entered on both sides as a partial payment."""
    payment = pay(till, "30")
    seen(till, "70")
    document = document_of(payment)
    assert (document.state, document.problem["text"]) == (
        State.NEEDS_YOU,
        "QuickBooks shows 30.00 less open than is known here. Was this payment of 30.00 entered there already?",
    )
    take_over(till.connection, [received((till.document, "30"))])
    assert document_of(payment).state == State.NEEDS_YOU  # it came later: it may be this one
    send_what_is_open(payment, by=till.world.bob)
    payment.refresh_from_db()
    assert (payment.amount, document_of(payment).state) == (Decimal("30.00"), State.WAITING)
    seen(till, "50")
    assert document_of(payment).state == State.NEEDS_YOU  # and one more was entered since


def test_marked_as_entered_there_it_explains_what_is_open_to_the_others(till):
    first, second = pay(till, "30"), pay(till, "20")
    seen(till, "70")
    assert {document_of(one).state for one in (first, second)} == {State.NEEDS_YOU}
    entered_already(first, by=till.world.bob)
    assert document_of(second).state == State.WAITING


def test_what_was_known_when_it_was_recorded_asks_nothing(till):
    """Ours that were posted, and rows that had come back before."""
    take_over(till.connection, [received((till.document, "10"), discount="5")])
    ours = document_of(pay(till, "20"))
    Document.objects.filter(pk=ours.pk).update(state=State.POSTED, txn_id="P-2", frozen={"amount": "20.00"})
    take_back_payment(ours.payment, by=None)  # still there
    payment = pay(till, "15")
    seen(till, "73", sales_tax_total=Decimal(8))
    assert document_of(payment).state == State.WAITING
    Document.objects.filter(pk=ours.pk).update(gone_at=timezone.now())
    seen(till, "73", sales_tax_total=Decimal(8))
    assert document_of(payment).state == State.NEEDS_YOU


@pytest.mark.parametrize("left", ["100", "0"])
def test_what_was_claimed_while_it_was_judged_stays_claimed(till, monkeypatch, left):
    """Requirement 56: a session takes it between the reading and the writing of a request of a person."""
    document = document_of(pay(till))
    if left == "100":
        seen(till, "0")
    judge = payments.hindrance_of

    def claimed_meanwhile(one, **known):
        hindrance = judge(one, **known)
        Document.objects.filter(pk=one.pk).update(state=State.SENDING, problem=None)
        return hindrance

    monkeypatch.setattr(payments, "hindrance_of", claimed_meanwhile)
    seen(till, left)
    document.refresh_from_db()
    assert (document.state, document.problem) == (State.SENDING, None)


def test_what_was_claimed_meanwhile_is_not_ended(till):
    document = document_of(pay(till))
    Document.objects.filter(pk=document.pk).update(state=State.SENDING)
    assert not change_as_read(document, ended_at=timezone.now())
    assert document_of(document.payment) == document


def test_what_is_open_follows_what_was_posted(till):
    document = queued(till, pay(till, "30"))
    note_applied(document, received((till.document, "30")), invoice_document=till.document)
    till.document.refresh_from_db()
    assert open_there(till.document) == Decimal("70.00")


def test_an_invoice_that_is_not_there_any_more_holds_its_payments(till):
    document = queued(till, pay(till))
    note_open(till.connection, [], asked=[till.document.txn_id])
    till.document.refresh_from_db()
    assert till.document.gone_because == "missing"
    with pytest.raises(UserError) as refused:
        payment_message(document)
    assert refused.value.code == "invoice_gone"


# Changes


def test_a_payment_on_the_wire_stays_as_it_is(till):
    payment = pay(till)
    Document.objects.filter(pk=queued(till, payment).pk).update(state=State.SENDING)
    for change in (
        lambda: edit_payment(payment, by=None, amount=Decimal(1)),
        lambda: take_back_payment(payment, by=None),
    ):
        with pytest.raises(UserError) as refused:
            change()
        assert refused.value.code == "locked"


def test_deleted_there_it_can_be_sent_again_under_another_marker(till):
    payment = pay(till)
    document = queued(till, payment)
    Document.objects.filter(pk=document.pk).update(state=State.POSTED, txn_id="P-1")
    with pytest.raises(UserError):
        send_again(payment, by=None)
    Document.objects.filter(pk=document.pk).update(gone_at=timezone.now() - timedelta(minutes=1))
    send_again(payment, by=None)
    again = document_of(payment)
    assert (again.state, again.pk != document.pk, again.marker != document.marker) == (State.WAITING, True, True)
    assert Activity.objects.get(verb="payment.sent_anew").subject_id == str(payment.pk)


def test_deleted_there_it_is_not_held_back_by_what_it_had_paid(till):
    """The invoice was last read as paid: by the payment that is not there any more."""
    payment = pay(till)
    Document.objects.filter(pk=queued(till, payment).pk).update(
        state=State.POSTED, txn_id="P-1", gone_at=timezone.now() - timedelta(minutes=1)
    )
    Document.objects.filter(pk=till.document.pk).update(said={"total": "100.00", "balance_remaining": "0.00"})
    send_again(payment, by=None)
    again = document_of(payment)
    assert (again.state, again.problem) == (State.WAITING, None)
    assert invoices_to_read([again]) == (till.document.txn_id,)  # asked for before it goes
    paid = InvoiceThere(txn_id=till.document.txn_id, edit_sequence="2", balance_remaining=Decimal(0))
    note_open(till.connection, [paid])
    assert document_of(payment).state == State.NEEDS_YOU


def test_its_document_is_there_as_soon_as_it_is_recorded(till):
    """A login that looks for work finds it: nothing has to ask beforehand."""
    payment = pay(till)
    assert document_of(payment).state == State.WAITING
    take_back_payment(payment, by=None)
    assert document_of(payment) is None


def test_choosing_the_method_lets_waiting_payments_go(till):
    """Requirement 72: the repair is the settings, and nothing else has to be pressed."""
    chosen = till.connection.settings[KEY]["methods"]["check"]
    change_settings(till.connection, by=None, methods={"check": {"payment_method": ""}})
    payment = pay(till)
    assert document_of(payment).problem["code"] == "no_method"
    change_settings(till.connection, by=None, methods={"check": chosen})
    assert document_of(payment).state == State.WAITING


def test_when_its_invoice_waits_again_it_waits_behind_it(till):
    """An older copy of the company file was opened: invoice and payment go once more, under their own markers."""
    document = document_of(pay(till))
    Document.objects.filter(pk=till.document.pk).update(gone_at=timezone.now())
    assert queued(till, document.payment).problem["code"] == "invoice_gone"
    Document.objects.filter(pk=till.document.pk).update(gone_at=None, txn_id="", state=State.WAITING)
    assert queued(till, document.payment) == document
    Document.objects.filter(pk=till.document.pk).update(txn_id="I-7", state=State.POSTED)
    again = queued(till, document.payment)
    assert (again, again.state, again.marker) == (document, State.WAITING, document.marker)


def test_found_there_by_reading_back_its_invoice_has_payments_looked_for_too(till):
    """A restored database forgot what it had sent: nothing is asked or sent before the file was searched."""
    Document.objects.filter(pk=till.document.pk).update(message_set=None, said={"balance_remaining": "0.00"})
    document = document_of(pay(till))
    assert (document.state, document.is_unsure) == (State.WAITING, True)
