"""Whether what an import made is still as it was. Pure; fields are listed, so that a new column is no edit."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.addresses import Address

# ``updated_at``: an edit that was taken back is somebody's work too.
_FIELDS: dict[type, tuple[str, ...]] = {
    Account: ("name", "billing_address", "archived_at", "updated_at"),
    Building: ("name", "billing_address", "physical_address", "account_id", "archived_at", "updated_at"),
    Contact: ("name", "email", "phone", "cell_phone", "address", "archived_at", "updated_at"),
}


def fingerprint_of_record(record: Account | Building, *, places: Iterable[Place]) -> str:
    """Two halves: the record itself, then who stands there with which roles."""
    stands = sorted((str(place.contact_id), sorted(place.roles)) for place in places)
    return _hash(_values(record)) + _hash(stands)


def fingerprint_of_contact(contact: Contact) -> str:
    return _hash(_values(contact))


def halves(fingerprint: str) -> tuple[str, str]:
    return fingerprint[:HALF], fingerprint[HALF:]


HALF = 32  # hexadecimal digits of 16 bytes


def _values(record: Account | Building | Contact) -> list[Any]:
    return [_plain(getattr(record, name)) for name in _FIELDS[type(record)]]


def _plain(value: Any) -> Any:
    if isinstance(value, Address):
        return value.to_json()
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _hash(value: Any) -> str:
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()
