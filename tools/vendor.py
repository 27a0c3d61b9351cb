"""Brings the front-end files that Standpipe carries into the tree and writes down what they are.

python tools/vendor.py        # needs npm; writes src/standpipe/ui/{static/vendor,icons/bootstrap-icons,vendor.json}

Standpipe has no build step and asks no other host for anything: a browser gets these files from Standpipe itself.
Only the line that names a source map is taken out, because we do not carry the map.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

UI = Path(__file__).resolve().parent.parent / "src" / "standpipe" / "ui"
STATIC, ICONS = UI / "static" / "vendor", UI / "icons" / "bootstrap-icons"
MANIFEST = UI / "vendor.json"
SOURCE_MAP = re.compile(rb"\n?/[/*][#@] sourceMappingURL=[^\n]*")

# package, files in it, where they go
PACKAGES = (
    ("bootstrap@5.3", ("dist/css/bootstrap.min.css",), STATIC),
    ("htmx.org@2", ("dist/htmx.min.js",), STATIC),
)
ICON_PACKAGE = "bootstrap-icons@1"
ICON_NAMES = """
archive arrow-counterclockwise arrow-down arrow-repeat arrow-right arrow-up box-arrow-right briefcase building
buildings cash-coin check check-circle check-circle-fill check-lg chevron-left chevron-right chevron-up circle
circle-half clipboard clock cloud-download copy download envelope exclamation-triangle file-earmark-arrow-down gear
hourglass-split house info-circle key link-45deg list moon-stars pc-display pencil people person person-circle
person-plus phone plug plus-lg printer question-circle receipt search sliders sun tags telephone trash
""".split()


def main() -> None:
    entries = []
    with tempfile.TemporaryDirectory() as folder:
        icons = tuple(f"icons/{name}.svg" for name in ICON_NAMES)
        for package, files, target in (*PACKAGES, (ICON_PACKAGE, icons, ICONS)):
            root = unpacked(package, into=Path(folder))
            about = json.loads((root / "package.json").read_text())
            target.mkdir(parents=True, exist_ok=True)
            for old in target.glob("*.svg"):
                old.unlink()
            licence = target / f"{about['name']}.LICENSE.txt"
            licence.write_bytes((root / "LICENSE").read_bytes())
            for file in files:
                written = target / Path(file).name
                written.write_bytes(SOURCE_MAP.sub(b"", (root / file).read_bytes()))
                entries.append(entry_of(written, about=about, source=file))
    MANIFEST.write_text(json.dumps(entries, indent=1) + "\n")


def unpacked(package: str, *, into: Path) -> Path:
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=into, check=True, capture_output=True, text=True)
    archive, root = into / done.stdout.strip().splitlines()[-1], into / package
    with tarfile.open(archive) as opened:
        opened.extractall(root, filter="data")
    return root / "package"


def entry_of(file: Path, *, about: dict[str, str], source: str) -> dict[str, str]:
    return {
        "file": str(file.relative_to(UI)),
        "package": about["name"],
        "version": about["version"],
        "licence": about["license"],
        "source": source,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }


if __name__ == "__main__":
    main()
