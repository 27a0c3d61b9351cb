"""Company files for tests of the simulator: small, with a clock that stands until it is moved."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from qbsim.company import Company
from qbsim.faults import Faults
from qbsim.processor import QuickBooks, Session
from support.fake_service import qbxml
from support.requests_log import published_schema
from support.responses_log import is_excused, switched_on

NOON = 1_710_000_000  # 2024-03-09 11:00 in New York, winter time; the next day the clocks change


@dataclass
class StandingClock:
    """A clock that shows the same second until somebody moves it."""

    now: float = NOON

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


def make_company(folder: Path, *, customers: int = 0, **options: Any) -> tuple[Company, StandingClock]:
    clock = StandingClock()
    name = options.pop("file_name", "Alder Fire.qbw")
    return Company.create(folder / name, customers=customers, clock=clock, **options), clock


def switch_off_sales_tax(company: Company) -> dict[str, Any]:
    """As its preferences do it; what they were before."""
    were = dict(company.preferences()["SalesTaxPreferences"])
    for name in were:
        company.set_preference(f"SalesTaxPreferences.{name}", None)
    return were


def assert_published(response: str, *, switched_on: Collection[str] = ()) -> None:
    """Fail at once, not only at the end of the run, when a response is not what the schema allows."""
    if folder := os.environ.get("QBXML_SCHEMA_DIR"):
        schema = published_schema(Path(folder))
        schema.validate(etree.fromstring(response.encode()))
        assert [fault for fault in schema.error_log if not is_excused(fault.message, by=switched_on)] == []


@dataclass
class Asking:
    """A session with a company file, asked in qbXML; answers come parsed, each held against the schema."""

    company: Company
    faults: Faults = field(default_factory=Faults)
    on_response: Callable[[str], None] | None = None  # instead of holding it against the schema

    def __post_init__(self) -> None:
        self.session: Session = QuickBooks(self.company, faults=self.faults).begin_session()

    def ask(self, *requests: str, version: str = "13.0", on_error: str = "continueOnError") -> list[etree._Element]:
        """Return the Rs elements of one document."""
        text = self.session.process(qbxml(*requests, version=version, on_error=on_error))
        self.look_at(text)
        return list(etree.fromstring(text.encode()).find("QBXMLMsgsRs"))

    def look_at(self, response: str) -> None:
        if self.on_response is not None:
            self.on_response(response)
        else:
            assert_published(response, switched_on=switched_on(self.session))

    def customers(self, body: str = "", *, attributes: str = "", version: str = "13.0") -> etree._Element:
        return self.ask(f"<CustomerQueryRq {attributes}>{body}</CustomerQueryRq>", version=version)[0]


def status(answer: etree._Element) -> tuple[str, str]:
    return answer.get("statusCode"), answer.get("statusSeverity")


def full_names(answer: etree._Element) -> list[str]:
    return [each.text for each in answer.findall("CustomerRet/FullName")]


# What a refused request may not change; the log of the wire and the store of answers note it all the same.
_BOOKS = (
    "facts",
    "data_ext",
    "elements",
    "deleted",
    "customers",
    "invoices",
    "payments",
    "applications",
    "deleted_transactions",
)


def contents(company: Company) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the books hold, to compare before and after a request that is refused."""
    tables = {row[0] for row in company.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        table: sorted(map(tuple, company.db.execute(f"SELECT * FROM {table}")), key=repr)
        for table in _BOOKS
        if table in tables
    }
