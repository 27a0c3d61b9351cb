"""Every repair button repairs its case: QuickBooks refuses, somebody presses the button, and it arrives there once.

Issue: "Must hold"; pain 13, idea 8. What is counted stands in the company file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Locator, Page, expect

from qbsim.transactions.invoices import line
from support.server import Organization, Standpipe
from support.walks import QuickBooksComputer, connect, look, rest, sign_in

pytestmark = pytest.mark.one_database

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
    ids: dict[str, str]  # invoice by number

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

    def open(self, number: str) -> Locator:
        """The page of an invoice; its refusal."""
        self.page.goto(f"{self.server.base_url}/o/{self.organization.slug}/invoices/{self.ids[number]}/")
        return self.page.locator("#refusal")

    def press(self, number: str, *, says: str, button: str) -> None:
        refusal = self.open(number)
        expect(refusal).to_contain_text(says)
        role = "link" if refusal.get_by_role("link", name=button, exact=True).count() else "button"
        refusal.get_by_role(role, name=button, exact=True).click()

    def save(self, button: str = "Save invoice") -> None:
        self.page.get_by_role("button", name=button, exact=True).first.click()

    def send(self) -> None:
        """Again, from the page that is open."""
        self.page.get_by_role("button", name=SEND, exact=True).first.click()
        expect(self.page.get_by_text("Waiting", exact=True).first).to_be_visible()

    def there(self) -> dict[str, int]:
        """How often each number stands in the company file."""
        with self.computer.company() as company:
            numbers = [invoice.ref_number for invoice in company.invoices.all()]
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
# What QuickBooks answers on order, and the words that it does so in.
ORDERED = {
    "F-TEXT": 'answers-with:3070:The string "x" in the field "Memo" is too long.',
    "F-AMOUNT": "answers-with:3040:The amount is wrong.",
    "F-ADDRESS": 'answers-with:3205:The address "BillAddress" cannot be stored.',
    "F-EDIT": "answers-with:3150:There is a missing element.",
    "F-SETTING": "answers-with:3250:The feature is not enabled.",
    "F-RIGHTS": "answers-with:3261:No personal data.",
    "F-UNKNOWN": "answers-with:4711:Nobody has seen this before.",
    "F-LOCK": "record-locked:Elm School",
}


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
        oak = found(company.find("Oak Offices"))
        for number in ("R-NUMBER", "R-ALREADY"):
            company.invoices.add(oak, lines=[line("Repair", amount="9.00")], ref_number=number)
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
    option = next(text for text in field.locator("option").all_inner_texts() if text.strip().startswith(words))
    field.select_option(label=option)


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
    for number, fault in ORDERED.items():
        books.write(number)
        books.computer.visit(fault)
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
    """Of an invoice that is there: the method is gone in QuickBooks, then it does not know the account."""
    page = books.page
    payments = [pay(books, "F-EDIT", reference="P-METHOD"), pay(books, "F-TEXT", reference="P-ACCOUNT")]
    with books.computer.company() as company:
        company.lists.delete(found(company.lists.find("PaymentMethod", "Cash")))
    books.computer.visit()
    for payment in payments:
        page.goto(f"{books.server.base_url}/o/{books.organization.slug}/payments/{payment}/")
        expect(page.locator("#refusal")).to_contain_text("does not find the payment method “Cash”")
    page.locator("#refusal").get_by_role("link", name="Choose the payment method").click()
    page.locator("#id_methods-cash-payment_method").select_option(label="Check")
    books.save("Save settings")
    for payment in payments:
        page.goto(f"{books.server.base_url}/o/{books.organization.slug}/payments/{payment}/")
        page.locator("#refusal").get_by_role("button", name="Try again now").click()
        expect(page.get_by_text("Waiting", exact=True).first).to_be_visible()
    books.computer.visit(
        'answers-with:3140:There is an invalid reference to QuickBooks Account "Safe" in the ReceivePayment.'
    )
    page.reload()
    page.locator("#refusal").get_by_role("link", name="Choose the deposit account").click()
    account = page.locator("#id_methods-cash-deposit_account")
    account.select_option(index=1)
    books.save("Save settings")
    for payment in payments:
        page.goto(f"{books.server.base_url}/o/{books.organization.slug}/payments/{payment}/")
        page.locator("#refusal").get_by_role("button", name="Try again now").click()
        expect(page.get_by_text("Waiting", exact=True).first).to_be_visible()
    books.computer.visit()
    with books.computer.company() as company:
        assert sorted(one.ref_number for one in company.payments.all()) == ["P-ACCOUNT", "P-METHOD"]


def pay(books: Books, number: str, *, reference: str) -> str:
    body = {"amount": "5.00", "method": "cash", "reference_number": reference}
    return str(books.rest("POST", f"invoices/{books.ids[number]}/payments", body)["id"])


def say_what_nobody_else_can_tell(books: Books) -> None:
    """The answer is lost, QuickBooks has forgotten it and shows no markers, and somebody has entered one by hand."""
    page = books.page
    for number in ("A-THERE", "A-NOT"):
        books.write(number)
    books.computer.visit("answer-lost:2", ends="")
    with books.computer.company() as company:
        elm = found(company.find("Elm School"))
        for number in ("A-THERE", "A-NOT"):
            company.invoices.add(elm, lines=[line("Repair", quantity=1, rate="80")], ref_number=number)
    books.computer.visit("message-sets-lost", "marker-withheld", ends="")
    books.press("A-THERE", says="It may be in QuickBooks already", button="It is already in QuickBooks")
    page.get_by_role("radio").first.check()
    books.save("This is it")
    expect(page.get_by_text("In QuickBooks", exact=True).first).to_be_visible()
    with books.computer.company() as company:  # somebody has looked, and found two that are none
        for invoice in company.invoices.all():
            if invoice.ref_number == "A-NOT":
                company.invoices.delete(invoice.txn_id)
    books.press("A-NOT", says="It may be in QuickBooks already", button="It is not in QuickBooks: send it")
    books.save("It is not in QuickBooks: send it")
    books.computer.visit()
    assert (books.there()["A-THERE"], books.there()["A-NOT"]) == (2, 1)  # ours and the one that was entered by hand


def read_again(books: Books) -> None:
    with books.computer.company() as company:
        txn_id = next(one.txn_id for one in company.invoices.all() if one.ref_number == "F-AMOUNT")
        company.invoices.void(txn_id)
    books.open("F-AMOUNT")
    books.save("Read again")
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
    say_what_nobody_else_can_tell(books)
