"""Answers of QuickBooks as text, for tests that read them."""

from qbwire.messages import Response, decode_response_set


def answer(inner: str, *, attributes: str = "") -> str:
    """The document around responses."""
    return f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs{attributes}>\n{inner}\n</QBXMLMsgsRs>\n</QBXML>\n'


def response_to(request: str, inner: str = "", *, code: int = 0, severity: str = "Info", message: str = "") -> str:
    """One response, like InvoiceAddRs, with its records in it."""
    return (
        f'<{request}Rs requestID="1" statusCode="{code}" statusSeverity="{severity}" statusMessage="{message}">'
        f"{inner}</{request}Rs>"
    )


def read(request: str, inner: str = "", *, code: int = 0, severity: str = "Info", message: str = "") -> Response:
    """The only response of a document, read."""
    document = answer(response_to(request, inner, code=code, severity=severity, message=message))
    (response,) = decode_response_set(document).responses
    return response
