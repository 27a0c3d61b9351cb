"""Records here that a new one would look like (design 2, Import): asked for whole chunks at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.matching import queries as matching
from standpipe.quickbooks.matching.models import Rejection

REASONS = 2  # in one line


@dataclass(frozen=True, slots=True)
class LookAlike:
    record: Account | Building
    because: str  # "same name"


def look_alikes_of(
    connection: Connection, *, noun: str, records: Mapping[str, Account | Building]
) -> dict[str, LookAlike]:
    """ListID to the unlinked record here that its new one looks like.

    Equal normalised name, then equal address, whatever the new record is called; then what matching finds alike. Of
    two that somebody said are not the same nothing is asked again.
    """
    apart = _rejected(connection, noun, list(records))
    by_name = _unlinked(connection, noun, Q(name_key__in=_keys(records.values(), "name_key")))
    by_address = _unlinked(connection, noun, Q(address_key__in=_keys(records.values(), "address_key")))
    names = {other.name_key: other for other in by_name}
    addresses = {other.address_key: other for other in by_address}
    found = {}
    for list_id, record in records.items():
        name, address = names.get(record.name_key), addresses.get(record.address_key)
        if name and (list_id, name.pk) not in apart:
            found[list_id] = LookAlike(name, "same name")
        elif address and (list_id, address.pk) not in apart:
            found[list_id] = LookAlike(address, "same address")
    rest = [list_id for list_id in records if list_id not in found]
    return found | _alike(connection, noun, rest, apart=apart)


def _rejected(connection: Connection, noun: str, list_ids: Sequence[str]) -> set[tuple[str, UUID]]:
    pairs = Rejection.objects.filter(connection=connection, target=f"{noun}s", list_id__in=list_ids)
    return set(pairs.values_list("list_id", "record_id"))


def _alike(
    connection: Connection, noun: str, list_ids: Sequence[str], *, apart: set[tuple[str, UUID]]
) -> dict[str, LookAlike]:
    if not list_ids:
        return {}
    matches = matching.look_alikes_of(connection, target=f"{noun}s", list_ids=list_ids)
    best = {
        list_id: match
        for list_id, likely in matches.items()
        if (match := next((one for one in likely if (list_id, one.record_id) not in apart), None))
    }
    records = _model(noun).objects.in_bulk([match.record_id for match in best.values()])
    return {
        list_id: LookAlike(records[match.record_id], ", ".join(match.reasons[:REASONS]))
        for list_id, match in best.items()
        if match.record_id in records
    }


def _keys(records: Iterable[Account | Building], column: str) -> Sequence[str]:
    return list({getattr(record, column) for record in records} - {""})


def _unlinked(connection: Connection, noun: str, condition: Q) -> Iterable[Account | Building]:
    live = Link.objects.filter(ended_at=None, **{noun: OuterRef("pk")})
    records: QuerySet[Any] = _model(noun).objects.filter(condition, organization=connection.organization_id)
    # The oldest last, so that it is the one that is named where several look alike.
    return records.filter(~Exists(live), archived_at=None).order_by("-created_at", "-id")


def _model(noun: str) -> type[Account | Building]:
    return Account if noun == "account" else Building
