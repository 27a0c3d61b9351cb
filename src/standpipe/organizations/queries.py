"""Reads about organizations, their people and their keys."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from .models import ApiToken, Invitation, Membership, Organization, Person
from .permissions import Role

# Most rights first, as design 9 lists them.
_RANK = {role: rank for rank, role in enumerate(Role)}
_USE_NOTED_EVERY = timedelta(minutes=10)  # "last used" to the minute is not worth a write per call


def organizations_of(person: Person) -> QuerySet[Organization]:
    """Those that the person is a member of, by name."""
    return Organization.objects.filter(memberships__person_id=person.pk).order_by("name", "id")


def members_of(organization: Organization) -> list[Membership]:
    """With their people; owners first, then by role and name."""
    members: Iterable[Membership] = organization.memberships.select_related("person")
    return sorted(members, key=lambda member: (_RANK[Role(member.role)], member.person.display_name.casefold()))


def find_member(organization: Organization, membership_id: int) -> Membership:
    """Raises ``Membership.DoesNotExist``, also for members of others."""
    return organization.memberships.select_related("person").get(pk=membership_id)


def open_invitations(organization: Organization, *, now: datetime) -> QuerySet[Invitation]:
    """Neither accepted nor withdrawn nor run out; newest first."""
    return _open(organization.invitations.select_related("invited_by"), now=now).order_by("-created_at")


def find_open_invitation(token: str, *, now: datetime) -> Invitation:
    """Raises ``Invitation.DoesNotExist`` for what never was and for what no longer counts alike."""
    found = Invitation.objects.select_related("organization", "invited_by").filter(token_hash=hash_of(token))
    return _open(found, now=now).get()


def _open(invitations: QuerySet[Invitation], *, now: datetime) -> QuerySet[Invitation]:
    return invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def person_with_email(email: str) -> Person | None:
    return Person.objects.filter(email=normal_email(email)).first()


def api_tokens_of(organization: Organization, *, person: Person | None = None) -> QuerySet[ApiToken]:
    """The keys that still open, newest first; of one person or of all."""
    tokens = organization.api_tokens.select_related("person").filter(revoked_at=None).order_by("-created_at")
    return tokens if person is None else tokens.filter(person=person)


def person_for_token(token: str) -> Membership | None:
    """Whom a bearer token acts for, with organization and person; ``None`` where it opens nothing (any more).

    The one read that writes: it notes that the token was used.
    """
    key = (
        ApiToken.objects.filter(token_hash=hash_of(token), revoked_at=None, person__is_active=True)
        .only("id", "organization_id", "person_id", "last_used_at")
        .first()
    )
    if key is None:
        return None
    _note_use(key, now=timezone.now())
    return (
        Membership.objects.select_related("organization", "person")
        .filter(organization_id=key.organization_id, person_id=key.person_id)
        .first()
    )


def _note_use(key: ApiToken, *, now: datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=key.pk).update(last_used_at=now)


def normal_email(email: str) -> str:
    """As addresses are stored, so that one mailbox is one person however it is typed."""
    return email.strip().lower()


def hash_of(token: str) -> str:
    """A plain hash: tokens hold at least 128 random bits, so there is nothing to guess (design 9)."""
    return hashlib.sha256(token.encode()).hexdigest()
