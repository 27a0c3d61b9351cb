"""Reading what can be imported, and what an import did."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict, TypeVar

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import linked_to_json, links_of_customers
from standpipe.quickbooks.lists.addresses import billing_address, physical_address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import all_of, are_named, customers_of
from standpipe.quickbooks.lists.traits import SHUT_JOBS, Trait

from .mapping import LACKS, SourceCustomer
from .models import ImportBatch
from .persons import contacts_of, person_json

NOUNS = {"accounts": "account", "buildings": "building"}  # what a target makes; also the column of a link
LEFT_OUT_JOBS = SHUT_JOBS  # by "select all"
T = TypeVar("T")
STATUSES = ("available", "imported", "linked", "deleted")
CHUNK = 500  # rows in one statement or transaction: short enough that a session or a person hardly waits for it


class Filters(TypedDict, total=False):
    """What narrows the list, as page and API name it. ``lacks``: a key of ``LACKS``."""

    search: str
    status: str | None
    kind: str | None
    active: bool | None
    lacks: str | None


def importable(
    connection: Connection,
    *,
    target: str,
    search: str = "",
    found: Q | None = None,
    status: str | None = None,
    kind: str | None = None,
    active: bool | None = True,
    lacks: str | None = None,
    sort: str = "path",
) -> QuerySet[Customer]:
    """Customers and jobs with ``status`` for this type (``available``, ``imported``, ``linked`` or ``deleted``) and
    ``is_account`` (linked to an account: marked under Buildings). ``None`` does not filter.

    ``found`` stands for ``search`` where that was looked for already (``lists.queries.searched``).
    """
    if kind not in (None, "customer", "job"):
        raise UserError("A kind is customer or job.", code="invalid_kind", field="kind")
    if status not in (None, *STATUSES):
        raise UserError(f"A status is {' or '.join(STATUSES)}.", code="invalid_status", field="status")
    rows = customers_of(connection, search=search, active=None, gone=None, sort=sort)
    rows = rows.filter(found) if found else rows
    if sort in _BY_NAME:
        rows = rows.order_by(*_BY_NAME[sort])
    if status is not None:
        rows = rows.filter(_status_conditions(connection, target=target)[status])
    wanted = Wanted.of(kind, active=active, lacks=lacks)
    if wanted.among:
        rows = rows.alias(asked_for=F("traits").bitand(wanted.among)).filter(asked_for=wanted.traits)
    links = _links_of_row(target)
    return rows.annotate(
        status=Case(
            When(gone_at__isnull=False, then=Value("deleted")),
            When(Exists(links.filter(origin=Link.Origin.IMPORTED)), then=Value("imported")),
            When(Exists(links), then=Value("linked")),
            default=Value("available"),
        ),
        is_account=Exists(_links_of_row("accounts")),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter by traits: of those ``among``, a customer has exactly ``traits``."""

    among: int
    traits: int

    @classmethod
    def of(cls, kind: str | None, *, active: bool | None, lacks: str | None) -> "Wanted":
        asked: dict[int, bool] = {}
        if kind is not None:
            asked[Trait.JOB] = kind == "job"
        if active is not None:
            asked[Trait.ACTIVE] = active
        if lacks:
            asked[LACKING[lacks]] = True
        return cls(sum(asked), sum(trait for trait, has in asked.items() if has))

    def takes(self, traits: int) -> bool:
        return traits & self.among == self.traits


def matching_all(connection: Connection, *, target: str, filters: Filters) -> QuerySet[Customer]:
    """What "Select all that match" takes (design 3.8)."""
    rows = importable(connection, target=target, **(filters | {"status": "available"}))
    return rows.filter(_taken_by_all(target))


def _taken_by_all(target: str) -> Q:
    """Active, no closed or not-awarded job, and under Buildings no customer that is an account already."""
    taken = is_at_work()
    return taken & ~Q(Exists(_links_of_row("accounts"))) if target == "buildings" else taken


def is_at_work() -> Q:
    """Active, and no closed or not-awarded job."""
    is_shut_job = ~Q(parent_list_id="") & Q(job_status__in=LEFT_OUT_JOBS)
    return Q(is_active=True) & ~is_shut_job


