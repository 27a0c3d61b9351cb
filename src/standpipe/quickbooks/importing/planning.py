"""What an import would make of each selected customer. Preview and import run the same plan; only one writes it.

The mapping is pure (``mapping.py``); here it meets what is there already: links, look-alikes, accounts and people of
the tree.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from standpipe.accounts.actions import new_account
from standpipe.accounts.models import Account
from standpipe.buildings.actions import new_building
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import links_of_customers, live_links, noun_of
from standpipe.quickbooks.lists.models import Customer

from .look_alikes import look_alikes_of
from .mapping import Mapped, SourceCustomer, map_account, map_building
from .models import ImportRecord
from .people import People, Seat, make_contacts, recall, seats_of
from .queries import noun_for, source_of
from .trees import tops_of

Outcome: TypeAlias = ImportRecord.Outcome
Reason: TypeAlias = dict[str, Any]
logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Planned:
    """What becomes of one selected customer. ``record`` and new contacts are not saved yet."""

    list_id: str
    noun: str = ""  # what it becomes: "account" or "building"
    top: str = ""  # ListID of the customer at the head of its tree; buildings have it
    full_name: str = ""
    outcome: Outcome = Outcome.CREATED
    reason: Reason | None = None
    customer: Customer | None = None
    mapped: Mapped | None = None
    record: Account | Building | None = None
    like: Account | Building | None = None  # the record here that it looks like, or is linked to
    like_because: str = ""
    account: Account | None = None  # of a building, where its customer becomes or is an account
    seats: list[Seat] = field(default_factory=list)

    def turn(self, outcome: Outcome, *, code: str, text: str, **more: Any) -> None:
        self.outcome, self.reason = outcome, {"code": code, "text": text, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person has decided about one customer beforehand."""

    act: str  # "create", "link" or "leave"
    use_id: UUID | None = None  # the record here that it is linked to


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for, apart from whom."""

    connection: Connection
    target: str
    naming: str
    include_look_alikes: bool
    decisions: Mapping[str, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trees:
    """What earlier chunks of one plan know of customers' trees."""

    people: People = field(default_factory=People)
    accounts: dict[str, Account | None] = field(default_factory=dict)  # top to its account; None: not decided
    used: set[UUID] = field(default_factory=set)  # records here that are linked to one of them


def plan(wish: Wish, *, list_ids: Sequence[str], trees: Trees, for_reading: bool = False) -> list[Planned]:
    """One entry for each of ``list_ids``, in their order. ``trees`` collects what later chunks meet again.

    ``for_reading``: also the doubts that need a look at the parent. Reads a fixed number of queries, writes nothing.
    """
    customers = {
        customer.list_id: customer
        for customer in Customer.objects.filter(connection=wish.connection, list_id__in=list_ids)
    }
    entries = [Planned(list_id=list_id, customer=customers.get(list_id)) for list_id in list_ids]
    _leave_out_what_is_here(wish, entries)
    parents = _parents_of(wish, entries) if for_reading else {}
    for entry in _wanted(entries):
        _map(wish, entry, parents=parents)
    _link_what_was_decided(wish, entries, used=trees.used)
    _look_for_look_alikes(wish, entries, for_reading=for_reading)
    if wish.target != "accounts":
        tops = tops_of(wish.connection, [entry.list_id for entry in entries if entry.customer])
        for entry in entries:
            entry.top = tops.get(entry.list_id, entry.list_id)
        if wish.target == "both":
            _put_at_accounts(wish, entries, accounts=trees.accounts)
        _seat_people(wish, entries, people=trees.people)
    return entries


def _wanted(entries: Iterable[Planned]) -> Iterable[Planned]:
    return (entry for entry in entries if entry.outcome == Outcome.CREATED)


