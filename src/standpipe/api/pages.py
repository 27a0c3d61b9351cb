"""Lists in pages: ``{items, next_cursor, total}``, in a stable order that new records do not disturb."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import Query, Schema

from standpipe.core.errors import UserError

MAX_LIMIT = 500  # design 7: larger is cut

Row = TypeVar("Row", bound=Model)


class PageOf(Schema):
    items: list[Any]
    next_cursor: str | None
    total: int


Limit = Annotated[int, Query(ge=1, description=f"At most {MAX_LIMIT}; a larger number is cut.")]


def page_of(
    rows: QuerySet[Row],
    *,
    order: tuple[str, str],
    limit: int,
    cursor: str | None,
    as_json: Callable[[Sequence[Row]], Sequence[Any]],
) -> dict[str, Any]:
    """One page after ``cursor``. ``order`` names two columns, the second unique; ``as_json`` gets the whole page."""
    limit = min(limit, MAX_LIMIT)
    total = rows.count()
    wanted = rows.order_by(*order)
    if cursor:
        first, second = _decode(cursor)
        major, minor = order
        wanted = wanted.filter(Q(**{f"{major}__gt": first}) | Q(**{major: first, f"{minor}__gt": second}))
    found = list(wanted[: limit + 1])
    page = found[:limit]
    following = _encode([getattr(page[-1], column) for column in order]) if len(found) > limit else None
    return {"items": as_json(page), "next_cursor": following, "total": total}


def _encode(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode()


def _decode(cursor: str) -> tuple[str, str]:
    try:
        first, second = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError:
        raise UserError("This cursor is not one of ours.", code="cursor_invalid", field="cursor") from None
    return str(first), str(second)
