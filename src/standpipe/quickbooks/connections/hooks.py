"""What follows in rooms above: a connection knows nothing of visits and lists. Added once, in ``AppConfig.ready()``.

All of it happens inside the transaction of what it follows from.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from .models import Connection

Because = Literal["rejected", "password", "archived"]


class EndVisit(Protocol):
    def __call__(self, connection: Connection, *, because: Because) -> None: ...


end_visit: list[EndVisit] = []  # nothing more is read or sent in the visit that is under way
forget_file: list[Callable[[Connection], None]] = []  # what was read is of another company file than meant
