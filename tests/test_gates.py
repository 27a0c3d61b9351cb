"""A run that hides something is red: shown on small suites of their own, run as a stranger would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qbsim.company import Company
from qbsim.faults import Faults
from qbsim.processor import QuickBooks
from support import responses_log
from support.requests_log import offences
from support.responses_log import is_excused_in, record_response, recorded_responses, switched_on

TESTS = Path(__file__).parent
SKIPPED = """
import pytest

@pytest.mark.skip(reason="no browser")
def test_journey(): ...
"""
SKIPPED_MODULE = 'import pytest; pytest.skip("no schema", allow_module_level=True)'
SENDING = """
from support import responses_log
from support.requests_log import record_request

def test_sending():
    record_request("<QBXML><{}/></QBXML>")
    record_request("")
"""
# The simulator itself answers, in the test's process or as a command; what it says is no <QBXML><Asked/></QBXML>.
ANSWERING = """
from qbsim.company import Company
from qbsim.processor import QuickBooks
from support.fake_service import COMPANY_QUERY

def test_in_this_process(tmp_path):
    with Company.create(tmp_path / "Books.qbw", customers=0) as company:
        QuickBooks(company).begin_session().process(COMPANY_QUERY)
"""
CONNECTING = """
from support.fake_service import COMPANY_QUERY, FakeService, served
from support.server import create_company, run_connector

def test_as_a_command(tmp_path):
    service, qwc = FakeService(COMPANY_QUERY), tmp_path / "service.qwc"
    books = create_company(tmp_path / "Books.qbw", customers=0, jobs=0)
    with served(service) as text:
        qwc.write_text(text)
        run_connector(qwc, password="secret", company=books)
    assert "CompanyRet" in service.responses[0]
"""
GIVING = """
from support.responses_log import record_response

def test_giving():
    record_response("{}")
"""
SILENT = "def test_nothing_is_asked(): ..."
# Our own, and as small as can be: one root with one child.
SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="QBXML"><xs:complexType><xs:choice>
    <xs:element name="Asked"/>
    <xs:element name="PreferredDeliveryMethod"><xs:simpleType><xs:restriction base="xs:string">
      <xs:enumeration value="None"/>
    </xs:restriction></xs:simpleType></xs:element>
  </xs:choice></xs:complexType></xs:element>
</xs:schema>
"""


def run_suite(folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "QBXML_SCHEMA_DIR")}
    inherited |= {"PYTHONPATH": str(TESTS), "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
    without = ("-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "support.gates")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", folder, *without, *options, folder],
        env=inherited | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def schema_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "qbxmlops130.xsd").write_text(SCHEMA)
    return folder


@pytest.mark.parametrize(
    ("content", "words"),
    [(SKIPPED, "test_small.py::test_journey: no browser"), (SKIPPED_MODULE, "test_small.py: no schema")],
)
def test_a_skip_fails_only_in_ci(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "test_other.py").write_text("def test_other(): ...")
    (tmp_path / "test_small.py").write_text(content)
    status, printed = run_suite(tmp_path, "-n0", CI="true")
    assert (status, f"Skipped, which CI does not allow: {words}" in printed) == (1, True), printed
    assert run_suite(tmp_path, "-n0")[0] == 0


def test_a_skip_that_a_worker_met_fails_only_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    (tmp_path / "test_skipped_module.py").write_text(SKIPPED_MODULE)
    status, printed = run_suite(tmp_path, "-n1", CI="true")
    for words in ("test_skipped.py::test_journey: no browser", "test_skipped_module.py: no schema"):
        assert (status, f"Skipped, which CI does not allow: {words}" in printed) == (1, True), printed
    assert run_suite(tmp_path, "-n1")[0] == 0


@pytest.mark.parametrize(("request_name", "expected"), [("Asked", 0), ("Wrong", 1)])
def test_a_request_against_the_schema_fails_the_run(
    tmp_path: Path, schema_dir: Path, request_name: str, expected: int
) -> None:
    (tmp_path / "test_small.py").write_text(SENDING.replace("{}", request_name))
    status, printed = run_suite(tmp_path, QBXML_SCHEMA_DIR=str(schema_dir))
    assert status == expected, printed
    assert ("<QBXML><Wrong/></QBXML>" in printed) == bool(expected)


