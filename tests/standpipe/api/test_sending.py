"""Sending through the API: where an invoice is and why, sending, taking back, already there (design 7)."""

from datetime import UTC, datetime

import pytest

from standpipe.organizations.permissions import Role
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.posting.actions import has_first_send_question
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.queries import document_of
from support.quickbooks_worlds import make_customer
from support.ready_books import Books, make_books, move
from support.worlds import make_building, make_member

from .conftest import Api, api_of


@pytest.fixture
def books(db: None) -> Books:
    return make_books()


@pytest.fixture
def alice(books: Books) -> Api:
    return api_of(books.organization, books.alice)


def test_an_invoice_says_where_it_goes_and_why_before_it_is_sent(alice: Api, books: Books) -> None:
    answer = alice.get(f"/invoices/{books.invoice().pk}/quickbooks")
    assert (answer["state"], answer["badge"], answer["txn_id"]) == ("not_sent", "Not sent", None)
    assert answer["posts_to"]["full_name"] == "Elm School:Gym"
    assert answer["posts_to"]["why"] == "job"
    assert answer["sentence"] == "Nobody has sent it yet: press “Send to QBD”."
    assert {line["key"] for line in answer["checklist"]} >= {"linked", "customer", "items", "terms", "tax", "number"}
    assert all(set(line) >= {"key", "ok", "text", "repair"} for line in answer["checklist"])


def test_sending_is_accepted_and_sent_once(alice: Api, books: Books) -> None:
    """Requirement 56."""
    invoice = books.invoice()
    answer = alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    assert (alice.status, answer["state"]) == (202, "waiting")
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    assert (alice.status, Document.objects.count()) == (202, 1)
    document = document_of(invoice)
    assert document is not None
    move(document, state="posted", txn_id="1F-1")
    answer = alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    assert (alice.status, answer["code"]) == (409, "already_sent")
    assert alice.get(f"/invoices/{invoice.pk}/quickbooks")["txn_id"] == "1F-1"


def test_what_is_not_ready_is_refused_with_the_checklist(alice: Api, books: Books) -> None:
    """Requirement 5."""
    invoice = books.invoice(place=make_building(books.organization, name="Pool"))
    answer = alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    assert (alice.status, answer["code"]) == (409, "not_ready")
    (line,) = [line for line in answer["checklist"] if line["ok"] is False]
    assert line["text"] == answer["detail"] == "The building “Pool” is not linked to a QuickBooks customer."
    assert line["repair"]["label"] == "Link QuickBooks Customer"


def test_undecided_is_chosen_by_a_program_too(alice: Api, books: Books) -> None:
    oak = make_customer(books.connection, name="Oak")
    books.link(books.account, oak)
    invoice = books.invoice()
    assert alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")["code"] == "bill_to_undecided"
    choices = alice.get(f"/invoices/{invoice.pk}/quickbooks")["choices"]
    assert oak.list_id in [choice["list_id"] for choice in choices]
    answer = alice.patch(f"/invoices/{invoice.pk}/quickbooks", {"list_id": oak.list_id})
    assert (alice.status, answer["posts_to"]["why"]) == (200, "chosen")
    alice.patch(f"/invoices/{invoice.pk}/quickbooks", {"list_id": "nobody"})
    assert alice.status == 422
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    assert alice.status == 202


def test_many_are_sent_in_one_call(alice: Api, books: Books) -> None:
    good, bad = books.invoice(), books.invoice(place=make_building(books.organization, name="Pool"))
    answer = alice.post("/invoices/send-to-quickbooks", {"invoice_ids": [str(good.pk), str(bad.pk)]})
    assert (alice.status, answer["sent"]) == (202, [str(good.pk)])
    (refused,) = answer["refused"]
    assert (refused["id"], refused["code"]) == (str(bad.pk), "not_ready")


