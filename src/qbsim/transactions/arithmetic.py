"""How QuickBooks counts the lines of an invoice and its sales tax. Pure: cents are ints, the rest is Decimal.

Every line is rounded to cents, half away from zero (quickbooks-php wiki: Quantity and Rate, Quantity and Amount,
or Amount alone). Which of three values that contradict each other wins is not known; here the amount does, and
the rate is counted anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

_RATE_STEP = Decimal("0.00001")  # PRICETYPE holds five decimals
_HUNDRED = Decimal(100)


class Counting(Enum):
    """How a kind of item takes part in the sum."""

    PRICED = "price times quantity, or a percentage of the line above"
    DISCOUNT = "as priced, but always takes away"
    SUBTOTAL = "repeats the sum of the lines since the last subtotal and adds nothing itself"
    TEXT = "words without an amount"


# How each kind of item on a line counts (QuickBooks Desktop help, "Item types"); groups are opened before.
COUNTING: dict[str | None, Counting] = {
    None: Counting.TEXT,
    "ItemService": Counting.PRICED,
    "ItemNonInventory": Counting.PRICED,
    "ItemInventory": Counting.PRICED,
    "ItemInventoryAssembly": Counting.PRICED,
    "ItemFixedAsset": Counting.PRICED,
    "ItemOtherCharge": Counting.PRICED,
    "ItemSalesTax": Counting.PRICED,
    "ItemDiscount": Counting.DISCOUNT,
    "ItemPayment": Counting.DISCOUNT,
    "ItemSubtotal": Counting.SUBTOTAL,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is asked for (some values None) or as it was counted."""

    counting: Counting
    quantity: Decimal | None = None
    rate: Decimal | None = None  # dollars for one
    percent: Decimal | None = None  # of the line above, in place of a rate
    cents: int | None = None
    is_taxable: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands below the lines."""

    subtotal: int
    taxable: int
    tax: int

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


def to_cents(dollars: Decimal) -> int:
    """Round dollars to cents, half away from zero."""
    return int((dollars * _HUNDRED).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def share(cents: int, percent: Decimal) -> int:
    """Return that percentage of an amount, rounded to cents."""
    return to_cents(to_dollars(cents) * percent / _HUNDRED)


def count_lines(asked: Iterable[Line]) -> list[Line]:
    """Fill in what each line leaves open, from top to bottom."""
    counted: list[Line] = []
    above, since_subtotal = 0, 0
    for line in asked:
        done = _count(line, above=above, since_subtotal=since_subtotal)
        counted.append(done)
        if line.counting is Counting.SUBTOTAL:
            since_subtotal = 0
        elif done.cents is not None:
            since_subtotal += done.cents
        if done.cents is not None:
            above = done.cents
    return counted


def _count(line: Line, *, above: int, since_subtotal: int) -> Line:
    if line.counting is Counting.TEXT:
        return line
    if line.counting is Counting.SUBTOTAL:
        return replace(line, quantity=None, rate=None, percent=None, cents=since_subtotal, is_taxable=False)
    done = _priced(line, above=above)
    if line.counting is Counting.DISCOUNT and done.cents is not None:
        rate = -abs(done.rate) if done.rate is not None else None
        percent = -abs(done.percent) if done.percent is not None else None
        return replace(done, cents=-abs(done.cents), rate=rate, percent=percent)
    return done


def _priced(line: Line, *, above: int) -> Line:
    """Quantity times rate, a percentage, or the amount that was given; the rate follows the amount."""
    quantity = line.quantity if line.quantity is not None else Decimal(1)
    if line.percent is not None:
        cents = line.cents if line.cents is not None else share(above, line.percent)
        return replace(line, cents=cents)
    if line.cents is None:
        rate = line.rate if line.rate is not None else Decimal(0)
        return replace(line, rate=rate, cents=to_cents(quantity * rate))
    if line.rate is not None and to_cents(quantity * line.rate) == line.cents:
        return line
    if not quantity:
        return replace(line, rate=None)
    return replace(line, rate=_plain((to_dollars(line.cents) / quantity).quantize(_RATE_STEP, ROUND_HALF_UP)))


def _plain(number: Decimal) -> Decimal:
    """Drop the zeros at the end, keeping cents: 80.00000 becomes 80.00."""
    short = number.normalize()
    return number.quantize(Decimal("0.01")) if short == number.quantize(Decimal("0.01")) else short


def add_up(lines: Sequence[Line], *, tax_rates: Sequence[Decimal]) -> Totals:
    """Sum the counted lines; subtotals repeat what is above and do not count.

    Each rate is the percentage of one tax item. Those of a tax group are rounded one by one, because QuickBooks owes
    each to another agency (QuickBooks Desktop help, "Sales tax groups").
    """
    amounts = [line for line in lines if line.counting is not Counting.SUBTOTAL and line.cents is not None]
    taxable = sum(line.cents or 0 for line in amounts if line.is_taxable)
    return Totals(
        subtotal=sum(line.cents or 0 for line in amounts),
        taxable=taxable,
        tax=sum(share(taxable, rate) for rate in tax_rates),
    )


def at_price_level(price: Decimal, percent: Decimal) -> Decimal:
    """Return the price raised (or lowered, below zero) by a price level's fixed percentage, in cents."""
    return to_dollars(to_cents(price * (1 + percent / _HUNDRED)))
