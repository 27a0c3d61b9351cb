"""The preview of an import: exactly what will be created, and the one question before it is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from standpipe.accounts.models import Account
from standpipe.accounts.queries import accounts_of, find_account
from standpipe.buildings.models import Building
from standpipe.buildings.queries import buildings_of, find_building
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.links import org_url

from .actions import sentence_of
from .batch_queries import find_draft
from .drafts import Act, decide, import_draft, work_out
from .models import ImportBatch, ImportRecord
from .planning import Outcome
from .shown import shown
from .views import SECONDS

SHOWN = 25
CHOICES_SHOWN = 20
TAKEN_BACK = 500  # ListIDs that the way back to the list carries; with more the selection starts anew
# Which records a tab shows: its key, its words, whom
TABS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("", "All", {}),
    ("created", "To be created", {"outcome": Outcome.CREATED}),
    ("linked", "To be linked", {"outcome": Outcome.LINKED}),
    ("held", "To decide", {"outcome": Outcome.HELD}),
    ("doubtful", "To look at twice", {"outcome": Outcome.CREATED, "is_doubtful": True}),
    ("skipped", "Left out", {"outcome": Outcome.SKIPPED}),
    ("failed", "Cannot be read", {"outcome": Outcome.FAILED}),
)


@require_safe
@in_organization(Permission.IMPORT_AND_LINK)
def preview(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    draft = find_draft(request.organization, draft_id)
    if not draft.is_draft:
        return redirect(org_url(request, "quickbooks:batch", draft.id))
    tab = request.GET.get("show", "")
    chosen: dict[str, Any] = next((whom for key, _, whom in TABS if key == tab), {})
    page = Paginator(draft.records.filter(**chosen).order_by("pk"), SHOWN).get_page(request.GET.get("page"))
    counts = _counts(draft)
    context = {
        "draft": draft,
        "tab": tab,
        "tabs": [(key, words, counts[key]) for key, words, _ in TABS if counts[key] or not key],
        "counts": counts,
        "total": counts[""],
        "waiting": counts["waiting"],
        "worked_out": counts[""] - counts["waiting"],
        "heading": _heading(counts),
        "sentence": _sentence(draft) if draft.target == ImportBatch.Target.BOTH else "",
        "page": page,
        "records": [shown(row) for row in page.object_list],
        "list_target": "buildings" if draft.target == "buildings" else "accounts",
        "picked": _picked(draft, counts[""]),
    }
    return render(request, "quickbooks/importing/preview.html", context)


def _counts(draft: ImportBatch) -> dict[str, int]:
    rows = draft.records.order_by().values("outcome", "created_type", "is_doubtful").annotate(number=Count("pk"))
    counts = dict.fromkeys([key for key, _, _ in TABS], 0) | {"waiting": 0, "accounts": 0, "buildings": 0}
    for row in rows:
        number, outcome = row["number"], row["outcome"]
        counts[""] += number
        counts[outcome] += number
        if outcome == Outcome.CREATED:
            counts["doubtful"] += number if row["is_doubtful"] else 0
            counts[f"{row['created_type']}s"] += number
    counts["like"] = draft.records.filter(outcome=Outcome.HELD, reason__code="looks_like").count()
    return counts


def _heading(counts: dict[str, int]) -> str:
    """The question: ``Create 212 buildings?``."""
    if counts["waiting"]:
        return "Preview"
    parts = [
        f"{counts[f'{noun}s']:,} {noun}{'' if counts[f'{noun}s'] == 1 else 's'}"
        for noun in ("account", "building")
        if counts[f"{noun}s"]
    ]
    if parts:
        return f"Create {' and '.join(parts)}?"
    return f"Link {counts['linked']:,}, create nothing?" if counts["linked"] else "Nothing would be created"


def _sentence(draft: ImportBatch) -> str:
    """What will happen in one go, and where invoices will go. The previews themselves stay unread: they are long."""
    rows = draft.records.exclude(previewed=None).order_by("pk")
    told = rows.values("list_id", "outcome", "reason", type=F("created_type"))
    return sentence_of(draft.connection, [dict(one) for one in told])


def _picked(draft: ImportBatch, total: int) -> str:
    """For the way back to the list, with what was ticked."""
    if total > TAKEN_BACK:
        return ""
    return ",".join(draft.records.order_by("pk").values_list("list_id", flat=True))


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def go_on(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Works the preview out for some seconds more, because there is much."""
    draft = find_draft(request.organization, draft_id)
    is_done = not draft.is_draft or work_out(draft, seconds=SECONDS)
    if is_done and request.htmx:  # the whole page says something else now, from its heading on
        return HttpResponse(headers={"HX-Redirect": _page(request, draft)})
    return redirect(_page(request, draft))


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def press(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Import from QuickBooks Desktop: what was previewed. A second press finds the import of the first."""
    draft = find_draft(request.organization, draft_id)
    try:
        import_draft(draft, by=request.person, seconds=SECONDS)
    except UserError as error:
        messages.error(request, str(error))
        return redirect(_page(request, draft))
    return redirect(org_url(request, "quickbooks:batch", draft.id))


@require_POST
@in_organization(Permission.IMPORT_AND_LINK)
def decision(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Create it, link it to what it looks like, or leave it out; all look-alikes at once without a ListID."""
    draft = find_draft(request.organization, draft_id)
    try:
        list_id = request.POST.get("list_id") or None
        decide(draft, list_id=list_id, act=request.POST.get("act", ""), seconds=SECONDS)
    except UserError as error:
        messages.error(request, str(error))
    query = request.POST.get("query", "")
    return redirect(_page(request, draft) + (f"?{query}" if query else ""))


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def choose(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Uses an account or building that is here instead of a new one."""
    draft = find_draft(request.organization, draft_id)
    if not draft.is_draft:
        return redirect(org_url(request, "quickbooks:batch", draft.id))
    row: ImportRecord | None = draft.records.filter(list_id=request.GET.get("list_id", "")).first()
    if row is None:
        return redirect(_page(request, draft))
    is_account = row.created_type == "account"
    error = ""
    if request.method == "POST":
        try:
            find = find_account if is_account else find_building
            record = find(request.organization, request.POST.get("record", ""))
            decide(draft, list_id=row.list_id, act=Act.LINK, use_id=record.pk, seconds=SECONDS)
        except (Account.DoesNotExist, Building.DoesNotExist):
            error = f"Choose {'an account' if is_account else 'a building'}."
        except UserError as refusal:
            error = str(refusal)
        else:
            return redirect(_page(request, draft))
    search = request.GET.get("search", "").strip()
    found: Any = (accounts_of if is_account else buildings_of)(request.organization, search=search)
    context = {
        "draft": draft,
        "row": row,
        "noun": row.created_type,
        "records": found[:CHOICES_SHOWN],
        "total": found.count(),
        "search": search,
        "kept": [("list_id", row.list_id)],
        "error": error,
    }
    return render(request, "quickbooks/importing/choose.html", context)


def _page(request: MemberRequest, draft: ImportBatch) -> str:
    return org_url(request, "quickbooks:preview", draft.id)
