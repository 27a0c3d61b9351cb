"""What importing shows on other rooms' pages: the button at the head of both lists, a filter, the step at home."""

from functools import partial
from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from standpipe.activity.words import add_verbs
from standpipe.buildings.models import Building
from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.connections.queries import connections_of, import_hindrance
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.actions import OPEN
from standpipe.ui import registry
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeCount, HomeStep
from standpipe.ui.times import time_text

from .batch_queries import batches_of, find_batch
from .models import ImportBatch
from .queries import NOUNS
from .together import offer_of

BUTTON = "Import from QuickBooks Desktop"
BATCHES_OFFERED = 5  # in the filter; who looks for an older import comes from its page, which names it


VERBS = {
    "account.imported": "imported this account from QuickBooks Desktop",
    "building.imported": "imported this building from QuickBooks Desktop",
    "contact.imported": "imported this contact from QuickBooks Desktop",
}


def register() -> None:
    add_verbs(VERBS)
    for target in NOUNS:
        registry.add_page_action(
            target,
            key="import-from-quickbooks",
            label=BUTTON,
            order=10,
            url=partial(_import_url, target=target),
            permission=Permission.IMPORT_AND_LINK,
            icon="cloud-download",
        )
        registry.add_filter(
            target,
            key="import",
            label="Import",
            choices=partial(_batch_choices, target=target),
            apply=partial(_of_batch, target=target),
        )
    registry.add_section(
        "building",
        key="bill-together",
        title="One customer, several buildings",
        order=41,
        template="quickbooks/importing/_together.html",
        context=together_offered,
    )
    registry.add_home_step(30, key="import-or-link", step=import_step)
    registry.add_home_count(20, key="waiting-for-quickbooks", count=waiting_count)


def together_offered(_request: HttpRequest, building: Building) -> dict[str, Any] | None:
    """One customer is linked to this building and to others: it can become their account."""
    offer = offer_of(building)
    return {"offer": offer, "building": building} if offer else None


def _import_url(request: HttpRequest, *, target: str) -> str:
    return org_url(request, "quickbooks:import", target)


def _batch_choices(request: HttpRequest, *, target: str) -> list[tuple[str, str]]:
    """The latest imports, and the one that an import's page links to; nothing to choose before the first."""
    batches = list(
        batches_of(_organization(request)).filter(target__in=(target, ImportBatch.Target.BOTH))[:BATCHES_OFFERED]
    )
    if (asked := _asked(request, target=target)) and asked not in batches:
        batches.append(asked)
    now = timezone.now()
    offered = [(str(batch.id), time_text(batch.created_at, now=now)) for batch in batches]
    return [("", "Any import"), *offered] if offered else []


def _asked(request: HttpRequest, *, target: str) -> ImportBatch | None:
    try:
        batch = find_batch(_organization(request), request.GET.get("import", ""))
    except ImportBatch.DoesNotExist:
        return None
    return batch if batch.target in (target, ImportBatch.Target.BOTH) else None


def _of_batch(records: QuerySet[Any], value: str, *, target: str) -> QuerySet[Any]:
    links = Link.objects.filter(import_batch_id=value, **{NOUNS[target]: OuterRef("pk")})
    return records.filter(Exists(links))


def import_step(request: HttpRequest) -> HomeStep:
    """Done once anything is imported or linked."""
    organization = _organization(request)
    title = "Import or link customers"
    if Link.objects.filter(organization=organization, ended_at=None).exists():
        return HomeStep(title=title, text="Customers and jobs from QuickBooks are tied to what is here.", done=True)
    text = (
        "Bring customers and jobs over as accounts or buildings. What is here already is linked with Match with "
        "QuickBooks, at the head of Accounts and of Buildings, or from its own page."
    )
    ready = next((connection for connection in connections_of(organization) if _is_ready(connection)), None)
    if ready is None:
        return HomeStep(title=title, text=text, done=False)
    return HomeStep(
        title=title,
        text=text,
        done=False,
        url=_import_url(request, target="accounts"),
        button=BUTTON,
        more="See what to put in order in QuickBooks first.",
        more_url=org_url(request, "quickbooks:readiness", ready.pk),
    )


def waiting_count(request: HttpRequest) -> HomeCount | None:
    """Refreshes that wait for the Web Connector or run; it opens the import page that says so and can cancel."""
    member = cast("MemberRequest", request)
    if not can(member, Permission.IMPORT_AND_LINK):
        return None
    connections = connections_of(member.organization)
    waiting = list(
        Task.objects.filter(connection__in=connections, state__in=OPEN).values_list("connection", flat=True)
    )
    url = _import_url(request, target="accounts")
    return HomeCount(
        label="Waiting for QuickBooks",
        number=len(waiting),
        url=f"{url}?connection={waiting[0]}" if waiting else url,
    )


def _is_ready(connection: Any) -> bool:
    """The page can do something: import, or refresh the list."""
    hindrance = import_hindrance(connection)
    return hindrance is None or hindrance.code == "list_never_arrived"


def _organization(request: HttpRequest) -> Organization:
    organization: Organization = request.organization  # type: ignore[attr-defined]  # set by in_organization
    return organization
