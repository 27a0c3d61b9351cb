"""Where a page of a list ended: what stands in two columns of its last row, the second of them unique."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q

from .errors import UserError
from .text import is_storable


def cursor_of(row: Model, *, order: tuple[str, str]) -> str:
    said = json.dumps([str(getattr(row, column)) for column in order])
    return base64.urlsafe_b64encode(said.encode()).decode()


def after(cursor: str, *, model: type[Model], order: tuple[str, str]) -> Q:
    """The rows behind it. Raises ``UserError`` for a cursor of another list, or of nobody."""
    major, minor = order
    first, second = _read(cursor, model=model, order=order)
    return Q(**{f"{major}__gt": first}) | Q(**{major: first, f"{minor}__gt": second})


def _read(cursor: str, *, model: type[Model], order: Sequence[str]) -> list[Any]:
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return [_value(text, model=model, column=column) for text, column in zip(said, order, strict=True)]
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise UserError("This cursor is not one of ours.", code="cursor_invalid", field="cursor") from None


def _value(text: Any, *, model: type[Model], column: str) -> Any:
    if not isinstance(text, str) or not is_storable(text):
        raise ValueError(text)
    field: Any = model._meta.get_field(column)
    value = field.to_python(text)
    field.run_validators(value)
    return value
