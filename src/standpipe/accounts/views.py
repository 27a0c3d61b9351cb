"""The pages of accounts. What other rooms show there stands in their ``sections.py``."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.editing import show_refusal
from standpipe.ui.links import org_url
from standpipe.ui.lists import ARCHIVED, Sort, is_archived, list_page

from .actions import archive_account, create_account, edit_account, restore_account
from .forms import AccountForm
from .queries import accounts_of, find_account

_SORTS = (
    Sort(key="name", fields=("name_key", "name", "id")),
    Sort(key="added", fields=("-created_at", "id")),
)


@in_organization()
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    accounts = accounts_of(request.organization, search=request.GET.get("search", ""), archived=is_archived(request))
    listing = list_page(
        request, accounts, list_name="accounts", nouns=("account", "accounts"), sorts=_SORTS, filters=[ARCHIVED]
    )
    return render(request, "accounts/list.html", {"listing": listing})


@in_organization()
@require_safe
def detail(request: MemberRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request.organization, account_id)
    return render(request, "accounts/detail.html", {"account": account})


@in_organization(Permission.EDIT)
def add(request: MemberRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = create_account(request.organization, by=request.person, **form.values)
        except UserError as error:
            show_refusal(form, error=error)
        else:
            messages.success(request, f"“{account.name}” is added.")
            return redirect(org_url(request, "accounts:detail", account.id))
    return render(request, "accounts/form.html", {"form": form})


@in_organization(Permission.EDIT)
def edit(request: MemberRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request.organization, account_id)
    here = org_url(request, "accounts:detail", account.id)
    form = AccountForm(request.POST or None, initial=AccountForm.initial_of(account))
    if request.method == "POST" and form.is_valid():
        try:
            edit_account(account, by=request.person, seen_at=form.seen_at, **form.values)
        except UserError as error:
            show_refusal(form, error=error, record=account)
        else:
            messages.success(request, f"“{account.name}” is saved.")
            return redirect(here)
    return render(request, "accounts/form.html", {"form": form, "account": account})


@in_organization(Permission.EDIT)
def archive(request: MemberRequest, account_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    account = find_account(request.organization, account_id)
    here = org_url(request, "accounts:detail", account.id)
    if request.method == "POST":
        archive_account(account, by=request.person)
        messages.success(request, f"“{account.name}” is archived.")
        return redirect(here)
    buildings = account.buildings.filter(archived_at__isnull=True).count()
    lines = [
        "It is no longer in the list of accounts, and no building can be attached to it.",
        _buildings_stay(buildings),
        "Its contacts, its link to QuickBooks and its history stay. Nothing changes in QuickBooks.",
        "You can bring it back at any time: in the list of accounts, choose “Archived”.",
    ]
    context = {"title": f"Archive {account.name}?", "lines": lines, "submit": "Archive account", "cancel_url": here}
    return render(request, "accounts/archive.html", context | {"account": account})


def _buildings_stay(count: int) -> str:
    match count:
        case 0:
            return "It has no buildings."
        case 1:
            return "Its building stays in use and stays with it."
        case _:
            return f"Its {count:,} buildings stay in use and stay with it."


@in_organization(Permission.EDIT)
@require_POST
def restore(request: MemberRequest, account_id: UUID) -> HttpResponse:
    account = restore_account(find_account(request.organization, account_id), by=request.person)
    messages.success(request, f"“{account.name}” is back.")
    return redirect(org_url(request, "accounts:detail", account.id))
