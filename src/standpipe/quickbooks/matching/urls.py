"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``. ``<target:…>`` is registered by linking."""

from django.urls import path

from . import views

urlpatterns = [
    path("<target:target>/suggestions/", views.review, name="suggestions"),
    path("<target:target>/suggestions/link-all/", views.link_all, name="accept-suggestions"),
    path("<target:target>/suggestions/not-the-same/", views.rejected, name="rejected-suggestions"),
    path("<target:target>/suggestions/<uuid:suggestion_id>/", views.decide, name="decide-suggestion"),
    path("quickbooks/acceptances/<uuid:acceptance_id>/undo/", views.undo_all, name="undo-acceptance"),
]
