"""What the standing of a link shows on other pages: a card, a mark and a filter in the lists, counts at home."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from standpipe.accounts.models import Account
from standpipe.activity.words import add_verbs
from standpipe.buildings.models import Building
from standpipe.organizations.models import Organization
from standpipe.quickbooks.linking import marks
from standpipe.quickbooks.linking.marks import Mark
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from standpipe.ui import registry
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeCount

from .actions import catch_up_all, compare_again
from .health import GONE, State
from .looking import look
from .models import Standing
from .queries import as_ailing, standings_of

CARD = "quickbooks-changes"  # the id of the card, so that a page can be opened at it
VERBS = {
    "drift.accepted": "took over what QuickBooks says",
    "drift.left": "left it as it is, although QuickBooks says something else",
    "link.kept": "kept the QuickBooks link as it is",
}
CHANGED = Mark(word="Changed in QuickBooks", tone="info")
MARKS = {
    State.DELETED: Mark(word="Deleted in QuickBooks", tone="bad"),
    State.MISSING: Mark(word="Not in QuickBooks any more", tone="bad"),
    State.MERGED: Mark(word="Merged in QuickBooks", tone="bad"),
    State.RECREATED: Mark(word="Made anew in QuickBooks", tone="bad"),
    State.MOVED: Mark(word="Moved in QuickBooks", tone="warn"),
    State.INACTIVE: Mark(word="Inactive in QuickBooks", tone="warn"),
}


def register() -> None:
    add_verbs(VERBS)
    for page in ("account", "building"):
        registry.add_section(
            page,
            key=CARD,
            title="Changed since",
            order=42,
            template="quickbooks/drift/_card.html",
            context=card,
        )
    marks.add_marks(marks_of)
    marks.add_link_filter("changed", label="Changed in QuickBooks", narrow=those_open)
    marks.add_link_filter("unwell", label="Link needs a look", narrow=those_unwell)
    registry.add_home_count(30, key="changed-in-quickbooks", count=changed_count)
    registry.add_home_count(31, key="link-health", count=unwell_count)


def card(_request: HttpRequest, record: Account | Building) -> dict[str, Any] | None:
    """How the record's own link stands now; nothing where all is as it was."""
    link = live_link(record)
    if link is None:
        return None
    link.account, link.building = (record, None) if isinstance(record, Account) else (None, record)
    [looked] = look(link.connection, [link])
    standing = Standing.objects.filter(link=link).select_related("link", "kept_by").first()
    if standing is None and (looked.findings or looked.telling):
        compare_again(link.connection, [link.pk])
        standing = Standing.objects.filter(link=link).select_related("link", "kept_by").first()
    if standing is None or not (looked.telling or looked.findings):
        return None
    standing.link = link
    return {
        "looked": looked,
        "differences": looked.telling,
        "ailing": as_ailing(standing) if standing.health and looked.findings else None,
        "is_archived": record.archived_at is not None,
        "back": "record",
    }


def marks_of(links: Sequence[Link]) -> Mapping[UUID, Mark]:
    found = {}
    for row in Standing.objects.filter(link__in=[link.pk for link in links]):
        if row.needs_care:
            found[row.pk] = MARKS[State(row.health)]
        elif row.is_open and row.health not in GONE:
            found[row.pk] = CHANGED
    return found


def those_open(links: "QuerySet[Link]") -> "QuerySet[Link]":
    return links.filter(Exists(Standing.objects.filter(link=OuterRef("pk"), is_open=True)))


def those_unwell(links: "QuerySet[Link]") -> "QuerySet[Link]":
    return links.filter(Exists(Standing.objects.filter(link=OuterRef("pk"), needs_care=True)))


def changed_count(request: HttpRequest) -> HomeCount | None:
    """Linked records about which QuickBooks says something else now, and nobody has decided yet."""
    organization = _organization(request)
    if not Link.objects.filter(organization=organization, ended_at=None).exists():
        return None
    catch_up_all(organization)
    number = standings_of(organization).filter(is_open=True).count()
    return HomeCount(label="Changed in QuickBooks", number=number, url=org_url(request, "quickbooks:changed"))


def unwell_count(request: HttpRequest) -> HomeCount | None:
    """Links whose customer is gone, moved or inactive; runs after ``changed_count``, which compares anew."""
    number = standings_of(_organization(request)).filter(needs_care=True).count()
    if not number:
        return None
    return HomeCount(label="Links that need a look", number=number, url=org_url(request, "quickbooks:link-health"))


def _organization(request: HttpRequest) -> Organization:
    organization: Organization = request.organization  # type: ignore[attr-defined]  # set by in_organization
    return organization
