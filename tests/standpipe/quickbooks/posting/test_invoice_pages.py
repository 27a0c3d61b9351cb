"""The section "QuickBooks Status" of an invoice, the button at the top, badges, and many at once."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from standpipe.invoices.models import Invoice
from standpipe.invoices.queries import invoice_json
from standpipe.organizations.permissions import Role
from standpipe.quickbooks.posting.actions import mark_already, queue_invoice
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.queries import document_of
from standpipe.quickbooks.posting.settings import settings_of
from support.pages import at, client_of, elements, query_count
from support.quickbooks_worlds import make_customer
from support.ready_books import Books, make_books, move
from support.worlds import make_building, make_member

pytestmark = pytest.mark.django_db
State = Document.State
HTMX = {"HX-Request": "true"}


def text_of(response: Any) -> str:
    """What a reader sees of the page's main part, blanks single, and one between any two elements."""
    (main,) = elements(response, "//main")
    return " ".join(" ".join(main.itertext()).split())


def page(books: Books, invoice: Invoice, *, client: Client | None = None) -> Any:
    response = (client or client_of(books.alice)).get(at(books.organization, f"invoices/{invoice.pk}/"))
    assert response.status_code == 200
    return response


def press(books: Books, invoice: Invoice, what: str, *, client: Client | None = None, **data: Any) -> Any:
    path = at(books.organization, f"invoices/{invoice.pk}/quickbooks/{what}/")
    return (client or client_of(books.alice)).post(path, data, follow=True)


def buttons(response: Any) -> list[str]:
    found = elements(response, "//main//button | //main//a[contains(@class, 'btn')]")
    return [" ".join(one.text_content().split()) for one in found]


def test_a_saved_invoice_says_where_it_goes_and_offers_to_send_it() -> None:
    """Requirements 6 and 55: the button stands at the top, and where it will be posted is said beforehand."""
    books = make_books()
    response = page(books, books.invoice())
    text = text_of(response)
    assert "Not sent" in text
    assert "Will be posted to Elm School:Gym The building is linked to this job of its account’s customer" in text
    assert "Bill To As QuickBooks has it" in text
    (button,) = elements(response, "//*[@id='quickbooks-action']//button")
    assert button.text_content().strip() == "Send to QBD"


def test_an_invoice_that_is_not_linked_says_why_and_offers_to_link() -> None:
    """Requirement 5."""
    books = make_books()
    pool = make_building(books.organization, name="Pool")
    invoice = books.invoice(place=pool)
    response = page(books, invoice)
    assert "The building “Pool” is not linked to a QuickBooks customer." in text_of(response)
    assert elements(response, f"//a[@href='{at(books.organization, f'buildings/{pool.pk}/quickbooks/link/')}']")
    refused = press(books, invoice, "send")
    assert "Not sent. The building “Pool” is not linked" in refused.content.decode()
    assert document_of(invoice) is None


def test_sent_it_waits_is_locked_and_can_be_taken_back() -> None:
    books = make_books()
    invoice = books.invoice()
    response = press(books, invoice, "send")
    assert "waits for QuickBooks. It goes to “Elm School:Gym”" in response.content.decode()
    assert "Take back" in buttons(response)
    assert "Send to QBD" not in buttons(response)
    assert "It waits for the next visit of the Web Connector." in text_of(response)
    assert "Edit" not in buttons(response)
    response = press(books, invoice, "take-back")
    assert "Send to QBD" in buttons(response)
    assert document_of(invoice) is None


def test_the_page_follows_along_while_it_waits_and_comes_anew_when_it_is_there() -> None:
    """Requirement 57: it takes minutes, and the page says so by itself."""
    books = make_books()
    invoice = books.invoice()
    document = queue_invoice(invoice, by=books.alice)
    client = client_of(books.alice)
    (polling,) = elements(page(books, invoice, client=client), "//*[@id='invoice-quickbooks']")
    assert polling.get("hx-trigger") == "every 3s"
    assert client.get(polling.get("hx-get"), headers=HTMX).status_code == 204
    move(document, state=State.SENDING)
    fragment = client.get(polling.get("hx-get"), headers=HTMX)
    assert "It is being sent to QuickBooks now." in fragment.content.decode()
    move(document, state=State.POSTED, posted_at=timezone.now())
    assert client.get(polling.get("hx-get"), headers=HTMX).headers["HX-Refresh"] == "true"
    assert not elements(page(books, invoice, client=client), "//*[@id='invoice-quickbooks'][@hx-get]")


