"""The Customer Center: the list with its jobs, a record, and everything that people do to one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from qbsim.company import Company, Customer
from qbsim.customers import path_key, printed_block
from qbsim.screens.customer_form import (
    ADDRESSES,
    JOB_STATUSES,
    LINES,
    AddressLine,
    Line,
)
from qbsim.screens.invoice_states import state_of, title_of
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import (
    Column,
    Columns,
    Field,
    badge,
    day,
    facts,
    field,
    heading,
    money,
    nothing_here,
    page,
    pager,
    press,
    table,
    tool,
    tools,
)
from qbsim.screens.paths import invoice_path, payment_path, record_path
from qbsim.screens.web import Reply, Routes, Visit, url

ROUTES = Routes()

PAGE = 100  # rows of the list at a time
SHOWN_TRANSACTIONS = 10  # of one customer; the Income Tracker has the rest

SHOWN = {
    "active": "Active customers",
    "all": "All customers",
    "inactive": "Inactive customers",
    "open": "With a balance",
}
_CONDITIONS = {
    "active": "is_active",
    "all": "1",
    "inactive": "NOT is_active",
    "open": "total_cents <> 0",
}


# -- the list --------------------------------------------------------------------------------------------------


class Listed:
    """What of the list somebody looks at: search, active or not, and from where on. It travels in the address."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.search = query.get("q", "").strip()
        self.show = query["show"] if query.get("show") in SHOWN else "active"
        self.after = query.get("after", "")

    @property
    def query(self) -> dict[str, str]:
        return {"q": self.search, "show": "" if self.show == "active" else self.show}

    def condition(self) -> tuple[str, tuple[object, ...]]:
        where = f"({_CONDITIONS[self.show]})"
        if not self.search:
            return where, ()
        wanted = self.search.lower()
        return f"{where} AND (instr(fold(full_name), ?) OR instr(fold(details), ?))", (wanted, wanted)


@ROUTES.get("/")
def center(visit: Visit) -> Reply:
    empty = nothing_here(
        "Choose a customer or job to see it, or add one. Services see every change when their Web Connector calls.",
        tools(tool("New customer", "/customers/new", main=True)),
    )
    return page(
        visit,
        "Customer Center",
        h("h1", "Customer Center"),
        empty,
        section="customers",
        side=_side(visit, current=None),
    )


def _side(visit: Visit, *, current: Customer | None) -> Element:
    listed = Listed(visit.query)
    where, values = listed.condition()
    count = visit.company.count_customers(where, values)
    found = visit.company.select_customers(f"({where}) AND path_key > ?", (*values, listed.after), limit=PAGE + 1)
    shown = list(found)
    following = path_key(shown[PAGE - 1].full_name) if len(shown) > PAGE else None
    total = "1 customer or job" if count == 1 else f"{count:,} customers and jobs"
    return h(
        "nav",
        tools(tool("New customer", "/customers/new", main=True)) if current is not None else None,
        _search(listed),
        h("p", total, class_="count", role="status"),
        _tree(shown[:PAGE], listed, current=current) if shown else h("p", "Nothing matches.", class_="soft"),
        pager("/", listed.query, after=listed.after, following=following),
        aria_label="Customers and jobs",
        class_="side",
    )


def _search(listed: Listed) -> Element:
    show = Field("show", "Show", choices=tuple(SHOWN.items()))
    return h(
        "form",
        field(Field("q", "Search", kind="search"), {"q": listed.search}),
        field(show, {"show": listed.show}),
        h("button", "Search"),
        action="/",
        role="search",
    )


