"""The eight calls in, the eight replies out, and what is no call."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbwire.errors import BadCall, LocalError
from qbwire.scalars import ILLEGAL_IN_XML
from qbwire.soap import (
    ENVELOPE,
    METHODS,
    NAMESPACE,
    Authenticate,
    Call,
    ClientVersion,
    CloseConnection,
    GetLastError,
    ReceiveResponseXML,
    ReportConnectionError,
    SendRequestXML,
    ServerVersion,
    decode_call,
    encode_fault,
    encode_refusal,
    encode_reply,
    meant_method,
)

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
DOT_NET = (
    f'<soap:Envelope xmlns:soap="{ENVELOPE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>{}</soap:Body></soap:Envelope>'
)


def envelope(inner: str, *, head: str = HEAD) -> bytes:
    """A body as .NET writes it."""
    return (head + DOT_NET.format(inner)).encode()


def call_xml(name: str, **params: str) -> str:
    """A method element with already escaped parameters."""
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in params.items())
    return f'<{name} xmlns="{NAMESPACE}">{inner}</{name}>'


CALLS: list[tuple[str, Call]] = [
    (f'<serverVersion xmlns="{NAMESPACE}" />', ServerVersion()),
    (call_xml("clientVersion", strVersion="2.3.0.215"), ClientVersion(version="2.3.0.215")),
    (
        call_xml("authenticate", strUserName="acme-7f3a", strPassword="a&amp;b"),
        Authenticate(username="acme-7f3a", password="a&b"),
    ),
    (
        call_xml(
            "sendRequestXML",
            ticket="t-1",
            strHCPResponse="&lt;QBXML/&gt;",
            strCompanyFileName="C:\\Books\\Acme.QBW",
            qbXMLCountry="US",
            qbXMLMajorVers="13",
            qbXMLMinorVers="0",
        ),
        SendRequestXML(
            ticket="t-1",
            hcp_response="<QBXML/>",
            company_file_name="C:\\Books\\Acme.QBW",
            country="US",
            major_version=13,
            minor_version=0,
        ),
    ),
    (
        call_xml("receiveResponseXML", ticket="t-1", response="", hresult="0x80040400", message="Bad XML"),
        ReceiveResponseXML(ticket="t-1", hresult="0x80040400", message="Bad XML"),
    ),
    (
        call_xml("connectionError", ticket="t-1", hresult="0x80040408", message="No QuickBooks"),
        ReportConnectionError(ticket="t-1", hresult="0x80040408", message="No QuickBooks"),
    ),
    (call_xml("getLastError", ticket="t-1"), GetLastError(ticket="t-1")),
    (call_xml("closeConnection", ticket="t-1"), CloseConnection(ticket="t-1")),
]
each_call = pytest.mark.parametrize(("xml", "call"), CALLS, ids=[call.method for _, call in CALLS])


def test_there_are_eight_methods() -> None:
    assert [call.method for _, call in CALLS] == ["serverVersion", "clientVersion", "authenticate", "sendRequestXML",
        "receiveResponseXML", "connectionError", "getLastError", "closeConnection"]  # fmt: skip
    assert set(METHODS) == {call.method for _, call in CALLS}


@each_call
def test_style_document_is_read(xml: str, call: Call) -> None:
    assert decode_call(envelope(xml)) == call


@each_call
def test_style_rpc_is_read(xml: str, call: Call) -> None:
    """Method with a prefix, encoding style, parameters typed and without namespace."""
    name = call.method
    params = re.sub(r"<(\w+)>(.*?)</", r'<\1 xsi:type="xsd:string">\2</', xml.partition(">")[2].rpartition("</")[0])
    encoding = "http://schemas.xmlsoap.org/soap/encoding/"
    rpc = f'<q1:{name} xmlns:q1="{NAMESPACE}" soap:encodingStyle="{encoding}">{params}</q1:{name}>'
    assert decode_call(envelope(rpc)) == call


@each_call
def test_cdata_order_headers_and_strangers_make_no_difference(xml: str, call: Call) -> None:
    tree = etree.fromstring(xml)
    for child in sorted(tree, key=lambda one: one.tag, reverse=True):
        child.text = etree.CDATA(child.text) if child.text else None
        tree.append(child)
    etree.SubElement(tree, f"{{{NAMESPACE}}}addedLater").text = "x"
    body = envelope(etree.tostring(tree).decode()).replace(
        b"<soap:Body>", b"<!-- a comment --><soap:Header><x/></soap:Header>\r\n <soap:Body>\n"
    )
    assert decode_call(body) == call


@each_call
def test_missing_parameters_are_empty(xml: str, call: Call) -> None:
    assert decode_call(envelope(call_xml(call.method))) == type(call)()


@each_call
def test_byte_order_mark_and_no_declaration_are_fine(xml: str, call: Call) -> None:
    assert decode_call(b"\xef\xbb\xbf" + envelope(xml)) == call
    assert decode_call(envelope(xml, head="")) == call


def test_blank_numbers_are_missing_ones() -> None:
    assert decode_call(envelope(call_xml("sendRequestXML", qbXMLMajorVers=" "))) == SendRequestXML()


def test_the_body_decides_not_the_header() -> None:
    body = envelope(call_xml("getLastError", ticket="t"))
    assert decode_call(body, soap_action=f'"{NAMESPACE}closeConnection"') == GetLastError(ticket="t")


def test_latin_1_and_windows_1252_are_read_as_declared() -> None:
    text = DOT_NET.format(call_xml("authenticate", strUserName="Zoë"))
    for encoding in ("ISO-8859-1", "windows-1252", "UTF-8"):
        body = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert decode_call(body) == Authenticate(username="Zoë")


def test_text_of_more_than_ten_megabytes_is_read() -> None:
    """libxml2 refuses that by default."""
    long = "&lt;CustomerRet&gt;" * 900_000
    call = decode_call(envelope(call_xml("receiveResponseXML", response=long)))
    assert isinstance(call, ReceiveResponseXML)
    assert len(call.response) == len("<CustomerRet>") * 900_000 > 11_000_000


def test_double_escaped_text_is_unescaped_once() -> None:
    """qbXML travels as escaped text, and what was escaped in it stays so."""
    call = decode_call(
        envelope(call_xml("receiveResponseXML", response="&lt;Name&gt;A &amp;amp; B &amp;quot;&amp;#233;"))
    )
    assert call == ReceiveResponseXML(response="<Name>A &amp; B &quot;&#233;")


def test_a_control_character_does_not_lose_a_whole_answer() -> None:
    assert decode_call(envelope(call_xml("getLastError", ticket="a&#x0B;b\x0b"))) == GetLastError(ticket="ab")


def test_secrets_and_documents_stay_out_of_logs() -> None:
    shown = repr([decode_call(envelope(xml)) for xml, _ in CALLS])
    assert "a&b" not in shown
    assert "t-1" not in shown
    assert "QBXML" not in shown
    assert "acme-7f3a" in shown


# --- what is no call ------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "nothing": b"",
    "not XML": b"GET / HTTP/1.1",
    "HTML": b"<!DOCTYPE html><html><body>502</body></html>",
    "truncated": envelope(call_xml("authenticate", strUserName="x"))[:-30],
    "two roots": envelope("") + b"<x/>",
    "billion laughs": envelope(call_xml("authenticate", strUserName="&b;"), head=HEAD + LAUGHS),
    "laughs after a comment": envelope(call_xml("serverVersion"), head=HEAD + "<!-- x --> <?pi?>\n" + LAUGHS),
    "external entity": envelope(
        call_xml("authenticate", strUserName="&e;"), head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    ),
    "external DTD": envelope(call_xml("serverVersion"), head='<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'),
    "undefined entity": envelope(call_xml("authenticate", strUserName="&nbsp;")),
    "NUL": envelope(call_xml("authenticate", strUserName="a\0b")),
    "NUL as a reference": envelope(call_xml("authenticate", strUserName="a&#0;b")),
    "UTF-16": envelope(call_xml("serverVersion")).decode().replace("utf-8", "utf-16").encode("utf-16"),
    "UTF-32": envelope(call_xml("serverVersion")).decode().replace("utf-8", "utf-32").encode("utf-32"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x/+AD4-',
    "EBCDIC": envelope(call_xml("serverVersion")).decode().replace("utf-8", "cp037").encode("cp037"),
    "not UTF-8": envelope(call_xml("authenticate", strUserName="x")).replace(b">x<", b">\xff<"),
    "no envelope": call_xml("serverVersion").encode(),
    "SOAP 1.2": envelope(call_xml("serverVersion")).replace(
        ENVELOPE.encode(), b"http://www.w3.org/2003/05/soap-envelope"
    ),
    "empty body": envelope(""),
    "no body": f'<soap:Envelope xmlns:soap="{ENVELOPE}"/>'.encode(),
    "unknown method": envelope(call_xml("dropTables")),
    "wrong case": envelope(call_xml("AUTHENTICATE")),
    "elements where text belongs": envelope(call_xml("receiveResponseXML", response="<QBXML/>")),
    "number that is none": envelope(call_xml("sendRequestXML", qbXMLMajorVers="13.0")),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_call_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(BadCall) as caught:
        decode_call(body)
    assert caught.value.reason


def test_an_oversized_body_is_refused_before_it_is_parsed() -> None:
    body = envelope(call_xml("serverVersion"))
    assert decode_call(body, max_bytes=len(body)) == ServerVersion()
    with pytest.raises(BadCall, match="more than"):
        decode_call(body, max_bytes=len(body) - 1)


@given(noise=st.binary(max_size=200), place=st.integers(0, 400), length=st.integers(0, 40))
def test_no_body_at_all_raises_anything_else(noise: bytes, place: int, length: int) -> None:
    whole = envelope(CALLS[2][0])
    for body in (noise, whole[:place] + noise + whole[place + length :]):
        try:
            call = decode_call(body)
        except BadCall:
            continue
        assert call.method in METHODS


# --- which method was meant -----------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_broken_call_tells_which_method_it_meant(method: str) -> None:
    action = f'"{NAMESPACE}{method}"'
    for body, soap_action in ((b"broken", action), (b"broken", action.strip('"')), (f"<a:{method} ".encode(), None)):
        with pytest.raises(BadCall) as caught:
            decode_call(body, soap_action=soap_action)
        assert caught.value.method == method


def test_an_unknown_method_is_none() -> None:
    assert meant_method(f'"{NAMESPACE}dropTables"', b"<dropTables/>") is None
    assert meant_method(None) is None
    assert meant_method("") is None


# --- answering ------------------------------------------------------------------------------------


def result_of(reply: bytes, method: str) -> etree._Element:
    """The result element of a reply, its place checked."""
    root = etree.fromstring(reply)
    assert root.tag == f"{{{ENVELOPE}}}Envelope"
    (body,) = root
    (response,) = body
    assert response.tag == f"{{{NAMESPACE}}}{method}Response"
    (result,) = response
    assert result.tag == f"{{{NAMESPACE}}}{method}Result"
    return result


@each_call
def test_a_reply_holds_its_result(xml: str, call: Call) -> None:
    results: dict[str, Any] = {"authenticate": ["ticket", "", "60"], "receiveResponseXML": 42}
    result = results.get(call.method, "<QBXML>&é</QBXML>")
    for named in (call, call.method):
        element = result_of(encode_reply(named, result), call.method)
        if call.method == "authenticate":
            assert [child.tag for child in element] == [f"{{{NAMESPACE}}}string"] * 3
            assert [child.text or "" for child in element] == result
        else:
            assert element.text == str(result)
            assert len(element) == 0


@given(text=st.text())
def test_any_text_makes_a_well_formed_reply(text: str) -> None:
    kept = ILLEGAL_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    read = result_of(encode_reply("getLastError", text), "getLastError").text or ""
    assert read.replace("\r\n", "\n").replace("\r", "\n") == kept


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("authenticate", ["ticket"]),
        ("authenticate", ["a", "b", "c", "d", "e"]),
        ("authenticate", "ticket"),
        ("receiveResponseXML", 101),
        ("receiveResponseXML", "50"),
        ("getLastError", 7),
        ("sendRequestXML", ["x"]),
    ],
)
def test_a_result_that_the_web_connector_would_not_understand_is_our_bug(method: str, result: Any) -> None:
    with pytest.raises(LocalError, match=method):
        encode_reply(method, result)


def test_each_method_has_its_own_negative_answer() -> None:
    said = {
        method: [part.text or "" for part in result] if len(result) else result.text or ""
        for method in METHODS
        for result in [result_of(encode_refusal(method, reason="x"), method)]
    }
    assert said["authenticate"][1] == "busy"
    assert said["authenticate"][0]
    assert said["receiveResponseXML"] == "-1"
    assert said["connectionError"] == "done"
    assert said["sendRequestXML"] == said["serverVersion"] == said["clientVersion"] == said["closeConnection"] == ""
    assert said["getLastError"]


def test_a_fault_is_soap_1_1() -> None:
    for reply in (encode_refusal(None, reason="no such\0 method"), encode_fault("no such method")):
        fault = etree.fromstring(reply)[0][0]
        assert fault.tag == f"{{{ENVELOPE}}}Fault"
        assert [(child.tag, child.text) for child in fault] == [
            ("faultcode", "soap:Client"),
            ("faultstring", "no such method"),
        ]
