"""Takes the pictures of the user guide again: a real server, a simulated QuickBooks computer, a browser that walks.

make screenshots                    # docs/pictures/<page>-<light|dark|narrow>.png; look at each before committing it
python tools/pictures.py simulator  # only the simulator's own screens; "match" and "sending" are others

The company is the demo's, so that the guide shows what `make demo` opens, and a picture changes only with its page.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Browser, Locator, Page, expect  # noqa: E402

from qbsim.company import address  # noqa: E402
from qbsim.transactions.invoices import line  # noqa: E402
from qbsim.wiretext import amount_text  # noqa: E402
from support.browser import MISSING, come_to_rest, find_browser, running_browser  # noqa: E402
from support.server import PASSWORD, Organization, Standpipe, qbsim, running_server  # noqa: E402
from support.walks import BOOKS, IMPORT, LINK, REFRESH, QuickBooksComputer, connect, go, refresh, rest, sign_in  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
DESK = Path(tempfile.gettempdir()) / "standpipe-books"  # its path is in the pictures, so it has to be the same
SAMPLE = ROOT / "src" / "standpipe" / "site" / "demo_sample.json"
WIDE, NARROW = 1200, 390
OWNER = ("--name", "Meadow Ridge Fire Protection", "--email", "dana@meadowridge.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    server: Standpipe
    open_page: Callable[[], Page]  # another computer with every call
    organization: Organization
    computer: QuickBooksComputer


def take(page: Page, name: str, *, height: int = 800, light_only: bool = False, top: Locator | None = None) -> None:
    """The page as it stands, from where it is scrolled to or from ``top`` on.

    Light, and unless told otherwise dark and narrow too.
    """
    page.mouse.move(0, 0)  # off whatever was pressed
    looks = {"light": (WIDE, height, "light"), "dark": (WIDE, height, "dark"), "narrow": (NARROW, 844, "light")}
    for look, (width, tall, scheme) in looks.items():
        if look == "light" or not light_only:
            page.set_viewport_size({"width": width, "height": tall})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if top is not None:
                top.evaluate("element => element.scrollIntoView()")
            page.screenshot(path=PICTURES / f"{name}-{look}.png")
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def take_all(it: Studio) -> None:
    page = it.open_page()
    come_in(it, page)
    set_up(it, page)
    import_buildings(it, page)
    match(page)
    import_in_one_go(page)
    import_and_undo_accounts(page)
    link(page)
    show_lists(page)
    show_settings(page)
    show_changes(it, page)
    send_invoices(it, page)
    show_simulator(it)
    show_progress(it)


def come_in(it: Studio, page: Page) -> None:
    page.goto(it.server.base_url)
    take(page, "sign-in", height=620, light_only=True)
    sign_in(page, it.server, it.organization)
    page.goto(f"{it.server.base_url}/profile/")
    page.get_by_label("Your name").fill("Dana Reyes")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{it.server.base_url}/o/{it.organization.slug}/")
    take(page, "first-steps", height=600)


def set_up(it: Studio, page: Page) -> None:
    page.get_by_role("link", name="Connect QuickBooks Desktop").click()
    page.get_by_label("Name").fill("Meadow Ridge books")
    page.get_by_role("button", name="Continue").click()
    take(page, "two-ways", height=760, light_only=True)
    page.get_by_role("link", name="Set up at the QuickBooks computer").click()
    page.get_by_role("button", name="Make the link").click()
    take(page, "set-up-link", height=600, light_only=True)
    address = page.get_by_label("Set-up link").input_value()
    page.get_by_role("link", name="Watch the set-up").click()
    follow_the_steps(it, it.open_page(), address)
    expect(page.get_by_role("button", name="Yes, this is our company file")).to_be_visible()
    take(page, "confirm", height=720)
    page.get_by_role("button", name="Yes, this is our company file").click()
    take(page, "connection")


def follow_the_steps(it: Studio, colleague: Page, address: str) -> None:
    colleague.goto(address)
    colleague.get_by_role("button", name="Start set-up on this computer").click()
    with colleague.expect_download() as download:
        colleague.get_by_role("link", name="Download the QWC file").click()
    download.value.save_as(it.computer.qwc)
    expect(colleague.locator("#step-get-file").get_by_label("Done", exact=True)).to_be_visible()
    it.computer.type_password(colleague.get_by_label("Password for the Web Connector").input_value())
    take(colleague, "set-up", height=1400)
    it.computer.visit()


def import_buildings(it: Studio, page: Page) -> None:
    go(page, "Buildings")
    page.get_by_role("link", name=IMPORT).click()
    page.get_by_role("button", name=REFRESH).click()
    expect(page.locator("#refresh-state")).to_contain_text("Waiting for the Web Connector")
    take(page, "waiting", height=540, light_only=True)
    it.computer.visit()
    expect(page.get_by_role("region", name="Customers and jobs")).to_be_visible()
    search(page, "ashford")
    page.get_by_label("Select all on this page").check()
    search(page, "carmel")
    page.get_by_label("Select all on this page").check()
    take(page, "import", height=860)
    press_import(page)
    expect(page.get_by_role("heading", name="What shall the buildings be called?")).to_be_visible()
    take(page, "names", height=720)
    page.get_by_role("radio", name="Company name – job name").check()
    press_import(page)
    expect(page.get_by_role("heading", name="Create ")).to_be_visible()
    take(page, "preview", height=1000)
    page.get_by_role("link", name="Review the").click()
    take(page, "review", height=860, light_only=True)
    press_import(page)  # undecided, so that they are held back
    expect(page.get_by_text("Nobody was e-mailed; QuickBooks was not changed.")).to_be_visible()
    take(page, "imported", height=860)


def search(page: Page, words: str) -> None:
    page.get_by_label("Search customers and jobs").fill(words)
    page.wait_for_url(f"**search={words}*")


def press_import(page: Page) -> None:
    page.get_by_role("button", name=IMPORT).click()


def import_in_one_go(page: Page) -> None:
    go(page, "Accounts")
    page.get_by_role("link", name=IMPORT).click()
    search(page, "evanston")
    page.get_by_label("Select Evanston Water District", exact=True).check()
    page.get_by_label("Their jobs too, as buildings").check()
    press_import(page)
    if page.get_by_role("radio", name="Job name").count():
        page.get_by_role("radio", name="Company name – job name").check()
        press_import(page)
    expect(page.get_by_role("heading", name="Create 1 account and")).to_be_visible()
    take(page, "in-one-go", height=760)
    press_import(page)
    expect(page.get_by_text("Nobody was e-mailed; QuickBooks was not changed.")).to_be_visible()
    take(page, "batch", height=600)


def import_and_undo_accounts(page: Page) -> None:
    """Three come, one is edited, two go again; the one that stayed is in the picture of the accounts."""
    go(page, "Accounts")
    page.get_by_role("link", name=IMPORT).click()
    search(page, "housing")
    page.get_by_label("Select all on this page").check()
    press_import(page)
    page.wait_for_url("**/quickbooks/**")
    if "/previews/" in page.url:
        press_import(page)
    page.wait_for_url("**/imports/**")
    batch = page.url
    page.get_by_role("row").get_by_role("link").first.click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Name").first.fill("Cedar Falls Housing")
    page.get_by_role("button", name="Save account").click()
    page.goto(batch)
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name="Undo this import").click()
    take(page, "undone", height=540)


def match(page: Page) -> None:
    """Buildings that were here before, beside what QuickBooks knows; nothing is linked for good."""
    go(page, "Buildings")
    page.get_by_role("link", name="Match with QuickBooks").click()
    expect(page.locator("[data-pair=open]").first).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator("[data-pair=accepted]")).to_have_count(1)
    expect(page.locator("[data-pair=open]").first).to_be_focused()
    come_to_rest(page)
    page.evaluate("scrollTo(0, 0)")
    take(page, "match")
    page.keyboard.press("u")
    expect(page.locator("[data-pair=accepted]")).to_have_count(0)
    page.get_by_role("link", name="Link all").click()
    take(page, "match-all", height=560, light_only=True)


def link(page: Page) -> None:
    go(page, "Buildings")
    page.get_by_role("link", name="Danbury Towers", exact=True).click()
    take(page, "building", height=720)
    page.get_by_role("link", name=LINK).click()
    expect(page.get_by_label("Search customers and jobs")).to_be_visible()
    come_to_rest(page)
    page.get_by_label("Search customers and jobs").fill("danbury")
    expect(page.get_by_role("button", name="Danbury Fitness")).to_be_visible()
    expect(page.get_by_role("button", name="Alvarez")).to_have_count(0)
    take(page, "link")
    page.get_by_role("button", name="Danbury Towers HOA").first.click()
    expect(page.get_by_role("region", name="QuickBooks Status")).to_contain_text("Undo")
    take(page, "linked", height=640, light_only=True)

    go(page, "Accounts")
    page.get_by_role("link", name="Abbott Property Management").click()
    page.get_by_role("link", name=LINK).click()
    page.get_by_role("button", name="Abbott Property Management").first.click()
    page.get_by_role("link", name="Abbott Annex", exact=True).click()
    take(page, "through-the-account", height=560, light_only=True)


def show_lists(page: Page) -> None:
    go(page, "Buildings")
    take(page, "buildings")
    page.get_by_role("link", name="Ashford Diner", exact=True).click()
    take(page, "building-imported", height=860, light_only=True)
    go(page, "Accounts")
    take(page, "accounts", height=600, light_only=True)
    go(page, "Contacts")
    take(page, "contacts", height=640, light_only=True)
    go(page, "Home")
    take(page, "home", height=900)


def show_changes(it: Studio, page: Page) -> None:
    """QuickBooks goes on after the import: words change, customers merge and sleep."""
    buildings = rest(it.server, it.organization, "GET", "buildings?limit=500")["items"]
    linked = [
        one["quickbooks"] for one in buildings if one["quickbooks"] and one["quickbooks"]["origin"] == "imported"
    ]
    with it.computer.company() as company:
        jobs = [one for one in linked if not company.jobs_of(one["list_id"])]
        first, second, asleep, merged = (one["list_id"] for one in jobs[:4])
        company.edit_customer(
            first,
            company_name="Ashford Family Diner",
            phone="(860) 555-0142",
            bill_address=address("Ashford Family Diner", "4 Hill Road", city="Ashford", state="CT"),
        )
        company.edit_customer(second, contact="Pat Moreno", email="pat@carmel.example")
        company.set_active(asleep, active=False)
        kept = company.add_customer("Carmel Annex", phone="860-555-0199", email="annex@carmel.example")
        company.edit_customer(merged, phone="860-555-0199", email="annex@carmel.example")
    refresh(it.server, it.organization, it.computer, linked[0]["connection_id"])
    with it.computer.company() as company:
        company.merge_customers(merged, to=kept.list_id)
    refresh(it.server, it.organization, it.computer, linked[0]["connection_id"])
    go(page, "Home")
    page.get_by_role("link", name="Changed in QuickBooks").click()
    expect(page.get_by_role("heading", name="Changed in QuickBooks")).to_be_visible()
    take(page, "changes", height=900)
    page.get_by_role("link", name="See which").click()
    expect(page.get_by_role("heading", name="Links that need a look")).to_be_visible()
    take(page, "link-health", height=900)
    page.get_by_role("button", name="Link to Carmel Annex").click()
    go(page, "Accounts")
    page.get_by_role("link", name=IMPORT).click()
    page.get_by_role("link", name="Readiness report").click()
    expect(page.get_by_role("heading", name="Readiness report")).to_be_visible()
    take(page, "readiness", height=860)


def show_settings(page: Page) -> None:
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("E-mail").fill("otto@meadowridge.example")
    page.get_by_label("Role", exact=True).select_option("Office")
    page.get_by_role("button", name="Make invitation link", exact=True).click()
    page.get_by_role("link", name="Done", exact=True).click()
    take(page, "members", height=640)
    page.get_by_role("link", name="API tokens", exact=True).click()
    take(page, "tokens", height=480, light_only=True)


def send_invoices(it: Studio, page: Page) -> None:
    """One before it is sent and after, a payment of it, and one that QuickBooks refuses."""
    connection, doomed = prepare_sending(it)
    here = f"{it.server.base_url}/o/{it.organization.slug}"
    page.goto(f"{here}/quickbooks/{connection}/posting/")
    take(page, "posting-settings", height=1100)
    page.goto(f"{here}/items/import/")
    take(page, "items-import", height=760)
    written = write_invoice(it, "N-1042")
    page.goto(f"{here}{written}edit/")
    take(page, "invoice-form", height=860)
    page.goto(here + written)
    page.get_by_text("What is needed before it can go").click()
    status = page.get_by_role("region", name="QuickBooks Status")
    take(page, "invoice-checklist", height=760, top=status)
    page.get_by_role("button", name="Send to QBD").first.click()
    take(page, "first-send", height=560, light_only=True)
    page.get_by_role("button", name="Send to QBD").click()
    expect(page.get_by_text("It waits for the next visit").first).to_be_visible()
    it.computer.visit()
    expect(page.get_by_text("It is in QuickBooks as number").first).to_be_visible()
    take(page, "invoice-posted", height=760, top=status)
    page.get_by_role("link", name="Record payment").first.click()
    take(page, "payment", height=860)
    rest(
        it.server,
        it.organization,
        "PATCH",
        f"connections/{connection}/settings",
        {"posting": {"default_item": doomed}},
    )
    page.goto(here + write_invoice(it, "N-1043"))
    page.get_by_role("button", name="Send to QBD").first.click()
    expect(page.get_by_text("It waits for the next visit").first).to_be_visible()
    with it.computer.company() as company:
        company.lists.delete(doomed)
    it.computer.visit()
    expect(page.get_by_text("Needs you").first).to_be_visible()
    take(page, "refusal", height=760, top=status)
    page.goto(f"{here}/invoices/")
    take(page, "invoices", height=620)


def prepare_sending(it: Studio) -> tuple[str, str]:
    """Lists, settings and links, by program; the connection, and another item that nothing uses yet."""
    with it.computer.company() as company:
        income = next(one for one in company.lists.all("Account") if one["AccountType"] == "Income").list_id
        item, doomed = (
            company.lists.add("ItemService", name, sales_or_purchase={"AccountRef": income}).list_id
            for name in ("Service", "Service call")
        )
        codes = {code["IsTaxable"]: code.list_id for code in company.lists.all("SalesTaxCode")}
        customer = next(one for one in company.customers() if not one.parent_id and one.is_active)
        name, list_id = customer.full_name, customer.list_id
    call = partial(rest, it.server, it.organization)
    (connection,) = (one["id"] for one in call("GET", "connections")["items"])
    call("POST", f"connections/{connection}/refresh", {"lists": ["items"]})
    it.computer.visit()
    settings = {"default_item": item, "taxable_code": codes[True], "nontaxable_code": codes[False]}
    call("PATCH", f"connections/{connection}/settings", {"posting": settings})
    building = call("POST", "buildings", {"name": f"{name}, north hall"})["id"]
    link = {"connection_id": connection, "list_id": list_id}
    call("PUT", f"buildings/{building}/quickbooks-link", link)
    return connection, doomed


def write_invoice(it: Studio, number: str) -> str:
    """For the building of :func:`prepare_sending`; the address of its page below the organization's."""
    call = partial(rest, it.server, it.organization)
    (building,) = (one["id"] for one in call("GET", "buildings?search=north+hall")["items"])
    lines = [
        {"description": "Annual sprinkler inspection", "quantity": "2", "rate": "145.00"},
        {"description": "Replace gauge, riser room", "amount": "68.50"},
    ]
    body = {"building_id": building, "number": number, "date": "2026-03-12", "memo": "Spring round", "lines": lines}
    return f"/invoices/{call('POST', 'invoices', body)['id']}/"


