"""The Customer Center: reading and editing a company file in the browser, and being safe about it."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html

from qbsim.company import Company, address, contact, labelled, ship_to
from support.company_files import make_company
from support.screens import HOME, PlainBrowser


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Company]:
    company, _ = make_company(tmp_path)
    with company:
        elm = company.add_customer(
            "Elm School",
            company_name="Elm School District",
            bill_address=address("Elm School District", "1 Elm St", city="Boise", state="ID", postal_code="83702"),
            phone="208-555-0100",
            account_number="A-1",
            additional_contact_ref=[labelled("Mobile", "208-555-0111")],
            contacts_ret=[contact("Ann", last_name="Ash")],
            ship_to_address=[ship_to("Gym", "2 Elm St", default=True)],
            notes="Key at the office",
            balance="12.50",
        )
        company.add_customer("Gym", parent=elm.list_id)
        company.set_active(company.add_customer("Oak Clinic").list_id, active=False)
        yield company


@pytest.fixture
def browser(books: Company) -> PlainBrowser:
    return PlainBrowser(books)


def path_of(company: Company, full_name: str, action: str = "") -> str:
    return f"/customers/{company.find(full_name).list_id}{f'/{action}' if action else ''}"


def names(page: html.HtmlElement) -> list[str]:
    return [link.text for link in page.xpath("//ul[@class='tree']//a")]


# -- reading -------------------------------------------------------------------------------------------------


def test_the_list_shows_customers_with_their_jobs(browser: PlainBrowser) -> None:
    page = browser.get("/")
    assert names(page) == ["Elm School", "Gym"]
    assert page.xpath("//nav//ul[@class='tree']/li/ul/li//a/text()") == ["Gym"]
    assert "Simulator. Not QuickBooks Desktop; no data leaves this computer." in page.text_content()
    assert names(browser.get("/?show=all")) == ["Elm School", "Gym", "Oak Clinic"]
    assert names(browser.get("/?show=inactive")) == ["Oak Clinic"]


@pytest.mark.parametrize("search", ["gym", "ELM", "0111", "key at"])
def test_search_looks_into_everything(browser: PlainBrowser, search: str) -> None:
    assert names(browser.get(f"/?{urlencode({'q': search})}"))


def test_a_search_without_result(browser: PlainBrowser) -> None:
    page = browser.get("/?q=nobody")
    assert names(page) == []
    assert "0 customers and jobs" in page.text_content()


def test_long_lists_come_in_parts(tmp_path: Path) -> None:
    company, _ = make_company(tmp_path, customers=120, jobs=0)
    with company:
        browser = PlainBrowser(company)
        first = browser.get("/?show=all")
        second = browser.get(first.xpath("//a[text()='Next']/@href")[0])
        assert names(first) + names(second) == [customer.full_name for customer in company.customers()]
        assert second.xpath("//a[text()='From the start']/@href") == ["/?show=all"]


def test_a_record_shows_what_the_file_holds(books: Company, browser: PlainBrowser) -> None:
    text = browser.get(path_of(books, "Elm School")).text_content()
    for part in (
        "Elm School District",
        "Boise, ID 83702",
        "Mobile: 208-555-0111",
        "Ann Ash",
        "Gym (default)",
        "12.50",
    ):
        assert part in text
    job = browser.get(path_of(books, "Elm School:Gym"))
    assert job.xpath("//p[@class='path']/a/text()") == ["Elm School"]


# -- changing ------------------------------------------------------------------------------------------------


def test_editing_changes_only_what_was_changed(books: Company, browser: PlainBrowser) -> None:
    before = books.find("Elm School")
    page = browser.fill_in(path_of(books, "Elm School", "edit"), phone="208-555-0199", company_name="")
    assert "Saved." in page.text_content()
    after = books.find("Elm School")
    assert (after.phone, after.company_name) == ("208-555-0199", None)
    rest = {"Phone", "CompanyName"}
    assert {k: v for k, v in after.details.items() if k not in rest} == {
        k: v for k, v in before.details.items() if k not in rest
    }
    assert after.edit_sequence != before.edit_sequence


def test_saving_without_a_change_touches_nothing(books: Company, browser: PlainBrowser) -> None:
    before = list(books.customers())
    assert "Nothing was changed." in browser.fill_in(path_of(books, "Elm School", "edit")).text_content()
    assert list(books.customers()) == before


def test_every_filled_record_survives_being_saved_unchanged(tmp_path: Path) -> None:
    company, _ = make_company(tmp_path, customers=40)
    with company:
        browser = PlainBrowser(company)
        before = list(company.customers())
        for customer in before:
            browser.fill_in(f"/customers/{customer.list_id}/edit")
        assert list(company.customers()) == before


def test_addresses_are_edited_line_by_line(books: Company, browser: PlainBrowser) -> None:
    browser.fill_in(
        path_of(books, "Elm School", "edit"),
        bill_address_lines="Elm\r\n\r\n2 Elm St",
        bill_address_City="Nampa",
        ship_address_lines="Gym",
    )
    after = books.find("Elm School")
    assert after.bill_address == {
        "Addr1": "Elm",
        "Addr3": "2 Elm St",
        "City": "Nampa",
        "State": "ID",
        "PostalCode": "83702",
    }
    assert after.ship_address == {"Addr1": "Gym"}


def test_renaming_rewrites_the_jobs(books: Company, browser: PlainBrowser) -> None:
    browser.fill_in(path_of(books, "Elm School", "edit"), name="Ash School")
    assert books.find("Ash School:Gym")


def test_a_refusal_keeps_what_was_typed(books: Company, browser: PlainBrowser) -> None:
    books.add_customer("Ash School")
    before = list(books.customers())
    page = browser.fill_in(path_of(books, "Elm School", "edit"), name="ASH school", phone="1", status=409)
    assert "already in use" in page.xpath("//*[@role='alert']")[0].text_content()
    assert page.xpath("//input[@name='phone']/@value") == ["1"]
    six = "\n".join("abcdef")
    assert browser.fill_in(path_of(books, "Elm School", "edit"), bill_address_lines=six, status=409) is not None
    assert list(books.customers()) == before


def test_adding_a_customer(books: Company, browser: PlainBrowser) -> None:
    page = browser.fill_in("/customers/new", name="Café “Zoë”", email="zoe@cafe.example")
    assert page.xpath("//h1/text()") == ["Café “Zoë”"]
    assert books.find("Café “Zoë”").email == "zoe@cafe.example"


def test_a_new_job_is_filled_in_and_what_was_emptied_stays_empty(books: Company, browser: PlainBrowser) -> None:
    elm = books.find("Elm School")
    form = browser.get(f"/customers/new?parent={elm.list_id}")
    assert form.xpath("//input[@name='company_name']/@value") == ["Elm School District"]
    assert form.xpath("//input[@name='account_number']/@value") == [""]
    browser.fill_in(f"/customers/new?parent={elm.list_id}", name="Pool", phone="")
    pool = books.find("Elm School:Pool")
    assert (pool.company_name, pool.phone, pool.bill_address) == (elm.company_name, None, elm.bill_address)


def test_inactive_and_active_again(books: Company, browser: PlainBrowser) -> None:
    browser.post(path_of(books, "Elm School", "active"), {"active": ""})
    assert not books.find("Elm School:Gym").is_active
    browser.post(path_of(books, "Elm School:Gym", "active"), {"active": "1"})
    assert books.find("Elm School").is_active


def test_deleting_asks_first(books: Company, browser: PlainBrowser) -> None:
    assert "Elm School:Gym" in browser.get(path_of(books, "Elm School:Gym", "delete")).xpath("//h1")[0].text
    assert books.find("Elm School:Gym")
    gym = books.find("Elm School:Gym").list_id
    browser.fill_in(path_of(books, "Elm School:Gym", "delete"))
    assert [deleted.list_id for deleted in books.deleted()] == [gym]


def test_what_cannot_be_deleted_says_why(books: Company, browser: PlainBrowser) -> None:
    page = browser.fill_in(path_of(books, "Elm School", "delete"), status=409)
    assert "It has jobs" in page.xpath("//*[@role='alert']")[0].text_content()
    assert books.find("Elm School")


def test_merging(books: Company, browser: PlainBrowser) -> None:
    books.add_customer("Elm Schol", balance="1.00")
    page = browser.fill_in(path_of(books, "Elm Schol", "merge"), to="nobody", status=409)
    assert "no customer or job" in page.xpath("//*[@role='alert']")[0].text_content()
    browser.fill_in(path_of(books, "Elm Schol", "merge"), to="elm school")
    assert books.find("Elm Schol") is None
    assert books.find("Elm School").balance_cents == 1350


# -- safety --------------------------------------------------------------------------------------------------


def test_what_people_type_is_never_markup(books: Company, browser: PlainBrowser) -> None:
    evil = '"><script>alert(1)</script>'
    customer = books.add_customer(evil, company_name=evil, notes=evil)
    for path in ("/", f"/customers/{customer.list_id}", f"/customers/{customer.list_id}/edit", f"/?q={evil}"):
        page = browser.get(path)
        assert page.xpath("//script") == []
        assert not re.search(r"\son\w+=|style=", browser.text)


def test_forms_of_other_sites_change_nothing(books: Company, browser: PlainBrowser) -> None:
    path = path_of(books, "Elm School", "active")
    browser.post(path, {"active": ""}, status=403, Origin="https://evil.example")
    browser.post(path, {"active": ""}, status=403, Origin="null")
    browser.post(path, {"active": ""}, status=403, Origin="http://localhost:8002")
    browser.post(path, {"active": ""}, status=403, Origin="", Referer="https://evil.example/localhost:8001")
    browser.post(path, {"active": ""}, status=403, Origin="")
    assert books.find("Elm School").is_active
    browser.post(path, {"active": ""}, Origin=HOME)
    assert not books.find("Elm School").is_active
    browser.post(path, {"active": "1"}, Origin="", Referer=f"{HOME}/customers")
    assert books.find("Elm School").is_active


def test_only_its_own_names_are_served(browser: PlainBrowser) -> None:
    browser.get("/", status=421, Host="rebound.example")


def test_unknown_pages_and_customers(browser: PlainBrowser) -> None:
    for path in ("/nothing", "/customers/80000001-1", "/customers/80000001-1/edit", "/customers/x/explode"):
        browser.get(path, status=404)


def test_looking_never_changes_anything(books: Company, browser: PlainBrowser) -> None:
    before = list(books.customers())
    for action in ("active", "delete", "merge"):
        browser.session.get(HOME + path_of(books, "Elm School", action))
    assert list(books.customers()) == before


def test_a_form_that_is_too_big(browser: PlainBrowser) -> None:
    browser.post("/customers/new", {"name": "x" * 300_000}, status=413)


def test_control_characters_are_dropped(books: Company, browser: PlainBrowser) -> None:
    browser.fill_in("/customers/new", name="Elm\x00 Annex")
    assert books.find("Elm Annex")


def test_the_style_sheet_is_served(browser: PlainBrowser) -> None:
    response = browser.session.get(f"{HOME}/style.css")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"


def test_a_file_that_cannot_be_read_is_said_plainly(books: Company, browser: PlainBrowser) -> None:
    books.close()
    response = browser.session.get(f"{HOME}/")
    assert response.status_code == 503
    assert "The company file cannot be read or written now" in response.text


def test_a_look_at_the_head_alone_sends_no_page(browser: PlainBrowser) -> None:
    response = browser.session.head(f"{HOME}/")
    assert (response.status_code, response.content) == (200, b"")
