"""Every message that the simulator knows, as declarations in wire order (qbXML reference 13.0)."""

from qbsim.declarations import Request
from qbsim.messages import company, customer, deleted, host, items, lists, preferences

FAMILIES = (
    host,
    company,
    preferences,
    customer,
    lists,
    items,
    deleted,
)

REQUESTS: dict[str, Request] = {tag: request for family in FAMILIES for tag, request in family.REQUESTS.items()}
