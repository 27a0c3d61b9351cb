"""Reading how links stand: for lists, counts, pages and programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.linking.models import Link

from .comparing import GROUPS, OPEN, Difference, Kind, to_json
from .health import GONE, WORDS, Finding, State, Survivor
from .looking import Looked, look
from .models import Standing

KINDS = tuple(kind.value for kind in Kind if kind not in (Kind.SAME, Kind.AGREED))
_LOADED = (
    "link", "link__account", "link__building", "link__organization", "link__connection", "link__linked_by",
    "kept_by",
)  # fmt: skip


def standings_of(organization: Organization, *, connection: Connection | None = None) -> QuerySet[Standing]:
    """Of what is in use, as of the last ``catch_up``; archived records and company files wait until they are back."""
    rows = Standing.objects.filter(organization=organization, is_listed=True)
    if connection is not None:
        return rows.filter(connection=connection)
    in_use = [one.pk for one in connections_of(organization)]
    return rows.filter(connection__in=in_use)


# --- drift


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFilter:
    """What a list of drift shows. An unknown value filters nothing."""

    changed: str = "quickbooks"  # "quickbooks": open ones; else a ``Kind``, or "all"
    field: str = ""  # one of ``comparing.GROUPS``
    noun: str = ""  # "account" or "building"

    @property
    def wanted(self) -> tuple[str, ...]:
        if self.changed == "quickbooks":
            return tuple(kind.value for kind in OPEN)
        return (self.changed,) if self.changed in KINDS else KINDS

    def shows(self, one: Difference) -> bool:
        return one.kind.value in self.wanted and self.field in ("", one.group)


def drifted(rows: QuerySet[Standing], asked: DriftFilter) -> QuerySet[Standing]:
    """By name; each once, whatever the number of its fields."""
    if asked.field in GROUPS:
        rows = rows.filter(**{f"{asked.field}__in": asked.wanted})
    if asked.changed == "quickbooks":
        rows = rows.filter(is_open=True)
    elif not asked.field:
        rows = rows.filter(_any_group(asked.wanted))
    if asked.noun in ("account", "building"):
        rows = rows.filter(**{f"link__{asked.noun}__isnull": False})
    return rows.order_by("sort_key", "link_id").select_related(*_LOADED)


def drift_counts(rows: QuerySet[Standing]) -> dict[str, int]:
    """How many records: by kind (``quickbooks`` counts all that wait for a decision), and by field of those."""
    return rows.order_by().aggregate(**_drift_counted())


def all_counts(rows: QuerySet[Standing]) -> tuple[dict[str, int], dict[str, int]]:
    """``drift_counts`` and ``health_counts`` in one pass."""
    drift, health = _drift_counted(), _health_counted()
    found = rows.order_by().aggregate(**drift, **{f"health_{key}": count for key, count in health.items()})
    return {key: found[key] for key in drift}, {key: found[f"health_{key}"] for key in health}


def _drift_counted() -> dict[str, Count]:
    wanted = {"quickbooks": Count("pk", filter=Q(is_open=True)), "all": Count("pk", filter=_any_group(KINDS))}
    for kind in KINDS:
        if kind != Kind.QUICKBOOKS:
            wanted[kind] = Count("pk", filter=_any_group([kind]))
    for group in GROUPS:
        wanted[f"field_{group}"] = Count("pk", filter=Q(**{f"{group}__in": [kind.value for kind in OPEN]}))
    return wanted


def _any_group(kinds: Sequence[str]) -> Q:
    found = Q()
    for group in GROUPS:
        found |= Q(**{f"{group}__in": kinds})
    return found


def looked_at(standings: Sequence[Standing]) -> list[Looked]:
    """What the rows stand for, compared anew, in their order."""
    found: dict[UUID, Looked] = {}
    by_connection: dict[Connection, list[Link]] = {}
    for row in standings:
        by_connection.setdefault(row.link.connection, []).append(row.link)
    for connection, links in by_connection.items():
        found |= {one.link.pk: one for one in look(connection, links, with_health=False)}
    return [found[row.link_id] for row in standings]


def drift_json(looked: Looked, *, fields: Iterable[Difference] | None = None) -> dict[str, Any]:
    """One record with its differing fields, as programs see it."""
    return _named(looked.link) | {
        "fields": [
            {
                "field": one.field,
                "label": one.label,
                "at_link": to_json(one.then),
                "in_quickbooks": to_json(one.now),
                "here": to_json(one.here),
                "changed": one.kind.value or None,
                "open": one.is_open,
            }
            for one in (looked.telling if fields is None else fields)
        ]
    }


# --- health


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailing:
    """A link that is not well, as a page shows it."""

    standing: Standing
    link: Link
    findings: tuple[Finding, ...]
    survivors: tuple[Survivor, ...]

    @property
    def proposed(self) -> Survivor | None:
        return self.survivors[0] if self.survivors and self.survivors[0].is_proposed else None

    @property
    def others(self) -> list[Survivor]:
        return [one for one in self.survivors if one is not self.proposed]

    @property
    def words(self) -> str:
        return WORDS[State(self.standing.health)]

    @property
    def is_gone(self) -> bool:
        return State(self.standing.health) in GONE

    @property
    def is_kept(self) -> bool:
        return not self.standing.needs_care


def ailing(rows: QuerySet[Standing], *, state: str = "", kept: bool | None = False) -> QuerySet[Standing]:
    """Links that are not well, by name. ``kept``: those that somebody keeps so, the others, or all (``None``)."""
    rows = rows.exclude(health="")
    if kept is not None:
        rows = rows.filter(needs_care=not kept)
    if state in WORDS:
        rows = rows.filter(health=state)
    return rows.order_by("sort_key", "link_id").select_related(*_LOADED)


def health_counts(rows: QuerySet[Standing]) -> dict[str, int]:
    """By state, of those that nobody keeps as they are; and ``kept``."""
    return rows.order_by().aggregate(**_health_counted())


def _health_counted() -> dict[str, Count]:
    wanted = {state.value: Count("pk", filter=Q(health=state, needs_care=True)) for state in State}
    return wanted | {"kept": Count("pk", filter=~Q(health="") & Q(needs_care=False))}


def as_ailing(standing: Standing) -> Ailing:
    return Ailing(
        standing=standing,
        link=standing.link,
        findings=tuple(Finding(**one) for one in standing.findings),
        survivors=tuple(Survivor.from_json(one) for one in standing.survivors),
    )


def health_json(standing: Standing) -> dict[str, Any]:
    """One link that is not well, as programs see it."""
    found = as_ailing(standing)
    return _named(standing.link) | {
        "state": standing.health,
        "text": " ".join(one.text for one in found.findings),
        "findings": [one.to_json() for one in found.findings],
        "survivor": _survivor_json(found.proposed) if found.proposed else None,
        "others": [_survivor_json(one) for one in found.others],
        "kept": found.is_kept,
    }


def _survivor_json(one: Survivor) -> dict[str, Any]:
    return {
        "list_id": one.list_id,
        "full_name": one.full_name,
        "evidence": [{"code": proof.code, "text": proof.text} for proof in one.evidence],
    }


def _named(link: Link) -> dict[str, Any]:
    record = link.account or link.building
    return {
        "type": "account" if link.account_id else "building",
        "id": str(link.account_id or link.building_id),
        "name": record.name if record else "",
        "connection_id": str(link.connection_id),
        "list_id": link.list_id,
        "full_name": link.full_name,
        "linked_at": link.linked_at.isoformat(),
    }
