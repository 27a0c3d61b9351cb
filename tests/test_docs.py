"""The guides lead somewhere, and the pages that are written from code say what the code says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


WRITER = runpy.run_path(str(ROOT / "tools" / "write_docs.py"))


@pytest.mark.parametrize("name", WRITER["PAGES"])
def test_written_pages_are_current(name: str) -> None:
    page = ROOT / "docs" / "tables" / name
    assert page.read_text(encoding="utf-8") == WRITER["PAGES"][name](), "run `make docs`"
