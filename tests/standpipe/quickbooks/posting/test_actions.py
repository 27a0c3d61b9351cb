"""Sending once, taking back, and what is in QuickBooks already (requirements 55 and 56)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.invoices.actions import archive_invoice, edit_invoice
from standpipe.invoices.queries import find_invoice
from standpipe.payments.actions import record_payment
from standpipe.quickbooks.linking.actions import link_customer, undo_link, unlink
from standpipe.quickbooks.linking.consequences import in_words
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.lists.actions import request_lists, request_refresh
from standpipe.quickbooks.matching.actions import undo_acceptance
from standpipe.quickbooks.matching.models import Acceptance
from standpipe.quickbooks.posting import outbox
from standpipe.quickbooks.posting.actions import (
    NotReady,
    answer_first_send,
    has_first_send_question,
    mark_already,
    mark_many,
    queue_invoice,
    queue_invoices,
    release,
    take_back,
    unmark_already,
    with_waiting,
)
from standpipe.quickbooks.posting.checklist import checklist_of
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.queries import BADGES, badge_of, count_of, document_of, with_badge
from standpipe.quickbooks.posting.settings import settings_of
from support.quickbooks_worlds import make_customer
from support.ready_books import make_books, move
from support.worlds import make_building

pytestmark = pytest.mark.django_db
State = Document.State


def test_a_press_makes_one_document_however_often() -> None:
    books = make_books()
    invoice = books.invoice()
    first = queue_invoice(invoice, by=books.alice)
    assert queue_invoice(invoice, by=books.alice) == first
    assert (first.customer_name, first.why, first.state) == ("Elm School:Gym", "job", State.WAITING)
    assert first.marker == invoice.pk
    assert Document.objects.count() == 1


def test_what_is_not_linked_never_waits() -> None:
    """Requirement 5."""
    books = make_books()
    lonely = make_building(books.organization, name="Pool")
    with pytest.raises(NotReady) as refusal:
        queue_invoice(books.invoice(place=lonely), by=books.alice)
    assert refusal.value.code == "not_ready"
    assert refusal.value.checklist.first.key == "linked"
    assert not Document.objects.exists()


def test_a_refused_invoice_that_was_archived_is_not_counted_where_no_list_shows_it() -> None:
    books = make_books()
    invoice = books.invoice()
    queue_invoice(invoice, by=books.alice)
    Document.objects.update(state=State.NEEDS_YOU, problem={"code": "3180", "text": "There was an error."})
    assert count_of(books.organization, "needs_you") == 1
    archive_invoice(find_invoice(books.organization, invoice.pk), by=books.alice)
    assert count_of(books.organization, "needs_you") == 0


def test_undecided_has_a_code_of_its_own() -> None:
    """Design 3.6."""
    books = make_books()
    books.link(books.account, make_customer(books.connection, name="Oak"))
    with pytest.raises(NotReady) as refusal:
        queue_invoice(books.invoice(), by=books.alice)
    assert refusal.value.code == "bill_to_undecided"


@pytest.mark.parametrize("state", [State.SENDING, State.POSTED, State.ALREADY])
def test_what_was_sent_is_not_sent_again_nor_taken_back(state: str) -> None:
    """Requirement 56."""
    books = make_books()
    invoice = books.invoice()
    document = move(queue_invoice(invoice, by=books.alice), state=state)
    with pytest.raises(NotReady) as refusal:
        queue_invoice(invoice, by=books.alice)
    assert refusal.value.code == "already_sent"
    if state == State.POSTED:
        move(document, frozen={"total": "1.00"}, said={"total": "1.01"})
        with pytest.raises(NotReady, match="It is in QuickBooks, under"):
            queue_invoice(invoice, by=books.alice)
    with pytest.raises(UserError):
        take_back(invoice, by=books.alice)
    assert document_of(invoice) == document


def test_taken_back_it_can_be_edited_and_sent_again_under_another_marker() -> None:
    books = make_books()
    invoice = books.invoice()
    first = queue_invoice(invoice, by=books.alice)
    with pytest.raises(UserError) as locked:
        edit_invoice(invoice, by=books.alice, memo="New")
    assert locked.value.code == "locked"
    assert "Take it back first" in str(locked.value)
    take_back(invoice, by=books.alice)
    take_back(invoice, by=books.alice)
    edit_invoice(invoice, by=books.alice, memo="New")
    second = queue_invoice(invoice, by=books.alice)
    assert second.marker != first.marker
    assert Document.objects.filter(invoice=invoice, ended_at=None).count() == 1


def test_it_cannot_be_edited_while_it_is_on_the_wire() -> None:
    books = make_books()
    invoice = books.invoice()
    move(queue_invoice(invoice, by=books.alice), state=State.SENDING)
    with pytest.raises(UserError, match="being sent"):
        edit_invoice(invoice, by=books.alice, memo="New")


def test_a_refused_one_is_editable_and_goes_as_a_new_document() -> None:
    books = make_books()
    invoice = books.invoice()
    first = move(queue_invoice(invoice, by=books.alice), state=State.NEEDS_YOU, problem={"code": "3140", "text": ""})
    edit_invoice(invoice, by=books.alice, memo="Repaired")
    second = queue_invoice(invoice, by=books.alice)
    assert second != first
    assert second.state == State.WAITING
    first.refresh_from_db()
    assert first.ended_at is not None


def test_nothing_is_sent_again_of_which_nobody_knows_whether_it_is_there() -> None:
    books = make_books()
    invoice = books.invoice()
    document = queue_invoice(invoice, by=books.alice)
    move(document, state=State.NEEDS_YOU, problem={"code": "ambiguous", "text": ""})
    with pytest.raises(NotReady):
        queue_invoice(invoice, by=books.alice)
    with pytest.raises(UserError):
        take_back(invoice, by=books.alice)
    mark_already(invoice, by=books.alice, number="12")
    assert document_of(invoice).state == State.ALREADY  # type: ignore[union-attr]


def test_of_many_each_that_is_ready_goes_and_the_others_are_named() -> None:
    books = make_books()
    good, bad = books.invoice(), books.invoice(place=make_building(books.organization, name="Pool"))
    gone = books.invoice()
    move(queue_invoice(gone, by=books.alice), state=State.POSTED)
    queued = queue_invoices([good, bad, gone], by=books.alice)
    assert set(queued.documents) == {good.pk}
    assert {key: refusal.code for key, refusal in queued.refused.items()} == {
        bad.pk: "not_ready",
        gone.pk: "already_sent",
    }


def test_already_in_quickbooks_is_never_sent_until_the_mark_is_taken_back() -> None:
    books = make_books()
    invoice = books.invoice()
    mark_already(invoice, by=books.alice, number="77")
    mark_already(invoice, by=books.alice, number="78")
    document = document_of(invoice)
    assert document is not None
    assert (document.number, document.state) == ("78", State.ALREADY)
    unmark_already(invoice, by=books.alice)
    unmark_already(invoice, by=books.alice)
    assert document_of(invoice) is None
    assert queue_invoice(invoice, by=books.alice).state == State.WAITING


def test_no_two_invoices_here_are_one_in_quickbooks() -> None:
    """Else a payment of the one pays the other there."""
    books = make_books()
    sent, other, third = books.invoice(), books.invoice(), books.invoice()
    move(queue_invoice(sent, by=books.alice), state=State.POSTED, txn_id="1F-1", number="1042")
    for known in ({"number": "1042"}, {"txn_id": "1F-1"}, {"number": "7", "txn_id": "1F-1"}):
        with pytest.raises(UserError, match=f"This is {sent.label_inside}, sent from here.") as refusal:
            mark_already(other, by=books.alice, **known)
        assert refusal.value.code == "tied_already"
    assert document_of(other) is None
    mark_already(other, by=books.alice, txn_id="1F-2")
    mark_already(third, by=books.alice, number="8")
    with pytest.raises(UserError, match=f"This is {other.label_inside}, marked as already in QuickBooks."):
        mark_already(third, by=books.alice, txn_id="1F-2")
    mark_already(other, by=books.alice, txn_id="1F-2")  # itself
    with pytest.raises(IntegrityError), transaction.atomic():
        move(document_of(third), txn_id="1F-2")  # type: ignore[arg-type]
    unmark_already(other, by=books.alice)
    mark_already(third, by=books.alice, txn_id="1F-2")


def test_where_the_marked_one_is_gone_a_person_names_another() -> None:
    books = make_books()
    invoice = books.invoice()
    gone = {
        "gone_at": timezone.now(),
        "gone_because": "deleted",
        "said": {"total": "5.00"},
        "read_at": timezone.now(),
    }
    move(mark_already(invoice, by=books.alice, number="77", txn_id="1F-1"), **gone)
    line = checklist_of(invoice).first
    assert (line.key, [repair.label for repair in line.repairs]) == ("gone", ["Say which one it is now"])
    mark_already(invoice, by=books.alice, number="77")  # it was entered there once more, under the same number
    document = document_of(invoice)
    assert document is not None
    assert (document.txn_id, document.gone_at, document.gone_because, document.said) == ("", None, "", None)
    assert "looks for the number 77" in checklist_of(invoice).lines[-1].text


def test_a_number_in_quickbooks_is_no_longer_than_it_can_be_there() -> None:
    books = make_books()
    with pytest.raises(UserError, match="number is too long") as refusal:
        mark_already(books.invoice(), by=books.alice, number="123456789012")
    assert refusal.value.field == "number"


def test_a_send_or_a_refresh_by_a_person_ends_the_pause_of_what_was_locked() -> None:
    """Issue 5.9."""
    books = make_books()
    locked = books.invoice()
    later = timezone.now() + timedelta(minutes=30)
    pause = {"not_before": later, "attempts": 3}
    move(queue_invoice(locked, by=books.alice), **pause)
    queue_invoice(books.invoice(), by=None)  # a program without a person: nobody is there
    assert document_of(locked).not_before == later
    queue_invoice(books.invoice(), by=books.alice)
    assert document_of(locked).not_before is None
    move(document_of(locked), **pause)
    queue_invoice(locked, by=books.alice)  # itself, too
    assert document_of(locked).not_before is None
    move(document_of(locked), **pause)
    request_lists(books.connection, by=None)
    outbox.ensure_task(books.connection, now=timezone.now())
    assert document_of(locked).not_before == later
    request_refresh(books.connection, by=books.alice)
    outbox.ensure_task(books.connection, now=timezone.now())
    assert document_of(locked).not_before is None


def test_many_can_be_marked_and_what_is_on_the_wire_is_left() -> None:
    books = make_books()
    one, other = books.invoice(), books.invoice(place=make_building(books.organization, name="Pool"))
    wire = books.invoice()
    move(queue_invoice(wire, by=books.alice), state=State.SENDING)
    marked = mark_many([one, other, wire], by=books.alice)
    assert [marked[invoice.pk] is None for invoice in (one, other, wire)] == [True, True, False]


def test_a_payment_can_be_marked_too() -> None:
    books = make_books()
    invoice = books.invoice()
    payment = record_payment(invoice, by=books.alice, amount=invoice.total, method="check", date=date(2026, 3, 13))
    mark_already(payment, by=books.alice)
    assert document_of(payment).state == State.ALREADY  # type: ignore[union-attr]


def test_after_a_deletion_in_quickbooks_it_can_be_sent_again_by_a_person() -> None:
    books = make_books()
    invoice = books.invoice()
    document = move(queue_invoice(invoice, by=books.alice), state=State.POSTED)
    with pytest.raises(UserError):
        release(invoice, by=books.alice)
    move(document, gone_at=timezone.now(), gone_because="deleted")
    release(invoice, by=books.alice)
    assert queue_invoice(invoice, by=books.alice).state == State.WAITING


def test_unlinking_says_what_stops_and_stops_it() -> None:
    books = make_books()
    sent, waiting, elsewhere = books.invoice(), books.invoice(), books.invoice(place=books.account)
    move(queue_invoice(sent, by=books.alice), state=State.POSTED)
    queue_invoices([waiting, elsewhere], by=books.alice)
    link = live_link(books.building)
    assert link is not None
    assert in_words(link) == "1 invoice already sent stays in QuickBooks; 1 waiting will stop."
    unlink(books.building, by=books.alice)
    assert document_of(waiting) is None
    assert document_of(sent).state == State.POSTED  # type: ignore[union-attr]
    assert document_of(elsewhere).state == State.WAITING  # type: ignore[union-attr]


def test_undoing_many_links_at_once_stops_what_waits_at_once() -> None:
    """The page tells the truth then, not only when the visit comes that would have sent it."""
    books = make_books()
    stopped, stays = books.invoice(), books.invoice(place=books.account)
    queue_invoices([stopped, stays], by=books.alice)
    other = link_customer(
        make_building(books.organization, name="Pool"),
        connection=books.connection,
        list_id=make_customer(books.connection, name="Pool").list_id,
        by=books.alice,
    )
    links = [live_link(books.building), other]
    assert with_waiting(links) == links[:1]
    acceptance = Acceptance.objects.create(
        organization=books.organization,
        connection=books.connection,
        target="buildings",
        line=80,
        link_ids=[str(link.pk) for link in links],
    )
    assert undo_acceptance(acceptance, by=books.alice) == 2
    assert (document_of(stopped), document_of(stays).state) == (None, State.WAITING)
    assert checklist_of(stopped).sentence.startswith("Nobody has sent it yet")  # it would go to the account


def test_linking_again_elsewhere_stops_what_waits_and_undoing_does_too() -> None:
    books = make_books()
    invoice = books.invoice()
    queue_invoice(invoice, by=books.alice)
    pool = make_customer(books.connection, name="Pool", parent=books.customer)
    books.link(books.building, pool)
    assert document_of(invoice) is None
    assert queue_invoice(invoice, by=books.alice).customer_name == "Elm School:Pool"
    link = live_link(books.building)
    assert link is not None
    undo_link(link, by=books.alice)
    assert document_of(invoice) is None


def test_the_first_sending_of_a_company_file_asks_once_and_keeps_the_answer() -> None:
    books = make_books()
    books.settings(first_send_asked=False)
    assert has_first_send_question(books.connection)
    old, new = books.invoice(), books.invoice(date=date(2026, 5, 1))
    answer_first_send(books.connection, leave_out_before=date(2026, 4, 1), by=books.alice)
    books.connection.refresh_from_db()
    assert settings_of(books.connection).leave_out_before == date(2026, 4, 1)
    assert not has_first_send_question(books.connection)
    queued = queue_invoices([old, new], by=books.alice)
    assert set(queued.documents) == {new.pk}
    assert "left out" in str(queued.refused[old.pk])


def test_what_a_program_sent_does_not_answer_for_people_what_is_left_out() -> None:
    books = make_books()
    books.settings(first_send_asked=False)
    queue_invoice(books.invoice(), by=None)  # as REST does
    assert has_first_send_question(books.connection)


def test_badges_and_their_filter_agree() -> None:
    books = make_books()
    wanted = {}
    for state in State:
        invoice = books.invoice()
        if state == State.ALREADY:
            mark_already(invoice, by=books.alice)
        else:
            move(queue_invoice(invoice, by=books.alice), state=state)
        wanted[invoice.pk] = state.value
    wanted[books.invoice().pk] = "not_sent"
    gone = books.invoice()
    move(queue_invoice(gone, by=books.alice), state=State.POSTED, gone_at=timezone.now())
    wanted[gone.pk] = "needs_you"
    for key, badge in BADGES.items():
        found = with_badge(type(gone).objects.all(), key, noun="invoice")
        assert {invoice.pk for invoice in found} == {pk for pk, state in wanted.items() if state == key}
        assert all(badge_of(document_of(invoice)) == badge for invoice in found)
    assert count_of(books.organization, "needs_you") == 2


def test_another_organizations_invoice_is_not_found() -> None:
    books, others = make_books(), make_books()
    with pytest.raises(type(others.invoice()).DoesNotExist):
        find_invoice(books.organization, others.invoice().pk)
