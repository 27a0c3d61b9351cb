"""One customer that is linked to several buildings: it becomes their account, and bills go there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from standpipe.accounts.models import Account
from standpipe.buildings.actions import set_account
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Person
from standpipe.quickbooks.linking.actions import link_customer, locked
from standpipe.quickbooks.linking.bill_to import Tie, Tree, bill_to, sentence
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link

from .actions import import_customers, preview_import


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The offer: ``buildings`` of one customer that stand at no account yet."""

    link: Link  # of the building that is looked at
    buildings: Sequence[Building]
    account: Account | None  # that the customer is already

    @property
    def sentence(self) -> str:
        tie = Tie(self.link.list_id, self.link.full_name)
        bills = [bill_to(building=tie, account=tie) for _ in self.buildings]
        return sentence([Tree(account=tie.full_name, is_new=self.account is None, buildings=bills)])


def offer_of(building: Building) -> Together | None:
    """``None`` where the customer has one building only, or all its buildings stand at an account."""
    link = live_link(building)
    if link is None:
        return None
    same = Link.objects.filter(connection=link.connection_id, list_id=link.list_id, ended_at=None)
    linked = same.filter(building__archived_at=None).exclude(building=None).select_related("building")
    buildings = [one.building for one in linked.order_by("building__name", "pk") if one.building]
    alone = [one for one in buildings if one.account_id is None]
    if len(buildings) < 2 or not alone or building not in alone:
        return None
    known = same.filter(account__archived_at=None).exclude(account=None).select_related("account").first()
    return Together(
        link=link,
        buildings=alone,
        account=known.account if known else None,
    )


def like_of(offer: Together) -> Account | None:
    """An account here that the new one would look like. Compares with all of them: ask for it only to show it."""
    if offer.account is not None:
        return None
    link = offer.link
    found = preview_import(link.connection, target="accounts", list_ids=[link.list_id])["records"]
    like = found[0]["looks_like"] if found else None
    return Account.objects.get(pk=like["id"]) if like else None


def bill_together(building: Building, *, by: Person | None, use_like: bool = False) -> Account:
    """Makes the customer an account, unless it is one, and puts its buildings there. One transaction.

    Raises :class:`UserError` where there is nothing to do any more, or the customer cannot become an account.
    """
    link = live_link(building)
    if link is None:
        raise UserError(f"“{building.name}” is not linked any more.", code="changed_meanwhile")
    with transaction.atomic():
        locked(link.connection)
        offer = offer_of(building)
        if offer is None:
            raise UserError("These buildings stand at an account by now.", code="changed_meanwhile")
        account = offer.account or _account_for(offer, by=by, use_like=use_like)
        set_account(offer.buildings, account=account, by=by)
    return account


def _account_for(offer: Together, *, by: Person | None, use_like: bool) -> Account:
    link = offer.link
    if use_like and (like := like_of(offer)):
        link_customer(like, connection=link.connection, list_id=link.list_id, by=by)
        return like
    batch = import_customers(
        link.connection, target="accounts", list_ids=[link.list_id], by=by, include_look_alikes=True
    )
    made = batch.records.get()
    if made.created_id is None:
        raise UserError((made.reason or {}).get("text", "It cannot become an account."), code="not_made")
    return Account.objects.get(pk=made.created_id)
