"""Pages over a list of 100,000: what they count is right, which indexes answer them, and in how many queries."""

from __future__ import annotations

import itertools
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection as database
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from standpipe.core.addresses import Address
from standpipe.core.search import holds_all_words
from standpipe.quickbooks.drift.actions import catch_up
from standpipe.quickbooks.importing import counting
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.importing.counting import counted
from standpipe.quickbooks.importing.mapping import LACKS, lacks_of
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.importing.queries import (
    STATUSES,
    importable,
    matching_all,
    source_of,
)
from standpipe.quickbooks.importing.undo import undo_import
from standpipe.quickbooks.linking.actions import link_customer, unlink
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import FEW, all_of, customers_of, searched, searches
from support.pages import client_of, query_count
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import make_account, make_building, make_world

pytestmark = pytest.mark.django_db

LONG = ("lists_customer", "linking_link", "buildings_building", "accounts_account", "drift_standing")
PLACE = Address(lines=("1 Elm Street",), city="Boise")


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def books(world):
    """Of every kind one or more: linked to one noun or both, imported, gone, inactive, shut, lacking something."""
    books = make_connection(world.organization)
    oak = make_customer(books, name="Oak", bill=PLACE, email="a@oak.example", phone="555-0101")
    jobs = [
        make_customer(books, name=f"Oak {number}", parent=oak, company_name="Oak Inc.", job_status=status)
        for number, status in enumerate(["InProgress", "Closed", "NotAwarded", "Awarded", "None", "Closed"])
    ]
    elms = [make_customer(books, name=f"Elm {number}", email="e@elm.example") for number in range(4)]
    make_customer(books, name="Asleep", is_active=False, bill=PLACE)
    make_customer(books, name="Gone", gone=True)
    make_customer(books, name="Gone asleep", gone=True, is_active=False)
    mark_list_whole(books)
    import_customers(books, target="buildings", list_ids=[jobs[0].list_id, elms[0].list_id], by=world.alice)
    for customer in (oak, jobs[1], elms[0], elms[1]):
        account = make_account(world.organization)
        link_customer(account, connection=books, list_id=customer.list_id, by=world.alice)
    for customer in (jobs[3], elms[1], elms[2], elms[2]):
        building = make_building(world.organization)
        link_customer(building, connection=books, list_id=customer.list_id, by=world.alice)
    return books


@pytest.mark.parametrize("target", ["accounts", "buildings"])
@pytest.mark.parametrize("search", ["", "oak"])
def test_what_is_counted_is_what_is_listed(books, target, search):
    """Every combination of filters, counted by traits and row by row; design 3.8."""
    rows = importable(books, target=target, status="available")
    lacks_each = [note.code for row in rows for note in lacks_of(source_of(row))]
    advice = {code: lacks_each.count(code) for code in lacks_each}  # requirement 10
    assert advice
    shown = set()
    for status, kind, active, lacks in itertools.product(
        [None, *STATUSES], [None, "customer", "job"], [None, True, False], [None, "no_email"]
    ):
        filters = {"search": search, "status": status, "kind": kind, "active": active, "lacks": lacks}
        counts, lacking = counted(books, target=target, filters=filters, found=searched(books, search))
        assert counts.total == importable(books, target=target, **filters).count(), filters
        if status == "available":
            assert counts.selectable == matching_all(books, target=target, filters=filters).count(), filters
        assert {one.code: one.count for one in lacking} == advice
        shown.add(counts.total)
    assert len(shown) > 4


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ({}, ["no_company_name", "no_billing_address", "no_phone", "no_email"]),
        ({"company_name": " \u200b ", "email": "ask Jane", "phone": " "}, list(LACKS)),
        ({"company_name": "Elm", "email": "Jane <jane@elm.example>; x", "phone": "1"}, ["no_billing_address"]),
        ({"company_name": "Elm", "email": "jane..doe@elm.example", "bill": PLACE}, ["no_phone", "no_email"]),
        ({"company_name": "Elm", "bill_block": ("Elm", "1 Elm Street")}, ["no_phone", "no_email"]),
        ({"company_name": "Elm", "bill": Address(lines=("\u200b",))}, ["no_billing_address", "no_phone", "no_email"]),
        ({"company_name": "Elm", "bill": Address(state="ID")}, ["no_phone", "no_email"]),
        ({"company_name": "Elm", "bill": Address(note="ring twice")}, None),
    ],
)
def test_what_a_row_lacks_is_what_the_filter_finds(world, said, lacks):
    books = make_connection(world.organization)
    row = make_customer(books, **said)
    codes = [note.code for note in lacks_of(source_of(row))]
    if lacks is not None:
        assert codes == lacks
    found = [code for code in LACKS if importable(books, target="accounts", lacks=code).exists()]
    assert found == codes


