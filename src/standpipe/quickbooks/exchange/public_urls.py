"""The Web Connector's address, outside every organization: a ticket or a user name says whose call it is."""

from django.urls import path

from standpipe.quickbooks.connections.qwc import SOAP_PATH

from .views import soap

urlpatterns = [path(SOAP_PATH.removeprefix("/"), soap, name="qbwc")]
