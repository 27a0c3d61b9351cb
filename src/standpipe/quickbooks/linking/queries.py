"""Reading links, and the customers that a record can be linked to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.cursors import after, cursor_of
from standpipe.core.remembered import digest
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.addresses import billing_address, ink, ship_to_address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import customers_of

from .models import Link

_IN_ORDER = ("sort_key", "list_id")
MOST_LIKELY = 8  # names shown first: more than that is a list, not a suggestion
PREFIX_WORDS = 2  # "elm school ..." suggests all Elm Schools; "elm" alone would suggest every Elm
BILLING_LINES = 2  # help article: "billing address lines 1 and 2"


def noun_of(record: Account | Building) -> str:
    """``account`` or ``building``: the column of a link, and the word for people."""
    return "account" if isinstance(record, Account) else "building"


# Links


def live_link(record: Account | Building) -> Link | None:
    """The link that decides where this record's invoices go; ``None``: not linked."""
    return _live().filter(**{noun_of(record): record}).first()


def live_links(records: Sequence[Account | Building]) -> dict[UUID, Link]:
    """Record to live link, for records of one kind; one query."""
    if not records:
        return {}
    noun = noun_of(records[0])
    links = _live().filter(**{f"{noun}__in": [record.pk for record in records]})
    return {getattr(link, f"{noun}_id"): link for link in links}


def links_of_customers(connection: Connection, list_ids: Iterable[str]) -> dict[str, list[Link]]:
    """ListID to its live links, accounts first, with account and building loaded; one query. What QuickBooks said is
    not read: it is long.
    """
    found: dict[str, list[Link]] = defaultdict(list)
    links = Link.objects.filter(connection=connection, list_id__in=list(list_ids), ended_at=None)
    links = links.select_related("account", "building").defer("quickbooks_values")
    for link in links.order_by(F("account_id").asc(nulls_last=True), "linked_at"):
        found[link.list_id].append(link)
    return dict(found)


def links_digest(links: QuerySet[Link]) -> bytes:
    """Another one once any of these live links is another: who is tied to whom, and how it came to be."""
    return digest(links, "list_id", "origin", Coalesce("building_id", "account_id"))


def find_link(organization: Organization, link_id: UUID | str) -> Link:
    """Live or ended. Raises ``Link.DoesNotExist`` for foreign and malformed ids alike."""
    try:
        key = UUID(str(link_id))
    except ValueError as malformed:
        raise Link.DoesNotExist from malformed
    links = Link.objects.select_related("account", "building", "connection", "organization")
    return links.get(organization=organization, pk=key)


def past_links(record: Account | Building) -> list[Link]:
    """The links of a record that have ended, the latest first."""
    links = Link.objects.filter(ended_at__isnull=False, **{noun_of(record): record})
    return list(links.select_related("connection", "linked_by", "ended_by").order_by("-ended_at", "-id"))


def quickbooks_json(link: Link | None) -> dict[str, Any] | None:
    """The value ``quickbooks`` of an account or building (design 7)."""
    if link is None:
        return None
    return {
        "connection_id": str(link.connection_id),
        "list_id": link.list_id,
        "full_name": link.full_name,
        "origin": link.origin,
        "linked_at": link.linked_at.isoformat(),
    }


def history_json(link: Link) -> dict[str, Any]:
    """A link, live or ended, as programs see it: who, when, how, and why it ended."""
    return {
        "connection_id": str(link.connection_id),
        "list_id": link.list_id,
        "full_name": link.full_name,
        "origin": link.origin,
        "how": link.how,
        "linked_at": link.linked_at.isoformat(),
        "linked_by": link.linked_by.display_name if link.linked_by else None,
        "ended_at": link.ended_at.isoformat() if link.ended_at else None,
        "ended_by": link.ended_by.display_name if link.ended_by else None,
        "ended_because": link.ended_because or None,
    }


def told_of_link(link: Link | None) -> dict[str, Any]:
    """What the trail keeps of a link; read in words it is the customer's path."""
    if link is None:
        return {"linked_to": None}
    keys = {"connection_id": str(link.connection_id), "list_id": link.list_id, "origin": link.origin}
    return {"linked_to": {"name": link.full_name, **keys}}


def linked_to_json(link: Link) -> dict[str, Any]:
    """Where a customer's link leads, for lists of customers."""
    record = link.account or link.building
    return {
        "type": "account" if link.account_id else "building",
        "id": str(link.account_id or link.building_id),
        "name": record.name if record else "",
        "origin": link.origin,
    }


