"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import views

urlpatterns = [
    path("quickbooks/connections/<uuid:connection_id>/readiness/", views.readiness, name="readiness"),
    path("quickbooks/connections/<uuid:connection_id>/readiness.csv", views.readiness_csv, name="readiness-csv"),
    path("quickbooks/<uuid:connection_id>/lists/state/", views.lists_state, name="lists-state"),
    path("quickbooks/<uuid:connection_id>/lists/refresh/", views.refresh_lists, name="refresh-lists"),
    path("quickbooks/<uuid:connection_id>/lists/cancel/", views.cancel_lists, name="cancel-lists"),
]
