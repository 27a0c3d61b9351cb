"""Writes to items, terms and sales taxes: each one transaction and one row of the trail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, TypeVar, Unpack

from django.db import transaction
from django.utils import timezone

from standpipe.activity.actions import record
from standpipe.core.changes import differing
from standpipe.core.errors import UserError
from standpipe.core.limits import FINE_PLACES, checked_number, many_lines, one_line, required_name
from standpipe.core.text import name_key, search_text
from standpipe.organizations.models import Organization, Person

from .models import Item, SalesTax, Terms

MAX_DAYS = 999  # no terms of anybody run longer; QuickBooks' own field holds no more
MAX_PARTS = 20


class ItemFields(TypedDict, total=False):
    name: str
    description: str
    rate: Decimal | None
    percent: Decimal | None
    is_taxable: bool


class TermsFields(TypedDict, total=False):
    """Either ``due_days``, or ``due_day_of_month`` (with ``next_month_days``), or neither."""

    name: str
    due_days: int | None
    due_day_of_month: int | None
    next_month_days: int | None


class TaxPart(TypedDict):
    """One agency's share. ``rate`` in percent: a ``Decimal`` or its text."""

    name: str
    rate: Decimal | str


class SalesTaxFields(TypedDict, total=False):
    name: str
    parts: Sequence[TaxPart]


# Items


def new_item(organization: Organization, **fields: Unpack[ItemFields]) -> Item:
    """An unsaved item with its derived columns, ready for ``bulk_create``."""
    return _new(Item(organization=organization), fields)


def create_item(organization: Organization, *, by: Person | None, **fields: Unpack[ItemFields]) -> Item:
    return _create(Item(organization=organization), fields, by=by)


def edit_item(
    item: Item, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[ItemFields]
) -> Item:
    """Changes what is named; lines that were made of the item stay as they are.

    ``seen_at`` is the ``updated_at`` that the person was looking at: a later one refuses with "changed_meanwhile".
    """
    return _edit(item, changes, by=by, seen_at=seen_at)


def archive_item(item: Item, *, by: Person | None) -> Item:
    """No new line can be made of it; lines that are made of it stay. Safe to repeat."""
    return _set_archived(item, timezone.now(), by=by)


def restore_item(item: Item, *, by: Person | None) -> Item:
    return _set_archived(item, None, by=by)


# Terms


def new_terms(organization: Organization, **fields: Unpack[TermsFields]) -> Terms:
    return _new(Terms(organization=organization), fields)


def create_terms(organization: Organization, *, by: Person | None, **fields: Unpack[TermsFields]) -> Terms:
    return _create(Terms(organization=organization), fields, by=by)


def edit_terms(
    terms: Terms, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[TermsFields]
) -> Terms:
    """As :func:`edit_item`. Due dates that were computed by the terms stay as they are."""
    return _edit(terms, changes, by=by, seen_at=seen_at)


def archive_terms(terms: Terms, *, by: Person | None) -> Terms:
    return _set_archived(terms, timezone.now(), by=by)


def restore_terms(terms: Terms, *, by: Person | None) -> Terms:
    return _set_archived(terms, None, by=by)


# Sales taxes


def new_sales_tax(organization: Organization, **fields: Unpack[SalesTaxFields]) -> SalesTax:
    return _new(SalesTax(organization=organization), fields)


def create_sales_tax(organization: Organization, *, by: Person | None, **fields: Unpack[SalesTaxFields]) -> SalesTax:
    return _create(SalesTax(organization=organization), fields, by=by)


def edit_sales_tax(
    sales_tax: SalesTax, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[SalesTaxFields]
) -> SalesTax:
    """As :func:`edit_item`. Invoices that bear the tax are counted anew when somebody saves them."""
    return _edit(sales_tax, changes, by=by, seen_at=seen_at)


def archive_sales_tax(sales_tax: SalesTax, *, by: Person | None) -> SalesTax:
    return _set_archived(sales_tax, timezone.now(), by=by)


def restore_sales_tax(sales_tax: SalesTax, *, by: Person | None) -> SalesTax:
    return _set_archived(sales_tax, None, by=by)


# What is kept


