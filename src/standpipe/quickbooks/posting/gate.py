"""What has to be so before an invoice may leave: one small rule a line, in the order in which people repair them.

Each rule looks at the facts and answers one line; ``None``: it has nothing to say of this invoice.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.urls import reverse

from standpipe.catalog.models import SalesTax
from standpipe.catalog.queries import rates_of
from standpipe.core.limits import TOO_LARGE
from standpipe.core.money import ZERO, money_text
from standpipe.invoices.actions import FIRST_DATE, LAST_DATE
from standpipe.invoices.arithmetic import totals
from standpipe.invoices.models import Line
from standpipe.quickbooks.items.mapping import LINE_TYPES
from standpipe.ui.times import day_words

from .check_lines import CheckLine, Repair
from .facts import Books, Facts, Tied
from .plan import UNDECIDED, WHY

REFRESH = "Refresh from QuickBooks Desktop"
LINK = "Link QuickBooks Customer"

Rule = Callable[[Facts], CheckLine | None]


def gate(facts: Facts) -> list[CheckLine]:
    """Every rule's line. Where there is no company file to ask, only those that say so."""
    found: list[CheckLine] = []
    for rule in BEFORE_BOOKS:
        if line := rule(facts):
            found.append(line)
            if line.ok is False:
                return found
    return found + [line for rule in RULES if (line := rule(facts))]


# Addresses of pages


def url(facts: Facts, name: str, *args: object) -> str:
    return reverse(name, args=[facts.slug, *args])


def edit(facts: Facts, label: str = "Edit the invoice") -> Repair:
    return Repair(label=label, url=url(facts, "invoices:edit", facts.invoice.pk))


def connection_page(facts: Facts, label: str) -> Repair:
    return Repair(label=label, url=url(facts, "quickbooks:connection", _books(facts).connection.pk))


def settings_page(facts: Facts, field: str = "", *, label: str = "QuickBooks Desktop settings") -> Repair:
    anchor = f"#id_{field.replace('.', '-')}" if field else ""
    page = url(facts, "quickbooks:posting-settings", _books(facts).connection.pk)
    return Repair(label=label, url=f"{page}{anchor}")


def link_page(facts: Facts, label: str = LINK) -> Repair:
    invoice = facts.invoice
    target, record = ("accounts", invoice.account_id) if invoice.account_id else ("buildings", invoice.building_id)
    return Repair(label=label, url=url(facts, "quickbooks:link-customer", target, record))


def choose_page(facts: Facts, label: str = "Change") -> Repair:
    return Repair(label=label, url=url(facts, "quickbooks:choose-customer", facts.invoice.pk))


def refresh_lists(facts: Facts) -> Repair:
    page = url(facts, "quickbooks:refresh-lists", _books(facts).connection.pk)
    return Repair(label=REFRESH, url=page, method="post")


def _books(facts: Facts) -> Books:
    assert facts.books is not None  # the rules before see to it  # noqa: S101
    return facts.books


# Is there somewhere to go?


def _archived(facts: Facts) -> CheckLine | None:
    if facts.invoice.archived_at is None:
        return None
    repair = Repair(label="Bring back", url=url(facts, "invoices:restore", facts.invoice.pk), method="post")
    return CheckLine(key="archived", ok=False, text="The invoice is archived.", repairs=(repair,))


def _connected(facts: Facts) -> CheckLine | None:
    if facts.is_connected:
        return None
    repair = Repair(label="Connect QuickBooks Desktop", url=url(facts, "quickbooks:connections"))
    return CheckLine(key="connected", ok=False, text="QuickBooks Desktop is not connected yet.", repairs=(repair,))


def _linked(facts: Facts) -> CheckLine:
    plan = facts.plan
    if plan.why in {"not_linked", "account_not_linked"}:
        return CheckLine(key="linked", ok=False, text=_not_linked(facts), repairs=(link_page(facts),))
    if plan.why in UNDECIDED:
        repair = choose_page(facts, "Choose the customer")
        return CheckLine(key="linked", ok=False, text=f"{WHY[plan.why]} Choose one.", repairs=(repair,))
    text = f"It will be posted to “{plan.customer_name}”. {plan.sentence}"
    return CheckLine(key="linked", ok=True, text=text, repairs=(choose_page(facts),))


