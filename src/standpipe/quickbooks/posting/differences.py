"""What was changed here after an invoice was sent, and has to be changed in QuickBooks too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from standpipe.core.money import fine_text, money_text
from standpipe.invoices.models import Invoice, Line
from standpipe.ui.times import day_words

from .message import number_as_sent
from .models import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that stands otherwise here than what was sent. Texts for people; ``""``: nothing stood there."""

    field: str
    sent: str
    now: str

    @property
    def words(self) -> str:
        return f"{self.field} “{self.sent or 'nothing'}” is “{self.now or 'nothing'}” now"

    def to_json(self) -> dict[str, str]:
        return {"field": self.field, "sent": self.sent, "now": self.now}


def changes_since(document: Document, invoice: Invoice, *, lines: Sequence[Line]) -> list[Difference]:
    """From what was frozen to what stands here now; ``lines`` are the invoice's. ``[]`` where nothing was frozen."""
    if not document.frozen:
        return []
    frozen, now = document.frozen, _now(invoice)
    found = [
        Difference(field=words, sent=read(frozen.get(key)), now=read(now[key]))
        for key, (words, read) in FIELDS.items()
        if _plain(frozen.get(key)) != _plain(now[key])
    ]
    return [*found, *_line_changes(frozen.get("lines") or [], [_line(line) for line in lines])]


def changes_there(document: Document) -> list[Difference]:
    """What somebody changed in QuickBooks since: ``sent`` is what left, ``now`` what stands there. Not the total."""
    frozen, said = document.frozen or {}, document.said or {}
    found = [
        Difference(field=words, sent=read(frozen[key]), now=read(said[there]))
        for key, (there, words, read) in THERE.items()
        if frozen.get(key) and said.get(there) and read(frozen[key]) != read(said[there])
    ]
    customer = said.get("customer_list_id")
    if customer and document.customer_list_id and customer != document.customer_list_id:
        name = str(said.get("customer_name") or customer)
        found.append(Difference(field="customer", sent=document.customer_name, now=name))
    return found


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _money(value: Any) -> str:
    return "" if value is None else money_text(Decimal(str(value)))


# Keys of ``invoices.queries.invoice_json``: the words for people, and how a value is read.
FIELDS = {
    "number": ("number", _plain),
    "date": ("date", day_words),
    "due_date": ("due date", day_words),
    "terms": ("terms", _plain),
    "memo": ("memo", _plain),
    "total": ("total", _money),
}


# The same, and the key of ``Document.said``.
THERE = {
    "number": ("ref_number", "number", number_as_sent),
    "date": ("date", "date", day_words),
    "due_date": ("due_date", "due date", day_words),
}


def _now(invoice: Invoice) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "date": invoice.date.isoformat(),
        "due_date": invoice.due_date.isoformat() if invoice.due_date else None,
        "terms": invoice.terms.name if invoice.terms else None,
        "memo": invoice.memo,
        "total": str(invoice.total),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": str(line.pk),
        "item_id": str(line.item_id) if line.item_id else None,
        "description": line.description,
        "quantity": line.quantity,
        "rate": line.rate,
        "amount": line.amount,
        "taxable": line.is_taxable,
    }


_COMPARED = ("item_id", "description", "taxable")
_NUMBERS = ("quantity", "rate", "amount")


def _line_changes(sent: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Lines keep their ids while they are edited; those that have none in common are compared in their order."""
    places = {line["id"]: place for place, line in enumerate(now)}
    pairs = [(place, places.get(line.get("id"))) for place, line in enumerate(sent)]
    taken = {after for _, after in pairs if after is not None}
    rest = iter([place for place in range(len(now)) if place not in taken])
    pairs = [(before, next(rest, None) if after is None else after) for before, after in pairs]
    found = []
    for before, after in pairs:
        if after is None:
            found.append(Difference(field=f"line {before + 1}", sent=_line_words(sent[before]), now=""))
        elif not _are_equal(sent[before], now[after]):
            words = _line_words(sent[before]), _line_words(now[after])
            found.append(Difference(field=f"line {before + 1}", sent=words[0], now=words[1]))
    return found + [Difference(field=f"line {place + 1}", sent="", now=_line_words(now[place])) for place in rest]


def _are_equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in _COMPARED) and all(
        _number(one.get(key)) == _number(other.get(key)) for key in _NUMBERS
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _line_words(line: Mapping[str, Any]) -> str:
    """``Annual inspection, 2 × 80.00 = 160.00, taxable``."""
    words = " / ".join(str(line.get("description") or "").splitlines())
    quantity, rate, amount = (_number(line.get(key)) for key in _NUMBERS)
    sums = ""
    if amount is not None:
        sums = money_text(amount)
        if quantity is not None and rate is not None:
            sums = f"{fine_text(quantity)} × {fine_text(rate, places=2)} = {sums}"
    tax = "taxable" if line.get("taxable") else ""
    return ", ".join(part for part in (words, sums, tax) if part)
