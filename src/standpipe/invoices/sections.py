"""What invoices show on the pages of accounts and buildings."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from standpipe.accounts.models import Account
from standpipe.activity.sections import add_history
from standpipe.activity.words import add_verbs
from standpipe.buildings.models import Building
from standpipe.organizations.models import Organization
from standpipe.ui.registry import add_section

from .queries import invoices_of

SHOWN = 5  # the latest; the list of invoices shows the rest


def register() -> None:
    for page in ("account", "building"):
        add_section(
            page,
            key="invoices",
            title="Invoices",
            order=60,
            template="invoices/of_place.html",
            context=_invoices_of_place,
        )
    add_history("invoice")
    add_verbs(
        {
            "invoice.created": "made this invoice",
            "invoice.edited": "changed this invoice",
            "invoice.archived": "archived this invoice",
            "invoice.restored": "brought this invoice back",
        }
    )


def _invoices_of_place(_request: HttpRequest, place: Account | Building) -> Mapping[str, Any]:
    organization: Organization = place.organization
    kind = "account" if isinstance(place, Account) else "building"
    found = invoices_of(organization, **{kind: place})  # type: ignore[arg-type]  # one of the two
    return {"place": place, "kind": kind, "invoices": found[:SHOWN], "invoice_count": found.count()}
