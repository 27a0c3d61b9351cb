"""``sendRequestXML``: is this the right company file, and what is asked of it next.

The request is stored, byte for byte, before it leaves; asked again, the same bytes go out.
"""

import zlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from qbwire.messages import HostQuery, encode_forget, encode_request_set, encode_status_query
from qbwire.session import Event, Outcome
from qbwire.soap import SendRequestXML
from standpipe.core.prepared import Prepared, Slot, save
from standpipe.quickbooks.connections import guard
from standpipe.quickbooks.connections.guard import KnownFile, Verdict
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.lists.actions import OPEN
from standpipe.quickbooks.posting.checking import drop_unasked

from .company_file import (
    CompanyFile,
    UnreadableFile,
    read_company_file,
    read_version,
    spoken_version,
    version_text,
)
from .kinds import KINDS, kind_of
from .models import Exchange, Session
from .numbers import request_id
from .sessions import claim, move
from .tasks import Request, Visit

REFUSALS = {
    Verdict.OTHER_FILE: (
        "Another company file is open: {seen}. Standpipe is connected to {known}. Nothing was read. Open the right "
        "file in QuickBooks and press Update Selected again."
    ),
    Verdict.MOVED: (
        "The company file is in another place than before: {seen}. Standpipe knows {known}. Nothing was read. In "
        "Standpipe, say whether it is the same file."
    ),
    Verdict.UNSTAMPED: (
        "The open company file does not carry Standpipe's mark, and is not known by name and place: {seen}. "
        "Standpipe knows {known}. Nothing was read. In Standpipe, say whether it is the same file."
    ),
}
TOO_OLD = "This QuickBooks is too old: it speaks qbXML {version}, and Standpipe needs 5.0 (QuickBooks 2006) at least."


def next_request(session: Session, call: SendRequestXML) -> str:
    """The next document, or "" with the reason in ``last_error``. May raise ``Overtaken``."""
    file = _company_file(session, call)
    with transaction.atomic():
        claim(session)
        if isinstance(file, UnreadableFile):
            return _refuse(session, code="file_unreadable", text=f"{file} Nothing was read.")
        if file is not None:
            verdict = _judge(session.connection, file)
            if verdict.is_refusal:
                return _refuse_file(session, file, verdict=verdict)
            _remember(session.connection, file)
        version = spoken_version(read_version(session.connection.qbxml_version))
        if version is None:
            text = TOO_OLD.format(version=session.connection.qbxml_version)
            return _refuse(session, code="quickbooks_too_old", text=text)
        return _hand_over(session, version=version)


def same_request(session: Session) -> str:
    """The request that is out, byte for byte. May raise ``Overtaken``."""
    with transaction.atomic():
        claim(session)
        exchange = Exchange.objects.get(session=session, number=session.requests)
    return zlib.decompress(exchange.request).decode("ascii")


# --- the company file


def _company_file(session: Session, call: SendRequestXML) -> CompanyFile | UnreadableFile | None:
    """What the first call says of the open file; later calls say nothing of it."""
    if session.file_checked:
        return None
    try:
        return read_company_file(call)
    except UnreadableFile as unreadable:
        return unreadable


def _judge(connection: Connection, file: CompanyFile) -> Verdict:
    known = KnownFile(
        file_id=connection.file_id,
        was_read=connection.file_read_at is not None,
        company_name=connection.file_company_name,
        path=connection.file_path,
    )
    return guard.judge(known, file.seen)


def _remember(connection: Connection, file: CompanyFile) -> None:
    """The right file is open: what it says of itself now is what is known."""
    said: dict[str, Any] = {
        "file_read_at": connection.file_read_at or timezone.now(),
        "file_company_name": file.seen.company_name[:255],
        "file_path": file.seen.path[:1024],
        "file_stamped": connection.file_stamped or bool(file.seen.file_id.strip()),
        "file_country": file.country[:8],
        "qbxml_version": version_text(file.highest),
        "product_name": file.product_name[:255],
        "computer": file.computer[:255],
        "refused_file": None,
        "refused_at": None,
    }
    changed = [name for name, value in said.items() if getattr(connection, name) != value]
    for name in changed:
        setattr(connection, name, said[name])
    if changed:
        connection.save(update_fields=changed)


