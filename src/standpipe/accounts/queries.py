"""Reads of accounts. All begin with the organization: nobody sees another's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from standpipe.core.search import holds_all_words
from standpipe.core.text import search_words
from standpipe.organizations.models import Organization

from .models import Account


def accounts_of(organization: Organization, *, search: str = "", archived: bool = False) -> QuerySet[Account]:
    """The organization's accounts by name; those in use, or those that are archived.

    Found by name, billing address, or a contact there: who rings is known by a number.
    """
    accounts = Account.objects.filter(organization=organization, archived_at__isnull=not archived)
    if search_words(search):
        by_contact = accounts.filter(
            holds_all_words(search, columns=["places__contact__search_text"]),
            places__contact__archived_at__isnull=True,
        )
        accounts = accounts.filter(holds_all_words(search) | Q(pk__in=by_contact.values("pk")))
    return accounts.order_by("name_key", "name", "id")


def find_account(organization: Organization, account_id: str | UUID) -> Account:
    """Archived ones too. Raises ``Account.DoesNotExist`` for unknown, foreign and malformed ids alike."""
    try:
        return Account.objects.select_related("organization").get(organization=organization, pk=account_id)
    except ValidationError as malformed:
        raise Account.DoesNotExist from malformed


def account_json(account: Account, *, quickbooks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The account as programs see it. ``quickbooks``: its link, from ``linking.queries.quickbooks_json``."""
    return {
        "id": str(account.id),
        "name": account.name,
        "billing_address": account.billing_address.to_json(),
        "quickbooks": quickbooks,
        "archived": account.archived_at is not None,
        "created_at": account.created_at.isoformat(),
        "updated_at": account.updated_at.isoformat(),
    }
