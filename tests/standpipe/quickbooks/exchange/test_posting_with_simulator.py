"""Invoices and payments on their way into a simulated company file, both sides joined in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from qbsim.company import Company
from support.posting_office import Office, differences, make_books, make_office
from support.quickbooks_worlds import connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with make_books(tmp_path / "company.qbsim") as company:
        yield company


@pytest.fixture
def office(company: Company) -> Office:
    return make_office(company, lambda connection: visit(connection, company))


def visit(connection: Any, company: Company, *faults: str) -> Any:
    connector = connect(connection, company, faults=faults)
    return connector.update()


def test_an_invoice_arrives_and_its_payment_follows(office, company):
    """Requirements 55, 57, 63."""
    wish = office.write(Random(1))
    outcome = visit(office.connection, company)
    assert (outcome.outcome, outcome.status) == ("done", "OK: 1 sent")
    assert differences(office, company) == []
    office.pay(Random(1), wish)
    outcome = visit(office.connection, company)
    assert differences(office, company) == []
