"""Items and the other lists: what is in them, one element, and adding, editing, merging, deactivating, deleting."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from qbsim.company import Company, CompanyError
from qbsim.list_kinds import KINDS, MERGEABLE
from qbsim.lists import ListElement
from qbsim.messages.items import ITEM_RETS
from qbsim.references import KINDS_OF
from qbsim.screens import list_forms
from qbsim.screens.choosing import choices_of
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import (
    Column,
    Field,
    ask,
    badge,
    facts,
    field,
    heading,
    nothing_here,
    page,
    press,
    refusal,
    submit,
    table,
    tool,
    tools,
)
from qbsim.screens.paths import element_path
from qbsim.screens.web import PageRefused, Reply, Routes, Visit, see, url
from qbsim.transactions.selling import selling

ROUTES = Routes()


class Shown(NamedTuple):
    """A column besides name and state."""

    title: str
    text: Callable[[ListElement], str]
    style: str = ""


class Listing(NamedTuple):
    title: str
    kinds: tuple[str, ...]
    shown: tuple[Shown, ...] = ()


_WORDS = {
    "ItemInventoryAssembly": "Assembly",
    "ItemInventory": "Inventory part",
    "ItemNonInventory": "Non-inventory part",
    "StandardTerms": "Terms",
    "DateDrivenTerms": "Date-driven terms",
}


def words(name: str) -> str:
    """Write one of QuickBooks' names as words: Accounts receivable for AccountsReceivable."""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def kind_word(kind: str) -> str:
    """Write a kind as QuickBooks' screens do: Sales tax group for ItemSalesTaxGroup."""
    return _WORDS.get(kind) or words(kind.removeprefix("Item"))


def _item_words(item: ListElement) -> str:
    sold = selling(item.kind, item.details)
    return sold.desc if sold else str(item["ItemDesc"] or "")


def _item_price(item: ListElement) -> str:
    sold = selling(item.kind, item.details)
    if sold is None or sold.percent is None is sold.price:
        return ""
    return f"{sold.percent.normalize():f} %" if sold.percent is not None else f"{sold.price:,.2f}"


def _due(terms: ListElement) -> str:
    if terms.kind == "DateDrivenTerms":
        return f"on day {terms['DayOfMonthDue']} of the month"
    return f"after {terms['StdDueDays'] or 0} days"


LISTS: dict[str, Listing] = {
    "items": Listing(
        "Items",
        tuple(ITEM_RETS),
        (
            Shown("Type", lambda item: kind_word(item.kind)),
            Shown("Description", _item_words, "wide"),
            Shown("Price or rate", _item_price, "number"),
        ),
    ),
    "accounts": Listing(
        "Chart of accounts",
        ("Account",),
        (
            Shown("Number", lambda account: account["AccountNumber"] or ""),
            Shown("Type", lambda account: words(account["AccountType"] or "")),
        ),
    ),
    "terms": Listing("Terms", ("StandardTerms", "DateDrivenTerms"), (Shown("Due", _due),)),
    "payment-methods": Listing("Payment methods", ("PaymentMethod",)),
    "tax-codes": Listing(
        "Sales tax codes",
        ("SalesTaxCode",),
        (
            Shown("Description", lambda code: code["Desc"] or ""),
            Shown("Taxable", lambda code: "Yes" if code["IsTaxable"] else "No"),
        ),
    ),
    "classes": Listing("Classes", ("Class",)),
    "customer-types": Listing("Customer types", ("CustomerType",)),
    "job-types": Listing("Job types", ("JobType",)),
    "vendors": Listing("Vendors", ("Vendor",)),
    "sales-reps": Listing("Sales reps", ("SalesRep",)),
    "price-levels": Listing("Price levels", ("PriceLevel",)),
    "messages": Listing("Customer messages", ("CustomerMsg",)),
    "ship-methods": Listing("Ship methods", ("ShipMethod",)),
    "templates": Listing("Templates", ("Template",)),
    "currencies": Listing("Currencies", ("Currency",)),
}


def key_of(kind: str) -> str:
    return next(key for key, listing in LISTS.items() if kind in listing.kinds)


# -- a list ----------------------------------------------------------------------------------------------------


@ROUTES.get("/lists")
def items(visit: Visit) -> Reply:
    return one_list(visit, "items")


