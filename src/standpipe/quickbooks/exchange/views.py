"""``/qbwc/``: the one address that Web Connectors know. Every answer is well-formed SOAP 1.1, whatever happens."""

import logging
import re
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from qbwire.errors import BadCall
from qbwire.parser import MAX_BYTES
from qbwire.session import ticket_of
from qbwire.soap import decode_call, encode_refusal, encode_reply, meant_method
from qbwire.wsdl import wsdl
from standpipe.quickbooks.connections.qwc import SOAP_PATH

from . import calls

log = logging.getLogger(__name__)

XML = "text/xml; charset=utf-8"
HELLO = (
    "This address is for the QuickBooks Web Connector. There is nothing to see here in a browser: open Standpipe, "
    "connect QuickBooks Desktop there, and add the file that it gives you to the Web Connector.\n"
)
NOT_READ = "A message of the Web Connector arrived damaged. Nothing was changed; the next visit tries again."
TOO_LARGE = f"The SOAP request is larger than {MAX_BYTES // 2**20} MB."


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def soap(request: HttpRequest) -> HttpResponse:
    """POST: a call of the Web Connector. GET ``?wsdl``: the service description. GET: a word to the curious."""
    if request.method != "POST":
        if "wsdl" in {name.lower() for name in request.GET}:
            return HttpResponse(wsdl(settings.BASE_URL + SOAP_PATH), content_type=XML)
        return HttpResponse(HELLO, content_type="text/plain; charset=utf-8")
    body = b""
    try:
        body = _body(request)
        call = decode_call(body, soap_action=request.headers.get("SOAPAction"))
    except BadCall as bad:
        return _refusal(bad, body=body)
    try:
        result = calls.answer(call, address=request.META.get("REMOTE_ADDR", ""))
    except Exception:  # the last resort: the Web Connector would show a bare number and its user nothing
        log.exception("call failed", extra={"method": call.method})
        _store(partial(calls.store_our_fault, ticket_of(call) or ""))
        return HttpResponse(encode_refusal(call.method, reason=calls.OUR_FAULT), content_type=XML)
    return HttpResponse(encode_reply(call, result), content_type=XML)


def _body(request: HttpRequest) -> bytes:
    """The whole body. Not ``request.body``: its limit is made for pages, and a page of customers is larger."""
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":  # no length is said then
        body = request.META["wsgi.input"].read(MAX_BYTES + 1)
    elif int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        raise BadCall(TOO_LARGE, method=meant_method(request.headers.get("SOAPAction")))
    else:
        body = request.read()
    assert isinstance(body, bytes)  # noqa: S101 - wsgi.input is a stream of bytes (PEP 3333)
    return body


_TICKET = re.compile(rb"ticket[^<>]*>\s*([\w-]{1,64})\s*<")  # of an envelope that cannot be parsed


def _refusal(bad: BadCall, *, body: bytes) -> HttpResponse:
    """The method's own negative answer where it is known which one was meant, else a SOAP fault."""
    log.warning("call unreadable", extra={"method": bad.method, "reason": bad.reason})
    if ticket := _TICKET.search(body[:4096]):
        _store(partial(calls.store_failure, ticket[1].decode("ascii"), code="damaged_call", text=NOT_READ))
    status = 500 if bad.method is None else 200  # SOAP 1.1, section 6.2
    return HttpResponse(encode_refusal(bad.method, reason=bad.reason), content_type=XML, status=status)


def _store(cause: Callable[[], object]) -> None:
    try:
        cause()
    except Exception:  # the database itself may be what failed
        log.exception("cause not stored")
