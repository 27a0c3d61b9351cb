"""Writes to invoices: each one transaction and one row of the trail. Nothing here reaches QuickBooks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date as Date  # noqa: N812  # "date" is the invoice's, as on the page
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import record
from standpipe.buildings.models import Building
from standpipe.catalog.due_dates import due_date_of
from standpipe.catalog.models import SalesTax, Terms
from standpipe.catalog.queries import rates_of
from standpipe.contacts.models import Contact
from standpipe.core.errors import UserError
from standpipe.core.ids import new_id
from standpipe.core.limits import TOO_LARGE, many_lines, one_line
from standpipe.core.money import money_text
from standpipe.core.text import search_text
from standpipe.organizations.models import Organization, Person

from .arithmetic import totals
from .guards import locked_because, refuse_if_locked
from .lines import KeptLine, NewLine, checked_lines, line_text, sum_of_sizes
from .models import Invoice, Line
from .numbering import free_number, locked_numbering, refuse_if_used

# QuickBooks Desktop keeps dates as seconds of a signed 32-bit clock (jsgoupil/quickbooks-sync, DATETYPE).
FIRST_DATE, LAST_DATE = Date(1970, 1, 1), Date(2038, 1, 19)


class InvoiceFields(TypedDict, total=False):
    """What an edit may name. ``due_date`` ``None``: as the terms say."""

    account: Account | None
    building: Building | None
    number: str
    date: Date
    terms: Terms | None
    due_date: Date | None
    contact: Contact | None
    memo: str
    sales_tax: SalesTax | None
    lines: Sequence[NewLine]


def create_invoice(
    organization: Organization,
    *,
    by: Person | None,
    account: Account | None = None,
    building: Building | None = None,
    lines: Sequence[NewLine],
    date: Date,
    number: str | None = None,
    terms: Terms | None = None,
    due_date: Date | None = None,
    contact: Contact | None = None,
    memo: str = "",
    sales_tax: SalesTax | None = None,
) -> Invoice:
    """``number`` ``None``: the next one; ``""``: none. ``due_date`` ``None``: as the terms say."""
    invoice = Invoice(organization=organization)
    fields: InvoiceFields = {
        "account": account,
        "building": building,
        "date": date,
        "terms": terms,
        "due_date": due_date,
        "contact": contact,
        "memo": memo,
        "sales_tax": sales_tax,
    }
    checked = _checked(invoice, fields)
    kept = [replace(line, id=None) for line in checked_lines(lines)]
    with transaction.atomic():
        _number(invoice, number)
        _fill(invoice, checked)
        _add_up(invoice, kept)
        invoice.save(force_insert=True)
        _store_lines(invoice, kept)
        after = _told(invoice, kept)
        _tell("invoice.created", invoice, by=by, after={name: after[name] for name in _TOLD_OF_NEW})
    return invoice


def edit_invoice(
    invoice: Invoice, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[InvoiceFields]
) -> Invoice:
    """Changes what is named; nothing is written where nothing differs. ``lines`` are all of them, in their order.

    A due date that followed from the terms follows them again when date or terms change, unless it is named.
    ``seen_at`` is the ``updated_at`` that the person was looking at: a later one refuses with "changed_meanwhile".
    """
    new_lines = checked_lines(changes["lines"]) if "lines" in changes else None
    with transaction.atomic():
        locked_numbering(invoice.organization)
        _lock(invoice)
        refuse_if_archived(invoice)
        lock = locked_because(invoice)
        lines = kept_lines(invoice)
        was, before = _columns(invoice, lines), _told(invoice, lines)
        _change(invoice, changes)
        if new_lines is not None:
            lines = _same_ids(new_lines, as_in=lines)
        _add_up(invoice, lines)
        if _columns(invoice, lines) != was:
            _refuse_change(invoice, lock=lock, seen_at=seen_at)
            invoice.updated_at = timezone.now()
            invoice.save()
            if new_lines is not None:
                invoice.lines.all().delete()
                _store_lines(invoice, lines)
            _tell_difference(invoice, by=by, before=before, after=_told(invoice, lines))
    return invoice


def copy_invoice(
    invoice: Invoice,
    *,
    by: Person | None,
    date: Date,
    account: Account | None = None,
    building: Building | None = None,
) -> Invoice:
    """A new one of that date with the next number and the same lines; for another account or building if named."""
    for_another = account is not None or building is not None
    return create_invoice(
        invoice.organization,
        by=by,
        account=account if for_another else invoice.account,
        building=building if for_another else invoice.building,
        lines=copied_lines(invoice),
        date=date,
        terms=_in_use(invoice.terms),
        contact=None if for_another else _in_use(invoice.contact),
        memo=invoice.memo,
        sales_tax=_in_use(invoice.sales_tax),
    )


def archive_invoice(invoice: Invoice, *, by: Person | None) -> Invoice:
    """Takes the invoice out of the lists; its number is free again. Safe to repeat."""
    with transaction.atomic():
        _lock(invoice)
        if invoice.archived_at is None:
            refuse_if_locked(invoice)
            _set_archived(invoice, timezone.now(), by=by)
    return invoice


def restore_invoice(invoice: Invoice, *, by: Person | None) -> Invoice:
    """Brings an archived invoice back as it was. Raises "number_used" while another bears its number."""
    with transaction.atomic():
        locked_numbering(invoice.organization)
        _lock(invoice)
        if invoice.archived_at is not None:
            refuse_if_used(invoice.organization, invoice.number, besides=invoice.pk)
            _set_archived(invoice, None, by=by)
    return invoice


def set_paid(invoice: Invoice, *, paid: Decimal) -> Invoice:
    """Keeps what its payments come to. Call it in the transaction that changes them; it locks the invoice."""
    with transaction.atomic():
        _lock(invoice)
        if invoice.paid != paid:
            invoice.paid = paid
            invoice.save(update_fields=["paid"])
    return invoice


def refuse_if_archived(invoice: Invoice) -> None:
    if invoice.archived_at is not None:
        raise UserError(f"{invoice.label} is archived. Bring it back before changing it.", code="archived")


def kept_lines(invoice: Invoice) -> list[KeptLine]:
    """The lines as they are stored."""
    return [
        KeptLine(
            item=line.item,
            description=line.description,
            quantity=line.quantity,
            rate=line.rate,
            amount=line.amount,
            is_taxable=line.is_taxable,
            id=line.id,
        )
        for line in invoice.lines.select_related("item").order_by("position")
    ]


def copied_lines(invoice: Invoice) -> list[NewLine]:
    """The lines for another invoice. What was made of an item that is archived now keeps its words and amount."""
    return [
        NewLine(
            item=_in_use(line.item),
            description=line.description or (line.item.name if line.item and line.item.archived_at else ""),
            quantity=line.quantity,
            rate=line.rate,
            amount=line.amount,
            is_taxable=line.is_taxable,
        )
        for line in kept_lines(invoice)
    ]


def _in_use(record_: Any) -> Any:
    return record_ if record_ is not None and record_.archived_at is None else None


def _lock(invoice: Invoice) -> None:
    invoice.refresh_from_db(from_queryset=Invoice.objects.select_for_update())


def _change(invoice: Invoice, changes: Mapping[str, Any]) -> None:
    """Fills in ``changes``; the due date goes with date and terms where it went with them before."""
    followed = invoice.due_date == due_date_of(invoice.terms, invoice.date)
    _fill(invoice, _checked(invoice, changes))
    if "due_date" not in changes and followed:
        invoice.due_date = _in_range(due_date_of(invoice.terms, invoice.date), field="due_date")


def _refuse_change(invoice: Invoice, *, lock: str, seen_at: datetime | None) -> None:
    if seen_at is not None and invoice.updated_at != seen_at:
        raise UserError(
            "Somebody else changed this invoice while you were editing it. Compare, then save again.",
            code="changed_meanwhile",
        )
    if lock:
        raise UserError(lock, code="locked")
    refuse_if_used(invoice.organization, invoice.number, besides=invoice.pk)


def _same_ids(lines: Sequence[KeptLine], *, as_in: Sequence[KeptLine]) -> list[KeptLine]:
    """``lines`` if each that names one of the invoice's names a real one, and none of them twice."""
    ids = {line.id for line in as_in}
    for index, line in enumerate(lines):
        if line.id is not None and line.id not in ids:
            raise UserError(
                "This invoice has no such line, or it is named twice.", code="line_unknown", field=f"lines.{index}.id"
            )
        ids.discard(line.id)
    return list(lines)


