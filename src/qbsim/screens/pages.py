"""The pages of the Customer Center."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from lxml import etree

from qbsim.company import Company, Customer
from qbsim.customers import path_key, printed_block
from qbsim.screens.forms import ADDRESSES, FIELDS, JOB_STATUSES, NAME, PLACES, AddressField, Field
from qbsim.screens.markup import Child, h
from qbsim.wiretext import amount_text

PAGE = 100  # rows of the list at a time

SHOWN = {"active": "Active", "all": "All", "inactive": "Inactive"}
_CONDITIONS = {"active": "is_active", "all": "1", "inactive": "NOT is_active"}


class View:
    """What of the list somebody looks at: search, active or not, and from where on. It travels in the URL."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.search = query.get("q", "").strip()
        self.show = query["show"] if query.get("show") in SHOWN else "active"
        self.after = query.get("after", "")

    def condition(self) -> tuple[str, tuple[object, ...]]:
        where, values = f"({_CONDITIONS[self.show]})", ()
        if self.search:
            wanted = self.search.lower()
            where += " AND (instr(fold(full_name), ?) OR instr(fold(details), ?))"
            return where, (wanted, wanted)
        return where, values

    def url(self, path: str, *, after: str | None = None) -> str:
        query = {"q": self.search, "show": self.show, "after": self.after if after is None else after}
        kept = {name: value for name, value in query.items() if value and (name, value) != ("show", "active")}
        return f"{path}?{urlencode(kept)}" if kept else path


def record_path(list_id: str, action: str = "") -> str:
    return f"/customers/{quote(list_id)}{f'/{action}' if action else ''}"


# -- frame -----------------------------------------------------------------------------------------------------


def frame(company: Company, title: str, *content: Child) -> etree._Element:
    return h(
        "html",
        h(
            "head",
            h("meta", charset="utf-8"),
            h("meta", name="viewport", content="width=device-width, initial-scale=1"),
            h("title", f"{title} – {company.name}"),
            h("link", rel="stylesheet", href="/style.css"),
        ),
        h(
            "body",
            h("a", "Skip to content", href="#content", class_="skip"),
            h(
                "header",
                h("p", h("a", company.name, href="/"), class_="company"),
                h(
                    "p",
                    "Simulated by qbsim. This is not QuickBooks, and nothing here reaches real books.",
                    class_="honest",
                ),
            ),
            *content,
        ),
        lang="en",
    )


def center(
    company: Company, view: View, *record: Child, title: str = "Customer Center", current: str | None = None
) -> etree._Element:
    """Return the list on one side and a record, or what to do next, on the other."""
    empty = h("div", h("h1", "Customer Center"), h("p", "Choose a customer or job, or add one."), class_="empty")
    return frame(
        company,
        title,
        h(
            "div",
            _list(company, view, current=current),
            h("main", *(record or (empty,)), id="content"),
            class_="center",
        ),
    )


def _list(company: Company, view: View, *, current: str | None) -> etree._Element:
    where, values = view.condition()
    count = company.count_customers(where, values)
    shown = list(company.select_customers(f"({where}) AND path_key > ?", (*values, view.after), limit=PAGE + 1))
    more = shown[PAGE:]
    shown = shown[:PAGE]
    return h(
        "nav",
        h("a", "New customer", href="/customers/new", class_="button"),
        _search(view),
        h("p", f"{count} {'customer or job' if count == 1 else 'customers and jobs'}", class_="count", role="status"),
        h("ul", *(_row(each, view, is_current=each.list_id == current) for each in shown), class_="list"),
        h("a", "From the start", href=view.url("/", after=""), class_="more") if view.after else None,
        h("a", "Next", href=view.url("/", after=path_key(shown[-1].full_name)), class_="more") if more else None,
        aria_label="Customers and jobs",
    )


def _search(view: View) -> etree._Element:
    options = [h("option", label, value=value, selected=value == view.show) for value, label in SHOWN.items()]
    return h(
        "form",
        h("label", "Search", for_="q"),
        h("input", type="search", id="q", name="q", value=view.search),
        h("label", "Show", for_="show"),
        h("select", *options, id="show", name="show"),
        h("button", "Search"),
        action="/",
        role="search",
    )


def _row(customer: Customer, view: View, *, is_current: bool) -> etree._Element:
    label = customer.full_name if view.search else customer.name
    url = view.url(record_path(customer.list_id))
    return h(
        "li",
        h("a", label, href=url, aria_current="page" if is_current else None),
        h("span", "inactive", class_="badge") if not customer.is_active else None,
        h("span", amount_text(customer.total_cents), class_="money"),
        class_=f"level-{0 if view.search else customer.sublevel}",
    )


# -- a record --------------------------------------------------------------------------------------------------


def record(company: Company, customer: Customer, *, told: str | None = None) -> list[Child]:
    jobs = company.jobs_of(customer.list_id)
    facts: list[tuple[str, Child]] = [(field.label, customer[field.tag] or "–") for field in FIELDS]
    facts += [(address.label, _printed(customer, address)) for address in ADDRESSES]
    facts += [
        ("Balance", amount_text(customer.balance_cents)),
        ("Balance with jobs", amount_text(customer.total_cents)),
        ("Job status", customer.job_status or "None"),
        ("Changed", customer.time_modified),
        ("ListID", customer.list_id),
        ("EditSequence", customer.edit_sequence),
    ]
    return [
        h("p", told, class_="told", role="status") if told else None,
        h("p", *_path(company, customer), class_="path") if customer.is_job else None,
        h("h1", customer.name),
        h("p", h("span", "inactive", class_="badge")) if not customer.is_active else None,
        _buttons(customer),
        h("dl", *(part for label, value in facts for part in (h("dt", label), h("dd", value)))),
        *_further(customer),
        h("h2", "Jobs"),
        h("ul", *(h("li", h("a", job.name, href=record_path(job.list_id))) for job in jobs), class_="list")
        if jobs
        else h("p", "None."),
    ]


