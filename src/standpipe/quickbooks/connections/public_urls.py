"""Addresses that need no sign-in: the help page that every QWC file names, and set-up links."""

from django.urls import path

from . import public_views as views
from .qwc import HELP_PATH

urlpatterns = [
    path(HELP_PATH.removeprefix("/"), views.help_page, name="quickbooks-help"),
    path("setup/<str:token>/", views.setup_link, name="quickbooks-setup"),
    path("setup/<str:token>/qwc/", views.download, name="quickbooks-setup-qwc"),
    path("setup/<str:token>/password/", views.password, name="quickbooks-setup-password"),
    path("setup/<str:token>/progress/", views.progress, name="quickbooks-setup-progress"),
]
