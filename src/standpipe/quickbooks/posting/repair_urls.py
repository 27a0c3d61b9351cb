"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import repair_views as views

_ONE = "quickbooks/documents/<uuid:document_id>/"

urlpatterns = [
    path(f"{_ONE}try-again/", views.try_again_now, name="try-again"),
    path(f"{_ONE}read-again/", views.read_again, name="read-again"),
    path(f"{_ONE}already-there/", views.already_there, name="already-there"),
    path(f"{_ONE}send-anew/", views.send_once_more, name="send-anew"),
    path(f"{_ONE}report/", views.report, name="report"),
]
