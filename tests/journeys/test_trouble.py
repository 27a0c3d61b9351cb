"""What a bookkeeper reads when something is wrong at the QuickBooks computer, and the button that ends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.server import Organization, Standpipe, create_company
from support.walks import BOOKS, IMPORT, REFRESH, QuickBooksComputer, connect, go, look, sign_in


@pytest.fixture
def computer(tmp_path: Path) -> QuickBooksComputer:
    computer = QuickBooksComputer(tmp_path)
    create_company(computer.file, customers=5, jobs=0)
    return computer


def test_another_company_file_is_refused_and_both_are_named(
    standpipe_server: Standpipe, organization: Organization, page: Page, computer: QuickBooksComputer
) -> None:
    """Nothing is read, nothing is written: design 3.9."""
    connection = connect(standpipe_server, organization, computer)
    sign_in(page, standpipe_server, organization, to="accounts/")
    page.get_by_role("link", name=IMPORT).click()
    page.get_by_role("button", name=REFRESH).click()
    expect(page.locator("#refresh-state")).to_contain_text("Waiting for the Web Connector")
    computer.visit("other-company-file", ends="refused")
    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/quickbooks/{connection}/")
    card = page.locator("#problem-refused_file")
    expect(card).to_contain_text("Another company file was open")
    expect(card).to_contain_text(BOOKS)
    expect(card).to_contain_text("Somebody Else")
    look(page)
    go(page, "Home")
    expect(page.get_by_text("Another company file was open")).to_be_visible()
    look(page)
    computer.visit()
    page.get_by_role("link", name=BOOKS).click()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    expect(card).to_have_count(0)


def test_a_wrong_password_is_said_at_once_and_a_new_one_repairs_it(
    standpipe_server: Standpipe, organization: Organization, page: Page, computer: QuickBooksComputer
) -> None:
    connection = connect(standpipe_server, organization, computer)
    sign_in(page, standpipe_server, organization, to=f"quickbooks/{connection}/")
    page.get_by_role("link", name="New password").first.click()
    look(page)
    page.get_by_role("button", name="New password").click()
    password = page.get_by_label("Password for the Web Connector").input_value()
    look(page)
    computer.visit(ends="nvu")  # the old one has stopped
    expect(page.locator("#setup-progress")).to_contain_text("called with a wrong password")
    look(page)
    page.get_by_role("link", name="To the connection").click()
    card = page.locator("#problem-wrong_password")
    expect(card).to_contain_text("The Web Connector uses a wrong password")
    expect(card.get_by_role("link", name="New password")).to_be_visible()
    look(page)
    computer.type_password(password)
    computer.visit(ends="none")
    expect(card).to_have_count(0, timeout=60_000)  # the page asks by itself
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
