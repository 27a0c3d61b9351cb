"""How an invoice adds up, to the cent as QuickBooks adds it. Pure and exact: ``Decimal``, nothing rounded twice.

A line is rounded to the cent by itself, half a cent away from zero (recorded answers of consolibyte/quickbooks-php).
Tax is counted on the sum of the taxable lines, for each agency by itself, because QuickBooks owes each of them its
own (QuickBooks Desktop help, "Sales tax groups").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from standpipe.core.money import ZERO, to_cents

ONE = Decimal(1)
_HUNDRED = Decimal(100)


class Priced(Protocol):
    """What a line adds. ``amount`` is ``None`` where it is only words."""

    @property
    def amount(self) -> Decimal | None: ...
    @property
    def is_taxable(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What stands below the lines. ``taxes``: one amount for each rate, in their order."""

    subtotal: Decimal
    taxable: Decimal
    taxes: tuple[Decimal, ...]

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes, ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax


def line_amount(quantity: Decimal | None, rate: Decimal) -> Decimal:
    """No quantity is one."""
    return to_cents((ONE if quantity is None else quantity) * rate)


def discount_amount(percent: Decimal, *, above: Decimal) -> Decimal:
    """A percentage of the line above, always taken away."""
    return -abs(to_cents(above * percent / _HUNDRED))


def totals(lines: Iterable[Priced], tax_rates: Sequence[Decimal] = ()) -> Totals:
    """``tax_rates`` in percent, one for each agency; without any, nothing is taxed. Discounts are below zero."""
    subtotal = taxable = ZERO
    for line in lines:
        if line.amount is not None:
            subtotal += line.amount
            taxable += line.amount if line.is_taxable else ZERO
    taxes = tuple(to_cents(taxable * rate / _HUNDRED) for rate in tax_rates)
    return Totals(subtotal=subtotal, taxable=taxable, taxes=taxes)
