"""After an import QuickBooks goes on: what has changed is decided field by field, and broken links are repaired."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qbsim.company import address
from support.browser import come_to_rest
from support.server import Organization, Standpipe
from support.walks import QuickBooksComputer, connect, go, heading, look, refresh, rest, sign_in


@pytest.fixture
def computer(tmp_path: Path) -> QuickBooksComputer:
    computer = QuickBooksComputer(tmp_path)
    with computer.company() as company:
        elm = company.add_customer(
            "Elm School", company_name="Elm School", bill_address=address("12 Elm St", city="Boise", state="ID"),
            contact="Jane Doe", email="jane@elm.example", phone="208-555-0101",
        )  # fmt: skip
        for name in ("Oak House", "Ash Court", "Birch Hall", "Cedar Mill"):
            company.add_customer(name, bill_address=address("1 Main St", city="Boise", state="ID"))
        company.add_customer("Gym", parent=company.find("Birch Hall").list_id)
        company.add_customer("=Lime & Sons", email="a@x.example; b@x.example")
        assert elm.list_id
    return computer


def record(page: Page, name: str) -> Locator:
    """The card of one record."""
    return page.locator("section.card").filter(has=page.get_by_role("heading", name=name))


def test_what_quickbooks_says_now_is_decided_and_what_became_of_customers_repaired(
    standpipe_server: Standpipe, organization: Organization, page: Page, computer: QuickBooksComputer
) -> None:
    """Pains 2 and 19 to 20, ideas 6 and 12."""
    connection = connect(standpipe_server, organization, computer)
    with computer.company() as company:
        ids = {name: company.find(name).list_id for name in ("Elm School", "Oak House", "Ash Court", "Birch Hall")}
    rest(
        standpipe_server, organization, "POST", f"connections/{connection}/imports",
        {"as": "buildings", "list_ids": list(ids.values())},
    )  # fmt: skip
    with computer.company() as company:
        company.edit_customer(
            ids["Elm School"], company_name="Elm Academy", phone="208-555-0199",
            bill_address=address("80 Oak St", city="Boise", state="ID"),
        )  # fmt: skip
        company.edit_customer(ids["Oak House"], company_name="The Oak House")
        company.set_active(ids["Ash Court"], active=False)
        company.merge_customers(ids["Birch Hall"], to=company.find("Cedar Mill").list_id)
    refresh(standpipe_server, organization, computer, connection)

    sign_in(page, standpipe_server, organization)
    page.get_by_role("link", name="2 Changed in QuickBooks").click()
    expect(heading(page)).to_have_text("Changed in QuickBooks")
    elm = record(page, "Elm School")
    expect(elm.get_by_role("row").filter(has_text="Billing address")).to_contain_text("80 Oak St")
    look(page)
    elm.get_by_role("button", name="Accept QuickBooks’ value of Name for Elm School").click()
    expect(page.get_by_role("status")).to_contain_text(
        "1 value taken over from QuickBooks. QuickBooks was not changed."
    )
    academy = record(page, "Elm Academy")
    academy.get_by_role("button", name="Leave Jane Doe: phone of Elm Academy as it is here").click()
    expect(academy).not_to_contain_text("208-555-0199")
    page.get_by_label("What has changed").select_option("billing_address")
    page.wait_for_url("**field=billing_address*")
    expect(page.locator("section.card")).to_have_count(1)
    come_to_rest(page)
    page.get_by_label("What has changed").select_option("")
    page.wait_for_url("**/changed/?field=*")
    page.get_by_role("link", name="Accept all 2").click()
    look(page)
    page.get_by_role("button", name="Accept for 2 records").click()
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    look(page)

    page.get_by_role("link", name="See which").click()
    expect(heading(page)).to_have_text("Links that need a look")
    expect(record(page, "Ash Court")).to_contain_text("Inactive in QuickBooks")
    expect(record(page, "Birch Hall")).to_contain_text("its jobs stand below “Cedar Mill” now")
    look(page)
    record(page, "Ash Court").get_by_role("button", name="Keep as it is").click()
    expect(page.get_by_role("status")).to_contain_text("is kept as it is")
    record(page, "Birch Hall").get_by_role("button", name="Link to Cedar Mill").click()
    expect(page.get_by_text("Every link is well")).to_be_visible()
    look(page)

    go(page, "Buildings")
    page.get_by_role("link", name="Birch Hall", exact=True).click()
    page.get_by_text("Earlier links (1)").click()
    expect(page.get_by_role("region", name="QuickBooks Status")).to_contain_text(
        "The customer was gone from QuickBooks"
    )
    look(page)
    page.get_by_role("link", name="Unlink", exact=True).click()
    expect(page.get_by_text("Nothing was sent through it, and nothing waits to be sent.")).to_be_visible()

    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/accounts/import/")
    page.get_by_role("link", name="Readiness report").click()
    page.get_by_role("link", name="Several e-mails in one field").click()
    expect(page.get_by_role("row").filter(has_text="=Lime & Sons")).to_be_visible()
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert "'=Lime & Sons" in download.value.path().read_text(encoding="utf-8-sig")
    names = {
        building["name"]: building for building in rest(standpipe_server, organization, "GET", "buildings")["items"]
    }
    assert names["Elm Academy"]["billing_address"]["lines"] == ["80 Oak St"]
    assert names["Birch Hall"]["quickbooks"]["full_name"] == "Cedar Mill"
