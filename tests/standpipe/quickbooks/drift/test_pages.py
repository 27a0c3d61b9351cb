"""The list of changes, link health, the card on the record's page, the marks in the lists and the counts at home."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.core.addresses import Address
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.drift.actions import catch_up
from standpipe.quickbooks.drift.models import Standing
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer
from support.pages import client_of, elements, query_count, text_of
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db
ODD = ['O\'Brien "&" Sons <b>', "مدرسة الدردار", "Elm 🏫 School", "x" * 41]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def connection(world: World) -> Connection:
    return make_connection(world.organization)


@pytest.fixture
def bob(world: World) -> Client:
    return client_of(world.bob)


def url(world: World, name: str, *args: object) -> str:
    return reverse(name, args=[world.organization.slug, *args])


def say(connection: Connection, customer: Customer, **columns: Any) -> None:
    """As if a refresh had brought other words."""
    Customer.objects.filter(pk=customer.pk).update(content_hash="other", **columns)
    mark_list_whole(connection)


def drifted(world: World, connection: Connection, *, names: list[str], target: str = "accounts") -> list[Customer]:
    """Imported under these names; each is called anew in QuickBooks since."""
    customers = [make_customer(connection, name=f"C{number}", company_name=name) for number, name in enumerate(names)]
    mark_list_whole(connection)
    import_customers(connection, target=target, list_ids=[c.list_id for c in customers], by=world.alice)
    for customer in customers:
        say(connection, customer, company_name=f"{customer.company_name[:35]} anew")
    return customers


def test_home_counts_what_waits_and_the_page_lists_it_in_three_states(bob, world, connection) -> None:
    drifted(world, connection, names=["Elm", "Oak"])
    make_customer(connection, name="Same")
    home = text_of(bob.get(url(world, "organization-home")))
    assert "2Changed in QuickBooks" in home
    assert "Links that need a look" not in home
    page = bob.get(url(world, "quickbooks:changed"))
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in elements(page, "//main//tbody/tr")]
    assert [row[1:4] for row in rows] == [["Elm", "Elm anew", "Elm"], ["Oak", "Oak anew", "Oak"]]
    assert [row[0] for row in rows] == ["Name", "Name"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_shown_safely_and_stored_whole(bob, world, connection, name: str) -> None:
    [customer] = drifted(world, connection, names=[name])
    Customer.objects.filter(pk=customer.pk).update(company_name=f"{name[:30]} Ø"[:41])
    page = bob.get(url(world, "quickbooks:changed"))
    assert name in text_of(page)
    assert not elements(page, "//main//b")
    form = elements(page, '//form[contains(@class,"drift-choices")]')[0]
    values = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    bob.post(form.get("action"), values | {"act": "accept"})
    assert Account.objects.get().name == f"{name[:30]} Ø"


def test_accept_and_leave_from_the_list_go_back_to_it_with_its_filters(bob, world, connection) -> None:
    drifted(world, connection, names=["Elm", "Oak"])
    page = bob.get(url(world, "quickbooks:changed"), {"field": "name"})
    for form, act in zip(
        elements(page, '//form[contains(@class,"drift-choices")]'), ("accept", "leave"), strict=True
    ):
        values = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
        done = bob.post(form.get("action"), values | {"act": act})
        assert done.url == url(world, "quickbooks:changed") + "?field=name"
    assert sorted(Account.objects.values_list("name", flat=True)) == ["Elm anew", "Oak"]
    empty = text_of(bob.get(url(world, "quickbooks:changed")))
    assert "Nothing to decide" in empty
    left = text_of(bob.get(url(world, "quickbooks:changed"), {"changed": "left"}))
    assert "Oak anew" in left
    assert "Left as it is here" in left


def test_a_form_that_shows_what_was_is_refused_in_words(bob, world, connection) -> None:
    [customer] = drifted(world, connection, names=["Elm"])
    [link_id] = customer.connection.links.values_list("pk", flat=True)
    there = url(world, "quickbooks:decide-change", link_id)
    stale = bob.post(there, {"act": "accept", "field": "name", "seen": '"Elm of yesterday"'}, follow=True)
    assert "QuickBooks says something else by now" in text_of(stale)
    broken = bob.post(there, {"act": "accept", "field": "name", "seen": "{"}, follow=True)
    assert "was not sent whole" in text_of(broken)
    assert Account.objects.get().name == "Elm"


def test_all_that_match_are_decided_at_once_after_one_question(bob, world, connection) -> None:
    drifted(world, connection, names=["Elm", "Oak", "Ash"])
    there = f"{url(world, 'quickbooks:decide-all-changes')}?act=accept&field=name"
    asked = bob.get(there)
    assert "Accept for 3 records?" in text_of(asked)
    assert not renamed()
    done = bob.post(there, sent_by(asked), follow=True)
    assert "3 records taken over from QuickBooks." in text_of(done)
    assert renamed() == ["Ash anew", "Elm anew", "Oak anew"]


def test_many_are_decided_in_pieces_and_each_piece_is_asked_about(bob, world, connection, monkeypatch) -> None:
    monkeypatch.setattr("standpipe.quickbooks.drift.views.MOST_AT_ONCE", 2)
    drifted(world, connection, names=["Elm", "Oak", "Ash"])
    there = f"{url(world, 'quickbooks:decide-all-changes')}?act=accept&field=name"
    asked = bob.get(there)
    assert "2 at a time: you are asked again for the rest" in text_of(asked)
    assert [one.text_content() for one in elements(asked, "//main//form//button")] == ["Accept for the first 2"]
    asked = bob.post(there, sent_by(asked), follow=True)
    assert "2 records taken over from QuickBooks. 1 to go." in text_of(asked)
    assert "Accept for 1 record?" in text_of(asked)
    assert renamed() == ["Ash anew", "Elm anew"]
    done = bob.post(there, sent_by(asked), follow=True)
    assert "1 record taken over from QuickBooks." in text_of(done)
    assert renamed() == ["Ash anew", "Elm anew", "Oak anew"]


def test_the_question_posts_what_it_asked_about(bob, world, connection) -> None:
    """The page posts to its own address: filters and act are in it."""
    drifted(world, connection, names=["Elm", "Oak"])
    there = f"{url(world, 'quickbooks:decide-all-changes')}?act=leave&noun=account"
    asked = bob.get(there)
    assert not elements(asked, "//main//form/@action")
    done = bob.post(there, sent_by(asked), follow=True)
    assert "2 records left as they are here." in text_of(done)


def test_an_answer_to_another_question_changes_nothing_and_says_so(bob, world, connection) -> None:
    """Neither values nor records that nobody was asked about are taken over."""
    elm, _ = drifted(world, connection, names=["Elm", "Oak"])
    there = f"{url(world, 'quickbooks:decide-all-changes')}?act=accept"
    asked = sent_by(bob.get(there))
    say(connection, elm, company_name="Elm of today")
    assert "QuickBooks says something else by now" in text_of(bob.post(there, asked, follow=True))
    drifted(world, connection, names=["Ash"])
    assert "asked about 2, and by now it is 3" in text_of(bob.post(there, asked, follow=True))
    assert "was not sent whole" in text_of(bob.post(there, follow=True))
    assert not renamed()


def test_all_of_a_record_are_those_that_were_shown_as_they_were_shown(bob, world, connection) -> None:
    [customer] = drifted(world, connection, names=["Elm"])
    say(connection, customer, details=Details(bill=Address(lines=("12 Elm St",))).to_json())
    [form] = elements(bob.get(url(world, "quickbooks:changed")), '//h2/following-sibling::form[@method="post"]')
    shown = {one.get("name"): one.get("value") for one in form.xpath(".//input")} | {"act": "accept"}
    for now, words in (
        ({"company_name": "Elm of today"}, "QuickBooks says something else by now"),
        ({"company_name": "Elm"}, "Other fields wait for a decision by now"),
    ):
        say(connection, customer, **now)
        assert words in text_of(bob.post(form.get("action"), shown, follow=True))
    assert "was not sent whole" in text_of(bob.post(form.get("action"), {"act": "accept"}, follow=True))
    assert Account.objects.get().name == "Elm"
    say(connection, customer, company_name="Elm anew")
    assert "2 values taken over" in text_of(bob.post(form.get("action"), shown, follow=True))
    assert renamed() == ["Elm anew"]


def sent_by(page: Any) -> dict[str, str]:
    """The hidden values of the only form in ``page``'s main part."""
    return {one.get("name"): one.get("value") for one in elements(page, "//main//form//input")}


