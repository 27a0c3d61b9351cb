"""How the refresh of the short lists stands, for every page that shows one of them."""

from dataclasses import dataclass
from datetime import datetime

from standpipe.quickbooks.connections.health import Problem
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.connections.queries import contact_of

from .models import ListKind
from .short_lists import ListsState, state_of_list
from .waiting import in_the_way, waiting_words

WHAT = "items, terms and the other lists"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshShown:
    connection: Connection
    state: ListsState
    words: str  # while one waits or runs
    is_overdue: bool
    problem: Problem | None  # why waiting alone will not help

    @property
    def open_task(self) -> Task | None:
        return self.state.open_task

    @property
    def refreshed_at(self) -> datetime | None:
        return self.state.refreshed_at


def refresh_shown(connection: Connection, *, kind: str = ListKind.ITEMS) -> RefreshShown:
    """``kind``: the list whose age and broken records are shown."""
    state = state_of_list(connection, kind)
    task, contact = state.open_task, contact_of(connection)
    return RefreshShown(
        connection=connection,
        state=state,
        words=waiting_words(connection, task, what=WHAT) if task else "",
        is_overdue=contact.overdue,
        problem=in_the_way(connection, contact) if task and task.state == Task.State.WAITING else None,
    )