def _leave_out_what_is_here(wish: Wish, entries: list[Planned]) -> None:
    links = links_of_customers(wish.connection, [entry.list_id for entry in entries])
    for entry in entries:
        if entry.customer is None:
            entry.turn(Outcome.SKIPPED, code="unknown", text="It is not in the list from QuickBooks.")
            continue
        entry.full_name = entry.customer.full_name
        entry.noun = noun_for(wish.target, is_job=entry.customer.is_job)
        if entry.customer.gone_at is not None:
            entry.turn(Outcome.SKIPPED, code="gone", text="It is not in QuickBooks any more.")
        elif here := _record_of(entry.noun, links.get(entry.list_id, [])):
            _turn_to_what_is_here(entry, *here)
        elif _is_left_out(wish, entry.list_id):
            entry.turn(Outcome.SKIPPED, code="left_out", text="You left it out.")


def _record_of(noun: str, links: Iterable[Link]) -> tuple[Link, Account | Building] | None:
    return next(((link, record) for link in links if (record := getattr(link, noun))), None)


def _turn_to_what_is_here(entry: Planned, link: Link, record: Account | Building) -> None:
    is_import = link.origin == Link.Origin.IMPORTED
    text = f"It is {'imported' if is_import else 'linked'} already: {entry.noun} “{record.name}”."
    code = "already_imported" if is_import else "already_linked"
    entry.turn(Outcome.SKIPPED, code=code, text=text, type=entry.noun, id=str(record.id), name=record.name)
    entry.like = record


def _parents_of(wish: Wish, entries: list[Planned]) -> dict[str, SourceCustomer]:
    wanted = {entry.customer.parent_list_id for entry in entries if entry.customer and entry.customer.is_job}
    parents = Customer.objects.filter(connection=wish.connection, list_id__in=wanted)
    return {parent.list_id: source_of(parent) for parent in parents}


def _map(wish: Wish, entry: Planned, *, parents: dict[str, SourceCustomer]) -> None:
    """One broken customer is named in the result and never stops the others (requirement 20)."""
    assert entry.customer is not None  # unknown ones are left out before  # noqa: S101
    try:
        source = source_of(entry.customer)
        if entry.noun == "account":
            entry.mapped = map_account(source, naming=wish.naming)
        else:
            parent = parents.get(source.parent_list_id)
            entry.mapped = map_building(source, naming=wish.naming, parent=parent)
        entry.record = _unsaved(wish.connection.organization, entry.mapped)
    except UserError as error:
        entry.turn(Outcome.FAILED, code=error.code, text=str(error))
    except Exception as error:  # a record that no rule foresaw; its cause is kept on the row
        logger.exception("import.mapping_failed", extra={"list_id": entry.list_id})
        fail(entry, error)


def fail(entry: Planned, error: Exception) -> None:
    text = "What QuickBooks says of it could not be read."
    entry.turn(Outcome.FAILED, code="broken", text=text, cause=repr(error)[:500])


def _unsaved(organization: Organization, mapped: Mapped) -> Account | Building:
    if mapped.physical_address is None:
        return new_account(organization, name=mapped.name, billing_address=mapped.billing_address)
    return new_building(
        organization,
        name=mapped.name,
        billing_address=mapped.billing_address,
        physical_address=mapped.physical_address,
    )


# What is here already


def _link_what_was_decided(wish: Wish, entries: list[Planned], *, used: set[UUID]) -> None:
    """Customers that a person wants linked to a record that is here, instead of a new one."""
    wanted = {
        entry.list_id: decision.use_id
        for entry in _wanted(entries)
        if (decision := wish.decisions.get(entry.list_id)) and decision.act == "link" and decision.use_id
    }
    if not wanted:
        return
    models: tuple[type[Account | Building], ...] = (Account, Building)
    organization = wish.connection.organization_id
    for model in models:
        here = model.objects.filter(organization=organization, archived_at=None).in_bulk(list(wanted.values()))
        taken = live_links(list(here.values()))
        for entry in _wanted(entries):
            record = here.get(wanted[entry.list_id]) if entry.list_id in wanted else None
            if record and noun_of(record) == entry.noun:
                _link_instead(entry, record, is_taken=record.pk in taken or record.pk in used)
                used.add(record.pk)
    for entry in _wanted(entries):
        if entry.list_id in wanted:
            text = f"The {entry.noun} that you chose is not here any more, or is archived."
            entry.turn(Outcome.HELD, code="choice_gone", text=text)


