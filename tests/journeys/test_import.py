"""The questions of an import, what it holds back, two people at once, and records that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qbsim.company import address
from support.browser import check_axe
from support.server import Organization, Standpipe
from support.walks import IMPORT, QuickBooksComputer, connect, heading, look, refresh, rest, sign_in

OAK = {"lines": ["80 Oak St"], "city": "Boise", "state": "ID", "postal_code": "83702"}


@pytest.fixture
def computer(tmp_path: Path) -> QuickBooksComputer:
    """A school with two jobs that bear its name, and two places that may be here already."""
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        school = company.add_customer("Elm School", bill_address=address("12 Elm St", city="Boise", state="ID"))
        company.edit_customer(school.list_id, company_name="Elm School District")
        for job in ("Gym", "Library"):
            company.add_customer(job, parent=school.list_id)
        where = address("80 Oak St", city="Boise", state="ID", postal_code="83702")
        company.add_customer("Oak House, LLC", bill_address=where)
        company.add_customer("Cedar Hall", bill_address=address("7 Cedar Ave", city="Boise", state="ID"))
    return computer


@pytest.fixture
def connection(standpipe_server: Standpipe, organization: Organization, computer: QuickBooksComputer) -> str:
    return connect(standpipe_server, organization, computer)


def pick(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_label(f"Select {name}", exact=True).check()
    expect(page.locator(".action-bar")).to_contain_text(f"{len(names)} selected")


def press(page: Page) -> None:
    page.get_by_role("button", name=IMPORT).click()


def outcome(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


@pytest.mark.usefixtures("connection")
def test_where_jobs_would_share_a_name_the_page_asks_once(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    """Nothing is preselected: design 3.1, requirement 44."""
    sign_in(page, standpipe_server, organization, to="buildings/import/")
    pick(page, "Elm School", "Elm School:Gym", "Elm School:Library")
    press(page)
    expect(heading(page)).to_have_text("What shall the buildings be called?")
    expect(page.get_by_text("3 would be called Elm School District")).to_be_visible()
    for choice in page.get_by_role("radio").all():
        expect(choice).not_to_be_checked()
    look(page)
    press(page)
    expect(page.get_by_role("alert")).to_have_text("Choose one of the three.")
    look(page)
    page.get_by_label("Company name – job name").check()
    press(page)
    for name in ("Elm School District", "Elm School District – Gym", "Elm School District – Library"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


@pytest.mark.usefixtures("connection")
def test_what_looks_like_a_record_here_is_held_back_until_somebody_decides(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    """By address and by name; requirement 19 and pain 1."""
    for name, where in (("The Oak House", OAK), ("Cedar Hall", {})):
        given = {"name": name, "billing_address": where, "physical_address": where}
        rest(standpipe_server, organization, "POST", "buildings", given)
    sign_in(page, standpipe_server, organization, to="buildings/import/")
    pick(page, "Cedar Hall", "Elm School", "Oak House, LLC")
    press(page)
    expect(heading(page)).to_have_text("Create 1 building?")
    press(page)  # undecided
    expect(page.get_by_text("2 look like buildings that are here already")).to_be_visible()
    expect(outcome(page, "Elm School")).to_contain_text("Created")
    expect(outcome(page, "Oak House, LLC")).to_contain_text("Looks like The Oak House (same address).")
    expect(outcome(page, "Cedar Hall")).to_contain_text("Looks like Cedar Hall (same name).")
    look(page)
    page.get_by_role("button", name="Link Oak House, LLC to The Oak House instead").click()
    expect(page.get_by_role("status")).to_contain_text("Oak House, LLC is linked.")
    page.get_by_role("button", name="Import Cedar Hall anyway").click()
    expect(outcome(page, "Cedar Hall")).to_contain_text("Created")
    look(page)
    buildings = rest(standpipe_server, organization, "GET", "buildings")["items"]
    origins = {building["name"]: (building["quickbooks"] or {}).get("origin") for building in buildings}
    assert origins["The Oak House"] == "linked"
    assert sorted(building["name"] for building in buildings) == [
        "Cedar Hall",
        "Cedar Hall",
        "Elm School District",
        "The Oak House",
    ]


@pytest.mark.usefixtures("connection")
def test_two_people_and_a_double_click_make_one_building_of_each_customer(
    standpipe_server: Standpipe, organization: Organization, open_browser: Callable[[], Page]
) -> None:
    """Requirement 19."""
    people = [open_browser(), open_browser()]
    for page in people:
        sign_in(page, standpipe_server, organization, to="buildings/import/")
        pick(page, "Cedar Hall", "Elm School", "Oak House, LLC")
    for page in people:  # neither waits for the other's answer; each presses twice
        page.get_by_role("button", name=IMPORT).evaluate(
            "button => setTimeout(() => { button.click(); button.click(); })"
        )
    for page in people:
        page.wait_for_url("**/quickbooks/imports/**")
        look(page)
    assert rest(standpipe_server, organization, "GET", "buildings")["total"] == 3
    created = sum(page.get_by_text("Created", exact=True).count() for page in people)
    left_out = sum(page.get_by_text("It is imported already").count() for page in people)
    assert (created, left_out) == (3, 3)
    people[0].reload()
    assert rest(standpipe_server, organization, "GET", "buildings")["total"] == 3


def test_a_record_that_cannot_be_read_is_named_and_the_others_arrive(
    standpipe_server: Standpipe,
    organization: Organization,
    page: Page,
    computer: QuickBooksComputer,
) -> None:
    """Requirement 20: the good ones come, the bad one is named with a reason."""
    connection = connect(standpipe_server, organization, computer)
    with computer.company() as company:
        for name in ("Ash Court", "Birch Court"):
            company.add_customer(name)
    refresh(standpipe_server, organization, computer, connection, "broken-record:bad-values")
    sign_in(page, standpipe_server, organization, to="accounts/import/")
    note = page.locator(".broken-records")
    expect(note).to_contain_text("1 record of QuickBooks could not be read and is not in the list")
    note.locator("summary").click()
    expect(note.get_by_role("listitem")).to_contain_text("Ash Court")
    look(page)
    pick(page, "Birch Court", "Cedar Hall")
    check_axe(page)
    press(page)
    expect(outcome(page, "Birch Court")).to_contain_text("Created")
    refresh(standpipe_server, organization, computer, connection)
    page.go_back()
    page.reload()
    expect(page.get_by_label("Select Ash Court")).to_be_visible()
    expect(note).to_have_count(0)
