"""The pages of contacts, and of who stands where and what for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.accounts.models import Account
from standpipe.accounts.queries import accounts_of, find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import buildings_of, find_building
from standpipe.core.emails import split_emails
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.editing import show_refusal
from standpipe.ui.links import org_url
from standpipe.ui.lists import ARCHIVED, Sort, is_archived, list_page
from standpipe.ui.registry import Filter
from standpipe.ui.telling import told

from .actions import (
    PlaceAt,
    archive_contact,
    create_contact,
    edit_contact,
    place_contact,
    remove_from_place,
    restore_contact,
)
from .forms import ContactForm, PlacedContactForm, RolesForm
from .models import Contact, Place, Role
from .queries import contacts_of, find_contact, find_place

_SORTS = (
    Sort(key="name", fields=("name_key", "name", "id")),
    Sort(key="email", fields=("email", "name_key", "id")),
    Sort(key="added", fields=("-created_at", "id")),
)
CHOICES_SHOWN = 20  # contacts to choose from; more words narrow it faster than more rows
PLACES_SHOWN = 8  # accounts, and as many buildings: both fit on one screen


def _by_role(contacts: QuerySet[Contact], value: str) -> QuerySet[Contact]:
    """Those with the role anywhere. Roles are a JSON list of plain words, so its text can be searched everywhere."""
    holding = Place.objects.filter(roles__icontains=f'"{value}"').values("contact_id")
    return contacts.filter(pk__in=holding)


_BY_ROLE = Filter(key="role", label="Role", choices=[("", "Any role"), *Role.choices], apply=_by_role)


@in_organization()
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    contacts = contacts_of(request.organization, search=request.GET.get("search", ""), archived=is_archived(request))
    listing = list_page(
        request,
        contacts,
        list_name="contacts",
        nouns=("contact", "contacts"),
        sorts=_SORTS,
        filters=[_BY_ROLE, ARCHIVED],
    )
    return render(request, "contacts/list.html", {"listing": listing})


@in_organization()
@require_safe
def detail(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    contact = find_contact(request.organization, contact_id)
    return render(request, "contacts/detail.html", {"contact": contact, "emails": split_emails(contact.email)})


@in_organization(Permission.EDIT)
def add(request: MemberRequest) -> HttpResponse:
    """``?account=`` or ``?building=`` puts the new contact there, with roles."""
    at = _asked_place(request)
    form = (PlacedContactForm if at else ContactForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        places = [_place_at(at, roles=form.cleaned_data["roles"])] if at else []
        try:
            contact = create_contact(request.organization, by=request.person, places=places, **form.values)
        except UserError as error:
            show_refusal(form, error=error)
        else:
            messages.success(request, f"“{contact.name}” is added.")
            return redirect(_page_of(request, at or contact))
    back = _page_of(request, at) if at else org_url(request, "contacts:list")
    return render(request, "contacts/form.html", {"form": form, "at": at, "cancel_url": back})


@in_organization(Permission.EDIT)
def edit(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    contact = find_contact(request.organization, contact_id)
    here = org_url(request, "contacts:detail", contact.id)
    form = ContactForm(request.POST or None, initial=ContactForm.initial_of(contact))
    if request.method == "POST" and form.is_valid():
        try:
            edit_contact(contact, by=request.person, seen_at=form.seen_at, **form.values)
        except UserError as error:
            show_refusal(form, error=error, record=contact)
        else:
            messages.success(request, f"“{contact.name}” is saved.")
            return redirect(here)
    return render(request, "contacts/form.html", {"form": form, "contact": contact, "cancel_url": here})


@in_organization(Permission.EDIT)
def archive(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    contact = find_contact(request.organization, contact_id)
    here = org_url(request, "contacts:detail", contact.id)
    if request.method == "POST":
        archive_contact(contact, by=request.person)
        messages.success(request, f"“{contact.name}” is archived.")
        return redirect(here)
    lines = [
        "They are no longer shown at their accounts and buildings, nor in the list of contacts.",
        "Nobody is e-mailed. Nothing changes in QuickBooks.",
        "You can bring them back at any time: in the list of contacts, choose “Archived”.",
    ]
    return _confirm(request, contact, title=f"Archive {contact.name}?", lines=lines, submit="Archive contact")


@in_organization(Permission.EDIT)
@require_POST
def restore(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    contact = restore_contact(find_contact(request.organization, contact_id), by=request.person)
    messages.success(request, f"“{contact.name}” is back.")
    return redirect(org_url(request, "contacts:detail", contact.id))


# Places


@in_organization(Permission.EDIT)
def add_place(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Choose an account or a building among those that match ``?search=``, and the roles there."""
    contact = find_contact(request.organization, contact_id)
    form = RolesForm(request.POST if request.method == "POST" else None)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            at = _chosen_place(request)
            place_contact(contact, at=at, roles=form.cleaned_data["roles"], by=request.person)
        except UserError as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"{contact.name} now stands at “{at.name}”.")
            return redirect(org_url(request, "contacts:detail", contact.id))
    search = request.GET.get("search", "")
    accounts, buildings = (
        found(request.organization, search=search).exclude(places__contact=contact)
        for found in (accounts_of, buildings_of)
    )
    context = {
        "contact": contact,
        "form": form,
        "error": error,
        "search": search,
        "chosen": request.POST.get("place", ""),
        "accounts": accounts[:PLACES_SHOWN],
        "buildings": buildings[:PLACES_SHOWN],
        "has_more": max(accounts.count(), buildings.count()) > PLACES_SHOWN,
    }
    return render(request, "contacts/add_place.html", context)