def test_traits_are_filled_from_what_the_rows_say(books):
    """By the migration that brought them."""
    before = dict(Customer.objects.values_list("pk", "traits"))
    assert len(set(before.values())) > 3
    Customer.objects.update(traits=0)
    import_module("standpipe.quickbooks.lists.migrations.0003_traits").fill(apps, None)
    assert dict(Customer.objects.values_list("pk", "traits")) == before


def test_a_search_finds_the_same_whether_it_finds_few_or_many(books):
    for words in ("elm", "oak inc", "elm.example", "zebra"):
        few, many = searched(books, words), searched(books, words, few=0)
        found = [set(all_of(books).filter(one).values_list("pk", flat=True)) for one in (few, many)]
        assert found[0] == found[1]
        assert (few != many) is bool(found[0]) or words == "zebra"
    assert [row.name for row in customers_of(books, search="elm.example")] == [f"Elm {number}" for number in range(4)]


PAGES = [
    "/",
    "/accounts/",
    "/buildings/",
    "/buildings/?page=2",
    "/buildings/import/",
    "/buildings/import/?page=2",
    "/buildings/import/?kind=job",
    "/buildings/import/?status=imported",
    "/buildings/import/?status=linked",
    "/buildings/import/?status=deleted",
    "/buildings/import/?lacks=no_email",
    "/buildings/import/?status=all&active=all",
    "/buildings/import/?sort=-name",
    "/buildings/import/?search=company+7",
    "/accounts/import/",
    "{link}",
    "{link}?search=company+7",
    "/quickbooks/changed/",
    "/quickbooks/link-health/",
]


@pytest.fixture
def large(world):
    """Some sixty customers with buildings; a planner that knows no numbers plans for them as for 100,000."""
    books = make_connection(world.organization)
    grown(world, books)
    return books


def grown(world, books) -> None:
    made = make_customers(books, count=20, jobs_each=2)
    import_customers(books, target="buildings", list_ids=[row.list_id for row in made[:40:2]], by=world.alice)
    moved = Customer.objects.filter(pk__in=[row.pk for row in made[:40:4]])
    moved.update(content_hash="other", company_name=F("list_id"))
    moved.filter(parent_list_id="").update(is_active=False)
    mark_list_whole(books)
    while not catch_up(books):
        pass


@pytest.fixture
def pages(world, large):
    link = reverse("quickbooks:link-customer", args=["slug", "buildings", make_building(world.organization).id])
    start = f"/o/{world.organization.slug}"
    return [start + page.format(link=link.removeprefix("/o/slug")) for page in PAGES]


def test_long_lists_are_answered_by_indexes(world, pages):
    """No page passes over a table that grows with the list; a search passes over its own list, by its index."""
    bob = client_of(world.bob)
    for page in pages:
        with CaptureQueriesContext(database) as captured:
            assert bob.get(page).status_code == 200
        for query in captured.captured_queries:
            if query["sql"].startswith("SELECT") and any(table in query["sql"] for table in LONG):
                assert not passes(query["sql"]), (page, query["sql"], passes(query["sql"]))


def test_a_search_walks_nothing_but_what_it_looks_at(large):
    """On SQLite; migrations that make the table anew have to make this index again: the model does not name it."""
    if database.vendor != "sqlite":
        return
    looked_for = all_of(large).filter(holds_all_words("elm 7"))
    for rows in (looked_for.values("list_id"), looked_for.filter(gone_at=None).order_by().values("traits")):
        assert "COVERING INDEX customer_search" in rows.explain()


