"""What every template keeps, so that the strict content security policy never has to refuse anything."""

import re
from pathlib import Path

import pytest
from django.template import engines

import standpipe
from standpipe.ui import icons

SOURCE = Path(standpipe.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
SCRIPTS = sorted(path for path in SOURCE.rglob("static/**/*.js") if path.parent.name != "vendor")

FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\b(data-)?hx-on\b", re.IGNORECASE),
    "evaluated text": re.compile(r"[\"'\s](js|javascript):", re.IGNORECASE),
    "an evaluated trigger filter": re.compile(r"hx-trigger=\"([^\"]*,)?\s*[\w:.-]+\[", re.IGNORECASE),
    "a host of others": re.compile(r"(src|href)=\"(https?:)?//", re.IGNORECASE),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 30


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_inline(path: Path) -> None:
    source = path.read_text()
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]
    assert not found, f"{name_of(path)} holds {', '.join(found)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles_and_names_only_icons_that_exist(path: Path) -> None:
    source = path.read_text()
    engines["django"].from_string(source)
    for icon in re.findall(r"{% icon \"([\w-]+)\"", source) + re.findall(r"picture=\"([\w-]+)\"", source):
        icons.drawing(icon)


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_sets_no_style_and_evaluates_nothing(path: Path) -> None:
    assert not re.search(r"\.style\b|\beval\(|new Function|innerHTML|insertAdjacentHTML|\"style\"", path.read_text())


def test_the_theme_fetches_nothing_and_colours_stand_only_in_it() -> None:
    theme = (SOURCE / "ui/static/ui/theme.css").read_text()
    assert not re.search(r"url\((?!\"data:)|@import", theme)
    others = [path for path in SOURCE.rglob("*.css") if path.name not in {"theme.css", "bootstrap.min.css"}]
    assert not others


def test_an_icon_that_means_something_has_a_name_and_another_is_silent() -> None:
    assert 'aria-label="Imported from QuickBooks Desktop"' in icons.icon(
        "qb", label="Imported from QuickBooks Desktop"
    )
    assert 'aria-hidden="true"' in icons.icon("house")


def test_a_label_is_escaped() -> None:
    assert "<b>" not in icons.icon("house", label="<b>")
