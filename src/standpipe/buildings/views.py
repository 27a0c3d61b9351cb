"""The pages of buildings, and of putting them under an account, from either side."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.accounts.models import Account
from standpipe.accounts.queries import accounts_of, find_account
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.editing import show_refusal
from standpipe.ui.links import org_url
from standpipe.ui.lists import ARCHIVED, Sort, is_archived, list_page
from standpipe.ui.registry import Choices, Filter
from standpipe.ui.telling import told

from .actions import archive_building, create_building, edit_building, restore_building, set_account
from .forms import BuildingForm
from .models import Building
from .queries import buildings_of, find_building, find_buildings

_SORTS = (
    Sort(key="name", fields=("name_key", "name", "id")),
    Sort(key="account", fields=("account__name_key", "name_key", "id")),
    Sort(key="added", fields=("-created_at", "id")),
)
CHOICES_SHOWN = 20  # of accounts to choose from; more words narrow it faster than more rows


def _account_choices(request: HttpRequest) -> Choices:
    """All, none, and the one that an account's page links to."""
    choices = [("", "Any account"), ("none", "Without an account")]
    if asked := _asked_account(request):
        choices.append((str(asked.id), asked.name))
    return choices


def _asked_account(request: HttpRequest) -> Account | None:
    asked = request.GET.get("account", "")
    if asked in ("", "none"):
        return None
    try:
        return find_account(request.organization, asked)  # type: ignore[attr-defined]  # set by in_organization
    except Account.DoesNotExist:
        return None


def _by_account(buildings: QuerySet[Building], value: str) -> QuerySet[Building]:
    return buildings.filter(Q(account__isnull=True) if value == "none" else Q(account=value))


_BY_ACCOUNT = Filter(key="account", label="Account", choices=_account_choices, apply=_by_account)


@in_organization()
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    buildings = buildings_of(
        request.organization, search=request.GET.get("search", ""), archived=is_archived(request)
    )
    listing = list_page(
        request,
        buildings,
        list_name="buildings",
        nouns=("building", "buildings"),
        sorts=_SORTS,
        filters=[_BY_ACCOUNT, ARCHIVED],
    )
    return render(request, "buildings/list.html", {"listing": listing})


@in_organization()
@require_safe
def detail(request: MemberRequest, building_id: UUID) -> HttpResponse:
    building = find_building(request.organization, building_id)
    return render(request, "buildings/detail.html", {"building": building})


@in_organization(Permission.EDIT)
def add(request: MemberRequest) -> HttpResponse:
    """``?account=`` puts the new building under that account."""
    account = _asked_account(request)
    form = BuildingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            building = create_building(request.organization, by=request.person, account=account, **form.values)
        except UserError as error:
            show_refusal(form, error=error)
        else:
            messages.success(request, f"“{building.name}” is added.")
            return redirect(org_url(request, "buildings:detail", building.id))
    return render(request, "buildings/form.html", {"form": form, "account": account})


@in_organization(Permission.EDIT)
def edit(request: MemberRequest, building_id: UUID) -> HttpResponse:
    building = find_building(request.organization, building_id)
    here = org_url(request, "buildings:detail", building.id)
    form = BuildingForm(request.POST or None, initial=BuildingForm.initial_of(building))
    if request.method == "POST" and form.is_valid():
        try:
            edit_building(building, by=request.person, seen_at=form.seen_at, **form.values)
        except UserError as error:
            show_refusal(form, error=error, record=building)
        else:
            messages.success(request, f"“{building.name}” is saved.")
            return redirect(here)
    return render(request, "buildings/form.html", {"form": form, "building": building})


