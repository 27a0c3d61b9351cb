"""ListDeletedQuery: what vanished from the lists (qbXML reference 13.0, ListDeleted)."""

from qbsim.declarations import Request, aggregate, enum, identifier, moment, string
from qbsim.messages.parts import INCLUDE_RET_ELEMENT, METADATA

LIST_DEL_TYPES = (
    "Account BillingRate Class Currency Customer CustomerMsg CustomerType DateDrivenTerms Employee "
    "InventorySite ItemDiscount ItemFixedAsset ItemGroup ItemInventory ItemInventoryAssembly "
    "ItemNonInventory ItemOtherCharge ItemPayment ItemSalesTax ItemSalesTaxGroup ItemService "
    "ItemSubtotal JobType OtherName PaymentMethod PayrollItemNonWage PayrollItemWage PriceLevel "
    "SalesRep SalesTaxCode ShipMethod StandardTerms ToDo UnitOfMeasureSet Vehicle Vendor VendorType "
    "WorkersCompCode"
)

LIST_DELETED_QUERY = Request(
    "ListDeletedQuery",
    (
        enum("ListDelType", LIST_DEL_TYPES, "+"),
        aggregate(
            "DeletedDateRangeFilter",
            moment("FromDeletedDate", "?"),
            moment("ToDeletedDate", "?"),
            many="?",
        ),
        INCLUDE_RET_ELEMENT,
    ),
    (METADATA,),
    since=(2, 0),
)

LIST_DELETED_RET = (
    enum("ListDelType", LIST_DEL_TYPES, "?"),
    identifier("ListID", "?"),
    moment("TimeCreated", "?"),
    moment("TimeDeleted", "?"),
    string("FullName", None, "?"),
)

REQUESTS = {f"{request.tag}Rq": request for request in (LIST_DELETED_QUERY,)}