def _links_of_row(target: str) -> QuerySet[Link]:
    return Link.objects.filter(
        connection_id=OuterRef("connection_id"),
        list_id=OuterRef("list_id"),
        ended_at=None,
        **{f"{NOUNS[target]}__isnull": False},
    )


def _status_conditions(connection: Connection, *, target: str) -> Mapping[str, Q]:
    """What stands here is sought from the links' side, what does not row by row: in order, a page is soon full."""
    links = _links_of_row(target)
    live = _live(connection, target=target)
    is_imported = Q(list_id__in=live.filter(origin=Link.Origin.IMPORTED).values("list_id"))
    is_here = Q(gone_at=None)
    return {
        "available": is_here & ~Q(Exists(links)),
        "imported": is_here & is_imported,
        "linked": is_here
        & Q(list_id__in=live.values("list_id"))
        & ~Q(Exists(links.filter(origin=Link.Origin.IMPORTED))),
        "deleted": Q(gone_at__isnull=False),
    }


def _live(connection: Connection, *, target: str) -> QuerySet[Link]:
    return Link.objects.filter(connection=connection, ended_at=None, **{f"{NOUNS[target]}__isnull": False})


# By the normalised name, which has an index.
_BY_NAME = {"name": ("name_key", "sort_key", "list_id"), "-name": ("-name_key", "-sort_key", "-list_id")}
LACKING = {
    "no_company_name": Trait.NO_COMPANY_NAME,
    "no_billing_address": Trait.NO_BILLING_ADDRESS,
    "no_phone": Trait.NO_PHONE,
    "no_email": Trait.NO_EMAIL,
}


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

    Counted by traits, from an index: not a row of a long list is read for it. ``found`` as for ``importable``.
    """
    status, wanted = filters["status"], Wanted.of(filters["kind"], active=filters["active"], lacks=filters["lacks"])
    there = _census(connection, found, target=target, status=status)
    total = _sum(there, wanted)
    selectable = 0
    if status == "available":
        only_accounts = _accounts_only(connection, found) if target == "buildings" else Counter[int]()
        at_work = Counter({traits: number for traits, number in there.items() if _AT_WORK.takes(traits)})
        selectable = _sum(at_work - only_accounts, wanted)
    if not with_advice:
        return Counts(total, selectable), []
    is_whole = status == "available" and not found
    available = there if is_whole else _census(connection, Q(), target=target, status="available")
    return Counts(total, selectable), _lacking(available)


def _lacking(available: Census) -> list[Lacking]:
    """Of the active ones; only what is lacking at all."""
    counts = {code: _sum(available, Wanted.of(None, active=True, lacks=code)) for code in LACKING}
    return [Lacking(code, text, counts[code]) for code, text in LACKS.items() if counts[code]]


_AT_WORK = Wanted(Trait.ACTIVE | Trait.SHUT, Trait.ACTIVE)  # see ``is_at_work``


def _sum(there: Census, wanted: Wanted) -> int:
    return sum(number for traits, number in there.items() if wanted.takes(traits))


def _census(connection: Connection, found: Q, *, target: str, status: str | None) -> Census:
    """Of what is ``found``, by status. What is linked is counted from the links' side and taken off the whole."""
    customers = Customer.objects.filter(connection=connection)
    rows = (all_of(connection) if found and not are_named(found) else customers).filter(found)
    here, gone = rows.filter(gone_at=None), rows.filter(gone_at__isnull=False)
    count = _each_trait if are_named(found) else _by_traits
    live = _live(connection, target=target)
    imported = live.filter(origin=Link.Origin.IMPORTED)
    if status is None:
        return count(here) + count(gone)
    if status == "available":
        return count(here) - _linked(connection, live, found)
    if status == "imported":
        return _linked(connection, imported, found)
    if status == "linked":
        return _linked(connection, live, found) - _linked(connection, imported, found)
    return count(gone)


def _accounts_only(connection: Connection, found: Q) -> Census:
    """Customers that are an account and no building."""
    links = _live(connection, target="accounts")
    if not links.exists():
        return Counter()
    buildings = _live(connection, target="buildings").filter(list_id=OuterRef("list_id"))
    return _linked(connection, links.filter(~Exists(buildings)), found)


