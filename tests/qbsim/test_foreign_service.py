"""A service that was not written for us holds full sessions with the simulator: qbwc-kit, as published."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import requests
from qbwc_kit.qbxml.builder import QBXMLRequest, query
from qbwc_kit.service import QBWCService
from qbwc_kit.session import StaticAuthenticator, TaskContext

from qbsim.company import Company
from qbsim.connector import WebConnector, WsgiTransport
from support.fake_service import QWC


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


class Application:
    """qbwc-kit behind WSGI."""

    def __init__(self, service: QBWCService) -> None:
        self.service = service

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [self.service.dispatch(body).encode() if body else b"help"]


@pytest.fixture
def task() -> PageThroughCustomers:
    return PageThroughCustomers()


def connector(company: Company, task: PageThroughCustomers, *, password: str = "right") -> WebConnector:
    service = QBWCService(StaticAuthenticator("alice", "right", [task]))
    return WebConnector(QWC, company=company, password=password, transport=WsgiTransport(Application(service)))


def test_customers_are_paged_to_the_end(filled: Company, task: PageThroughCustomers) -> None:
    outcome = connector(filled, task).update()
    assert (outcome.outcome, outcome.percent) == ("done", 100)
    assert task.names == [customer.full_name for customer in filled.customers()]
    assert len(outcome.requests) == len(task.names) // 20 + 1


def test_a_wrong_password_is_refused(filled: Company, task: PageThroughCustomers) -> None:
    assert connector(filled, task, password="wrong").update().code == "QBWC1040"


def test_a_service_may_use_the_old_write_callable() -> None:
    """PEP 3333: what is written comes before what is returned."""

    def application(
        _environ: dict[str, object], start_response: Callable[..., Callable[[bytes], None]]
    ) -> list[bytes]:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"first, ")
        return [b"then"]

    request = requests.Request("GET", "http://localhost/help").prepare()
    assert WsgiTransport(application).send(request).content == b"first, then"
