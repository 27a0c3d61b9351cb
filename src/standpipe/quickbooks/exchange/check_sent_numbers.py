"""Which invoice in QuickBooks a person meant who marked one as already there and gave its number."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.outcomes import Posted
from standpipe.quickbooks.posting.payments import queue_follow_ups
from standpipe.quickbooks.posting.results import candidate_of

from .check_sent import Numbered


def _unknown(connection: Connection) -> QuerySet[Document]:
    """Marked by hand with a number alone, and not looked for yet; choosing among several is a person's."""
    marked = Document.objects.filter(connection=connection, ended_at=None, state=Document.State.ALREADY)
    return marked.filter(invoice__isnull=False, txn_id="", read_at=None).exclude(number="")


def numbers_to_find(connection: Connection) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_unknown(connection).order_by("asked_at").values_list("number", flat=True)))


def recognised(connection: Connection, found: Numbered, *, now: datetime) -> list[str]:
    """Keeps which ones bear the numbers; the TxnIDs of those that are certain, which are read next.

    A number is not unique in QuickBooks: of several the one of the same customer is meant, else a person chooses.
    """
    certain = []
    for document in _unknown(connection).filter(number__in=found.numbers).select_related("invoice"):
        alike = list(_meant(document, found.invoices))
        document.read_at = now
        if len(alike) == 1:
            document.txn_id, document.candidates = alike[0].txn_id, []
            document.customer_list_id = str(alike[0].said.get("customer_list_id") or document.customer_list_id)
            document.customer_name = str(alike[0].said.get("customer_name") or document.customer_name)
            certain.append(document.txn_id)
        else:
            document.candidates = [candidate_of(one) for one in alike]
        document.save(update_fields=["read_at", "txn_id", "candidates", "customer_list_id", "customer_name"])
    if certain:
        queue_follow_ups(connection)  # its payments know now where they belong
    return certain


def _meant(document: Document, invoices: Sequence[Posted]) -> Iterable[Posted]:
    alike = [one for one in invoices if one.number.casefold() == document.number.casefold()]
    same = [one for one in alike if one.said.get("customer_list_id") == document.customer_list_id]
    return same or alike
