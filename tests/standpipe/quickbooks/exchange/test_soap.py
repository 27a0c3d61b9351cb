"""The address of the Web Connector: whatever comes, what goes out is SOAP 1.1."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
import requests
import zeep
from django.db import connection as database
from django.test import Client
from lxml import etree

from qbwire.parser import MAX_BYTES
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.exchange import calls
from standpipe.quickbooks.lists.actions import request_refresh
from support.quickbooks_worlds import PASSWORD
from support.soap import (
    ADDRESS,
    NAMESPACE,
    PARAMETERS,
    Visit,
    answer,
    call,
    customer_ret,
    envelope,
    hcp,
    post,
    result_of,
)

SOAP_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
METHODS = [
    "serverVersion", "clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML", "connectionError",
    "getLastError", "closeConnection",
]  # fmt: skip


def test_the_description_names_the_address_that_web_connectors_use(client: Client):
    for query in ("?wsdl", "?WSDL", "?wsdl=1"):
        response = client.get(ADDRESS + query)
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        tree = etree.fromstring(response.content)
        (address,) = tree.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address")
        assert address.get("location") == "http://localhost:8000/qbwc/"
        operations = {one.get("name") for one in tree.iter("{http://schemas.xmlsoap.org/wsdl/}operation")}
        assert operations == set(METHODS)


def test_a_browser_gets_a_polite_word(client: Client):
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert b"QuickBooks Web Connector" in response.content
    assert client.head(ADDRESS).status_code == 200
    assert client.put(ADDRESS).status_code == 405


def test_no_token_of_a_form_is_asked_for(connection):
    strict = Client(enforce_csrf_checks=True)
    assert result_of(post(envelope("serverVersion"), client=strict)) == "0.1.0"


def test_what_stands_in_the_body_decides_not_the_header(connection):
    wrong = post(envelope("authenticate", connection.username, PASSWORD), method="serverVersion")
    assert result_of(wrong)[1] == "none"
    without = post(envelope("authenticate", connection.username, PASSWORD))
    assert result_of(without)[1] == "none"


def test_rpc_style_is_read_alike(connection):
    """A QWC file may ask for Style RPC: prefixed method, parameters without a namespace (QBWC guide, ch. 4)."""
    body = (
        f'<soap:Envelope xmlns:soap="{SOAP_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body '
        'soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f'<q1:authenticate xmlns:q1="{NAMESPACE}"><strUserName xsi:type="xsd:string">{connection.username}'
        f'</strUserName><strPassword xsi:type="xsd:string">{PASSWORD}</strPassword></q1:authenticate>'
        "</soap:Body></soap:Envelope>"
    )
    assert result_of(post(body.encode()))[1] == "none"


# --- bad input: a polite refusal in protocol form, a stored cause, nothing changed


def refused(method: str) -> object:
    """What each method says when its call cannot be read."""
    return {
        "authenticate": ["unreadable", "busy"], "receiveResponseXML": -1, "connectionError": "done",
    }.get(method, "")  # fmt: skip


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut in the middle": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "no XML": lambda _: b"GET / HTTP/1.1",
    "a DTD": lambda body: body.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1),
    "billion laughs": lambda body: body.replace(
        b"?>",
        b'?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
        1,
    ).replace(b"</soap:Body>", b"&c;</soap:Body>"),
    "an outside entity": lambda body: body.replace(
        b"?>", b'?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1
    ),
    "UTF-16": lambda body: body.decode().replace("utf-8", "utf-16").encode("utf-16"),
    "Windows-1252 that calls itself UTF-8": lambda body: body.replace(b"</soap:Body>", b"\xe9\xff</soap:Body>"),
    "compressed": gzip.compress,
    "binary": lambda _: bytes(range(256)) * 20,
    "another envelope": lambda body: body.replace(
        b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
@pytest.mark.parametrize("method", METHODS)
def test_a_damaged_call_is_refused_in_the_form_of_its_method(db, method, damage):
    body = damage(envelope(method, *["1"] * len(PARAMETERS[method])))
    said = result_of(post(body, method=method))
    assert said == refused(method) or (method == "getLastError" and said)


@pytest.mark.parametrize(
    "body",
    [b"", b"<x/>", envelope("serverVersion").replace(b"serverVersion", b"dropTables")],
    ids=["empty", "no envelope", "another method"],
)
def test_where_no_method_can_be_told_it_is_a_soap_fault(db, body):
    response = post(body)
    assert response.status_code == 500  # SOAP 1.1, section 6.2
    (fault,) = etree.fromstring(response.content).iter(f"{{{SOAP_NAMESPACE}}}Fault")
    assert fault.findtext("faultcode") == "soap:Client"
    assert fault.findtext("faultstring")


def test_a_damaged_answer_is_told_to_the_session_that_it_names(connection):
    request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    page = envelope("receiveResponseXML", visit.ticket, answer(1, customer_ret("80000001-1", "Elm")), "", "")
    assert result_of(post(page[:-200], method="receiveResponseXML")) == -1
    assert "arrived damaged" in visit.last_error()
    connection.refresh_from_db()
    assert connection.trouble["code"] == "damaged_call"
    assert not connection.customers.exists()
    assert result_of(post(page, method="receiveResponseXML")) == 100  # sent again, it arrives
    assert connection.customers.count() == 1


def test_a_page_larger_than_any_form_is_taken(connection):
    """Django refuses bodies over 2.5 MB by default, lxml texts over 10 MB; an unpaged answer may be 30 MB."""
    request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    note = "x" * 11_000_000
    assert visit.give(answer(1, customer_ret("80000001-1", "Elm", Notes=note))) == 100
    assert connection.customers.count() == 1


def test_a_body_above_the_cap_is_refused_unread(connection):
    response = Client().generic(
        "POST",
        ADDRESS,
        data=b"<x/>",
        content_type="text/xml; charset=utf-8",
        headers={"SOAPAction": f'"{NAMESPACE}receiveResponseXML"'},
        CONTENT_LENGTH=str(MAX_BYTES + 1),
    )
    assert result_of(response) == -1


# --- our own failures


def test_our_own_failure_is_a_negative_answer_with_a_reason(connection, caplog):
    """Never a 500: the Web Connector would show a bare number, and its user nothing."""
    request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    with database.cursor() as cursor:
        cursor.execute("DROP TABLE lists_seencustomer")
    caplog.clear()
    assert visit.give(answer(1, deleted=("80000009-1",))) == -1
    assert visit.last_error() == calls.OUR_FAULT
    connection.refresh_from_db()
    assert connection.trouble["code"] == "our_fault"
    assert Task.objects.get().state == "running"
    assert visit.ticket not in caplog.text
    assert PASSWORD not in caplog.text


def test_our_own_failures_are_not_repeated_for_ever(connection):
    """Every visit would read the whole list in vain."""
    task = request_refresh(connection, by=None)
    for state in ("running", "running", "failed"):
        visit = Visit(connection)
        visit.ask()
        with database.cursor() as cursor:
            cursor.execute("ALTER TABLE lists_customerlist RENAME TO away")
        assert visit.give(answer(1, customer_ret("80000001-1", "Elm"))) == -1
        with database.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO lists_customerlist")
        visit.close()
        task.refresh_from_db()
        assert task.state == state
    assert task.error == {"code": "our_fault", "text": calls.OUR_FAULT}
    assert not connection.customers.exists()


def test_calls_carry_no_secret_into_the_log(connection, caplog):
    request_refresh(connection, by=None)
    visit = Visit(connection)
    visit.ask()
    visit.give("damaged")
    Visit(connection, password="not-the-password")
    post(b"<damaged", method="authenticate")
    for secret in (PASSWORD, visit.ticket, "not-the-password"):
        assert secret not in caplog.text


def test_zeep_as_a_stranger_reads_the_description_and_holds_a_session(connection, live_server, settings):
    """An independent SOAP client, over a socket, knowing nothing but ?wsdl."""
    settings.BASE_URL = live_server.url
    request_refresh(connection, by=None)
    page = answer(1, customer_ret("80000001-1", "Élan & Søn"))
    with requests.Session() as http:
        transport = zeep.Transport(session=http)
        stranger = zeep.Client(f"{live_server.url}/qbwc/?wsdl", transport=transport).service
        assert stranger.serverVersion() == "0.1.0"
        assert not stranger.clientVersion(strVersion="2.3.0.215")
        ticket, verdict = stranger.authenticate(strUserName=connection.username, strPassword=PASSWORD)
        assert not verdict
        asked = stranger.sendRequestXML(
            ticket=ticket,
            strHCPResponse=hcp(connection),
            strCompanyFileName=connection.file_path,
            qbXMLCountry="US",
            qbXMLMajorVers=13,
            qbXMLMinorVers=0,
        )
        assert "<CustomerQueryRq" in asked
        assert stranger.receiveResponseXML(ticket=ticket, response=page, hresult="", message="") == 100
        assert stranger.getLastError(ticket=ticket) == "There is no error."
        assert stranger.closeConnection(ticket=ticket) == "OK: 1 customer or job read"
        assert stranger.connectionError(ticket=ticket, hresult="0x80040408", message="") == "done"
    assert connection.customers.get().name == "Élan & Søn"


def test_an_expected_continue_is_no_obstacle(connection):
    """.NET sends Expect: 100-continue before every body; a server that does not know it would wait."""
    body = envelope("authenticate", connection.username, PASSWORD)
    response = Client().post(ADDRESS, data=body, content_type="text/xml", headers={"Expect": "100-continue"})
    assert result_of(response)[1] == "none"


def test_calls_to_nowhere_leave_nothing(db):
    assert call("getLastError", "nobody's") != ""
