"""The main job without a line of JavaScript: refresh, select, import, undo, link."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from qbsim.company import address
from support.browser import Complaints
from support.server import Organization, Standpipe
from support.walks import IMPORT, LINK, REFRESH, QuickBooksComputer, connect, go, heading, rest, sign_in


def test_refresh_select_import_undo_and_link(
    browser: Browser, standpipe_server: Standpipe, organization: Organization, complaints: Complaints, tmp_path: Path
) -> None:
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        for number in range(60):
            company.add_customer(f"Cedar {number:02}")
        company.add_customer("Elm School", bill_address=address("12 Elm St", city="Boise", state="ID"))
    connect(standpipe_server, organization, computer)
    rest(standpipe_server, organization, "POST", "buildings", {"name": "Elm"})
    with computer.company() as company:
        company.add_customer("Oak School")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    context.on("page", complaints.listen)
    page = context.new_page()
    sign_in(page, standpipe_server, organization, to="buildings/")

    page.get_by_role("link", name=IMPORT).click()
    page.get_by_role("button", name=REFRESH).click()
    expect(page.locator("#refresh-state")).to_contain_text("Waiting for the Web Connector")
    computer.visit()
    page.get_by_role("link", name="Load again").click()
    expect(page.locator("#refresh-state")).to_contain_text("1 new")

    # What is ticked comes along through pages and searches, until it is imported.
    page.get_by_label("Select Cedar 07").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Select Oak School").check()
    page.get_by_label("Search customers and jobs").fill("cedar 11")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Select Cedar 11").check()
    page.get_by_role("button", name=IMPORT).click()
    expect(heading(page)).to_contain_text("Import of")
    for name in ("Cedar 07", "Cedar 11", "Oak School"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("3 removed")).to_be_visible()

    go(page, "Buildings")
    expect(page.locator(".list-summary")).to_have_text("1 building")
    page.get_by_role("link", name="Elm", exact=True).click()
    page.get_by_role("link", name=LINK).click()
    expect(heading(page)).to_have_text(LINK)
    page.get_by_label("Search customers and jobs").fill("elm")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Elm School").click()
    status = page.get_by_role("region", name="QuickBooks Status")
    expect(status).to_contain_text("Linked to Elm School. Undo")
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Not linked")
    context.close()
