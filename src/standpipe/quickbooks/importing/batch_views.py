"""The page of one import: what became of each customer, and what can be done with it; the list of imports."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from standpipe.accounts.models import Account
from standpipe.accounts.queries import accounts_of, find_account
from standpipe.buildings.actions import set_account
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.links import org_url

from .actions import continue_import, import_anyway, link_instead, undo_import
from .models import ImportBatch, ImportRecord
from .queries import NOUNS, batches_of, find_batch, outcome_counts
from .undo import KEPT, REMOVED
from .views import SECONDS

RECORDS_SHOWN = 100
BATCHES_SHOWN = 50
CHOICES_SHOWN = 20
Outcome = ImportRecord.Outcome
TONES = {Outcome.CREATED: "good", Outcome.HELD: "warn", Outcome.FAILED: "bad", Outcome.WAITING: "wait"}


@require_safe
@in_organization()
def index(request: MemberRequest) -> HttpResponse:
    page = Paginator(batches_of(request.organization), BATCHES_SHOWN).get_page(request.GET.get("page"))
    batches = list(page.object_list)
    counts = outcome_counts(batches)
    rows = [{"batch": batch, "outcomes": _in_words(counts[batch.pk])} for batch in batches]
    return render(request, "quickbooks/importing/imports.html", {"page": page, "rows": rows})


def _in_words(counts: Any) -> list[tuple[str, int, str]]:
    """Word, number and tone of each outcome that there is."""
    return [(outcome.label, counts[outcome], TONES.get(outcome, "")) for outcome in Outcome if counts[outcome]]


@require_safe
@in_organization()
def detail(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    batch = find_batch(request.organization, batch_id)
    counts = outcome_counts([batch])[batch.pk]
    outcome = request.GET.get("outcome", "")
    records = batch.records.order_by("id")
    if outcome in Outcome.values:
        records = records.filter(outcome=outcome)
    page = Paginator(records, RECORDS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "noun": NOUNS[batch.target],
        "page": page,
        "rows": _rows(batch, list(page.object_list)),
        "outcomes": [(o.value, o.label, counts[o], TONES.get(o, "")) for o in Outcome if counts[o]],
        "outcome": outcome,
        "counts": {o.value: counts[o] for o in Outcome},
        "total": sum(counts.values()),
        "done": sum(counts.values()) - counts[Outcome.WAITING],
        "removed": batch.records.filter(undo_outcome=REMOVED).count() if batch.undone_at else 0,
        "kept": batch.records.filter(undo_outcome=KEPT).count() if batch.undone_at else 0,
    }
    return render(request, "quickbooks/importing/batch.html", context)


def _rows(batch: ImportBatch, records: list[ImportRecord]) -> list[dict[str, Any]]:
    """Each record with what it made, if that is still here."""
    model: type[Account | Building] = Account if batch.target == "accounts" else Building
    made = model.objects.in_bulk([record.created_id for record in records if record.created_id])
    return [
        {
            "record": record,
            "made": made.get(record.created_id) if record.created_id else None,
            "reason": record.reason or {},
            "tone": TONES.get(Outcome(record.outcome), ""),
        }
        for record in records
    ]


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def go_on(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Works for some seconds on what waits: after an interruption, or because there is much."""
    batch = find_batch(request.organization, batch_id)
    continue_import(batch, seconds=SECONDS)
    return redirect(_page(request, batch))


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def held(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Link instead, or import anyway: one look-alike, or without a ListID all that are held back."""
    batch = find_batch(request.organization, batch_id)
    list_id = request.POST.get("list_id", "")
    try:
        if request.POST.get("act") == "link":
            link = link_instead(batch, list_id=list_id, by=request.person)
            messages.success(request, f"{link.full_name} is linked.")
        else:
            import_anyway(batch, list_ids=[list_id] if list_id else None, by=request.person)
            messages.success(request, "Imported.")
    except UserError as error:
        messages.error(request, str(error))
    is_one_of_many = list_id and batch.records.filter(outcome=Outcome.HELD).exists()
    return redirect(_page(request, batch) + ("?outcome=held" if is_one_of_many else ""))


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def undo(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    batch = find_batch(request.organization, batch_id)
    if request.method == "POST":
        undo_import(batch, by=request.person)
        return redirect(_page(request, batch))
    created = _number(batch.records.filter(outcome=Outcome.CREATED).count(), batch)
    context = {
        "title": "Undo this import?",
        "lines": [
            f"{created} came with it. Those that nobody has touched since go again, with their links and contacts.",
            "What was edited, archived, used or linked anew stays, and is listed with the reason.",
            "QuickBooks is not changed. The customers can be imported again at any time.",
        ],
        "submit": "Undo this import",
        "danger": True,
        "cancel_url": _page(request, batch),
    }
    return render(request, "ui/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def attach(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Puts the buildings of an import under one account (requirement 12)."""
    batch = find_batch(request.organization, batch_id)
    created = batch.records.filter(outcome=Outcome.CREATED).values("created_id")
    buildings = Building.objects.filter(organization=request.organization, pk__in=created, archived_at=None)
    error = ""
    if request.method == "POST":
        try:
            account = find_account(request.organization, request.POST.get("account", ""))
            changed = set_account(list(buildings), account=account, by=request.person)
        except Account.DoesNotExist:
            error = "Choose an account."
        except UserError as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"{_number(changed, batch)} attached to “{account.name}”.")
            return redirect(_page(request, batch))
    search = request.GET.get("search", "").strip()
    accounts = accounts_of(request.organization, search=search)
    context = {
        "batch": batch,
        "count": buildings.count(),
        "accounts": accounts[:CHOICES_SHOWN],
        "total": accounts.count(),
        "search": search,
        "error": error,
    }
    return render(request, "quickbooks/importing/attach.html", context)


def _number(number: int, batch: ImportBatch) -> str:
    return f"{number:,} {NOUNS[batch.target]}{'' if number == 1 else 's'}"


def _page(request: MemberRequest, batch: ImportBatch) -> str:
    return org_url(request, "quickbooks:batch", batch.id)
