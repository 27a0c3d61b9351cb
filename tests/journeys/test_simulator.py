"""The simulated QuickBooks on its own screens: what a person at that computer does, and what a service sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qbsim.company import Company, address
from support.browser import Complaints
from support.server import Organization, Standpipe
from support.simulator_pages import prepare_pages, route_patterns
from support.walks import BOOKS, IMPORT, REFRESH, QuickBooksComputer, connect, heading, look, sign_in


@pytest.fixture
def computer(tmp_path: Path) -> QuickBooksComputer:
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        where = address("Elm School District", "12 Elm St", city="Boise", state="ID", postal_code="83702")
        elm = company.add_customer("Elm School", company_name="Elm School District", bill_address=where)
        company.add_customer("Gym", parent=elm.list_id)
        company.add_customer("Oak House")
        income = next(each for each in company.lists.all("Account") if each["AccountType"] == "Income")
        sold = {"Desc": "Yearly check-up", "Price": "80.00", "AccountRef": income.list_id}
        company.lists.add("ItemService", "Check-up", sales_tax_code="Non", sales_or_purchase=sold)
    return computer


@pytest.fixture
def quickbooks(computer: QuickBooksComputer, page: Page) -> Iterator[str]:
    with computer.screens() as address:
        yield address
        page.wait_for_load_state("networkidle")  # what the last page still asks for would find nobody


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """A link among the page's own tools."""
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def told(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("status").first


# Screens of the simulator alone: of the product nothing runs, so its database cannot matter.
of_simulator_alone = pytest.mark.one_database


@of_simulator_alone
def test_customers_and_jobs_are_added_moved_merged_and_deleted(
    page: Page, quickbooks: str, complaints: Complaints
) -> None:
    page.goto(quickbooks)
    expect(page.get_by_text("Simulator. Not QuickBooks Desktop; no data leaves this computer.")).to_be_visible()
    look(page)
    center = page.get_by_role("navigation", name="Customers and jobs")
    expect(
        center.get_by_role("listitem").filter(has_text="Elm School").get_by_role("link", name="Gym")
    ).to_be_visible()
    center.get_by_role("link", name="Elm School", exact=True).click()
    expect(heading(page)).to_have_text("Elm School")
    look(page)

    follow(page, "New job")
    expect(page.get_by_label("Company name")).to_have_value("Elm School District")
    look(page)
    page.get_by_label("Name", exact=True).fill("Library")
    press(page, "Save")
    expect(told(page)).to_have_text("Added.")
    follow(page, "Edit")
    page.get_by_label("Name", exact=True).fill("Main Library")
    page.get_by_role("group", name="Ship to").get_by_label("City").fill("Nampa")
    press(page, "Save")
    expect(heading(page)).to_have_text("Main Library")
    expect(page.get_by_text("Nampa")).to_be_visible()

    follow(page, "Move")
    look(page)
    page.get_by_label("Job of").fill("Oak House")
    press(page, "Move")
    expect(told(page)).to_have_text("Moved.")
    expect(
        center.get_by_role("listitem").filter(has_text="Oak House").get_by_role("link", name="Main Library")
    ).to_be_visible()
    press(page, "Make inactive")
    expect(heading(page)).to_contain_text("inactive")
    look(page)

    center.get_by_role("link", name="Elm School", exact=True).click()
    follow(page, "Delete")
    press(page, "Delete")
    expect(page.get_by_role("alert")).to_contain_text("QuickBooks error 3160")
    look(page)
    follow(page, "Cancel")
    follow(page, "Merge")
    page.get_by_label("Full name of the other").fill("Oak House")
    press(page, "Merge")
    expect(told(page)).to_have_text("Merged. The other one is gone.")
    page.get_by_label("Show").select_option("All customers")
    page.get_by_role("button", name="Search").click()
    expect(center.get_by_text("3 customers and jobs")).to_be_visible()
    complaints.expect("409 (Conflict)")


@of_simulator_alone
def test_an_invoice_is_written_printed_paid_and_kept(page: Page, quickbooks: str, complaints: Complaints) -> None:
    page.goto(f"{quickbooks}/income")
    expect(page.get_by_text("No invoice matches.")).to_be_visible()
    look(page)
    follow(page, "New invoice")
    look(page)
    page.get_by_label("Customer:Job").fill("Elm School:Gym")
    press(page, "More lines")
    page.get_by_label("Line 1: item").select_option("Check-up")
    page.get_by_label("Line 1: quantity").fill("3")
    page.get_by_label("Line 10: description").fill("Thank you")
    press(page, "Save")
    paper = page.get_by_role("article")
    expect(paper).to_contain_text("Yearly check-up")
    expect(paper).to_contain_text("240.00")
    look(page)
    page.emulate_media(media="print")
    expect(paper).to_be_visible()
    expect(page.get_by_text("Simulator. Not QuickBooks Desktop")).to_be_hidden()
    expect(page.get_by_role("link", name="Edit")).to_be_hidden()
    page.emulate_media(media="screen")

    follow(page, "Receive payment")
    expect(page.get_by_label("Amount")).to_have_value("240.00")
    look(page)
    page.get_by_label("Amount").fill("100")
    page.get_by_label("Pay of Invoice").fill("100")
    press(page, "Save")
    expect(heading(page)).to_have_text("Payment of 100.00")
    look(page)
    tab(page, "Payments")
    look(page)

    tab(page, "Income Tracker")
    page.get_by_role("link", name="Open invoices").click()
    row = page.get_by_role("row").filter(has_text="Elm School:Gym")
    expect(row).to_contain_text("140.00")
    look(page)
    row.get_by_role("link").click()
    follow(page, "Edit")
    look(page)
    page.get_by_label("Line 1: quantity").fill("2")
    press(page, "Save")
    expect(paper).to_contain_text("160.00")

    follow(page, "Receive payment")
    press(page, "Save")
    follow(page, "Invoice 1001")
    expect(page.get_by_text("PAID", exact=True)).to_be_visible()
    look(page)
    page.get_by_role(
        "link", name=page.get_by_role("table", name="Payments").get_by_role("rowheader").first.inner_text()
    ).first.click()
    follow(page, "Delete")
    press(page, "Delete")
    expect(told(page)).to_have_text("Deleted. Services hear of it for 90 days.")
    tab(page, "Income Tracker")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    follow(page, "Void")
    press(page, "Void")
    expect(page.get_by_role("alert")).to_contain_text("QuickBooks error 3185")  # the other payment is applied
    look(page)
    complaints.expect("409 (Conflict)")


@of_simulator_alone
def test_items_are_added_edited_and_made_inactive(page: Page, quickbooks: str) -> None:
    page.goto(f"{quickbooks}/lists")
    look(page)
    follow(page, "New service")
    look(page)
    page.get_by_label("Name", exact=True).fill("Mending")
    page.get_by_label("Price").fill("125.00")
    page.get_by_label("Income account").select_option(index=1)
    press(page, "Save")
    expect(heading(page)).to_have_text("Mending")
    look(page)
    follow(page, "Edit")
    page.get_by_label("Price").fill("130.00")
    press(page, "Save")
    expect(page.get_by_text("130.00")).to_be_visible()
    press(page, "Make inactive")
    expect(told(page)).to_have_text("Inactive now, with all below it.")
    tab(page, "Items and lists")
    expect(page.get_by_role("link", name="Mending")).to_have_count(0)
    page.get_by_role("navigation", name="Lists").get_by_role("link", name="Terms", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Net 30").first).to_contain_text("after 30 days")
    look(page)


def test_what_is_changed_here_arrives_there_and_faults_are_felt(
    standpipe_server: Standpipe,
    organization: Organization,
    page: Page,
    computer: QuickBooksComputer,
    quickbooks: str,
) -> None:
    """The story of the demo: a change in QuickBooks, a refresh, the wire, a fault, another company file."""
    connect(standpipe_server, organization, computer)
    page.goto(quickbooks)
    page.get_by_role("link", name="Oak House").click()
    follow(page, "Edit")
    page.get_by_label("Name", exact=True).fill("Oak Mansion")
    press(page, "Save")
    sign_in(page, standpipe_server, organization, to="accounts/")
    page.get_by_role("link", name=IMPORT).click()
    page.get_by_role("button", name=REFRESH).click()
    computer.visit()
    expect(page.get_by_label("Select Oak Mansion", exact=True)).to_be_visible()

    page.goto(f"{quickbooks}/wire")
    look(page)
    page.get_by_label("Message, status or text").fill("customerquery")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="Request")).to_contain_text("<CustomerQueryRq")
    expect(page.get_by_role("region", name="Response")).to_contain_text("Oak Mansion")
    look(page)

    tab(page, "Faults")
    look(page)
    page.get_by_role("link", name="Options of dialog-open").click()
    look(page)
    page.get_by_label("How long").select_option("So often, then it ends by itself")
    press(page, "Switch on")
    expect(page.get_by_role("table", name="On now")).to_contain_text("1 more time")
    look(page)
    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/accounts/import/")
    page.get_by_role("button", name=REFRESH).click()
    expect(page.locator("#refresh-state")).to_contain_text("Waiting for the Web Connector")
    computer.visit(ends="connection-error")
    page.goto(f"{quickbooks}/faults")
    expect(page.get_by_text("None is switched on: all goes well.")).to_be_visible()

    tab(page, "Company file")
    look(page)
    page.get_by_label("Name of the new company").fill("Pine Plumbing")
    page.get_by_label("Customers to begin with").fill("3")
    press(page, "Make and open")
    expect(page.get_by_role("banner")).to_contain_text("Pine Plumbing")
    computer.visit(ends="refused")
    page.get_by_role("button", name=f"Open {computer.file.name}").click()
    expect(page.get_by_role("banner")).to_contain_text(BOOKS)
    computer.visit()
    press(page, "Back up")
    page.get_by_role("link", name="Restore from it company backup").click()
    look(page)
    press(page, "Restore")
    expect(told(page)).to_have_text("Restored: all is what it was then.")
    computer.visit(ends="none")


