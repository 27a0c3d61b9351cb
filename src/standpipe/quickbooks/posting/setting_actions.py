"""Changing the QuickBooks Desktop settings of one company file. What is chosen must be in the copied lists."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, get_args

from django.db import transaction

from standpipe.activity.actions import record
from standpipe.core.errors import UserError
from standpipe.invoices.numbering import set_numbering
from standpipe.organizations.models import Membership, Person
from standpipe.payments.models import Method
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.short_lists import entries_by_id

from .payments import queue_follow_ups
from .setting_checks import CHOICES, chosen, judge
from .settings import KEY, BillTo, MethodSetting, PostingSettings, PostTo, TaxAs, settings_of

WORDS: Mapping[str, tuple[str, ...]] = {
    "post_to": get_args(PostTo),
    "tax_as": get_args(TaxAs),
    "bill_to": get_args(BillTo),
}


@transaction.atomic
def change_settings(connection: Connection, *, by: Person | None, **changes: Any) -> PostingSettings:
    """Changes what is named, by the fields of ``PostingSettings``; nothing is written where nothing differs.

    ``methods`` may name some of the methods, as ``MethodSetting`` or as mappings of what changes; the others stay.
    Raises ``UserError`` on the field at fault; a choice that was made before and does not hold any more may stay.
    """
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    before = settings_of(held)
    after = _changed(before, changes)
    _check(held, before=before, after=after)
    if after != before or KEY not in held.settings:  # the defaults count once somebody has said so
        connection.settings = held.settings | {KEY: after.to_json()}
        connection.save(update_fields=["settings"])
    if after != before:
        _tell(connection, before=before, after=after, by=by)
        queue_follow_ups(connection)  # a payment may have waited for its method
    return after


@transaction.atomic
def save_settings(
    connection: Connection, *, by: Person | None, prefix: str, next_number: int, **changes: Any
) -> PostingSettings:
    """``change_settings`` and the numbers of the organization's invoices, as one page saves them."""
    settings = change_settings(connection, by=by, **changes)
    set_numbering(connection.organization, by=by, prefix=prefix, next_number=next_number)
    return settings


def _changed(before: PostingSettings, changes: Mapping[str, Any]) -> PostingSettings:
    known = {one.name for one in fields(PostingSettings)}
    if unknown := changes.keys() - known:
        name = min(unknown)
        raise UserError(f"There is no setting “{name}”.", code="invalid_setting", field=name)
    values = dict(changes)
    if "methods" in values:
        values["methods"] = _methods(before, values["methods"])
    if "notify" in values:
        values["notify"] = tuple(dict.fromkeys(map(str, values["notify"])))
    return replace(before, **values)


def _methods(before: PostingSettings, said: Mapping[str, Any]) -> dict[str, MethodSetting]:
    methods = dict(before.methods)
    for key, value in said.items():
        if key not in Method.values:
            raise UserError(f"There is no payment method “{key}”.", code="invalid_setting", field="methods")
        one = value if isinstance(value, MethodSetting) else replace(methods[key], **value)
        methods[key] = one
    return methods


def _check(connection: Connection, *, before: PostingSettings, after: PostingSettings) -> None:
    for field, words in WORDS.items():
        if getattr(after, field) not in words:
            text = f"It is one of: {', '.join(words)}."
            raise UserError(text, code="invalid_setting", field=field)
    if after.leave_out_before is not None and not isinstance(after.leave_out_before, date):
        raise UserError("It is a date, or nothing.", code="invalid_setting", field="leave_out_before")
    for field, choice in CHOICES.items():
        list_id = chosen(after, field)
        if list_id and list_id != chosen(before, field):
            found = {choice.kind: entries_by_id(connection, choice.kind, [list_id])}
            if problem := judge(field, list_id, found=found, is_needed=False):
                raise UserError(problem.text, code="invalid_setting", field=field)
    _check_people(connection, new=set(after.notify) - set(before.notify))


def _check_people(connection: Connection, *, new: set[str]) -> None:
    members = Membership.objects.filter(organization=connection.organization_id)
    if new - {str(key) for key in members.values_list("person_id", flat=True)}:
        raise UserError("E-mails go to people of this organization.", code="invalid_setting", field="notify")


def _tell(connection: Connection, *, before: PostingSettings, after: PostingSettings, by: Person | None) -> None:
    """With names, as people chose them."""
    record(
        "connection.posting_changed",
        organization=connection.organization,
        by=by,
        subject_type="connection",
        subject_id=connection.pk,
        subject_name=connection.name,
        before=_told(connection, before, but=after),
        after=_told(connection, after, but=before),
    )


def _told(connection: Connection, settings: PostingSettings, *, but: PostingSettings) -> dict[str, Any]:
    """What differs from the other ones."""
    told: dict[str, Any] = {}
    for field, choice in CHOICES.items():
        list_id = chosen(settings, field)
        if list_id != chosen(but, field):
            found = entries_by_id(connection, choice.kind, [list_id]).get(list_id)
            told[choice.noun.replace(" ", "_")] = found.full_name if found else ""
    plain = {**dict.fromkeys(WORDS), "leave_out_before": None, "notify": None}
    for field in plain:
        value = settings.to_json()[field]
        if value != but.to_json()[field]:
            told[field] = len(value) if field == "notify" else value
    return told
