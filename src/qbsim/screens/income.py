"""The Income Tracker: what is not billed yet, open, overdue and paid, with the invoices behind each sum."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from qbsim.company import Company
from qbsim.screens.choosing import NUMBER_OR_CUSTOMER
from qbsim.screens.invoice_states import state_of
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import (
    Column,
    Columns,
    Field,
    badge,
    day,
    field,
    money,
    nothing_here,
    page,
    pager,
    table,
    tool,
    tools,
)
from qbsim.screens.paths import invoice_path
from qbsim.screens.web import Reply, Routes, Visit, url
from qbsim.transactions.records import Invoice

ROUTES = Routes()

PAGE = 100
PAID_DAYS = 30  # "Paid last 30 days", as QuickBooks' own tracker has it


class Tile(NamedTuple):
    """One part of the bar. `where` is a condition over invoices; `?` in it are the day today and 30 days before."""

    title: str
    where: str
    days: tuple[int, ...]  # before today, one for each question mark
    cents: str  # what is summed


TILES: dict[str, Tile] = {
    "unbilled": Tile("Unbilled", "is_pending", (), "subtotal_cents + tax_cents"),
    "open": Tile("Open invoices", "open_cents > 0 AND NOT is_pending AND due_date >= ?", (0,), "open_cents"),
    "overdue": Tile("Overdue", "open_cents > 0 AND NOT is_pending AND due_date < ?", (0,), "open_cents"),
    "paid": Tile(
        f"Paid in the last {PAID_DAYS} days",
        "open_cents = 0 AND NOT is_pending AND subtotal_cents + tax_cents > 0 AND txn_id IN (SELECT invoice_id FROM"
        " applications JOIN payments ON payments.txn_id = payment_id WHERE payments.txn_date >= ?)",
        (PAID_DAYS,),
        "subtotal_cents + tax_cents",
    ),
}


@ROUTES.get("/income")
def tracker(visit: Visit) -> Reply:
    today = visit.today()
    query = {key: visit.query.get(key, "").strip() for key in ("show", "q")}
    after = visit.query.get("after", "")
    where, values = _condition(query, today)
    count = visit.company.invoices.count(where, values)
    if after.isdecimal() and len(after) < 16:
        where, values = f"({where}) AND txn_number < ?", (*values, int(after))
    found = list(visit.company.invoices.select(where, values, order="txn_number DESC", limit=PAGE + 1))
    following = str(found[PAGE - 1].txn_number) if len(found) > PAGE else None
    rows = [_row(visit.company, each, today) for each in found[:PAGE]]
    columns: Columns = ["No.", Column("Customer:Job", "wide"), "Date", "Due", *_NUMBERS, "Status"]
    return page(
        visit,
        "Income Tracker",
        h("h1", "Income Tracker"),
        tools(tool("New invoice", "/invoices/new", main=True), tool("Receive payment", "/payments/new")),
        _bar(visit.company, query, today),
        _search(query),
        h("p", "1 invoice" if count == 1 else f"{count:,} invoices", class_="count", role="status"),
        table("Invoices, newest first", columns, rows) if rows else nothing_here("No invoice matches."),
        pager("/income", query, after=after, following=following),
        section="income",
        wide=True,
    )


_NUMBERS = (Column("Days late", "number"), Column("Amount", "number"), Column("Open", "number"))


def _condition(query: Mapping[str, str], today: date) -> tuple[str, tuple[object, ...]]:
    where = "1"
    values: tuple[object, ...] = ()
    if tile := TILES.get(query["show"]):
        where, values = tile.where, _days(tile, today)
    if query["q"]:
        wanted = query["q"].lower()
        where, values = f"({where}) AND ({NUMBER_OR_CUSTOMER})", (*values, wanted, wanted)
    return where, values


def _days(tile: Tile, today: date) -> tuple[str, ...]:
    return tuple((today - timedelta(days=days)).isoformat() for days in tile.days)


def _bar(company: Company, query: Mapping[str, str], today: date) -> Element:
    sums = {key: _sum(company, tile, today) for key, tile in TILES.items()}
    whole = sum(cents for _, cents in sums.values())
    tiles = [_tile(key, *sums[key], query=query) for key in TILES]
    return h("div", _shares({key: cents for key, (_, cents) in sums.items()}, whole), h("ul", *tiles, class_="tiles"))


def _sum(company: Company, tile: Tile, today: date) -> tuple[int, int]:
    """Return how many invoices that are, and how many cents."""
    sql = f"SELECT count(*), coalesce(sum({tile.cents}), 0) FROM invoices WHERE {tile.where}"  # noqa: S608 -- from the table above
    count, cents = company.db.execute(sql, _days(tile, today)).fetchone()
    return int(count), int(cents)


def _tile(key: str, count: int, cents: int, *, query: Mapping[str, str]) -> Element:
    chosen = query["show"] == key
    words = "pending invoice" if key == "unbilled" else "invoice"
    return h(
        "li",
        h(
            "a",
            h("span", TILES[key].title, class_="line"),
            h("strong", money(cents), class_="line amount"),
            h("span", f"{count:,} {words}{'' if count == 1 else 's'}", class_="line"),
            href=url("/income", q=query["q"], show="" if chosen else key),
            aria_current="true" if chosen else None,
            class_=f"tile {key}",
        ),
    )


def _shares(sums: Mapping[str, int], whole: int) -> Element:
    """Draw the sums side by side; the tiles below say the same in words."""
    at, parts = 0.0, []
    for key, cents in sums.items():
        width = 100 * cents / whole if whole else 0.0
        parts.append(h("rect", x=f"{at:.2f}%", width=f"{width:.2f}%", height="100%", class_=key))
        at += width
    return h("svg", *parts, width="100%", height="12", aria_hidden="true", focusable="false", class_="shares")


def _search(query: Mapping[str, str]) -> Element:
    shown = (("", "All invoices"), *((key, tile.title) for key, tile in TILES.items()))
    return h(
        "form",
        field(Field("q", "Customer or number", kind="search"), query),
        field(Field("show", "Show", choices=shown), query),
        h("button", "Search"),
        action="/income",
        role="search",
        class_="filters",
    )


def _row(company: Company, each: Invoice, today: date) -> list[Child]:
    word, tone = state_of(each, today=today)
    late = (today - each.due_date).days if word == "Overdue" else 0
    return [
        h("a", each.ref_number or "–", href=invoice_path(each.txn_id)),
        company.name_of(each.customer_id),
        day(each.txn_date),
        day(each.due_date),
        f"{late:,}" if late else "",
        money(each.total_cents),
        money(each.open_cents) if each.open_cents else "",
        badge(word, tone=tone),
    ]
