"""What is done to lists of every kind alike: delete and merge (qbXML reference 13.0, ListDel and ListMerge)."""

from qbsim.declarations import Request, aggregate, boolean, enum, identifier, moment, string
from qbsim.messages.deleted import LIST_DEL_TYPES

LIST_MERGE_TYPES = (
    "Account Class Customer ItemDiscount ItemGroup ItemInventory ItemNonInventory ItemOtherCharge ItemPayment "
    "ItemSalesTax ItemSalesTaxGroup ItemService ItemSubtotal Vendor"
)

LIST_DEL = Request("ListDel", (enum("ListDelType", LIST_DEL_TYPES), identifier("ListID")), since=(1, 1))

_RECORD = (identifier("ListID"), string("EditSequence", 16))

LIST_MERGE = Request(
    "ListMerge",
    (
        enum("ListMergeType", LIST_MERGE_TYPES),
        aggregate("MergeFrom", *_RECORD),
        aggregate("MergeTo", *_RECORD),
        boolean("SameShipAddrOk", "?", since="8.0"),
    ),
    since=(7, 0),
)

LIST_DEL_RS = (
    enum("ListDelType", LIST_DEL_TYPES, "?"),
    identifier("ListID", "?"),
    moment("TimeDeleted", "?"),
    string("FullName", None, "?"),
)

LIST_MERGE_RS = (
    enum("ListMergeType", LIST_MERGE_TYPES, "?"),
    aggregate("MergedFrom", identifier("ListID"), moment("TimeDeleted"), string("FullName"), many="?"),
    aggregate(
        "MergedTo",
        identifier("ListID"),
        moment("TimeCreated"),
        moment("TimeModified"),
        string("EditSequence", 16),
        string("FullName"),
        many="?",
    ),
)

REQUESTS = {f"{request.tag}Rq": request for request in (LIST_DEL, LIST_MERGE)}
