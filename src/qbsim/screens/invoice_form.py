"""The form of an invoice: what it shows, and what somebody typed as `company.invoices` takes it.

A line is a row of boxes numbered from 1. In an existing invoice each row carries its TxnLineID, and only what was
changed in it is handed on, so that the rest is counted as QuickBooks counts after an edit.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from qbsim.company import Company, CompanyError
from qbsim.fields import snake
from qbsim.messages.items import ITEM_RETS
from qbsim.screens.choosing import Choices, choices_of, customer_field, customer_named
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.numbers import amount_typed, number_typed
from qbsim.screens.parts import Column, Field, check, control, field, group, table
from qbsim.transactions.invoices import line as asked_line
from qbsim.transactions.records import Invoice, InvoiceLine
from qbsim.wiretext import parse_date

Form = dict[str, str]

FIRST_ROWS, MORE_ROWS, MOST_ROWS = 5, 5, 60

_ITEM_KINDS = tuple(kind for kind in ITEM_RETS if kind not in {"ItemSalesTaxGroup", "ItemGroup"})


class Head(NamedTuple):
    tag: str
    label: str
    max_length: int | None = None
    kind: str = "text"
    kinds: tuple[str, ...] = ()
    none: str = "–"
    hint: str = ""


HEADS = (
    Head("TxnDate", "Date", kind="date"),
    Head("RefNumber", "Invoice no.", 11),
    Head("TermsRef", "Terms", kinds=("StandardTerms", "DateDrivenTerms"), none="As with the customer"),
    Head("DueDate", "Due date", kind="date", hint="Empty: by the terms."),
    Head("PONumber", "P.O. no.", 25),
    Head("ItemSalesTaxRef", "Sales tax", kinds=("ItemSalesTax", "ItemSalesTaxGroup"), none="As with the customer"),
    Head("CustomerMsgRef", "Customer message", kinds=("CustomerMsg",)),
    Head("Memo", "Memo", 4095),
)

_BOXES = ("item", "desc", "quantity", "rate", "amount", "tax")


# -- what it shows ---------------------------------------------------------------------------------------------


def form_of_new(company: Company, *, customer: str, today: str) -> Form:
    empty = {head.tag: "" for head in HEADS}
    return empty | {"customer": customer, "TxnDate": today, "RefNumber": company.invoices.next_number()}


def form_of(company: Company, invoice: Invoice) -> Form:
    form = {head.tag: str(invoice[head.tag] or "") for head in HEADS}
    form |= {"customer": company.customer(invoice.customer_id).full_name, "RefNumber": invoice.ref_number}
    form |= {"TxnDate": invoice.txn_date.isoformat(), "DueDate": invoice.due_date.isoformat()}
    form["pending"] = "1" if invoice.is_pending else ""
    for number, each in enumerate(invoice.lines, start=1):
        form |= {f"{name}-{number}": value for name, value in _row_of(each).items()}
    return form | {"rows": str(len(invoice.lines))}


def _row_of(line: InvoiceLine) -> dict[str, str]:
    percent = line.percent
    return {
        "line": line.line_id,
        "item": "" if line.is_group else line.item_id or "",
        "desc": line.description,
        "quantity": _plain(line.quantity),
        "rate": f"{_plain(percent)}%" if percent is not None else _plain(line.rate),
        "amount": str(line.details.get("Amount") or ""),
        "tax": line.tax_code_id or "",
    }


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


def row_count(form: Mapping[str, str]) -> int:
    """Return how many rows the form has: those that were there, and free ones below."""
    typed = form.get("rows", "")
    rows = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    rows = max(rows, *(int(name[5:]) for name in form if name.startswith("desc-") and name[5:].isdecimal()), 0)
    free = MORE_ROWS if form.get("more") else 0
    return min(max(rows + free, FIRST_ROWS), MOST_ROWS)


def fields(company: Company, form: Mapping[str, str], *, groups: Mapping[str, str]) -> list[Child]:
    """Return head and lines. `groups` names the item groups by TxnLineID: their rows are kept or taken out whole."""
    return [
        customer_field(company, "customer", "Customer:Job", form),
        group("Invoice", *(field(_head(company, head, form), form) for head in HEADS)),
        check("pending", "Pending: does not count in any balance yet", on=bool(form.get("pending"))),
        h("h2", "Lines"),
        h(
            "p",
            "What is left empty comes from the item. An amount decides over quantity times rate; a rate may be a "
            "percentage such as -10%. A line without item and description is left out.",
            class_="soft",
        ),
        _lines(company, form, groups),
        h("input", type="hidden", name="rows", value=str(row_count(form))),
    ]


def _head(company: Company, head: Head, form: Mapping[str, str]) -> Field:
    choices = None
    if head.kinds:
        choices = choices_of(company, *head.kinds, chosen=form.get(head.tag, ""), none=head.none)
    return Field(head.tag, head.label, head.max_length, head.kind, choices, hint=head.hint)


def _lines(company: Company, form: Mapping[str, str], groups: Mapping[str, str]) -> Element:
    items, codes = choices_of(company, *_ITEM_KINDS), choices_of(company, "SalesTaxCode")
    rows = [_row(number, form, items, codes, groups) for number in range(1, row_count(form) + 1)]
    columns = ["Item", "Description", "Quantity", "Rate", "Amount", "Tax"]
    return table("Lines", [Column(each) for each in columns], rows)


def _row(
    number: int, form: Mapping[str, str], items: Choices, codes: Choices, groups: Mapping[str, str]
) -> list[Child]:
    line_id = form.get(f"line-{number}", "")
    kept = h("input", type="hidden", name=f"line-{number}", value=line_id) if line_id else None
    if line_id in groups:
        keep = check(f"keep-{number}", f"Keep the group {groups[line_id]}", on=True)
        return [h("span", keep, kept), "", "", "", "", ""]
    item = form.get(f"item-{number}", "")
    boxes = {
        "item": Field(f"item-{number}", "item", choices=_with(items, item)),
        "desc": Field(f"desc-{number}", "description", 4095, lines=2),
        "quantity": Field(f"quantity-{number}", "quantity", 20),
        "rate": Field(f"rate-{number}", "rate", 20),
        "amount": Field(f"amount-{number}", "amount", 20),
        "tax": Field(f"tax-{number}", "tax code", choices=codes),
    }
    cells: list[Child] = [control(each, form, label=f"Line {number}: {each.label}") for each in boxes.values()]
    return [h("span", cells[0], kept), *cells[1:]]


def _with(items: Choices, chosen: str) -> Choices:
    """An item that became inactive stays on the lines that have it."""
    return items if any(key == chosen for key, _ in items) else [*items, (chosen, "(inactive item)")]


# -- what somebody typed ---------------------------------------------------------------------------------------


def head_changes(company: Company, form: Mapping[str, str], *, before: Mapping[str, str]) -> dict[str, Any]:
    """Return the head fields that somebody changed, as `company.invoices.add` and `edit` take them."""
    changed: dict[str, Any] = {}
    for head in HEADS:
        typed = form.get(head.tag, "").strip()
        if typed != before.get(head.tag, ""):
            if typed and head.kind == "date" and parse_date(typed) is None:
                raise CompanyError(f"{head.label}: {typed} is no date.")
            changed[snake(head.tag)] = typed or None
    if bool(form.get("pending")) != bool(before.get("pending")):
        changed["is_pending"] = bool(form.get("pending"))
    if form.get("customer", "").strip() != before.get("customer", ""):
        changed["customer"] = customer_named(company, form.get("customer", "")).list_id
    return changed


def new_lines(form: Mapping[str, str]) -> list[dict[str, Any]]:
    return [each for number in range(1, row_count(form) + 1) if (each := _typed_line(number, form, {})) is not None]


def edited_lines(form: Mapping[str, str], *, before: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """Return all lines when any of them was changed, added or taken out; None when none was."""
    rows = range(1, row_count(form) + 1)
    lines = [each for number in rows if (each := _typed_line(number, form, before)) is not None]
    had = [value for name, value in before.items() if name.startswith("line-")]
    untouched = all(set(each) <= {"kind", "item", "line_id"} and each["item"] is None for each in lines)
    if untouched and [each.get("line_id") for each in lines] == had:
        return None
    return lines


def _typed_line(number: int, form: Mapping[str, str], before: Mapping[str, str]) -> dict[str, Any] | None:
    line_id = form.get(f"line-{number}", "")
    if line_id and f"item-{number}" not in form:  # a group
        return {"kind": "line", "item": None, "line_id": line_id} if form.get(f"keep-{number}") else None
    typed = {name: form.get(f"{name}-{number}", "").replace("\r\n", "\n").strip() for name in _BOXES}
    if not typed["item"] and not typed["desc"]:
        if any(typed[name] for name in ("quantity", "rate", "amount")):
            raise CompanyError(f"Line {number}: choose an item, or write a description.")
        return None
    had = {name: before.get(f"{name}-{number}", "").strip() for name in _BOXES} if line_id else {}
    changed = {name: value for name, value in typed.items() if value != had.get(name, "")}
    named = dict(_named(number, changed))
    return asked_line(named.pop("item", None), **named, **({"line_id": line_id} if line_id else {}))


def _named(number: int, changed: Mapping[str, str]) -> Iterable[tuple[str, Any]]:
    for name, value in changed.items():
        match name:
            case "rate" if value.endswith("%"):
                yield "rate_percent", _number(number, name, value.removesuffix("%"))
            case "quantity" | "rate" | "amount":
                yield name, _number(number, name, value)
            case "tax":
                yield "sales_tax_code", value or None
            case _:
                yield name, value


def _number(line: int, name: str, text: str) -> str | None:
    """Return the number as the books have it; nothing typed means: count it anew."""
    if not text:
        return None
    label = f"Line {line}, {name}"
    return amount_typed(label, text) if name == "amount" else number_typed(label, text)
