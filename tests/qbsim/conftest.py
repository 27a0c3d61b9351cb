"""What every test of the simulator may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbsim.company import Company
from support.company_files import Asking, StandingClock, make_company


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def company(tmp_path: Path, clock: StandingClock) -> Iterator[Company]:
    """An empty company file."""
    with Company.create(tmp_path / "Alder Fire.qbw", customers=0, clock=clock) as company:
        yield company


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Company]:
    """A company file with customers of every kind."""
    company, _ = make_company(tmp_path, customers=60, file_name="Filled.qbw")
    with company:
        yield company


@pytest.fixture
def asking(company: Company) -> Asking:
    """A session with the empty company file."""
    return Asking(company)