def _tree(shown: Sequence[Customer], listed: Listed, *, current: Customer | None) -> Element:
    """Return jobs in lists below their customers. What a search finds stands alone, with its whole path."""
    top = h("ul", class_="tree")
    nests: list[tuple[str | None, Element]] = [(None, top)]  # (whose jobs, their list), outermost first
    above: Customer | None = None
    for each in shown:
        parent_id = None if listed.search else each.parent_id
        if above is not None and parent_id == above.list_id:
            jobs = h("ul")
            nests[-1][1][-1].append(jobs)
            nests.append((parent_id, jobs))
        while len(nests) > 1 and nests[-1][0] != parent_id:
            nests.pop()
        # Whose customer is not on this page shows its path.
        in_full = bool(listed.search) or nests[-1][0] != parent_id
        nests[-1][1].append(_entry(each, listed, in_full=in_full, current=current))
        above = each
    return top


def _entry(customer: Customer, listed: Listed, *, in_full: bool, current: Customer | None) -> Element:
    here = current is not None and current.list_id == customer.list_id
    address = url(record_path(customer.list_id), **listed.query, after=listed.after)
    return h(
        "li",
        h(
            "span",
            h(
                "a",
                customer.full_name if in_full else customer.name,
                href=address,
                aria_current="page" if here else None,
            ),
            badge("inactive") if not customer.is_active else None,
            h("span", money(customer.total_cents), class_="money"),
            class_="entry",
        ),
    )


# -- one record ------------------------------------------------------------------------------------------------


@ROUTES.get("/customers/<list_id>")
def record(visit: Visit, list_id: str) -> Reply:
    customer = visit.company.customer(list_id)
    content = (
        h("p", *_path(visit.company, customer), class_="path") if customer.is_job else None,
        heading(customer.name, None if customer.is_active else badge("inactive")),
        _tools(customer),
        facts(_money_facts(customer)),
        *_transactions(visit, customer),
        *_jobs(visit.company, customer),
        h("h2", "Details"),
        facts(_details(visit.company, customer)),
        *_further(customer),
        h("h2", "For developers"),
        facts(_inside(visit.company, customer)),
    )
    return page(visit, customer.full_name, *content, section="customers", side=_side(visit, current=customer))


def _path(company: Company, customer: Customer) -> Iterable[Child]:
    above = company.customer(customer.parent_id) if customer.parent_id else None
    if above is None:
        return ()
    return (*_path(company, above), h("a", above.name, href=record_path(above.list_id)), " : ")


def _tools(customer: Customer) -> Element:
    def to(label: str, action: str) -> Element:
        return tool(label, record_path(customer.list_id, action))

    active = "" if customer.is_active else "1"
    return tools(
        tool("New invoice", url("/invoices/new", customer=customer.list_id), main=True),
        tool("Receive payment", url("/payments/new", customer=customer.list_id)),
        to("Edit", "edit"),
        tool("New job", url("/customers/new", parent=customer.list_id)),
        to("Move", "move"),
        to("Merge", "merge"),
        press(
            "Make inactive" if customer.is_active else "Make active",
            record_path(customer.list_id, "active"),
            active=active,
        ),
        to("Delete", "delete"),
    )


def _money_facts(customer: Customer) -> list[tuple[str, Child]]:
    own: list[tuple[str, Child]] = [("Balance", h("span", money(customer.balance_cents), class_="amount"))]
    return [*own, ("Balance with jobs", h("span", money(customer.total_cents), class_="amount"))]


def _details(company: Company, customer: Customer) -> list[tuple[str, Child]]:
    """Return what is filled in, with both addresses whether they are or not."""
    shown: list[tuple[str, Child]] = [
        (line.label, text)
        for line in LINES
        if (text := _text(company, line, customer)) and text != "None" and line.name != "notes"
    ]
    shown += [(address.label, _printed(customer, address)) for address in ADDRESSES]
    return shown


def _text(company: Company, line: Line, customer: Customer) -> str:
    value = customer[line.tag]
    if value is None:
        return ""
    if line.kinds:
        return company.name_of(value)
    return JOB_STATUSES.get(value, value) if line.tag == "JobStatus" else str(value)


