"""How many customers an import could take, of what kind, and what they lack: counted by traits, from indexes.

Not a row of a long list is read for it, unless a search finds much. What was counted is remembered until a refresh
brings something or a link is made or ended.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from standpipe.core.remembered import Remembered
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import links_digest
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import IN_LIST_ORDER, are_named, changed_at, of_found
from standpipe.quickbooks.lists.traits import Trait

from .mapping import LACKS
from .queries import LACKING, Filters, Wanted, live_links_of, status_conditions


@dataclass(frozen=True, slots=True)
class Lacking:
    """How many of the customers shown lack something that cannot be corrected by a later refresh."""

    code: str
    text: str
    count: int

    @property
    def words(self) -> str:
        """Inside a sentence: ``no e-mail``."""
        return self.text[0].lower() + self.text[1:]


@dataclass(frozen=True, slots=True)
class Counts:
    total: int
    selectable: int  # by "Select all that match", if the rows are the available ones


Census = Counter[int]  # how many customers have these traits


def counted(
    connection: Connection, *, target: str, filters: Filters, found: Q, with_advice: bool = True
) -> tuple[Counts, list[Lacking]]:
    """How many ``importable`` finds, and what of all that can be imported is lacking (requirement 10).

    ``found`` as for ``importable``.
    """
    status, wanted = filters["status"], Wanted.of(filters["kind"], active=filters["active"], lacks=filters["lacks"])
    there, only_accounts, available = Census(), Census(), Census()
    if with_advice or not found:
        there, only_accounts, available = _standing(connection, target=target, status=status, with_advice=with_advice)
    if found:
        there, only_accounts = _found(connection, found, target=target, status=status)
    selectable = 0
    if status == "available":
        at_work = Counter({traits: number for traits, number in there.items() if _AT_WORK.takes(traits)})
        selectable = _sum(at_work - only_accounts, wanted)
    return Counts(_sum(there, wanted), selectable), _lacking(available)


def _lacking(available: Census) -> list[Lacking]:
    """Of the active ones; only what is lacking at all."""
    counts = {code: _sum(available, Wanted.of(None, active=True, lacks=code)) for code in LACKING}
    return [Lacking(code, text, counts[code]) for code, text in LACKS.items() if counts[code]]


_AT_WORK = Wanted(Trait.ACTIVE | Trait.SHUT, Trait.ACTIVE)  # see ``is_at_work``


def _sum(there: Census, wanted: Wanted) -> int:
    return sum(number for traits, number in there.items() if wanted.takes(traits))


def _found(connection: Connection, found: Q, *, target: str, status: str | None) -> tuple[Census, Census]:
    """What a search finds, by status, and what of it is an account and no building."""
    if are_named(found):
        return _found_by_status(connection, found, target=target, status=status)

    def find() -> Standing:
        return *_found_by_status(connection, found & IN_LIST_ORDER, target=target, status=status), Census()

    key = (connection.pk, target, status, found)
    there, only_accounts, _ = remembered.get(key, basis=lambda: _basis(connection), find=find)
    return there, only_accounts


def _found_by_status(connection: Connection, found: Q, *, target: str, status: str | None) -> tuple[Census, Census]:
    rows = of_found(connection, found)
    standing = rows if status is None else rows.filter(status_conditions(connection, target=target)[status])
    if status != "available" or target != "buildings":
        return _one_by_one(standing), Census()
    accounts = live_links_of(connection, target="accounts")
    if not accounts.exists():
        return _one_by_one(standing), Census()
    return _one_by_one(standing), _one_by_one(standing.filter(list_id__in=accounts.values("list_id")))


Standing = tuple[Census, Census, Census]
remembered: Remembered[Standing] = Remembered(most=2_000)


def _standing(connection: Connection, *, target: str, status: str | None, with_advice: bool) -> Standing:
    """The same of a whole list, and where advice is asked for what of it can be imported."""

    def find() -> Standing:
        whole = _Whole(connection, target=target)
        return *whole.standing(status), whole.available if with_advice else Census()

    key = (connection.pk, target, status, with_advice)
    return remembered.get(key, basis=lambda: _basis(connection), find=find)


def _basis(connection: Connection) -> tuple[datetime | None, bytes]:
    return changed_at(connection), links_digest(Link.objects.filter(connection=connection, ended_at=None))


@dataclass(frozen=True)
class _Whole:
    """A whole list, counted. What is linked is counted from the links' side, once, and taken off."""

    connection: Connection
    target: str

    def standing(self, status: str | None) -> tuple[Census, Census]:
        match status:
            case None:
                return self._here + self._gone, Census()
            case "available":
                return self.available, self._only_accounts if self.target == "buildings" else Census()
            case "imported":
                return self._imported, Census()
            case "linked":
                return self._linked - self._imported, Census()
        return self._gone, Census()

    @cached_property
    def available(self) -> Census:
        return self._here - self._linked

    @cached_property
    def _here(self) -> Census:
        return _by_traits(self._rows.filter(gone_at=None))

    @property
    def _gone(self) -> Census:
        return _by_traits(self._rows.filter(gone_at__isnull=False))

    @cached_property
    def _linked(self) -> Census:
        return self._of(live_links_of(self.connection, target=self.target))

    @property
    def _imported(self) -> Census:
        return self._of(live_links_of(self.connection, target=self.target).filter(origin=Link.Origin.IMPORTED))

    @property
    def _only_accounts(self) -> Census:
        """Customers that are an account and no building."""
        links = live_links_of(self.connection, target="accounts")
        if not links.exists():
            return Census()
        buildings = live_links_of(self.connection, target="buildings").filter(list_id=OuterRef("list_id"))
        return self._of(links.filter(~Exists(buildings)))

    @property
    def _rows(self) -> QuerySet[Customer]:
        return Customer.objects.filter(connection=self.connection)

    def _of(self, links: QuerySet[Link]) -> Census:
        """The customers of ``links``, each looked up by its index: to group them by the column of an index, SQLite
        would walk that, and look every customer up in the links.
        """
        return _one_by_one(self._rows.filter(gone_at=None, list_id__in=links.values("list_id")))


def _by_traits(rows: QuerySet[Customer]) -> Census:
    return Census(dict(rows.order_by().values_list("traits").annotate(number=Count("*"))))


def _one_by_one(rows: QuerySet[Customer]) -> Census:
    """The same, in the order in which ``rows`` are found."""
    return Census(dict(rows.order_by().values_list(F("traits") + 0).annotate(number=Count("*"))))
