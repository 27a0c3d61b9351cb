"""Queries whose SQL is made once answer as those do that Django makes each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Exists, OuterRef, UUIDField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from standpipe.core.prepared import Prepared, PreparedUpdate, Slot, Slots, save
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection, Task
from support.quickbooks_worlds import make_connection
from support.worlds import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> list[Connection]:
    return [make_connection(make_organization()) for _ in range(2)]


def test_rows_are_what_the_queryset_finds(two: list[Connection]) -> None:
    """All columns, those of joined tables, annotations; each time with the values of that time."""

    def build(organization: Any) -> Any:
        tasks = Task.objects.filter(connection=OuterRef("pk"))
        known = Connection.objects.filter(organization=organization).select_related("organization")
        return known.annotate(has_task=Exists(tasks)).order_by("created_at")

    Task.objects.create(connection=two[1], kind="one")
    prepared = Prepared(lambda: build(Slot("organization")))
    for each in [*two, *two]:
        [found], [expected] = prepared.all(organization=each.organization_id), build(each.organization_id)
        assert plain(found) == plain(expected)
        assert plain(found.organization) == plain(expected.organization)
        assert found.has_task == (each == two[1])


def plain(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_values_get_in_as_the_database_keeps_them(two: list[Connection]) -> None:
    """Identifiers, times and texts that look like SQL."""
    now = timezone.now()
    Connection.objects.filter(pk=two[0].pk).update(last_contact_at=now, name="50 % of 'it'")
    prepared = Prepared(
        lambda: Connection.objects.filter(
            pk=Slot("pk"), last_contact_at__lte=Slot("now"), name=Slot("name")
        ).values_list("pk", flat=True)
    )
    values: dict[str, object] = {"pk": two[0].pk, "now": now, "name": "50 % of 'it'"}
    assert prepared.all(**values) == [two[0].pk]
    assert prepared.first(**values) == two[0].pk
    for other in ({"pk": two[1].pk}, {"now": now - timedelta(microseconds=1)}, {"name": "it"}):
        assert prepared.first(**values | other) is None


@pytest.mark.parametrize("count", [0, 1, 2])
def test_any_number_of_values_after_in(two: list[Connection], count: int) -> None:
    ids = Prepared(lambda: Connection.objects.filter(pk__in=Slots("ids", UUIDField())))
    assert set(ids.all(ids=[each.pk for each in two[:count]])) == set(two[:count])
    of = Prepared(lambda: Connection.objects.filter(organization__in=Slots("ids", UUIDField())))
    assert set(of.all(ids={each.organization_id for each in two[:count]})) == set(two[:count])
    names = Prepared(lambda: Connection.objects.filter(username__in=Slots("names", CharField(max_length=60))))
    assert set(names.all(names=[*(each.username for each in two[:count]), "nobody's"])) == set(two[:count])


def test_columns_that_are_left_out_come_when_they_are_asked_for(two: list[Connection]) -> None:
    prepared = Prepared(lambda: Connection.objects.only("name").filter(pk=Slot("pk")))
    found = prepared.first(pk=two[0].pk)
    assert found is not None
    with CaptureQueriesContext(connection) as queries:
        assert found.name == two[0].name
        assert not queries
        assert found.username == two[0].username
        assert len(queries) == 1


def test_an_update_counts_its_rows(two: list[Connection]) -> None:
    now = timezone.now()
    prepared = PreparedUpdate(
        lambda: (
            Connection.objects.filter(pk=Slot("pk"), poll_minutes=Slot("known")),
            {"poll_minutes": Slot("new"), "last_contact_at": Slot("now")},
        )
    )
    assert prepared(pk=two[0].pk, known=5, new=7, now=now) == 1
    assert prepared(pk=two[0].pk, known=5, new=8, now=now) == 0
    two[0].refresh_from_db()
    assert (two[0].poll_minutes, two[0].last_contact_at) == (7, now)
    two[1].refresh_from_db()
    assert two[1].poll_minutes == 5


def test_an_update_that_fails_ends_its_transaction_as_others_do(two: list[Connection]) -> None:
    rename = PreparedUpdate(lambda: (Connection.objects.filter(pk=Slot("pk")), {"username": Slot("name")}))
    with pytest.raises(IntegrityError), transaction.atomic():
        rename(pk=two[0].pk, name=two[1].username)
    assert Connection.objects.filter(pk=two[0].pk, username=two[0].username).exists()


def test_a_row_is_saved_as_its_own_save_does(two: list[Connection]) -> None:
    """Values that a database keeps otherwise, and nothing."""
    columns = ["settings", "refused_file", "file_id", "last_contact_at", "poll_minutes", "confirmed_by", "name"]
    for settings, refused, at in (({"a": ["ß", None]}, {"reason": "moved"}, timezone.now()), ({}, None, None)):
        row = two[0]
        row.settings, row.refused_file, row.last_contact_at = settings, refused, at
        row.file_id, row.poll_minutes, row.name = uuid4(), row.poll_minutes + 1, "50 %s"
        row.username = "not of those that are saved"
        save(row, columns)
        read = Connection.objects.get(pk=row.pk)
        assert [getattr(read, name) for name in columns] == [getattr(row, name) for name in columns]
        assert read.username != row.username
    before = plain(Connection.objects.get(pk=two[1].pk))
    two[1].save(update_fields=columns)
    assert plain(Connection.objects.get(pk=two[1].pk)) == before


@pytest.mark.parametrize("ask", [Prepared.all, Prepared.first])
def test_a_value_without_a_name_is_an_error(ask: Callable[..., Any]) -> None:
    with pytest.raises(KeyError):
        ask(Prepared(lambda: Organization.objects.filter(slug=Slot("slug"))), slog="x")


def test_each_is_kept_apart() -> None:
    """The same words, asked of two tables."""
    [organization, connection] = [
        Prepared(lambda model=model: model.objects.filter(pk=Slot("pk"))) for model in (Organization, Connection)
    ]
    made = make_organization()
    assert organization.first(pk=made.pk) == made
    assert connection.first(pk=made.pk) is None
