"""Every message that the simulator knows, as declarations in wire order (qbXML reference 13.0)."""

from qbsim.declarations import Request
from qbsim.messages import (
    company,
    customer,
    data_ext,
    deleted,
    host,
    invoice,
    items,
    list_changes,
    lists,
    preferences,
    receive_payment,
    transactions,
)

FAMILIES = (
    host,
    company,
    preferences,
    customer,
    lists,
    items,
    list_changes,
    deleted,
    invoice,
    receive_payment,
    transactions,
    data_ext,
)

REQUESTS: dict[str, Request] = {tag: request for family in FAMILIES for tag, request in family.REQUESTS.items()}
