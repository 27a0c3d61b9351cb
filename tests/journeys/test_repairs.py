"""Every repair button repairs its case: QuickBooks refuses, somebody presses the button, and it arrives there once.

Issue: "Must hold"; pain 13, idea 8. What is counted stands in the company file.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from playwright.sync_api import Locator, Page, expect

from qbsim.transactions.invoices import line
from standpipe.core.ids import new_id
from standpipe.invoices.models import Invoice
from standpipe.payments.models import Payment
from standpipe.quickbooks.failures import REPAIRS as BUTTONS
from standpipe.quickbooks.posting import gate, on_its_way
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.repairs import BUTTONS as PAGES
from standpipe.quickbooks.posting.repairs import OF_PAYMENTS_INSTEAD
from support.server import Organization, Standpipe
from support.walks import LINK, QuickBooksComputer, connect, look, rest, sign_in

SEND = "Send to QBD"
CUSTOMERS = ("Elm School", "Oak Offices", "Ash Clinic")  # and Pine Hall, which nobody imports


@dataclass
class Books:
    """Both sides at once: the pages, the REST interface, and the company file."""

    page: Page
    server: Standpipe
    organization: Organization
    computer: QuickBooksComputer
    connection: str
    accounts: dict[str, str]
    ids: dict[str, str]  # invoice by number, payment by reference number
    payments: set[str] = field(default_factory=set)  # reference numbers
    pressed: set[tuple[str, str]] = field(default_factory=set)  # noun and words

    def rest(self, method: str, path: str, body: object = None) -> Any:
        try:
            return rest(self.server, self.organization, method, path, body)
        except HTTPError as refusal:
            raise AssertionError(f"{method} {path}: {refusal.read().decode()}") from refusal

    def write(self, number: str, *, account: str = "Elm School", **fields: Any) -> None:
        """An invoice that waits for QuickBooks."""
        lines = fields.pop("lines", [{"item_id": self.item("Repair"), "quantity": "1", "rate": "80"}])
        made = self.rest(
            "POST", "invoices", {"account_id": self.accounts[account], "number": number, "lines": lines, **fields}
        )
        self.ids[number] = made["id"]
        self.rest("POST", f"invoices/{made['id']}/send-to-quickbooks")

    def item(self, name: str) -> str:
        return next(one["id"] for one in self.rest("GET", "items?limit=200")["items"] if one["name"] == name)

    def entry(self, kind: str, name: str) -> str:
        found = self.rest("GET", f"connections/{self.connection}/lists/{kind}?limit=500")["items"]
        return next(one["list_id"] for one in found if one["full_name"] == name)

    def pay(self, invoice: str, reference: str, *, method: str = "check") -> None:
        """A payment that follows its invoice by itself."""
        body = {"amount": "5.00", "method": method, "reference_number": reference}
        self.ids[reference] = self.rest("POST", f"invoices/{self.ids[invoice]}/payments", body)["id"]
        self.payments.add(reference)

    def open(self, number: str) -> Locator:
        """The page of an invoice or a payment; its refusal."""
        nouns = "payments" if number in self.payments else "invoices"
        self.page.goto(f"{self.server.base_url}/o/{self.organization.slug}/{nouns}/{self.ids[number]}/")
        return self.page.locator("#refusal")

    def press(self, number: str, *, says: str, button: str) -> None:
        refusal = self.open(number)
        expect(refusal).to_contain_text(says)
        self.pressed.add(("payment" if number in self.payments else "invoice", button))
        if refusal.get_by_role("link", name=button, exact=True).count():
            refusal.get_by_role("link", name=button, exact=True).click()
        else:
            self.submit(refusal.get_by_role("button", name=button, exact=True))

    def submit(self, button: Locator) -> None:
        """Until the server has answered: what comes next may be a visit, which must find it done."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()

    def save(self, button: str = "Save invoice") -> None:
        self.submit(self.page.get_by_role("button", name=button, exact=True).first)

    def send(self) -> None:
        """Again, from the page that is open."""
        self.save(SEND)
        expect(self.page.get_by_text("Waiting", exact=True).first).to_be_visible()

    def there(self) -> dict[str, int]:
        """How often each number stands in the company file."""
        with self.computer.company() as company:
            numbers = [one.ref_number for books in (company.invoices, company.payments) for one in books.all()]
        return {number: numbers.count(number) for number in numbers}


