"""What stands outside any organization: the help page, set-up links, and the Web Connector's own address."""

from importlib.util import find_spec

from django.urls import include, path

_ROOMS = ("connections", "exchange")
urlpatterns = [
    path("", include(f"standpipe.quickbooks.{room}.public_urls"))
    for room in _ROOMS
    if find_spec(f"standpipe.quickbooks.{room}.public_urls")
]
