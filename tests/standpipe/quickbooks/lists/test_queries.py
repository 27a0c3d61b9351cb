"""Reading the copied list."""

from __future__ import annotations

import pytest
from django.utils import timezone

from standpipe.core.addresses import Address
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import customer, customers_of, list_state
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    return make_connection(make_organization())


def names(customers):
    return [one.full_name for one in customers]


def test_jobs_stand_right_after_their_customer(connection):
    elm = make_customer(connection, name="Elm")
    make_customer(connection, name="Elm School")
    gym = make_customer(connection, name="Gym", parent=elm)
    make_customer(connection, name="Stage", parent=gym)
    make_customer(connection, name="arbor")
    assert names(customers_of(connection)) == ["arbor", "Elm", "Elm:Gym", "Elm:Gym:Stage", "Elm School"]
    assert names(customers_of(connection, sort="-path"))[0] == "Elm School"
    assert names(customers_of(connection, sort="nonsense")) == names(customers_of(connection))


def test_active_ones_are_shown_unless_asked_otherwise(connection):
    """Requirement 49."""
    make_customer(connection, name="Here")
    make_customer(connection, name="Asleep", is_active=False)
    make_customer(connection, name="Gone", gone=True)
    assert names(customers_of(connection)) == ["Here"]
    assert names(customers_of(connection, active=False)) == ["Asleep"]
    assert names(customers_of(connection, active=None)) == ["Asleep", "Here"]
    assert names(customers_of(connection, gone=True)) == ["Gone"]
    assert names(customers_of(connection, active=None, gone=None)) == ["Asleep", "Gone", "Here"]


def test_customers_and_jobs_are_told_apart(connection):
    elm = make_customer(connection, name="Elm")
    make_customer(connection, name="Gym", parent=elm)
    assert names(customers_of(connection, kind="customer")) == ["Elm"]
    assert names(customers_of(connection, kind="job")) == ["Elm:Gym"]


@pytest.mark.parametrize(
    "search",
    ["elm", "ELM SCHOOL", "school elm", "acme", "12 main", "boise", "83702", "office@example.com", "208-555-0100",
     "2085550100", "A-17", "café", "cafe", "st. john's", "st johns"],
)  # fmt: skip
def test_every_word_is_looked_for_everywhere(connection, search):
    make_customer(
        connection,
        name="Elm School",
        company_name="ACME Café, St. John's",
        bill=Address(lines=("12 Main St",), city="Boise", state="ID", postal_code="83702"),
        email="office@example.com",
        phone="(208) 555-0100",
        account_number="A-17",
    )
    make_customer(connection, name="Other")
    assert names(customers_of(connection, search=search)) == ["Elm School"]


def test_a_word_that_is_nowhere_finds_nothing(connection):
    make_customer(connection, name="Elm School")
    assert names(customers_of(connection, search="elm 100%")) == []


def test_another_connection_is_another_world(connection):
    other = make_connection(make_organization("Birch Alarm"))
    mine = make_customer(connection, name="Mine", list_id="80000001-1")
    theirs = make_customer(other, name="Theirs", list_id="80000001-1")
    assert customer(connection, "80000001-1") == mine
    assert customer(other, "80000001-1") == theirs
    with pytest.raises(Customer.DoesNotExist):
        customer(connection, "80000002-1")


def test_the_states_of_a_list(connection):
    """Requirement 16: never, arriving, whole; the old list stays while a new one arrives."""
    assert list_state(connection).kind == "never"
    task = request_refresh(connection, by=None)
    assert list_state(connection).kind == "never"
    assert list_state(connection).open_task == task
    Task.objects.update(state="running")
    assert list_state(connection).kind == "arriving"
    make_customers(connection, count=3)
    state = list_state(connection)
    assert (state.kind, state.count, state.open_task) == ("whole", 3, task)
    assert state.refreshed_at


def test_a_failed_refresh_is_told_until_one_finishes(connection):
    mark_list_whole(connection)
    failed = request_refresh(connection, by=None)
    Task.objects.update(state="failed", finished_at=timezone.now(), error={"code": "1030", "text": "No."})
    assert list_state(connection).last_failed_task == failed
    request_refresh(connection, by=None)
    assert list_state(connection).last_failed_task == failed
    Task.objects.exclude(pk=failed.pk).update(state="done", finished_at=timezone.now())
    assert list_state(connection).last_failed_task is None


def test_broken_records_are_told(connection):
    broken = [{"list_id": "80000001-1", "name": "Elm", "reason": "It has no name."}]
    mark_list_whole(connection, broken=broken)
    assert list_state(connection).broken == broken


def test_the_state_costs_three_queries(connection, django_assert_num_queries):
    make_customers(connection, count=5)
    request_refresh(connection, by=None)
    with django_assert_num_queries(3):
        list_state(connection)
