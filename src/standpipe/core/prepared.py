"""Queries whose SQL is made once, for the few that every call of a Web Connector asks.

Django makes the SQL of a queryset anew each time, which costs several times what a database needs to answer it. Here
a queryset is written as ever, with a ``Slot`` wherever a value will stand; what Django makes of it is kept beside the
database connection, and asked again with other values::

    find = Prepared(lambda: Session.objects.filter(ticket=Slot("ticket")))
    session = find.first(ticket="…")

The rows come as from any other queryset. ``Slots`` is the place of many values, after ``__in``. A value that may be
``None`` has no place: SQL asks for that otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections, models, transaction
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

_Row = TypeVar("_Row")
_Made = TypeVar("_Made")

# How values of these types get into a database; all others go in as they are.
_FIELDS: dict[type, models.Field[Any, Any]] = {
    UUID: models.UUIDField(),
    datetime: models.DateTimeField(),
    dict: models.JSONField(),
    list: models.JSONField(),
}


class Slot(models.Value):
    """The place of a value that is known when the query is asked."""

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, Any]:
        return "%s", [self]

    def bound(self, value: Any, *, database: Any) -> Any:
        field = _FIELDS.get(type(value))
        if field is not None:
            return field.get_db_prep_value(value, connection=database)
        return value.value if isinstance(value, Enum) else value


class Slots(models.Value):
    """The place of any number of values of such a field, after ``__in``: the database takes them out of one."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(name, output_field=field)

    def as_sql(self, _compiler: Any, connection: Any) -> tuple[str, Any]:
        if connection.vendor == "sqlite":
            return "(SELECT value FROM json_each(%s))", [self]
        return f"(SELECT unnest(%s::{self.output_field.db_type(connection)}[]))", [self]

    def bound(self, values: Any, *, database: Any) -> Any:
        found = [self.output_field.get_db_prep_value(value, connection=database) for value in values]
        return json.dumps(found) if database.vendor == "sqlite" else found


class Prepared(Generic[_Row]):
    """The queryset that ``build`` returns, to be asked again and again. Make it once, at the head of a module."""

    def __init__(self, build: Callable[[], QuerySet[Any, _Row]]) -> None:
        self._build = build

    def all(self, **values: object) -> list[_Row]:
        """The rows, with these values in the slots."""
        queryset, statement = _kept(self, self._make)
        statement.values = values
        return list(queryset.all())  # a copy, with the same statement

    def first(self, **values: object) -> _Row | None:
        """The first row; slice a queryset that may find many."""
        return next(iter(self.all(**values)), None)

    def _make(self) -> tuple[QuerySet[Any, _Row], _Statement]:
        queryset = self._build()
        statement = _Statement(queryset.query.get_compiler(using=queryset.db))
        queryset.query.get_compiler = lambda *_, **__: statement  # type: ignore[method-assign]
        return queryset, statement


class PreparedUpdate:
    """An update of the rows of a queryset: ``build`` returns it, and what it sets. Both may have slots."""

    def __init__(self, build: Callable[[], tuple[QuerySet[Any], Mapping[str, object]]]) -> None:
        self._build = build

    def __call__(self, **values: object) -> int:
        """How many rows there were."""
        statement = _kept(self, self._make)
        statement.values = values
        with transaction.mark_for_rollback_on_error(using=statement.database.alias), statement.asked() as cursor:
            return int(cursor.rowcount)

    def _make(self) -> _Statement:
        queryset, sets = self._build()
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(sets)
        return _Statement(query.get_compiler(using=queryset.db))


def save(row: models.Model, columns: Iterable[str]) -> None:
    """What ``row.save(update_fields=columns)`` writes. Nobody is signalled."""
    names = tuple(columns)
    fields: dict[str, Any] = {name: row._meta.get_field(name) for name in names}
    values = {
        name: field.get_db_prep_save(getattr(row, field.attname), connection=connections["default"])
        for name, field in fields.items()
    }
    _saving(type(row), names)(pk=row.pk, **values)


@cache
def _saving(model: type[models.Model], columns: tuple[str, ...]) -> PreparedUpdate:
    return PreparedUpdate(lambda: (QuerySet(model).filter(pk=Slot("pk")), {name: Slot(name) for name in columns}))


class _Statement:
    """Stands where a compiler of Django's stands: what it made, asked with the values of the moment."""

    def __init__(self, compiler: Any) -> None:
        self.sql, self.parameters = compiler.as_sql()
        self.database = compiler.connection
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        self.values: Mapping[str, object] = {}
        self._compiler = compiler
        self._converters = compiler.get_converters([one[0] for one in self.select or ()])

    def asked(self) -> Any:
        cursor = self.database.cursor()
        cursor.execute(self.sql, [self._bound(one) for one in self.parameters])
        return cursor

    def _bound(self, parameter: object) -> object:
        if not isinstance(parameter, Slot | Slots):
            return parameter
        return parameter.bound(self.values[parameter.value], database=self.database)

    # What ``ModelIterable`` and its kin ask of a compiler.

    def execute_sql(self, *_: Any, **__: Any) -> Iterable[Iterable[Any]]:
        with self.asked() as cursor:
            return [cursor.fetchall()]

    def results_iter(self, results: Any = None, *, tuple_expected: bool = False, **__: Any) -> Iterator[Any]:
        rows = chain.from_iterable(self.execute_sql() if results is None else results)
        converted = self._compiler.apply_converters(rows, self._converters) if self._converters else rows
        return map(tuple, converted) if tuple_expected else converted


def _kept(query: object, make: Callable[[], _Made]) -> _Made:
    """What was made of ``query`` for this thread's database connection, with which it ends."""
    kept: dict[object, _Made] = connections["default"].__dict__.setdefault("prepared", {})
    if query not in kept:
        kept[query] = make()
    return kept[query]