def _not_linked(facts: Facts) -> str:
    invoice = facts.invoice
    if invoice.account:
        return f"The account “{invoice.account.name}” is not linked to a QuickBooks customer."
    assert invoice.building is not None  # invoice_is_for_one_thing  # noqa: S101
    if invoice.building.account:
        account = invoice.building.account.name
        return (
            f"Neither the building “{invoice.building.name}” nor its account “{account}” is linked to a QuickBooks "
            "customer."
        )
    return f"The building “{invoice.building.name}” is not linked to a QuickBooks customer."


def _connection(facts: Facts) -> CheckLine:
    books = _books(facts)
    if books.hindrance is None:
        return CheckLine(key="connection", ok=True, text=f"“{books.name}” is your company file.")
    repair = connection_page(facts, "Go to the connection")
    if books.hindrance.code == "list_never_arrived":
        page = url(facts, "quickbooks:import", "accounts")
        repair = Repair(label=REFRESH, url=f"{page}?connection={books.connection.pk}")
    return CheckLine(key="connection", ok=False, text=str(books.hindrance), repairs=(repair,))


BEFORE_BOOKS: tuple[Rule, ...] = (_archived, _connected, _linked, _connection)


# Does the company file take it?


def _edition(facts: Facts) -> CheckLine | None:
    """Tax works otherwise in other editions: they are listed, not sent to (design 10)."""
    country = _books(facts).connection.file_country
    if country in {"", "US"}:
        return None
    text = f"“{_books(facts).name}” is of the {country} edition of QuickBooks. Only the US edition is sent to."
    return CheckLine(key="edition", ok=False, text=text, repairs=(already(facts),))


def _customer(facts: Facts) -> CheckLine:
    customer, name = facts.plan.customer, facts.plan.customer_name
    if customer is None:
        text = f"“{name}” is not in the list of customers that was read from QuickBooks."
        return CheckLine(key="customer", ok=False, text=text, repairs=(link_page(facts, "Link again"),))
    if customer.gone_at is not None:
        text = f"“{name}” was deleted or merged in QuickBooks."
        return CheckLine(key="customer", ok=False, text=text, repairs=(link_page(facts, "Link again"),))
    if not customer.is_active:
        text = f"“{name}” is inactive in QuickBooks. Make it active there and refresh, or link another one."
        refresh = Repair(label=REFRESH, url=url(facts, "quickbooks:import", "accounts"))
        return CheckLine(key="customer", ok=False, text=text, repairs=(refresh, link_page(facts, "Link another one")))
    return CheckLine(key="customer", ok=True, text=f"“{name}” is in QuickBooks and active.")


CURRENCIES = {"USD": "US Dollar", "CAD": "Canadian Dollar", "GBP": "British Pound Sterling", "EUR": "Euro"}


def _currency(facts: Facts) -> CheckLine | None:
    """One currency an organization; customers in another are listed but not sent to (design 10)."""
    ours = facts.invoice.organization.currency
    customer = facts.plan.customer
    theirs = (customer.currency if customer else "") or _books(facts).home_currency
    if ours not in CURRENCIES or theirs == CURRENCIES[ours]:
        return None
    text = f"“{facts.plan.customer_name}” is kept in {theirs} in QuickBooks, and your invoices are in {ours}."
    return CheckLine(key="currency", ok=False, text=text, repairs=(link_page(facts, "Link another one"),))


def _lists(facts: Facts) -> CheckLine | None:
    missing, refused = _books(facts).missing_lists, _books(facts).preferences_refusal
    if missing:
        text = f"QuickBooks’ lists have not arrived yet: {', '.join(missing).lower()}."
    elif refused is not None:
        text = f"QuickBooks does not show its preferences, and sales tax depends on them. It says: {refused}"
    else:
        return None
    return CheckLine(key="lists", ok=False, text=text, repairs=(refresh_lists(facts),))


# Does everything on it have its place there?