def _by_traits(rows: QuerySet[Customer]) -> Census:
    return Counter(dict(rows.order_by().values_list("traits").annotate(number=Count("pk"))))


def _each_trait(rows: QuerySet[Customer]) -> Census:
    """The same of a few named ones: to group them, SQLite would walk the whole index of traits."""
    return Counter(rows.order_by().values_list("traits", flat=True))


def _linked(connection: Connection, links: QuerySet[Link], found: Q) -> Census:
    """The customers of ``links``, each looked up by its index: to group them by the column of an index, SQLite would
    walk that, and look every customer up in the links.
    """
    if are_named(found):
        links = links.filter(found)
    linked = Customer.objects.filter(
        found, connection=connection, gone_at=None, list_id__in=links.values("list_id")
    ).annotate(bits=F("traits") + 0)
    return Counter(dict(linked.order_by().values_list("bits").annotate(number=Count("pk"))))


# The question about names (design 3.1)


@dataclass(frozen=True, slots=True)
class SharedName:
    """Customers of a selection, at least one of them a job, whose records would bear one name."""

    name: str
    count: int
    examples: tuple[Customer, ...]


MOST_SHARED_NAMES = 5  # shown; the question is the same for all
MOST_EXAMPLES = 4


def shared_names(rows: QuerySet[Customer]) -> tuple[list[SharedName], int]:
    """The names that jobs among ``rows`` would share by the article's rule: the most frequent ones, and how many."""
    groups = (
        rows.order_by()
        .values("name_key")
        .annotate(number=Count("pk"), jobs=Count("pk", filter=~Q(parent_list_id="")))
        .filter(number__gt=1, jobs__gt=0)
        .order_by("-number", "name_key")
    )
    shown = list(groups[:MOST_SHARED_NAMES])
    found = []
    for group in shown:
        examples = tuple(rows.filter(name_key=group["name_key"])[:MOST_EXAMPLES])
        found.append(SharedName(examples[0].display_name, group["number"], examples))
    return found, groups.count() if len(shown) == MOST_SHARED_NAMES else len(shown)


# Sources of the mapping


def source_of(customer: Customer) -> SourceCustomer:
    return SourceCustomer(
        list_id=customer.list_id,
        name=customer.name,
        full_name=customer.full_name,
        company_name=customer.company_name,
        parent_list_id=customer.parent_list_id,
        is_active=customer.is_active,
        job_status=customer.job_status,
        details=Details.from_json(customer.details),
    )


def noun_for(target: str, *, is_job: bool) -> str:
    """What a customer or job becomes: ``account`` or ``building``."""
    if target == ImportBatch.Target.BOTH:
        return "building" if is_job else "account"
    return NOUNS[target]


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Of what one statement takes."""
    iterator = iter(values)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def customers_json(connection: Connection, customers: Sequence[Customer]) -> list[dict[str, Any]]:
    """Customers of one page as programs see them (design 7); they come from ``importable``."""
    links = links_of_customers(connection, [customer.list_id for customer in customers])
    return [_customer_json(customer, links=links.get(customer.list_id, [])) for customer in customers]


def _customer_json(customer: Customer, *, links: list[Link]) -> dict[str, Any]:
    details = Details.from_json(customer.details)
    billing, _ = billing_address(details)
    people, _ = contacts_of(details, place_name=customer.display_name)
    return {
        "list_id": customer.list_id,
        "name": customer.name,
        "full_name": customer.full_name,
        "company_name": customer.company_name,
        "display_name": customer.display_name,
        "kind": "job" if customer.is_job else "customer",
        "billing_address": billing.to_json(),
        "physical_address": physical_address(details)[0].to_json(),
        "contacts": [person_json(person) | {"address": billing.to_json()} for person in people],
        "is_active": customer.is_active,
        "job_status": customer.job_status,
        "status": customer.status,  # type: ignore[attr-defined]  # annotated by importable
        "links": [linked_to_json(link) for link in links],
    }
