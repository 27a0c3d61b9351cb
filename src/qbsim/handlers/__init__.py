"""One module per family of requests, each with HANDLERS: request tag -> `answer(asked, rs)`, which appends Rets
and returns the status."""

from collections.abc import Callable

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.handlers import (
    company,
    customer_changes,
    customer_query,
    data_ext,
    host,
    invoices,
    item_changes,
    list_changes,
    list_deleted,
    lists,
    payments,
    preferences,
    transactions,
)

FAMILIES = (
    host,
    company,
    preferences,
    customer_query,
    customer_changes,
    lists,
    item_changes,
    list_changes,
    list_deleted,
    invoices,
    payments,
    transactions,
    data_ext,
)

HANDLERS: dict[str, Callable[[Asked, etree._Element], Status]] = {
    tag: answer for family in FAMILIES for tag, answer in family.HANDLERS.items()
}