# What the walks above look at in passing.
SEEN = frozenset(
    {
        "/",
        "/customers/<list_id>",
        "/customers/<list_id>/move",
        "/faults",
        "/faults/<name>",
        "/file",
        "/file/restore",
        "/income",
        "/invoices/<txn_id>",
        "/invoices/<txn_id>/edit",
        "/invoices/new",
        "/lists",
        "/lists/<key>",
        "/lists/element/<list_id>",
        "/lists/new",
        "/payments",
        "/payments/<txn_id>",
        "/payments/new",
        "/wire",
        "/wire/<number>",
    }
)


@of_simulator_alone
def test_every_other_page_is_looked_at_and_its_refusals(
    page: Page, computer: QuickBooksComputer, quickbooks: str, complaints: Complaints
) -> None:
    with Company.open(computer.file) as company:
        addresses = prepare_pages(company)
    assert route_patterns("GET") >= SEEN
    for pattern in sorted(route_patterns("GET") - SEEN - {"/wire/<number>/<file>"}):
        page.goto(quickbooks + addresses[pattern])
        expect(heading(page)).to_be_visible()
        look(page)
    page.goto(f"{quickbooks}/lists/no-such-list")
    expect(heading(page)).to_have_text("Not found")
    look(page)
    complaints.expect("404 (Not Found)")

    page.goto(f"{quickbooks}/file")
    page.get_by_label("Company name").fill("漢字")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_contain_text("that QuickBooks can hold")
    look(page)
    complaints.expect("409 (Conflict)")
    page.get_by_label("Company name").fill("Alder & Sons")
    page.get_by_label("Times in summer").select_option("With their own offset")
    page.get_by_label("Delivery by Mail").select_option("Off")
    press(page, "Save")
    expect(told(page)).to_have_text("Saved.")
    expect(page.get_by_role("banner")).to_contain_text("Alder & Sons")
    page.get_by_label("Name of the new company").fill("Pine Plumbing")
    page.get_by_label("Customers to begin with").fill("5000")
    press(page, "Make and open")
    expect(page.get_by_role("alert")).to_contain_text("a number up to 2000")
    look(page)
    complaints.expect("409 (Conflict)")

    page.goto(quickbooks + addresses["/lists/element/<list_id>/merge"])
    page.get_by_label("The other").select_option(index=1)
    press(page, "Merge")
    expect(told(page)).to_have_text("Merged. The other one is gone.")
    follow(page, "Delete")
    press(page, "Delete")
    expect(told(page)).to_have_text("Deleted. Services hear of it for 90 days.")
    page.goto(quickbooks + addresses["/invoices/<txn_id>/delete"])
    press(page, "Delete")
    expect(page.get_by_role("alert")).to_contain_text("QuickBooks error")
    look(page)
    complaints.expect("409 (Conflict)")
    page.goto(quickbooks + addresses["/wire/clear"])
    press(page, "Empty the log")
    expect(told(page)).to_have_text("The log is empty.")
