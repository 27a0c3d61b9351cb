"""Writes to buildings: each one transaction and one row of the trail. Nothing here reaches QuickBooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import entry, record_many
from standpipe.activity.models import Activity
from standpipe.core.addresses import NO_ADDRESS, Address
from standpipe.core.changes import differing, json_ready, present
from standpipe.core.errors import UserError
from standpipe.core.ids import new_id
from standpipe.core.limits import checked_address, required_name
from standpipe.core.text import address_key, name_key, search_text
from standpipe.organizations.models import Organization, Person

from .models import Building

CHUNK = 500  # rows in one statement: SQLite takes 32,766 values, and a statement should stay readable in a log


class BuildingFields(TypedDict, total=False):
    name: str
    billing_address: Address
    physical_address: Address
    account: Account | None


def new_building(
    organization: Organization,
    *,
    name: str,
    billing_address: Address = NO_ADDRESS,
    physical_address: Address = NO_ADDRESS,
    account: Account | None = None,
) -> Building:
    """An unsaved building with its derived columns, ready for ``bulk_create``."""
    building = Building(organization=organization)
    values: BuildingFields = {
        "name": name,
        "billing_address": billing_address,
        "physical_address": physical_address,
        "account": account,
    }
    _fill(building, _checked(values, organization=organization))
    return building


def create_building(
    organization: Organization,
    *,
    by: Person | None,
    name: str,
    billing_address: Address = NO_ADDRESS,
    physical_address: Address = NO_ADDRESS,
    account: Account | None = None,
) -> Building:
    building = new_building(
        organization,
        name=name,
        billing_address=billing_address,
        physical_address=physical_address,
        account=account,
    )
    with transaction.atomic():
        building.save(force_insert=True)
        after = _told(present(building, BuildingFields.__annotations__))
        record_many([_entry("building.created", building=building, by=by, after=after)])
    return building


def edit_building(
    building: Building, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[BuildingFields]
) -> Building:
    """Changes what is named; nothing is written where nothing differs.

    ``seen_at`` is the ``updated_at`` that the person was looking at: a later one refuses with "changed_meanwhile".
    """
    with transaction.atomic():
        building.refresh_from_db(from_queryset=Building.objects.select_for_update())
        checked = _checked(changes, organization=building.organization, was=building.account)
        refuse_if_archived(building)
        if changed := differing(building, checked):
            if seen_at is not None and building.updated_at != seen_at:
                raise UserError(
                    "Somebody else changed this building while you were editing it. Compare, then save again.",
                    code="changed_meanwhile",
                )
            before = _told(present(building, changed))
            _fill(building, changed)
            building.save()
            after = _told(json_ready(changed))
            record_many([_entry("building.edited", building=building, by=by, before=before, after=after)])
    return building


def set_account(buildings: Sequence[Building], *, account: Account | None, by: Person | None) -> int:
    """Attaches every building to ``account``, or to none; all or nothing. Returns how many changed.

    Each changed building gets its row of the trail, all with one ``batch_id``. Safe to repeat.
    """
    changed = 0
    batch_id = new_id()
    rows = iter(sorted(building.id for building in buildings))
    with transaction.atomic():
        while ids := list(islice(rows, CHUNK)):
            stored = Building.objects.select_for_update(of=("self",)).select_related("account", "organization")
            chunk = [b for b in stored.filter(pk__in=ids).order_by("pk") if b.account_id != (account and account.id)]
            record_many([_attached(b, account=account, by=by, batch_id=batch_id) for b in chunk])
            Building.objects.filter(pk__in=[b.pk for b in chunk]).update(account=account, updated_at=timezone.now())
            changed += len(chunk)
    for building in buildings:
        building.account = account
    return changed


def archive_building(building: Building, *, by: Person | None) -> Building:
    """Hides the building. Its account, contacts and link stay. Safe to repeat."""
    return _set_archived(building, timezone.now(), by=by)


def restore_building(building: Building, *, by: Person | None) -> Building:
    """Brings an archived building back as it was. Safe to repeat."""
    return _set_archived(building, None, by=by)


def refuse_if_archived(building: Building) -> None:
    if building.archived_at is not None:
        raise UserError(
            f"“{building.name}” is archived. Bring it back before changing it.", code="archived", field="building"
        )


def _attached(building: Building, *, account: Account | None, by: Person | None, batch_id: UUID) -> Activity:
    """The row of the trail for one building of many. Raises where the building or the account may not."""
    refuse_if_archived(building)
    values = _checked({"account": account}, organization=building.organization, was=building.account)
    return _entry(
        "building.account_set",
        building=building,
        by=by,
        before=_told(present(building, values)),
        after=_told(values),
        batch_id=batch_id,
    )


def _set_archived(building: Building, archived_at: datetime | None, *, by: Person | None) -> Building:
    with transaction.atomic():
        building.refresh_from_db(from_queryset=Building.objects.select_for_update())
        was, becomes = building.archived_at is not None, archived_at is not None
        if was != becomes:
            building.archived_at, building.updated_at = archived_at, timezone.now()
            building.save(update_fields=["archived_at", "updated_at"])
            verb = "building.archived" if becomes else "building.restored"
            told = {"before": {"archived": was}, "after": {"archived": becomes}}
            record_many([_entry(verb, building=building, by=by, **told)])
    return building


def _checked(changes: BuildingFields, *, organization: Organization, was: Account | None = None) -> dict[str, Any]:
    """``changes`` as they are kept. Raises :class:`UserError` naming the field.

    A building may stay with an archived account (``was``), but none is attached to one.
    """
    checked: dict[str, Any] = {}
    if "name" in changes:
        checked["name"] = required_name(changes["name"], what="building")
    if "billing_address" in changes:
        checked["billing_address"] = checked_address(changes["billing_address"], field="billing_address")
    if "physical_address" in changes:
        checked["physical_address"] = checked_address(changes["physical_address"], field="physical_address")
    if "account" in changes:
        checked["account"] = account = changes["account"]
        if account is not None and account != was:
            _refuse_unusable(account, organization=organization)
    return checked


def _refuse_unusable(account: Account, *, organization: Organization) -> None:
    if account.organization_id != organization.id:
        raise UserError("There is no such account.", code="not_found", field="account")
    if account.archived_at is not None:
        raise UserError(
            f"“{account.name}” is archived. Bring it back first, or choose another account.",
            code="account_archived",
            field="account",
        )


def _fill(building: Building, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        setattr(building, field, value)
    building.updated_at = timezone.now()
    building.name_key = name_key(building.name)
    building.address_key = address_key(building.physical_address)
    building.search_text = search_text(
        [building.name, *building.physical_address.printed_lines, *building.billing_address.printed_lines]
    )


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` for the trail: the account by id and name, because it may be renamed later."""
    return {
        field: {"id": str(value.id), "name": value.name} if isinstance(value, Account) else value
        for field, value in values.items()
    }


def _entry(verb: str, *, building: Building, by: Person | None, **what: Any) -> Activity:
    return entry(
        verb,
        organization=building.organization,
        by=by,
        subject_type="building",
        subject_id=building.id,
        subject_name=building.name,
        **what,
    )
