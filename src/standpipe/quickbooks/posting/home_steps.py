"""The last steps on the home page: how invoices are posted, and the first one that is (requirement 51)."""

from typing import cast

from django.http import HttpRequest

from standpipe.invoices.models import Invoice
from standpipe.organizations.access import MemberRequest, can
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of
from standpipe.ui import registry
from standpipe.ui.links import org_url
from standpipe.ui.registry import HomeStep

from .models import Document
from .setting_checks import problems_of_settings
from .settings import KEY, settings_of

CHOOSE, SEND = "Choose how invoices are posted", "Send your first invoice"
SENT = (Document.State.POSTED, Document.State.ALREADY)


def register() -> None:
    registry.add_home_step(40, key="posting-settings", step=settings_step)
    registry.add_home_step(50, key="first-invoice", step=invoice_step)


def settings_step(request: HttpRequest) -> HomeStep:
    """Done once the settings of a company file are saved, with a default item code, and hold."""
    member = cast("MemberRequest", request)
    ready = _confirmed(member.organization)
    if any(_is_chosen(connection) for connection in ready):
        text = "Items, sales tax, payment methods and numbers are chosen."
        return HomeStep(title=CHOOSE, text=text, done=True, is_later=True)
    text = "Default item code, sales tax, payment methods, invoice numbers: proposed from QuickBooks’ own lists."
    if not ready:
        return HomeStep(title=CHOOSE, text=text, done=False, is_later=True)
    if not can(member, Permission.SETTINGS):
        text = "An owner or a bookkeeper of your organization can do this."
        return HomeStep(title=CHOOSE, text=text, done=False, is_later=True)
    return HomeStep(
        title=CHOOSE,
        text=text,
        done=False,
        is_later=True,
        url=org_url(request, "quickbooks:posting-settings", ready[0].pk),
        button="QuickBooks Desktop settings",
        more="Import QuickBooks’ items and terms, too.",
        more_url=org_url(request, "quickbooks:import-entries", "items"),
    )


def invoice_step(request: HttpRequest) -> HomeStep:
    """Done once an invoice or payment is in QuickBooks, sent or marked as being there."""
    member = cast("MemberRequest", request)
    organization = member.organization
    if Document.objects.filter(organization=organization, state__in=SENT).exists():
        return HomeStep(title=SEND, text="Invoices reach QuickBooks.", done=True, is_later=True)
    text = "Write an invoice for a linked account or building, and press “Send to QBD” at its top."
    if not (_confirmed(organization) and can(member, Permission.SEND_AND_RECORD)):
        return HomeStep(title=SEND, text=text, done=False, is_later=True)
    has_one = Invoice.objects.filter(organization=organization, archived_at=None).exists()
    return HomeStep(
        title=SEND,
        text=text,
        done=False,
        is_later=True,
        url=org_url(request, "invoices:list" if has_one else "invoices:add"),
        button="Go to Invoices" if has_one else "Add invoice",
    )


def _confirmed(organization: Organization) -> list[Connection]:
    return [connection for connection in connections_of(organization) if connection.confirmed_at is not None]


def _is_chosen(connection: Connection) -> bool:
    """Saved, and nothing of it has gone bad in QuickBooks. A payment method may be chosen when it is needed."""
    if KEY not in connection.settings or not settings_of(connection).default_item:
        return False
    return all(problem.wrong == "missing" for problem in problems_of_settings(connection))
