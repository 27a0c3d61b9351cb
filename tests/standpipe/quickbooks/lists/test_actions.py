"""Asking for a refresh and taking it back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.lists.actions import cancel_refresh, request_refresh
from standpipe.quickbooks.lists.models import SeenCustomer, StagedCustomer
from standpipe.quickbooks.lists.stage import stage_sightings
from support.quickbooks_worlds import make_connection
from support.worlds import make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    return make_connection(make_organization())


def test_a_second_press_finds_the_refresh_that_waits(connection):
    """Requirement 15."""
    alice = make_member(connection.organization)
    task = request_refresh(connection, by=alice)
    assert (task.kind, task.state, task.full, task.asked_by) == ("refresh_customers", "waiting", False, alice)
    assert request_refresh(connection, by=None) == task
    assert Task.objects.count() == 1
    (told,) = Activity.objects.filter(verb="customer_list.refresh_requested")
    assert (told.actor_id, told.subject_id) == (alice.id, str(connection.id))


def test_a_running_refresh_is_found_too(connection):
    task = request_refresh(connection, by=None)
    Task.objects.update(state="running")
    assert request_refresh(connection, by=None, full=True) == task
    assert not Task.objects.get().full  # too late: it reads already


def test_one_that_still_waits_becomes_full(connection):
    request_refresh(connection, by=None)
    assert request_refresh(connection, by=None, full=True).full
    assert request_refresh(connection, by=None).full
    assert Task.objects.get().full


def test_after_the_end_a_new_one_begins(connection):
    first = request_refresh(connection, by=None)
    Task.objects.update(state="done")
    assert request_refresh(connection, by=None) != first


def test_each_connection_has_its_own(connection):
    other = make_connection(connection.organization)
    assert request_refresh(connection, by=None) != request_refresh(other, by=None)


def test_an_archived_connection_is_not_refreshed(connection):
    connection.archived_at = timezone.now()
    connection.save()
    with pytest.raises(UserError) as refused:
        request_refresh(connection, by=None)
    assert refused.value.code == "connection_archived"


def test_cancelling_forgets_what_was_staged_and_is_safe_to_repeat(connection):
    task = request_refresh(connection, by=None)
    Task.objects.update(state="running")
    stage_sightings(task, ["80000001-1"])
    cancel_refresh(task, by=None)
    cancel_refresh(task, by=None)
    assert (task.state, bool(task.finished_at)) == ("cancelled", True)
    assert not StagedCustomer.objects.exists()
    assert not SeenCustomer.objects.exists()
    assert Activity.objects.filter(verb="customer_list.refresh_cancelled").count() == 1


def test_what_is_over_stays_as_it_was(connection):
    task = request_refresh(connection, by=None)
    Task.objects.update(state="done")
    cancel_refresh(task, by=None)
    assert Task.objects.get().state == "done"
