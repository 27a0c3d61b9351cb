"""Which button a failure gets, where it leads, and what the presses do. Idea 8; issue: "the repair as a button"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.explain import REPAIRS
from standpipe.quickbooks.failures import CATALOGUE
from standpipe.quickbooks.lists.models import ListKind
from standpipe.quickbooks.posting.actions import mark_already, queue_invoice, unmark_already
from standpipe.quickbooks.posting.checking import CHECK_SENT, request_check
from standpipe.quickbooks.posting.models import UNPROVEN, Document
from standpipe.quickbooks.posting.outcomes import Outcome, Posted
from standpipe.quickbooks.posting.payments import JUDGED_AGAIN
from standpipe.quickbooks.posting.repairing import recognise, send_anew, try_again
from standpipe.quickbooks.posting.repairs import BUTTONS, refusal_of, repairs_of
from standpipe.quickbooks.posting.results import write
from support.payments import make_payment, post
from support.ready_books import Books, make_books, make_entry, move

pytestmark = pytest.mark.django_db

State = Document.State
CANDIDATE = {"txn_id": "7-1", "number": "1042", "total": "175.50", "date": "2024-03-09", "customer_name": "Gym"}


@pytest.fixture
def books() -> Books:
    return make_books()


@pytest.fixture
def document(books: Books) -> Document:
    return queue_invoice(books.invoice(), by=books.alice)


def refuse(document: Document, code: str, text: str = "", **columns: Any) -> Document:
    problem = {"code": code, "text": text, "at": timezone.now().isoformat()}
    return move(document, state=State.NEEDS_YOU, problem=problem, **columns)


def labels(document: Document, slug: str) -> list[str]:
    return [repair.label for repair in repairs_of(document, slug)]


def test_every_repair_has_its_button() -> None:
    assert set(BUTTONS) == set(REPAIRS)


def test_a_button_leads_to_the_field(books: Books, document: Document) -> None:
    text = 'There is an invalid reference to QuickBooks Item "Pump" in the Invoice line.'
    slug = books.organization.slug
    first, default, _refresh, again = repairs_of(refuse(document, "3140", text), slug)
    assert first.url == f"/o/{slug}/invoices/{document.invoice_id}/edit/#lines-title"
    assert default.url.endswith("#id_default_item")
    assert default.permission == "settings"
    assert (again.label, again.method) == ("Try again now", "post")


def test_what_may_be_there_is_not_offered_to_be_sent_again(books: Books, document: Document) -> None:
    refuse(document, "ambiguous", candidates=[CANDIDATE])
    assert labels(document, books.organization.slug) == [
        "It is already in QuickBooks",
        "It is not in QuickBooks: send it",
        "Read again",
    ]
    with pytest.raises(UserError, match="before it is known"):
        try_again(document, by=books.alice)


@pytest.fixture
def paid(books: Books) -> Document:
    """The document of a payment whose invoice is there."""
    invoice = books.invoice()
    post(invoice, books.connection)
    return Document.objects.get(payment=make_payment(invoice), ended_at=None)


def test_no_payment_is_left_without_a_way_on(books: Books, paid: Document) -> None:
    """A payment has no "Send to QBD": whatever is refused can be tried again, or goes by itself, or asks."""
    for code in (*CATALOGUE, "4711"):
        refuse(paid, code)
        found = labels(paid, books.organization.slug)
        if code in UNPROVEN:
            assert "It is not in QuickBooks: send it" in found or code == "damaged_answer", code
        elif code not in JUDGED_AGAIN:
            assert "Try again now" in found, code
        assert not {"Link again", "Choose the default item", "Choose another item"} & set(found), code


def test_an_invoice_has_no_deposit_account(books: Books, document: Document) -> None:
    """3270 speaks of the account of an item as well as of a payment's."""
    assert labels(refuse(document, "3270"), books.organization.slug) == ["Choose another item", "Try again now"]


def test_a_payment_whose_cause_still_stands_is_not_said_to_be_sent(books: Books, paid: Document) -> None:
    refuse(paid, "3070")
    books.settings(methods={})
    paid.connection.refresh_from_db()
    with pytest.raises(UserError, match="do not say which payment method"):
        try_again(paid, by=None)
    paid.refresh_from_db()
    assert (paid.ended_at, (paid.problem or {})["code"]) == (None, "3070")


def test_a_payment_that_nobody_found_is_marked_on_its_own_page(as_alice: Any, paid: Document) -> None:
    refuse(paid, "number_taken")
    answer = as_alice.get(address(paid, "already-there"))
    assert answer.url == f"/o/{paid.organization.slug}/payments/{paid.payment_id}/quickbooks/already/"