def _items(facts: Facts) -> CheckLine:
    books = _books(facts)
    if not any(line.amount is not None for line in facts.lines):
        text = "No line has an amount. An invoice needs at least one."
        return CheckLine(key="items", ok=False, text=text, repairs=(edit(facts),))
    for number, line in enumerate(facts.lines, start=1):
        if line.amount is None and line.item_id is None:
            continue  # only words
        tied = facts.items.get(line.item_id) if line.item_id else None
        if tied is not None:
            if _adds_a_discount(line, tied):
                text = (
                    f"Line {number}: “{tied.link.full_name}” is a discount in QuickBooks and takes away. "
                    f"Its amount has to be below zero, not {money_text(line.amount or ZERO)}."
                )
                return CheckLine(key="items", ok=False, text=text, repairs=(edit(facts, "Change the amounts"),))
            if wrong := _wrong_item(tied):
                return CheckLine(
                    key="items",
                    ok=False,
                    text=f"Line {number}: {wrong}",
                    repairs=(edit(facts, "Choose another item"), link_entry(facts, "items", line.item_id)),
                )
        elif problem := books.setting_problems.get("default_item"):
            what = f"“{line.item.name}” is not linked to an item in QuickBooks" if line.item else "it has no item"
            text = f"Line {number}: {what}, and {_lower(problem.text)}"
            page = settings_page(facts, "default_item", label="Choose the default item")
            more = (link_entry(facts, "items", line.item_id),) if line.item_id else ()
            return CheckLine(key="items", ok=False, text=text, repairs=(page, *more))
    return CheckLine(key="items", ok=True, text=_items_in_words(facts))


def _adds_a_discount(line: Line, tied: Tied) -> bool:
    """QuickBooks takes the amount of a discount item away, whatever its sign (decision 18)."""
    return tied.entry is not None and tied.entry.type == "ItemDiscount" and (line.amount or ZERO) > ZERO


def _wrong_item(tied: Tied) -> str:
    entry, name = tied.entry, f"“{tied.link.full_name}”"
    if entry is None or entry.gone_at is not None:
        return f"the item {name} is not in QuickBooks any more."
    if not entry.is_active:
        return f"the item “{entry.full_name}” is inactive in QuickBooks."
    if entry.type not in LINE_TYPES:
        return f"the item “{entry.full_name}” cannot stand on a line of an invoice in QuickBooks."
    return ""


def _items_in_words(facts: Facts) -> str:
    by_default = sum(
        line.amount is not None and (line.item_id is None or line.item_id not in facts.items) for line in facts.lines
    )
    if not by_default:
        return "Every item is linked to one in QuickBooks."
    if by_default == len(facts.lines):
        return "Every line goes under the default item."
    return f"{by_default} of {len(facts.lines)} lines {'goes' if by_default == 1 else 'go'} under the default item."


def link_entry(facts: Facts, kind: str, record: object) -> Repair:
    return Repair(label="Link it to QuickBooks", url=url(facts, "quickbooks:link-entry", kind, record))


def _terms(facts: Facts) -> CheckLine | None:
    terms = facts.invoice.terms
    if terms is None:
        return None
    if wrong := _wrong_terms(terms.name, facts.terms):
        repairs = (link_entry(facts, "terms", terms.pk), edit(facts, "Choose other terms"))
        return CheckLine(key="terms", ok=False, text=wrong, repairs=repairs)
    assert facts.terms is not None  # else they are wrong  # noqa: S101
    assert facts.terms.entry is not None  # noqa: S101
    there = facts.terms.entry.name
    renamed = "" if there == terms.name else f" They are called “{there}” there."
    return CheckLine(key="terms", ok=True, text=f"The terms “{terms.name}” are in QuickBooks.{renamed}")


def _wrong_terms(name: str, tied: Tied | None) -> str:
    if tied is None:
        return f"The terms “{name}” are not linked to terms in QuickBooks."
    if tied.entry is None or tied.entry.gone_at is not None:
        return f"The terms “{tied.link.full_name}” are not in QuickBooks any more."
    return "" if tied.entry.is_active else f"The terms “{tied.entry.name}” are inactive in QuickBooks."


def _tax(facts: Facts) -> CheckLine | None:
    if (stale := _stale_tax(facts)) is not None:
        return stale
    if _books(facts).settings.tax_as == "line":
        return _tax_line(facts)
    return _tax_by_quickbooks(facts)


def _stale_tax(facts: Facts) -> CheckLine | None:
    """The rate was changed after the invoice was counted: what QuickBooks adds would not be what stands on it."""
    invoice = facts.invoice
    if invoice.sales_tax is None:
        return None
    tax = totals(facts.lines, rates_of(invoice.sales_tax)).tax
    if tax == invoice.tax_total:
        return None
    text = (
        f"The rate of “{invoice.sales_tax.name}” has changed since this invoice was saved: its tax would be "
        f"{money_text(tax)}, not {money_text(invoice.tax_total)}. Save it again."
    )
    return CheckLine(key="tax", ok=False, text=text, repairs=(edit(facts, "Save it again"),))


