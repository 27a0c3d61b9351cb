"""Two calls in the same moment: every one is answered, and what follows happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.exchange.models import Exchange, Session
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import PASSWORD, make_connection
from support.soap import Visit, answer, call, customer_ret
from support.worlds import make_organization

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = answer(1, *(customer_ret(f"8000{number:04}-1", f"Customer {number}") for number in range(200)))


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What they return, each in a thread of its own, begun together."""
    together = Barrier(len(calls))

    def run(one: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def connection():
    connection = make_connection(make_organization())
    request_refresh(connection, by=None)
    return connection


def test_of_two_logins_one_gets_the_session(connection):
    def login() -> Any:
        return call("authenticate", connection.username, PASSWORD)

    answers = at_once(login, login, login, login)
    verdicts = sorted(login[1] for login in answers)
    assert verdicts == ["", "busy", "busy", "busy"]
    assert Session.objects.count() == 1


def test_the_same_answer_twice_at_once_is_stored_once(connection):
    visit = Visit(connection)
    visit.ask()
    assert set(at_once(*[lambda: visit.give(PAGE)] * 4)) == {100}
    assert Customer.objects.count() == 200
    assert Task.objects.get().state == "done"
    assert Exchange.objects.get().percentage == 100


def test_the_same_question_twice_at_once_gets_the_same_request(connection):
    visit = Visit(connection)
    from support.soap import hcp

    first = hcp(connection)
    assert len(set(at_once(*[lambda: visit.ask(said=first)] * 4))) == 1
    assert Exchange.objects.count() == 1


def test_many_connections_at_once_do_not_disturb_each_other():
    """On SQLite writes wait for one another; nobody meets a lock failure."""
    many = [make_connection(make_organization(f"Organization {number}")) for number in range(4)]
    for one in many:
        request_refresh(one, by=None)

    def session(connection: Any) -> Callable[[], int]:
        def run() -> int:
            visit = Visit(connection)
            visit.ask()
            return visit.give(PAGE)

        return run

    assert at_once(*map(session, many)) == [100] * 4
    assert [one.customers.count() for one in many] == [200] * 4
    assert not Session.objects.exclude(closed_because="finished").exists()
