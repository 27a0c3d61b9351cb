"""The table by which `make broken` breaks each rule: it must stay as the code is, and judge as it says."""

from __future__ import annotations

import ast
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from support import acceptance
from support.acceptance import Requirement

TOOL = Path(__file__).parents[1] / "tools" / "break-rules"


def load() -> ModuleType:
    loader = SourceFileLoader("break_rules", str(TOOL))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = sys.modules[loader.name] = module_from_spec(spec)
    loader.exec_module(module)
    return module


tool = load()
ONE, TWO = "tests/test_x.py::test_one", "tests/test_x.py::test_two"


def requirement(*tests: str, number: int = 22) -> Requirement:
    return Requirement(number=number, text="It is so.", tests=tests, later=False)


def breach(*rules: int, old: str = "a", new: str = "b"):
    return tool.Breach(rules or (22,), "pyproject.toml", old, new)


def test_every_promise_has_a_breach_whose_old_text_is_there() -> None:
    """When this fails, the code has moved on: put the new text into the table, and run `make broken`."""
    assert list(tool.faults_of_table(tool.promised(acceptance.PAGE.read_text()))) == []


@pytest.mark.parametrize("one", tool.BREACHES, ids=lambda one: f"{one.rules} {Path(one.file).name}")
def test_a_breach_leaves_python_that_can_be_read(one) -> None:
    if one.file.endswith(".py"):
        ast.parse((tool.ROOT / one.file).read_text().replace(one.old, one.new))


def test_what_arrives_later_is_not_broken_yet() -> None:
    lines = (f"| 4 | It is so. | {ONE} |", acceptance.LATER, f"| 4 | It will be so. | {TWO} |")
    assert [one.tests for one in tool.promised("\n".join(lines))] == [(ONE,)]


def test_the_table_names_its_own_faults() -> None:
    name = 'name = "standpipe"'
    faults = tool.faults_of_table(
        [requirement(ONE), requirement(ONE, number=23), requirement(number=24)],
        breaches=[breach(22, old="nowhere"), breach(22, old=name, new=name), breach(24, old=name)],
    )
    assert list(faults) == [
        "Requirement 23 is never broken.",
        "Requirement 24 is broken, and names no test.",
        "Requirement 22: the old text stands 0 times in pyproject.toml: nowhere",
        "Requirement 22: nothing is broken in pyproject.toml.",
    ]


def test_a_rule_broken_unnoticed_and_a_test_that_never_fails_are_faults() -> None:
    first, second = breach(old="first"), breach(old="second")
    judged = tool.faults_of_runs
    assert list(judged([requirement(ONE, TWO)], noticed={first: {ONE}, second: {TWO}})) == []
    assert list(judged([requirement(ONE)], noticed={first: {ONE}, second: set()})) == [
        "Requirement 22 can be broken unnoticed: pyproject.toml: second"
    ]
    assert list(judged([requirement(ONE, TWO)], noticed={first: {ONE}, second: {ONE}})) == [
        f"Requirement 22: {TWO} fails at no breach."
    ]
    assert list(judged([requirement(ONE, number=23)], noticed={first: set()})) == []


@pytest.mark.parametrize(
    ("message", "noticed"),
    [
        ("AssertionError: assert 1 == 2", True),
        ("standpipe.buildings.models.Building.DoesNotExist: no Building", True),
        ("NameError: name 'x' is not defined", False),
        ("django.template.exceptions.TemplateSyntaxError: bad tag", False),
    ],
)
def test_code_that_cannot_run_is_not_noticed(message: str, noticed: bool) -> None:
    assert (tool.CANNOT_RUN.match(message) is None) == noticed
