"""Signing in, joining, and who is a member of what."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from standpipe.core.errors import UserError
from standpipe.ui.forms import show_error
from standpipe.ui.links import org_url

from . import actions, queries
from .access import MemberRequest, can, in_organization
from .forms import ROLE_TEXTS, InviteForm, JoinForm, OrganizationForm, ProfileForm, RoleForm, SignInForm, TokenForm
from .models import Invitation, Membership, Person
from .permissions import Permission, Role

_MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


# Signing in

sign_in = LoginView.as_view(
    template_name="organizations/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view(next_page=reverse_lazy("sign-in"))


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, and the way to one's password."""
    person = cast("Person", request.user)
    form = ProfileForm(request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_person(person, name=form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("home")
    return render(request, "organizations/profile.html", {"form": form})


@login_required
@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Changes one's own password; this session goes on, all others of the person end."""
    form = PasswordChangeForm(cast("Person", request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(
            request, "Your password is changed. Other computers where you were signed in are signed out."
        )
        return redirect("home")
    return render(request, "organizations/password.html", {"form": form})


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """What axes answers after too many wrong passwords; the right one waits too until the time is over."""
    return render(request, "organizations/locked_out.html", status=429)


@login_required
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    person = cast("Person", request.user)
    return render(request, "organizations/choose.html", {"organizations": queries.organizations_of(person)})


# Joining


@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads: somebody new names a password, somebody known confirms. GET changes nothing."""
    try:
        found = queries.find_open_invitation(token, now=timezone.now())
    except Invitation.DoesNotExist:
        return render(request, "organizations/invitation_spent.html", status=404)
    if queries.person_with_email(found.email) is None:
        return _join_as_somebody_new(request, found=found, token=token)
    return _join_as_somebody_known(request, found=found, token=token)


def _join_as_somebody_new(request: HttpRequest, *, found: Invitation, token: str) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, organization = actions.join(token, **form.cleaned_data)
        except UserError as error:
            show_error(form, error=error)
        else:
            login(request, person, backend=_MODEL_BACKEND)
            return redirect("organization-home", organization.slug)
    return render(request, "organizations/join.html", {"invitation": found, "form": form})


def _join_as_somebody_known(request: HttpRequest, *, found: Invitation, token: str) -> HttpResponse:
    is_theirs = request.user.is_authenticated and request.user.email == found.email
    if request.method == "POST" and is_theirs:
        try:
            organization = actions.join_as(token, person=cast("Person", request.user))
        except UserError as error:
            messages.error(request, str(error))
            return redirect("home")
        return redirect("organization-home", organization.slug)
    return render(request, "organizations/join_as.html", {"invitation": found, "is_theirs": is_theirs})


# The organization


@in_organization(Permission.MEMBERS)
def organization(request: MemberRequest) -> HttpResponse:
    current = request.organization
    form = OrganizationForm(request.POST or None, initial={"name": current.name, "time_zone": current.time_zone})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_organization(current, by=request.person, **form.cleaned_data)
        except UserError as error:
            show_error(form, error=error)
        else:
            messages.success(request, "Saved.")
            return redirect("organizations:organization", current.slug)
    return render(request, "organizations/organization.html", {"form": form})


@in_organization()
def members(request: MemberRequest) -> HttpResponse:
    may_manage = can(request, Permission.MEMBERS)
    open_invitations = queries.open_invitations(request.organization, now=timezone.now()) if may_manage else []
    context = {
        "members": queries.members_of(request.organization),
        "invitations": open_invitations,
        "roles": [(role.label, ROLE_TEXTS[role]) for role in Role],
    }
    return render(request, "organizations/members.html", context)


@in_organization(Permission.MEMBERS)
def invite(request: MemberRequest) -> HttpResponse:
    """Answers the link on the page that was posted to: it is shown once and never stored."""
    form = InviteForm(request.POST or None, initial={"role": Role.OFFICE.value})
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.invite(
                request.organization,
                by=request.person,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
            )
        except UserError as error:
            show_error(form, error=error)
        else:
            link = settings.BASE_URL + reverse("organizations:invitation", args=[token])
    roles = [(role.label, ROLE_TEXTS[role]) for role in Role]
    return render(request, "organizations/invite.html", {"form": form, "link": link, "roles": roles})


@in_organization(Permission.MEMBERS)
@require_POST
def withdraw_invitation(request: MemberRequest, invitation_id: str) -> HttpResponse:
    found = get_object_or_404(request.organization.invitations, pk=invitation_id)
    actions.withdraw_invitation(found, by=request.person)
    messages.success(request, f"The invitation of {found.email} no longer works.")
    return redirect("organizations:members", request.organization.slug)


@in_organization(Permission.MEMBERS)
def member(request: MemberRequest, membership_id: int) -> HttpResponse:
    found = queries.find_member(request.organization, membership_id)
    form = RoleForm(request.POST or None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_role(found, role=Role(form.cleaned_data["role"]), by=request.person)
        except UserError as error:
            show_error(form, error=error)
        else:
            role = Role(form.cleaned_data["role"]).label
            messages.success(request, f"{found.person.display_name} is now: {role}.")
            return redirect("organizations:members", request.organization.slug)
    return render(request, "organizations/member.html", {"member": found, "form": form})


@in_organization(Permission.MEMBERS)
def remove_member(request: MemberRequest, membership_id: int) -> HttpResponseBase:
    found = queries.find_member(request.organization, membership_id)
    if request.method == "POST":
        return _remove(request, found=found)
    name = found.person.display_name
    context = {
        "title": f"Remove {name}?",
        "text": f"{name} can no longer open {request.organization.name}, and their API tokens stop at once. "
        "What they did stays in the activity.",
        "submit": "Remove member",
        "danger": True,
        "cancel_url": org_url(request, "organizations:members"),
    }
    return render(request, "ui/confirm.html", context)


def _remove(request: MemberRequest, *, found: Membership) -> HttpResponseBase:
    try:
        actions.remove_member(found, by=request.person)
    except UserError as error:
        messages.error(request, str(error))
    else:
        if found.person == request.person:
            return redirect("home")
        messages.success(request, f"{found.person.display_name} is no longer a member.")
    return redirect("organizations:members", request.organization.slug)


# API tokens


@in_organization()
def tokens(request: MemberRequest) -> HttpResponse:
    """Everybody's own; those who manage members see all, to revoke them. A new one is shown on the page, once."""
    form = TokenForm(request.POST or None)
    token = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.create_api_token(
                request.organization, person=request.person, name=form.cleaned_data["name"]
            )
        except UserError as error:
            show_error(form, error=error)
        else:
            form = TokenForm()
    whose = None if can(request, Permission.MEMBERS) else request.person
    listed = queries.api_tokens_of(request.organization, person=whose)
    return render(request, "organizations/tokens.html", {"form": form, "token": token, "tokens": listed})


@in_organization()
@require_POST
def revoke_token(request: MemberRequest, token_id: str) -> HttpResponse:
    whose = None if can(request, Permission.MEMBERS) else request.person
    found = queries.api_tokens_of(request.organization, person=whose).filter(pk=token_id).first()
    if found is None:
        raise Http404
    actions.revoke_api_token(found, by=request.person)
    messages.success(request, f"“{found.name}” no longer works.")
    return redirect("organizations:tokens", request.organization.slug)