def prepare(page: Page, server: Standpipe, organization: Organization, folder: Path) -> Books:
    computer = QuickBooksComputer(folder)
    with computer.company() as company:
        imported = [company.add_customer(name).list_id for name in CUSTOMERS]
        company.add_customer("Pine Hall")
    connection = connect(server, organization, computer)
    books = Books(page, server, organization, computer, connection, {}, {})
    at = f"connections/{connection}"
    batch = books.rest("POST", f"{at}/imports", {"as": "accounts", "list_ids": imported})
    assert len(batch["created"]) == len(CUSTOMERS)
    books.rest("POST", f"{at}/refresh", {"lists": ["items"]})
    computer.visit()
    for kind in ("items", "terms", "sales-taxes"):
        books.rest("POST", f"{at}/catalog-imports", {"as": kind})
    codes, methods = "sales_tax_codes", "payment_methods"
    check = {"payment_method": books.entry(methods, "Check")}
    posting = {
        "default_item": books.entry("items", "Subcontracted Repair"),
        "taxable_code": books.entry(codes, "Tax"),
        "nontaxable_code": books.entry(codes, "Non"),
        "leave_out_before": "2020-01-01",  # so that nobody is asked at the first press
        "methods": {"check": check, "cash": {"payment_method": books.entry(methods, "Cash")}},
    }
    books.rest("PATCH", f"{at}/settings", {"posting": posting})
    books.accounts = {one["name"]: one["id"] for one in books.rest("GET", "accounts?limit=100")["items"]}
    return books


@dataclass(frozen=True)
class Case:
    """How the company file or QuickBooks stands in the way, and which button is pressed."""

    number: str
    says: str  # of the refusal
    button: str


GENUINE = (
    Case("R-CUST", "does not find the customer", "Link again"),
    Case("R-DATE", "The books are closed up to this date", "Change the date"),
    Case("R-NUMBER", "The number is already used in QuickBooks", "Choose another number"),
    Case("R-ALREADY", "The number is already used in QuickBooks", "It is already in QuickBooks"),
    Case("R-REFRESH", "does not find the item", "Refresh from QuickBooks Desktop"),
    Case("R-ITEM", "does not find the item", "Choose another item"),
    Case("R-DEFAULT", "does not find the item", "Choose the default item"),
    Case("R-TERMS", "does not find the terms", "Choose other terms"),
    Case("R-TAX", "does not find the sales tax item", "Choose the tax item"),
)
# What QuickBooks answers on order, and the words that it does so in: each gets its own.
ORDERED = {
    "F-TEXT": '3070:The string "x" in the field "Memo" is too long.',
    "F-AMOUNT": "3040:The amount is wrong.",
    "F-ADDRESS": '3205:The address "BillAddress" cannot be stored.',
    "F-EDIT": "3150:There is a missing element.",
    "F-SETTING": "3250:The feature is not enabled.",
    "F-RIGHTS": "3261:No personal data.",
    "F-UNKNOWN": "4711:Nobody has seen this before.",
    "F-LOCK": '3176:A related object, "Elm School", is in use: failed to acquire the lock for it.',
}
ORDERED_OF_PAYMENTS = {
    "P-TEXT": '3070:The string "x" in the field "Memo" is too long.',
    "P-NUMBER": '3070:The string "P-NUMBER" in the field "RefNumber" is too long.',
    "P-DATE": "3171:The date is on or before the closing date of the company.",
    "P-AMOUNT": '3040:There was an error when converting the amount "5.00" in the field "TotalAmount".',
    "P-EDIT": "3150:There is a missing element.",
    "P-SETTING": "3250:The feature is not enabled.",
    "P-RIGHTS": "3261:No personal data.",
    "P-UNKNOWN": "4711:Nobody has seen this before.",
    "P-READ": '3210:The "PaymentAmount" field has an invalid value "5.00". QuickBooks error message: Too much.',
    "P-LISTS": '3140:There is an invalid reference to QuickBooks PaymentMethod "Check" in the ReceivePayment.',
    "P-ACCOUNT": '3140:There is an invalid reference to QuickBooks Account "Safe" in the ReceivePayment.',
    "P-LOCK": '3176:A related object, "Elm School", is in use: failed to acquire the lock for it.',
}


