"""What people do with a connection. Each action is one transaction and one row of the trail."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from standpipe.activity.actions import record
from standpipe.core.errors import UserError
from standpipe.core.ids import new_secret
from standpipe.organizations.models import Organization, Person

from . import hooks, qwc
from .models import Connection, SetupLink
from .password import ALPHABET, generate_password, hash_password, hash_secret
from .queries import settings_json

SETUP_LINK_LIFETIME = timedelta(hours=24)
NAME_LENGTH = 150  # Connection.name
LONGEST_INTERVAL = 1440  # minutes; a Web Connector that comes less than once a day counts as gone

_UNKNOWN_FILE: dict[str, Any] = {
    "file_read_at": None,
    "file_company_name": "",
    "file_path": "",
    "file_stamped": False,
    "file_country": "",
    "refused_file": None,
    "refused_at": None,
}


@transaction.atomic
def create_connection(organization: Organization, *, by: Person | None, name: str) -> Connection:
    """A new connection, without a password yet. Its user name and FileID are chosen here once and for ever."""
    connection = Connection.objects.create(
        organization=organization, name=_checked_name(name), username=_new_username(organization)
    )
    _record("connection.created", connection, by=by, after={"name": connection.name, "username": connection.username})
    return connection


@transaction.atomic
def change_settings(
    connection: Connection, *, by: Person | None, name: str | None = None, poll_minutes: int | None = None
) -> None:
    """Changes the name that people see here, and how often the Web Connector is expected; ``None`` leaves as it is.

    The IDs in the QWC file and the row in the Web Connector stay as they are.
    """
    before = settings_json(connection)
    if name is not None:
        connection.name = _checked_name(name)
    if poll_minutes is not None:
        connection.poll_minutes = _checked_minutes(poll_minutes)
    after = settings_json(connection)
    changed = [key for key in after if after[key] != before[key]]
    if changed:
        connection.save(update_fields=changed)
        _record(
            "connection.settings_changed",
            connection,
            by=by,
            before={key: before[key] for key in changed},
            after={key: after[key] for key in changed},
        )


@transaction.atomic
def archive_connection(connection: Connection, *, by: Person | None) -> None:
    """Stops answering its Web Connector at once. Lists and links stay; ``restore_connection`` brings it all back."""
    if Connection.objects.filter(pk=connection.pk, archived_at=None).update(archived_at=timezone.now()):
        connection.refresh_from_db(fields=["archived_at"])
        connection.setup_links.filter(expires_at__gt=timezone.now()).update(expires_at=timezone.now())
        _end_visit(connection, because="archived")
        _record("connection.archived", connection, by=by)


@transaction.atomic
def restore_connection(connection: Connection, *, by: Person | None) -> None:
    """Answers its Web Connector again, with the same file and password as before."""
    if Connection.objects.filter(pk=connection.pk, archived_at__isnull=False).update(archived_at=None):
        connection.archived_at = None
        _record("connection.restored", connection, by=by)


@transaction.atomic
def new_password(connection: Connection, *, by: Person | None, through: str = "") -> str:
    """A new password, to be shown once; the old one stops at once. ``through`` says how somebody unnamed got it."""
    raw = generate_password()
    connection.password_hash = hash_password(raw)
    connection.password_set_at = timezone.now()
    connection.wrong_password_at, connection.wrong_password_from = None, ""
    connection.save(update_fields=["password_hash", "password_set_at", "wrong_password_at", "wrong_password_from"])
    _end_visit(connection, because="password")
    _record("connection.password_changed", connection, by=by, after={"through": through} if through else None)
    return raw


def qwc_of(connection: Connection, *, base_url: str) -> bytes:
    """The QWC file for an installation at ``base_url``; the same bytes every time, and nothing is noted.

    Raises ``UserError`` ("address_refused") where the Web Connector would refuse the file.
    """
    return qwc.encode(connection, base_url=base_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class QwcFile:
    name: str
    content: bytes
    content_type: str = qwc.CONTENT_TYPE


@transaction.atomic
def download_qwc(connection: Connection, *, base_url: str, by: Person | None = None, through: str = "") -> QwcFile:
    """``qwc_of`` for somebody who takes it away now: the first time ticks the step of the set-up."""
    file = QwcFile(name=qwc.file_name(connection), content=qwc_of(connection, base_url=base_url))
    now = timezone.now()
    if Connection.objects.filter(pk=connection.pk, qwc_downloaded_at=None).update(qwc_downloaded_at=now):
        connection.qwc_downloaded_at = now
        _record("connection.qwc_downloaded", connection, by=by, after={"through": through} if through else None)
    return file


@transaction.atomic
def confirm_company(connection: Connection, *, by: Person | None, seen: str | None = None) -> None:
    """Takes "Yes, this is our company file": opens import and sending. Safe to repeat.

    ``seen``: the ``file_in_question`` that the person saw; raises ``UserError`` where it is another one by now.
    """
    _refuse_another(connection, seen=seen)
    if connection.file_read_at is None:
        raise UserError(
            "No company file has been read yet. Press Update Selected in the Web Connector first.",
            code="company_file_not_read",
        )
    confirmed = Connection.objects.filter(pk=connection.pk, confirmed_at=None)
    if confirmed.update(confirmed_at=timezone.now(), confirmed_by=by):
        connection.refresh_from_db(fields=["confirmed_at", "confirmed_by"])
        _record("connection.company_confirmed", connection, by=by, after=_known_file(connection))


@transaction.atomic
def reject_company(connection: Connection, *, by: Person | None, seen: str | None = None) -> None:
    """Takes "No, this is another file": forgets all of it, so that the next file to be opened is the first again.

    ``seen``: as confirming.
    Raises ``UserError`` once the company file has been confirmed: links may stand on it.
    """
    _refuse_another(connection, seen=seen)
    unconfirmed = Connection.objects.filter(pk=connection.pk, confirmed_at=None, file_read_at__isnull=False)
    before = _known_file(connection)
    if not unconfirmed.update(**_UNKNOWN_FILE):
        raise UserError("There is no company file that waits for an answer.", code="company_confirmed")
    _end_visit(connection, because="rejected")
    for forget in hooks.forget_file:
        forget(connection)
    connection.refresh_from_db()
    _record("connection.company_rejected", connection, by=by, before=before)


@transaction.atomic
def accept_moved_file(connection: Connection, *, by: Person | None, seen: str | None = None) -> None:
    """Takes "It is the same file": the one that was refused is the known one from now on. ``seen``: as confirming.

    Raises ``UserError`` where nothing is refused or another company's FileID was in it: that one cannot be the same.
    """
    _refuse_another(connection, seen=seen)
    refused = connection.refused_file
    if not refused:
        raise UserError("No company file is waiting for a decision.", code="no_refused_file")
    if refused["reason"] == "other_file":
        raise UserError(
            "That company file belongs to another connection and cannot be taken for this one. "
            "Open the right company file in QuickBooks.",
            code="other_company_file",
        )
    before = _known_file(connection)
    connection.file_company_name, connection.file_path = refused["company_name"], refused["path"]
    connection.refused_file, connection.refused_at = None, None
    connection.save(update_fields=["file_company_name", "file_path", "refused_file", "refused_at"])
    _record("connection.file_accepted", connection, by=by, before=before, after=_known_file(connection))


@transaction.atomic
def make_setup_link(connection: Connection, *, by: Person) -> str:
    """The path of a new link for the person at the QuickBooks computer. Only its hash is kept: show it once."""
    token = new_secret()
    SetupLink.objects.create(
        connection=connection,
        token_hash=hash_secret(token),
        made_by=by,
        expires_at=timezone.now() + SETUP_LINK_LIFETIME,
    )
    _record("connection.setup_link_made", connection, by=by)
    return reverse("quickbooks-setup", args=[token])


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLink:
    browser: str  # what the browser has to keep in a cookie to see the page again
    password: str  # shown on the page that answers, and never again


@transaction.atomic
def open_setup_link(link: SetupLink) -> OpenedLink:
    """Uses the link up: it belongs to one browser now, and the connection has a new password.

    Of two browsers that press at the same moment one gets it. Raises ``UserError`` ("setup_link_used") otherwise.
    """
    browser, now = new_secret(), timezone.now()
    unused = SetupLink.objects.filter(
        pk=link.pk, opened_at=None, expires_at__gt=now, connection__archived_at__isnull=True
    )
    if not unused.update(opened_at=now, browser_hash=hash_secret(browser)):
        raise UserError("This link was opened already, or has ended.", code="setup_link_used")
    return OpenedLink(browser=browser, password=new_password(link.connection, by=None, through=_through(link)))


def new_password_through(link: SetupLink) -> str:
    """A new password for the browser that opened the link."""
    return new_password(link.connection, by=None, through=_through(link))


def download_qwc_through(link: SetupLink, *, base_url: str) -> QwcFile:
    """The QWC file for the browser that opened the link."""
    return download_qwc(link.connection, base_url=base_url, through=_through(link))


@transaction.atomic
def end_setup_link(link: SetupLink, *, by: Person | None) -> None:
    """Ends the link now, opened or not. A password that was made through it goes on."""
    now = timezone.now()
    if SetupLink.objects.filter(pk=link.pk, expires_at__gt=now).update(expires_at=now):
        _record("connection.setup_link_ended", link.connection, by=by)


def _through(link: SetupLink) -> str:
    return f"the set-up link that {link.made_by.display_name} made"


def _end_visit(connection: Connection, *, because: hooks.Because) -> None:
    for end in hooks.end_visit:
        end(connection, because=because)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise UserError("Give the connection a name.", code="name_required", field="name")
    if len(name) > NAME_LENGTH:
        raise UserError(f"The name is too long: {NAME_LENGTH} characters at most.", code="invalid_name", field="name")
    return name


def _checked_minutes(minutes: int) -> int:
    if not 1 <= minutes <= LONGEST_INTERVAL:
        raise UserError(
            f"The interval is between 1 and {LONGEST_INTERVAL} minutes.",
            code="invalid_interval",
            field="poll_minutes",
        )
    return minutes


def _new_username(organization: Organization) -> str:
    """Readable at the QuickBooks computer, and unique over all organizations (8 of 31 characters)."""
    return f"{slugify(organization.slug)[:40]}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}"


def _refuse_another(connection: Connection, *, seen: str | None) -> None:
    """The connector may have come with another file since the page was opened."""
    connection.refresh_from_db(from_queryset=Connection.objects.select_for_update())
    if seen not in (None, connection.file_in_question):
        raise UserError(
            "Another company file was open meanwhile. Look at its name and its place, and answer again.",
            code="changed_meanwhile",
        )


def _known_file(connection: Connection) -> dict[str, str]:
    return {"company_name": connection.file_company_name, "path": connection.file_path}


def _record(
    verb: str,
    connection: Connection,
    *,
    by: Person | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    record(
        verb,
        organization=connection.organization,
        by=by,
        subject_type="connection",
        subject_id=connection.id,
        subject_name=connection.name,
        before=before,
        after=after,
    )