def test_what_a_search_names_is_looked_up_and_what_is_linked_is_counted_beside_the_rows(large):
    """On both databases. Which of several indexes PostgreSQL takes for so few rows is chance: it is left only one."""
    named = importable(large, target="buildings", status="available", found=searched(large, "company 7"))
    steps = plan_of(named.values_list("list_id", flat=True))
    assert not [step for step in steps if "customer_path" in step], steps
    linked = Link.objects.filter(connection=large, ended_at=None, building__isnull=False).values("list_id")
    leave_only("live_link")
    [step] = [step for step in plan_of(linked) if "linking_link" in step]
    index = "Index Only Scan using live_link" if database.vendor == "postgresql" else "COVERING INDEX live_link"
    assert index in step


def plan_of(rows) -> list[str]:
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    return rows.explain().splitlines()


def leave_only(index: str) -> None:
    """Until the test's transaction ends. As after a VACUUM, besides: until then no index is enough there."""
    if database.vendor != "postgresql":
        return
    with database.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'linking_link'")
        for (name,) in cursor.fetchall():
            if name != index and not name.endswith("_pkey"):
                cursor.execute(f"DROP INDEX {name}")
        cursor.execute("ANALYZE linking_link")
        cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'linking_link'")


def passes(sql: str) -> list[str]:
    """The steps of its plan that read a long table without an index."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # rather than an index, where there is any
            cursor.execute(f"EXPLAIN {sql}")
            steps = [step for (step,) in cursor.fetchall()]
            return [step for step in steps if re.search(rf"Seq Scan on ({'|'.join(LONG)})", step)]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [step for *_, step in cursor.fetchall()]
    return [step for step in steps if re.fullmatch(rf"SCAN ({'|'.join(LONG)}|U\d+|V\d+)", step)]


def test_longer_lists_need_no_more_queries(world, large, pages):
    bob = client_of(world.bob)

    def counts() -> dict[str, tuple[int, int]]:
        """Of each page as it is first asked for, when counts are made anew, and again."""
        return {page: (query_count(bob, page), query_count(bob, page)) for page in pages}

    counts()  # what a process makes once
    counting.remembered.forget()
    searches.forget()
    before = counts()
    grown(world, large)
    assert counts() == before
    assert max(first for first, _ in before.values()) <= 40, before
    assert max(again for page, (_, again) in before.items() if "/import/" in page) <= 17, before


def test_what_is_remembered_of_a_list_follows_every_link_and_every_refresh(world, books):
    """The same list counted again and again, beside the rows themselves."""
    elm = Customer.objects.get(connection=books, name="Elm 3")
    building, account = make_building(world.organization), make_account(world.organization)
    acts = [
        lambda: link_customer(building, connection=books, list_id=elm.list_id, by=world.alice),
        lambda: link_customer(account, connection=books, list_id=elm.list_id, by=world.alice),
        lambda: unlink(building, by=world.alice),
        lambda: unlink(account, by=world.alice),
        lambda: import_customers(books, target="buildings", list_ids=[elm.list_id], by=world.alice),
        lambda: undo_import(ImportBatch.objects.latest("created_at"), by=world.alice),
        lambda: (make_customer(books, name="New"), mark_list_whole(books)),
    ]
    shown = []
    for act in [lambda: None, *acts]:
        act()
        for target, status, search in itertools.product(["accounts", "buildings"], [None, *STATUSES], ["", "e"]):
            filters = {"status": status, "kind": None, "active": None, "lacks": None}
            number = importable(books, target=target, found=holds_all_words(search), **filters).count()
            for few in (FEW, FEW, 1, 1):
                found = searched(books, search, few=few)
                counts, _ = counted(books, target=target, filters={"search": search, **filters}, found=found)
                assert counts.total == number, (target, search, few, filters)
            shown.append(counts)
    assert len(set(shown)) > len(acts)
