"""For tests of any Web Connector service: a QuickBooks computer as a pytest fixture, without a socket.

Ask for it in the conftest.py beside your pyproject.toml; it is not loaded for everybody who has qbsim installed:

    pytest_plugins = ["qbsim.pytest_plugin"]

    def test_customers_arrive(quickbooks_computer):
        quickbooks_computer.company.add_customer("Elm School")
        outcome = quickbooks_computer.update(wsgi=application, password="secret")
        assert outcome.outcome == "done"
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from requests.adapters import BaseAdapter

from qbsim.company import Company
from qbsim.connector import AsgiTransport, Outcome, WebConnector, WsgiTransport
from qbsim.qwc import make_qwc

_NOON = 1_710_000_000  # 2024-03-09, 11:00 in New York
_MOST_PAUSES = 100  # a service that asks for them for ever would keep the test for ever


class Clock:
    """Shows the same second until somebody moves it or waits: no test sleeps."""

    def __init__(self, now: float = _NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


class QuickBooksComputer:
    """A computer with QuickBooks, one company file open in it, and a Web Connector."""

    def __init__(self, folder: Path, *, customers: int, jobs: int | None, seed: int) -> None:
        self.folder = folder
        self.clock = Clock()
        self.company = Company.create(
            folder / "Company.qbw", customers=customers, jobs=jobs, seed=seed, clock=self.clock
        )
        self._qwcs: dict[tuple[str, str], str] = {}
        self._asgi: dict[int, AsgiTransport] = {}

    def connector(
        self,
        qwc: Path | str | bytes | None = None,
        *,
        password: str = "",
        wsgi: Callable[..., Iterable[bytes]] | None = None,
        asgi: Any = None,
        faults: Sequence[str] = (),
        url: str = "http://localhost/qbwc",
        user_name: str = "user",
        **options: Any,
    ) -> WebConnector:
        """Return a Web Connector with your application added to it.

        `qwc` is your QWC file, as path or text; without one, one is written for `url` and `user_name`, the same each
        time. `wsgi` or `asgi` is your service; without either it is called over HTTP at the QWC's address.
        """
        if qwc is None:
            qwc = self._qwcs.setdefault(
                (url, user_name), make_qwc("Service under test", app_url=url, user_name=user_name)
            )
        return WebConnector(
            qwc,
            company=self.company,
            password=password,
            transport=self._transport(wsgi, asgi),
            faults=faults,
            transcript=options.pop("transcript", self.transcript),
            log=options.pop("log", print),  # pytest shows it where a test fails
            clock=self.clock,
            sleep=options.pop("sleep", self.clock.move),
            most_pauses=options.pop("most_pauses", _MOST_PAUSES),
            **options,
        )

    def update(self, qwc: Path | str | bytes | None = None, **options: Any) -> Outcome:
        """Run one session, as "Update Selected" does. Takes what `connector` takes."""
        return self.connector(qwc, **options).update()

    @property
    def transcript(self) -> Path:
        """Every call of every session, as lines of JSON."""
        return self.folder / "transcript.jsonl"

    def close(self) -> None:
        for transport in self._asgi.values():
            transport.stop()
        self.company.close()

    def _transport(self, wsgi: Callable[..., Iterable[bytes]] | None, asgi: Any) -> BaseAdapter | None:
        if asgi is not None:
            return self._asgi.setdefault(id(asgi), AsgiTransport(asgi))
        return None if wsgi is None else WsgiTransport(wsgi)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "quickbooks(customers=0, jobs=None, seed=1): what the company file of this test is filled with"
    )


@pytest.fixture
def quickbooks_computer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuickBooksComputer]:
    """A QuickBooks computer with an empty company file, or as `@pytest.mark.quickbooks(customers=40)` says."""
    marker = request.node.get_closest_marker("quickbooks")
    filled: dict[str, Any] = {"customers": 0, "jobs": None, "seed": 1} | (marker.kwargs if marker else {})
    folder = tmp_path / "quickbooks-computer"
    folder.mkdir()
    computer = QuickBooksComputer(folder, **filled)
    try:
        yield computer
    finally:
        computer.close()
