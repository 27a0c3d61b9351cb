"""Sending: whoever comes first writes the row, commits it, and only then lets the e-mail go."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from standpipe.organizations.models import Membership
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.posting.settings import settings_of

from .models import Notice
from .news import News, news_of, zone_of

logger = logging.getLogger(__name__)


def send_notices(*, now: datetime | None = None) -> int:
    """Sends what is due, and says how many e-mails left. Safe to repeat, and in several processes at once.

    Nothing happens where no mail server is set up. A mail server that cannot be reached raises ``OSError`` before
    anything is marked as sent.
    """
    if not settings.EMAIL_IS_SET_UP:
        return 0
    moment = now or timezone.now()
    waiting = [(connection, news) for connection in _with_recipients() for news in _untold(connection, now=moment)]
    if not waiting:
        return 0
    mailer = get_connection()
    mailer.open()
    try:
        return sum(_send(connection, news, now=moment, mailer=mailer) for connection, news in waiting)
    finally:
        mailer.close()


def recipients_of(connection: Connection) -> list[str]:
    """The addresses of the chosen people who are still in the organization."""
    chosen = [person for key in settings_of(connection).notify if (person := _read_id(key))]
    members = Membership.objects.filter(organization=connection.organization_id, person__in=chosen)
    return sorted(members.filter(person__is_active=True).values_list("person__email", flat=True))


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _with_recipients() -> Sequence[Connection]:
    found: QuerySet[Connection] = Connection.objects.filter(archived_at=None).select_related("organization")
    return [connection for connection in found.order_by("created_at") if recipients_of(connection)]


def _untold(connection: Connection, *, now: datetime) -> Sequence[News]:
    day = now.astimezone(zone_of(connection)).date()
    told = set(Notice.objects.filter(connection=connection, day=day).values_list("cause", flat=True))
    return [news for news in news_of(connection, now=now) if news.cause not in told]


def _send(connection: Connection, news: News, *, now: datetime, mailer: BaseEmailBackend) -> bool:
    notice = _claim(connection, news, now=now)
    if notice is None:
        return False
    subject = f"{news.subject} ({connection.organization.name})"
    message = EmailMessage(subject=subject, body=news.body, to=notice.recipients, connection=mailer)
    try:
        message.send()
    except Exception as failure:  # smtplib raises many kinds; kept on the row, the other e-mails go on
        logger.exception("notice.not_sent", extra={"notice": str(notice.pk)})
        notice.error = str(failure)[:1000] or type(failure).__name__
        notice.save(update_fields=["error"])
        return False
    notice.sent_at = timezone.now()
    notice.save(update_fields=["sent_at"])
    return True


def _claim(connection: Connection, news: News, *, now: datetime) -> Notice | None:
    """The row of this e-mail, committed; ``None`` where another process was first."""
    try:
        with transaction.atomic():
            return Notice.objects.create(
                organization=connection.organization,
                connection=connection,
                cause=news.cause,
                day=now.astimezone(zone_of(connection)).date(),
                claimed_at=now,
                recipients=recipients_of(connection),
                subject=news.subject[:200],
            )
    except IntegrityError:  # one_notice_a_day_per_cause
        return None
