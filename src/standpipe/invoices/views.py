"""The pages of invoices. What other rooms show there stands in their ``sections.py``."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.accounts.models import Account
from standpipe.accounts.queries import accounts_of, find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import buildings_of, find_building
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.forms import show_error
from standpipe.ui.links import org_url
from standpipe.ui.telling import told

from .actions import archive_invoice, copied_lines, create_invoice, edit_invoice, restore_invoice
from .forms import (
    InvoiceForm,
    ItemNames,
    LineForm,
    NumberingForm,
    bound_lines,
    initial_lines,
    initial_of,
    lines_to_show,
    typed_lines,
)
from .guards import locked_because
from .listing import all_that_match, invoices_asked_for
from .models import Invoice
from .numbering import next_number, numbering_of, remark_on, set_numbering
from .queries import billing_contact, find_invoice, latest_for, lines_of, local_today, sums_of
from .recounting import completed, recounted, rows_after, stored_sums, sums

PLACES_SHOWN = 8  # accounts, and as many buildings: both fit on one screen
ITEMS_OFFERED = 500  # in the list of names; others are found by typing theirs


@in_organization()
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    listing = invoices_asked_for(request)
    total, balance = sums_of(all_that_match(listing))
    context = {"listing": listing, "sum_total": total, "sum_balance": balance}
    return render(request, "invoices/list.html", context | {"today": local_today(request.organization)})


@in_organization()
@require_safe
def detail(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    invoice = find_invoice(request.organization, invoice_id)
    return render(request, "invoices/detail.html", _shown(request, invoice) | {"lock": locked_because(invoice)})


@in_organization()
@require_safe
def print_view(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """One sheet (or as many as it takes), without the navigation around it."""
    return render(request, "invoices/print.html", _shown(request, find_invoice(request.organization, invoice_id)))


def _shown(request: MemberRequest, invoice: Invoice) -> dict[str, Any]:
    lines = lines_of(invoice)
    return {
        "invoice": invoice,
        "today": local_today(request.organization),
        "lines": lines,
        "sums": stored_sums(invoice, lines, currency=request.organization.currency),
    }


# Writing


@in_organization(Permission.EDIT)
def add(request: MemberRequest) -> HttpResponse:
    """``?account=`` or ``?building=`` says for whom; without either, that is chosen first."""
    place = _asked_place(request)
    if place is None:
        return _choose_place(request)
    last = latest_for(place)  # terms and tax are as they were last time
    initial = {
        "number": next_number(request.organization),
        "date": local_today(request.organization),
        "terms": _in_use(last.terms) if last else None,
        "contact": billing_contact(place),
        "sales_tax": _in_use(last.sales_tax) if last else None,
    }
    return _write_new(request, place, initial=initial, source=None, cancel_url=_page_of(request, place))


@in_organization(Permission.EDIT)
def copy(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """A new invoice with the lines of another; ``?account=`` or ``?building=`` makes it for somebody else."""
    source = find_invoice(request.organization, invoice_id)
    if "choose" in request.GET:
        return _choose_place(request, source=source)
    place = _asked_place(request) or source.billed
    same_place = place == source.billed
    initial = {
        "number": next_number(request.organization),
        "date": local_today(request.organization),
        "terms": _in_use(source.terms),
        "contact": _in_use(source.contact) if same_place else billing_contact(place),
        "sales_tax": _in_use(source.sales_tax),
        "memo": source.memo,
    }
    here = org_url(request, "invoices:detail", source.id)
    return _write_new(request, place, initial=initial, source=source, cancel_url=here)


def _write_new(
    request: MemberRequest,
    place: Account | Building,
    *,
    initial: Mapping[str, Any],
    source: Invoice | None,
    cancel_url: str,
) -> HttpResponse:
    items = ItemNames(request.organization)
    rows = lines_to_show(copied_lines(source) if source else [], items=items)
    form = _asked_form(request, place, initial=initial, rows=rows, items=items)
    if _is_saved(request) and form.is_valid():
        kind = {"account": place} if isinstance(place, Account) else {"building": place}
        try:
            invoice = create_invoice(
                request.organization, by=request.person, lines=form.new_lines, **kind, **form.values
            )
        except UserError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{invoice.label} is saved.")
            return redirect(org_url(request, "invoices:detail", invoice.id))
    return _form_page(request, form, initial=initial, place=place, source=source, cancel_url=cancel_url)


@in_organization(Permission.EDIT)
def edit(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    invoice = find_invoice(request.organization, invoice_id)
    here = org_url(request, "invoices:detail", invoice.id)
    items = ItemNames(request.organization)
    initial = initial_of(invoice)
    rows = initial_lines(invoice, items=items)
    form = _asked_form(request, invoice.billed, initial=initial, rows=rows, items=items)
    if _is_saved(request) and form.is_valid():
        try:
            edit_invoice(invoice, by=request.person, seen_at=form.seen_at, **form.changes)
        except UserError as error:
            invoice = find_invoice(request.organization, invoice_id)
            form.refuse(error, invoice=invoice)
        else:
            messages.success(request, f"{invoice.label} is saved.")
            return redirect(here)
    lock = locked_because(invoice)
    return _form_page(
        request, form, initial=initial, place=invoice.billed, invoice=invoice, lock=lock, cancel_url=here
    )


def _is_saved(request: MemberRequest) -> bool:
    """Neither a button for the rows nor a question what follows from a change."""
    return request.method == "POST" and "act" not in request.POST and "changed" not in request.POST


def _asked_form(
    request: MemberRequest,
    place: Account | Building,
    *,
    initial: Mapping[str, Any],
    rows: list[LineForm],
    items: ItemNames,
) -> InvoiceForm:
    if request.method != "POST":
        return InvoiceForm(billed=place, initial=initial, lines=rows)
    return InvoiceForm(request.POST, billed=place, initial=initial, lines=bound_lines(request.POST, items=items))


def _form_page(
    request: MemberRequest, form: InvoiceForm, *, initial: Mapping[str, Any], place: Account | Building, **more: Any
) -> HttpResponse:
    currency = request.organization.currency
    if "changed" in request.POST:
        values = recounted(form, changed=request.POST["changed"])
        return JsonResponse({"values": values, "sums": sums(form, values=values, currency=currency)})
    items = ItemNames(request.organization)
    shown_sums_ = sums(form, values={}, currency=currency)
    if "act" in request.POST:
        form = _after_act(request, form, place=place, initial=initial, items=items)
    invoice: Invoice | None = more.get("invoice")
    besides = invoice.id if invoice else None
    check_url = org_url(request, "invoices:check-number") + (f"?besides={besides}" if besides else "")
    context = {
        "form": form,
        "place": place,
        "blank": LineForm(row="ROW", items=items),
        "item_names": items.names[:ITEMS_OFFERED],
        "sums": shown_sums_,
        "check_url": check_url,
        "remark": remark_on(request.organization, str(form["number"].value() or ""), besides=besides),
    }
    return render(request, "invoices/form.html", context | more)


def _after_act(
    request: MemberRequest,
    form: InvoiceForm,
    *,
    place: Account | Building,
    initial: Mapping[str, Any],
    items: ItemNames,
) -> InvoiceForm:
    """The page as it was typed, after a button for the rows: nothing is stored, and nothing judged yet."""
    data, act = request.POST.copy(), request.POST["act"]
    if act == "recount":
        for name, value in completed(form).items():
            data[name] = value
    rows = rows_after(data.getlist("row"), act=act)
    lines = typed_lines(data, rows=rows, items=items)
    return InvoiceForm(billed=place, initial=initial, lines=lines, typed=data)


@in_organization(Permission.EDIT)
@require_safe
def check_number(request: MemberRequest) -> HttpResponse:
    """What is wrong with a number, while it is typed."""
    besides = request.GET.get("besides", "")
    try:
        invoice = find_invoice(request.organization, besides) if besides else None
    except Invoice.DoesNotExist:
        invoice = None
    remark = remark_on(request.organization, request.GET.get("number", ""), besides=invoice.id if invoice else None)
    return render(request, "invoices/number_check.html", {"remark": remark})


@in_organization(Permission.EDIT)
def archive(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    invoice = find_invoice(request.organization, invoice_id)
    here = org_url(request, "invoices:detail", invoice.id)
    if request.method == "POST":
        with told(request, done=f"{invoice.label} is archived."):
            archive_invoice(invoice, by=request.person)
        return redirect(here)
    lines = [
        "It is no longer in the list of invoices, and another invoice may bear its number.",
        "Its payments and its history stay. Nothing changes in QuickBooks: what is there stays there.",
        "You can bring it back at any time: in the list of invoices, choose “Archived”.",
    ]
    context = {"title": f"Archive {invoice.label_inside}?", "lines": lines, "submit": "Archive invoice"}
    return render(request, "invoices/archive.html", context | {"cancel_url": here, "invoice": invoice})


@in_organization(Permission.EDIT)
@require_POST
def restore(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    invoice = find_invoice(request.organization, invoice_id)
    with told(request, done=f"{invoice.label} is back."):
        restore_invoice(invoice, by=request.person)
    return redirect(org_url(request, "invoices:detail", invoice.id))


# For whom


def _choose_place(request: MemberRequest, *, source: Invoice | None = None) -> HttpResponse:
    search = request.GET.get("search", "")
    accounts = accounts_of(request.organization, search=search)
    buildings = buildings_of(request.organization, search=search)
    context = {
        "search": search,
        "source": source,
        "kept": [("choose", "")] if source else [],
        "accounts": accounts[:PLACES_SHOWN],
        "buildings": buildings[:PLACES_SHOWN],
        "has_more": max(accounts.count(), buildings.count()) > PLACES_SHOWN,
    }
    return render(request, "invoices/choose_place.html", context)


def _asked_place(request: MemberRequest) -> Account | Building | None:
    if account_id := request.GET.get("account"):
        return find_account(request.organization, account_id)
    if building_id := request.GET.get("building"):
        return find_building(request.organization, building_id)
    return None


def _page_of(request: MemberRequest, place: Account | Building) -> str:
    return org_url(request, "accounts:detail" if isinstance(place, Account) else "buildings:detail", place.id)


def _in_use(chosen: Any) -> Any:
    return chosen if chosen is not None and chosen.archived_at is None else None


# Numbers


@in_organization(Permission.SETTINGS)
def numbers(request: MemberRequest) -> HttpResponse:
    """What the next invoice's number is made of."""
    numbering = numbering_of(request.organization)
    initial = {"prefix": numbering.prefix, "next_number": numbering.next_number}
    form = NumberingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_numbering(request.organization, by=request.person, **form.cleaned_data)
        except UserError as error:
            show_error(form, error=error)
        else:
            messages.success(request, f"The next invoice is number {next_number(request.organization)}.")
            return redirect(org_url(request, "invoices:list"))
    return render(request, "invoices/numbers.html", {"form": form})
