"""A run that hides something is red: shown on small suites of their own, run as a stranger would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.requests_log import offences

TESTS = Path(__file__).parent
SKIPPED = """
import pytest

@pytest.mark.skip(reason="no browser")
def test_journey(): ...
"""
SKIPPED_MODULE = 'import pytest; pytest.skip("no schema", allow_module_level=True)'
SENDING = """
from support.requests_log import record_request

def test_sending():
    record_request("<QBXML><{}/></QBXML>")
    record_request("")
"""
# Our own, and as small as can be: one root with one child.
SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="QBXML"><xs:complexType><xs:sequence>
    <xs:element name="Asked"/>
  </xs:sequence></xs:complexType></xs:element>
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


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("content", "words"),
    [(SKIPPED, "test_small.py::test_journey: no browser"), (SKIPPED_MODULE, "test_small.py: no schema")],
)
def test_a_skip_fails_only_in_ci(tmp_path: Path, content: str, words: str, workers: str) -> None:
    (tmp_path / "test_other.py").write_text("def test_other(): ...")
    (tmp_path / "test_small.py").write_text(content)
    status, printed = run_suite(tmp_path, "-n", workers, CI="true")
    assert (status, f"Skipped, which CI does not allow: {words}" in printed) == (1, True), printed
    assert run_suite(tmp_path, "-n", workers)[0] == 0


@pytest.mark.parametrize(("request_name", "expected"), [("Asked", 0), ("Wrong", 1)])
def test_a_request_against_the_schema_fails_the_run(
    tmp_path: Path, schema_dir: Path, request_name: str, expected: int
) -> None:
    (tmp_path / "test_small.py").write_text(SENDING.replace("{}", request_name))
    status, printed = run_suite(tmp_path, QBXML_SCHEMA_DIR=str(schema_dir))
    assert status == expected, printed
    assert ("<QBXML><Wrong/></QBXML>" in printed) == bool(expected)


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