def show_simulator(it: Studio) -> None:
    """The simulator's own screens, over the company file that all of the above was read from."""
    write_invoices(it.computer)
    page = it.open_page()
    with it.computer.screens() as quickbooks:
        page.goto(f"{quickbooks}/?q=ashford")
        page.get_by_role("link", name="Ashford Elementary School", exact=True).click()
        take(page, "simulator-customer")
        page.goto(f"{quickbooks}/income")
        take(page, "simulator-income")
        page.get_by_role("link", name="Open invoices").click()
        page.get_by_role("table").get_by_role("rowheader").get_by_role("link").first.click()
        take(page, "simulator-invoice", height=940)
        page.goto(f"{quickbooks}/payments")
        take(page, "simulator-payments", height=640, light_only=True)
        page.goto(f"{quickbooks}/lists")
        take(page, "simulator-items", height=720, light_only=True)
        page.goto(f"{quickbooks}/faults/dialog-open")
        page.get_by_role("button", name="Switch on").click()
        take(page, "simulator-faults", height=720)
        page.goto(f"{quickbooks}/file")
        take(page, "simulator-file", height=860, light_only=True)
        page.goto(f"{quickbooks}/wire?q=CustomerQuery")
        page.get_by_role("table").get_by_role("rowheader").get_by_role("link").first.click()
        take(page, "simulator-wire", height=860)
        page.goto(f"{quickbooks}/faults")
        page.get_by_role("button", name="Switch off dialog-open").first.click()


