"""The pages of items, terms and sales taxes: the same six of each, told apart by ``kind`` in ``urls.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.editing import show_refusal
from standpipe.ui.links import org_url
from standpipe.ui.lists import ARCHIVED, Sort, is_archived, list_page

from . import actions
from .forms import ItemForm, SalesTaxForm, TermsForm
from .queries import find_item, find_sales_tax, find_terms, items_of, sales_taxes_of, terms_of

_BY_NAME = (Sort(key="name", fields=("name", "id")), Sort(key="added", fields=("-created_at", "id")))
_ITEM_SORTS = (
    Sort(key="name", fields=("name_key", "name", "id")),
    Sort(key="rate", fields=("rate", "id")),
    Sort(key="added", fields=("-created_at", "id")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What tells the pages of one noun from those of another. ``pages``: the end of their addresses' names."""

    list_name: str
    pages: str
    nouns: tuple[str, str]
    section_page: str
    sorts: tuple[Sort, ...]
    found: Callable[[Organization, str, bool], QuerySet[Any]]
    find: Callable[[Organization, UUID], Any]
    form: type[ItemForm | TermsForm | SalesTaxForm]
    create: Callable[..., Any]
    edit: Callable[..., Any]
    archive: Callable[..., Any]
    restore: Callable[..., Any]
    stays: str  # what archiving leaves alone

    @property
    def context(self) -> Mapping[str, Any]:
        one, many = self.nouns
        pages = {f"{verb}_page": f"catalog:{verb}-{self.pages}" for verb in ("add", "edit", "archive", "restore")}
        return {"kind": self, "noun": one, "nouns": many, "title": many.capitalize(), "list_page": self.page, **pages}

    @property
    def page(self) -> str:
        return f"catalog:{self.list_name}"


KINDS: dict[str, Kind] = {
    "item": Kind(
        list_name="items",
        pages="item",
        nouns=("item", "items"),
        section_page="item",
        sorts=_ITEM_SORTS,
        found=lambda organization, search, archived: items_of(organization, search=search, archived=archived),
        find=find_item,
        form=ItemForm,
        create=actions.create_item,
        edit=actions.edit_item,
        archive=actions.archive_item,
        restore=actions.restore_item,
        stays="Lines that are made of it stay as they are. Nothing changes in QuickBooks.",
    ),
    "terms": Kind(
        list_name="terms",
        pages="term",
        nouns=("terms", "terms"),
        section_page="terms",
        sorts=_BY_NAME,
        found=lambda organization, search, archived: terms_of(organization, search=search, archived=archived),
        find=find_terms,
        form=TermsForm,
        create=actions.create_terms,
        edit=actions.edit_terms,
        archive=actions.archive_terms,
        restore=actions.restore_terms,
        stays="Invoices that bear them keep them. Nothing changes in QuickBooks.",
    ),
    "sales-tax": Kind(
        list_name="sales-taxes",
        pages="sales-tax",
        nouns=("sales tax", "sales taxes"),
        section_page="sales_tax",
        sorts=_BY_NAME,
        found=lambda organization, search, archived: sales_taxes_of(organization, search=search, archived=archived),
        find=find_sales_tax,
        form=SalesTaxForm,
        create=actions.create_sales_tax,
        edit=actions.edit_sales_tax,
        archive=actions.archive_sales_tax,
        restore=actions.restore_sales_tax,
        stays="Invoices that bear it keep it. Nothing changes in QuickBooks.",
    ),
}


@in_organization()
@require_safe
def index(request: MemberRequest, kind: str) -> HttpResponse:
    noun = KINDS[kind]
    found = noun.found(request.organization, request.GET.get("search", ""), is_archived(request))
    listing = list_page(
        request, found, list_name=noun.list_name, nouns=noun.nouns, sorts=noun.sorts, filters=[ARCHIVED]
    )
    return render(request, f"catalog/{noun.list_name}.html", {"listing": listing, **noun.context})


@in_organization()
@require_safe
def detail(request: MemberRequest, kind: str, record_id: UUID) -> HttpResponse:
    noun = KINDS[kind]
    return _page(request, noun, "detail.html", record=noun.find(request.organization, record_id))


@in_organization(Permission.EDIT)
def add(request: MemberRequest, kind: str) -> HttpResponse:
    noun = KINDS[kind]
    form = noun.form(request.POST or None, initial=noun.form.initial_new())
    if request.method == "POST" and form.is_valid():
        try:
            record = noun.create(request.organization, by=request.person, **form.values)
        except UserError as error:
            show_refusal(form, error=error)
        else:
            messages.success(request, f"“{record.name}” is added.")
            return redirect(org_url(request, f"catalog:{noun.pages}", record.id))
    return _page(request, noun, "form.html", form=form, cancel_url=org_url(request, noun.page))


@in_organization(Permission.EDIT)
def edit(request: MemberRequest, kind: str, record_id: UUID) -> HttpResponse:
    noun = KINDS[kind]
    record = noun.find(request.organization, record_id)
    here = org_url(request, f"catalog:{noun.pages}", record.id)
    form = noun.form(request.POST or None, initial=noun.form.initial_of(record))
    if request.method == "POST" and form.is_valid():
        try:
            noun.edit(record, by=request.person, seen_at=form.seen_at, **form.values)
        except UserError as error:
            record = noun.find(request.organization, record_id)
            show_refusal(form, error=error, record=record)
        else:
            messages.success(request, f"“{record.name}” is saved.")
            return redirect(here)
    return _page(request, noun, "form.html", form=form, record=record, cancel_url=here)


@in_organization(Permission.EDIT)
def archive(request: MemberRequest, kind: str, record_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    noun = KINDS[kind]
    record = noun.find(request.organization, record_id)
    here = org_url(request, f"catalog:{noun.pages}", record.id)
    if request.method == "POST":
        noun.archive(record, by=request.person)
        messages.success(request, f"“{record.name}” is archived.")
        return redirect(here)
    lines = ["It can no longer be chosen on an invoice.", noun.stays, "You can bring it back at any time."]
    more = {"title": f"Archive {record.name}?", "lines": lines, "submit": f"Archive {noun.nouns[0]}"}
    context = {**noun.context, **more, "record": record, "cancel_url": here}
    return render(request, "catalog/archive.html", context)


@in_organization(Permission.EDIT)
@require_POST
def restore(request: MemberRequest, kind: str, record_id: UUID) -> HttpResponse:
    noun = KINDS[kind]
    record = noun.restore(noun.find(request.organization, record_id), by=request.person)
    messages.success(request, f"“{record.name}” is back.")
    return redirect(org_url(request, f"catalog:{noun.pages}", record.id))


def _page(request: MemberRequest, noun: Kind, template: str, **context: Any) -> HttpResponse:
    return render(request, f"catalog/{template}", {**noun.context, **context})
