"""Small invoices from plain builders, as in :mod:`support.worlds`."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.catalog.actions import create_item, create_sales_tax, create_terms
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.invoices.actions import create_invoice
from standpipe.invoices.lines import NewLine
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization, Person

MARCH = date(2026, 3, 12)


def make_item(
    organization: Organization, *, name: str = "Inspection", rate: str | None = "80", **fields: Any
) -> Item:
    price = None if rate is None else Decimal(rate)
    return create_item(organization, by=None, name=name, rate=price, **fields)


def make_terms(
    organization: Organization, *, name: str = "Net 30", due_days: int | None = 30, **fields: Any
) -> Terms:
    return create_terms(organization, by=None, name=name, due_days=due_days, **fields)


def make_sales_tax(organization: Organization, *rates: str, name: str = "Hartford") -> SalesTax:
    parts = [{"name": f"Agency {index}", "rate": rate} for index, rate in enumerate(rates or ("6.35",), start=1)]
    return create_sales_tax(organization, by=None, name=name, parts=parts)


def line(
    amount: str | None = None,
    *,
    quantity: str | None = None,
    rate: str | None = None,
    description: str = "Work",
    taxable: bool | None = None,
    item: Item | None = None,
) -> NewLine:
    """Numbers as texts: ``line("12.50")``, ``line(quantity="2", rate="80")``."""
    numbers = {
        name: None if text is None else Decimal(text)
        for name, text in {"amount": amount, "quantity": quantity, "rate": rate}.items()
    }
    return NewLine(item=item, description=description, is_taxable=taxable, **numbers)


def make_invoice(
    place: Account | Building,
    *,
    lines: Sequence[NewLine] | None = None,
    date: date = MARCH,
    by: Person | None = None,
    **fields: Any,
) -> Invoice:
    """For ``place``; one line of 100.00 where none are given."""
    kind = {"account": place} if isinstance(place, Account) else {"building": place}
    return create_invoice(
        place.organization,
        by=by,
        lines=[line("100.00", description="Inspection")] if lines is None else lines,
        date=date,
        **kind,
        **fields,
    )


def some_lines(random: Random) -> list[NewLine]:
    """A few lines as people write them: odd rates, parts of hours, discounts, amounts alone, words."""
    return [some_line(random) for _ in range(random.choice((1, 1, 2, 3, 5, 8)))]


def some_line(random: Random) -> NewLine:
    taxed = random.random() < 0.6
    match random.randrange(6):
        case 0:
            return NewLine(description="Thank you")
        case 1:
            return NewLine(amount=Decimal(random.randint(-5_000, 500_000)).scaleb(-2), is_taxable=taxed)
        case 2:  # a discount
            return NewLine(rate=-Decimal(random.randint(1, 99_999)).scaleb(-random.randint(2, 5)), is_taxable=taxed)
        case 3:  # halves of a cent, where rounding shows
            odd = Decimal(2 * random.randint(0, 50_000) + 1).scaleb(-3) * 5
            return NewLine(quantity=Decimal(random.choice((1, -1, 3))), rate=odd, is_taxable=taxed)
        case _:
            quantity = Decimal(random.randint(-99, 99_999)).scaleb(-random.randint(0, 5))
            rate = Decimal(random.randint(0, 9_999_999)).scaleb(-random.randint(2, 5))
            return NewLine(quantity=quantity, rate=rate, is_taxable=taxed)
