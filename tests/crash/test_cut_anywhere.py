"""Server, connector and QuickBooks, cut at every commit and every send: each invoice and payment is there once.

All three in one process, a real database, a real company file. STANDPIPE_CRASH_SEED=7 lives one life again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from support import requests_log, responses_log
from support.crashing import Blow
from support.posting_lives import FAULTS, RUNS, Life, Tally, World, make_world

SEED = os.environ.get("STANDPIPE_CRASH_SEED")
ROUNDS = int(os.environ.get("STANDPIPE_CRASH_ROUNDS", "1"))
LIVES = 46  # of one test: 414 runs
# No life begins anew there, and each is longer than the one before: a few are enough.
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
TESTS = 1 if SEED or ON_POSTGRES else 5 * ROUNDS
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - company files there cost no disk


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    where = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with TemporaryDirectory(dir=where) as folder, make_world(Path(folder)) as world:
        world.keep_beginning()
        yield world


@pytest.fixture
def unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tens of thousands of messages: those of the tests without this are enough to hold against the schema."""
    monkeypatch.delenv(requests_log.FOLDER, raising=False)
    monkeypatch.delenv(responses_log.FOLDER, raising=False)


def lives(chunk: int) -> Iterable[int]:
    if SEED:
        return [int(SEED)]
    return range(4) if ON_POSTGRES else range(chunk * LIVES, (chunk + 1) * LIVES)


@pytest.mark.usefixtures("unrecorded")
@pytest.mark.parametrize("chunk", range(TESTS))
def test_everything_is_there_once_wherever_it_is_cut(world: World, chunk: int) -> None:
    """Requirement 56: counted in the company file."""
    tally = Tally()
    for seed in lives(chunk):
        Life(seed, world, tally).live()
    assert tally.runs == len(lives(chunk)) * RUNS


def test_what_is_said_on_the_way_is_as_published(world: World) -> None:
    """One life whose messages are held against the published schema."""
    Life(0, world, Tally()).live()


# --- one after the other


def commits(world: World) -> Iterator[Blow]:
    for number in range(1, scene(world, "measured").measure()[1] + 1):
        yield from (Blow("commit", number, when) for when in ("before", "after"))


def calls(world: World) -> Iterator[Blow]:
    for number in range(1, scene(world, "measured").measure()[0] + 1):
        yield from (Blow("call", number, when) for when in ("before", "after", "twice", "late"))


def all_faults(_: World) -> Iterator[Blow]:
    """Each at the first four of its kind, where it counts."""
    for fault in FAULTS:
        yield from {Blow("fault", 0, fault.format(n=number, m=number)): None for number in range(1, 5)}


def scene(world: World, name: str) -> Life:
    """The same beginning each time: two invoices wait, one of them with a payment."""
    world.begin_anew()
    life = Life(0, world, Tally(), log=[name])
    for _ in range(2):
        world.office.write(Random(1))
    world.office.pay(Random(1), world.office.wishes[0])
    return life


@pytest.mark.usefixtures("unrecorded")
@pytest.mark.parametrize("points", [commits, calls, all_faults])
def test_each_commit_each_call_and_each_fault_in_turn(
    world: World, points: Callable[[World], Iterator[Blow]]
) -> None:
    """Requirement 56: none is left out by chance. Two invoices wait, one of them with a payment."""
    for blow in list(points(world))[:: 10 if ON_POSTGRES else 1]:
        life = scene(world, str(blow))
        life.cut(blow)
        life.heal_and_count(markers=True)


def test_a_lost_answer_is_asked_for_before_anything_goes(world: World) -> None:
    """Requirement 56: QuickBooks keeps the answer and is asked for it; nobody needs the marker then."""
    life = scene(world, "the answer to the set is lost")
    life.cut(Blow("fault", 0, "answer-lost:2"))
    assert world.company.invoices.count() == 2
    life.heal_and_count(markers=False)


def test_where_no_answer_is_kept_the_file_is_read_before_anything_goes_again(world: World) -> None:
    """Requirement 56."""
    life = scene(world, "the answer to the set is lost, and the stored one too")
    life.cut(Blow("fault", 0, "answer-lost:2"))
    world.company.message_sets.lose()
    life.heal_and_count(markers=True)
