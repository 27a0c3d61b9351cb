"""Who may see a page of an organization. Every view under ``/o/<slug>/`` wears :func:`in_organization`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from standpipe.core.errors import NotAllowed

from .models import Membership, Organization, Person
from .permissions import Permission, Role, allows

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request by a member, about one organization. Only :func:`in_organization` makes these."""

    organization: Organization
    membership: Membership
    person: Person
    htmx: HtmxDetails


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def in_organization(
    permission: Permission | None = None,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]]:
    """Consumes ``slug``; lets a member in whose role has ``permission``; the view's times are the organization's.

    Nobody signed in: the sign-in page, and back here afterwards. No member, no such organization, or a record that
    the view's query did not find (``DoesNotExist``): 404, so that nobody learns what exists. A role without the
    permission, or ``NotAllowed`` from an action: the 403 page.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]:
        @wraps(view)
        def admitted(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            member = _as_member(request, slug=slug, person=request.user)
            if permission is not None and not can(member, permission):
                raise PermissionDenied(f"This needs the right “{permission.label}”.")
            with timezone.override(ZoneInfo(member.organization.time_zone)):
                try:
                    return view(member, *args, **kwargs)
                except NotAllowed as error:
                    raise PermissionDenied(str(error)) from error
                except ObjectDoesNotExist as error:
                    raise Http404 from error

        return cast("Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]", never_cache(admitted))

    return decorate


def _as_member(request: HttpRequest, *, slug: str, person: Person) -> MemberRequest:
    others = Membership.objects.filter(person=person).exclude(organization__slug=slug)
    membership = (
        Membership.objects.select_related("organization", "person")
        .annotate(has_others=Exists(others))
        .filter(organization__slug=slug, person=person)
        .first()
    )
    if membership is None:
        raise Http404
    member = cast("MemberRequest", request)
    member.organization, member.membership, member.person = membership.organization, membership, membership.person
    return member


def can(request: MemberRequest, permission: Permission) -> bool:
    return allows(Role(request.membership.role), permission)


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A fragment cannot become a sign-in page: htmx is told to go there as a whole."""
    htmx = cast("MemberRequest", request).htmx
    if htmx:
        there = redirect_to_login(htmx.current_url_abs_path or "/")
        return HttpResponseClientRedirect(there.url)
    return redirect_to_login(request.get_full_path())


def organization_context(request: HttpRequest) -> dict[str, Any]:
    """For templates: ``organization``, ``membership``, ``can`` (permission value → bool), if there are others."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    role = Role(membership.role)
    return {
        "organization": membership.organization,
        "membership": membership,
        "has_other_organizations": membership.has_others,
        "can": {permission.value: allows(role, permission) for permission in Permission},
    }
