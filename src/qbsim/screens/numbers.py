"""Numbers and amounts as people type them: 1,234.50 or $80."""

from decimal import Decimal, InvalidOperation

from qbsim.company import CompanyError

_TOO_BIG = Decimal(10) ** 10  # beyond what QuickBooks' own amounts can hold
_CENT = Decimal("0.01")
_SMALLEST = Decimal("0.00001")  # prices and quantities hold five decimals


def amount_typed(label: str, text: str) -> str:
    """Return dollars and cents as the books have them. CompanyError for anything else."""
    return f"{_typed(label, text, smallest=_CENT, called='amount').quantize(_CENT):f}"


def number_typed(label: str, text: str) -> str:
    """Return a quantity, rate or percentage. CompanyError for anything else."""
    return f"{_typed(label, text, smallest=_SMALLEST, called='number'):f}"


def _typed(label: str, text: str, *, smallest: Decimal, called: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").replace("$", "").strip())
    except InvalidOperation:
        raise CompanyError(f"{label}: {text or 'nothing'} is no {called}.") from None
    if not number.is_finite() or abs(number) >= _TOO_BIG or number % smallest:
        raise CompanyError(f"{label}: {text} cannot be stored.")
    return number