def _chosen_place(request: MemberRequest) -> Account | Building:
    kind, _, place_id = request.POST.get("place", "").partition(":")
    match kind:
        case "account":
            return find_account(request.organization, place_id)
        case "building":
            return find_building(request.organization, place_id)
        case _:
            raise UserError("Choose an account or a building.", code="invalid_place", field="places")


@in_organization(Permission.EDIT)
def change_roles(request: MemberRequest, contact_id: UUID, place_id: int) -> HttpResponse:
    contact = find_contact(request.organization, contact_id)
    place = find_place(contact, place_id)
    form = RolesForm(request.POST if request.method == "POST" else None, initial={"roles": place.roles})
    if request.method == "POST" and form.is_valid():
        with told(request, done=f"The roles of {contact.name} at “{place.at.name}” are saved."):
            place_contact(contact, at=place.at, roles=form.cleaned_data["roles"], by=request.person)
        return redirect(org_url(request, "contacts:detail", contact.id))
    return render(request, "contacts/change_roles.html", {"form": form, "contact": contact, "place": place})


@in_organization(Permission.EDIT)
def remove_place(request: MemberRequest, contact_id: UUID, place_id: int) -> HttpResponse:
    """Says what happens, and does it on POST."""
    contact = find_contact(request.organization, contact_id)
    at = find_place(contact, place_id).at
    if request.method == "POST":
        with told(request, done=f"{contact.name} no longer stands at “{at.name}”."):
            remove_from_place(contact, at=at, by=request.person)
        return redirect(org_url(request, "contacts:detail", contact.id))
    lines = [f"{contact.name} stays in the list of contacts and at all other places."]
    if isinstance(at, Account):
        lines.insert(0, "The roles set here no longer hold at its buildings.")
    title = f"Remove {contact.name} from {at.name}?"
    return _confirm(request, contact, title=title, lines=lines, submit="Remove contact")


@in_organization(Permission.EDIT)
def choose_for_account(request: MemberRequest, account_id: UUID) -> HttpResponse:
    return _choose(request, at=find_account(request.organization, account_id))


@in_organization(Permission.EDIT)
def choose_for_building(request: MemberRequest, building_id: UUID) -> HttpResponse:
    return _choose(request, at=find_building(request.organization, building_id))


def _choose(request: MemberRequest, *, at: Account | Building) -> HttpResponse:
    """Put somebody who is here already at one more place."""
    form = RolesForm(request.POST if request.method == "POST" else None)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            contact = _chosen_contact(request)
            place_contact(contact, at=at, roles=form.cleaned_data["roles"], by=request.person)
        except UserError as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"{contact.name} now stands at “{at.name}”.")
            return redirect(_page_of(request, at))
    search = request.GET.get("search", "")
    contacts = contacts_of(request.organization, search=search).exclude(places__in=at.places.all())
    context = {
        "at": at,
        "at_url": _page_of(request, at),
        "form": form,
        "error": error,
        "search": search,
        "chosen": request.POST.get("contact", ""),
        "contacts": contacts[:CHOICES_SHOWN],
        "has_more": contacts.count() > CHOICES_SHOWN,
        "new_url": _new_contact_url(request, at),
    }
    return render(request, "contacts/choose.html", context)


def _chosen_contact(request: MemberRequest) -> Contact:
    if not (chosen := request.POST.get("contact")):
        raise UserError("Choose a contact.", code="invalid_contact", field="contact")
    return find_contact(request.organization, chosen)


def _confirm(request: MemberRequest, contact: Contact, **context: Any) -> HttpResponse:
    here = org_url(request, "contacts:detail", contact.id)
    return render(request, "contacts/confirm.html", {"contact": contact, "cancel_url": here, **context})


def _asked_place(request: MemberRequest) -> Account | Building | None:
    if account_id := request.GET.get("account"):
        return find_account(request.organization, account_id)
    if building_id := request.GET.get("building"):
        return find_building(request.organization, building_id)
    return None


def _place_at(at: Account | Building, *, roles: list[str]) -> PlaceAt:
    return PlaceAt(account=at, roles=roles) if isinstance(at, Account) else PlaceAt(building=at, roles=roles)


def _page_of(request: MemberRequest, record: Account | Building | Contact) -> str:
    pages: dict[type, str] = {Account: "accounts:detail", Building: "buildings:detail", Contact: "contacts:detail"}
    return org_url(request, pages[type(record)], record.id)


def _new_contact_url(request: MemberRequest, at: Account | Building) -> str:
    kind = "account" if isinstance(at, Account) else "building"
    return f"{org_url(request, 'contacts:add')}?{kind}={at.id}"
