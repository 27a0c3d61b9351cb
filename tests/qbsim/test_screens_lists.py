"""Items and the other lists by hand: added, edited, merged, deactivated and deleted by QuickBooks' rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from qbsim.company import Company
from qbsim.list_kinds import KINDS
from qbsim.screens.list_forms import FORMS
from qbsim.screens.lists import LISTS
from qbsim.transactions.invoices import line
from support.company_files import make_company
from support.screens import PlainBrowser


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Company]:
    company, _ = make_company(tmp_path)
    with company:
        yield company


@pytest.fixture
def browser(books: Company) -> PlainBrowser:
    return PlainBrowser(books)


def path_of(books: Company, kind: str, name: str, action: str = "") -> str:
    return f"/lists/element/{books.lists.find(kind, name).list_id}{f'/{action}' if action else ''}"


def whole(books: Company) -> list[object]:
    return books.lists.all(*KINDS)


def test_every_list_and_every_element_can_be_seen(books: Company, browser: PlainBrowser) -> None:
    for key, listing in LISTS.items():
        page = browser.get(f"/lists/{key}?show=all")
        shown = page.xpath("//tbody//th/a/text()")
        assert shown == [each.name for each in books.lists.all(*listing.kinds)]
    for each in books.lists.all(*(kind for listing in LISTS.values() for kind in listing.kinds)):
        page = browser.get(f"/lists/element/{quote(each.list_id)}")
        assert each.full_name in page.xpath("string(//h1)")
        assert each.edit_sequence in page.text_content()


def test_items_are_found_by_what_they_say(books: Company, browser: PlainBrowser) -> None:
    books.lists.add("ItemSubtotal", "Sum of it", item_desc="All of the above")
    assert browser.get("/lists/items?q=of+the+above").xpath("//tbody//a/text()") == ["Sum of it"]
    assert browser.get("/lists/items?q=nobody+has+this").xpath("//tbody//a") == []


def test_a_service_is_added_and_edited(books: Company, browser: PlainBrowser) -> None:
    account = books.lists.all("Account")[0].list_id
    sold = {
        "SalesOrPurchase-Price": "80.00",
        "SalesOrPurchase-Desc": "A check",
        "SalesOrPurchase-AccountRef": account,
    }
    browser.fill_in("/lists/new?kind=ItemService", name="Check-up", **sold)
    made = books.lists.find("ItemService", "Check-up")
    assert browser.address == f"/lists/element/{made.list_id}?told=added"
    assert made["SalesOrPurchase"] == {"Price": "80.00", "Desc": "A check", "AccountRef": account}
    assert "Nothing was changed." in browser.fill_in(path_of(books, "ItemService", "Check-up", "edit")).text_content()
    assert books.lists.get(made.list_id) == made
    browser.fill_in(path_of(books, "ItemService", "Check-up", "edit"), **{"SalesOrPurchase-Price": "85.00"})
    after = books.lists.get(made.list_id)
    assert after["SalesOrPurchase"] == {"Price": "85.00", "Desc": "A check", "AccountRef": account}
    assert after.edit_sequence != made.edit_sequence
    browser.fill_in(f"/lists/new?kind=ItemService&parent={made.list_id}", name="Quick", parent=made.list_id)
    assert books.lists.find("ItemService", "Check-up:Quick")


@pytest.mark.parametrize("kind", FORMS)
def test_each_kind_with_a_form_can_be_added_by_its_name(books: Company, browser: PlainBrowser, kind: str) -> None:
    name = "Zz"  # tax codes hold three characters
    browser.fill_in(f"/lists/new?kind={kind}", name=name)
    assert books.lists.find(kind, name)
    browser.get(path_of(books, kind, name, "active"), status=405)
    browser.post(path_of(books, kind, name, "active"), {"active": ""})
    assert not books.lists.find(kind, name).is_active
    browser.post(path_of(books, kind, name, "active"), {"active": "1"})
    browser.fill_in(path_of(books, kind, name, "delete"))
    assert books.lists.find(kind, name) is None


def test_a_refusal_is_quickbooks_own_and_nothing_is_half_written(books: Company, browser: PlainBrowser) -> None:
    books.lists.add("CustomerType", "Zoo")
    vet = books.lists.add("CustomerType", "Vet")
    books.add_customer("Elm School", customer_type=vet.list_id)
    before = whole(books)
    browser.fill_in("/lists/new?kind=CustomerType", status=409, name="zoo")
    assert browser.refusal().startswith("QuickBooks error 3100")
    browser.fill_in("/lists/new?kind=CustomerType", status=409, name="x" * 32)
    assert browser.refusal().startswith("QuickBooks error 3070")
    browser.fill_in(path_of(books, "CustomerType", "Vet", "edit"), status=409, parent=vet.list_id)
    assert browser.refusal().startswith("QuickBooks error 3130")
    browser.fill_in(path_of(books, "CustomerType", "Vet", "delete"), status=409)
    assert browser.refusal().startswith("QuickBooks error 3160")
    browser.fill_in("/lists/new?kind=ItemService", status=409, name="Mend", **{"SalesOrPurchase-Price": "much"})
    assert "Price: much is no number." in browser.refusal()
    browser.fill_in("/lists/new?kind=StandardTerms", status=409, name="Later", StdDueDays="-1")
    assert "Due in days: -1 is no number of days." in browser.refusal()
    browser.post("/lists/new?kind=Template", {"name": "x"}, status=404)
    assert whole(books) == before


def test_merging_moves_what_referred_to_it(books: Company, browser: PlainBrowser) -> None:
    account = books.lists.all("Account")[0].list_id
    sold = {"Price": "80.00", "AccountRef": account}
    here, there = (books.lists.add("ItemService", name, sales_or_purchase=sold) for name in ("Chek-up", "Check-up"))
    books.add_customer("Elm School")
    bill = books.invoices.add("Elm School", lines=[line(here.list_id)])
    browser.fill_in(path_of(books, "ItemService", "Chek-up", "merge"), status=409, to=here.list_id)
    assert browser.refusal().startswith("QuickBooks error 3177")
    browser.fill_in(path_of(books, "ItemService", "Chek-up", "merge"), to=there.list_id)
    assert [each.item_id for each in books.invoices.get(bill.txn_id).lines] == [there.list_id]
    assert [each.list_id for each in books.deleted("ItemService")] == [here.list_id]
