"""Signing in is for everybody; the rest of these pages is below an organization or a person."""

from django.urls import path

from . import views

app_name = "organizations"
_SETTINGS = "o/<slug:slug>/settings/"

urlpatterns = [
    path("organizations/", views.choose, name="choose"),
    path("profile/", views.profile, name="profile"),
    path("password/", views.password, name="password"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path(f"{_SETTINGS}organization/", views.organization, name="organization"),
    path(f"{_SETTINGS}members/", views.members, name="members"),
    path(f"{_SETTINGS}members/invite/", views.invite, name="invite"),
    path(
        f"{_SETTINGS}invitations/<uuid:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw-invitation",
    ),
    path(f"{_SETTINGS}members/<int:membership_id>/", views.member, name="member"),
    path(f"{_SETTINGS}members/<int:membership_id>/remove/", views.remove_member, name="remove-member"),
    path(f"{_SETTINGS}tokens/", views.tokens, name="tokens"),
    path(f"{_SETTINGS}tokens/<uuid:token_id>/revoke/", views.revoke_token, name="revoke-token"),
]
