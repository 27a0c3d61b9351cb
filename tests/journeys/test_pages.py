"""The ground of all pages, in a browser: coming in, inviting, lists that change in place, ticking rows, the look."""

import json
from collections.abc import Callable
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, expect

from support.browser import Complaints, check_axe, check_reflow
from support.server import Organization, Standpipe

JOINING = "a password of one's own"


def sign_in(page: Page, server: Standpipe, organization: Organization) -> None:
    page.goto(server.base_url)
    page.get_by_label("E-mail").fill(organization.email)
    page.get_by_label("Password").fill(organization.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**/o/{organization.slug}/")


def create(server: Standpipe, organization: Organization, noun: str, **fields: object) -> str:
    """Makes a record through the REST interface; answers its id."""
    headers = {"Authorization": f"Bearer {organization.api_token}", "Content-Type": "application/json"}
    request = Request(f"{server.base_url}/api/v1/{noun}", json.dumps(fields).encode(), headers)
    with urlopen(request) as answer:
        return json.load(answer)["id"]


def look_at(page: Page) -> None:
    check_axe(page)
    check_reflow(page)


def test_an_owner_invites_and_a_colleague_joins(
    standpipe_server: Standpipe, organization: Organization, open_browser: Callable[[], Page]
) -> None:
    owner, colleague = open_browser(), open_browser()
    owner.goto(standpipe_server.base_url)
    look_at(owner)
    owner.get_by_label("E-mail").fill(organization.email)
    owner.get_by_label("Password").fill("not the password")
    owner.get_by_role("button", name="Sign in", exact=True).click()
    expect(owner.locator("error-summary")).to_be_focused()
    look_at(owner)
    sign_in(owner, standpipe_server, organization)
    look_at(owner)

    owner.get_by_role("link", name="Settings", exact=True).click()
    look_at(owner)
    owner.get_by_role("link", name="Invite", exact=True).click()
    owner.get_by_label("E-mail").fill("otto@example.com")
    owner.get_by_label("Role", exact=True).select_option("Office")
    look_at(owner)
    owner.get_by_role("button", name="Make invitation link", exact=True).click()
    look_at(owner)
    link = owner.get_by_label("Invitation link").input_value()

    colleague.goto(link)
    look_at(colleague)
    colleague.get_by_label("Your name").fill("Otto Orr")
    colleague.get_by_label("Password").fill(JOINING)
    colleague.get_by_role("button", name="Join", exact=True).click()
    colleague.wait_for_url(f"**/o/{organization.slug}/")
    expect(colleague.locator(".person-menu:visible")).to_contain_text("Otto Orr")
    colleague.get_by_role("link", name="Settings", exact=True).click()
    colleague.get_by_role("link", name="API tokens", exact=True).click()
    look_at(colleague)
    expect(colleague.get_by_role("link", name="Organization", exact=True)).to_have_count(0)

    owner.get_by_role("link", name="Done", exact=True).click()
    owner.get_by_role("link", name="Change Otto Orr", exact=True).click()
    look_at(owner)
    owner.get_by_role("radio", name="Viewer").check()
    owner.get_by_role("button", name="Save role", exact=True).click()
    expect(owner.get_by_role("status")).to_contain_text("Otto Orr is now: Viewer.")
    owner.get_by_role("link", name="Remove Otto Orr", exact=True).click()
    look_at(owner)
    owner.get_by_role("button", name="Remove member", exact=True).click()
    expect(owner.get_by_role("status")).to_contain_text("no longer a member")


def test_a_double_click_makes_one_token_and_shows_it(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    sign_in(page, standpipe_server, organization)
    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/settings/tokens/")
    page.get_by_label("Name").fill("Nightly export")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    button = page.get_by_role("button", name="Create token", exact=True)
    button.evaluate("button => { button.click(); setTimeout(() => button.click(), 20); }")
    expect(page.get_by_text("Your new token")).to_be_visible()
    assert len(sent) == 1


def test_a_list_changes_in_place_and_the_address_follows(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    for number in range(60):
        create(standpipe_server, organization, "buildings", name=f"{('Cedar', 'Elm')[number % 2]} {number:02}")
    sign_in(page, standpipe_server, organization)
    page.get_by_role("link", name="Buildings", exact=True).click()
    look_at(page)
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Search buildings").press_sequentially("Cedar", delay=20)
    expect(page.locator(".list-summary")).to_have_text("30 buildings")
    expect(page.get_by_role("status")).to_contain_text("30 buildings")
    page.wait_for_url("**search=Cedar*")  # slow typing asks for its beginnings too, which find as many
    check_axe(page)
    page.get_by_role("link", name="Name", exact=True).click()
    page.wait_for_url("**sort=-name**")
    expect(page.get_by_role("rowheader").first).to_have_text("Cedar 58")
    page.go_back()
    expect(page.get_by_role("rowheader").first).to_have_text("Cedar 00")
    page.get_by_label("Search buildings").fill("nothing like it")
    expect(page.get_by_role("status")).to_contain_text("No building matches")
    check_axe(page)


def test_ticking_rows_shows_how_many_and_all_that_match_are_one_tick(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    account = create(standpipe_server, organization, "accounts", name="Alder Group")
    for number in range(60):
        create(standpipe_server, organization, "buildings", name=f"Elm {number:02}")
    sign_in(page, standpipe_server, organization)
    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/accounts/{account}/buildings/")
    bar, press = page.locator(".action-bar"), page.get_by_role("button", name="Add buildings", exact=True)
    expect(bar).to_contain_text("0 selected")
    expect(press).to_be_disabled()
    page.get_by_label("Select Elm 01").click()
    page.get_by_label("Select Elm 04").click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 selected")
    look_at(page)
    page.get_by_label("Select all on this page").click()
    expect(bar).to_contain_text("50 selected")
    page.get_by_label("Select all 60 buildings that match").click()
    expect(bar).to_contain_text("60 selected")
    check_axe(page)
    press.click()
    expect(page.get_by_role("status")).to_contain_text("60")


def test_the_focus_never_hides_behind_the_action_bar(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    account = create(standpipe_server, organization, "accounts", name="Alder Group")
    for number in range(30):
        create(standpipe_server, organization, "buildings", name=f"Elm {number:02}")
    sign_in(page, standpipe_server, organization)
    page.goto(f"{standpipe_server.base_url}/o/{organization.slug}/accounts/{account}/buildings/")
    page.get_by_label("Select all on this page").focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => {
                const box = document.activeElement.getBoundingClientRect();
                const bar = document.querySelector(".action-bar");
                return !bar.contains(document.activeElement) && box.bottom > bar.getBoundingClientRect().top;
            }"""
        )
        assert not covered


def test_pages_do_their_work_without_javascript(
    standpipe_server: Standpipe, organization: Organization, browser: Browser, complaints: Complaints
) -> None:
    for name in ("Cedar", "Elm"):
        create(standpipe_server, organization, "buildings", name=name)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    context.on("page", complaints.listen)
    page = context.new_page()
    sign_in(page, standpipe_server, organization)
    page.get_by_role("link", name="Buildings", exact=True).click()
    page.get_by_label("Search buildings").fill("cedar")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".list-summary")).to_have_text("1 building")
    page.locator(".person-menu:visible summary").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert "search=cedar" in page.url
    page.locator(".person-menu:visible summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in/")
    context.close()


def test_the_chosen_look_wins_over_the_systems(
    standpipe_server: Standpipe, organization: Organization, page: Page
) -> None:
    def ground() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    body = page.locator("body")
    sign_in(page, standpipe_server, organization)
    light = ground()
    page.emulate_media(color_scheme="dark")
    expect(body).not_to_have_css("background-color", light)
    dark = ground()
    page.locator(".person-menu:visible summary").click()
    check_axe(page)
    page.get_by_role("button", name="Light", exact=True).click()
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", light)
    page.locator(".person-menu:visible summary").click()
    page.get_by_role("button", name="System", exact=True).click()
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", dark)
