"""Web Connectors first: what is made for people's browsers is not asked about their calls.

Thousands of connectors poll every few minutes. Sessions, cookies, forms, messages and lockout mean nothing to them,
and would cost each call as much as the call itself.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from standpipe.quickbooks.connections.qwc import SOAP_PATH

from .views import soap


class WebConnectorsFirst:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != SOAP_PATH:
            return self.get_response(request)
        response = soap(request)
        response["Content-Length"] = str(len(response.content))  # so that the connection can be kept
        return response
