"""Files of others that we carry are the ones that the manifest names, and all of them are named."""

import hashlib
import json
import re
from pathlib import Path

import pytest

import standpipe

UI = Path(standpipe.__file__).parent / "ui"
ENTRIES = json.loads((UI / "vendor.json").read_text())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_file_is_what_the_manifest_says(entry: dict[str, str]) -> None:
    content = (UI / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert b"sourceMappingURL" not in content  # it would be asked for, and is not there
    assert entry["package"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    assert entry["licence"] in {"MIT", "0BSD"}


def test_nothing_is_carried_that_the_manifest_does_not_name() -> None:
    carried = {
        str(path.relative_to(UI))
        for folder in ("static/vendor", "icons/bootstrap-icons")
        for path in (UI / folder).iterdir()
        if not path.name.endswith(".LICENSE.txt")
    }
    assert carried == {entry["file"] for entry in ENTRIES}


def test_the_licence_of_each_package_lies_beside_its_files() -> None:
    for entry in ENTRIES:
        licence = (UI / entry["file"]).parent / f"{entry['package']}.LICENSE.txt"
        assert licence.stat().st_size > 100


def test_every_icon_is_used() -> None:
    product = UI.parent
    sources = [path.read_text() for suffix in ("*.html", "*.py") for path in product.rglob(suffix)]
    words = set(re.findall(r"[\"']([a-z0-9-]+)[\"']", "\n".join(sources)))
    carried = {Path(entry["file"]).stem for entry in ENTRIES if entry["file"].startswith("icons/")}
    assert carried <= words, f"take out of tools/vendor.py: {sorted(carried - words)}"
