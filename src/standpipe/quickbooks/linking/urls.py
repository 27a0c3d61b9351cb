"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path, register_converter

from . import views
from .converters import TargetConverter

register_converter(TargetConverter, "target")
_ONE = "<target:target>/<uuid:record_id>/quickbooks/"

urlpatterns = [
    path(f"{_ONE}link/", views.link, name="link-customer"),
    path(f"{_ONE}unlink/", views.remove, name="unlink-customer"),
    path("quickbooks/links/<uuid:link_id>/undo/", views.undo, name="undo-link"),
]
