"""One file per kind of request; each has `answer(asked, answer)`, which appends Rets and returns the status."""

from collections.abc import Callable

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.handlers import company, customer_query, host, list_deleted, preferences

HANDLERS: dict[str, Callable[[Asked, etree._Element], Status]] = {
    "HostQueryRq": host.answer,
    "CompanyQueryRq": company.answer,
    "PreferencesQueryRq": preferences.answer,
    "CustomerQueryRq": customer_query.answer,
    "ListDeletedQueryRq": list_deleted.answer,
}
