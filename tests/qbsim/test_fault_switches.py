"""Faults that are switched on in the company file: for once, for a share, or until they are switched off."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsim.company import Company
from qbsim.connector import WebConnector, WsgiTransport
from qbsim.faults import FAULTS, Fault, Faults, UnknownFault, When, read_fault
from qbsim.processor import QuickBooks
from support.fake_service import COMPANY_QUERY, FILE_ID, OWNER_ID, QWC, FakeService


def on(company: Company) -> list[str]:
    return [str(switch.fault) for switch in company.faults.list()]


def update(company: Company | Path, service: FakeService, *faults: str) -> str:
    transport = WsgiTransport(service)
    with WebConnector(QWC, company=company, password="x", transport=transport, faults=faults) as connector:
        return connector.update().outcome


# -- switching -------------------------------------------------------------------------------------------------


def test_switching_on_and_off(company: Company) -> None:
    company.faults.on("huge-page")
    company.faults.on("answer-lost:2")
    assert on(company) == ["answer-lost:2", "huge-page"]
    company.faults.on("answer-lost:3@once")
    assert on(company) == ["answer-lost:3@once", "huge-page"], "one of a kind"
    assert company.faults.off("answer-lost:3")
    assert not company.faults.off("answer-lost"), "it was off already"
    assert on(company) == ["huge-page"]
    company.faults.clear()
    assert on(company) == []


def test_what_cannot_be_is_not_switched_on(company: Company) -> None:
    with pytest.raises(UnknownFault, match=r"There is no fault .nonsense.. Known: other-company-file"):
        company.faults.on("nonsense")
    assert on(company) == []


def test_switches_survive_restarts_and_backups(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    with Company.create(path, customers=0) as company:
        company.back_up(tmp_path / "Copy.qbw")
        company.faults.on("huge-page")
        company.restore(tmp_path / "Copy.qbw")
    with Company.open(path) as company:
        assert on(company) == ["huge-page"]


def test_a_running_connector_obeys_at_its_next_call(filled: Company) -> None:
    """The switch is thrown by somebody else, in the middle of a session."""
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)

    class Service(FakeService):
        def _receiveResponseXML(self) -> int:  # noqa: N802 -- the name on the wire
            with Company.open(filled.path) as elsewhere:
                elsewhere.faults.on("truncated-answer@once")
            return super()._receiveResponseXML()

    service = Service(COMPANY_QUERY, COMPANY_QUERY)
    assert update(filled.path, service) == "done"
    whole, half = service.responses
    assert whole.startswith(half)
    assert len(half) < len(whole)


def test_a_switch_is_obeyed_while_a_fault_shows_another_file(filled: Company) -> None:
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    filled.faults.on("other-company-file@2")
    strangers = [FakeService(COMPANY_QUERY) for _ in range(3)]
    for service in strangers:
        update(filled.path, service)
    shown = [filled.name in service.responses[0] for service in strangers]
    assert shown == [False, False, True], "after two updates our own file stands open again"
    assert on(filled) == []


def test_a_switch_counts_although_the_command_line_shows_another_file(filled: Company) -> None:
    filled.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    filled.faults.on("garbage-answer")
    service = FakeService(COMPANY_QUERY)
    update(filled.path, service, "other-company-file")
    assert not service.responses[0].startswith("<")


def test_the_command_line_comes_before_the_company_file(filled: Company) -> None:
    filled.faults.on("truncated-answer:1")
    service = FakeService(COMPANY_QUERY, COMPANY_QUERY)
    update(filled, service, "truncated-answer:2")
    first, second = service.responses
    assert first.startswith(second)
    assert len(second) < len(first)


def test_a_processor_without_a_connector_obeys_too(company: Company) -> None:
    company.faults.on("dialog-open@once")
    quickbooks = QuickBooks(company)
    with pytest.raises(Exception, match="0x80040414"):
        quickbooks.begin_session()
    quickbooks.begin_session()


# -- how long --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "strikes"), [("@once", 1), ("@3", 3), ("", 10)])
def test_so_often_and_then_no_more(company: Company, when: str, strikes: int) -> None:
    company.faults.on(f"slow-answer{when}")
    faults = Faults()
    faults.obey(company.faults)
    assert [faults.strikes("slow-answer") for _ in range(10)] == [True] * strikes + [False] * (10 - strikes)
    assert (on(company) == []) == bool(when)


def test_occasions_are_counted_over_sessions_and_restarts(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    struck = []
    with Company.create(path, customers=0) as company:
        company.faults.on("slow-answer@2")
    for _ in range(3):
        with Company.open(path) as company:
            faults = Faults()
            faults.obey(company.faults)
            struck.append(faults.strikes("slow-answer"))
    assert struck == [True, True, False]


def test_switching_on_anew_counts_anew(company: Company) -> None:
    faults = Faults()
    faults.obey(company.faults)
    for _ in range(2):
        company.faults.on("slow-answer@once")
        assert faults.strikes("slow-answer")
        assert not faults.strikes("slow-answer")


def test_a_state_holds_for_the_whole_session(company: Company) -> None:
    company.faults.on("huge-page@once")
    faults = Faults()
    faults.obey(company.faults)
    faults.begin_session()
    assert ["huge-page" in faults for _ in range(3)] == [True] * 3
    faults.begin_session()
    assert "huge-page" not in faults


def of(text: str, *, occasions: int = 1000) -> list[bool]:
    faults = Faults([text])
    return [faults.strikes(read_fault(text).name) for _ in range(occasions)]


def test_a_share_is_about_right_and_the_same_for_the_same_seed() -> None:
    struck = of("slow-answer@30%:7")
    assert 250 < sum(struck) < 350
    assert struck == of("slow-answer@30%:7")
    assert struck != of("slow-answer@30%:8")
    assert all(of("slow-answer@100%"))


def test_a_share_of_all_requests_or_of_each_second_one() -> None:
    assert 250 < sum(of("answer-lost@30%")) < 350, "without a number each request is an occasion"
    assert sum(of("answer-lost:2@100%")) == 1, "with one, that request of each session"


# -- how it is written -----------------------------------------------------------------------------------------

NAMES = st.sampled_from([name for name, kind in FAULTS.items() if not kind.required])
WHENS = (
    st.none()
    | st.builds(When, times=st.integers(1, 99))
    | st.builds(When, percent=st.integers(1, 100).map(float), seed=st.integers(0, 99))
)


@given(name=NAMES, when=WHENS)
def test_what_is_written_is_read_again(name: str, when: When | None) -> None:
    fault = Fault(name, when=when)
    assert read_fault(str(fault)) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("answer-lost", Fault("answer-lost")),
        ("answer-lost:2", Fault("answer-lost", "2")),
        ("answer-lost@once", Fault("answer-lost", when=When(times=1))),
        ("die-after-request:2:after@30%:7", Fault("die-after-request", "2:after", When(percent=30, seed=7))),
        ("connection-cut:during@2.5%", Fault("connection-cut", "during", When(percent=2.5))),
        ("dialog-open:3", Fault("dialog-open", when=When(times=3))),
        ("record-locked:Elm School:Gym@2", Fault("record-locked", "Elm School:Gym", When(times=2))),
        ("record-locked:ann@elm.example", Fault("record-locked", "ann@elm.example")),
        (r"moved-file:D:\Books\Alder.QBW", Fault("moved-file", r"D:\Books\Alder.QBW")),
    ],
)
def test_how_faults_are_written(text: str, fault: Fault) -> None:
    assert read_fault(text) == fault
    assert read_fault(str(fault)) == fault


@pytest.mark.parametrize(
    "text",
    [
        "answer-lost@0%",
        "answer-lost@101%",
        "answer-lost@often",
        "answer-lost:1:2",
        "answer-lost:before",
        "die-after-request:during",
        "connection-cut",
        "broken-record:no-phone",
        "slow-answer:soon",
        "connection-error:80040408",
        "record-locked",
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(UnknownFault):
        read_fault(text)
