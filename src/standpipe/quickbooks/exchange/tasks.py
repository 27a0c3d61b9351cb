"""What a task can say and ask for. Each kind is a module of two pure functions, ``next_request`` and ``receive``.

Neither touches a database or a clock: what they want done they return as effects, and ``effects.apply`` does it in
the transaction that stores the answer. A state is plain data; it survives between calls as ``Task.memory``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from standpipe.quickbooks.lists.stage import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The session in which a task runs."""

    session: str  # its id; an iterator does not outlive it (qbXML reference, status 3391)
    version: str  # qbXML, the lower of ours and the company file's
    path: str
    computer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """What is known of a list before a refresh: the columns of ``CustomerList``."""

    full_at: datetime | None = None  # None: it has never been whole
    mark: str = ""
    mark_pass_seconds: int = 0
    mark_origin: Mapping[str, str] | None = None


# --- effects


@dataclass(frozen=True, slots=True)
class ClearStage:
    """Forget what was staged: the list is read from its beginning again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePage:
    """Keep what a page brought."""

    rows: Sequence[Mapping[str, Any]] = ()  # new or different
    sightings: Sequence[str] = ()  # ListIDs that are there, unchanged or unreadable
    deletions: Sequence[str] = ()  # ListIDs of the deletion feed


@dataclass(frozen=True, slots=True)
class LookForGaps:
    """Find out whether known customers stayed unseen and unexplained; the answer goes to ``gaps_looked_for``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyList:
    """Make the stage the list: see ``lists.stage.apply``."""

    is_full: bool
    keep_unseen: bool
    mark: Mark
    broken: Sequence[Mapping[str, str]]


Effect = ClearStage | StagePage | LookForGaps | ApplyList


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a task ends, or ends for this session: "later" waits for the next one."""

    how: Literal["done", "later", "failed"]
    code: str = ""
    text: str = ""  # for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An answer that is none: QuickBooks refused the document, or what came cannot be trusted."""

    code: str
    text: str
    is_final: bool  # repeating would bring the same
