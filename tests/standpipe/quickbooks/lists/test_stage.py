"""What becomes of the stage when a refresh has read the whole list."""

import pytest
from django.db import connection as database

from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.lists import stage
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.reading import kept, seed_of, with_derived
from support.quickbooks_worlds import make_connection
from support.worlds import make_organization

pytestmark = pytest.mark.django_db
SEED = seed_of(("ListID",))
NO_MARK = stage.Mark(time_modified="", pass_seconds=0, origin={})


@pytest.fixture
def task() -> Task:
    connection = make_connection(make_organization())
    return Task.objects.create(connection=connection, kind="refresh_customers", state=Task.State.RUNNING)


def staged(task: Task, count: int) -> None:
    texts = (
        {"ListID": f"8000{number:04}-1", "Name": f"Elm {number}", "TimeModified": "2026-01-02T03:04:05-05:00"}
        for number in range(count)
    )
    stage.stage_rows(task, [with_derived(kept(one, seed=SEED)) for one in texts])


def applied(task: Task) -> stage.Applied:
    return stage.apply(task, is_full=True, keep_unseen=False, mark=NO_MARK, broken=())


def test_a_first_list_is_new_as_a_whole_and_then_what_is_there_is_changed(task):
    staged(task, 3)
    assert applied(task) == stage.Applied(new=3, changed=0, gone=0, count=3)
    staged(task, 2)
    assert applied(task) == stage.Applied(new=0, changed=2, gone=1, count=2)


def test_only_the_own_stage_is_emptied(task):
    other = Task.objects.create(
        connection=make_connection(make_organization("Birch Fire")),
        kind="refresh_customers",
        state=Task.State.RUNNING,
    )
    staged(task, 2)
    staged(other, 1)
    stage.clear(task)
    assert list(stage.StagedCustomer.objects.values_list("task", flat=True)) == [other.pk]
    stage.clear(other)
    assert not stage.StagedCustomer.objects.exists()


def test_the_database_knows_at_once_how_long_a_long_list_is(task, monkeypatch):
    monkeypatch.setattr(stage, "MANY", 50)
    staged(task, 60)
    applied(task)
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'lists_customer'")
            assert cursor.fetchone() == (60.0,)
    assert Customer.objects.count() == 60
