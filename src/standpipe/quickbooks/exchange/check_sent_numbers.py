"""Which invoice in QuickBooks a person meant who marked one as already there and gave its number."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.posting.message import number_as_sent
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
    numbers = dict.fromkeys(_unknown(connection).order_by("asked_at").values_list("number", flat=True))
    return tuple(number for number in numbers if number_as_sent(number) == number)  # others cannot be there


def recognised(connection: Connection, found: Numbered, *, now: datetime) -> list[str]:
    """Keeps which ones bear the numbers; the TxnIDs of those that are certain, which are read next.

    Numbers here and there need have nothing in common, and what is tied takes the payments. Certain is only the one
    of the same customer over the same total; else a person is asked, of a single one, too.
    """
    certain = []
    for document in _unknown(connection).filter(number__in=found.numbers).select_related("invoice"):
        bearers = [one for one in _free(connection, found.invoices) if _bears(document, one)]
        if _keep(document, bearers, now=now) and document.txn_id:
            certain.append(document.txn_id)
    if certain:
        queue_follow_ups(connection)  # its payments know now where they belong
    return certain


def _free(connection: Connection, invoices: Sequence[Posted]) -> list[Posted]:
    """Without those that other invoices here are already: sent from here, or marked before."""
    live = Document.objects.filter(connection=connection, invoice__isnull=False, ended_at=None)
    tied = set(live.filter(txn_id__in=[one.txn_id for one in invoices]).values_list("txn_id", flat=True))
    return [one for one in invoices if one.txn_id not in tied]


def _bears(document: Document, one: Posted) -> bool:
    return one.number.casefold() == document.number.casefold()


def _is_certain(document: Document, one: Posted) -> bool:
    return _is_same_customer(document, one) and document.invoice is not None and one.total == document.invoice.total


def _is_same_customer(document: Document, one: Posted) -> bool:
    """Or one above or below it: who entered it by hand may have chosen the customer instead of the job."""
    if not document.customer_list_id:
        return False
    if one.said.get("customer_list_id") == document.customer_list_id:
        return True
    ours, theirs = document.customer_name, str(one.said.get("customer_name") or "")
    return bool(ours and theirs) and (ours.startswith(f"{theirs}:") or theirs.startswith(f"{ours}:"))


def _keep(document: Document, bearers: Sequence[Posted], *, now: datetime) -> bool:
    """``False``: another invoice was tied to it in this moment; the next look finds it taken."""
    certain = [one for one in bearers if _is_certain(document, one)]
    document.read_at, document.candidates = now, []
    if len(certain) == 1:
        said = certain[0].said
        document.txn_id = certain[0].txn_id
        document.customer_list_id = str(said.get("customer_list_id") or document.customer_list_id)
        document.customer_name = str(said.get("customer_name") or document.customer_name)
    else:
        same = [one for one in bearers if _is_same_customer(document, one)]
        document.candidates = [candidate_of(one) for one in same or bearers]
    try:
        with transaction.atomic():
            document.save(update_fields=["read_at", "txn_id", "candidates", "customer_list_id", "customer_name"])
    except IntegrityError:
        return False
    return True
