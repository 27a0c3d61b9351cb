"""The page of promises is complete, and the check that guards it notices every way in which it could lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import acceptance

TEST = "tests/test_x.py::test_it"


def page(*lines: str, growing: bool = False) -> str:
    return "\n".join([acceptance.GROWING if growing else "# Page", *lines])


def line(number: int, test: str = TEST) -> str:
    return f"| {number} | It is so. | {test} |"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("def test_it(): ...\n")
    return tmp_path


def test_the_page_is_without_fault() -> None:
    assert list(acceptance.faults_of_page(acceptance.PAGE.read_text())) == []


def test_a_complete_page_is_accepted(root: Path) -> None:
    complete = page(*(line(number) for number in acceptance.NUMBERS))
    assert list(acceptance.faults_of_page(complete, root=root)) == []


def test_a_missing_number_is_named(root: Path) -> None:
    without_22 = page(*(line(number) for number in acceptance.NUMBERS if number != 22))
    assert list(acceptance.faults_of_page(without_22, root=root)) == ["Requirement 22 has no line."]


def test_a_line_without_a_test_is_allowed_only_while_growing_or_later(root: Path) -> None:
    lines = [line(number) for number in acceptance.NUMBERS if number != 22]
    fault = ["Requirement 22 names no test: It is so."]
    assert list(acceptance.faults_of_page(page(*lines, line(22, "")), root=root)) == fault
    assert list(acceptance.faults_of_page(page(*lines, line(22, ""), growing=True), root=root)) == []
    assert list(acceptance.faults_of_page(page(*lines, acceptance.LATER, line(22, "")), root=root)) == []


def test_a_test_that_does_not_exist_is_named(root: Path) -> None:
    wrong = page(*(line(number) for number in acceptance.NUMBERS), line(3, "tests/test_x.py::test_gone"))
    expected = ["Requirement 3 names a test that does not exist: tests/test_x.py::test_gone"]
    assert list(acceptance.faults_of_page(wrong, root=root)) == expected


@pytest.mark.parametrize(
    ("outcomes", "faults"),
    [
        ({TEST: "passed"}, []),
        ({f"{TEST}[a]": "passed", f"{TEST}[b]": "passed"}, []),
        ({}, [f"Requirement 1: {TEST} did not run."]),
        ({TEST: "skipped"}, [f"Requirement 1: {TEST} skipped."]),
        ({f"{TEST}[a]": "passed", f"{TEST}[b]": "failed"}, [f"Requirement 1: {TEST} failed and passed."]),
    ],
)
def test_only_a_test_that_passed_shows_anything(outcomes: dict[str, str], faults: list[str]) -> None:
    assert list(acceptance.faults_of_run(page(line(1)), outcomes=outcomes)) == faults


def test_one_line_may_name_several_tests() -> None:
    (requirement,) = acceptance.read(line(1, f"{TEST}<br>`{TEST}_too`"))
    assert requirement.tests == (TEST, f"{TEST}_too")