def renamed() -> list[str]:
    return sorted(Account.objects.filter(name__endswith="anew").values_list("name", flat=True))


def test_the_record_says_what_changed_and_the_lists_bear_a_quiet_mark(bob, world, connection) -> None:
    drifted(world, connection, names=["Elm"], target="buildings")
    building = Building.objects.get()
    page = bob.get(url(world, "buildings:detail", building.pk))
    (card,) = elements(page, '//section[@id="quickbooks-changes"]')
    assert "Elm anew" in card.text_content()
    listed = bob.get(url(world, "buildings:list"))
    assert "Changed in QuickBooks" in text_of(listed)
    narrowed = bob.get(url(world, "buildings:list"), {"quickbooks": "changed"})
    assert [row.xpath("string(th)").strip() for row in elements(narrowed, "//tbody/tr")] == ["Elm"]
    form = card.xpath('.//form[contains(@class,"drift-choices")]')[0]
    values = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    done = bob.post(form.get("action"), values | {"act": "accept"})
    assert done.url.endswith(f"/buildings/{building.pk}/#quickbooks-changes")
    assert not elements(bob.get(url(world, "buildings:detail", building.pk)), '//section[@id="quickbooks-changes"]')


def test_links_that_need_a_look_are_counted_marked_and_listed_by_state(bob, world, connection) -> None:
    gone, asleep, _ = drifted(world, connection, names=["Elm", "Oak", "Ash"])
    Customer.objects.filter(pk=gone.pk).update(gone_at=connection.created_at, gone_because="deleted")
    Customer.objects.filter(pk=asleep.pk).update(is_active=False)
    assert "2Links that need a look" in text_of(bob.get(url(world, "organization-home")))
    page = bob.get(url(world, "quickbooks:link-health"))
    states = elements(page, '//nav[@aria-label="What became of them"]/a')
    assert [" ".join(one.text_content().split()) for one in states] == [
        "All 2", "Deleted in QuickBooks 1", "Inactive in QuickBooks 1",
    ]  # fmt: skip
    only = bob.get(url(world, "quickbooks:link-health"), {"state": "inactive"})
    assert [one.text_content() for one in elements(only, "//main//h2/a")] == ["Oak"]
    assert "2 links need a look" in text_of(bob.get(url(world, "quickbooks:changed")))
    narrowed = bob.get(url(world, "accounts:list"), {"quickbooks": "unwell"})
    assert sorted(row.xpath("string(th)").strip() for row in elements(narrowed, "//tbody/tr")) == ["Elm", "Oak"]


