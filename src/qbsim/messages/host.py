"""HostQuery: which QuickBooks answers (qbXML reference 13.0, Host)."""

from qbsim.declarations import Request, aggregate, boolean, enum, integer, string
from qbsim.messages.parts import INCLUDE_RET_ELEMENT

LISTS_WITH_CAPACITY = (
    "Account",
    "BillingRate",
    "Class",
    "CustomerMsg",
    "CustomerType",
    "Entity",
    "Item",
    "JobType",
    "PaymentMethod",
    "PayrollItem",
    "PriceLevel",
    "SalesRep",
    "SalesTaxCode",
    "ShipMethod",
    "Template",
    "Terms",
    "ToDo",
    "Vehicle",
    "VendorType",
)

HOST_QUERY = Request(
    "HostQuery",
    (
        aggregate("IncludeListMetaData", boolean("IncludeMaxCapacity"), many="?", since="6.0"),
        INCLUDE_RET_ELEMENT,
    ),
)

HOST_RET = (
    string("ProductName", 255, "?"),
    string("MajorVersion", 5, "?"),
    string("MinorVersion", 5, "?"),
    string("Country", 2, "?", since="3.0"),
    string("SupportedQBXMLVersion", 10, "*"),
    boolean("IsAutomaticLogin", "?", since="3.0"),
    enum("QBFileMode", "MultiUser SingleUser", "?", since="3.0"),
    aggregate(
        "ListMetaData",
        *(aggregate(f"{name}MetaData", integer("MaxCapacity")) for name in LISTS_WITH_CAPACITY),
        many="?",
        since="6.0",
    ),
)

REQUESTS = {f"{request.tag}Rq": request for request in (HOST_QUERY,)}