def _set_archived(invoice: Invoice, archived_at: datetime | None, *, by: Person | None) -> None:
    was = invoice.archived_at is not None
    invoice.archived_at, invoice.updated_at = archived_at, timezone.now()
    invoice.save(update_fields=["archived_at", "updated_at"])
    verb = "invoice.restored" if was else "invoice.archived"
    _tell(verb, invoice, by=by, before={"archived": was}, after={"archived": not was})


def _checked(invoice: Invoice, changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` without the lines, as they are kept. Raises :class:`UserError` naming the field."""
    checked = {name: value for name, value in changes.items() if name != "lines"}
    if "number" in changes:
        checked["number"] = one_line(changes["number"], field="number")
    if "memo" in changes:
        checked["memo"] = many_lines(changes["memo"], field="memo")
    if "date" in changes:
        _in_range(changes["date"], field="date")
    if "due_date" in changes:
        terms = changes.get("terms", invoice.terms)
        due = changes["due_date"] or due_date_of(terms, changes.get("date", invoice.date))
        checked["due_date"] = _in_range(due, field="due_date")
    for name in ("account", "building", "terms", "contact", "sales_tax"):
        belongs = changes.get(name)
        if belongs is not None and belongs.organization_id != invoice.organization_id:
            raise UserError("This belongs to another organization.", code=f"{name}_unknown", field=name)
        if belongs is not None and belongs.archived_at is not None and belongs.pk != getattr(invoice, f"{name}_id"):
            raise UserError(
                f"“{belongs.name}” is archived. Bring it back first.", code=f"{name}_archived", field=name
            )
    return checked


def _in_range(value: Date | None, *, field: str) -> Date | None:
    if value is not None and not FIRST_DATE <= value <= LAST_DATE:
        words = "due date" if field == "due_date" else "date"
        raise UserError(
            f"The {words} {value.isoformat()} is outside what QuickBooks Desktop can hold: "
            "1 January 1970 to 19 January 2038.",
            code="invalid_date",
            field=field,
        )
    return value


def _number(invoice: Invoice, number: str | None) -> None:
    """Takes the next number, or the one that is asked for; two people who save at once never share one."""
    numbering = locked_numbering(invoice.organization)
    next_number, count = free_number(numbering)
    if number is None:
        if not next_number:
            raise UserError(
                "The invoice numbers are used up: eleven characters are all that QuickBooks holds. Enter a number.",
                code="number_required",
                field="number",
            )
        invoice.number = next_number
    else:
        invoice.number = one_line(number, field="number")
        refuse_if_used(invoice.organization, invoice.number)
    if invoice.number == next_number:
        numbering.next_number = count + 1
        numbering.save(update_fields=["next_number"])


def _fill(invoice: Invoice, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        setattr(invoice, field, value)
    if (invoice.account is None) == (invoice.building is None):
        raise UserError(
            "An invoice is for one account or one building. Choose one.", code="building_required", field="building"
        )
    invoice.search_text = search_text([invoice.number, invoice.billed.name, invoice.memo])


def _add_up(invoice: Invoice, lines: Sequence[KeptLine]) -> None:
    sums = totals(lines, rates_of(invoice.sales_tax))
    if sum_of_sizes(lines) >= TOO_LARGE:
        raise UserError(
            "The lines together are too large: QuickBooks holds ten digits before the point.",
            code="invalid_lines",
            field="lines",
        )
    if sums.total < 0:
        raise UserError(
            f"The lines come to {money_text(sums.total)}. An invoice cannot be below zero: that is a credit memo.",
            code="invalid_lines",
            field="lines",
        )
    invoice.subtotal, invoice.tax_total, invoice.total = sums.subtotal, sums.tax, sums.total


def _store_lines(invoice: Invoice, lines: Sequence[KeptLine]) -> None:
    Line.objects.bulk_create(
        Line(
            id=line.id or new_id(),
            invoice=invoice,
            position=position,
            item=line.item,
            description=line.description,
            quantity=line.quantity,
            rate=line.rate,
            amount=line.amount,
            is_taxable=line.is_taxable,
        )
        for position, line in enumerate(lines)
    )


def _columns(invoice: Invoice, lines: Sequence[KeptLine]) -> tuple[Any, ...]:
    """Everything that an edit can change; a change of anything else is none."""
    return (*(getattr(invoice, name) for name in _EDITABLE), [replace(line, id=None) for line in lines])


_EDITABLE = (
    "account_id",
    "building_id",
    "number",
    "date",
    "terms_id",
    "due_date",
    "contact_id",
    "memo",
    "sales_tax_id",
    "subtotal",
    "tax_total",
    "total",
)


def _told(invoice: Invoice, lines: Sequence[KeptLine]) -> dict[str, Any]:
    """As the trail keeps it."""
    return {
        "for": invoice.billed.name,
        "number": invoice.number,
        "date": invoice.date.isoformat(),
        "terms": invoice.terms.name if invoice.terms else "",
        "due_date": invoice.due_date.isoformat() if invoice.due_date else "",
        "contact": invoice.contact.name if invoice.contact else "",
        "memo": invoice.memo,
        "sales_tax": invoice.sales_tax.name if invoice.sales_tax else "",
        "lines": [f"{line_text(line)}{' (taxable)' if line.is_taxable else ''}" for line in lines],
        "total": money_text(invoice.total),
    }


_TOLD_OF_NEW = (
    "for",
    "number",
    "date",
    "due_date",
    "total",
)  # of the rest, the next change says what it was


def _tell_difference(
    invoice: Invoice, *, by: Person | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    names = [name for name in after if after[name] != before[name]]
    _tell(
        "invoice.edited",
        invoice,
        by=by,
        before={name: before[name] for name in names},
        after={name: after[name] for name in names},
    )


def _tell(verb: str, invoice: Invoice, *, by: Person | None, **what: Any) -> None:
    record(
        verb,
        organization=invoice.organization,
        by=by,
        subject_type="invoice",
        subject_id=invoice.id,
        subject_name=invoice.label,
        **what,
    )
