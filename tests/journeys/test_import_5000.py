"""Five thousand at once: one tick, one press, one result, one undo."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from support.browser import check_axe
from support.server import Organization, Standpipe, qbsim
from support.walks import IMPORT, QuickBooksComputer, connect, go, heading, look, rest, sign_in

MANY_MS = 120_000  # two cores that test something else meanwhile


def test_all_that_match_are_imported_and_the_import_is_undone(
    standpipe_server: Standpipe, organization: Organization, page: Page, tmp_path: Path
) -> None:
    """Requirement 18; the filter is sent, not ids. Issues of requirement 20 have their own journey."""
    computer = QuickBooksComputer(tmp_path)
    qbsim("company", "create", str(computer.file), "--customers", "5000", "--jobs", "1800", "--without-transactions")
    connect(standpipe_server, organization, computer)
    sign_in(page, standpipe_server, organization, to="buildings/")
    page.get_by_role("link", name=IMPORT).click()
    everything = page.get_by_label(re.compile("Select all [0-9,]+ that match"))
    many = int("".join(filter(str.isdigit, everything.locator("..").inner_text())))
    assert many >= 5000
    everything.check()
    expect(page.locator(".action-bar")).to_contain_text(f"{many:,} selected")
    check_axe(page)

    began = time.monotonic()
    page.get_by_role("button", name=IMPORT).click()
    expect(page.get_by_role("heading", name="What shall the buildings be called?")).to_be_visible()
    look(page)
    page.get_by_label("Company name – job name").check()
    page.get_by_role("button", name=IMPORT).click(timeout=MANY_MS)
    expect(heading(page)).to_have_text(f"Create {many:,} buildings?", timeout=MANY_MS)
    print(f"{many} previewed in {time.monotonic() - began:.1f} s")
    look(page)
    page.get_by_role("button", name=IMPORT).click(timeout=MANY_MS)
    expect(heading(page)).to_contain_text("Import of")
    # What one answer does not finish goes on by itself, and the page says how far it is.
    expect(page.get_by_role("link", name=f"Created {many:,}")).to_be_visible(timeout=MANY_MS)
    expect(page.get_by_text("Nobody was e-mailed; QuickBooks was not changed.")).to_be_visible()
    print(f"{many} imported in {time.monotonic() - began:.1f} s")
    look(page)
    assert rest(standpipe_server, organization, "GET", "buildings?limit=1")["total"] == many
    go(page, "Buildings")
    expect(page.locator(".list-summary")).to_have_text(f"{many:,} buildings")
    check_axe(page)

    page.go_back()
    began = time.monotonic()
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name="Undo this import").click(timeout=MANY_MS)
    expect(page.get_by_text(f"{many:,} removed")).to_be_visible(timeout=MANY_MS)
    print(f"{many} undone in {time.monotonic() - began:.1f} s")
    look(page)
    for noun in ("buildings", "contacts"):
        assert rest(standpipe_server, organization, "GET", f"{noun}?limit=1")["total"] == 0
