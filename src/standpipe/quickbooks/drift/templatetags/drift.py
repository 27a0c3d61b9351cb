"""Values of a comparison as they are shown and sent back."""

import json
from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from standpipe.quickbooks.drift.comparing import Difference, Kind, Value, lines_of, to_json

register = template.Library()
WORDS = {
    Kind.QUICKBOOKS: "Changed in QuickBooks",
    Kind.BOTH: "Changed on both sides",
    Kind.LEFT: "Left as it is here",
    Kind.HERE: "Changed only here",
}
TONES = {Kind.QUICKBOOKS: "info", Kind.BOTH: "warn"}


_BREAK = mark_safe("<br>")
_NOTHING = mark_safe('<span class="muted">Nothing</span>')


@register.filter
def shown(value: Value) -> SafeString:
    """Line below line."""
    lines = format_html_join(_BREAK, '<bdi class="break">{}</bdi>', ((line,) for line in lines_of(value)))
    return lines or _NOTHING


@register.filter
def sent_back(value: Value) -> str:
    """What the form says that the person saw."""
    return json.dumps(to_json(value))


@register.filter
def all_sent_back(differences: Iterable[Difference]) -> str:
    """The same of a whole record: every field that waits for a decision."""
    return json.dumps({one.field: to_json(one.now) for one in differences if one.is_open})


@register.filter
def in_words(kind: Kind) -> str:
    return WORDS.get(kind, "")


@register.filter
def tone(kind: Kind) -> str:
    return TONES.get(kind, "")
