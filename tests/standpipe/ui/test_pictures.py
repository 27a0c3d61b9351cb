"""The pictures of the user guide: those that it names are there, in every look, and no others."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
LOOKS = ("light", "dark", "narrow")


def test_the_user_guide_names_every_picture_and_no_other() -> None:
    named = set(re.findall(r"\(pictures/([\w-]+\.png)\)", (DOCS / "user-guide.md").read_text()))
    pages = {name.rpartition("-")[0] for name in named}
    assert len(pages) >= 10
    assert named == {f"{page}-{look}.png" for page in pages for look in LOOKS}
    assert named == {path.name for path in (DOCS / "pictures").iterdir()}