def _live() -> QuerySet[Link]:
    return Link.objects.filter(ended_at=None).select_related("connection", "linked_by")


# What can be linked to


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOption:
    """One entry of the dropdown: the article's lines, then what tells look-alikes apart."""

    list_id: str
    label: str  # company name, else customer name
    billing: tuple[str, ...]  # lines 1 and 2, as far as there are any
    physical: tuple[str, ...]  # line 1, if there is a ship-to address
    path: str
    is_job: bool
    is_active: bool
    is_likely: bool
    is_taken: bool  # an account already, so that no other account can be linked to it
    links: tuple[Link, ...]  # live ones

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.billing, *self.physical)

    def as_json(self) -> dict[str, Any]:
        return {
            "list_id": self.list_id,
            "label": self.label,
            "lines": list(self.lines),
            "path": self.path,
            "linked_to": [linked_to_json(link) for link in self.links],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    items: tuple[LinkOption, ...]
    next_cursor: str | None

    @property
    def likely(self) -> list[LinkOption]:
        return [option for option in self.items if option.is_likely]

    @property
    def others(self) -> list[LinkOption]:
        return [option for option in self.items if not option.is_likely]


def link_options(
    connection: Connection,
    *,
    target: str,
    search: str = "",
    limit: int = 20,
    cursor: str | None = None,
    near: Account | Building | None = None,
) -> LinkOptions:
    """Customers and jobs by path, ``limit`` at a time; without a search those that look like ``near`` come first.

    Inactive ones come only when searched for. ``target`` is ``accounts`` or ``buildings``: a customer that is an
    account already cannot be chosen for another one.
    """
    search = search.strip()
    customers = customers_of(connection, search=search, active=None if search else True)
    likely: list[Customer] = []
    if near is not None and not search:
        likely = _likely(customers, near=near)
        customers = customers.exclude(pk__in=[customer.pk for customer in likely])
    if cursor:
        customers = customers.filter(after(cursor, model=Customer, order=_IN_ORDER))
        likely = []
    rest = list(customers[: limit + 1])
    more, rest = len(rest) > limit, rest[:limit]
    next_cursor = cursor_of(rest[-1], order=_IN_ORDER) if more and rest else None
    found = [*likely, *rest]
    links = links_of_customers(connection, [customer.list_id for customer in found])
    likely_ids = {customer.pk for customer in likely}
    return LinkOptions(
        items=tuple(
            _option(
                customer,
                links=links.get(customer.list_id, []),
                is_likely=customer.pk in likely_ids,
                target=target,
            )
            for customer in found
        ),
        next_cursor=next_cursor,
    )


def _option(customer: Customer, *, links: list[Link], is_likely: bool, target: str) -> LinkOption:
    details = Details.from_json(customer.details)
    physical = ship_to_address(details)
    return LinkOption(
        list_id=customer.list_id,
        label=ink(customer.company_name) or customer.name,
        billing=billing_address(details)[0].lines[:BILLING_LINES],
        physical=physical[0].lines[:1] if physical else (),
        path=customer.full_name,
        is_job=customer.is_job,
        is_active=customer.is_active,
        is_likely=is_likely,
        is_taken=target == "accounts" and any(link.account_id for link in links),
        links=tuple(links),
    )


def _likely(customers: QuerySet[Customer], *, near: Account | Building) -> list[Customer]:
    """Equal name, equal address, then names that begin alike; each by its index, so in no order of the database."""
    found: dict[int, Customer] = {}
    for condition in _resemblances(near):
        alike = customers.order_by().filter(condition).exclude(pk__in=list(found))[: MOST_LIKELY - len(found)]
        found |= {customer.pk: customer for customer in sorted(alike, key=lambda customer: customer.sort_key)}
        if len(found) >= MOST_LIKELY:
            break
    return list(found.values())


def _resemblances(near: Account | Building) -> Iterator[Q]:
    if near.name_key:
        yield Q(name_key=near.name_key)
    if near.address_key:
        yield Q(billing_key=near.address_key)
        yield Q(physical_key=near.address_key)
    if beginning := " ".join(near.name_key.split()[:PREFIX_WORDS]):
        # A range, because LIKE uses no index on SQLite.
        yield Q(name_key__gte=beginning, name_key__lt=beginning + "\U0010ffff")
