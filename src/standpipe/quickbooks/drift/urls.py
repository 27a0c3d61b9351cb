"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import views

urlpatterns = [
    path("quickbooks/changed/", views.changed, name="changed"),
    path("quickbooks/changed/all/", views.decide_all, name="decide-all-changes"),
    path("quickbooks/links/<uuid:link_id>/changes/", views.decide, name="decide-change"),
    path("quickbooks/link-health/", views.health, name="link-health"),
    path("quickbooks/links/<uuid:link_id>/repair/", views.repair, name="repair-link"),
]
