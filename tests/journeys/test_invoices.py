"""Otto's invoice: written by keyboard, copied, printed; and the same without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from support.browser import Complaints
from support.server import Organization, Standpipe
from support.walks import go, heading, look, rest, sign_in


def furnish(server: Standpipe, organization: Organization) -> None:
    """A building with a billing contact, an item; terms and tax are made on their pages."""
    building = rest(server, organization, "POST", "buildings", {"name": "Elm School"})
    place = {"building_id": building["id"], "roles": ["billing"]}
    rest(server, organization, "POST", "contacts", {"name": "Jane Doe", "places": [place]})
    item = {"name": "Inspection", "description": "Annual inspection", "rate": "80"}
    rest(server, organization, "POST", "items", item)


def add_terms_and_tax(page: Page) -> None:
    go(page, "Items")
    look(page)
    page.get_by_role("link", name="Terms", exact=True).click()
    page.get_by_role("link", name="Add terms").first.click()
    page.get_by_label("Name").fill("Net 30")
    page.get_by_label("Days until due").fill("30")
    page.get_by_role("button", name="Add terms").click()
    expect(heading(page)).to_have_text("Net 30")
    page.goto(page.url.rsplit("/", 3)[0] + "/sales-taxes/add/")
    page.get_by_label("Name").fill("Hartford")
    page.get_by_label("Rate, %").first.fill("6.35")
    look(page)
    page.get_by_role("button", name="Add sales tax").click()
    expect(heading(page)).to_have_text("Hartford")


def write_by_keyboard(page: Page) -> None:
    """From the first field to the last with nothing but keys; what follows from them appears."""
    go(page, "Buildings")
    page.get_by_role("link", name="Elm School").click()
    page.get_by_role("link", name="Add invoice").click()
    expect(page.get_by_label("Contact")).to_have_value(
        page.get_by_role("option", name="Jane Doe").get_attribute("value") or "?"
    )
    keys = page.keyboard
    number = page.get_by_label("Number")
    number.focus()
    keys.press("Control+A")
    keys.type("INV-12345678")
    expect(page.locator("#number-check")).to_contain_text("too long: 12 characters. Shorten it to 11.")
    keys.press("Control+A")
    keys.type("1042")
    expect(page.locator("#number-check")).to_be_empty()
    page.get_by_label("Date", exact=True).fill("2026-03-12")
    page.get_by_label("Terms").focus()
    keys.type("Net")
    expect(page.get_by_label("Due date")).to_have_value("2026-04-11")
    page.get_by_label("Sales tax").focus()
    keys.type("Hart")
    page.get_by_label("Item", exact=True).focus()
    keys.type("Inspection")
    keys.press("Tab")
    expect(page.get_by_label("Rate", exact=True)).to_have_value("80.00")
    expect(page.get_by_label("Description")).to_have_value("Annual inspection")
    keys.press("Tab")
    keys.type("2.5")
    keys.press("Tab")
    expect(page.get_by_label("Amount")).to_have_value("200.00")
    expect(page.locator("[data-sum=total]")).to_have_text("$212.70")


def add_move_and_remove_lines(page: Page) -> None:
    page.get_by_role("button", name="Add line").press("Enter")
    second = page.locator(".line-row").nth(1)
    expect(second.get_by_label("Item")).to_be_focused()
    second.get_by_label("Description").fill("Loyalty discount")
    second.get_by_label("Amount").fill("-10")
    second.get_by_label("Amount").blur()
    expect(page.locator("[data-sum=total]")).to_have_text("$202.70")
    page.get_by_role("button", name="Add line").click()
    page.locator(".line-row").nth(2).get_by_label("Description").fill("Thank you")
    page.get_by_role("button", name="Move line 3 up").press("Enter")
    expect(page.get_by_role("button", name="Move line 2 up")).to_be_focused()
    expect(page.locator(".line-row").nth(1).get_by_label("Description")).to_have_value("Thank you")
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("button", name="Remove line 4").click()
    expect(page.locator(".line-row")).to_have_count(3)
    look(page)


def test_an_invoice_by_keyboard_copied_and_printed(
    page: Page, standpipe_server: Standpipe, organization: Organization, complaints: Complaints
) -> None:
    """Requirements 54, 58, 65 and 69."""
    furnish(standpipe_server, organization)
    sign_in(page, standpipe_server, organization)
    add_terms_and_tax(page)
    write_by_keyboard(page)
    add_move_and_remove_lines(page)
    page.get_by_label("Memo").press_sequentially("Spring round")
    page.get_by_label("Number").press("Enter")
    expect(heading(page)).to_have_text("Invoice 1042")
    lines = page.get_by_role("region", name="Lines").first
    expect(lines.locator("tbody tr")).to_have_count(3)
    expect(lines.locator("tbody tr").nth(1)).to_contain_text("Thank you")
    expect(page.get_by_role("main")).to_contain_text("11 April 2026")
    look(page)

    page.get_by_role("link", name="Copy").click()
    expect(page.get_by_label("Number")).to_have_value("1")
    expect(page.locator(".line-row")).to_have_count(3)
    expect(page.locator("[data-sum=total]")).to_have_text("$202.70")
    page.get_by_label("Number").fill("1042")
    expect(page.locator("#number-check")).to_contain_text("Number 1042 is on another invoice")
    page.get_by_role("button", name="Add invoice").last.click()
    expect(page.get_by_role("group", name="Not saved yet")).to_contain_text("Number 1042 is on another invoice")
    look(page)
    page.get_by_label("Number").fill("1043")
    page.get_by_role("button", name="Add invoice").last.click()
    expect(heading(page)).to_have_text("Invoice 1043")

    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("main")).to_contain_text("Balance due")
    look(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to invoice 1043").click()
    go(page, "Invoices")
    expect(page.locator(".list-summary").first).to_contain_text("2 invoices · $405.40, of which $405.40 due")
    look(page)


def test_lines_without_javascript(
    browser: Browser, standpipe_server: Standpipe, organization: Organization, complaints: Complaints
) -> None:
    furnish(standpipe_server, organization)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    complaints.listen(page)
    sign_in(page, standpipe_server, organization, to="invoices/add/")
    page.get_by_role("button", name="Elm School").click()
    page.get_by_label("Item").fill("inspection")
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Update totals").click()
    expect(page.get_by_label("Amount")).to_have_value("240.00")
    page.get_by_role("button", name="Add line").click()
    page.get_by_label("Description").nth(1).fill("Thank you")
    page.get_by_role("button", name="Move line 2 up").click()
    expect(page.get_by_label("Description").first).to_have_value("Thank you")
    page.get_by_label("Memo").fill("Kept")
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("button", name="Remove line 3").click()
    expect(page.get_by_label("Memo")).to_have_value("Kept")
    page.get_by_role("button", name="Add invoice").last.click()
    expect(heading(page)).to_have_text("Invoice 1")
    expect(page.get_by_role("main")).to_contain_text("$240.00")
    context.close()
