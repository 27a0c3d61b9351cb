"""The pictures of the guides: those that they show are there, no others, and main pages in every look."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
LOOKS = ("light", "dark", "narrow")
MAIN_PAGES = {
    "first-steps", "home", "set-up", "confirm", "connection", "import", "names", "imported", "building", "link",
    "buildings", "members",
}  # fmt: skip


GUIDES = ("user-guide.md", "simulator.md")


def test_the_guides_show_every_picture_and_no_other() -> None:
    guides = "".join((DOCS / guide).read_text() for guide in GUIDES)
    named = set(re.findall(r"\(pictures/([\w-]+\.png)\)", guides))
    pages = {name.rpartition("-")[0] for name in named}
    assert named == {path.name for path in (DOCS / "pictures").iterdir()}
    assert named >= {f"{page}-light.png" for page in pages}
    assert named >= {f"{page}-{look}.png" for page in MAIN_PAGES for look in LOOKS}
