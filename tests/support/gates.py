"""What a run may not hide, judged when all tests are through, in the process that saw them all.

With CI=true a skipped test fails the run. With --acceptance (the whole suite) every test that docs/acceptance.md
names must have passed. Every request that the product sent and every response that the simulator gave must be
valid by the published schema; without QBXML_SCHEMA_DIR the run says that nobody looked, and with CI=true fails.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from support import acceptance, requests_log, responses_log

SEVERITY = {"passed": 0, "skipped": 1, "failed": 2}
ALWAYS_ANSWERED = "qbsim/test_processor.py"  # these tests cannot pass without a response of the simulator
MOST_OFFENCES = 20  # one broken rule shows in hundreds of documents
COLLECTION_SKIPS = "collection_skips"  # what a worker reports of modules that skipped themselves


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--acceptance", action="store_true", help="the whole suite runs: check docs/acceptance.md")


def pytest_configure(config: pytest.Config) -> None:
    responses_log.record_responses()
    is_worker = hasattr(config, "workerinput")
    config.pluginmanager.register(WorkerEar(config) if is_worker else Gates(config), "standpipe-gates")


class WorkerEar:
    """pytest-xdist forwards no skipped collection report, so a worker hands them over at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.skips: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skips.append(_reason(report))

    def pytest_sessionfinish(self) -> None:
        self.config.workeroutput[COLLECTION_SKIPS] = self.skips


class Gates:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: dict[str, str] = {}
        self.skips: set[str] = set()
        self.faults: list[str] = []
        self.notes: list[str] = []
        os.environ[requests_log.FOLDER] = tempfile.mkdtemp(prefix="standpipe-requests-")
        os.environ[responses_log.FOLDER] = tempfile.mkdtemp(prefix="standpipe-responses-")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skips.add(_reason(report))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        self.skips.update(getattr(node, "workeroutput", {}).get(COLLECTION_SKIPS, []))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        known = self.outcomes.get(report.nodeid, "passed")
        self.outcomes[report.nodeid] = max(known, report.outcome, key=SEVERITY.__getitem__)
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skips.add(_reason(report))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.config.option.collectonly or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        self.faults = [*self._skipped(), *self._unproven(), *self._unanswered(), *self._invalid()]
        if self.faults:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _skipped(self) -> Iterator[str]:
        if os.environ.get("CI") == "true":
            yield from (f"Skipped, which CI does not allow: {skip}" for skip in sorted(self.skips))

    def _unproven(self) -> Iterator[str]:
        if self.config.option.acceptance:
            page = acceptance.PAGE.read_text()
            yield from acceptance.faults_of_page(page)
            yield from acceptance.faults_of_run(page, outcomes=self.outcomes)
            if not requests_log.recorded_requests():
                yield "The whole suite ran and no request to QuickBooks was recorded: the recorder is broken."

    def _unanswered(self) -> Iterator[str]:
        must_answer = self.config.option.acceptance or any(
            ALWAYS_ANSWERED in test and outcome == "passed" for test, outcome in self.outcomes.items()
        )
        if must_answer and not responses_log.recorded_responses():
            yield "The simulator's tests ran and no response of it was recorded: the recorder is broken."

    def _invalid(self) -> Iterator[str]:
        requests, responses = requests_log.recorded_requests(), responses_log.recorded_responses()
        if schema_dir := os.environ.get("QBXML_SCHEMA_DIR"):
            folder = Path(schema_dir)
            for offence in _first(requests_log.offences(requests, schema_dir=folder)):
                yield f"A request that the product sent is against the schema: {offence}"
            excused = responses_log.is_excused_in
            for offence in _first(requests_log.offences(responses, schema_dir=folder, is_excused=excused)):
                yield f"A response that the simulator gave is against the schema: {offence}"
        elif requests or responses:
            note = f"Not validated without QBXML_SCHEMA_DIR: {len(requests)} requests, {len(responses)} responses."
            if os.environ.get("CI") == "true":
                yield note
            else:
                self.notes.append(note)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for note in self.notes:
            terminalreporter.write_line(note, yellow=True)
        if self.faults:
            terminalreporter.section("gates", red=True)
            for fault in self.faults:
                terminalreporter.write_line(fault, red=True)

    def pytest_unconfigure(self) -> None:
        for log in (requests_log, responses_log):
            shutil.rmtree(os.environ.pop(log.FOLDER), ignore_errors=True)


def _first(offences: Iterator[str]) -> Iterator[str]:
    """As many as somebody will read."""
    return islice(offences, MOST_OFFENCES)


def _reason(report: pytest.CollectReport | pytest.TestReport) -> str:
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return f"{report.nodeid}: {why.removeprefix('Skipped: ')}"
