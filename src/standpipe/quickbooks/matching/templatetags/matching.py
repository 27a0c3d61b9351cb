"""A side of a pair as it is shown."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from standpipe.quickbooks.matching.side_by_side import Word

register = template.Library()
_NOTHING = mark_safe('<span class="muted">nothing</span>')


@register.filter
def marked(lines: Iterable[Iterable[Word]]) -> SafeString:
    """Lines of words; what the other side has not is marked, underlined and not by colour alone."""
    return format_html_join("", '<bdi class="pair-line">{}</bdi>', ((_line(words),) for words in lines)) or _NOTHING


def _line(words: Iterable[Word]) -> str:
    """A page shows 1,500 words, and few of them are marked."""
    words = tuple(words)
    if any(word.is_other for word in words):
        return format_html_join(" ", "{}", ((_marked(word),) for word in words))
    return " ".join(word.text for word in words)


def _marked(word: Word) -> str:
    return format_html('<mark class="differs">{}</mark>', word.text) if word.is_other else word.text
