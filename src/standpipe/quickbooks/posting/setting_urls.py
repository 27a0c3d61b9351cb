"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import setting_views

urlpatterns = [
    path("quickbooks/<uuid:connection_id>/posting/", setting_views.posting_settings, name="posting-settings"),
]