@pytest.mark.parametrize("content", [ANSWERING, CONNECTING])
def test_what_the_simulator_answers_is_held_against_the_schema(
    tmp_path: Path, schema_dir: Path, content: str
) -> None:
    (tmp_path / "test_small.py").write_text(content)
    status, printed = run_suite(tmp_path, QBXML_SCHEMA_DIR=str(schema_dir))
    assert (status, "1 passed" in printed) == (1, True), printed
    assert "A response that the simulator gave is against the schema" in printed
    assert "<CompanyRet>" in printed


@pytest.mark.parametrize(
    ("inside", "switched", "expected"),
    [
        ("<Asked/>", (), 0),
        ("<Wrong/>", (), 1),
        ("<Wrong/>", ("mail-delivery", "broken-record"), 1),
        ("<PreferredDeliveryMethod>Mail</PreferredDeliveryMethod>", (), 1),
        ("<PreferredDeliveryMethod>Mail</PreferredDeliveryMethod>", ("broken-record",), 1),
        ("<PreferredDeliveryMethod>Mail</PreferredDeliveryMethod>", ("mail-delivery",), 0),
        ("<PreferredDeliveryMethod>Pigeon</PreferredDeliveryMethod>", ("mail-delivery",), 1),
    ],
)
def test_a_response_against_the_schema_is_excused_only_by_what_was_switched_on(
    *,
    tmp_path: Path,
    schema_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    inside: str,
    switched: tuple[str, ...],
    expected: int,
) -> None:
    monkeypatch.setenv(responses_log.FOLDER, str(tmp_path))
    for _ in range(2):
        record_response(f"<QBXML>{inside}</QBXML>", switched_on=switched)
    said = list(offences(recorded_responses(), schema_dir=schema_dir, is_excused=is_excused_in))
    assert [inside in each for each in said] == [True] * expected, said


def test_without_the_schema_a_run_says_that_nobody_looked_and_fails_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text(GIVING.format("<QBXML/>"))
    said = "Not validated without QBXML_SCHEMA_DIR: 0 requests, 1 responses."
    for environment, expected in (({}, 0), ({"CI": "true"}, 1)):
        status, printed = run_suite(tmp_path, **environment)
        assert (status, said in printed) == (expected, True), printed


def test_the_simulators_tests_must_have_recorded_what_it_answers(tmp_path: Path) -> None:
    (tmp_path / "qbsim").mkdir()
    (tmp_path / "qbsim" / "test_processor.py").write_text(SILENT)
    status, printed = run_suite(tmp_path)
    assert (status, "no response of it was recorded" in printed) == (1, True), printed


def test_the_switches_of_a_session_are_those_that_are_on_in_it(tmp_path: Path) -> None:
    plain = Company.create(tmp_path / "plain.qbw", customers=0, deviations=())
    with plain, Company.create(tmp_path / "odd.qbw", customers=0) as odd:
        assert switched_on(QuickBooks(plain).begin_session()) == ()
        assert switched_on(QuickBooks(odd).begin_session()) == ("mail-delivery",)
        plain.faults.on("broken-record:no-name")
        assert switched_on(QuickBooks(plain).begin_session()) == ("broken-record",)
        named = QuickBooks(odd, faults=Faults(["slow-answer", "broken-record"])).begin_session()
        assert switched_on(named) == ("mail-delivery", "broken-record")
        session = QuickBooks(odd).begin_session()
    assert switched_on(session) == (), "closed: it answers nothing"


def test_a_document_that_is_not_well_formed_is_an_offence(tmp_path: Path, schema_dir: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<QBXML>")
    (offence,) = offences([broken], schema_dir=schema_dir)
    assert offence.startswith("not well-formed")


def test_the_whole_suite_must_prove_its_promises(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text("def test_nothing_of_it(): ...")
    status, printed = run_suite(tmp_path, "--acceptance")
    assert status == 1
    assert "no request to QuickBooks was recorded" in printed
    assert "no response of it was recorded" in printed
