"""Records here that a new one would look like (design 2, Import): asked for whole chunks at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link


@dataclass(frozen=True, slots=True)
class LookAlike:
    record: Account | Building
    because: str  # "same name"


def look_alikes_of(
    connection: Connection, *, noun: str, records: Mapping[str, Account | Building]
) -> dict[str, LookAlike]:
    """ListID to the unlinked record here that its new one looks like: equal normalised name, or equal address."""
    by_name = _unlinked(connection, noun, Q(name_key__in=_keys(records.values(), "name_key")))
    by_address = _unlinked(connection, noun, Q(address_key__in=_keys(records.values(), "address_key")))
    names = {other.name_key: other for other in by_name}
    addresses = {other.address_key: other for other in by_address}
    found = {}
    for list_id, record in records.items():
        if other := names.get(record.name_key):
            found[list_id] = LookAlike(other, "same name")
        elif other := addresses.get(record.address_key):
            found[list_id] = LookAlike(other, "same address")
    return found


def _keys(records: Iterable[Account | Building], column: str) -> Sequence[str]:
    return list({getattr(record, column) for record in records} - {""})


def _unlinked(connection: Connection, noun: str, condition: Q) -> Iterable[Account | Building]:
    model: type[Account | Building] = Account if noun == "account" else Building
    live = Link.objects.filter(ended_at=None, **{noun: OuterRef("pk")})
    records: QuerySet[Any] = model.objects.filter(condition, organization=connection.organization_id)
    # The oldest last, so that it is the one that is named where several look alike.
    return records.filter(~Exists(live), archived_at=None).order_by("-created_at", "-id")