def _tax_line(facts: Facts) -> CheckLine | None:
    books = _books(facts)
    if books.uses_sales_tax and (problem := books.setting_problems.get("nontaxable_code")):
        return CheckLine(key="tax", ok=False, text=problem.text, repairs=(settings_page(facts, "nontaxable_code"),))
    if not facts.invoice.tax_total:
        return None
    tax = money_text(facts.invoice.tax_total)
    if problem := books.setting_problems.get("tax_line_item"):
        repair = settings_page(facts, "tax_line_item")
        return CheckLine(key="tax", ok=False, text=f"The tax of {tax}: {_lower(problem.text)}", repairs=(repair,))
    return CheckLine(key="tax", ok=True, text=f"The tax of {tax} goes as a line of its own.")


def _tax_by_quickbooks(facts: Facts) -> CheckLine | None:
    invoice, books = facts.invoice, _books(facts)
    if not books.uses_sales_tax:
        if not invoice.tax_total:
            return None
        text = (
            f"Sales tax is switched off in QuickBooks: the tax of {money_text(invoice.tax_total)} would be missing "
            "there. Send it as a line."
        )
        return CheckLine(key="tax", ok=False, text=text, repairs=(settings_page(facts, "tax_as"),))
    for code in _codes_needed(facts):
        if problem := books.setting_problems.get(code):
            return CheckLine(key="tax", ok=False, text=problem.text, repairs=(settings_page(facts, code),))
    if invoice.sales_tax is None:
        return CheckLine(key="tax", ok=True, text="No sales tax: each line is marked so in QuickBooks.")
    return _tax_item(facts, facts.sales_tax)


def _codes_needed(facts: Facts) -> Iterator[str]:
    taxed = {line.is_taxable and facts.invoice.sales_tax_id is not None for line in facts.lines}
    if True in taxed:
        yield "taxable_code"
    if False in taxed:
        yield "nontaxable_code"


def _tax_item(facts: Facts, tied: Tied | None) -> CheckLine:
    tax = facts.invoice.sales_tax
    assert tax is not None  # asked before  # noqa: S101
    if wrong := _wrong_tax(facts, tax, tied):
        repairs = (link_entry(facts, "sales-taxes", tax.pk), edit(facts, "Choose another tax"))
        return CheckLine(key="tax", ok=False, text=wrong, repairs=repairs)
    return CheckLine(key="tax", ok=True, text=f"QuickBooks adds the sales tax “{tax.name}”.")


def _wrong_tax(facts: Facts, tax: SalesTax, tied: Tied | None) -> str:
    if tied is None:
        return f"The sales tax “{tax.name}” is not linked to a tax item in QuickBooks."
    if tied.entry is None or tied.entry.gone_at is not None:
        return f"The tax item “{tied.link.full_name}” is not in QuickBooks any more."
    if not tied.entry.is_active:
        return f"The tax item “{tied.entry.full_name}” is inactive in QuickBooks."
    if facts.tax_rates is None or _rates(tax.parts) == sorted(map(Decimal, facts.tax_rates)):
        return ""
    there = " + ".join(f"{_rate(Decimal(rate))} %" for rate in facts.tax_rates)
    here = " + ".join(f"{_rate(rate)} %" for rate in _rates(tax.parts))
    return f"“{tax.name}” is {here or '0 %'} here and {there or '0 %'} in QuickBooks: the totals would differ."


def _rates(parts: list[dict[str, str]]) -> list[Decimal]:
    return sorted(Decimal(str(part["rate"])) for part in parts)


def _rate(rate: Decimal) -> str:
    return f"{rate.normalize():f}"


# Can QuickBooks hold it?


def _number(facts: Facts) -> CheckLine:
    number, twin = facts.invoice.number, facts.twin
    if not number:
        return CheckLine(key="number", ok=True, text="It has no number: QuickBooks gives it the next of its own.")
    if twin is not None and twin.invoice == facts.invoice:
        text = f"It was voided in QuickBooks and keeps the number {number} there: this one needs another."
        return CheckLine(key="number", ok=False, text=text, repairs=(edit(facts, "Change the number"),))
    if twin is not None:
        where = "Another invoice here" if twin.where == "here" else "Another invoice in QuickBooks"
        repairs = (
            edit(facts, "Change the number"),
            Repair(label="Look at the other one", url=url(facts, "invoices:detail", twin.invoice.pk)),
        )
        return CheckLine(key="number", ok=False, text=f"{where} bears the number {number} too.", repairs=repairs)
    text = f"No other invoice here bears the number {number}. Just before posting QuickBooks is asked too."
    return CheckLine(key="number", ok=True, text=text)


