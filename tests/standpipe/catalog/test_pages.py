from decimal import Decimal

import pytest

from standpipe.activity.models import Activity
from standpipe.catalog.actions import create_sales_tax, create_terms, edit_item
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.core.errors import UserError
from support.invoices import make_item, make_sales_tax, make_terms
from support.pages import at, client_of, elements, query_count, text_of
from support.worlds import make_world

pytestmark = pytest.mark.django_db


# page, what is typed, and what the list shows then
ADDED: dict[str, tuple[str, dict[str, str], str]] = {
    "item": (
        "items/",
        {"name": "Inspection", "description": "Annual", "rate": "$1,234.5", "is_taxable": "on"},
        "Inspection Annual 1,234.50 Taxable",
    ),
    "discount": ("items/", {"name": "Discount", "rate": "(25)"}, "Discount  −25.00 Not"),
    "terms": ("items/terms/", {"name": "Net 30", "due_days": "30"}, "Net 30 30 days after the invoice"),
    "terms by day": (
        "items/terms/",
        {"name": "10th", "due_day_of_month": "10", "next_month_days": "5"},
        "10th On day 10 of the month; a month later when 5 days or fewer are left",
    ),
    "sales tax": ("items/sales-taxes/", {"name": "Hartford", "part_0_rate": "6.35"}, "Hartford 6.35 %"),
    "sales tax of several": (
        "items/sales-taxes/",
        {"name": "Bayshore", "part_0_rate": "7.25", "part_1_name": "County", "part_1_rate": "1.125"},
        "Bayshore 8.375 %",
    ),
}


@pytest.mark.parametrize("case", ADDED)
def test_what_is_added_stands_in_its_list(case: str):
    """Requirement 53, for what is made here."""
    page, typed, shown = ADDED[case]
    world = make_world()
    client, url = client_of(world.otto), at(world.organization, page)
    assert "yet" in text_of(client.get(url))
    added = client.post(f"{url}add/", typed, follow=True)
    assert f"“{typed['name']}” is added." in text_of(added)
    (row,) = elements(client.get(url), "//tbody/tr")
    assert " ".join(" ".join(cell.text_content().split()) for cell in row).strip().startswith(shown[:20])
    assert " ".join(text_of(client.get(url)).split()).count(typed["name"]) == 1


REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "no name": ("items/", {"name": " "}, "an item is found by its name"),
    "no number": ("items/", {"name": "x", "rate": "eighty"}, "“eighty” is not a number"),
    "too fine": ("items/", {"name": "x", "rate": "0.123456"}, "more than five decimals"),
    "too large": ("items/", {"name": "x", "rate": "99999999999"}, "too large"),
    "unstorable": ("items/", {"name": "x", "description": "a\x01b"}, "cannot be stored"),
    "both": ("items/terms/", {"name": "x", "due_days": "1", "due_day_of_month": "2"}, "not both"),
    "near nothing": ("items/terms/", {"name": "x", "next_month_days": "2"}, "goes with a day of the month"),
    "too many days": ("items/terms/", {"name": "x", "due_days": "1000"}, "from 0 to 999"),
    "no rate": ("items/sales-taxes/", {"name": "x"}, "Enter a rate, in percent."),
    "only an agency": (
        "items/sales-taxes/",
        {"name": "x", "part_0_rate": "1", "part_1_name": "County"},
        "Enter the rate of this agency",
    ),
    "over everything": ("items/sales-taxes/", {"name": "x", "part_0_rate": "101"}, "between 0 and 100"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_told_in_place(case: str):
    page, typed, words = REFUSED[case]
    world = make_world()
    refused = client_of(world.otto).post(at(world.organization, f"{page}add/"), typed)
    assert words in text_of(refused)
    assert elements(refused, "//error-summary")
    assert not any(model.objects.exists() for model in (Item, Terms, SalesTax))


def test_an_edit_is_kept_and_told_and_nobody_overwrites_unawares():
    world = make_world()
    item = make_item(world.organization)
    client, one = client_of(world.otto), at(world.organization, f"items/{item.id}/")
    seen = elements(client.get(f"{one}edit/"), "//input[@name='seen']")[0].get("value")
    edit_item(item, by=world.alice, rate=Decimal(85))
    typed = {"name": "Inspection", "rate": "90", "seen": seen}
    stale = client.post(f"{one}edit/", typed)
    assert "Somebody else changed this" in text_of(stale)
    typed["seen"] = elements(stale, "//input[@name='seen']")[0].get("value")
    assert "is saved" in text_of(client.post(f"{one}edit/", typed, follow=True))
    assert "Otto changed this item" in text_of(client.get(one))
    item.refresh_from_db()
    assert item.rate == 90


def test_a_tax_with_several_rates_is_edited_whole():
    world = make_world()
    tax = make_sales_tax(world.organization, "7.25", "1.125")
    url = at(world.organization, f"items/sales-taxes/{tax.id}/edit/")
    page = client_of(world.otto).get(url)
    typed = {box.get("name"): box.get("value") or "" for box in elements(page, "//form//input")}
    client_of(world.otto).post(url, typed | {"part_1_rate": "1.5", "part_0_name": ""})
    tax.refresh_from_db()
    assert tax.parts == [{"name": "", "rate": "7.25"}, {"name": "Agency 2", "rate": "1.5"}]


MADE = {"items/": make_item, "items/terms/": make_terms, "items/sales-taxes/": make_sales_tax}


@pytest.mark.parametrize("page", MADE)
def test_archived_and_back(page: str):
    world = make_world()
    record = MADE[page](world.organization)
    client, root = client_of(world.otto), at(world.organization, page)
    assert "no longer be chosen" in text_of(client.get(f"{root}{record.id}/archive/"))
    assert "is archived" in text_of(client.post(f"{root}{record.id}/archive/", follow=True))
    assert record.name not in text_of(client.get(root))
    assert record.name in text_of(client.get(root, {"archived": "yes"}))
    assert (
        client.post(f"{root}{record.id}/edit/", {"name": "x", "due_days": "1", "part_0_rate": "1"}).status_code == 200
    )
    client.post(f"{root}{record.id}/restore/")
    assert record.name in text_of(client.get(root, {"search": record.name[:4].lower()}))
    assert "Nothing matches" in text_of(client.get(root, {"search": "nowhere"}))
    assert Activity.objects.filter(subject_id=str(record.id)).count() == 3


def test_who_may_see_and_who_may_write():
    world = make_world()
    item = make_item(world.organization)
    one = at(world.organization, f"items/{item.id}/")
    assert client_of(world.charlie).get(one).status_code == 404
    assert client_of(world.vera).get(one).status_code == 200
    for page in ("edit/", "archive/"):
        assert client_of(world.vera).get(f"{one}{page}").status_code == 403
    assert client_of(world.vera).get(at(world.organization, "items/add/")).status_code == 403


def test_a_long_list_asks_as_often_as_a_short_one():
    world = make_world()
    client, url = client_of(world.vera), at(world.organization, "items/")
    make_item(world.organization)
    client.get(url)
    once = query_count(client, url)
    for number in range(5):
        make_item(world.organization, name=f"Part {number}")
    assert query_count(client, url) == once


def test_actions_refuse_what_no_form_would_let_through():
    world = make_world()
    with pytest.raises(UserError, match="not a number") as refused:
        create_sales_tax(world.organization, by=None, name="x", parts=[{"name": "", "rate": "abc"}])
    assert refused.value.field == "parts.0.rate"
    with pytest.raises(UserError, match="Enter a rate"):
        create_sales_tax(world.organization, by=None, name="x", parts=[])
    with pytest.raises(UserError, match="at most 20"):
        create_sales_tax(world.organization, by=None, name="x", parts=[{"name": "", "rate": "1"}] * 21)
    with pytest.raises(UserError, match="from 1 to 31"):
        create_terms(world.organization, by=None, name="x", due_day_of_month=32)
