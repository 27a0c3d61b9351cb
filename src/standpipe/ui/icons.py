"""Icons as inline SVG: no request of their own, the colour of the text around them."""

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent / "icons"
VENDORED = FOLDER / "bootstrap-icons"  # unchanged files of bootstrap-icons; see vendor.json
_SVG = re.compile(r"<svg\b[^>]*?viewBox=\"(?P<box>[^\"]+)\"[^>]*>(?P<drawing>.*)</svg>", re.DOTALL)


@cache
def drawing(name: str) -> tuple[str, SafeString]:
    """The view box and the inside of an icon of ours or of bootstrap-icons. An unknown name is a bug: it raises."""
    path = FOLDER / f"{name}.svg"
    text = (path if path.exists() else VENDORED / f"{name}.svg").read_text()
    match = _SVG.search(text)
    if match is None:
        raise ValueError(f"{name}.svg is no SVG with a view box")
    return match["box"], mark_safe(match["drawing"].strip())  # noqa: S308  # our own files


def icon(name: str, *, label: str = "", css: str = "") -> SafeString:
    """An icon; with ``label`` it has that accessible name and tooltip, without it is decoration."""
    box, inside = drawing(name)
    classes = f"icon {css}".strip()
    if not label:
        return format_html(
            '<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>', classes, box, inside
        )
    return format_html(
        '<svg class="{}" viewBox="{}" role="img" aria-label="{}"><title>{}</title>{}</svg>',
        classes,
        box,
        label,
        label,
        inside,
    )
