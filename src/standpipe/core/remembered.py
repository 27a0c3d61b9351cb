"""What was found in long lists, kept in this process for as long as nothing that it rests on has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from django.db.models import Aggregate, QuerySet, TextField, UUIDField
from django.db.models.expressions import Combinable

_Found = TypeVar("_Found")


class Remembered(Generic[_Found]):
    """Answers by key. Make it once, at the head of a module.

    ``basis`` is asked each time and must be another value whenever the answer could be another; it is asked once more
    behind ``find``, so that nothing is kept that was found while it changed. What is answered is everybody's: nobody
    may change it.
    """

    def __init__(self, *, most: int) -> None:
        self._most, self._kept = most, dict[Hashable, tuple[Hashable, _Found]]()

    def get(self, key: Hashable, *, basis: Callable[[], Hashable], find: Callable[[], _Found]) -> _Found:
        now = basis()
        if (kept := self._kept.get(key)) and kept[0] == now:
            return kept[1]
        found = find()
        if basis() == now:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = (now, found)
        return found

    def forget(self) -> None:
        self._kept.clear()


class _Joined(Aggregate):
    """All values behind one another, as the database meets them."""

    function, template, output_field = "GROUP_CONCAT", "%(function)s(%(expressions)s, ' ')", TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        is_uuid = isinstance(self.source_expressions[0].output_field, UUIDField)  # 16 bytes, not 36 letters
        joined = "UUID_SEND(%(expressions)s), ''" if is_uuid else "%(expressions)s, ' '"
        return self.as_sql(compiler, connection, template=f"MD5(STRING_AGG({joined}))", **context)


def digest(rows: QuerySet[Any], *columns: str | Combinable) -> bytes:
    """Another one where ``columns`` of the rows are others; none of them may be empty. An index that holds them all
    answers it in milliseconds.
    """
    said = rows.order_by().aggregate(**{f"column_{at}": _Joined(column) for at, column in enumerate(columns)})
    return blake2b("|".join(str(values) for values in said.values()).encode(), digest_size=16).digest()
