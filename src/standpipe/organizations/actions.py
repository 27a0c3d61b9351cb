"""Writes about organizations, their people and their keys: one transaction and one line in the trail each."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from standpipe.core.errors import UserError
from standpipe.core.ids import new_secret

from .models import ApiToken, Invitation, Membership, Organization, Person
from .permissions import Role
from .queries import find_open_invitation, hash_of, normal_email, open_invitations, person_with_email
from .trail import tell

INVITATION_LIFE = timedelta(days=7)
TOKEN_PREFIX = "sp_"  # noqa: S105  # not a secret: lets scanners of source code recognise a leaked one
_SLUG_LENGTH = 50  # of 60: room for a number behind it


@transaction.atomic
def create_organization(
    *, name: str, owner_email: str, owner_password: str, owner_name: str = ""
) -> tuple[Organization, Person]:
    """Makes an organization and its first owner.

    Somebody who is known already becomes the owner and keeps the password that they have.
    """
    name = _required(name, field="name", words="An organization needs a name.")
    owner = person_with_email(owner_email) or _create_person(
        email=owner_email, name=owner_name, password=owner_password
    )
    organization = Organization.objects.create(name=name, slug=_free_slug(name))
    Membership.objects.create(organization=organization, person=owner, role=Role.OWNER)
    tell("organization.created", organization=organization, by=owner, subject=organization)
    return organization, owner


def _free_slug(name: str) -> str:
    base = slugify(name)[:_SLUG_LENGTH].strip("-") or "organization"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug


def _create_person(*, email: str, name: str, password: str) -> Person:
    person = Person(email=_valid_email(email), name=name.strip())
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise UserError(" ".join(error.messages), code="invalid_password", field="password") from error
    person.set_password(password)
    person.save(force_insert=True)
    return person


def rename_person(person: Person, *, name: str) -> None:
    """What others call somebody. It belongs to the person, not to an organization, so no trail tells it."""
    person.name = _required(name, field="name", words="Type the name that your colleagues know you by.")
    person.save(update_fields=["name"])


@transaction.atomic
def edit_organization(organization: Organization, *, by: Person, name: str, time_zone: str) -> None:
    after = {"name": _required(name, field="name", words="An organization needs a name."), "time_zone": time_zone}
    before = {"name": organization.name, "time_zone": organization.time_zone}
    organization.name, organization.time_zone = after["name"], after["time_zone"]
    organization.save(update_fields=["name", "time_zone"])
    changed = [key for key in after if after[key] != before[key]]
    if changed:
        tell(
            "organization.edited",
            organization=organization,
            by=by,
            subject=organization,
            before={key: before[key] for key in changed},
            after={key: after[key] for key in changed},
        )


# Invitations


@transaction.atomic
def invite(organization: Organization, *, by: Person, email: str, role: Role) -> str:
    """Makes a link for one person to join, and answers its token, which is stored nowhere.

    An earlier invitation of the same person stops working. Nobody is e-mailed.
    """
    email = _valid_email(email)
    if organization.memberships.filter(person__email=email).exists():
        raise UserError(f"{email} is a member already.", code="already_member", field="email")
    now = timezone.now()
    open_invitations(organization, now=now).filter(email=email).update(revoked_at=now)
    token = new_secret()
    Invitation.objects.create(
        organization=organization,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=by,
        expires_at=now + INVITATION_LIFE,
    )
    after = {"email": email, "role": role.value}
    tell("member.invited", organization=organization, by=by, subject=organization, after=after)
    return token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Person) -> None:
    """Its link stops working. Safe to repeat."""
    now = timezone.now()
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        tell(
            "member.invitation_withdrawn",
            organization=invitation.organization,
            by=by,
            subject=invitation.organization,
            before={"email": invitation.email, "role": invitation.role},
        )


@transaction.atomic
def join(token: str, *, name: str, password: str) -> tuple[Person, Organization]:
    """Accepts an invitation as somebody new: makes the person and the membership."""
    invitation = _take_up(token)
    if person_with_email(invitation.email) is not None:
        raise UserError(f"{invitation.email} has a sign-in already. Sign in to accept.", code="sign_in_first")
    person = _create_person(email=invitation.email, name=name, password=password)
    return person, _enrol(person, invitation=invitation)


@transaction.atomic
def join_as(token: str, *, person: Person) -> Organization:
    """Accepts an invitation as somebody who has a sign-in; it must be theirs."""
    invitation = _take_up(token)
    if invitation.email != person.email:
        raise UserError(f"This invitation is for {invitation.email}.", code="other_person")
    return _enrol(person, invitation=invitation)


def _take_up(token: str) -> Invitation:
    """Exactly one taker gets past the update, however many come at once."""
    now = timezone.now()
    try:
        invitation = find_open_invitation(token, now=now)
    except Invitation.DoesNotExist:
        raise _spent() from None
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(accepted_at=now):
        raise _spent()
    return invitation


def _spent() -> UserError:
    return UserError(
        "This invitation is no longer valid. It works once, for seven days. Ask for a new one.", code="not_found"
    )


def _enrol(person: Person, *, invitation: Invitation) -> Organization:
    organization = invitation.organization
    if not organization.memberships.filter(person=person).exists():
        Membership.objects.create(organization=organization, person=person, role=invitation.role)
        tell("member.joined", organization=organization, by=person, subject=person, after={"role": invitation.role})
    return organization


# Members


@transaction.atomic
def set_role(membership: Membership, *, role: Role, by: Person) -> None:
    membership = _locked(membership)
    if membership.role == role:
        return
    if role != Role.OWNER:
        _require_another_owner(membership)
    before = membership.role
    membership.role = role
    membership.save(update_fields=["role"])
    tell(
        "member.role_changed",
        organization=membership.organization,
        by=by,
        subject=membership.person,
        before={"role": before},
        after={"role": role.value},
    )


@transaction.atomic
def remove_member(membership: Membership, *, by: Person) -> None:
    """Ends a membership and the person's API tokens here. What they did stays in the trail."""
    membership = _locked(membership)
    _require_another_owner(membership)
    organization, person = membership.organization, membership.person
    organization.api_tokens.filter(person=person, revoked_at=None).update(revoked_at=timezone.now())
    before = {"role": membership.role}
    membership.delete()
    tell("member.removed", organization=organization, by=by, subject=person, before=before)