def test_in_quickbooks_shows_what_was_computed_beside_what_was_sent() -> None:
    """Requirement 71."""
    books = make_books()
    invoice = books.invoice()
    document = queue_invoice(invoice, by=books.alice)
    said = {"subtotal": "175.50", "sales_tax_total": "10.16", "total": "185.66", "balance_remaining": "85.66"}
    move(document, state=State.POSTED, txn_id="1F-9", number="77", frozen=invoice_json(invoice), said=said)
    text = text_of(page(books, invoice))
    assert "Posted to Elm School:Gym Number there 77 TxnID 1F-9" in text
    assert "Total 185.66 185.66 Open there 85.66" in text
    assert "differs" not in text
    move(document, said=said | {"total": "185.67"})
    assert "185.66 185.67 differs" in text_of(page(books, invoice))


def test_a_person_chooses_where_it_goes() -> None:
    books = make_books()
    oak = make_customer(books.connection, name="Oak Offices")
    books.link(books.account, oak)
    invoice = books.invoice()
    assert "Choose the customer" in buttons(page(books, invoice))
    client = client_of(books.alice)
    choices = client.get(at(books.organization, f"invoices/{invoice.pk}/quickbooks/customer/"))
    assert "Oak Offices Linked to the account" in text_of(choices)
    response = press(books, invoice, "customer", list_id=oak.list_id, bill_to="ours")
    assert "will be posted to “Oak Offices”" in response.content.decode()
    assert "A person chose it for this invoice. It was Alice." in text_of(response)
    assert "Bill To Our billing address" in text_of(response)
    wrong = press(books, invoice, "customer", list_id="nobody")
    assert "can only be posted to a customer that its building or account is linked to" in text_of(wrong)


def test_the_first_sending_asks_what_is_left_out() -> None:
    books = make_books()
    books.settings(first_send_asked=False)
    invoice = books.invoice()
    asked = press(books, invoice, "send")
    assert "Leave out invoices dated before …?" in text_of(asked)
    assert document_of(invoice) is None
    assert "Enter a date" in text_of(press(books, invoice, "send", leave_out_before="soon"))
    response = press(books, invoice, "send", leave_out_before="2026-01-01")
    assert "waits for QuickBooks" in response.content.decode()
    books.connection.refresh_from_db()
    assert settings_of(books.connection).leave_out_before == date(2026, 1, 1)
    other = books.invoice()
    assert "waits for QuickBooks" in press(books, other, "send").content.decode()


def test_already_in_quickbooks_is_marked_and_unmarked() -> None:
    books = make_books()
    invoice = books.invoice()
    response = press(books, invoice, "already", number="77")
    assert "Already in QuickBooks" in text_of(response)
    assert "as number 77. It is never sent from here." in text_of(response)
    assert "Send to QBD" not in buttons(response)
    assert "Send to QBD" in buttons(press(books, invoice, "not-there"))


def test_a_voided_one_is_still_there_and_keeps_its_number() -> None:
    books = make_books()
    invoice = books.invoice()
    move(queue_invoice(invoice, by=books.alice), state=State.POSTED, gone_at=timezone.now(), gone_because="void")
    question = text_of(
        client_of(books.alice).get(at(books.organization, f"invoices/{invoice.pk}/quickbooks/release/"))
    )
    assert "It is void in QuickBooks: it stays there with all amounts at zero, and keeps its number." in question
    assert "give it another number here first" in question
    assert "not in QuickBooks any more" not in question
    assert "not in QuickBooks any more" not in text_of(press(books, invoice, "release"))


def test_the_number_of_another_one_is_refused_beside_the_field() -> None:
    books = make_books()
    sent, other = books.invoice(), books.invoice()
    move(queue_invoice(sent, by=books.alice), state=State.POSTED, txn_id="1F-1", number="1042")
    assert f"This is {sent.label_inside}, sent from here." in text_of(press(books, other, "already", number="1042"))


def test_a_deleted_one_is_taken_off_by_a_person() -> None:
    books = make_books()
    invoice = books.invoice()
    move(queue_invoice(invoice, by=books.alice), state=State.POSTED, gone_at=timezone.now(), gone_because="deleted")
    assert "Somebody deleted it in QuickBooks." in text_of(page(books, invoice))
    client = client_of(books.alice)
    path = at(books.organization, f"invoices/{invoice.pk}/quickbooks/release/")
    assert "counts as not sent" in text_of(client.get(path))
    assert "Send to QBD" in buttons(press(books, invoice, "release"))


# Many


def test_the_list_shows_badges_and_filters_by_them() -> None:
    books = make_books()
    waiting, done = books.invoice(number="W1"), books.invoice(number="D1")
    queue_invoice(waiting, by=books.alice)
    mark_already(done, by=books.alice)
    client = client_of(books.alice)
    text = text_of(client.get(at(books.organization, "invoices/")))
    assert "Waiting" in text
    narrowed = client.get(at(books.organization, "invoices/"), {"quickbooks": "already"})
    numbers = [one.text_content().strip() for one in elements(narrowed, "//tbody//th")]
    assert numbers == ["D1"]


