"""Writes to contacts and their places: each one transaction and one row of the trail.

Nobody is ever invited or e-mailed from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.activity.actions import record
from standpipe.buildings.models import Building
from standpipe.core.addresses import NO_ADDRESS, Address
from standpipe.core.changes import differing, json_ready, present
from standpipe.core.emails import split_emails
from standpipe.core.errors import UserError
from standpipe.core.limits import checked_address, one_line, required_name
from standpipe.core.phones import phone_keys
from standpipe.core.text import name_key, search_text
from standpipe.organizations.models import Organization, Person

from .models import Contact, Place, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAt:
    """Where a contact stands: at one account or at one building, and what for."""

    account: Account | None = None
    building: Building | None = None
    roles: Sequence[Role | str] = ()

    @property
    def at(self) -> Account | Building:
        place = self.account or self.building
        if place is None or (self.account and self.building):
            raise UserError(
                "A place is one account or one building. Name exactly one of them.",
                code="invalid_place",
                field="places",
            )
        return place


class ContactFields(TypedDict, total=False):
    name: str
    email: str
    phone: str
    cell_phone: str
    address: Address


def new_contact(
    organization: Organization,
    *,
    name: str,
    name_is_borrowed: bool = False,
    email: str = "",
    phone: str = "",
    cell_phone: str = "",
    address: Address = NO_ADDRESS,
) -> Contact:
    """An unsaved contact with its derived columns, ready for ``bulk_create``.

    The e-mail is kept as it came, valid or not: what stands in somebody's books is not refused.
    """
    contact = Contact(organization=organization, name_is_borrowed=name_is_borrowed)
    fields: ContactFields = {
        "name": name,
        "email": email,
        "phone": phone,
        "cell_phone": cell_phone,
        "address": address,
    }
    _fill(contact, _checked(fields))
    return contact


def new_places(contact: Contact, *, places: Iterable[PlaceAt]) -> list[Place]:
    """Unsaved places of ``contact``, ready for ``bulk_create``. The same place twice becomes one, with both roles."""
    merged: dict[UUID, PlaceAt] = {}
    for place in places:
        if place.at.organization_id != contact.organization_id:
            raise UserError("There is no such account or building.", code="not_found", field="places")
        known = merged.get(place.at.id)
        merged[place.at.id] = replace(place, roles=[*known.roles, *place.roles]) if known else place
    return [
        Place(contact=contact, account=place.account, building=place.building, roles=_in_order(place.roles))
        for place in merged.values()
    ]


def create_contact(
    organization: Organization,
    *,
    by: Person | None,
    name: str,
    email: str = "",
    phone: str = "",
    cell_phone: str = "",
    address: Address = NO_ADDRESS,
    places: Iterable[PlaceAt] = (),
) -> Contact:
    contact = new_contact(organization, name=name, email=email, phone=phone, cell_phone=cell_phone, address=address)
    _refuse_bad_email(contact.email)
    rows = new_places(contact, places=places)
    with transaction.atomic():
        contact.save(force_insert=True)
        Place.objects.bulk_create(rows)
        after = present(contact, ContactFields.__annotations__) | {"places": _told(rows)}
        _tell("contact.created", contact=contact, by=by, after=after)
    return contact


def edit_contact(
    contact: Contact,
    *,
    by: Person | None,
    seen_at: datetime | None = None,
    places: Iterable[PlaceAt] | None = None,
    **changes: Unpack[ContactFields],
) -> Contact:
    """Changes what is named; ``places``, if given, replace all places. Nothing is written where nothing differs.

    ``seen_at`` is the ``updated_at`` that the person was looking at: a later one refuses with "changed_meanwhile".
    """
    checked = _checked(changes)
    with transaction.atomic():
        contact.refresh_from_db(from_queryset=Contact.objects.select_for_update())
        refuse_if_archived(contact)
        changed = differing(contact, checked)
        if "email" in changed:
            _refuse_bad_email(changed["email"])
        before, after = present(contact, changed), json_ready(changed)
        old = _places_of(contact)
        new = old if places is None else new_places(contact, places=places)
        if _where(new) != _where(old):
            before["places"], after["places"] = _told(old), _told(new)
        if not after:
            return contact
        if seen_at is not None and contact.updated_at != seen_at:
            raise UserError(
                "Somebody else changed this contact while you were editing it. Compare, then save again.",
                code="changed_meanwhile",
            )
        _fill(contact, changed)
        contact.name_is_borrowed = contact.name_is_borrowed and "name" not in changed
        contact.save()
        _store_places(contact, old=old, new=new)
        _tell("contact.edited", contact=contact, by=by, before=before, after=after)
    return contact


def place_contact(
    contact: Contact, *, at: Account | Building, roles: Sequence[Role | str], by: Person | None
) -> Contact:
    """Sets the roles of ``contact`` at one place, where it may or may not stand already."""
    return _with_place(contact, at=at, roles=roles, by=by)


def remove_from_place(contact: Contact, *, at: Account | Building, by: Person | None) -> Contact:
    """Takes ``contact`` away from one place. What it is through the account stays (requirement 66)."""
    return _with_place(contact, at=at, roles=None, by=by)


def archive_contact(contact: Contact, *, by: Person | None) -> Contact:
    """Hides the contact everywhere. Its places stay. Safe to repeat."""
    return _set_archived(contact, timezone.now(), by=by)


def restore_contact(contact: Contact, *, by: Person | None) -> Contact:
    """Brings an archived contact back to its places. Safe to repeat."""
    return _set_archived(contact, None, by=by)


def refuse_if_archived(contact: Contact) -> None:
    if contact.archived_at is not None:
        raise UserError(
            f"“{contact.name}” is archived. Bring it back before changing it.", code="archived", field="contact"
        )


def _with_place(
    contact: Contact, *, at: Account | Building, roles: Sequence[Role | str] | None, by: Person | None
) -> Contact:
    """``roles`` of ``None`` removes the place."""
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=contact.pk)
        others = [_as_place_at(place) for place in _places_of(contact) if at not in (place.account, place.building)]
        if roles is None:
            if len(others) == contact.places.count():
                raise _not_standing_at(at, contact=contact)
            return edit_contact(contact, by=by, places=others)
        here = PlaceAt(account=at, roles=roles) if isinstance(at, Account) else PlaceAt(building=at, roles=roles)
        return edit_contact(contact, by=by, places=[*others, here])


def _not_standing_at(at: Account | Building, *, contact: Contact) -> UserError:
    account = at.account if isinstance(at, Building) else None
    if account and contact.places.filter(account=account).exists():
        return UserError(
            f"{contact.name} stands at this building through the account “{account.name}”. Remove it there.",
            code="inherited",
            field="places",
        )
    return UserError(f"{contact.name} does not stand at “{at.name}”.", code="not_found", field="places")


def _set_archived(contact: Contact, archived_at: datetime | None, *, by: Person | None) -> Contact:
    with transaction.atomic():
        contact.refresh_from_db(from_queryset=Contact.objects.select_for_update())
        was, becomes = contact.archived_at is not None, archived_at is not None
        if was != becomes:
            contact.archived_at, contact.updated_at = archived_at, timezone.now()
            contact.save(update_fields=["archived_at", "updated_at"])
            verb = "contact.archived" if becomes else "contact.restored"
            _tell(verb, contact=contact, by=by, before={"archived": was}, after={"archived": becomes})
    return contact


def _checked(changes: ContactFields) -> dict[str, Any]:
    """``changes`` as they are kept. Raises :class:`UserError` naming the field."""
    checked: dict[str, Any] = {}
    if "name" in changes:
        checked["name"] = required_name(changes["name"], what="contact")
    if "address" in changes:
        checked["address"] = checked_address(changes["address"], field="address")
    lines = {"email": changes.get("email"), "phone": changes.get("phone"), "cell_phone": changes.get("cell_phone")}
    for field, value in lines.items():
        if value is not None:
            checked[field] = one_line(value, field=field)
    return checked


def _refuse_bad_email(email: str) -> None:
    emails = split_emails(email)
    if emails.rest:
        raise UserError(
            f"“{emails.rest[0]}” is not an e-mail address. Write it like jane@example.com; "
            "put a semicolon between two.",
            code="invalid_email",
            field="email",
        )


def _in_order(roles: Iterable[Role | str]) -> list[str]:
    """Values of :class:`Role`, each once, in its order."""
    wanted = set(roles)
    if unknown := wanted - set(Role.values):
        raise UserError(
            f"“{min(unknown)}” is not a role. The roles are: {', '.join(Role.values)}.",
            code="invalid_role",
            field="places",
        )
    return [role for role in Role.values if role in wanted]


def _fill(contact: Contact, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        setattr(contact, field, value)
    contact.updated_at = timezone.now()
    contact.name_key = name_key(contact.name)
    contact.search_text = search_text(
        [
            *(contact.name, contact.email, contact.phone, contact.cell_phone),
            *(*phone_keys(contact.phone), *phone_keys(contact.cell_phone)),
            *contact.address.printed_lines,
        ]
    )


def _places_of(contact: Contact) -> list[Place]:
    return list(contact.places.select_related("account", "building").order_by("id"))


def _as_place_at(place: Place) -> PlaceAt:
    return PlaceAt(account=place.account, building=place.building, roles=place.roles)


def _where(places: Iterable[Place]) -> dict[UUID | None, list[str]]:
    return {place.account_id or place.building_id: place.roles for place in places}


def _store_places(contact: Contact, *, old: Sequence[Place], new: Sequence[Place]) -> None:
    """Only what differs is written, so that a place keeps its row while its roles change."""
    kept, wanted = _where(old), {place.account_id or place.building_id: place for place in new}
    contact.places.filter(pk__in=[p.pk for p in old if (p.account_id or p.building_id) not in wanted]).delete()
    for place in old:
        here = wanted.get(place.account_id or place.building_id)
        if here and here.roles != place.roles:
            contact.places.filter(pk=place.pk).update(roles=here.roles)
    Place.objects.bulk_create([place for key, place in wanted.items() if key not in kept])


def _told(places: Iterable[Place]) -> list[dict[str, Any]]:
    """Places for the trail: by id and name, because names change."""
    told = []
    for place in places:
        at = place.account or place.building
        kind = "account" if place.account_id else "building"
        told.append({kind: {"id": str(at.id), "name": at.name} if at else None, "roles": place.roles})
    return told


def _tell(verb: str, *, contact: Contact, by: Person | None, **what: Any) -> None:
    record(
        verb,
        organization=contact.organization,
        by=by,
        subject_type="contact",
        subject_id=contact.id,
        subject_name=contact.name,
        **what,
    )
