"""Three hundred buildings that are here already meet three hundred customers: decided by keyboard alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, expect

from qbsim.company import address
from support.browser import check_axe
from support.server import Organization, Standpipe
from support.walks import QuickBooksComputer, connect, heading, look, rest, sign_in

OWNERS = ("Alder", "Birch", "Cedar", "Dogwood", "Elmwood", "Foster", "Garza", "Hobbs", "Irwin", "Keller")
PLACES = (
    "Valley", "Ridge", "Creek", "Hill", "Park", "Point", "View", "Harbor", "Lake", "Meadow", "Grove", "Field",
    "Brook", "Bend", "Crossing",
)  # fmt: skip
KINDS = (("School", "Sch."), ("Apartments", "Apts"))  # as written here, and in QuickBooks
BY_KEYS = 200


def sites() -> Iterator[tuple[str, str, str, str]]:
    """300 times: the name and street here, and in QuickBooks."""
    for number, (owner, place, (kind, short)) in enumerate(product(OWNERS, PLACES, KINDS), start=100):
        yield f"{owner} {place} {kind}", f"{number} Main Street", f"{owner} {place} {short}", f"{number} Main St"


def test_suggestions_are_decided_by_keyboard_alone(
    standpipe_server: Standpipe, organization: Organization, page: Page, tmp_path: Path
) -> None:
    """Idea 3: 200 linked by keys, the rest above a line, axe silent after each step."""
    computer = QuickBooksComputer(tmp_path)
    town = {"city": "Hartford", "state": "CT", "postal_code": "06103"}
    with computer.company() as company:
        for _, _, name, street in sites():
            company.add_customer(name, bill_address=address(street, **town))

    def add_building(site: tuple[str, str, str, str]) -> None:
        body = {"name": site[0], "physical_address": {"lines": [site[1]], **town}}
        rest(standpipe_server, organization, "POST", "buildings", body)

    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(add_building, sites()))
    connection = connect(standpipe_server, organization, computer)
    sign_in(page, standpipe_server, organization, to="buildings/")
    keys = page.keyboard
    page.get_by_role("link", name="Match with QuickBooks").focus()
    keys.press("Enter")
    expect(heading(page)).to_have_text("Match buildings with QuickBooks")
    expect(page.locator("#match-summary")).to_contain_text("300 suggestions for 300 buildings without a link")
    look(page)

    began = time.monotonic()
    on_first_pair(page)
    for done in range(1, BY_KEYS + 1):
        keys.press("l")
        decided(page, "accepted", (done - 1) % 25 + 1)
        if done % 25 == 0:
            keys.press("Tab")
            keys.press("Enter")
            page.wait_for_function("!document.querySelector('[data-pair=accepted]')")
            page.wait_for_function("document.activeElement?.matches('[data-pair=open]')")
    print(f"{BY_KEYS} linked by keys in {time.monotonic() - began:.1f} s")
    expect(page.locator("#match-summary")).to_contain_text("100 suggestions for 100 buildings")

    keys.press("n")
    decided(page, "rejected", 1)
    keys.press("j")
    keys.press("l")
    decided(page, "accepted", 1)
    keys.press("u")
    decided(page, "accepted", 0)
    check_axe(page)  # what was linked, what is not the same, what is open

    # Without the letters everything is a button; the choice is remembered.
    switch = page.get_by_label("Single-letter keys")
    switch.focus()
    keys.press("Space")
    on_first_pair(page)
    keys.press("l")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Link", exact=True).first).to_be_focused()
    keys.press("Enter")
    decided(page, "accepted", 1)
    page.reload()
    expect(switch).not_to_be_checked()

    page.get_by_label("Line").focus()
    keys.press("Control+a")
    keys.type("90")
    keys.press("Enter")
    page.wait_for_url("**line=90*")
    everything = page.get_by_role("link", name="Link all 98 at 90 and above")
    everything.focus()
    keys.press("Enter")
    expect(heading(page)).to_have_text("Link 98 buildings?")
    look(page)
    page.get_by_role("button", name="Link all 98").focus()
    keys.press("Enter")
    expect(page.get_by_text("98 buildings linked, at 90 and above.")).to_be_visible()
    expect(page.get_by_text("Nothing else looks alike")).to_be_visible()
    left = rest(standpipe_server, organization, "GET", f"connections/{connection}/suggestions?limit=1")
    assert left["total"] == 0, "the one that was said not to be the same is not suggested again"
    page.get_by_role("button", name="Undo all of them").focus()
    keys.press("Enter")
    expect(page.get_by_text("Undone: 98 links ended.")).to_be_visible()
    check_axe(page)


def on_first_pair(page: Page) -> None:
    """Where the page itself puts the focus; the checks of a page take it away."""
    page.locator("[data-pair=open]").first.focus()


def decided(page: Page, how: str, number: int) -> None:
    """So many pairs of this page are decided so, and the next one has the focus: a key too early is not for it."""
    page.wait_for_function(
        "([how, number]) => document.querySelectorAll(`[data-pair=${how}]`).length === number"
        " && document.activeElement.matches('[data-pair=open], [data-match-end]')",
        arg=[how, number],
    )
