"""Is this the company file that the connection knows? Judged before any request leaves (design 3.9). Pure.

A copied or restored file keeps its FileID, an application removed from the Web Connector loses it, a company name
can be edited: no single fact decides, so the table below asks for all of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Verdict(StrEnum):
    """What the session may do. The refusals are the ``reason`` in ``Connection.refused_file``."""

    BIND = "bind"  # first contact: this is the file from now on
    GO = "go"
    OTHER_FILE = "other_file"  # another connection's FileID is in it
    MOVED = "moved"  # our FileID, but elsewhere: moved, copied, or another drive letter
    UNSTAMPED = "unstamped"  # no FileID, and name or path are not the known ones

    @property
    def is_refusal(self) -> bool:
        return self not in (Verdict.BIND, Verdict.GO)


class Stamp(StrEnum):
    OURS = "ours"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What the connection knows. ``was_read`` is false until a first session has bound a file."""

    file_id: UUID
    was_read: bool
    company_name: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """What the open company file says of itself. ``file_id`` is the text in it, ``""`` where there is none."""

    file_id: str
    company_name: str
    path: str


# (was a file read before, stamp, same path, same name) → verdict; None: does not matter.
_RULES: tuple[tuple[bool | None, Stamp, bool | None, bool | None, Verdict], ...] = (
    (None, Stamp.OTHER, None, None, Verdict.OTHER_FILE),
    (False, Stamp.OURS, None, None, Verdict.BIND),
    (False, Stamp.MISSING, None, None, Verdict.BIND),
    (True, Stamp.OURS, True, None, Verdict.GO),  # CompanyName can be edited
    (True, Stamp.OURS, False, None, Verdict.MOVED),
    (True, Stamp.MISSING, True, True, Verdict.GO),
    (True, Stamp.MISSING, None, None, Verdict.UNSTAMPED),
)


def judge(known: KnownFile, seen: SeenFile) -> Verdict:
    """The verdict on the file that is open now."""
    facts = (
        known.was_read,
        stamp_of(known, seen),
        same_path(known.path, seen.path),
        known.company_name.strip() == seen.company_name.strip(),
    )
    return next(
        verdict
        for *conditions, verdict in _RULES
        if all(wanted is None or wanted == fact for wanted, fact in zip(conditions, facts, strict=True))
    )


def stamp_of(known: KnownFile, seen: SeenFile) -> Stamp:
    """Whose FileID stands in the file. Text that is no FileID at all is not ours."""
    if not seen.file_id.strip():
        return Stamp.MISSING
    try:
        return Stamp.OURS if UUID(seen.file_id.strip()) == known.file_id else Stamp.OTHER
    except ValueError:
        return Stamp.OTHER


def same_path(one: str, other: str) -> bool:
    """Windows paths: case and the kind of slash do not count."""
    return one.strip().replace("/", "\\").casefold() == other.strip().replace("/", "\\").casefold()
