"""Many Web Connectors at once: a session that posts for one connection never carries another's document."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection as database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.crashing import Connector, Wire
from support.posting_lives import World, make_world, pass_time
from support.posting_office import differences, press

TENANTS = 3
VISITS = 4  # of each: send, number check, what a life leaves open, nothing more to do
WAIT_SECONDS = 60


@dataclass
class Turns:
    """Whose call comes next. Who is not there any more is passed over; after the last turn nobody waits."""

    order: list[int]
    present: set[int]
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, who: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self._next() in (None, who), timeout=WAIT_SECONDS)
            if self.order:
                self.order.pop(0)
            self.changed.notify_all()

    def leave(self, who: int) -> None:
        with self.changed:
            self.present.discard(who)
            self.changed.notify_all()

    def _next(self) -> int | None:
        while self.order and self.order[0] not in self.present:
            self.order.pop(0)
        return self.order[0] if self.order else None


class InTurn(Connector):
    """Waits for its turn before every call, once there are turns."""

    turns: Turns | None = None
    who: int = 0

    def _service(self) -> Any:
        wire: Wire = super()._service()
        ask = wire.call

        def call(name: str, *arguments: Any, **how: Any) -> Any:
            if self.turns is not None:
                self.turns.wait_for(self.who)
            return ask(name, *arguments, **how)

        wire.call = call  # type: ignore[method-assign]
        return wire


@pytest.fixture
def worlds(transactional_db: None, tmp_path: Path) -> Iterator[list[World]]:
    """Their company files bear the same ListIDs: nothing but the connection tells their documents apart."""
    with ExitStack() as stack:
        made = []
        for number in range(TENANTS):
            folder = tmp_path / str(number)
            folder.mkdir()
            world = stack.enter_context(make_world(folder, connector=InTurn))
            world.office.prefix = "ABC"[number]
            made.append(world)
        yield made


def together(worlds: Sequence[World], order: list[int]) -> None:
    """All visit at once, each until nothing is due."""
    turns = Turns(order, set(range(len(worlds))))
    failures: list[BaseException] = []

    def visits(who: int, world: World) -> None:
        connector = world.connector
        assert isinstance(connector, InTurn)
        connector.turns, connector.who = turns, who
        try:
            for _ in range(VISITS):
                pass_time(world.office.connection)
                if connector.visit().outcome == "none":
                    break
        except BaseException as failure:  # noqa: BLE001 - a thread's own end is seen by nobody
            failures.append(failure)
        finally:
            turns.leave(who)
            database.close()

    threads = [threading.Thread(target=visits, args=pair) for pair in enumerate(worlds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_no_document_goes_into_another_file(worlds: list[World]) -> None:
    """Requirement 56: the same numbers of calls, in any order."""
    orders = st.lists(st.integers(0, TENANTS - 1), max_size=40)

    @settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=st.integers(0, 2**32), order=orders)
    def holds(seed: int, order: list[int]) -> None:
        random = Random(seed)
        for world in worlds:
            [*press(world.office, random)]
        together(worlds, order)
        assert [differences(world.office, world.company) for world in worlds] == [[]] * TENANTS

    holds()