def ordered(answers: dict[str, str]) -> str:
    return "answers-with:" + "|".join(answers.values())


def write_what_is_refused(books: Books) -> None:
    """One visit, in which the company file is not what it was when the lists were copied."""
    one = {"quantity": "1", "rate": "45"}
    books.write("R-ITEM", lines=[{"item_id": books.item("Installation"), **one}])
    books.write("R-REFRESH", lines=[{"item_id": books.item("Extinguisher Recharge"), **one}])
    books.write("R-DEFAULT", lines=[{"description": "Trip", "amount": "15"}])
    books.write("R-TERMS", terms="Net 15")
    books.write("R-TAX", sales_tax="Out of State")
    books.write("R-CUST", account="Ash Clinic")
    books.write("R-DATE", date="2020-06-01")
    books.write("R-NUMBER")
    books.write("R-ALREADY")
    with books.computer.company() as company:
        lists = company.lists
        for kind, name in (
            ("ItemService", "Installation"),
            ("ItemService", "Extinguisher Recharge"),
            ("ItemService", "Subcontracted Repair"),
            ("StandardTerms", "Net 15"),
            ("ItemSalesTax", "Out of State"),
        ):
            lists.delete(found(lists.find(kind, name)))
        company.delete_customer(found(company.find("Ash Clinic")))
        company.set_preference("AccountingPreferences.ClosingDate", "2020-12-31")
        oak, elm = found(company.find("Oak Offices")), found(company.find("Elm School"))
        company.invoices.add(oak, lines=[line("Repair", amount="9.00")], ref_number="R-NUMBER")
        company.invoices.add(elm, lines=[line("Repair", quantity=1, rate="80")], ref_number="R-ALREADY")
    books.computer.visit()


def found(element: Any) -> str:
    assert element is not None
    return str(element.list_id)


def repair_what_was_refused(books: Books) -> None:
    for case in GENUINE:
        books.press(case.number, says=case.says, button=case.button)
        REPAIRS[case.number](books)
    books.computer.visit()


def choose(page: Page, label: str, words: str) -> None:
    """The option that begins with these words."""
    field = page.get_by_label(label).first
    option = field.locator("option").filter(has_text=re.compile(rf"^\s*{words}")).first
    field.select_option(option.get_attribute("value"))


def choose_item(books: Books) -> None:
    books.page.get_by_label("Item", exact=True).first.fill("Repair")
    books.save()
    books.send()


def choose_default_item(books: Books) -> None:
    choose(books.page, "Default item code", "Repair")
    books.save("Save settings")
    try_again(books, "R-DEFAULT")


def try_again(books: Books, number: str) -> None:
    books.open(number).get_by_role("button", name="Try again now").click()
    expect(books.page.get_by_text("Waiting", exact=True).first).to_be_visible()


def choose_terms(books: Books) -> None:
    choose(books.page, "Terms", "Due on receipt")
    books.save()
    books.send()


def choose_tax(books: Books) -> None:
    choose(books.page, "Sales tax", "State Tax")
    books.save()
    books.send()


def link_again(books: Books) -> None:
    books.page.get_by_role("button", name="Pine Hall").click()
    expect(books.page.get_by_text("Linked to Pine Hall").first).to_be_visible()
    books.open("R-CUST")
    books.send()


def change_date(books: Books) -> None:
    books.page.get_by_label("Date", exact=True).fill("2024-03-09")
    books.save()
    books.send()


def choose_number(books: Books) -> None:
    books.page.get_by_label("Number").fill("R-OTHER")
    books.save()
    books.send()


def already_there(books: Books) -> None:
    books.page.get_by_role("button", name="This is it").click()
    expect(books.page.get_by_text("Already in QuickBooks", exact=True).first).to_be_visible()


