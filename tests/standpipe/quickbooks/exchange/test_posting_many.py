"""Many invoices in one visit. `make bench BENCH="--only posting"` does it with 1,000."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from standpipe.quickbooks.exchange.post import SET_SIZE
from standpipe.quickbooks.posting.models import Document
from support.posting_lives import World, make_world

INVOICES = SET_SIZE + 20
TRIPS = 7  # two sets, each checked before, the last answer forgotten, a farewell, one to spare
GONE = "Alarm Monitoring"  # deleted in QuickBooks since its list was read


FEW, MANY = 3, 30
WRITES = 8  # for each invoice with its payment: claimed, written, told of, the payment's row, what is open


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path) as world:
        world.office.is_quick = True
        yield world


def test_many_go_in_few_round_trips_and_one_refusal_costs_that_one_only(world: World) -> None:
    """1,000 invoices need at most 40 round trips."""
    office, company = world.office, world.company
    for number in range(1, INVOICES + 1):
        office.write_plain(item=GONE if number == SET_SIZE // 2 else "Repair", rate=Decimal(number))
    item = company.lists.find("ItemService", GONE)
    assert item is not None
    company.lists.delete(item.list_id)
    outcome = world.connector.visit()
    assert outcome.outcome == "done"
    assert len(outcome.requests) <= TRIPS
    assert (1000 / SET_SIZE) * 2 + TRIPS <= 40
    (refused,) = Document.objects.filter(state=Document.State.NEEDS_YOU)
    assert refused.problem["code"] == "3140"
    there = sorted(invoice.total_cents for invoice in company.invoices.all())
    assert there == [100 * number for number in range(1, INVOICES + 1) if number != SET_SIZE // 2]


def test_a_visit_asks_no_oftener_for_many_than_for_few(world: World) -> None:
    """Invoices with a payment each; only what is written down of each document is as often as there are documents."""
    visits = {count: _visit(world, count) for count in (FEW, FEW, FEW, MANY)}  # once an hour more is looked at
    few, many = visits[FEW], visits[MANY]
    assert _reads(many) == _reads(few)
    assert len(many) - len(few) <= (MANY - FEW) * WRITES
    assert world.company.invoices.count() == len(list(world.company.payments.all())) == 3 * FEW + MANY


def _visit(world: World, count: int) -> list[str]:
    """The statements of one in which so many invoices go, and their payments after them."""
    for number in range(1, count + 1):
        wish = world.office.write_plain(item="Repair", rate=Decimal(number))
        world.office.pay(Random(1), wish)  # by one method: of each it is asked once what it is called there
    with CaptureQueriesContext(connection) as queries:
        assert world.connector.visit().outcome == "done"
    return [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def _reads(statements: list[str]) -> int:
    return sum(statement.startswith("SELECT") for statement in statements)