def test_who_only_looks_sees_it_all_and_decides_nothing(world, connection) -> None:
    drifted(world, connection, names=["Elm"])
    vera = client_of(world.vera)
    page = vera.get(url(world, "quickbooks:changed"))
    assert "Elm anew" in text_of(page)
    assert not elements(page, "//main//form[@method='post']")
    [link_id] = connection.links.values_list("pk", flat=True)
    for name in ("decide-change", "repair-link"):
        assert vera.post(url(world, f"quickbooks:{name}", link_id), {"act": "accept"}).status_code == 403
    assert vera.post(url(world, "quickbooks:decide-all-changes")).status_code == 403


def test_the_pages_cost_the_same_queries_whatever_their_length(bob, world, connection) -> None:
    drifted(world, connection, names=["Elm", "Oak"])
    pages = [
        url(world, "quickbooks:changed"),
        url(world, "quickbooks:link-health"),
        url(world, "accounts:list"),
        url(world, "organization-home"),
    ]
    for page in pages:
        bob.get(page)  # catches up
    few = [query_count(bob, page) for page in pages]
    drifted(world, connection, names=[f"Name {number}" for number in range(15)])
    for page in pages:
        bob.get(page)
    assert [query_count(bob, page) for page in pages] == few


def test_many_links_are_compared_in_pieces_and_the_rest_by_the_next_page(world, connection) -> None:
    make_customers(connection, count=600)
    import_customers(connection, target="accounts", filters={}, by=world.alice, include_look_alikes=True)
    Customer.objects.update(content_hash="other", company_name="Anew")
    mark_list_whole(connection)
    assert not catch_up(connection, seconds=0)
    assert Standing.objects.count() == 500
    assert catch_up(connection, seconds=60)
    assert Standing.objects.filter(is_open=True).count() == 600


