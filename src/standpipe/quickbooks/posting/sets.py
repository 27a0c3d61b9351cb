"""Message sets that change the company file: stored whole before they leave, and sent again only as they were.

A set's ID is ours and random; QuickBooks keeps its answer under it, and does nothing twice (Intuit, error recovery).
"""

import secrets
import zlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qbwire.messages import InvoiceAdd, ReceivePaymentAdd, encode_request_set
from standpipe.core.prepared import Prepared, PreparedUpdate, Slot
from standpipe.quickbooks.connections.models import Connection

from .models import Document, MessageSet
from .outcomes import request_id

ID_BYTES = 11  # as hex 22 characters; QuickBooks takes 23

Add = InvoiceAdd | ReceivePaymentAdd


def open_set(connection: Connection) -> MessageSet | None:
    """The set whose outcome is not known: nothing else that changes the file goes before it is."""
    return _OUT.first(connection=connection.pk)


_OUT = Prepared(
    lambda: MessageSet.objects.filter(connection=Slot("connection"), state=MessageSet.State.OUT).defer("answer")
)


def find(connection: Connection, pk: str) -> MessageSet | None:
    """One set, without its bytes and its answer."""
    found = _ONE.first(connection=connection.pk, pk=UUID(pk)) if pk else None
    if found is not None:
        found.connection = connection
    return found


_ONE = Prepared(
    lambda: MessageSet.objects.filter(connection=Slot("connection"), pk=Slot("pk")).defer("document", "answer")
)
_PLACES = Prepared(lambda: Document.objects.filter(message_set=Slot("set")).values_list("request_number", flat=True))


def size_of(message_set: MessageSet) -> int:
    """How many requests it had: the last place that a document has in it."""
    return max((place or 0 for place in _PLACES.all(set=message_set.pk)), default=0)


def forgettable(connection: Connection) -> MessageSet | None:
    """The oldest set whose answer is stored here, so that QuickBooks need not keep it any longer."""
    return _FORGETTABLE.first(connection=connection.pk)


_FORGETTABLE = Prepared(
    lambda: (
        MessageSet.objects.filter(connection=Slot("connection"), state=MessageSet.State.ANSWERED, is_forgotten=False)
        .defer("document", "answer")
        .order_by("created_at", "id")[:1]
    )
)


def note_forgotten(connection: Connection, set_id: str) -> None:
    _FORGET(connection=connection.pk, set_id=set_id)


_FORGET = PreparedUpdate(
    lambda: (
        MessageSet.objects.filter(connection=Slot("connection"), set_id=Slot("set_id")),
        {"is_forgotten": True},
    )
)


def text_of(message_set: MessageSet) -> str:
    """The very bytes."""
    return zlib.decompress(message_set.document).decode("ascii")


def store(
    connection: Connection,
    adds: Sequence[tuple[Document, Add]],
    *,
    version: str,
    old_set_id: str | None,
    now: datetime,
) -> tuple[MessageSet, str] | None:
    """Stores the set of those documents that still wait, and its text; they are Sending from here on.

    ``None`` where none waits any more: somebody took them back meanwhile. Call it in the transaction that hands the
    bytes over.
    """
    message_set = MessageSet(connection=connection, set_id=secrets.token_hex(ID_BYTES), created_at=now)
    claimed: list[Add] = []
    for document, add in adds:
        if _claim(document, message_set, place=len(claimed) + 1):
            claimed.append(add)
    if not claimed:
        return None
    text = encode_request_set(
        [(request_id(place), add) for place, add in enumerate(claimed, start=1)],
        version=version,
        new_message_set_id=message_set.set_id,
        old_message_set_id=old_set_id,
    )
    message_set.document = zlib.compress(text.encode("ascii"))
    message_set.save(force_insert=True)  # foreign keys are checked when the transaction ends
    return message_set, text


_CLAIM = PreparedUpdate(
    lambda: (
        Document.objects.filter(pk=Slot("pk"), state=Document.State.WAITING, ended_at=None),
        {
            "state": Document.State.SENDING,
            "not_before": None,
            "problem": None,
            "message_set": Slot("message_set"),
            "request_number": Slot("place"),
            "frozen": Slot("frozen"),
        },
    )
)


def _claim(document: Document, message_set: MessageSet, *, place: int) -> bool:
    """Waiting to Sending, in that set; ``False`` where it was taken back."""
    if not _CLAIM(pk=document.pk, message_set=message_set.pk, place=place, frozen=document.frozen):
        return False
    document.state, document.not_before, document.problem = Document.State.SENDING, None, None
    document.message_set, document.request_number = message_set, place
    return True
