"""What the demo's company has when somebody opens it: settings, items, two linked accounts, invoices ready to send.

Made by the same actions that the pages call, once the first visit of the simulated Web Connector brought the lists.
"""

import time
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.invoices.actions import create_invoice
from standpipe.invoices.lines import NewLine
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.importing.queries import importable
from standpipe.quickbooks.items.actions import import_entries
from standpipe.quickbooks.lists.models import ListKind
from standpipe.quickbooks.lists.short_lists import entries
from standpipe.quickbooks.posting.proposals import number_proposal, proposals_of
from standpipe.quickbooks.posting.setting_actions import save_settings
from standpipe.quickbooks.posting.setting_checks import with_chosen
from standpipe.quickbooks.posting.settings import KEY, settings_of

PATIENCE_SECONDS = 60
OPEN = (Task.State.WAITING, Task.State.RUNNING)

# Names in the simulated company file.
ITEMS = (
    "Inspection:Fire Extinguisher",
    "Inspection:Sprinkler System",
    "Inspection:Fire Alarm",
    "Inspection:Kitchen Hood",
    "Repair",
    "Extinguisher Recharge",
)
DEFAULT_ITEM = "Repair"
TERMS = "Net 30"
# What the sample invoices bill for, and how many of it.
INVOICES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("Inspection:Sprinkler System", "1"), ("Inspection:Fire Extinguisher", "14")),
    (("Inspection:Kitchen Hood", "2"), ("Extinguisher Recharge", "3"), ("Repair", "1.5")),
    (("Inspection:Fire Alarm", "1"),),
)


def fill(connection: Connection, *, by: Person) -> bool:
    """Fills what is not there yet; False where QuickBooks' lists did not come. A second demo finds it all."""
    if KEY in connection.settings:
        return True
    if not _lists_have_come(connection):
        return False
    with transaction.atomic():
        _choose_settings(connection, by=by)
        _import_catalogue(connection, by=by)
        accounts = _import_accounts(connection, by=by)
        _write_invoices(connection, accounts, by=by)
    return True


def _lists_have_come(connection: Connection) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while Task.objects.filter(connection=connection, state__in=OPEN).exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.25)
    return not Task.objects.filter(connection=connection, state=Task.State.FAILED).exists()


def _choose_settings(connection: Connection, *, by: Person) -> None:
    """As proposed, with a default item and the number after QuickBooks' highest."""
    chosen = settings_of(connection)
    for field, list_id in proposals_of(connection).items():
        chosen = with_chosen(chosen, field, list_id)
    default = entries(connection, ListKind.ITEMS).get(full_name=DEFAULT_ITEM)
    numbers = number_proposal(connection)
    save_settings(
        connection,
        by=by,
        prefix=numbers.prefix if numbers else "",
        next_number=numbers.next_number if numbers else 1001,
        default_item=default.list_id,
        taxable_code=chosen.taxable_code,
        nontaxable_code=chosen.nontaxable_code,
        methods=chosen.methods,
    )


def _import_catalogue(connection: Connection, *, by: Person) -> None:
    items = entries(connection, ListKind.ITEMS).filter(full_name__in=ITEMS).values_list("list_id", flat=True)
    import_entries(connection, kind="items", list_ids=list(items), by=by)
    import_entries(connection, kind="terms", list_ids=None, by=by)
    import_entries(connection, kind="sales-taxes", list_ids=None, by=by)


def _import_accounts(connection: Connection, *, by: Person) -> list[Account]:
    """The first customers with a company name and a billing address; the others are there to be imported by hand."""
    complete = importable(connection, target="accounts", status="available", kind="customer")
    complete = complete.exclude(company_name="").exclude(billing_key="")
    wanted = list(complete.values_list("list_id", flat=True)[: len(INVOICES)])
    import_customers(connection, target="accounts", list_ids=wanted, by=by)
    return list(
        Account.objects.filter(
            quickbooks_links__connection=connection, quickbooks_links__list_id__in=wanted
        ).order_by("name")
    )


def _write_invoices(connection: Connection, accounts: list[Account], *, by: Person) -> None:
    organization = connection.organization
    items = {item.name: item for item in Item.objects.filter(organization=organization)}
    terms = Terms.objects.filter(organization=organization, name=TERMS).first()
    tax = SalesTax.objects.filter(organization=organization).order_by("name").first()
    today = timezone.localdate()
    for age, (account, billed) in enumerate(zip(accounts, INVOICES, strict=False)):
        create_invoice(
            organization,
            by=by,
            account=account,
            date=today - timedelta(days=2 * age),
            terms=terms,
            sales_tax=tax,
            lines=[
                NewLine(item=items[name], description=items[name].description, quantity=Decimal(quantity))
                for name, quantity in billed
            ],
        )
