"""Lists in pages: ``{items, next_cursor, total}``, in a stable order that new records do not disturb."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query, Schema

from standpipe.core.cursors import after, cursor_of

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
        wanted = wanted.filter(after(cursor, model=rows.model, order=order))
    found = list(wanted[: limit + 1])
    page = found[:limit]
    following = cursor_of(page[-1], order=order) if len(found) > limit else None
    return {"items": as_json(page), "next_cursor": following, "total": total}