@ROUTES.get("/lists/<key>")
def one_list(visit: Visit, key: str) -> Reply:
    if key not in LISTS:
        raise PageRefused(HTTPStatus.NOT_FOUND, "There is no such list.")
    listing, search, show = LISTS[key], visit.query.get("q", "").strip(), visit.query.get("show", "active")
    elements = [
        each
        for each in visit.company.lists.all(*listing.kinds)
        if (each.is_active or show == "all") and _matches(each, search)
    ]
    new = [
        tool(
            f"New {kind_word(kind).lower()}",
            url("/lists/new", kind=kind),
            main=kind in {"ItemService", listing.kinds[0]},
        )
        for kind in listing.kinds
        if kind in list_forms.FORMS
    ]
    return page(
        visit,
        listing.title,
        h("h1", listing.title),
        tools(*new) if new else None,
        _search(key, search, show),
        _table(listing, elements, in_full=bool(search)) if elements else nothing_here("Nothing here."),
        section="lists",
        side=_lists(visit.company, key),
        wide=True,
    )


def _matches(element: ListElement, search: str) -> bool:
    wanted = search.lower()
    return wanted in element.full_name.lower() or any(wanted in text.lower() for text in _texts(element.details))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)


def _lists(company: Company, current: str) -> Element:
    entries = []
    for key, listing in LISTS.items():
        count = company.lists.count(listing.kinds, "is_active")
        link = h("a", listing.title, href=f"/lists/{key}", aria_current="page" if key == current else None)
        entries.append(h("li", h("span", link, h("span", f"{count}", class_="money"), class_="entry")))
    return h("nav", h("ul", *entries, class_="tree"), aria_label="Lists", class_="side short")


def _search(key: str, search: str, show: str) -> Element:
    shown = Field("show", "Show", choices=(("active", "Active"), ("all", "All")))
    return h(
        "form",
        field(Field("q", "Search", kind="search"), {"q": search}),
        field(shown, {"show": show}),
        h("button", "Search"),
        action=f"/lists/{key}",
        role="search",
        class_="filters",
    )


def _table(listing: Listing, elements: Sequence[ListElement], *, in_full: bool) -> Element:
    columns = [Column("Name"), *(Column(each.title, each.style) for each in listing.shown), Column("State")]
    return table(listing.title, columns, [_row(listing, each, in_full=in_full) for each in elements])


def _row(listing: Listing, one: ListElement, *, in_full: bool) -> list[Child]:
    label, indent = (one.full_name, None) if in_full else (one.name, f"level-{one.sublevel}")
    link = h("a", label, href=element_path(one.list_id), class_=indent)
    return [link, *(each.text(one) for each in listing.shown), "" if one.is_active else badge("inactive")]


# -- one element -----------------------------------------------------------------------------------------------


@ROUTES.get("/lists/element/<list_id>")
def element(visit: Visit, list_id: str) -> Reply:
    one = visit.company.lists.get(list_id)
    inside: list[tuple[str, Child]] = [
        ("ListID", h("code", one.list_id)),
        ("EditSequence", h("code", one.edit_sequence)),
        ("TimeCreated", h("code", one.time_created)),
        ("TimeModified", h("code", one.time_modified)),
    ]
    key = key_of(one.kind)
    return page(
        visit,
        one.full_name,
        h("p", h("a", LISTS[key].title, href=f"/lists/{key}"), class_="path"),
        heading(one.full_name, None if one.is_active else badge("inactive")),
        _tools(one),
        facts([("Type", kind_word(one.kind)), *_facts(visit.company, one.details)]),
        h("h2", "For developers"),
        facts(inside),
        section="lists",
    )


def _tools(one: ListElement) -> Element:
    active = "" if one.is_active else "1"
    change = press(
        "Make inactive" if one.is_active else "Make active", element_path(one.list_id, "active"), active=active
    )
    return tools(
        tool("Edit", element_path(one.list_id, "edit")),
        tool("Merge", element_path(one.list_id, "merge")) if one.kind in MERGEABLE else None,
        change,
        tool("Delete", element_path(one.list_id, "delete")),
    )


def _facts(company: Company, details: Mapping[str, Any], *, above: str = "") -> Iterator[tuple[str, Child]]:
    """Show whatever the element holds, under QuickBooks' own names; references by their full names."""
    for tag, value in details.items():
        label = f"{above}{tag}"
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                yield from _facts(company, each, above=f"{label} / ")
            elif tag in KINDS_OF:
                yield label, h("a", company.name_of(each), href=element_path(each))
            else:
                yield label, {True: "Yes", False: "No"}.get(each, str(each)) if isinstance(each, bool) else str(each)