def test_waiting_ones_are_taken_back_and_others_are_not(alice: Api, books: Books) -> None:
    invoice = books.invoice()
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    answer = alice.post(f"/invoices/{invoice.pk}/take-back")
    assert (alice.status, answer["state"]) == (202, "not_sent")
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    document = document_of(invoice)
    assert document is not None
    move(document, state="sending")
    answer = alice.post(f"/invoices/{invoice.pk}/take-back")
    assert (alice.status, answer["code"]) == (409, "already_sent")
    assert answer["checklist"]


def test_already_in_quickbooks_is_marked_and_unmarked(alice: Api, books: Books) -> None:
    invoice = books.invoice()
    path = f"/invoices/{invoice.pk}/already-in-quickbooks"
    answer = alice.post(path, {"number": "77", "txn_id": "1F-2"})
    assert (alice.status, answer["state"], answer["number"]) == (201, "already", "77")
    assert alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")["code"] == "already_sent"
    alice.delete(path)
    assert alice.status == 204
    assert document_of(invoice) is None


def test_one_that_was_sent_says_where_it_is_whatever_is_linked_now(alice: Api, books: Books) -> None:
    invoice = books.invoice()
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    document = document_of(invoice)
    assert document is not None
    move(document, state="posted", txn_id="1F-1")
    books.link(books.building, make_customer(books.connection, name="Oak Offices"))
    posts_to = alice.get(f"/invoices/{invoice.pk}/quickbooks")["posts_to"]
    assert (posts_to["full_name"], posts_to["why"]) == ("Elm School:Gym", "job")


def test_an_invoice_in_quickbooks_is_one_here(alice: Api, books: Books) -> None:
    one, other = books.invoice(), books.invoice()
    alice.post(f"/invoices/{one.pk}/already-in-quickbooks", {"txn_id": "1F-2"})
    answer = alice.post(f"/invoices/{other.pk}/already-in-quickbooks", {"txn_id": "1F-2"})
    assert (alice.status, answer["code"], answer["field"]) == (422, "tied_already", "txn_id")
    assert answer["detail"] == f"This is {one.label_inside}, marked as already in QuickBooks."


def test_who_may_only_look_cannot_send_and_strangers_find_nothing(alice: Api, books: Books) -> None:
    """Requirement 68."""
    invoice = books.invoice()
    vera = api_of(books.organization, make_member(books.organization, role=Role.VIEWER))
    assert vera.get(f"/invoices/{invoice.pk}/quickbooks")["state"] == "not_sent"
    others = make_books()
    charlie = api_of(others.organization, others.alice)
    for method, path in (
        ("POST", "send-to-quickbooks"),
        ("POST", "take-back"),
        ("POST", "already-in-quickbooks"),
        ("DELETE", "already-in-quickbooks"),
        ("PATCH", "quickbooks"),
    ):
        body = {} if method == "PATCH" or path == "already-in-quickbooks" else None
        vera.call(method, f"/invoices/{invoice.pk}/{path}", body)
        assert vera.status == 403
        charlie.call(method, f"/invoices/{invoice.pk}/{path}", body)
        assert charlie.status == 404
    charlie.get(f"/invoices/{invoice.pk}/quickbooks")
    assert charlie.status == 404


def test_a_program_reads_why_somebody_is_needed_and_answers(alice: Api, books: Books) -> None:
    """Idea 8: the buttons of the page, for programs."""
    invoice = books.invoice()
    answer = alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "retry"})
    assert (alice.status, answer["code"]) == (409, "not_sent")
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    document = document_of(invoice)
    assert document is not None
    found = {"txn_id": "1F-1", "number": "1042", "total": "175.50"}
    problem = {"code": "ambiguous", "text": "More than one.", "at": "2024-03-09T12:00:00+00:00"}
    move(document, state="needs_you", problem=problem, candidates=[found])
    answer = alice.get(f"/invoices/{invoice.pk}/quickbooks")
    assert (answer["problem"]["code"], answer["problem"]["who"]) == ("ambiguous", "you")
    assert answer["candidates"] == [found]
    answer = alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "retry"})
    assert (alice.status, answer["code"]) == (409, "unproven")
    alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "this_one", "txn_id": "another"})
    assert alice.status == 422
    answer = alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "this_one", "txn_id": "1F-1"})
    assert (alice.status, answer["state"], answer["problem"]) == (202, "posted", None)
    alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "read_again"})
    assert (alice.status, Task.objects.get(kind="check_sent").state) == (202, "waiting")
    answer = alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "release"})
    assert (alice.status, answer["code"]) == (409, "already_sent")