def _texts(facts: Facts) -> CheckLine:
    for problem in facts.texts.problems:
        repair = _text_repair(facts, problem.where)
        return CheckLine(key="texts", ok=False, text=f"{problem.text} {problem.repair}", repairs=(repair,))
    changes = facts.texts.changes
    if changes:
        sent = "; ".join(f"{change.field} “{change.sent}”" for change in changes)
        return CheckLine(key="texts", ok=True, text=f"QuickBooks will have it in its own letters: {sent}.")
    return CheckLine(key="texts", ok=True, text="QuickBooks can hold every text as it stands.")


def _text_repair(facts: Facts, where: str) -> Repair:
    invoice = facts.invoice
    if where == "building":
        return Repair(label="Edit the building", url=url(facts, "buildings:edit", invoice.building_id))
    if where == "bill_to":
        return choose_page(facts, "Use the address that QuickBooks has")
    return edit(facts, "Shorten the text")


def _amounts(facts: Facts) -> CheckLine:
    total = facts.invoice.total
    if total < ZERO:
        text = f"The total is {money_text(total)}. QuickBooks takes no invoice below zero."
        return CheckLine(key="amounts", ok=False, text=text, repairs=(edit(facts, "Change the amounts"),))
    if total >= TOO_LARGE:
        text = f"The total of {money_text(total)} is more than QuickBooks can hold."
        return CheckLine(key="amounts", ok=False, text=text, repairs=(edit(facts, "Change the amounts"),))
    paid = facts.invoice.paid
    if paid > total:
        text = f"Payments of {money_text(paid)} are recorded here, more than its total of {money_text(total)}."
        payments = Repair(label="Look at its payments", url=url(facts, "invoices:detail", facts.invoice.pk))
        repairs = (edit(facts, "Change the amounts"), payments)
        return CheckLine(key="amounts", ok=False, text=text, repairs=repairs)
    if _is_tax_known(facts):
        return CheckLine(key="amounts", ok=True, text=f"QuickBooks will compute the same total: {money_text(total)}.")
    text = f"The total is {money_text(total)} here. What QuickBooks adds as tax is not known, so its own may differ."
    return CheckLine(key="amounts", ok=True, text=text)


def _is_tax_known(facts: Facts) -> bool:
    """Whether it is known what QuickBooks adds; where the rates differ, the line of the tax stops the invoice."""
    adds_tax = _books(facts).settings.tax_as != "line" and facts.invoice.sales_tax_id is not None
    return not adds_tax or facts.tax_rates is not None


def _dates(facts: Facts) -> CheckLine:
    invoice, books = facts.invoice, _books(facts)
    repairs = (edit(facts, "Change the date"),)
    for name, day in (("date", invoice.date), ("due date", invoice.due_date)):
        if day is not None and not FIRST_DATE <= day <= LAST_DATE:
            text = f"QuickBooks holds dates from 1970 to 19 January 2038; the {name} is {day_words(day)}."
            return CheckLine(key="dates", ok=False, text=text, repairs=repairs)
    if books.closed_to is not None and invoice.date <= books.closed_to:
        text = (
            f"The books are closed to {day_words(books.closed_to)} in QuickBooks, and the invoice is dated "
            f"{day_words(invoice.date)}."
        )
        return CheckLine(key="dates", ok=False, text=text, repairs=(*repairs, already(facts)))
    return CheckLine(key="dates", ok=True, text=f"It is dated {day_words(invoice.date)}.")


def _left_out(facts: Facts) -> CheckLine | None:
    before = _books(facts).settings.leave_out_before
    if before is None or facts.invoice.date >= before:
        return None
    text = f"Invoices dated before {day_words(before)} are left out, as somebody decided at the first sending."
    repairs = (already(facts), settings_page(facts, "leave_out_before"))
    return CheckLine(key="left_out", ok=False, text=text, repairs=repairs)


def already(facts: Facts) -> Repair:
    page = url(facts, "quickbooks:mark-already", facts.invoice.pk)
    return Repair(label="It is already in QuickBooks", url=page)


def _lower(text: str) -> str:
    """A sentence as the second half of another; names keep their quotes and letters."""
    return text if text.startswith("“") else text[:1].lower() + text[1:]


RULES: tuple[Rule, ...] = (
    _edition,
    _customer,
    _currency,
    _lists,
    _items,
    _terms,
    _tax,
    _number,
    _texts,
    _amounts,
    _dates,
    _left_out,
)