def write_invoices(computer: QuickBooksComputer) -> None:
    """This month's: the history that comes with a company file is years old."""
    with computer.company() as company:
        services = [item.list_id for item in company.lists.all("ItemService") if "Inspection:" in item.full_name]
        for number, name in enumerate(
            ("Danbury Towers HOA", "Ashford Elementary School:Main Building", "Boise Warehouse LLC")
        ):
            lines = [line(services[number], quantity=str(number + 2)), line(services[-1 - number])]
            invoice = company.invoices.add(name, lines=[*lines, line(None, desc="Thank you.")], terms="Net 30")
        paid = amount_text(invoice.total_cents)
        company.payments.add(invoice.customer_id, paid, pays={invoice.txn_id: paid}, ref_number="4711")
        company.invoices.add("Danbury Towers HOA", lines=[line(services[1])], is_pending=True)


def show_progress(it: Studio) -> None:
    """Of a list that takes several pages: another company, which is in no other picture."""
    organization = make_organization(it.server, "--name", OWNER[1], "--email", "dana@elsewhere.example")
    computer = QuickBooksComputer(it.computer.folder / "more")
    computer.folder.mkdir()
    qbsim("company", "create", str(computer.file), "--customers", "20", "--jobs", "0", "--name", BOOKS)
    connect(it.server, organization, computer)
    with computer.company() as company:
        for number in range(2400):
            company.add_customer(f"Cedar {number:04}")
    page = it.open_page()
    sign_in(page, it.server, organization, to="accounts/import/")
    page.get_by_role("button", name=REFRESH).click()
    with computer.visiting("slow-answer:4"):
        expect(page.locator("#refresh-state")).to_contain_text(" of about ", timeout=60_000)
        take(page, "reading", height=540, light_only=True)


