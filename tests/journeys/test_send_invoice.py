"""An invoice goes to QuickBooks, once: sent, taken back, sent, arrived. Requirements 5, 6, 55-58 and 61."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from support.server import Organization, Standpipe
from support.walks import QuickBooksComputer, connect, go, look, rest, sign_in

SEND = "Send to QBD"


def status(page: Page) -> Locator:
    return page.get_by_role("region", name="QuickBooks Status")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


class Books:
    """A company file with a school, its gym and an office; here the same, linked, and what invoices need."""

    def __init__(self, server: Standpipe, organization: Organization, computer: QuickBooksComputer) -> None:
        self.server, self.organization = server, organization
        with computer.company() as company:
            elm = company.add_customer("Elm School").list_id
            ids = {"Elm School": elm, "Gym": company.add_customer("Gym", parent=elm).list_id}
            ids["Oak Offices"] = company.add_customer("Oak Offices").list_id
            codes = {code["IsTaxable"]: code.list_id for code in company.lists.all("SalesTaxCode")}
            item = next(one.list_id for one in company.lists.all("ItemService"))
        self.customers = ids
        self.connection = connect(server, organization, computer)
        self.call("POST", f"connections/{self.connection}/refresh", {"lists": ["items"]})
        computer.visit()
        settings = {"default_item": item, "taxable_code": codes[True], "nontaxable_code": codes[False]}
        self.call("PATCH", f"connections/{self.connection}/settings", {"posting": settings})
        self.account = self.call("POST", "accounts", {"name": "Elm School"})["id"]
        self.gym, self.annex = (
            self.call("POST", "buildings", {"name": name, "account_id": self.account})["id"]
            for name in ("Gym", "Annex")
        )
        self.link(f"accounts/{self.account}", "Elm School")
        self.link(f"buildings/{self.gym}", "Gym")
        self.link(f"buildings/{self.annex}", "Oak Offices")

    def call(self, method: str, path: str, body: object = None) -> Any:
        return rest(self.server, self.organization, method, path, body)

    def link(self, record: str, customer: str) -> None:
        body = {"connection_id": self.connection, "list_id": self.customers[customer]}
        self.call("PUT", f"{record}/quickbooks-link", body)

    def invoice(self, building: str, number: str) -> str:
        lines = [{"description": "Yearly inspection", "quantity": "2", "rate": "80.00"}]
        body = {"building_id": building, "number": number, "date": "2026-03-12", "lines": lines}
        return f"invoices/{self.call('POST', 'invoices', body)['id']}/"


def test_an_invoice_is_sent_taken_back_sent_and_arrives(
    standpipe_server: Standpipe, organization: Organization, page: Page, tmp_path: Path
) -> None:
    computer = QuickBooksComputer(tmp_path)
    books = Books(standpipe_server, organization, computer)
    first, undecided, old = (
        books.invoice(books.gym, "1042"),
        books.invoice(books.annex, "1043"),
        books.invoice(books.gym, "1044"),
    )
    sign_in(page, standpipe_server, organization, to=first)
    expect(status(page)).to_contain_text("Elm School:Gym")
    look(page)

    button(page, SEND).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leave out invoices dated before …?")
    look(page)
    button(page, SEND).click()
    expect(status(page)).to_contain_text("It waits for the next visit of the Web Connector")
    button(page, "Take back").click()
    expect(status(page)).to_contain_text("Not sent")
    button(page, SEND).click()
    expect(status(page)).to_contain_text("Waiting")
    look(page)

    computer.visit()  # nobody touches the page
    expect(status(page)).to_contain_text("In QuickBooks")
    expect(status(page)).to_contain_text("QuickBooks computed the same total: 160.00")
    expect(button(page, SEND)).to_have_count(0)
    look(page)
    with computer.company() as company:
        (posted,) = company.invoices.all()
        assert (posted.ref_number, posted.customer_id) == ("1042", books.customers["Gym"])

    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/{undecided}")
    page.get_by_role("link", name="Choose the customer").click()
    look(page)
    page.get_by_label("Elm School").check()
    button(page, "Post it there").click()
    expect(status(page)).to_contain_text("Will be posted to")

    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/{old}")
    page.get_by_role("link", name="Already in QuickBooks").click()
    page.get_by_label("Its number in QuickBooks").fill("77")
    button(page, "Already in QuickBooks").click()
    expect(status(page)).to_contain_text("as number 77. It is never sent from here.")

    go(page, "Invoices")
    for invoice in ("1043", "1044"):
        page.get_by_label(f"Select Invoice {invoice}").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    button(page, SEND).click()
    expect(page.locator("main")).to_contain_text("1 waits for QuickBooks now, 1 does not go")
    look(page)
    computer.visit()
    page.get_by_role("link", name="Back to the invoices").click()
    rows = page.locator("tbody")
    expect(rows.get_by_text("In QuickBooks", exact=True)).to_have_count(2)
    expect(rows.get_by_text("Already in QuickBooks", exact=True)).to_have_count(1)
    with computer.company() as company:
        assert sorted(one.ref_number for one in company.invoices.all()) == ["1042", "1043"]
