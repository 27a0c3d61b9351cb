"""The page of the QuickBooks Desktop settings of one company file."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.payments.models import Method
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import find_connection
from standpipe.quickbooks.lists.models import ListKind
from standpipe.quickbooks.lists.refreshing import refresh_shown
from standpipe.quickbooks.lists.short_lists import state_of_list, uses_sales_tax
from standpipe.ui.links import org_url

from .setting_actions import save_settings
from .setting_forms import Note, PostingForm, input_name


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.SETTINGS)
def posting_settings(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Everything on one page; saved as a whole."""
    connection = find_connection(request.organization, connection_id)
    shown = refresh_shown(connection)
    has_lists = shown.state.kind == "whole"
    form = PostingForm(request.POST or None, connection=connection, has_lists=has_lists)
    if request.method == "POST" and form.is_valid():
        try:
            save_settings(
                connection,
                by=request.person,
                prefix=form.cleaned_data["number_prefix"],
                next_number=form.cleaned_data["next_number"],
                **form.changes(),
            )
        except UserError as error:
            name = "number_prefix" if error.field == "prefix" else input_name(error.field or "")
            form.add_error(name if name in form.fields else None, str(error))
        else:
            messages.success(request, "Saved. Invoices and payments go to QuickBooks like this from now on.")
            return redirect(org_url(request, "quickbooks:posting-settings", connection.id))
    return render(request, "quickbooks/posting/settings.html", _context(connection, form) | {"refresh": shown})


def _context(connection: Connection, form: PostingForm) -> dict[str, Any]:
    has_lists = bool(form.proposals or input_name("default_item") in form.fields)
    return {
        "connection": connection,
        "form": form,
        "has_lists": has_lists,
        "default_item": _noted(form, "default_item") if has_lists else None,
        "tax_choices": _tax_choices(form) if has_lists else (),
        "uses_sales_tax": uses_sales_tax(connection),
        "methods": _methods(form) if has_lists else (),
        "no_payment_methods": has_lists and not state_of_list(connection, ListKind.PAYMENT_METHODS).count,
        "proposed": len(form.proposals),
        "numbers_too_low": _too_low(form),
    }


def _too_low(form: PostingForm) -> str:
    """Where numbers are saved, and QuickBooks has gone past them meanwhile."""
    numbers, saved = form.numbers, form.initial["next_number"]
    if numbers is None or not numbers.highest or numbers.next_number <= saved:
        return ""
    return f"{numbers.prefix}{numbers.next_number} is the next one above it."


@dataclass(frozen=True, slots=True)
class Noted:
    """A choice, with what there is to say about it."""

    field: BoundField
    note: Note | None


@dataclass(frozen=True, slots=True)
class MethodRow:
    label: str
    payment_method: Noted
    deposit_account: Noted


def _noted(form: PostingForm, field: str) -> Noted:
    return Noted(form[input_name(field)], None if form.is_bound else form.note_of(field))


def _tax_choices(form: PostingForm) -> tuple[Noted, ...]:
    return tuple(_noted(form, field) for field in ("taxable_code", "nontaxable_code", "tax_line_item"))


def _methods(form: PostingForm) -> list[MethodRow]:
    return [
        MethodRow(
            method.label,
            _noted(form, f"methods.{method.value}.payment_method"),
            _noted(form, f"methods.{method.value}.deposit_account"),
        )
        for method in Method
    ]
