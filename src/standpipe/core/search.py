"""Finding rows by the columns that ``core.text`` filled for it."""

from collections.abc import Sequence

from django.db.models import Q

from .text import name_key, search_words


def holds_all_words(search: str, *, columns: Sequence[str] = ("search_text",)) -> Q:
    """Rows where every word of ``search`` stands in one of ``columns``, whole or as a part; all rows for no words.

    A column named ``…name_key`` is compared as such: there "O'Brien" is "obrien".
    """
    condition = Q()
    for word in search_words(search):
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__contains": name_key(word) if column.endswith("name_key") else word})
        condition &= anywhere
    return condition