def test_each_piece_begins_where_the_last_one_ended_and_misses_nothing(world, connection) -> None:
    """Of edits here the trail names all again each time: without a mark the first 500 would be compared for ever."""
    rename_linked_accounts(world, connection, count=1200)
    assert not catch_up(connection, seconds=0)
    assert not catch_up(connection, seconds=0)
    assert Standing.objects.count() == 1000
    behind = Standing.objects.earliest("link").link
    Customer.objects.filter(list_id=behind.list_id).update(content_hash="other", company_name="Anew")
    mark_list_whole(connection)
    assert not catch_up(connection, seconds=0)  # the end of this pass; what came meanwhile is for another
    assert Standing.objects.count() == 1200
    assert not Standing.objects.filter(is_open=True).exists()
    assert catch_up(connection, seconds=0)
    assert Standing.objects.get(is_open=True).link == behind


def rename_linked_accounts(world: World, connection: Connection, *, count: int) -> None:
    """Linked, and edited here an hour ago, as the trail tells it; written at once, for an import takes its time."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Connection.objects.filter(pk=connection.pk).update(created_at=an_hour_ago - timedelta(hours=1))
    connection.refresh_from_db()
    make_customers(connection, count=count)
    mark_list_whole(connection)
    whose = {"organization": world.organization}
    accounts = Account.objects.bulk_create(
        Account(**whose, name=f"Ours {number}", name_key=f"ours{number}") for number in range(count)
    )
    links = []
    for account, customer in zip(accounts, Customer.objects.all(), strict=True):
        said = {name: getattr(customer, name) for name in ("name", "full_name", "company_name", "details")}
        ids = {"connection": connection, "list_id": customer.list_id, "said_hash": customer.content_hash}
        links.append(Link(**whose, **ids, account=account, origin="imported", quickbooks_values=said))
    Link.objects.bulk_create(links)
    edit = {"organization_id": world.organization.pk, "verb": "account.edited", "at": an_hour_ago}
    Activity.objects.bulk_create(
        Activity(**edit, subject_type="account", subject_id=str(account.pk)) for account in accounts
    )


def test_addresses_are_shown_line_by_line(bob, world, connection) -> None:
    customer = make_customer(connection, name="Elm", bill=Address(lines=("12 Elm St",), city="Boise"))
    mark_list_whole(connection)
    import_customers(connection, target="accounts", list_ids=[customer.list_id], by=world.alice)
    say(connection, customer, details={})
    (row,) = elements(bob.get(url(world, "quickbooks:changed")), "//main//tbody/tr")
    cells = [[one.text_content() for one in cell.xpath(".//bdi")] for cell in row]
    assert cells == [["Billing address"], ["12 Elm St", "Boise"], [], ["12 Elm St", "Boise"], []]
    assert "Nothing" in row.text_content()
