"""Accounts, at ``/accounts``."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from standpipe.accounts.actions import archive_account, create_account, edit_account, restore_account
from standpipe.accounts.models import Account
from standpipe.accounts.queries import account_json, accounts_of, find_account
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.linking.queries import live_link, live_links, quickbooks_json

from .auth import caller
from .changing import change
from .pages import Limit, PageOf, page_of
from .schemas import AccountIn, AccountPatch

router = Router(tags=["Accounts"])


@router.get("", response=PageOf, summary="List accounts")
def list_accounts(
    request: HttpRequest, search: str = "", archived: bool = False, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    rows = accounts_of(caller(request).organization, search=search, archived=archived)
    return page_of(rows, order=("name", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.post("", response={201: dict[str, Any]}, summary="Add an account")
def add_account(request: HttpRequest, payload: AccountIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.EDIT)
    account = create_account(
        membership.organization,
        by=membership.person,
        name=payload.name,
        billing_address=payload.billing_address.to_address(),
    )
    return Status(201, _one(account))


@router.get("/{account_id}", response=dict[str, Any], summary="One account")
def get_account(request: HttpRequest, account_id: str) -> dict[str, Any]:
    return _one(find_account(caller(request).organization, account_id))


@router.patch("/{account_id}", response=dict[str, Any], summary="Change an account, or bring it back")
def change_account(request: HttpRequest, account_id: str, payload: AccountPatch) -> dict[str, Any]:
    membership = caller(request, Permission.EDIT)
    account = find_account(membership.organization, account_id)
    change(
        account,
        payload.changes(),
        by=membership.person,
        edit=edit_account,
        archive=archive_account,
        restore=restore_account,
    )
    return _one(account)


@router.delete("/{account_id}", response={204: None}, summary="Archive an account")
def remove_account(request: HttpRequest, account_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_account(find_account(membership.organization, account_id), by=membership.person)
    return Status(204, None)


def _one(account: Account) -> dict[str, Any]:
    return account_json(account, quickbooks=quickbooks_json(live_link(account)))


def _many(accounts: Sequence[Account]) -> list[dict[str, Any]]:
    links = live_links(accounts)
    return [account_json(account, quickbooks=quickbooks_json(links.get(account.pk))) for account in accounts]
