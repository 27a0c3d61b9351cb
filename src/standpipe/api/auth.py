"""Who calls: a bearer token stands for its person, in its organization, with that person's role."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from standpipe.core.errors import NotAllowed
from standpipe.organizations.models import Membership
from standpipe.organizations.permissions import Permission, Role, allows
from standpipe.organizations.queries import person_for_token


class TokenAuth(HttpBearer):
    openapi_description = "An API token of one organization"

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:  # noqa: ARG002  # ninja's signature
        return person_for_token(token)


def caller(request: HttpRequest, permission: Permission | None = None) -> Membership:
    """The caller's membership. Raises ``NotAllowed`` where the role does not include ``permission``."""
    membership: Membership = request.auth  # type: ignore[attr-defined]  # set by TokenAuth
    if permission is not None and not allows(Role(membership.role), permission):
        raise NotAllowed(f"The role of this token's owner does not include: {permission.label}.", code="not_allowed")
    return membership