def refresh(books: Books) -> None:
    """The lists tell the truth again: what is missing there is said here."""
    books.computer.visit()
    expect(books.open("R-REFRESH")).to_be_visible()
    expect(books.page.get_by_text("is not in QuickBooks any more").first).to_be_attached()
    books.press("R-REFRESH", says="does not find the item", button="Choose another item")
    choose_item(books)


REPAIRS = {
    "R-ITEM": choose_item,
    "R-DEFAULT": choose_default_item,
    "R-TERMS": choose_terms,
    "R-TAX": choose_tax,
    "R-CUST": link_again,
    "R-DATE": change_date,
    "R-NUMBER": choose_number,
    "R-ALREADY": already_there,
    "R-REFRESH": refresh,
}


def repair_what_was_ordered(books: Books) -> None:
    page = books.page
    for number in ORDERED:
        books.write(number)
    books.computer.visit(ordered(ORDERED))
    books.press("F-TEXT", says="The memo is too long for QuickBooks", button="Shorten the text")
    page.get_by_label("Memo").fill("Short")
    books.save()
    books.send()
    books.press("F-AMOUNT", says="QuickBooks does not take an amount", button="Change the amount")
    page.get_by_label("Rate").first.fill("70")
    page.get_by_label("Amount", exact=True).first.fill("70")
    books.save()
    books.send()
    books.press("F-ADDRESS", says="QuickBooks does not take an address", button="Use the address that QuickBooks has")
    page.get_by_label("As QuickBooks has it").check()
    books.save("Post it there")
    books.send()
    books.press("F-EDIT", says="A needed value is missing", button="Edit")
    page.get_by_label("Memo").fill("Edited")
    books.save()
    books.send()
    books.press("F-SETTING", says="A feature is switched off in QuickBooks", button="Open the settings")
    books.save("Save settings")
    try_again(books, "F-SETTING")
    books.press("F-RIGHTS", says="Standpipe may not see personal data", button="Open the connection")
    try_again(books, "F-RIGHTS")
    books.press("F-UNKNOWN", says="QuickBooks answered 4711", button="Show what to send to support")
    expect(page.get_by_label("For support")).to_contain_text("4711")
    try_again(books, "F-UNKNOWN")
    books.press("F-LOCK", says="open on somebody's screen", button="Try again now")


def repair_payments(books: Books) -> None:
    """Of an invoice that is there: each is refused on order, and one because its method is gone in QuickBooks."""
    page = books.page
    for reference in ORDERED_OF_PAYMENTS:
        books.pay("F-EDIT", reference)
    books.computer.visit(ordered(ORDERED_OF_PAYMENTS))

    def change(field: str, value: str) -> Callable[[], None]:
        def do() -> None:
            page.locator(f"#id_{field}").fill(value)
            books.save("Save payment")

        return do

    def save_settings() -> None:
        books.save("Save settings")

    def choose_account() -> None:
        page.locator("#id_methods-check-deposit_account").select_option(index=1)
        save_settings()

    cases: Sequence[tuple[Case, Callable[[], None] | None]] = (
        (Case("P-TEXT", "The note is too long", "Shorten the text"), change("notes", "Short")),
        (
            Case("P-NUMBER", "The reference number is too long", "Choose another number"),
            change("reference_number", "P-OTHER"),
        ),
        (Case("P-DATE", "The books are closed up to this date", "Change the date"), change("date", "2024-03-09")),
        (Case("P-AMOUNT", "does not take the amount 5.00", "Change the amount"), change("amount", "4.00")),
        (Case("P-EDIT", "A needed value is missing", "Edit"), change("notes", "Edited")),
        (Case("P-SETTING", "is switched off in QuickBooks", "Open the settings"), save_settings),
        (Case("P-RIGHTS", "may not see personal data", "Open the connection"), None),
        (Case("P-UNKNOWN", "QuickBooks answered 4711", "Show what to send to support"), None),
        (Case("P-READ", "does not accept “5.00” as amount", "Read again"), None),
        (Case("P-LISTS", "does not find the payment method “Check”", "Refresh from QuickBooks Desktop"), None),
        (Case("P-ACCOUNT", "does not find the account “Safe”", "Choose the deposit account"), choose_account),
    )
    for case, repair in cases:
        books.press(case.number, says=case.says, button=case.button)
        if repair:
            repair()
        try_again(books, case.number)
    books.press("P-LOCK", says="is open on somebody's screen", button="Try again now")
    books.pay("F-EDIT", "P-METHOD", method="cash")
    with books.computer.company() as company:
        company.lists.delete(found(company.lists.find("PaymentMethod", "Cash")))
    books.computer.visit()
    books.press("P-METHOD", says="The payment method is no longer in QuickBooks", button="Choose the payment method")
    page.locator("#id_methods-cash-payment_method").select_option(label="Check")
    save_settings()  # and it goes by itself


