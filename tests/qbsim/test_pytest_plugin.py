"""The fixture for other builders, used as they would use it."""

from pathlib import Path
from typing import Any

import pytest

from qbsim.company import Company
from qbsim.connector import QwcRefused
from qbsim.pytest_plugin import QuickBooksComputer
from support.fake_service import COMPANY_QUERY, QWC, FakeService

pytest_plugins = ["pytester"]


@pytest.fixture
def computer(tmp_path: Path) -> QuickBooksComputer:
    computer = QuickBooksComputer(tmp_path, customers=3, jobs=1, seed=2)
    yield computer
    computer.close()


def test_a_visit_without_a_qwc_file_keeps_its_identity(computer: QuickBooksComputer) -> None:
    """Two visits are one application: the second does not find a stranger's FileID."""
    for _ in range(2):
        outcome = computer.update(wsgi=FakeService(COMPANY_QUERY), password="x", user_name="bob")
        assert outcome.outcome == "done"
    assert len(computer.company.stamps()) == 1
    assert len(computer.transcript.read_text().splitlines()) == 12


def test_ones_own_qwc_file_and_faults(computer: QuickBooksComputer) -> None:
    service = FakeService(COMPANY_QUERY)
    assert computer.update(QWC, wsgi=service, faults=["answer-lost"]).code == "QBWC1042"
    assert service.arguments("authenticate")[0]["strUserName"] == "alice"


def test_nothing_sleeps_and_no_service_pauses_for_ever(computer: QuickBooksComputer) -> None:
    before = computer.clock.now
    service = FakeService(COMPANY_QUERY, answers={"sendRequestXML": "NoOp"})
    assert computer.update(wsgi=service).outcome == "failed"
    assert computer.clock.now > before


def test_the_fixture_as_a_plugin(pytester: pytest.Pytester) -> None:
    """Loaded by name; the marker fills the file, and the log stands beside a failure."""
    pytester.makeconftest('pytest_plugins = ["qbsim.pytest_plugin"]')
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.quickbooks(customers=5, jobs=2, seed=3)
        def test_filled(quickbooks_computer):
            assert quickbooks_computer.company.count() == 7

        def test_empty(quickbooks_computer):
            assert quickbooks_computer.company.count() == 0

        def test_fails(quickbooks_computer):
            def service(environ, start_response):
                start_response("404 Not Found", [])
                return []
            assert quickbooks_computer.update(wsgi=service).outcome == "done"
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*QBWC1003*"])


def test_it_is_not_loaded_for_everybody(request: pytest.FixtureRequest) -> None:
    assert not request.config.pluginmanager.has_plugin("qbsim.pytest_plugin")


def test_the_company_file_is_closed_in_the_end(tmp_path: Path) -> None:
    computer = QuickBooksComputer(tmp_path, customers=0, jobs=None, seed=1)
    computer.close()
    with Company.open(tmp_path / "Company.qbw") as company:
        assert company.count() == 0


def test_an_asgi_application_stays_up_between_visits(computer: QuickBooksComputer) -> None:
    events: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        events.append(scope["type"])
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body"})

    for _ in range(2):
        with pytest.raises(QwcRefused, match="404"):
            computer.update(asgi=application)
    assert events == ["lifespan", "http", "http"]
