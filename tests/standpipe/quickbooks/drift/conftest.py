"""A QuickBooks computer, a connection to it, and an organization that has imported from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qbsim.company import Company
from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.quickbooks.connections.actions import confirm_company
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.drift.looking import Looked, look
from standpipe.quickbooks.drift.models import Standing
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.lists.actions import request_refresh
from support.quickbooks_worlds import connect, make_connection
from support.worlds import World, make_world


class Clock:
    """The QuickBooks computer's. Every reading is a second later."""

    def __init__(self) -> None:
        self.seconds = 1_772_000_000.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


@dataclass
class Books:
    """What is in QuickBooks, and the connection that reads it."""

    company: Company
    connection: Connection
    world: World

    def refresh(self, *, full: bool = False) -> None:
        """By a visit of the Web Connector, as people do it."""
        task = request_refresh(self.connection, by=None, full=full)
        outcome = connect(self.connection, self.company).update()
        task.refresh_from_db()
        assert (outcome.outcome, task.state) == ("done", "done"), outcome
        self.connection.refresh_from_db()
        if self.connection.confirmed_at is None:
            confirm_company(self.connection, by=self.world.alice)

    def imported(self, *list_ids: str, target: str = "buildings") -> list[Any]:
        """These customers as records here, in their order."""
        import_customers(
            self.connection, target=target, list_ids=list_ids, by=self.world.alice, include_look_alikes=True
        )
        made = {link.list_id: link.account or link.building for link in self.links(target)}
        return [made[list_id] for list_id in list_ids]

    def links(self, target: str = "buildings") -> list[Link]:
        noun = target.removesuffix("s")
        live = Link.objects.filter(ended_at=None, **{f"{noun}__isnull": False})
        return list(live.select_related("account__organization", "building__organization", "connection"))

    def link_of(self, record: Account | Building) -> Link:
        link = live_link(record)
        assert link is not None
        return link

    def looked(self, record: Account | Building) -> Looked:
        """The live link of ``record``, compared anew."""
        link = Link.objects.select_related("account", "building").get(pk=self.link_of(record).pk)
        [found] = look(self.connection, [link])
        return found

    def standing(self, record: Account | Building) -> Standing | None:
        return Standing.objects.filter(link=self.link_of(record)).first()


@pytest.fixture
def books(tmp_path: Path, db: None) -> Iterator[Books]:
    """An empty company file; a connection that knows it."""
    world = make_world()
    with Company.create(tmp_path / "company.qbsim", customers=0, clock=Clock()) as company:
        yield Books(company, make_connection(world.organization, confirmed=False), world)
