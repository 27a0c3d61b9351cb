"""The home page of an organization, and the address without one."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.models import Person
from standpipe.organizations.queries import organizations_of
from standpipe.ui import registry


@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the only organization; with several, or none, to the page that says so."""
    slugs = organizations_of(cast("Person", request.user)).values_list("slug", flat=True)[:2]
    return redirect("organization-home", slugs[0]) if len(slugs) == 1 else redirect("organizations:choose")


@in_organization()
def organization_home(request: MemberRequest) -> HttpResponse:
    """Until all is done: the steps, the first undone one with its button. The connection, and the counts once what
    is left may be done later.
    """
    steps = registry.home_steps(request)
    next_step = next((step for step in steps if not step.done), None)
    context = {
        "steps": steps,
        "next_step": next_step,
        "done_count": sum(step.done for step in steps),
        "counts": registry.home_counts(request) if all(step.done or step.is_later for step in steps) else [],
    }
    return render(request, "site/home.html", context)