def _locked(membership: Membership) -> Membership:
    """Two owners who remove each other come one after the other: the organization's row is their turnstile.

    (SQLite ignores the lock; there a transaction that writes is alone from its beginning.)
    """
    organization = Organization.objects.select_for_update().get(pk=membership.organization_id)
    return organization.memberships.select_related("person", "organization").get(pk=membership.pk)


def _require_another_owner(membership: Membership) -> None:
    others = Q(role=Role.OWNER) & ~Q(pk=membership.pk)
    if membership.role == Role.OWNER and not membership.organization.memberships.filter(others).exists():
        raise UserError(
            "An organization needs an owner. Make somebody else an owner first.", code="last_owner", field="role"
        )


# API tokens


@transaction.atomic
def create_api_token(organization: Organization, *, person: Person, name: str) -> str:
    """Answers the token, which is shown once and stored nowhere. It acts with the role that the person has then."""
    name = _required(name, field="name", words="A token needs a name that says what it is for.")
    if organization.api_tokens.filter(person=person, name=name, revoked_at=None).exists():
        raise UserError(f"You have a token named “{name}” already.", code="name_taken", field="name")
    token = TOKEN_PREFIX + new_secret()
    ApiToken.objects.create(organization=organization, person=person, name=name, token_hash=hash_of(token))
    tell("api_token.created", organization=organization, by=person, subject=person, after={"name": name})
    return token


@transaction.atomic
def revoke_api_token(token: ApiToken, *, by: Person) -> None:
    """Stops it at once. Safe to repeat."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        tell(
            "api_token.revoked",
            organization=token.organization,
            by=by,
            subject=token.person,
            before={"name": token.name},
        )


def _required(text: str, *, field: str, words: str) -> str:
    if not (text := text.strip()):
        raise UserError(words, code="name_required", field=field)
    return text


def _valid_email(email: str) -> str:
    email = normal_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise UserError(f"“{email}” is not an e-mail address.", code="invalid_email", field="email") from error
    return email
