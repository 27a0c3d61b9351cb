"""The offer to make one customer of several buildings their account; requirement 61."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from standpipe.buildings.queries import find_building
from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.permissions import Permission
from standpipe.ui.links import org_url

from .together import bill_together, like_of, offer_of


@require_http_methods(["GET", "HEAD", "POST"])
@in_organization(Permission.IMPORT_AND_LINK)
def together(request: MemberRequest, building_id: UUID) -> HttpResponse:
    """Says what happens, and does it on POST."""
    building = find_building(request.organization, building_id)
    here = org_url(request, "buildings:detail", building.id)
    if request.method == "POST":
        try:
            account = bill_together(building, by=request.person, use_like=request.POST.get("account") == "like")
        except UserError as error:
            messages.error(request, str(error))
            return redirect(here)
        messages.success(request, f"“{account.name}” is their account now; invoices go to its customer.")
        return redirect(org_url(request, "accounts:detail", account.id))
    offer = offer_of(building)
    if offer is None:
        return redirect(here)
    context = {"offer": offer, "like": like_of(offer), "building": building, "cancel_url": here}
    return render(request, "quickbooks/importing/together.html", context)
