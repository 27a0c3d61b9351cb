"""Who calls: a bearer token stands for its person, in its organization, with that person's role."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.security import HttpBearer

from standpipe.core.errors import NotAllowed
from standpipe.organizations.models import Membership
from standpipe.organizations.permissions import Permission, Role, allows
from standpipe.organizations.queries import person_for_token

PREFIX = "/api/v1/"


class TokenAuth(HttpBearer):
    openapi_description = "An API token of one organization"

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:  # noqa: ARG002  # ninja's signature
        membership = person_for_token(token)
        if membership is not None:
            timezone.activate(ZoneInfo(membership.organization.time_zone))  # until OrganizationTime ends it
        return membership


class OrganizationTime:
    """Times in the sentences that programs read are the organization's, as on its pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        with timezone.override(None):
            return self.get_response(request)


def caller(request: HttpRequest, permission: Permission | None = None) -> Membership:
    """The caller's membership. Raises ``NotAllowed`` where the role does not include ``permission``."""
    membership: Membership = request.auth  # type: ignore[attr-defined]  # set by TokenAuth
    if permission is not None and not allows(Role(membership.role), permission):
        raise NotAllowed(f"The role of this token's owner does not include: {permission.label}.", code="not_allowed")
    return membership
