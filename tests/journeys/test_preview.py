"""One import from the preview to its undo: a customer and its jobs in one go, look-alikes, a list that changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qbsim.company import address
from support.server import Organization, Standpipe
from support.walks import IMPORT, QuickBooksComputer, connect, heading, look, refresh, rest, sign_in

OAK = {"lines": ["80 Oak St"], "city": "Boise", "state": "ID", "postal_code": "83702"}
ODD = "Gym “O'Neil & Sons” <b>No. 1</b> 12345678"  # 41 characters, and everything that mark-up could trip over
SENTENCE = "1 account, 3 buildings; invoices of these 3 will go to their own jobs under “Elm School”."


@pytest.fixture
def computer(tmp_path: Path) -> QuickBooksComputer:
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        where = address("12 Elm St", city="Boise", state="ID", postal_code="83702")
        school = company.add_customer("Elm School", bill_address=where)
        for job in (ODD, "Library", "Pool"):
            company.add_customer(job, parent=school.list_id, bill_address=where)
        there = address("80 Oak St", city="Boise", state="ID", postal_code="83702")
        company.add_customer("Oak House, LLC", bill_address=there)
        company.add_customer("Cedar Hall", bill_address=address("7 Cedar Ave", city="Boise", state="ID"))
    return computer


def previewed(page: Page, path: str) -> Locator:
    """What the preview says of one customer or job."""
    return page.get_by_role("article", name=path, exact=True)


def press(page: Page) -> None:
    page.get_by_role("button", name=IMPORT).click()


def test_what_was_previewed_is_what_comes_and_what_goes(
    standpipe_server: Standpipe, organization: Organization, page: Page, computer: QuickBooksComputer
) -> None:
    """Pains 1, 3 and 21; ideas 4 and 5."""
    connection = connect(standpipe_server, organization, computer)
    oak = rest(standpipe_server, organization, "POST", "accounts", {"name": "The Oak House", "billing_address": OAK})

    # One question, because one looks like an account that is here, and because two nouns come in one go.
    sign_in(page, standpipe_server, organization, to="accounts/import/")
    page.get_by_label("Select Elm School", exact=True).check()
    page.get_by_label("Select Oak House, LLC", exact=True).check()
    page.get_by_label("Their jobs too, as buildings").check()
    look(page)
    press(page)
    expect(heading(page)).to_have_text("Create 1 account and 3 buildings?")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    job = previewed(page, f"Elm School:{ODD}")
    expect(job).to_contain_text("customer name, because company name is empty")
    expect(job).to_contain_text("The physical address is the same as that of Elm School.")
    expect(job.get_by_text("No e-mail")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Review the 1").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Link Oak House, LLC to The Oak House instead").click()
    page.get_by_role("link", name="All 5").click()
    expect(previewed(page, "Oak House, LLC")).to_contain_text("Linked to The Oak House instead.")
    look(page)

    # What was said is what is made.
    press(page)
    expect(heading(page)).to_contain_text("Import of")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.get_by_role("link", name="Created 4")).to_be_visible()
    expect(page.get_by_role("link", name="Linked 1")).to_be_visible()
    look(page)
    batch = page.url
    made = {one["name"]: one for one in rest(standpipe_server, organization, "GET", "buildings")["items"]}
    assert set(made) == {ODD, "Library", "Pool"}
    account = {one["account_id"] for one in made.values()}
    assert len(account) == 1
    assert rest(standpipe_server, organization, "GET", f"accounts/{oak['id']}")["quickbooks"]["origin"] == "linked"

    # Undo takes what nobody touched, and says why the rest stays.
    rest(standpipe_server, organization, "PATCH", f"buildings/{made['Pool']['id']}", {"name": "Swimming pool"})
    page.get_by_role("link", name="Undo this import").click()
    look(page)
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("2 removed, 1 unlinked, 2 stayed")).to_be_visible()
    outcomes = page.get_by_role("navigation", name="Outcomes")
    expect(outcomes).not_to_contain_text("Created")
    for tab in ("Removed 2", "Unlinked 1", "Stayed 2"):
        expect(outcomes.get_by_role("link", name=tab)).to_be_visible()
    expect(page.get_by_text("Stayed: It has been edited since.")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Imports", exact=True).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Undone")
    look(page)

    # A list that changes between preview and import: the difference is shown, the person decides.
    page.goto(f"{batch.split('/quickbooks/')[0]}/buildings/import/")
    page.get_by_label("Select Cedar Hall", exact=True).check()
    page.get_by_role("button", name="Preview").click()
    expect(heading(page)).to_have_text("Create 1 building?")
    with computer.company() as company:
        cedar = company.find("Cedar Hall")
        assert cedar is not None
        company.edit_customer(cedar.list_id, company_name="Cedar Hall Trust")
    refresh(standpipe_server, organization, computer, connection)
    press(page)
    held = page.get_by_role("row").filter(has_text="Changed since the preview: name.")
    expect(held).to_contain_text("Name: Cedar Hall → Cedar Hall Trust")
    look(page)
    page.get_by_role("button", name="Import Cedar Hall as it is now").click()
    expect(page.get_by_role("link", name="Cedar Hall Trust", exact=True)).to_be_visible()
