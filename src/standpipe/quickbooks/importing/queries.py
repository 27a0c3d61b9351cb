"""Reading what can be imported, and what an import did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict, TypeVar

from django.db import connection as database
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import linked_to_json, links_of_customers
from standpipe.quickbooks.lists.addresses import billing_address, physical_address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import customers_of
from standpipe.quickbooks.lists.traits import EVERY, SHUT_JOBS, Trait

from .mapping import SourceCustomer
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


def importable(connection: Connection, *, target: str, **narrowing: Any) -> QuerySet[Customer]:
    """``narrowed``, with ``status`` for this type (``available``, ``imported``, ``linked`` or ``deleted``) and
    ``is_account`` (linked to an account: marked under Buildings).
    """
    links = _links_of_row(target)
    return narrowed(connection, target=target, **narrowing).annotate(
        status=Case(
            When(gone_at__isnull=False, then=Value("deleted")),
            When(Exists(links.filter(origin=Link.Origin.IMPORTED)), then=Value("imported")),
            When(Exists(links), then=Value("linked")),
            default=Value("available"),
        ),
        is_account=Exists(_links_of_row("accounts")),
    )


def narrowed(
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
    """Customers and jobs; ``None`` does not filter.

    ``found`` stands for ``search`` where that was looked for already (``lists.queries.searched``).
    """
    if kind not in (None, "customer", "job"):
        raise UserError("A kind is customer or job.", code="invalid_kind", field="kind")
    if status not in (None, *STATUSES):
        raise UserError(f"A status is {' or '.join(STATUSES)}.", code="invalid_status", field="status")
    rows = customers_of(connection, search=search, found=found, active=None, gone=None, sort=sort)
    if sort in _BY_NAME:
        rows = rows.order_by(*_BY_NAME[sort])
    if status is not None:
        rows = rows.filter(status_conditions(connection, target=target)[status])
    return Wanted.of(kind, active=active, lacks=lacks).among_rows(rows)


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

    def among_rows(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        if not self.among:
            return rows
        if database.vendor == "postgresql":
            # It knows how frequent each number is, and takes any condition on bits for a rare one.
            return rows.filter(traits__in=[traits for traits in EVERY if self.takes(traits)])
        return rows.alias(asked_for=F("traits").bitand(self.among)).filter(asked_for=self.traits)


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


def status_conditions(connection: Connection, *, target: str) -> Mapping[str, Q]:
    """What stands here is sought from the links' side, what does not row by row: in order, a page is soon full."""
    links = _links_of_row(target)
    live = live_links_of(connection, target=target)
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


def live_links_of(connection: Connection, *, target: str) -> QuerySet[Link]:
    return Link.objects.filter(connection=connection, ended_at=None, **{f"{NOUNS[target]}__isnull": False})


# By the normalised name, which has an index.
_BY_NAME = {"name": ("name_key", "sort_key", "list_id"), "-name": ("-name_key", "-sort_key", "-list_id")}
LACKING = {
    "no_company_name": Trait.NO_COMPANY_NAME,
    "no_billing_address": Trait.NO_BILLING_ADDRESS,
    "no_phone": Trait.NO_PHONE,
    "no_email": Trait.NO_EMAIL,
}


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
