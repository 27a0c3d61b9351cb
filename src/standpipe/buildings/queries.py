"""Reads of buildings. All begin with the organization: nobody sees another's."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from standpipe.accounts.models import Account
from standpipe.core.search import holds_all_words
from standpipe.core.text import search_words
from standpipe.organizations.models import Organization

from .models import Building


def buildings_of(organization: Organization, *, search: str = "", archived: bool = False) -> QuerySet[Building]:
    """The organization's buildings by name, with their accounts; those in use, or those that are archived.

    Found by name, addresses, the account's name, or a contact there: who rings is known by a number.
    """
    buildings = Building.objects.filter(organization=organization, archived_at__isnull=not archived)
    if search_words(search):
        by_contact = buildings.filter(
            holds_all_words(search, columns=["places__contact__search_text"]),
            places__contact__archived_at__isnull=True,
        )
        here = holds_all_words(search, columns=["search_text", "account__name_key"])
        buildings = buildings.filter(here | Q(pk__in=by_contact.values("pk")))
    return buildings.select_related("account").order_by("name_key", "name", "id")


def buildings_at(account: Account) -> QuerySet[Building]:
    """The account's buildings that are in use, by name."""
    return Building.objects.filter(account=account, archived_at__isnull=True).order_by("name_key", "name", "id")


def find_building(organization: Organization, building_id: str | UUID) -> Building:
    """Archived ones too. Raises ``Building.DoesNotExist`` for unknown, foreign and malformed ids alike."""
    try:
        return Building.objects.select_related("organization", "account").get(
            organization=organization, pk=building_id
        )
    except ValidationError as malformed:
        raise Building.DoesNotExist from malformed


def find_buildings(organization: Organization, building_ids: Collection[str]) -> list[Building]:
    """All of them. Raises ``Building.DoesNotExist`` if only one is unknown, foreign or malformed."""
    try:
        found = list(Building.objects.filter(organization=organization, pk__in=building_ids))
    except ValidationError as malformed:
        raise Building.DoesNotExist from malformed
    if len(found) != len(set(building_ids)):
        raise Building.DoesNotExist
    return found


def building_json(building: Building, *, quickbooks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The building as programs see it. ``quickbooks``: its link, from ``linking.queries.quickbooks_json``."""
    return {
        "id": str(building.id),
        "name": building.name,
        "billing_address": building.billing_address.to_json(),
        "physical_address": building.physical_address.to_json(),
        "account_id": str(building.account_id) if building.account_id else None,
        "quickbooks": quickbooks,
        "archived": building.archived_at is not None,
        "created_at": building.created_at.isoformat(),
        "updated_at": building.updated_at.isoformat(),
    }
