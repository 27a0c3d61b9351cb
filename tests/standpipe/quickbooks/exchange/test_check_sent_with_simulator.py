"""What becomes of invoices and payments in QuickBooks after they were sent: noticed and said, never written there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from qbsim.company import Company
from qbsim.transactions.invoices import line
from standpipe.activity.models import Activity
from standpipe.invoices.actions import edit_invoice
from standpipe.invoices.lines import NewLine
from standpipe.payments.actions import record_payment
from standpipe.payments.models import Payment
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.posting.actions import mark_already, mark_many, release, unmark_already
from standpipe.quickbooks.posting.checking import EVERY, ensure_check, request_check
from standpipe.quickbooks.posting.checklist import checklist_of
from standpipe.quickbooks.posting.models import Document
from support.posting_office import TODAY, Office, Wish, make_books, make_office
from support.quickbooks_worlds import PASSWORD, connect
from support.soap import Visit, call

pytestmark = pytest.mark.django_db(transaction=True)  # as in service, and quicker on PostgreSQL


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with make_books(tmp_path / "company.qbsim") as company:
        yield company


@pytest.fixture
def office(company: Company) -> Office:
    return make_office(company, lambda connection: visit(connection, company))


def visit(connection: Any, company: Company, *faults: str) -> Any:
    outcome = connect(connection, company, faults=faults).update()
    assert outcome.outcome in ("done", "none")
    return outcome


def post(office: Office, company: Company, *, rate: str = "45") -> Wish:
    """An invoice that is in QuickBooks."""
    wish = office.write_plain(item="Inspection", rate=Decimal(rate))
    visit(office.connection, company)
    assert document_of(wish).state == Document.State.POSTED
    return wish


def document_of(wish: Wish) -> Document:
    return Document.objects.get(invoice=wish.invoice, ended_at=None)


def look(office: Office, company: Company, *faults: str, full: bool = False) -> Task:
    task = request_check(office.connection, by=office.alice)
    Task.objects.filter(pk=task.pk).update(full=full)
    visit(office.connection, company, *faults)
    task.refresh_from_db()
    assert (task.state, task.error) == (Task.State.DONE, None)
    return task


@pytest.mark.parametrize("full", [False, True])
def test_what_becomes_of_an_invoice_there_is_read(office, company, full):
    """Requirement 70, idea 14: changed, paid, unpaid, voided; by what changed, and by TxnID."""
    wish = post(office, company)
    before = document_of(wish)
    there = before.txn_id
    for _ in range(2):
        counts = look(office, company, full=full).counts
        assert (counts["changed"], counts["gone"], counts["new"]) == (0, 0, 0)
    assert (document_of(wish).said, document_of(wish).gone_at) == (before.said, None)

    company.invoices.edit(there, ref_number="1042-A", lines=[line("Inspection", quantity=1, rate="50")])
    look(office, company, full=full)
    document = document_of(wish)
    assert (document.number, document.said["total"], document.problem["code"]) == ("1042-A", "50.00", "total_differs")
    company.invoices.edit(there, lines=[line("Inspection", quantity=1, rate="45")])
    look(office, company, full=full)
    assert document_of(wish).problem is None

    payment = company.payments.add(
        before.customer_list_id, "20.00", pays={there: "20.00"}, payment_method="Check", ref_number="77"
    )
    assert look(office, company, full=full).counts["new"] == 1
    kept = Payment.objects.get(invoice=wish.invoice)
    assert (kept.amount, kept.source, kept.reference_number) == (Decimal("20.00"), "quickbooks", "77")
    assert document_of(wish).said["balance_remaining"] == "25.00"
    company.payments.delete(payment.txn_id)
    look(office, company, full=full)
    wish.invoice.refresh_from_db()
    assert (wish.invoice.paid, document_of(wish).said["balance_remaining"]) == (0, "45.00")

    company.invoices.void(there)
    assert look(office, company, full=full).counts["changed"] == 1
    document = document_of(wish)
    assert (document.gone_because, document.state, document.problem) == ("void", Document.State.POSTED, None)
    assert look(office, company, full=full).counts["changed"] == 0


def test_deleted_ones_are_noticed_and_the_others_stay(office, company, monkeypatch):
    """In pieces, in pages, and where QuickBooks refuses a whole question for one TxnID that is gone."""
    monkeypatch.setattr("standpipe.quickbooks.exchange.check_sent.PIECE", 2)
    monkeypatch.setattr("standpipe.quickbooks.exchange.check_sent.PAGE_SIZE", 2)
    wishes = [post(office, company, rate=str(rate)) for rate in range(45, 50)]
    look(office, company, full=True)
    company.invoices.void(document_of(wishes[4]).txn_id)
    company.invoices.void(document_of(wishes[0]).txn_id)
    assert look(office, company).counts["changed"] == 2
    assert [document_of(wish).gone_because for wish in wishes] == ["void", "", "", "", "void"]
    company.invoices.delete(document_of(wishes[1]).txn_id)
    assert look(office, company).counts["gone"] == 1
    assert (document_of(wishes[1]).gone_because, document_of(wishes[1]).problem) == ("deleted", None)
    company.invoices.delete(document_of(wishes[2]).txn_id)
    assert look(office, company, "missing-id-3120", full=True).counts["gone"] == 1
    assert [document_of(wish).gone_because for wish in wishes] == ["void", "deleted", "deleted", "", "void"]


def test_the_number_of_a_void_one_is_free_again_once_it_is_deleted(office, company):
    """Its document is over here, and is followed for this alone."""
    wish = post(office, company)
    there = document_of(wish).txn_id
    company.invoices.void(there)
    look(office, company)
    release(wish.invoice, by=office.alice)
    assert "keeps the number" in checklist_of(wish.invoice).sentence
    company.invoices.delete(there)
    look(office, company)
    assert checklist_of(wish.invoice).is_ready
    office.send(wish)
    visit(office.connection, company)
    assert document_of(wish).state == Document.State.POSTED


def test_payments_are_known_for_what_they_are(office, company):
    """Ours are not taken for others; those of an invoice that was marked are found through its links."""
    wish = post(office, company)
    record_payment(wish.invoice, by=office.alice, amount=Decimal("5.00"), method="check", date=TODAY)
    visit(office.connection, company)
    for full in (False, True):
        assert look(office, company, full=full).counts["new"] == 0
    there = document_of(wish)
    company.payments.add(there.customer_list_id, "20.00", pays={there.txn_id: "20.00"}, ref_number="78")
    Document.objects.filter(pk=there.pk).update(state="already", read_at=None, said=None, number="")
    look(office, company)
    numbers = Payment.objects.filter(invoice=wish.invoice).values_list("reference_number", "source")
    assert sorted(numbers) == [("", "here"), ("78", "quickbooks")]
    assert document_of(wish).number == wish.invoice.number


def test_a_file_that_has_gone_back_in_time_is_recognised(office, company, tmp_path):
    """Design 5: known TxnIDs are gone, and nobody deleted them; what is proven absent goes once more."""
    first = post(office, company)
    look(office, company)
    company.back_up(tmp_path / "backup.qbsim")
    second = post(office, company, rate="46")
    look(office, company)
    line_ = NewLine(item=second.invoice.lines.get().item, quantity=Decimal(1), rate=Decimal(50))
    edit_invoice(second.invoice, by=office.alice, lines=[line_])
    company.restore(tmp_path / "backup.qbsim")
    look(office, company)
    visit(office.connection, company)
    history = Activity.objects.filter(verb="invoice.gone_there").values_list("subject_id", flat=True)
    assert [str(one) for one in history] == [str(second.invoice.pk)]
    there = [invoice.ref_number for invoice in company.invoices.all()]
    assert sorted(there) == sorted([first.invoice.number, second.invoice.number])
    # As it stands here now: whoever enters it again by hand would take what stands here, too.
    assert {str(invoice.total_cents) for invoice in company.invoices.all()} == {"4500", "5000"}
    told = Activity.objects.get(verb="invoice.sent_again")
    assert (told.before["total"], told.after["total"], told.after["because"]) == ("46.00", "50.00", "restored")
    for wish in (first, second):
        assert (document_of(wish).state, document_of(wish).gone_at) == (Document.State.POSTED, None)


def test_it_only_reads_and_asks_again_what_broke_off_and_comes_by_itself_once_an_hour(office, company):
    wish = post(office, company)
    look(office, company, full=True)
    before = [(one.txn_id, one.edit_sequence) for one in company.invoices.all()]
    company.wire_log.clear()
    look(office, company, full=True)
    look(office, company)
    asked = {status.split()[0] for entry in company.wire_log.entries() for status in entry.statuses}
    assert asked == {"InvoiceQuery", "ReceivePaymentQuery", "TxnDeletedQuery"}
    assert [(one.txn_id, one.edit_sequence) for one in company.invoices.all()] == before

    company.invoices.void(document_of(wish).txn_id)
    task = request_check(office.connection, by=office.alice)
    connect(office.connection, company, faults=["truncated-answer"]).update()
    assert document_of(wish).gone_at is None
    visit(office.connection, company)
    task.refresh_from_db()
    assert (task.state, document_of(wish).gone_because) == (Task.State.DONE, "void")

    assert ensure_check(office.connection, now=task.created_at + EVERY / 2) is None
    assert ensure_check(office.connection, now=task.created_at + EVERY * 1.1) is not None


def morning(office: Office) -> None:
    """The next working day has begun: nothing was looked at for a while, and the time for it has come."""
    ago = timezone.now() - 2 * EVERY
    Task.objects.update(created_at=ago)
    Connection.objects.filter(pk=office.connection.pk).update(look_due_at=ago)
    office.connection.refresh_from_db()


def due_at(office: Office) -> datetime:
    office.connection.refresh_from_db()
    return office.connection.look_due_at


def test_a_quiet_file_is_looked_at_by_itself(office, company, django_assert_num_queries):
    """Issue 5.7: void, deletion and payments are noticed where nobody sends, refreshes or presses."""
    wish = post(office, company)
    assert due_at(office) is not None, "planned since the first visit"
    morning(office)
    customer, there = wish.client.list_id, document_of(wish).txn_id
    company.payments.add(customer, "5.00", pays={there: "5.00"}, payment_method="Check", ref_number="77")
    visit(office.connection, company)
    assert Payment.objects.get(invoice=wish.invoice).source == "quickbooks"
    assert due_at(office) > timezone.now() + EVERY, "the next working day, or at noon"
    with django_assert_num_queries(1):  # and until then a visit costs what any does
        assert call("authenticate", office.connection.username, PASSWORD)[1] == "none"


def test_a_look_that_finds_no_quickbooks_waits_an_hour_and_not_at_every_visit(office, company, tmp_path):
    """Nobody waits for it: QuickBooks may be closed, and another company file may be open."""
    post(office, company)
    for failing in (lambda: _closed(office, company), lambda: _another_file(office, tmp_path)):
        morning(office)
        failing()
        assert not Task.objects.filter(state__in=["waiting", "running"]).exists()
        assert timedelta(minutes=50) < due_at(office) - timezone.now() < timedelta(minutes=70)
        assert visit(office.connection, company).outcome == "none"


def _closed(office: Office, company: Company) -> None:
    connector = Visit(office.connection)
    assert connector.verdict == ""
    assert call("connectionError", connector.ticket, "0x80040408", "Could not start QuickBooks.") == "done"


def _another_file(office: Office, folder: Path) -> None:
    with Company.create(folder / "other.qbsim", customers=0, transactions=False) as other:
        assert connect(office.connection, other).update().outcome == "refused"


def test_a_file_that_holds_nothing_of_ours_is_never_opened_for_a_look(office, company):
    visit(office.connection, company)
    morning(office)
    assert visit(office.connection, company).outcome == "none"
    assert due_at(office) > timezone.now() + EVERY


def test_what_is_already_there_by_hand_is_found_by_its_number(office, company):
    """One of the same customer is it; several are a person's to choose; none is said."""
    wishes = [office.write(Random(number)) for number in range(4)]
    customer = wishes[0].client.list_id
    other = next(client.list_id for client in office.clients if client.list_id != customer)
    total = str(wishes[0].invoice.total)
    one = company.invoices.add(customer, lines=[line("Inspection", quantity=1, rate=total)], ref_number="A-1")
    company.invoices.add(other, lines=[line("Inspection", quantity=1, rate="60")], ref_number="A-1")
    stranger = next(client.list_id for client in office.clients if client.list_id != wishes[1].client.list_id)
    two = [
        company.invoices.add(stranger, lines=[line("Inspection", quantity=1, rate=rate)], ref_number="B-1")
        for rate in ("70", "80")
    ]
    for wish, number in zip(wishes, ("A-1", "B-1", "C-1", ""), strict=True):
        mark_already(wish.invoice, by=office.alice, number=number)
    visit(office.connection, company)
    found, several, none, unnamed = (document_of(wish) for wish in wishes)
    assert (found.txn_id, found.said["total"], found.candidates) == (one.txn_id, total, [])
    assert several.txn_id == ""
    assert {candidate["txn_id"] for candidate in several.candidates} == {each.txn_id for each in two}
    assert (none.txn_id, none.candidates, none.read_at is not None) == ("", [], True)
    assert unnamed.read_at is None
    sentences = [checklist_of(wish.invoice).sentence for wish in wishes]
    assert "as number A-1. It is never sent from here." in sentences[0]
    assert sentences[1:3] == [
        "QuickBooks has 2 invoices with the number B-1. Say which one.",
        "QuickBooks has no invoice with the number C-1.",
    ]
    mark_already(wishes[1].invoice, by=office.alice, number="B-1", txn_id=two[1].txn_id)
    visit(office.connection, company)
    assert document_of(wishes[1]).said["total"] == "80.00"