def _printed(customer: Customer, address: AddressLine) -> Element:
    block = customer[f"{address.tag}Block"] or printed_block(customer[address.tag] or {})
    lines = [h("span", line, class_="line") for line in block.values() if line.strip()]
    return h("address", *lines) if lines else h("span", "None", class_="soft")


def _transactions(visit: Visit, customer: Customer) -> list[Child]:
    """Show the newest invoices and payments of a customer with its jobs, as QuickBooks' own center does."""
    company, today = visit.company, visit.today()
    rows: list[tuple[date, int, list[Child]]] = []
    for invoice in company.invoices.all(customer=customer.list_id, with_jobs=True):
        word, tone = state_of(invoice, today=today)
        name = h("a", title_of(invoice), href=invoice_path(invoice.txn_id))
        cells: list[Child] = [name, day(invoice.txn_date), money(invoice.total_cents), money(invoice.open_cents)]
        rows.append((invoice.txn_date, invoice.txn_number, [*cells, badge(word, tone=tone)]))
    for payment in company.payments.all(customer=customer.list_id, with_jobs=True):
        name = h("a", f"Payment {payment.ref_number}".strip(), href=payment_path(payment.txn_id))
        cells = [name, day(payment.txn_date), money(-payment.total_cents), money(-payment.unused_cents)]
        rows.append((payment.txn_date, payment.txn_number, [*cells, ""]))
    if not rows:
        return []
    rows.sort(key=lambda row: row[:2], reverse=True)
    columns: Columns = [
        "Transaction",
        "Date",
        Column("Amount", "number"),
        Column("Open", "number"),
        "Status",
    ]
    more = h("p", f"And {len(rows) - SHOWN_TRANSACTIONS:,} older ones.", class_="soft")
    return [
        h("h2", "Invoices and payments"),
        table("Invoices and payments", columns, [cells for *_, cells in rows[:SHOWN_TRANSACTIONS]]),
        more if len(rows) > SHOWN_TRANSACTIONS else None,
    ]


def _jobs(company: Company, customer: Customer) -> list[Child]:
    jobs = company.jobs_of(customer.list_id)
    if not jobs:
        return []
    entries = [
        h(
            "li",
            h(
                "span",
                h("a", job.name, href=record_path(job.list_id)),
                badge("inactive") if not job.is_active else None,
                h("span", money(job.total_cents), class_="money"),
                class_="entry",
            ),
        )
        for job in jobs
    ]
    return [h("h2", "Jobs"), h("ul", *entries, class_="tree")]


def _further(customer: Customer) -> list[Child]:
    """Show what the form does not edit: labelled fields, people, further ship-to addresses, notes."""
    lines = [f"{each['ContactName']}: {each['ContactValue']}" for each in customer["AdditionalContactRef"] or ()]
    lines += [
        " ".join(each for each in (person["FirstName"], person.get("LastName"), person.get("JobTitle")) if each)
        for person in customer["ContactsRet"] or ()
    ]
    lines += [
        f"{site['Name']}{' (default)' if site.get('DefaultShipTo') else ''}: "
        + ", ".join(printed_block(site).values())
        for site in customer["ShipToAddress"] or ()
    ]
    notes = customer["Notes"]
    return [
        *([h("h2", "More"), h("ul", *(h("li", line) for line in lines), class_="plain")] if lines else []),
        *([h("h2", "Notes"), h("p", notes, class_="as-typed")] if notes else []),
    ]


def _inside(company: Company, customer: Customer) -> list[tuple[str, Child]]:
    custom = company.data_ext("0", list_id=customer.list_id)
    return [
        *((f"Custom field {name}", value) for name, value in custom.items()),
        ("ListID", h("code", customer.list_id)),
        ("EditSequence", h("code", customer.edit_sequence)),
        ("TimeCreated", h("code", customer.time_created)),
        ("TimeModified", h("code", customer.time_modified)),
    ]
