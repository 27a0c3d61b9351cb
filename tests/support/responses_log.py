"""Every qbXML response that the simulated QuickBooks gives in the suite is kept, to be held against the schema.

It is kept where QuickBooks hands it over: what becomes of it on the wire is not QuickBooks' doing. Its name says
which of the switches in EXCUSES were on, because with them QuickBooks says what no schema allows, on purpose.
"""

from __future__ import annotations

import functools
import os
import re
import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import get_ident

from qbsim.processor import Session

FOLDER = "STANDPIPE_RESPONSE_LOG"  # set by the process that runs the suite, inherited by all that it starts

# What the schema may say of a response while that deviation or fault is on, and of no other.
EXCUSES: Mapping[str, re.Pattern[str]] = {
    "mail-delivery": re.compile(r"Element 'PreferredDeliveryMethod': .*'Mail'"),
    "broken-record": re.compile(
        r"Element '\w+': This element is not expected\. Expected is \( (ListID|Name) \)"
        r"|Element 'Sublevel': .*'one'|Element 'IsActive': .*'perhaps'|Element 'TimeModified': .*'yesterday'"
    ),
}

_Process = Callable[..., str]


def record_responses() -> None:
    """From now on keep what any session of this process answers, also to the Web Connector's own questions."""
    if not hasattr(Session.process, "__wrapped__"):
        Session.process = _recording(Session.process)  # type: ignore[method-assign]
        Session.process_own = _recording(Session.process_own)  # type: ignore[method-assign]


def record_response(response: str, *, switched_on: Collection[str] = ()) -> None:
    """Keep one; equal ones are kept once. Whoever is killed meanwhile leaves no half of it."""
    if FOLDER not in os.environ:
        return
    content = response.encode()
    path = Path(os.environ[FOLDER], ".".join((sha256(content).hexdigest(), *switched_on, "xml")))
    if not path.exists():
        unfinished = path.with_suffix(f".{os.getpid()}-{get_ident()}")
        unfinished.write_bytes(content)
        unfinished.replace(path)


def recorded_responses() -> list[Path]:
    return sorted(Path(os.environ[FOLDER]).glob("*.xml"))


def switched_on(session: Session) -> tuple[str, ...]:
    """The switches in EXCUSES that are on for this session; none in a file that cannot be read."""
    with suppress(sqlite3.Error):
        return tuple(name for name in EXCUSES if name in session.company.deviations or session.faults.is_on(name))
    return ()


def is_excused(message: str, *, by: Collection[str]) -> bool:
    """Whether what the schema says is what one of these switches is for."""
    return any(EXCUSES[name].search(message) for name in by)


def is_excused_in(path: Path, message: str) -> bool:
    """The same of a recorded response, by the switches that were on when it was given."""
    return is_excused(message, by=path.name.split(".")[1:-1])


def _recording(process: _Process) -> _Process:
    @functools.wraps(process)
    def recorded(session: Session, *args: object, **kwargs: object) -> str:
        on = switched_on(session)  # before: a fault that strikes once is off afterwards
        response = process(session, *args, **kwargs)
        record_response(response, switched_on=on)
        return response

    return recorded
