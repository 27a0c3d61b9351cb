"""Addresses of pages inside the organization that a request is about."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse


def org_url(request: HttpRequest, name: str, *args: Any) -> str:
    """The address of the named page under ``/o/<slug>/``; the slug is the request's organization's.

    Only for requests that passed ``organizations.access.in_organization``.
    """
    return reverse(name, args=[request.organization.slug, *args])  # type: ignore[attr-defined]  # set by the decorator
