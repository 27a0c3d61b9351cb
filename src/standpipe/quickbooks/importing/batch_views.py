"""The page of one import: what became of each customer, and what can be done with it; the list of imports."""

from collections import Counter
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
from .batch_queries import State, batches_of, find_batch, sentence_of_batch, state_counts, with_states
from .models import ImportBatch, ImportRecord
from .queries import NOUNS
from .shown import changes_in_words
from .undo import continue_undo
from .views import SECONDS

RECORDS_SHOWN = 100
BATCHES_SHOWN = 50
CHOICES_SHOWN = 20
Outcome = ImportRecord.Outcome
TONES = {
    State.CREATED: "good",
    State.LINKED: "good",
    State.HELD: "warn",
    State.FAILED: "bad",
    State.WAITING: "wait",
    State.KEPT: "warn",
}


@require_safe
@in_organization()
def index(request: MemberRequest) -> HttpResponse:
    page = Paginator(batches_of(request.organization), BATCHES_SHOWN).get_page(request.GET.get("page"))
    batches = list(page.object_list)
    counts = state_counts(batches)
    rows = [{"batch": batch, "states": _in_words(counts[batch.pk])} for batch in batches]
    return render(request, "quickbooks/importing/imports.html", {"page": page, "rows": rows})


def _in_words(counts: Counter[str]) -> list[dict[str, Any]]:
    """Each state that there is, with its number."""
    return [
        {"value": state.value, "word": state.label, "number": counts[state], "tone": TONES.get(state, "")}
        for state in State
        if counts[state]
    ]


@require_safe
@in_organization()
def detail(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    batch = find_batch(request.organization, batch_id)
    counts = state_counts([batch])[batch.pk]
    state = request.GET.get("outcome", "")
    records = with_states(batch.records.all()).order_by("id")
    if state in State.values:
        records = records.filter(state=state)
    page = Paginator(records, RECORDS_SHOWN).get_page(request.GET.get("page"))
    total = sum(counts.values())
    context = {
        "batch": batch,
        "noun": NOUNS.get(batch.target, "record"),
        "targets": list(NOUNS) if batch.target == ImportBatch.Target.BOTH else [batch.target],
        "page": page,
        "rows": _rows(list(page.object_list)),
        "states": _in_words(counts),
        "state": state,
        "counts": {one.value: counts[one] for one in State},
        "total": total,
        "done": total - counts[State.WAITING],
        "undone": counts[State.REMOVED] + counts[State.UNLINKED] + counts[State.KEPT],
        "to_undo": sum(counts[one] for one in AFTER_ALL),
        "is_undoing": bool(batch.undone_at and not batch.undo_finished_at),
        "changed": batch.records.filter(outcome=Outcome.HELD).exclude(reason__code="looks_like").exists(),
        "sentence": sentence_of_batch(batch) if batch.target == ImportBatch.Target.BOTH else "",
    }
    return render(request, "quickbooks/importing/batch.html", context)


AFTER_ALL = (State.CREATED, State.LINKED, State.REMOVED, State.UNLINKED, State.KEPT)  # what an undo looks at


def _rows(records: list[ImportRecord]) -> list[dict[str, Any]]:
    """Each record with what it made, if that is still here."""
    made: dict[Any, Account | Building] = {}
    models: tuple[type[Account | Building], ...] = (Account, Building)
    for model, noun in zip(models, ("account", "building"), strict=True):
        keys = [one.created_id for one in records if one.created_id and one.created_type == noun]
        made |= model.objects.in_bulk(keys) if keys else {}
    return [
        {
            "record": record,
            "made": made.get(record.created_id),
            "reason": record.reason or {},
            "changes": changes_in_words(record.reason or {}),
            "state": State(record.state).label,  # type: ignore[attr-defined]  # annotated by with_states
            "tone": TONES.get(State(record.state), ""),  # type: ignore[attr-defined]
        }
        for record in records
    ]


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def go_on(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Works for some seconds on what waits, or on the undo: after an interruption, or because there is much."""
    batch = find_batch(request.organization, batch_id)
    if batch.undone_at:
        continue_undo(batch, seconds=SECONDS)
    else:
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
            link = link_instead(batch, list_id=list_id, by=request.person, seconds=SECONDS)
            messages.success(request, f"{link.full_name} is linked.")
        else:
            wanted = [list_id] if list_id else None
            is_done = import_anyway(batch, list_ids=wanted, by=request.person, seconds=SECONDS)
            messages.success(request, "Imported." if is_done else "The first are imported. Press again for the rest.")
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
        undo_import(batch, by=request.person, seconds=SECONDS)
        return redirect(_page(request, batch))
    counts = state_counts([batch])[batch.pk]
    linked = f", and {counts[State.LINKED]:,} that were here got linked" if counts[State.LINKED] else ""
    came = f"{_number(counts[State.CREATED], batch)} came with it{linked}."
    context = {
        "title": "Undo this import?",
        "lines": [
            f"{came} Those that nobody has touched since go again, with their links and contacts.",
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
    created = batch.records.filter(outcome=Outcome.CREATED, created_type="building").values("created_id")
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
    if batch.target == ImportBatch.Target.BOTH:
        return f"{number:,} {'account or building' if number == 1 else 'accounts and buildings'}"
    return f"{number:,} {NOUNS[batch.target]}{'' if number == 1 else 's'}"


def _page(request: MemberRequest, batch: ImportBatch) -> str:
    return org_url(request, "quickbooks:batch", batch.id)
