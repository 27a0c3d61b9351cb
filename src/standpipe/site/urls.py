"""Every address. Pages of an organization live under ``/o/<slug>/``."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
