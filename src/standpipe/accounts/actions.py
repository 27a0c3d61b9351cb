"""Writes to accounts: each one transaction and one row of the trail. Nothing here reaches QuickBooks."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from standpipe.activity.actions import record
from standpipe.core.addresses import NO_ADDRESS, Address
from standpipe.core.changes import differing, json_ready, present
from standpipe.core.errors import UserError
from standpipe.core.limits import checked_address, required_name
from standpipe.core.text import address_key, name_key, search_text
from standpipe.organizations.models import Organization, Person

from .models import Account


class AccountFields(TypedDict, total=False):
    name: str
    billing_address: Address


def new_account(organization: Organization, *, name: str, billing_address: Address = NO_ADDRESS) -> Account:
    """An unsaved account with its derived columns, ready for ``bulk_create``."""
    account = Account(organization=organization)
    _fill(account, _checked({"name": name, "billing_address": billing_address}))
    return account


def create_account(
    organization: Organization, *, by: Person | None, name: str, billing_address: Address = NO_ADDRESS
) -> Account:
    account = new_account(organization, name=name, billing_address=billing_address)
    with transaction.atomic():
        account.save(force_insert=True)
        _tell("account.created", account=account, by=by, after=present(account, AccountFields.__annotations__))
    return account


def edit_account(
    account: Account, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[AccountFields]
) -> Account:
    """Changes what is named; nothing is written where nothing differs.

    ``seen_at`` is the ``updated_at`` that the person was looking at: a later one refuses with "changed_meanwhile".
    """
    checked = _checked(changes)
    with transaction.atomic():
        account.refresh_from_db(from_queryset=Account.objects.select_for_update())
        refuse_if_archived(account)
        if changed := differing(account, checked):
            if seen_at is not None and account.updated_at != seen_at:
                raise UserError(
                    "Somebody else changed this account while you were editing it. Compare, then save again.",
                    code="changed_meanwhile",
                )
            before = present(account, changed)
            _fill(account, changed)
            account.save()
            _tell("account.edited", account=account, by=by, before=before, after=json_ready(changed))
    return account


def archive_account(account: Account, *, by: Person | None) -> Account:
    """Hides the account. Its buildings, contacts and links stay with it. Safe to repeat."""
    return _set_archived(account, timezone.now(), by=by)


def restore_account(account: Account, *, by: Person | None) -> Account:
    """Brings an archived account back as it was. Safe to repeat."""
    return _set_archived(account, None, by=by)


def refuse_if_archived(account: Account) -> None:
    if account.archived_at is not None:
        raise UserError(
            f"“{account.name}” is archived. Bring it back before changing it.", code="archived", field="account"
        )


def _set_archived(account: Account, archived_at: datetime | None, *, by: Person | None) -> Account:
    with transaction.atomic():
        account.refresh_from_db(from_queryset=Account.objects.select_for_update())
        was, becomes = account.archived_at is not None, archived_at is not None
        if was != becomes:
            account.archived_at, account.updated_at = archived_at, timezone.now()
            account.save(update_fields=["archived_at", "updated_at"])
            verb = "account.archived" if becomes else "account.restored"
            _tell(verb, account=account, by=by, before={"archived": was}, after={"archived": becomes})
    return account


def _checked(changes: AccountFields) -> dict[str, Any]:
    """``changes`` as they are kept. Raises :class:`UserError` naming the field."""
    checked: dict[str, Any] = {}
    if "name" in changes:
        checked["name"] = required_name(changes["name"], what="account")
    if "billing_address" in changes:
        checked["billing_address"] = checked_address(changes["billing_address"], field="billing_address")
    return checked


def _fill(account: Account, values: dict[str, Any]) -> None:
    for field, value in values.items():
        setattr(account, field, value)
    account.updated_at = timezone.now()
    account.name_key = name_key(account.name)
    account.address_key = address_key(account.billing_address)
    account.search_text = search_text([account.name, *account.billing_address.printed_lines])


def _tell(verb: str, *, account: Account, by: Person | None, **what: Any) -> None:
    record(
        verb,
        organization=account.organization,
        by=by,
        subject_type="account",
        subject_id=account.id,
        subject_name=account.name,
        **what,
    )
