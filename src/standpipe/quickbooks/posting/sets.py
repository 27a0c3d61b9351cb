"""Message sets that change the company file: stored whole before they leave, and sent again only as they were.

A set's ID is ours and random; QuickBooks keeps its answer under it, and does nothing twice (Intuit, error recovery).
"""

import secrets
import zlib
from collections.abc import Sequence
from datetime import datetime

from qbwire.messages import InvoiceAdd, ReceivePaymentAdd, encode_request_set
from standpipe.quickbooks.connections.models import Connection

from .models import Document, MessageSet
from .outcomes import request_id

ID_BYTES = 11  # as hex 22 characters; QuickBooks takes 23

Add = InvoiceAdd | ReceivePaymentAdd


def open_set(connection: Connection) -> MessageSet | None:
    """The set whose outcome is not known: nothing else that changes the file goes before it is."""
    return MessageSet.objects.filter(connection=connection, state=MessageSet.State.OUT).first()


def forgettable(connection: Connection) -> MessageSet | None:
    """The oldest set whose answer is stored here, so that QuickBooks need not keep it any longer."""
    answered = MessageSet.objects.filter(connection=connection, state=MessageSet.State.ANSWERED, is_forgotten=False)
    return answered.defer("document", "answer").order_by("created_at", "id").first()


def note_forgotten(connection: Connection, set_id: str) -> None:
    MessageSet.objects.filter(connection=connection, set_id=set_id).update(is_forgotten=True)


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
    claimed = [(document, add) for document, add in adds if _claim(document)]
    if not claimed:
        return None
    set_id = secrets.token_hex(ID_BYTES)
    text = encode_request_set(
        [(request_id(place), add) for place, (_, add) in enumerate(claimed, start=1)],
        version=version,
        new_message_set_id=set_id,
        old_message_set_id=old_set_id,
    )
    message_set = MessageSet.objects.create(
        connection=connection, set_id=set_id, document=zlib.compress(text.encode("ascii")), created_at=now
    )
    for place, (document, _) in enumerate(claimed, start=1):
        document.message_set, document.request_number = message_set, place
    Document.objects.bulk_update([document for document, _ in claimed], ["message_set", "request_number", "frozen"])
    return message_set, text


def _claim(document: Document) -> bool:
    """Waiting to Sending; ``False`` where it was taken back."""
    waiting = Document.objects.filter(pk=document.pk, state=Document.State.WAITING, ended_at=None)
    if not waiting.update(state=Document.State.SENDING, not_before=None, problem=None):
        return False
    document.state, document.not_before, document.problem = Document.State.SENDING, None, None
    return True
