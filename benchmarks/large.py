"""The rows of a large organization, as a refresh, an import and later changes would have left them."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from standpipe.buildings.actions import new_building
from standpipe.buildings.models import Building
from standpipe.core.addresses import Address
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.actions import create_connection
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.drift.actions import catch_up
from standpipe.quickbooks.linking.actions import new_link
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.columns import derived
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer, CustomerList
from standpipe.quickbooks.lists.traits import traits_of

JOBS_EACH = 4  # below every customer
EACH_BUILDING = 5  # customers and jobs for every building
CHANGED = 7  # every seventh linked customer has moved since
AT_ONCE = 2_000  # rows in memory
_Row = TypeVar("_Row")
_TOWNS = (("Boise", "ID", "83702"), ("Elko", "NV", "89801"), ("Moab", "UT", "84532"), ("Bend", "OR", "97701"))
_FIRST = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Juniper", "Larch", "Maple", "Oak")
_SECOND = ("Academy", "Bakery", "Clinic", "Depot", "Estate", "Foundry", "Garage", "Hotel", "Inn", "Lofts", "Market")


def fill(slug: str, customers: int) -> dict[str, str]:
    """Answers the ids of the connection, of a building without a link and of a customer in the middle of the list."""
    organization = Organization.objects.get(slug=slug)
    made = create_connection(organization, by=None, name="Large books")
    now = timezone.now()
    Connection.objects.filter(pk=made.pk).update(
        first_seen_at=now, last_contact_at=now, file_read_at=now, confirmed_at=now, file_company_name="Large books"
    )
    connection = Connection.objects.get(pk=made.pk)
    chance = random.Random(1)  # noqa: S311 - the same rows each time
    with transaction.atomic():
        _fill_list(connection, _customers(connection, customers, chance=chance))
        unlinked = _fill_buildings(connection)
        _move_some(connection)
    _let_settle()  # a refresh does so too: what PostgreSQL counted while these rows came is wrong
    while not catch_up(connection):
        pass
    _let_settle()
    middle = Customer.objects.filter(connection=connection).order_by("sort_key")[customers // 2]
    return {"connection": str(connection.pk), "building": str(unlinked.pk), "list_id": middle.list_id}


def _customers(connection: Connection, count: int, *, chance: random.Random) -> Iterator[Customer]:
    for number in range(count):
        position = number % (JOBS_EACH + 1)
        company = f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} {number - position}"
        if position == 0:
            parent, details = company, _details(number, company, chance=chance)
            yield _customer(connection, number, name=company, parent=None, company_name=company, details=details)
        else:
            name = f"{chance.choice(_SECOND)} {position}"
            details = _details(number, name, chance=chance)
            yield _customer(connection, number, name=name, parent=parent, company_name=parent, details=details)


def _details(number: int, name: str, *, chance: random.Random) -> Details:
    city, state, postal_code = chance.choice(_TOWNS)
    street = f"{number % 9_000 + 1} {chance.choice(_FIRST)} Street"
    place = Address(lines=(name, street), city=city, state=state, postal_code=postal_code)
    phone, email = f"208-555-{number % 10_000:04}", f"office{number}@customer.example"
    return Details(bill=place, ship=place, phone=phone, email=email, contact=f"Ann Ash {number}")


def _customer(
    connection: Connection, number: int, *, name: str, parent: str | None, company_name: str, details: Details
) -> Customer:
    full_name = f"{parent}:{name}" if parent else name
    is_active, job_status = number % 20 != 0, "InProgress" if parent else "None"
    parent_list_id = _list_id(number - number % (JOBS_EACH + 1)) if parent else ""
    return Customer(
        connection=connection,
        list_id=_list_id(number),
        edit_sequence=str(1_400_000_000 + number),
        time_modified="2026-01-02T03:04:05-05:00",
        name=name,
        full_name=full_name,
        parent_list_id=parent_list_id,
        sublevel=1 if parent else 0,
        is_active=is_active,
        company_name=company_name,
        job_status=job_status,
        currency="",
        details=details.to_json(),
        content_hash=f"{number:032x}",
        **derived(name=name, full_name=full_name, company_name=company_name, details=details),
        traits=traits_of(
            details.to_json(),
            is_active=is_active,
            parent_list_id=parent_list_id,
            job_status=job_status,
            company_name=company_name,
        ),
    )


def _list_id(number: int) -> str:
    return f"{0x80000000 + number:X}-{1_400_000_000 + number}"


def _fill_list(connection: Connection, rows: Iterator[Customer]) -> None:
    count = 0
    for some in _chunks(rows):
        Customer.objects.bulk_create(some)
        count += len(some)
    now = timezone.now()
    CustomerList.objects.create(connection=connection, refreshed_at=now, full_at=now, count=count)


def _fill_buildings(connection: Connection) -> Building:
    """A building for every fifth customer or job, every second of them linked to it. Answers one without a link."""
    customers = Customer.objects.filter(connection=connection).order_by("pk")
    unlinked = None
    # Every five rows are a customer and its jobs: this takes of each another one.
    every = (
        row
        for number, row in enumerate(customers.iterator())
        if number % EACH_BUILDING == number // EACH_BUILDING % EACH_BUILDING
    )
    for some in _chunks(every):
        made = [_building(connection, customer) for customer in some]
        links = [
            new_link(
                building, customer=customer, origin=Link.Origin.IMPORTED, how=Link.How.IMPORT, by=None, batch_id=None
            )
            for building, customer in list(zip(made, some, strict=True))[::2]
        ]
        Building.objects.bulk_create(made)
        Link.objects.bulk_create(links)
        unlinked = made[1]
    assert unlinked is not None
    return unlinked


def _building(connection: Connection, customer: Customer) -> Building:
    address = Details.from_json(customer.details).ship
    return new_building(connection.organization, name=customer.display_name, physical_address=address)


def _move_some(connection: Connection) -> None:
    """Some linked customers stand in another street now, as a later refresh would have told."""
    linked = set(Link.objects.filter(connection=connection).values_list("list_id", flat=True))
    rows = Customer.objects.filter(connection=connection).order_by("pk").iterator()
    there = (row for row in rows if row.list_id in linked)
    for some in _chunks(row for number, row in enumerate(there) if not number % CHANGED):
        for customer in some:
            said = customer.details
            said["ship"] = said["ship"] | {"lines": [said["ship"]["lines"][0], "1 New Street"]}
            customer.content_hash = f"f{customer.content_hash[1:]}"
        Customer.objects.bulk_update(some, ["details", "content_hash"])
    CustomerList.objects.filter(connection=connection).update(refreshed_at=timezone.now())


def _let_settle() -> None:
    """What PostgreSQL does by itself within minutes of such changes."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _chunks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some