@ROUTES.form("/lists/new")
def add(visit: Visit) -> Reply:
    kind = visit.query.get("kind", "")
    if kind not in list_forms.FORMS:
        raise PageRefused(HTTPStatus.NOT_FOUND, "Nobody adds such a thing by hand here.")
    before = list_forms.form_of(kind, None)
    form = {**before, "parent": "", **visit.form}
    error = None
    if visit.is_post:
        try:
            fields = list_forms.changes(kind, form, before=before, details={})
            made = visit.company.lists.add(kind, form["name"], parent=form["parent"] or None, **fields)
            return see(element_path(made.list_id), told="added")
        except CompanyError as refused:
            error = refused
    title = f"New {kind_word(kind).lower()}"
    return _edit_page(
        visit,
        kind,
        form,
        title=title,
        action=url("/lists/new", kind=kind),
        back=f"/lists/{key_of(kind)}",
        error=error,
    )


@ROUTES.form("/lists/element/<list_id>/edit")
def edit(visit: Visit, list_id: str) -> Reply:
    one = visit.company.lists.get(list_id)
    before = list_forms.form_of(one.kind, one) | {"parent": one.parent_id or ""}
    form = {**before, **visit.form}
    error = None
    if visit.is_post:
        try:
            changed = list_forms.changes(one.kind, form, before=before, details=one.details)
            if form["name"] != before["name"]:
                changed["name"] = form["name"]
            if form["parent"] != before["parent"]:
                changed["parent"] = form["parent"] or None
            if changed:
                visit.company.lists.edit(list_id, **changed)
            return see(element_path(list_id), told="saved" if changed else "same")
        except CompanyError as refused:
            error = refused
    title, back = f"Edit {one.full_name}", element_path(list_id)
    return _edit_page(
        visit, one.kind, form, title=title, action=visit.path, back=back, error=error, except_for=list_id
    )


def _edit_page(
    visit: Visit,
    kind: str,
    form: Mapping[str, str],
    *,
    title: str,
    action: str,
    back: str,
    error: CompanyError | None,
    except_for: str = "",
) -> Reply:
    above = None
    if KINDS[kind].has_levels:
        choices = choices_of(visit.company, kind, chosen=form["parent"], none="Nothing: it stands by itself")
        above = Field(
            "parent", "Below", choices=[each for each in choices if not except_for or each[0] != except_for]
        )
    sheet = h(
        "form",
        field(Field("name", "Name", KINDS[kind].max_name, required=True), form),
        field(above, form) if above else None,
        *list_forms.inputs(visit.company, kind, form),
        submit("Save", back),
        method="post",
        action=action,
    )
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    return page(visit, title, h("h1", title), refusal(error), sheet, section="lists", status=status)


@ROUTES.post("/lists/element/<list_id>/active")
def set_active(visit: Visit, list_id: str) -> Reply:
    active = visit.form.get("active") == "1"
    visit.company.lists.set_active(list_id, active=active)
    return see(element_path(list_id), told="active" if active else "inactive")


@ROUTES.form("/lists/element/<list_id>/merge")
def merge(visit: Visit, list_id: str) -> Reply:
    one = visit.company.lists.get(list_id)
    error = None
    if visit.is_post:
        try:
            merged = visit.company.lists.merge(list_id, to=visit.form.get("to", ""))
            return see(element_path(merged.list_id), told="merged")
        except CompanyError as refused:
            error = refused
    others = [each for each in choices_of(visit.company, one.kind) if each[0] != list_id]
    return ask(
        visit,
        title=f"Merge {one.full_name} into another",
        text="Whatever refers to it refers to the other from then on, and it vanishes. This cannot be undone.",
        fields=[field(Field("to", "The other", choices=others), visit.form)],
        button="Merge",
        back=element_path(list_id),
        error=error,
        section="lists",
    )


@ROUTES.form("/lists/element/<list_id>/delete")
def delete(visit: Visit, list_id: str) -> Reply:
    one = visit.company.lists.get(list_id)
    error = None
    if visit.is_post:
        try:
            visit.company.lists.delete(list_id)
            return see(f"/lists/{key_of(one.kind)}", told="deleted")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Delete {one.full_name}?",
        text="What an invoice, a customer or another list refers to can only be made inactive.",
        button="Delete",
        back=element_path(list_id),
        error=error,
        section="lists",
    )
