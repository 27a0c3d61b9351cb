"""What contacts show on the pages of accounts and buildings."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.ui.registry import add_section

from .queries import contacts_at


def register() -> None:
    for page in ("account", "building"):
        add_section(
            page, key="contacts", title="Contacts", order=60, template="contacts/at_place.html", context=_contacts
        )


def _contacts(_request: HttpRequest, place: Account | Building) -> Mapping[str, Any]:
    """``account``: the one that inherited roles come from, or the one whose page this is."""
    is_account = isinstance(place, Account)
    return {
        "contacts_here": contacts_at(place),
        "account": place if isinstance(place, Account) else place.account,
        "kind": "account" if is_account else "building",
        "choose_page": "contacts:choose-for-account" if is_account else "contacts:choose-for-building",
        "place": place,
    }
