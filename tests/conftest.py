"""What every test may use. Databases: DATABASE_URL, else SQLite in a temporary folder."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dj_database_url
import hypothesis
import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from support.databases import fill_migrated, own_database
from support.server import Standpipe, running_server

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["support.gates"]
TESTS = Path(__file__).parent

# Who starts the suite in the background of a shell has Ctrl-C ignored, and every process below would inherit that:
# tests that press it would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Files that wait for other processes, and the longest of the rest. They begin, so that no worker ends with one of
# them alone while the others have nothing left to do.
LONGEST = ("journeys/", "crash/", "standpipe/site/test_cli.py", "test_gates.py", "qbwire/test_messages_contract.py")
# Files whose tests share nothing and take minutes together: any worker may take any of them.
DIVISIBLE = ("crash/test_cut_anywhere.py",)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looks for no garbage: what is collected, and the product that comes with it, stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts by file only, and after pytest-randomly: within the long ones and the others its order stays."""

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(TESTS).as_posix()
        return next((number for number, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """A file stays with one worker, but for those that are divisible."""
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return nodeid if file.endswith(DIVISIBLE) else file

    return Scheduling(config, log)


# Two shared cores make a time limit for one example meaningless. CI repeats the same examples every time: there a
# failure should come from the change at hand; everywhere else new examples are tried.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("suite"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "suite")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A copy of the migrated database for this process, where pytest-django would migrate one for each."""

    def migrate(url: str) -> None:
        _work_in(url)
        with django_db_blocker.unblock():
            call_command("migrate", verbosity=0)
            connections.close_all()

    with own_database(tmp_path_factory.mktemp("database")) as url:
        fill_migrated(url, migrate=migrate)
        _work_in(url)
        yield
        with django_db_blocker.unblock():
            connections.close_all()


def _work_in(url: str) -> None:
    connections.settings["default"]["NAME"] = dj_database_url.parse(url)["NAME"]


@pytest.fixture(scope="module")
def standpipe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standpipe]:
    """A running `standpipe serve` with an empty database of its own. Make organizations in it as you need them."""
    with running_server(tmp_path_factory.mktemp("standpipe")) as server:
        yield server
