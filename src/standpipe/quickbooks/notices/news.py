"""What there is to tell the people who were chosen for it, and in which words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from standpipe.core.working_time import is_working, working_time
from standpipe.quickbooks.connections.health import refusal_title
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.explain import explain
from standpipe.quickbooks.posting.models import Document, LastLook
from standpipe.quickbooks.posting.repairs import explained_of

from .models import Notice

SILENT_FOR = timedelta(hours=4)  # of working time
UNSEEN_FOR = timedelta(hours=9)  # likewise: a day of it
MOST_NAMED = 10  # refused documents in one e-mail; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One e-mail that should go out: what happened, what it means, who can act, and where."""

    cause: Notice.Cause
    subject: str
    paragraphs: tuple[str, ...]
    url: str

    @property
    def body(self) -> str:
        return "\n\n".join((*self.paragraphs, self.url, FOOTER))


FOOTER = (
    "You get this because you were chosen for it in the QuickBooks Desktop settings of Standpipe. "
    "It is sent at most once a day for each reason."
)


def news_of(connection: Connection, *, now: datetime) -> Iterator[News]:
    """All that is to be told of a connection now; whether it was told today already is not asked here."""
    found = (_silent(connection, now=now), _refused(connection), _other_file(connection, now=now))
    return (news for news in found if news is not None)


def zone_of(connection: Connection) -> ZoneInfo:
    return ZoneInfo(connection.organization.time_zone)


def _silent(connection: Connection, *, now: datetime) -> News | None:
    """Only where it worked before: a set-up that nobody finished is no silence."""
    zone, last = zone_of(connection), connection.last_contact_at
    if last is None or connection.file_read_at is None or not is_working(now, zone=zone):
        return None
    if working_time(last, now, zone=zone) < SILENT_FOR:
        return None
    there = last.astimezone(zone)
    computer = f" ({connection.computer})" if connection.computer else ""
    return News(
        cause=Notice.Cause.SILENT,
        subject=f"The QuickBooks computer has been silent since {there:%d %B, %H:%M}",
        paragraphs=(
            f"The Web Connector of “{connection.name}” was last here on {there:%A, %d %B, at %H:%M}.",
            "Until it comes again, nothing reaches QuickBooks and nothing is read from it. Nothing is lost.",
            (
                f"The person at the QuickBooks computer{computer} can help: sign in to Windows, start the Web "
                "Connector if it does not run, tick Auto-Run in the row of Standpipe, and press Update Selected."
            ),
        ),
        url=_url("quickbooks:connection", connection, connection.id),
    )


def _other_file(connection: Connection, *, now: datetime) -> News | None:
    """Another file may well be open for an hour while nothing waits: only the look that Standpipe takes met it."""
    if not connection.refused_file or connection.refused_at is None:
        return None
    if not (_waits(connection) or _is_long_unseen(connection, now=now)):
        return None
    seen = connection.refused_file
    title = refusal_title(seen)
    return News(
        cause=Notice.Cause.OTHER_FILE,
        subject=f"{title}: nothing was read or written",
        paragraphs=(
            (
                f"QuickBooks had this company file open: {seen['company_name'] or 'no name'} ({seen['path']}). "
                f"Standpipe is connected to: {connection.file_company_name} ({connection.file_path})."
            ),
            explain(seen["reason"]).cause,
            "Nothing was read from it and nothing was written to it. What waits, waits on.",
            (
                "The person at the QuickBooks computer can open the right company file and press Update Selected "
                "in the Web Connector. If it is the same file in another place, say so on the page below."
            ),
        ),
        url=_url("quickbooks:connection", connection, connection.id),
    )


def _waits(connection: Connection) -> bool:
    open_tasks = Task.objects.filter(connection=connection, state__in=(Task.State.WAITING, Task.State.RUNNING))
    on_their_way = Document.objects.filter(
        connection=connection, ended_at=None, state__in=(Document.State.WAITING, Document.State.SENDING)
    )
    return open_tasks.exists() or on_their_way.exists()


def _is_long_unseen(connection: Connection, *, now: datetime) -> bool:
    """For a working day nothing was read of what became of what is in the right one."""
    last = LastLook.objects.filter(connection=connection).first()
    return last is not None and working_time(last.looked_at, now, zone=zone_of(connection)) >= UNSEEN_FOR


def _refused(connection: Connection) -> News | None:
    """What came to need somebody since the last e-mail about that; one that did not leave told nothing."""
    left = Notice.objects.filter(connection=connection, cause=Notice.Cause.REFUSED, sent_at__isnull=False)
    told = left.order_by("-claimed_at").first()
    waiting = Document.objects.filter(
        connection=connection,
        ended_at=None,
        state=Document.State.NEEDS_YOU,
        problem__isnull=False,
        invoice__archived_at=None,
    ).select_related("invoice", "payment__invoice")
    fresh = [one for one in waiting.order_by("asked_at") if told is None or _since(one) > told.claimed_at]
    if not fresh:
        return None
    first = fresh[0]
    return News(
        cause=Notice.Cause.REFUSED,
        subject=_subject(fresh),
        paragraphs=tuple(_paragraphs(fresh)),
        url=_record_url(first) if len(fresh) == 1 else _url("invoices:list", connection),
    )


def _since(document: Document) -> datetime:
    problem = document.problem or {}
    return datetime.fromisoformat(problem["at"]) if problem.get("at") else document.asked_at


def _subject(documents: Sequence[Document]) -> str:
    if len(documents) == 1:
        return f"{_name(documents[0])} is not in QuickBooks and needs you"
    return f"{len(documents)} invoices and payments are not in QuickBooks and need you"


def _paragraphs(documents: Sequence[Document]) -> Iterator[str]:
    for document in documents[:MOST_NAMED]:
        explained = explained_of(document)
        assert explained is not None  # only those with a problem come here  # noqa: S101
        yield (
            f"{_name(document)}: {explained.title}. {explained.cause}\n"
            f"{explained.consequence}\nWho can act: {explained.who.words.lower()}."
        )
    if len(documents) > MOST_NAMED:
        yield f"And {len(documents) - MOST_NAMED} more."


def _name(document: Document) -> str:
    if document.payment is not None:
        return f"The payment of {document.payment.amount} for invoice {document.payment.invoice.number or '–'}"
    assert document.invoice is not None  # noqa: S101 - one of the two, by constraint
    return f"Invoice {document.invoice.number or 'without a number'}"


def _record_url(document: Document) -> str:
    name, key = (
        ("payments:detail", document.payment_id) if document.payment_id else ("invoices:detail", document.invoice_id)
    )
    return _url(name, document.connection, key)


def _url(name: str, connection: Connection, *arguments: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[connection.organization.slug, *arguments])}"
