"""Invoices, at ``/invoices``: how work orders, proposals and inspections of other programs become money asked for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date as Date  # noqa: N812  # "date" is the invoice's
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field, StringConstraints

from standpipe.accounts.queries import find_account
from standpipe.buildings.queries import find_building
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.catalog.queries import sales_taxes_of, terms_of
from standpipe.contacts.queries import find_contact
from standpipe.core.errors import UserError
from standpipe.invoices.actions import InvoiceFields, archive_invoice, create_invoice, edit_invoice, restore_invoice
from standpipe.invoices.lines import MAX_LINES, NewLine
from standpipe.invoices.models import Invoice, Line
from standpipe.invoices.queries import billing_contact, find_invoice, invoice_json, invoices_of, local_today
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.posting.queries import documents_of, short_json

from .auth import caller
from .pages import Limit, PageOf, page_of
from .schemas import Input, Name

router = Router(tags=["Invoices"])

Memo = Annotated[str, StringConstraints(max_length=4095)]
Number = Annotated[str, StringConstraints(max_length=255)]  # longer than eleven is refused with its own words
T = TypeVar("T")


class LineIn(Input):
    """Only a description: a line of words. What is left open follows: the rate and the tax from the item, the amount
    from quantity times rate. A discount has an amount below zero. ``id``: the line that it changes.
    """

    id: UUID | None = None
    item_id: str | None = None
    description: Memo | None = None
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    taxable: bool | None = None


Lines = Annotated[list[LineIn], Field(max_length=MAX_LINES)]


class InvoiceIn(Input):
    """For one account or one building. Without ``number`` it gets the next one, without ``date`` today's, without
    ``due_date`` what the terms say, without ``contact_id`` the billing contact. ``terms`` and ``sales_tax`` are a
    name or an id.
    """

    account_id: str | None = None
    building_id: str | None = None
    number: Number | None = None
    date: Date | None = None
    terms: Name | None = None
    due_date: Date | None = None
    contact_id: str | None = None
    memo: Memo = ""
    sales_tax: Name | None = None
    lines: Lines


class InvoicePatch(Input):
    """Only what is sent is changed; ``lines`` are all of them, in their order."""

    account_id: str | None = None
    building_id: str | None = None
    number: Number = ""
    date: Date = Date.min
    terms: Name | None = None
    due_date: Date | None = None
    contact_id: str | None = None
    memo: Memo = ""
    sales_tax: Name | None = None
    lines: Lines = []
    archived: bool = False


@router.get("", response=PageOf, summary="List invoices")
def list_invoices(
    request: HttpRequest,
    search: str = "",
    account_id: str | None = None,
    building_id: str | None = None,
    paid: Literal["true", "false", "all"] = "all",
    archived: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The oldest first. ``account_id``: for the account itself and for its buildings."""
    organization = caller(request).organization
    rows = invoices_of(
        organization,
        search=search,
        archived=archived,
        account=find_account(organization, account_id) if account_id is not None else None,
        building=find_building(organization, building_id) if building_id is not None else None,
    )
    return page_of(_by_paid(rows, paid), order=("date", "id"), limit=limit, cursor=cursor, as_json=_many)


@router.post("", response={201: dict[str, Any]}, summary="Add an invoice")
def add_invoice(request: HttpRequest, payload: InvoiceIn) -> Status[dict[str, Any]]:
    membership = caller(request, Permission.EDIT)
    organization = membership.organization
    fields = _fields(organization, payload)
    fields.setdefault("date", local_today(organization))
    fields.setdefault("lines", [])
    place = fields.get("building") or fields.get("account")
    if "contact_id" not in payload.model_fields_set and place is not None:
        fields["contact"] = billing_contact(place)
    with transaction.atomic(), _named_for_programs():
        invoice = create_invoice(organization, by=membership.person, **fields)
    return Status(201, _one(invoice))


@router.get("/{invoice_id}", response=dict[str, Any], summary="One invoice")
def get_invoice(request: HttpRequest, invoice_id: str) -> dict[str, Any]:
    return _one(find_invoice(caller(request).organization, invoice_id))


@router.patch("/{invoice_id}", response=dict[str, Any], summary="Change an invoice, or bring it back")
@transaction.atomic
def change_invoice(request: HttpRequest, invoice_id: str, payload: InvoicePatch) -> dict[str, Any]:
    """Refused with ``locked`` while the invoice waits for QuickBooks. What is in QuickBooks already is not changed
    there: later changes are shown as a difference.
    """
    membership = caller(request, Permission.EDIT)
    invoice = find_invoice(membership.organization, invoice_id)
    if payload.archived is False and "archived" in payload.model_fields_set:
        restore_invoice(invoice, by=membership.person)
    if changes := _fields(membership.organization, payload):
        with _named_for_programs():
            edit_invoice(invoice, by=membership.person, **changes)
    if payload.archived:
        archive_invoice(invoice, by=membership.person)
    return _one(find_invoice(membership.organization, invoice_id))


