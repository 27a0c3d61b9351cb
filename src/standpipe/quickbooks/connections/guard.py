"""Is this the company file that the connection knows? Judged before any request leaves (design 3.9). Pure.

A copied or restored file keeps its FileID, an application removed from the Web Connector loses it, a company name
can be edited: no single fact decides, so the table below asks for all of them.
"""

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One row: what the facts must be (``None``: does not matter), and the verdict then."""

    was_read: bool | None = None
    stamp: Stamp
    has_names: bool | None = None  # it said both its company name and its path
    same_path: bool | None = None
    same_name: bool | None = None
    verdict: Verdict


# The first row that fits decides.
_RULES = (
    _Rule(stamp=Stamp.OTHER, verdict=Verdict.OTHER_FILE),
    _Rule(was_read=False, stamp=Stamp.OURS, verdict=Verdict.BIND),
    _Rule(was_read=False, stamp=Stamp.MISSING, has_names=True, verdict=Verdict.BIND),
    _Rule(was_read=True, stamp=Stamp.OURS, same_path=True, verdict=Verdict.GO),  # CompanyName can be edited
    _Rule(was_read=True, stamp=Stamp.OURS, same_path=False, verdict=Verdict.MOVED),
    _Rule(was_read=True, stamp=Stamp.MISSING, has_names=True, same_path=True, same_name=True, verdict=Verdict.GO),
    _Rule(stamp=Stamp.MISSING, verdict=Verdict.UNSTAMPED),
)


def judge(known: KnownFile, seen: SeenFile) -> Verdict:
    """The verdict on the file that is open now."""
    facts = {
        "was_read": known.was_read,
        "stamp": stamp_of(known, seen),
        "has_names": bool(seen.company_name.strip() and seen.path.strip()),
        "same_path": same_path(known.path, seen.path),
        "same_name": known.company_name.strip() == seen.company_name.strip(),
    }
    return next(rule.verdict for rule in _RULES if _fits(rule, facts))


def _fits(rule: _Rule, facts: Mapping[str, object]) -> bool:
    wanted = {name: getattr(rule, name) for name in facts}
    return all(value is None or value == facts[name] for name, value in wanted.items())


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
