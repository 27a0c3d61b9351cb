"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``. ``target`` is registered by ``linking.urls``."""

from django.urls import path

from . import batch_views, preview_views, together_views, views

_BATCH = "quickbooks/imports/<uuid:batch_id>/"
_DRAFT = "quickbooks/previews/<uuid:draft_id>/"

urlpatterns = [
    path("<target:target>/import/", views.page, name="import"),
    path("<target:target>/import/state/", views.state, name="import-state"),
    path("<target:target>/import/refresh/", views.refresh, name="refresh"),
    path("<target:target>/import/cancel/", views.cancel, name="cancel-refresh"),
    path(_DRAFT, preview_views.preview, name="preview"),
    path(f"{_DRAFT}go-on/", preview_views.go_on, name="continue-preview"),
    path(f"{_DRAFT}import/", preview_views.press, name="import-preview"),
    path(f"{_DRAFT}decide/", preview_views.decision, name="decide"),
    path(f"{_DRAFT}choose/", preview_views.choose, name="choose-record"),
    path("buildings/<uuid:building_id>/quickbooks/together/", together_views.together, name="bill-together"),
    path("quickbooks/imports/", batch_views.index, name="imports"),
    path(_BATCH, batch_views.detail, name="batch"),
    path(f"{_BATCH}go-on/", batch_views.go_on, name="continue-import"),
    path(f"{_BATCH}held/", batch_views.held, name="held"),
    path(f"{_BATCH}undo/", batch_views.undo, name="undo-import"),
    path(f"{_BATCH}account/", batch_views.attach, name="attach-import"),
]
