"""From lists that never came to settings that hold and items that came over: one walk. Requirements 52, 53, 72."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from support.server import Organization, Standpipe
from support.walks import IMPORT, REFRESH, QuickBooksComputer, connect, go, heading, look, sign_in


def test_settings_are_chosen_from_the_lists_and_items_come_over(
    page: Page, standpipe_server: Standpipe, organization: Organization, tmp_path: Path
) -> None:
    computer = QuickBooksComputer(tmp_path)
    with computer.company():
        pass  # as it is delivered: the usual lists
    connection = connect(standpipe_server, organization, computer)
    sign_in(page, standpipe_server, organization, to=f"quickbooks/{connection}/")
    page.get_by_role("link", name="QuickBooks Desktop settings").click()
    expect(heading(page)).to_have_text("QuickBooks Desktop settings")
    expect(page.get_by_text("The lists have not arrived yet")).to_be_visible()
    look(page)

    page.get_by_role("button", name=REFRESH).click()
    expect(page.get_by_text("Waiting for the Web Connector")).to_be_visible()
    computer.visit()
    expect(page.get_by_label("Default item code")).to_be_visible(timeout=20_000)  # the page came anew by itself
    expect(page.get_by_text("proposed from QuickBooks’ lists")).to_be_visible()
    look(page)

    item = page.get_by_label("Default item code")
    item.focus()
    page.keyboard.type("Repair")  # as by hand: a list is chosen from by typing
    page.keyboard.press("Tab")
    expect(item.locator("option:checked")).to_have_text("Repair")
    page.get_by_role("button", name="Save settings").press("Enter")
    expect(page.get_by_text("Invoices and payments go to QuickBooks like this from now on.")).to_be_visible()
    expect(page.get_by_text("Proposed. It holds when you save.")).to_have_count(0)

    go(page, "Items")
    page.get_by_role("link", name=IMPORT).click()
    page.get_by_label("Search QuickBooks’ items").fill("sprinkler")
    expect(page.get_by_role("rowheader", name="Alarm Monitoring")).to_have_count(0)
    look(page)
    page.get_by_label("Select Inspection:Sprinkler System", exact=True).check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("button", name=IMPORT).click()
    expect(page.get_by_text("Items: 1 imported.")).to_be_visible()

    go(page, "Items")
    row = page.get_by_role("row", name="Inspection:Sprinkler System")
    expect(row.get_by_role("img", name="Imported from QuickBooks Desktop")).to_be_visible()
    row.get_by_role("link").first.click()
    expect(page.get_by_text("Linked to")).to_be_visible()
    page.get_by_role("link", name="Change").click()
    expect(heading(page)).to_have_text("Link QuickBooks Item")
