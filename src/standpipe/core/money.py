"""Money and the numbers beside it. Always ``Decimal``, never a float; one currency an organization (design 10)."""

import re
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

_TYPED = re.compile(r"(?P<sign>[-+−]?)\$?(?P<whole>\d*|\d{1,3}(?:,\d{3})+)(?:\.(?P<rest>\d*))?", re.ASCII)
_SYMBOLS = {"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "GBP": "£", "EUR": "€"}


def to_cents(value: Decimal) -> Decimal:
    """``value`` to the cent, half a cent away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def read_number(text: str) -> Decimal:
    """What a person typed: "80", "1,234.50", "-$12", "(12.00)". Raises ``ValueError`` for all else, "1e5" too."""
    plain = "".join(text.split())
    if plain.startswith("(") and plain.endswith(")"):  # as bookkeepers write what is below zero
        plain = f"-{plain[1:-1].removeprefix('-')}"
    found = _TYPED.fullmatch(plain.replace("$-", "-$"))
    if found is None or not (found["whole"] or found["rest"]):
        raise ValueError(f"“{text}” is not a number")
    number = Decimal(f"{found['whole'].replace(',', '') or '0'}.{found['rest'] or '0'}")
    return -number if found["sign"] in {"-", "−"} and number else number


def money_text(value: Decimal, currency: str = "") -> str:
    """``1,234.50``, ``−12.00``; with a currency ``$1,234.50``, ``−$12.00``."""
    symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{'−' if value < 0 else ''}{symbol}{abs(value):,.2f}"


def fine_text(value: Decimal, *, places: int = 0) -> str:
    """A quantity or a rate without zeros at its end: ``2.5``; the first ``places`` are always shown: ``80.00``."""
    whole, _, rest = f"{value:f}".partition(".")
    rest = rest.rstrip("0").ljust(places, "0")
    return f"{whole}.{rest}" if rest else whole
