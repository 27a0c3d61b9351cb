"""Payments go to QuickBooks and come back: part before sending, the rest after. Requirements 60, 62, 63 and 70."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from support.server import Organization, Standpipe
from support.walks import QuickBooksComputer, connect, go, look, rest, sign_in

METHODS = {"credit_card": "Visa", "ach_echeck": "E-Check", "check": "Check", "cash": "Cash"}


def prepare(server: Standpipe, organization: Organization, computer: QuickBooksComputer) -> str:
    """A linked account, settings with all four methods, and invoice 1042 of 100.00; the invoice's id."""

    def call(method: str, path: str, body: object = None) -> Any:
        return rest(server, organization, method, path, body)

    with computer.company() as company:
        school = company.add_customer("Elm School").list_id
        codes = {code["IsTaxable"]: code.list_id for code in company.lists.all("SalesTaxCode")}
        item = next(one.list_id for one in company.lists.all("ItemService"))
        funds = company.lists.find("Account", "Undeposited Funds").list_id
        methods = {
            method: {
                "payment_method": company.lists.find("PaymentMethod", name).list_id,
                "deposit_account": funds,
            }
            for method, name in METHODS.items()
        }
    connection = connect(server, organization, computer)
    call("POST", f"connections/{connection}/refresh", {"lists": ["items"]})
    computer.visit()
    settings = {
        "default_item": item,
        "taxable_code": codes[True],
        "nontaxable_code": codes[False],
        "methods": methods,
    }
    call("PATCH", f"connections/{connection}/settings", {"posting": settings})
    account = call("POST", "accounts", {"name": "Elm School"})["id"]
    link = {"connection_id": connection, "list_id": school}
    call("PUT", f"accounts/{account}/quickbooks-link", link)
    lines = [{"description": "Yearly inspection", "amount": "100.00"}]
    body = {"account_id": account, "number": "1042", "date": "2026-03-12", "lines": lines}
    return str(call("POST", "invoices", body)["id"])


def record(page: Page, amount: str, method: str, *, remaining: str) -> None:
    page.get_by_label("Amount").fill(amount)
    expect(page.locator("output")).to_have_text(remaining)  # live, while it is typed
    page.get_by_label(method, exact=True).check()
    page.get_by_role("button", name="Record payment", exact=True).last.click()


def test_payments_go_along_follow_and_come_back(
    standpipe_server: Standpipe, organization: Organization, page: Page, tmp_path: Path
) -> None:
    computer = QuickBooksComputer(tmp_path)
    invoice = prepare(standpipe_server, organization, computer)
    sign_in(page, standpipe_server, organization, to=f"invoices/{invoice}/")
    payments = page.get_by_role("region", name="Payments", exact=True)

    page.get_by_role("link", name="Record payment", exact=True).click()
    expect(page.get_by_label("Amount")).to_have_value("100.00")
    expect(page.locator("main")).to_contain_text("Once invoice 1042 is sent, this payment goes along")
    look(page)
    record(page, "112.50", "Check", remaining="12.50 more than is due")
    expect(page.get_by_label("Amount")).to_be_visible()
    expect(page.locator("main")).to_contain_text("This is 12.50 more than is due. Record 100.00 here")
    look(page)
    record(page, "40", "Check", remaining="60.00")
    expect(payments).to_contain_text("Balance due $60.00")
    expect(payments).to_contain_text("Not sent")
    look(page)

    rest(standpipe_server, organization, "POST", f"invoices/{invoice}/send-to-quickbooks")
    computer.visit()
    page.reload()
    expect(payments.get_by_text("In QuickBooks", exact=True)).to_be_visible()
    with computer.company() as company:
        (posted,) = company.invoices.all()
        assert posted.open_cents == 6000
        company.payments.add(
            posted.customer_id, "15.00", pays={posted.txn_id: "15.00"}, payment_method="Cash", ref_number="7001"
        )

    go(page, "Invoices")
    page.get_by_role("link", name="Record payment on invoice 1042").click()
    expect(page.locator("main")).to_contain_text(
        "This will appear in QuickBooks as a Customer Payment on invoice 1042. Do not enter it there as well."
    )
    record(page, "60.00", "Credit Card", remaining="0.00")
    computer.visit()  # finds 45.00 open, sends nothing, and brings what was entered there
    page.reload()
    expect(payments).to_contain_text("Entered in QuickBooks")
    expect(payments).to_contain_text("More was recorded than this invoice asks for.")
    payments.get_by_role("row").filter(has_text="Credit Card").get_by_role("link").click()
    status = page.get_by_role("region", name="QuickBooks Status")
    expect(status).to_contain_text(
        "QuickBooks shows 45.00 open, this payment is 60.00. Was it entered there already?"
    )
    look(page)
    page.get_by_role("button", name="Send the 45.00 that are open").click()
    expect(status).to_contain_text("This will appear in QuickBooks as a Customer Payment on invoice 1042.")
    computer.visit()  # nobody touches the page
    expect(status.get_by_text("In QuickBooks", exact=True)).to_be_visible()
    with computer.company() as company:
        (posted,) = company.invoices.all()
        assert posted.open_cents == 0
        names = sorted(company.name_of(one.details["PaymentMethodRef"]) for one in company.payments.all())
        assert names == ["Cash", "Check", "Visa"]
    go(page, "Payments")
    expect(page.locator("tbody tr")).to_have_count(3)
    look(page)
