"""What was here already is linked to its customer, by mouse and by keyboard, and unlinked. Requirements 32-37."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qbsim.company import address
from support.browser import check_axe
from support.server import Organization, Standpipe
from support.walks import LINK, QuickBooksComputer, connect, go, look, rest, sign_in

ELM = {"lines": ["12 Elm St"], "city": "Boise", "state": "ID", "postal_code": "83702"}


@pytest.fixture
def books(standpipe_server: Standpipe, organization: Organization, tmp_path: Path) -> None:
    """QuickBooks knows a school with a gym, a group of buildings, and sixty others."""
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        bill = address("Elm Elementary", "12 Elm St", city="Boise", state="ID", postal_code="83702")
        ship = address("Gate 2, Elm St", city="Boise", state="ID")
        school = company.add_customer(
            "Elm Elementary", company_name="Elm School District", bill_address=bill, ship_address=ship
        )
        company.add_customer("Gym", parent=school.list_id)
        company.add_customer("Hartford Group", bill_address=address("1 Main St", city="Boise", state="ID"))
        for number in range(60):
            company.add_customer(f"Cedar {number:02}")
    connect(standpipe_server, organization, computer)


@pytest.fixture
def building(standpipe_server: Standpipe, organization: Organization) -> str:
    """A school that was here before; the address of its page."""
    given = {"name": "Elm School", "billing_address": ELM, "physical_address": ELM}
    made = rest(standpipe_server, organization, "POST", "buildings", given)
    return f"buildings/{made['id']}/"


def status(page: Page) -> Locator:
    return page.get_by_role("region", name="QuickBooks Status")


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Customers and jobs").get_by_role("button", name=name)


@pytest.mark.usefixtures("books")
def test_a_building_is_linked_undone_linked_again_and_unlinked(
    standpipe_server: Standpipe, organization: Organization, page: Page, building: str
) -> None:
    sign_in(page, standpipe_server, organization, to=building)
    look(page)
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name=LINK).click()
    expect(page.get_by_label("Search customers and jobs")).to_be_focused()
    assert page.evaluate("window.sameDocument"), "the list opens at once, inside the page"
    # The article's lines, then the path; the likely one comes first.
    first = page.get_by_role("list", name="Customers and jobs").get_by_role("button").first
    expect(first).to_contain_text("Elm School District")
    expect(first).to_contain_text("Elm Elementary · 12 Elm St · Gate 2, Elm St")
    expect(option(page, "Customer · Elm Elementary")).to_have_count(1)
    look(page)

    page.get_by_label("Search customers and jobs").fill("gym")
    expect(option(page, "Elm Elementary:Gym")).to_be_visible()
    expect(page.get_by_role("list", name="Customers and jobs").get_by_role("button")).to_have_count(1)
    check_axe(page)
    option(page, "Elm Elementary:Gym").click()
    expect(status(page)).to_contain_text("Linked to Elm Elementary:Gym. Undo")
    expect(status(page)).to_contain_text("Changes here do not change QuickBooks")
    look(page)

    status(page).get_by_role("button", name="Undo").click()
    expect(status(page)).to_contain_text("Not linked")
    page.get_by_role("link", name=LINK).click()
    option(page, "Customer · Elm Elementary").click()
    expect(status(page)).to_contain_text("Linked to Elm Elementary. Undo")
    go(page, "Buildings")
    expect(page.get_by_role("row", name="Elm School").get_by_label("Linked to a QuickBooks customer")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Elm School").click()
    expect(status(page)).not_to_contain_text("Undo")

    status(page).get_by_role("link", name="Change").click()
    expect(page.get_by_text("Now linked to Elm Elementary.")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Cancel").click()
    expect(status(page).get_by_role("link", name="Change")).to_be_focused()
    status(page).get_by_role("link", name="Unlink").click()
    look(page)
    page.get_by_role("button", name="Unlink").click()
    expect(status(page)).to_contain_text("Not linked")
    expect(page.get_by_role("status")).to_contain_text("no longer linked")
    look(page)


@pytest.mark.usefixtures("books")
def test_a_linked_account_speaks_for_its_buildings(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    account = rest(standpipe_server, organization, "POST", "accounts", {"name": "Hartford Group"})["id"]
    given = {"name": "Oak School", "account_id": account}
    building = rest(standpipe_server, organization, "POST", "buildings", given)["id"]
    sign_in(page, standpipe_server, organization, to=f"accounts/{account}/")
    page.get_by_role("link", name=LINK).click()
    option(page, "Customer · Hartford Group").click()
    expect(status(page)).to_contain_text("Linked to Hartford Group. Undo")
    look(page)
    page.get_by_role("link", name="Oak School", exact=True).click()
    page.wait_for_url(f"**/buildings/{building}/")
    expect(status(page)).to_contain_text("Not linked itself. Invoices go to Hartford Group through its account.")
    look(page)
    go(page, "Accounts")
    page.get_by_label("QuickBooks", exact=True).select_option("No QuickBooks link")
    expect(page.locator(".empty-state-title")).to_have_text("No account matches")


@pytest.mark.usefixtures("books")
def test_by_keyboard_alone(
    standpipe_server: Standpipe, organization: Organization, page: Page, building: str
) -> None:
    sign_in(page, standpipe_server, organization, to=building)
    tab_to(page, page.get_by_role("link", name=LINK))
    page.keyboard.press("Enter")
    search = page.get_by_label("Search customers and jobs")
    expect(search).to_be_focused()
    page.keyboard.type("cedar 07")
    expect(option(page, "Cedar 07")).to_be_visible()
    expect(page.get_by_role("list", name="Customers and jobs").get_by_role("button")).to_have_count(1)
    expect(search).to_be_focused()
    tab_to(page, option(page, "Cedar 07"))
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Linked to Cedar 07. Undo")
    tab_to(page, status(page).get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Not linked")


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(40):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {target}")
