"""zeep, a stranger to this project, reads our service description and holds a session by it."""

from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.transports

from qbwire.soap import METHODS, Authenticate, Call, ReceiveResponseXML, decode_call, encode_reply
from qbwire.wsdl import wsdl

ADDRESS = "https://books.example.com/qbwc"
RESULTS: dict[str, Any] = {"authenticate": ["ticket", "", "60", "300"], "receiveResponseXML": 100}


class InMemory(zeep.transports.Transport):  # type: ignore[misc]
    """Answers every post at once and keeps what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str, Call]] = []

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
        call = decode_call(message, soap_action=headers["SOAPAction"])
        self.calls.append((address, headers["SOAPAction"], call))
        reply = encode_reply(call, RESULTS.get(call.method, f"to {call.method}"))
        return _Reply(reply)


class _Reply:
    status_code = 200
    encoding = "utf-8"

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.headers = {"Content-Type": "text/xml; charset=utf-8"}


@pytest.fixture
def transport() -> InMemory:
    return InMemory()


@pytest.fixture
def service(tmp_path: Path, transport: InMemory) -> Any:
    file = tmp_path / "service.wsdl"
    file.write_bytes(wsdl(ADDRESS))
    return zeep.Client(str(file), transport=transport).service


def test_a_stranger_holds_a_session(service: Any, transport: InMemory) -> None:
    assert service.serverVersion() == "to serverVersion"
    assert service.clientVersion(strVersion="2.3.0.215") == "to clientVersion"
    assert service.authenticate(strUserName="acme", strPassword="<&>") == ["ticket", "", "60", "300"] or (
        service.authenticate(strUserName="acme", strPassword="<&>") == ["ticket", None, "60", "300"]
    )
    asked = {"ticket": "t", "strHCPResponse": "", "strCompanyFileName": "C:\\é.QBW", "qbXMLCountry": "US"}
    assert service.sendRequestXML(**asked, qbXMLMajorVers=13, qbXMLMinorVers=0) == "to sendRequestXML"
    assert service.receiveResponseXML(ticket="t", response="<QBXML>&#233;</QBXML>", hresult="", message="") == 100
    assert service.connectionError(ticket="t", hresult="0x80040408", message="m") == "to connectionError"
    assert service.getLastError(ticket="t") == "to getLastError"
    assert service.closeConnection(ticket="t") == "to closeConnection"

    assert {call.method for _, _, call in transport.calls} == set(METHODS)
    assert {address for address, _, _ in transport.calls} == {ADDRESS}
    calls = [call for _, _, call in transport.calls]
    assert Authenticate(username="acme", password="<&>") in calls
    assert ReceiveResponseXML(ticket="t", response="<QBXML>&#233;</QBXML>") in calls


def test_actions_are_those_that_the_web_connector_sends(service: Any, transport: InMemory) -> None:
    service.getLastError(ticket="t")
    assert transport.calls[0][1] == '"http://developer.intuit.com/getLastError"'