def _checked_item(changes: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(changes)
    if "name" in changes:
        checked["name"] = required_name(changes["name"], what="item", limit="item_name")
    if "description" in changes:
        checked["description"] = many_lines(changes["description"], field="description")
    if changes.get("rate") is not None:
        checked["rate"] = checked_number(changes["rate"], field="rate", words="rate", places=FINE_PLACES)
    if changes.get("percent") is not None:
        percent = checked_number(changes["percent"], field="percent", words="percentage", places=FINE_PLACES)
        if not 0 <= percent <= 100:
            raise UserError("A discount is between 0 and 100 percent.", code="invalid_number", field="percent")
        checked["percent"] = percent
    return checked


def _checked_terms(changes: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(changes)
    if "name" in changes:
        checked["name"] = required_name(changes["name"], what="term", limit="list_name")
    for field, least, most in (("due_days", 0, MAX_DAYS), ("due_day_of_month", 1, 31), ("next_month_days", 0, 31)):
        value = changes.get(field)
        if value is not None and not least <= value <= most:
            raise UserError(f"Enter a number from {least} to {most}.", code="invalid_days", field=field)
    return checked


def _whole_terms(terms: Terms) -> None:
    if terms.due_days is not None and terms.due_day_of_month is not None:
        raise UserError(
            "Terms count days or name a day of the month, not both. Empty one of them.",
            code="invalid_days",
            field="due_day_of_month",
        )
    if terms.due_day_of_month is None and terms.next_month_days is not None:
        raise UserError(
            "This goes with a day of the month. Enter one, or leave this empty.",
            code="invalid_days",
            field="next_month_days",
        )


def _checked_sales_tax(changes: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(changes)
    if "name" in changes:
        checked["name"] = required_name(changes["name"], what="sales tax", limit="list_name")
    if "parts" in changes:
        checked["parts"] = _checked_parts(changes["parts"])
    return checked


def _checked_parts(parts: Sequence[TaxPart]) -> list[dict[str, str]]:
    if not parts:
        raise UserError("Enter a rate, in percent.", code="rate_required", field="parts")
    if len(parts) > MAX_PARTS:
        raise UserError(f"A sales tax has at most {MAX_PARTS} rates.", code="invalid_parts", field="parts")
    return [_checked_part(part, field=f"parts.{index}") for index, part in enumerate(parts)]


def _checked_part(part: TaxPart, *, field: str) -> dict[str, str]:
    try:
        rate = Decimal(part["rate"])
    except ArithmeticError:
        rate = Decimal("NaN")
    rate = checked_number(rate, field=f"{field}.rate", words="rate", places=FINE_PLACES)
    if not 0 <= rate <= 100:
        raise UserError("A rate is between 0 and 100 percent.", code="invalid_number", field=f"{field}.rate")
    name = one_line(part.get("name", ""), field=f"{field}.name", limit="list_name")
    return {"name": name, "rate": f"{rate.normalize():f}"}


# One lifecycle for the three of them

Record = TypeVar("Record", Item, Terms, SalesTax)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    verbs: str  # the first half of the trail's verbs, and its subject
    words: str
    checked: Callable[[Mapping[str, Any]], dict[str, Any]]
    whole: Callable[[Any], None] = lambda _record: None  # rules over several fields, asked when all are filled


_KINDS: dict[type[Item | Terms | SalesTax], _Kind] = {
    Item: _Kind(verbs="item", words="item", checked=_checked_item),
    Terms: _Kind(verbs="terms", words="terms", checked=_checked_terms, whole=_whole_terms),
    SalesTax: _Kind(verbs="sales_tax", words="sales tax", checked=_checked_sales_tax),
}


def _new(row: Record, fields: Mapping[str, Any]) -> Record:
    _fill(row, _KINDS[type(row)].checked({"name": "", **fields}))
    return row


def _create(row: Record, fields: Mapping[str, Any], *, by: Person | None) -> Record:
    _new(row, fields)
    with transaction.atomic():
        row.save(force_insert=True)
        _tell("created", row, by=by, after=_told({field: getattr(row, field) for field in fields}))
    return row


def _edit(row: Record, changes: Mapping[str, Any], *, by: Person | None, seen_at: datetime | None) -> Record:
    kind = _KINDS[type(row)]
    checked = kind.checked(changes)
    with transaction.atomic():
        row.refresh_from_db(from_queryset=type(row).objects.select_for_update())
        if row.archived_at is not None:
            raise UserError(f"“{row.name}” is archived. Bring it back before changing it.", code="archived")
        if changed := differing(row, checked):
            if seen_at is not None and row.updated_at != seen_at:
                raise UserError(
                    "Somebody else changed this while you were editing it. Compare, then save again.",
                    code="changed_meanwhile",
                )
            before = {field: getattr(row, field) for field in changed}
            _fill(row, changed)
            row.save()
            _tell("edited", row, by=by, before=_told(before), after=_told(changed))
    return row


def _set_archived(row: Record, archived_at: datetime | None, *, by: Person | None) -> Record:
    with transaction.atomic():
        row.refresh_from_db(from_queryset=type(row).objects.select_for_update())
        was, becomes = row.archived_at is not None, archived_at is not None
        if was != becomes:
            row.archived_at, row.updated_at = archived_at, timezone.now()
            row.save(update_fields=["archived_at", "updated_at"])
            verb = "archived" if becomes else "restored"
            _tell(verb, row, by=by, before={"archived": was}, after={"archived": becomes})
    return row


def _fill(row: Record, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    row.updated_at = timezone.now()
    if isinstance(row, Item):
        row.name_key = name_key(row.name)
        row.search_text = search_text([row.name, row.description])
    _KINDS[type(row)].whole(row)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in values.items()}


def _tell(verb: str, row: Item | Terms | SalesTax, *, by: Person | None, **what: Mapping[str, Any]) -> None:
    kind = _KINDS[type(row)]
    record(
        f"{kind.verbs}.{verb}",
        organization=row.organization,
        by=by,
        subject_type=kind.verbs,
        subject_id=row.id,
        subject_name=row.name,
        before=what.get("before"),
        after=what.get("after"),
    )