def say_what_nobody_else_can_tell(books: Books) -> None:
    """The answer is lost, QuickBooks has forgotten it and shows no markers, and somebody has entered one by hand."""
    page = books.page
    for number in ("A-THERE", "A-NOT"):
        books.write(number)
        books.pay("F-TEXT", f"P{number}")
    books.computer.visit("answer-lost:2", ends="")
    with books.computer.company() as company:
        elm = found(company.find("Elm School"))
        paid = next(one.txn_id for one in company.invoices.all() if one.ref_number == "F-TEXT")
        for number in ("A-THERE", "A-NOT"):
            company.invoices.add(elm, lines=[line("Repair", quantity=1, rate="80")], ref_number=number)
            company.payments.add(elm, "5.00", pays={paid: "5.00"}, payment_method="Check", ref_number=f"P{number}")
    books.computer.visit("message-sets-lost", "marker-withheld", ends="")
    for number in ("A-THERE", "PA-THERE"):
        books.press(number, says="It may be in QuickBooks already", button="It is already in QuickBooks")
        page.get_by_role("radio").first.check()
        books.save("This is it")
        expect(page.get_by_text("In QuickBooks", exact=True).first).to_be_visible()
    with books.computer.company() as company:  # somebody has looked, and found two of each that are none
        for kept in (company.payments, company.invoices):
            for one in list(kept.all()):
                if one.ref_number in {"A-NOT", "PA-NOT"}:
                    kept.delete(one.txn_id)
    for number in ("A-NOT", "PA-NOT"):
        books.press(number, says="It may be in QuickBooks already", button="It is not in QuickBooks: send it")
        books.save("It is not in QuickBooks: send it")
    books.computer.visit()
    books.open("PA-NOT")  # the other one that was entered by hand is not known here yet, and may be this one
    expect(page.get_by_text("QuickBooks shows 5.00 less open than is known here.").first).to_be_visible()
    books.save("Send it, it is another payment")
    books.computer.visit()
    there = books.there()  # ours and the one that was entered by hand, or ours alone
    assert [there[number] for number in ("A-THERE", "PA-THERE", "A-NOT", "PA-NOT")] == [2, 2, 1, 1]


def read_again(books: Books) -> None:
    with books.computer.company() as company:
        txn_id = next(one.txn_id for one in company.invoices.all() if one.ref_number == "F-AMOUNT")
        company.invoices.void(txn_id)
    books.open("F-AMOUNT")
    books.save("Read again")
    books.pressed.add(("invoice", "Read again"))
    books.computer.visit()
    books.open("F-AMOUNT")
    expect(books.page.get_by_text("voided it in QuickBooks").first).to_be_attached()


def test_every_repair_button_repairs_its_case(
    page: Page, standpipe_server: Standpipe, organization: Organization, tmp_path: Path
) -> None:
    books = prepare(page, standpipe_server, organization, tmp_path)
    write_what_is_refused(books)
    sign_in(page, standpipe_server, organization)
    books.open("R-ITEM")
    look(page)
    repair_what_was_refused(books)
    repair_what_was_ordered(books)
    books.computer.visit()
    numbers = {case.number for case in GENUINE} - {"R-NUMBER"} | {"R-OTHER"} | set(ORDERED)
    there = books.there()
    assert {number: there.get(number, 0) for number in numbers} == dict.fromkeys(numbers, 1)
    assert there["R-NUMBER"] == 1  # the other one, untouched
    repair_payments(books)
    read_again(books)
    there = books.there()
    paid = {*ORDERED_OF_PAYMENTS, "P-METHOD", "P-OTHER"} - {"P-NUMBER"}
    assert {reference: there.get(reference, 0) for reference in paid} == dict.fromkeys(paid, 1)
    say_what_nobody_else_can_tell(books)
    assert offered() - books.pressed == set(), "a button that nobody presses here: give it a case above"


