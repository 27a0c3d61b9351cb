"""Money and the numbers beside it. Always ``Decimal``, never a float; one currency an organization (design 10)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def to_cents(value: Decimal) -> Decimal:
    """``value`` to the cent, half a cent away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