def test_a_number_that_quickbooks_cannot_read_is_nobodys_and_stops_nobody(office, company):
    """The others are found, and what was changed in QuickBooks is noticed in the same visit."""
    posted = post(office, company)
    company.invoices.edit(document_of(posted).txn_id, memo="Called")
    wishes = []
    for number in ("A-1", "B-1", "C-1"):
        invoice, client = office.compose(Random(3))
        cost = line("Inspection", quantity=1, rate=str(invoice.total))
        company.invoices.add(client.list_id, lines=[cost], ref_number=number)
        mark_already(invoice, by=office.alice, number=number)
        wishes.append(invoice)
    look(office, company, "cannot-read:<RefNumber>B-1<")
    marked = [Document.objects.get(invoice=one, ended_at=None) for one in wishes]
    assert [bool(one.txn_id) for one in marked] == [True, False, True]
    assert marked[1].read_at is not None
    assert document_of(posted).said["memo"] == "Called"


def test_one_of_that_number_is_not_it_for_that(office, company):
    """Audit 6.1: tied to another customer's invoice, it would draw the payments onto that one."""
    invoice, client = office.compose(Random(3))
    stranger = next(one for one in office.clients[2:] if one.list_id != client.list_id)  # of another tree
    for customer, rate in ((stranger.list_id, str(invoice.total)), (client.list_id, "250")):
        there = company.invoices.add(
            customer, lines=[line("Inspection", quantity=1, rate=rate)], ref_number=invoice.number
        )
        mark_many([invoice], by=office.alice)
        visit(office.connection, company)
        document = Document.objects.get(invoice=invoice, ended_at=None)
        assert (document.txn_id, [one["txn_id"] for one in document.candidates]) == ("", [there.txn_id])
        sentence = checklist_of(invoice).sentence
        assert f"has one invoice with the number {invoice.number}, of “" in sentence
        assert "Say whether it is this one." in sentence
        unmark_already(invoice, by=office.alice)
        company.invoices.delete(there.txn_id)


def test_marking_many_keeps_what_was_said_of_one(office, company):
    """Audit 6.2: known under another number there, it is not looked for under its own."""
    invoice, client = office.compose(Random(3))
    there = company.invoices.add(
        client.list_id, lines=[line("Inspection", quantity=1, rate=str(invoice.total))], ref_number="A-77"
    )
    mark_already(invoice, by=office.alice, number="A-77")
    visit(office.connection, company)
    assert mark_many([invoice], by=office.alice) == {invoice.pk: None}
    document = Document.objects.get(invoice=invoice, ended_at=None)
    assert (document.txn_id, document.number) == (there.txn_id, "A-77")


def test_the_number_of_one_that_was_sent_from_here_means_no_other(office, company):
    """Nobody's payments go onto an invoice that is another one here."""
    sent = post(office, company)
    number = document_of(sent).number
    wish = office.write(Random(7))
    mark_already(wish.invoice, by=office.alice, number="not yet")
    Document.objects.filter(invoice=wish.invoice).update(number=number)
    visit(office.connection, company)
    marked = document_of(wish)
    assert (marked.txn_id, marked.candidates, marked.read_at is not None) == ("", [], True)