# --- the checklist


def draft(books: Books, key: str, *, account: str = "Elm School", **fields: Any) -> str:
    """An invoice that nobody has sent."""
    lines = fields.pop("lines", [{"item_id": books.item("Repair"), "quantity": "1", "rate": "80"}])
    body = {"account_id": books.accounts[account], "number": key, "lines": lines} | fields
    books.ids[key] = books.rest("POST", "invoices", body)["id"]
    return books.ids[key]


def line_of(books: Books, number: str, key: str) -> Any:
    """A line of its checklist that is not so; ``None``: it is so, or is not asked."""
    lines = books.rest("GET", f"invoices/{books.ids[number]}/quickbooks")["checklist"]
    return next((one for one in lines if one["key"] == key and one["ok"] is False), None)


def bring_back(books: Books) -> None:
    books.open("C-ARCHIVED")
    books.send()


def link_it(number: str, customer: str) -> Callable[[Books], None]:
    def do(books: Books) -> None:
        books.page.get_by_role("button", name=customer).click()
        expect(books.page.get_by_text(f"Linked to {customer}").first).to_be_visible()
        books.open(number)
        books.send()

    return do


def shorten(books: Books) -> None:
    books.page.get_by_label("Memo").fill("Short")
    books.save()
    books.send()


def raise_amount(books: Books) -> None:
    books.page.get_by_label("Amount", exact=True).first.fill("20")
    books.save()
    books.send()


def renumber(books: Books) -> None:
    books.page.get_by_label("Number").fill("C-OTHER")
    books.save()
    books.send()


def leave_nothing_out(books: Books) -> None:
    books.page.locator("#id_leave_out_before").fill("2018-01-01")
    books.save("Save settings")
    books.open("C-LEFT")
    books.send()


def is_waiting(books: Books) -> None:
    expect(books.page.get_by_text("Waiting", exact=True).first).to_be_visible()


def is_not_sent(books: Books) -> None:
    expect(books.page.get_by_text("Not sent", exact=True).first).to_be_visible()
    books.send()


@dataclass(frozen=True)
class Walk:
    """A line of the checklist that is not so, the button in it, and what is done where that leads."""

    key: str
    number: str
    button: str
    then: Callable[[Books], None]


WALKS = (
    Walk("asked", "C-ASKED", SEND, is_waiting),
    Walk("archived", "C-ARCHIVED", "Bring back", bring_back),
    Walk("items", "C-ITEM", "Choose another item", choose_item),
    Walk("terms", "C-TERMS", "Choose other terms", choose_terms),
    Walk("tax", "C-TAX", "Choose another tax", choose_tax),
    Walk("texts", "C-TEXT", "Shorten the text", shorten),
    Walk("amounts", "C-AMOUNT", "Change the amounts", raise_amount),
    Walk("dates", "C-DATE", "Change the date", change_date),
    Walk("number", "C-TWIN", "Change the number", renumber),
    Walk("left_out", "C-LEFT", "QuickBooks Desktop settings", leave_nothing_out),
    Walk("linked", "C-LINK", LINK, link_it("C-LINK", "Pine Hall")),
    Walk("customer", "C-CUST", "Link again", link_it("C-CUST", "Fir House")),
)
# What needs another file, edition or a later visit: posting/test_checklist and test_invoice_pages follow those
# buttons without a browser. "refused" is the table above.
ELSEWHERE = {
    "connected", "connection", "lists", "edition", "currency", "moved", "gone", "found", "changed_here", "refused",
}  # fmt: skip


