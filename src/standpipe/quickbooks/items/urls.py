"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path, register_converter

from . import views
from .converters import CatalogueConverter

register_converter(CatalogueConverter, "catalogue")

urlpatterns = [
    path("<catalogue:target>/import/", views.import_page, name="import-entries"),
    path("<catalogue:target>/<uuid:record_id>/link/", views.link, name="link-entry"),
    path("<catalogue:target>/<uuid:record_id>/unlink/", views.unlink, name="unlink-entry"),
]