def _path(company: Company, customer: Customer) -> Iterable[Child]:
    above = company.customer(customer.parent_id) if customer.parent_id else None
    if above is None:
        return ()
    return (*_path(company, above), h("a", above.name, href=record_path(above.list_id)), " : ")


def _buttons(customer: Customer) -> etree._Element:
    def link(label: str, action: str) -> etree._Element:
        return h("a", label, href=record_path(customer.list_id, action), class_="button")

    make = "Make inactive" if customer.is_active else "Make active"
    return h(
        "div",
        link("Edit", "edit"),
        h("a", "New job", href=f"/customers/new?parent={quote(customer.list_id)}", class_="button"),
        h(
            "form",
            h("input", type="hidden", name="active", value="" if customer.is_active else "1"),
            h("button", make),
            method="post",
            action=record_path(customer.list_id, "active"),
        ),
        link("Merge", "merge"),
        link("Delete", "delete"),
        class_="buttons",
    )


def _printed(customer: Customer, address: AddressField) -> etree._Element:
    block = customer[f"{address.tag}Block"] or printed_block(customer[address.tag] or {})
    lines = [h("span", line, class_="line") for line in block.values() if line.strip()]
    return h("address", *lines) if lines else h("address", "–")


def _further(customer: Customer) -> list[Child]:
    """Show what the form does not edit: labelled fields, people, further ship-to addresses."""
    lines = [f"{each['ContactName']}: {each['ContactValue']}" for each in customer["AdditionalContactRef"] or ()]
    lines += [
        " ".join(part for part in (person["FirstName"], person.get("LastName"), person.get("JobTitle")) if part)
        for person in customer["ContactsRet"] or ()
    ]
    lines += [
        f"{site['Name']}{' (default)' if site.get('DefaultShipTo') else ''}: "
        + ", ".join(printed_block(site).values())
        for site in customer["ShipToAddress"] or ()
    ]
    lines += [customer["Notes"]] if customer["Notes"] else []
    if not lines:
        return []
    return [h("h2", "More"), h("ul", *(h("li", line) for line in lines), class_="list")]


# -- forms -----------------------------------------------------------------------------------------------------


def edit_form(form: Mapping[str, str], *, title: str, action: str, back: str, error: str | None) -> list[Child]:
    fields = [_input(field, form) for field in FIELDS]
    return [
        h("h1", title),
        h("p", error, class_="error", role="alert") if error else None,
        h(
            "form",
            _input(NAME, form, required=True),
            *fields,
            *(_address_inputs(address, form) for address in ADDRESSES),
            h("label", "Job status", for_="job_status"),
            h(
                "select",
                *(
                    h("option", status, value=status, selected=status == form["job_status"])
                    for status in JOB_STATUSES
                ),
                id="job_status",
                name="job_status",
            ),
            _save("Save", back),
            method="post",
            action=action,
            class_="edit",
        ),
    ]


def _input(field: Field, form: Mapping[str, str], *, required: bool = False) -> etree._Element:
    box = h(
        "input",
        type=field.kind,
        id=field.name,
        name=field.name,
        value=form[field.name],
        maxlength=str(field.max_length),
        required=required,
        autocomplete="off",
    )
    return h("p", h("label", field.label, for_=field.name), box)


def _address_inputs(address: AddressField, form: Mapping[str, str]) -> etree._Element:
    lines = f"{address.name}_lines"
    places = [
        h(
            "p",
            h("label", label, for_=f"{address.name}_{tag}"),
            h(
                "input",
                id=f"{address.name}_{tag}",
                name=f"{address.name}_{tag}",
                value=form[f"{address.name}_{tag}"],
                maxlength=str(max_length),
                autocomplete="off",
            ),
        )
        for tag, label, max_length in PLACES
    ]
    box = h("textarea", form[lines], id=lines, name=lines, rows="5")
    return h(
        "fieldset",
        h("legend", address.label),
        h("p", h("label", "Lines, up to five", for_=lines), box),
        *places,
    )


def _save(label: str, back: str) -> etree._Element:
    return h("p", h("button", label), h("a", "Cancel", href=back), class_="save")


def delete_form(customer: Customer, *, error: str | None) -> list[Child]:
    return [
        h("h1", f"Delete {customer.full_name}?"),
        h("p", error, class_="error", role="alert") if error else None,
        h("p", "It vanishes from the list for good. Services hear of it for 90 days."),
        h(
            "form",
            _save("Delete", record_path(customer.list_id)),
            method="post",
            action=record_path(customer.list_id, "delete"),
        ),
    ]


def merge_form(customer: Customer, *, to: str, error: str | None) -> list[Child]:
    return [
        h("h1", f"Merge {customer.full_name} into another"),
        h("p", error, class_="error", role="alert") if error else None,
        h("p", "Its jobs and balance move over, and it vanishes from the list. This cannot be undone."),
        h(
            "form",
            h(
                "p",
                h("label", "Full name of the other", for_="to"),
                h("input", id="to", name="to", value=to, required=True),
            ),
            _save("Merge", record_path(customer.list_id)),
            method="post",
            action=record_path(customer.list_id, "merge"),
            class_="edit",
        ),
    ]


def message(title: str, text: str) -> list[Child]:
    return [h("h1", title), h("p", text), h("p", h("a", "Customer Center", href="/"))]