def make_organization(server: Standpipe, *owner: str) -> Organization:
    secret = server.folder / "owner.password"
    secret.write_text(PASSWORD)
    made = json.loads(server.command("create-organization", *owner, "--password-file", str(secret)))
    return Organization(
        slug=made["organization"], email=made["email"], password=PASSWORD, api_token=made["api_token"]
    )


def add_what_is_there(server: Standpipe, organization: Organization) -> None:
    """The accounts and buildings that the demo begins with."""
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
    accounts = {
        name: rest(server, organization, "POST", "accounts", {"name": name, "billing_address": address})["id"]
        for name, address in sample["accounts"].items()
    }
    for entry in sample["buildings"]:
        building = {
            "name": entry["name"],
            "account_id": accounts.get(entry["account"]),
            "billing_address": entry["address"],
            "physical_address": entry["address"],
        }
        rest(server, organization, "POST", "buildings", building)


def work(browser: Browser, server: Standpipe) -> None:
    def open_page() -> Page:
        context = browser.new_context(
            viewport={"width": WIDE, "height": 800}, locale="en-US", color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)
        return context.new_page()

    computer = QuickBooksComputer(DESK)
    qbsim("company", "create", str(computer.file), "--customers", "160", "--jobs", "90", "--seed", "7")
    organization = make_organization(server, *OWNER)
    if sys.argv[1:] == ["simulator"]:
        connect(server, organization, computer)
        show_simulator(Studio(server=server, open_page=open_page, organization=organization, computer=computer))
        return
    add_what_is_there(server, organization)
    if sys.argv[1:] == ["match"]:
        connect(server, organization, computer)
        page = open_page()
        sign_in(page, server, organization)
        match(page)
        return
    if sys.argv[1:] == ["sending"]:
        connect(server, organization, computer)
        page = open_page()
        sign_in(page, server, organization)
        send_invoices(Studio(server=server, open_page=open_page, organization=organization, computer=computer), page)
        return
    take_all(Studio(server=server, open_page=open_page, organization=organization, computer=computer))


def main() -> None:
    expect.set_options(timeout=60_000)
    executable = find_browser() or sys.exit(MISSING)
    os.environ.pop("DATABASE_URL", None)
    PICTURES.mkdir(exist_ok=True)
    DESK.mkdir()  # fails where somebody else is at it
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            running_server(Path(folder)) as server,
            running_browser(executable) as browser,
        ):
            work(browser, server)
    finally:
        shutil.rmtree(DESK)


if __name__ == "__main__":
    main()
