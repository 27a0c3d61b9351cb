"""From nothing to the QuickBooks icon: the set-up, on two computers and on one, and the first import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from qbsim.company import address
from support.browser import check_axe
from support.server import Organization, Standpipe, create_company
from support.walks import BOOKS, IMPORT, REFRESH, QuickBooksComputer, go, heading, look, sign_in


def test_two_computers_from_the_first_sign_in_to_the_icon(
    standpipe_server: Standpipe, organization: Organization, open_browser: Callable[[], Page], tmp_path: Path
) -> None:
    """Dana owns the company; QuickBooks stands on another computer with Quentin. Requirements 1, 2, 13-18, 42."""
    computer = QuickBooksComputer(tmp_path)
    create_company(computer.file, customers=60, jobs=30)
    dana, quentin = open_browser(), open_browser()
    sign_in(dana, standpipe_server, organization)
    look(dana)
    go(dana, "Buildings")
    dana.get_by_role("link", name=IMPORT).click()
    expect(dana.get_by_text("QuickBooks Desktop is not connected yet")).to_be_visible()
    look(dana)

    link = _make_the_link(dana)
    _set_up_at_the_quickbooks_computer(quentin, link, computer)
    _confirm_the_company_file(dana)

    go(dana, "Buildings")
    dana.get_by_role("link", name=IMPORT).click()
    _refresh(dana, computer)
    _import_two_buildings(dana)
    go(dana, "Home")
    expect(dana.get_by_text("next expected")).to_be_visible()
    look(dana)


def _make_the_link(page: Page) -> str:
    go(page, "Home")
    page.get_by_role("link", name="Connect QuickBooks Desktop").click()
    look(page)
    page.get_by_label("Name").fill("Our books")
    page.get_by_role("button", name="Continue").click()
    look(page)
    page.get_by_role("link", name="Set up at the QuickBooks computer").click()
    look(page)
    page.get_by_role("button", name="Make the link").click()
    look(page)
    link = page.get_by_label("Set-up link").input_value()
    page.get_by_role("link", name="Watch the set-up").click()
    return link


def _set_up_at_the_quickbooks_computer(page: Page, link: str, computer: QuickBooksComputer) -> None:
    page.goto(link)
    look(page)
    page.get_by_role("button", name="Start set-up on this computer").click()
    look(page)
    _follow_the_steps(page, computer)


def _follow_the_steps(page: Page, computer: QuickBooksComputer) -> None:
    """Download, authorize, paste the password, Update Selected; the ticks come while nobody touches the page."""
    download_step, run_step = page.locator("#step-get-file"), page.locator("#step-run")
    expect(download_step.get_by_label("Done", exact=True)).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the QWC file").click()
    download.value.save_as(computer.qwc)
    expect(download_step.get_by_label("Done", exact=True)).to_be_visible()
    check_axe(page)

    page.locator("#step-run").get_by_text("If something goes wrong here").click()
    look(page)
    computer.type_password(page.get_by_label("Password for the Web Connector").input_value())
    computer.visit()
    expect(run_step.get_by_label("Done", exact=True)).to_be_visible()
    expect(page.locator("#setup-progress")).to_contain_text(f"The company file “{BOOKS}” was read.")
    expect(page.get_by_role("status")).to_contain_text("It works.")
    look(page)


def _confirm_the_company_file(page: Page) -> None:
    """Her page has followed by itself what happened on the other computer."""
    yes = page.get_by_role("button", name="Yes, this is our company file")
    expect(yes).to_be_visible()
    expect(page.get_by_text(BOOKS).first).to_be_visible()
    look(page)
    yes.click()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    look(page)


def _refresh(page: Page, computer: QuickBooksComputer) -> None:
    """Waiting in words, then live, then the list: all on one page that nobody loads again."""
    look(page)
    page.get_by_role("button", name=REFRESH).click()
    waiting = page.locator("#refresh-state")
    expect(waiting).to_contain_text("Waiting for the Web Connector, usually within 5 minutes")
    expect(waiting).to_contain_text("press Update Selected at the QuickBooks computer")
    look(page)
    with computer.visiting("slow-answer:5"):
        expect(waiting).to_contain_text("Reading customers and jobs from QuickBooks")
    expect(page.get_by_role("region", name="Customers and jobs")).to_be_visible()
    expect(page.locator("#list-from")).to_contain_text("List from")
    look(page)


def _import_two_buildings(page: Page) -> None:
    bar, press = page.locator(".action-bar"), page.get_by_role("button", name=IMPORT)
    expect(press).to_be_disabled()
    names = []
    for row in page.get_by_role("row").filter(has=page.get_by_role("checkbox")).all()[1:3]:
        row.get_by_role("checkbox").check()
        names.append(row.get_by_role("rowheader").locator("bdi").first.inner_text())
    expect(bar).to_contain_text("2 selected")
    check_axe(page)
    press.click()
    expect(heading(page)).to_contain_text("Import of")
    expect(page.get_by_text("Nobody was e-mailed; QuickBooks was not changed.")).to_be_visible()
    look(page)
    page.get_by_role("link", name="View them").click()
    for name in names:
        row = page.get_by_role("row").filter(has_text=name).first
        expect(row.get_by_label("Imported from QuickBooks Desktop")).to_be_visible()
    look(page)


def test_one_computer_where_one_person_does_all_of_it(
    standpipe_server: Standpipe, organization: Organization, page: Page, tmp_path: Path
) -> None:
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        company.add_customer("Elm School", bill_address=address("12 Elm St", city="Boise", state="ID"))
    sign_in(page, standpipe_server, organization)
    page.get_by_role("link", name="Connect QuickBooks Desktop").click()
    page.get_by_label("Name").fill("Our books")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Set up on this computer").click()
    look(page)
    page.get_by_role("button", name="Make the password").click()
    _follow_the_steps(page, computer)
    page.get_by_role("link", name="To the connection").click()
    _confirm_the_company_file(page)

    go(page, "Accounts")
    page.get_by_role("link", name=IMPORT).click()
    _refresh(page, computer)
    page.get_by_label("Select Elm School").check()
    page.get_by_role("button", name=IMPORT).click()
    page.get_by_role("link", name="Elm School").click()
    expect(page.get_by_role("region", name="QuickBooks Status")).to_contain_text("Copied from QuickBooks on")
    look(page)

    # What is new in QuickBooks comes with the next refresh; meanwhile the list that was there can be used.
    with computer.company() as company:
        company.add_customer("Oak School")
    go(page, "Accounts")
    page.get_by_role("link", name=IMPORT).click()
    page.get_by_role("button", name=REFRESH).click()
    with computer.visiting("slow-answer:5"):
        expect(page.locator("#refresh-state progress")).to_be_visible()
        check_axe(page)
    expect(page.locator("#refresh-state")).to_contain_text("1 new")
    expect(page.get_by_label("Select Oak School")).to_be_visible()
