"""The kinds of task that a visit of the Web Connector works through, in the order in which it does.

A kind is a module of pure functions over its own state, and a module beside it (``…_rows``) that reads and writes
rows for them. Pure: ``begin``, ``next_request``, ``receive`` and ``fail``; what they want done they return as
effects. The state is plain data with a version; one that another version wrote starts over. A visit goes like this:

1. ``sendRequestXML``: of the open tasks an urgent one, else the one with the lowest ``place`` is asked. In a new
   session it begins anew (``begin``), then ``ask`` gives the next message set. Both run in the transaction that
   stores the request: what they write is committed before the bytes leave.
2. ``receiveResponseXML``: ``read`` compares the answer with what is here, outside any transaction; ``receive`` says
   what follows, or ``fail`` where no answer came; ``apply`` does that in the transaction that stores the answer.
3. A step without an ending goes on with 1. "done" ends the task; "later" ends the visit, and the next one begins the
   task again; "failed" is for people.
4. An answer that comes after its session was over goes to ``late``.

A new kind: its two modules, an entry here, and somebody who creates its ``Task``.
"""

from collections.abc import Mapping

from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.lists.actions import REFRESH_CUSTOMERS
from standpipe.quickbooks.lists.short_lists import REFRESH_LISTS
from standpipe.quickbooks.posting import sets
from standpipe.quickbooks.posting.checking import CHECK_SENT
from standpipe.quickbooks.posting.outbox import POST

from . import (
    check_sent,
    check_sent_rows,
    post,
    post_rows,
    refresh_customers,
    refresh_customers_rows,
    refresh_lists,
    refresh_lists_rows,
)
from .tasks import Kind, questions

KINDS: Mapping[str, Kind] = {
    POST: Kind(
        place=45,  # after the lists that say what may be sent; what became of a set that is out, before everything
        is_urgent=lambda connection: sets.open_set(connection) is not None,
        load=post.State.from_memory,
        begin=post_rows.begin,
        ask=post_rows.ask,
        read=post_rows.read,
        receive=post.receive,
        fail=post.fail,
        apply=post_rows.apply,
        counts=post_rows.counts,
        farewell=post_rows.farewell,
        cancelled="OK: sending was stopped",
        late=post_rows.late,
        keeps_answers=True,
    ),
    REFRESH_CUSTOMERS: Kind(
        place=50,
        load=refresh_customers.State.from_memory,
        begin=refresh_customers_rows.begin,
        ask=questions(refresh_customers.next_request),
        read=refresh_customers_rows.read_answer,
        receive=refresh_customers.receive,
        fail=refresh_customers.fail,
        apply=refresh_customers_rows.apply,
        counts=refresh_customers_rows.counts,
        ended=refresh_customers_rows.ended,
        farewell=refresh_customers_rows.farewell,
        cancelled="OK: the refresh was cancelled",
    ),
    REFRESH_LISTS: Kind(
        place=40,
        load=refresh_lists.State.from_memory,
        begin=refresh_lists_rows.begin,
        ask=questions(refresh_lists.next_request),
        read=refresh_lists_rows.read_answer,
        receive=refresh_lists.receive,
        fail=refresh_lists.fail,
        apply=refresh_lists_rows.apply,
        counts=refresh_lists_rows.counts,
        ended=refresh_lists_rows.ended,
        farewell=refresh_lists_rows.farewell,
        cancelled="OK: the refresh was cancelled",
    ),
    CHECK_SENT: Kind(
        place=80,  # last: nobody waits for it
        load=check_sent.State.from_memory,
        begin=check_sent_rows.begin,
        ask=check_sent_rows.ask,
        read=check_sent_rows.read_answer,
        receive=check_sent.receive,
        fail=check_sent.fail,
        apply=check_sent_rows.apply,
        counts=check_sent_rows.counts,
        farewell=check_sent_rows.farewell,
        cancelled="OK: looking at what was sent was stopped",
    ),
}


def kind_of(task: Task) -> Kind:
    return KINDS[task.kind]