@in_organization(Permission.EDIT)
def archive(request: MemberRequest, building_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    building = find_building(request.organization, building_id)
    here = org_url(request, "buildings:detail", building.id)
    if request.method == "POST":
        archive_building(building, by=request.person)
        messages.success(request, f"“{building.name}” is archived.")
        return redirect(here)
    lines = [
        "It is no longer in the list of buildings.",
        f"It stays with the account {building.account.name}." if building.account else "It belongs to no account.",
        "Its contacts, its link to QuickBooks and its history stay. Nothing changes in QuickBooks.",
        "You can bring it back at any time: in the list of buildings, choose “Archived”.",
    ]
    context = {
        "building": building,
        "title": f"Archive {building.name}?",
        "lines": lines,
        "submit": "Archive building",
        "cancel_url": here,
    }
    return render(request, "buildings/confirm.html", context)


@in_organization(Permission.EDIT)
@require_POST
def restore(request: MemberRequest, building_id: UUID) -> HttpResponse:
    building = restore_building(find_building(request.organization, building_id), by=request.person)
    messages.success(request, f"“{building.name}” is back.")
    return redirect(org_url(request, "buildings:detail", building.id))


@in_organization(Permission.EDIT)
def change_account(request: MemberRequest, building_id: UUID) -> HttpResponse:
    """Choose an account, or none, among those that match ``?search=``."""
    building = find_building(request.organization, building_id)
    error = ""
    if request.method == "POST":
        try:
            chosen = _chosen_account(request)
            set_account([building], account=chosen, by=request.person)
        except UserError as refusal:
            error = str(refusal)
        else:
            messages.success(request, _belongs(building.name, account=chosen))
            return redirect(org_url(request, "buildings:detail", building.id))
    search = request.GET.get("search", "")
    matching = accounts_of(request.organization, search=search)
    context = {
        "building": building,
        "accounts": matching[:CHOICES_SHOWN],
        "total": matching.count(),
        "search": search,
        "error": error,
    }
    return render(request, "buildings/change_account.html", context)


def _chosen_account(request: MemberRequest) -> Account | None:
    match request.POST.get("account", ""):
        case "":
            raise UserError("Choose an account, or “No account”.", code="invalid_account", field="account")
        case "none":
            return None
        case account_id:
            return find_account(request.organization, account_id)


def _belongs(what: str, *, account: Account | None) -> str:
    return f"“{what}” now belongs to {account.name}." if account else f"“{what}” now belongs to no account."


@in_organization(Permission.EDIT)
def detach(request: MemberRequest, building_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST; back to the account either way."""
    building = find_building(request.organization, building_id)
    account = building.account
    if account is None:
        return redirect(org_url(request, "buildings:detail", building.id))
    here = org_url(request, "accounts:detail", account.id)
    if request.method == "POST":
        with told(request, done=_belongs(building.name, account=None)):
            set_account([building], account=None, by=request.person)
        return redirect(here)
    lines = [
        f"{building.name} stays as it is and belongs to no account.",
        f"Contacts of {account.name} no longer stand at it.",
        "You can add it again at any time. Nothing changes in QuickBooks.",
    ]
    context = {
        "building": building,
        "title": f"Detach {building.name} from {account.name}?",
        "lines": lines,
        "submit": "Detach building",
        "cancel_url": here,
    }
    return render(request, "buildings/confirm.html", context)


_WHOSE = Filter(
    key="whose",
    label="Buildings",
    choices=[("", "Without an account"), ("all", "Of other accounts too")],
    apply=lambda buildings, _: buildings,
)


@in_organization(Permission.EDIT)
def add_to_account(request: MemberRequest, account_id: UUID) -> HttpResponse:
    """Tick buildings, on this page or all that match, and put them under the account."""
    account = find_account(request.organization, account_id)
    buildings = buildings_of(request.organization, search=request.GET.get("search", "")).exclude(account=account)
    if request.GET.get("whose") != "all":
        buildings = buildings.filter(account__isnull=True)
    error = ""
    if request.method == "POST":
        try:
            count = set_account(_ticked(request, among=buildings), account=account, by=request.person)
        except UserError as refusal:
            error = str(refusal)
        else:
            words = "1 building is" if count == 1 else f"{count:,} buildings are"
            messages.success(request, f"{words} now with {account.name}.")
            return redirect(org_url(request, "accounts:detail", account.id))
    listing = list_page(
        request,
        buildings,
        list_name="buildings-to-add",
        nouns=("building", "buildings"),
        sorts=_SORTS,
        filters=[_WHOSE],
    )
    context = {
        "account": account,
        "listing": listing,
        "error": error,
        "new_url": f"{org_url(request, 'buildings:add')}?account={account.id}",
    }
    return render(request, "buildings/add_to_account.html", context)


def _ticked(request: MemberRequest, *, among: QuerySet[Building]) -> list[Building]:
    """The ticked rows, or all of ``among``. Raises ``Building.DoesNotExist`` where one is unknown or foreign."""
    if request.POST.get("everything"):
        return list(among)
    ids = set(request.POST.getlist("building"))
    if not ids:
        raise UserError("Tick at least one building.", code="invalid_selection", field="building")
    return find_buildings(request.organization, ids)