def test_a_press_ends_the_pause_of_a_locked_one(books: Books, document: Document) -> None:
    problem = {"code": "3175", "text": "In use.", "at": timezone.now().isoformat()}
    move(document, not_before=timezone.now() + timedelta(hours=1), attempts=3, problem=problem)
    assert labels(document, books.organization.slug) == ["Try again now"]
    try_again(document, by=books.alice)
    document.refresh_from_db()
    assert (document.state, document.not_before) == (State.WAITING, None)


def test_one_that_was_locked_for_long_says_so(books: Books, document: Document) -> None:
    problem = {"code": "3175", "text": "In use.", "at": timezone.now().isoformat(), "is_long": True}
    move(document, attempts=5, problem=problem)
    refusal = refusal_of(document, books.organization.slug)
    assert refusal is not None
    assert refusal.explained.title == "It has been locked for a long time"


def test_a_refused_one_goes_as_a_new_document(books: Books, document: Document) -> None:
    refuse(document, "3260")
    try_again(document, by=books.alice)
    document.refresh_from_db()
    assert document.ended_at is not None
    again = Document.objects.get(invoice=document.invoice_id, ended_at=None)
    assert (again.state, again.problem) == (State.WAITING, None)
    assert again.marker != document.marker


def test_the_one_that_a_person_recognises_is_posted(books: Books, document: Document) -> None:
    refuse(document, "ambiguous", candidates=[CANDIDATE])
    with pytest.raises(UserError, match="Choose one"):
        recognise(document, txn_id="something else", by=books.alice)
    recognise(document, txn_id="7-1", by=books.alice)
    document.refresh_from_db()
    assert (document.state, document.txn_id, document.number) == (State.POSTED, "7-1", "1042")
    assert document.read_at is None  # the next look at QuickBooks reads the rest


@pytest.mark.parametrize("code", ["ambiguous", "number_taken"])
def test_one_that_another_invoice_is_already_is_not_recognised(books: Books, document: Document, code: str) -> None:
    other = books.invoice()
    move(queue_invoice(other, by=books.alice), state=State.POSTED, txn_id="7-1", number="1042")
    refuse(document, code, candidates=[CANDIDATE])
    with pytest.raises(UserError, match=f"This is {other.label_inside}, sent from here."):
        recognise(document, txn_id="7-1", by=books.alice)
    document.refresh_from_db()
    assert (document.state, document.txn_id, document.ended_at) == (State.NEEDS_YOU, "", None)


def test_an_answer_that_names_another_invoices_is_held_for_a_person(books: Books, document: Document) -> None:
    other = books.invoice()
    mark_already(other, by=books.alice, txn_id="7-1")
    move(document, state=State.SENDING)
    posted = Posted(kind="Invoice", txn_id="7-1", number="1042")
    write(books.connection, [(document, Outcome(how="posted", posted=posted))], now=timezone.now())
    document.refresh_from_db()
    assert (document.state, document.txn_id) == (State.NEEDS_YOU, "")
    assert document.problem is not None
    assert document.problem["code"] == "tied"
    assert f"This is {other.label_inside}" in document.problem["text"]
    assert [one["txn_id"] for one in document.candidates] == ["7-1"]
    unmark_already(other, by=books.alice)
    recognise(document, txn_id="7-1", by=books.alice)


def test_one_that_somebody_entered_by_hand_is_marked_and_not_sent(books: Books, document: Document) -> None:
    refuse(document, "number_taken", candidates=[CANDIDATE])
    recognise(document, txn_id="7-1", by=books.alice)
    marked = Document.objects.get(invoice=document.invoice_id, ended_at=None)
    assert (marked.state, marked.txn_id) == (State.ALREADY, "7-1")


def test_one_that_is_not_there_is_sent_anew(books: Books, document: Document) -> None:
    refuse(document, "ambiguous", candidates=[CANDIDATE])
    send_anew(document, by=books.alice)
    again = Document.objects.get(invoice=document.invoice_id, ended_at=None)
    assert (again.state, again.marker == document.marker) == (State.WAITING, False)
    with pytest.raises(UserError, match="not waiting for this answer"):
        send_anew(again, by=books.alice)


def test_one_that_is_gone_from_quickbooks_is_sent_anew(books: Books, document: Document) -> None:
    problem = {"code": "lost_after_restore", "text": "", "at": timezone.now().isoformat()}
    move(
        document,
        state=State.POSTED,
        txn_id="7-1",
        gone_at=timezone.now(),
        gone_because="missing",
        problem=problem,
    )
    assert "It is not in QuickBooks: send it" in labels(document, books.organization.slug)
    send_anew(document, by=books.alice)
    assert Document.objects.get(invoice=document.invoice_id, ended_at=None).state == State.WAITING


