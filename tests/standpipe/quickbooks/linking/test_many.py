"""The dropdown over more customers than anybody scrolls through."""

from __future__ import annotations

from time import process_time

import pytest
from django.urls import reverse

from standpipe.core.addresses import Address
from support.pages import client_of, elements, query_count
from support.quickbooks_worlds import make_connection, make_customer, make_customers
from support.worlds import make_building, make_world

pytestmark = pytest.mark.django_db


def test_search_answers_over_more_than_ten_thousand_entries() -> None:
    """Requirement 36: found by name, address, e-mail or path, in a page that costs what a short list costs."""
    world = make_world()
    books = make_connection(world.organization)
    make_customers(books, count=2_500, jobs_each=3)
    elm = make_customer(books, name="Elm", company_name="Company 7", bill=Address(lines=("1 Far End",)))
    make_customer(books, name="Gym", parent=elm, company_name="Company 7", email="jane@elm.example")
    assert books.customers.count() > 10_000
    alice, building = client_of(world.alice), make_building(world.organization, name="Nothing alike")
    url = reverse("quickbooks:link-customer", args=[world.organization.slug, "buildings", building.id])
    alice.get(url)
    for search, paths in (
        ("far end", ["Customer · Elm"]),
        ("jane@elm", ["Job · Elm:Gym"]),
        ("company 7 elm", ["Customer · Elm", "Job · Elm:Gym"]),
    ):
        began = process_time()
        found = alice.get(url, {"search": search})
        assert process_time() - began < 2  # seconds; a scan takes some hundredths
        assert [one.text_content() for one in elements(found, "//*[@class='option-path']")] == paths
    assert len(elements(alice.get(url, {"search": "company"}), "//button[@name='list_id']")) == 20
    assert query_count(alice, f"{url}?search=company") < 22