@router.delete("/{invoice_id}", response={204: None}, summary="Archive an invoice")
def remove_invoice(request: HttpRequest, invoice_id: str) -> Status[None]:
    membership = caller(request, Permission.EDIT)
    archive_invoice(find_invoice(membership.organization, invoice_id), by=membership.person)
    return Status(204, None)


# From what is sent to what the actions take


@contextmanager
def _named_for_programs() -> Iterator[None]:
    """Refusals name the fields as programs call them: ``lines.2.item_id``."""
    try:
        yield
    except UserError as error:
        if error.field is not None:
            *where, name = error.field.split(".")
            error.field = ".".join([*where, _NAMES.get(name, name)])
        raise


_NAMES = {"item": "item_id", "account": "account_id", "building": "building_id", "contact": "contact_id"}


def _fields(organization: Organization, payload: InvoiceIn | InvoicePatch) -> InvoiceFields:
    """What was sent, ids and names as records."""
    sent = payload.changes()
    sent.pop("archived", None)
    fields: dict[str, Any] = {
        name: sent[name] for name in ("number", "date", "due_date", "memo") if name in sent and sent[name] is not None
    }
    if "due_date" in sent:
        fields["due_date"] = sent["due_date"]
    for field, find in (("account_id", find_account), ("building_id", find_building), ("contact_id", find_contact)):
        if field in sent:
            fields[field.removesuffix("_id")] = _found(organization, sent[field], find=find, field=field)
    for place, other in (("account", "building"), ("building", "account")):
        if fields.get(place) is not None and isinstance(payload, InvoicePatch):
            fields.setdefault(other, None)  # moving an invoice leaves where it was
    if "terms" in sent:
        fields["terms"] = _named(terms_of(organization), sent["terms"], field="terms")
    if "sales_tax" in sent:
        fields["sales_tax"] = _named(sales_taxes_of(organization), sent["sales_tax"], field="sales_tax")
    if "lines" in sent:
        fields["lines"] = _lines(organization, payload.lines)
    return fields  # type: ignore[return-value]  # only its keys are filled


def _lines(organization: Organization, lines: Sequence[LineIn]) -> list[NewLine]:
    asked = {line.item_id for line in lines if line.item_id is not None}
    items = {str(item.pk): item for item in Item.objects.filter(organization=organization, pk__in=_uuids(asked))}
    return [_line(line, items=items, at=f"lines.{index}") for index, line in enumerate(lines)]


def _line(line: LineIn, *, items: dict[str, Item], at: str) -> NewLine:
    item = None
    if line.item_id is not None and (item := items.get(line.item_id.lower())) is None:
        raise UserError("There is no item with this id.", code="item_unknown", field=f"{at}.item_id")
    description = line.description
    if description is None:
        description = item.description if item else ""
    return NewLine(
        id=line.id,
        item=item,
        description=description,
        quantity=line.quantity,
        rate=line.rate,
        amount=line.amount,
        is_taxable=line.taxable,
    )


def _found(
    organization: Organization, sent: str | None, *, find: Callable[[Organization, str], T], field: str
) -> T | None:
    if sent is None:
        return None
    try:
        return find(organization, sent)
    except ObjectDoesNotExist:
        what = field.removesuffix("_id")
        raise UserError(f"There is no {what} with this id.", code=f"{what}_unknown", field=field) from None


def _named(records: QuerySet[Any], sent: str | None, *, field: str) -> Terms | SalesTax | None:
    """By id, else by name as people write it."""
    if sent is None:
        return None
    words = field.replace("_", " ")
    found: list[Terms | SalesTax] = list(records.filter(pk__in=_uuids([sent])) or records.filter(name__iexact=sent))
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"Several {words} are called “{sent}”. Send the id.", code=f"{field}_invalid", field=field)
    raise UserError(f"There is no {words} “{sent}” in use here.", code=f"{field}_unknown", field=field)


def _uuids(texts: Sequence[str] | set[str]) -> list[UUID]:
    """Those of ``texts`` that are ids at all."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _by_paid(rows: QuerySet[Invoice], paid: str) -> QuerySet[Invoice]:
    match paid:
        case "true":
            return rows.filter(paid__gte=F("total"))
        case "false":
            return rows.filter(paid__lt=F("total"))
        case _:
            return rows


def _one(invoice: Invoice) -> dict[str, Any]:
    return _many([invoice])[0]


def _many(invoices: Sequence[Invoice]) -> list[dict[str, Any]]:
    documents = documents_of(invoices)
    lines: dict[UUID, list[Line]] = {invoice.pk: [] for invoice in invoices}
    for line in Line.objects.filter(invoice__in=invoices).order_by("position"):
        lines[line.invoice_id].append(line)
    return [
        invoice_json(invoice, quickbooks=short_json(documents.get(invoice.pk)), lines=lines[invoice.pk])
        for invoice in invoices
    ]
