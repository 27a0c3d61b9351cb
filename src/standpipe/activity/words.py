"""The trail in words. Higher rooms add their own verbs with :func:`add_verbs` when they start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standpipe.core.addresses import Address
from standpipe.ui.times import day_words

from .models import Activity

# Follows who did it: "Otto changed this account".
_VERBS: dict[str, str] = {
    "account.created": "added this account",
    "account.edited": "changed this account",
    "account.archived": "archived this account",
    "account.restored": "brought this account back",
    "building.created": "added this building",
    "building.edited": "changed this building",
    "building.archived": "archived this building",
    "building.restored": "brought this building back",
    "building.account_set": "changed the account",
    "contact.created": "added this contact",
    "contact.edited": "changed this contact",
    "contact.archived": "archived this contact",
    "contact.restored": "brought this contact back",
}
_FIELDS = {  # others are their names, with blanks
    "email": "E-mail",
    "places": "Stands at",
    "txn_id": "TxnID",
}
_DAYS = frozenset({"date", "due_date"})
_TOLD_BY_THE_VERB = frozenset({"archived"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    label: str
    before: str  # "" where there was nothing
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row of the trail as it is read: "Otto changed this account", and what from and to what."""

    activity: Activity
    who: str
    what: str
    changes: tuple[Change, ...]


def add_verbs(words: Mapping[str, str]) -> None:
    """``{"account.linked": "linked this account to QuickBooks"}``: the words follow who did it."""
    _VERBS.update(words)


def told(activity: Activity) -> Told:
    before, after = activity.before or {}, activity.after or {}
    changes = tuple(
        change
        for field in dict.fromkeys([*before, *after])
        if field not in _TOLD_BY_THE_VERB
        and (change := _change(field, before=before.get(field), after=after.get(field)))
    )
    what = _VERBS.get(activity.verb) or activity.verb.replace(".", " ").replace("_", " ")
    return Told(activity=activity, who=activity.actor_name or "Standpipe", what=what, changes=changes)


def _change(field: str, *, before: Any, after: Any) -> Change | None:
    words = day_words if field in _DAYS else in_words
    was, becomes = words(before), words(after)
    if was == becomes:
        return None
    label = _FIELDS.get(field) or field.replace("_", " ").capitalize()
    return Change(label=label, before=was, after=becomes)


def in_words(value: Any) -> str:  # noqa: PLR0911  # one line for each shape that the trail holds
    """A value of the trail on one line; nothing, in whatever form, is ``""``."""
    match value:
        case _ if value in (None, "", [], {}):
            return ""
        case bool():
            return "yes" if value else "no"
        case {"lines": _}:
            address = Address.from_json(value)
            return ", ".join([*address.printed_lines, *([f"({address.note})"] if address.note else [])])
        case {"roles": [*roles], **place}:
            at = in_words(next(iter(place.values()), None))
            return f"{at} ({in_words(roles)})" if roles else at
        case {"name": str(name)}:
            return name
        case {**pairs}:
            return ", ".join(f"{str(key).replace('_', ' ')}: {in_words(inner)}" for key, inner in pairs.items())
        case [*items]:
            return ", ".join(in_words(item) for item in items)
        case _:
            return str(value)
