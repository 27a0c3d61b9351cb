"""What was deleted from lists, for about the last 90 days.

Source: qbXML 13.0 reference, ListDeleted; the 90 days: Conductor's documentation of deleted objects.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from qbwire.codec import Attr, Tag, message, words
from qbwire.messages.query import MetaData
from qbwire.scalars import DATETIME, ID

ListKind = Literal[
    "Account", "BillingRate", "Class", "Currency", "Customer", "CustomerMsg", "CustomerType", "DateDrivenTerms",
    "Employee", "InventorySite", "ItemDiscount", "ItemFixedAsset", "ItemGroup", "ItemInventory",
    "ItemInventoryAssembly", "ItemNonInventory", "ItemOtherCharge", "ItemPayment", "ItemSalesTax",
    "ItemSalesTaxGroup", "ItemService", "ItemSubtotal", "JobType", "OtherName", "PaymentMethod",
    "PayrollItemNonWage", "PayrollItemWage", "PriceLevel", "SalesRep", "SalesTaxCode", "ShipMethod",
    "StandardTerms", "ToDo", "UnitOfMeasureSet", "Vehicle", "Vendor", "VendorType", "WorkersCompCode",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedDateRange:
    """Both ends are included; a missing one is open."""

    from_deleted: Annotated[str | None, Tag("FromDeletedDate", DATETIME)] = None
    to_deleted: Annotated[str | None, Tag("ToDeletedDate", DATETIME)] = None


@message("ListDeletedQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeletedQuery:
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    list_kinds: Annotated[tuple[ListKind, ...], Tag("ListDelType")]
    deleted: Annotated[DeletedDateRange | None, Tag("DeletedDateRangeFilter")] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


@message("ListDeletedRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeleted:
    list_kind: Annotated[str | None, Tag("ListDelType", words(*get_args(ListKind)))] = None
    list_id: Annotated[str, Tag("ListID", ID)]
    time_created: Annotated[str | None, Tag("TimeCreated", DATETIME)] = None
    time_deleted: Annotated[str | None, Tag("TimeDeleted", DATETIME)] = None
    full_name: Annotated[str | None, Tag("FullName")] = None
