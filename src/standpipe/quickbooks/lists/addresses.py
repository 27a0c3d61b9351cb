"""Which of a customer's addresses counts as billing and which as physical, each told with its source in words.

Pure. Lines stay as QuickBooks has them, and no line is called a street.
"""

from collections.abc import Sequence

from standpipe.core.addresses import MAX_LINES, Address
from standpipe.core.text import is_blank

from .details import Details

PRINTED = "as printed, because QuickBooks gave no fields"


def billing_address(details: Details) -> tuple[Address, str]:
    """The address in fields, else the block as it is printed, else none."""
    found = _first_with_ink(
        (details.bill, "billing address"),
        (_of_block(details.bill_block), f"billing address {PRINTED}"),
    )
    return found or (Address(), "empty in QuickBooks")


def ship_to_address(details: Details) -> tuple[Address, str] | None:
    """Ship To, else the default ship-to address (requirement 46). Blank lines count as missing."""
    return _first_with_ink(
        (details.ship, "Ship To"),
        (_of_block(details.ship_block), f"Ship To {PRINTED}"),
        *((s.address, f"default ship-to address “{s.name}”") for s in details.ship_to if s.is_default),
    )


def physical_address(details: Details) -> tuple[Address, str]:
    """Ship To, else billing (requirement 28)."""
    if found := ship_to_address(details):
        return found
    billing, _ = billing_address(details)
    return billing, "empty in QuickBooks" if billing.is_blank else "billing address, because Ship To is empty"


def ink(text: str) -> str:
    """``text`` without blanks around it; ``""`` for what prints as nothing."""
    return "" if is_blank(text) else text.strip()


def _first_with_ink(*choices: tuple[Address, str]) -> tuple[Address, str] | None:
    cleaned = ((_without_blanks(address), words) for address, words in choices)
    return next(((address, words) for address, words in cleaned if not address.is_blank), None)


def _without_blanks(address: Address) -> Address:
    parts = {part: ink(getattr(address, part)) for part in ("city", "state", "postal_code", "country", "note")}
    return Address(lines=tuple(line for raw in address.lines if (line := ink(raw))), **parts)


def _of_block(block: Sequence[str]) -> Address:
    """A printed block has no fields, and may skip a number (an example of consolibyte/quickbooks-php)."""
    return Address(lines=tuple(line for raw in block if (line := ink(raw)))[:MAX_LINES])
