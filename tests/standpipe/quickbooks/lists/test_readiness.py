"""The readiness report: what is missing or doubtful, as a page and as a file for a spreadsheet."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from standpipe.core.addresses import Address
from standpipe.quickbooks.lists.models import Customer, CustomerList
from standpipe.quickbooks.lists.queries import readiness_of
from standpipe.quickbooks.lists.readiness import CHECKS, safe_cell
from support.pages import client_of, elements, query_count, text_of
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db
ELM = Address(lines=("12 Elm St",), city="Boise", postal_code="83702")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def books(world: World) -> Any:
    return make_connection(world.organization)


def whole(books: Any, name: str = "Elm", **said: Any) -> Customer:
    """A customer about whom there is nothing to say, but for what is told."""
    known = {"company_name": name, "bill": ELM, "phone": "208-555-0101", "email": f"{name.lower()}@x.example"}
    return make_customer(books, name=name, **(known | said))


def findings(books: Any, customer: Customer) -> tuple[str, ...]:
    mark_list_whole(books)
    return readiness_of(books).found.get(customer.list_id, ())


OWN = {
    "no_company_name": {"company_name": " "},
    "no_billing_address": {"bill": Address()},
    "no_street": {"bill": Address(lines=("Elm House",), city="Boise")},
    "line_like_name": {"bill": Address(lines=("Elm", "12 Elm St"))},
    "no_email": {"email": ""},
    "several_emails": {"email": "a@x.example; b@x.example"},
    "odd_email": {"email": "ask Jane"},
    "no_phone": {"phone": ""},
}


@pytest.mark.parametrize("code", OWN)
def test_each_lack_and_doubt_is_found_alone(books, code: str) -> None:
    """Requirements 9, 10 and 45: the article advises to put profiles in order first."""
    assert findings(books, whole(books, **OWN[code])) == (code,)


def test_a_customer_in_order_is_not_named(books) -> None:
    assert findings(books, whole(books)) == ()


def test_what_several_customers_share_is_found_at_each_and_not_at_their_jobs(books) -> None:
    one, other = whole(books, "Elm"), whole(books, "ELM.", email="other@x.example")
    whole(books, "Oak", bill=Address(lines=("1 Oak St",)), phone="208-555-0199")
    ship = Address(lines=("14 Elm St",))
    job = make_customer(
        books,
        name="Gym",
        parent=one,
        company_name="Elm",
        bill=ELM,
        ship=ship,
        phone="208-555-0101",
        email="g@x.example",
    )
    mark_list_whole(books)
    report = readiness_of(books)
    assert report.found == {key.list_id: ("same_name", "same_phone", "same_address") for key in (one, other)}
    assert job.list_id not in report.found
    assert report.counts == {"same_name": 2, "same_phone": 2, "same_address": 2}


def test_jobs_are_looked_at_with_their_customer(books) -> None:
    school = whole(books, is_active=False)
    job = make_customer(
        books, name="Gym", parent=school, company_name="Elm", bill=ELM, phone="208-555-0101", email="g@x.example",
        job_status="Closed",
    )  # fmt: skip
    assert findings(books, job) == ("job_without_address", "active_below_inactive", "over_but_active")
    assert school.list_id not in readiness_of(books).found  # inactive: not on the way here


def test_every_check_can_be_found() -> None:
    told = {*OWN, "same_name", "same_phone", "same_address", "job_without_address", "active_below_inactive"}
    assert {check.code for check in CHECKS} == told | {"over_but_active"}


def page_of(world: World, books: Any, name: str = "readiness", **query: str) -> Any:
    there = reverse(f"quickbooks:{name}", args=[world.organization.slug, books.id])
    return client_of(world.vera).get(there, query)


def test_the_page_counts_narrows_and_leads_from_the_import(world, books) -> None:
    whole(books, "Elm", phone="")
    whole(books, "Oak", email="", bill=Address(lines=("1 Oak St",)), phone="208-555-0102")
    whole(books, "Ash", bill=Address(lines=("1 Ash St",)), phone="208-555-0103")
    mark_list_whole(books)
    page = page_of(world, books)
    assert "2 of 3 active customers and jobs have something to look at; 1 is in order." in text_of(page)
    checks = [" ".join(one.text_content().split()) for one in elements(page, '//ul[@class="readiness"]//a')]
    assert checks == ["1No e-mail", "1No phone"]
    only = page_of(world, books, check="no_email")
    assert [row.xpath("string(th/bdi)") for row in elements(only, "//tbody/tr")] == ["Oak"]
    imports = client_of(world.bob).get(reverse("quickbooks:import", args=[world.organization.slug, "accounts"]))
    assert elements(imports, f'//a[contains(@href,"{books.id}/readiness")]')


def test_the_step_at_home_leads_to_it(world, books) -> None:
    whole(books)
    mark_list_whole(books)
    home = client_of(world.bob).get(reverse("organization-home", args=[world.organization.slug]))
    (link,) = elements(home, f'//a[contains(@href,"{books.id}/readiness")]')
    assert link.text_content() == "See what to put in order in QuickBooks first."


def test_before_the_list_came_the_page_says_so(world, books) -> None:
    assert "The list has not arrived yet" in text_of(page_of(world, books))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_no_cell_of_the_file_is_a_formula(sign: str) -> None:
    assert safe_cell(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"
    assert safe_cell("Elm = School") == "Elm = School"


def test_the_file_has_a_line_for_each_customer_with_a_mark_for_each_finding(world, books) -> None:
    whole(books, '=cmd|"/c calc"!A1', phone="+1 208 555 0101", email="")
    whole(books, "مدرسة 🏫", phone="", email="a@x.example", bill=Address(lines=("1 Oak St",)))
    mark_list_whole(books)
    answer = page_of(world, books, "readiness-csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Customer or job"], row["To look at"], row["No e-mail"], row["No phone"]) for row in rows] == [
        ('\'=cmd|"/c calc"!A1', "1", "x", ""),
        ("مدرسة 🏫", "1", "", "x"),
    ]
    assert rows[0]["Phone"] == "'+1 208 555 0101"


def test_the_report_is_remembered_until_a_refresh_brings_something(world, books) -> None:
    whole(books, phone="")
    known = mark_list_whole(books)
    report = readiness_of(books)
    CustomerList.objects.filter(pk=known.pk).update(refreshed_at=known.refreshed_at + timedelta(minutes=5))
    assert readiness_of(books) is report
    whole(books, "Oak", email="")
    mark_list_whole(books)
    assert readiness_of(books).counts != report.counts


def test_the_page_costs_the_same_queries_whatever_the_list(world, books) -> None:
    make_customers(books, count=5)
    url = reverse("quickbooks:readiness", args=[world.organization.slug, books.id])
    bob = client_of(world.bob)
    few = query_count(bob, url)
    make_customers(books, count=120, jobs_each=1)
    assert query_count(bob, url) == few