def write_what_is_not_ready(books: Books) -> None:
    one = {"quantity": "1", "rate": "45"}
    solo = books.rest("POST", "accounts", {"name": "Solo"})["id"]
    books.accounts["Solo"] = solo
    draft(books, "C-ASKED")
    draft(books, "C-ARCHIVED")
    books.rest("DELETE", f"invoices/{books.ids['C-ARCHIVED']}")
    draft(books, "C-ITEM", lines=[{"item_id": books.item("Installation"), **one}])
    draft(books, "C-TERMS", terms="Net 15")
    draft(books, "C-TAX", sales_tax="Out of State")
    draft(books, "C-TEXT", memo="\u6f22")
    less = draft(books, "C-AMOUNT", lines=[{"description": "Trip", "amount": "20"}])
    books.pay("C-AMOUNT", "C-PAID")
    books.rest("PATCH", f"invoices/{less}", {"lines": [{"description": "Trip", "amount": "2"}]})
    draft(books, "C-DATE", date="2018-06-01")
    books.write("C-POSTED")
    draft(books, "C-LEFT", date="2019-06-01")
    draft(books, "C-LINK", account="Solo")
    draft(books, "C-CUST", account="Ash Clinic")
    with books.computer.company() as company:
        company.lists.delete(found(company.lists.find("ItemService", "Installation")))
        company.lists.delete(found(company.lists.find("StandardTerms", "Net 15")))
        company.lists.delete(found(company.lists.find("ItemSalesTax", "Out of State")))
        company.delete_customer(found(company.find("Ash Clinic")))
        company.add_customer("Fir House")
        company.set_preference("AccountingPreferences.ClosingDate", "2018-12-31")
    at = f"connections/{books.connection}/refresh"
    books.rest("POST", at)
    books.rest("POST", at, {"lists": ["items", "terms"]})
    books.computer.visit()
    books.rest("DELETE", f"invoices/{books.ids['C-POSTED']}")
    draft(books, "C-TWIN", number="C-POSTED")


def test_every_button_of_the_checklist_repairs_its_line(
    page: Page, standpipe_server: Standpipe, organization: Organization, tmp_path: Path
) -> None:
    books = prepare(page, standpipe_server, organization, tmp_path)
    write_what_is_not_ready(books)
    sign_in(page, standpipe_server, organization)
    for walk in WALKS:
        books.open(walk.number)
        assert line_of(books, walk.number, walk.key), walk
        button = page.get_by_role("link", name=walk.button, exact=True)
        if button.count():
            button.first.click()
        else:
            books.submit(page.get_by_role("button", name=walk.button, exact=True).first)
        walk.then(books)
        assert not line_of(books, walk.number, walk.key), walk
    books.computer.visit()
    numbers = {walk.number for walk in WALKS} - {"C-TWIN"} | {"C-OTHER", "C-POSTED"}
    there = books.there()
    assert {number: there.get(number, 0) for number in numbers} == dict.fromkeys(numbers, 1)


def test_every_line_of_the_checklist_with_a_button_has_its_walk() -> None:
    calls = [
        {word.arg: word.value for word in node.keywords}
        for module in (gate, on_its_way)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CheckLine"
    ]
    stops = [words for words in calls if "repairs" in words and getattr(words["ok"], "value", None) is False]
    keys = {key.value for words in stops if isinstance(key := words["key"], ast.Constant)} | {on_its_way.ASKED}
    assert keys == {walk.key for walk in WALKS} | ELSEWHERE, "a line without a walk"


def offered() -> set[tuple[str, str]]:
    """Every button that an invoice or a payment can get, as ``posting.repairs`` makes them."""
    invoice = Invoice(id=new_id(), account_id=new_id())
    payment = Payment(id=new_id(), method="cash", invoice=invoice)
    documents = {"invoice": Document(invoice=invoice), "payment": Document(payment=payment)}
    for document in documents.values():
        document.connection_id = new_id()
    return {
        (noun, BUTTONS[key])
        for noun, document in documents.items()
        for key, page in PAGES.items()
        if not (noun == "payment" and key in OF_PAYMENTS_INSTEAD) and page(document, "alder-fire") is not None
    }
