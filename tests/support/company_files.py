"""Company files for tests of the simulator: small, with a clock that stands until it is moved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from qbsim.company import Company
from qbsim.faults import Faults
from qbsim.processor import QuickBooks, Session
from support.fake_service import qbxml

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


# Every response that tests got through `Asking`, for the check against the published schema.
RESPONSES: list[str] = []


@dataclass
class Asking:
    """A session with a company file, asked in qbXML; answers come parsed."""

    company: Company
    faults: Faults = field(default_factory=Faults)
    on_response: Callable[[str], None] = RESPONSES.append

    def __post_init__(self) -> None:
        self.session: Session = QuickBooks(self.company, faults=self.faults).begin_session()

    def ask(self, *requests: str, version: str = "13.0", on_error: str = "continueOnError") -> list[etree._Element]:
        """Return the Rs elements of one document."""
        text = self.session.process(qbxml(*requests, version=version, on_error=on_error))
        self.on_response(text)
        return list(etree.fromstring(text.encode()).find("QBXMLMsgsRs"))

    def customers(self, body: str = "", *, attributes: str = "", version: str = "13.0") -> etree._Element:
        return self.ask(f"<CustomerQueryRq {attributes}>{body}</CustomerQueryRq>", version=version)[0]


def status(answer: etree._Element) -> tuple[str, str]:
    return answer.get("statusCode"), answer.get("statusSeverity")


def full_names(answer: etree._Element) -> list[str]:
    return [each.text for each in answer.findall("CustomerRet/FullName")]
