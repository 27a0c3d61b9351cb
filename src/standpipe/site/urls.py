"""Every address. Pages of an organization live under ``/o/<slug>/``."""

from django.urls import URLPattern, URLResolver, include, path

from standpipe.organizations.views import sign_in, sign_out
from standpipe.ui.theme import choose_theme

from . import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("theme/", choose_theme, name="choose-theme"),
    path("", include("standpipe.organizations.urls")),
    path("", include("standpipe.quickbooks.public_urls")),
    path("", include("standpipe.api.urls")),
    path("o/<slug:slug>/", views.organization_home, name="organization-home"),
    path("o/<slug:slug>/", include("standpipe.accounts.urls")),
    path("o/<slug:slug>/", include("standpipe.buildings.urls")),
    path("o/<slug:slug>/", include("standpipe.contacts.urls")),
    path("o/<slug:slug>/", include("standpipe.catalog.urls")),
    path("o/<slug:slug>/", include("standpipe.invoices.urls")),
    path("o/<slug:slug>/", include("standpipe.payments.urls")),
    path("o/<slug:slug>/", include("standpipe.quickbooks.urls")),
]
