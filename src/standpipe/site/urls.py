"""Every address. Pages of an organization live under ``/o/<slug>/``."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from standpipe.organizations.views import sign_in, sign_out
from standpipe.ui.theme import choose_theme

from . import views

# Rooms whose addresses are below an organization.
_ROOMS = ("accounts", "buildings", "contacts", "quickbooks")
_present = [urls for room in _ROOMS if find_spec(urls := f"standpipe.{room}.urls")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("theme/", choose_theme, name="choose-theme"),
    path("", include("standpipe.organizations.urls")),
    path("", include("standpipe.quickbooks.public_urls")),
    path("", include("standpipe.api.urls")),
    path("o/<slug:slug>/", views.organization_home, name="organization-home"),
    *(path("o/<slug:slug>/", include(urls)) for urls in _present),
]
