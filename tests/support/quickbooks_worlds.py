"""Small worlds around QuickBooks: connections, and customers as a finished refresh leaves them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from standpipe.core.addresses import Address
from standpipe.organizations.models import Organization
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.password import hash_password
from standpipe.quickbooks.lists.columns import derived
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer, CustomerList
from standpipe.quickbooks.lists.traits import traits_of

PASSWORD = "7kq3m-x4hd9-p2wnr-6tjcy-e8vzs-b5gfa"
COMPANY = "Meadow Ridge Fire Protection, Inc."
PATH = r"C:\Books\Meadow Ridge.qbw"

NOWHERE = Address()

_numbers = itertools.count(1)


def make_connection(
    organization: Organization,
    *,
    confirmed: bool = True,
    read: bool | None = None,
    password: str = PASSWORD,
    **fields: Any,
) -> Connection:
    """A connection with a password. ``confirmed``: its company file was read and "Yes, this is our company file".

    ``read=True, confirmed=False`` is one that waits for that answer; ``read=False`` was never visited.
    """
    was_read = confirmed if read is None else read
    now = timezone.now()
    number = next(_numbers)
    known: dict[str, Any] = {
        "name": "QuickBooks Desktop",
        "username": f"connector-{number}",
        "password_hash": hash_password(password),
        "password_set_at": now,
    }
    if was_read:
        known |= {
            "qwc_downloaded_at": now,
            "first_seen_at": now,
            "last_contact_at": now,
            "file_read_at": now,
            "file_company_name": COMPANY,
            "file_path": PATH,
            "file_stamped": True,
            "file_country": "US",
            "qbxml_version": "13.0",
        }
    if confirmed:
        known["confirmed_at"] = now
    return Connection.objects.create(organization=organization, **(known | fields))


def make_customer(
    connection: Connection,
    *,
    name: str | None = None,
    parent: Customer | None = None,
    company_name: str = "",
    bill: Address = NOWHERE,
    ship: Address = NOWHERE,
    is_active: bool = True,
    list_id: str | None = None,
    job_status: str = "None",
    gone: bool = False,
    **said: Any,
) -> Customer:
    """One copied customer, or a job of ``parent``. ``said`` is whatever else ``Details`` holds: email, people, …"""
    row = _row(
        connection,
        name=name,
        parent=parent,
        company_name=company_name,
        details=Details(bill=bill, ship=ship, **said),
        is_active=is_active,
        list_id=list_id,
        job_status=job_status,
        gone=gone,
    )
    row.save()
    return row


def make_customers(connection: Connection, *, count: int, jobs_each: int = 0) -> list[Customer]:
    """Many at once, with addresses, e-mail and phone; ``jobs_each`` jobs below every one of them."""
    customers = [
        _row(connection, company_name=f"Company {number}", details=_plain_details(number)) for number in range(count)
    ]
    jobs = [
        _row(
            connection,
            name=f"Job {number}",
            parent=customer,
            company_name=customer.company_name,
            details=Details.from_json(customer.details),
        )
        for customer in customers
        for number in range(1, jobs_each + 1)
    ]
    Customer.objects.bulk_create([*customers, *jobs], batch_size=500)
    mark_list_whole(connection)
    return [*customers, *jobs]


def mark_list_whole(connection: Connection, *, broken: Sequence[dict[str, str]] = ()) -> CustomerList:
    """As after a finished refresh: the list is whole, and counted."""
    there = Customer.objects.filter(connection=connection, gone_at=None)
    now = timezone.now()
    return CustomerList.objects.update_or_create(
        connection=connection,
        defaults={
            "refreshed_at": now,
            "changed_at": now,
            "full_at": now,
            "count": there.count(),
            "broken": list(broken),
        },
    )[0]


def _row(
    connection: Connection,
    *,
    name: str | None = None,
    parent: Customer | None = None,
    company_name: str = "",
    details: Details,
    is_active: bool = True,
    list_id: str | None = None,
    job_status: str = "None",
    gone: bool = False,
) -> Customer:
    number = next(_numbers)
    list_id = list_id or f"{0x80000000 + number:X}-{1_700_000_000 + number}"
    name = name or f"Customer {number}"
    full_name = f"{parent.full_name}:{name}" if parent else name
    return Customer(
        connection=connection,
        list_id=list_id,
        edit_sequence=str(1_700_000_000 + number),
        time_modified=datetime.fromtimestamp(1_700_000_000 + number, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S-05:00"),
        name=name,
        full_name=full_name,
        parent_list_id=parent.list_id if parent else "",
        sublevel=parent.sublevel + 1 if parent else 0,
        is_active=is_active,
        company_name=company_name,
        job_status=job_status,
        currency="",
        details=details.to_json(),
        content_hash=hashlib.md5(list_id.encode(), usedforsecurity=False).hexdigest(),
        gone_at=timezone.now() if gone else None,
        gone_because="deleted" if gone else "",
        **derived(name=name, full_name=full_name, company_name=company_name, details=details),
        traits=traits_of(
            details.to_json(),
            is_active=is_active,
            parent_list_id=parent.list_id if parent else "",
            job_status=job_status,
            company_name=company_name,
        ),
    )


def _plain_details(number: int) -> Details:
    return Details(
        bill=Address(
            lines=(f"Company {number}", f"{number} Main Street"),
            city="Boise",
            state="ID",
            postal_code=f"{83700 + number % 100}",
        ),
        contact=f"Contact {number}",
        email=f"office{number}@example.com",
        phone=f"208-555-{number % 10_000:04}",
    )


# --- with a simulated QuickBooks computer


def connect(connection: Connection, company: Any, *, base_url: str = "http://localhost:8000", **options: Any) -> Any:
    """A simulated Web Connector for this connection's QWC file, in memory: no socket is opened."""
    from qbsim.connector import WebConnector, WsgiTransport
    from standpipe.quickbooks.connections import qwc

    return WebConnector(
        qwc.encode(connection, base_url=base_url),
        company=company,
        password=options.pop("password", PASSWORD),
        transport=options.pop("transport", None) or WsgiTransport(product),
        sleep=lambda _: None,
        **options,
    )


def product(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product, in this test's own transaction: like the test client it leaves the database connection open."""
    from standpipe.site.wsgi import application

    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        answer = application(environ, start_response)
        body = [b"".join(answer)]
        answer.close()
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
    return body


def differences(connection: Connection, company: Any) -> list[str]:
    """What the copied list and the company file do not agree on; [] after a finished refresh."""
    here = {row.list_id: row for row in Customer.objects.filter(connection=connection, gone_at=None)}
    there = {customer.list_id: customer for customer in company.customers()}
    found = [f"not in the list: {there[key].full_name}" for key in there.keys() - here.keys()]
    found += [f"not in the company file: {here[key].full_name}" for key in here.keys() - there.keys()]
    for key in here.keys() & there.keys():
        row, real = here[key], there[key]
        said = (row.full_name, row.name, row.company_name, row.is_active, row.sublevel, row.parent_list_id)
        true = (
            real.full_name, real.name, (real.company_name or "").strip(), real.is_active, real.sublevel,
            real.parent_id or "",
        )  # fmt: skip
        if said != true:
            found.append(f"{said} is {true} in the company file")
        phone = (real.phone or "", (real.email or ""))
        if (row.details.get("phone", ""), row.details.get("email", "")) != phone:
            found.append(f"{row.full_name}: {row.details} is {phone} in the company file")
    return found
