"""The bytes of the Web Connector's calls, as its .NET client writes them."""

import html
import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

NAMESPACE = "http://developer.intuit.com/"
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
    "<soap:Body>"
)
_TAIL = "</soap:Body></soap:Envelope>"

Pieces = list[bytes]


def escaped(text: str) -> bytes:
    """Text as it stands inside a parameter."""
    return escape(text).encode()


def call(method: str, parameters: Iterable[tuple[str, str | Pieces]] = ()) -> Pieces:
    """The pieces of one call's body. A parameter is text, or pieces that are escaped already."""
    pieces = [f'{_HEAD}<{method} xmlns="{NAMESPACE}">'.encode()]
    for name, value in parameters:
        pieces.append(f"<{name}>".encode())
        pieces.extend([escaped(value)] if isinstance(value, str) else value)
        pieces.append(f"</{name}>".encode())
    return [*pieces, f"</{method}>{_TAIL}".encode()]


def received(ticket: str, answer: Pieces) -> Pieces:
    """The call that brings an answer of QuickBooks."""
    parts: list[tuple[str, str | Pieces]] = [
        ("ticket", ticket),
        ("response", answer),
        ("hresult", ""),
        ("message", ""),
    ]
    return call("receiveResponseXML", parts)


_RESULT = re.compile(rb"Result(?:\s[^>]*)?>(.*)</(?:\w+:)?\w+Result>", re.DOTALL)
_STRING = re.compile(rb"<(?:\w+:)?string(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?string>)", re.DOTALL)


def result(body: bytes) -> str:
    """The text that a reply holds, "" where its result is empty."""
    found = _RESULT.search(body)
    assert found or b"Result" in body, f"no result: {body[:500]!r}"
    return html.unescape(found[1].decode()) if found else ""


def results(body: bytes) -> list[str]:
    """The strings that a reply to authenticate holds."""
    return [html.unescape(each.decode()) for each in _STRING.findall(body)]
