"""What the import page shows, gathered: the filters as asked, the rows, what is picked, how the refresh stands."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from standpipe.core.addresses import Address
from standpipe.core.ids import new_secret
from standpipe.quickbooks.connections.health import Problem
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.connections.queries import contact_of
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import links_of_customers
from standpipe.quickbooks.lists.addresses import billing_address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.lists.queries import ListState, list_state, searched
from standpipe.quickbooks.lists.waiting import in_the_way, waiting_words

from .counting import Counts, Lacking, counted
from .mapping import LACKS
from .queries import LACKING, LEFT_OUT_JOBS, NOUNS, Filters, narrowed

PER_PAGE = 50
NOT_SHOWN = ("search_text", "name_key", "billing_key", "physical_key", "sort_key", "content_hash")
ACTIVE = {"": True, "inactive": False, "all": None}

STATUS_BADGES = {
    "deleted": ("Not in QuickBooks any more", "bad"),
    "imported": ("Imported", "good"),
    "linked": ("Linked", "good"),
}
JOB_BADGES = {"Closed": ("Closed", "warn"), "NotAwarded": ("Not awarded", "warn")}

CHOICES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "status": (
        "Status",
        (
            ("", "Available"),
            ("imported", "Imported"),
            ("linked", "Linked"),
            ("deleted", "Gone"),
            ("all", "Every status"),
        ),
    ),
    "kind": ("Kind", (("", "Customers and jobs"), ("customer", "Customers"), ("job", "Jobs"))),
    "active": ("Active", (("", "Active"), ("inactive", "Inactive"), ("all", "Active or not"))),
    "lacks": ("What is missing", (("", "Complete or not"), *LACKS.items())),
    "sort": ("Order", (("", "By path"), ("name", "By name"), ("-name", "By name, Z first"))),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the toolbar with what is chosen."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The state of the list, as an address or a form says it. Unknown values count as absent."""

    search: str
    values: dict[str, str]
    page: str
    picked: tuple[str, ...]  # ListIDs, on this page and on others
    everything: bool
    with_jobs: bool = False  # customers as accounts, their jobs as buildings

    @property
    def filters(self) -> Filters:
        status = self.values["status"]
        return {
            "search": self.search,
            "status": None if status == "all" else status or "available",
            "kind": self.values["kind"] or None,
            "active": ACTIVE[self.values["active"]],
            "lacks": self.values["lacks"] or None,
        }

    @property
    def choices(self) -> list[Choice]:
        return [Choice(key, label, options, self.values[key]) for key, (label, options) in CHOICES.items()]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or any(value for key, value in self.values.items() if key != "sort"))

    def query(self, **more: str) -> str:
        """The state as it stands in an address, without what is picked."""
        query = QueryDict(mutable=True)
        for key, value in {"search": self.search, **self.values, **more}.items():
            if value:
                query[key] = value
        return query.urlencode()


