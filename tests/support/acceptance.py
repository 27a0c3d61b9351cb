"""docs/acceptance.md: each requirement in one line with the tests that show it, and the check that this is so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "acceptance.md"
NUMBERS = range(1, 51)  # the article's requirements, A1 to A5
LATER = "## Arrives with items, invoices and payments"
GROWING = "status: growing"  # first line of the page while tests are still being written

LINE = re.compile(r"^\| *(\d+) *\|(.*)\|(.*)\| *$")
TEST = re.compile(r"tests/[\w/.-]+\.py::\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    number: int
    text: str
    tests: tuple[str, ...]
    later: bool  # stands in the table of what arrives with items, invoices and payments


def read(page: str) -> list[Requirement]:
    now, _, later = page.partition(LATER)
    return [*_lines(now, later=False), *_lines(later, later=True)]


def _lines(table: str, *, later: bool) -> Iterator[Requirement]:
    for line in table.splitlines():
        if found := LINE.match(line):
            number, text, tests = found.groups()
            names = tuple(TEST.findall(tests))
            yield Requirement(number=int(number), text=text.strip(), tests=names, later=later)


def is_growing(page: str) -> bool:
    return page.startswith(GROWING)


def faults_of_page(page: str, *, root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the page before any test has run, one sentence each."""
    requirements = read(page)
    for number in NUMBERS:
        if number not in {requirement.number for requirement in requirements}:
            yield f"Requirement {number} has no line."
    for requirement in requirements:
        if not requirement.text:
            yield f"Requirement {requirement.number} says nothing."
        if not (requirement.tests or requirement.later or is_growing(page)):
            yield f"Requirement {requirement.number} names no test: {requirement.text}"
        for test in requirement.tests:
            if not exists(test, root=root):
                yield f"Requirement {requirement.number} names a test that does not exist: {test}"


def exists(test: str, *, root: Path = ROOT) -> bool:
    """Whether a test, named as `tests/test_x.py::test_it`, is there."""
    file, name = test.split("::")
    return name in _functions(root / file)


@cache
def _functions(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def faults_of_run(page: str, *, outcomes: Mapping[str, str]) -> Iterator[str]:
    """What a run of the whole suite leaves unproven. `outcomes` maps node ids to passed, failed or skipped."""
    for requirement in read(page):
        for test in requirement.tests:
            seen = {outcome for node, outcome in outcomes.items() if node.partition("[")[0] == test}
            if not seen:
                yield f"Requirement {requirement.number}: {test} did not run."
            elif seen != {"passed"}:
                yield f"Requirement {requirement.number}: {test} {' and '.join(sorted(seen))}."
