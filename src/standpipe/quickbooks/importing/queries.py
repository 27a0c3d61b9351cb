"""Reading what can be imported, and what an import did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict, TypeVar

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import linked_to_json, links_of_customers
from standpipe.quickbooks.lists.addresses import billing_address, physical_address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import customers_of

from .mapping import LACKS, SourceCustomer
from .models import ImportBatch
from .persons import contacts_of, person_json

NOUNS = {"accounts": "account", "buildings": "building"}  # what a target makes; also the column of a link
LEFT_OUT_JOBS = ("Closed", "NotAwarded")  # by "select all" (qbXML 13 reference, JobStatus)
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
    status: str | None = None,
    kind: str | None = None,
    active: bool | None = True,
    lacks: str | None = None,
    sort: str = "path",
) -> QuerySet[Customer]:
    """Customers and jobs with ``status`` for this type (``available``, ``imported``, ``linked`` or ``deleted``) and
    ``is_account`` (linked to an account: marked under Buildings). ``None`` does not filter.
    """
    if kind not in (None, "customer", "job"):
        raise UserError("A kind is customer or job.", code="invalid_kind", field="kind")
    if status not in (None, *STATUSES):
        raise UserError(f"A status is {' or '.join(STATUSES)}.", code="invalid_status", field="status")
    rows = customers_of(connection, search=search, kind=kind, active=active, gone=None, sort=sort)  # type: ignore[arg-type]  # checked above
    if sort in _BY_NAME:
        rows = rows.order_by(*_BY_NAME[sort])
    links = _links_of_row(target)
    if status is not None:
        rows = rows.filter(_status_conditions(target)[status])
    if lacks:
        rows = rows.filter(_LACKING[lacks])
    return rows.annotate(
        status=Case(
            When(gone_at__isnull=False, then=Value("deleted")),
            When(Exists(links.filter(origin=Link.Origin.IMPORTED)), then=Value("imported")),
            When(Exists(links), then=Value("linked")),
            default=Value("available"),
        ),
        is_account=Exists(_links_of_row("accounts")),
    )


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


def _status_conditions(target: str) -> Mapping[str, Q]:
    links = _links_of_row(target)
    is_imported = Q(Exists(links.filter(origin=Link.Origin.IMPORTED)))
    is_linked = Q(Exists(links))
    is_here = Q(gone_at=None)
    return {
        "available": is_here & ~is_linked,
        "imported": is_here & is_imported,
        "linked": is_here & is_linked & ~is_imported,
        "deleted": ~is_here,
    }


# By the normalised name, which has an index.
_BY_NAME = {"name": ("name_key", "sort_key", "list_id"), "-name": ("-name_key", "-sort_key", "-list_id")}
# ``Details.to_json`` keeps no empty text, so a missing key is a missing value.
_LACKING = {
    "no_company_name": Q(company_name=""),
    "no_billing_address": ~Q(details__has_any_keys=["bill", "bill_block"]),
    "no_phone": ~Q(details__has_key="phone"),
    "no_email": ~Q(details__has_key="email"),
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
    lacking: list[Lacking]  # only what is lacking at all


def counted(rows: QuerySet[Customer], *, target: str, with_lacking: bool) -> Counts:
    """Everything that the page counts, in one pass over the list. Requirement 10 needs ``with_lacking``."""
    wanted = {"total": Count("pk"), "selectable": Count("pk", filter=_taken_by_all(target))}
    if with_lacking:
        wanted |= {code: Count("pk", filter=condition) for code, condition in _LACKING.items()}
    counts = rows.order_by().aggregate(**wanted)
    lacking = [Lacking(code, text, counts[code]) for code, text in LACKS.items() if counts.get(code)]
    return Counts(counts["total"], counts["selectable"], lacking)


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
