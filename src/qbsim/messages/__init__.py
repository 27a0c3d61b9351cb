"""Every message that the simulator knows, as declarations in wire order (qbXML reference 13.0)."""

from qbsim.declarations import Request
from qbsim.messages.company import COMPANY_QUERY
from qbsim.messages.customer import CUSTOMER_QUERY
from qbsim.messages.deleted import LIST_DELETED_QUERY
from qbsim.messages.host import HOST_QUERY
from qbsim.messages.preferences import PREFERENCES_QUERY

REQUESTS: dict[str, Request] = {
    f"{request.tag}Rq": request
    for request in (HOST_QUERY, COMPANY_QUERY, PREFERENCES_QUERY, CUSTOMER_QUERY, LIST_DELETED_QUERY)
}
