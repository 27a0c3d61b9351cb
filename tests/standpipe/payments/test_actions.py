from datetime import date
from decimal import Decimal

import pytest

from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.invoices.actions import archive_invoice
from standpipe.invoices.models import Invoice
from standpipe.payments import guards
from standpipe.payments.actions import (
    change_as_in_quickbooks,
    drop_from_quickbooks,
    edit_payment,
    keep_payment_from_quickbooks,
    record_payment,
    restore_payment,
    take_back_payment,
)
from standpipe.payments.models import Payment
from standpipe.payments.queries import find_payment, others_due, payment_json, payments_of, payments_on
from support.invoices import MARCH, line, make_invoice
from support.worlds import make_account, make_building, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def invoice(world):
    return make_invoice(make_building(world.organization), number="1042")


def due(invoice: Invoice) -> Decimal:
    return Invoice.objects.get(pk=invoice.pk).balance_due


def verbs(payment: Payment) -> list[str]:
    return list(Activity.objects.filter(subject_id=str(payment.pk)).order_by("id").values_list("verb", flat=True))


def test_without_an_amount_all_that_is_due_is_paid(world, invoice):
    """Requirement 62: the default amount is the full balance."""
    payment = record_payment(invoice, by=world.otto, method="check", reference_number=" 5501 ", date=MARCH)
    assert (payment.amount, payment.reference_number, payment.date) == (Decimal("100.00"), "5501", MARCH)
    assert due(invoice) == invoice.balance_due == 0
    assert verbs(payment) == ["payment.recorded"]


def test_partial_payments_lower_the_balance_one_after_the_other(world, invoice):
    """Requirements 62 and 70."""
    record_payment(invoice, by=world.otto, method="cash", amount=Decimal(30))
    assert due(invoice) == Decimal("70.00")
    record_payment(invoice, by=world.otto, method="credit_card", amount=Decimal("70.00"))
    assert due(invoice) == 0
    assert [payment.method for payment in payments_on(invoice)] == ["cash", "credit_card"]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "10000000000", "NaN", "Infinity"])
def test_no_such_amount_is_recorded(world, invoice, amount):
    with pytest.raises(UserError) as refused:
        record_payment(invoice, by=world.otto, method="cash", amount=Decimal(amount))
    assert refused.value.field == "amount"
    assert due(invoice) == Decimal("100.00")


def test_overpayment_is_refused_with_the_choice_spelled_out(world, invoice):
    """Pain 17: caught before anything is sent."""
    record_payment(invoice, by=world.otto, method="cash", amount=Decimal("12.50"))
    with pytest.raises(UserError, match=r"This is 12\.50 more than is due\. Record 87\.50 here") as refused:
        record_payment(invoice, by=world.otto, method="cash", amount=Decimal(100))
    assert (refused.value.code, refused.value.field) == ("overpaid", "amount")
    assert due(invoice) == Decimal("87.50")


def test_nothing_is_recorded_where_nothing_is_due(world, invoice):
    record_payment(invoice, by=world.otto, method="cash")
    with pytest.raises(UserError) as refused:
        record_payment(invoice, by=world.otto, method="cash")
    assert refused.value.code == "nothing_due"


def test_a_form_that_is_sent_twice_counts_once(world, invoice):
    press = {"method": "cash", "amount": Decimal(10), "seen_due": Decimal("100.00")}
    record_payment(invoice, by=world.otto, **press)
    with pytest.raises(UserError) as refused:
        record_payment(invoice, by=world.otto, **press)
    assert refused.value.code == "changed_meanwhile"
    assert due(invoice) == Decimal("90.00")


def test_method_date_and_number_are_checked(world, invoice):
    """Requirements 50 and 62: a reference number has at most 20 characters; a method is required."""
    wrong = {
        "invalid_method": {"method": "wampum"},
        "invalid_length": {"reference_number": "x" * 21},
        "invalid_date": {"date": date(1969, 12, 31)},
        "invalid_text": {"notes": "a\x00b"},
    }
    for code, fields in wrong.items():
        with pytest.raises(UserError) as refused:
            record_payment(invoice, by=world.otto, **{"method": "cash"} | fields)
        assert refused.value.code == code
    assert not Payment.objects.exists()


def test_a_payment_is_edited_within_what_is_due(world, invoice):
    payment = record_payment(invoice, by=world.otto, method="cash", amount=Decimal(40))
    edit_payment(payment, by=world.bob, amount=Decimal("100.00"), notes="All of it")
    assert due(invoice) == 0
    with pytest.raises(UserError, match=r"0\.01 more than is due"):
        edit_payment(payment, by=world.bob, amount=Decimal("100.01"))
    edit_payment(payment, by=world.bob, notes="All of it")
    assert verbs(payment) == ["payment.recorded", "payment.edited"]


