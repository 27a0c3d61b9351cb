"""Whom an import takes: named customers, or all that a filter matches; in one go with their trees."""

from collections.abc import Iterable

from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import Customer

from .models import ImportBatch
from .queries import Filters, chunks, matching_all
from .trees import jobs_below, tops_of


def selection(
    connection: Connection, *, target: str, list_ids: Iterable[str] | None, filters: Filters | None
) -> list[str]:
    """Each once, by path, so that a customer stands beside its jobs; unknown ones last.

    In one go: also the customers of selected jobs and the jobs of selected customers. Raises :class:`UserError`
    where nothing is selected.
    """
    is_both = target == ImportBatch.Target.BOTH
    if list_ids is None:
        rows = matching_all(connection, target="accounts" if is_both else target, filters=filters or {})
        wanted = list(rows.values_list("list_id", flat=True))
    else:
        wanted = list(dict.fromkeys(list_ids))
    if not wanted:
        raise UserError("Select at least one customer or job.", code="nothing_selected", field="list_ids")
    if is_both:
        tops = tops_of(connection, wanted)
        wanted = list(dict.fromkeys([*wanted, *tops.values(), *jobs_below(connection, wanted)]))
    elif list_ids is None:
        return wanted  # by path already
    return _by_path(connection, wanted)


def _by_path(connection: Connection, list_ids: list[str]) -> list[str]:
    known: dict[str, str] = {}
    for chunk in chunks(list_ids):
        rows = Customer.objects.filter(connection=connection, list_id__in=chunk)
        known |= dict(rows.values_list("list_id", "sort_key"))
    return sorted(list_ids, key=lambda list_id: (list_id not in known, known.get(list_id, ""), list_id))
