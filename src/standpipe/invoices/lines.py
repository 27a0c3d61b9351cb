"""The lines of an invoice: from what is asked for to what is kept. Pure, apart from looking at items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from standpipe.catalog.models import Item
from standpipe.core.errors import UserError
from standpipe.core.limits import FINE_PLACES, MONEY_PLACES, TOO_LARGE, checked_number, many_lines
from standpipe.core.money import ZERO, fine_text, money_text

from .arithmetic import ONE, Priced, discount_amount, line_amount

MAX_LINES = 500  # five times the longest that anybody is known to write; a page with more is slow to work in

_RATE_STEP = Decimal(1).scaleb(-FINE_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One line as it is asked for; what is left open follows.

    Nothing but a description is a line of words. Without an amount it is quantity times rate, without a rate the
    item's, or the item's percentage of the line above; an amount alone stands as it is. ``is_taxable`` left open is
    the item's. ``id``: the line that it changes.
    """

    item: Item | None = None
    description: str = ""
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    is_taxable: bool | None = None
    id: UUID | None = None

    @property
    def is_words(self) -> bool:
        return self.item is None and self.quantity is None and self.rate is None and self.amount is None

    @property
    def is_percentage(self) -> bool:
        """Of the line above, whatever amount stands there."""
        return self.item is not None and self.item.percent is not None and self.rate is None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """One line as it is kept. Without an amount it is words."""

    item: Item | None = None
    description: str = ""
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    is_taxable: bool = False
    id: UUID | None = None


def checked_lines(lines: Sequence[NewLine]) -> list[KeptLine]:
    """The lines in order. Raises :class:`UserError` naming the field as ``lines.2.quantity``, counted from 0."""
    if not lines:
        raise UserError("Add at least one line.", code="lines_required", field="lines")
    if len(lines) > MAX_LINES:
        raise UserError(
            f"An invoice has at most {MAX_LINES} lines; this one has {len(lines)}.",
            code="invalid_lines",
            field="lines",
        )
    kept: list[KeptLine] = []
    for index, line in enumerate(lines):
        kept.append(_checked(line, at=f"lines.{index}", above=above(kept)))
    return kept


def above(lines: Sequence[Priced]) -> Decimal:
    """What a percentage is of that comes after these lines: the last amount."""
    return next((line.amount for line in reversed(lines) if line.amount is not None), ZERO)


def counted(line: NewLine, *, above: Decimal = ZERO) -> NewLine:
    """``line`` with the rate and the amount that follow from the rest; what contradicts itself stays as it is.

    ``above``: the amount of the line above, of which a discount may be a percentage.
    """
    if line.is_words:
        return line
    if line.is_percentage and line.amount is None:
        assert line.item is not None, "is_percentage"  # noqa: S101
        assert line.item.percent is not None, "is_percentage"  # noqa: S101
        return replace(line, amount=discount_amount(line.item.percent, above=above))
    rate = line.rate
    if rate is None and line.amount is None and line.item is not None:
        rate = line.item.rate
    amount = line.amount
    if amount is None and rate is not None:
        amount = line_amount(line.quantity, rate)
    return replace(line, rate=rate, amount=amount)


def rate_for(amount: Decimal, quantity: Decimal | None) -> Decimal | None:
    """The rate that gives ``amount``; ``None`` where five decimals cannot."""
    if not quantity:
        return None if quantity is not None else amount
    rate = (amount / quantity).quantize(_RATE_STEP, rounding=ROUND_HALF_UP)
    return rate if line_amount(quantity, rate) == amount else None


def line_text(line: KeptLine) -> str:
    """On one line, for the trail: ``Inspection: 2 × 80.00 = 160.00``."""
    words = " / ".join(line.description.splitlines())
    what = ": ".join(part for part in (line.item.name if line.item else "", words) if part)
    if line.amount is None:
        return what
    if line.rate is None:
        return f"{what}: {money_text(line.amount)}"
    quantity = ONE if line.quantity is None else line.quantity
    return f"{what}: {fine_text(quantity)} × {fine_text(line.rate, places=2)} = {money_text(line.amount)}"


def sum_of_sizes(lines: Iterable[KeptLine]) -> Decimal:
    return sum((abs(line.amount) for line in lines if line.amount is not None), ZERO)


def _checked(line: NewLine, *, at: str, above: Decimal) -> KeptLine:
    line = replace(
        line,
        description=many_lines(line.description, field=f"{at}.description", limit="description"),
        quantity=_number(line.quantity, field=f"{at}.quantity", words="quantity", places=FINE_PLACES),
        rate=_number(line.rate, field=f"{at}.rate", words="rate", places=FINE_PLACES),
        amount=_number(line.amount, field=f"{at}.amount", words="amount", places=MONEY_PLACES),
    )
    if line.item is not None and line.item.archived_at is not None and line.id is None:
        raise UserError(
            f"“{line.item.name}” is archived. Choose another item.", code="item_archived", field=f"{at}.item"
        )
    if line.is_words:
        if not line.description:
            raise UserError(
                "This line is empty. Enter an item, a description or an amount.",
                code="line_required",
                field=f"{at}.description",
            )
        return KeptLine(
            item=None,
            description=line.description,
            quantity=None,
            rate=None,
            amount=None,
            is_taxable=False,
            id=line.id,
        )
    return _priced(counted(line, above=above), at=at)


def _priced(line: NewLine, *, at: str) -> KeptLine:
    if line.amount is None:
        raise UserError("Enter a rate or an amount.", code="rate_required", field=f"{at}.rate")
    if abs(line.amount) >= TOO_LARGE:
        raise UserError(
            "Quantity times rate is too large: QuickBooks holds ten digits before the point.",
            code="invalid_number",
            field=f"{at}.amount",
        )
    _refuse_contradiction(line, at=at)
    is_taxable = line.is_taxable
    if is_taxable is None:
        is_taxable = line.item.is_taxable if line.item else False
    return KeptLine(
        item=line.item,
        description=line.description,
        quantity=line.quantity,
        rate=line.rate,
        amount=line.amount,
        is_taxable=is_taxable,
        id=line.id,
    )


def _refuse_contradiction(line: NewLine, *, at: str) -> None:
    """QuickBooks would settle it by a rule of its own; we ask."""
    assert line.amount is not None, "counted"  # noqa: S101
    if line.rate is not None and line_amount(line.quantity, line.rate) != line.amount:
        quantity = ONE if line.quantity is None else line.quantity
        raise UserError(
            f"{fine_text(quantity)} × {fine_text(line.rate, places=2)} is "
            f"{money_text(line_amount(line.quantity, line.rate))}, not {money_text(line.amount)}. "
            "Correct one of them, or empty the rate.",
            code="invalid_amount",
            field=f"{at}.amount",
        )
    if line.rate is None and line.quantity == 0 and line.amount:
        raise UserError(
            f"A quantity of 0 cannot come to {money_text(line.amount)}.", code="invalid_amount", field=f"{at}.amount"
        )


def _number(value: Decimal | None, *, field: str, words: str, places: int) -> Decimal | None:
    return None if value is None else checked_number(value, field=field, words=words, places=places)
