"""Many invoices in one visit. `make bench BENCH="--only posting"` does it with 1,000."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from standpipe.quickbooks.exchange.post import SET_SIZE
from standpipe.quickbooks.posting.models import Document
from support.posting_lives import World, make_world

INVOICES = SET_SIZE + 20
TRIPS = 7  # two sets, each checked before, the last answer forgotten, a farewell, one to spare
GONE = "Alarm Monitoring"  # deleted in QuickBooks since its list was read


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
