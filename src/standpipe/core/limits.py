"""How long the nouns' texts may be and what they may hold. Every action's text goes through here, import included."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from .addresses import MAX_LINES, Address
from .errors import UserError
from .text import is_blank, is_plain


@dataclass(frozen=True, slots=True)
class Limit:
    words: str  # as it stands in a sentence: "The {words} is too long"
    length: int


# Lengths of the columns; longer than all that QuickBooks holds (qbXML 13 reference, CustomerRet).
LIMITS = {
    "name": Limit("name", 255),
    "email": Limit("e-mail", 1023),
    "phone": Limit("phone", 60),
    "cell_phone": Limit("cell phone", 60),
    "lines": Limit("address line", 200),
    "city": Limit("city", 100),
    "state": Limit("state", 100),
    "postal_code": Limit("postal code", 30),
    "country": Limit("country", 100),
    "note": Limit("address note", 200),
    "reference_number": Limit("reference number", 20),  # RefNumber of a payment holds no more (qbXML 13 reference)
    "notes": Limit("note", 4095),  # as long as a memo in QuickBooks
    # What goes into QuickBooks is no longer than it holds (qbXML 13 reference: ItemServiceRet, TermsRet, InvoiceAdd).
    "item_name": Limit("name", 159),
    "list_name": Limit("name", 31),
    "number": Limit("number", 11),
    "description": Limit("description", 4095),
    "memo": Limit("memo", 4095),
}
FINE_PLACES = 5  # of quantities, rates and percentages (qbXML 13 reference, QUANTYPE and PRICETYPE)
MONEY_PLACES = 2
TOO_LARGE = Decimal(10) ** 10  # AMTTYPE, QUANTYPE and PRICETYPE hold ten digits before the point
# What a database refuses or a page cannot hold: control characters, halves of surrogate pairs.
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LINE_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f]+")
_ENDS_OF_LINES = re.compile(r"\r\n|\r|\n|\u2028|\u2029")


def one_line(value: str, *, field: str, limit: str = "") -> str:
    """``value`` as it is kept: whole, on one line, without blanks around it; blank text is ``""``.

    ``limit`` names its row of ``LIMITS`` where that is not the field's own.
    Raises :class:`UserError` for what no column holds: too long, NUL and its kind, half a surrogate pair.
    """
    row = LIMITS[limit or field]
    text = value.strip() if is_plain(value) else _LINE_BREAKS.sub(" ", value).strip()
    return _kept(text, field=field, limit=row)


def many_lines(value: str, *, field: str, limit: str = "") -> str:
    """As :func:`one_line`, for text whose line breaks are kept."""
    lines = [_LINE_BREAKS.sub(" ", line).rstrip() for line in _ENDS_OF_LINES.split(value)]
    return _kept("\n".join(lines).strip(), field=field, limit=LIMITS[limit or field])


def _kept(text: str, *, field: str, limit: Limit) -> str:
    if not is_plain(text):
        if bad := _UNSTORABLE.search(text.replace("\n", "")):
            raise UserError(
                f"The {limit.words} holds a sign that cannot be stored (U+{ord(bad[0]):04X}). Delete it, then save.",
                code="invalid_text",
                field=field,
            )
        if is_blank(text):
            return ""
    if len(text) > limit.length:
        raise UserError(
            f"The {limit.words} is too long: {len(text)} characters. Shorten it to {limit.length}.",
            code="invalid_length",
            field=field,
        )
    return text


def checked_number(value: Decimal, *, field: str, words: str, places: int) -> Decimal:
    """``value`` if QuickBooks can hold it: ``places`` decimals, ten digits before the point. Never rounds."""
    if not value.is_finite():
        raise UserError(f"The {words} is not a number.", code="invalid_number", field=field)
    if abs(value) >= TOO_LARGE:
        raise UserError(
            f"The {words} is too large: QuickBooks holds ten digits before the point.",
            code="invalid_number",
            field=field,
        )
    if -int(value.normalize().as_tuple().exponent) > places:
        raise UserError(
            f"The {words} has more than {_COUNTS[places]} decimals. Round it.", code="invalid_number", field=field
        )
    return value.quantize(Decimal(1).scaleb(-places))


_COUNTS = {MONEY_PLACES: "two", FINE_PLACES: "five"}


def required_name(value: str, *, what: str, limit: str = "name") -> str:
    """A name with ink in it. ``what`` names whose it is: "account"."""
    name = one_line(value, field="name", limit=limit)
    if not name:
        article = "an" if what[0] in "aeiou" else "a"
        raise UserError(f"Enter a name: {article} {what} is found by its name.", code="name_required", field="name")
    return name


def checked_address(address: Address, *, field: str) -> Address:
    """``address`` as it is kept, blank lines left out; the errors of :func:`one_line` name ``field``."""
    try:
        lines = tuple(text for line in address.lines if (text := one_line(line, field="lines")))
        rest = {part: one_line(getattr(address, part), field=part) for part in _PARTS}
    except UserError as error:
        raise UserError(str(error), code=error.code, field=field) from error
    if len(lines) > MAX_LINES:
        raise UserError(
            f"An address has at most {MAX_LINES} lines; this one has {len(lines)}. Join some with a comma.",
            code="invalid_address",
            field=field,
        )
    return replace(address, lines=lines, **rest)


_PARTS = ("city", "state", "postal_code", "country", "note")