def _link_instead(entry: Planned, record: Account | Building, *, is_taken: bool) -> None:
    what = {"type": entry.noun, "id": str(record.id), "name": record.name}
    entry.like = record
    if is_taken:
        text = f"“{record.name}” is linked to another customer."
        entry.turn(Outcome.HELD, code="choice_taken", text=text, **what)
    else:
        entry.turn(Outcome.LINKED, code="linked_instead", text=f"Linked to {record.name} instead.", **what)


def _look_for_look_alikes(wish: Wish, entries: list[Planned], *, for_reading: bool) -> None:
    """Holds those back that look like an unlinked record here, unless a person wants them all the same."""
    asked: dict[str, dict[str, Account | Building]] = {"account": {}, "building": {}}
    wanted_anyway = {entry.list_id for entry in _wanted(entries) if _is_wanted_anyway(wish, entry.list_id)}
    for entry in _wanted(entries):
        if entry.record and (for_reading or entry.list_id not in wanted_anyway):
            asked[entry.noun][entry.list_id] = entry.record
    found = {
        list_id: alike
        for noun, records in asked.items()
        if records
        for list_id, alike in look_alikes_of(wish.connection, noun=noun, records=records).items()
    }
    for entry in _wanted(entries):
        if alike := found.get(entry.list_id):
            entry.like, entry.like_because = alike.record, alike.because
            if entry.list_id not in wanted_anyway:
                what = {"type": entry.noun, "id": str(alike.record.id), "name": alike.record.name}
                text = f"Looks like {alike.record.name} ({alike.because})."
                entry.turn(Outcome.HELD, code="looks_like", text=text, **what, because=alike.because)


def _is_wanted_anyway(wish: Wish, list_id: str) -> bool:
    decision = wish.decisions.get(list_id)
    return wish.include_look_alikes or bool(decision and decision.act == "create")


# Accounts and people of the tree


def _put_at_accounts(wish: Wish, entries: list[Planned], *, accounts: dict[str, Account | None]) -> None:
    """Every building at the account of its customer; where that waits for a person, its buildings wait too."""
    for entry in entries:
        if entry.noun == "account":
            accounts[entry.list_id] = _account_of(entry)
    unknown = {entry.top for entry in entries if entry.noun == "building"} - accounts.keys()
    live = links_of_customers(wish.connection, unknown)
    for top in unknown:
        linked = (link.account for link in live.get(top, []) if link.account)
        accounts[top] = next((account for account in linked if account.archived_at is None), None)
    for entry in _wanted(entries):
        if entry.noun != "building":
            continue
        entry.account = accounts[entry.top]
        assert isinstance(entry.record, Building)  # mapped as one  # noqa: S101
        entry.record.account = entry.account
        if entry.account is None and not (wish.include_look_alikes or _is_left_out(wish, entry.top)):
            text = "It waits for the decision about the account of its customer."
            entry.turn(Outcome.HELD, code="account_undecided", text=text)


def _is_left_out(wish: Wish, list_id: str) -> bool:
    decision = wish.decisions.get(list_id)
    return decision is not None and decision.act == "leave"


def _account_of(entry: Planned) -> Account | None:
    """The account that there will be for a customer: the new one, or the one that is here."""
    account = entry.record if entry.outcome == Outcome.CREATED else entry.like
    is_decided = entry.outcome in (Outcome.CREATED, Outcome.LINKED, Outcome.SKIPPED)
    return account if is_decided and isinstance(account, Account) and account.archived_at is None else None


def _seat_people(wish: Wish, entries: list[Planned], *, people: People) -> None:
    """Gives every new building its contacts."""
    persons = [person for entry in _wanted(entries) if entry.mapped for person in entry.mapped.contacts]
    if not persons:
        return
    recall(wish.connection, persons, people=people)
    for entry in _wanted(entries):
        if entry.mapped:
            entry.seats = seats_of(entry.mapped.contacts, top=entry.top, people=people)
    for entry in _wanted(entries):
        try:
            make_contacts(entry.seats, organization=wish.connection.organization)
        except UserError as error:
            entry.turn(Outcome.FAILED, code=error.code, text=str(error))
