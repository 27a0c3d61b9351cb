"""All pages of the integration below an organization, in one namespace."""

from importlib.util import find_spec

from django.urls import include, path

app_name = "quickbooks"

_ROOMS = ("connections", "lists", "linking", "importing", "exchange")
urlpatterns = [
    path("", include(f"standpipe.quickbooks.{room}.urls"))
    for room in _ROOMS
    if find_spec(f"standpipe.quickbooks.{room}.urls")
]
