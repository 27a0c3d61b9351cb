"""What higher rooms hang into pages."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import Client, RequestFactory

from standpipe.accounts.models import Account
from standpipe.invoices.actions import edit_invoice
from standpipe.ui import registry
from standpipe.ui.lists import Sort, list_page
from support.invoices import make_invoice
from support.worlds import make_account, make_building, make_world


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    with registry.emptied():
        yield


def nothing(request: HttpRequest, record: Any) -> None:
    return None


def test_nothing_is_registered_twice() -> None:
    registry.add_section("account", key="status", title="Status", order=1, template="x.html", context=nothing)
    with pytest.raises(ValueError, match="twice"):
        registry.add_section("account", key="status", title="Again", order=2, template="x.html", context=nothing)


def test_sections_stand_in_their_order_on_their_page() -> None:
    for page, key, order in (("account", "late", 9), ("account", "early", 1), ("building", "other", 0)):
        registry.add_section(page, key=key, title=key, order=order, template="x.html", context=nothing)
    assert [section.key for section in registry.sections_of("account")] == ["early", "late"]


@pytest.mark.django_db
def test_a_column_is_asked_once_a_page_for_all_its_rows() -> None:
    asked: list[list[Any]] = []

    def values(request: HttpRequest, records: Sequence[Account]) -> dict[Any, dict[str, str]]:
        asked.append([record.pk for record in records])
        return {record.pk: {"word": record.name.upper()} for record in records if record.name != "Birch"}

    registry.add_column("accounts", key="shout", title="Shout", order=1, template="ui/badge.html", values=values)
    world = make_world()
    accounts = [make_account(world.organization, name=name) for name in ("Alder", "Birch", "Cedar")]
    listing = list_page(
        RequestFactory().get("/"),
        Account.objects.all(),
        list_name="accounts",
        nouns=("account", "accounts"),
        sorts=[Sort(key="name", fields=("name",))],
    )
    assert [record.name for record in listing.records] == ["Alder", "Birch", "Cedar"]
    cells = [listing.columns.cells_of(record) for record in listing.records]
    assert asked == [[account.pk for account in accounts]]
    assert [cell for [(_, cell)] in cells] == [{"word": "ALDER"}, None, {"word": "CEDAR"}]


@pytest.mark.django_db
def test_a_filter_narrows_the_list_and_an_unknown_value_does_not() -> None:
    def starting_with(accounts: QuerySet[Account], value: str) -> QuerySet[Account]:
        return accounts.filter(name__startswith=value)

    choices = (("", "All"), ("A", "With A"))
    registry.add_filter("accounts", key="first", label="First letter", choices=choices, apply=starting_with)
    world = make_world()
    for name in ("Alder", "Birch"):
        make_account(world.organization, name=name)

    def names(query: str) -> list[str]:
        listing = list_page(
            RequestFactory().get(f"/?{query}"),
            Account.objects.all(),
            list_name="accounts",
            nouns=("account", "accounts"),
            sorts=[Sort(key="name", fields=("name",))],
        )
        return [record.name for record in listing.records]

    assert names("first=A") == ["Alder"]
    assert names("first=B") == ["Alder", "Birch"]  # not offered
    assert names("first=") == ["Alder", "Birch"]


@pytest.mark.django_db
def test_a_page_action_is_shown_to_those_who_may_use_it(client: Client) -> None:
    registry.add_page_action(
        "accounts",
        key="import",
        label="Import from QuickBooks Desktop",
        order=1,
        url=lambda _: "/there/",
        permission="import_and_link",
    )
    world = make_world()
    page = f"/o/{world.organization.slug}/accounts/"
    client.force_login(world.otto)
    assert b'href="/there/">Import from QuickBooks Desktop</a>' in client.get(page).content
    client.force_login(world.vera)
    assert b"Import from QuickBooks Desktop" not in client.get(page).content


def test_home_steps_and_counts_that_have_nothing_to_say_are_left_out() -> None:
    step = registry.HomeStep(title="Connect", text="", done=False)
    registry.add_home_step(2, key="never", step=lambda _: None)
    registry.add_home_step(1, key="connect", step=lambda _: step)
    registry.add_home_count(1, key="none", count=lambda _: None)
    assert registry.home_steps(HttpRequest()) == [step]
    assert registry.home_counts(HttpRequest()) == []


@pytest.mark.django_db
def test_a_button_stands_at_the_head_of_a_record_while_it_has_something_to_do(client: Client) -> None:
    world = make_world()
    invoice = make_invoice(make_building(world.organization), memo="loud")
    registry.add_head_action(
        "invoice",
        key="badge",
        order=1,
        template="ui/badge.html",
        context=lambda _request, record: {"word": "Hear, hear"} if record.memo == "loud" else None,
    )
    page = f"/o/{world.organization.slug}/invoices/{invoice.id}/"
    client.force_login(world.otto)
    assert b"Hear, hear" in client.get(page).content
    edit_invoice(invoice, by=None, memo="quiet")
    assert b"Hear, hear" not in client.get(page).content
