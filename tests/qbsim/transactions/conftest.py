"""A company file with a school to invoice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbsim.company import Company, address
from support.company_files import Asking, StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def company(tmp_path: Path, clock: StandingClock) -> Iterator[Company]:
    """Elm School with a gym and terms of 30 days, and Ash School that owes no tax."""
    with Company.create(tmp_path / "Alder Fire.qbw", customers=0, clock=clock) as company:
        elm = company.add_customer(
            "Elm School",
            terms="Net 30",
            bill_address=address("Elm School", "1 Elm St", city="Boise", state="ID", postal_code="83702"),
            ship_address=address("Gym Door", "2 Elm St", city="Boise"),
            item_sales_tax="State Tax",
            sales_tax_code="Tax",
        )
        company.add_customer("Gym", parent=elm.list_id)
        company.add_customer("Ash School", sales_tax_code="Non")
        yield company


@pytest.fixture
def asking(company: Company) -> Asking:
    return Asking(company)