def test_an_edit_upon_an_edit_is_told(world, invoice):
    payment = record_payment(invoice, by=world.otto, method="cash")
    seen = payment.updated_at
    edit_payment(payment, by=world.bob, reference_number="1")
    with pytest.raises(UserError) as refused:
        edit_payment(payment, by=world.otto, reference_number="2", seen_at=seen)
    assert refused.value.code == "changed_meanwhile"


def test_a_payment_that_was_taken_back_counts_no_more_and_comes_back_if_so_much_is_due(world, invoice):
    payment = record_payment(invoice, by=world.otto, method="cash")
    for _ in range(2):
        take_back_payment(payment, by=world.bob)
    assert due(invoice) == Decimal("100.00")
    other = record_payment(invoice, by=world.otto, method="check", amount=Decimal(1))
    with pytest.raises(UserError) as refused:
        restore_payment(payment, by=world.bob)
    assert refused.value.code == "overpaid"
    take_back_payment(other, by=world.bob)
    restore_payment(payment, by=world.bob)
    assert due(invoice) == 0
    assert verbs(payment) == ["payment.recorded", "payment.taken_back", "payment.restored"]


def test_an_archived_invoice_gets_no_payment(world, invoice):
    archive_invoice(invoice, by=world.bob)
    with pytest.raises(UserError) as refused:
        record_payment(invoice, by=world.otto, method="cash")
    assert refused.value.code == "archived"


def test_a_higher_room_may_lock_a_payment(world, invoice):
    payment = record_payment(invoice, by=world.otto, method="cash")
    guards.add("test", lambda _: "It is on its way.")
    try:
        for change in (
            lambda: edit_payment(payment, by=world.bob, notes="x"),
            lambda: take_back_payment(payment, by=None),
        ):
            with pytest.raises(UserError, match="on its way"):
                change()
    finally:
        guards.remove("test")


def test_what_was_entered_in_quickbooks_lowers_the_balance_and_is_changed_there_only(world, invoice):
    said = {"amount": Decimal(60), "date": MARCH, "method": "", "method_name": "Visa", "notes": ""}
    payment = keep_payment_from_quickbooks(invoice, **said)
    assert (due(invoice), payment.source) == (Decimal("40.00"), "quickbooks")
    for change in (
        lambda: edit_payment(payment, by=world.bob, notes="x"),
        lambda: take_back_payment(payment, by=None),
    ):
        with pytest.raises(UserError) as refused:
            change()
        assert refused.value.code == "from_quickbooks"
    change_as_in_quickbooks(payment, **said | {"amount": Decimal(150)})
    assert due(invoice) == Decimal("-50.00")  # a fact, whatever is due here
    drop_from_quickbooks(payment)
    assert due(invoice) == Decimal("100.00")
    assert verbs(payment) == ["payment.arrived", "payment.changed_there", "payment.gone_there"]


def test_payments_are_found_by_what_stands_on_them_and_on_their_invoice(world, invoice):
    elsewhere = make_invoice(make_account(world.organization, name="Oak Group"), number="77")
    first = record_payment(invoice, by=None, method="ach_echeck", amount=Decimal(1), reference_number="TX-9")
    second = record_payment(elsewhere, by=None, method="check", amount=Decimal("64.50"), notes="left at the desk")
    for search, found in {
        "tx-9": [first],
        "64.50": [second],
        "echeck": [first],
        "desk check": [second],
        "1042": [first],
        "oak": [second],
        "": [second, first],
    }.items():
        assert set(payments_of(world.organization, search=search)) == set(found), search
    assert list(payments_of(world.elsewhere)) == []
    with pytest.raises(Payment.DoesNotExist):
        find_payment(world.elsewhere, first.pk)
    with pytest.raises(Payment.DoesNotExist):
        find_payment(world.organization, "x")


def test_other_invoices_of_the_same_place_on_which_something_is_due(world, invoice):
    other = make_invoice(invoice.building, lines=[line("5.00")], number="9")
    paid = make_invoice(invoice.building, number="8")
    record_payment(paid, by=None, method="cash")
    make_invoice(make_building(world.organization, name="Gym"), number="7")
    assert others_due(invoice, limit=3) == [other]


def test_a_payment_as_programs_see_it(world, invoice):
    payment = record_payment(invoice, by=None, method="check", reference_number="5501", date=MARCH, notes="Thanks")
    told = payment_json(payment)
    assert {key: told[key] for key in ("amount", "method", "reference_number", "date", "notes", "quickbooks")} == {
        "amount": "100.00",
        "method": "check",
        "reference_number": "5501",
        "date": "2026-03-12",
        "notes": "Thanks",
        "quickbooks": None,
    }
