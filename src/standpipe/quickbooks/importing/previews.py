"""Reading a plan: what would be created, from where, what is doubtful; and what has changed since it was read."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from standpipe.buildings.models import Building
from standpipe.core.text import name_key
from standpipe.quickbooks.linking.bill_to import Tie, Tree, bill_to

from .people import Seat, left_over_of, sources_of
from .persons import Note, person_json
from .planning import Outcome, Planned

Told = dict[str, Any]  # what ``told_of`` makes of an entry

FIELDS = {
    "name": "Name",
    "billing_address": "Billing address",
    "physical_address": "Physical address",
    "contacts": "Contacts",
    "account": "Account",
}


def told_of(entry: Planned) -> Told:
    """One entry in the words of the preview; ``record`` as it would be created, shaped as the noun."""
    told: Told = {"list_id": entry.list_id, "type": entry.noun, "outcome": str(entry.outcome), "reason": entry.reason}
    if entry.record is None or entry.mapped is None:
        return told
    sources = entry.mapped.sources | sources_of(entry.seats)
    if entry.account is not None:
        is_new = entry.account._state.adding  # noqa: SLF001  # Django documents Model._state
        told["account"] = {
            "id": None if is_new else str(entry.account.pk),
            "name": entry.account.name,
            "list_id": entry.top,
        }
        sources["account_id"] = "the account of its customer" if is_new else "the account here of its customer"
    return told | {
        "record": record_of(entry),
        "sources": sources,
        "doubts": _notes(entry.mapped.doubts),
        "looks_like": _like_json(entry),
        "left_over": _notes((*entry.mapped.left_over, *left_over_of(entry.seats))),
    }


def record_of(entry: Planned) -> dict[str, Any]:
    """The record as it would be created; ids of what is not here yet are ``None``."""
    assert entry.record is not None  # asked for entries that are mapped  # noqa: S101
    record: dict[str, Any] = {
        "id": None,
        "name": entry.record.name,
        "billing_address": entry.record.billing_address.to_json(),
    }
    if isinstance(entry.record, Building):
        account = entry.account
        is_here = account is not None and not account._state.adding  # noqa: SLF001  # see told_of
        record["physical_address"] = entry.record.physical_address.to_json()
        record["account_id"] = str(account.pk) if account and is_here else None
        record["contacts"] = [_contact_json(seat) for seat in entry.seats]
    return record


def _contact_json(seat: Seat) -> dict[str, Any]:
    return person_json(seat.contact, contact_id=None if seat.is_new else str(seat.contact.id))


def _like_json(entry: Planned) -> dict[str, str] | None:
    if entry.like is None or not entry.like_because:
        return None
    return {
        "type": entry.noun,
        "id": str(entry.like.pk),
        "name": entry.like.name,
        "because": entry.like_because,
    }


def _notes(notes: Iterable[Note]) -> list[dict[str, str]]:
    return [{"code": note.code, "text": note.text} for note in notes]


def add_shared_names(told: Sequence[Told], *, tops: Mapping[str, str]) -> None:
    """Tells jobs of one customer that would bear one name. ``tops``: ListID to the head of its tree."""
    jobs = [
        (one, (tops[one["list_id"]], name_key(one["record"]["name"])))
        for one in told
        if "record" in one and one["type"] == "building"
    ]
    counts = Counter(key for _, key in jobs)
    for one, key in jobs:
        if counts[key] > 1:
            others = "another one" if counts[key] == 2 else f"{counts[key] - 1:,} others"
            text = f"Bears the same name as {others} of its customer."
            one["doubts"].append({"code": "shares_name", "text": text})


# Whether it is still so


def fingerprint_of(told: Iterable[Told]) -> str:
    """Of a whole preview: equal where the same records would be created with the same values, and only then."""
    digest = hashlib.blake2b(digest_size=16)
    for one in told:
        digest.update(json.dumps([one["list_id"], one["outcome"], _values(one)], sort_keys=True).encode())
    return digest.hexdigest()


def changes_since(was: Told, entry: Planned, *, is_decided: bool) -> list[dict[str, Any]]:
    """What differs between the preview and what would be created now; empty where a person has seen it all.

    ``is_decided``: a person has said what becomes of it. Without that, what the preview left to a person is not made
    because it looks like nothing any more: a colleague may have linked the other one elsewhere.
    """
    reason = was["reason"] or {}
    was_asked = was["outcome"] == Outcome.HELD and reason.get("code") == "looks_like"
    if was["outcome"] in (Outcome.SKIPPED, Outcome.FAILED) or (was_asked and not is_decided):
        return [{"field": "outcome", "was": reason.get("text", ""), "now": "It would be created."}]
    before, now = _values(was), _values(told_of(entry))
    return [
        {"field": key, "was": before.get(key), "now": now.get(key)}
        for key in FIELDS
        if before.get(key) != now.get(key)
    ]


def _values(told: Told) -> dict[str, Any]:
    """Only what will stand in the record, in the shape in which a person reads it."""
    record = told.get("record", {})
    values = {key: record[key] for key in ("name", "billing_address", "physical_address") if key in record}
    if "contacts" in record:
        values["contacts"] = [
            {key: person[key] for key in ("name", "email", "phone", "cell_phone", "address")}
            for person in record["contacts"]
        ]
    values["account"] = told["account"]["name"] if "account" in told else None
    return values


# Where invoices will go


def trees_of(told: Iterable[Told], *, ties: Mapping[str, Tie]) -> list[Tree]:
    """The trees of an import in one go: what is made of each customer and of its jobs. A building that is here and
    gets linked stays where it stands, and is none of them.
    """
    accounts: dict[str, bool] = {}  # ListID to whether the account is new
    jobs: list[str] = []
    for one in told:
        comes = one["outcome"] in (Outcome.CREATED, Outcome.LINKED)
        is_here = one["outcome"] == Outcome.SKIPPED and "id" in (one["reason"] or {})
        if one["type"] == "account" and (comes or is_here):
            accounts[one["list_id"]] = one["outcome"] == Outcome.CREATED
        elif one["type"] == "building" and one["outcome"] == Outcome.CREATED:
            jobs.append(one["list_id"])
    buildings: dict[str, list[str]] = {top: [] for top in accounts}
    for job in jobs:
        for top in ties[job].above & buildings.keys():
            buildings[top].append(job)
    return [
        Tree(
            account=ties[top].full_name,
            is_new=accounts[top],
            buildings=[bill_to(building=ties[job], account=ties[top]) for job in under],
        )
        for top, under in buildings.items()
        if accounts[top] or under
    ]
