"""Finding rows by their ``search_text`` column."""

from django.db.models import Q

from .text import search_words


def holds_all_words(search: str, *, column: str = "search_text") -> Q:
    """Rows whose ``column`` holds every word of ``search``, as a part of a word or as a whole; all rows for none."""
    condition = Q()
    for word in search_words(search):
        condition &= Q(**{f"{column}__contains": word})
    return condition
