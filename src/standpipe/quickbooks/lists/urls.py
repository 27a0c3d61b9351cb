"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import views

urlpatterns = [
    path("quickbooks/connections/<uuid:connection_id>/readiness/", views.readiness, name="readiness"),
    path("quickbooks/connections/<uuid:connection_id>/readiness.csv", views.readiness_csv, name="readiness-csv"),
]
