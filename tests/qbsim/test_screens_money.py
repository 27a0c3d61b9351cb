"""Invoices and payments by hand: what the screens say is what the books hold, and a refusal leaves them alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from qbsim.company import Company, address
from qbsim.transactions.invoices import line
from qbsim.transactions.records import Invoice
from support.company_files import make_company
from support.screens import PlainBrowser

TODAY = date(2024, 3, 9)  # of the clock that stands


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Company]:
    company, _ = make_company(tmp_path)
    with company:
        account = company.lists.add("Account", "Fees", account_type="Income").list_id
        for name, price in (("Check-up", "80.00"), ("Mending", "125.00")):
            company.lists.add(
                "ItemService", name, sales_tax_code="Non", sales_or_purchase={"Price": price, "AccountRef": account}
            )
        elm = company.add_customer("Elm School", bill_address=address("Elm School", "1 Elm St", city="Boise"))
        company.add_customer("Gym", parent=elm.list_id)
        yield company


@pytest.fixture
def browser(books: Company) -> PlainBrowser:
    return PlainBrowser(books)


def item(books: Company, name: str) -> str:
    return books.lists.find("ItemService", name).list_id


def bill(books: Company, customer: str = "Elm School", *, days_ago: int = 0, **fields: Any) -> Invoice:
    on = (TODAY - timedelta(days=days_ago)).isoformat()
    lines = fields.pop("lines", [line("Check-up", quantity="2")])
    return books.invoices.add(customer, lines=lines, txn_date=on, due_date=on, **fields)


def state(books: Company) -> tuple[object, ...]:
    """All that an invoice or payment can touch."""
    return books.invoices.all(), books.payments.all(), list(books.customers())


# -- the Income Tracker ----------------------------------------------------------------------------------------


def test_the_bar_tells_what_is_unbilled_open_overdue_and_paid(books: Company, browser: PlainBrowser) -> None:
    bill(books, is_pending=True)
    bill(books)
    bill(books, days_ago=5)
    bill(books, days_ago=40)
    paid = bill(books, days_ago=3)
    books.payments.add("Elm School", "160.00", pays={paid.txn_id: "160.00"})
    page = browser.get("/income")
    tiles = {
        each.xpath("span")[0].text: each.xpath("strong")[0].text for each in page.xpath("//ul[@class='tiles']//a")
    }
    assert tiles == {
        "Unbilled": "160.00",
        "Open invoices": "160.00",
        "Overdue": "320.00",
        "Paid in the last 30 days": "160.00",
    }
    for tile, count in (("unbilled", 1), ("open", 1), ("overdue", 2), ("paid", 1), ("", 5)):
        assert len(browser.get(f"/income?show={tile}").xpath("//tbody/tr")) == count
    assert [row.xpath("string(td[4])") for row in browser.get("/income?show=overdue").xpath("//tbody/tr")] == [
        "40",
        "5",
    ]


def test_the_tracker_finds_by_customer_and_by_number(books: Company, browser: PlainBrowser) -> None:
    bill(books, ref_number="A-17")
    bill(books, "Elm School:Gym", ref_number="B-18")
    for search, found in (("a-1", ["A-17"]), ("gym", ["B-18"]), ("elm", ["B-18", "A-17"]), ("oak", [])):
        assert browser.get(f"/income?q={search}").xpath("//tbody//a/text()") == found


# -- one invoice -----------------------------------------------------------------------------------------------


def test_an_invoice_reads_as_it_would_print(books: Company, browser: PlainBrowser) -> None:
    one = bill(books, memo="job 17", lines=[line("Check-up", quantity="2"), line(None, desc="Thank you")])
    books.payments.add("Elm School", "60.00", pays={one.txn_id: "60.00"})
    page = browser.get(f"/invoices/{one.txn_id}")
    (paper,) = page.xpath("//article")
    text = " ".join(paper.text_content().split())
    for part in (
        "Meadow Ridge",
        "1 Elm St",
        "03/09/2024",
        "Check-up",
        "80.00",
        "160.00",
        "Thank you",
        "-60.00",
        "100.00",
    ):
        assert part in text
    assert "job 17" not in text  # a memo is not printed
    assert "job 17" in page.text_content()
    assert page.xpath("//a[text()='Receive payment']")


def test_a_new_invoice_is_counted_and_dated_by_quickbooks(books: Company, browser: PlainBrowser) -> None:
    net30 = books.lists.add("StandardTerms", "Net 30 days", std_due_days="30").list_id
    elm = books.find("Elm School").list_id
    values = {"item-1": item(books, "Check-up"), "quantity-1": "3", "desc-2": "Thank you", "TermsRef": net30}
    browser.fill_in(f"/invoices/new?customer={elm}", **values)
    (made,) = books.invoices.all()
    assert browser.address == f"/invoices/{made.txn_id}?told=added"
    assert (made.customer_id, made.total_cents, made.txn_date) == (elm, 24000, TODAY)
    assert made.due_date == TODAY + timedelta(days=30)
    assert [each.description for each in made.lines] == ["", "Thank you"]
    assert books.find("Elm School").balance_cents == 24000


def test_more_lines_keep_what_was_typed_and_write_nothing(books: Company, browser: PlainBrowser) -> None:
    page = browser.fill_in("/invoices/new", customer="elm school", **{"desc-5": "Five", "more": "1"})
    assert page.xpath("//textarea[@name='desc-5']")[0].text.strip() == "Five"
    assert len(page.xpath("//tbody/tr")) == 10
    assert not books.invoices.all()


def test_editing_changes_the_touched_line_and_nothing_else(books: Company, browser: PlainBrowser) -> None:
    one = bill(
        books, lines=[line("Check-up", quantity="2", desc="by hand"), line("Mending"), line(None, desc="Thanks")]
    )
    path = f"/invoices/{one.txn_id}/edit"
    assert "Nothing was changed." in browser.fill_in(path).text_content()
    assert books.invoices.get(one.txn_id) == one
    browser.fill_in(path, **{"quantity-1": "5", "item-2": "", "desc-2": "", "rate-2": "", "amount-2": ""})
    after = books.invoices.get(one.txn_id)
    assert [(each.line_id, each.amount_cents, each.description) for each in after.lines] == [
        (one.lines[0].line_id, 40000, "by hand"),
        (one.lines[2].line_id, None, "Thanks"),
    ]
    assert (after.txn_id, after.ref_number, after.total_cents) == (one.txn_id, one.ref_number, 40000)
    assert after.edit_sequence != one.edit_sequence


def test_a_discount_in_percent_and_the_job_it_is_for(books: Company, browser: PlainBrowser) -> None:
    one = bill(books)
    values = {"customer": "Elm School:Gym", "item-2": item(books, "Mending"), "rate-2": "-10%", "pending": "1"}
    browser.fill_in(f"/invoices/{one.txn_id}/edit", **values)
    after = books.invoices.get(one.txn_id)
    assert (after.total_cents, after.is_pending) == (14400, True)
    assert after.customer_id == books.find("Elm School:Gym").list_id
    browser.fill_in(f"/invoices/{one.txn_id}/edit", pending=None)
    assert books.find("Elm School:Gym").balance_cents == 14400


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"customer": "Nobody"}, "no customer or job with the full name Nobody"),
        ({"customer": "school"}, "Names like it: Elm School"),
        ({"quantity-1": "many"}, "Line 1, quantity: many is no number."),
        ({"amount-1": "1.005"}, "Line 1, amount: 1.005 cannot be stored."),
        ({"quantity-1": "1e40"}, "Line 1, quantity: 1e40 cannot be stored."),
        ({"rate-1": "NaN"}, "Line 1, rate: NaN cannot be stored."),
        ({"item-1": "80000099-1"}, "3140"),
        ({"item-1": "", "quantity-1": "2"}, "Line 1: choose an item, or write a description."),
        ({"item-1": "", "desc-1": "only words", "quantity-1": "2"}, "3150"),
        ({"RefNumber": "123456789012"}, "3070"),
        ({"TxnDate": "yesterday"}, "Date: yesterday is no date."),
    ],
)
def test_a_refused_invoice_says_why_and_writes_nothing(
    books: Company, browser: PlainBrowser, values: dict[str, str], words: str
) -> None:
    bill(books)
    before = state(books)
    typed = {"customer": "Elm School", "item-1": item(books, "Check-up"), "Memo": "kept"}
    page = browser.fill_in("/invoices/new", status=409, **(typed | values))
    assert words in browser.refusal()
    assert page.xpath("//input[@name='Memo']/@value") == ["kept"]
    assert state(books) == before


def test_closed_books_refuse_with_quickbooks_own_number(books: Company, browser: PlainBrowser) -> None:
    one = bill(books)
    browser.fill_in("/file", closing_date=TODAY.isoformat())
    before = state(books)
    browser.fill_in(f"/invoices/{one.txn_id}/edit", status=409, Memo="late")
    assert browser.refusal().startswith("QuickBooks error 3171")
    browser.fill_in(f"/invoices/{one.txn_id}/delete", status=409)
    assert browser.refusal().startswith("QuickBooks error 3161")
    assert state(books) == before


def test_voiding_and_deleting_ask_first(books: Company, browser: PlainBrowser) -> None:
    void, gone, paid = bill(books), bill(books), bill(books)
    books.payments.add("Elm School", "160.00", pays={paid.txn_id: "160.00"})
    browser.get(f"/invoices/{void.txn_id}/void")
    assert books.invoices.get(void.txn_id) == void
    assert "Void" in browser.fill_in(f"/invoices/{void.txn_id}/void").xpath("//h1")[0].text_content()
    assert books.invoices.get(void.txn_id).total_cents == 0
    browser.fill_in(f"/invoices/{gone.txn_id}/delete")
    assert [each.txn_id for each in books.invoices.deleted()] == [gone.txn_id]
    browser.fill_in(f"/invoices/{paid.txn_id}/delete", status=409)
    assert browser.refusal().startswith("QuickBooks error 3160")
    assert books.invoices.get(paid.txn_id).total_cents == 16000


# -- payments --------------------------------------------------------------------------------------------------


def test_a_payment_of_one_invoice_pays_that_one(books: Company, browser: PlainBrowser) -> None:
    older, newer = bill(books, days_ago=9), bill(books)
    browser.fill_in(f"/payments/new?invoice={newer.txn_id}", ref_number="4711")
    (made,) = books.payments.all()
    assert browser.address == f"/payments/{made.txn_id}?told=added"
    assert (made.total_cents, made.ref_number, made.unused_cents) == (16000, "4711", 0)
    assert books.invoices.get(newer.txn_id).is_paid
    assert books.invoices.get(older.txn_id).open_cents == 16000
    assert "4711" in browser.get(f"/invoices/{newer.txn_id}").text_content()
    assert browser.get("/payments?q=471").xpath("//tbody//a")
    assert not browser.get("/payments?q=nobody").xpath("//tbody//a")


def test_a_payment_applies_itself_to_the_oldest_or_stays_a_credit(books: Company, browser: PlainBrowser) -> None:
    older, newer = bill(books, days_ago=9), bill(books)
    elm = books.find("Elm School").list_id
    browser.fill_in(f"/payments/new?customer={elm}", amount="$1,000.00", apply="unused")
    assert books.payments.all()[0].unused_cents == 100000
    browser.fill_in(f"/payments/new?customer={elm}", amount="200")
    assert [books.invoices.get(each.txn_id).open_cents for each in (older, newer)] == [0, 12000]
    assert books.find("Elm School").balance_cents == 12000 - 100000


def test_who_paid_is_asked_by_name(books: Company, browser: PlainBrowser) -> None:
    browser.get("/payments/new?of=Nobody", status=409)
    assert "no customer or job" in browser.refusal()
    page = browser.get("/payments/new?of=elm+school:gym")
    assert page.xpath("//h1/text()") == ["Payment from Elm School:Gym"]


@pytest.mark.parametrize(
    ("amount", "pay", "words"),
    [
        ("200", "170.00", "QuickBooks error 3210"),  # more than the invoice's balance
        ("100", "160.00", "QuickBooks error 3210"),  # more than was paid
        ("-1", "", "QuickBooks error 3210"),
        ("much", "", "Amount: much is no amount."),
        ("1e40", "", "Amount: 1e40 cannot be stored."),
        ("200", "some", "is no amount."),
    ],
)
def test_a_refused_payment_says_why_and_writes_nothing(
    books: Company, browser: PlainBrowser, amount: str, pay: str, words: str
) -> None:
    one = bill(books)
    before = state(books)
    values = {"amount": amount, "apply": "typed", f"pay-{one.txn_id}": pay}
    browser.fill_in(f"/payments/new?invoice={one.txn_id}", status=409, **values)
    assert words in browser.refusal()
    assert state(books) == before


def test_a_deleted_payment_leaves_its_invoice_open(books: Company, browser: PlainBrowser) -> None:
    one = bill(books)
    browser.fill_in(f"/payments/new?invoice={one.txn_id}")
    (made,) = books.payments.all()
    browser.fill_in(f"/payments/{made.txn_id}/delete")
    assert books.invoices.get(one.txn_id).open_cents == 16000
    assert browser.get(f"/payments/{made.txn_id}", status=404) is not None
    assert browser.refusal().startswith("QuickBooks error 3120")


def test_a_customer_shows_its_invoices_and_those_of_its_jobs(books: Company, browser: PlainBrowser) -> None:
    bill(books, "Elm School:Gym", ref_number="77")
    books.payments.add("Elm School:Gym", "10.00", ref_number="4711")
    page = browser.get(f"/customers/{books.find('Elm School').list_id}")
    assert page.xpath("//table//a/text()") == ["Payment 4711", "Invoice 77"]
