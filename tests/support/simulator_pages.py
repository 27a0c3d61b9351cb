"""An example of every address of the simulator's screens, found by the pattern of its route."""

from __future__ import annotations

import re

from qbsim.company import Company
from qbsim.processor import QuickBooks
from qbsim.screens.app import FAMILIES
from qbsim.transactions.invoices import line
from support.fake_service import COMPANY_QUERY


def route_patterns(method: str) -> set[str]:
    """The addresses that answer to GET or to POST, as the screens write them."""
    return {
        re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern.pattern)
        for family in FAMILIES
        for methods, pattern, _ in family.entries
        if method in methods
    }


def prepare_pages(company: Company) -> dict[str, str]:
    """Give the file one of all that a page can be about, and return an address for each pattern of a route."""
    customer = company.add_customer("Pine Plaza")
    item = company.lists.all("ItemService")[0]
    element = company.lists.add("Class", "Barter")
    invoice = company.invoices.add(customer.list_id, lines=[line(item.list_id, quantity=2, rate="80.00")])
    payment = company.payments.add(customer.list_id, "20.00", pays={invoice.txn_id: "20.00"})
    session = QuickBooks(company).begin_session()
    session.process(COMPANY_QUERY)
    session.end()
    backup = company.path.with_name(f"copy{company.path.suffix}")
    company.back_up(backup)
    exchange = next(iter(company.wire_log.entries()))
    own = {
        "/customers/<list_id>": f"/customers/{customer.list_id}",
        "/invoices/<txn_id>": f"/invoices/{invoice.txn_id}",
        "/payments/<txn_id>": f"/payments/{payment.txn_id}",
        "/lists/element/<list_id>": f"/lists/element/{element.list_id}",
        "/wire/<number>/<file>": f"/wire/{exchange.number}/request.xml",
        "/wire/<number>": f"/wire/{exchange.number}",
        "/lists/<key>": "/lists/terms",
        "/faults/<name>": "/faults/answer-lost",
    }
    wanted = {"/lists/new": "?kind=ItemService", "/file/restore": f"?file={backup.name}"}
    addresses = {}
    for pattern in sorted(route_patterns("GET") | route_patterns("POST")):
        start = next((each for each in own if pattern == each or pattern.startswith(f"{each}/")), "")
        addresses[pattern] = own.get(start, "") + pattern.removeprefix(start) + wanted.get(pattern, "")
    return addresses
