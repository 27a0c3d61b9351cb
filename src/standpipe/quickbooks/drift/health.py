"""What became of the customers that links point to, and who may stand in the place of one that is gone. Pure.

QuickBooks tells that a customer was deleted, for ninety days, and never that it was merged: merging takes one out of
the list, and what hung on it hangs on the other (Intuit, "Merge list entries"; docs.conductor.is on deleted lists).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from standpipe.core.emails import split_emails
from standpipe.core.phones import phone_keys
from standpipe.quickbooks.lists.details import PATH_SEPARATOR


class State(StrEnum):
    """Of the customer of a link, the gravest first."""

    DELETED = "deleted"  # the deletion feed names it, and nothing tells that another took its place
    MISSING = "missing"  # it is in neither, list nor deletion feed
    MERGED = "merged"
    RECREATED = "recreated"
    MOVED = "moved"
    INACTIVE = "inactive"


GONE = (State.DELETED, State.MISSING, State.MERGED, State.RECREATED)
WORDS = {
    State.DELETED: "Deleted in QuickBooks",
    State.MISSING: "Not in QuickBooks any more",
    State.MERGED: "Merged in QuickBooks",
    State.RECREATED: "Made anew in QuickBooks",
    State.MOVED: "Moved in QuickBooks",
    State.INACTIVE: "Inactive in QuickBooks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A customer as far as health looks at it."""

    list_id: str
    full_name: str
    parent_list_id: str = ""
    is_active: bool = True
    name_key: str = ""
    billing_key: str = ""
    physical_key: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    state: State
    text: str  # a sentence or two

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    code: str  # "jobs", "path", "name", "billing", "physical", "phone", "email"
    text: str

    @property
    def weight(self) -> int:
        return _WEIGHTS[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    list_id: str
    full_name: str
    evidence: tuple[Evidence, ...]

    @property
    def weight(self) -> int:
        return sum(one.weight for one in self.evidence)

    @property
    def is_proposed(self) -> bool:
        """Enough to offer it by a button: one value alone is shared by too many."""
        return self.weight >= _ENOUGH

    def has(self, *codes: str) -> bool:
        return any(one.code in codes for one in self.evidence)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Survivor":
        return cls(**{**value, "evidence": tuple(Evidence(**one) for one in value["evidence"])})


_WEIGHTS = {"jobs": 6, "path": 6, "name": 2, "billing": 2, "phone": 2, "email": 2, "physical": 1}
_ENOUGH = 3
MOST_SURVIVORS = 3


# --- gone


def survivors_of(
    gone: Listed, *, candidates: Iterable[Listed], parent: Listed | None, moved_jobs: Sequence[Listed]
) -> list[Survivor]:
    """Who may stand in the place of ``gone``, the likeliest first; at most ``MOST_SURVIVORS``.

    ``parent`` is the customer above it: what a job has from there proves nothing, its siblings have it too.
    ``moved_jobs`` stood below ``gone`` and stand elsewhere now.
    """
    below = tuple(job.full_name + PATH_SEPARATOR for job in moved_jobs)
    own = {job.list_id for job in moved_jobs}
    found = []
    for one in candidates:
        if one.list_id == gone.list_id or one.list_id in own or one.full_name.startswith(below):
            continue
        jobs = [job for job in moved_jobs if job.parent_list_id == one.list_id]
        if evidence := tuple(_evidence(gone, one, parent=parent, jobs=jobs)):
            found.append(Survivor(list_id=one.list_id, full_name=one.full_name, evidence=evidence))
    found.sort(key=lambda survivor: (-survivor.weight, survivor.full_name, survivor.list_id))
    return found[:MOST_SURVIVORS]


def _evidence(gone: Listed, one: Listed, *, parent: Listed | None, jobs: Sequence[Listed]) -> Iterable[Evidence]:
    if jobs:
        names = ", ".join(f"“{job.full_name.rpartition(PATH_SEPARATOR)[2]}”" for job in jobs[:3])
        text = f"its {_jobs(len(jobs))} ({names}{', …' if len(jobs) > 3 else ''}) now {_stand(len(jobs))} below it"
        yield Evidence(code="jobs", text=text)
    if one.full_name.casefold() == gone.full_name.casefold():
        yield Evidence(code="path", text="it has the same name and place in the list, but is another entry")
    for code, words in (("name", "the same name"), ("billing", "the same billing address")):
        if _is_own(gone, one, f"{code}_key", parent=parent):
            yield Evidence(code=code, text=words)
    if gone.physical_key != gone.billing_key and _is_own(gone, one, "physical_key", parent=parent):
        yield Evidence(code="physical", text="the same physical address")
    inherited = parent.phones | parent.emails if parent else frozenset()
    if (gone.phones & one.phones) - inherited:
        yield Evidence(code="phone", text="the same phone")
    if (gone.emails & one.emails) - inherited:
        yield Evidence(code="email", text="the same e-mail")


def _is_own(gone: Listed, one: Listed, key: str, *, parent: Listed | None) -> bool:
    """Equal, and not only because both have it from the customer above."""
    value = getattr(gone, key)
    return bool(value) and value == getattr(one, key) and (parent is None or value != getattr(parent, key))


def _jobs(count: int) -> str:
    return "job" if count == 1 else f"{count} jobs"


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


def finding_of_gone(gone: Listed, *, was_deleted: bool, survivors: Sequence[Survivor]) -> Finding:
    """Which of the four it is, in words. ``was_deleted``: QuickBooks' deletion feed names it."""
    best = survivors[0] if survivors and survivors[0].is_proposed else None
    if best and best.has("path"):
        return Finding(
            state=State.RECREATED,
            text=f"The entry that this was linked to is gone, and a new one named “{best.full_name}” is in its "
            "place. QuickBooks takes them for two different customers.",
        )
    if best and best.has("jobs"):
        return Finding(
            state=State.MERGED,
            text=f"“{gone.full_name}” is gone, and its jobs stand below “{best.full_name}” now: it was merged into "
            "that.",
        )
    if best:
        return Finding(
            state=State.MERGED,
            text=f"“{gone.full_name}” is gone, and “{best.full_name}” has what it had: it seems to have been merged "
            "into that.",
        )
    if was_deleted:
        return Finding(
            state=State.DELETED,
            text=f"“{gone.full_name}” was deleted in QuickBooks, or merged into a customer that has nothing in "
            "common with it.",
        )
    return Finding(
        state=State.MISSING,
        text=f"“{gone.full_name}” is not in QuickBooks’ list any more. QuickBooks tells of deletions for 90 days "
        "only, so it may have been deleted or merged before that.",
    )


# --- there


def finding_of_moved(now: Listed, *, before: str, above: str, was_gone: bool) -> Finding:
    """``before`` and ``above`` are the paths it stood and stands below; ``""``: a customer of its own."""
    then = f"below “{before}”" if before else "as a customer of its own"
    place = f"below “{above}”" if above else "as a customer of its own"
    because = f" “{before}” is gone from QuickBooks." if was_gone else ""
    return Finding(
        state=State.MOVED,
        text=f"When it was linked it stood {then}; now it stands {place}, as “{now.full_name}”.{because} "
        "Invoices would go there.",
    )


def finding_of_inactive(now: Listed, *, above: str) -> Finding:
    """``above``: the inactive customer that it stands below, if there is one."""
    because = f" So is “{above}”, above it." if above else ""
    return Finding(
        state=State.INACTIVE,
        text=f"“{now.full_name}” is inactive in QuickBooks: it is hidden from the lists there.{because}",
    )


def phones_of(details: dict[str, Any]) -> frozenset[str]:
    return frozenset(key for name in ("phone", "alt_phone") for key in phone_keys(details.get(name, "")))


def emails_of(details: dict[str, Any]) -> frozenset[str]:
    return frozenset(box.address.casefold() for box in split_emails(details.get("email", "")).mailboxes)
