"""Finding rows by the columns that ``core.text`` filled for it."""

import unicodedata
from collections.abc import Sequence

from django.db.models import Q

from .text import name_key, search_words, searched_phone


def holds_all_words(search: str, *, columns: Sequence[str] = ("search_text",)) -> Q:
    """Rows where every word of ``search`` stands in one of ``columns``, whole or as a part; all rows for no words.

    A phone number is found however it is written: by its digits.
    A word is found as it was typed, or by its letters and digits alone: keyboards and word processors make other
    quotes, apostrophes and dashes than QuickBooks holds. A column named ``…name_key`` holds nothing but those.
    """
    words = search_words(search)
    condition = Q()
    for word in sorted([word for word in words if not _is_punctuation(word)] or words, key=_commonness):
        condition &= _holds_in_one(word, columns=columns)
    phone = searched_phone(search)
    return condition | _holds_in_one(phone, columns=columns) if phone else condition


def _holds_in_one(word: str, *, columns: Sequence[str]) -> Q:
    anywhere = Q()
    for column in columns:
        anywhere |= _holds(word, column=column)
    return anywhere


def _commonness(word: str) -> tuple[int, bool]:
    """Long words and numbers are rare, and what the first one leaves out is not looked through for the others."""
    return -len(word), word.isalpha()


def _holds(word: str, *, column: str) -> Q:
    key = name_key(word)
    if column.endswith("name_key"):
        return Q(**{f"{column}__contains": key})
    found = Q(**{f"{column}__contains": word})
    if key == word:
        return found
    by_key = Q()
    for part in key.split():
        by_key &= Q(**{f"{column}__contains": part})
    return found | by_key


def _is_punctuation(word: str) -> bool:
    """A dash between two words, say. Not "&", which is "and"."""
    return name_key(word) == word and all(unicodedata.category(character)[0] == "P" for character in word)