def _refuse_file(session: Session, file: CompanyFile, *, verdict: Verdict) -> str:
    connection, seen = session.connection, file.seen
    connection.refused_at = timezone.now()
    connection.refused_file = {
        "reason": verdict.value,
        "company_name": seen.company_name,
        "path": seen.path,
        "file_id": seen.file_id,
    }
    connection.save(update_fields=["refused_at", "refused_file"])
    text = REFUSALS[verdict].format(
        seen=_both(seen.company_name, seen.path),
        known=_both(connection.file_company_name, connection.file_path),
    )
    drop_unasked(session.connection)
    move(session, Event.SEND_REQUEST, Outcome.REFUSED, because="refused", last_error=text)
    return ""


def _refuse(session: Session, *, code: str, text: str) -> str:
    session.connection.trouble = {"code": code, "text": text, "at": timezone.now().isoformat()}
    session.connection.save(update_fields=["trouble"])
    drop_unasked(session.connection)
    move(session, Event.SEND_REQUEST, Outcome.REFUSED, because="refused", last_error=text)
    return ""


def _both(company_name: str, path: str) -> str:
    return f"“{company_name}” ({path})" if company_name or path else "another file"


# --- the request


def _hand_over(session: Session, *, version: str) -> str:
    """Asks the current task for its next request and stores it."""
    number = session.requests + 1
    task = next_task(session.connection)
    request = Request() if task is None else _ask(task, session, version)
    document = _document(request, number=number, version=version)
    Exchange.objects.create(
        session=session,
        number=number,
        task=task,
        request=zlib.compress(document.encode("ascii")),
        set_id=request.set_id,
    )
    move(session, Event.SEND_REQUEST, requests=number, file_checked=True)
    return document


_OPEN_TASKS = Prepared(
    lambda: Task.objects.filter(connection=Slot("connection"), state__in=OPEN, kind__in=list(KINDS))
)


def next_task(connection: Connection) -> Task | None:
    """The open task that is urgent, or whose kind comes first; of those, the oldest."""
    open_tasks = _OPEN_TASKS.all(connection=connection.pk)
    if len(open_tasks) < 2:
        return next(iter(open_tasks), None)
    return min(open_tasks, key=lambda task: (not _is_urgent(task, connection), kind_of(task).place, task.created_at))


def _is_urgent(task: Task, connection: Connection) -> bool:
    return kind_of(task).is_urgent(connection)


def _document(request: Request, *, number: int, version: str) -> str:
    """The bytes. Without messages a request without a question goes out: an empty one would show as an error in the
    Web Connector, and only an answer lets us say 100.
    """
    if request.document is not None:
        return request.document
    messages = request.messages or (HostQuery(include_ret_element=("ProductName",)),)
    if request.new_set_id and not request.messages:
        return encode_status_query(request.new_set_id, version=version)
    if request.old_set_id and not request.messages:
        return encode_forget(request.old_set_id, version=version)
    return encode_request_set(
        [(request_id(number, index), message) for index, message in enumerate(messages, start=1)],
        version=version,
        new_message_set_id=request.new_set_id,
        old_message_set_id=request.old_set_id,
    )


def _ask(task: Task, session: Session, version: str) -> Request:
    """The task's next request; in a new session it begins again, because an iterator does not outlive its own."""
    connection, now, kind = session.connection, timezone.now(), kind_of(task)
    task.connection = connection
    state = kind.load(task.memory)
    visit = Visit(session=str(session.pk), version=version, path=connection.file_path, computer=connection.computer)
    is_new = state is None or state.session != visit.session
    if is_new:
        state = kind.begin(task, visit=visit, now=now, before=state)
        task.state, task.started_at, task.progress, task.counts = (
            Task.State.RUNNING,
            task.started_at or now,
            0,
            {},
        )
    asked, request = kind.ask(task, state, now=now)
    if is_new or asked is not state:
        task.memory = asked.to_memory()
        save(task, ["state", "started_at", "memory", "progress", "counts"])
    return request
