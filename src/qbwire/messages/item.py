"""Items of all twelve kinds.  Source: qbXML 13.0 reference, Item and ItemXxx, US edition.

The kind is the name of the element; ItemQuery brings them mixed. Elements that only other editions have are left out:
IsTaxIncluded, PurchaseTaxCodeRef, SalesTaxReturnLineRef.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from qbwire.codec import Attr, Tag, branches, message, words
from qbwire.messages.query import LIST_BY_FILTER, ClassFilter, Iterator, ListQuery, MetaData
from qbwire.messages.ref import DataExt, ListHead, Ref
from qbwire.scalars import GUID, PERCENT, PRICE, QUANTITY

SPECIAL_ITEMS = words("FinanceCharge", "ReimbursableExpenseGroup", "ReimbursableExpenseSubtotal")
AT_PRICE, AT_PERCENT = branches(2)
DISCOUNT_AMOUNT, DISCOUNT_PERCENT = branches(2)
SOLD_OR_BOUGHT, SOLD_AND_BOUGHT = branches(2)

# --- queries --------------------------------------------------------------------------------------


@message("ItemQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuery(ListQuery):
    """Asks for items of all kinds; with `iterator` in pages of `max_returned`."""

    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    iterator: Annotated[Iterator | None, Attr("iterator")] = None
    iterator_id: Annotated[str | None, Attr("iteratorID")] = None


@message("ItemSalesTaxQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSalesTaxQuery(ListQuery):
    """Asks for sales tax items, without their groups."""

    class_filter: Annotated[ClassFilter | None, Tag("ClassFilter"), LIST_BY_FILTER] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    iterator: Annotated[Iterator | None, Attr("iterator")] = None
    iterator_id: Annotated[str | None, Attr("iteratorID")] = None


@message("ItemSalesTaxGroupQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSalesTaxGroupQuery(ListQuery):
    """Asks for groups of sales tax items."""

    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    iterator: Annotated[Iterator | None, Attr("iterator")] = None
    iterator_id: Annotated[str | None, Attr("iteratorID")] = None


# --- what kinds of items share --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelledItem(ListHead):
    """The start of an item that may stand under another."""

    name: Annotated[str, Tag("Name", 31)] = ""  # one level of the path
    full_name: Annotated[str, Tag("FullName", 159)] = ""  # the path, levels joined by colons
    bar_code: Annotated[str | None, Tag("BarCodeValue", 50)] = None
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    parent: Annotated[Ref | None, Tag("ParentRef")] = None
    sublevel: Annotated[int | None, Tag("Sublevel")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatItem(ListHead):
    """The start of an item of a kind without levels."""

    name: Annotated[str, Tag("Name", 31)] = ""
    bar_code: Annotated[str | None, Tag("BarCodeValue", 50)] = None
    is_active: Annotated[bool | None, Tag("IsActive")] = None

    @property
    def full_name(self) -> str:
        """The name that references use."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrPurchase:
    """An item that is only sold or only bought."""

    description: Annotated[str | None, Tag("Desc", 4095)] = None
    price: Annotated[Decimal | None, Tag("Price", PRICE), AT_PRICE] = None
    price_percent: Annotated[Decimal | None, Tag("PricePercent", PERCENT), AT_PERCENT] = None
    account: Annotated[Ref | None, Tag("AccountRef", 159)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesAndPurchase:
    """An item that is bought to be sold."""

    sales_description: Annotated[str | None, Tag("SalesDesc", 4095)] = None
    sales_price: Annotated[Decimal | None, Tag("SalesPrice", PRICE)] = None
    income_account: Annotated[Ref | None, Tag("IncomeAccountRef", 159)] = None
    purchase_description: Annotated[str | None, Tag("PurchaseDesc", 4095)] = None
    purchase_cost: Annotated[Decimal | None, Tag("PurchaseCost", PRICE)] = None
    expense_account: Annotated[Ref | None, Tag("ExpenseAccountRef", 159)] = None
    preferred_vendor: Annotated[Ref | None, Tag("PrefVendorRef", 41)] = None


# --- kinds with levels ----------------------------------------------------------------------------


@message("ItemServiceRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemService(LevelledItem):
    unit_of_measure_set: Annotated[Ref | None, Tag("UnitOfMeasureSetRef", 31)] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    sales_or_purchase: Annotated[SalesOrPurchase | None, Tag("SalesOrPurchase"), SOLD_OR_BOUGHT] = None
    sales_and_purchase: Annotated[SalesAndPurchase | None, Tag("SalesAndPurchase"), SOLD_AND_BOUGHT] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemNonInventoryRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemNonInventory(LevelledItem):
    manufacturer_part_number: Annotated[str | None, Tag("ManufacturerPartNumber", 31)] = None
    unit_of_measure_set: Annotated[Ref | None, Tag("UnitOfMeasureSetRef", 31)] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    sales_or_purchase: Annotated[SalesOrPurchase | None, Tag("SalesOrPurchase"), SOLD_OR_BOUGHT] = None
    sales_and_purchase: Annotated[SalesAndPurchase | None, Tag("SalesAndPurchase"), SOLD_AND_BOUGHT] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemOtherChargeRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOtherCharge(LevelledItem):
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    sales_or_purchase: Annotated[SalesOrPurchase | None, Tag("SalesOrPurchase"), SOLD_OR_BOUGHT] = None
    sales_and_purchase: Annotated[SalesAndPurchase | None, Tag("SalesAndPurchase"), SOLD_AND_BOUGHT] = None
    special_kind: Annotated[str | None, Tag("SpecialItemType", SPECIAL_ITEMS)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StockedItem(LevelledItem):
    """The start of an item that is kept in stock."""

    manufacturer_part_number: Annotated[str | None, Tag("ManufacturerPartNumber", 31)] = None
    unit_of_measure_set: Annotated[Ref | None, Tag("UnitOfMeasureSetRef", 31)] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    sales_description: Annotated[str | None, Tag("SalesDesc", 4095)] = None
    sales_price: Annotated[Decimal | None, Tag("SalesPrice", PRICE)] = None
    income_account: Annotated[Ref | None, Tag("IncomeAccountRef", 159)] = None
    purchase_description: Annotated[str | None, Tag("PurchaseDesc", 4095)] = None
    purchase_cost: Annotated[Decimal | None, Tag("PurchaseCost", PRICE)] = None
    cost_of_goods_account: Annotated[Ref | None, Tag("COGSAccountRef", 159)] = None
    preferred_vendor: Annotated[Ref | None, Tag("PrefVendorRef", 41)] = None
    asset_account: Annotated[Ref | None, Tag("AssetAccountRef", 159)] = None


@message("ItemInventoryRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInventory(StockedItem):
    reorder_point: Annotated[Decimal | None, Tag("ReorderPoint", QUANTITY)] = None
    maximum: Annotated[Decimal | None, Tag("Max", QUANTITY)] = None
    quantity_on_hand: Annotated[Decimal | None, Tag("QuantityOnHand", QUANTITY)] = None
    average_cost: Annotated[Decimal | None, Tag("AverageCost", PRICE)] = None
    quantity_on_order: Annotated[Decimal | None, Tag("QuantityOnOrder", QUANTITY)] = None
    quantity_on_sales_order: Annotated[Decimal | None, Tag("QuantityOnSalesOrder", QUANTITY)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyPart:
    item: Annotated[Ref | None, Tag("ItemInventoryRef", 159, required=True)] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None


@message("ItemInventoryAssemblyRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInventoryAssembly(StockedItem):
    build_point: Annotated[Decimal | None, Tag("BuildPoint", QUANTITY)] = None
    maximum: Annotated[Decimal | None, Tag("Max", QUANTITY)] = None
    quantity_on_hand: Annotated[Decimal | None, Tag("QuantityOnHand", QUANTITY)] = None
    average_cost: Annotated[Decimal | None, Tag("AverageCost", PRICE)] = None
    quantity_on_order: Annotated[Decimal | None, Tag("QuantityOnOrder", QUANTITY)] = None
    quantity_on_sales_order: Annotated[Decimal | None, Tag("QuantityOnSalesOrder", QUANTITY)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    parts: Annotated[tuple[AssemblyPart, ...], Tag("ItemInventoryAssemblyLine")] = ()
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemDiscountRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDiscount(LevelledItem):
    """Takes an amount, or a part of the line above it, off an invoice."""

    description: Annotated[str | None, Tag("ItemDesc", 4095)] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    rate: Annotated[Decimal | None, Tag("DiscountRate", PRICE), DISCOUNT_AMOUNT] = None
    rate_percent: Annotated[Decimal | None, Tag("DiscountRatePercent", PERCENT), DISCOUNT_PERCENT] = None
    account: Annotated[Ref | None, Tag("AccountRef", 159)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


# --- kinds without levels -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAssetSale:
    description: Annotated[str | None, Tag("SalesDesc", 50, required=True)] = None
    sold_on: Annotated[date | None, Tag("SalesDate", required=True)] = None
    price: Annotated[Decimal | None, Tag("SalesPrice", PRICE)] = None
    expense: Annotated[Decimal | None, Tag("SalesExpense", PRICE)] = None


@message("ItemFixedAssetRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFixedAsset(FlatItem):
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    acquired_as: Annotated[str | None, Tag("AcquiredAs", words("New", "Old"))] = None
    purchase_description: Annotated[str | None, Tag("PurchaseDesc", 50)] = None
    purchased_on: Annotated[date | None, Tag("PurchaseDate")] = None
    purchase_cost: Annotated[Decimal | None, Tag("PurchaseCost", PRICE)] = None
    vendor_or_payee_name: Annotated[str | None, Tag("VendorOrPayeeName", 50)] = None
    asset_account: Annotated[Ref | None, Tag("AssetAccountRef", 159)] = None
    sale: Annotated[FixedAssetSale | None, Tag("FixedAssetSalesInfo")] = None
    asset_description: Annotated[str | None, Tag("AssetDesc", 50)] = None
    location: Annotated[str | None, Tag("Location", 50)] = None
    po_number: Annotated[str | None, Tag("PONumber", 30)] = None
    serial_number: Annotated[str | None, Tag("SerialNumber", 30)] = None
    warranty_expires_on: Annotated[date | None, Tag("WarrantyExpDate")] = None
    notes: Annotated[str | None, Tag("Notes", 4095)] = None
    asset_number: Annotated[str | None, Tag("AssetNumber", 10)] = None
    cost_basis: Annotated[Decimal | None, Tag("CostBasis")] = None
    accumulated_depreciation: Annotated[Decimal | None, Tag("YearEndAccumulatedDepreciation")] = None
    book_value: Annotated[Decimal | None, Tag("YearEndBookValue")] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemSubtotalRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSubtotal(FlatItem):
    description: Annotated[str | None, Tag("ItemDesc")] = None
    special_kind: Annotated[str | None, Tag("SpecialItemType", SPECIAL_ITEMS)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemPaymentRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPayment(FlatItem):
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    description: Annotated[str | None, Tag("ItemDesc", 4095)] = None
    deposit_account: Annotated[Ref | None, Tag("DepositToAccountRef", 159)] = None
    payment_method: Annotated[Ref | None, Tag("PaymentMethodRef", 31)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemSalesTaxRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSalesTax(FlatItem):
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    description: Annotated[str | None, Tag("ItemDesc", 4095)] = None
    tax_rate: Annotated[Decimal | None, Tag("TaxRate", PERCENT)] = None  # in percent: 8.25
    tax_vendor: Annotated[Ref | None, Tag("TaxVendorRef", 41)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("ItemSalesTaxGroupRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSalesTaxGroup(FlatItem):
    """Several sales tax items that are charged together; it has no rate of its own."""

    description: Annotated[str | None, Tag("ItemDesc", 4095)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    taxes: Annotated[tuple[Ref, ...], Tag("ItemSalesTaxRef", 31)] = ()
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    item: Annotated[Ref | None, Tag("ItemRef")] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None


@message("ItemGroupRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup(FlatItem):
    """Several items that are sold together: a group line of an invoice takes it, an ordinary line does not."""

    description: Annotated[str | None, Tag("ItemDesc", 4095)] = None
    unit_of_measure_set: Annotated[Ref | None, Tag("UnitOfMeasureSetRef", 31)] = None
    prints_items: Annotated[bool | None, Tag("IsPrintItemsInGroup")] = None
    special_kind: Annotated[str | None, Tag("SpecialItemType", SPECIAL_ITEMS)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    parts: Annotated[tuple[GroupPart, ...], Tag("ItemGroupLine")] = ()
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


Item = (
    ItemService
    | ItemNonInventory
    | ItemOtherCharge
    | ItemInventory
    | ItemInventoryAssembly
    | ItemFixedAsset
    | ItemSubtotal
    | ItemDiscount
    | ItemPayment
    | ItemSalesTax
    | ItemSalesTaxGroup
    | ItemGroup
)
