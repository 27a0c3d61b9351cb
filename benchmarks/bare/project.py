"""A Django project with two views and nothing else.

One reads what it is sent and answers always the same; one reads a row by its index.
"""

import os

import dj_database_url
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",
    LOGGING_CONFIG=None,
    DATABASES={
        "default": dj_database_url.parse(os.environ.get("BARE_DATABASE", "sqlite://:memory:"), conn_max_age=600)
    },
)

ANSWER = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<soap:Body><clientVersionResponse xmlns="http://developer.intuit.com/"><clientVersionResult></clientVersionResult>'
    b"</clientVersionResponse></soap:Body></soap:Envelope>"
)


def view(request: HttpRequest) -> HttpResponse:
    assert request.body
    return HttpResponse(ANSWER, content_type="text/xml; charset=utf-8", headers={"Content-Length": len(ANSWER)})


def row(request: HttpRequest) -> HttpResponse:
    """One customer of the copied list."""
    keys = [request.GET["connection"].replace("-", ""), request.GET["list_id"]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM lists_customer WHERE connection_id = %s AND list_id = %s", keys)
        (found,) = cursor.fetchall()
    return HttpResponse(str(found), content_type="text/plain")


urlpatterns = [path("", view), path("row", row)]
application = get_wsgi_application()
