"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import pages

urlpatterns = [
    path("quickbooks/<uuid:connection_id>/release/", pages.release, name="release-session"),
]
