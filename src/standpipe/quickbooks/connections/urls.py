"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import views

urlpatterns = [
    path("quickbooks/", views.connections, name="connections"),
    path("quickbooks/add/", views.add, name="add-connection"),
    path("quickbooks/<uuid:connection_id>/", views.connection, name="connection"),
    path("quickbooks/<uuid:connection_id>/setup/", views.setup, name="setup"),
    path("quickbooks/<uuid:connection_id>/setup/progress/", views.setup_progress, name="setup-progress"),
    path("quickbooks/<uuid:connection_id>/setup/password/", views.setup_password, name="setup-password"),
    path("quickbooks/<uuid:connection_id>/qwc/", views.download, name="qwc"),
    path("quickbooks/<uuid:connection_id>/password/", views.password, name="password"),
    path("quickbooks/<uuid:connection_id>/link/", views.link, name="link"),
    path("quickbooks/<uuid:connection_id>/link/<uuid:link_id>/end/", views.end_link, name="end-link"),
    path("quickbooks/<uuid:connection_id>/confirm/", views.confirm, name="confirm"),
    path("quickbooks/<uuid:connection_id>/reject/", views.reject, name="reject"),
    path("quickbooks/<uuid:connection_id>/accept-file/", views.accept_file, name="accept-file"),
    path("quickbooks/<uuid:connection_id>/settings/", views.change, name="settings"),
    path("quickbooks/<uuid:connection_id>/archive/", views.archive, name="archive"),
    path("quickbooks/<uuid:connection_id>/restore/", views.restore, name="restore"),
]
