"""Customers' trees in the copied list: who stands above a job, and which jobs stand below a customer."""

from collections.abc import Iterable, Mapping

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.bill_to import Tie
from standpipe.quickbooks.lists.models import Customer

from .queries import chunks, is_at_work

DEEPEST = 10  # levels of jobs; QuickBooks has five (requirement 3 asks for "deeper")


def tops_of(connection: Connection, list_ids: Iterable[str]) -> dict[str, str]:
    """ListID to the ListID of the top-level customer of its tree; one query a level, whatever the number."""
    wanted = list(list_ids)
    parents = _parents_of(connection, wanted)
    return {list_id: [list_id, *_above(list_id, parents=parents)][-1] for list_id in wanted}


def ties_of(connection: Connection, list_ids: Iterable[str]) -> dict[str, Tie]:
    """ListID to its path and to what stands above it, as the list has them now; a query a level and chunk."""
    ties: dict[str, Tie] = {}
    for chunk in chunks(list_ids):
        parents = _parents_of(connection, chunk)
        found = Customer.objects.filter(connection=connection, list_id__in=chunk)
        names = dict(found.values_list("list_id", "full_name"))
        for list_id in chunk:
            ties[list_id] = Tie(list_id, names.get(list_id, ""), frozenset(_above(list_id, parents=parents)))
    return ties


def jobs_below(connection: Connection, list_ids: Iterable[str]) -> list[str]:
    """ListIDs of the jobs at every level below, without those that "select all" leaves out."""
    found: dict[str, None] = {}
    for chunk in chunks(list_ids):
        wanted = chunk
        for _ in range(DEEPEST):
            rows = Customer.objects.filter(connection=connection, parent_list_id__in=wanted, gone_at=None)
            rows = rows.filter(is_at_work())
            wanted = [list_id for list_id in rows.values_list("list_id", flat=True) if list_id not in found]
            found |= dict.fromkeys(wanted)
            if not wanted:
                break
    return list(found)


def _parents_of(connection: Connection, list_ids: Iterable[str]) -> dict[str, str]:
    """ListID to the ListID of its parent, for all of these and all that stand above them."""
    parents: dict[str, str] = {}
    wanted = set(list_ids)
    for _ in range(DEEPEST):
        if not wanted:
            break
        found = Customer.objects.filter(connection=connection, list_id__in=wanted)
        new = dict(found.values_list("list_id", "parent_list_id"))
        parents |= new | dict.fromkeys(wanted - new.keys(), "")
        wanted = {parent for parent in new.values() if parent and parent not in parents}
    return parents


def _above(list_id: str, *, parents: Mapping[str, str]) -> list[str]:
    """From its parent up."""
    above: list[str] = []
    while (parent := parents.get(list_id, "")) and len(above) < DEEPEST:
        above.append(parent)
        list_id = parent
    return above
