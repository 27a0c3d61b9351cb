"""The pages of payments, as people get them."""

from decimal import Decimal

import pytest

from standpipe.payments.actions import record_payment
from standpipe.payments.models import Payment
from support.invoices import MARCH, line, make_invoice
from support.pages import at, client_of, elements, query_count, text_of
from support.worlds import make_account, make_building, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def invoice(world):
    return make_invoice(make_building(world.organization), number="1042")


def record_page(invoice):
    return at(invoice.organization, f"invoices/{invoice.pk}/payments/record/")


def fields(**changes):
    return {"amount": "100.00", "method": "check", "seen_due": "100.00"} | changes


def test_recording_starts_at_the_full_balance_and_comes_back_to_the_invoice(world, invoice):
    """Requirement 62: from the invoice's page, amount and method required, four methods."""
    otto = client_of(world.otto)
    page = otto.get(record_page(invoice))
    assert elements(page, "//input[@name='amount']/@value") == ["100.00"]
    assert elements(page, "//input[@name='method']/@value") == ["credit_card", "ach_echeck", "check", "cash"]
    page = otto.post(record_page(invoice), {"amount": "", "seen_due": "100.00"})
    assert "Enter the amount that was paid." in text_of(page)
    assert "Choose how it was paid." in text_of(page)
    answer = otto.post(
        record_page(invoice), fields(amount="$30", reference_number="5501", date="2026-03-12"), follow=True
    )
    assert answer.redirect_chain == [(at(world.organization, f"invoices/{invoice.pk}/"), 302)]
    words = text_of(answer)
    assert "The payment of 30.00 is recorded. 70.00 remains due." in words
    assert "5501" in words
    assert "Balance due $70.00" in words


def test_what_remains_is_said_without_javascript_too(world, invoice):
    """Requirement 62: Remaining."""
    page = client_of(world.otto).post(record_page(invoice), fields(amount="30", show="remaining"))
    assert elements(page, "//output/text()") == ["70.00"]
    assert elements(page, "//input[@name='amount']/@value") == ["30"]
    assert not Payment.objects.exists()


def test_overpayment_offers_what_is_due_and_the_other_invoices(world, invoice):
    """Pain 17: refused before sending, with the choice spelled out."""
    make_invoice(invoice.building, number="1050", lines=[line("60.00")])
    otto = client_of(world.otto)
    page = otto.post(record_page(invoice), fields(amount="112.50"))
    words = text_of(page)
    assert "This is 12.50 more than is due. Record 100.00 here" in words
    assert "12.50 more than is due" in elements(page, "//output/text()")[0]
    assert "invoice 1050 ($60.00)" in words
    otto.post(record_page(invoice), fields(amount="112.50", instead="100.00"))
    assert Payment.objects.get().amount == Decimal("100.00")


def test_a_form_that_is_sent_twice_asks_before_it_counts_twice(world, invoice):
    otto = client_of(world.otto)
    otto.post(record_page(invoice), fields(amount="10"))
    page = otto.post(record_page(invoice), fields(amount="10"))
    assert "What is due has changed since you opened this page: it is 90.00 now." in text_of(page)
    assert elements(page, "//input[@name='seen_due']/@value") == ["90.00"]
    otto.post(record_page(invoice), fields(amount="10", seen_due="90.00"))
    assert Payment.objects.count() == 2


def test_the_list_of_invoices_leads_to_recording_where_something_is_due(world, invoice):
    """Requirement 62: from the invoice list."""
    paid = make_invoice(make_account(world.organization), number="1043")
    record_payment(paid, by=None, method="cash")
    page = client_of(world.otto).get(at(world.organization, "invoices/"))
    assert elements(page, "//a[starts-with(., 'Record payment')]/@href") == [record_page(invoice)]
    assert not elements(client_of(world.vera).get(at(world.organization, "invoices/")), "//a[.='Record payment']")


def test_a_payment_is_read_edited_taken_back_and_brought_back(world, invoice):
    payment = record_payment(invoice, by=world.otto, method="check", amount=Decimal(40), date=MARCH)
    bob, here = client_of(world.bob), at(world.organization, f"payments/{payment.pk}/")
    assert "12 March 2026" in text_of(bob.get(here))
    page = bob.get(f"{here}edit/")
    assert elements(page, "//live-remaining/@data-due") == ["100.00"]
    bob.post(f"{here}edit/", {"amount": "50", "method": "cash", "date": "2026-03-13"})
    payment.refresh_from_db()
    assert (payment.amount, payment.method) == (Decimal("50.00"), "cash")
    assert "100.00 will be due on the invoice" in text_of(bob.get(f"{here}take-back/"))
    assert "Taken back" in text_of(bob.post(f"{here}take-back/", follow=True))
    assert "is taken back" not in text_of(bob.get(here))
    assert "took this payment back" in text_of(bob.get(here))
    bob.post(f"{here}restore/")
    payment.refresh_from_db()
    assert payment.archived_at is None


def test_the_list_finds_filters_and_says_what_is_missing(world, invoice):
    bob, url = client_of(world.bob), at(world.organization, "payments/")
    assert "No payments yet" in text_of(bob.get(url))
    record_payment(invoice, by=None, method="check", amount=Decimal(40), reference_number="5501")
    assert "5501" in text_of(bob.get(f"{url}?search=elm"))
    assert "No payment matches" in text_of(bob.get(f"{url}?method=cash"))
    record_payment(invoice, by=None, method="cash", amount=Decimal(1))
    few = query_count(bob, url)
    for _ in range(5):
        record_payment(invoice, by=None, method="cash", amount=Decimal(1))
    assert query_count(bob, url) == few


def test_nothing_is_due_says_so(world, invoice):
    record_payment(invoice, by=None, method="cash")
    assert "Nothing is due on this invoice" in text_of(client_of(world.bob).get(record_page(invoice)))


def test_others_see_no_payment_and_viewers_record_none(world, invoice):
    payment = record_payment(invoice, by=None, method="cash", amount=Decimal(1))
    for path in (
        f"payments/{payment.pk}/",
        f"payments/{payment.pk}/edit/",
        f"invoices/{invoice.pk}/payments/record/",
    ):
        assert client_of(world.charlie).get(at(world.organization, path)).status_code == 404
        assert client_of(world.charlie).get(at(world.elsewhere, path)).status_code == 404
    vera = client_of(world.vera)
    assert vera.get(at(world.organization, f"payments/{payment.pk}/")).status_code == 200
    assert vera.post(record_page(invoice), fields()).status_code == 403