def test_a_refused_one_goes_again_by_a_program(alice: Api, books: Books) -> None:
    invoice = books.invoice()
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    document = document_of(invoice)
    assert document is not None
    move(document, state="needs_you", problem={"code": "3260", "text": "", "at": "2024-03-09T12:00:00+00:00"})
    answer = alice.post(f"/invoices/{invoice.pk}/quickbooks", {"answer": "retry"})
    assert (alice.status, answer["state"]) == (202, "waiting")


def test_many_are_marked_and_taken_back_and_each_refusal_is_told(alice: Api, books: Books) -> None:
    """Issue 5.5 and 5.10: as the list of invoices does."""
    one, two, sent = books.invoice(), books.invoice(), books.invoice()
    alice.post("/invoices/send-to-quickbooks", {"invoice_ids": [str(two.pk), str(sent.pk)]})
    document = document_of(sent)
    assert document is not None
    move(document, state="posted", txn_id="1F-1")
    ids = [str(each.pk) for each in (one, two, sent)]
    answer = alice.post("/invoices/take-back", {"invoice_ids": ids[1:]})
    assert (alice.status, answer["taken_back"]) == (202, ids[1:2])
    assert [(each["id"], each["code"]) for each in answer["refused"]] == [(ids[2], "already_sent")]
    answer = alice.post("/invoices/already-in-quickbooks", {"invoice_ids": ids})
    assert (alice.status, answer["marked"]) == (201, ids[:2])
    assert [(each["id"], each["code"]) for each in answer["refused"]] == [(ids[2], "already_sent")]
    vera = api_of(books.organization, make_member(books.organization, role=Role.VIEWER))
    for call in ("take-back", "already-in-quickbooks"):
        vera.post(f"/invoices/{call}", {"invoice_ids": ids})
        assert vera.status == 403


@pytest.mark.parametrize("before", ["2024-03-01", None])
def test_the_question_of_the_first_sending_is_answered_by_a_program(
    alice: Api, books: Books, before: str | None
) -> None:
    """Issue 5.5: "Leave out invoices dated before …?", and nobody is asked again."""
    books.settings(first_send_asked=False)
    path = f"/connections/{books.connection.pk}/first-send"
    alice.post(path, {})
    assert alice.status == 422, "silence is no answer"
    answer = alice.post(path, {"leave_out_before": before})
    assert answer == {"leave_out_before": before, "first_send_asked": True}
    books.connection.refresh_from_db()
    assert not has_first_send_question(books.connection)
    assert alice.get(f"/connections/{books.connection.pk}/settings")["posting"]["leave_out_before"] == before


def test_times_in_sentences_are_the_organizations(alice: Api, books: Books) -> None:
    """Audit 6.12: a program reads what people read."""
    invoice = books.invoice()
    alice.post(f"/invoices/{invoice.pk}/send-to-quickbooks")
    Document.objects.update(asked_at=datetime(2024, 3, 9, 2, 30, tzinfo=UTC))
    texts = [line["text"] for line in alice.get(f"/invoices/{invoice.pk}/quickbooks")["checklist"]]
    (asked,) = [text for text in texts if "sent it" in text]
    assert ("8 March" in asked, "21:30" in asked) == (True, True), asked