def test_a_press_that_comes_too_late_changes_nothing(books: Books, document: Document) -> None:
    refuse(document, "ambiguous", candidates=[CANDIDATE])
    Document.objects.filter(pk=document.pk).update(state=State.POSTED)  # its answer came late
    with pytest.raises(UserError, match="changed meanwhile"):
        recognise(document, txn_id="7-1", by=books.alice)


def test_a_second_press_finds_the_look_that_waits(books: Books) -> None:
    first = request_check(books.connection, by=books.alice)
    assert request_check(books.connection, by=None) == first
    assert Task.objects.filter(kind=CHECK_SENT).count() == 1


@pytest.fixture
def as_alice(client: Any, books: Books) -> Any:
    client.force_login(books.alice)
    return client


def address(document: Document, what: str) -> str:
    return f"/o/{document.organization.slug}/quickbooks/documents/{document.pk}/{what}/"


def test_the_buttons_work_on_the_page(books: Books, document: Document, as_alice: Any) -> None:
    refuse(document, "ambiguous", candidates=[CANDIDATE])
    page = as_alice.get(f"/o/{books.organization.slug}/invoices/{document.invoice_id}/").content.decode()
    assert "It may be in QuickBooks already" in page
    assert address(document, "already-there") in page
    shown = as_alice.get(address(document, "already-there")).content.decode()
    assert "175.50" in shown
    assert "ambiguous" in as_alice.get(address(document, "report")).content.decode()
    assert "really not in QuickBooks" in as_alice.get(address(document, "send-anew")).content.decode()
    as_alice.post(address(document, "read-again"))
    assert Task.objects.filter(kind=CHECK_SENT).count() == 1
    as_alice.post(address(document, "already-there"), {"txn_id": "7-1"})
    document.refresh_from_db()
    assert document.state == State.POSTED
    assert as_alice.post(address(document, "try-again"), follow=True).status_code == 200


@pytest.mark.parametrize("what", ["report", "send-anew"])
def test_its_pages_belong_to_invoices_in_the_navigation(document: Document, as_alice: Any, what: str) -> None:
    Document.objects.update(state=State.NEEDS_YOU, problem={"code": "ambiguous", "text": "", "at": ""})
    page = as_alice.get(address(document, what)).content.decode()
    (entry,) = set(re.findall(r'href="([^"]+)" aria-current="page"', page))
    assert entry.endswith("/invoices/")


def test_one_unlike_ours_is_not_chosen_beforehand(books: Books, document: Document, as_alice: Any) -> None:
    """Whoever says "This is it" of another customer's invoice will never be paid for ours."""
    invoice = document.invoice
    assert invoice is not None
    same = CANDIDATE | {"total": str(invoice.total), "customer_name": document.customer_name}
    refuse(document, "number_taken", candidates=[same])
    shown = as_alice.get(address(document, "already-there")).content.decode()
    assert "checked" in shown
    assert "another" not in shown.partition("<fieldset")[2]
    refuse(document, "number_taken", candidates=[CANDIDATE | {"total": "1.00", "customer_name": "Oak Offices"}])
    shown = as_alice.get(address(document, "already-there")).content.decode()
    assert "checked" not in shown
    for words in ("another customer", "another amount", "Oak Offices", "$1.00", document.customer_name):
        assert words in shown, words
    page = as_alice.get(f"/o/{books.organization.slug}/invoices/{document.invoice_id}/").content.decode()
    assert ">Already in QuickBooks<" not in page  # beside the one that shows what was found


def test_strangers_find_nothing(books: Books, document: Document, client: Any) -> None:
    other = make_books()
    client.force_login(other.alice)
    for what in ("already-there", "send-anew", "report"):
        assert client.get(address(document, what)).status_code == 404
        mine = f"/o/{other.organization.slug}/quickbooks/documents/{document.pk}/{what}/"
        assert client.get(mine).status_code == 404


def test_what_quickbooks_calls_by_its_list_id_is_named(books: Books, document: Document) -> None:
    """We refer to everything by ListID, and so does the refusal."""
    list_id = "800001B5-1795446998"
    make_entry(books.connection, ListKind.ITEMS, list_id=list_id, name="Pump", type_="ItemService")
    text = f'There is an invalid reference to QuickBooks Item "{list_id}" in the Invoice.'
    refusal = refusal_of(refuse(document, "3140", text), books.organization.slug)
    assert refusal is not None
    assert refusal.explained.title == "QuickBooks does not find the item “Pump”"
    assert refusal.explained.said == text
