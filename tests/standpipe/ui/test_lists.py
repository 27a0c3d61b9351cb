"""Order, pages and words of lists."""

import pytest
from django.test import RequestFactory

from standpipe.accounts.models import Account
from standpipe.ui.lists import Listing, Sort, list_page
from support.worlds import make_account, make_world

SORTS = (Sort(key="name", fields=("name", "id")), Sort(key="added", fields=("-created_at", "id")))


def listed(query: str = "", *, per_page: int = 2) -> Listing:
    return list_page(
        RequestFactory().get(f"/{query}"),
        Account.objects.all(),
        list_name="unregistered",
        nouns=("account", "accounts"),
        sorts=SORTS,
        per_page=per_page,
    )


def names(listing: Listing) -> list[str]:
    return [record.name for record in listing.records]


@pytest.fixture(autouse=True)
def three_accounts(db: None) -> None:
    organization = make_world().organization
    for name in ("Birch", "Alder", "Cedar"):
        make_account(organization, name=name)


def test_the_first_order_holds_until_the_address_names_another() -> None:
    assert names(listed(per_page=9)) == ["Alder", "Birch", "Cedar"]
    assert names(listed("?sort=-name", per_page=9)) == ["Cedar", "Birch", "Alder"]
    assert names(listed("?sort=added", per_page=9)) == ["Cedar", "Alder", "Birch"]
    assert names(listed("?sort=-added", per_page=9)) == ["Birch", "Alder", "Cedar"]
    assert names(listed("?sort=password", per_page=9)) == ["Alder", "Birch", "Cedar"]


def test_pages_say_what_they_show() -> None:
    assert listed().count_text == "3 accounts"
    assert listed().range_text == "1–2 of 3"
    assert listed("?page=2").range_text == "3–3 of 3"


@pytest.mark.parametrize("page", ["99", "last"])
def test_a_page_that_is_not_there_gets_one_that_is(page: str) -> None:
    assert names(listed(f"?page={page}")) in (["Cedar"], ["Alder", "Birch"])


def test_one_is_not_many() -> None:
    Account.objects.exclude(name="Alder").delete()
    assert listed().count_text == "1 account"


def test_a_narrowed_list_knows_it() -> None:
    assert not listed().is_narrowed
    assert listed("?search=elm").is_narrowed
    assert not listed("?search=%20").is_narrowed
