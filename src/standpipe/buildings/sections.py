"""What buildings show on the pages of accounts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest

from standpipe.accounts.models import Account
from standpipe.ui.registry import Cell, add_column, add_section

from .models import Building
from .queries import buildings_at

SHOWN = 20  # on the account's page; the list of buildings shows the rest


def register() -> None:
    add_section(
        "account",
        key="buildings",
        title="Buildings",
        order=50,  # what stands before others' cards is short
        template="buildings/of_account.html",
        context=_buildings_of_account,
    )
    add_column(
        "accounts",
        key="buildings",
        title="Buildings",
        order=20,
        template="buildings/count_cell.html",
        values=_building_counts,
        is_number=True,
    )


def _buildings_of_account(_request: HttpRequest, account: Account) -> Mapping[str, Any]:
    buildings = buildings_at(account)
    return {"account": account, "buildings": buildings[:SHOWN], "building_count": buildings.count()}


def _building_counts(_request: HttpRequest, accounts: Sequence[Account]) -> Mapping[UUID, Cell]:
    counted = (
        Building.objects.filter(account__in=accounts, archived_at__isnull=True)
        .values_list("account_id")
        .annotate(Count("id"))
    )
    return {account_id: {"count": count} for account_id, count in counted if account_id}