def asked_of(data: QueryDict) -> Asked:
    """Reads GET and POST alike."""
    values = {}
    for key, (_, options) in CHOICES.items():
        value = data.get(key, "")
        values[key] = value if value in dict(options) else ""
    elsewhere = [list_id for list_id in data.get("elsewhere", "").split(",") if list_id]
    return Asked(
        search=data.get("search", "").strip(),
        values=values,
        page=data.get("page", ""),
        picked=tuple(dict.fromkeys([*elsewhere, *data.getlist("pick")])),
        everything=bool(data.get("everything")),
        with_jobs=bool(data.get("with_jobs")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A customer or job of the page."""

    customer: Customer
    status: str
    links: tuple[Link, ...]  # live ones, to whatever
    billing: Address
    email: str
    phone: str
    is_picked: bool
    is_left_out: bool  # by "select all"
    lacks: tuple[str, ...]  # keys of LACKS
    account: Link | None  # under Buildings: the account that it is already

    @property
    def is_available(self) -> bool:
        return self.status == "available"

    @property
    def badges(self) -> list[tuple[str, str]]:
        """Words and tones of what is not as usual."""
        inactive = None if self.customer.is_active else ("Inactive", "warn")
        badges = (STATUS_BADGES.get(self.status), inactive, JOB_BADGES.get(self.customer.job_status))
        return [badge for badge in badges if badge]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of the list, with what its action bar and its advice say."""

    rows: list[Row]
    page: Page[Any]
    everything_count: int
    left_out: str  # why "select all" takes fewer than there are
    elsewhere: list[str]
    lacking: list[Lacking]
    request_key: str = field(default_factory=new_secret)

    @property
    def count_text(self) -> str:
        count = self.page.paginator.count
        return "1 customer or job" if count == 1 else f"{count:,} customers and jobs"

    @property
    def lacks_words(self) -> str:
        """For the element that adds up what the ticked rows lack (requirement 10)."""
        return json.dumps({code: text[0].lower() + text[1:] for code, text in LACKS.items()})

    @property
    def picked_count(self) -> int:
        return len(self.elsewhere) + sum(row.is_picked for row in self.rows)


def listed(connection: Connection, *, target: str, asked: Asked, with_advice: bool = True) -> Listed:
    """A dozen queries at most, whatever the size of the list; only a search looks at each row of it."""
    found = searched(connection, asked.search)
    filters = asked.filters | {"search": ""}
    customers = narrowed(connection, target=target, found=found, sort=asked.values["sort"] or "path", **filters)
    counts, lacking = counted(connection, target=target, filters=filters, found=found, with_advice=with_advice)
    page = _page(customers, count=counts.total, number=asked.page)
    # Found by an index alone; only these are read.
    rows = Customer.objects.filter(connection=connection, list_id__in=page.object_list).defer(*NOT_SHOWN)
    by_id = {row.list_id: row for row in rows}
    shown = [by_id[list_id] for list_id in page.object_list if list_id in by_id]
    on_page = {customer.list_id for customer in shown}
    links = links_of_customers(connection, on_page)
    return Listed(
        rows=[_row(one, target=target, links=links.get(one.list_id, []), asked=asked) for one in shown],
        page=page,
        everything_count=counts.selectable if asked.filters["status"] == "available" else 0,
        left_out=_left_out_words(counts, target=target, asked=asked),
        elsewhere=[list_id for list_id in asked.picked if list_id not in on_page],
        lacking=lacking,
    )


def _page(customers: QuerySet[Customer], *, count: int, number: str) -> Page[Any]:
    """The ListIDs of one page."""
    paginator: Paginator[Any] = Paginator(customers.values_list("list_id", flat=True), PER_PAGE)
    paginator.count = count  # a cached property: not counted again
    page = paginator.get_page(number)
    page.object_list = list(page.object_list)
    return page


def _left_out_words(counts: Counts, *, target: str, asked: Asked) -> str:
    """``“Select all” leaves out 15: closed and not-awarded jobs.``, so that two numbers agree (design 3.8)."""
    number = counts.total - counts.selectable
    if not number or asked.filters["status"] != "available":
        return ""
    kinds = ["closed and not-awarded jobs"]
    if asked.filters["active"] is not True:
        kinds.append("what is inactive")
    if target == "buildings":
        kinds.append("customers that are accounts already")
    return f"“Select all” leaves out {number:,}: {', '.join(kinds)}."


def _row(customer: Customer, *, target: str, links: Sequence[Link], asked: Asked) -> Row:
    details = Details.from_json(customer.details)
    account = next((link for link in links if link.account_id), None)
    of_target = tuple(link for link in links if getattr(link, f"{NOUNS[target]}_id"))
    is_closed = customer.is_job and customer.job_status in LEFT_OUT_JOBS
    return Row(
        customer=customer,
        status=_status(customer, of_target),
        links=of_target,
        billing=billing_address(details)[0],
        email=details.email,
        phone=details.phone,
        is_picked=customer.list_id in asked.picked,
        lacks=tuple(code for code, trait in LACKING.items() if customer.traits & trait),
        is_left_out=is_closed or not customer.is_active or (target == "buildings" and account is not None),
        account=account if target == "buildings" else None,
    )


def _status(customer: Customer, links: Sequence[Link]) -> str:
    """As ``importable`` has it."""
    if customer.gone_at is not None:
        return "deleted"
    if not links:
        return "available"
    return "imported" if any(link.origin == Link.Origin.IMPORTED for link in links) else "linked"


# The refresh


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshShown:
    """How the list stands, in words."""

    state: ListState
    open_task: Task | None
    last_task: Task | None  # the latest that finished
    words: str  # while one waits or runs
    is_overdue: bool
    problem: Problem | None  # why waiting alone will not help
    news: str  # what the latest one brought


def refresh_shown(connection: Connection) -> RefreshShown:
    state = list_state(connection)
    task = state.open_task
    contact = contact_of(connection)
    done = Task.objects.filter(connection=connection, kind="refresh_customers", state=Task.State.DONE)
    last = done.defer("memory").order_by("-finished_at").first()
    return RefreshShown(
        state=state,
        open_task=task,
        last_task=last,
        words=waiting_words(connection, task, what="customers and jobs") if task else "",
        is_overdue=contact.overdue,
        problem=in_the_way(connection, contact) if task and task.state == Task.State.WAITING else None,
        news=_news(last.counts) if last else "",
    )


def _news(counts: dict[str, Any]) -> str:
    """``3 new, 2 changed, 1 not there any more``; requirement 15."""
    words = {"new": "new", "changed": "changed", "gone": "not there any more", "broken": "could not be read"}
    parts: Iterable[str] = (f"{counts[key]:,} {word}" for key, word in words.items() if counts.get(key))
    return ", ".join(parts) or "nothing has changed"
