"""docs/uncertain-facts.md: each fact has its source, two readings, and tests that exist."""

from __future__ import annotations

import pytest

from support import acceptance

PAGE = acceptance.ROOT / "docs" / "uncertain-facts.md"
HEAD = ["Fact", "Source", "One reading", "The other", "Shown by"]


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if not line.startswith("|---")]
    return [row for row in cells if row != HEAD]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_fact_has_its_source_two_readings_and_tests_that_exist(row: list[str]) -> None:
    _, source, one, other, shown_by = row
    assert source
    assert one != other
    tests = acceptance.TEST.findall(shown_by)
    assert tests
    assert [test for test in tests if not acceptance.exists(test)] == []


def test_no_fact_stands_twice() -> None:
    facts = [row[0] for row in rows()]
    assert len(set(facts)) == len(facts) > 30
