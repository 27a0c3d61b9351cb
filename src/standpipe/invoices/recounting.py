"""What follows while somebody types an invoice: amounts, rates, the due date, the totals. Nothing is stored.

The page asks after every change and shows the answer; without JavaScript "Update totals" asks for the totals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from standpipe.catalog.due_dates import due_date_of
from standpipe.catalog.models import SalesTax
from standpipe.catalog.queries import rates_of
from standpipe.core.money import fine_text, money_text

from .actions import FIRST_DATE, LAST_DATE
from .arithmetic import Totals, line_amount, totals
from .forms import InvoiceForm, LineForm
from .lines import KeptLine, NewLine, above, counted, rate_for
from .models import Invoice, Line

MOVED = "row"  # the page says so where lines were moved or removed


def recounted(form: InvoiceForm, *, changed: str) -> dict[str, str]:
    """Inputs whose value follows from the one called ``changed``, by their names.

    A percentage follows the line above it; one that somebody wrote another amount for does so too, in their sight.
    """
    form.is_valid()
    values: dict[str, str] = {}
    if changed in {"date", "terms"}:
        values |= _due_date(form)
    rows: list[KeptLine] = []
    is_other = changed == MOVED  # what stands above the next line
    for row in form.filled_lines:
        row.is_valid()
        field = changed.removeprefix(f"line-{row.row}-")
        if changed and field != changed:
            values |= _line(row, field=field, above=above(rows))
            is_other = field in _PRICED
        elif is_other and row.new_line.is_percentage:
            values |= _percentage(row, above=above(rows))
        elif not row.new_line.is_words:
            is_other = changed == MOVED
        rows.append(_as_counted(row, values=values, above=above(rows)))
    return values


def completed(form: InvoiceForm) -> dict[str, str]:
    """Inputs that were left open and follow from the others, by their names; percentages follow in any case."""
    form.is_valid()
    values: dict[str, str] = {}
    rows: list[KeptLine] = []
    for row in form.filled_lines:
        row.is_valid()
        follows = _values(row, counted(row.new_line, above=above(rows)), besides="")
        values |= {name: value for name, value in follows.items() if not form.data.get(name)}
        if row.new_line.is_percentage:
            values |= _percentage(row, above=above(rows))
        rows.append(_as_counted(row, values=values, above=above(rows)))
    if not form.data.get("due_date"):
        values |= _due_date(form)
    return values


def sums(form: InvoiceForm, *, values: Mapping[str, str], currency: str) -> list[tuple[str, str, str]]:
    """The totals of what stands there: key, label, amount. A row that cannot be read counts nothing."""
    form.is_valid()
    tax: SalesTax | None = (form.cleaned_data if form.is_bound else form.initial).get("sales_tax")
    rows: list[KeptLine] = []
    for row in form.filled_lines:
        rows.append(_as_counted(row, values=values, above=above(rows)))
    return shown_sums(totals(rows, rates_of(tax)), sales_tax=tax, currency=currency)


def stored_sums(invoice: Invoice, lines: Iterable[Line], *, currency: str) -> list[tuple[str, str, str]]:
    """As the invoice was saved, and as it goes out. A rate that has changed since is not said beside its tax."""
    counted_now = totals(lines, rates_of(invoice.sales_tax))
    if (counted_now.subtotal, counted_now.tax) == (invoice.subtotal, invoice.tax_total):
        return shown_sums(counted_now, sales_tax=invoice.sales_tax, currency=currency)
    return [
        ("subtotal", "Subtotal", money_text(invoice.subtotal, currency)),
        ("tax", "Sales tax", money_text(invoice.tax_total, currency)),
        ("total", "Total", money_text(invoice.total, currency)),
    ]


def shown_sums(sums_: Totals, *, sales_tax: SalesTax | None, currency: str) -> list[tuple[str, str, str]]:
    rates = rates_of(sales_tax)
    rate = f"{fine_text(sum(rates, Decimal(0)))} % on {money_text(sums_.taxable)}" if rates else ""
    return [
        ("subtotal", "Subtotal", money_text(sums_.subtotal, currency)),
        ("tax", f"Sales tax{f' {rate}' if rate else ''}", money_text(sums_.tax, currency)),
        ("total", "Total", money_text(sums_.total, currency)),
    ]


def _due_date(form: InvoiceForm) -> dict[str, str]:
    dated, terms = form.cleaned_data.get("date"), form.cleaned_data.get("terms")
    if dated is None or not FIRST_DATE <= dated <= LAST_DATE:
        return {}
    due = due_date_of(terms, dated)
    return {"due_date": due.isoformat()} if due else {}


_PRICED = ("item", "quantity", "rate", "amount")


def _percentage(row: LineForm, *, above: Decimal) -> dict[str, str]:
    """Of the line above as it stands now."""
    return _values(row, counted(replace(row.new_line, amount=None), above=above), besides="")


def _line(row: LineForm, *, field: str, above: Decimal) -> dict[str, str]:
    line = row.new_line
    match field:
        case "item" if line.item is not None:
            fresh = replace(line, rate=line.item.rate, amount=None, is_taxable=line.item.is_taxable)
            fresh = counted(replace(fresh, description=line.description or line.item.description), above=above)
        case "quantity" | "rate" if line.rate is not None:
            fresh = replace(line, amount=line_amount(line.quantity, line.rate))
        case "quantity" if line.item is not None:
            fresh = counted(line, above=above)
        case "amount" if line.amount is not None:
            fresh = replace(line, rate=rate_for(line.amount, line.quantity))
        case _:
            return {}
    return _values(row, fresh, besides=field)


def _values(row: LineForm, line: NewLine, *, besides: str) -> dict[str, str]:
    values: dict[str, Any] = {
        "description": line.description,
        "rate": "" if line.rate is None else fine_text(line.rate, places=2),
        "amount": "" if line.amount is None else fine_text(line.amount, places=2),
    }
    if besides == "item":
        values["is_taxable"] = "yes" if line.is_taxable else "no"
    return {f"{row.prefix}-{name}": value for name, value in values.items() if name != besides}


def _as_counted(row: LineForm, *, values: Mapping[str, str], above: Decimal) -> KeptLine:
    """The row as it will count, with what has just followed."""
    if not row.is_bound:
        return KeptLine(amount=row.initial["amount"], is_taxable=row.initial["is_taxable"] == "yes")
    row.is_valid()
    line = row.new_line
    amount = values.get(f"{row.prefix}-amount")
    if amount is not None:
        line = replace(line, amount=Decimal(amount) if amount else None)
    taxable = values.get(f"{row.prefix}-is_taxable")
    if taxable is not None:
        line = replace(line, is_taxable=taxable == "yes")
    line = counted(line, above=above)
    is_taxable = line.is_taxable if line.is_taxable is not None else bool(line.item and line.item.is_taxable)
    return KeptLine(amount=line.amount, is_taxable=is_taxable)


def rows_after(rows: Sequence[str], *, act: str) -> list[str]:
    """The rows' names after a button of theirs: ``remove-3``, ``up-3``, ``down-3``, ``add``."""
    names = list(rows)
    what, _, name = act.partition("-")
    if what == "add":
        return [*names, str(max((int(row) for row in names if row.isdecimal()), default=-1) + 1)]
    if name not in names:
        return names
    at = names.index(name)
    names.pop(at)
    if what == "remove":
        return names
    names.insert(max(at - 1, 0) if what == "up" else at + 1, name)
    return names
