"""A service that was not written for us holds full sessions with the simulator: qbwc-kit, as published."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from qbwc_kit.qbxml.builder import QBXMLRequest, add, mod, query
from qbwc_kit.service import QBWCService
from qbwc_kit.session import StaticAuthenticator, TaskContext

from qbsim.cli import main
from qbsim.company import Company
from qbsim.connector import WebConnector, WsgiTransport
from support.company_files import contents
from support.fake_service import QWC, served

SCHOOL = {
    "Name": "Elm School",
    "CompanyName": "Elm School District",
    "BillAddress": {"Addr1": "Elm School", "Addr2": "1 Elm Street", "City": "Boise", "State": "ID"},
    "Phone": "208-555-0100",
    "Email": "office@elm.example",
}


class PageThroughCustomers:
    """A qbwc-kit task: all customers, twenty at a time."""

    name = "customers"

    def __init__(self) -> None:
        self.names: list[str] = []

    def run(self, context: TaskContext) -> Any:
        del context
        iterator: dict[str, Any] = {"iterator": "Start"}
        while True:
            page = query("Customer", max_returned=20, active_status="All", **iterator)
            answer = (yield QBXMLRequest([page])).raise_for_status().first()
            self.names += [record["FullName"] for record in answer]
            if not answer.has_more:
                return
            iterator = {"iterator": "Continue", "iterator_id": answer.iterator_id}


class AddCustomer:
    """A qbwc-kit task: one customer is added."""

    name = "add"

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.made: dict[str, Any] = {}

    def run(self, context: TaskContext) -> Any:
        del context
        answer = (yield QBXMLRequest([add("Customer", self.fields)])).raise_for_status().first()
        self.made = answer.records[0]


class ChangePhone:
    """A qbwc-kit task: reads a customer, then changes it by the EditSequence that it read."""

    name = "mod"

    def __init__(self, full_name: str, phone: str, *, between: Callable[[], object] = lambda: None) -> None:
        self.full_name = full_name
        self.phone = phone
        self.between = between  # what somebody at the computer does meanwhile
        self.status: tuple[int, str] | None = None

    def run(self, context: TaskContext) -> Any:
        del context
        read = (yield QBXMLRequest([query("Customer", extra={"FullName": self.full_name})])).first().records[0]
        self.between()
        change = mod("Customer", {"Phone": self.phone}, list_id=read["ListID"], edit_sequence=read["EditSequence"])
        answer = (yield QBXMLRequest([change])).first()
        self.status = (answer.status_code, answer.status_message)


class Application:
    """qbwc-kit behind WSGI."""

    def __init__(self, *tasks: Any) -> None:
        self.service = QBWCService(StaticAuthenticator("alice", "right", list(tasks)))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [self.service.dispatch(body).encode() if body else b"help"]


def books(company: Company) -> dict[str, list[tuple[Any, ...]]]:
    """All that the file holds but private data, where the Web Connector itself keeps its lock."""
    return {table: rows for table, rows in contents(company).items() if table != "data_ext"}


def connector(company: Company, *tasks: Any, password: str = "right") -> WebConnector:
    return WebConnector(QWC, company=company, password=password, transport=WsgiTransport(Application(*tasks)))


def test_customers_are_paged_to_the_end(filled: Company) -> None:
    task = PageThroughCustomers()
    outcome = connector(filled, task).update()
    assert (outcome.outcome, outcome.percent) == ("done", 100)
    assert task.names == [customer.full_name for customer in filled.customers()]
    assert len(outcome.requests) == len(task.names) // 20 + 1


def test_a_customer_is_added(filled: Company) -> None:
    before = filled.count()
    task = AddCustomer(SCHOOL)
    outcome = connector(filled, task).update()
    assert (outcome.outcome, outcome.statuses) == ("done", [("CustomerAdd", 0)])
    school = filled.find("Elm School")
    assert filled.count() == before + 1
    assert (task.made["ListID"], task.made["EditSequence"]) == (school.list_id, school.edit_sequence)
    assert (school.company_name, school.phone, school["Email"]) == (
        "Elm School District",
        "208-555-0100",
        "office@elm.example",
    )
    assert school.bill_address["Addr2"] == "1 Elm Street"


def test_a_second_customer_of_that_name_is_refused(filled: Company) -> None:
    connector(filled, AddCustomer(SCHOOL)).update()
    before = books(filled)
    outcome = connector(filled, AddCustomer(SCHOOL)).update()
    assert outcome.statuses == [("CustomerAdd", 3100)]
    assert books(filled) == before


def test_a_customer_is_changed(filled: Company) -> None:
    school = filled.add_customer("Elm School", email="office@elm.example")
    task = ChangePhone("Elm School", "208-555-0199")
    outcome = connector(filled, task).update()
    assert (outcome.outcome, outcome.statuses) == ("done", [("CustomerQuery", 0), ("CustomerMod", 0)])
    changed = filled.customer(school.list_id)
    assert (changed.phone, changed["Email"]) == ("208-555-0199", "office@elm.example")
    assert changed.edit_sequence > school.edit_sequence


def test_a_change_by_a_stale_edit_sequence_is_refused(filled: Company) -> None:
    """3200: somebody saved the customer between the query and the mod. Nothing is overwritten."""
    school = filled.add_customer("Elm School")
    after_the_edit = []

    def somebody_edits() -> None:
        filled.edit_customer(school.list_id, phone="208-555-0111", notes="Call before noon")
        after_the_edit.append(books(filled))

    task = ChangePhone("Elm School", "208-555-0199", between=somebody_edits)
    outcome = connector(filled, task).update()
    assert task.status[0] == 3200
    assert "edit sequence" in task.status[1].lower()
    assert outcome.statuses == [("CustomerQuery", 0), ("CustomerMod", 3200)]
    assert books(filled) == after_the_edit[0]
    assert filled.customer(school.list_id).phone == "208-555-0111"


def test_a_whole_session_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], filled: Company) -> None:
    """`qbsim connect`, over HTTP: pages, an add, and a mod that comes too late, in one session."""
    school = filled.add_customer("Oak School")
    paged, added = PageThroughCustomers(), AddCustomer(SCHOOL)
    late = ChangePhone("Oak School", "1", between=lambda: filled.edit_customer(school.list_id, phone="2"))
    names = [customer.full_name for customer in filled.customers()]
    with served(Application(paged, added, late)) as qwc:
        (tmp_path / "kit.qwc").write_text(qwc)
        (tmp_path / "password").write_text("right")
        files = [str(tmp_path / "kit.qwc"), "--password-file", str(tmp_path / "password")]
        assert main(["connect", *files, "--company", str(filled.path)]) == 0
    assert "done: OK" in capsys.readouterr().out
    assert paged.names == names
    assert filled.find("Elm School").list_id == added.made["ListID"]
    assert (late.status[0], filled.find("Oak School").phone) == (3200, "2")


def test_a_wrong_password_is_refused(filled: Company) -> None:
    assert connector(filled, PageThroughCustomers(), password="wrong").update().code == "QBWC1040"