def test_many_are_sent_at_once_and_the_result_names_those_that_do_not_go() -> None:
    books = make_books()
    good, bad = books.invoice(), books.invoice(place=make_building(books.organization, name="Pool"))
    client = client_of(books.alice)
    path = at(books.organization, "invoices/quickbooks/send/")
    response = client.post(path, {"ids": [good.pk, bad.pk, "nonsense"]})
    text = text_of(response)
    assert "1 waits for QuickBooks now, 1 does not go" in text
    assert f"{bad.label} Pool The building “Pool” is not linked to a QuickBooks customer." in text
    assert document_of(good) is not None
    assert document_of(bad) is None
    nothing = client.post(path, {}, follow=True)
    assert "Select at least one invoice." in nothing.content.decode()


def test_everything_that_matches_is_what_the_list_showed() -> None:
    books = make_books()
    mine = [books.invoice(memo="Yearly") for _ in range(2)]
    other = books.invoice(memo="Repair")
    client = client_of(books.alice)
    path = at(books.organization, "invoices/quickbooks/send/")
    response = client.post(f"{path}?search=yearly", {"everything": "1"})
    assert "2 wait for QuickBooks now" in text_of(response)
    assert all(document_of(invoice) for invoice in mine)
    assert document_of(other) is None


def test_many_are_marked_after_a_question() -> None:
    books = make_books()
    invoices = [books.invoice() for _ in range(2)]
    client = client_of(books.alice)
    path = at(books.organization, "invoices/quickbooks/already/")
    ids = {"ids": [invoice.pk for invoice in invoices]}
    asked = text_of(client.post(path, ids))
    assert "Mark 2 invoices as already in QuickBooks?" in asked
    assert f"${sum(invoice.total for invoice in invoices)} in all." in asked
    assert all(invoice.number in asked for invoice in invoices)
    assert document_of(invoices[0]) is None
    response = client.post(path, ids | {"confirmed": "yes"}, follow=True)
    assert "2 invoices marked as already in QuickBooks." in response.content.decode()
    assert all(document_of(invoice).state == State.ALREADY for invoice in invoices)  # type: ignore[union-attr]


def test_what_is_not_marked_says_why_and_is_no_success() -> None:
    books = make_books()
    sent = books.invoice()
    move(queue_invoice(sent, by=books.alice), state=State.POSTED, txn_id="7-1")
    path = at(books.organization, "invoices/quickbooks/already/")
    client = client_of(books.alice)
    assert "1 invoice was sent from here and stays as it is." in text_of(client.post(path, {"ids": [sent.pk]}))
    text = text_of(client.post(path, {"ids": [sent.pk], "confirmed": "yes"}, follow=True))
    assert "1 invoice stays not marked: It is being sent, or was sent from here already." in text
    assert "marked as already" not in text


def test_the_home_page_counts_what_needs_somebody_and_what_waits() -> None:
    books = make_books()
    queue_invoice(books.invoice(), by=books.alice)
    move(queue_invoice(books.invoice(), by=books.alice), state=State.NEEDS_YOU, problem={"code": "3140", "text": ""})
    text = text_of(client_of(books.alice).get(at(books.organization, "")))
    assert "1 Invoices that need you" in text
    assert "1 Invoices waiting for QuickBooks" in text


def test_the_list_asks_no_more_for_many_invoices() -> None:
    books = make_books()
    client = client_of(books.alice)
    url = at(books.organization, "invoices/")
    books.invoice()
    query_count(client, url)
    few = query_count(client, url)
    for _ in range(4):
        queue_invoice(books.invoice(), by=books.alice)
    assert query_count(client, url) == few


# Who may


def test_who_may_only_look_sees_everything_and_presses_nothing() -> None:
    """Requirement 68."""
    books = make_books()
    vera = client_of(make_member(books.organization, role=Role.VIEWER))
    invoice = books.invoice()
    response = page(books, invoice, client=vera)
    assert "Will be posted to Elm School:Gym" in text_of(response)
    assert not {"Send to QBD", "Change", "Already in QuickBooks"} & set(buttons(response))
    for what in ("send", "take-back", "customer", "already", "not-there", "release"):
        assert press(books, invoice, what, client=vera).status_code == 403


def test_nobody_reaches_another_organizations_invoice() -> None:
    books, others = make_books(), make_books()
    invoice = others.invoice()
    for what in ("send", "take-back", "customer", "already", "not-there", "release"):
        assert press(books, invoice, what).status_code == 404
        path = at(others.organization, f"invoices/{invoice.pk}/quickbooks/{what}/")
        assert client_of(books.alice).post(path).status_code == 404
    sent = client_of(books.alice).post(at(books.organization, "invoices/quickbooks/send/"), {"ids": [invoice.pk]})
    assert sent.status_code == 302
    assert document_of(invoice) is None
