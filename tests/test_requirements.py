"""The locked requirements are complete and say nothing about where they were fetched."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9-]+)==\S+")

# Who asked for a package: another one, this project, or one of the lists beside the lock.
WHO = r"[a-z0-9-]+(\ \(pyproject\.toml\))?|-[cr]\ requirements/[a-z]+\.(in|txt)"
LINE = re.compile(
    rf"""
      [a-z0-9-]+==[0-9][0-9a-z.]*(\ ;\ [a-z_]+\ [!=]=\ '[A-Za-z0-9]+')?\ \\  # perhaps needed in one place only
    | [ ]{{4}}--hash=sha256:[0-9a-f]{{64}}(\ \\)?
    | [ ]{{4}}\#\ via(\ ({WHO}))?
    | [ ]{{4}}\#[ ]{{3}}({WHO})
    """,
    re.VERBOSE,
)


def pinned_names(lock: Path) -> set[str]:
    return {found[1] for line in lock.read_text().splitlines() if (found := PINNED.match(line))}


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=;~ ]", requirement)[0]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_are_versions_their_hashes_and_who_asked_for_them(lock: Path) -> None:
    """So no host, no address and no option of an installer can stand there."""
    assert [line for line in lock.read_text().splitlines() if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text().strip())
    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry, entry


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = set(map(name_of, project["dependencies"]))
    development = set(map(name_of, project["optional-dependencies"]["dev"]))
    assert runtime <= pinned_names(ROOT / "requirements" / "base.txt")
    assert runtime | development <= pinned_names(ROOT / "requirements" / "dev.txt")


def test_both_locks_agree() -> None:
    def pins(lock: str) -> dict[str, str]:
        lines = (ROOT / "requirements" / lock).read_text().splitlines()
        return dict(line.split(" ")[0].split("==") for line in lines if PINNED.match(line))

    base, dev = pins("base.txt"), pins("dev.txt")
    assert base == {name: dev[name] for name in base}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "docs" / "decisions" / "dependencies.md").read_text()
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert [name for name in map(name_of, asked) if f"| {name} |" not in page] == []
