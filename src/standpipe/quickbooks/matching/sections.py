"""What matching shows on other rooms' pages: the button at the head of both lists, the count at home."""

from functools import partial
from typing import cast

from django.http import HttpRequest

from standpipe.activity.words import add_verbs
from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.quickbooks.lists.models import Customer
from standpipe.ui import registry
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeCount

from .gathering import NOUNS
from .queries import suggested_count

BUTTON = "Match with QuickBooks"
VERBS = {
    "match.rejected": "said that it is not this QuickBooks customer",
    "match.rejection_undone": "took back that it is not a QuickBooks customer",
}


def register() -> None:
    add_verbs(VERBS)
    for target in NOUNS:
        registry.add_page_action(
            target,
            key="match-with-quickbooks",
            label=BUTTON,
            order=20,
            url=partial(review_url, target=target),
            permission=Permission.IMPORT_AND_LINK,
            icon="link-45deg",
        )
    registry.add_home_count(25, key="suggested-matches", count=suggested)


def review_url(request: HttpRequest, *, target: str) -> str:
    """``""`` before a list of customers has come: there is nothing to match with."""
    connections = connections_of(cast("MemberRequest", request).organization)
    has_list = Customer.objects.filter(connection__in=connections).exists()
    return org_url(request, "quickbooks:suggestions", target) if has_list else ""


def suggested(request: HttpRequest) -> HomeCount | None:
    """Suggestions at the suggested line that nobody has decided, as of the last comparison; opens the longer list."""
    member = cast("MemberRequest", request)
    if not can(member, Permission.IMPORT_AND_LINK):
        return None
    connections = connections_of(member.organization)
    counts = {
        target: sum(suggested_count(connection, target=target) for connection in connections) for target in NOUNS
    }
    if not any(counts.values()):
        return None
    longest = max(counts, key=lambda target: counts[target])
    url = org_url(request, "quickbooks:suggestions", longest)
    return HomeCount(label="Suggested matches", number=sum(counts.values()), url=url)
