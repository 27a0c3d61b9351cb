"""Alice keeps her accounts, buildings and contacts, with and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from support.browser import Complaints, check_axe, check_reflow
from support.server import Organization, Standpipe


def sign_in(page: Page, *, server: Standpipe, organization: Organization) -> None:
    page.goto(f"{server.base_url}/o/{organization.slug}/accounts/")
    page.get_by_label("E-mail").fill(organization.email)
    page.get_by_label("Password").fill(organization.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")


def go(page: Page, where: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=where, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(where)


def check(page: Page) -> None:
    check_axe(page)
    check_reflow(page)


def add_building(page: Page, name: str, *, street: str) -> None:
    go(page, "Buildings")
    page.get_by_role("link", name="Add building").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("group", name="Physical address").get_by_label("Line 1").fill(street)
    page.get_by_role("button", name="Add building").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def keep_the_nouns(page: Page) -> None:
    """From nothing to an account with two buildings and a billing contact that holds at both."""
    page.get_by_role("link", name="Add account").first.click()
    page.get_by_label("Name").fill("Hartford Schools")
    page.get_by_role("button", name="Add account").click()
    expect(page.get_by_role("status")).to_contain_text("“Hartford Schools” is added.")
    check(page)

    add_building(page, "Elm School", street="12 Elm St")
    add_building(page, "Oak School", street="80 Oak St")
    check(page)

    go(page, "Accounts")
    page.get_by_role("link", name="Hartford Schools").click()
    page.get_by_role("link", name="Add buildings").click()
    check(page)
    page.get_by_label("Select Elm School").check()
    page.get_by_label("Select Oak School").check()
    page.get_by_role("button", name="Add buildings").click()
    expect(page.get_by_role("status")).to_contain_text("2 buildings are now with Hartford Schools.")

    page.get_by_role("link", name="Add contact").click()
    page.get_by_label("Name").fill("Jane Doe")
    page.get_by_label("E-mail").fill("jane at example")
    page.get_by_label("Billing").check()
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("group", name="Not saved yet")).to_contain_text("is not an e-mail address")
    check(page)
    page.get_by_label("E-mail").fill("jane@example.com")
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("region", name="Contacts")).to_contain_text("Jane Doe")

    page.get_by_role("link", name="Oak School", exact=True).click()
    expect(page.get_by_role("region", name="Contacts")).to_contain_text("Through the account Hartford Schools")
    check(page)


def archive_and_bring_back(page: Page) -> None:
    page.get_by_role("link", name="Archive").click()
    check(page)
    page.get_by_role("button", name="Archive building").click()
    expect(page.get_by_role("status")).to_contain_text("“Oak School” is archived.")
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_role("status")).to_contain_text("“Oak School” is back.")


def test_accounts_buildings_and_contacts(
    page: Page, standpipe_server: Standpipe, organization: Organization, complaints: Complaints
) -> None:
    sign_in(page, server=standpipe_server, organization=organization)
    check(page)
    keep_the_nouns(page)
    archive_and_bring_back(page)

    go(page, "Buildings")
    page.get_by_label("Search buildings").press_sequentially("jane elm")
    page.wait_for_url("**search=jane*elm*")  # slow typing asks for its beginnings too
    expect(page.locator(".empty-state-title")).to_have_text("No building matches")
    page.get_by_label("Search buildings").fill("elm")
    expect(page.locator(".list-summary")).to_have_text("1 building")
    page.wait_for_url("**search=elm*")
    expect(page.get_by_label("Search buildings")).to_be_focused()
    page.evaluate("history.back()")  # the page loads itself anew then, which go_back() takes for a failure
    expect(page.locator(".empty-state-title")).to_have_text("No building matches")
    expect(page.get_by_label("Search buildings")).to_have_value("jane elm")
    check(page)


def test_the_same_without_javascript(
    browser: Browser, standpipe_server: Standpipe, organization: Organization, complaints: Complaints
) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.on("page", complaints.listen)
    page = context.new_page()
    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/accounts/")
    page.get_by_label("E-mail").fill(organization.email)
    page.get_by_label("Password").fill(organization.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Add account").first.click()
    page.get_by_label("Name").fill("Hartford Schools")
    page.get_by_role("button", name="Add account").click()
    add_building(page, "Elm School", street="12 Elm St")
    page.get_by_role("link", name="Choose account").click()
    page.get_by_label("Search accounts").fill("hartford")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("radio", name="Hartford Schools").check()
    page.get_by_role("button", name="Save account").click()
    expect(page.get_by_role("status")).to_contain_text("“Elm School” now belongs to Hartford Schools.")
    go(page, "Buildings")
    page.get_by_label("Search buildings").fill("nowhere")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".empty-state-title")).to_have_text("No building matches")
    context.close()
